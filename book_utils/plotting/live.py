"""A figure that is drawn again in place while the code runs: in notebooks, in widgets, in scripts and in windows."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import matplotlib.figure
import numpy as np
from IPython import get_ipython
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from book_utils._guards import check_count, check_figsize
from book_utils._notebook import current_kernel
from book_utils.plotting.interrupts import show_interrupts_in_full, tame_interrupts
from book_utils.plotting.places import Picture, Place, current_message, place_for
from book_utils.plotting.style import use_svg_display

drawing = threading.RLock()
"""Held while a live figure is drawn or cleared: matplotlib serves one thread at a time."""

ENDS = ("post_execute", "pre_execute")
"""What IPython calls out when a cell has ended, and when the next one begins."""

DOT = Path.unit_circle()
"""Marks the only point of a line. Nobody else's marker is this very object."""


class Figure(matplotlib.figure.Figure):
    """A figure that is up to date whoever draws it, and stays in its place whoever displays it."""

    live: "LiveFigure | None" = None
    seen: "tuple[Any, Bbox] | None" = None
    """The part of it that its last picture shows, in inches, and the room that words took then."""

    def draw(self, renderer: Any) -> None:
        with drawing:
            if self.live:
                self.live.bring_up_to_date()
            super().draw(renderer)

    def savefig(self, *args: Any, **options: Any) -> None:
        """Save the figure; not while another thread draws it, for then it has the size of that thread's picture."""
        with drawing:
            super().savefig(*args, **options)

    def get_tightbbox(self, renderer: Any = None, **options: Any) -> Bbox:
        box = super().get_tightbbox(renderer, **options)
        self.seen = _room_of_words(self), box
        return box

    def _ipython_display_(self) -> None:
        """Called instead of showing the figure: by ``plt.show()``, by the inline back end when the cell ends."""
        if not (self.live and self.live.is_on_the_page()):
            raise NotImplementedError  # and then IPython shows it as it does any other

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()  # type: ignore[misc]
        return {name: value for name, value in state.items() if name not in ("live", "seen")}


