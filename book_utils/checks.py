"""Guards: functions that do nothing on valid input and raise a clear error on the rest.

A library function calls them first, before the lines that the reader knows from the notebook. None returns a value and
none changes its arguments, so that the definition without its guards behaves the same on valid input.
"""

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import torch
from torch import Tensor


def check_count(name: str, value: Any) -> None:
    """Raise unless ``value`` is a whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be a whole number, not {value!r} ({type(value).__name__})")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, not {value}")


def check_batches(images: Tensor, labels: Tensor, batch_size: int) -> None:
    """Raise unless images and labels are as many, and can be cut into batches of ``batch_size``."""
    check_count("batch_size", batch_size)
    if len(images) != len(labels):
        raise ValueError(f"as many labels as images are needed, not {len(images)} images and {len(labels)} labels")


def check_class_indices(labels: Any) -> None:
    """Raise unless a sequence of labels holds class indices from 0 to 9. An iterator is not looked at, only used."""
    if isinstance(labels, Tensor) and labels.ndim != 1:
        raise ValueError(f"labels must be a row of class indices, not a tensor of shape {tuple(labels.shape)}")
    if isinstance(labels, (Tensor, Sequence)):
        wrong = [int(i) for i in labels if not 0 <= int(i) <= 9]
        if wrong:
            raise ValueError(f"class indices run from 0 to 9; received {wrong[0]}")


def check_rows(X: Tensor) -> None:
    """Raise unless ``X`` is a matrix: one row per example."""
    if X.ndim != 2:
        raise ValueError(
            f"expected a matrix with one row of outputs per example, not a tensor of shape {tuple(X.shape)}"
        )


def check_labels_for(y_hat: Tensor, y: Tensor) -> None:
    """Raise unless ``y`` holds one whole-number label for each row of ``y_hat``."""
    if y.ndim != 1 or len(y) != len(y_hat):
        raise ValueError(
            f"expected one label per prediction: {len(y_hat)} predictions need labels of shape ({len(y_hat)},), "
            f"not {tuple(y.shape)}"
        )
    if y.is_floating_point():
        raise TypeError(f"labels must be class indices of an integer type such as torch.int64, not {y.dtype}")


def check_predictions(y_hat: Tensor, y: Tensor) -> None:
    """Raise unless ``y_hat`` holds, for every label in ``y``, either a row of scores or one predicted class."""
    if y_hat.ndim not in (1, 2) or (y_hat.ndim == 2 and y_hat.shape[1] < 2):
        raise ValueError(
            "predictions must be scores of shape (examples, classes) or classes of shape (examples,), "
            f"not {tuple(y_hat.shape)}"
        )
    if len(y_hat) != len(y) or y.ndim != 1:
        raise ValueError(f"expected one label per prediction, not {len(y_hat)} predictions and labels {tuple(y.shape)}")


def check_batch_iterator(data_iter: Any) -> None:
    """Raise if ``data_iter`` knows its length and holds no batch."""
    if hasattr(data_iter, "__len__") and len(data_iter) == 0:
        raise ValueError("the data iterator holds no batch: there is nothing to measure or to learn from")


def check_per_example(l: Tensor) -> None:
    """Raise if the loss is a single number: the loop needs one for each example."""
    if l.ndim == 0:
        raise ValueError(
            "the loss function returned a single number for the whole batch; one loss per example is expected. "
            "Use reduction='none', as in nn.CrossEntropyLoss(reduction='none'): the training loop averages by itself"
        )


def check_updater(updater: Any) -> None:
    """Raise unless ``updater`` is a torch optimiser or can be called with the batch size."""
    if not (isinstance(updater, torch.optim.Optimizer) or callable(updater)):
        raise TypeError(
            f"updater must be a torch optimiser or a function updater(batch_size), not {type(updater).__name__}"
        )


def check_grid(num_images: int | None, num_rows: int, num_cols: int, titles: Sequence[str] | None) -> None:
    """Raise unless the grid has cells and every image that has a cell has a title, where titles are given."""
    check_count("num_rows", num_rows)
    check_count("num_cols", num_cols)
    if titles is not None and num_images is not None:
        shown = min(num_images, num_rows * num_cols)
        if len(titles) < shown:
            raise ValueError(f"{shown} images are shown, but only {len(titles)} titles are given")


def check_class_probabilities(y_hat: Tensor, y: Tensor) -> None:
    """Raise unless ``y_hat`` is a matrix of probabilities with one whole-number label in ``y`` for each row."""
    check_rows(y_hat)
    check_labels_for(y_hat, y)


def check_true_parameters(w: Tensor, num_examples: int) -> None:
    """Raise unless ``w`` is a row of real weights and ``num_examples`` a count."""
    check_count("num_examples", num_examples)
    if not isinstance(w, Tensor) or not w.is_floating_point():
        received = w.dtype if isinstance(w, Tensor) else type(w).__name__
        raise TypeError(f"w must be a tensor of floats such as torch.tensor([2, -3.4]), not {received}")
    if w.ndim not in (1, 2) or (w.ndim == 2 and w.shape[1] != 1) or len(w) == 0:
        raise ValueError(f"w must hold one weight for each feature, in shape (features,), not {tuple(w.shape)}")


def check_same_length(data_arrays: Sequence[Tensor]) -> None:
    """Raise unless the tensors are at least one, and as long as each other."""
    if isinstance(data_arrays, Tensor) or not all(isinstance(array, Tensor) for array in data_arrays):
        raise TypeError(
            "a tuple of tensors such as (features, labels) is expected, not "
            + ("a single tensor" if isinstance(data_arrays, Tensor) else str([type(a).__name__ for a in data_arrays]))
        )
    lengths = [len(array) for array in data_arrays]
    if len(set(lengths)) != 1 or lengths[0] == 0:
        raise ValueError(f"tensors with one row for each example are expected, all of the same length, not {lengths}")


def check_examples(batch_size: int, features: Tensor, labels: Tensor) -> None:
    """Raise unless features and labels are as many, at least one, and can be cut into batches of ``batch_size``."""
    check_count("batch_size", batch_size)
    check_same_length((features, labels))


def check_affine(X: Tensor, w: Tensor, b: Tensor | float) -> None:
    """Raise unless ``X`` has one column for each row of ``w``."""
    if X.ndim == 0 or w.ndim == 0 or X.shape[-1] != w.shape[0]:
        raise ValueError(
            f"each column of X needs a weight: X of shape {tuple(X.shape)} does not go with w of shape {tuple(w.shape)}"
        )
    if isinstance(b, Tensor) and w.ndim == 2 and b.numel() not in (1, w.shape[1]):
        raise ValueError(f"b must be a single number or one for each output, not of shape {tuple(b.shape)}")


def check_as_many(y_hat: Tensor, y: Tensor) -> None:
    """Raise unless there are as many labels as predictions."""
    if y_hat.numel() != y.numel():
        raise ValueError(
            f"expected one label per prediction, not {tuple(y_hat.shape)} predictions and {tuple(y.shape)} labels"
        )
