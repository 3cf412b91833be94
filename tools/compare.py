"""Compare what a cell shows now with what its notebook stores: words exactly, numbers and curves with tolerance.

Byte-for-byte comparison would fail on every other processor, where sums round differently, and ignoring outputs would
let wrong ones be published. What is here knows nothing of pytest; ``conftest.py`` hands the outputs over.
"""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import zip_longest
from typing import Any, NamedTuple

# Tags of cells: the output depends on the clock, on the processor or GPU, or on chance that training magnifies.
NEVER_COMPARED = ("timing", "device", "chaotic")
# The tag of cells whose output depends on the real images; the stand-in's are others.
REAL_DATA = "real-data"


def exemption(tags: Collection[str], data_set: str) -> str:
    """Return the tag for which a cell's output is not compared while a data set is in use, or '' if it is compared."""
    exempt = NEVER_COMPARED if data_set == "real" else (*NEVER_COMPARED, REAL_DATA)
    return next((tag for tag in tags if tag in exempt), "")


# How far a number may move, relative to itself, before it counts as another result. Other processors and other
# releases of torch move trained values by 1e-6 to 1e-4.
RELATIVE = Decimal("1e-3")

# How far a drawn point may move, as a part of its axes' width or height. In our figures that is about a quarter of a
# point, a sixth of a line's width: too little to be seen, and more than rounding and other processors move it.
DRAWN = 2e-3

# A value of an 8-bit image may round the other way. In a map of 256 colours that leads to the next one, at most four
# levels away in red, green or blue, and happens to hardly any pixel: to one of 11,100 where it was seen.
GREY_LEVELS, COLOUR_LEVELS, ROUNDED = 1, 4, 1e-3

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # x, y, width, height


# ---------------------------------------------------------------------------------------------------------------- text