class LiveFigure:
    """A figure with one place on the page, which each frame replaces (imported by notebook 07 for its ``Animator``).

    Where it shows depends on where the code runs:

    - in a notebook, one output is updated through a display handle, so nothing flickers;
    - where output is captured (by an ``Output`` of ipywidgets, ``interact``, ``%%capture``), the picture there is;
    - with a window (a GUI back end), or a canvas in the page (``%matplotlib widget``), that is redrawn;
    - in a plain script there is nothing to show.

    In a notebook it is pyplot's current figure until the cell ends, so ``plt.title`` and ``plt.savefig`` mean it;
    elsewhere it stays open.

    Frames are dropped only where drawing would take more than half of the time, that is where states follow each other
    faster than they can be drawn; the last state of a cell is always drawn, and that of a thread when it is time.

    An x axis that is named epoch or epochs has its ticks at whole numbers.

    Args:
        nrows: Rows of axes.
        ncols: Columns of axes.
        figsize: Width and height in inches.
        update: Called before the figure is drawn if there is something new to draw: brings the lines up to date. It
            may be interrupted, and is then called again.

    In ``with live:`` stands what is to be drawn when the block ends, be it by an interrupt.

    Attributes:
        fig: The matplotlib figure.
        axes: Its axes in a flat list, row by row.
    """

    def __init__(
        self,
        nrows: int = 1,
        ncols: int = 1,
        figsize: tuple[float, float] = (3.5, 2.5),
        update: Callable[[], None] = lambda: None,
    ) -> None:
        check_count("nrows", nrows)
        check_count("ncols", ncols)
        check_figsize(figsize)
        use_svg_display(once=True)
        self._update = update
        self._asked = self._fitted = self._sent = 0  # states: that `draw` was called for, in the axes, on the page
        self._next_frame = self._awaited = 0.0
        self._painter = threading.current_thread()
        self._home: threading.Thread | None = None  # runs the cell whose end is awaited
        self._is_current = False  # pyplot's current figure, which we close when the cell ends
        self._place: Place | None = None
        self._message = ""
        self._has_changed = False
        self._shell: Any = get_ipython() if current_kernel() else None
        self._expect_the_end()  # first: no interrupt may leave a figure to later cells
        figure, axes = plt.subplots(nrows, ncols, figsize=figsize, squeeze=False, FigureClass=Figure)
        assert isinstance(figure, Figure)  # mypy does not know what FigureClass does
        self.fig: Figure = figure
        self.fig.live = self
        self.axes: list[Axes] = list(axes.flat)
        self._has_window = getattr(type(self.fig.canvas.manager), "show", None) is not FigureManagerBase.show
        if self._shell and "inline" in matplotlib.get_backend():
            self._is_current = _closes_figures()
            _withdraw(self.fig)
        elif self._has_window and self._shell and self.fig.canvas.required_interactive_framework is None:
            plt.show(block=False)  # a canvas in the page: it would be shown at the end of the cell
        elif self._has_window:
            self.fig.show()

    def __enter__(self) -> None:
        """Note that something is to be drawn, whether or not an interrupt comes before all of it is there."""
        self._painter = threading.current_thread()
        self._expect_the_end()
        self._asked += 1

    def __exit__(self, *interrupt: object) -> None:
        """Draw."""
        self.draw()

    def show_in(self, place: Place) -> None:
        """Have the running cell show the figure in a place of its own, unless it has a window."""
        if not self._has_window:
            self._place, self._message = place, current_message(self._shell)

    def draw(self, now: bool = False) -> None:
        """Fit the axes to their lines and show the present state.

        Args:
            now: At once. Otherwise it may wait until the next frame is due, at the latest until the cell ends.
        """
        self.__enter__()
        if self._is_current and not plt.fignum_exists(self.fig.number):
            plt.figure(self.fig)  # a slider was moved, and when that ended all figures were closed
        if not (self._shell or self._has_window):
            with drawing:
                self.bring_up_to_date()
        elif now or time.perf_counter() >= self._next_frame:
            self._frame()
        elif self._has_window:
            self.fig.canvas.draw_idle()  # as soon as the window has time
        else:
            self._await_frame()

    def bring_up_to_date(self) -> None:
        """Have the axes hold the present state, if they do not yet. Called whenever the figure is drawn."""
        asked = self._asked
        if self._fitted != asked:
            self._update()
            for axes in self.axes:
                for line in axes.get_lines():
                    _mark_a_single_point(line)
                _mark_whole_epochs(axes)
                axes.relim()
                axes.autoscale_view()
            self._fitted = asked
        self._has_changed = self._has_changed or self.fig.stale

    def is_on_the_page(self) -> bool:
        """Tell whether the running cell shows the figure already; if so, have it show the present state."""
        if self._place and self._message == current_message(self._shell):
            self._last_frame()
            return True
        # In another thread some other code has ended, or a slider has moved, while our cell is running.
        return self._home not in (None, threading.current_thread())

    def _frame(self, last: bool = False) -> None:
        """Draw and show the present state; with ``last`` only if something has changed since this was done.

        Another thread may add a point and save the figure while it is drawn here: then it is fitted, and not yet shown.
        """
        with drawing:
            begin = time.perf_counter()
            asked = self._asked
            self.bring_up_to_date()
            if last and not self._has_changed and self._sent == asked:
                return
            if self._has_window:
                _redraw(self.fig)
            else:
                self._find_place().show(self._as_picture())
            self._sent = asked
            self.fig.stale = self._has_changed = False
            end = time.perf_counter()
            self._next_frame = end + (end - begin)

    def _as_picture(self) -> Picture:
        """Return the figure in the formats that the reader has chosen."""
        data, metadata = {}, {}
        with showing_the_same_part(self.fig):
            for kind, formatter in self._shell.display_formatter.formatters.items():
                made = formatter(self.fig)
                if isinstance(made, tuple):
                    made, metadata[kind] = made
                if made is not None:
                    data[kind] = made
        return data, metadata

    def _find_place(self) -> Place:
        place = place_for(self._shell, self._place)
        if place is not self._place:
            self._place, self._message = place, current_message(self._shell)
        return place

    def _await_frame(self) -> None:
        """Have the next frame drawn in time if the thread is busy with other things, or has none of its own cells."""
        if self._awaited == self._next_frame:
            return
        self._awaited = self._next_frame
        self._find_place()  # an Output may be left before the frame is drawn
        wait = self._next_frame - time.perf_counter()
        if _runs_cells(self._painter):
            with suppress(RuntimeError):  # no loop is running
                asyncio.get_running_loop().call_later(wait, self._late_frame)  # a task runs on when its cell has ended
        else:
            timer = threading.Timer(wait, self._late_frame)
            timer.daemon = True
            timer.start()

    def _late_frame(self) -> None:
        if self._sent != self._asked:
            self._frame()

    def _last_frame(self) -> None:
        """Show what a cell has left undrawn, titles that came late included, unless another thread is at work."""
        if self._asked and (self._painter is threading.current_thread() or not self._painter.is_alive()):
            self._frame(last=True)

    def _expect_the_end(self) -> None:
        """Hear of the end of the running cell or, where none is running, of the beginning of the next."""
        if self._shell and not self._home:
            for event in ENDS:
                self._shell.events.register(event, self._end)
            tame_interrupts(self._shell)
            here = threading.current_thread()
            self._home = here if _runs_cells(here) else threading.main_thread()

    def _end(self) -> None:
        """Called at both ends of every cell and every slider's move, each in the thread in which it runs."""
        try:
            self._last_frame()
        except KeyboardInterrupt:  # the cell has ended, so there is nothing else to interrupt
            self._last_frame()
        finally:
            if self._home in (None, threading.current_thread()):  # None if an interrupt came before it was noted
                self._forget_the_cell()

    def _forget_the_cell(self) -> None:
        self._home = None
        show_interrupts_in_full(self._shell)
        for event in ENDS:
            with suppress(ValueError):  # an interrupt came before it was registered
                self._shell.events.unregister(event, self._end)
        if self._is_current:
            self._is_current = False
            plt.close(self.fig)


