"""Training: one step, one epoch, many epochs with a plot that grows; and a look at what the model predicts."""

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from book_utils._guards import (
    check_batch_iterator,
    check_count,
    check_measured,
    check_net,
    check_per_example,
    check_predictions,
    check_updater,
)
from book_utils._words import say
from book_utils.data import get_fashion_mnist_labels
from book_utils.metrics import Accumulator, Batch, Loss, Net, accuracy, evaluate_accuracy
from book_utils.plotting.curves import Animator
from book_utils.plotting.labels import label_lines
from book_utils.plotting.pictures import show_images

Updater = torch.optim.Optimizer | Callable[[int], None]
"""What changes the parameters: a torch optimiser, or a function that is called with the batch size."""


def update_parameters(l: Tensor, updater: Updater, batch_size: int) -> None:
    """Turn the losses of one minibatch into one step of the updater (notebook 07).

    A torch optimiser gets the gradients of the MEAN loss, a function those of the SUM and the number of examples to
    divide by: the step is the same.

    Args:
        l: One loss per example, of shape (examples,) or (examples, 1), with its computation graph. That of a single
            example may be a number.
        updater: A torch optimiser, or a function ``updater(batch_size)`` such as a wrapped ``sgd``.
        batch_size: How many examples there are.

    Raises:
        ValueError: ``l`` is a single number: the loss function has averaged or summed already.
        TypeError: ``updater`` is neither, or is an optimiser that needs to measure the loss by itself.
    """
    check_per_example(l, batch_size)
    check_updater(updater)
    if isinstance(updater, torch.optim.Optimizer):
        updater.zero_grad()
        l.mean().backward()
        updater.step()
    else:
        l.sum().backward()
        updater(batch_size)


def train_epoch_ch3(net: Net, train_iter: Iterable[Batch], loss: Loss, updater: Updater) -> tuple[float, float]:
    """Train for one epoch (notebook 07; chapter 3 of the course, hence the name).

    Args:
        net: An ``nn.Module`` (left in training mode) or a plain function.
        train_iter: Minibatches ``(X, y)``.
        loss: ``loss(y_hat, y)``, one number per example.
        updater: A torch optimiser, or a function ``updater(batch_size)``.

    Returns:
        The mean loss per example and the accuracy, both gathered while the parameters were changing.

    Raises:
        ValueError: The loss is averaged already, or the iterator is empty.
    """
    check_batch_iterator(train_iter)
    check_net(net)
    check_updater(updater)
    if isinstance(net, torch.nn.Module):
        net.train()
    metric = Accumulator(3)
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        check_predictions(y_hat, y)  # before the parameters change
        check_per_example(l, y.numel())
        update_parameters(l, updater, len(y))
        metric.add(l.detach().sum(), accuracy(y_hat, y), y.numel())
    check_measured(metric[2])
    return metric[0] / metric[2], metric[1] / metric[2]


def train_ch3(
    net: Net,
    train_iter: Iterable[Batch],
    test_iter: Iterable[Batch],
    loss: Loss,
    num_epochs: int,
    updater: Updater,
) -> None:
    """Train for ``num_epochs`` and plot, after each, training loss, training accuracy and test accuracy (notebook 07).

    When the training loss of an epoch is nan or infinite, a sentence says so and training ends; nothing is raised.

    Args:
        net: An ``nn.Module`` or a plain function.
        train_iter: Minibatches to learn from; iterated anew in each epoch.
        test_iter: Minibatches to measure on.
        loss: ``loss(y_hat, y)``, one number per example.
        num_epochs: How many times to go through the training set.
        updater: A torch optimiser, or a function ``updater(batch_size)``.

    Raises:
        ValueError: The loss is averaged already, or an iterator is empty, or ``num_epochs`` is below 1.
        TypeError: ``num_epochs`` is not a whole number.
    """
    check_count("num_epochs", num_epochs)
    check_batch_iterator(train_iter)
    check_batch_iterator(test_iter)
    check_net(net)
    check_updater(updater)
    animator = Animator(
        xlabel="epoch", ylabel="loss or accuracy", xlim=[1, num_epochs], ylim=[0.3, 0.9], figsize=(6, 3.2)
    )
    label_lines(animator.axes[0], ["train loss", "train accuracy", "test accuracy"])
    for epoch in range(num_epochs):
        train_metrics = train_epoch_ch3(net, train_iter, loss, updater)
        if not math.isfinite(train_metrics[0]):
            print(say("stopped", epoch=epoch + 1, loss=train_metrics[0]))
            break
        test_acc = evaluate_accuracy(net, test_iter)
        animator.add(epoch + 1, train_metrics + (test_acc,))


def predict_ch3(net: Net, test_iter: Iterable[Batch], n: int = 6) -> None:
    """Show the first ``n`` images of the first batch, each under its true class and the predicted one (notebook 07).

    The words above an image whose class is not the predicted one are red.

    Args:
        net: An ``nn.Module`` or a plain function.
        test_iter: Minibatches of Fashion-MNIST images and labels.
        n: How many images; at most the first batch is shown.

    Raises:
        ValueError: ``n`` is below 1, or the iterator is empty.
        TypeError: ``n`` is not a whole number.
    """
    check_count("n", n)
    check_batch_iterator(test_iter)
    check_net(net)
    X, y = next(iter(test_iter))
    trues = get_fashion_mnist_labels(y[:n])
    preds = get_fashion_mnist_labels(net(X).argmax(axis=1)[:n])  # type: ignore[call-arg]  # numpy's word for dim
    titles = [f"true: {true}\npred: {pred}" for true, pred in zip(trues, preds)]
    axes = show_images(X[:n].squeeze(1), math.ceil(len(titles) / 3), 3, titles)
    for ax, true, pred in zip(axes, trues, preds):
        ax.title.set_color("black" if pred == true else "firebrick")
