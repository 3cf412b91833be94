"""Training with a plot that grows, and a look at what the model predicts."""

import math
from collections.abc import Iterable

from book_utils.checks import check_batch_iterator, check_count
from book_utils.data import get_fashion_mnist_labels
from book_utils.plotting import Animator, show_images
from book_utils.training import Batch, Loss, Net, Updater, evaluate_accuracy, train_epoch_ch3


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
    animator = Animator(
        xlabel="epoch", xlim=[1, num_epochs], ylim=[0.3, 0.9], legend=["train loss", "train acc", "test acc"]
    )
    for epoch in range(num_epochs):
        train_metrics = train_epoch_ch3(net, train_iter, loss, updater)
        if not math.isfinite(train_metrics[0]):
            print(
                f"Training stopped in epoch {epoch + 1}: the loss is {train_metrics[0]}.",
                "Start again from fresh parameters, with a smaller learning rate",
                "or with a loss that takes logits.",
            )
            break
        test_acc = evaluate_accuracy(net, test_iter)
        animator.add(epoch + 1, train_metrics + (test_acc,))


def predict_ch3(net: Net, test_iter: Iterable[Batch], n: int = 6) -> None:
    """Show the first ``n`` images of the first batch, each under its true class and the predicted one (notebook 07).

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
    X, y = next(iter(test_iter))
    X, y = X[:n], y[:n]
    trues = get_fashion_mnist_labels(y)
    preds = get_fashion_mnist_labels(net(X).argmax(axis=1))
    titles = [f"{true}\n{pred}" for true, pred in zip(trues, preds)]
    show_images(X.squeeze(1), 1, len(X), titles)
