"""Where the numbers of a text come from: each is a result, computed, a setting, given, or part of a listed phrase.

A mark says it, a comment right behind the number, which no reader sees: ``0.447<!--out "train loss"-->``,
``0.6931<!--= -log(0.5)-->``, ``0.1<!--code "lr ="-->``, ``5<!--given height-->``. CONTRIBUTING.md has all forms.

A number needs no mark where a code cell next to the text has the same number, unless it is a claim: beside ``=`` or
``≈``, in a fraction, before ``%``, or in a folded answer; nor where it is part of a phrase listed in
``sources/constants.yaml``, or of a claim that ``sources/verified`` shows true.
"""

import ast
import io
import math
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml
from nbformat import NotebookNode

from tools import book, chapters

DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?"
SIGNED = rf"(?:(?<![A-Za-z0-9_)\]])[-+−])?(?<![A-Za-z_\d])(?<!\d[.,]){DIGITS}"
FRACTION = rf"(?<![\d/]){SIGNED}/\d+(?![\d/])"
ENTRY = rf"\s*{SIGNED}\s*"
LIST = rf"\({ENTRY}(?:,{ENTRY})+,?\)|\[{ENTRY}(?:,{ENTRY})+\]"
PERCENT = r"[ \u00a0\u202f]?[%％]"
TEN_THOUSANDS = " ?万"
NUMBER = re.compile(
    rf"(?P<math>\$[^$]*\$)|(?P<list>{LIST})|(?P<one>{FRACTION}|{SIGNED})(?:(?P<percent>{PERCENT})|(?P<wan>{TEN_THOUSANDS}))?"
)
MARK = re.compile(r"<!--((?:out|code|given)\b.*?|=.*?)-->", flags=re.DOTALL)
FORBIDDEN = re.compile(
    r"[>|$`\n]|--"
)  # would end the comment, a table's cell, a formula or code, for some reader of it
ANSWER = re.compile(r"<summary>(?:Answer|答案)</summary>.*?(?:</details>|\Z)", flags=re.DOTALL)
EQUALS = "=≈≐＝"
BLANK = "\0"  # stands for what is no prose; it is no space, so it keeps apart what it stands between

SVG = "image/svg+xml"
NAMES = {name: value for name, value in vars(math).items() if not name.startswith("_")}
NAMES |= {f.__name__: f for f in (abs, round, min, max, sum, len, range)}

WORDS = r"\"[^\"]*\"|'[^']*'"
FOUND = re.compile(rf"(out|code)(?: ({WORDS}))?(?: #(-?\d+))?(?: of (\S+))?(?: in ({WORDS}))?")
GIVEN = re.compile(r"given(?: ([A-Za-z]\w*))?")
TO_DO = (
    'mark it as a result (<!--out #3-->, <!--out "words before it"-->), as computed (<!--= log(2)-->), as a setting in '
    'distant code (<!--code "lr ="-->) or as given by the text (<!--given-->); "uv run python -m tools.meaning.marking '
    'list en/05" shows the marks that would hold, and "Numbers" in CONTRIBUTING.md has the rules'
)


class Wrong(Exception):
    """A mark does not hold; the message says what stands there."""


@dataclass(frozen=True)
class Value:
    """A number as it is written: its value, and what one unit of its last digit is worth (nothing for a fraction)."""

    value: float
    digit: float
    percent: bool = False

    def admits(self, exact: float) -> bool:
        """Tell whether this is the exact number, rounded to the digits that are written here."""
        if not self.digit:
            return math.isclose(self.value, exact, rel_tol=1e-9)
        return abs(exact - self.value) <= (0.5 + 1e-6) * self.digit

    def reports(self, result: "Value") -> bool:
        """Tell whether this is a result of the program, rounded; where only one of them says %, it is worth 1/100."""
        scale = 100 if self.percent and not result.percent else 1
        exact = result.value * scale
        if not self.digit:  # a fraction reports decimals if they are its own, and a whole number if it is one
            return Value(exact, result.digit * scale if result.digit < 1 else 0.0).admits(self.value)
        return self.admits(exact) or (result.percent and not self.percent and self.admits(exact / 100))


