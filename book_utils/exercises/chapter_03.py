"""Chapter 03, linear regression, concise: right answers, inputs to try, and mistakes."""

import math
from typing import Any

import torch
from torch import Tensor

from book_utils.exercises import runs
from book_utils.exercises.calling import as_numbers
from book_utils.exercises.exercise import Arguments, Draw, Exercise, Unfit


def mse(y_hat: Tensor, y: Tensor) -> Tensor:
    """What ``nn.MSELoss()`` returns."""
    return ((y_hat - y) ** 2).mean()


def columns() -> list[Arguments]:
    """Predictions and labels in columns, as ``nn.Linear`` gives them."""
    return [
        (torch.tensor([[3.0]]), torch.tensor([[1.0]])),
        (torch.tensor([[2.0], [-2.0], [0.0], [4.0]]), torch.zeros(4, 1)),
        (torch.tensor([[1.0], [2.5], [-1.0]]), torch.tensor([[0.0], [3.0], [1.0]])),
        (torch.arange(12.0).reshape(12, 1), torch.arange(-2.0, 10.0).reshape(12, 1) ** 2),
    ]


def more_columns(draw: Draw) -> Arguments:
    """Any number of examples."""
    n = draw.whole(1, 9)
    return draw.normal(n, 1, scale=2), draw.normal(n, 1, scale=3)


def sum_lr(lr: float, batch_size: int) -> float:
    """The learning rate for the summed squared error that makes the steps of chapter 02."""
    return lr / (2 * batch_size)


FLOOR = 0.00012
"""A mean squared error as near the variance of the noise, 0.0001, as two epochs should lead."""


def huber_lr() -> float:
    """Three times that of ``nn.MSELoss``, whose gradients are not capped, and twice as long near the minimum."""
    return 3 * 0.03


def as_rate(value: Any) -> float:
    """Return a learning rate, or say why it is none."""
    rate = as_numbers(value)
    if rate is None or rate.numel() != 1:
        raise Unfit("one number only")
    if not 0 < rate.item() < math.inf:
        raise Unfit("negative")
    return rate.item()


def error_reached(value: Any, seed: int) -> float:
    """Return the mean squared error after two epochs with Huber's loss."""
    return runs.squared_error(runs.trained([as_rate(value)] * 2, seed, cap=1.0), seed)


def why_not_low(value: Any, seed: int) -> str:
    """Return which mistake a learning rate makes that does not lead to the floor."""
    return "too large" if as_rate(value) > 0.2 else "too small"


def two_errors(x: Tensor, y: Tensor, n: int, degree: int) -> Tensor:
    """The roots of the mean squared errors, on the points learned from and on the others."""
    A = torch.stack([x**k for k in range(degree + 1)], dim=1)
    w = torch.linalg.lstsq(A[:n], y[:n]).solution
    errors = (A @ w - y) ** 2
    return torch.stack([errors[:n].mean(), errors[n:].mean()]).sqrt()


def points() -> list[Arguments]:
    """A line with one point beside it, then curves through points in no order: (x, y, n, degree)."""
    x = torch.tensor([0.5, -1.0, 1.5, 0.0, -0.5, 1.0, -1.5, 2.0, 0.25, -2.0], dtype=torch.float64)
    y = torch.tensor([1.0, 4.0, -2.0, 3.0, 0.5, -1.0, 2.0, 6.0, 1.5, -5.0], dtype=torch.float64)
    return [
        (torch.arange(4).double(), torch.tensor([1.0, 3.0, 5.0, 9.0], dtype=torch.float64), 3, 1),
        (x, y, 5, 1),
        (x, y + 20, 6, 2),
        (x, 3 * y, 7, 3),
        (x, y, 9, 5),
    ]


def more_points(draw: Draw) -> Arguments:
    """Any number of points, to learn from and others, and any degree up to 5."""
    degree = draw.whole(1, 5)
    n, others = draw.whole(degree + 4, 14), draw.whole(1, 12)
    x = draw.normal(n + others).clamp(-2, 2).double()
    return x, torch.sin(3 * x) + draw.whole(-3, 3) + draw.normal(n + others, scale=0.5), n, degree


def errors_with(x: Tensor, y: Tensor, n: int, powers: range, learned: slice | None = None) -> tuple[Tensor, Tensor]:
    """Return the squared errors on the first points and on the others, learned from the first or from some others."""
    A = torch.stack([x**k for k in powers], dim=1)
    learned = slice(n) if learned is None else learned
    errors = (A @ torch.linalg.pinv(A[learned]) @ y[learned] - y) ** 2
    return errors[:n], errors[n:]


def roots(parts: tuple[Tensor, Tensor]) -> Tensor:
    return torch.stack([part.mean() for part in parts]).sqrt()


EXERCISES = {
    "03.3": Exercise(
        name="my_mse",
        parameters=("y_hat", "y"),
        solve=mse,
        inputs=columns,
        draw=more_columns,
        examples=("y_hat", "y"),
        without=("nn.MSELoss",),
        mistakes={
            "half": lambda y_hat, y: mse(y_hat, y) / 2,
            "sum": lambda y_hat, y: ((y_hat - y) ** 2).sum(),
            "root": lambda y_hat, y: mse(y_hat, y).sqrt(),
            "per example": lambda y_hat, y: (y_hat - y) ** 2,
            "broadcast": lambda y_hat, y: ((y_hat - y.flatten()) ** 2).mean(),
        },
    ),
    "03.4": Exercise(
        name="my_sum_lr",
        parameters=("lr", "batch_size"),
        solve=sum_lr,
        inputs=lambda: [(0.03, 1), (0.03, 10), (0.1, 256), (5.0, 2)],
        draw=lambda draw: (draw.whole(1, 900) / 1000, draw.whole(1, 600)),
        mistakes={
            "half": lambda lr, batch_size: lr / batch_size,
            "batch size": lambda lr, batch_size: lr / 2,
            "times": lambda lr, batch_size: lr * 2 * batch_size,
            "other half": lambda lr, batch_size: 2 * lr / batch_size,
            "nothing changed": lambda lr, batch_size: lr,
        },
    ),
    "03.6": Exercise(
        name="my_lr",
        parameters=(),
        solve=huber_lr,
        value=True,
        inputs=lambda: [(0,)],
        reads=error_reached,
        limit=FLOOR,
        tells=why_not_low,
        mistakes={
            "too small": lambda: 0.03,
            "too large": lambda: 3.0,
            "negative": lambda: -0.1,
            "one number only": lambda: [0.1, 0.03],
        },
    ),
    "03.8": Exercise(
        name="my_two_errors",
        parameters=("x", "y", "n", "degree"),
        solve=two_errors,
        inputs=points,
        draw=more_points,
        tolerance=1e-3,
        mistakes={
            "no root": lambda x, y, n, degree: roots(errors_with(x, y, n, range(degree + 1))) ** 2,
            "exchanged": lambda x, y, n, degree: roots(errors_with(x, y, n, range(degree + 1))).flip(0),
            "one power less": lambda x, y, n, degree: roots(errors_with(x, y, n, range(degree))),
            "no constant": lambda x, y, n, degree: roots(errors_with(x, y, n, range(1, degree + 1))),
            "leak": lambda x, y, n, degree: roots(errors_with(x, y, n, range(degree + 1), slice(None))),
            "sum": lambda x, y, n, degree: torch.stack(
                [part.sum() for part in errors_with(x, y, n, range(degree + 1))]
            ).sqrt(),
            "not squared": lambda x, y, n, degree: torch.stack(
                [part.sqrt().mean() for part in errors_with(x, y, n, range(degree + 1))]
            ),
        },
    ),
}
