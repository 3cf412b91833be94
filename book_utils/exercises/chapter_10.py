"""Chapter 10, many workers: right answers, inputs to try, and mistakes."""

import math
from typing import Any

import torch
from torch import Tensor

from book_utils.exercises.exercise import Arguments, Draw, Exercise


def gradient(means: Tensor, counts: Tensor) -> Tensor:
    """Each worker's mean counts as often as it has examples."""
    return (counts.unsqueeze(1) * means).sum(dim=0) / counts.sum()


def workers() -> list[Arguments]:
    """One derivative first, then several; shares of the same size only once, since there no weight is missed."""
    return [
        (torch.tensor([[3.0], [9.0]]), torch.tensor([5, 1])),
        (torch.tensor([[1.0, -2.0], [4.0, 2.0], [0.0, 6.0]]), torch.tensor([2, 1, 3])),
        (torch.tensor([[0.5, 1.5, -1.0], [1.0, 0.0, 2.0]]), torch.tensor([4, 4])),
        (torch.tensor([[2.0, -1.0]]), torch.tensor([7])),
    ]


def more_workers(draw: Draw) -> Arguments:
    """Any number of workers and of derivatives; every worker has an example."""
    size = draw.whole(2, 6)
    return draw.normal(size, draw.whole(1, 4), scale=3.0), draw.labels(size, 9) + 1


