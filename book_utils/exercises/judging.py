"""Judging an answer: call it on the exercise's inputs, and say what is wrong on which of them."""

import ast
import dis
import inspect
import math
import re
import threading
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from book_utils._words import say
from book_utils.exercises import locks, messages_en, messages_zh
from book_utils.exercises.calling import (
    Asked,
    Beginning,
    Call,
    Caller,
    OutOfTime,
    as_numbers,
    copied,
    current_shell,
    quiet,
    seed,
    too_long,
    undisturbed,
)
from book_utils.exercises.collection import EXERCISES
from book_utils.exercises.diagnosis import Pair, Said, apart, close, diagnose, differing
from book_utils.exercises.exercise import Answer, Arguments, Exercise, Unfit
from book_utils.exercises.rules import Watch, broken

LANGUAGES = {"en": messages_en, "zh": messages_zh}

VALUES = {"value": "found", "unread result": "unread value", "unfit": "unfit value", "syntax": "syntax of value"}
"""What is said on an occasion where a value is asked for, and not a function."""

MOST_SPELLED = 200
"""Characters of a call that a message spells, or of what an error says."""

ONE_AT_A_TIME = threading.RLock()
"""Held by a check: it changes what the whole process shares, such as the standard output."""


@dataclass(frozen=True)
class Result:
    """What ``check`` found. A notebook shows nothing of it: what there is to say was printed.

    Attributes:
        exercise: Chapter and number.
        passed: The answer is right, in a way that the exercise allows.
        score: The share of the inputs that it is right on; half of that if it breaks the exercise's rule.
        feedback: What was said.
        kind: ``"right"``; ``"rule"``, right in a way that the exercise rules out; ``"wrong"``, a wrong value;
            ``"broken"``, no value of the right kind; ``"not done"`` or ``"interrupted"``.
        inputs: The arguments that it is wrong on, if a call went wrong: ``my_huber(*result.inputs)`` repeats it.
    """

    exercise: str
    passed: bool
    score: float
    feedback: str
    kind: str
    inputs: Arguments | None = field(default=None, repr=False)

    def _ipython_display_(self) -> None:
        """Show nothing where a cell ends in a check."""


@dataclass
class Record:
    """What was found out about an exercise since the notebook began.

    Attributes:
        tries: How many answers were judged.
        result: Of the latest.
        mistake: What marks its mistake, and how often this one came.
        hints: How many hints were asked for.
        looked_up: The solution was asked for.
    """

    tries: int = 0
    result: Result | None = None
    mistake: tuple[Any, int] = (None, 0)
    hints: int = 0
    looked_up: bool = False


RECORDS: dict[str, Record] = {}
"""By exercise."""


def check(exercise: str, answer: Answer, language: str = "en") -> Result:
    """Print what is to be said about an answer to an exercise: not done yet, right, or what is wrong on which input.

    Most exercises ask for a function, some for a value, such as a learning rate or the axes of a figure. A mistake's
    first failure names the input and the symptom, its second also the value that is expected there.
    Whatever the answer raises is reported, not raised, and it is stopped when it takes too long: in Python's own code,
    not inside of one call of a library. It is called once on each input, with copies. What it prints is shown of the
    call that the report is about. Random states (torch, numpy, Python), torch's default dtype, device and gradient
    mode are afterwards what they were.

    Args:
        exercise: Chapter and number, such as ``"05.2"``.
        answer: The reader's function, or the value that the exercise asks for.
        language: What to speak: a key of ``LANGUAGES``.

    Raises:
        ValueError: There is no such exercise, or no such language.
        KeyboardInterrupt: The reader interrupted the answer.
    """
    known(exercise, language)
    record = RECORDS.setdefault(exercise, Record())
    with ONE_AT_A_TIME, undisturbed():
        verdict = Judge(exercise, language).judge(answer, record)
    result = Result(exercise, verdict.passed, verdict.score, verdict.message, verdict.kind, verdict.inputs)
    record.result = result
    record.tries += verdict.kind != "not done"
    print("\n".join([f"{exercise}: {verdict.message}", *verdict.lines]))
    if verdict.kind == "interrupted":
        raise KeyboardInterrupt
    return result


