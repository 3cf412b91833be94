"""What an exercise is: a right answer, inputs to try, and the mistakes that readers make.

Most ask for a function, whose results are compared with the right ones. Others are judged by what their answer
achieves: the loss after training with a learning rate, the data of a figure, what numbers drawn at random have in
common. Nothing here is said to the reader: words stand in ``messages_en.py`` and its like, under the same names.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import torch
from torch import Tensor

Answer = Callable[..., Any]
Arguments = tuple[Any, ...]

RELATIVE = 1e-4
"""So far may a right answer in single precision be from the exact one."""


class Unfit(Exception):
    """A result cannot be judged. What is said of it is a hint of the exercise, or else an occasion in ``MESSAGES``.

    Args:
        occasion: This, or the name of the hint.
        **what: What to put into its words.
    """

    def __init__(self, occasion: str, /, **what: Any) -> None:
        super().__init__(occasion, what)
        self.occasion, self.what = occasion, what


class Draw:
    """Draws arguments: the same ones for a seed, whatever else is random in the notebook."""

    def __init__(self, seed: int) -> None:
        self._dice, self._generator = random.Random(seed), torch.Generator().manual_seed(seed)

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return self._dice.randint(low, high)

    def one_of(self, *values: Any) -> Any:
        """One of the values."""
        return self._dice.choice(values)

    def normal(self, *shape: int, scale: float = 1.0) -> Tensor:
        """Normal numbers of two decimals, which a message can spell."""
        return (torch.randn(shape, generator=self._generator) * scale).round(decimals=2)

    def labels(self, count: int, classes: int) -> Tensor:
        """Class indices, in no order."""
        return torch.randint(classes, (count,), generator=self._generator)

    def order(self, count: int) -> Tensor:
        """The numbers from 0 on, in some order."""
        return torch.randperm(count, generator=self._generator)

    def distribution(self, *shape: int) -> Tensor:
        """Probabilities along the last axis, none of them 0."""
        weights = torch.rand(shape, generator=self._generator, dtype=torch.float64) + 0.01
        return (weights / weights.sum(-1, keepdim=True)).float()


@dataclass(frozen=True, eq=False)
class Exercise:
    """One exercise that is checked.

    Attributes:
        name: The name that the answer has in the notebook.
        parameters: The names of the function's parameters in the text, for messages; if the answer is a value, those of
            the circumstances that it is tried in.
        solve: A right answer, as a reader might write it: ``solution`` shows its source. It is called with floats in
            double precision.
        inputs: Returns the arguments of the calls to try first, the simplest of all at the front.
        edges: Returns more arguments, at which answers that make one mistake may differ: no hint depends on them.
        mistakes: Wrong answers that readers give, by the name of their hint.
        entrywise: Each entry of the result comes from the same entries of the arguments: messages name only those.
        draw: Returns arguments of any size; they are tried after ``inputs``, and ``edges`` last.
        draws: How many of them.
        examples: The parameters that hold something for each example: a diagnosis leaves out some.
        without: What the exercise's text rules out: keys of ``RULES`` in ``rules.py``.
        differentiable: The text goes on to differentiate the result by autograd.
        seconds: How long all calls together may take.
        value: The answer is a value, such as a learning rate or the axes of a figure. ``solve`` and ``mistakes`` are
            functions of nothing that return one; what is judged is ``reads(answer, *arguments)``.
        reads: Returns what is judged, from a result and the arguments; by default it is the result. May raise
            ``Unfit``.
        limit: What is judged has only to be this small.
        tells: Called as ``reads`` is, and with what that returned, about a wrong result: returns the name of its hint,
            or an empty string. Without it a mistake is known by agreeing with one of ``mistakes``.
        tolerance: How far, relative to the right result, a result may be from it.
        seeded: The result is drawn at random: each call finds the same seed.
    """

    name: str
    parameters: tuple[str, ...]
    solve: Answer
    inputs: Callable[[], list[Arguments]]
    mistakes: dict[str, Answer] = field(default_factory=dict)
    entrywise: bool = False
    edges: Callable[[], list[Arguments]] = list
    draw: Callable[[Draw], Arguments] | None = None
    draws: int = 10
    examples: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    differentiable: bool = False
    seconds: float = 10.0
    value: bool = False
    reads: Callable[..., Any] | None = None
    limit: float | None = None
    tells: Callable[..., str] | None = None
    tolerance: float = RELATIVE
    seeded: bool = False

    def tries(self, seed: int = 0) -> list[Arguments]:
        """The arguments of all calls to try. Another seed draws others in the place of those that are drawn."""
        drawn = [self.draw(Draw(seed + i)) for i in range(self.draws)] if self.draw else []
        return [*self.inputs(), *drawn, *self.edges()]

    def of_arguments(self, function: Answer) -> Answer:
        """Return ``solve``, or a mistake, as a function of the arguments, also if it makes a value without any."""
        made = cache(function)
        return (lambda *_: made()) if self.value else function

    def judged(self, result: Any, arguments: Arguments) -> Any:
        """Return what is judged of a result; None if it cannot be read.

        Raises:
            Unfit: It can be said what is wrong with it.
        """
        if self.reads is None or result is None:
            return result
        try:
            return self.reads(result, *arguments)
        except Unfit:
            raise
        except Exception:  # whatever comes of a result of another kind
            return None
