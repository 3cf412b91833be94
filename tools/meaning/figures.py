"""Whether the figures that a chapter stores show what they claim.

A claim is a function that looks at the panels of one figure, registered in ``sources/verified/figures/``: ::

    @of("05-loss-functions", "show_loss(squared_loss")
    def _(panel):
        panel.says(title="L2: squared loss", x="prediction", y="loss")
        panel.curve("loss", "blue").follows(lambda r: r**2 / 2, over=(-4, 4))

It asks for each curve by its name in the legend and by its look, and so fails if colours or names are exchanged. What
it does not ask for fails as well: nothing in a figure goes unclaimed.
"""

from __future__ import annotations

import importlib
import inspect
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.meaning import sliders
from tools.meaning.drawn import Panel, read

ROOT = Path(__file__).resolve().parents[2]
SVG = "image/svg+xml"


@dataclass
class Claim:
    """What a figure claims, for the cell of a chapter whose code contains ``piece``."""

    chapter: str  # 05-loss-functions, or solutions/05-loss-functions
    piece: str
    check: Callable[..., None]
    moved: Sequence[Mapping[str, float]] = ()  # values of the sliders at which the picture is drawn anew
    given: Mapping[str, Any] = field(default_factory=dict)  # for drawing: what is too slow to run


CLAIMS: list[Claim] = []


def of(
    chapter: str, piece: str, moved: Sequence[Mapping[str, float]] = (), given: Mapping[str, Any] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register what the figure of a cell claims.

    Args:
        chapter: Name of the notebook, such as ``05-loss-functions`` or ``solutions/05-loss-functions``.
        piece: A piece of the cell's code that no other cell of the notebook has.
        moved: For ``explore``, values of its sliders; the claim is called with the panels and with these values, too,
            and for the stored figure with those the sliders start from.
        given: For ``explore``, names for which the chapter's own code is not run.
    """

    def register(check: Callable[..., None]) -> Callable[..., None]:
        CLAIMS.append(Claim(chapter, piece, check, moved, given or {}))
        return check

    return register


def load(folder: Path) -> None:
    """Import the claims of all chapters: the modules in a folder of the repository."""
    for module in sorted(folder.glob("chapter_*.py")):
        importlib.import_module(".".join(module.relative_to(ROOT).with_suffix("").parts))


def drawn_by(cell: Mapping[str, Any]) -> list[str]:
    """Return the figures that a cell stores; those in another format as an empty text."""
    stored = [output.get("data", {}) for output in cell.get("outputs", [])]
    return [data.get(SVG, "") for data in stored if any(kind.startswith("image/") for kind in data)]


def verify(claim: Claim, cells: Sequence[Mapping[str, Any]]) -> None:
    """Check the figure that a chapter's cells store against a claim.

    Raises:
        AssertionError: The figure shows something else; the message says what.
    """
    place = place_of(claim, cells)
    cell, options = cells[place]["source"], {}
    if "printed" in inspect.signature(claim.check).parameters:
        options["printed"] = lambda words, numbers=1: printed(cells, place, words, numbers)
    _compare(claim, [panel for svg in drawn_by(cells[place]) for panel in read(svg)], options, sliders.starts(cell))
    for values in claim.moved:
        before = [cell["source"] for cell in cells[:place] if cell["cell_type"] == "code"]
        _compare(claim, read(sliders.draw(before, cell, values, claim.given)), options, values)


def place_of(claim: Claim, cells: Sequence[Mapping[str, Any]]) -> int:
    """Return the index of the cell whose figure a claim speaks of."""
    found = [i for i, cell in enumerate(cells) if claim.piece in cell["source"] and drawn_by(cell)]
    assert len(found) == 1, f"{claim.chapter}: {claim.piece!r} is found in {len(found)} cells with figures"
    return found[0]


def _compare(claim: Claim, panels: list[Panel], options: Mapping[str, Any], values: Mapping[str, float]) -> None:
    where = "".join(f", {name} {value}" for name, value in values.items())
    try:
        claim.check(*panels, **values, **options)
        unseen = [words for panel in panels for words in panel.unseen()]
        assert not unseen, f"nothing is claimed of: {'; '.join(unseen)}"
    except AssertionError as error:
        reason = str(error) or f"false is: {traceback.extract_tb(error.__traceback__)[-1].line}"
        raise AssertionError(f"{claim.chapter}, {claim.piece!r}{where}: {reason}") from None


def printed(cells: Sequence[Mapping[str, Any]], place: int, words: str, numbers: int = 1) -> list[float]:
    """Return the numbers that the chapter prints right after some words, in the cell nearest to a place."""
    for cell in sorted(range(len(cells)), key=lambda i: abs(i - place)):
        text = "\n".join(output.get("text", "") for output in cells[cell].get("outputs", []))
        if found := re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text):
            after = re.findall(r"-?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?", text[found.end() :])
            assert len(after) >= numbers, f"after {words!r} only {len(after)} numbers are printed"
            return [float(number.replace(",", "")) for number in after[:numbers]]
    raise AssertionError(f"{words!r} is not printed")
