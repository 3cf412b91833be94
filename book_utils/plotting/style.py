"""How the figures of the book look: sharp, the same bytes on every run, legible for colour-blind readers."""

from functools import cache
from typing import Any

import matplotlib
from cycler import cycler
from IPython import get_ipython
from matplotlib.colors import get_named_colors_mapping

COLORS = {
    "b": "#4477AA",
    "m": "#AA3377",
    "g": "#228833",
    "r": "#EE6677",
    "c": "#66CCEE",
    "y": "#CCBB44",
    "k": "#333333",
}
"""The 'bright' scheme of Paul Tol (https://sronpersonalpages.nl/~pault/), which colour-blind readers can tell apart.

The keys are matplotlib's one-letter colours, so that the course's formats ('m--', 'g-.', 'r:') mean these. Through the
book, blue is the training loss, purple the training accuracy, green the test accuracy, red what went wrong.
"""

STYLE: dict[Any, object] = {
    "axes.edgecolor": COLORS["k"],
    "axes.labelsize": 10,
    "axes.prop_cycle": cycler(color=[COLORS[letter] for letter in "bmgrcyk"]),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10,
    "figure.facecolor": "white",  # opaque: the dark text stays legible in a dark theme
    "font.size": 10,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "image.interpolation": "none",  # the file holds the pixels themselves, and they stay sharp at every zoom
    "legend.fontsize": 9,
    "legend.framealpha": 0.9,
    "lines.linewidth": 1.8,
    "path.simplify": False,  # whether a point can be left out may depend on the processor
    "savefig.bbox": "tight",  # nothing is clipped, labels and two-line titles included
    "savefig.facecolor": "white",
    "svg.fonttype": "path",  # no font of the reader's machine changes the picture
    "svg.hashsalt": "book_utils",  # the same ids, hence the same bytes, on every run
}


@cache  # once: what the reader changes afterwards stays changed
def _apply_style() -> None:
    matplotlib.rcParams.update(STYLE)
    named = get_named_colors_mapping()
    for letter, color in COLORS.items():
        named[letter] = color


def use_svg_display() -> None:
    """Show figures as SVG, sharp at every zoom, in the book's style (notebook 06).

    The date is left out of the files, so that the same figure is the same text on every run. Outside IPython only the
    style is set: there is no display to choose a format for.
    """
    _apply_style()
    if get_ipython() is not None:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None})
