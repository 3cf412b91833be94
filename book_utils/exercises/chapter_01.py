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


def held_out_error(X: Tensor, y: Tensor, n: int) -> Tensor:
    """The root of the mean squared error on the examples that were held out."""
    A = torch.cat((X, torch.ones(len(X), 1)), dim=1)
    w = torch.linalg.lstsq(A[:n], y[:n]).solution
    return ((A[n:] @ w - y[n:]) ** 2).mean().sqrt()


def to_hold_out() -> list[Arguments]:
    """A single held-out example beside a line, then more of them than were learned from, then fewer: (X, y, n)."""
    line = torch.tensor([[0.0], [1.0], [2.0], [3.0]]), torch.tensor([1.0, 3.0, 5.0, 9.0])
    x = torch.tensor([[2.0], [-1.0], [0.5], [4.0], [-3.0], [1.0], [0.0], [2.5]])
    two = torch.tensor([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0], [2.0, -2.0], [1.5, 3.0], [-2.0, 0.5], [0.0, -1.0]])
    return [
        (*line, 3),
        (x, torch.tensor([30.0, 27.0, 29.0, 31.0, 26.0, 33.0, 24.0, 36.0]), 3),
        (two, torch.tensor([1.0, -4.0, 2.0, 5.0, -6.0, 0.0, 7.0]), 5),
        (x, torch.tensor([4.0, 1.0, -2.0, 0.0, 3.0, 5.0, -1.0, 90.0]), 6),
    ]


def more_to_hold_out(draw: Draw) -> Arguments:
    """Any number of features, of examples to learn from, and of held-out ones."""
    d = draw.whole(1, 4)
    n, others = draw.whole(d + 4, d + 9), draw.whole(1, 9)
    X = draw.normal(n + others, d, scale=2) + 1
    return X, X @ draw.normal(d, scale=2) + draw.whole(-20, 20) + draw.normal(n + others, scale=3), n


def errors_of(X: Tensor, y: Tensor, learned: slice, ones: bool = True) -> Tensor:
    """Return the errors on all examples, learned from some, with or without a bias."""
    A = torch.cat((X, torch.ones(len(X), 1)), dim=1) if ones else X
    return A @ torch.linalg.lstsq(A[learned], y[learned]).solution - y


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
    "01.9": Exercise(
        name="my_held_out_error",
        parameters=("X", "y", "n"),
        solve=held_out_error,
        inputs=to_hold_out,
        draw=more_to_hold_out,
        tolerance=1e-3,
        mistakes={
            "training": lambda X, y, n: (errors_of(X, y, slice(n))[:n] ** 2).mean().sqrt(),
            "all examples": lambda X, y, n: (errors_of(X, y, slice(n)) ** 2).mean().sqrt(),
            "leak": lambda X, y, n: (errors_of(X, y, slice(None))[n:] ** 2).mean().sqrt(),
            "learned from the rest": lambda X, y, n: (errors_of(X, y, slice(n, None))[:n] ** 2).mean().sqrt(),
            "no ones": lambda X, y, n: (errors_of(X, y, slice(n), ones=False)[n:] ** 2).mean().sqrt(),
            "no root": lambda X, y, n: (errors_of(X, y, slice(n))[n:] ** 2).mean(),
            "sum": lambda X, y, n: (errors_of(X, y, slice(n))[n:] ** 2).sum().sqrt(),
            "not squared": lambda X, y, n: errors_of(X, y, slice(n))[n:].abs().mean(),
            "baseline": lambda X, y, n: ((y[n:] - y[:n].mean()) ** 2).mean().sqrt(),
        },
    ),
}
