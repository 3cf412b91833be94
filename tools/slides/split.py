"""From a chapter to slides: a notebook whose cells say, in nbconvert's words, which slide they begin.

Heights are estimates, in pixels of a slide of 1280 x 720, and decide only what stands together. What a slide really
needs, its script measures (``deck/fit.js``), and makes letters a little smaller or figures larger.
"""

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil

import nbformat
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat import NotebookNode

from tools import answers, book
from tools.site.pages import CHECK, FOLD, Page
from tools.slides.words import WORDS

ROOM, SECTION = 565, 30
"""What is left of a slide below its heading; what the name of the section takes, where it stands above that."""
LINE, CODE_LINE, GAP = 41, 32, 18
FIGURE, LARGER = 510, 1.4
"""The height that a figure gets at most, and how much larger than in the notebook it is to be."""
MANY_LINES = 17
"""The most lines of code on a slide."""
COLUMNS = 80
"""The longest line of code that fits at 24 px."""
SLACK = 80
"""How much more than its room a slide can take, since its letters can be made a little smaller."""
TYPES = {
    "math_block": "formula",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "fence": "listing",
    "heading_open": "heading",
    "paragraph_open": "prose",
    "blockquote_open": "quote",
}
READ = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, double_inline=True)
WHOLE = re.compile(r"`[^`]*`|\$[^$]*\$|\[[^\]]*\]\([^)]*\)|\([^()]*\)|（[^（）]*）|\"[^\"]*\"|“[^”]*”")
"""What no sentence ends in."""
END = re.compile(r"(?:[.?!]+[*_\"”)]*\s+|[。？！]+[”）]?\s*)(?=.)", re.DOTALL)
TERM = re.compile(r"(?<!\*)\*[^*\s][^*]*\*(?!\*)")
AT_A_DESK = re.compile(
    r"\bclick|\bfold(?:s|ed)?\b|JupyterLab|Colab|[Ss]lider|\b[Rr]un the cell|[Tt]his notebook|folder `solutions`"
    r"|^Hint\b|\*\*Time:\*\*|\b[Dd]rag\b|three dots"
    r"|点击|折叠|滑块|运行.{0,6}单元格|本笔记本|`solutions`|^提示|\*\*(?:用时|时间)|拖动|三个点"
)
"""Sentences for who has the notebook open: they stand in the notes only."""
SHORT = 32
NUMBERED = re.compile(r"\*\*\d+\.?\*\*\.?")
F_STRING = getattr(tokenize, "FSTRING_START", -1), getattr(tokenize, "FSTRING_END", -1)
"""Since Python 3.12, a formatted string is tokens of its own."""
LONG_IMPORT = re.compile(rf"^(from \w+ import )(?=.{{{COLUMNS - 20},}})([^(]*)$")
SAVED = re.compile(r" *#@save\b")
PLAYED = re.compile(r"^explore\(", re.MULTILINE)
"""Code that makes sliders: a slide has the picture alone."""


@dataclass
class Block:
    """A piece of a chapter.

    Attributes:
        kind: ``heading``, ``prose``, ``formula``, ``list``, ``table``, ``listing``, ``fold``, ``code``.
        text: Its markdown; of code its source.
        cell: The cell, if it is code.
        level: Of a heading.
    """

    kind: str
    text: str
    cell: NotebookNode | None = None
    level: int = 0


@dataclass
class Item:
    """What stands on a slide.

    Attributes:
        cell: The cell of the notebook of slides.
        height: The height that it may need.
        is_prose: Whether it is text.
        leads: Whether that text leads to what follows.
        figure: Whether it has a figure.
        whole: The paragraph of which the text is a part.
    """

    cell: NotebookNode
    height: int
    is_prose: bool = False
    leads: bool = False
    figure: bool = False
    whole: str = ""


@dataclass
class Slide:
    """A slide: its headings, what stands on it, what the speaker reads, and whether it begins a column."""

    title: str
    above: str = ""
    begins: bool = False
    kind: str = "plain"
    items: list[Item] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def free(self) -> int:
        return ROOM - SECTION * bool(self.above) - self.needed

    @property
    def heading(self) -> tuple[str, str, str]:
        return self.above, self.title, self.kind

    @property
    def needed(self) -> int:
        return sum(item.height + GAP for item in self.items)

    @property
    def is_thin(self) -> bool:
        """Tell whether there is no more than a line or two of text."""
        return self.kind == "plain" and not self.has_object and sum(item.height for item in self.items) <= 2 * LINE

    def takes(self, other: "Slide") -> bool:
        """Tell whether there is room for what stands on a slide next to this one, below the same heading."""
        slack = 0 if any(item.figure for item in self.items) else SLACK
        return self.heading == other.heading and not (other.begins and self.begins) and self.free + slack > other.needed

    @property
    def has_object(self) -> bool:
        return any(not item.is_prose for item in self.items)


