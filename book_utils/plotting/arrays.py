"""One way from what readers have, tensors above all, to what matplotlib draws."""

from typing import Any

import numpy as np
import torch

from book_utils._guards import check_picture


def as_array(values: Any) -> np.ndarray:
    """Return numbers as a NumPy array, whatever holds them.

    A tensor is taken from its history and its device; what NumPy has no type for (bfloat16) becomes float32. Lists and
    tuples may hold tensors, and an iterator is gone through. A masked array keeps its mask.
    """
    if torch.is_tensor(values):
        values = values.detach()
        if values.layout != torch.strided:
            values = values.to_dense()
        if values.is_floating_point() and values.dtype not in (torch.float16, torch.float32, torch.float64):
            values = values.float()
        return values.cpu().resolve_conj().resolve_neg().numpy()
    if not (hasattr(values, "__array__") or hasattr(values, "__getitem__")) and hasattr(values, "__iter__"):
        values = list(values)
    if isinstance(values, (list, tuple)) and any(torch.is_tensor(value) for value in values):
        values = [as_array(value) for value in values]
    return values if isinstance(values, np.ma.MaskedArray) else np.asarray(values)


def as_picture(img: Any) -> Any:
    """Return an image in a form that matplotlib draws (imported by notebook 06).

    Args:
        img: Grey levels of shape (height, width), (1, height, width) as minibatches hold them, (height, width, 1), or
            (784,), which are 28 rows of 28; colours of shape (height, width, 3); in a tensor on any device, an array,
            or a picture of PIL's.

    Returns:
        An array of shape (height, width), (height, width, 1) or (height, width, 3); a picture of PIL's as it is.

    Raises:
        ValueError: An array is no image.
    """
    if not torch.is_tensor(img) and not isinstance(img, (np.ndarray, list, tuple)):
        return img
    array = as_array(img)
    check_picture(array.shape)
    if array.ndim == 1:
        return array.reshape(28, 28)
    # In an array of NumPy's, channels come last: it may be a strip of colours.
    is_strip = not torch.is_tensor(img) and array.ndim == 3 and array.shape[2] in (1, 3, 4)
    return array[0] if array.ndim == 3 and len(array) == 1 and not is_strip else array