def value_of(written: str, percent: bool = False) -> Value:
    """Return the value of a number as prose, an output or a program writes it."""
    plain = written.replace(",", "").replace("_", "").replace("−", "-")
    if "/" in plain:
        numerator, denominator = plain.split("/")
        return Value(float(numerator) / float(denominator), 0.0, percent)
    mantissa, _, exponent = plain.lower().partition("e")
    return Value(float(plain), 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2])), percent)


@dataclass(frozen=True)
class Number:
    """A number in a text, or a list of numbers that are reported together."""

    written: str
    values: tuple[Value, ...]
    start: int
    end: int
    mark: str | None
    claimed: bool  # beside an equals sign, in an answer, a fraction or a percentage: never taken for a setting
    sentence: str


def without_tex(written: str) -> str:
    """Return a number or a list written in TeX as prose writes it: 10^{-4} as 1e-4, ``\\frac34`` as 3/4."""
    plain = re.sub(r"\{,\}|\\,", "", written)
    plain = re.sub(r"\\[dt]?frac(?:(\d)\s*(\d)|\{(\d+)\}\{(\d+)\}|(\d)\{(\d+)\})", _fraction, plain)
    plain = re.sub(r"\b10\^", "1e", re.sub(r"(\d)\s*\\(?:cdot|times)\s*10\^", r"\1e", plain))
    return re.sub(r"e(?:\{([-+]?\d+)\}|(\d)(?!\d))", lambda found: "e" + (found[1] or found[2]), plain).strip()


def _fraction(found: re.Match[str]) -> str:
    numerator, denominator = (group for group in found.groups() if group)
    return f"{numerator}/{denominator}"


def _masked(source: str) -> str:
    """Return a text of the same length in which everything that is not to be read as prose is blank."""

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", BLANK, found[0])

    def formula(found: re.Match[str]) -> str:
        plain = without_tex(found[0][1:-1])
        return found[0] if re.fullmatch(rf"{FRACTION}|{SIGNED}|{LIST}", plain) else blank(found)

    many = re.DOTALL | re.MULTILINE
    text = re.sub(r"<!--.*?-->|^```.*?^```|(`+)(?!`).*?(?<!`)\1(?!`)|\$\$.*?\$\$", blank, source, flags=many)
    text = re.sub(r"\$[^$\0]*(?:\0[^$]*)?\$", formula, text)
    text = re.sub(r"\]\([^)]*\)|https?://\S+|</?[A-Za-z][^>]*>", blank, text)
    text = re.sub(r"^ *(?:\d+[.)] |\*\*\d+[.:：]\*\*)", blank, text, flags=re.MULTILINE)
    return re.sub(r"^#+ (?:Exercises?|练习) \d+(?:(?:,? and|,| to| 到| 和|、) \d+)*", blank, text, flags=re.MULTILINE)


def numbers_in(source: str) -> list[Number]:
    """Return the numbers in a text, in the order in which they stand there.

    A list in brackets is one of them, unless marks stand inside it.
    """
    text = _masked(source)
    marks = {found.start(): found for found in MARK.finditer(source)}
    answers = [found.span() for found in ANSWER.finditer(source)]
    numbers = []
    for found in NUMBER.finditer(text):
        if found["math"] and found[0].count(BLANK):
            continue
        mark = marks.pop(found.end(), None)
        written = without_tex(found["math"][1:-1]) if found["math"] else found["list"] or found["one"]
        if found["wan"]:  # Chinese counts in ten thousands: 17 万 is 170,000
            written = f"{10_000 * value_of(written).value:.0f}"
        values = tuple(value_of(each, bool(found["percent"])) for each in re.findall(rf"{FRACTION}|{SIGNED}", written))
        before, after = text[: found.start()].rstrip(" *"), text[mark.end() if mark else found.end() :].lstrip(" *")
        claimed = before.endswith(tuple(EQUALS)) or after.startswith(tuple(EQUALS))
        claimed = claimed or any(value.percent or not value.digit for value in values)
        claimed = claimed or any(begin < found.start() < end for begin, end in answers)
        numbers.append(
            Number(found[0], values, *found.span(), mark and mark[1], claimed, _around(source, *found.span()))
        )
    if marks:
        raise Wrong(f"the mark {next(iter(marks.values()))[0]} does not stand right behind a number")
    return numbers


