"""Chapter 05, loss functions: right answers, inputs to try, and mistakes."""

import torch
from torch import Tensor

from book_utils.exercises.exercise import Answer, Arguments, Draw, Exercise


def huber(y_hat: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
    """Huber's loss of each example (Huber 1964, Robust Estimation of a Location Parameter)."""
    r = (y_hat - y).abs()
    return torch.where(r <= delta, r**2 / 2, delta * (r - delta / 2))


def huber_gradient(y_hat: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
    """The derivative of Huber's loss in the prediction: the residual, capped."""
    return (y_hat - y).clamp(-delta, delta)


def residuals() -> list[Arguments]:
    """Return residuals on both sides of the threshold, then other targets, thresholds and shapes.

    None is exactly at the threshold: in a wrong answer it should not matter for the hint whether it says < or <=.
    """
    simple = torch.tensor([0.0, 0.5, -0.5, 0.75, 3.0, -3.0])
    return [
        (simple, torch.zeros(6)),
        (torch.tensor([3.0, -1.0, 2.0, 2.25]), torch.tensor([2.5, -5.0, 2.0, 4.5])),
        (simple, torch.zeros(6), 2.0),
        (simple, torch.zeros(6), 0.25),
        (torch.tensor([[1.0, -2.0, 0.0], [4.0, 0.25, -0.25]]), torch.ones(2, 3), 1.5),
    ]


def at_the_threshold() -> list[Arguments]:
    """Return residuals of exactly the threshold, on both sides, where both branches hold."""
    return [
        (torch.tensor([1.0, -1.0, 0.5, 2.0]), torch.zeros(4)),
        (torch.tensor([[2.25, 1.0], [1.5, -3.0]]), torch.tensor([[1.75, 1.5], [1.5, 0.0]]), 0.5),
    ]


def more_residuals(draw: Draw) -> Arguments:
    """Predictions and labels of any shape, and a threshold that no residual meets."""
    shape = draw.one_of((6,), (1,), (4, 1), (2, 3), (2, 1, 3))
    return draw.normal(*shape, scale=2), draw.normal(*shape, scale=2), draw.whole(20, 300) / 100 + 0.005


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
        without=("nn.HuberLoss",),
        inputs=residuals,
        edges=at_the_threshold,
        draw=more_residuals,
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
        without=("autograd",),
        inputs=residuals,
        edges=at_the_threshold,
        draw=more_residuals,
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
