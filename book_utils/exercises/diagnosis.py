"""What can be said of a wrong answer without knowing the exercise: how its results differ from the right ones."""

import dis
import inspect
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from book_utils.exercises.calling import as_numbers, copied
from book_utils.exercises.exercise import RELATIVE, Answer, Arguments, Exercise

Said = tuple[str, dict[str, Any]]
"""An occasion in ``MESSAGES``, and what to put in."""

LOGARITHMS = {1 / math.log(10): ("log10", "log"), 1 / math.log(2): ("log2", "log"), math.log(2): ("log", "log2")} | {
    math.log10(2): ("log10", "log2")
}
"""A factor, the logarithm that was taken, and the one to take."""


@dataclass(frozen=True)
class Pair:
    """What a call returned, and what it should have returned."""

    arguments: Arguments
    received: Tensor
    expected: Tensor

    @property
    def right(self) -> bool:
        return close(self.received, self.expected)

    @property
    def same_shape(self) -> bool:
        return self.received.shape == self.expected.shape


def close(
    received: Tensor, expected: Tensor, exact: bool = False, beside: Tensor | None = None, tolerance: float = RELATIVE
) -> bool:
    """Tell whether two results are the same but for rounding, ``beside`` more that was computed with them."""
    return received.shape == expected.shape and not differing(received, expected, exact, beside, tolerance).any()


def differing(
    received: Tensor, expected: Tensor, exact: bool = False, beside: Tensor | None = None, tolerance: float = RELATIVE
) -> Tensor:
    """Tell of each entry whether it is wrong: by its own size, and if it is next to nothing, by that of the largest."""
    whole = expected if beside is None else beside
    finite = whole[whole.isfinite()].abs()
    largest = finite.max().item() if finite.numel() and finite.max() > 0 else 1.0
    relative, absolute = (0.0, 1e-9) if exact else (tolerance, 2e-6 * largest)
    return ~torch.isclose(received, expected, rtol=relative, atol=absolute, equal_nan=True)


def apart(received: float, expected: float, exact: bool = False) -> tuple[str, str]:
    """Return two numbers with as few digits as show that they differ, four at least."""
    if exact and received.is_integer():
        return f"{received:.0f}", f"{expected:.0f}"
    for digits in range(4, 18):
        one, other = f"{received:.{digits}g}", f"{expected:.{digits}g}"
        if one != other:
            break
    return one, other


def diagnose(exercise: Exercise, answer: Answer, pairs: list[Pair], shown: int) -> Said | None:
    """Return what a reader may be told of the results of all calls, or None if nothing fits.

    Args:
        exercise: The exercise.
        answer: The reader's.
        pairs: What all calls returned.
        shown: Which call the reader is shown.
    """
    if same := _same(pairs):
        return same
    alike = all(pair.same_shape for pair in pairs)
    if alike and (said := _scaled(pairs)):
        return said
    for occasion, change in CHANGES:
        if _is(pairs, change):
            return occasion, {}
    if all(close(pair.received.flatten(), pair.expected.flatten()) for pair in pairs):
        return "reshaped", {}
    if said := _counted(exercise, pairs):
        return said
    for part, of_examples, of_batches in PARTS:
        if _only(exercise, pairs, part):
            return (of_batches if _in_batches(exercise, pairs[shown].arguments) else of_examples), {}
    if alike and (said := _mixed(pairs)):
        return said
    if pairs[shown].same_shape and (pairs[shown].expected.isfinite() & ~pairs[shown].received.isfinite()).any():
        return "not finite", {}
    if unused := list(_unused(answer)):
        return "unused", {"names": ", ".join(unused)}
    right = sum(pair.right for pair in pairs)
    return ("some are right", {"right": right, "count": len(pairs)}) if right else None


def _same(pairs: list[Pair]) -> Said | None:
    first, *others = pairs
    alike = first.received.isfinite().all() and all(close(pair.received, first.received) for pair in others)
    return ("constant", {}) if alike and any(not close(pair.expected, first.expected) for pair in others) else None


def _rounded(digits: int) -> Callable[[Tensor], Tensor]:
    return lambda right: right.round(decimals=digits)


CHANGES: list[tuple[str, Callable[[Tensor], Tensor]]] = [
    ("summed", lambda right: right.sum()),
    ("averaged", lambda right: right.mean()),
    ("first", lambda right: right[0]),
    ("first", lambda right: right[:1]),
    ("last", lambda right: right[-1]),
    ("last", lambda right: right[-1:]),
    ("transposed", lambda right: right.transpose(0, 1)),
    ("backwards", lambda right: right.flip(0)),
    ("absolute", lambda right: right.abs()),
    ("floor", lambda right: right.floor()),
    *(("rounded", _rounded(digits)) for digits in range(4)),
]
"""What is said of a result, and what was done to the right one to get it."""


def _is(pairs: list[Pair], change: Callable[[Tensor], Tensor]) -> bool:
    """Tell whether every result is the right one, changed so."""
    try:
        return all(close(pair.received, change(pair.expected), beside=pair.expected) for pair in pairs)
    except (IndexError, RuntimeError):  # there is no such axis
        return False


