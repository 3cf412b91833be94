"""What a reader may ask for: a hint, a solution, and how far a chapter's exercises are."""

import ast
import html
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

from book_utils._words import say
from book_utils.exercises import levels_en, levels_zh, locks
from book_utils.exercises.calling import current_shell
from book_utils.exercises.collection import EXERCISES
from book_utils.exercises.exercise import Exercise
from book_utils.exercises.judging import LANGUAGES, RECORDS, Record, known, spoken

LEVELS: dict[str, dict[str, tuple[str, ...]]] = {"en": {**levels_en.LEVELS}, "zh": {**levels_zh.LEVELS}}

CELLS = 20
"""Of a bar made of letters."""


def hint(exercise: str, language: str = "en") -> None:
    """Print a hint to an exercise; each call gives one that says more, up to nearly the line to write.

    Args:
        exercise: Chapter and number, such as ``"05.2"``.
        language: What to speak: a key of ``LANGUAGES``.

    Raises:
        ValueError: There is no such exercise, or no such language.
    """
    known(exercise, language)
    say = LANGUAGES[language].MESSAGES
    levels = LEVELS[language].get(exercise, ())
    if locks.locked("hints"):
        words = say["hints locked"]
    elif not levels:
        words = say["no hints"]
    else:
        record = RECORDS.setdefault(exercise, Record())
        record.hints = min(record.hints + 1, len(levels))
        words = say["hint"].format(level=record.hints, levels=len(levels), text=levels[record.hints - 1])
        if record.hints == len(levels) and not locks.locked("solutions"):
            words += say["between"] + say["last hint"].format(exercise=exercise)
    print(f"{exercise}: {words}")


def solution(exercise: str, language: str = "en") -> None:
    """Print a right answer to an exercise, as a cell that can be run.

    Args:
        exercise: Chapter and number, such as ``"05.2"``.
        language: What to speak: a key of ``LANGUAGES``.

    Raises:
        ValueError: There is no such exercise, or no such language.
    """
    known(exercise, language)
    say = LANGUAGES[language].MESSAGES
    if locks.locked("solutions"):
        print(f"{exercise}: {say['solutions locked']}")
        return
    RECORDS.setdefault(exercise, Record()).looked_up = True
    print(f"{exercise}: {say['solution']}\n\n{code_of(EXERCISES[exercise], docstring=language == 'en')}")


def code_of(exercise: Exercise, docstring: bool = True) -> str:
    """Return an exercise's right answer under the name that it has in the notebook, a function without types.

    In front stands the import of each module that it uses, but for torch, which every chapter has.
    """
    source = textwrap.dedent(inspect.getsource(exercise.solve))
    define = ast.parse(source).body[0]
    assert isinstance(define, ast.FunctionDef)
    if exercise.value:
        return value_of(define, source.splitlines(), exercise.name)
    parameters = [ast.arg(argument.arg) for argument in define.args.args]
    arguments = ast.arguments(
        posonlyargs=[], args=parameters, kwonlyargs=[], kw_defaults=[], defaults=define.args.defaults
    )
    imports = "".join(imports_of(exercise))
    head = f"{imports}def {exercise.name}({ast.unparse(arguments)}):"
    first, *others = define.body if docstring or ast.get_docstring(define) is None else define.body[1:]
    if first.lineno == define.lineno:  # all of it in one line
        return "\n    ".join([head, *map(ast.unparse, [first, *others])])
    return "\n".join([head, *source.splitlines()[first.lineno - 1 :]])


def imports_of(exercise: Exercise) -> Iterator[str]:
    """Yield the lines that import the modules which an exercise's right answer uses."""
    for name in exercise.solve.__code__.co_names:
        module = exercise.solve.__globals__.get(name)
        if isinstance(module, ModuleType) and name != "torch":
            package, _, last = module.__name__.rpartition(".")
            yield f"from {package} import {last}\n\n\n" if package else f"import {last}\n\n\n"


