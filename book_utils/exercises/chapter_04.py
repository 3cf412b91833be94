"""Chapter 04, softmax regression: right answers, inputs to try, and mistakes."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from book_utils.exercises.exercise import Arguments, Exercise


def softmax(O: Tensor) -> Tensor:
    return torch.softmax(O, dim=1)


def scores() -> list[Arguments]:
    """Scores of small numbers, a row for each example; as many rows as columns come last, where a wrong axis fits."""
    return [
        (torch.tensor([[0.0, math.log(3.0)]]),),
        (torch.tensor([[0.0, math.log(4.0), math.log(5.0)], [1.0, 1.0, 1.0]]),),
        (torch.tensor([[2.0, -1.0, 1.0], [0.0, 0.5, 3.0], [-2.0, -2.0, 0.0]]),),
    ]


def labelled_scores() -> list[Arguments]:
    """The scores of ``scores``, with labels."""
    labels = torch.tensor([1]), torch.tensor([1, 0]), torch.tensor([2, 0, 1])
    return [(O, y) for (O,), y in zip(scores(), labels)]


def score_gradient(O: Tensor, y: Tensor) -> Tensor:
    """The gradient of each example's cross-entropy in its scores."""
    return torch.softmax(O, dim=1) - functional.one_hot(y, O.shape[1])


def entropy_bits(P: Tensor) -> Tensor:
    """The entropy in bits; what never happens adds nothing."""
    return torch.special.entr(P.double()).sum() / math.log(2)


def distributions() -> list[Arguments]:
    """A coin, a die with four sides of different weight, and one side that never comes."""
    return [
        (torch.tensor([0.5, 0.5]),),
        (torch.tensor([0.5, 0.25, 0.125, 0.125]),),
        (torch.tensor([0.7, 0.2, 0.1]),),
        (torch.tensor([1.0, 0.0]),),
    ]


EXERCISES = {
    "04.4": Exercise(
        name="my_softmax",
        parameters=("O",),
        solve=softmax,
        inputs=scores,
        mistakes={
            "axis": lambda O: torch.softmax(O, dim=0),
            "whole": lambda O: O.exp() / O.exp().sum(),
            "keepdim": lambda O: O.exp() / O.exp().sum(1),
            "not exponential": lambda O: O / O.sum(1, keepdim=True),
            "not divided": lambda O: O.exp(),
            "logarithm": lambda O: torch.log_softmax(O, dim=1),
        },
    ),
    "04.5": Exercise(
        name="my_gradient",
        parameters=("O", "y"),
        solve=score_gradient,
        inputs=labelled_scores,
        mistakes={
            "sign": lambda O, y: -score_gradient(O, y),
            "probabilities": lambda O, y: softmax(O),
            "scores": lambda O, y: O - functional.one_hot(y, O.shape[1]),
            "mean": lambda O, y: score_gradient(O, y) / len(y),
            "axis": lambda O, y: torch.softmax(O, dim=0) - functional.one_hot(y, O.shape[1]),
        },
    ),
    "04.6": Exercise(
        name="my_entropy",
        parameters=("P",),
        solve=entropy_bits,
        inputs=distributions,
        mistakes={
            "nats": lambda P: torch.special.entr(P).sum(),
            "sign": lambda P: -entropy_bits(P),
            "never": lambda P: -(P * P.log2()).sum(),
            "unweighted": lambda P: -P.log2().sum(),
            "mean": lambda P: entropy_bits(P) / len(P),
        },
    ),
}
