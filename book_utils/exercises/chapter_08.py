"""Chapter 08, softmax regression, concise: right answers, inputs to try, and mistakes."""

import torch
from torch import Tensor
from torch.nn import functional

from book_utils.exercises.chapter_04 import labelled_scores, more_labelled_scores, more_scores, scores
from book_utils.exercises.exercise import Arguments, Draw, Exercise


def log_softmax(O: Tensor) -> Tensor:
    """The logarithms of softmax, row by row."""
    shifted = O - O.max(dim=1, keepdim=True).values
    return shifted - shifted.exp().sum(dim=1, keepdim=True).log()


def large_scores() -> list[Arguments]:
    """Small scores first, then scores whose exponentials overflow, upwards and downwards."""
    return [
        *scores(),
        (torch.tensor([[100.0, 0.0]]),),
        (torch.tensor([[-1000.0, -1000.0, -1001.0], [300.0, 0.0, 0.0]]),),
        (torch.tensor([[-200.0, 0.0, 5.0], [1000.0, -1000.0, 0.0], [400.0, 399.0, 100.0]]),),
    ]


def more_large_scores(draw: Draw) -> Arguments:
    """Scores of any size, rows that differ in it."""
    (O,) = more_scores(draw)
    return (O * draw.one_of(1, 30, 300),)


def log_softmax_from(O: Tensor, shift: Tensor) -> Tensor:
    e = torch.exp(O - shift)
    return torch.log(e / e.sum(1, keepdim=True))


def large_labelled_scores() -> list[Arguments]:
    """Those of ``labelled_scores``, then some whose exponentials overflow."""
    return [
        *labelled_scores(),
        (torch.tensor([[120.0, 0.0]]), torch.tensor([1])),
        (torch.tensor([[-200.0, 0.0, 5.0], [1000.0, -1000.0, 0.0]]), torch.tensor([0, 1])),
    ]


def more_large_labelled_scores(draw: Draw) -> Arguments:
    """Scores of any size, with labels."""
    O, y = more_labelled_scores(draw)
    return O * draw.one_of(1, 30, 300), y


def logits_loss(O: Tensor, y: Tensor) -> Tensor:
    """The cross-entropy of each example, from the outputs of a network without softmax."""
    return torch.nn.CrossEntropyLoss(reduction="none")(O, y)


EXERCISES = {
    "08.3": Exercise(
        name="my_log_softmax",
        parameters=("O",),
        solve=log_softmax,
        inputs=large_scores,
        draw=more_large_scores,
        without=("torch.log_softmax",),
        mistakes={
            "no shift": lambda O: log_softmax_from(O, torch.tensor(0.0)),
            "logarithm at the end": lambda O: log_softmax_from(O, O.max(1, keepdim=True).values),
            "mean": lambda O: (
                (O - O.mean(1, keepdim=True)) - (O - O.mean(1, keepdim=True)).exp().sum(1, keepdim=True).log()
            ),
            "no logarithm": lambda O: torch.softmax(O, dim=1),
            "axis": lambda O: torch.log_softmax(O, dim=0),
            "keepdim": lambda O: O - O.max() - (O - O.max()).exp().sum(1).log(),
            "one maximum": lambda O: (O - O.max()) - (O - O.max()).exp().sum(1, keepdim=True).log(),
            "shift forgotten": lambda O: O - (O - O.max(1, keepdim=True).values).exp().sum(1, keepdim=True).log(),
        },
    ),
    "08.4": Exercise(
        name="my_loss",
        parameters=("O", "y"),
        solve=logits_loss,
        inputs=large_labelled_scores,
        draw=more_large_labelled_scores,
        examples=("O", "y"),
        mistakes={
            "softmax twice": lambda O, y: functional.cross_entropy(torch.softmax(O, dim=1), y, reduction="none"),
            "log-softmax": lambda O, y: -torch.softmax(O, dim=1)[torch.arange(len(y)), y],
            "mean": lambda O, y: functional.cross_entropy(O, y),
            "sum": lambda O, y: functional.cross_entropy(O, y, reduction="sum"),
            "sign": lambda O, y: -logits_loss(O, y),
            "no logarithm of the sum": lambda O, y: -O[torch.arange(len(y)), y],
        },
    ),
}