_TOKEN = re.compile(
    r"""(?P<number> [-+]? (?: \d+\.\d* | \.\d+ | \d+(?=e[-+]?\d) ) (?: e[-+]?\d+ )? )
        (?P<unit> [a-z]*\.? ) (?![\w.])   # 0.45 -1.2e-07 5. 0.3s; no part of 3.11.2 or 0x7f.1
      | [\w.]+                            # a word, an integer, a version
      | \S                                # punctuation, and letters beyond ASCII one by one
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


def numbers_agree(stored: str, fresh: str) -> bool:
    """Whether two printed floats stand for the same result.

    The rule: they differ by at most a thousandth of the larger one; or, where the finer printed of the two has three or
    more significant digits, by at most one unit of its last digit, since nearly equal numbers may be rounded apart.
    So 0.447 and 0.448 agree, and 0.1999 and 0.2; 0.447 and 0.457 do not, nor do 0.45 and 0.46. Two whole numbers
    (``5.``, ``60000.0``) must be equal, for they are counts. Zeros in front are not significant: noise around zero
    (1e-8 against 3e-9) does not agree.
    """
    old, new = Decimal(stored), Decimal(fresh)
    if _is_whole(stored) and _is_whole(fresh):
        return old == new
    finer = min(old.as_tuple(), new.as_tuple(), key=lambda number: (int(number.exponent), -len(number.digits)))
    unit = Decimal(1).scaleb(int(finer.exponent)) if len(finer.digits) >= 3 else Decimal(0)
    return abs(old - new) <= max(RELATIVE * max(abs(old), abs(new)), unit)


def _is_whole(number: str) -> bool:
    return "e" not in number.lower() and Decimal(number) % 1 == 0


def text_difference(stored: str, fresh: str) -> str:
    """Say how a text differs, or nothing if it agrees.

    Lines, words, punctuation and integers must be equal, floats must agree as :func:`numbers_agree` says. Spaces count
    only as separators, since arrays are padded to their widest number. nan and inf are words.
    """
    lines = zip_longest(stored.split("\n"), fresh.split("\n"))
    for number, (old, new) in enumerate(lines, start=1):
        if old is None or new is None:
            return f"line {number}: stored {_quoted(old)}, now {_quoted(new)}"
        if pair := _first_difference(old, new):
            return f"line {number}: stored {pair[0]}, now {pair[1]}\n  stored: {old}\n  now:    {new}"
    return ""


def _quoted(line: str | None) -> str:
    return "no such line" if line is None else repr(line)


def _first_difference(stored: str, fresh: str) -> tuple[str, str] | None:
    for old, new in zip_longest(_TOKEN.finditer(stored), _TOKEN.finditer(fresh)):
        if old is None or new is None or not _tokens_agree(old, new):
            return old[0] if old else "nothing", new[0] if new else "nothing"
    return None


def _tokens_agree(stored: re.Match[str], fresh: re.Match[str]) -> bool:
    if stored[0] == fresh[0]:
        return True
    both_numbers = stored["number"] and fresh["number"] and stored["unit"] == fresh["unit"]
    return bool(both_numbers) and numbers_agree(stored["number"], fresh["number"])


# ------------------------------------------------------------------------------------------------------------- figures

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_STEP = re.compile(rf"({_NUMBER.pattern})|([A-Za-z])")
HREF = "{http://www.w3.org/1999/xlink}href"
_NEVER_DRAWN = ("metadata", "defs", "style", "clipPath")
_PAGE_COORDINATES = ("d", "x", "y", "width", "height", "viewBox")


@dataclass(frozen=True)
class Mark:
    """One drawn thing that shows data: a curve, a bar, one marker, an image; ``points`` in parts of its axes."""

    name: str
    steps: str  # M, L, Q, C, z: the outline's commands in order
    points: tuple[Point, ...]
    style: Mapping[str, str]
    shape: tuple[Point, ...] = ()  # of a marker: its outline around its point
    image: str = ""  # base64
    artist: str = ""  # the id of what drew it: a line and its markers have one


class Surrounding(NamedTuple):
    """A piece of what stands around the data: exact but for its page coordinates, which are listed."""

    text: str
    numbers: tuple[float, ...]


@dataclass
class Figure:
    """What an SVG by matplotlib shows, without the ids that it makes up."""

    version: str
    page: Box
    words: list[str] = field(default_factory=list)
    ticks: list[str] = field(default_factory=list)
    marks: defaultdict[str, list[Mark]] = field(default_factory=lambda: defaultdict(list))
    boxes: dict[str, Box] = field(default_factory=dict)  # where on the page lie the axes that have marks
    surroundings: list[Surrounding] = field(default_factory=list)


class _Place(NamedTuple):
    """Where in the tree of an SVG an element stands."""

    axes: str = "figure"
    artist: str = ""  # line2d_3, patch_1, PathCollection_2
    in_axis: bool = False
    clip: str = ""

    def inside(self, element: ET.Element) -> _Place:
        name = element.get("id", "")
        return _Place(
            axes=name if name.startswith("axes_") else self.axes,
            artist=name if "_" in name else self.artist,
            in_axis=self.in_axis or name.startswith("matplotlib.axis_"),
            clip=element.get("clip-path", self.clip),
        )


def figure_difference(stored: str, fresh: str) -> str:
    """Say how an SVG by matplotlib differs, or nothing if it shows the same.

    Always compared: the words, and what is clipped to its axes (the data) in parts of these axes, so that a page moved
    by wider tick labels does not matter. Tick labels, legend boxes, letters' shapes and the page only if the same
    matplotlib drew both: each release places them a little differently. Other SVGs must be equal.
    """
    if stored == fresh:
        return ""
    if not (matplotlib_version(stored) and matplotlib_version(fresh)):
        return "not equal, and not both drawn by matplotlib"
    try:
        old, new = read_figure(stored), read_figure(fresh)
    except ET.ParseError as error:
        return f"not equal, and not both readable as SVG: {error}"
    difference = _list_difference("words", old.words, new.words) or _data_difference(old, new)
    if difference or old.version != new.version:
        return difference
    return _list_difference("tick labels", old.ticks, new.ticks) or _surroundings_difference(old, new)


def matplotlib_version(svg: str) -> str:
    """Which matplotlib drew this SVG, as its metadata say; empty if they do not."""
    found = re.search(r"Matplotlib v([^\s,<]+)", svg)
    return found[1] if found else ""


def read_figure(svg: str, surroundings: bool = True) -> Figure:
    """Take an SVG apart into words, data and, unless they are not wanted, surroundings."""
    root = ET.fromstring(svg, parser=ET.XMLParser(target=ET.TreeBuilder(insert_comments=True)))
    figure = Figure(matplotlib_version(svg), _page(root))
    by_id = {element.get("id", ""): element for element in root.iter()}
    figure.surroundings.append(_surrounding(root, by_id))
    for element, place in _drawn(root, _Place()):
        if _is_comment(element):
            _add_text(figure, (element.text or "").strip(), place)
        elif tag_of(element) == "image" or (place.clip and not place.in_axis and tag_of(element) in ("path", "use")):
            _add_mark(figure, element, place, by_id)
        elif surroundings:
            figure.surroundings.append(_surrounding(element, by_id))
    return figure


def _is_comment(element: ET.Element) -> bool:
    return not isinstance(element.tag, str)


def tag_of(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _page(root: ET.Element) -> Box:
    x, y, width, height = (float(number) for number in _NUMBER.findall(root.get("viewBox", "0 0 1 1")))
    return x, y, width, height


def _drawn(parent: ET.Element, place: _Place) -> Iterator[tuple[ET.Element, _Place]]:
    """Every element that is drawn, in order, and the comments that matplotlib leaves beside text."""
    for element in parent:
        if tag_of(element) in _NEVER_DRAWN:
            continue
        here = place.inside(element)
        yield element, here
        yield from _drawn(element, here)


def _add_text(figure: Figure, text: str, place: _Place) -> None:
    """A number at an axis is a tick's, and which ticks fit depends on the font; all else is a word."""
    letters = re.sub(r"\\(?:math[a-z]+|times|cdot)|(?<=\d)e", "", text)
    is_tick = place.in_axis and not any(letter.isalpha() for letter in letters)
    (figure.ticks if is_tick else figure.words).append(text)


def _add_mark(figure: Figure, element: ET.Element, place: _Place, by_id: Mapping[str, ET.Element]) -> None:
    marks = figure.marks[place.axes]
    kind = "image" if tag_of(element) == "image" else place.artist.rpartition("_")[0]
    name = f"{kind} in {place.axes}, thing {len(marks) + 1} drawn there"
    box = figure.boxes[place.axes] = _clip_box(place.clip, by_id) or figure.page
    mark = _mark(name, element, box, by_id)
    if mark.points or not mark.shape:
        marks.append(replace(mark, artist=place.artist))


def _clip_box(clip: str, by_id: Mapping[str, ET.Element]) -> Box | None:
    """The rectangle of a clip path, or around it: an axes' rectangle, or a circle if the axes are polar."""
    found = re.match(r"url\(#(.+)\)", clip)
    if not found:
        return None
    outline = by_id[found[1]][0]
    if tag_of(outline) == "rect":
        x, y, width, height = (float(outline.get(key, "0")) for key in ("x", "y", "width", "height"))
        return x, y, width, height
    xs, ys = zip(*path_of(outline)[1])
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def path_of(path: ET.Element) -> tuple[str, list[Point]]:
    """The commands of a path, and its points."""
    steps, numbers = "", []
    for number, letter in _STEP.findall(path.get("d", "")):
        if letter:
            steps += letter
        else:
            numbers.append(float(number))
    return steps, list(zip(numbers[::2], numbers[1::2]))


def _mark(name: str, element: ET.Element, box: Box, by_id: Mapping[str, ET.Element]) -> Mark:
    style = style_of(element)
    if tag_of(element) == "image":
        return Mark(name, "", _in_parts(_corners(element), box), style, image=element.get(HREF, "").partition(",")[2])
    if tag_of(element) == "use":
        return _marker(name, element, box, by_id)
    steps, points = path_of(element)
    parts = _in_parts(points, box)
    if style.get("fill") == "none" and set(steps) <= {"M", "L"}:
        steps, parts = _visible(steps, parts)
    return Mark(name, steps, parts, style)


def _marker(name: str, element: ET.Element, box: Box, by_id: Mapping[str, ET.Element]) -> Mark:
    """A use of a shape defined elsewhere: a marker, or one of a collection's polygons, drawn in page coordinates."""
    target = by_id[element.get(HREF, "#")[1:]]
    steps, shape = path_of(target)
    x, y = float(element.get("x", "0")), float(element.get("y", "0"))
    style = {**style_of(target), **style_of(element)}
    outline = _in_parts([(x + dx, y + dy) for dx, dy in shape], box)
    if not _encloses_origin(shape):
        return Mark(name, steps, outline, style)
    return Mark(name, steps, _in_parts([(x, y)], box) if _can_be_seen(outline) else (), style, tuple(shape))


def _encloses_origin(points: list[Point]) -> bool:
    return all(min(values) <= 0 <= max(values) for values in zip(*points))


def _can_be_seen(points: Iterable[Point]) -> bool:
    """Whether anything lies within the axes: markers beyond stand where the page ends."""
    return all(min(values) <= 1 and max(values) >= 0 for values in zip(*points))


def _in_parts(points: Iterable[Point], box: Box) -> tuple[Point, ...]:
    left, top, width, height = box
    return tuple(((x - left) / (width or 1), (y - top) / (height or 1)) for x, y in points)


def _visible(steps: str, points: tuple[Point, ...]) -> tuple[str, tuple[Point, ...]]:
    """The part of a line within its axes: beyond, the page's edge cuts it, and that moves with the tick labels."""
    pieces: list[list[Point]] = []
    for step, start, end in zip(steps[1:], points, points[1:]):
        seen = _seen_segment(start, end) if step == "L" else None
        if seen and pieces and pieces[-1][-1] == seen[0] == start:
            pieces[-1].append(seen[1])
        elif seen:
            pieces.append(list(seen))
    return "".join("M" + "L" * (len(piece) - 1) for piece in pieces), tuple(p for piece in pieces for p in piece)


def _seen_segment(start: Point, end: Point) -> tuple[Point, Point] | None:
    """The part of a segment within the axes, with a margin that keeps points on the very edge (Liang and Barsky)."""
    first, last = 0.0, 1.0
    for a, b in zip(start, end):
        for room, speed in ((a + DRAWN, a - b), (1 + DRAWN - a, b - a)):
            if speed > 0:
                last = min(last, room / speed)
            elif speed < 0:
                first = max(first, room / speed)
            elif room < 0:
                return None
    if first >= last:
        return None
    return _between(start, end, first), _between(start, end, last)


def _between(start: Point, end: Point, part: float) -> Point:
    if part in (0.0, 1.0):
        return end if part else start
    return start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])