def value_of(define: ast.FunctionDef, lines: list[str], name: str) -> str:
    """Return the body of a function that makes a value, as a cell that gives the value a name."""
    first = define.body[1] if ast.get_docstring(define) is not None else define.body[0]
    last = define.body[-1].lineno - 1
    lines[last] = lines[last].replace("return", f"{name} =", 1)
    return textwrap.dedent("\n".join(lines[first.lineno - 1 :]))


@dataclass(frozen=True)
class Progress:
    """How far a chapter's exercises are: a bar, and a line for each.

    Attributes:
        title: Which chapter.
        right: How many exercises are right.
        lines: What is said of each.
        words: The count, in words.
    """

    title: str
    right: int
    lines: tuple[str, ...]
    words: str

    @property
    def share(self) -> float:
        return self.right / len(self.lines)

    def __repr__(self) -> str:
        full = round(self.share * CELLS)
        return "\n".join([f"{self.title}  [{'#' * full}{'-' * (CELLS - full)}]  {self.words}", *self.lines])

    def _repr_html_(self) -> str:
        # The bar has the colours of the letters around it, so it reads alike on light and on dark pages.
        outside = "display:inline-block; width:10em; height:0.8em; border:1px solid currentColor; border-radius:0.3em"
        inside = f"display:block; width:{self.share:.0%}; height:100%; background:#2e9d55; border-radius:0.2em"
        named = f'role="img" aria-label="{html.escape(self.words)}"'
        bar = f'<span {named} style="{outside}"><span style="{inside}"></span></span>'
        lines = "<br>".join(map(html.escape, self.lines))
        return f"<div><b>{html.escape(self.title)}</b> {bar} {html.escape(self.words)}<br>{lines}</div>"


def progress(chapter: str | None = None, language: str = "en") -> None:
    """Show which of a chapter's exercises are right, as far as they were checked since the notebook began.

    After a restart, run the checks again: the answers are in the notebook.

    Args:
        chapter: Such as ``"05"``; by default those of which an exercise was checked, or all if there is none.
        language: What to speak: a key of ``LANGUAGES``.

    Raises:
        ValueError: There is no such chapter, or no such language.
    """
    spoken(language)
    chapters = sorted(set(map(chapter_of, EXERCISES)))
    if chapter is not None and chapter not in chapters:
        raise ValueError(say("no such chapter", chapter=chapter, known=", ".join(chapters)))
    asked = [chapter] if chapter else sorted(set(map(chapter_of, RECORDS))) or chapters
    for each in asked:
        show(progress_of(each, language))


def chapter_of(number: str) -> str:
    """Return the chapter in an exercise's number."""
    return number.partition(".")[0]


def progress_of(chapter: str, language: str) -> Progress:
    """Return how far the exercises of a chapter are."""
    say = LANGUAGES[language].MESSAGES
    numbers = [number for number in EXERCISES if number.startswith(f"{chapter}.")]
    records = {number: RECORDS.get(number, Record()) for number in numbers}
    right = sum(bool(record.result and record.result.passed) for record in records.values())
    lines = tuple(f"{number} {EXERCISES[number].name}: {_state(record, say)}" for number, record in records.items())
    words = say["of all"].format(right=right, count=len(numbers))
    return Progress(say["chapter"].format(chapter=chapter), right, lines, words)


def _state(record: Record, say: dict[str, str]) -> str:
    """Return what is said of one exercise."""
    if record.result is None or record.result.kind == "not done":
        words = say["untried"]
    elif record.result.passed:
        words = say["solved"]
    elif record.result.kind == "rule":
        words = say["solved otherwise"]
    else:
        words = say["unsolved"].format(share=f"{record.result.score:.0%}")
    counts = {"tries": record.tries, "hints": record.hints}
    parts = [say[name].format(count=count) for name, count in counts.items() if count]
    return say["list"].join([words, *parts, *([say["looked up"]] if record.looked_up else [])])


def show(progress: Progress) -> None:
    """Show a bar: drawn in a notebook, of letters elsewhere."""
    if current_shell() is None:
        print(progress)
    else:
        from IPython.display import display

        display(progress)
