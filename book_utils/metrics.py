"""Measuring: time, running sums, accuracy and loss over a data set, and the device to compute on."""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from numbers import Integral

import torch
from torch import Tensor

from book_utils._guards import (
    check_batch_iterator,
    check_count,
    check_loss,
    check_measured,
    check_net,
    check_predictions,
)
from book_utils._words import say

Net = Callable[[Tensor], Tensor]
"""A model: an ``nn.Module`` or a plain function from a batch of examples to one row of outputs for each."""
Loss = Callable[[Tensor, Tensor], Tensor]
"""A loss: ``loss(y_hat, y)`` returns one number per example."""
Batch = tuple[Tensor, Tensor]


class Timer:
    """A stopwatch that keeps every time it was stopped; it runs from the moment it is made (notebook 01).

    Attributes:
        times: The recorded times in seconds.
    """

    def __init__(self) -> None:
        self.times: list[float] = []
        self.start()

    def start(self) -> None:
        """Start the watch (again)."""
        self.tik = time.perf_counter()

    def stop(self) -> float:
        """Record the seconds since the last start, and return them."""
        self.times.append(time.perf_counter() - self.tik)
        return self.times[-1]

    def avg(self) -> float:
        """Return the mean of the recorded times, in seconds; ValueError if there is none."""
        if not self.times:
            raise ValueError(say("no time"))
        return sum(self.times) / len(self.times)

    def sum(self) -> float:
        """Return the sum of the recorded times, in seconds."""
        return sum(self.times)

    def cumsum(self) -> list[float]:
        """Return the running totals of the recorded times, in seconds."""
        return list(itertools.accumulate(self.times))


class Accumulator:
    """Running sums of ``n`` quantities (notebook 07).

    Args:
        n: How many quantities.

    Attributes:
        data: The sums so far, as floats.
    """

    def __init__(self, n: int) -> None:
        check_count("n", n)
        self.data = [0.0] * n

    def add(self, *args: float | Tensor) -> None:
        """Add one number (or one-element tensor) to each sum, in order; ValueError unless there is one for each."""
        if len(args) != len(self.data):
            raise ValueError(say("sums", count=len(self.data), given=len(args)))
        values = [value.detach() if torch.is_tensor(value) else value for value in args]
        self.data = [total + float(value) for total, value in zip(self.data, values)]

    def reset(self) -> None:
        """Set all sums to zero."""
        self.data = [0.0] * len(self.data)

    def __getitem__(self, idx: int) -> float:
        return self.data[idx]


def accuracy(y_hat: Tensor, y: Tensor) -> float:
    """Count the predictions that are right (notebook 07). Divide by ``len(y)`` for the accuracy itself.

    Args:
        y_hat: Scores or probabilities of shape (examples, classes, ...), or predicted classes, one for each label.
        y: True classes, of shape (examples, ...).

    Returns:
        The NUMBER of right predictions, as a float.

    Raises:
        ValueError: The shapes do not belong together.
    """
    check_predictions(y_hat, y)
    if len(y_hat.shape) > 1 and y_hat.shape[1] > 1:
        y_hat = y_hat.argmax(axis=1)  # type: ignore[call-arg]  # numpy's word for dim
    cmp = y_hat.type(y.dtype) == y
    return float(cmp.sum())


def evaluate_accuracy(net: Net, data_iter: Iterable[Batch]) -> float:
    """Return the fraction of examples that ``net`` classifies correctly (notebook 07).

    An ``nn.Module`` is left in evaluation mode.

    Args:
        net: An ``nn.Module`` or a plain function; one row of scores per example.
        data_iter: Minibatches ``(X, y)``.

    Returns:
        The accuracy, from 0 to 1.

    Raises:
        ValueError: The iterator is empty, or the shapes do not belong together.
    """
    check_batch_iterator(data_iter)
    check_net(net)
    if isinstance(net, torch.nn.Module):
        net.eval()
    metric = Accumulator(2)
    with torch.no_grad():
        for X, y in data_iter:
            metric.add(accuracy(net(X), y), y.numel())
    check_measured(metric[1])
    return metric[0] / metric[1]


def evaluate_loss(net: Net, data_iter: Iterable[Batch], loss: Loss) -> float:
    """Return the mean loss per example of ``net`` on a data set, without training on it.

    The course's chapter on model selection introduces it. An ``nn.Module`` is in evaluation mode meanwhile, and then in
    the mode in which it was: a loop of your own goes on with its dropout.

    Args:
        net: An ``nn.Module`` or a plain function.
        data_iter: Minibatches ``(X, y)``.
        loss: ``loss(y_hat, y)``, one number per example, or their mean over the batch. Labels that are as many as the
            predictions are brought into their shape first; class indices, one for a row of scores, stay as they are.

    Returns:
        The sum of the losses, divided by their number.

    Raises:
        TypeError: The loss is no tensor, or ``net`` and ``data_iter`` are not a model and an iterator.
        ValueError: The iterator is empty.
    """
    check_batch_iterator(data_iter)
    check_net(net)
    metric = Accumulator(2)
    with torch.no_grad(), _evaluating(net):
        for X, y in data_iter:
            y_hat = net(X)
            l = loss(y_hat, y.reshape(y_hat.shape) if y.numel() == y_hat.numel() else y)
            check_loss(l)
            n = l.numel() if l.ndim > 0 else y.numel()  # a mean over the batch counts for all of it
            metric.add(l.sum() if l.ndim > 0 else l * n, n)
    check_measured(metric[1])
    return metric[0] / metric[1]


@contextmanager
def _evaluating(net: Net) -> Iterator[None]:
    """Have a module in evaluation mode for a while, and then each of its parts in the mode in which it was."""
    training = [part for part in net.modules() if part.training] if isinstance(net, torch.nn.Module) else []
    for part in training:
        part.training = False
    try:
        yield
    finally:
        for part in training:
            part.training = True


def try_gpu(i: int = 0) -> torch.device:
    """Return the CUDA device number ``i``, counted from 0, if there is one, else the CPU."""
    if isinstance(i, bool) or not isinstance(i, Integral) or i < 0:
        raise ValueError(say("device", value=i))
    if torch.cuda.device_count() >= i + 1:
        return torch.device(f"cuda:{i}")
    return torch.device("cpu")
