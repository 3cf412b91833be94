"""Guards: functions that do nothing on valid input and raise a clear error on the rest.

A library function calls them beside the lines that the reader knows from the notebook. None returns a value and none
changes its arguments, so that the definition without its guards behaves the same on valid input.

Valid is what the course's package d2l accepts and computes rightly; only what it gets wrong, or ends in an error of its
own for, is refused, and before anything has changed. An iterator is not looked at: looking would use it up.
"""

import itertools
import math
import operator
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from numbers import Real
from typing import Any

import torch
from torch import Tensor


def check_count(name: str, value: Any) -> None:
    """Raise unless ``value`` is a whole number of at least 1."""
    try:
        count = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        count = None
    if count is None:
        raise TypeError(f"{name} must be a whole number, not {value!r} ({type(value).__name__})")
    if count < 1:
        raise ValueError(f"{name} must be at least 1, not {count}")


def check_number(name: str, value: Any, least: float, but_not_least: bool = False) -> None:
    """Raise unless ``value`` is a finite number of at least ``least``, or above it with ``but_not_least``.

    A tensor or an array of one element is a number, too.
    """
    if getattr(value, "shape", None) is not None and math.prod(value.shape) == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, not {value!r} ({type(value).__name__})")
    if not math.isfinite(value) or value < least or (but_not_least and value == least):
        bound = f"{'above' if but_not_least else 'at least'} {least}, and finite" if least > -math.inf else "finite"
        raise ValueError(f"{name} must be {bound}, not {value}")


def check_tensors(**tensors: Any) -> None:
    """Raise unless every named argument is a tensor."""
    for name, value in tensors.items():
        if not isinstance(value, Tensor):
            raise TypeError(f"{name} must be a tensor, not {type(value).__name__}")


