"""Names of lines, written at their ends."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D

SIZE = 9  # points
DARKER = 0.75  # of a line's colour: letters are thinner than the line, and need more contrast


def label_lines(axes: Axes) -> None:
    """Write each line's name at its right end, in a darker shade of its colour, instead of a legend (notebook 01).

    Names are those of the legend, which goes, or else the labels of the lines; a line without a name gets none. Names
    that would overlap are moved apart. Call it last: limits and scales that change afterwards leave the names behind.

    Args:
        axes: Where the lines are.

    Raises:
        ValueError: No line has a name.
    """
    legend = axes.get_legend()
    lines = [line for line in axes.get_lines() if legend or not str(line.get_label()).startswith("_")]
    names = [text.get_text() for text in legend.get_texts()] if legend else [str(line.get_label()) for line in lines]
    if not lines or not names:
        raise ValueError("no line has a name: draw with label='...', or with a legend")
    if legend:
        legend.remove()
    axes.get_xlim(), axes.get_ylim()  # has limits that follow the data settle
    ends = [(*_end(axes, line), name, line.get_color()) for name, line in zip(names, lines)]
    ends.sort(key=lambda end: end[1])
    gap = 1.3 * SIZE / 72 * axes.figure.dpi / axes.bbox.height
    for height, (across, _, name, color) in zip(_apart([end[1] for end in ends], gap), ends):
        axes.annotate(
            name, (across, height), (6, 0), xycoords="axes fraction", textcoords="offset points",
            va="center", fontsize=SIZE, color=[DARKER * part for part in to_rgb(color)], annotation_clip=False,
        )  # fmt: skip


def _end(axes: Axes, line: Line2D) -> tuple[float, float]:
    """Return where a line ends or leaves the axes, in parts of their width and height."""
    points = (line.get_transform() - axes.transAxes).transform(np.asarray(line.get_xydata(), float))
    seen = points[np.isfinite(points).all(axis=1) & (points[:, 0] <= 1 + 1e-6)]
    across, up = np.clip(seen[-1], 0, 1) if len(seen) else (1, 0.5)
    return float(across), float(up)


def _apart(heights: Sequence[float], gap: float) -> list[float]:
    """Return increasing heights moved by as little as it takes to have ``gap`` between neighbours."""
    free = np.asarray(heights) - gap * np.arange(len(heights))  # these must not decrease: isotonic regression
    count = range(len(free))
    means = [[free[first : last + 1].mean() if last >= first else np.inf for last in count] for first in count]
    return [gap * i + max(min(means[first][last] for last in count[i:]) for first in count[: i + 1]) for i in count]
