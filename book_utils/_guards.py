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

from book_utils._words import Text, plain, say, text


def check_count(name: str, value: Any) -> None:
    """Raise unless ``value`` is a whole number of at least 1."""
    try:
        count = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        count = None
    if count is None:
        raise TypeError(say("whole number", name=name, value=value, kind=type(value).__name__))
    if count < 1:
        raise ValueError(say("at least one", name=name, value=count))


def check_number(name: str | Text, value: Any, above: float) -> None:
    """Raise unless ``value`` is a finite number above a bound, which may be minus infinity.

    A tensor or an array of one element is a number, too.
    """
    if getattr(value, "shape", None) is not None and math.prod(value.shape) == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(say("number", name=name, value=value, kind=type(value).__name__))
    if not math.isfinite(value) or value <= above:
        raise ValueError(say("finite" if above == -math.inf else "finite, above", name=name, bound=above, value=value))


def check_tensors(**tensors: Any) -> None:
    """Raise unless every named argument is a tensor."""
    for name, value in tensors.items():
        if not isinstance(value, Tensor):
            raise TypeError(say("tensor", name=name, kind=type(value).__name__))


def check_bool(name: str, value: Any) -> None:
    """Raise unless ``value`` is True or False."""
    if not isinstance(value, bool):
        raise TypeError(say("true or false", name=name, value=value))


def check_sizes(name: str, value: Any) -> None:
    """Raise unless ``value`` is a whole number of at least 1, or one or two of them in a tuple or a list."""
    sizes = value if isinstance(value, (tuple, list)) else (value,)
    if len(sizes) not in (1, 2):
        raise ValueError(say("sizes", name=name, value=value))
    for size in sizes:
        check_count(name, size)


def check_figsize(figsize: Any) -> None:
    """Raise unless ``figsize`` is a pair of positive numbers."""
    if isinstance(figsize, str) or not hasattr(figsize, "__len__") or len(figsize) != 2:
        raise ValueError(say("figsize", value=figsize))
    for length in figsize:
        check_number(text("length in figsize"), length, above=0)


def check_slider(name: str, bounds: Any) -> None:
    """Raise unless ``bounds`` are three numbers: the smallest, the largest, and one between them to start from."""
    if not isinstance(bounds, (tuple, list)) or len(bounds) != 3:
        raise ValueError(say("slider", name=name, value=bounds))
    for value in bounds:
        check_number(text("bound of a slider", name=name), value, above=-math.inf)
    low, high, start = bounds
    if not low <= start <= high or low == high:
        raise ValueError(say("start of a slider", name=name, value=bounds))


def check_axes(xlim: Any, ylim: Any, legend: Any) -> None:
    """Raise unless limits are None or pairs, and the legend is None or holds names."""
    for name, limits in (("xlim", xlim), ("ylim", ylim)):
        try:
            is_pair = limits is None or len([limits[0], limits[1]]) == len(limits)
        except (IndexError, KeyError, TypeError):  # too short, a table that counts its rows from elsewhere, a set
            is_pair = False
        if not is_pair:
            raise ValueError(say("limits", name=name, value=limits))
    check_names("legend", legend)


def check_names(name: str, names: Any) -> None:
    """Raise unless ``names`` is None or holds names."""
    if isinstance(names, str) and names:
        raise TypeError(say("names, not a text", name=name, value=names))
    try:
        is_list = not names or hasattr(names, "__iter__")
    except (RuntimeError, ValueError):  # an array is neither true nor false
        is_list = False
    if not is_list:
        raise TypeError(say("names", name=name, kind=type(names).__name__))


def check_formats(fmts: Any) -> None:
    """Raise unless ``fmts`` holds matplotlib formats. In a text each letter is one, so it may hold colours alone."""
    letters_mislead = isinstance(fmts, str) and len(fmts) > 1 and not set(fmts) <= set("bgrcmykw")
    if letters_mislead or (hasattr(fmts, "__len__") and len(fmts) == 0):
        raise ValueError(say("formats", value=fmts))


def check_batches(images: Tensor, labels: Tensor, batch_size: int) -> None:
    """Raise unless images and labels are as many, and can be cut into batches of ``batch_size``."""
    check_count("batch_size", batch_size)
    check_tensors(images=images, labels=labels)
    if len(images) != len(labels):
        raise ValueError(say("labels and images", images=len(images), labels=len(labels)))
    if len(images) == 0:
        raise ValueError(say("no images"))


