"""The site plays: below each picture with sliders stand sliders, though there is no kernel.

Their states were drawn ahead (``states.py``). Without scripts the picture stands alone, as it is stored.
"""

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import nbformat

from tools.site import states
from tools.site.pages import Page
from tools.site.words import SLIDERS, WORDS

THEME = Path(__file__).parent / "theme"


def sliders(page: Page) -> None:
    """Give a page's pictures their sliders."""
    for picture in states.pictures(page.name, nbformat.read(page.notebook, as_version=4).cells):
        says = "trained" if picture.trains else "drawn"
        start = states.sliders.starts(picture.cell)
        add(page, picture.cell, picture.name, picture.values, start, drawn(picture), says)


def drawn(picture: states.Picture) -> dict[str, Any]:
    """Return what is stored of a picture; fail if it is out of date."""
    if found := states.stored(picture):
        return found
    raise ValueError(f"{picture.chapter}: the states of {picture.name} are to be drawn: {states.COMMAND}")


def add(
    page: Page,
    cell: str,
    name: str,
    values: Mapping[str, list[float]],
    starts: Mapping[str, float],
    drawings: Mapping[str, object],
    says: str,
    is_film: bool = False,
) -> None:
    """Put a form behind a cell of a page; its script moves it above the cell's picture.

    Args:
        page: The page.
        cell: The code of the cell.
        name: Unique within the page.
        values: What each slider can say.
        starts: What it says while the picture is the stored one.
        drawings: A picture for each combination of values, packed.
        says: By its name in ``words.py``, what is said of where the pictures come from.
        is_film: Whether a button plays the pictures one after the other.
    """
    data = json.dumps({key: drawings[key] for key in ("parts", "drawings")}, ensure_ascii=False, separators=(",", ":"))
    address = page.add_file(f"{name}.js", f"document.currentScript.drawings = {data};\n")
    words = WORDS[page.language]
    rows = "\n".join(row(page.language, name, each, values[each], starts[each]) for each in values)
    buttons = f'<button type="reset">{words["reset"]}</button> <span>{words[says]}</span>'
    if is_film:
        play = f'<button type="button" data-pause="{words["pause"]}">{words["play"]}</button>'
        buttons = f'{play} <button type="reset">{words["whole"]}</button> <span>{words[says]}</span>'
    form = f"""<form class="plays" data-drawings="{address}" data-now="{words["now"]}" autocomplete="off" hidden>
{rows}
<p class="plays-says">{buttons}</p>
</form>"""
    (place,) = (i for i, each in enumerate(page.content.cells) if each.source == cell)
    page.content.cells.insert(place + 1, nbformat.v4.new_markdown_cell(form))
    if "plays.js" not in "".join(page.scripts):
        page.add_script("shared/plays.js", (THEME / "plays.js").read_text(encoding="utf-8"))
        page.add_style("shared/plays.css", (THEME / "plays.css").read_text(encoding="utf-8"))


def row(language: str, name: str, slider: str, values: list[float], start: float) -> str:
    """Return a slider, what it is called, and what it says."""
    place, names = f"{name}-{slider}", [f'<span lang="en">{escape(slider.replace("_", " "))}</span>']
    if language in SLIDERS:
        names.insert(0, SLIDERS[language][slider])
    return f"""<div class="plays-slider"><label for="{place}">{" ".join(names)}</label>
<input type="range" id="{place}" max="{len(values) - 1}" value="{values.index(start)}" aria-valuetext="{start}"
 data-values="{" ".join(map(str, values))}"><output for="{place}">{start}</output></div>"""
