"""Chapter 05, loss functions: right answers, inputs to try, and mistakes."""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor

from book_utils.exercises import figures
from book_utils.exercises.calling import as_numbers
from book_utils.exercises.exercise import Answer, Arguments, Draw, Exercise, Unfit


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


def best_constant(y: Tensor, tau: float) -> Tensor:
    """A constant with the smallest sum of pinball losses: one of the labels always is."""
    c = y.unsqueeze(1)
    losses = torch.maximum(tau * (y - c), (tau - 1) * (y - c))
    return y[losses.sum(dim=1).argmin()]


def pinball_sum(constant: Any, y: Tensor, tau: float) -> Tensor | None:
    """Return the sum of the pinball losses of a constant: several constants may have the smallest."""
    c = as_numbers(constant)
    if c is None:
        return None
    rest = y.double() - c.unsqueeze(-1)
    return torch.maximum(tau * rest, (tau - 1) * rest).sum(dim=-1)


def labels() -> list[Arguments]:
    """The five labels of the text, then even numbers of them, in no order, repeated, negative, one alone: (y, tau)."""
    five = torch.tensor([0.0, 1.0, 2.0, 3.0, 94.0])
    several = torch.tensor([4.5, -2.0, 7.25, 0.5, -8.0, 3.0])
    return [
        (five, 0.25),
        (five, 0.5),
        (several, 0.25),
        (several, 0.9),
        (several, 0.5),
        (torch.tensor([5.0, 1.0, 1.0, 1.0, 6.5, 1.0, 9.0]), 0.5),
        (torch.tensor([2.5, 8.0, 8.0, 2.5, 8.0, -1.0, 8.0, 8.0]), 0.3),
        (torch.tensor([-3.5]), 0.3),
    ]


def more_labels(draw: Draw) -> Arguments:
    """Any number of labels, and shares that divide it or do not."""
    n = draw.whole(2, 12)
    return draw.normal(n, scale=9), draw.one_of(0.1, 0.2, 0.25, 0.3, 0.45, 0.6, 0.75, 0.8, 0.95)


DELTAS = (0.01, 0.1, 1.0, 10.0, 100.0)


def slope_figure() -> Any:
    """The slope over the threshold, with steps that suit each threshold."""
    from matplotlib import pyplot as plt

    x = torch.linspace(-3, 3, 100, dtype=torch.float64).reshape(-1, 1)
    noise = torch.randn(100, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    y = 1.5 * x + 2 + 0.5 * noise
    y[-5:] += 15
    deltas = torch.tensor([0.01, 0.1, 1.0, 10.0, 100.0], dtype=torch.float64)
    w = b = torch.zeros(5, dtype=torch.float64)  # five lines at once
    for _ in range(500):
        pull = (w * x + b - y).clamp(-deltas, deltas) / deltas.clamp(max=1)
        w, b = w - 0.1 * (pull * x).mean(dim=0), b - 0.1 * pull.mean(dim=0)
    fig, ax = plt.subplots(figsize=(6, 3))
    ax.plot(deltas, w, "co-")
    ax.set(xscale="log", xlabel="threshold", ylabel="slope of the line")
    return ax


@cache
def right_slopes() -> Any:
    """Return the slopes of ``slope_figure``."""
    ax = slope_figure()
    ((_, slopes),) = figures.heights(ax, DELTAS, "my_axes")
    ax.figure.clear()
    return slopes


def are_right(slopes: Tensor) -> Tensor:
    return (slopes / right_slopes() - 1).abs() < 0.02


def slope_drawn(value: Any, delta: float) -> float:
    """Return the slope that a figure shows at a threshold: of several lines, that which is right at most places."""
    found = figures.heights(value, DELTAS, "my_axes")
    scale, slopes = max(found, key=lambda curve: are_right(curve[1]).sum().item())
    if are_right(slopes).all() and scale not in ("log", "symlog"):
        raise Unfit("linear")
    return slopes[DELTAS.index(delta)].item()


def figure_of(fit: Callable[[Tensor, Tensor, float], float], good: bool = False, scale: str = "log") -> Answer:
    """Return a function that draws what ``fit(x, y, delta)`` returns over the thresholds."""

    def draw() -> Any:
        from matplotlib.figure import Figure

        ax = Figure().add_subplot()
        x = torch.linspace(-3, 3, 100, dtype=torch.float64)
        y = 1.5 * x + 2 + 0.5 * torch.randn(100, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
        y[-5:] += 0 if good else 15
        ax.plot(DELTAS, [fit(x, y, delta) for delta in DELTAS])
        ax.set_xscale(scale)
        return ax

    return draw


def huber_line(x: Tensor, y: Tensor, delta: float, lr: float = 0.1) -> tuple[float, float]:
    """Return slope and intercept after 500 steps."""
    A, w = torch.stack((x, torch.ones_like(x)), dim=1), torch.zeros(2, dtype=torch.float64)
    for _ in range(500):
        w = w - lr * A.T @ (A @ w - y).clamp(-delta, delta) / len(y)
    return w[0].item(), w[1].item()


def repaired(x: Tensor, y: Tensor, delta: float) -> tuple[float, float]:
    return huber_line(x, y, delta, 0.1 / min(delta, 1))


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
    "05.3": Exercise(
        name="my_best_constant",
        parameters=("y", "tau"),
        solve=best_constant,
        inputs=labels,
        draw=more_labels,
        reads=pinball_sum,
        mistakes={
            "mean": lambda y, tau: y.mean(),
            "median": lambda y, tau: y.median(),
            "other side": lambda y, tau: best_constant(y, 1 - tau),
            "interpolated": lambda y, tau: torch.quantile(y, tau),
            "not sorted": lambda y, tau: y[math.ceil(tau * len(y)) - 1],
            "loss": lambda y, tau: pinball_sum(best_constant(y, tau), y, tau),
            "place": lambda y, tau: torch.maximum(tau * (y - y[:, None]), (tau - 1) * (y - y[:, None])).sum(1).argmin(),
            "largest": lambda y, tau: y[
                torch.maximum(tau * (y - y[:, None]), (tau - 1) * (y - y[:, None])).sum(1).argmax()
            ],
            "whole numbers": lambda y, tau: best_constant(y, tau).round(),
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
    "05.5": Exercise(
        name="my_axes",
        parameters=("delta",),
        solve=slope_figure,
        value=True,
        inputs=lambda: [(delta,) for delta in DELTAS],
        reads=slope_drawn,
        tolerance=0.02,
        mistakes={
            "not repaired": figure_of(lambda *given: huber_line(*given)[0]),
            "good data": figure_of(lambda *given: repaired(*given)[0], good=True),
            "intercept": figure_of(lambda *given: repaired(*given)[1]),
            "linear": figure_of(lambda *given: repaired(*given)[0], scale="linear"),
        },
    ),
}
