"""Chapter 08, softmax regression, concise: right answers, inputs to try, and mistakes."""

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from book_utils.exercises.calling import as_numbers
from book_utils.exercises.chapter_04 import labelled_scores, more_labelled_scores, more_scores, scores
from book_utils.exercises.exercise import Answer, Arguments, Draw, Exercise


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


def largest_argument(dtype: torch.dtype) -> float:
    """The largest x with a finite exponential, by bisection."""
    low, high = 0.0, 1000.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        if torch.exp(torch.tensor(middle, dtype=dtype)).isfinite():
            low = middle
        else:
            high = middle
    return low


def logarithm_of_largest(dtype: torch.dtype) -> float:
    return math.log(torch.finfo(dtype).max)


def argument_found(x: Any, dtype: torch.dtype) -> Any:
    """Return what was found; if it is near enough, the logarithm of the largest number.

    Whoever searches among the numbers of the type, or in steps of 0.01, stops below it; what rounds to one of these
    numbers may be above it.
    """
    numbers, exact = as_numbers(x), logarithm_of_largest(dtype)
    if numbers is None or numbers.numel() != 1:
        return x
    apart = torch.finfo(dtype).eps * 2 ** math.floor(math.log2(exact))
    return exact if exact - apart - 0.011 < numbers.item() < exact + apart / 8 + 0.011 else x


def searched(arithmetic: torch.dtype | None = None, most: float = 1000.0, tries: int = 60) -> Answer:
    """Return a bisection: in the arithmetic of one type, up to another score, or with fewer tries."""

    def search(dtype: torch.dtype) -> float:
        low, high = 0.0, most
        for _ in range(tries):
            middle = (low + high) / 2
            fits = torch.exp(torch.tensor(middle, dtype=arithmetic or dtype)).to(dtype).isfinite()
            low, high = (middle, high) if fits else (low, middle)
        return low

    return search


def lowest_loss(smoothing: float, q: int) -> float:
    """The entropy of the smoothed label."""
    other = smoothing / q
    true = 1 - smoothing + other
    loss = -true * math.log(true)
    if other > 0:
        loss -= (q - 1) * other * math.log(other)
    return loss


def smoothings() -> list[Arguments]:
    """(smoothing, q): that of the text, others; no smoothing at all, and nothing but smoothing."""
    return [(0.1, 10), (0.5, 2), (0.2, 4), (0.0, 10), (0.0, 2), (1.0, 5), (0.9, 3), (0.05, 1000), (0.35, 2)]


def more_smoothings(draw: Draw) -> Arguments:
    """Any smoothing, any number of classes."""
    return draw.whole(0, 100) / 100, draw.whole(2, 50)


def entropy(target: list[float]) -> float:
    """The entropy of a distribution; what never happens adds nothing."""
    return -sum(p * math.log(p) for p in target if p > 0)


def truth(O: Tensor, y: Tensor) -> Tensor:
    return functional.one_hot(y, O.shape[1])


