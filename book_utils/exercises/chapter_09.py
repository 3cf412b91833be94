"""Chapter 09, what the model learned: right answers, inputs to try, and mistakes."""

import math

import torch
from torch import Tensor

from book_utils.exercises.exercise import Arguments, Draw, Exercise


def recall(confusion: Tensor) -> Tensor:
    """The share of each row that stands on the diagonal."""
    return confusion.diagonal() / confusion.sum(dim=1)


def confusions() -> list[Arguments]:
    """Two classes first, then three, with rows and columns of different sums."""
    return [
        (torch.tensor([[3, 1], [2, 2]]),),
        (torch.tensor([[2, 1, 0], [0, 1, 0], [1, 0, 1]]),),
        (torch.tensor([[8, 0, 2], [1, 4, 5], [0, 10, 30]]),),
        (torch.tensor([[0, 4, 1, 0], [0, 5, 0, 0], [7, 0, 1, 300], [0, 0, 0, 9]]),),
    ]


def more_confusions(draw: Draw) -> Arguments:
    """Any number of classes, none without an image, some of which may not be found at all."""
    classes = draw.whole(2, 6)
    missed = torch.eye(classes, dtype=torch.int64).roll(1, dims=1)
    return (draw.labels(classes**2, 30).reshape(classes, classes) + missed,)


def distances(confidence: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
    """Share of right answers minus mean confidence, and the number of answers, for each bin that is not empty."""
    bins = (confidence * 10).long().clamp(max=9)
    inside = [bins == k for k in bins.unique()]
    apart = torch.stack([right[answers].float().mean() - confidence[answers].mean() for answers in inside])
    return apart, torch.stack([answers.sum() for answers in inside])


def calibration_error(confidence: Tensor, right: Tensor) -> Tensor:
    """The distances of all bins, each weighted with the number of answers in it."""
    bins = (confidence * 10).long().clamp(max=9)
    total = torch.tensor(0.0)
    for k in bins.unique():
        inside = bins == k
        total = total + inside.sum() * (confidence[inside].mean() - right[inside].float().mean()).abs()
    return total / len(right)


def answers() -> list[Arguments]:
    """One bin, two bins of different size, then many, with a confidence of 1 and a model that is sometimes too sure."""
    return [
        (torch.tensor([0.62, 0.68]), torch.tensor([False, True])),
        (torch.tensor([0.62, 0.68, 0.66, 0.97]), torch.tensor([True, True, True, False])),
        (
            torch.tensor([0.35, 0.45, 0.55, 0.58, 0.91, 0.95, 1.0, 1.0]),
            torch.tensor([True, False, True, False, True, True, False, True]),
        ),
        (torch.tensor([0.02, 0.05, 0.15, 0.18]), torch.tensor([False, False, True, True])),
    ]


def more_answers(draw: Draw) -> Arguments:
    """Any number of answers, none of which is on the border of two bins; some are sure."""
    n = draw.whole(2, 24)
    confidence = (draw.labels(n, 100) + 0.5) / 100
    confidence[draw.labels(n, 8) == 0] = 1.0
    return confidence, draw.labels(n, 2).bool()


def needed(a: int, b: int, deviations: float) -> float:
    """How many mistakes in all make the same ratio differ by so many standard deviations."""
    share = (a - b) / (a + b)
    return (deviations / share) ** 2


def mistakes() -> list[Arguments]:
    """(a, b, deviations): a small ratio, that of the text; the other direction, none in one, nearly equal ones."""
    return [
        (3, 1, 2),
        (126, 103, 3),
        (103, 126, 3),
        (5, 0, 1),
        (0, 7, 2.5),
        (500, 499, 3),
        (40, 10, 1.96),
        (2, 1, 0.5),
        (1000, 10, 5),
    ]


def more_mistakes(draw: Draw) -> Arguments:
    """Any two numbers that differ."""
    a, b = draw.whole(0, 300), draw.whole(0, 300)
    return a, b + (a == b), draw.one_of(1, 1.5, 2, 3, 4)


def slope(O: Tensor, y: Tensor) -> Tensor:
    """The derivative of the mean loss with respect to a factor on all logits, where it is 1."""
    expected = (torch.softmax(O, dim=1) * O).sum(dim=1)
    return (expected - O[torch.arange(len(y)), y]).mean()


def slope_at(O: Tensor, y: Tensor, factor: float) -> Tensor:
    """The same at another factor."""
    return ((torch.softmax(factor * O, dim=1) * O).sum(dim=1) - O[torch.arange(len(y)), y]).mean()


def logits() -> list[Arguments]:
    """One example first; too modest and too sure, labels that come twice, equal logits, large ones, many classes."""
    return [
        (torch.tensor([[1.0, 0.0]]), torch.tensor([0])),
        (torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 0.0]]), torch.tensor([0, 1, 1])),
        (torch.tensor([[3.0, 1.0, 0.0], [-1.0, 0.5, 0.0]]), torch.tensor([0, 0])),
        (
            torch.tensor([[9.0, 0.0, 0.0], [0.0, 8.0, 7.0], [1.0, 0.0, 6.0], [5.0, 0.0, 1.0]]),
            torch.tensor([1, 2, 2, 2]),
        ),
        (torch.full((2, 4), 3.0), torch.tensor([3, 0])),
        (torch.tensor([[60.0, 0.0, -60.0], [-3.0, -2.0, -1.0]]), torch.tensor([1, 2])),
        (torch.arange(24.0).reshape(2, 12) / 6, torch.tensor([11, 4])),
    ]


