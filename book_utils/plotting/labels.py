"""Names of lines, written at their ends."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox, IdentityTransform

from book_utils._guards import check_names
from book_utils._words import say

SIZE = 9  # points
DARKER = 0.75  # of a line's colour: letters are thinner than the line, and need more contrast
BESIDE = 6  # points from the end of a line to its name


def label_lines(axes: Axes, names: Sequence[str] | None = None) -> None:
    """Write each line's name at its right end, in a darker shade of its colour, instead of a legend (notebook 01).

    Names that would overlap are moved apart. They follow their lines when these grow, and when limits, scales or sizes
    change. Room is made for them, once and for all if these are a figure's only axes, with lines still to come; else by
    the constrained layout engine, unless the figure has another.

    Args:
        axes: Where the lines are.
        names: Names in the order in which lines are drawn, now or later; for later ones, room is kept on the right.
            Without them, the names are those of the legend, which goes, or else the labels of the lines; a line
            without a name gets none.

    Raises:
        ValueError: No line has a name, and none is given.
        TypeError: ``names`` is no list of names.
    """
    check_names("names", names)
    legend, lines = axes.get_legend(), None
    if names is None:
        lines = [line for line in axes.get_lines() if legend or not str(line.get_label()).startswith("_")]
        names = (
            [text.get_text() for text in legend.get_texts()] if legend else [str(line.get_label()) for line in lines]
        )
        if not lines or not names:
            raise ValueError(say("no line has a name"))
    if legend:
        legend.remove()
    for text in [text for text in axes.texts if isinstance(text, _LineLabel)]:
        text.remove()
    for i, name in enumerate(names):
        axes.add_artist(_LineLabel(axes, str(name), i, lines))
    figure = axes.get_figure()
    if figure is not None and figure.get_layout_engine() is None:
        if lines is None and figure.axes == [axes]:
            _keep_room(axes, figure)
        else:
            figure.set_layout_engine("constrained")  # type: ignore[union-attr]  # a part of a figure has one


def _keep_room(axes: Axes, figure: Any) -> None:
    """Let the only axes of a figure end where their lines' names begin.

    What a layout engine does at each drawing takes longer than the drawing, and here it would be the same every time.
    """
    widths = [text.get_window_extent().width for text in axes.texts if isinstance(text, _LineLabel)]
    room = max(widths) / figure.dpi + BESIDE / 72
    figure.subplots_adjust(right=1 - room / figure.get_figwidth())


class _LineLabel(Annotation):
    """The name of one of some lines, or of those that its axes will have. It finds its place whenever it is drawn."""

    def __init__(self, axes: Axes, name: str, index: int, lines: list[Line2D] | None) -> None:
        super().__init__(
            name, (1, 0.5), (BESIDE, 0), xycoords="axes fraction", textcoords="offset points", va="center",
            fontsize=SIZE, annotation_clip=False, clip_on=False, transform=IdentityTransform(),
        )  # fmt: skip
        self._beside, self._index, self._lines = axes, index, lines

    def draw(self, renderer: Any) -> None:
        """Write the name, if its line has an end that can be seen."""
        if self._index in self._ends():
            super().draw(renderer)

    def update_positions(self, renderer: Any) -> None:
        """Called by matplotlib before a text is drawn or measured."""
        ends = self._ends()
        if self._index in ends:
            order = sorted(ends, key=lambda i: ends[i][1])
            gap = 1.3 * SIZE / 72 * self._beside.figure.dpi / self._beside.bbox.height
            heights = dict(zip(order, _apart([ends[i][1] for i in order], gap)))
            self.xy = ends[self._index][0], heights[self._index]
            red, green, blue = (DARKER * part for part in to_rgb(self._candidates()[self._index].get_color()))
            self.set_color((red, green, blue))
        super().update_positions(renderer)

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # type: ignore[override]
        """Return the room that it takes; while lines grow, that which it will take: so the axes keep their size."""
        extent = super().get_window_extent(renderer)
        if self._lines is None:
            right = self._beside.bbox.x1 + BESIDE / 72 * self._beside.figure.dpi
            extent = extent.translated(right - extent.x0, 0)
        return extent

    def _candidates(self) -> Sequence[Line2D]:
        return self._beside.get_lines() if self._lines is None else self._lines

    def _ends(self) -> dict[int, tuple[float, float]]:
        """Return where the lines end that have names, by their places among the lines."""
        named = zip(self._candidates(), (text for text in self._beside.texts if isinstance(text, _LineLabel)))
        return {i: end for i, (line, _) in enumerate(named) if (end := _end(self._beside, line))}


def _end(axes: Axes, line: Line2D) -> tuple[float, float] | None:
    """Return where a line ends or leaves the axes, in parts of their width and height; None if it has no points."""
    axes.get_xlim(), axes.get_ylim()  # has limits that follow the data settle
    points = (line.get_transform() - axes.transAxes).transform(np.asarray(line.get_xydata(), float).reshape(-1, 2))
    seen = points[np.isfinite(points).all(axis=1) & (points[:, 0] <= 1 + 1e-6)]
    if not len(seen):
        return None
    across, up = np.clip(seen[-1], 0, 1)
    return float(across), float(up)


def _apart(heights: Sequence[float], gap: float) -> list[float]:
    """Return increasing heights moved by as little as it takes to have ``gap`` between neighbours."""
    free = np.asarray(heights) - gap * np.arange(len(heights))  # these must not decrease: isotonic regression
    count = range(len(free))
    means = [[free[first : last + 1].mean() if last >= first else np.inf for last in count] for first in count]
    return [gap * i + max(min(means[first][last] for last in count[i:]) for first in count[: i + 1]) for i in count]
