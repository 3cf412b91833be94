"""Plots that grew while a model trained grow again: at a button, or by a slider.

For curves alone nothing is stored. The axes of these plots are fixed, so what a frame of the training showed is the
stored picture with the lines cut off: each at the last of its points that had come by then; a single point is a dot.
Only the names of the lines stay where they stand in the end. The frames of other pictures were recorded ahead
(``states.py``).
"""

import ast
import re
from collections.abc import Iterable, Sequence
from functools import cache

import nbformat

from tools import book
from tools.site import plays, states
from tools.site.pages import Page

GROWS = "Animator"
"""What draws a plot that grows; with limits for both axes."""
LINE = re.compile(r'(<g id="line2d_\d+">\s*<path d=")([^"]*)(?=" clip-path=[^>]*fill: none[^>]*stroke-width: 1\.8)')
POINT = re.compile(r"[ML] (\S+) (\S+)\s*")
COLOUR = re.compile(r'^("[^>]*?") style="[^"]*?stroke: (#\w+)')
DOT = '<circle cx="{}" cy="{}" r="3{} style="fill: {}"/>'
"""What stands for a line that has one point only, as in the notebook."""


def films(page: Page) -> None:
    """Give a page's pictures of training their buttons."""
    growing = set(of_the_library())
    cells = nbformat.read(page.notebook, as_version=4).cells
    for film in states.films(page.name, cells):
        recorded = plays.drawn(film)
        ends = {counted: counts[-1] for counted, counts in recorded["values"].items()}
        plays.add(page, film.cell, film.name, recorded["values"], ends, recorded, "recorded", is_film=True)
    for cell in cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse(re.sub(r"^[%!].*$", "", cell.source, flags=re.MULTILINE))
        growing |= functions(tree.body, growing)
        pictures = [output.data[book.SVG] for output in cell.outputs if book.SVG in output.get("data", {})]
        if pictures and calls(tree.body, growing):
            add(page, cell.source, pictures[0])


def add(page: Page, cell: str, picture: str) -> None:
    """Put the frames of a picture behind its cell."""
    (counted,) = [name for name in states.STEPS if f"<!-- {name} -->" in picture]
    frames, drawings = cut(picture)
    name = f"film-{sum('film-' in file for file in page.files) + 1}"
    values = {counted: [k for k in range(1, frames + 1)]}
    plays.add(page, cell, name, values, {counted: frames}, drawings, "film", is_film=True)


@cache
def of_the_library() -> frozenset[str]:
    """Return what of the library draws a plot that grows."""
    found = {GROWS}
    for path in (book.ROOT / "book_utils").glob("*.py"):
        found |= functions(ast.parse(path.read_text(encoding="utf-8")).body, found)
    return frozenset(found)


def functions(body: Iterable[ast.stmt], growing: set[str]) -> set[str]:
    """Return the names of the functions in some code that call one of these."""
    return {each.name for each in body if isinstance(each, ast.FunctionDef) and calls(each.body, growing)}


def calls(body: Sequence[ast.stmt], growing: set[str]) -> bool:
    """Say whether some code, when it runs, calls one of these; functions that it defines do not run."""
    runs = [each for each in body if not isinstance(each, ast.FunctionDef | ast.ClassDef)]
    nodes = (node for each in runs for node in ast.walk(each) if isinstance(node, ast.Call))
    return any(isinstance(node.func, ast.Name) and node.func.id in growing for node in nodes)


def cut(picture: str) -> tuple[int, dict[str, list[object]]]:
    """Return the number of frames of a picture, and the frames, packed as ``states.unpack`` expects them.

    There are as many frames as the longest line has points; a line that has fewer is given each where it lies.
    """
    before, *lines = LINE.split(picture)
    groups = [(lines[k], [*POINT.finditer(lines[k + 1])], lines[k + 2]) for k in range(0, len(lines), 3)]
    points = [(head, [(float(point[1]), point[0]) for point in found], tail) for head, found, tail in groups]
    dots = [DOT.format(*found[0].groups(), *COLOUR.match(tail).groups()) for _, found, tail in groups]
    places = [x for x, _ in max((line for _, line, _ in points), key=len)]
    parts: list[object] = [before]
    drawings: list[list[int]] = [[0] for _ in places]

    def put(part: str, frames: Iterable[int]) -> None:
        parts.append(part)
        for frame in frames:
            drawings[frame].append(len(parts) - 1)

    every = range(len(places))
    for dot, (head, line, tail) in zip(dots, points, strict=True):
        put(dot, (frame for frame in every if [x for x, _ in line if places[frame] >= x] == [line[0][0]]))
        put(head, every)
        for x, point in line:
            put(point, (frame for frame in every if places[frame] >= x))
        put(tail, every)
    return len(places), {"parts": parts, "drawings": list(drawings)}