def _around(source: str, start: int, end: int) -> str:
    """Return some words on both sides of a place in a text, without marks."""
    before, after = (MARK.sub("", part) for part in (source[:start], source[end:]))
    return " ".join(f"…{before[-60:]}[{source[start:end]}]{after[:40]}…".split())


@dataclass
class Cell:
    """A code cell: what stands in it, and what it printed and drew."""

    index: int
    code: str
    said: str

    @cached_property
    def results(self) -> list[tuple[int, Value]]:
        """The numbers of the output, each with the place where it starts."""
        found = re.finditer(rf"({SIGNED})({PERCENT})?", self.said)
        return [(each.start(), value_of(each[1], bool(each[2]))) for each in found]

    @cached_property
    def literals(self) -> list[tuple[int, Value]]:
        """The numbers of the code, each with the place where it starts; what stands in strings is not among them."""
        starts = [0]
        for line in self.code.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        plain = re.sub(r"^[%!]", "#", self.code, flags=re.MULTILINE)  # IPython's own lines
        found, last = [], ("", "")
        for token in tokenize.generate_tokens(io.StringIO(plain).readline):
            if token.type == tokenize.NUMBER and re.fullmatch(r"[\d_.]+(?:e[-+]?\d+)?", token.string):
                negative = last[1] == "-" and not re.match(r"[\w)\]]", last[0])
                found.append(
                    (starts[token.start[0] - 1] + token.start[1], value_of("-" * negative + token.string.rstrip(".")))
                )
            last = (last[1], token.string)
        return found

    def settings(self, size: int) -> set[tuple[float, ...]]:
        """Return the numbers of the code, as many in a row as asked for."""
        values = [value.value for _, value in self.literals]
        return {tuple(values[i : i + size]) for i in range(len(values) - size + 1)}


def words_of(output: NotebookNode) -> str:
    """Return what a reader can read in an output: its text, or the words in a figure, which are its comments."""
    data = output.get("data", {})
    figure = data.get(SVG)
    words = re.findall(r"<!--(.*?)-->", figure) if figure else [data.get("text/plain", "")]
    return " ".join([output.get("text", ""), *words])


