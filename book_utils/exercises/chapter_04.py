"""Chapter 04, softmax regression: right answers, inputs to try, and mistakes."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from book_utils.exercises.exercise import Arguments, Draw, Exercise


def softmax(O: Tensor) -> Tensor:
    """The probabilities of each row of scores."""
    exp = torch.exp(O)
    return exp / exp.sum(dim=1, keepdim=True)


def scores() -> list[Arguments]:
    """Scores, a row for each example: as many rows as columns, where a wrong axis fits, then few rows and many."""
    return [
        (torch.tensor([[0.0, math.log(3.0)]]),),
        (torch.tensor([[0.0, math.log(4.0), math.log(5.0)], [1.0, 1.0, 1.0]]),),
        (torch.tensor([[2.0, -1.0, 1.0], [0.0, 0.5, 3.0], [-2.0, -2.0, 0.0]]),),
        (torch.tensor([[1.0, -4.0, 0.0, 2.5, 6.0]]),),
        (torch.tensor([[10.0, 9.0], [-12.0, 3.0], [0.5, 0.5], [8.0, -8.0]]),),
    ]


def more_scores(draw: Draw) -> Arguments:
    """Any number of examples and of classes, rows that differ in size."""
    n, q = draw.whole(1, 6), draw.whole(2, 6)
    return (draw.normal(n, q, scale=3) + draw.normal(n, 1, scale=3),)


def labelled_scores() -> list[Arguments]:
    """The scores of ``scores``, with labels: at last some that come twice, and a class that never does."""
    labels = [torch.tensor(each) for each in ([1], [1, 0], [2, 0, 1], [3], [1, 0, 0, 1])]
    return [(O, y) for (O,), y in zip(scores(), labels)]


def more_labelled_scores(draw: Draw) -> Arguments:
    """Scores of ``more_scores``, with labels."""
    (O,) = more_scores(draw)
    return O, draw.labels(*O.shape)


def score_gradient(O: Tensor, y: Tensor) -> Tensor:
    """The gradient of each example's cross-entropy in its scores."""
    exp = torch.exp(O)
    probabilities = exp / exp.sum(dim=1, keepdim=True)
    return probabilities - torch.nn.functional.one_hot(y, O.shape[1])


def entropy_bits(P: Tensor) -> Tensor:
    """The entropy in bits; what never happens adds nothing."""
    P = P[P > 0]
    return -(P * torch.log2(P)).sum()


def distributions() -> list[Arguments]:
    """A coin, a die with four sides of different weight, and sides that never come, wherever they stand."""
    return [
        (torch.tensor([0.5, 0.5]),),
        (torch.tensor([0.5, 0.25, 0.125, 0.125]),),
        (torch.tensor([0.7, 0.2, 0.1]),),
        (torch.tensor([1.0, 0.0]),),
        (torch.tensor([0.0, 0.25, 0.75]),),
        (torch.tensor([0.5, 0.0, 0.0, 0.3, 0.2]),),
        (torch.tensor([0.98, 0.01, 0.006, 0.004]),),
        (torch.full((16,), 1 / 16),),
    ]


def more_distributions(draw: Draw) -> Arguments:
    """Any number of outcomes, some of which never happen."""
    weights = draw.distribution(draw.whole(2, 9))
    weights[draw.labels(draw.whole(0, 3), len(weights))] = 0
    weights[draw.whole(0, len(weights) - 1)] = 0.5
    return (weights / weights.sum(),)


EXERCISES = {
    "04.4": Exercise(
        name="my_softmax",
        parameters=("O",),
        solve=softmax,
        inputs=scores,
        draw=more_scores,
        without=("torch.softmax",),
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
        draw=more_labelled_scores,
        examples=("O", "y"),
        without=("autograd",),
        mistakes={
            "sign": lambda O, y: -score_gradient(O, y),
            "probabilities": lambda O, y: softmax(O),
            "scores": lambda O, y: O - functional.one_hot(y, O.shape[1]),
            "mean": lambda O, y: score_gradient(O, y) / len(y),
            "axis": lambda O, y: torch.softmax(O, dim=0) - functional.one_hot(y, O.shape[1]),
            "classes": lambda O, y: torch.softmax(O, dim=1) - functional.one_hot(y),
        },
    ),
    "04.6": Exercise(
        name="my_entropy",
        parameters=("P",),
        solve=entropy_bits,
        inputs=distributions,
        draw=more_distributions,
        mistakes={
            "nats": lambda P: torch.special.entr(P).sum(),
            "sign": lambda P: -entropy_bits(P),
            "never": lambda P: -(P * P.log2()).sum(),
            "unweighted": lambda P: -P.log2().sum(),
            "mean": lambda P: entropy_bits(P) / len(P),
        },
    ),
}