def known(exercise: str, language: str) -> None:
    """Raise an error that names those there are, if there is no such exercise or language."""
    if exercise not in EXERCISES:
        raise ValueError(say("no such exercise", exercise=exercise, known=", ".join(EXERCISES)))
    spoken(language)


def spoken(language: str) -> None:
    """Raise an error that names those there are, if there is no such language."""
    if language not in LANGUAGES:
        raise ValueError(say("no such language", known=", ".join(LANGUAGES), language=language))


@dataclass(frozen=True)
class Verdict:
    """What a judge says.

    Attributes:
        kind: That of ``Result``.
        message: One paragraph.
        score: The share of the inputs that are right.
        inputs: Those of the call that the message is about.
        lines: What to print below the message.
    """

    kind: str
    message: str
    score: float = 0.0
    inputs: Arguments | None = None
    lines: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.kind == "right"


class Trials:
    """What an exercise tries, and what comes of it: worked out once."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        with undisturbed(), quiet(Beginning()):
            self.tries = exercise.tries()
            results = [right(exercise, arguments) for arguments in self.tries]
        self.exact = not torch.as_tensor(results[0]).is_floating_point()
        """The right answer is made of whole numbers."""
        self.expected = [numbers for result in results if (numbers := as_numbers(result)) is not None]

    @cached_property
    def mistakes(self) -> dict[str, list[Tensor | str | None]]:
        """What comes of each mistake."""
        with undisturbed(), quiet(Beginning()):
            return {
                name: [
                    outcome(self.exercise.of_arguments(mistake), arguments, self.exercise) for arguments in self.tries
                ]
                for name, mistake in self.exercise.mistakes.items()
            }

    def wrong(self, received: Tensor, expected: Tensor) -> Tensor:
        """Tell of each entry of what is judged whether it is wrong; ``expected`` has its shape."""
        if self.exercise.limit is not None:
            return ~(received <= self.exercise.limit)  # nan, too
        return differing(received, expected, self.exact, tolerance=self.exercise.tolerance)

    def right(self, received: Tensor, expected: Tensor) -> bool:
        """Tell whether all of what is judged is right, its shape included."""
        return received.shape == expected.shape and not self.wrong(received, expected).any()


@cache
def trials_of(exercise: Exercise) -> Trials:
    """Return the trials of an exercise, the same ones each time."""
    return Trials(exercise)


class Judge:
    """Judges answers to one exercise, in one language."""

    def __init__(self, number: str, language: str = "en") -> None:
        self.number, self.exercise = number, EXERCISES[number]
        words = LANGUAGES[language]
        self.messages, self.hints, self.quantity = words.MESSAGES, words.HINTS[number], words.QUANTITIES[number]
        self.errors = words.ERRORS
        self.trials = trials_of(self.exercise)

    def judge(self, answer: Answer, record: Record) -> Verdict:
        """Return what is to be said to the reader, and note in the record which mistake it is about."""
        if refusal := self.refusal(answer):
            return refusal
        caller = self.caller(answer)
        calls: list[Call] = []
        for arguments in self.trials.tries:
            try:
                calls.append(caller(arguments))
            except KeyboardInterrupt:
                return Verdict("interrupted", self.say("interrupted", where=self.where(arguments, answer)))
            if isinstance(calls[-1].error, (OutOfTime, SystemExit, Asked)):
                break
        right = [not self.is_wrong(call, i) for i, call in enumerate(calls)]
        if all(right):
            record.mistake = (None, 0)
            return self.praise(answer, caller, calls)
        i = right.index(False)
        return self.blame(answer, caller, calls, i, sum(right) / len(self.trials.tries), record)

    def caller(self, answer: Answer) -> Caller:
        """Return what calls the answer: here, in this process."""
        return Caller((lambda *_: answer) if self.exercise.value else answer, self.exercise)

    def refusal(self, answer: Answer) -> Verdict | None:
        """Return what is said of what cannot be judged."""
        if self.exercise.value:
            return self.refusal_of_value(answer)
        if isinstance(answer, type):
            return Verdict("broken", self.say("class", name=answer.__name__))
        if not callable(answer):
            received = "None" if answer is None else self.type_of(answer)
            words = self.say("no function", exercise=self.number, name=self.exercise.name, received=received)
            return Verdict("broken", words)
        if broken := self.unread(answer):
            return broken
        if is_stub(answer):
            return Verdict("not done", self.say("not done"))
        return None

    def refusal_of_value(self, answer: Any) -> Verdict | None:
        """Return what is said of what cannot be judged where a value is asked for."""
        if broken := self.unread(answer):
            return broken
        if answer is ...:
            return Verdict("not done", self.say("not done"))
        if answer is None or callable(answer):
            received = "None" if answer is None else self.type_of(answer)
            words = self.say("no value", exercise=self.number, name=self.exercise.name, received=received)
            return Verdict("broken", words)
        return None

    def unread(self, answer: Any) -> Verdict | None:
        """Return what is said if Python could not read the cell that was to define the answer."""
        if error := unread(answer, {self.exercise.name, name_of(answer)}):
            occasion = VALUES["syntax"] if self.exercise.value else "syntax"
            what = {"name": self.name_of(answer), "line": error.lineno, "text": (error.text or "").strip()}
            return Verdict("broken", self.say(occasion, **what))
        return None

    def is_wrong(self, call: Call, i: int) -> bool:
        numbers = call.error is None and not call.changed and call.numbers is not None
        return not (numbers and self.trials.right(call.numbers, self.trials.expected[i]))  # type: ignore[arg-type]

    def praise(self, answer: Answer, caller: Caller, calls: list[Call]) -> Verdict:
        """Say that an answer is right, and whether it breaks a rule or cannot be differentiated."""
        lines = tuple(self.printed(calls[0]))
        watch = Watch()
        if self.exercise.without:
            caller(self.trials.tries[-1], watch)
            if rule := broken(self.exercise.without, watch.called, answer):
                return Verdict("rule", self.say("rule", rule=rule), 0.5, lines=lines)
        if self.exercise.differentiable and not self.flows(caller):
            return Verdict("right", self.say("detached"), 1.0, lines=lines)
        return Verdict("right", self.say("right"), 1.0, lines=lines)

    def flows(self, caller: Caller) -> bool:
        """Tell whether gradients flow through the answer's result."""
        inputs = [
            value.clone().requires_grad_() if isinstance(value, Tensor) and value.is_floating_point() else value
            for value in self.trials.tries[-1]
        ]
        result = Caller(lambda: caller.answer(*inputs), self.exercise)(())
        return isinstance(result.value, Tensor) and result.value.requires_grad

    def blame(self, answer: Answer, caller: Caller, calls: list[Call], i: int, score: float, record: Record) -> Verdict:
        """Say what is wrong in the call ``i``."""
        call, arguments = calls[i], calls[i].arguments
        if (said := self.trouble(call, answer)) is not None:
            kind, expected, (occasion, what) = "broken", "", said
            if occasion == "not done":
                return Verdict("not done", self.say("not done"))
        else:
            kind, occasion = "wrong", "value"
            arguments, what, expected = self.value(call, i, answer, caller)
        where = self.where(arguments, answer)
        if self.exercise.value:
            occasion = VALUES.get(occasion, occasion)
        parts = [self.say(occasion, where=where, **what), *self.advice(answer, caller, calls, i)]
        lines = [*self.lines_of(call.error, answer), *self.printed(call)]
        mark = (occasion, tuple(parts[1:]), str(what))
        times = record.mistake[1] + 1 if record.mistake[0] == mark else 1
        if kind == "wrong" or record.mistake[0] is None:
            record.mistake = (mark, times)
        if expected and not locks.locked("solutions"):
            parts.append(self.say("expected" if times > 1 else "again", expected=expected))
        if not self.exercise.value and self.spelled_call(arguments, answer) is None:
            lines.append(self.say("inputs", exercise=self.number, name=self.name_of(answer)))
        return Verdict(kind, self.say("between").join(parts), score, arguments, tuple(lines))

    def trouble(self, call: Call, answer: Answer) -> Said | None:
        """Return what is said of a call that returned no result of the right shape."""
        error = call.error
        if isinstance(error, OutOfTime):
            return "time", {"seconds": f"{self.exercise.seconds:g}"}
        if isinstance(error, Asked):
            return "asked", {"asked": str(error)}
        if isinstance(error, SystemExit):
            return "exit", {}
        if isinstance(error, NotImplementedError) and raises_not_implemented(answer):
            return "not done", {}
        if isinstance(error, Unfit):
            words = self.hints.get(error.occasion) or self.messages[error.occasion]
            return "unfit", {"words": words.format(**error.what)}
        if error is not None:
            return "raised", {"error": described(error).removesuffix(".")}
        if call.changed:
            return "changed", {}
        if call.value is None:
            return "nothing", {}
        if call.numbers is None:
            return self.no_numbers(call.value)
        expected = self.trials.expected[self.index(call)]
        if call.numbers.shape != expected.shape:
            shapes = {"received": self.shape_of(call.numbers), "expected": self.shape_of(expected)}
            return "shape", shapes
        return None

    def index(self, call: Call) -> int:
        return next(i for i, arguments in enumerate(self.trials.tries) if arguments is call.arguments)

    def no_numbers(self, value: Any) -> Said:
        if self.exercise.reads:
            return "unread result", {"received": self.type_of(value)}
        if isinstance(value, (list, tuple)) and value and all(isinstance(item, Tensor) for item in value):
            return "tensors", {}
        if is_complex(value):
            return "complex", {}
        return "no numbers", {"received": self.type_of(value)}

    def shape_of(self, numbers: Tensor) -> str:
        return self.say("shape of", shape=tuple(numbers.shape)) if numbers.dim() else self.say("one number")

    def value(self, call: Call, i: int, answer: Answer, caller: Caller) -> tuple[Arguments, dict[str, Any], str]:
        """Return the arguments to show, the first wrong entry, and what it should be."""
        assert call.numbers is not None
        received, expected = call.numbers, self.trials.expected[i]
        place = tuple(self.trials.wrong(received, expected).nonzero()[0].tolist())
        wrong, right = apart(received[place].item(), expected[place].item(), self.trials.exact)
        if (limit := self.exercise.limit) is not None:
            wrong, right = apart(received[place].item(), limit)[0], self.say("at most", limit=f"{limit:g}")
        arguments, entry = call.arguments, self.entry(place) if received.numel() > 1 else ""
        if self.exercise.entrywise and received.numel() > 1:
            alone = tuple(value[place].reshape(1) if isinstance(value, Tensor) else value for value in arguments)
            numbers = caller(alone).numbers
            if numbers is not None and numbers.numel() == 1 and close(numbers.flatten(), received[place].reshape(1)):
                arguments, entry = alone, ""
        return arguments, {"quantity": self.quantity, "received": wrong, "entry": entry}, right

    def entry(self, place: tuple[int, ...]) -> str:
        return self.say("entry", entry=list(place))

    def advice(self, answer: Answer, caller: Caller, calls: list[Call], i: int) -> Iterator[str]:
        """Yield the hint of the mistake that an answer makes, or else what its results or its error have in common."""
        if locks.locked("hints") or isinstance(calls[i].error, Unfit):
            return
        if hint := self.hint(calls) or self.told(calls[i]):
            yield hint
        elif (error := calls[i].error) is not None:
            yield from self.advice_on(error, answer)
        elif all(call.numbers is not None for call in calls) and not calls[i].changed and not self.exercise.reads:
            pairs = [Pair(call.arguments, call.numbers, self.trials.expected[k]) for k, call in enumerate(calls)]  # type: ignore[arg-type]
            again = caller(calls[i].arguments).numbers
            if again is not None and not close(again, pairs[i].received):
                yield self.say("state")
            elif said := diagnose(self.exercise, answer, pairs, i):
                yield self.say(said[0], **said[1])

    def advice_on(self, error: BaseException, answer: Answer) -> Iterator[str]:
        """Yield what an error of Python's or PyTorch's means here."""
        for pattern, words in self.errors.items():
            if re.search(pattern, described(error)):
                counts = sorted({len(arguments) for arguments in self.trials.tries})
                named = [", ".join(self.exercise.parameters[:count]) for count in counts]
                yield words.format(call=self.say("list").join(f"{self.name_of(answer)}({each})" for each in named))
                return

    def told(self, call: Call) -> str:
        """Return the hint that the exercise knows for a wrong result, or an empty string."""
        if self.exercise.tells is None or call.numbers is None or call.changed:
            return ""
        return self.hints.get(self.exercise.tells(call.value, *call.arguments), "")

    def hint(self, calls: list[Call]) -> str:
        """Return the hint of the mistake that agrees with the answer on every input, or an empty string."""
        if self.exercise.tells:
            return ""
        inside = len(self.trials.tries) - len(self.exercise.edges())
        for name, outcomes in self.trials.mistakes.items():
            wrong = False
            for i, (call, theirs) in enumerate(zip(calls[:inside], outcomes)):
                ours = described(call.error) if call.error else call.numbers
                if isinstance(ours, Tensor) and isinstance(theirs, Tensor):
                    if not close(ours, theirs, tolerance=self.exercise.tolerance):
                        break
                    wrong = wrong or not self.trials.right(theirs, self.trials.expected[i])
                elif isinstance(ours, str) and ours == theirs:
                    wrong = True
                else:
                    break
            else:
                if wrong:
                    return self.hints[name]
        return ""

    def say(self, occasion: str, **what: Any) -> str:
        return self.messages[occasion].format(**what)

    def type_of(self, value: Any) -> str:
        return self.say("type", name=type(value).__name__)

    def name_of(self, answer: Answer) -> str:
        return name_of(answer) or self.exercise.name

    def where(self, arguments: Arguments, answer: Answer) -> str:
        """Return a call as the reader can repeat it, or if that is too long, in short; of a value its circumstances."""
        described = ", ".join(self.described(name, value) for name, value in zip(self.exercise.parameters, arguments))
        if self.exercise.value:
            return self.say("circumstances", where=described) if described else ""
        return self.spelled_call(arguments, answer) or f"{self.name_of(answer)}({described})"

    def spelled_call(self, arguments: Arguments, answer: Answer) -> str | None:
        words = [spelled(value) for value in arguments]
        call = f"{self.name_of(answer)}({', '.join(filter(None, words))})"
        return call if None not in words and len(call) <= MOST_SPELLED else None

    def described(self, name: str, value: Any) -> str:
        if isinstance(value, Tensor):
            return self.say("of shape", name=name, shape=tuple(value.shape))
        if isinstance(value, (list, tuple)):
            return self.say("items", name=name, count=len(value))
        if isinstance(value, bytes):
            return self.say("bytes", name=name, count=len(value))
        return name if callable(value) else f"{name}={value!r}"

    def lines_of(self, error: BaseException | None, answer: Answer) -> Iterator[str]:
        """Yield the lines of the reader's own code that an error went through, the innermost last."""
        if error is None or isinstance(error, Unfit):
            return
        own = getattr(inspect.unwrap(answer), "__globals__", None)
        frames = [(frame, line) for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_globals is own]
        summary = traceback.StackSummary.extract(iter(frames))
        shown = list(zip(frames, summary))
        for (frame, line), entry in shown[:1] + shown[1:][-1:]:
            code = frame.f_code
            place = {"line": line - code.co_firstlineno + 1, "name": code.co_name, "code": entry.line or ""}
            yield "    " + self.say("line" if entry.line else "line alone", **place)

    def printed(self, call: Call) -> Iterator[str]:
        """Yield what an answer printed, at most ten lines."""
        lines = call.printed.splitlines()
        if lines:
            yield self.say("printed")
            yield from (f"    {line}" for line in lines[:10])
            if len(lines) > 10:
                yield "    ..."


