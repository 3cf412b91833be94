"""Functions that exercises hand to answers. Where a class is graded they are there without the exercises' answers."""

import torch
from torch import Tensor


def overflowing_softmax(O: Tensor, scale: float = 1.0, shift: float = 0.0, double: bool = False) -> Tensor:
    """Return a softmax that overflows: of scores that are stretched and shifted first, or in double precision.

    Args:
        O: Scores, of shape (examples, classes).
        scale: What they are multiplied by.
        shift: What is then added.
        double: The exponential is taken in double precision.
    """
    exp = torch.exp((O.double() if double else O) * scale + shift)
    return exp / exp.sum(dim=1, keepdim=True)