def share(order: Tensor, rank: int, size: int) -> Tensor:
    """As many rounds as it takes for all; then every size-th of the order, repeated as often as is needed."""
    rounds = -(-len(order) // size)  # rounded up
    places = torch.arange(rank, rounds * size, size)
    return order[places % len(order)]


def padded(order: Tensor, rank: int, size: int, padding: Tensor) -> Tensor:
    """The share of an order that goes on with something else."""
    return torch.cat((order, padding))[: math.ceil(len(order) / size) * size][rank::size]


def orders() -> list[Arguments]:
    """Where nothing has to be repeated; then where the last worker lacks one; then more workers than images."""
    return [
        (torch.tensor([3, 0, 2, 1]), 1, 2),
        (torch.tensor([3, 0, 4, 2, 1]), 1, 2),
        (torch.tensor([6, 5, 4, 3, 2, 1, 0, 7]), 2, 3),
        (torch.tensor([5, 2, 6, 3, 1, 4, 0, 8, 7, 9]), 3, 4),
        (torch.tensor([1, 2, 0]), 6, 7),
    ]


def more_orders(draw: Draw) -> Arguments:
    """Any number of images and workers, also more workers than images."""
    size = draw.whole(1, 7)
    return draw.order(draw.whole(1, 20)) + 3, draw.whole(0, size - 1), size


def tree_time(size: int, work: float, count: int, latency: float, bandwidth: float) -> float:
    """The work, divided, and twice as many whole gradients as there are levels."""
    levels = (size - 1).bit_length()  # the logarithm to base 2, rounded up
    return work / size + 2 * levels * (latency + 4 * count / bandwidth)


def clusters() -> list[Arguments]:
    """Two workers first; then numbers that are powers of two and others, and one alone, who talks to nobody."""
    return [
        (2, 1.0, 1000, 0.01, 100_000.0),
        (8, 1.0, 500, 0.02, 50_000.0),
        (5, 2.0, 2000, 0.05, 80_000.0),
        (1, 0.5, 1000, 0.01, 100_000.0),
        (100, 30.0, 10_000, 0.003, 2_000_000.0),
    ]


def more_clusters(draw: Draw) -> Arguments:
    """Any number of workers; work and talk take times of the same order."""
    return (
        draw.whole(2, 70),
        draw.whole(1, 50) / 4,
        draw.whole(1, 50) * 100,
        draw.whole(1, 50) / 100,
        draw.whole(1, 20) * 1000.0,
    )


def second_step(held: Tensor, step: int) -> Tensor:
    """The piece that arrives takes the place of the worker's own."""
    size, after = len(held), held.clone()
    for rank in range(size):
        piece = (rank + 1 - step) % size
        after[(rank + 1) % size, piece] = held[rank, piece]
    return after


def passed(held: Tensor, step: int, piece: Any, to: int = 1, add: bool = False) -> Tensor:
    """A step in which another piece goes round, or another way, or is added."""
    size, after = len(held), held.clone()
    for rank in range(size):
        k, next_one = piece(rank, step) % size, (rank + to) % size
        after[next_one, k] = held[rank, k] + (held[next_one, k] if add else 0)
    return after


def tables() -> list[Arguments]:
    """Two workers, then three in their first and second step, then four."""
    return [
        (torch.tensor([[1, 11], [11, 10]]), 0),
        (torch.tensor([[1, 111, 101], [11, 10, 111], [111, 110, 100]]), 0),
        (torch.tensor([[111, 111, 101], [11, 111, 111], [111, 110, 111]]), 1),
        (torch.arange(16).reshape(4, 4) ** 2, 2),
    ]


def more_tables(draw: Draw) -> Arguments:
    """Any number of workers and any of its steps."""
    size = draw.whole(2, 6)
    return draw.labels(size * size, 1000).reshape(size, size), draw.whole(0, size - 2)


EXERCISES = {
    "10.2": Exercise(
        name="my_gradient",
        parameters=("means", "counts"),
        solve=gradient,
        inputs=workers,
        draw=more_workers,
        mistakes={
            "unweighted": lambda means, counts: means.mean(dim=0),
            "sum": lambda means, counts: (counts.unsqueeze(1) * means).sum(dim=0),
            "workers": lambda means, counts: (counts.unsqueeze(1) * means).mean(dim=0),
            "not added": lambda means, counts: counts.unsqueeze(1) * means / counts.sum(),
        },
    ),
    "10.3": Exercise(
        name="my_share",
        parameters=("order", "rank", "size"),
        solve=share,
        inputs=orders,
        draw=more_orders,
        mistakes={
            "short": lambda order, rank, size: order[rank::size],
            "left out": lambda order, rank, size: order[: len(order) // size * size][rank::size],
            "block": lambda order, rank, size: padded(order, 0, 1, order.repeat(size))[
                rank * math.ceil(len(order) / size) :
            ][: math.ceil(len(order) / size)],
            "zeros": lambda order, rank, size: padded(order, rank, size, torch.zeros(size, dtype=order.dtype)),
            "last": lambda order, rank, size: padded(order, rank, size, order[-1:].repeat(size)),
        },
    ),
    "10.4": Exercise(
        name="my_tree_time",
        parameters=("size", "work", "count", "latency", "bandwidth"),
        solve=tree_time,
        inputs=clusters,
        draw=more_clusters,
        mistakes={
            "one way": lambda size, work, count, latency, bandwidth: (
                work / size + math.ceil(math.log2(size)) * (latency + 4 * count / bandwidth)
            ),
            "bytes": lambda size, work, count, latency, bandwidth: (
                work / size + 2 * math.ceil(math.log2(size)) * (latency + count / bandwidth)
            ),
            "pieces": lambda size, work, count, latency, bandwidth: (
                work / size + 2 * math.ceil(math.log2(size)) * (latency + 4 * count / size / bandwidth)
            ),
            "ring": lambda size, work, count, latency, bandwidth: (
                work / size + 2 * (size - 1) * (latency + 4 * count / size / bandwidth)
            ),
            "rounded down": lambda size, work, count, latency, bandwidth: (
                work / size + 2 * int(math.log2(size)) * (latency + 4 * count / bandwidth)
            ),
            "not rounded": lambda size, work, count, latency, bandwidth: (
                work / size + 2 * math.log2(size) * (latency + 4 * count / bandwidth)
            ),
            "undivided": lambda size, work, count, latency, bandwidth: (
                work + 2 * math.ceil(math.log2(size)) * (latency + 4 * count / bandwidth)
            ),
        },
    ),
    "10.5": Exercise(
        name="my_second_step",
        parameters=("held", "step"),
        solve=second_step,
        inputs=tables,
        draw=more_tables,
        mistakes={
            "adds": lambda held, step: passed(held, step, lambda rank, step: rank + 1 - step, add=True),
            "first round": lambda held, step: passed(held, step, lambda rank, step: rank - step),
            "to the left": lambda held, step: passed(held, step, lambda rank, step: rank + 1 - step, to=-1),
            "no step": lambda held, step: passed(held, step, lambda rank, step: rank + 1),
            "other way": lambda held, step: passed(held, step, lambda rank, step: rank + 1 + step),
        },
    ),
}
