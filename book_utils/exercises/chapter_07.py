"""Chapter 07, softmax regression from scratch: right answers, inputs to try, and mistakes."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from book_utils.exercises.exercise import Answer, Arguments, Exercise


def cross_entropy(y_hat: Tensor, y: Tensor) -> Tensor:
    return -y_hat[torch.arange(len(y)), y].log()


def probabilities() -> list[Arguments]:
    """Probabilities and labels."""
    return [
        (torch.tensor([[0.5, 0.5]]), torch.tensor([0])),
        (torch.tensor([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]]), torch.tensor([0, 2])),
        (torch.tensor([[0.2, 0.7, 0.1], [0.25, 0.25, 0.5], [0.9, 0.05, 0.05]]), torch.tensor([1, 0, 2])),
    ]


def test_accuracy(net: Answer, data_iter: list[tuple[Tensor, Tensor]]) -> float:
    """The share of right predictions, over batches of any length."""
    right = sum((net(X).argmax(dim=1) == y).sum().item() for X, y in data_iter)
    return right / sum(len(y) for _, y in data_iter)


def identity(X: Tensor) -> Tensor:
    """A model whose inputs are the scores."""
    return X


def batches() -> list[Arguments]:
    """Equal batches first, then a short last one."""
    right, wrong = torch.tensor([0.0, 1.0]), torch.tensor([1.0, 0.0])

    def batch(*rows: Tensor) -> tuple[Tensor, Tensor]:
        return torch.stack(rows), torch.ones(len(rows), dtype=torch.int64)

    return [
        (identity, [batch(right, right), batch(right, wrong)]),
        (identity, [batch(right, right, wrong, wrong), batch(right)]),
        (identity, [batch(wrong, right, right), batch(right, wrong, right), batch(wrong)]),
    ]


EXERCISES = {
    "07.3": Exercise(
        name="my_cross_entropy",
        parameters=("y_hat", "y"),
        solve=cross_entropy,
        inputs=probabilities,
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