def style_of(element: ET.Element) -> dict[str, str]:
    """The properties of a style, whose order differs between releases; hatches are named by made-up ids."""
    entries = re.sub(r"url\(#.*?\)", "url()", element.get("style", "")).split(";")
    pairs = (entry.partition(":") for entry in entries if entry.strip())
    return {key.strip(): value.strip() for key, _, value in pairs}


def _corners(image: ET.Element) -> list[Point]:
    """Where on the page two opposite corners of an image lie, its transformations applied."""
    x, y, width, height = (float(image.get(key, "0")) for key in ("x", "y", "width", "height"))
    corners = [(x, y), (x + width, y + height)]
    for name, text in reversed(re.findall(r"(\w+)\(([^)]*)\)", image.get("transform", ""))):
        a, b, c, d, e, f = _matrix(name, [float(number) for number in _NUMBER.findall(text)])
        corners = [(a * x + c * y + e, b * x + d * y + f) for x, y in corners]
    return corners


def _matrix(name: str, numbers: list[float]) -> list[float]:
    """The six numbers of a transformation; matplotlib writes these three for images."""
    if name == "translate":
        return [1, 0, 0, 1, *numbers]
    if name == "scale":
        return [numbers[0], 0, 0, numbers[-1], 0, 0]
    return numbers


