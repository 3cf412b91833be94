"""What a figure shows, read off its SVG by matplotlib, in the units of its axes.

``read`` returns its panels: title, labels, scales, curves with their names in the legend, bars, images, words, arrows.
A panel hands these out to who asks by name and look, and remembers what nobody has asked for.
"""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from tools import compare
from tools.compare import DRAWN, Box, Mark

NAMES = {
    "#4477aa": "blue",
    "#aa3377": "purple",
    "#228833": "green",
    "#ee6677": "red",
    "#00a0b0": "cyan",
    "#006b76": "dark cyan",
    "#002f34": "darkest cyan",
    "#a08000": "yellow",
    "#333333": "black",
    "#ffffff": "white",
}
"""What the colours of the book are called here. By value: exchange two in ``book_utils``, and the claims fail."""

# The names at the ends of lines are a quarter darker than these.
DARKER = 0.75

# Above this width, in points, a line is broad.
BROAD = 3

# How far from the end of its line a name may stand, in parts of the axes' width and height.
BESIDE = (0.2, 0.3)

# Where an end of a curve may lie, as a part of the axes: curves are drawn from point to point.
END = 0.02

# How many places between the ends of a claim are tried for being visible.
PLACES = 2001


# ---------------------------------------------------------------------------------------------------------------- axes


@dataclass
class Axis:
    """One axis: its label, and its ticks as (part of the axes' width or height, text)."""

    label: str = ""
    ticks: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scale, self._line = self._fitted()

    def _fitted(self) -> tuple[str, np.ndarray | None]:
        """The scale on which the ticks lie evenly ('' without numbers), and the line through them."""
        named = [(part, number) for part, text in self.ticks if (number := number_of(text)) is not None]
        if len(named) < 2:
            return "", None
        parts, numbers = np.array(named).T
        powers = any("^" in text for _, text in self.ticks)
        for scale in ("log", "linear") if powers else ("linear", "log"):
            if scale == "log" and min(numbers) <= 0:
                continue
            heights = np.log10(numbers) if scale == "log" else numbers
            line = np.polyfit(parts, heights, 1)
            if np.ptp(heights - np.polyval(line, parts)) <= DRAWN * np.ptp(heights):
                return scale, line
        raise AssertionError(f"the ticks lie on no scale: {self.ticks}")

    def values(self, parts: ArrayLike) -> np.ndarray:
        """Return the numbers that stand at these parts of the axis."""
        assert self._line is not None, f"the axis {self.label!r} has no numbers"
        heights = np.polyval(self._line, np.asarray(parts, float))
        return 10**heights if self.scale == "log" else heights

    def parts(self, values: ArrayLike) -> np.ndarray:
        """Return where along the axis these numbers stand."""
        assert self._line is not None, f"the axis {self.label!r} has no numbers"
        with np.errstate(divide="ignore", invalid="ignore"):
            heights = np.log10(values) if self.scale == "log" else np.asarray(values, float)
        return (heights - self._line[1]) / self._line[0]

    def names(self, parts: Iterable[float]) -> list[str]:
        """Return the words of the ticks that are nearest to these parts."""
        return [min(self.ticks, key=lambda tick: abs(tick[0] - part))[1] for part in parts]


def number_of(text: str) -> float | None:
    """Return the number that a tick stands for: 0.5, −2, 1,000, ``$\\mathdefault{10^{-2}}$``; of words, None."""
    text = text.replace("−", "-").replace(",", "")
    if power := re.fullmatch(r"\$\\mathdefault\{(?:(.+)\\times)?10\^\{(-?\d+)\}\}\$", text):
        return float(power[1] or 1) * 10.0 ** int(power[2])
    try:
        return float(text)
    except ValueError:
        return None


# --------------------------------------------------------------------------------------------------------------- looks


