"""Exercises that answer back: ``check("05.2", my_huber)`` says whether an answer is right, and if not, why not.

An exercise is a reference solution, inputs to try, and the mistakes that readers make, each as a function that makes
it: if an answer agrees with one of them on every input, its hint is given. What is said to the reader stands in
``MESSAGES`` and in each exercise's ``hints``, apart from the code that decides.
"""

import dis
import random
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

Answer = Callable[..., Any]

MESSAGES = {
    "not done": "not done yet. Replace the three dots by your code, run the cell, then this one again.",
    "right": "right.",
    "no function": "hand over the function itself, as in check({exercise!r}, {name}); this is {received}.",
    "nothing": "{where} your function returns nothing. Is a return missing?",
    "raised": "{where} your code raised {error}{line}.",
    "changed": "{where} your function changed its input. Compute new tensors instead of writing into the old ones.",
    "no numbers": "{where} your function returns {received}, not a tensor of numbers.",
    "shape": "{where} your function returns shape {received}; the shape {expected} is expected.",
    "value": "at {where} your {quantity} is {received}.",
    "expected": "Expected: {expected}.",
    "again": "Run the check once more to see the expected value.",
}
"""What is said to the reader, by occasion."""


@dataclass(frozen=True)
class Exercise:
    """One code exercise.

    Attributes:
        name: The name that the function has in the notebook.
        quantity: What it returns, in a word: the loss, the gradient, ...
        parameters: The names of its parameters in the text, for messages.
        solve: A right answer.
        inputs: Returns the arguments of each call to try, the simplest first.
        mistakes: Wrong answers that readers give, by the name of their hint.
        hints: What to say to each.
    """

    name: str
    quantity: str
    parameters: tuple[str, ...]
    solve: Answer
    inputs: Callable[[], list[tuple[Any, ...]]]
    mistakes: dict[str, Answer] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)