def spelled(value: Any) -> str | None:
    """Return a value as Python that makes it, if it has any."""
    if isinstance(value, Tensor):
        if value.numel() > 40:
            return None
        kind = "" if value.dtype in (torch.float32, torch.int64, torch.bool) else f", dtype={value.dtype}"
        if not value.numel() and value.dim() > 1:
            return f"torch.empty({tuple(value.shape)}{kind})"
        value = value.detach()
        return f"torch.tensor({_entries((value.float() if value.dtype is torch.bfloat16 else value).numpy())}{kind})"
    if isinstance(value, (list, tuple)):
        items = [spelled(item) for item in value]
        if None in items:
            return None
        between = ", ".join(filter(None, items))
        return f"[{between}]" if isinstance(value, list) else f"({between}{',' * (len(items) == 1)})"
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    return None if callable(value) else repr(value)


def _entries(array: Any) -> str:
    """Return numbers in brackets, each with the fewest digits that make it."""
    if array.ndim:
        return f"[{', '.join(map(_entries, array))}]"
    return str(array[()]) if np.isfinite(array) else f"float('{array[()]}')"


def name_of(answer: Any) -> str:
    """Return the name of a function; of what has none that can be written, an empty string."""
    try:
        name = answer.__name__
    except Exception:  # whatever an object of the reader's own says
        return ""
    return name if isinstance(name, str) and name.isidentifier() else ""


