"""What a cell owes whose output is not compared: a reason, and a statement about the output that holds all the same.

Both stand in the cell's metadata. ``why`` is a sentence. ``holds`` is a Python expression that is true of what is
stored, and of what the cell shows whenever it runs::

    tags: [timing]
    why: seconds on the clock
    holds: after('DataLoader') > 3 * after('Batches')

It may use these names, and functions such as ``all`` and ``max``:

===========  ===========================================================================================
``text``     what a reader can read: prints, values, and the words in figures
``numbers``  all numbers in it, in order
``after``    ``after('loss')`` is the first number behind these words, ``after('loss', 3)`` the first three
``marks``    ``marks('g')`` are the points that figures show in a colour, from left to right: pairs x, y in parts
             of their axes, from the lower left; ``heights('g')``: how high each thing of the colour is
``stored``   true of what is stored, false of what the cell shows now: times differ more elsewhere
===========  ===========================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from book_utils.plotting.style import COLORS
from tools import compare
from tools.compare import Point

WHY, HOLDS = "why", "holds"
REASONED = (*compare.NEVER_COMPARED, compare.REAL_DATA)  # tags that need a reason

SVG = "image/svg+xml"
NUMBER = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")
FUNCTIONS = {f.__name__: f for f in (abs, all, any, len, max, min, range, round, set, sorted, sum, zip)}


def text_of(outputs: Iterable[Mapping[str, Any]]) -> str:
    """Return what a reader can read in a cell's outputs; of a figure, its words."""
    pieces = []
    for output in outputs:
        data = output.get("data", {})
        words = re.findall(r"<!--(.*?)-->", data[SVG]) if SVG in data else [data.get("text/plain", "")]
        pieces += [output.get("text", ""), *words]
    return "\n".join(piece.strip() for piece in pieces if piece)


def numbers_in(text: str) -> list[float]:
    """Return all numbers in a text, in order."""
    return [float(number.replace(",", "").replace("−", "-")) for number in NUMBER.findall(text)]


def drawn(outputs: Iterable[Mapping[str, Any]], colour: str) -> list[list[Point]]:
    """Return what a cell's figures show in one of the book's colours: each thing's points, from the lower left."""
    colour = COLORS.get(colour, colour).lower()
    figures = [compare.read_figure(output["data"][SVG]) for output in outputs if SVG in output.get("data", {})]
    things = [thing for figure in figures for axes in figure.marks.values() for thing in axes]
    shown = [thing for thing in things if colour in (thing.style.get("stroke"), thing.style.get("fill"))]
    return sorted([(round(x, 3), round(1 - y, 3)) for x, y in thing.points] for thing in shown)


def broken(expression: str, outputs: Collection[Mapping[str, Any]], stored: bool) -> str:
    """Say how outputs contradict a statement about them, or nothing if it holds.

    Args:
        expression: What is to hold, as the module says.
        outputs: A cell's outputs.
        stored: Whether these are the outputs that the notebook stores, not those of a run.
    """
    text = text_of(outputs)

    def after(words: str, count: int = 1) -> float | list[float]:
        found = numbers_in(text[text.index(words) + len(words) :])[:count]
        return found if count > 1 else found[0]

    names = {
        "text": text,
        "numbers": numbers_in(text),
        "after": after,
        "marks": lambda colour: sorted({point for thing in drawn(outputs, colour) for point in thing}),
        "heights": lambda colour: [
            max(y for _, y in thing) - min(y for _, y in thing) for thing in drawn(outputs, colour)
        ],
        "stored": stored,
    }
    try:
        holds = eval(expression, {"__builtins__": FUNCTIONS, **names})
    except (LookupError, ValueError) as error:  # words or numbers that are not there
        return f"{expression}: {error!r}, where the cell shows\n{text}"
    return "" if holds is True else f"{expression}: this does not hold, where the cell shows\n{text}"
