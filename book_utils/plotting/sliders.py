"""Sliders and the figure that follows them, as one widget; and beside it the figure for pages without widgets."""

import atexit
import base64
import html
import math
import re
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakSet

import matplotlib
from IPython import get_ipython
from IPython.display import display
from ipywidgets import HTML, FloatSlider, Image, IntSlider, VBox
from matplotlib.figure import Figure

from book_utils._words import text
from book_utils.plotting.live import LiveFigure
from book_utils.plotting.places import Page, Picture, current_message

LIBRARIES = (str(Path(__file__).parents[1]), str(Path(matplotlib.__file__).parent))

# What a page shows of the two. Each rule stands alone: a browser that does not know `:has` leaves out that rule only.
LIVE = """<style>
.book-utils-still-{name} {{ display: none }}
.jp-OutputArea-child:has(.book-utils-still-{name}) {{ display: none }}
.book-utils-dead {{ display: none }}
.book-utils-explore:is(.jupyter-widgets-disconnected, .book-utils-gone) .book-utils-dead {{ display: block }}
.book-utils-explore:is(.jupyter-widgets-disconnected, .book-utils-gone) .book-utils-controls {{ display: none }}
.book-utils-explore:is(.jupyter-widgets-disconnected, .book-utils-gone) pre {{ display: none }}
.book-utils-explore:is(.jupyter-widgets-disconnected, .book-utils-gone) > img {{ opacity: 1 }}
.book-utils-explore:is(.jupyter-widgets-disconnected, .book-utils-gone)::before {{ content: none }}
.book-utils-explore .jupyter-widgets-disconnected::before {{ content: none }}
.book-utils-explore .widget-html-content {{ line-height: normal }}
.book-utils-explore > img {{ max-width: 100%; height: auto }}
.book-utils-behind {{ opacity: 0.3 }}
</style><div class="book-utils-dead">{sentence}</div>{error}"""
"""Within the widget. It hides the figure beside it; without a kernel it hides the sliders."""

STILL = """<style>
.jp-OutputArea-child:has(+ .jp-OutputArea-child .book-utils-still) > .jupyter-widgets:not(:has(*)) {{ font-size: 0 }}
.jp-OutputArea-child:has(+ .jp-OutputArea-child .book-utils-still) > .jupyter-widgets:not(:has(*))::after {{
  content: "{sentence}"; font-size: var(--jp-content-font-size1, 14px) }}
</style>
<div class="book-utils-still book-utils-still-{name}"><img src="{source}" style="max-width: 100%"{width}></div>"""
"""Beside the widget: the figure and, in the place of a widget that the page does not find, what to do about it."""

ERROR = """<pre style="background:#fff3f3; color:#7a1f1f; border-left:0.5em solid #cc3333; padding:0.6em 1em;
max-height:20em; overflow:auto; white-space:pre-wrap">{}</pre>"""


class Sliders(Page):
    """Sliders with a figure below them, in one widget, which comes back alive when a page is loaded again.

    Below it a second output holds the figure as the cell has left it. It is seen where no widget is: in a notebook that
    was stored, without a kernel, in a program that has no widgets.

    Args:
        live: The figure, which is to be shown here.
        sliders: For each number its smallest value, its largest, and the one to start from.
        draw: Called with the values whenever a slider has moved. What it raises is shown, and the sliders live on.
    """

    stays = True

    def __init__(
        self,
        live: LiveFigure,
        sliders: dict[str, tuple[float, float, float]],
        draw: Callable[[dict[str, float]], None],
    ) -> None:
        super().__init__()
        self._live, self._draw = live, draw
        self._engine: Any = None  # of the figure's layout
        self._widths: list[int] = []
        self._cell = current_message(get_ipython())
        self._has_followed = self._is_there = False
        self._controls = {name: _control(name, *bounds) for name, bounds in sliders.items()}
        for control in self._controls.values():
            control.observe(self._follow, "value")
        self._controls_box = VBox([*self._controls.values()])
        self._controls_box.add_class("book-utils-controls")
        self._image = Image(format="svg+xml", layout={"align_self": "flex-start"})
        self._words = HTML()
        self._box = VBox([self._controls_box, self._words])
        self._box.add_class("book-utils-explore")
        self._name = str(self._box.model_id)
        self._say()

    def show(self, picture: Picture) -> None:
        """Show a picture below the sliders; while the cell runs that made them, keep it for other pages, too."""
        data, metadata = picture
        kind = next((kind for kind in data if kind.startswith("image/")), None)
        if kind:
            value, width = _as_bytes(data[kind]), metadata.get(kind, {}).get("width", "")
            with self._image.hold_sync():
                self._image.format, self._image.value = kind.removeprefix("image/"), value
                self._image.width = str(width)
            self._box.children = [self._controls_box, self._words, self._image]
            self._has_followed = True
            source = f"data:{kind};base64,{base64.b64encode(value).decode()}"
            size = f' width="{width}"' if width else ""
            still = STILL.format(name=self._name, sentence=text("sliders"), source=source, width=size)
            data = {**data, "text/html": still}
        self.appear()
        if self._cell == current_message(get_ipython()):
            super().show((data, metadata))

    def appear(self) -> None:
        """Display the sliders, with a sentence for pages that do not have them, unless this was done."""
        if self._is_there:
            return
        self._is_there = True
        _alive.add(self)
        _close_those_of_earlier_runs(self)
        sentence = str(text("sliders"))
        view = {"version_major": 2, "version_minor": 0, "model_id": self._box.model_id}
        data = {"application/vnd.jupyter.widget-view+json": view, "text/markdown": sentence, "text/plain": sentence}
        display(data, raw=True)

    def say_goodbye(self) -> None:
        """Have the page put the sentence in the place of the sliders: the kernel ends."""
        self._box.add_class("book-utils-gone")

    def close(self) -> None:
        """Let go of everything, here and on the page."""
        for widget in (*self._controls.values(), self._controls_box, self._image, self._words, self._box):
            for part in (getattr(widget, "style", None), widget.layout, widget):
                if part:
                    part.close()

    def _follow(self, _: object) -> None:
        """Draw what the sliders say."""
        try:
            self._has_followed = False
            self._keep_layout()
            self._draw({name: control.value for name, control in self._controls.items()})
            if not self._has_followed:  # IPython tells errors of drawing to the cell, which has ended: raise them here
                self._live.fig.draw_without_rendering()
            self._renew_layout()
        except (Exception, KeyboardInterrupt) as error:
            self._say(_as_text(error))
            self._image.add_class("book-utils-behind")
        else:
            self._say()
            self._image.remove_class("book-utils-behind")

    def _keep_layout(self) -> None:
        """Have the axes stay where they are: finding their places takes as long as drawing them."""
        if not self._engine:
            self._engine, self._widths = self._live.fig.get_layout_engine(), widths_of_words(self._live.fig)
        self._live.fig.set_layout_engine("none")  # not `None`: where there is no engine, `label_lines` sets one

    def _renew_layout(self) -> None:
        """Find the places of the axes anew, and draw again, if words beside them have grown or shrunk."""
        if (widths := widths_of_words(self._live.fig)) != self._widths:
            self._widths = widths
            self._live.fig.set_layout_engine(self._engine)
            self._live.draw(now=True)

    def _say(self, error: str = "") -> None:
        shown = ERROR.format(html.escape(error)) if error else ""
        self._words.value = LIVE.format(name=self._name, sentence=text("sliders"), error=shown)


