"""Chapter 07, softmax regression from scratch: right answers, inputs to try, and mistakes."""

import math
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from book_utils.exercises import figures
from book_utils.exercises.exercise import Answer, Arguments, Draw, Exercise, Unfit
from book_utils.exercises.given import overflowing_softmax


def cross_entropy(y_hat: Tensor, y: Tensor) -> Tensor:
    """The cross-entropy of each example, of probabilities."""
    return -y_hat[torch.arange(len(y)), y].log()


def probabilities() -> list[Arguments]:
    """Probabilities and labels; at last labels that come twice, and probabilities that are next to nothing."""
    return [
        (torch.tensor([[0.5, 0.5]]), torch.tensor([0])),
        (torch.tensor([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]]), torch.tensor([0, 2])),
        (torch.tensor([[0.2, 0.7, 0.1], [0.25, 0.25, 0.5], [0.9, 0.05, 0.05]]), torch.tensor([1, 0, 2])),
        (torch.tensor([[0.001, 0.009, 0.02, 0.97], [0.4, 0.3, 0.2, 0.1]]), torch.tensor([0, 0])),
    ]


def rare_classes() -> list[Arguments]:
    """A true class that was hardly expected, but not excluded."""
    return [(torch.tensor([[0.0002, 0.9998], [0.5, 0.5]]), torch.tensor([0, 1]))]


def more_probabilities(draw: Draw) -> Arguments:
    """Any number of examples and of classes."""
    n, q = draw.whole(1, 7), draw.whole(2, 6)
    return draw.distribution(n, q), draw.labels(n, q)


def test_accuracy(net: Answer, data_iter: list[tuple[Tensor, Tensor]]) -> float:
    """The share of right predictions, over batches of any length."""
    right = total = 0
    for X, y in data_iter:
        right += (net(X).argmax(dim=1) == y).sum().item()
        total += len(y)
    return right / total


def batches() -> list[Arguments]:
    """Scores that pass through: equal batches first, then a short last one; then three classes."""
    identity = nn.Identity()
    right, wrong = torch.tensor([0.0, 1.0]), torch.tensor([1.0, 0.0])

    def batch(*rows: Tensor) -> tuple[Tensor, Tensor]:
        return torch.stack(rows), torch.ones(len(rows), dtype=torch.int64)

    return [
        (identity, [batch(right, right), batch(right, wrong)]),
        (identity, [batch(right, right, wrong, wrong), batch(right)]),
        (identity, [batch(wrong, right, right), batch(right, wrong, right), batch(wrong)]),
        (
            identity,
            [
                (torch.tensor([[1.0, 3.0, 2.0], [0.0, -1.0, 4.0]]), torch.tensor([1, 0])),
                (torch.tensor([[5.0, 1.0, 2.0]]), torch.tensor([0])),
            ],
        ),
    ]


def more_batches(draw: Draw) -> Arguments:
    """A linear network on images, and any number of batches and classes; half of the labels are what it says."""
    height, width, q = draw.whole(1, 3), draw.whole(1, 3), draw.whole(2, 5)
    with torch.random.fork_rng(devices=[]):  # of what it draws, nothing is kept
        layer = nn.Linear(height * width, q)
    layer.load_state_dict({"weight": draw.normal(q, height * width), "bias": draw.normal(q)})
    net = nn.Sequential(nn.Flatten(), layer)
    size = draw.whole(2, 6)
    batches = []
    for length in [size] * draw.whole(0, 3) + [draw.whole(1, size)]:
        X = draw.normal(length, 1, height, width)
        y = torch.where(draw.labels(length, 2) == 0, net(X).argmax(dim=1), draw.labels(length, q))
        batches.append((X, y))
    return net, batches


def stencils(W: Tensor, height: int, width: int) -> Tensor:
    """The columns of W as pictures."""
    return W.T.reshape(-1, height, width)


def small_weights() -> list[Arguments]:
    """A picture of two pixels, then wide and high ones, square ones, and as many columns as pixels."""

    def weights(pixels: int, classes: int) -> Tensor:
        return torch.arange(pixels * classes).reshape(pixels, classes) / 10 - 1

    return [
        (torch.tensor([[1.0, 3.0], [2.0, 4.0]]), 1, 2),
        (weights(6, 2), 2, 3),
        (weights(6, 3), 3, 2),
        (weights(4, 3), 2, 2),
        (weights(4, 4), 2, 2),
        (weights(8, 1), 4, 2),
        (weights(784, 10), 28, 28),
        (weights(12, 12) ** 2, 3, 4),
    ]


