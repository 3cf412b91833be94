"""Chapter 05, loss functions: right answers, inputs to try, and mistakes."""

import torch
from torch import Tensor
from torch.nn import functional

from book_utils.exercises.exercise import Answer, Arguments, Exercise


def huber(y_hat: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
    """Return Huber's loss of each example (chapter 05; Huber 1964, Robust Estimation of a Location Parameter)."""
    return functional.huber_loss(y_hat, y, reduction="none", delta=delta)


def huber_gradient(y_hat: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
    """Its derivative in the prediction: the residual, capped."""
    return (y_hat - y).clamp(-delta, delta)


def residuals() -> list[Arguments]:
    """Return residuals on both sides of the threshold, then other targets, thresholds and shapes.

    None is exactly at the threshold: there the branches are equal in a right answer, and in a wrong one it should not
    matter for the hint whether it says < or <=.
    """
    simple = torch.tensor([0.0, 0.5, -0.5, 0.75, 3.0, -3.0])
    return [
        (simple, torch.zeros(6)),
        (torch.tensor([3.0, -1.0, 2.0, 2.25]), torch.tensor([2.5, -5.0, 2.0, 4.5])),
        (simple, torch.zeros(6), 2.0),
        (simple, torch.zeros(6), 0.25),
        (torch.tensor([[1.0, -2.0, 0.0], [4.0, 0.25, -0.25]]), torch.ones(2, 3), 1.5),
    ]


def huber_from(near: Answer, far: Answer) -> Answer:
    """Return a loss that is ``near(residual, delta)`` up to the threshold and ``far(residual, delta)`` beyond it."""

    def loss(y_hat: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
        r = y_hat - y
        return torch.where(r.abs() <= delta, near(r, delta), far(r, delta))

    return loss


def near(r: Tensor, delta: float) -> Tensor:
    return r**2 / 2


def far(r: Tensor, delta: float) -> Tensor:
    return delta * (r.abs() - delta / 2)


EXERCISES = {
    "05.2": Exercise(
        name="my_huber",
        entrywise=True,
        parameters=("y_hat", "y", "delta"),
        solve=huber,
        inputs=residuals,
        mistakes={
            "offset": huber_from(near, lambda r, delta: delta * r.abs()),
            "bare": huber_from(near, lambda r, delta: r.abs()),
            "delta": huber_from(near, lambda r, delta: r.abs() - 0.5),
            "half delta": huber_from(near, lambda r, delta: delta * (r.abs() - 0.5)),
            "half": huber_from(lambda r, delta: r**2, far),
            "half twice": huber_from(lambda r, delta: r**2, lambda r, delta: delta * (2 * r.abs() - delta)),
            "sign": huber_from(near, lambda r, delta: delta * (r - delta / 2)),
            "one side": lambda y_hat, y, delta=1.0: torch.where(
                y_hat - y <= delta, near(y_hat - y, delta), far(y_hat - y, delta)
            ),
            "swapped": huber_from(far, near),
            "always near": huber_from(near, near),
            "always far": huber_from(far, far),
            "threshold of 1": lambda y_hat, y, delta=1.0: huber(y_hat, y),
            "sum": lambda y_hat, y, delta=1.0: huber(y_hat, y, delta).sum(),
            "mean": lambda y_hat, y, delta=1.0: huber(y_hat, y, delta).mean(),
        },
    ),
    "05.4": Exercise(
        name="my_huber_gradient",
        entrywise=True,
        parameters=("y_hat", "y", "delta"),
        solve=huber_gradient,
        inputs=residuals,
        mistakes={
            "sign": lambda y_hat, y, delta=1.0: -huber_gradient(y_hat, y, delta),
            "not capped": lambda y_hat, y, delta=1.0: y_hat - y,
            "only sign": lambda y_hat, y, delta=1.0: delta * (y_hat - y).sign(),
            "cap of 1": lambda y_hat, y, delta=1.0: huber_gradient(y_hat, y),
            "one side": lambda y_hat, y, delta=1.0: (y_hat - y).clamp(max=delta),
            "far is 1": lambda y_hat, y, delta=1.0: torch.where(
                (y_hat - y).abs() <= delta, y_hat - y, (y_hat - y).sign()
            ),
        },
    ),
}
