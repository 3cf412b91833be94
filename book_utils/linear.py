"""Linear models from scratch: linear and softmax regression, their losses, and the update step."""

from collections.abc import Iterable

import torch
from torch import Tensor

from book_utils._guards import (
    check_affine,
    check_as_many,
    check_class_probabilities,
    check_gradient,
    check_rows,
    check_step,
)


def linreg(X: Tensor, w: Tensor, b: Tensor | float) -> Tensor:
    """Return the predictions of linear regression, Xw + b (notebook 02).

    Args:
        X: Features of shape (examples, features).
        w: Weights of shape (features, 1).
        b: The bias, of shape (1,) or a number; it is added to every prediction by broadcasting.

    Returns:
        Predictions of shape (examples, 1).

    Raises:
        ValueError: The shapes do not belong together.
    """
    check_affine(X, w, b)
    return torch.matmul(X, w) + b


def squared_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return half the squared error of each prediction (notebook 02).

    Half, so that the derivative is the error itself. ``nn.MSELoss`` leaves the half out and takes the mean: its value
    is twice the mean of these.

    Args:
        y_hat: Predictions, of any shape.
        y: As many labels, in this or another shape; they are brought into the shape of the predictions, since the
            difference of a column and a row would be a matrix.

    Returns:
        Losses in the shape of ``y_hat``, neither summed nor averaged.

    Raises:
        ValueError: There are more or fewer labels than predictions.
    """
    check_as_many(y_hat, y)
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


def softmax(X: Tensor) -> Tensor:
    """Turn each row of scores (logits) into probabilities: exponentiate, then divide by the row's sum.

    This is the textbook formula of notebook 07, unguarded: in single precision a score above about 88.7 overflows and
    the row becomes nan. Notebook 08 shows the remedy; ``torch.softmax`` has it built in.

    Args:
        X: Scores, floating point, of shape (examples, classes), or with more axes behind these two.

    Returns:
        Probabilities of the same shape; each row sums to 1.

    Raises:
        ValueError: ``X`` has no second axis.
    """
    check_rows(X)
    X_exp = torch.exp(X)
    partition = X_exp.sum(1, keepdim=True)
    return X_exp / partition


def cross_entropy(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return, for each example, minus the logarithm of the probability given to its true class (notebook 07).

    Args:
        y_hat: Probabilities, not logits, of shape (examples, classes).
        y: Class indices, int64 or int32, of shape (examples,), as a tensor, an array or a list.

    Returns:
        Losses in nats, of shape (examples,), neither summed nor averaged.

    Raises:
        ValueError: The shapes do not belong together, or a label is not the index of a class.
        TypeError: The labels are not of type int64 or int32.
    """
    check_class_probabilities(y_hat, y)
    return -torch.log(y_hat[torch.arange(len(y_hat), device=y_hat.device), y])


def sgd(params: Iterable[Tensor], lr: float | Tensor, batch_size: float) -> None:
    """Take one step of minibatch stochastic gradient descent, in place, and set the gradients to zero (notebook 02).

    The gradients are taken to be those of the SUM of the losses of the batch; dividing by ``batch_size`` makes the
    step independent of it.

    Args:
        params: Tensors with ``requires_grad`` whose ``grad`` has been filled by ``backward()``.
        lr: The learning rate.
        batch_size: How many examples the summed loss ran over.

    Raises:
        TypeError: ``lr`` or ``batch_size`` is not a number.
        ValueError: ``lr`` is not finite, ``batch_size`` is not above 0, or a parameter has no gradient.
    """
    check_step(params, lr, batch_size)
    with torch.no_grad():
        for param in params:
            check_gradient(param)
            param -= lr * param.grad / batch_size  # type: ignore[operator]  # there is one: see check_step
            param.grad.zero_()  # type: ignore[union-attr]
