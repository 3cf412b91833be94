"""Pictures to play with: a figure, and sliders that draw it anew."""

from collections.abc import Callable

from book_utils._guards import check_count, check_slider
from book_utils._notebook import current_kernel, is_watched
from book_utils.plotting.live import LiveFigure, drawing


def explore(
    draw: Callable[..., None],
    ncols: int = 1,
    figsize: tuple[float, float] = (6.0, 3.0),
    **sliders: tuple[float, float, float],
) -> None:
    """Show a figure and, to a person who can move them, sliders that draw it anew (notebook 02).

    Without a person (nbclient, nbconvert, nbval), without ipywidgets and in a plain script the figure is drawn once,
    with the values that the sliders start from: a stored notebook holds the figure, and no widget that is dead.

    Args:
        draw: Draws one state. It is called as ``draw(*axes, **values)``, with empty axes and with one number for each
            slider.
        ncols: How many axes, side by side.
        figsize: Width and height in inches.
        sliders: For each number its smallest value, its largest, and the one to start from. Where all three are
            ``int``, the slider has whole numbers only.

    Raises:
        TypeError: A bound of a slider is not a number.
        ValueError: A slider is not three numbers, or does not start between its bounds.
    """
    check_count("ncols", ncols)
    for name, bounds in sliders.items():
        check_slider(name, bounds)
    live = LiveFigure(1, ncols, figsize)
    live.fig.set_layout_engine("constrained")

    def show(values: dict[str, float]) -> None:
        with drawing:
            for axes in live.axes:
                axes.cla()
            draw(*live.axes, **values)
            live.draw(now=True)

    starts = {name: start for name, (_, _, start) in sliders.items()}
    if current_kernel() and is_watched():
        _show_with_sliders(live, sliders, starts, show)
    else:
        show(starts)


def _show_with_sliders(
    live: LiveFigure,
    sliders: dict[str, tuple[float, float, float]],
    starts: dict[str, float],
    show: Callable[[dict[str, float]], None],
) -> None:
    """Show the figure, and the sliders where there are widgets."""
    try:
        from book_utils.plotting.sliders import Sliders
    except ImportError:
        return show(starts)
    controls = Sliders(live, sliders, show)
    live.show_in(controls)
    show(starts)
    controls.appear()  # where the figure has a window of its own
