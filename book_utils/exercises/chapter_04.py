"""Chapter 04, softmax regression: right answers, inputs to try, and mistakes."""

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from book_utils.exercises.calling import as_numbers
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


def far_scores() -> list[Arguments]:
    """Scores far from 0, with which the exponential is still finite: who cuts them off is found out."""
    return [(torch.tensor([[30.0, 25.0, 28.0], [-29.0, -28.0, -30.0]]),)]


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


def rare_outcomes() -> list[Arguments]:
    """Probabilities that are small, and not 0."""
    return [(torch.tensor([0.9992, 0.0005, 0.0003]),)]


def more_distributions(draw: Draw) -> Arguments:
    """Any number of outcomes, some of which never happen."""
    weights = draw.distribution(draw.whole(2, 9))
    weights[draw.labels(draw.whole(0, 3), len(weights))] = 0
    weights[draw.whole(0, len(weights) - 1)] = 0.5
    return (weights / weights.sum(),)


def second_derivatives(o: Tensor) -> Tensor:
    """The second derivatives of the cross-entropy in the scores, whatever the label is."""
    exp = torch.exp(o)
    p = exp / exp.sum()
    return torch.diag(p) - torch.outer(p, p)


def single_scores() -> list[Arguments]:
    """The scores of one example: two, equal ones, several of different size and sign."""
    values = [[0.0, 0.0], [0.0, math.log(3.0)], [2.0, -1.0, 1.0], [1.0, -4.0, 0.0, 2.5, 6.0], [-9.0, -8.5, -12.0, -9.0]]
    return [(torch.tensor(o),) for o in values]


def more_single_scores(draw: Draw) -> Arguments:
    """Any number of classes."""
    return (draw.normal(draw.whole(2, 7), scale=1.5) + draw.whole(-3, 3),)


def best_scores(y: Tensor, q: int) -> Tensor:
    """Scores whose probabilities are the shares of the labels."""
    return torch.log(torch.bincount(y, minlength=q) / len(y))


def labels() -> list[Arguments]:
    """As many labels of each class first, then ever more uneven ones, in no order: (y, q)."""
    values = [
        [0, 1],
        [1, 0, 1, 1],
        [2, 0, 2, 1, 2, 0],
        [3, 1, 1, 0, 1, 2, 1, 1, 2],
        [1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1],
    ]
    return [(torch.tensor(y), max(y) + 1) for y in values]


def more_labels(draw: Draw) -> Arguments:
    """Any number of classes, each of which occurs."""
    q = draw.whole(2, 6)
    y = torch.cat(
        (torch.arange(q), draw.labels(draw.whole(0, 12), q), torch.full((draw.whole(0, 9),), draw.whole(0, q - 1)))
    )
    return y[draw.order(len(y))], q


def probabilities_of(scores: Any, y: Tensor, q: int) -> Tensor | None:
    """Return the probabilities of scores: a number added to all of them changes nothing."""
    numbers = as_numbers(scores)
    return numbers if numbers is None or numbers.dim() != 1 else torch.softmax(numbers, dim=0)


EXERCISES = {
    "04.4": Exercise(
        name="my_softmax",
        parameters=("O",),
        solve=softmax,
        inputs=scores,
        draw=more_scores,
        edges=far_scores,
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
        edges=rare_outcomes,
        mistakes={
            "nats": lambda P: torch.special.entr(P).sum(),
            "sign": lambda P: -entropy_bits(P),
            "never": lambda P: -(P * P.log2()).sum(),
            "unweighted": lambda P: -P.log2().sum(),
            "mean": lambda P: entropy_bits(P) / len(P),
        },
    ),
    "04.7": Exercise(
        name="my_hessian",
        parameters=("o",),
        solve=second_derivatives,
        inputs=single_scores,
        draw=more_single_scores,
        tolerance=1e-3,
        without=("autograd",),
        mistakes={
            "sign": lambda o: -second_derivatives(o),
            "diagonal only": lambda o: torch.diag(torch.softmax(o, 0) * (1 - torch.softmax(o, 0))),
            "no products": lambda o: torch.diag(torch.softmax(o, 0)),
            "products only": lambda o: -torch.outer(torch.softmax(o, 0), torch.softmax(o, 0)),
            "plus": lambda o: second_derivatives(o).abs(),
            "square missing": lambda o: second_derivatives(o) + torch.diag(torch.softmax(o, 0) ** 2),
            "a column": lambda o: torch.softmax(o, 0) * (1 - torch.softmax(o, 0)),
            "rows": lambda o: torch.softmax(o, 0) - torch.outer(torch.softmax(o, 0), torch.softmax(o, 0)),
            "scores": lambda o: torch.diag(o) - torch.outer(o, o),
        },
    ),
    "04.8": Exercise(
        name="my_scores",
        parameters=("y", "q"),
        solve=best_scores,
        inputs=labels,
        draw=more_labels,
        reads=probabilities_of,
        tolerance=1e-3,
        mistakes={
            "shares": lambda y, q: y.bincount() / len(y),
            "counts": lambda y, q: y.bincount(),
            "sign": lambda y, q: -best_scores(y, q),
            "bits": lambda y, q: y.bincount().log2(),
            "one more": lambda y, q: (y.bincount() + 1).log(),
            "equal": lambda y, q: torch.zeros(q),
            "first seen": lambda y, q: best_scores(y, q)[list(dict.fromkeys(y.tolist()))],
        },
    ),
}
