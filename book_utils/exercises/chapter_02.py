"""Chapter 02, linear regression from scratch: right answers, inputs to try, and mistakes."""

import torch
from torch import Tensor

from book_utils.exercises.exercise import Arguments, Exercise


def sgd_step(param: Tensor, grad: Tensor, lr: float, batch_size: int) -> Tensor:
    """The parameter after one step along the gradient of the summed loss."""
    return param - lr * grad / batch_size


def steps() -> list[Arguments]:
    """(param, grad, lr, batch_size)"""
    return [
        (torch.tensor([1.0]), torch.tensor([2.0]), 0.5, 1),
        (torch.tensor([1.0]), torch.tensor([2.0]), 0.5, 4),
        (torch.tensor([[2.0], [-3.0]]), torch.tensor([[-10.0], [20.0]]), 0.03, 10),
    ]


def epoch_loss(batch_losses: list[Tensor]) -> Tensor:
    """The mean loss per example, from one tensor of losses for each batch."""
    return torch.cat([losses.flatten() for losses in batch_losses]).mean()


def epochs() -> list[Arguments]:
    """Equal batches first, then a short last one."""
    return [
        ([torch.tensor([1.0, 3.0]), torch.tensor([5.0, 7.0])],),
        ([torch.tensor([1.0, 1.0, 1.0]), torch.tensor([5.0])],),
        ([torch.tensor([[2.0], [4.0]]), torch.tensor([[9.0], [1.0]]), torch.tensor([[100.0]])],),
    ]


EXERCISES = {
    "02.3": Exercise(
        name="my_sgd",
        entrywise=True,
        parameters=("param", "grad", "lr", "batch_size"),
        solve=sgd_step,
        inputs=steps,
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
        mistakes={
            "full": lambda batches: sum(b.mean() for b in batches) / len(batches),
            "full size": lambda batches: sum(b.sum() for b in batches) / (len(batches) * len(batches[0])),
            "sum": lambda batches: sum(b.sum() for b in batches),
            "last": lambda batches: batches[-1].mean(),
        },
    ),
}