def check_class_indices(labels: Any) -> None:
    """Raise unless ``labels`` holds class indices from 0 to 9, each a number or something that holds one number."""
    if isinstance(labels, (Iterator, Mapping)):
        return
    if getattr(labels, "shape", None) == ():
        raise ValueError(say("single class index", value=labels))
    for label in labels.tolist() if hasattr(labels, "tolist") else labels:
        while isinstance(label, (list, tuple)) and len(label) == 1:  # of a column
            (label,) = label
        try:
            index = int(label)
        except (TypeError, ValueError):
            index = None
        if index is None or (not isinstance(label, str) and index != label):
            raise TypeError(say("class index", value=label))
        if not 0 <= index <= 9:
            raise ValueError(say("class index beyond", value=index))


def check_rows(X: Tensor) -> None:
    """Raise unless the second axis of ``X`` holds the outputs of an example."""
    check_tensors(X=X)
    if X.ndim < 2:
        raise ValueError(say("matrix of outputs", shape=tuple(X.shape)))


def check_labels_for(y_hat: Tensor, y: Tensor) -> None:
    """Raise unless ``y`` holds one whole-number label for each row of ``y_hat``, or a single one for all."""
    if y.ndim > 0 and tuple(y.shape) != (len(y_hat),):
        raise ValueError(say("label per row", count=len(y_hat), shape=tuple(y.shape)))
    if y.dtype not in (torch.int32, torch.int64):  # uint8 would be taken for a mask
        raise TypeError(say("type of labels", dtype=y.dtype))


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
    raise ValueError(say("label per prediction", predictions=tuple(shape), labels=tuple(y.shape)))


def check_batch_iterator(data_iter: Any) -> None:
    """Raise if it is known beforehand that ``data_iter`` yields no batch."""
    yields = hasattr(data_iter, "__iter__") or hasattr(data_iter, "__getitem__")
    if isinstance(data_iter, (Tensor, torch.nn.Module)) or not yields:
        received, advice = plain(type(data_iter).__name__), plain("")
        if isinstance(data_iter, Tensor):
            received, advice = text("a tensor"), text("load_array makes one")
        elif callable(data_iter):
            advice = text("model first")
        raise TypeError(say("batches", kind=received, advice=advice))
    batches = None
    with suppress(Exception):  # a DataLoader over a stream has no length, and says so only when asked, in any words
        batches = len(data_iter)
    if batches == 0:
        raise ValueError(say("no batch"))


def check_net(net: Any) -> None:
    """Raise unless ``net`` can be called with a batch of examples."""
    if not callable(net):
        raise TypeError(say("model", kind=type(net).__name__))


def check_measured(count: float) -> None:
    """Raise if the iterator that has just been gone through held no example."""
    if count == 0:
        raise ValueError(say("held no batch"))


def check_loss(l: Any) -> None:
    """Raise unless what a loss function returned is a tensor."""
    if not isinstance(l, Tensor):
        raise TypeError(say("tensor", name=text("what the loss returns"), kind=type(l).__name__))


def check_per_example(l: Tensor, count: int) -> None:
    """Raise if the loss of ``count`` labels, if these are several, is a single number: each needs one."""
    check_loss(l)
    if l.ndim == 0 and count > 1:
        raise ValueError(say("one loss per example"))


def check_updater(updater: Any) -> None:
    """Raise unless ``updater`` is a torch optimiser that steps by itself, or can be called with the batch size."""
    if isinstance(updater, torch.optim.LBFGS):
        raise TypeError(say("LBFGS"))
    if not (isinstance(updater, torch.optim.Optimizer) or callable(updater)):
        raise TypeError(say("updater", kind=type(updater).__name__))


def check_grid(imgs: Any, num_rows: int, num_cols: int, titles: Sequence[str] | None, scale: float) -> None:
    """Raise unless the grid has cells, and the images that have one can be shown and have titles, if any has.

    Iterators are not looked at.
    """
    check_count("num_rows", num_rows)
    check_count("num_cols", num_cols)
    check_number("scale", scale, above=0)
    if isinstance(imgs, (list, tuple)) or str(getattr(imgs, "dtype", "")) == "object":  # as images in a table are
        for img in itertools.islice(imgs, num_rows * num_cols):
            if hasattr(img, "shape"):
                check_picture(img.shape)
    elif hasattr(imgs, "shape"):
        check_picture(imgs.shape, several=True)
    if titles is not None and len(titles) and hasattr(imgs, "__len__"):
        shown = min(len(imgs), num_rows * num_cols)
        if len(titles) < shown:
            raise ValueError(say("titles too few", shown=shown, given=len(titles)))
    if titles is not None and len(titles):
        try:
            titles[0]
        except (KeyError, TypeError):  # a table that counts its rows from elsewhere, the keys of a dictionary
            raise TypeError(say("titles", kind=type(titles).__name__)) from None


