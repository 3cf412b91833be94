"""What a reader wants to know of a computer before the first chapter, in the language of the notebook."""

from __future__ import annotations

import platform
from importlib.util import find_spec

from book_utils import __main__ as report
from book_utils._words import Text, plain, text
from book_utils.fashion_mnist import files

SHOWN = ("torch", "torchvision", "matplotlib")
"""The packages whose versions are named."""


def check_computer() -> None:
    """Print five lines on packages, images, device and sliders (the book's start page).

    What has to be mended begins with an exclamation mark and says how. Nothing is downloaded, unpacked or drawn; for
    more, ``python -m book_utils`` prints a whole screen.
    """
    lines = [packages(), images(), computing(), sliders()]
    ready = all(good for good, _ in lines)
    for good, said in [*lines, (ready, text("ready" if ready else "not ready"))]:
        print("  " if good else "! ", said, sep="")


def packages() -> tuple[bool, Text]:
    """Tell whether all requirements are met, and which are not."""
    lacking = report.missing()
    if lacking != "nothing":
        return False, text("lacking", lacking=lacking)
    versions = ", ".join(f"{name} {report.version(name)}" for name in SHOWN)
    return True, text("packages", python=platform.python_version(), versions=versions)


def images() -> tuple[bool, Text]:
    """Tell which images the chapters will show. Those that were asked for are right, whichever they are."""
    try:
        kind, why = files.outlook()
    except ValueError as error:  # a setting that cannot be meant
        return False, plain(str(error))
    if why == text("asked for")["en"]:
        kind = "asked for"
    return kind not in ("standin", "none"), text(f"images {kind}")


def computing() -> tuple[bool, Text]:
    """Tell where PyTorch computes, as ``try_gpu`` chooses."""
    import torch

    if torch.cuda.is_available():
        return True, text("gpu", name=torch.cuda.get_device_name(0))
    return True, text("processor")


def sliders() -> tuple[bool, Text]:
    """Tell whether there are sliders."""
    there = find_spec("ipywidgets") is not None
    return there, text("has sliders" if there else "no sliders")