class Lesson:
    """A notebook as the marks see it: its texts, its code cells, and the names that its texts give to numbers."""

    def __init__(
        self,
        name: str,
        notebook: NotebookNode,
        language: str = book.ENGLISH,
        open_: "Callable[[Path], Lesson] | None" = None,
    ) -> None:
        """``open_`` returns the lesson of another notebook that a mark speaks of."""
        self.open = cache(open_ or lesson_of)
        self.name, self.language, self.chapter = name, language, Path(name).name[:2]
        self.facts = {key: value for key, value in notebook.metadata.get(book.FACTS, {}).items() if is_number(value)}
        texts = [(i, cell.source) for i, cell in enumerate(notebook.cells) if cell.cell_type == "markdown"]
        self.texts = [(i, chapters.without_rows(text)) for i, text in texts]
        self.cells = {
            i: Cell(i, cell.source, " ".join(" ".join(words_of(output) for output in cell.outputs).split()))
            for i, cell in enumerate(notebook.cells)
            if cell.cell_type == "code"
        }
        self.size = len(notebook.cells)

    def other(self, number: str) -> "Lesson":
        """Return the lesson that a mark names: 02, or solutions/02."""
        folder = book.ROOT / "notebooks" / self.language
        found = sorted(folder.glob(f"{number}*.ipynb"))
        if len(found) != 1:
            raise Wrong(f"there is no chapter {number} in {folder.relative_to(book.ROOT).as_posix()}")
        return self.open(found[0])

    def cell_with(self, piece: str) -> Cell:
        """Return the only cell that has a piece of code."""
        found = [cell for cell in self.cells.values() if piece in cell.code]
        if len(found) != 1:
            raise Wrong(f"{len(found) or 'no'} cells have the code {piece!r}; name a piece that one cell has")
        return found[0]

    def cells_for(self, index: int | None, piece: str | None) -> list[Cell]:
        """Return the cells whose output a mark may mean: the named one, the last above, or without a place all."""
        if piece is not None:
            return [self.cell_with(piece)]
        speaking = [cell for cell in self.cells.values() if cell.said]
        if index is None:
            return speaking
        above = [cell for cell in speaking if cell.index < index]
        if not above:
            raise Wrong('no cell above this text has an output; name the cell: <!--out #1 in "a piece of its code"-->')
        return above[-1:]

    def neighbours(self, index: int) -> list[Cell]:
        """Return the code cells directly above and below a text, across other texts."""
        above = next((i for i in range(index - 1, -1, -1) if i in self.cells), None)
        below = next((i for i in range(index + 1, self.size) if i in self.cells), None)
        return [self.cells[i] for i in (above, below) if i is not None]

    @cached_property
    def given(self) -> dict[str, Any]:
        """The numbers that the texts give a name to; those of its chapter belong to the solutions, too."""
        names = dict(self.other(self.chapter).given) if "solutions/" in self.name else {}
        for index, number in self.marked():
            if (found := GIVEN.fullmatch(number.mark)) and found[1]:
                if found[1] in names or found[1] in self.facts or found[1] in facts() or found[1] in NAMES:
                    raise Wrong(f"{self.name}, cell {index}: the name {found[1]} is taken; give another one")
                values = tuple(value.value / (100 if value.percent else 1) for value in number.values)
                names[found[1]] = values if len(values) > 1 else values[0]
        return names

    def marked(self) -> Iterator[tuple[int, Number]]:
        """Yield the marked numbers, each with the index of its cell."""
        for index, source in self.texts:
            try:
                numbers = numbers_in(source)
            except Wrong:  # reported where the cell is checked
                continue
            yield from ((index, number) for number in numbers if number.mark)

    def names_used(self) -> set[str]:
        """Return the names that the computed marks use."""
        computed = (number.mark for _, number in self.marked() if number.mark.startswith("="))
        return {name for mark in computed for name in re.findall(r"[A-Za-z_]\w*", re.sub(WORDS, "", mark))}


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_literal(expression: str) -> bool:
    try:
        ast.literal_eval(expression)
    except (ValueError, SyntaxError):
        return False
    return True


@cache
def lesson_of(notebook: Path) -> Lesson:
    """Return the lesson of a stored notebook."""
    place = notebook.resolve().relative_to(book.ROOT / "notebooks")
    return Lesson(place.with_suffix("").as_posix(), book.read(notebook), place.parts[0])


@cache
def facts() -> dict[str, Any]:
    """Return the facts that every text may compute with."""
    return yaml.safe_load((book.ROOT / "sources" / "facts.yaml").read_text(encoding="utf-8"))


@cache
def listed() -> dict[str, list[dict[str, str]]]:
    """Return the phrases whose numbers need no mark: for each chapter, and ``everywhere``."""
    return yaml.safe_load((book.ROOT / "sources" / "constants.yaml").read_text(encoding="utf-8"))


def phrases(lesson: "Lesson") -> list[str]:
    """Return the patterns of the phrases that are listed for a lesson, and of its chapter's claims."""
    entries = listed()["everywhere"] + (listed().get(lesson.chapter) or [])
    return [
        *(entry[lesson.language] for entry in entries if lesson.language in entry),
        *(claim for claim in claims(lesson.chapter, lesson.language) if re.search(r"\d", claim)),
    ]


@cache
def claims(chapter: str, language: str) -> list[str]:
    """Return the patterns of a chapter's claims, which a check of their own shows true; marks may stand in them."""
    if not (book.ROOT / "sources" / "verified" / f"chapter_{chapter}.py").exists():
        return []
    from tools.meaning import formulas  # brings torch

    said = [claim.english if language == book.ENGLISH else claim.chinese for claim in formulas.load(chapter).claims]
    marked = [re.sub(r"(?<=[\d%$)])", r"(?:<!--[^>]*-->)?", re.escape(phrase)) for phrase in said]
    return [re.sub(r"(?:\\ )+", r"\\s+", phrase) for phrase in marked]


