"""One screen for a bug report: what this machine has, and which data would be used.

    python -m book_utils

It is in English, whatever the notebook's language, since it is made to be sent. It looks and changes nothing: it
downloads, unpacks and draws nothing, and writes only what verifying always notes down.

Each line is found out by itself, and printed before the next is begun. What is broken says so in its line; where a
library ends the whole process, the lines before it are there. Passwords and the name of the home folder are left out.
"""

from __future__ import annotations

import os
import platform
import queue
import re
import sys
import textwrap
import threading
import unicodedata
import warnings
from collections.abc import Callable
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import getproxies

import book_utils
from book_utils._words import language
from book_utils.fashion_mnist import files

if TYPE_CHECKING:
    from packaging.requirements import Requirement

WIDTH = 100
"""Columns of the screen."""

MARGIN = 12
"""Columns for the names of the lines."""

PATIENCE = 60.0
"""Seconds for one line. A network drive may never answer; to import torch from a slow one takes a while."""

SHOWN = ("torch", "torchvision", "numpy", "matplotlib", "IPython", "ipykernel", "ipywidgets", "jupyterlab")
"""The packages whose versions are shown even if nothing is wrong with them."""


def main() -> None:
    """Print the report."""
    for name, (rows, find) in LINES.items():
        print("\n".join(laid_out(name, found_out(find), rows)), flush=True)


def found_out(find: Callable[[], str], patience: float = PATIENCE) -> str:
    """Return what ``find`` returns or, in one sentence, why it does not.

    Args:
        find: Called in a thread of its own, which is left alone if it does not come to an end.
        patience: Seconds to wait for it.
    """
    answers: queue.SimpleQueue[str] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(find())
        except BaseException as error:  # whatever a broken library raises, SystemExit included
            answers.put(f"not found out: {brief(error)}")

    threading.Thread(target=ask, daemon=True).start()
    try:
        return answers.get(timeout=patience)
    except queue.Empty:
        return f"not found out: no answer within {patience:g} seconds"


def brief(error: BaseException) -> str:
    """Return the first line of what an error says, without what could be a name and a password."""
    lines = str(error).strip().splitlines()
    said = re.sub(r"[^\s'\"]*@", "***@", lines[0][:300]) if lines else ""
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def laid_out(name: str, said: str, rows: int) -> list[str]:
    """Return a line of the report as it fits the screen: in at most ``rows`` rows, in characters that it can show."""
    # Also where a path has made one slash of two. A drive has one letter.
    said = re.sub(r"(\w\w+:/+)(?:(?!\w\w+:/).)*@", r"\1***@", said)
    if (home := os.path.expanduser("~")) not in ("~", os.sep):
        said = said.replace(home + os.sep, "~" + os.sep)
    said = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in said)
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    said = said.encode(encoding, "backslashreplace").decode(encoding)
    # A character of two columns counts as two.
    wide = "".join(char + "\0" * (unicodedata.east_asian_width(char) in "WF") for char in said)
    wrapped = textwrap.wrap(
        wide,
        WIDTH,
        initial_indent=name.ljust(MARGIN),
        subsequent_indent=" " * MARGIN,
        break_on_hyphens=False,
        max_lines=rows,
        placeholder=" ...",
    )
    return [line.replace("\0", "") for line in wrapped]


# The lines


def python() -> str:
    return f"{platform.python_version()} ({platform.python_implementation()}), {sys.executable}"


def package() -> str:
    return f"{version('book-utils')}, {Path(book_utils.__file__).parent}"


def versions() -> str:
    return ", ".join(f"{name} {version(name)}" for name in SHOWN)


def version(name: str) -> str:
    try:
        return metadata.version(name) or "unreadable"
    except metadata.PackageNotFoundError:
        return "not installed"
    except Exception:  # a folder that an installer has left half written
        return "unreadable"


def missing() -> str:
    """Say which requirements of the package, and of its extra for reading, are not met."""
    from packaging.requirements import Requirement

    try:
        wanted = [Requirement(one) for one in metadata.requires("book-utils") or ()]
    except metadata.PackageNotFoundError:
        return "unknown: book_utils was not installed, its files were only found"
    lacking = {extra: [said for one in wanted if (said := _lacks(one, extra))] for extra in ("", "read")}
    for_reading = [said for said in lacking["read"] if said not in lacking[""]]
    parts = [", ".join(lacking[""]) or "nothing"]
    return "; to open notebooks: ".join([*parts, ", ".join(for_reading)] if for_reading else parts)


def _lacks(one: Requirement, extra: str) -> str:
    """Say what is installed if a requirement applies and is not met."""
    if one.marker and not one.marker.evaluate({"extra": extra}):
        return ""
    have = version(one.name)
    met = have[0].isdigit() and one.specifier.contains(have, prereleases=True)
    return "" if met else f"{one.name}{one.specifier} ({have})"