def _scaled(pairs: list[Pair]) -> Said | None:
    """Return by what all results were multiplied, or what was added to all, if it is so."""
    received = torch.cat([pair.received.flatten() for pair in pairs])
    expected = torch.cat([pair.expected.flatten() for pair in pairs])
    if not received.isfinite().all():
        return None
    factor = _factor(received, expected)
    if factor and factor != 1 and all(close(pair.received, factor * pair.expected) for pair in pairs):
        return _known(factor)
    shift = (received - expected).mean().item()
    if shift and all(close(pair.received, pair.expected + shift) for pair in pairs):
        return "shifted", {"shift": apart(shift, 0.0)[0]}
    return None


def _mixed(pairs: list[Pair]) -> Said | None:
    """Return what else the numbers have in common with the right ones."""
    if all(close(pair.received.abs(), pair.expected.abs()) for pair in pairs):
        return "signs", {}
    long = [pair for pair in pairs if pair.expected.numel() > 2]
    wrong = sum(not pair.right for pair in long)
    if wrong > len(long) / 2 and all(_factor(pair.received.flatten(), pair.expected.flatten()) for pair in long):
        return "proportional", {}
    if all(close(pair.received.flatten().sort().values, pair.expected.flatten().sort().values) for pair in pairs):
        return "order", {}
    return None


def _factor(received: Tensor, expected: Tensor) -> float | None:
    """Return the number that the right results were multiplied by, if there is one."""
    square = (expected @ expected).item()
    factor = (received @ expected).item() / square if square else 0.0
    return factor if factor and math.isfinite(factor) and close(received, factor * expected) else None


def _known(factor: float) -> Said:
    if math.isclose(factor, -1, rel_tol=RELATIVE):
        return "negative", {}
    for known, (taken, asked) in LOGARITHMS.items():
        if math.isclose(factor, known, rel_tol=RELATIVE):
            return "logarithm", {"taken": taken, "asked": asked}
    return "factor", {"factor": apart(factor, 1.0)[0]}


def _counted(exercise: Exercise, pairs: list[Pair]) -> Said | None:
    """Return how the results are wrong by the number of examples, if they are."""
    counts = [_count(exercise, pair.arguments) for pair in pairs]
    factors = [_factor(pair.received.flatten(), pair.expected.flatten()) if pair.same_shape else None for pair in pairs]
    known = [(count, factor) for count, factor in zip(counts, factors) if count > 1 and pairs]
    if len({count for count, _ in known}) < 3:
        return None
    for occasion, times in COUNTED.items():
        if all(factor is not None and math.isclose(factor, times(count), rel_tol=RELATIVE) for count, factor in known):
            return occasion, {}
    return None


COUNTED: dict[str, Callable[[int], float]] = {
    "times the examples": lambda n: n,
    "over the examples": lambda n: 1 / n,
    "one less": lambda n: n / (n - 1),
    "one more": lambda n: n / (n + 1),
}
"""By what the right result is multiplied, for a number of examples."""


def _count(exercise: Exercise, arguments: Arguments) -> int:
    """Return how many examples there are; 0 if it is not known."""
    for name, value in zip(exercise.parameters, arguments):
        if name in exercise.examples:
            return sum(map(_length, value)) if isinstance(value, list) else len(value)
    return 0


def _length(batch: Any) -> int:
    """Return how many examples a batch has: a tensor, or a pair of them."""
    return len(batch[0]) if isinstance(batch, tuple) else len(batch)


PARTS = [
    (slice(None, 1), "first only", "first batch"),
    (slice(-1, None), "last only", "last batch"),
    (slice(None, -1), "without the last", "without the last batch"),
    (slice(1, None), "without the first", "without the first batch"),
]
"""Which examples may have been used, or which batches of them, and what is said of it."""


def _in_batches(exercise: Exercise, arguments: Arguments) -> bool:
    """Tell whether the examples come in batches."""
    return any(
        isinstance(value, list) and name in exercise.examples for name, value in zip(exercise.parameters, arguments)
    )


def _only(exercise: Exercise, pairs: list[Pair], part: slice) -> bool:
    """Tell whether the results are those of some of the examples."""
    if not exercise.examples:
        return False
    evidence = 0
    for pair in pairs:
        some = tuple(
            value[part] if name in exercise.examples else value
            for name, value in zip(exercise.parameters, pair.arguments)
        )
        try:
            result = as_numbers(exercise.solve(*copied(some, double=True)))
        except Exception:  # none is left
            continue
        share = _count(exercise, some) / max(_count(exercise, pair.arguments), 1)  # of those who divide by all
        if result is None or not (close(pair.received, result) or close(pair.received, result * share)):
            return False
        evidence += not pair.right
    return evidence > 1


def _unused(answer: Answer) -> Iterator[str]:
    """Yield the parameters that a function never reads."""
    code = getattr(answer, "__code__", None)
    if not code or code.co_cellvars:  # some are read by functions inside of it
        return
    read: set[Any] = set()
    for instruction in dis.get_instructions(answer):
        if "STORE" not in instruction.opname or "LOAD" in instruction.opname:
            read.update(instruction.argval if isinstance(instruction.argval, tuple) else [instruction.argval])
    for name in inspect.getargs(code).args:
        if name not in read and name != "self":
            yield name