class Look(NamedTuple):
    """How a curve looks, in the figure or in its legend."""

    color: str
    dashes: str = ""  # dashed, dotted, dashdot
    marker: str = ""  # the commands of its outline
    line: bool = True
    broad: bool = False

    def __str__(self) -> str:
        """As claims name it: blue, green dashed, broad cyan, red points, purple dotted with points, black marks."""
        shape = "points" if "C" in self.marker else "marks"
        line = f"{'broad' * self.broad} {self.color} {self.dashes}".strip()
        return f"{self.color} {shape}" if not self.line else f"{line} with {shape}" if self.marker else line


def color_name(value: str) -> str:
    """Return what a colour is called: one of the book's, grey, or its value if it is none of these."""
    value = value.lower()
    red, green, blue = value[1:3], value[3:5], value[5:7]
    return NAMES.get(value) or ("grey" if red == green == blue else value)


def _named_by(value: str) -> str:
    """Return which colour a name at the end of a line would have to have, for letters of this colour; '' if none."""
    letters = [int(value[i : i + 2], 16) for i in (1, 3, 5)] if re.fullmatch("#[0-9a-f]{6}", value) else []
    lines = {name: [DARKER * int(line[i : i + 2], 16) for i in (1, 3, 5)] for line, name in NAMES.items()}
    named = next((name for name, parts in lines.items() if letters and np.allclose(parts, letters, atol=1)), "")
    return named or ("grey" if any(letters) and color_name(value) == "grey" else "")


def _dashes(style: Mapping[str, str]) -> str:
    lengths = [float(length) for length in style.get("stroke-dasharray", "").split(",") if length]
    if len(lengths) != 2:
        return "dashdot" if lengths else ""
    return "dashed" if lengths[0] > lengths[1] else "dotted"


def _look(lines: list[Mapping[str, str]], markers: list[tuple[Mapping[str, str], str]]) -> Look:
    """The look of what is drawn by lines of these styles and by markers of these styles and outlines."""
    style = lines[0] if lines else markers[0][0]
    color = style.get("stroke", style.get("fill", ""))
    broad = bool(lines) and float(style.get("stroke-width", 1)) > BROAD
    dashes = _dashes(style) if lines else ""
    return Look(color_name(color), dashes, markers[0][1] if markers else "", bool(lines), broad)


# -------------------------------------------------------------------------------------------------------------- curves


