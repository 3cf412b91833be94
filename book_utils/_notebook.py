"""What the package says to whom: whether a person is looking on, and the notice that the stand-in is in use."""

from __future__ import annotations

import html
import os
import sys
from typing import Any, TextIO

from book_utils._words import Text, joined, text

STANDIN = "drawn stand-in, not Fashion-MNIST"
TITLE = f"in use: {STANDIN}"
"""What stands above every figure that is made while the stand-in is in use."""


def is_watched() -> bool:
    """Tell whether somebody sees output as it comes: in a terminal, or in a notebook that a person runs.

    nbclient, nbconvert and nbval run cells without a keyboard, and say so with each request. So does Voila, but for
    somebody who waits for the page.
    """
    kernel = current_kernel()
    return sys.stderr.isatty() if kernel is None else is_voila() or getattr(kernel, "_allow_stdin", True)


def is_voila() -> bool:
    """Tell whether Voila runs the notebook: as a page without cells, in which only widgets change after it is shown."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila")


def current_kernel() -> Any:
    """Return Jupyter's kernel if this process is one."""
    ipython = sys.modules.get("IPython")
    return getattr(ipython.get_ipython(), "kernel", None) if ipython else None


def stream() -> TextIO:
    """Return where to write what goes on: not stderr in a notebook, which shows it in red."""
    return sys.stderr if current_kernel() is None else sys.stdout


class Notice:
    """A text in a box that cannot be overlooked: of colour in a notebook, of lines in a terminal."""

    def __init__(self, title: str, *lines: str) -> None:
        self.title, self.lines = title, lines

    def __repr__(self) -> str:
        rule = "=" * min(100, max(map(len, (self.title, *self.lines))))
        return "\n".join([rule, self.title, *self.lines, rule])

    def _repr_html_(self) -> str:
        # Its own background and letters, so that it reads alike on light and on dark pages.
        box = "background:#fff3cd; color:#4d3800; border-left:0.5em solid #d97706; padding:0.6em 1em"
        lines = "<br>".join(html.escape(line) for line in self.lines)
        return f'<div style="{box}"><b>{html.escape(self.title)}</b><br>{lines}</div>'


_standin_said = False  # in this process


def say_standin(*why: Text) -> None:
    """Show the notice, and have every figure made from now on carry ``TITLE``.

    Args:
        why: The reason, and what can be done.
    """
    reason, *advice = why
    said = joined("lines", [text("title"), text("drawn"), text("reason", reason=reason), *advice])
    notice = Notice(*str(said).splitlines())
    ipython = sys.modules.get("IPython")
    if ipython and ipython.get_ipython() is not None:
        ipython.display.display(notice)
    else:
        print(notice)

    global _standin_said
    _standin_said = True
    keep_label()
    if ipython and (shell := ipython.get_ipython()) is not None:
        shell.events.register("pre_run_cell", keep_label)


def keep_label(*_: object) -> None:
    """Have figures made from now on carry ``TITLE`` if the stand-in is in use.

    The list of hooks is one of matplotlib's settings, and ``plt.style.use("default")`` empties it.
    """
    if not _standin_said:
        return
    import matplotlib

    hook = f"{__name__}:label"
    if hook not in matplotlib.rcParams["figure.hooks"]:
        matplotlib.rcParams["figure.hooks"] = [*matplotlib.rcParams["figure.hooks"], hook]


def label(figure: Any) -> None:
    """Put ``TITLE`` above a new figure. matplotlib calls this for each that pyplot makes."""
    if figure.get_layout_engine() is None:
        figure.set_layout_engine("constrained")  # makes room for it, whatever titles the axes will have
    figure.suptitle(TITLE, fontsize="small", color="tab:red")