def blocks_of_text(text: str) -> Iterator[Block]:
    """Yield the pieces of a markdown cell, in order."""
    folds = [Block("fold", f"**{fold[1].strip()}**\n\n{fold[2].strip()}") for fold in FOLD.finditer(text)]
    lines = FOLD.sub("\n\nFOLD\n\n", text).split("\n")
    for token in READ.parse("\n".join(lines)):
        if token.level == 0 and token.map and token.type in TYPES:
            piece = "\n".join(lines[slice(*token.map)]).strip()
            if piece == "FOLD":
                yield folds.pop(0)
            elif TYPES[token.type] == "quote":
                yield from blocks_of_text(re.sub("^> ?", "", piece, flags=re.MULTILINE))
            else:
                level = int(token.tag[1:]) if token.type == "heading_open" else 0
                yield Block(TYPES[token.type], piece.lstrip("# ") if level else piece, level=level)


def blocks(content: NotebookNode) -> list[Block]:
    """Return the pieces of a chapter, in order."""
    found: list[Block] = []
    for cell in content.cells:
        if cell.cell_type == "code":
            found.append(Block("code", cell.source, cell))
        elif cell.cell_type == "markdown":
            found += blocks_of_text(cell.source)
    return found


def sentences(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph, in either language, each with the space behind it."""
    text = re.sub(r"(?<=[^\x00-\x7f])\n|\n(?=[^\x00-\x7f])", "", paragraph).replace("\n", " ").strip()
    hidden = WHOLE.sub(lambda found: "x" * len(found[0]), text)
    ends = [0, *(found.end() for found in END.finditer(hidden)), len(text)]
    return [text[start:end] for start, end in zip(ends, ends[1:])]


def shown(paragraph: str, leads: bool) -> list[str]:
    """Return the sentences of a paragraph that stand on the slide.

    These are the first (the second, too, if the first only asks or is very short), those with a word in italics, and
    the last one if it leads to what follows; none that is for readers at a desk.
    """
    said = [sentence for sentence in sentences(paragraph) if not AT_A_DESK.search(sentence)]
    last = len(said) - 1
    first = 1 if said and (said[0].rstrip().endswith(("?", "？")) or wide(said[0]) < SHORT) else 0
    return [one for place, one in enumerate(said) if place <= first or TERM.search(one) or (place == last and leads)]


def wrapped(source: str) -> str:
    """Return code whose lines are at most `COLUMNS` long where brackets let them end earlier; it means the same."""
    lines = [LONG_IMPORT.sub(r"\1(\2)", line) for line in source.split("\n")]
    while (cut := first_cut(lines)) is not None:
        row, new = cut
        lines[row : row + 1] = new
    return "\n".join(lines)


def first_cut(lines: Sequence[str]) -> tuple[int, list[str]] | None:
    """Return the first line that is too long and can be cut, and the two that take its place."""
    code = "\n".join("" if line.startswith("%") else line for line in lines)
    open_at: list[int] = []
    places: dict[int, list[tuple[int, int, int, str]]] = {}  # of each row: how good, where, the rest's indent, the end
    in_words = 0
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        row, column = token.start
        line = lines[row - 1] if row <= len(lines) else ""
        in_words += (token.type == F_STRING[0]) - (token.type == F_STRING[1])
        margin = line[: len(line) - len(line.lstrip())]
        if len(line) > COLUMNS and token.type == tokenize.COMMENT and line[:column].strip():
            return row - 1, [margin + token.string, line[:column].rstrip()]
        space = line.rfind(" ", 0, COLUMNS)
        if len(line) > COLUMNS and is_text(token) and space > column + 3:
            return row - 1, [line[:space], margin + "# " * (token.type == tokenize.COMMENT) + line[space + 1 :]]
        if token.type != tokenize.OP or in_words:
            continue
        if token.string in "([{":
            open_at.append(column + 1)
        elif token.string in ")]}":
            open_at.pop()
        elif token.string == "," and 8 < column < COLUMNS < len(line) and line[column + 1 :].strip():
            shallow = len(margin) + 4
            indent = open_at[-1] if open_at and shallow < open_at[-1] < COLUMNS // 2 else shallow
            good = column - 25 * len(open_at) if open_at else column - 30  # it takes a backslash
            places.setdefault(row, []).append((good, column + 1, indent, "" if open_at else " \\"))
    for row, found in places.items():
        _, column, indent, end = max(found)
        if indent < column:
            line = lines[row - 1]
            return row - 1, [line[:column] + end, " " * indent + line[column:].lstrip()]
    return None


def is_text(token: tokenize.TokenInfo) -> bool:
    """Tell whether a piece of code is a comment or the description of a function."""
    return token.type == tokenize.COMMENT or (token.type == tokenize.STRING and token.string.startswith('"""'))


def pieces(source: str) -> list[str]:
    """Return code in pieces that fit on a slide, cut at blank lines where there are some, or between statements."""
    lines = source.rstrip().split("\n")
    if len(lines) <= MANY_LINES:
        return ["\n".join(lines)]
    cuts = places_to_cut(lines)
    half = ceil(len(lines) / ceil(len(lines) / MANY_LINES))
    cut = min(cuts, key=lambda place: abs(place - half)) if cuts else half
    head, tail = "\n".join(lines[:cut]).rstrip(), "\n".join(lines[cut:]).strip("\n")
    return [*pieces(head), *pieces(tail)]


def places_to_cut(lines: Sequence[str]) -> list[int]:
    """Return the lines before which code may be cut."""
    blank = [place + 1 for place, line in enumerate(lines) if not line.strip() and 3 <= place < len(lines) - 3]
    outer = [place for place, line in enumerate(lines) if line[:1].strip() and line[0] not in ")]}#@" and place > 2]
    return blank or outer


def wide(text: str) -> int:
    """Return how many letters of a Latin text would need the same room."""
    plain = re.sub(r"\\[a-zA-Z]+|[\\{}$`*]", "", text)
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in plain)


