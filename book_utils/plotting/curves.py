"""Curves: how axes are set, curves that are drawn at once, and curves that grow while a model trains."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from book_utils._guards import check_axes, check_figsize, check_formats
from book_utils._words import say
from book_utils.plotting.arrays import as_array
from book_utils.plotting.live import LiveFigure
from book_utils.plotting.style import use_svg_display


def set_figsize(figsize: tuple[float, float] = (3.5, 2.5)) -> None:
    """Set the size of the figures to come, in inches, and show them as SVG in the book's style (notebook 01).

    Format and style are chosen once: see ``use_svg_display``.
    """
    check_figsize(figsize)
    use_svg_display(once=True)
    plt.rcParams["figure.figsize"] = figsize


def set_axes(
    axes: Axes,
    xlabel: str | None,
    ylabel: str | None,
    xlim: Sequence[float] | None,
    ylim: Sequence[float] | None,
    xscale: str,
    yscale: str,
    legend: Sequence[str] | None,
) -> None:
    """Set labels, scales, limits, legend and grid of ``axes`` (notebook 01).

    Limits given as None, or that leave no room between them, follow the data. ``legend`` names what is in the axes,
    lines, points, bars and areas, in the order in which they were drawn; it may be shorter than that list, or longer.
    """
    check_axes(xlim, ylim, legend)
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale)
    if xlim is not None and xlim[0] != xlim[1]:
        axes.set_xlim(xlim)  # type: ignore[arg-type]  # a list will do, too
    if ylim is not None and ylim[0] != ylim[1]:
        axes.set_ylim(ylim)  # type: ignore[arg-type]
    if legend:
        axes.legend(legend)
    axes.grid(True)


def as_curves(X: Any, Y: Any = None) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the pairs (x, y) of arrays, one for each curve, that ``plot`` is asked for (imported by notebook 01).

    Args:
        X: The x of all curves (one row of numbers), or one row for each curve; without ``Y``, the y themselves.
        Y: The y of one curve (one row of numbers), or one row for each. Rows may be lists, arrays or tensors, also
            tensors with a history, on a device, or of a type that NumPy lacks. Where there is no x, or an empty one,
            the x are the index of a table's column, else 0, 1, 2, ...

    Raises:
        ValueError: There are several x and another number of y, an x and its y differ in length, or either is no row.
    """

    def rows(values: Any) -> list[Any]:
        if not hasattr(values, "__len__") and hasattr(values, "__iter__"):  # an iterator
            values = list(values)
        if hasattr(values, "ndim"):
            return list(values) if values.ndim > 1 else [values]
        return list(values) if hasattr(values, "__len__") and any(map(is_row, values)) else [values]

    def is_row(value: Any) -> bool:  # and no number, not even one in a tensor, and no name
        return value.ndim > 0 if hasattr(value, "ndim") else hasattr(value, "__len__") and not isinstance(value, str)

    def numbers(row: Any) -> np.ndarray:
        array = as_array(row)
        if array.ndim == 0:
            raise ValueError(say("no row of numbers", value=row))
        return array

    def index(row: Any) -> np.ndarray:
        found = getattr(row, "index", None)  # of a list, this is a method
        return as_array(found) if hasattr(found, "to_numpy") else np.arange(len(row))

    ys = rows(X if Y is None else Y)
    xs = [[]] if Y is None else rows(X)
    xs = xs * len(ys) if len(xs) == 1 else xs
    if len(xs) != len(ys):
        raise ValueError(say("one x or as many", xs=len(xs), ys=len(ys)))
    curves = []
    for row, x, y in zip(ys, map(numbers, xs), map(numbers, ys)):
        x = x if len(x) else index(row)
        if len(x) != len(y):
            raise ValueError(say("curve", xs=len(x), ys=len(y)))
        curves.append((x, y))
    return curves


def plot(
    X: Any,
    Y: Any = None,
    xlabel: str | None = None,
    ylabel: str | None = None,
    legend: Sequence[str] | None = None,
    xlim: Sequence[float] | None = None,
    ylim: Sequence[float] | None = None,
    xscale: str = "linear",
    yscale: str = "linear",
    fmts: Sequence[str] = ("-", "m--", "g-.", "r:"),
    figsize: tuple[float, float] = (3.5, 2.5),
    axes: Axes | None = None,
) -> None:
    """Draw one curve, or several over one x (notebook 01).

    Args:
        X: The x of all curves, or one row for each curve; without ``Y``, the y themselves, drawn over 0, 1, 2, ...
        Y: The y of one curve, or one row for each.
        xlabel: Name of the x axis.
        ylabel: Name of the y axis.
        legend: Names of the curves, in order.
        xlim: Limits of the x axis; without them it follows the data.
        ylim: Limits of the y axis; without them it follows the data.
        xscale: ``'linear'`` or ``'log'``.
        yscale: ``'linear'`` or ``'log'``.
        fmts: matplotlib formats of the curves; they begin again when there are more curves.
        figsize: Width and height in inches, of this figure and of those to come.
        axes: Where to draw; what was there is cleared. Without it, the current axes.

    Raises:
        ValueError: The numbers of x and y do not belong together.
    """
    check_formats(fmts)
    check_axes(xlim, ylim, legend)
    curves = as_curves(X, Y)
    set_figsize(figsize)
    axes = plt.gca() if axes is None else axes
    axes.cla()
    for (x, y), fmt in zip(curves, itertools.cycle(fmts)):
        axes.plot(x, y, fmt)
    set_axes(axes, xlabel, ylabel, xlim, ylim, xscale, yscale, legend)