def _runs_cells(thread: threading.Thread) -> bool:
    """Tell whether a thread is one of those in which the kernel runs cells: since ipykernel 7 there are several."""
    return thread is threading.main_thread() or type(thread).__name__ == "SubshellThread"


def _closes_figures() -> bool:
    """Tell whether the inline back end closes figures when a cell ends, as it does unless the reader forbids it."""
    from matplotlib_inline.config import InlineBackend

    return bool(InlineBackend.instance().close_figures)


def _withdraw(figure: Figure) -> None:
    """Take a figure from the list of those that the inline back end is going to show.

    Showing it would do no harm. But then all figures are closed, and this happens at the end of whatever runs in any
    thread, so a slider's move would close this one in the middle of its cell.
    """
    with suppress(ImportError, AttributeError, ValueError):
        from matplotlib_inline import backend_inline

        show: Any = backend_inline.show
        show._to_draw.remove(figure)
        show._draw_called = bool(show._to_draw)


def _redraw(figure: Figure) -> None:
    """Draw a figure in its window, at once."""
    canvas = figure.canvas
    if hasattr(canvas.manager, "refresh_all"):  # in the page: it asks for a picture when the cell has ended
        canvas.draw()
    else:
        canvas.draw_idle()
        canvas.flush_events()


@contextmanager
def showing_the_same_part(figure: Figure) -> Iterator[None]:
    """Have pictures show that part of a figure which the last one showed, unless words have come to take other room.

    A picture in a notebook ends where the words around the axes end, and to find out where that is, matplotlib draws
    everything twice.
    """
    engine = figure.get_layout_engine()
    stays = engine is None or isinstance(engine, PlaceHolderLayoutEngine)
    if not (stays and figure.seen and figure.seen[0] == _room_of_words(figure)):
        yield
        return
    canvas, part = figure.canvas, figure.seen[1].padded(matplotlib.rcParams["savefig.pad_inches"])
    print_figure = canvas.print_figure

    def print_part(*args: Any, bbox_inches: Any = None, pad_inches: Any = None, **options: Any) -> Any:
        if bbox_inches == "tight" and pad_inches is None:
            bbox_inches = part
        return print_figure(*args, bbox_inches=bbox_inches, pad_inches=pad_inches, **options)

    canvas.print_figure = print_part  # type: ignore[method-assign]
    if engine:
        figure.set_layout_engine(None)  # with any, even one that does nothing, it would be drawn twice after all
    try:
        yield
    finally:
        if engine:
            figure.set_layout_engine(engine)
        del canvas.print_figure


def _room_of_words(figure: matplotlib.figure.Figure) -> Any:
    """Return something that is equal for two states of a figure if their words take about the same room."""
    for axes in figure.axes:
        axes.get_xticklabels(), axes.get_yticklabels()  # have them say what they will say when drawn
    words = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    places = [figure.bbox_inches.bounds, *(axes.get_position().bounds for axes in figure.axes)]
    return places, [(text.get_text().count("\n"), len(text.get_text()), text.get_fontsize()) for text in words]


def _mark_whole_epochs(axes: Axes) -> None:
    """Put the ticks of an x axis that is named epoch, or epochs, at whole numbers."""
    locator = axes.xaxis.get_major_locator()
    if axes.get_xlabel() in ("epoch", "epochs") and isinstance(locator, MaxNLocator):
        locator.set_params(integer=True)


def _mark_a_single_point(line: Line2D) -> None:
    """Put a dot where a line has only one point, which would not be seen, and take it away when there are more."""
    is_single = np.shape(line.get_xydata())[0] == 1
    if is_single and line.get_marker() in ("None", "none", "", " ", None):
        line.set_marker(DOT)
    elif not is_single and line.get_marker() is DOT:
        line.set_marker("None")
