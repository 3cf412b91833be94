"""The exercises that can be checked: a right answer to each, inputs to try, and the mistakes that readers make.

Nothing here is said to the reader: words stand in ``messages_en.py`` and ``messages_zh.py``, under the same names.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

Answer = Callable[..., Any]
Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class Exercise:
    """One code exercise.

    Attributes:
        name: The name that the function has in the notebook.
        parameters: The names of its parameters in the text, for messages.
        solve: A right answer.
        inputs: Returns the arguments of each call to try, the simplest first.
        mistakes: Wrong answers that readers give, by the name of their hint.
        entrywise: Each entry of the result comes from the same entries of the arguments: messages name only those.
    """

    name: str
    parameters: tuple[str, ...]
    solve: Answer
    inputs: Callable[[], list[Arguments]]
    mistakes: dict[str, Answer] = field(default_factory=dict)
    entrywise: bool = False


# Chapter 01


def mean_loss(X: Tensor, y: Tensor, w: Tensor, b: float) -> Tensor:
    """Half the squared error, averaged over the examples."""
    return ((X @ w + b - y) ** 2 / 2).mean()


def loss_gradient(X: Tensor, y: Tensor, w: Tensor, b: float) -> Tensor:
    """The gradient of the mean loss in the weights."""
    return X.T @ (X @ w + b - y) / len(y)


def houses() -> list[Arguments]:
    """One example first, then several: (X, y, w, b)."""
    one = torch.tensor([[2.0]]), torch.tensor([4.0])
    three = torch.tensor([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]]), torch.tensor([1.0, -2.0, 4.0])
    return [
        (*one, torch.tensor([0.5]), 0.0),
        (*one, torch.tensor([1.0]), 1.0),
        (*three, torch.tensor([0.0, 0.0]), 0.0),
        (*three, torch.tensor([1.0, -0.5]), 0.25),
    ]


def fit_line(x: Tensor, y: Tensor) -> Tensor:
    """Slope and intercept of the line with the least squared errors."""
    A = torch.stack([x, torch.ones_like(x)], dim=1)
    return torch.linalg.lstsq(A.double(), y.double().unsqueeze(1)).solution.squeeze(1)


def lines() -> list[Arguments]:
    """Three points on a line first, then points beside one."""
    return [
        (torch.tensor([0.0, 1.0, 2.0]), torch.tensor([1.0, 3.0, 5.0])),
        (torch.tensor([1.0, 2.0, 4.0, 5.0]), torch.tensor([0.0, 3.0, 3.0, 6.0])),
        (torch.tensor([-2.0, 0.5, 1.0, 3.0]), torch.tensor([4.0, 1.0, 0.0, -1.5])),
    ]


def through_origin(x: Tensor, y: Tensor) -> Tensor:
    return torch.stack([(x @ y) / (x @ x), torch.tensor(0.0)])


# Chapter 02


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


# Chapter 03


def mse(y_hat: Tensor, y: Tensor) -> Tensor:
    """What ``nn.MSELoss()`` returns."""
    return ((y_hat - y) ** 2).mean()


def columns() -> list[Arguments]:
    """Predictions and labels in columns, as ``nn.Linear`` gives them."""
    return [
        (torch.tensor([[3.0]]), torch.tensor([[1.0]])),
        (torch.tensor([[2.0], [-2.0], [0.0], [4.0]]), torch.zeros(4, 1)),
        (torch.tensor([[1.0], [2.5], [-1.0]]), torch.tensor([[0.0], [3.0], [1.0]])),
    ]


def sum_lr(lr: float, batch_size: int) -> float:
    """The learning rate for the summed squared error that makes the steps of chapter 02."""
    return lr / (2 * batch_size)


# Chapter 04


def softmax(O: Tensor) -> Tensor:
    return torch.softmax(O, dim=1)


def scores() -> list[Arguments]:
    """Scores of small numbers, a row for each example; as many rows as columns come last, where a wrong axis fits."""
    return [
        (torch.tensor([[0.0, math.log(3.0)]]),),
        (torch.tensor([[0.0, math.log(4.0), math.log(5.0)], [1.0, 1.0, 1.0]]),),
        (torch.tensor([[2.0, -1.0, 1.0], [0.0, 0.5, 3.0], [-2.0, -2.0, 0.0]]),),
    ]


def labelled_scores() -> list[Arguments]:
    """The scores of ``scores``, with labels."""
    labels = torch.tensor([1]), torch.tensor([1, 0]), torch.tensor([2, 0, 1])
    return [(O, y) for (O,), y in zip(scores(), labels)]


def score_gradient(O: Tensor, y: Tensor) -> Tensor:
    """The gradient of each example's cross-entropy in its scores."""
    return torch.softmax(O, dim=1) - functional.one_hot(y, O.shape[1])