def _surrounding(element: ET.Element, by_id: Mapping[str, ET.Element]) -> Surrounding:
    """An element with its page coordinates set aside, and a glyph or marker by its outline instead of its id."""
    numbers: list[float] = []

    def set_aside(found: re.Match[str]) -> str:
        numbers.append(float(found[0]))
        return "#"

    def without_coordinates(key: str, value: str) -> str:
        if key in _PAGE_COORDINATES:
            return _NUMBER.sub(set_aside, value)
        return re.sub(r"translate\([^)]*\)", lambda found: _NUMBER.sub(set_aside, found[0]), value)

    attributes = {key: value for key, value in element.attrib.items() if key not in ("id", "clip-path")}
    if HREF in attributes:
        attributes["d"] = by_id[attributes.pop(HREF)[1:]].get("d", "")
    text = " ".join(f"{key}={without_coordinates(key, value)}" for key, value in sorted(attributes.items()))
    return Surrounding(f"{tag_of(element)} {text}", tuple(numbers))


def _list_difference(what: str, stored: list[str], fresh: list[str]) -> str:
    for old, new in zip_longest(stored, fresh):
        if old != new:
            return f"{what}: stored {old!r}, now {new!r}\n  stored: {stored}\n  now:    {fresh}"
    return ""


def _data_difference(stored: Figure, fresh: Figure) -> str:
    for axes in {**stored.marks, **fresh.marks}:
        old, new = stored.marks[axes], fresh.marks[axes]
        if len(old) != len(new):
            return f"{axes}: stored {_counted(old)}, now {_counted(new)}"
        for mark, other in zip(old, new):
            if difference := _mark_difference(mark, other):
                return f"{mark.name}: {difference}"
    return ""


