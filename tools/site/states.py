"""The states of the pictures that can be played with, drawn ahead.

    uv run python -m tools.site.states        draws what is new or out of date, and deletes what is no longer asked for

A picture of ``explore`` needs Python to follow its sliders. The site has none, so a picture is drawn for many values of
its sliders, by ``explore`` itself, and what the drawings have in common is kept once. Where each move of a slider
trains a model, a state is what is seen after one move: its run, and behind it the one that the sliders start from. Of a
picture that a cell draws again and again while it trains, the states are its frames.

The drawings take minutes, so they are stored, in ``tools/site/drawn``, with a mark of the code that they come from.
``tests/test_states.py`` fails where a chapter has gone on, and ``tests/site`` draws some of them anew to compare.
Training needs the real images.
"""

from __future__ import annotations

import ast
import gzip
import hashlib
import itertools
import json
import math
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import matplotlib
import nbformat
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from book_utils import LiveFigure, dataset_in_use, explore, use_svg_display
from book_utils.plotting.sliders import step_of, widths_of_words
from tools import book
from tools.chapters import texts
from tools.meaning import sliders

DRAWS_AGAIN = r"(\w+)\.draw\(now=True\)"
"""What a cell says to draw each frame of its picture."""
COMMAND = "uv run python -m tools.site.states"
DRAWN = Path(__file__).parent / "drawn"
MOST = 256
"""How many states of a picture are drawn: one for each combination of values of its sliders."""
WIDE, WIDE_WHOLE = 50, 30
"""A slider whose largest value is that many times its smallest is moved by factors; the second for whole numbers."""
STEPS = ("epoch", "step")
"""What a plot of training counts, by the name of its x axis or of a variable."""


@dataclass(frozen=True)
class Picture:
    """A picture with sliders.

    Attributes:
        chapter: The chapter, such as ``05-loss-functions``.
        before: The code of its cells before the picture's own.
        cell: The code of the picture's cell.
    """

    chapter: str
    before: tuple[str, ...]
    cell: str

    @property
    def name(self) -> str:
        """Return a name that no other picture of the chapter has: that of the function which draws it."""
        return ast.unparse(sliders.call_of(self.cell).args[0])

    @property
    def trains(self) -> bool:
        """Tell whether moving a slider trains a model."""
        return "optim." in ast.unparse(sliders.needed(self.before, self.cell))

    @property
    def file(self) -> Path:
        """Return where its states are stored."""
        return DRAWN / f"{self.chapter}.{self.name}.json.gz"

    @property
    def values(self) -> dict[str, list[float]]:
        """Return the values of each slider for which it is drawn."""
        bounds = sliders.bounds(self.cell)
        return {name: spread(*three, values_each(len(bounds))) for name, three in bounds.items()}

    @property
    def mark(self) -> str:
        """Return something that changes with the code that draws the picture, and with the values.

        It is the same in all editions, whose code differs in what functions say of themselves, and on all Pythons,
        which write quotes and parentheses each as they like.
        """
        return mark_of(f"{ast.unparse(sliders.needed(self.before, self.cell))}\n{self.cell}\n{self.values}")

    def renewed(self) -> dict[str, Any]:
        """Return all states, drawn anew and packed."""
        return {"values": self.values} | pack(draw(self, list(self.states())))

    def states(self) -> Iterator[dict[str, float]]:
        """Return the values of all sliders for each state, the last slider moving fastest."""
        for values in itertools.product(*self.values.values()):
            yield dict(zip(self.values, values))


class Film(Picture):
    """A picture that its cell draws again and again, while a model trains."""

    @property
    def name(self) -> str:
        """Return the name of the figure that is drawn."""
        return re.search(DRAWS_AGAIN, self.cell)[1]

    @property
    def mark(self) -> str:
        """Return something that changes with the code that draws the frames; as that of `Picture`."""
        return mark_of("\n".join(map(ast.unparse, map(sliders.parsed, (*self.needed, self.cell)))))

    @property
    def needed(self) -> list[str]:
        """Return the cells that its own needs."""
        return sliders.needed_cells(self.before, self.cell)

    def renewed(self) -> dict[str, Any]:
        """Return all frames, drawn anew and packed, and what was counted at each."""
        counted, counts, drawings = record(self)
        return {"values": {counted: counts}} | pack(drawings)


def mark_of(code: str) -> str:
    """Return something that changes with code, and not with what functions say of themselves, quotes or brackets."""
    code = re.sub(r'""".*?"""', "", code, flags=re.DOTALL)
    return hashlib.sha256(re.sub(r"[\s'\"()]", "", code).encode()).hexdigest()


