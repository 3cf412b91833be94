"""Chapter 07, softmax regression from scratch: right answers, inputs to try, and mistakes."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from book_utils.exercises.exercise import Answer, Arguments, Draw, Exercise


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


EXERCISES = {
    "07.3": Exercise(
        name="my_cross_entropy",
        parameters=("y_hat", "y"),
        solve=cross_entropy,
        inputs=probabilities,
        draw=more_probabilities,
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
}
