"""What an exercise is: a right answer, inputs to try, and the mistakes that readers make.

Nothing here is said to the reader: words stand in ``messages_en.py`` and its like, under the same names.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

Answer = Callable[..., Any]
Arguments = tuple[Any, ...]


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
    """One code exercise.

    Attributes:
        name: The name that the function has in the notebook.
        parameters: The names of its parameters in the text, for messages.
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

    def tries(self, seed: int = 0) -> list[Arguments]:
        """The arguments of all calls to try. Another seed draws others in the place of those that are drawn."""
        drawn = [self.draw(Draw(seed + i)) for i in range(self.draws)] if self.draw else []
        return [*self.inputs(), *drawn, *self.edges()]