def more_logits(draw: Draw) -> Arguments:
    """Any number of examples and classes; half of the labels are what the logits say."""
    n, q = draw.whole(1, 9), draw.whole(2, 7)
    O = draw.normal(n, q, scale=draw.one_of(0.5, 1.0, 4.0))
    return O, torch.where(draw.labels(n, 2) == 0, O.argmax(dim=1), draw.labels(n, q))


def difference(weight: Tensor, first: int, second: int) -> Tensor:
    """The difference of two stencils, as a picture."""
    return (weight[first] - weight[second]).reshape(28, 28)


def stencils() -> list[Arguments]:
    """A stroke and a frame first; then ten classes, and both orders of two."""
    rows = torch.zeros(2, 28, 28)
    rows[0, 3:25, 5] = 1.0
    rows[1, 0] = 0.5
    dice = torch.Generator().manual_seed(0)
    weight = (torch.randn(10, 784, generator=dice) / 4).round(decimals=2)
    return [(rows.flatten(1), 0, 1), (weight, 6, 4), (weight, 4, 6), (weight, 1, 9), (weight[:3], 2, 0)]


def more_stencils(draw: Draw) -> Arguments:
    """Any number of classes, and two of them."""
    q = draw.whole(2, 10)
    first, second = draw.order(q)[:2].tolist()
    return draw.normal(q, 784, scale=0.3), first, second


EXERCISES = {
    "09.2": Exercise(
        name="my_recall",
        parameters=("confusion",),
        solve=recall,
        inputs=confusions,
        draw=more_confusions,
        mistakes={
            "columns": lambda confusion: confusion.diagonal() / confusion.sum(dim=0),
            "all": lambda confusion: confusion.diagonal() / confusion.sum(),
            "count": lambda confusion: confusion.diagonal(),
            "accuracy": lambda confusion: confusion.diagonal().sum() / confusion.sum(),
            "missed": lambda confusion: 1 - recall(confusion),
        },
    ),
    "09.3": Exercise(
        name="my_calibration_error",
        parameters=("confidence", "right"),
        solve=calibration_error,
        inputs=answers,
        draw=more_answers,
        examples=("confidence", "right"),
        mistakes={
            "weights": lambda confidence, right: distances(confidence, right)[0].abs().mean(),
            "sum": lambda confidence, right: (
                distances(confidence, right)[0].abs() * distances(confidence, right)[1]
            ).sum(),
            "no distance": lambda confidence, right: confidence.mean() - right.float().mean(),
            "largest": lambda confidence, right: distances(confidence, right)[0].abs().max(),
            "each answer": lambda confidence, right: (confidence - right.float()).abs().mean(),
        },
    ),
    "09.4": Exercise(
        name="my_needed",
        parameters=("a", "b", "deviations"),
        solve=needed,
        inputs=mistakes,
        draw=more_mistakes,
        mistakes={
            "not squared": lambda a, b, deviations: deviations * (a + b) / (a - b),
            "as it is": lambda a, b, deviations: abs(a - b) / math.sqrt(a + b),
            "one direction": lambda a, b, deviations: needed(a, b, deviations) / 4,
            "same difference": lambda a, b, deviations: ((a - b) / deviations) ** 2,
            "further": lambda a, b, deviations: needed(a, b, deviations) - (a + b),
            "always 3": lambda a, b, deviations: needed(a, b, 3),
            "rounded": lambda a, b, deviations: float(math.ceil(needed(a, b, deviations))),
        },
    ),
    "09.6": Exercise(
        name="my_slope",
        parameters=("O", "y"),
        solve=slope,
        inputs=logits,
        draw=more_logits,
        examples=("O", "y"),
        mistakes={
            "sign": lambda O, y: -slope(O, y),
            "sum": lambda O, y: slope(O, y) * len(y),
            "no truth": lambda O, y: (torch.softmax(O, dim=1) * O).sum(dim=1).mean(),
            "only truth": lambda O, y: -O[torch.arange(len(y)), y].mean(),
            "predicted": lambda O, y: ((torch.softmax(O, dim=1) * O).sum(dim=1) - O.max(dim=1).values).mean(),
            "at 0": lambda O, y: slope_at(O, y, 0.0),
            "loss": lambda O, y: torch.nn.functional.cross_entropy(O, y),
            "added": lambda O, y: torch.tensor(0.0),
        },
    ),
    "09.7": Exercise(
        name="my_difference",
        parameters=("weight", "first", "second"),
        solve=difference,
        inputs=stencils,
        draw=more_stencils,
        mistakes={
            "turned round": lambda weight, first, second: difference(weight, second, first),
            "flat": lambda weight, first, second: weight[first] - weight[second],
            "on its side": lambda weight, first, second: difference(weight, first, second).T,
            "one stencil": lambda weight, first, second: weight[first].reshape(28, 28),
            "size alone": lambda weight, first, second: difference(weight, first, second).abs(),
            "both added": lambda weight, first, second: (weight[first] + weight[second]).reshape(28, 28),
        },
    ),
}