def is_complex(value: Any) -> bool:
    """Tell whether a result is made of complex numbers."""
    try:
        return value.is_complex() if isinstance(value, Tensor) else not too_long(value) and np.iscomplexobj(value)
    except Exception:  # no array can be made of it
        return False


def is_stub(answer: Answer) -> bool:
    """Tell whether a function does nothing but return None, as the cell does that the reader is to fill in."""
    return hasattr(answer, "__code__") and steps(answer) <= steps(nothing) | steps(dots)


def steps(function: Answer) -> set[tuple[str, Any]]:
    """Return what a function does, step by step. Every version of Python has steps of its own: compare, never name."""
    return {(instruction.opname, instruction.argval) for instruction in dis.get_instructions(function)}


def nothing() -> None:
    """Do nothing, in every way that a stub has to do it."""
    ...
    pass
    return None


def dots() -> Any:
    """Return what stands in a stub."""
    return ...


def raises_not_implemented(answer: Answer) -> bool:
    """Tell whether a function raises NotImplementedError itself, as stubs of other authors do."""
    return "NotImplementedError" in getattr(getattr(answer, "__code__", None), "co_names", ())


def unread(answer: Any, names: set[str]) -> SyntaxError | None:
    """Return what is wrong in the last cell that was to define the answer, if Python could not read it.

    Only what bears one of the names in the notebook can be older than that cell, and only as long as no later cell may
    have given it the name in another way.
    """
    shell = current_shell()
    cells = shell.user_ns.get("In", ()) if shell else ()
    own = [name for name in names if name and shell and shell.user_ns.get(name) is answer]
    if not own:
        return None
    for cell in reversed(cells):
        error = syntax_error(cell)
        for name in own:
            if error and re.search(DEFINES.format(name=name), cell, flags=re.MULTILINE):
                return error
            if not error and may_bind(cell, name):
                return None
    return None