def _counted(marks: list[Mark]) -> str:
    kinds = Counter(mark.name.partition(" ")[0] for mark in marks)
    return f"{len(marks)} drawn things ({', '.join(f'{kind} {count}' for kind, count in kinds.items())})"


def _mark_difference(stored: Mark, fresh: Mark) -> str:
    if len(stored.points) != len(fresh.points):
        return f"stored {len(stored.points)} points, now {len(fresh.points)}"
    if stored.steps != fresh.steps:
        return f"stored outline {stored.steps}, now {fresh.steps}"
    return (
        _style_difference(stored.style, fresh.style)
        or _image_difference(stored.image, fresh.image)
        or _shape_difference(stored.shape, fresh.shape)
        or _point_difference(stored.points, fresh.points)
    )


def _style_difference(stored: Mapping[str, str], fresh: Mapping[str, str]) -> str:
    changed = sorted(key for key in {**stored, **fresh} if stored.get(key) != fresh.get(key))
    return "; ".join(f"stored {key} {stored.get(key)}, now {fresh.get(key)}" for key in changed)


def _point_difference(stored: tuple[Point, ...], fresh: tuple[Point, ...]) -> str:
    for number, (old, new) in enumerate(zip(stored, fresh), start=1):
        if _distance(old, new) > DRAWN:
            was, now = (f"({x:.4f}, {y:.4f})" for x, y in (old, new))
            return f"point {number} of {len(stored)}: stored {was}, now {now}, in parts of the axes from the upper left"
    return ""