def pair_up(x: Any, y: Any) -> list[tuple[float | None, float | None]]:
    """Pair x with y, one pair for each curve (imported by notebook 07 for its ``Animator``).

    Args:
        x: One number for all curves, or one for each.
        y: One number for each curve; a single number is one curve. Numbers may be one-element tensors.

    Returns:
        ``(x, y)`` for each curve, as floats; None stays None.

    Raises:
        ValueError: There are more or fewer x than y.
    """

    def numbers(value: Any) -> list[float | None] | None:
        several = getattr(value, "ndim", 1) > 0 and hasattr(value, "__len__")
        return [number(item) for item in value] if several else None

    def number(item: Any) -> float | None:
        return None if item is None else float(as_array(item).item())

    ys, xs = numbers(y), numbers(x)
    ys = [number(y)] if ys is None else ys
    xs = [number(x)] * len(ys) if xs is None else xs
    if len(xs) != len(ys):
        raise ValueError(say("pairs", xs=len(xs), ys=len(ys)))
    return list(zip(xs, ys))


class Animator:
    """Curves that grow: each ``add`` appends a point to each line and shows the figure again, in place (notebook 07).

    Args:
        xlabel: Name of the x axis.
        ylabel: Name of the y axis.
        legend: Names of the lines, in order.
        xlim: Limits of the x axis; without them it follows the data.
        ylim: Limits of the y axis; without them it follows the data.
        xscale: ``'linear'`` or ``'log'``.
        yscale: ``'linear'`` or ``'log'``.
        fmts: matplotlib formats of the lines; they begin again when there are more lines.
        nrows: Rows of axes. The curves are drawn in the first axes; the others are yours.
        ncols: Columns of axes.
        figsize: Width and height in inches.

    Attributes:
        fig: The matplotlib figure, to save or to change.
        axes: Its axes, in a flat list.
        X: The x values so far, one list for each line.
        Y: The y values so far, one list for each line.
    """

    def __init__(
        self,
        xlabel: str | None = None,
        ylabel: str | None = None,
        legend: Sequence[str] | None = None,
        xlim: Sequence[float] | None = None,
        ylim: Sequence[float] | None = None,
        xscale: str = "linear",
        yscale: str = "linear",
        fmts: Sequence[str] = ("-", "m--", "g-.", "r:"),
        nrows: int = 1,
        ncols: int = 1,
        figsize: tuple[float, float] = (3.5, 2.5),
    ) -> None:
        check_formats(fmts)
        check_axes(xlim, ylim, legend)
        self.live = LiveFigure(nrows, ncols, figsize, self.update)
        self.fig, self.axes = self.live.fig, self.live.axes
        self.config_axes: Callable[[], None] = lambda: set_axes(
            self.axes[0], xlabel, ylabel, xlim, ylim, xscale, yscale, legend
        )
        self.fmts, self.lines, self.configured = fmts, [], 0  # type: ignore[var-annotated]
        self.X, self.Y = [], []  # type: ignore[var-annotated]

    def add(self, x: Any, y: Any) -> None:
        """Append one point to each line, and show the figure.

        Args:
            x: One number for all lines, or one for each.
            y: One number for each line; a single number is one line. Where x or y is None, no point is added.

        Raises:
            ValueError: There are more or fewer x than y.
        """
        with self.live:
            for i, (a, b) in enumerate(pair_up(x, y)):
                if i == len(self.X):
                    self.X, self.Y = self.X + [[]], self.Y + [[]]
                if a is not None and b is not None:  # in one step: no x is ever without its y
                    self.X[i], self.Y[i] = self.X[i] + [a], self.Y[i] + [b]

    def update(self) -> None:
        """Bring the lines up to date with ``X`` and ``Y``; ``live`` does so before the figure is drawn."""
        while len(self.lines) < len(self.X):
            self.lines += self.axes[0].plot([], [], self.fmts[len(self.lines) % len(self.fmts)])
        if self.configured < len(self.lines):
            self.config_axes()
            self.configured = len(self.lines)
        for line, X, Y in zip(self.lines, self.X, self.Y):
            line.set_data(X, Y)