DEFINES = r"^\s*(?:async\s+)?def\s+{name}\b|^[^#\n]*\b{name}\b[^#\n(=]*=(?!=)"
"""A line that was to define a function or a value."""


def may_bind(cell: str, name: str) -> bool:
    """Tell whether a cell that Python can read gives something the name, or may do so in a way that is not seen."""
    for node in ast.walk(ast.parse(cell)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound = node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound = node.id
        elif isinstance(node, ast.alias):
            bound = name if node.name == "*" else node.asname or node.name
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith(
            ("get_ipython()", "exec")
        ):  # %run, %%time
            bound = name
        else:
            continue
        if bound == name:
            return True
    return False


def syntax_error(cell: str) -> SyntaxError | None:
    """Return what Python cannot read in a cell."""
    try:
        with warnings.catch_warnings():  # those of the reader's code were given when it ran
            warnings.simplefilter("ignore")
            compile(cell, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as error:
        return error
    return None


def right(exercise: Exercise, arguments: Arguments) -> Any:
    """Return what is judged of the right answer, which computes in double precision, unless it draws numbers."""
    if exercise.seeded:
        seed(0)
    result = exercise.of_arguments(exercise.solve)(*copied(arguments, double=not exercise.seeded))
    return exercise.judged(result, arguments)


def outcome(function: Answer, arguments: Arguments, exercise: Exercise) -> Tensor | str | None:
    """Return the numbers that are judged of what a function returns, or what the error says that it raises."""
    try:
        if exercise.seeded:
            seed(0)
        return as_numbers(exercise.judged(function(*copied(arguments)), arguments))
    except Exception as error:
        return described(error)


def described(error: BaseException) -> str:
    """Return the name of an error and the first line of what it says."""
    try:
        said = str(error).strip().splitlines()
    except Exception:  # an error of the reader's own
        said = []
    words = type(error).__name__ + (f": {said[0]}" if said else "")
    return words if len(words) <= 2 * MOST_SPELLED else words[: 2 * MOST_SPELLED] + "..."
