"""Chapter 03, linear regression, concise: right answers, inputs to try, and mistakes."""

import torch
from torch import Tensor

from book_utils.exercises.exercise import Arguments, Draw, Exercise


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
}
