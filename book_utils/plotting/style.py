"""How the figures of the book look: sharp, the same bytes on every run, legible for colour-blind readers."""

from functools import cache
from typing import Any

import matplotlib
from cycler import cycler
from IPython import get_ipython
from matplotlib.colors import get_named_colors_mapping
from matplotlib.figure import Figure

from book_utils import _notebook

COLORS = {
    "b": "#4477AA",
    "m": "#AA3377",
    "g": "#228833",
    "r": "#EE6677",
    "c": "#00A0B0",
    "y": "#A08000",
    "k": "#333333",
}
"""The 'bright' scheme of Paul Tol (https://sronpersonalpages.nl/~pault/), which colour-blind readers can tell apart.

Its cyan and its yellow are too pale for lines on white, and are darker here. The keys are matplotlib's one-letter
colours, so that the course's formats ('m--', 'g-.', 'r:') mean these. Through the book each has one meaning: blue is
loss, purple accuracy in training, green what concerns data that the model has not learned from, red what goes wrong,
cyan the model and what it predicts, yellow gradients and the steps along them. Data and all else is black or grey.
"""

# What must contrast is set together, so that no style sheet of the reader's, or of an editor's dark theme, leaves white
# letters on our white ground.
STYLE: dict[Any, object] = {
    "axes.axisbelow": True,  # the grid lies behind all data
    "axes.edgecolor": COLORS["k"],
    "axes.facecolor": "white",
    "axes.labelcolor": "black",
    "axes.labelsize": 10,
    "axes.prop_cycle": cycler(color=[COLORS[letter] for letter in "bmgrcyk"]),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": "auto",  # text.color
    "axes.titlesize": 10,
    "figure.facecolor": "white",  # opaque: the dark text stays legible in a dark theme
    "font.size": 10,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "image.interpolation": "none",  # the file holds the pixels themselves, and they stay sharp at every zoom
    "legend.facecolor": "inherit",  # axes.facecolor
    "legend.fontsize": 9,
    "legend.framealpha": 0.9,
    "legend.labelcolor": None,  # text.color
    "lines.linewidth": 1.8,
    "path.simplify": False,  # whether a point can be left out may depend on the processor
    "savefig.bbox": "tight",  # nothing is clipped, labels and two-line titles included
    "savefig.facecolor": "white",
    "svg.fonttype": "path",  # no font of the reader's machine changes the picture
    "svg.hashsalt": "book_utils",  # the same ids, hence the same bytes, on every run
    "text.color": "black",
    **{f"{axis}tick.{part}": color for axis in "xy" for part, color in (("color", "black"), ("labelcolor", "inherit"))},
}


@cache  # once: what the reader changes afterwards stays changed
def _apply_style() -> None:
    matplotlib.rcParams.update(STYLE)
    named = get_named_colors_mapping()
    for letter, color in COLORS.items():
        named[letter] = color


_chosen_for: Any = None  # the shell in which figures have been made SVG


def use_svg_display(once: bool = False) -> None:
    """Show figures as SVG, sharp at every zoom, in the book's style (notebook 06).

    The style is set in matplotlib's own settings, for all figures of the process, the first time that a plotting helper
    of the book is called, and never again: what you change afterwards stays. Beside colours and sizes it gives the
    letters 'b', 'm', 'g', 'r', 'c', 'y' and 'k' the book's colours, saves figures with nothing clipped
    (``savefig.bbox``) and leaves no point of a curve out (``path.simplify``). A style sheet of your own goes on top:
    ``plt.style.use('ggplot')`` after the first plot. ``set_matplotlib_formats('png')`` or ``%config
    InlineBackend.figure_formats = ['png']`` changes the format, until you call this function again.

    The date is left out of the files, so that the same figure is the same text on every run. Outside IPython only the
    style is set: there is no display to choose a format for.

    Args:
        once: Do nothing about the format if this function has chosen it before, whatever it is now.
    """
    global _chosen_for
    _apply_style()
    _notebook.keep_label()
    shell = get_ipython()
    if shell is not None and not (once and _chosen_for is shell):
        from matplotlib_inline.config import InlineBackend

        InlineBackend.instance(parent=shell).figure_formats = {"svg"}  # so that %config sees a change if you want PNG
        _leave_out_the_date()
        shell.events.register("post_run_cell", _after_the_cell)
        _chosen_for = shell


def _leave_out_the_date() -> None:
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    set_matplotlib_formats("svg", metadata={"Date": None})


def _after_the_cell(*_: object) -> None:
    """Choose the format once more: an older inline back end sets up its own after the first cell that draws."""
    shell = get_ipython()
    shell.events.unregister("post_run_cell", _after_the_cell)
    if Figure in shell.display_formatter.formatters["image/svg+xml"]:  # else you have chosen another meanwhile
        _leave_out_the_date()