def values_each(sliders: int) -> int:
    """Return how many values each of so many sliders has."""
    return int(MOST ** (1 / sliders) + 1e-9)


def spread(low: float, high: float, start: float, count: int) -> list[float]:
    """Return at most so many places of a slider, evenly spread, both ends and the one to start from among them."""
    whole = all(isinstance(value, int) for value in (low, high, start))
    step, wide = (1, WIDE_WHOLE) if whole else (step_of(low, high), WIDE)
    if count > (high - low) / step:
        places: Sequence[float] = [low + k * step for k in range(round((high - low) / step) + 1)]
    else:
        scale, back = (math.log, math.exp) if low > 0 and high / low >= wide else (float, float)
        ends = [scale(value) for value in (low, start, high)]
        below = round((count - 1) * (ends[1] - ends[0]) / (ends[2] - ends[0]))
        below = min(max(below, start > low), count - 1 - (start < high))
        above = count - 1 - below
        places = [back(ends[0] + k * (ends[1] - ends[0]) / below) for k in range(below)]
        places += [back(ends[1] + k * (ends[2] - ends[1]) / above) for k in range(1, above + 1)]
    digits = 0 if whole else max(0, -math.floor(math.log10(step)))
    rounded = {round(place, digits) for place in places} | {start}
    return sorted(int(place) if whole else float(place) for place in rounded)


def pictures(chapter: str, cells: Sequence[Any]) -> list[Picture]:
    """Return the pictures with sliders of a chapter's cells."""
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    return [Picture(chapter, tuple(code[:i]), cell) for i, cell in enumerate(code) if sliders.starts(cell)]


def films(chapter: str, cells: Sequence[Any]) -> list[Film]:
    """Return the pictures that a chapter's cells draw again and again."""
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    return [Film(chapter, tuple(code[:i]), cell) for i, cell in enumerate(code) if re.search(DRAWS_AGAIN, cell)]


def all_pictures(language: str = book.ENGLISH) -> list[Picture]:
    """Return the pictures with sliders of all chapters of an edition; all editions have the same ones."""
    return [picture for chapter, cells in chapters(language) for picture in pictures(chapter, cells)]


def all_films(language: str = book.ENGLISH) -> list[Film]:
    """Return the pictures of all chapters of an edition that are drawn again and again."""
    return [film for chapter, cells in chapters(language) for film in films(chapter, cells)]


def chapters(language: str) -> Iterator[tuple[str, Sequence[Any]]]:
    """Return the names of an edition's chapters, and their cells."""
    for text in texts(book.ROOT, language):
        path = book.ROOT / "notebooks" / language / f"{text.stem}.ipynb"
        yield text.stem, nbformat.read(path, as_version=4).cells


# -------------------------------------------------------------------------------------------------------------- drawing


def draw(picture: Picture, states: Sequence[Mapping[str, float]]) -> list[str]:
    """Return drawings of a picture as SVG, each as ``explore`` draws it when its sliders have been moved.

    All show the part of the figure that the stored one shows, so that nothing moves but what is drawn.
    """
    use_svg_display()
    names: dict[str, Any] = {}
    exec(compile(sliders.needed(picture.before, picture.cell), picture.chapter, "exec"), names)
    at_first = lists_of(names)
    exec(picture.cell, names | {"explore": explore})
    after_start, start = lists_of(names), sliders.starts(picture.cell)
    figure = plt.gcf()
    figure.draw_without_rendering()
    engine, widths = figure.get_layout_engine(), widths_of_words(figure)
    part = seen_of(figure)
    drawings = []
    with matplotlib.rc_context({"path.simplify": True}):  # leaves out points that nobody would miss
        for values in states:
            figure.set_layout_engine("none")  # as in a notebook: axes stay where they are, unless words need more room
            for axes in figure.axes:
                axes.cla()
            for name, kept in (at_first if values == start else after_start).items():
                names[name][:] = kept  # what one move before has left, such as the runs that stay behind
            names[picture.name](*figure.axes, **values)
            figure.live.draw()
            svg = sliders.svg_of(figure, close=False)
            if (now := widths_of_words(figure)) != widths:
                widths = now
                figure.set_layout_engine(engine)
                svg = sliders.svg_of(figure, close=False)
            drawings.append(cut(svg, part))
    plt.close(figure)
    return drawings