def entropy_bits(P: Tensor) -> Tensor:
    """The entropy in bits; what never happens adds nothing."""
    return torch.special.entr(P.double()).sum() / math.log(2)


def distributions() -> list[Arguments]:
    """A coin, a die with four sides of different weight, and one side that never comes."""
    return [
        (torch.tensor([0.5, 0.5]),),
        (torch.tensor([0.5, 0.25, 0.125, 0.125]),),
        (torch.tensor([0.7, 0.2, 0.1]),),
        (torch.tensor([1.0, 0.0]),),
    ]


# Chapter 05


def huber(y_hat: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
    """Return Huber's loss of each example (chapter 05; Huber 1964, Robust Estimation of a Location Parameter)."""
    return functional.huber_loss(y_hat, y, reduction="none", delta=delta)


def huber_gradient(y_hat: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
    """Its derivative in the prediction: the residual, capped."""
    return (y_hat - y).clamp(-delta, delta)


def residuals() -> list[Arguments]:
    """Return residuals on both sides of the threshold, then other targets, thresholds and shapes.

    None is exactly at the threshold: there the branches are equal in a right answer, and in a wrong one it should not
    matter for the hint whether it says < or <=.
    """
    simple = torch.tensor([0.0, 0.5, -0.5, 0.75, 3.0, -3.0])
    return [
        (simple, torch.zeros(6)),
        (torch.tensor([3.0, -1.0, 2.0, 2.25]), torch.tensor([2.5, -5.0, 2.0, 4.5])),
        (simple, torch.zeros(6), 2.0),
        (simple, torch.zeros(6), 0.25),
        (torch.tensor([[1.0, -2.0, 0.0], [4.0, 0.25, -0.25]]), torch.ones(2, 3), 1.5),
    ]


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


# Chapter 06


def num_batches(n: int, batch_size: int, drop_last: bool) -> int:
    """How many batches an epoch has."""
    return n // batch_size if drop_last else math.ceil(n / batch_size)


def read_idx(content: bytes) -> Tensor:
    """The tensor that the bytes of an IDX file hold."""
    axes = content[3]
    shape = [int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(axes)]
    return torch.tensor(list(content[4 + 4 * axes :]), dtype=torch.uint8).reshape(shape)


def idx_files() -> list[Arguments]:
    """A row of labels, then three small images, then 260 labels: a length that needs two bytes."""
    files = []
    for shape in ((3,), (3, 2, 4), (260,)):
        header = bytes([0, 0, 8, len(shape)]) + b"".join(length.to_bytes(4, "big") for length in shape)
        files.append((header + bytes(i % 200 for i in range(math.prod(shape))),))
    return files


def class_means(images: Tensor, labels: Tensor) -> Tensor:
    """The mean image of each class that occurs, in the order of the classes."""
    return torch.stack([images[labels == k].double().mean(0) for k in labels.unique()])


def small_images() -> list[Arguments]:
    """Images of two by two pixels, uint8, in two classes and then in three of different size."""
    return [
        (torch.tensor([[[0, 10], [20, 30]], [[100, 110], [120, 130]]], dtype=torch.uint8), torch.tensor([0, 1])),
        (torch.arange(24, dtype=torch.uint8).reshape(6, 2, 2) * 10, torch.tensor([0, 1, 0, 2, 1, 0])),
    ]


# Chapter 07


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


# Chapter 08


def log_softmax(O: Tensor) -> Tensor:
    return torch.log_softmax(O.double(), dim=1)


def large_scores() -> list[Arguments]:
    """Small scores first, then scores whose exponentials overflow, upwards and downwards."""
    return [
        *scores(),
        (torch.tensor([[100.0, 0.0]]),),
        (torch.tensor([[-1000.0, -1000.0, -1001.0], [300.0, 0.0, 0.0]]),),
    ]


def log_softmax_from(O: Tensor, shift: Tensor) -> Tensor:
    e = torch.exp(O - shift)
    return torch.log(e / e.sum(1, keepdim=True))


def logits_loss(O: Tensor, y: Tensor) -> Tensor:
    return functional.cross_entropy(O, y, reduction="none")


EXERCISES = {
    "01.4": Exercise(
        name="my_mean_loss",
        parameters=("X", "y", "w", "b"),
        solve=mean_loss,
        inputs=houses,
        mistakes={
            "half": lambda X, y, w, b: ((X @ w + b - y) ** 2).mean(),
            "sum": lambda X, y, w, b: ((X @ w + b - y) ** 2 / 2).sum(),
            "both": lambda X, y, w, b: ((X @ w + b - y) ** 2).sum(),
            "no bias": lambda X, y, w, b: ((X @ w - y) ** 2 / 2).mean(),
            "not squared": lambda X, y, w, b: (X @ w + b - y).abs().mean() / 2,
            "broadcast": lambda X, y, w, b: (((X @ w + b).unsqueeze(1) - y) ** 2 / 2).mean(),
            "per example": lambda X, y, w, b: (X @ w + b - y) ** 2 / 2,
        },
    ),
    "01.5": Exercise(
        name="my_gradient",
        parameters=("X", "y", "w", "b"),
        solve=loss_gradient,
        inputs=houses,
        mistakes={
            "sign": lambda X, y, w, b: -loss_gradient(X, y, w, b),
            "sum": lambda X, y, w, b: loss_gradient(X, y, w, b) * len(y),
            "twice": lambda X, y, w, b: loss_gradient(X, y, w, b) * 2,
            "no bias": lambda X, y, w, b: loss_gradient(X, y, w, 0.0),
        },
    ),
    "01.6": Exercise(
        name="my_fit",
        parameters=("x", "y"),
        solve=fit_line,
        inputs=lines,
        mistakes={
            "no ones": through_origin,
            "order": lambda x, y: fit_line(x, y).flip(0),
            "exchanged": lambda x, y: fit_line(y, x),
        },
    ),
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
    "03.3": Exercise(
        name="my_mse",
        parameters=("y_hat", "y"),
        solve=mse,
        inputs=columns,
        mistakes={
            "half": lambda y_hat, y: mse(y_hat, y) / 2,
            "sum": lambda y_hat, y: ((y_hat - y) ** 2).sum(),
            "root": lambda y_hat, y: mse(y_hat, y).sqrt(),
            "per example": lambda y_hat, y: (y_hat - y) ** 2,
            "broadcast": lambda y_hat, y: ((y_hat - y.flatten()) ** 2).mean(),
        },
    ),
    "03.4": Exercise(
        name="my_sum_lr",
        parameters=("lr", "batch_size"),
        solve=sum_lr,
        inputs=lambda: [(0.03, 1), (0.03, 10), (0.1, 256)],
        mistakes={
            "half": lambda lr, batch_size: lr / batch_size,
            "batch size": lambda lr, batch_size: lr / 2,
            "times": lambda lr, batch_size: lr * 2 * batch_size,
            "other half": lambda lr, batch_size: 2 * lr / batch_size,
            "nothing changed": lambda lr, batch_size: lr,
        },
    ),
    "04.4": Exercise(
        name="my_softmax",
        parameters=("O",),
        solve=softmax,
        inputs=scores,
        mistakes={
            "axis": lambda O: torch.softmax(O, dim=0),
            "whole": lambda O: O.exp() / O.exp().sum(),
            "keepdim": lambda O: O.exp() / O.exp().sum(1),
            "not exponential": lambda O: O / O.sum(1, keepdim=True),
            "not divided": lambda O: O.exp(),
            "logarithm": lambda O: torch.log_softmax(O, dim=1),
        },
    ),
    "04.5": Exercise(
        name="my_gradient",
        parameters=("O", "y"),
        solve=score_gradient,
        inputs=labelled_scores,
        mistakes={
            "sign": lambda O, y: -score_gradient(O, y),
            "probabilities": lambda O, y: softmax(O),
            "scores": lambda O, y: O - functional.one_hot(y, O.shape[1]),
            "mean": lambda O, y: score_gradient(O, y) / len(y),
            "axis": lambda O, y: torch.softmax(O, dim=0) - functional.one_hot(y, O.shape[1]),
        },
    ),
    "04.6": Exercise(
        name="my_entropy",
        parameters=("P",),
        solve=entropy_bits,
        inputs=distributions,
        mistakes={
            "nats": lambda P: torch.special.entr(P).sum(),
            "sign": lambda P: -entropy_bits(P),
            "never": lambda P: -(P * P.log2()).sum(),
            "unweighted": lambda P: -P.log2().sum(),
            "mean": lambda P: entropy_bits(P) / len(P),
        },
    ),
    "05.2": Exercise(
        name="my_huber",
        entrywise=True,
        parameters=("y_hat", "y", "delta"),
        solve=huber,
        inputs=residuals,
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
        inputs=residuals,
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
    "06.4": Exercise(
        name="my_num_batches",
        parameters=("n", "batch_size", "drop_last"),
        solve=num_batches,
        inputs=lambda: [(100, 10, False), (60000, 256, False), (60000, 256, True), (3, 8, False), (3, 8, True)],
        mistakes={
            "full": lambda n, batch_size, drop_last: n // batch_size,
            "one more": lambda n, batch_size, drop_last: n // batch_size + (not drop_last),
            "never dropped": lambda n, batch_size, drop_last: math.ceil(n / batch_size),
            "fraction": lambda n, batch_size, drop_last: n / batch_size,
        },
    ),
    "06.5": Exercise(
        name="my_read_idx",
        parameters=("content",),
        solve=read_idx,
        inputs=idx_files,
        mistakes={
            "flat": lambda content: read_idx(content).flatten(),
            "header": lambda content: torch.tensor(list(content[4:])),
            "always 16": lambda content: torch.tensor(list(content[16:])),
            "last byte": lambda content: torch.tensor(list(content[4 + 4 * content[3] :])).reshape(
                [content[7 + 4 * i] for i in range(content[3])]
            ),
        },
    ),
    "06.6": Exercise(
        name="my_class_means",
        parameters=("images", "labels"),
        solve=class_means,
        inputs=small_images,
        mistakes={
            "sum": lambda images, labels: torch.stack([images[labels == k].double().sum(0) for k in labels.unique()]),
            "all": lambda images, labels: torch.stack([images.double().mean(0) for k in labels.unique()]),
            "one number": lambda images, labels: torch.stack(
                [images[labels == k].double().mean() for k in labels.unique()]
            ),
            "whole set": lambda images, labels: torch.stack(
                [images[labels == k].double().sum(0) / len(images) for k in labels.unique()]
            ),
        },
    ),
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
    "08.3": Exercise(
        name="my_log_softmax",
        parameters=("O",),
        solve=log_softmax,
        inputs=large_scores,
        mistakes={
            "no shift": lambda O: log_softmax_from(O, torch.tensor(0.0)),
            "logarithm at the end": lambda O: log_softmax_from(O, O.max(1, keepdim=True).values),
            "mean": lambda O: (
                (O - O.mean(1, keepdim=True)) - (O - O.mean(1, keepdim=True)).exp().sum(1, keepdim=True).log()
            ),
            "no logarithm": lambda O: torch.softmax(O, dim=1),
            "axis": lambda O: torch.log_softmax(O, dim=0),
            "keepdim": lambda O: O - O.max() - (O - O.max()).exp().sum(1).log(),
            "shift forgotten": lambda O: O - (O - O.max(1, keepdim=True).values).exp().sum(1, keepdim=True).log(),
        },
    ),
    "08.4": Exercise(
        name="my_loss",
        parameters=("O", "y"),
        solve=logits_loss,
        inputs=labelled_scores,
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
"""The exercises, by chapter and number."""
