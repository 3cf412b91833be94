"""Chapter 01, linear regression: right answers, inputs to try, and mistakes."""

import torch
from torch import Tensor

from book_utils.exercises.exercise import Arguments, Draw, Exercise


def mean_loss(X: Tensor, y: Tensor, w: Tensor, b: float) -> Tensor:
    """Half the squared error, averaged over the examples."""
    return ((X @ w + b - y) ** 2 / 2).mean()


def loss_gradient(X: Tensor, y: Tensor, w: Tensor, b: float) -> Tensor:
    """The gradient of the mean loss in the weights."""
    return X.T @ (X @ w + b - y) / len(y)


def houses() -> list[Arguments]:
    """One example first, then several: (X, y, w, b)."""
    one = torch.tensor([[2.0]]), torch.tensor([4.0])
    three = torch.tensor([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]]), torch.tensor([1.0, -2.0, 4.0])
    return [
        (*one, torch.tensor([0.5]), 0.0),
        (*one, torch.tensor([1.0]), 1.0),
        (*three, torch.tensor([0.0, 0.0]), 0.0),
        (*three, torch.tensor([1.0, -0.5]), 0.25),
        (torch.tensor([[1.0, 2.0, -1.0, 4.0]]), torch.tensor([3.0]), torch.tensor([2.0, 0.5, 1.0, -1.5]), -2.0),
    ]


def more_houses(draw: Draw) -> Arguments:
    """Any number of examples and of features."""
    n, d = draw.whole(1, 8), draw.whole(1, 5)
    return draw.normal(n, d, scale=2), draw.normal(n, scale=3), draw.normal(d), draw.whole(-30, 30) / 10


def fit_line(x: Tensor, y: Tensor) -> Tensor:
    """Slope and intercept of the line with the least squared errors."""
    A = torch.stack([x, torch.ones_like(x)], dim=1)
    return torch.linalg.lstsq(A, y).solution


def lines() -> list[Arguments]:
    """Three points on a line first, then points beside one, then some above each other and in no order."""
    return [
        (torch.tensor([0.0, 1.0, 2.0]), torch.tensor([1.0, 3.0, 5.0])),
        (torch.tensor([1.0, 2.0, 4.0, 5.0]), torch.tensor([0.0, 3.0, 3.0, 6.0])),
        (torch.tensor([-2.0, 0.5, 1.0, 3.0]), torch.tensor([4.0, 1.0, 0.0, -1.5])),
        (torch.tensor([3.0, 1.0, 4.0, 1.0, 2.0, 3.0]), torch.tensor([2.0, 0.0, 7.0, 1.5, -1.0, 4.0])),
        (torch.arange(-6.0, 6.0), torch.arange(-6.0, 6.0) ** 3 - 40.0),
    ]


def more_lines(draw: Draw) -> Arguments:
    """Any number of points, in no order, two of them above each other."""
    n = draw.whole(4, 9)
    x = draw.normal(n, scale=3)
    x[1] = x[-1]
    return x, draw.whole(-3, 3) * x + draw.normal(n, scale=4)


def through_origin(x: Tensor, y: Tensor) -> Tensor:
    return torch.stack([(x @ y) / (x @ x), torch.tensor(0.0)])


EXERCISES = {
    "01.4": Exercise(
        name="my_mean_loss",
        parameters=("X", "y", "w", "b"),
        solve=mean_loss,
        inputs=houses,
        draw=more_houses,
        examples=("X", "y"),
        differentiable=True,
        mistakes={
            "half": lambda X, y, w, b: ((X @ w + b - y) ** 2).mean(),
            "sum": lambda X, y, w, b: ((X @ w + b - y) ** 2 / 2).sum(),
            "both": lambda X, y, w, b: ((X @ w + b - y) ** 2).sum(),
            "no bias": lambda X, y, w, b: ((X @ w - y) ** 2 / 2).mean(),
            "not squared": lambda X, y, w, b: (X @ w + b - y).abs().mean() / 2,
            "broadcast": lambda X, y, w, b: (((X @ w + b).unsqueeze(1) - y) ** 2 / 2).mean(),
            "per example": lambda X, y, w, b: (X @ w + b - y) ** 2 / 2,
        },
    ),
    "01.5": Exercise(
        name="my_gradient",
        parameters=("X", "y", "w", "b"),
        solve=loss_gradient,
        inputs=houses,
        draw=more_houses,
        examples=("X", "y"),
        without=("autograd",),
        mistakes={
            "sign": lambda X, y, w, b: -loss_gradient(X, y, w, b),
            "sum": lambda X, y, w, b: loss_gradient(X, y, w, b) * len(y),
            "twice": lambda X, y, w, b: loss_gradient(X, y, w, b) * 2,
            "no bias": lambda X, y, w, b: loss_gradient(X, y, w, 0.0),
        },
    ),
    "01.6": Exercise(
        name="my_fit",
        parameters=("x", "y"),
        solve=fit_line,
        inputs=lines,
        draw=more_lines,
        examples=("x", "y"),
        mistakes={
            "no ones": through_origin,
            "order": lambda x, y: fit_line(x, y).flip(0),
            "exchanged": lambda x, y: fit_line(y, x),
        },
    ),
}