def more_weights(draw: Draw) -> Arguments:
    """Any number of classes, pictures of any shape."""
    height, width = draw.whole(1, 6), draw.whole(1, 6)
    return draw.normal(height * width, draw.whole(1, 12)), height, width


def limit(softmax: Answer) -> float:
    """The largest score that a softmax survives, by bisection."""
    low, high = 0.0, 1000.0
    for _ in range(40):
        middle = (low + high) / 2
        if softmax(torch.tensor([[middle, 0.0]])).isfinite().all():
            low = middle
        else:
            high = middle
    return low


def fragile(scale: float = 1.0, shift: float = 0.0, double: bool = False) -> Answer:
    """A softmax that overflows, which can be sent to another process."""
    return partial(overflowing_softmax, scale=scale, shift=shift, double=double)


def softmaxes() -> list[Arguments]:
    """That of the chapter; in base 2, in double precision; scores that are stretched or shifted, also far."""
    return [
        (fragile(),),
        (fragile(scale=math.log(2)),),
        (fragile(double=True),),
        (fragile(scale=3.0),),
        (fragile(scale=0.1),),
        (fragile(shift=-40.0),),
        (fragile(shift=70.0),),
        (fragile(scale=0.08877),),
    ]


def more_softmaxes(draw: Draw) -> Arguments:
    """Stretched and shifted in any way, so that the limit lies between 0 and 1000."""
    double = draw.one_of(False, False, True)
    return (fragile(draw.whole(8 if double else 2, 40) / 10, draw.whole(-20, 20), double),)


RATES = (0.01, 0.03, 0.1, 0.3, 0.5)

REAL = ((0.76, 0.795), (0.795, 0.825), (0.8, 0.85), (0.6, 0.87), (0.55, 0.87))
STAND_IN = ((0.735, 0.775), (0.79, 0.83), (0.84, 0.885), (0.7, 0.92), (0.65, 0.92))
"""Between which held-out accuracies training ends, for each of the rates: a good margin around what some ten seeds and
splits of the images lead to. At the two large rates it is luck where the last batch leaves the model."""


def accuracy_figure() -> Any:
    """The held-out accuracies over the learning rates, as they came out for seed 0."""
    from matplotlib import pyplot as plt

    rates = [0.01, 0.03, 0.1, 0.3, 0.5]
    accuracies = [0.777, 0.811, 0.827, 0.792, 0.818]  # after five epochs, each from fresh parameters
    fig, ax = plt.subplots(figsize=(6, 3))
    ax.plot(rates, accuracies, "go-")
    ax.set(xscale="log", xlabel="learning rate", ylabel="held-out accuracy")
    return ax


TYPICAL = (0.777, 0.811, 0.827, 0.792, 0.818)


def within(accuracies: Tensor, ranges: tuple[tuple[float, float], ...]) -> Tensor:
    """Tell of each accuracy whether training may have ended there."""
    low, high = torch.tensor(ranges, dtype=torch.float64).T
    return (accuracies >= low) & (accuracies <= high)


def likely(accuracies: Tensor) -> Tensor:
    """The same, for the data set of which more of the accuracies may be."""
    return max((within(accuracies, ranges) for ranges in (REAL, STAND_IN)), key=lambda fits: fits.sum().item())


def accuracies_drawn(value: Any) -> tuple[str, Tensor]:
    """Return the scale, and what a figure shows at the rates: of several curves, that which is right at most places."""
    found = [
        (scale, shown / 100 if shown.nan_to_num().max() > 1.5 else shown)  # percent
        for scale, shown in figures.heights(value, RATES, "my_axes")
    ]
    return max(found, key=lambda curve: likely(curve[1]).sum().item())


def accuracy_drawn(value: Any, lr: float) -> float:
    """Return the accuracy that a figure shows at a rate; if it may be what training led to, a typical one."""
    scale, shown = accuracies_drawn(value)
    fits = likely(shown)
    if fits.all() and scale not in ("log", "symlog"):
        raise Unfit("linear")
    place = RATES.index(lr)
    return TYPICAL[place] if fits[place] else shown[place].item()


def why_not_accuracy(value: Any, lr: float) -> str:
    """Tell what is drawn, or how it was trained, from the rates of which the outcome is no luck."""
    _, shown = accuracies_drawn(value)
    if likely(shown.flip(0)).all():
        return "order"
    if likely(1 - shown).all():
        return "errors"
    low, high = torch.tensor(REAL[:2], dtype=torch.float64).T
    if (shown[:3].diff() < -0.02).all() and shown.max() < 2:
        return "loss"
    if (shown[:2] > 0.5).all() and (shown[:2] < low).all():
        return "few steps"
    return "many steps" if (shown[0] > high[0]) and (shown[:3] < 0.9).all() else ""


