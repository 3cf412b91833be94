"""Points for an answer: on inputs of the book's own, and on hidden ones that a secret seed draws."""

import ast
from dataclasses import dataclass, replace
from typing import Any

from book_utils.exercises import EXERCISES
from book_utils.exercises.calling import Call, copied, undisturbed
from book_utils.exercises.exercise import Answer, Draw, Exercise
from book_utils.exercises.judging import Judge, Record, Trials, Verdict, known
from book_utils_lecturers.submission import Missing, Remote, Submission

HIDDEN = 40
"""So many hidden inputs an answer is tried on, beside those that ``check`` tries."""

WORDS = {
    "en": {"points": "{points} of {most} points", "missing": "there is no {name} in this notebook."},
    "zh": {"points": "{points} 分（满分 {most} 分）", "missing": "笔记本里没有 {name}。"},
}


@dataclass(frozen=True)
class Task:
    """An exercise in an assignment.

    Attributes:
        number: Of the exercise.
        name: Of the function, or the value, in the submission.
        points: For an answer that is right on all inputs.
        seed: Draws the hidden inputs.
        partial: Points are given for the share of the inputs that an answer is right on, or else all or none.
        language: Of the feedback.
    """

    number: str
    name: str
    points: float
    seed: int
    partial: bool = True
    language: str = "en"


@dataclass(frozen=True)
class Grade:
    """What a task brought: points, and what is said about it."""

    points: float
    feedback: str


def grade(number: str, answer: Answer, points: float, seed: int, partial: bool = True, language: str = "en") -> float:
    """Print what is to be said about an answer, and return its points: what a cell of an assignment ends in.

    While nbgrader grades, the cell is not run: ``Marks`` reads what is asked, and has it judged in another process.

    Args:
        number: Of the exercise.
        answer: A function, or the value that the exercise asks for.
        points: For an answer that is right on all inputs.
        seed: Draws the hidden inputs.
        partial: Points are given for the share of the inputs that the answer is right on, or else all or none.
        language: Of what is said: a key of ``LANGUAGES``.

    Raises:
        ValueError: There is no such exercise, or no such language.
    """
    known(number, language)
    task = Task(number, getattr(answer, "__name__", ""), points, seed, partial, language)
    with undisturbed():
        found = marked(task, Grader(task).judge(answer, Record()))
    print(found.feedback)
    return found.points


def graded(task: Task, submission: Submission) -> Grade:
    """Grade a task in a submission, which runs in a process of its own.

    Raises:
        ValueError: There is no such exercise.
    """
    known(task.number, task.language)
    with undisturbed():
        grader = Grader(task, submission)
        assert grader.remote
        try:
            verdict = grader.judge(grader.remote.answer, Record())
        except Missing:
            verdict = Verdict("broken", WORDS[task.language]["missing"].format(name=task.name))
    return marked(task, verdict)


def marked(task: Task, verdict: Verdict) -> Grade:
    """Return the points for a verdict, to two decimals, and what is said."""
    share = verdict.score if task.partial or verdict.score == 1 else 0.0
    points = round(share * task.points, 2)
    head = WORDS[task.language]["points"].format(points=f"{points:g}", most=f"{task.points:g}")
    between = ": " if task.language == "en" else "："
    return Grade(
        points, "\n".join([f"{task.number}: {head}", f"{task.number}{between}{verdict.message}", *verdict.lines])
    )


def task_of(source: str) -> Task | None:
    """Return what a cell asks to be graded: its call of ``grade``; None if it has none."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "grade":
            number, name = node.args
            assert isinstance(name, ast.Name)
            options = {option.arg: ast.literal_eval(option.value) for option in node.keywords if option.arg}
            return Task(ast.literal_eval(number), name.id, **options)
    return None


class Grader(Judge):
    """Judges an answer on hidden inputs as well, here or where a submission runs."""

    def __init__(self, task: Task, submission: Submission | None = None) -> None:
        super().__init__(task.number, task.language)
        self.open = len(self.exercise.inputs())
        self.exercise = with_hidden(self.exercise, task.seed)
        self.trials = Trials(self.exercise)
        self.remote = Remote(submission, task.name, self.exercise) if submission else None

    def caller(self, answer: Answer) -> Any:
        return self.remote or super().caller(answer)

    def refusal(self, answer: Answer) -> Verdict | None:
        return None if self.remote and self.exercise.value else super().refusal(answer)

    def blame(self, answer: Answer, caller: Any, calls: list[Call], i: int, score: float, record: Record) -> Verdict:
        verdict = super().blame(answer, caller, calls, i, score, record)
        lines = tuple(filter(None, verdict.lines))
        hidden = [not self.is_wrong(call, k) for k, call in enumerate(calls)][self.open : self.open + HIDDEN]
        # Who has only learnt the open inputs by heart, or stumbles in the first call, has done nothing yet.
        return replace(verdict, lines=lines, score=verdict.score if any(hidden) or not self.drawn else 0.0)

    @property
    def drawn(self) -> bool:
        return len(self.exercise.inputs()) > self.open

    def say(self, occasion: str, **what: Any) -> str:
        """Say it as one does when it is over: nobody can run a check again."""
        if occasion == "inputs":
            return ""
        return super().say("expected" if occasion == "again" else occasion, **what)


def with_hidden(exercise: Exercise, seed: int) -> Exercise:
    """Return an exercise that tries hidden inputs in the place of those that its own dice draw."""
    draw = exercise.draw
    if draw is None:
        return replace(exercise, differentiable=False)
    with undisturbed():
        hidden = [draw(Draw(seed + i)) for i in range(HIDDEN)]
    return replace(exercise, draw=None, differentiable=False, inputs=lambda: [*exercise.inputs(), *map(copied, hidden)])


def has_hidden(number: str) -> bool:
    """Tell whether an exercise has inputs that can be hidden."""
    return EXERCISES[number].draw is not None
