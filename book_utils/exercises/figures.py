"""Reading the data of a figure from the axes that a reader hands over."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from book_utils.exercises.exercise import Unfit

Curve = tuple[str, Tensor, Tensor]
"""The scale of the x axis, and the places and heights of a line, a cloud of points or bars."""


def heights(value: Any, places: Sequence[float], name: str) -> list[tuple[str, Tensor]]:
    """Return what is drawn at some places: for each curve that has all of them, the x axis' scale and the heights.

    Args:
        value: Axes, a figure, lines or bars, a list of them, or what ``drawn`` returns.
        places: Along the x axis.
        name: That the value has in the notebook, for messages.

    Raises:
        Unfit: It is none of these, or no line runs over the places.
    """
    found = []
    for scale, x, y in drawn(value, name):
        near = torch.isclose(x.unsqueeze(0), torch.tensor(places).double().unsqueeze(1), rtol=1e-3, atol=0)
        if near.any(dim=1).all():
            found.append((scale, y[near.int().argmax(dim=1)]))
    if not found:
        raise Unfit("no line", places=", ".join(f"{place:g}" for place in places))
    return found


def drawn(value: Any, name: str = "") -> list[Curve]:
    """Return the curves of what a reader hands over, in plain values, which can be sent to another process.

    Raises:
        Unfit: It is no axes, nor what has any.
    """
    if isinstance(value, list) and all(isinstance(item, tuple) and len(item) == 3 for item in value) and value:
        return value
    return [(str(axes.get_xscale()), *curve) for axes in axes_of(value, name) for curve in curves(axes)]


def axes_of(value: Any, name: str) -> list[Any]:
    """Return the axes in what a reader hands over. It is known by its methods: nothing of matplotlib is imported."""
    if hasattr(value, "get_lines"):  # axes
        return [value]
    if hasattr(getattr(value, "axes", None), "get_lines"):  # a line or a bar, as those that plot and bar return
        return [value.axes]
    if hasattr(value, "get_axes"):  # a figure
        return list(value.get_axes())
    if isinstance(value, (list, tuple, np.ndarray)) and len(value):
        return [axes for item in np.ravel(np.asarray(value, dtype=object)) for axes in axes_of(item, name)]
    raise Unfit("no axes", name=name)


def curves(axes: Any) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the places and heights of each line, each cloud of points and all bars.

    Lines and clouds of one point each are one curve: they were drawn in a loop.
    """
    alone = []
    for x, y in [*lines(axes), *clouds(axes)]:
        if x.numel() == 1:
            alone.append(torch.stack((x, y)))
        else:
            yield x, y
    if alone:
        x, y = torch.cat(alone, dim=1)
        yield x, y
    bars = [bar for container in axes.containers for bar in getattr(container, "patches", ())]
    if bars:
        middles = [bar.get_x() + bar.get_width() / 2 for bar in bars]
        yield as_tensor(middles), as_tensor([bar.get_height() for bar in bars])


def lines(axes: Any) -> Iterator[tuple[Tensor, Tensor]]:
    for line in axes.get_lines():
        yield as_tensor(line.get_xdata(orig=False)), as_tensor(line.get_ydata(orig=False))


def clouds(axes: Any) -> Iterator[tuple[Tensor, Tensor]]:
    for points in axes.collections:
        if hasattr(points, "get_sizes"):  # as scatter makes them
            x, y = np.ma.filled(points.get_offsets(), np.nan).T
            yield as_tensor(x), as_tensor(y)


def as_tensor(values: Any) -> Tensor:
    return torch.tensor(np.asarray(values, dtype=float))