def accuracies_over(*values: float, scale: str = "log") -> Answer:
    """Return a function that draws values over the rates."""

    def draw() -> Any:
        from matplotlib.figure import Figure

        ax = Figure().add_subplot()
        ax.plot(RATES, values)
        ax.set_xscale(scale)
        return ax

    return draw


EXERCISES = {
    "07.3": Exercise(
        name="my_cross_entropy",
        parameters=("y_hat", "y"),
        solve=cross_entropy,
        inputs=probabilities,
        draw=more_probabilities,
        edges=rare_classes,
        examples=("y_hat", "y"),
        mistakes={
            "sign": lambda y_hat, y: -cross_entropy(y_hat, y),
            "no logarithm": lambda y_hat, y: -y_hat[torch.arange(len(y)), y],
            "bits": lambda y_hat, y: cross_entropy(y_hat, y) / math.log(2),
            "mean": lambda y_hat, y: cross_entropy(y_hat, y).mean(),
            "sum": lambda y_hat, y: cross_entropy(y_hat, y).sum(),
            "all columns": lambda y_hat, y: -y_hat[:, y].log(),
            "all classes": lambda y_hat, y: -y_hat.log().sum(1),
            "softmax again": lambda y_hat, y: functional.cross_entropy(y_hat, y, reduction="none"),
        },
    ),
    "07.4": Exercise(
        name="my_accuracy",
        parameters=("net", "data_iter"),
        solve=test_accuracy,
        inputs=batches,
        draw=more_batches,
        examples=("data_iter",),
        mistakes={
            "full": lambda net, data_iter: (
                sum((net(X).argmax(1) == y).float().mean() for X, y in data_iter) / len(data_iter)
            ),
            "full size": lambda net, data_iter: (
                sum((net(X).argmax(1) == y).sum() for X, y in data_iter) / (len(data_iter) * len(data_iter[0][1]))
            ),
            "count": lambda net, data_iter: sum((net(X).argmax(1) == y).sum() for X, y in data_iter),
            "last": lambda net, data_iter: [(net(X).argmax(1) == y).float().mean() for X, y in data_iter][-1],
            "errors": lambda net, data_iter: 1 - test_accuracy(net, data_iter),
        },
    ),
    "07.5": Exercise(
        name="my_limit",
        parameters=("softmax",),
        solve=limit,
        inputs=softmaxes,
        draw=more_softmaxes,
        draws=5,
        mistakes={
            "worked out": lambda softmax: math.log(torch.finfo(torch.float32).max),
            "whole numbers": lambda softmax: float(math.floor(limit(softmax))),
            "up to 100": lambda softmax: min(limit(softmax), 100.0),
            "turned round": lambda softmax: 1000.0,
            "too coarse": lambda softmax: limit(softmax) // (1000 / 1024) * (1000 / 1024),
        },
    ),
    "07.6": Exercise(
        name="my_axes",
        parameters=("lr",),
        solve=accuracy_figure,
        value=True,
        inputs=lambda: [(lr,) for lr in RATES],
        reads=accuracy_drawn,
        tells=why_not_accuracy,
        mistakes={
            "order": accuracies_over(*TYPICAL[::-1]),
            "errors": accuracies_over(*(1 - accuracy for accuracy in TYPICAL)),
            "loss": accuracies_over(0.731, 0.588, 0.494, 0.579, 0.856),
            "few steps": accuracies_over(0.685, 0.743, 0.778, 0.659, 0.695),
            "many steps": accuracies_over(0.814, 0.825, 0.791, 0.593, 0.657),
            "linear": accuracies_over(*TYPICAL, scale="linear"),
        },
    ),
    "07.8": Exercise(
        name="my_stencils",
        parameters=("W", "height", "width"),
        solve=stencils,
        inputs=small_weights,
        draw=more_weights,
        mistakes={
            "rows": lambda W, height, width: W.reshape(-1, height, width),
            "last axis": lambda W, height, width: W.reshape(height, width, -1),
            "width first": lambda W, height, width: W.T.reshape(-1, width, height),
            "on their sides": lambda W, height, width: stencils(W, height, width).transpose(1, 2),
            "flat": lambda W, height, width: W.T,
            "one": lambda W, height, width: W[:, 0].reshape(height, width),
        },
    ),
}