def gradients(O: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients in the logits of the right loss, and of the loss behind a softmax, examples summed."""
    P, Y = torch.softmax(O, dim=1), truth(O, y)
    outer = torch.softmax(P, dim=1) - Y
    return P - Y, P * (outer - (P * outer).sum(dim=1, keepdim=True))


def compared(double: Tensor, right: Tensor) -> Tensor:
    """The quotient of two lengths, and the cosine of the angle between."""
    return torch.stack([double.norm() / right.norm(), (double * right).sum() / (double.norm() * right.norm())])


def small_and_wrong(O: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """How much shorter the gradient behind a softmax is, and the cosine of its angle with the right one."""
    O = O.detach().clone().requires_grad_()
    loss = torch.nn.CrossEntropyLoss()
    (right,) = torch.autograd.grad(loss(O, y), O)
    (double,) = torch.autograd.grad(loss(torch.softmax(O, dim=1), y), O)
    return double.norm() / right.norm(), torch.cosine_similarity(double.flatten(), right.flatten(), dim=0)


def logits() -> list[Arguments]:
    """Equal logits first; then some that differ, labels that come twice or not at all, and one example alone."""
    return [
        (torch.zeros(1, 10), torch.tensor([3])),
        (torch.tensor([[1.0, 0.0]]), torch.tensor([1])),
        (torch.tensor([[1.0, 0.0, -1.0], [2.0, 2.5, 0.5]]), torch.tensor([0, 0])),
        (torch.tensor([[3.0, 0.0, -1.0, 0.5], [0.0, 2.0, 0.0, 1.0], [-1.0, 0.0, 4.0, 0.2]]), torch.tensor([1, 3, 2])),
        (torch.tensor([[6.0, 0.0, 1.0], [0.5, 0.0, 0.2]]), torch.tensor([2, 1])),
        (torch.tensor([[-2.0], [3.0]]).repeat(1, 4) + torch.arange(4.0), torch.tensor([3, 0])),
    ]


def more_logits(draw: Draw) -> Arguments:
    """Any number of examples and classes, logits of a network at the start and later."""
    n, q = draw.whole(1, 8), draw.whole(3, 8)
    return draw.normal(n, q, scale=draw.one_of(0.3, 1.0, 2.0)), draw.labels(n, q)


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
    "08.6": Exercise(
        name="my_largest",
        parameters=("dtype",),
        solve=largest_argument,
        inputs=lambda: [(dtype,) for dtype in (torch.float32, torch.float16, torch.bfloat16, torch.float64)],
        reads=argument_found,
        tolerance=1e-6,
        mistakes={
            "single": searched(torch.float32),
            "up to 100": searched(most=100.0),
            "whole numbers": lambda dtype: float(math.floor(logarithm_of_largest(dtype))),
            "largest number": lambda dtype: torch.finfo(dtype).max,
            "base 2": lambda dtype: math.log2(torch.finfo(dtype).max),
            "base 10": lambda dtype: math.log10(torch.finfo(dtype).max),
            "smallest": lambda dtype: -math.log(torch.finfo(dtype).tiny),
        },
    ),
    "08.9": Exercise(
        name="my_lowest_loss",
        parameters=("smoothing", "q"),
        solve=lowest_loss,
        inputs=smoothings,
        draw=more_smoothings,
        mistakes={
            "share": lambda smoothing, q: entropy([1 - smoothing] + [smoothing / q] * (q - 1)),
            "others only": lambda smoothing, q: entropy([1 - smoothing] + [smoothing / (q - 1)] * (q - 1)),
            "one other": lambda smoothing, q: entropy([1 - smoothing + smoothing / q, smoothing / q]),
            "one too many": lambda smoothing, q: entropy([1 - smoothing + smoothing / q] + [smoothing / q] * q),
            "true class": lambda smoothing, q: entropy([1 - smoothing + smoothing / q]),
            "surprisal": lambda smoothing, q: -math.log(1 - smoothing + smoothing / q),
            "bits": lambda smoothing, q: lowest_loss(smoothing, q) / math.log(2),
            "never": lambda smoothing, q: (
                -torch.tensor([1 - smoothing + smoothing / q] + [smoothing / q] * (q - 1)).double().log()
                * torch.tensor([1 - smoothing + smoothing / q] + [smoothing / q] * (q - 1)).double()
            ).sum(),
            "zero": lambda smoothing, q: 0.0,
        },
    ),
    "08.11": Exercise(
        name="my_comparison",
        parameters=("O", "y"),
        solve=small_and_wrong,
        inputs=logits,
        draw=more_logits,
        examples=("O", "y"),
        mistakes={
            "not cleared": lambda O, y: compared(torch.stack(gradients(O, y)).sum(dim=0), gradients(O, y)[0]),
            "turned round": lambda O, y: compared(*gradients(O, y)),
            "order": lambda O, y: compared(*gradients(O, y)[::-1]).flip(0),
            "each example": lambda O, y: torch.stack(
                [
                    compared(*gradients(O, y)[::-1])[0],
                    torch.cosine_similarity(*gradients(O, y), dim=1).mean(),
                ]
            ),
            "stops halfway": lambda O, y: compared(
                torch.softmax(torch.softmax(O, 1), 1) - truth(O, y), gradients(O, y)[0]
            ),
            "angle": lambda O, y: torch.stack(
                [compared(*gradients(O, y)[::-1])[0], compared(*gradients(O, y))[1].clamp(-1, 1).acos()]
            ),
        },
    ),
}