def check_picture(shape: Sequence[int], several: bool = False) -> None:
    """Raise unless an array of this shape is an image, or a batch of ``several``.

    It is grey, with or without a channel in front or behind, or in colour, or a row of 28 times 28 grey levels.
    """
    each = tuple(shape[1:] if several else shape)
    is_picture = len(each) == 2 or each == (784,)
    if len(each) == 3:
        is_picture = each[0] == 1 or each[2] in (1, 3, 4)
    if not is_picture:
        advice = plain("")
        if several and len(each) == 1:
            advice = text("a batch of one")
        elif len(each) == 3 and each[0] in (3, 4):
            advice = text("colours last")
        raise ValueError(say("images" if several else "image", shape=tuple(shape), advice=advice))


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
            raise ValueError(say("label beyond", classes=y_hat.shape[1], last=y_hat.shape[1] - 1, wrong=wrong))


def check_true_parameters(w: Tensor, num_examples: int) -> None:
    """Raise unless ``w`` is a row, or a column, of real weights and ``num_examples`` a count."""
    check_count("num_examples", num_examples)
    if not isinstance(w, Tensor) or w.dtype != torch.get_default_dtype():
        received = w.dtype if isinstance(w, Tensor) else type(w).__name__
        raise TypeError(say("true weights", dtype=torch.get_default_dtype(), kind=received))
    if w.ndim not in (1, 2) or (w.ndim == 2 and w.shape[1] != 1) or len(w) == 0:
        raise ValueError(say("weight per feature", shape=tuple(w.shape)))


def check_same_length(data_arrays: Any) -> None:
    """Raise unless the tensors are at least one, and as long as each other."""
    if isinstance(data_arrays, Iterator):
        return
    if isinstance(data_arrays, Tensor):
        raise TypeError(say("tuple of tensors", kind=text("a single tensor")))
    if not all(isinstance(array, Tensor) for array in data_arrays):
        raise TypeError(say("tuple of tensors", kind=[type(array).__name__ for array in data_arrays]))
    check_lengths(data_arrays)


def check_lengths(data_arrays: Any) -> None:
    """Raise unless there is at least one array, and all have as many rows, at least one."""
    lengths = [len(array) for array in data_arrays]
    if len(set(lengths)) != 1 or lengths[0] == 0:
        raise ValueError(say("lengths", lengths=lengths))


def check_examples(batch_size: int, features: Any, labels: Any) -> None:
    """Raise unless features and labels are as many, at least one, and can be cut into batches of ``batch_size``."""
    check_count("batch_size", batch_size)
    check_lengths((features, labels))


def check_step(params: Any, lr: Any, batch_size: Any) -> None:
    """Raise unless sgd can take a step. An iterator over the parameters is not looked at, only used."""
    for name, value, bound in (("lr", lr, -math.inf), ("batch_size", batch_size, 0)):
        if not isinstance(value, Tensor) or value.numel() == 1:  # else one for each entry of a parameter
            check_number(name, value, bound)
    if isinstance(params, Tensor):
        raise TypeError(say("list of parameters"))
    if not isinstance(params, Iterator):
        for i, param in enumerate(params):
            if not isinstance(param, Tensor) or param.grad is None:
                raise ValueError(say("no gradient", i=i))


def check_gradient(param: Any) -> None:
    """Raise unless a parameter, which may come from an iterator, has a gradient."""
    if param.grad is None:
        raise ValueError(say("parameter without gradient", shape=tuple(param.shape)))


def check_affine(X: Tensor, w: Tensor, b: Any) -> None:
    """Raise unless ``X`` has one column for each row of ``w``, and ``b`` one number for each output, or one for all."""
    check_tensors(X=X, w=w)
    if X.ndim == 0 or w.ndim == 0 or X.shape[-1] != w.shape[-2 if w.ndim > 1 else 0]:
        raise ValueError(say("affine", X=tuple(X.shape), w=tuple(w.shape)))
    if isinstance(b, Tensor) and X.ndim <= 2 and w.ndim <= 2:
        outputs = X.shape[:-1] + w.shape[1:]
        try:
            together = torch.broadcast_shapes(outputs, b.shape)
        except RuntimeError:
            together = None
        if together is None or (together.numel() > outputs.numel() > 1):
            raise ValueError(say("bias", shape=tuple(b.shape)))


def check_as_many(y_hat: Any, y: Any) -> None:
    """Raise unless there are as many labels as predictions, both tensors or arrays."""
    for name, value in (("y_hat", y_hat), ("y", y)):
        if not hasattr(value, "reshape"):
            raise TypeError(say("tensor", name=name, kind=type(value).__name__))
    if math.prod(y_hat.shape) != math.prod(y.shape):
        raise ValueError(say("as many labels", predictions=tuple(y_hat.shape), labels=tuple(y.shape)))


def check_fits_memory(what: Text, needed: int, free: int | None) -> None:
    """Raise if ``needed`` bytes are more than those free. The process would be ended without a word."""
    if free is not None and needed > free:
        raise MemoryError(say("memory", what=what, needed=needed / 1e9, free=free / 1e9))
