"""One way from what readers have, tensors above all, to what matplotlib draws."""

from typing import Any

import numpy as np
import torch


def as_array(values: Any) -> np.ndarray:
    """Return numbers as a NumPy array, whatever holds them.

    A tensor is taken from its history and its device; what NumPy has no type for (bfloat16) becomes float32. Lists and
    tuples may hold tensors, and an iterator is gone through.
    """
    if torch.is_tensor(values):
        values = values.detach()
        if values.layout != torch.strided:
            values = values.to_dense()
        if values.is_floating_point() and values.dtype not in (torch.float16, torch.float32, torch.float64):
            values = values.float()
        return values.cpu().resolve_conj().resolve_neg().numpy()
    if not (hasattr(values, "__array__") or hasattr(values, "__len__")) and hasattr(values, "__iter__"):
        values = list(values)
    if isinstance(values, (list, tuple)) and any(torch.is_tensor(value) for value in values):
        values = [as_array(value) for value in values]
    return np.asarray(values)


def as_picture(img: Any) -> Any:
    """Return an image in a form that matplotlib draws (imported by notebook 06).

    Args:
        img: Grey levels of shape (height, width), or (1, height, width) as minibatches hold them; colours of shape
            (height, width, 3); in a tensor on any device, an array, or a picture of PIL's.

    Returns:
        An array of shape (height, width) or (height, width, 3); a picture of PIL's as it is.

    Raises:
        ValueError: An array is no image.
    """
    if not torch.is_tensor(img) and not isinstance(img, (np.ndarray, list, tuple)):
        return img
    array = as_array(img)
    if array.ndim not in (2, 3):
        raise ValueError(f"an image has the shape (height, width), not {array.shape}")
    return array[0] if array.ndim == 3 and len(array) == 1 else array