_alive: "WeakSet[Sliders]" = WeakSet()


@atexit.register
def _say_goodbye() -> None:
    """Pages hear of the end of a kernel that is restarted, and not of one that is shut down."""
    for sliders in _alive:
        with suppress(Exception):  # nobody listens any more
            sliders.say_goodbye()


_shown: dict[str, list[Sliders]] = {}  # by the name of the cell


def _close_those_of_earlier_runs(sliders: Sliders) -> None:
    """A cell that runs again takes its old sliders off the page; their figure is closed with them."""
    shell: Any = get_ipython()
    cell = shell.get_parent().get("metadata", {}).get("cellId") if hasattr(shell, "get_parent") else None
    if not cell:
        return
    before = _shown.get(cell, [])
    _shown[cell] = [each for each in before if each._cell == sliders._cell] + [sliders]
    for each in before:
        if each not in _shown[cell]:
            each.close()


def _control(name: str, low: float, high: float, start: float) -> FloatSlider | IntSlider:
    whole = all(isinstance(value, int) for value in (low, high, start))
    kind, step = (IntSlider, 1) if whole else (FloatSlider, step_of(low, high))
    # The name in full, however long: by default it is cut off after some twelve letters.
    style, layout = {"description_width": "8em"}, {"width": "30em", "max_width": "98%"}
    label = name.replace("_", " ")
    return kind(value=start, min=low, max=high, step=step, description=label, style=style, layout=layout)


def widths_of_words(figure: Figure) -> list[int]:
    """Return the lengths of the longest numbers at the axes, and how many lines the titles have."""
    sides = [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]
    numbers = [[len(tick.label1.get_text()) for tick in axis.majorTicks] for axis in sides]
    return [max(lengths, default=0) for lengths in numbers] + [axes.get_title().count("\n") for axes in figure.axes]


def step_of(low: float, high: float) -> float:
    """Return a round step, a power of ten, that gives a slider 50 to 500 places."""
    return 10.0 ** math.floor(math.log10((high - low) / 50))


def _as_bytes(picture: str | bytes) -> bytes:
    """Return a picture as it would stand in a file: as text it is either SVG, or in base 64."""
    if isinstance(picture, bytes):
        return picture
    return picture.encode() if picture.lstrip().startswith("<") else base64.b64decode(picture)


def _as_text(error: BaseException) -> str:
    """Return an error as a cell shows it, from the reader's own code on; alone if it is in none of that."""
    where = error.__traceback__
    while where and where.tb_frame.f_code.co_filename.startswith(LIBRARIES):
        where = where.tb_next
    if where is None:
        return "".join(traceback.format_exception_only(type(error), error)).strip()
    shell: Any = get_ipython()
    lines = shell.InteractiveTB.structured_traceback(type(error), error, where, tb_offset=0)
    return re.sub(r"\x1b\[[\d;]*m", "", "\n".join(lines))