def settings() -> str:
    given = {name: value for name, value in sorted(os.environ.items()) if name.startswith("BOOK_UTILS_")}
    said = ", ".join(f"{name}={without_passwords(value)}" for name, value in given.items())
    return f"{said or 'no BOOK_UTILS_... is set'}; language: {language()}"


def proxy() -> str:
    """Say which proxies are set: in the environment or, on Windows and macOS, in the system."""
    given = {scheme: value for scheme, value in sorted(getproxies().items()) if value}
    said = [f"{scheme}: {without_passwords(value)}" for scheme, value in given.items()]
    if any(value.startswith("socks") for value in given.values()) and find_spec("socks") is None:
        said.append('needs pip install "requests[socks]"')
    return ", ".join(said) or "none"


def without_passwords(value: str) -> str:
    """Return an address, or several, without names and passwords; of what begins like a path, no part is one."""
    return re.sub(r"(^(?!~|/|\w:\\)|://)(?:(?!://).)*@", r"\1***@", value, flags=re.DOTALL)


def data() -> str:
    """Say what lies in the folder that is searched first, and in the others if anything does."""
    found = files.at_hand()
    shown = [root for i, root in enumerate(found) if i == 0 or set(found[root].values()) != {"missing"}]
    said = [f"{root / files.RAW}: {_summary(root, found[root])}" for root in shown]
    return "; ".join(said) or "no folder to search"


def _summary(root: Path, states: dict[str, str]) -> str:
    if not os.path.exists(root):
        return "no such folder"
    parts = []
    for state in dict.fromkeys(states.values()):
        names = [name for name in states if states[name] == state]
        count = f"{len(names)} of {len(states)} files {state}"
        whole = state.endswith("verified") or len(names) == len(states)
        parts.append(count if whole else f"{count} ({' '.join(names)})")
    return ", ".join(parts)


def data_set() -> str:
    kind, why = files.outlook()
    names = {"real": "real", "standin": "the drawn stand-in", "none": "none", "download": "to be downloaded"}
    return f"{names[kind]}: {why}"


def locks() -> str:
    said = [f"{answer}: {folder}" for folder, answer in files.try_locks().items()]
    return "; ".join(said) or "no folder to try them in"


def device() -> str:
    """Say which devices torch can use, and what it warns of when it looks for them."""
    import torch

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        cards = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
        torch.cuda.is_available()  # tells why there are none: a driver that is too old
        apple = torch.backends.mps.is_available()
    built = f"for CUDA {torch.version.cuda}" if torch.version.cuda else "without CUDA"
    said = [f"CUDA: {', '.join(cards) or 'none'} (torch is built {built})", f"MPS: {'yes' if apple else 'none'}"]
    return "; ".join([*said, *(str(one.message).splitlines()[0] for one in warned)])


def threads() -> str:
    try:
        import torch

        taken = str(torch.get_num_threads())
    except Exception:  # the line of the device says why
        taken = "unknown"
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    limit = os.environ.get("OMP_NUM_THREADS") or "not set"
    return f"torch takes {taken}; OMP_NUM_THREADS: {limit}; {usable} of {os.cpu_count()} cores may be used"


def fonts() -> str:
    """Say which font the text of figures is in, and which has Chinese characters."""
    import logging

    from matplotlib import font_manager

    logger = logging.getLogger(font_manager.__name__)
    level = logger.level
    logger.setLevel(logging.ERROR)  # the next line says which font there is
    try:
        usual = font_manager.get_font(font_manager.findfont(font_manager.FontProperties())).family_name
    finally:
        logger.setLevel(level)
    # Those with such a name first: the others are many.
    known = [font for font in font_manager.fontManager.ttflist if not font.name.startswith("Last Resort")]  # boxes
    known.sort(key=lambda font: not re.search("CJK|Hei|Song|PingFang", font.name))
    chinese = next((font.name for font in known if _has(font.fname, "\u4e2d")), "none")
    return f"text of figures: {usual}; with Chinese characters: {chinese} (of {len(known)} fonts)"


def _has(font: str, char: str) -> bool:
    from matplotlib.ft2font import FT2Font

    try:
        return FT2Font(font).get_char_index(ord(char)) != 0
    except (OSError, RuntimeError):  # matplotlib's list may be older than the fonts
        return False


LINES: dict[str, tuple[int, Callable[[], str]]] = {
    "Python": (1, python),
    "platform": (1, platform.platform),
    "book_utils": (1, package),
    "packages": (2, versions),
    "missing": (3, missing),
    "settings": (3, settings),
    "proxies": (1, proxy),
    "data": (4, data),
    "data set": (3, data_set),
    "locks": (1, locks),
    "device": (2, device),
    "threads": (1, threads),
    "fonts": (1, fonts),
}
"""What is found out, in how many rows of the screen; what may end the process comes last."""

if __name__ == "__main__":
    main()
