"""Judging an answer: call it on the exercise's inputs, and say what is wrong on which of them."""

import dis
import random
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from book_utils.exercises import messages_en, messages_zh
from book_utils.exercises.collection import EXERCISES
from book_utils.exercises.exercise import Answer, Arguments

LANGUAGES = {"en": messages_en, "zh": messages_zh}

_failures: dict[str, int] = {}


def check(exercise: str, answer: Answer, language: str = "en") -> None:
    """Print what is to be said about an answer to an exercise: not done yet, right, or what is wrong on which input.

    The first failure names the input and the symptom, the second also the value that is expected there. Exceptions in
    the answer are reported, not raised. Random states (torch, numpy, Python), torch's default dtype and its gradient
    mode are afterwards what they were.

    Args:
        exercise: Chapter and number, such as ``"05.2"``.
        answer: The reader's function.
        language: What to speak: a key of ``LANGUAGES``.

    Raises:
        ValueError: There is no such exercise, or no such language.
    """
    if exercise not in EXERCISES:
        raise ValueError(f"there is no exercise {exercise!r} to check; there are {', '.join(EXERCISES)}")
    if language not in LANGUAGES:
        raise ValueError(f"the checks speak {', '.join(LANGUAGES)}, not {language!r}")
    with undisturbed():
        verdict, message = Judge(exercise, language).judge(answer, _failures.get(exercise, 0))
    if verdict == "wrong":
        _failures[exercise] = _failures.get(exercise, 0) + 1
    elif verdict == "right":
        _failures.pop(exercise, None)
    print(f"{exercise}: {message}")


@contextmanager
def undisturbed() -> Iterator[None]:
    """Give the block PyTorch's usual settings, and put back afterwards what it, or this, has changed."""
    dtype, grad = torch.get_default_dtype(), torch.is_grad_enabled()
    states = torch.get_rng_state(), np.random.get_state(), random.getstate()
    on_gpu = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
    torch.set_default_dtype(torch.float32)
    torch.set_grad_enabled(True)
    try:
        yield
    finally:
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(grad)
        torch.set_rng_state(states[0])
        np.random.set_state(states[1])
        random.setstate(states[2])
        if on_gpu:
            torch.cuda.set_rng_state_all(on_gpu)


