"""What of a notebook is kept in its file: figures, and no widget that would be dead when it is opened again."""

from __future__ import annotations

from typing import Any

WIDGET = "application/vnd.jupyter.widget-view+json"
STILL = "book-utils-still"
"""Part of the HTML that shows a figure beside its sliders (``book_utils/plotting/sliders.py``)."""


def settle_widgets(notebook: Any) -> None:
    """Take out, in place, widgets for which the notebook (in the format of version 4) has a substitute.

    A widget lives no longer than its kernel. Of an output that holds something else to look at, the widget goes and
    that remains: of a figure with sliders the figure, as if it had been drawn without them, and a sentence. A widget
    with nothing beside it stays, and so does what Jupyter has noted about widgets as long as any is left.
    """
    outputs = [output.get("data", {}) for cell in notebook["cells"] for output in cell.get("outputs", ())]
    for data in outputs:
        if data.keys() - {WIDGET, "text/plain"}:
            data.pop(WIDGET, None)
        if any(kind.startswith("image/") for kind in data) and STILL in "".join(data.get("text/html", "")):
            del data["text/html"]
    if not any(WIDGET in data for data in outputs):
        notebook["metadata"].pop("widgets", None)
