"""Pictures to play with: a figure, and sliders that draw it anew."""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from IPython.display import display

from book_utils._guards import check_count, check_slider
from book_utils._notebook import is_voila, is_watched
from book_utils.plotting.live import LiveFigure, drawing

if TYPE_CHECKING:
    from ipywidgets import FloatSlider, IntSlider


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
        with place, drawing:
            for axes in live.axes:
                axes.cla()
            draw(*live.axes, **values)
            live.draw()

    place: AbstractContextManager[Any] = nullcontext()
    if is_watched():
        _show_controls(sliders, show)
    if is_voila():
        place = _show_output()
    show({name: start for name, (_, _, start) in sliders.items()})


def _show_controls(sliders: dict[str, tuple[float, float, float]], show: Callable[[dict[str, float]], None]) -> None:
    """Display the sliders, above the figure that follows."""
    try:
        from ipywidgets import VBox
    except ImportError:
        return
    controls = {name: _control(name, *bounds) for name, bounds in sliders.items()}
    for control in controls.values():
        control.observe(lambda _: show({name: c.value for name, c in controls.items()}), "value")
    display(VBox(list(controls.values())))


def _show_output() -> AbstractContextManager[Any]:
    """Display an ``Output`` for the figure, and return it."""
    from ipywidgets import Output

    output = Output()
    display(output)
    return output


def _control(name: str, low: float, high: float, start: float) -> "FloatSlider | IntSlider":
    from ipywidgets import FloatSlider, IntSlider

    whole = all(isinstance(value, int) for value in (low, high, start))
    kind, step = (IntSlider, 1) if whole else (FloatSlider, step_of(low, high))
    # The name in full, however long: by default it is cut off after some twelve letters.
    style, layout = {"description_width": "8em"}, {"width": "30em"}
    label = name.replace("_", " ")
    return kind(value=start, min=low, max=high, step=step, description=label, style=style, layout=layout)


def step_of(low: float, high: float) -> float:
    """Return a round step, a power of ten, that gives a slider 50 to 500 places."""
    return 10.0 ** math.floor(math.log10((high - low) / 50))