def huber(y_hat: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
    """Return Huber's loss of each example (chapter 05; Huber 1964, Robust Estimation of a Location Parameter)."""
    return functional.huber_loss(y_hat, y, reduction="none", delta=delta)


def huber_inputs() -> list[tuple[Any, ...]]:
    """Return residuals on both sides of the threshold, then other targets, thresholds and shapes.

    None is exactly at the threshold: there the branches are equal in a right answer, and in a wrong one it should not
    matter for the hint whether it says < or <=.
    """
    residuals = torch.tensor([0.0, 0.5, -0.5, 0.75, 3.0, -3.0])
    return [
        (residuals, torch.zeros(6)),
        (torch.tensor([3.0, -1.0, 2.0, 2.25]), torch.tensor([2.5, -5.0, 2.0, 4.5])),
        (residuals, torch.zeros(6), 2.0),
        (residuals, torch.zeros(6), 0.25),
        (torch.tensor([[1.0, -2.0, 0.0], [4.0, 0.25, -0.25]]), torch.ones(2, 3), 1.5),
    ]


def huber_from(near: Answer, far: Answer) -> Answer:
    """Return a loss that is ``near(residual, delta)`` up to the threshold and ``far(residual, delta)`` beyond it."""

    def loss(y_hat: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
        r = y_hat - y
        return torch.where(r.abs() <= delta, near(r, delta), far(r, delta))

    return loss


def near(r: Tensor, delta: float) -> Tensor:
    return r**2 / 2


def far(r: Tensor, delta: float) -> Tensor:
    return delta * (r.abs() - delta / 2)


EXERCISES = {
    "05.2": Exercise(
        name="my_huber",
        quantity="loss",
        parameters=("y_hat", "y", "delta"),
        solve=huber,
        inputs=huber_inputs,
        mistakes={
            "offset": huber_from(near, lambda r, delta: delta * r.abs()),
            "bare": huber_from(near, lambda r, delta: r.abs()),
            "delta": huber_from(near, lambda r, delta: r.abs() - 0.5),
            "half delta": huber_from(near, lambda r, delta: delta * (r.abs() - 0.5)),
            "half": huber_from(lambda r, delta: r**2, far),
            "half twice": huber_from(lambda r, delta: r**2, lambda r, delta: delta * (2 * r.abs() - delta)),
            "sign": huber_from(near, lambda r, delta: delta * (r - delta / 2)),
            "one side": lambda y_hat, y, delta=1.0: torch.where(
                y_hat - y <= delta, near(y_hat - y, delta), far(y_hat - y, delta)
            ),
            "swapped": huber_from(far, near),
            "always near": huber_from(near, near),
            "always far": huber_from(far, far),
            "threshold of 1": lambda y_hat, y, delta=1.0: huber(y_hat, y),
            "sum": lambda y_hat, y, delta=1.0: huber(y_hat, y, delta).sum(),
            "mean": lambda y_hat, y, delta=1.0: huber(y_hat, y, delta).mean(),
        },
        hints={
            "offset": "Mind the offset beyond delta: without it the two branches do not meet at the threshold.",
            "bare": "Beyond delta the branch must continue the parabola: same value and same slope at the threshold.",
            "delta": "Right for delta = 1 only: how steep is the parabola where it ends, and how high?",
            "half delta": "The offset is right for delta = 1 only: at the threshold both branches must have one value.",
            "half": "The squared branch lacks its factor 1/2.",
            "half twice": "This is twice the loss: the squared branch has the factor 1/2.",
            "sign": "The linear branch takes the absolute value: an error of -3 is as bad as one of 3.",
            "one side": "The branch depends on the size of the error, not on its sign: compare its absolute value.",
            "swapped": "The branches are swapped: squared for small errors, linear for large ones.",
            "always near": "This is the squared loss at every distance: beyond delta the linear branch is missing.",
            "always far": "This is the linear branch at every distance: up to delta the squared branch is missing.",
            "threshold of 1": "The threshold is always 1 here: use the argument delta.",
            "sum": "Return one loss for each example, not their sum.",
            "mean": "Return one loss for each example, not their mean.",
        },
    ),
}
"""The exercises, by chapter and number."""

_failures: dict[str, int] = {}


def check(exercise: str, answer: Answer) -> None:
    """Print what is to be said about an answer to an exercise: not done yet, right, or what is wrong on which input.

    The first failure names the input and the symptom, the second also the value that is expected there. Exceptions in
    the answer are reported, not raised. Random states (torch, numpy, Python), torch's default dtype and its gradient
    mode are afterwards what they were.

    Args:
        exercise: Chapter and number, such as ``"05.2"``.
        answer: The reader's function.

    Raises:
        ValueError: There is no such exercise.
    """
    if exercise not in EXERCISES:
        raise ValueError(f"there is no exercise {exercise!r} to check; there are {', '.join(EXERCISES)}")
    with undisturbed():
        verdict, message = judge(EXERCISES[exercise], exercise, answer, _failures.get(exercise, 0))
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


def judge(exercise: Exercise, number: str, answer: Answer, failures: int) -> tuple[str, str]:
    """Return the verdict and what to say to the reader.

    The verdict is ``"not done"``, ``"right"``, ``"wrong"`` (a wrong value) or ``"broken"`` (anything else).
    """
    if not callable(answer):
        return "broken", MESSAGES["no function"].format(
            exercise=number, name=exercise.name, received="None" if answer is None else f"a {type(answer).__name__}"
        )
    if is_stub(answer):
        return "not done", MESSAGES["not done"]
    for arguments in exercise.inputs():
        symptom, expected = try_out(exercise, answer, arguments)
        if symptom:
            told = MESSAGES["expected" if failures else "again"].format(expected=expected) if expected else ""
            return "wrong" if expected else "broken", " ".join(
                filter(None, (symptom, find_hint(exercise, answer), told))
            )
    return "right", MESSAGES["right"]


def is_stub(answer: Answer) -> bool:
    """Tell whether a function does nothing but return None, as the cell does that the reader is to fill in."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return False
    operations = {instruction.opname for instruction in dis.get_instructions(code)}
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
    constants = set(code.co_consts) - {code.co_consts[0] if answer.__doc__ else None, None, Ellipsis}
    return operations <= idle and not constants


def copies(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the arguments with each tensor copied, so that no call can spoil them for the next."""
    return tuple(value.clone() if isinstance(value, Tensor) else value for value in arguments)


def try_out(exercise: Exercise, answer: Answer, arguments: tuple[Any, ...]) -> tuple[str, str]:
    """Call the answer once; return what is wrong, and if that is a value, the one expected. Empty if nothing is."""
    expected = exercise.solve(*copies(arguments))
    given = copies(arguments)
    where = "on " + ", ".join(f"{name} = {shown(value)}" for name, value in zip(exercise.parameters, arguments))
    try:
        result = answer(*given)
    except Exception as error:  # whatever it is: it is reported
        return MESSAGES["raised"].format(where=where, error=described(error), line=line_of(error, answer)), ""
    if any(isinstance(a, Tensor) and not torch.equal(a, b) for a, b in zip(arguments, given)):
        return MESSAGES["changed"].format(where=where), ""
    if result is None:
        return MESSAGES["nothing"].format(where=where), ""
    try:
        result = torch.as_tensor(result).detach().cpu().double()
    except (TypeError, ValueError, RuntimeError):
        return MESSAGES["no numbers"].format(where=where, received=f"a {type(result).__name__}"), ""
    if result.shape != expected.shape:
        return MESSAGES["shape"].format(where=where, received=tuple(result.shape), expected=tuple(expected.shape)), ""
    wrong = ~torch.isclose(result, expected.double(), rtol=1e-4, atol=1e-5)
    return value_symptom(exercise, arguments, result, expected, wrong) if wrong.any() else ("", "")


def value_symptom(
    exercise: Exercise, arguments: tuple[Any, ...], result: Tensor, expected: Tensor, wrong: Tensor
) -> tuple[str, str]:
    """Return which entry is wrong and at which input, and what it should be."""
    place = tuple(wrong.nonzero()[0].tolist())
    at = [value[place] if isinstance(value, Tensor) and value.shape == result.shape else value for value in arguments]
    where = ", ".join(f"{name} = {shown(value)}" for name, value in zip(exercise.parameters, at))
    symptom = MESSAGES["value"].format(where=where, quantity=exercise.quantity, received=shown(result[place]))
    return symptom, shown(expected[place])


def find_hint(exercise: Exercise, answer: Answer) -> str:
    """Return the hint of the mistake that agrees with the answer on every input, or an empty string."""
    for name, mistake in exercise.mistakes.items():
        if all(agree(mistake, answer, arguments) for arguments in exercise.inputs()):
            return exercise.hints[name]
    return ""


def agree(mistake: Answer, answer: Answer, arguments: tuple[Any, ...]) -> bool:
    """Tell whether two functions return the same on the same arguments."""
    try:
        ours, theirs = (torch.as_tensor(f(*copies(arguments))).detach().cpu().double() for f in (mistake, answer))
    except Exception:  # an answer that fails agrees with no mistake of this kind
        return False
    return ours.shape == theirs.shape and torch.allclose(ours, theirs, rtol=1e-4, atol=1e-5, equal_nan=True)


def shown(value: Any) -> str:
    """Return a number, or a tensor of numbers, as a reader would write it."""
    if isinstance(value, Tensor):
        return f"{value.item():.4g}" if value.ndim == 0 else str(value.tolist()) if value.numel() <= 12 else "a tensor"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def described(error: Exception) -> str:
    """Return the name of an error and the first line of what it says."""
    said = str(error).strip().splitlines()
    return type(error).__name__ + (f": {said[0]}" if said else "")


def line_of(error: Exception, answer: Answer) -> str:
    """Return the number of the line in the reader's function where the error arose, if it arose there."""
    code = getattr(answer, "__code__", None)
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code is code]
    return f" (line {lines[-1] - code.co_firstlineno + 1} of the function)" if lines else ""