def height_of_text(text: str) -> int:
    return sum(LINE * max(1, ceil(wide(line) / 84)) for line in text.split("\n"))


def height_of_formula(text: str) -> int:
    environments = re.split(r"\\(?:begin|end)\{", text)
    rows = 1 + max(piece.count(r"\\") for piece in environments)
    return 40 + 44 * rows + 20 * (r"\frac" in text or r"\sum" in text)


def height_of_code(source: str) -> int:
    return 24 + sum(CODE_LINE * max(1, ceil(len(line) / 96)) for line in source.split("\n"))


def announces(following: Block | None) -> bool:
    """Tell whether the text before this leads to it: formulas go on with its sentence, figures are always announced."""
    if following is None or following.cell is None:
        return following is not None and following.kind == "formula"
    return figures(following.cell.outputs) > 0


def figures(outputs: Sequence[NotebookNode]) -> int:
    """Return how many outputs are figures."""
    return sum(book.SVG in output.get("data", {}) for output in outputs)


def is_shown(cell: NotebookNode) -> bool:
    """Tell whether there is anything of a code cell to show: code that is not hidden, or outputs."""
    return "source" not in cell.metadata.folds or bool(cell.outputs)


def height_of_figure(svg: str) -> int:
    """Return the height that a drawing is to have at least."""
    points = re.search(r'<svg [^>]*?height="([\d.]+)pt"', svg, re.DOTALL)[1]
    return min(FIGURE, round(float(points) * 4 / 3 * LARGER))


def height_of_outputs(outputs: Sequence[NotebookNode]) -> int:
    """Return the height that outputs need at least."""
    printed = [output for output in outputs if book.SVG not in output.get("data", {})]
    letters = "".join(output.get("text") or output.data["text/plain"] + "\n" for output in printed)
    drawn = sum(height_of_figure(output.data[book.SVG]) for output in outputs if book.SVG in output.get("data", {}))
    return drawn + (height_of_code(letters.rstrip()) if letters else 0)