@dataclass
class Curve:
    """A line, or points; ``steps`` says where it is broken (M)."""

    label: str
    look: Look
    across: np.ndarray  # parts of the axes, from the left
    up: np.ndarray  # parts of the axes, from below
    steps: str
    fill: str  # the colour within its markers
    panel: Panel = field(repr=False)
    sizes: np.ndarray = field(
        default_factory=lambda: np.empty(0)
    )  # how wide its markers are, in a unit of the figure's

    def __str__(self) -> str:
        return f"{self.label or 'without a name'!r} in {self.look}"

    @property
    def x(self) -> np.ndarray:
        return self.panel.x.values(self.across)

    @property
    def y(self) -> np.ndarray:
        return self.panel.y.values(self.up)

    def follows(self, f: Callable[[np.ndarray], Any], over: tuple[float, float], within: float = DRAWN) -> None:
        """Claim y = f(x), from one end of ``over`` to the other, as far as the axes show it.

        Where f is steep, what counts is the distance across: y may be any of the values within a line's width of x.
        """
        across, up = self._with_midpoints()
        beside = [self._heights(f, across + shift) for shift in (-DRAWN, 0, DRAWN)]
        off = np.maximum(np.fmin.reduce(beside) - up, up - np.fmax.reduce(beside))
        worst = int(np.argmax(off))
        assert off[worst] <= within, (
            f"{self}: at x = {self.panel.x.values(across[worst]):.4g} y is {self.panel.y.values(up[worst]):.4g}, "
            f"not {self.panel.y.values(beside[1][worst]):.4g}"
        )
        self._reaches(f, over)

    def _with_midpoints(self) -> tuple[np.ndarray, np.ndarray]:
        """The points of a line and those halfway between."""
        joined = np.array([step == "L" for step in self.steps[1:]], bool)
        middle = [((ends[1:] + ends[:-1]) / 2)[joined] for ends in (self.across, self.up)]
        return np.concatenate((self.across, middle[0])), np.concatenate((self.up, middle[1]))

    def _heights(self, f: Callable[[np.ndarray], Any], across: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return self.panel.y.parts(np.broadcast_to(np.asarray(f(self.panel.x.values(across))), across.shape))

    def _reaches(self, f: Callable[[np.ndarray], Any], over: tuple[float, float]) -> None:
        places = np.linspace(*self.panel.x.parts(over), PLACES)
        heights = self._heights(f, places)
        seen = places[(np.abs(heights - 0.5) <= 0.5 + DRAWN) & (np.abs(places - 0.5) <= 0.5 + DRAWN)]
        for drawn, claimed in ((min(self.across), seen.min()), (max(self.across), seen.max())):
            assert abs(drawn - claimed) <= END, (
                f"{self}: has an end at x = {self.panel.x.values(drawn):.4g}, not {self.panel.x.values(claimed):.4g}"
            )

    def passes(self, x: ArrayLike, y: ArrayLike, within: float = DRAWN) -> None:
        """Claim these points in this order, as far as the axes show them."""
        x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
        across, up = self.panel.x.parts(x), self.panel.y.parts(y)
        seen = (np.abs(across - 0.5) <= 0.5 + DRAWN) & (np.abs(up - 0.5) <= 0.5 + DRAWN)
        assert seen.sum() == len(self.across), f"{self}: has {len(self.across)} points, not {seen.sum()}"
        off = np.maximum(np.abs(across[seen] - self.across), np.abs(up[seen] - self.up))
        worst = int(np.argmax(off))
        assert off[worst] <= within, (
            f"{self}: point {worst + 1} is ({self.x[worst]:.4g}, {self.y[worst]:.4g}), "
            f"not ({x[seen][worst]:.4g}, {y[seen][worst]:.4g})"
        )

    def falls(self) -> None:
        """Claim that each point lies lower than the one before."""
        assert len(self.up) > 1 and (np.diff(self.up) < 0).all(), f"{self}: does not fall: {self.y}"

    def rises(self) -> None:
        """Claim that the last point lies higher than the first, and none lower."""
        assert self.up[0] == min(self.up) < self.up[-1], f"{self}: does not rise: {self.y}"


@dataclass(frozen=True)
class Bar:
    """A bar, by its corners in parts of the axes."""

    color: str
    left: float
    right: float
    bottom: float
    top: float


class Text(NamedTuple):
    """Words among the data, and where they begin, in parts of the axes."""

    words: str
    across: float
    up: float
    color: str = ""  # of the line that it could be the name of


# -------------------------------------------------------------------------------------------------------------- panels


@dataclass
class Panel:
    """One pair of axes with what is drawn in it."""

    title: str = ""
    title_color: str = ""
    x: Axis = field(default_factory=Axis)
    y: Axis = field(default_factory=Axis)
    drawn: list[Curve] = field(default_factory=list)
    bars_drawn: list[Bar] = field(default_factory=list)
    images: list[np.ndarray] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    arrows_drawn: list[np.ndarray] = field(default_factory=list)
    entries: dict[Look, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._unseen: list[tuple[object, str]] = [(self, "title and labels")]

    def note(self, thing: object, words: str) -> None:
        """Note something that a claim has to ask for."""
        self._unseen.append((thing, words))

    def unseen(self) -> list[str]:
        """Return what no claim has asked for."""
        return [words for _, words in self._unseen]

    def _take(self, *things: object) -> None:
        self._unseen = [(other, words) for other, words in self._unseen if not any(other is thing for thing in things)]

    def says(self, title: str = "", x: str = "", y: str = "", scales: tuple[str, str] = ("linear", "linear")) -> None:
        """Claim the title, the labels and the scales; a scale counts only where ticks have numbers."""
        self._take(self)
        assert (self.title, self.x.label, self.y.label) == (title, x, y), (
            f"title and labels are {(self.title, self.x.label, self.y.label)}, not {(title, x, y)}"
        )
        found = tuple(axis.scale or scale for axis, scale in zip((self.x, self.y), scales))
        assert found == scales, f"the scales are {found}, not {scales}"

    def curves(self, label: str, look: str) -> list[Curve]:
        """Return the curves of this name in the legend ('' if none) and of this look, in the order of drawing."""
        found = [curve for curve in self.drawn if curve.label == label and str(curve.look) == look]
        assert found, f"no {label or 'unnamed'!r} in {look} among {', '.join(map(str, self.drawn))}"
        self._take(*found)
        return found

    def curve(self, label: str, look: str) -> Curve:
        """Return the only curve of this name and look."""
        found = self.curves(label, look)
        assert len(found) == 1, f"{label or 'unnamed'!r} in {look}: there are {len(found)}"
        return found[0]

    def bars(self, *colors: str) -> dict[str, float]:
        """Return the lengths of all bars by the words at their feet; they have one colour, or each its own."""
        self._take(*self.bars_drawn)
        found = [bar.color for bar in self.bars_drawn]
        one = len(colors) == 1 and set(found) == set(colors)
        assert one or found == list(colors), f"the bars are {self.bars_drawn}, not {colors}"
        if self.y.scale:
            feet = self.x.names((bar.left + bar.right) / 2 for bar in self.bars_drawn)
            ends = self.y.values([(bar.bottom, bar.top) for bar in self.bars_drawn])
        else:
            feet = self.y.names((bar.bottom + bar.top) / 2 for bar in self.bars_drawn)
            ends = self.x.values([(bar.left, bar.right) for bar in self.bars_drawn])
        return {foot: start + end for foot, (start, end) in zip(feet, ends)}  # one of the two is 0

    def histogram(self, color: str) -> list[tuple[float, float, float]]:
        """Return the standing bars, which have this colour: left and right end, and height."""
        self._take(*self.bars_drawn)
        assert {bar.color for bar in self.bars_drawn} == {color}, f"the bars are {self.bars_drawn}, not {color}"
        ends = self.x.values([(bar.left, bar.right) for bar in self.bars_drawn])
        heights = self.y.values([bar.top for bar in self.bars_drawn])
        return [(left, right, height) for (left, right), height in zip(ends.tolist(), heights.tolist())]

    def image(self) -> np.ndarray:
        """Return the only image: its grey levels from 0 to 1, or its colours if it has any."""
        self._take(*self.images)
        assert len(self.images) == 1, f"there are {len(self.images)} images"
        return self.images[0]

    def words(self) -> list[str]:
        """Return the words written among the data; ``texts`` says where."""
        self._take(self.texts)
        return [text.words for text in self.texts]

    def arrows(self) -> list[np.ndarray]:
        """Return the points of each arrow's outline, a row (x, y) each."""
        self._take(*self.arrows_drawn)
        return [np.column_stack((self.x.values(a[:, 0]), self.y.values(a[:, 1]))) for a in self.arrows_drawn]


def read(svg: str) -> list[Panel]:
    """Return the panels of a figure."""
    root = ET.fromstring(svg, parser=ET.XMLParser(target=ET.TreeBuilder(insert_comments=True)))
    by_id = {element.get("id", ""): element for element in root.iter()}
    figure = compare.read_figure(svg, surroundings=False)
    groups = [group for group in root.iter() if group.get("id", "").startswith("axes_")]
    named = {group.get("id", ""): group for group in groups if group.get("id") in figure.boxes}
    shared = [legend for group in root for legend in group if legend.get("id", "").startswith("legend_")]
    panels, boxes = [], []
    for name, group in named.items():
        own = [legend for legend in group if legend.get("id", "").startswith("legend_")]
        panels.append(_panel(group, figure.boxes[name], figure.marks[name], own + shared, by_id))
        boxes.append(figure.boxes[name])
    _share_ticks(panels, boxes)
    for text in (text for group in root for text in group if text.get("id", "").startswith("text_")):
        panels[0].note(text, f"the words {' '.join(_comments(text))!r} above all axes")
    return panels


def _share_ticks(panels: list[Panel], boxes: list[Box]) -> None:
    """Give axes whose ticks have no words those of axes beside or above them, where the words were left out."""
    for axis, start, size in (("x", 0, 2), ("y", 1, 3)):
        for panel, box in zip(panels, boxes):
            mine = getattr(panel, axis)
            for other, its in zip(panels, boxes):
                theirs = getattr(other, axis)
                aligned = abs(box[start] - its[start]) + abs(box[size] - its[size]) < 1
                if aligned and not any(text for _, text in mine.ticks) and len(mine.ticks) <= len(theirs.ticks):
                    setattr(panel, axis, mine := Axis(mine.label, theirs.ticks))


def _panel(
    group: ET.Element, box: Box, marks: list[Mark], legends: list[ET.Element], by_id: Mapping[str, ET.Element]
) -> Panel:
    panel = Panel()
    for legend in legends:
        for look, label in _entries(legend, by_id):
            assert look not in panel.entries, f"{label!r} and {panel.entries[look]!r} look alike in the legend"
            panel.entries[look] = label
    for element in group:
        name = element.get("id", "")
        if name.startswith("matplotlib.axis_"):
            _read_axis(panel, element, box)
        elif name.startswith("text_"):
            _read_text(panel, element, box)
        elif name.startswith("patch_") and len(element) > 1 and "clip-path" not in element[0].attrib:
            _read_arrow(panel, element, box)
    for _, same in groupby(marks, key=lambda mark: mark.artist):
        _read_marks(panel, list(same))
    _name_at_the_ends(panel)
    for text in panel.texts:
        panel.note(panel.texts, f"the words {text.words!r}")
    for label in set(panel.entries.values()) - {curve.label for curve in panel.drawn}:
        panel.note(label, f"{label!r} in the legend, which is not drawn")
    return panel


def _comments(element: ET.Element) -> list[str]:
    return [(part.text or "").strip() for part in element.iter() if not isinstance(part.tag, str)]


def _place(element: ET.Element, box: Box) -> tuple[float, float]:
    """Where a text begins, in parts of the axes, from the lower left."""
    inner = next(part for part in element.iter() if "translate" in part.get("transform", ""))
    x, y = re.search(r"translate\(([-\d.e]+)[ ,]([-\d.e]+)\)", inner.get("transform", "")).groups()
    return (float(x) - box[0]) / box[2], 1 - (float(y) - box[1]) / box[3]


def _read_axis(panel: Panel, element: ET.Element, box: Box) -> None:
    label, ticks, which = "", [], "x"
    for part in element:
        name = part.get("id", "")
        if "tick_" in name:
            which = name[0]
            use = next(inner for inner in part.iter() if compare.tag_of(inner) == "use" and inner.get("x"))
            at = (float(use.get("x")) - box[0]) / box[2], 1 - (float(use.get("y")) - box[1]) / box[3]
            ticks.append((at["xy".index(which)], " ".join(_comments(part))))
        elif name.startswith("text_"):
            label = "\n".join(_comments(part))
    # Without ticks the first axis is x, the second y: matplotlib draws them in this order.
    which = which if ticks else "y" if panel.x.label or panel.x.ticks else "x"
    setattr(panel, which, Axis(label, ticks))


def _read_text(panel: Panel, element: ET.Element, box: Box) -> None:
    """A title stands above its axes; all other words stand among the data, beside them, or at the end of a line."""
    words = "\n".join(_comments(element))
    across, up = _place(element, box)
    fill = next((compare.style_of(part).get("fill", "") for part in element if part.get("style")), "")
    if up > 1 and not _named_by(fill):
        panel.title, panel.title_color = words, fill or "#000000"
    else:
        panel.texts.append(Text(words, across, up, _named_by(fill)))


def _name_at_the_ends(panel: Panel) -> None:
    """Give curves the names that stand right of their ends, in a shade of their colour: of several, in their order."""
    for color in {text.color for text in panel.texts} - {""}:
        curves = sorted((c for c in panel.drawn if c.look.color == color), key=lambda c: c.up[-1])
        names = sorted((text for text in panel.texts if _ends_before(text, color, curves)), key=lambda text: text.up)
        chosen = min(
            combinations(curves, len(names)),
            key=lambda some: sum(abs(curve.up[-1] - text.up) for curve, text in zip(some, names)),
        )
        for curve, text in zip(chosen, names):
            curve.label = text.words
            panel.texts.remove(text)


def _ends_before(text: Text, color: str, curves: list[Curve]) -> bool:
    """Whether one of these curves ends just left of a text of their colour."""
    gaps = [(text.across - max(c.across), abs(text.up - c.up[-1])) for c in curves if text.color == color]
    return any(0 < across < BESIDE[0] and up < BESIDE[1] for across, up in gaps)


def _read_arrow(panel: Panel, element: ET.Element, box: Box) -> None:
    points = [point for path in element if compare.tag_of(path) == "path" for point in compare.path_of(path)[1]]
    arrow = np.array([((x - box[0]) / box[2], 1 - (y - box[1]) / box[3]) for x, y in points])
    panel.arrows_drawn.append(arrow)
    panel.note(arrow, "an arrow")


def _read_marks(panel: Panel, marks: list[Mark]) -> None:
    """Note what one artist drew: an image, a bar, or a curve."""
    if marks[0].image:
        panel.images.append(_image(marks[0].image))
        panel.note(panel.images[-1], "an image")
    elif marks[0].artist.startswith("patch_"):
        (mark,) = marks
        across, up = zip(*mark.points)
        panel.bars_drawn.append(Bar(color_name(mark.style["fill"]), min(across), max(across), 1 - max(up), 1 - min(up)))
        panel.note(panel.bars_drawn[-1], f"a bar in {panel.bars_drawn[-1].color}")
    else:
        curve = _curve(panel, marks)
        if len(curve.up):
            panel.drawn.append(curve)
            panel.note(curve, str(curve))


def _curve(panel: Panel, marks: list[Mark]) -> Curve:
    marks = [_as_marker(mark) if mark.artist.startswith("PathCollection") else mark for mark in marks]
    lines, markers = [mark for mark in marks if not mark.shape], [mark for mark in marks if mark.shape]
    look = _look([mark.style for mark in lines], [(mark.style, mark.steps) for mark in markers])
    points = np.array([point for mark in lines or markers for point in mark.points]).reshape(-1, 2)
    steps = "".join(mark.steps if lines else "M" for mark in lines or markers)
    fill = color_name(markers[0].style.get("fill", "#000000")) if markers else ""
    sizes = np.array([np.ptp([x for x, _ in mark.shape]) for mark in markers])
    return Curve(panel.entries.get(look, ""), look, points[:, 0], 1 - points[:, 1], steps, fill, panel, sizes)


def _as_marker(mark: Mark) -> Mark:
    """Points of different sizes are drawn as outlines, each in its place: return one as a point and its outline."""
    if mark.shape:
        return mark
    outline = np.array(mark.points)
    centre = (outline.min(0) + outline.max(0)) / 2
    return replace(mark, points=(tuple(centre),), shape=tuple(map(tuple, outline - centre)))


def _entries(legend: ET.Element, by_id: Mapping[str, ET.Element]) -> Iterable[tuple[Look, str]]:
    """The looks and names of a legend: its frame, then a handle and a text in turn."""
    handle: list[ET.Element] = []
    for part in list(legend)[1:]:
        if not part.get("id", "").startswith("text_"):
            handle += [element for element in part.iter() if element.get("style")]
            continue
        paths = [compare.style_of(path) for path in handle if compare.tag_of(path) == "path" and not path.get("id")]
        uses = [use for use in handle if compare.tag_of(use) == "use"]
        markers = [(compare.style_of(use), compare.path_of(by_id[use.get(compare.HREF, "#")[1:]])[0]) for use in uses]
        yield _look(paths, markers), "\n".join(_comments(part))
        handle = []


def _image(data: str) -> np.ndarray:
    from PIL import Image

    levels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"), float) / 255
    return levels[..., 0] if np.ptp(levels, axis=-1).max() == 0 else levels
