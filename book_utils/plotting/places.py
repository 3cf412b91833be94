"""Where a notebook shows a picture, and how it is replaced there."""

import sys
from typing import Any
from weakref import WeakKeyDictionary

from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.display import DisplayHandle, clear_output, display

Picture = tuple[dict[str, Any], dict[str, Any]]
"""A figure as a page gets it: its data, and what is said of them, by format."""


class Page:
    """An output below a cell. Updates find it by its name, from wherever they come."""

    captured_by: Any = None
    stays = False
    """Whether it remains the figure's place when output is captured elsewhere."""

    def __init__(self) -> None:
        self._handle: Any = DisplayHandle()
        self._is_shown = False

    def show(self, picture: Picture) -> None:
        data, metadata = picture
        send = self._handle.update if self._is_shown else self._handle.display
        send(data, metadata=metadata, raw=True)
        self._is_shown = True


class InList(Page):
    """One of the outputs that ``%%capture`` or ``capture_output`` keeps in a list."""

    def __init__(self, shell: Any) -> None:
        super().__init__()
        self._shell, self.captured_by = shell, shell.display_pub
        self._entry: dict[str, Any] = {}

    def show(self, picture: Picture) -> None:
        self._entry.update(zip(("data", "metadata"), picture))
        if not self._is_shown:
            super().show(picture)
            self._entry = self.captured_by.outputs[-1]
        elif self._shell.display_pub is not self.captured_by:
            super().show(picture)  # the list may have been shown since


class InOutput:
    """A picture in an ``Output`` of ipywidgets. Updates do not reach it there: all is cleared, and shown anew.

    All means the pictures that a cell or a callback has put there, so that two can grow side by side.
    """

    stays = False
    _together: "WeakKeyDictionary[Any, tuple[str, dict[InOutput, Picture]]]" = WeakKeyDictionary()

    def __init__(self, widget: Any) -> None:
        self.captured_by = widget
        message, pictures = self._together.get(widget, ("", {}))
        if message != widget.msg_id:  # what was there before is gone, or will be
            pictures = {}
            self._together[widget] = (widget.msg_id, pictures)
        self._pictures = pictures

    def show(self, picture: Picture) -> None:
        if self.captured_by.msg_id:
            self._send(picture)
        else:
            with self.captured_by:
                self._send(picture)

    def _send(self, picture: Picture) -> None:
        is_shown = self in self._pictures
        self._pictures[self] = picture
        if is_shown:
            clear_output(wait=True)
        for data, metadata in self._pictures.values() if is_shown else [picture]:
            display(data, metadata=metadata, raw=True)


Place = Page | InOutput


def place_for(shell: Any, place: Place | None) -> Place:
    """Return the place where a picture shows now: where it did so far, unless its output is captured elsewhere."""
    if place and place.stays:
        return place
    captured_by = capturing(shell)
    if place and captured_by in (None, place.captured_by):
        return place
    if captured_by is None:
        return Page()
    return InList(shell) if captured_by is shell.display_pub else InOutput(captured_by)


def capturing(shell: Any) -> Any:
    """Return what keeps the output of the running code from the page, a publisher or an ``Output``, or None.

    A page hands everything to an ``Output`` that answers the message with the number ``msg_id``. Who entered it last
    gets it; of several, that is taken to be the youngest.
    """
    if isinstance(shell.display_pub, CapturingDisplayPublisher):
        return shell.display_pub
    widgets = sys.modules.get("ipywidgets")
    message = current_message(shell)
    if widgets is None or not message:
        return None
    module = sys.modules["ipywidgets.widgets.widget"]
    instances = module._instances if hasattr(module, "_instances") else module.Widget.widgets  # since 8 and before
    outputs = [widget for widget in list(instances.values()) if isinstance(widget, widgets.Output)]
    return next((output for output in reversed(outputs) if output.msg_id == message), None)


def current_message(shell: Any) -> str:
    """Return the name of the message, from a cell or a slider, which the running code answers."""
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    return str(parent.get("header", {}).get("msg_id", ""))