class Splitter:
    """Puts the pieces of a chapter on slides, one after the other."""

    def __init__(self, page: Page):
        self.words = WORDS[page.language]
        self.slides: list[Slide] = []
        self.chapter = page.title
        self.section = ""
        self.in_exercises = False
        self.found = [block for block in blocks(page.content) if block.cell is None or is_shown(block.cell)]

    @property
    def slide(self) -> Slide:
        return self.slides[-1]

    def split(self) -> list[Slide]:
        """Return the slides."""
        for place, block in enumerate(self.found):
            following = self.found[place + 1] if place + 1 < len(self.found) else None
            if block.kind == "heading":
                self.heading(block)
            elif block.kind == "fold":
                self.slide.notes.append(block.text)
            elif block.kind == "prose":
                self.prose(block, following)
            elif block.kind == "code":
                self.code(block, following)
            else:
                self.object(self.markdown(block))
        return merged([slide for slide in self.slides if slide.items or slide.kind == "title"])

    def heading(self, block: Block) -> None:
        if block.level == 1:
            self.slides = [Slide(block.text, kind="title", begins=True), Slide(block.text)]
        elif block.level == 2:
            self.section, self.in_exercises = block.text, bool(re.match(self.words["exercises"], block.text))
            self.slides.append(Slide(block.text, begins=True))
        else:
            self.slides.append(Slide(block.text, above=self.section, begins=self.begins_column()))
        if self.in_exercises:
            self.slide.kind = "exercise"

    def begins_column(self) -> bool:
        """Tell whether the last slide was to begin a column and has nothing: then the next one begins it."""
        return self.slide.begins and not self.slide.items

    def another(self) -> Slide:
        """Begin another slide below the same heading."""
        old = self.slide
        begins = self.begins_column()
        self.slides.append(Slide(old.title, old.above, begins, "plain" if old.kind == "title" else old.kind))
        return self.slide

    def prose(self, block: Block, following: Block | None) -> None:
        asked = bool(answers.PROMPT.search(block.text))
        leads = block.text.rstrip().endswith((":", "：")) or announces(following)
        if self.in_exercises or asked:
            said = [one for one in sentences(block.text) if not AT_A_DESK.search(one)]
        else:
            said = shown(block.text, leads)
        text = "".join(said).rstrip()
        whole = "".join(one for one in sentences(block.text) if not AT_A_DESK.search(one)).rstrip()
        begins = (asked and self.slide.has_object) or (self.in_exercises and NUMBERED.match(block.text))
        item = Item(nbformat.v4.new_markdown_cell(text), height_of_text(text), True, leads or asked, whole=whole)
        if said and self.slide.items and (begins or self.slide.free < item.height):
            unfinished = self.take_unfinished()
            if self.slide.items:
                self.another()
            self.slide.items += unfinished
        if said:
            self.slide.items.append(item)
        if len(said) < len(sentences(block.text)):
            self.slide.notes.append(block.text)

    def take_unfinished(self) -> list[Item]:
        """Take from the slide a formula that came last and that the text goes on with, and what leads to it."""
        items, taken = self.slide.items, []
        if items[-1].cell.source.startswith("$$") and not items[-1].cell.source.rstrip("$ \n").endswith("."):
            taken = [items.pop()]
            if items and items[-1].leads:
                taken.insert(0, items.pop())
        return taken

    def markdown(self, block: Block) -> Item:
        heights = {"formula": height_of_formula, "listing": height_of_code}
        height = heights.get(block.kind, height_of_text)(block.text)
        return Item(nbformat.v4.new_markdown_cell(block.text), height)

    def code(self, block: Block, following: Block | None) -> None:
        cell = block.cell
        folds = cell.metadata.folds
        if self.in_exercises and CHECK.search(cell.source):
            self.slide.notes.append(f"```python\n{cell.source}\n```")
            return
        sources = [] if "source" in folds or PLAYED.search(cell.source) else pieces(wrapped(SAVED.sub("", cell.source)))
        parts = [part_of(cell, source, ()) for source in sources]
        apart = figures(cell.outputs) > 1 or height_of_outputs(cell.outputs) > ROOM
        groups = [[output] for output in cell.outputs] if apart else [cell.outputs]
        if parts and height_of_outputs(groups[0]) + height_of_code(sources[-1]) <= ROOM - LINE:
            parts[-1] = part_of(cell, sources[-1], groups.pop(0))
        parts += [part_of(cell, "", outputs) for outputs in groups if outputs]
        for part in parts:
            height = height_of_code(part.source) * bool(part.source) + height_of_outputs(part.outputs)
            self.object(Item(part, height, figure=bool(figures(part.outputs))))

    def object(self, item: Item) -> None:
        """Put something other than text on a slide, and what leads to it beside it."""
        both_large = item.figure and any(other.figure for other in self.slide.items)
        slack = 0 if self.slide.has_object or item.figure else SLACK
        if self.slide.items and (self.slide.free + slack < item.height or both_large):
            leading = self.take_leading(ROOM + SLACK // 2 - item.height)
            self.another().items += leading
        self.slide.items.append(item)

    def take_leading(self, room: int) -> list[Item]:
        """Take from the slide the text that leads to what comes next, if there is room; it was put there last."""
        items = self.slide.items
        if not items[-1].is_prose or len(items) == 1 or items[-1].height + GAP > room:
            return []
        before = items[-2]
        return [items.pop()] if items[-1].leads or before.is_prose else []


def merged(slides: Sequence[Slide]) -> list[Slide]:
    """Return the slides without those that hold a line or two of text: the slide before or behind takes these."""
    kept: list[Slide] = []
    for place, slide in enumerate(slides):
        behind = slides[place + 1] if place + 1 < len(slides) else None
        if not slide.is_thin:
            kept.append(slide)
        elif kept and kept[-1].takes(slide):
            kept[-1].items += slide.items
            kept[-1].notes += slide.notes
        elif behind is not None and behind.takes(slide):
            behind.items[:0], behind.notes[:0] = slide.items, slide.notes
            behind.begins |= slide.begins
        elif kept and kept[-1].heading == slide.heading and not slide.items[-1].leads:
            kept[-1].notes += slide.notes or [item.cell.source for item in slide.items]
        else:
            for item in slide.items:  # it has a heading of its own, so it says more
                item.cell.source = item.whole
            kept.append(slide)
    return kept


def part_of(cell: NotebookNode, source: str, outputs: Sequence[NotebookNode]) -> NotebookNode:
    """Return a cell with a part of another one's code and outputs."""
    image = cell.metadata.mystnb.image
    metadata = {"alt": image.alt, "answer": "output" in cell.metadata.folds}
    if not source:
        metadata["transient"] = {"remove_source": True}
    return nbformat.v4.new_code_cell(source, metadata=nbformat.from_dict(metadata), outputs=list(outputs))


def contents(slides: Sequence[Slide], words: dict[str, str]) -> Slide:
    """Return the slide that lists the columns, and leads to each."""
    titles = [slide.title if not slide.above else slide.above for slide in slides if slide.begins][1:]
    lines = [f"1. [{title}](#/{place})" for place, title in enumerate(titles, start=1)]
    return Slide(words["contents"], items=[Item(nbformat.v4.new_markdown_cell("\n".join(lines)), 0)], kind="contents")


def split(page: Page) -> NotebookNode:
    """Return a chapter's notebook of slides."""
    splitter = Splitter(page)
    slides = splitter.split()
    first = next(place for place, slide in enumerate(slides) if slide.begins and place)
    slides.insert(first, contents(slides, splitter.words))
    cells: list[NotebookNode] = []
    for slide in slides:
        cells += cells_of(slide, splitter)
    return nbformat.v4.new_notebook(cells=cells, metadata={"title": page.title})


def cells_of(slide: Slide, splitter: Splitter) -> list[NotebookNode]:
    """Return the cells of a slide: headings, what stands on it, notes."""
    if slide.kind == "title":
        number, _, _ = splitter.chapter.partition(" ")
        head = f"###### {splitter.words['name']} · {number}\n\n# {slide.title}"
    else:
        head = f"###### {slide.above}\n\n## {slide.title}" if slide.above else f"## {slide.title}"
    start = nbformat.v4.new_markdown_cell(head)
    kind = "slide" if slide.begins else "subslide"
    start.metadata = nbformat.from_dict({"slideshow": {"slide_type": kind, "data": {"kind": slide.kind}}})
    cells = [start]
    if slide.notes:
        notes = nbformat.v4.new_markdown_cell("\n\n".join(slide.notes))
        notes.metadata = nbformat.from_dict({"slideshow": {"slide_type": "notes"}})
        cells.append(notes)
    waits = False
    for item in slide.items:
        if waits:  # what is said of an answer comes after it
            item.cell.metadata = nbformat.from_dict({**item.cell.metadata, "slideshow": {"slide_type": "fragment"}})
        waits = waits or bool(item.cell.metadata.get("answer") and item.cell.get("outputs"))
        cells.append(item.cell)
    return cells