def check_bool(name: str, value: Any) -> None:
    """Raise unless ``value`` is True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {value!r}")


def check_sizes(name: str, value: Any) -> None:
    """Raise unless ``value`` is a whole number of at least 1, or one or two of them in a tuple or a list."""
    sizes = value if isinstance(value, (tuple, list)) else (value,)
    if len(sizes) not in (1, 2):
        raise ValueError(f"{name} must be one number, or a pair (height, width), not {value!r}")
    for size in sizes:
        check_count(name, size)


def check_figsize(figsize: Any) -> None:
    """Raise unless ``figsize`` is a pair of positive numbers."""
    if isinstance(figsize, str) or not hasattr(figsize, "__len__") or len(figsize) != 2:
        raise ValueError(f"figsize must be a pair (width, height) in inches, not {figsize!r}")
    for length in figsize:
        check_number("a length in figsize", length, 0, but_not_least=True)


def check_slider(name: str, bounds: Any) -> None:
    """Raise unless ``bounds`` are three numbers: the smallest, the largest, and one between them to start from."""
    if not isinstance(bounds, (tuple, list)) or len(bounds) != 3:
        raise ValueError(f"the slider {name} must be (smallest, largest, start), not {bounds!r}")
    for value in bounds:
        check_number(f"a bound of the slider {name}", value, -math.inf)
    low, high, start = bounds
    if not low <= start <= high or low == high:
        raise ValueError(f"the slider {name} must start between its smallest and its largest value, not {bounds!r}")


def check_axes(xlim: Any, ylim: Any, legend: Any) -> None:
    """Raise unless limits are None or pairs, and the legend is None or holds names."""
    for name, limits in (("xlim", xlim), ("ylim", ylim)):
        try:
            is_pair = limits is None or len([limits[0], limits[1]]) == len(limits)
        except (IndexError, KeyError, TypeError):  # too short, a table that counts its rows from elsewhere, a set
            is_pair = False
        if not is_pair:
            raise ValueError(f"{name} must be a pair (low, high), not {limits!r}")
    check_names("legend", legend)


def check_names(name: str, names: Any) -> None:
    """Raise unless ``names`` is None or holds names."""
    if isinstance(names, str) and names:
        raise TypeError(f"{name} must be a list of names, such as [{names!r}], not a single text")
    try:
        is_list = not names or hasattr(names, "__iter__")
    except (RuntimeError, ValueError):  # an array is neither true nor false
        is_list = False
    if not is_list:
        raise TypeError(f"{name} must be a list of names, not {type(names).__name__}: list(...) makes one")


def check_formats(fmts: Any) -> None:
    """Raise unless ``fmts`` holds matplotlib formats. In a text each letter is one, so it may hold colours alone."""
    letters_mislead = isinstance(fmts, str) and len(fmts) > 1 and not set(fmts) <= set("bgrcmykw")
    if letters_mislead or (hasattr(fmts, "__len__") and len(fmts) == 0):
        raise ValueError(f"fmts must be a list of formats, such as ['-', 'm--'], not {fmts!r}")


def check_batches(images: Tensor, labels: Tensor, batch_size: int) -> None:
    """Raise unless images and labels are as many, and can be cut into batches of ``batch_size``."""
    check_count("batch_size", batch_size)
    check_tensors(images=images, labels=labels)
    if len(images) != len(labels):
        raise ValueError(f"as many labels as images are needed, not {len(images)} images and {len(labels)} labels")
    if len(images) == 0:
        raise ValueError("there are no images to cut into batches")


def check_class_indices(labels: Any) -> None:
    """Raise unless ``labels`` holds class indices from 0 to 9, each a number or something that holds one number."""
    if isinstance(labels, (Iterator, Mapping)):
        return
    if getattr(labels, "shape", None) == ():
        raise ValueError(f"labels must be a row of class indices, not a single number: {labels!r}")
    for label in labels.tolist() if hasattr(labels, "tolist") else labels:
        while isinstance(label, (list, tuple)) and len(label) == 1:  # of a column
            (label,) = label
        try:
            index = int(label)
        except (TypeError, ValueError):
            index = None
        if index is None or (not isinstance(label, str) and index != label):
            raise TypeError(f"class indices are whole numbers from 0 to 9; received {label!r}")
        if not 0 <= index <= 9:
            raise ValueError(f"class indices run from 0 to 9; received {index}")


def check_rows(X: Tensor) -> None:
    """Raise unless the second axis of ``X`` holds the outputs of an example."""
    check_tensors(X=X)
    if X.ndim < 2:
        raise ValueError(
            f"expected a matrix with one row of outputs per example, not a tensor of shape {tuple(X.shape)}"
        )


def check_labels_for(y_hat: Tensor, y: Tensor) -> None:
    """Raise unless ``y`` holds one whole-number label for each row of ``y_hat``, or a single one for all."""
    if y.ndim > 0 and tuple(y.shape) != (len(y_hat),):
        raise ValueError(
            f"expected one label per prediction: {len(y_hat)} predictions need labels of shape ({len(y_hat)},), "
            f"not {tuple(y.shape)}"
        )
    if y.dtype not in (torch.int32, torch.int64):  # uint8 would be taken for a mask
        raise TypeError(f"labels must be class indices of type torch.int64 or torch.int32, not {y.dtype}")


def check_predictions(y_hat: Tensor, y: Tensor) -> None:
    """Raise unless ``y_hat`` holds for each label in ``y`` one score for each class, in its second axis, or one number.

    A column beside a row is no such pair: comparing them would compare each with each.
    """
    check_tensors(y_hat=y_hat, y=y)
    shape = y_hat.shape
    predicted = shape[:1] + shape[2:] if len(shape) > 1 and shape[1] > 1 else shape
    if predicted == y.shape or y.ndim == 0:
        return
    with suppress(RuntimeError):  # what cannot be broadcast
        if predicted.numel() == y.numel() == torch.broadcast_shapes(predicted, y.shape).numel():
            return
    raise ValueError(
        f"expected one label per prediction, not predictions of shape {tuple(shape)} and labels of shape "
        f"{tuple(y.shape)}. Predictions are scores of shape (examples, classes) with labels of shape (examples,), or "
        "one number for each label, in the same shape"
    )


def check_batch_iterator(data_iter: Any) -> None:
    """Raise if it is known beforehand that ``data_iter`` yields no batch."""
    yields = hasattr(data_iter, "__iter__") or hasattr(data_iter, "__getitem__")
    if isinstance(data_iter, (Tensor, torch.nn.Module)) or not yields:
        advice = ""
        if isinstance(data_iter, Tensor):
            advice = ": load_array makes one of tensors"
        elif callable(data_iter):
            advice = ": the model comes first, as in evaluate_accuracy(net, data_iter)"
        received = "a tensor" if isinstance(data_iter, Tensor) else type(data_iter).__name__
        raise TypeError(f"an iterator over minibatches (X, y) is expected, not {received}{advice}")
    batches = None
    with suppress(Exception):  # a DataLoader over a stream has no length, and says so only when asked, in any words
        batches = len(data_iter)
    if batches == 0:
        raise ValueError("the data iterator holds no batch: there is nothing to measure or to learn from")


def check_net(net: Any) -> None:
    """Raise unless ``net`` can be called with a batch of examples."""
    if not callable(net):
        raise TypeError(f"net must be a model: something to call with a batch of examples, not {type(net).__name__}")


def check_measured(count: float) -> None:
    """Raise if the iterator that has just been gone through held no example."""
    if count == 0:
        raise ValueError(
            "the data iterator held no batch. A generator can be gone through only once: use one that can be iterated "
            "again, such as a DataLoader or Batches"
        )


def check_per_example(l: Tensor, count: int) -> None:
    """Raise if the loss of ``count`` labels, if these are several, is a single number: each needs one."""
    check_tensors(**{"what the loss function returns": l})
    if l.ndim == 0 and count > 1:
        raise ValueError(
            "the loss function returned a single number for the whole batch; one loss per example is expected. "
            "Use reduction='none', as in nn.CrossEntropyLoss(reduction='none'): the training loop averages by itself"
        )


def check_updater(updater: Any) -> None:
    """Raise unless ``updater`` is a torch optimiser that steps by itself, or can be called with the batch size."""
    if isinstance(updater, torch.optim.LBFGS):
        raise TypeError(
            "LBFGS measures the loss several times in a step, which this loop does not do: use another optimiser"
        )
    if not (isinstance(updater, torch.optim.Optimizer) or callable(updater)):
        raise TypeError(
            f"updater must be a torch optimiser or a function updater(batch_size), not {type(updater).__name__}"
        )


def check_grid(imgs: Any, num_rows: int, num_cols: int, titles: Sequence[str] | None, scale: float) -> None:
    """Raise unless the grid has cells, and the images that have one can be shown and have titles, if any has.

    Iterators are not looked at.
    """
    check_count("num_rows", num_rows)
    check_count("num_cols", num_cols)
    check_number("scale", scale, 0, but_not_least=True)
    if isinstance(imgs, (list, tuple)) or str(getattr(imgs, "dtype", "")) == "object":  # as images in a table are
        for img in itertools.islice(imgs, num_rows * num_cols):
            if hasattr(img, "shape"):
                check_picture(img.shape)
    elif hasattr(imgs, "shape"):
        check_picture(imgs.shape, several=True)
    if titles is not None and len(titles) and hasattr(imgs, "__len__"):
        shown = min(len(imgs), num_rows * num_cols)
        if len(titles) < shown:
            raise ValueError(f"{shown} images are shown, but only {len(titles)} titles are given")
    if titles is not None and len(titles):
        try:
            titles[0]
        except (KeyError, TypeError):  # a table that counts its rows from elsewhere, the keys of a dictionary
            raise TypeError(f"titles must be a list, not {type(titles).__name__}: list(...) makes one") from None


def check_picture(shape: Sequence[int], several: bool = False) -> None:
    """Raise unless an array of this shape is an image, or a batch of ``several``.

    It is grey, with or without a channel in front or behind, or in colour, or a row of 28 times 28 grey levels.
    """
    each = tuple(shape[1:] if several else shape)
    is_picture = len(each) == 2 or each == (784,)
    if len(each) == 3:
        is_picture = each[0] == 1 or each[2] in (1, 3, 4)
    if not is_picture:
        expected = (
            "images of shape (n, height, width) are expected" if several else "an image has the shape (height, width)"
        )
        advice = ""
        if several and len(each) == 1:
            advice = ": unsqueeze(0) makes one image a batch of one"
        elif len(each) == 3 and each[0] in (3, 4):
            advice = ": permute(1, 2, 0) of an image puts its colours last"
        raise ValueError(f"{expected}, not {tuple(shape)}{advice}")


def check_class_probabilities(y_hat: Tensor, y: Any) -> None:
    """Raise unless ``y_hat`` is a matrix of probabilities with one whole-number label in ``y`` for each row.

    Labels may be a list or an array, or a single number that stands for all.
    """
    check_tensors(y_hat=y_hat)
    check_rows(y_hat)
    labels = torch.as_tensor(y, device=y_hat.device)
    check_labels_for(y_hat, labels)
    if labels.numel() == 0 or torch.compiler.is_compiling():
        return
    with suppress(RuntimeError):  # under torch.vmap nothing can be read
        least, greatest = (bound.item() for bound in labels.aminmax())
        if least < 0 or greatest >= y_hat.shape[1]:
            wrong = least if least < 0 else greatest
            raise ValueError(
                f"with {y_hat.shape[1]} classes, labels run from 0 to {y_hat.shape[1] - 1}; received {wrong}"
            )


def check_true_parameters(w: Tensor, num_examples: int) -> None:
    """Raise unless ``w`` is a row, or a column, of real weights and ``num_examples`` a count."""
    check_count("num_examples", num_examples)
    if not isinstance(w, Tensor) or w.dtype != torch.get_default_dtype():
        received = w.dtype if isinstance(w, Tensor) else type(w).__name__
        raise TypeError(
            f"w must be a tensor of {torch.get_default_dtype()}, as the features are, such as "
            f"torch.tensor([2, -3.4]), not {received}"
        )
    if w.ndim not in (1, 2) or (w.ndim == 2 and w.shape[1] != 1) or len(w) == 0:
        raise ValueError(f"w must hold one weight for each feature, in shape (features,), not {tuple(w.shape)}")


def check_same_length(data_arrays: Any) -> None:
    """Raise unless the tensors are at least one, and as long as each other."""
    if isinstance(data_arrays, Iterator):
        return
    if isinstance(data_arrays, Tensor) or not all(isinstance(array, Tensor) for array in data_arrays):
        raise TypeError(
            "a tuple of tensors such as (features, labels) is expected, not "
            + ("a single tensor" if isinstance(data_arrays, Tensor) else str([type(a).__name__ for a in data_arrays]))
        )
    check_lengths(data_arrays)


def check_lengths(data_arrays: Any) -> None:
    """Raise unless there is at least one array, and all have as many rows, at least one."""
    lengths = [len(array) for array in data_arrays]
    if len(set(lengths)) != 1 or lengths[0] == 0:
        raise ValueError(f"tensors with one row for each example are expected, all of the same length, not {lengths}")


def check_examples(batch_size: int, features: Any, labels: Any) -> None:
    """Raise unless features and labels are as many, at least one, and can be cut into batches of ``batch_size``."""
    check_count("batch_size", batch_size)
    check_lengths((features, labels))


def check_step(params: Any, lr: Any, batch_size: Any) -> None:
    """Raise unless sgd can take a step. An iterator over the parameters is not looked at, only used."""
    for name, value, least in (("lr", lr, -math.inf), ("batch_size", batch_size, 0)):
        if not isinstance(value, Tensor) or value.numel() == 1:  # else one for each entry of a parameter
            check_number(name, value, least, but_not_least=True)
    if isinstance(params, Tensor):
        raise TypeError("params must be a list of tensors, such as [w, b], not a single tensor")
    if not isinstance(params, Iterator):
        for i, param in enumerate(params):
            if not isinstance(param, Tensor) or param.grad is None:
                raise ValueError(f"params[{i}] has no gradient: call backward() on the loss before this step")


def check_gradient(param: Any) -> None:
    """Raise unless a parameter, which may come from an iterator, has a gradient."""
    if param.grad is None:
        raise ValueError(
            f"a parameter of shape {tuple(param.shape)} has no gradient: call backward() on the loss before this step, "
            "and pass only what the loss depends on"
        )


def check_affine(X: Tensor, w: Tensor, b: Any) -> None:
    """Raise unless ``X`` has one column for each row of ``w``, and ``b`` one number for each output, or one for all."""
    check_tensors(X=X, w=w)
    if X.ndim == 0 or w.ndim == 0 or X.shape[-1] != w.shape[-2 if w.ndim > 1 else 0]:
        raise ValueError(
            f"each column of X needs a weight: X of shape {tuple(X.shape)} does not go with w of shape {tuple(w.shape)}"
        )
    if isinstance(b, Tensor) and X.ndim <= 2 and w.ndim <= 2:
        outputs = X.shape[:-1] + w.shape[1:]
        try:
            together = torch.broadcast_shapes(outputs, b.shape)
        except RuntimeError:
            together = None
        if together is None or (together.numel() > outputs.numel() > 1):
            raise ValueError(f"b must be a single number or one for each output, not of shape {tuple(b.shape)}")


def check_as_many(y_hat: Any, y: Any) -> None:
    """Raise unless there are as many labels as predictions, both tensors or arrays."""
    for name, value in (("y_hat", y_hat), ("y", y)):
        if not hasattr(value, "reshape"):
            raise TypeError(f"{name} must be a tensor, not {type(value).__name__}")
    if math.prod(y_hat.shape) != math.prod(y.shape):
        raise ValueError(
            f"expected one label per prediction, not {tuple(y_hat.shape)} predictions and {tuple(y.shape)} labels"
        )


def check_fits_memory(what: str, needed: int, free: int | None) -> None:
    """Raise if ``needed`` bytes are more than those free. The process would be ended without a word."""
    if free is not None and needed > free:
        raise MemoryError(
            f"{what} need {needed / 1e9:,.1f} GB of memory, and {free / 1e9:,.1f} GB are free. Choose a smaller size, "
            "or resize each batch as it comes, X of 28 x 28 pixels: "
            "torch.nn.functional.interpolate(X, 224, mode='bilinear', antialias=True)"
        )