def out(
    lesson: Lesson, index: int | None, size: int, words: str | None, position: int | None, piece: str | None
) -> tuple[Value, ...]:
    """Return the results that a mark means: as many as the text has in a row, as they are written in the output.

    Without an index, for another chapter, words are looked for in all its outputs.
    """
    cells = lesson.cells_for(index, piece)
    if words is None and len(cells) > 1:
        raise Wrong('say in which cell: <!--out #1 of 02 in "a piece of its code"-->')
    if words is None and position is None and len({value.value for _, value in cells[0].results}) > size:
        raise Wrong(f"the output has several numbers; say which is meant: {numbered(cells)}")
    starts = [(cell, end) for cell in cells for end in ([0] if words is None else ends_of(words, cell.said))]
    found = {in_a_row([value for place, value in cell.results if place >= end], position, size) for cell, end in starts}
    if len(found) > 1:
        raise Wrong(f"{words!r} stands there {len(starts)} times, before different numbers: {numbered(cells)}")
    if not found or None in found:
        raise Wrong(f"there is no such number{f' behind {words!r}' if words else ''} in the output: {numbered(cells)}")
    return found.pop()


def ends_of(words: str, text: str) -> list[int]:
    """Return the places behind some words, which do not begin within a word."""
    return [found.end() for found in re.finditer(r"(?<!\w)" * words[:1].isalpha() + re.escape(words), text)]


def in_a_row(values: list[Value], position: int | None, size: int) -> tuple[Value, ...] | None:
    """Return some values from a position on, counted from 1, or from -1 backwards; nothing if some are missing."""
    first = len(values) + position if position and position < 0 else (position or 1) - 1
    return tuple(values[first : first + size]) if 0 <= first <= len(values) - size else None


def numbered(cells: list[Cell]) -> str:
    """Return the numbers of outputs with their positions, for a message."""
    listed = " | ".join(", ".join(f"#{i} {v.value:g}" for i, (_, v) in enumerate(cell.results, 1)) for cell in cells)
    return listed if len(listed) < 500 else listed[:500] + " …"


def code(lesson: Lesson, size: int, words: str, position: int | None, piece: str | None) -> tuple[Value, ...]:
    """Return the numbers that stand behind a piece of code: as many as the text has in a row."""
    cells = [lesson.cell_with(piece)] if piece is not None else lesson.cells.values()
    found = {
        in_a_row([value for place, value in cell.literals if place >= end], position, size)
        for cell in cells
        for end in ends_of(words, cell.code)
    } - {None}
    if len(found) != 1:
        several = sorted({value.value for values in found for value in values})
        raise Wrong(f"behind the code {words!r} stand {several}" if found else f"no number stands behind {words!r}")
    return found.pop()


def computed(lesson: Lesson, index: int, number: Number, expression: str) -> Any:
    """Return what the expression of a mark is worth."""

    def place(of: str | None) -> tuple[Lesson, int | None]:
        return (lesson.other(of), None) if of else (lesson, index)

    def out_(what: str | int | None = None, position: int | None = None, *, of=None, cell=None) -> float:
        words, position = (None, what) if isinstance(what, int) else (what, position)
        result = out(*place(of), 1, words, position, cell)[0]
        return result.value / (100 if result.percent else 1)

    def code_(words: str, position: int | None = None, *, of=None, cell=None) -> float:
        return code(place(of)[0], 1, words, position, cell)[0].value

    it = tuple(value.value / (100 if value.percent else 1) for value in number.values)
    names = {**NAMES, **facts(), **lesson.facts, **lesson.given, "out": out_, "code": code_}
    names["it"] = it if len(it) > 1 else it[0]
    try:
        return eval(expression, {"__builtins__": {}, **names})  # noqa: S307  our own texts, as much as the cells are
    except Wrong:
        raise
    except Exception as error:
        raise Wrong(f"{expression} cannot be computed: {type(error).__name__}: {error}") from None


