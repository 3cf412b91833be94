"""Chapter 02, linear regression from scratch: right answers, inputs to try, and mistakes."""

import torch
from torch import Tensor

from book_utils.exercises.exercise import Arguments, Draw, Exercise


def sgd_step(param: Tensor, grad: Tensor, lr: float, batch_size: int) -> Tensor:
    """The parameter after one step along the gradient of the summed loss."""
    return param - lr * grad / batch_size


def steps() -> list[Arguments]:
    """(param, grad, lr, batch_size)"""
    return [
        (torch.tensor([1.0]), torch.tensor([2.0]), 0.5, 1),
        (torch.tensor([1.0]), torch.tensor([2.0]), 0.5, 4),
        (torch.tensor([[2.0], [-3.0]]), torch.tensor([[-10.0], [20.0]]), 0.03, 10),
        (torch.tensor([[1.0, 0.5, -2.0], [3.0, 0.0, 4.0]]), torch.tensor([[5.0, -1.0, 2.0], [8.0, 3.0, -4.0]]), 0.1, 3),
        (torch.tensor([200.0, -300.0, 1.0, 0.0, 5.0, 6.0]), torch.tensor([8.0, 0.0, -6.0, 90.0, 1.0, -1.0]), 0.5, 2),
    ]


def more_steps(draw: Draw) -> Arguments:
    """Parameters of any shape, and steps that are long enough to be seen."""
    rows, columns = draw.whole(1, 5), draw.whole(1, 5)
    shape = draw.one_of((rows,), (rows, 1), (rows, columns), (rows, columns))
    return draw.normal(*shape), draw.normal(*shape, scale=300), draw.one_of(0.5, 0.1, 0.03), draw.whole(1, 64)


def epoch_loss(batch_losses: list[Tensor]) -> Tensor:
    """The mean loss per example, from one tensor of losses for each batch."""
    return torch.cat([losses.flatten() for losses in batch_losses]).mean()


def epochs() -> list[Arguments]:
    """Equal batches first, then a short last one, then one batch alone."""
    return [
        ([torch.tensor([1.0, 3.0]), torch.tensor([5.0, 7.0])],),
        ([torch.tensor([1.0, 1.0, 1.0]), torch.tensor([5.0])],),
        ([torch.tensor([[2.0], [4.0]]), torch.tensor([[9.0], [1.0]]), torch.tensor([[100.0]])],),
        ([torch.tensor([0.25, 0.0, 3.0])],),
        ([torch.tensor([float(k), 2.0]) for k in range(6)] + [torch.tensor([70.0])],),
    ]


def more_epochs(draw: Draw) -> Arguments:
    """Any number of batches of any size, in columns or not, the last one short."""
    size, column = draw.whole(2, 6), draw.one_of((), (1,))
    sizes = [size] * draw.whole(0, 4) + [draw.whole(1, size)]
    return ([draw.normal(length, *column, scale=3).abs() for length in sizes],)


EXERCISES = {
    "02.3": Exercise(
        name="my_sgd",
        entrywise=True,
        parameters=("param", "grad", "lr", "batch_size"),
        solve=sgd_step,
        inputs=steps,
        draw=more_steps,
        mistakes={
            "sign": lambda param, grad, lr, batch_size: param + lr * grad / batch_size,
            "batch size": lambda param, grad, lr, batch_size: param - lr * grad,
            "times": lambda param, grad, lr, batch_size: param - lr * grad * batch_size,
            "learning rate": lambda param, grad, lr, batch_size: param - grad / batch_size,
            "step only": lambda param, grad, lr, batch_size: -lr * grad / batch_size,
        },
    ),
    "02.4": Exercise(
        name="my_epoch_loss",
        parameters=("batch_losses",),
        solve=epoch_loss,
        inputs=epochs,
        draw=more_epochs,
        examples=("batch_losses",),
        mistakes={
            "full": lambda batches: sum(b.mean() for b in batches) / len(batches),
            "full size": lambda batches: sum(b.sum() for b in batches) / (len(batches) * len(batches[0])),
            "sum": lambda batches: sum(b.sum() for b in batches),
            "last": lambda batches: batches[-1].mean(),
        },
    ),
}