class Judge:
    """Judges answers to one exercise, in one language."""

    def __init__(self, number: str, language: str) -> None:
        self.number, self.exercise = number, EXERCISES[number]
        words = LANGUAGES[language]
        self.messages, self.hints, self.quantity = words.MESSAGES, words.HINTS[number], words.QUANTITIES[number]

    def judge(self, answer: Answer, failures: int) -> tuple[str, str]:
        """Return the verdict and what to say to the reader.

        The verdict is ``"not done"``, ``"right"``, ``"wrong"`` (a wrong value) or ``"broken"`` (anything else).
        """
        if not callable(answer):
            received = "None" if answer is None else self.type_of(answer)
            return "broken", self.say("no function", exercise=self.number, name=self.exercise.name, received=received)
        if is_stub(answer):
            return "not done", self.say("not done")
        for arguments in self.exercise.inputs():
            symptom, expected = self.try_out(answer, arguments)
            if symptom:
                told = self.say("expected" if failures else "again", expected=expected) if expected else ""
                words = (symptom, self.hint(answer), told)
                return "wrong" if expected else "broken", self.say("between").join(filter(None, words))
        return "right", self.say("right")

    def say(self, occasion: str, **what: Any) -> str:
        return self.messages[occasion].format(**what)

    def type_of(self, value: Any) -> str:
        return self.say("type", name=type(value).__name__)

    def where(self, values: Arguments) -> str:
        return ", ".join(f"{name} = {self.shown(value)}" for name, value in zip(self.exercise.parameters, values))

    def try_out(self, answer: Answer, arguments: Arguments) -> tuple[str, str]:
        """Call the answer once; return what is wrong, and if that is a value, the one expected. Empty if nothing is."""
        expected = numbers(self.exercise.solve(*copied(arguments)))
        given, where = copied(arguments), self.where(arguments)
        try:
            result = answer(*given)
        except Exception as error:  # whatever it is: it is reported
            return self.say("raised", where=where, error=described(error), line=self.line_of(error, answer)), ""
        if not unchanged(arguments, given):
            return self.say("changed", where=where), ""
        if result is None:
            return self.say("nothing", where=where), ""
        try:
            result = numbers(result)
        except (TypeError, ValueError, RuntimeError):
            return self.say("no numbers", where=where, received=self.type_of(result)), ""
        if result.shape != expected.shape:
            received, wanted = tuple(result.shape), tuple(expected.shape)
            return self.say("shape", where=where, received=received, expected=wanted), ""
        wrong = ~torch.isclose(result, expected, rtol=1e-4, atol=1e-5)
        return self.wrong_value(arguments, result, expected, wrong) if wrong.any() else ("", "")

    def wrong_value(self, arguments: Arguments, result: Tensor, expected: Tensor, wrong: Tensor) -> tuple[str, str]:
        """Return which entry is wrong and at which input, and what it should be."""
        place = tuple(wrong.nonzero()[0].tolist())
        if self.exercise.entrywise:
            at = tuple(value[place] if isinstance(value, Tensor) else value for value in arguments)
            received, wanted = result[place], expected[place]
        else:
            at, received, wanted = arguments, result, expected
        symptom = self.say("value", where=self.where(at), quantity=self.quantity, received=self.shown(received))
        return symptom, self.shown(wanted)

    def hint(self, answer: Answer) -> str:
        """Return the hint of the mistake that agrees with the answer on every input, or an empty string."""
        for name, mistake in self.exercise.mistakes.items():
            if all(agree(mistake, answer, arguments) for arguments in self.exercise.inputs()):
                return self.hints[name]
        return ""

    def shown(self, value: Any) -> str:
        """Return numbers as a reader would write them, and in a few words what is too long for that."""
        if isinstance(value, Tensor):
            return self.say("tensor", shape=tuple(value.shape)) if value.numel() > 16 else self.shown(value.tolist())
        if isinstance(value, (list, tuple)):
            return f"[{', '.join(map(self.shown, value))}]"
        if isinstance(value, bytes):
            first = value[:12].hex(" ")
            return self.say("bytes", first=first, count=len(value)) if len(value) > 12 else first
        return getattr(value, "__name__", None) or (f"{value:.4g}" if isinstance(value, float) else str(value))

    def line_of(self, error: Exception, answer: Answer) -> str:
        """Return in words which line of the reader's function the error arose in, if it arose there."""
        code: Any = getattr(answer, "__code__", None)
        lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code is code]
        return self.say("line", line=lines[-1] - code.co_firstlineno + 1) if lines else ""


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


def copied(value: Any) -> Any:
    """Return a value with each tensor in it copied, so that no call can spoil it for the next."""
    if isinstance(value, (tuple, list)):
        return type(value)(copied(item) for item in value)
    return value.clone() if isinstance(value, Tensor) else value


def unchanged(before: Any, after: Any) -> bool:
    """Tell whether the tensors in a value, and its length, are what they were."""
    if isinstance(before, (tuple, list)):
        return len(before) == len(after) and all(map(unchanged, before, after))
    return not isinstance(before, Tensor) or torch.equal(before, after)


def numbers(value: Any) -> Tensor:
    """Return a result, of whatever type of numbers, as a tensor of doubles."""
    return torch.as_tensor(value).detach().cpu().double()


def agree(mistake: Answer, answer: Answer, arguments: Arguments) -> bool:
    """Tell whether two functions return the same on the same arguments, or raise errors of one type."""
    ours, theirs = outcome(mistake, arguments), outcome(answer, arguments)
    if isinstance(ours, Tensor) and isinstance(theirs, Tensor):
        return ours.shape == theirs.shape and torch.allclose(ours, theirs, rtol=1e-4, atol=1e-5, equal_nan=True)
    return ours is theirs


def outcome(function: Answer, arguments: Arguments) -> Tensor | type[Exception]:
    """Return the numbers that a function returns, or the type of the error that it raises."""
    try:
        return numbers(function(*copied(arguments)))
    except Exception as error:
        return type(error)


def described(error: Exception) -> str:
    """Return the name of an error and the first line of what it says."""
    said = str(error).strip().splitlines()
    return type(error).__name__ + (f": {said[0]}" if said else "")
