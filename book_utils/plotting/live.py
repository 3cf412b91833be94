"""A figure that is drawn again in place while the code runs: in notebooks, in scripts and in windows."""

import time
from typing import Any

import matplotlib
from IPython import get_ipython
from IPython.display import DisplayHandle, display
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from book_utils._guards import check_count, check_figsize
from book_utils.plotting.style import use_svg_display


class LiveFigure:
    """A figure with one place on the page, which each frame replaces (imported by notebook 07 for its ``Animator``).

    Where it shows depends on where the code runs:

    - in a notebook, one output is updated through a display handle, so nothing flickers;
    - with a window (a GUI back end), the window is redrawn;
    - in a plain script there is nothing to show; the figure stays open in pyplot, so ``plt.savefig`` finds it.

    Frames are dropped only where drawing would take more than half of the time, that is where states follow each other
    faster than they can be drawn; the last state of a cell is always drawn.

    Args:
        nrows: Rows of axes.
        ncols: Columns of axes.
        figsize: Width and height in inches.

    Attributes:
        fig: The matplotlib figure.
        axes: Its axes in a flat list, row by row.
    """

    def __init__(self, nrows: int = 1, ncols: int = 1, figsize: tuple[float, float] = (3.5, 2.5)) -> None:
        check_count("nrows", nrows)
        check_count("ncols", ncols)
        check_figsize(figsize)
        use_svg_display(once=True)
        self.fig, axes = plt.subplots(nrows, ncols, figsize=figsize, squeeze=False)
        self.axes: list[Axes] = list(axes.flat)
        self._shell: Any = get_ipython() if "inline" in matplotlib.get_backend() else None
        self._handle: DisplayHandle | None = None
        self._next_frame = 0.0
        self._waiting = False
        self._has_window = hasattr(self.fig.canvas.manager, "window")
        if self._shell:
            plt.close(self.fig)  # else the inline back end would show it once more at the end of the cell
        elif self._has_window:
            self.fig.show()

    def draw(self) -> None:
        """Fit the axes to their lines and show the present state, now or at the latest when the cell ends."""
        if time.perf_counter() >= self._next_frame:
            self._frame()
        elif not self._waiting:
            self._waiting = True
            if self._shell:
                self._shell.events.register("post_execute", self._last_frame)
        if self._shell is None:
            self._fit()  # whoever saves the figure sees all of it, though no frame is due
            if self._has_window:
                self.fig.canvas.draw_idle()  # as soon as the window has time

    def _fit(self) -> None:
        for axes in self.axes:
            axes.relim()
            axes.autoscale_view()

    def _frame(self) -> None:
        begin = time.perf_counter()
        self._fit()
        if self._shell is None:
            self.fig.canvas.draw_idle()
            self.fig.canvas.flush_events()
        elif self._handle is None:
            self._handle = display(self.fig, display_id=True)
        else:
            self._handle.update(self.fig)
        end = time.perf_counter()
        self._next_frame = end + (end - begin)

    def _last_frame(self) -> None:
        self._shell.events.unregister("post_execute", self._last_frame)
        self._waiting = False
        self._frame()