def lists_of(names: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the lists among some names, as they are now."""
    return {name: list(value) for name, value in names.items() if isinstance(value, list)}


def record(film: Film) -> tuple[str, list[int], list[str]]:
    """Run what draws a film; return what it counts, the count at each frame, and the frames."""
    use_svg_display()
    names: dict[str, Any] = {}
    for cell in film.needed:
        exec(compile(sliders.parsed(cell), film.chapter, "exec"), names)
    live, counts, drawings = names[film.name], [], []
    counted = next(name for name in STEPS if re.search(rf"\b{name}\b", film.cell))

    def keep(now: bool = False) -> None:
        LiveFigure.draw(live, now)
        drawings.append(sliders.svg_of(live.fig, close=False))
        counts.append(int(names[counted]))

    live.draw = keep
    exec(compile(sliders.parsed(film.cell), film.chapter, "exec"), names)
    part = seen_of(live.fig)
    plt.close(live.fig)
    return counted, counts, [cut(drawing, part) for drawing in drawings]


def seen_of(figure: Figure) -> Bbox:
    """Return the part of a figure, in inches, that a notebook shows."""
    return figure.get_tightbbox().padded(matplotlib.rcParams["savefig.pad_inches"])


def cut(svg: str, part: Bbox) -> str:
    """Return the part of a drawing that lies in a box, in inches from below."""
    height = float(re.search(r'<svg [^>]*?height="([\d.]+)pt"', svg)[1])
    left, top = part.x0 * 72, height - part.y1 * 72
    box = f'width="{part.width * 72:.2f}pt" height="{part.height * 72:.2f}pt"'
    view = f'viewBox="{left:.2f} {top:.2f} {part.width * 72:.2f} {part.height * 72:.2f}"'
    white = 'style="background: white"'  # where the box is larger than the drawing
    return re.sub(r'width="[^"]*" height="[^"]*" viewBox="[^"]*"', f"{box} {view} {white}", svg, count=1)


# -------------------------------------------------------------------------------------------------------------- storing


def pack(drawings: Sequence[str]) -> dict[str, Any]:
    """Return drawings in parts, each part once: ``parts``, and of which ``drawings`` consist."""
    parts: dict[str, int] = {}
    texts = [re.split(r'(?=<g id=|<path |<use | style="| y="|</defs>)', slim(drawing)) for drawing in drawings]
    return {
        "drawings": [[parts.setdefault(part, len(parts)) for part in text] for text in texts],
        "parts": list(parts),
    }


def unpack(packed: Mapping[str, Any]) -> list[str]:
    """Return the drawings that were packed."""
    return ["".join(packed["parts"][k] for k in drawing) for drawing in packed["drawings"]]


def slim(svg: str) -> str:
    """Return a drawing in fewer letters: curves to a hundredth of a point, markers to a tenth."""
    svg = re.sub(r"<\?xml.*?(?=<svg)|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' d="[^"]*"|translate\([^)]*\)', lambda place: rounded(place[0], 2), svg)
    svg = re.sub(r'" x="[^"]*" y="[^"]*"', lambda place: rounded(place[0], 1), svg)
    svg = re.sub(r" ?\n ?(?=[MLQCz])", "", svg)
    return re.sub(r">\s+<", "><", svg)


def rounded(text: str, digits: int) -> str:
    """Return a text whose numbers have at most so many digits behind the point."""
    return re.sub(r"-?\d+\.\d+", lambda number: f"{float(number[0]):.{digits}f}", text)


def stored(picture: Picture) -> dict[str, Any] | None:
    """Return what is stored of a picture, if it was drawn by the code that the chapter has now."""
    if not picture.file.exists():
        return None
    found = json.loads(gzip.decompress(picture.file.read_bytes()))
    return found if found["mark"] == picture.mark else None


def renew(picture: Picture) -> str:
    """Draw all states of a picture and store them; return how many there are, and how large."""
    packed = {"mark": picture.mark} | picture.renewed()
    text = json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
    DRAWN.mkdir(exist_ok=True)
    picture.file.write_bytes(gzip.compress(text.encode(), mtime=0))
    count, size = len(packed["drawings"]), picture.file.stat().st_size
    return f"{picture.file.name}: {count} states, {len(text) / 1e6:.2f} MB, {size / 1e6:.2f} MB stored"


def main() -> None:
    wanted = [*all_pictures(), *all_films()]
    for file in {*DRAWN.glob("*")} - {picture.file for picture in wanted}:
        file.unlink()
    late = [picture for picture in wanted if not stored(picture)]
    if late and dataset_in_use() != "real":
        sys.exit("some of these pictures train: they need the real images, not the stand-in")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as the notebooks are run: sums are taken in one order
    with ProcessPoolExecutor(2, get_context("spawn")) as processes:
        for done in processes.map(renew, late):
            print(done, flush=True)


if __name__ == "__main__":
    main()