def _shape_difference(stored: tuple[Point, ...], fresh: tuple[Point, ...]) -> str:
    size = max((abs(value) for point in stored for value in point), default=0)
    changed = len(stored) != len(fresh) or any(_distance(a, b) > DRAWN * size for a, b in zip(stored, fresh))
    return "another marker or another marker size" if changed else ""


def _distance(a: Point, b: Point) -> float:
    return max(abs(a[0] - b[0]), abs(a[1] - b[1]))


def _image_difference(stored: str, fresh: str) -> str:
    """Compare decoded: the compressors of two releases write the same image differently."""
    if stored == fresh:
        return ""
    import numpy as np  # only figures that changed need these
    from PIL import Image

    old, new = (
        np.array(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGBA"), int) for text in (stored, fresh)
    )
    if old.shape != new.shape:
        sizes = [image.shape[1::-1] for image in (old, new)]
        return f"stored an image of {sizes[0]}, now {sizes[1]} (interpolation='none' keeps the size of the data)"
    apart = np.abs(old - new).max(axis=2)
    furthest, rounded = apart.max(), (apart > GREY_LEVELS).sum()
    is_grey = (old[:, :, :1] == old[:, :, :3]).all()
    if rounded == 0 or not is_grey and furthest <= COLOUR_LEVELS and rounded <= max(1, ROUNDED * apart.size):
        return ""
    return f"the image differs by up to {furthest} levels of 255, in {rounded} of {apart.size} pixels by more than one"


def _surroundings_difference(stored: Figure, fresh: Figure) -> str:
    room = DRAWN * max(stored.page)
    for old, new in zip_longest(stored.surroundings, fresh.surroundings):
        if old is None or new is None:
            return f"around the data: stored {len(stored.surroundings)} pieces, now {len(fresh.surroundings)}"
        if old.text != new.text or any(abs(a - b) > room for a, b in zip(old.numbers, new.numbers)):
            return f"around the data (axes, ticks, legend, page):\n  stored: {_shown(old)}\n  now:    {_shown(new)}"
    return ""


def _shown(piece: Surrounding) -> str:
    return f"{' '.join(piece.text.split())[:120]} at {piece.numbers[:8]}"


# ------------------------------------------------------------------------------------------------------------- outputs


def difference(kind: str, stored: Any, fresh: Any) -> str:
    """Say how one output differs, or nothing; ``kind`` is its MIME type or the name of its stream."""
    if not (isinstance(stored, str) and isinstance(fresh, str)):
        return "" if stored == fresh else f"stored {stored!r}, now {fresh!r}"
    return (figure_difference if kind == "image/svg+xml" else text_difference)(stored, fresh)


def output_differences(
    stored: Iterable[Mapping[str, Any]], fresh: Iterable[Mapping[str, Any]], ignored: Collection[str] = ()
) -> list[str]:
    """Say for each output of a cell that is missing, new or different how it is so.

    As in nbval, order matters among outputs of one kind only: whether a print reaches the page before or after a
    figure is chance.
    """
    old, new = by_kind(stored, ignored), by_kind(fresh, ignored)
    differences = []
    for kind in {**old, **new}:
        if len(old[kind]) != len(new[kind]):
            differences.append(f"{kind}: stored {len(old[kind])} times, now {len(new[kind])} times")
        for was, now in zip(old[kind], new[kind]):
            if found := difference(kind, was, now):
                differences.append(f"{kind}: {found}")
    return differences


def by_kind(outputs: Iterable[Mapping[str, Any]], ignored: Collection[str] = ()) -> defaultdict[str, list[Any]]:
    """The contents of outputs by MIME type (of displays and results) or by name (of streams and an error's fields)."""
    contents: defaultdict[str, list[Any]] = defaultdict(list)
    for output in outputs:
        named = {output["name"]: output["text"]} if output["output_type"] == "stream" else output
        for key, value in {**named, **output.get("data", {})}.items():
            if key != "data" and key not in ignored:
                contents[key].append(value)
    return contents