def verify(lesson: Lesson, index: int, number: Number) -> None:
    """Raise ``Wrong`` if a number's mark does not hold."""
    if FORBIDDEN.search(number.mark):
        raise Wrong("a mark has no >, |, $, `, double hyphen or end of a line in it: other readers of the text stumble")
    if number.mark.startswith("="):
        verify_computed(lesson, index, number, number.mark[1:].strip())
    elif GIVEN.fullmatch(number.mark):
        if number.claimed:
            raise Wrong(
                "a claim is no given number: what stands beside an equals sign, in a fraction, before % or in an answer"
            )
    elif found := FOUND.fullmatch(number.mark):
        verify_found(lesson, index, number, *found.groups())
    else:
        raise Wrong("a mark that nobody understands")


def verify_computed(lesson: Lesson, index: int, number: Number, expression: str) -> None:
    """Raise ``Wrong`` unless an expression is a number, rounded, or true of it."""
    if is_literal(expression):
        raise Wrong(f"{expression} is no computation: say what it comes from")
    worth = computed(lesson, index, number, expression)
    if worth is True:
        return
    exact = worth if isinstance(worth, (tuple, list)) else (worth,)
    if worth is False or len(exact) != len(number.values):
        raise Wrong(f"{expression} is {worth}")
    if not all(value.admits(each * (100 if value.percent else 1)) for value, each in zip(number.values, exact)):
        raise Wrong(f"{expression} is {', '.join(f'{each:.8g}' for each in exact)}")


def verify_found(
    lesson: Lesson,
    index: int,
    number: Number,
    kind: str,
    words: str | None,
    position: str | None,
    of: str | None,
    piece: str | None,
) -> None:
    """Raise ``Wrong`` unless a number stands in an output or in code where its mark says."""
    words, piece = words and words[1:-1], piece and piece[1:-1]
    there, where = (lesson.other(of), None) if of else (lesson, index)
    place = (words, int(position) if position else None, piece)
    if kind == "out":
        found = out(there, where, len(number.values), *place)
        near = f"; the output: {numbered(there.cells_for(where, piece))}"
    elif words is None:
        raise Wrong('say behind which code: <!--code "lr ="-->')
    else:
        found, near = code(there, len(number.values), *place), ""
    if not all(value.reports(result) for value, result in zip(number.values, found)):
        shown = ", ".join(f"{result.value:.8g}{' %' * result.percent}" for result in found)
        raise Wrong(f"there stands {shown}{near}")


def covered(lesson: Lesson, index: int, source: str, number: Number) -> bool:
    """Tell whether a number needs no mark: a setting of the code beside it, or part of a listed phrase."""
    written = tuple(value.value for value in number.values)
    if not number.claimed and any(written in cell.settings(len(written)) for cell in lesson.neighbours(index)):
        return True
    return any(
        found.start() <= number.start and number.end <= found.end()
        for phrase in phrases(lesson)
        for found in re.finditer(phrase, source.replace("\n", " "))
    )


def unmarked(lesson: Lesson) -> Iterator[tuple[int, Number]]:
    """Yield the numbers that need a mark and have none, each with the index of its cell."""
    for index, source in lesson.texts:
        try:
            numbers = numbers_in(source)
        except Wrong:  # reported where the marks are checked
            continue
        yield from (
            (index, number) for number in numbers if not number.mark and not covered(lesson, index, source, number)
        )


def wrong_marks(lesson: Lesson) -> Iterator[tuple[int, Number | None, str]]:
    """Yield the marked numbers that are wrong, each with the index of its cell and the reason."""
    for index, source in lesson.texts:
        try:
            numbers = numbers_in(source)
        except Wrong as reason:
            yield index, None, str(reason)
            continue
        for number in numbers:
            if number.mark:
                try:
                    verify(lesson, index, number)
                except Wrong as reason:
                    yield index, number, str(reason)


def failures(lesson: Lesson) -> list[str]:
    """Return what is wrong with the numbers of a lesson, for people to read."""
    found = []
    for index, number, reason in wrong_marks(lesson):
        what = f"{number.written}<!--{number.mark}--> in {number.sentence}: " if number else ""
        found.append(f"{lesson.name}, cell {index}: {what}{reason}")
    for index, number in unmarked(lesson):
        found.append(
            f"{lesson.name}, cell {index}: nothing says where {number.written} comes from in {number.sentence}"
        )
    return found + [TO_DO] if found else []
