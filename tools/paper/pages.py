"""The pages of the book on paper: those of the site, made ready for a reader who can neither click nor run.

What the site folds stands elsewhere: results and answers at the end of the book, each with the pages of question and
answer; asides in boxes; code that only draws or prints in small type. Every figure has its number and, as its caption,
the words that the notebook keeps for those who cannot see it.
"""

import base64
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from PIL import Image

from tools import answers, book, chapters, glossary
from tools.paper.words import EXERCISES, ON_PAPER, WORDS, pattern
from tools.site import pages
from tools.site.pages import CHECK, FOLD, SOLUTIONS, Page

HERE = Path(__file__).parent
PREFACE, ANSWERS = "preface", "answers"
SMALL = "small"
"""The tag of code that is set small."""
BARE = "remove-input"
"""myst-nb's tag of a cell of which only the outputs are shown."""
ANSWER = re.compile("Answer|答案")
PARAGRAPH = re.compile(r"(?:(?<=\n\n)|\A)(?=\S)")
RASTER = re.compile(r"data:image/png;base64,([^\"]+)")
WIDE = 300
"""The pixels that a picture made of pixels has at least: some programs blur smaller ones, whatever they are told."""


@dataclass
class Asked:
    """A question of a chapter, and what is to be found at the end of the book.

    Attributes:
        number: Such as ``'05.3'``.
        outputs: What the cell below the question shows.
        image: How myst-nb is to show a figure among them.
        text: The answer in words.
    """

    number: str
    outputs: list[NotebookNode] = field(default_factory=list)
    image: dict[str, object] = field(default_factory=dict)
    text: str = ""

    @property
    def question(self) -> str:
        return f"question-{self.number.replace('.', '-')}"

    @property
    def answer(self) -> str:
        return f"answer-{self.number.replace('.', '-')}"


def collect(language: str, solutions: bool = True) -> list[Page]:
    """Return the book in the order of reading: title, preface, chapters, answers, solutions, glossary."""
    start, *rest = pages.collect(language, solutions)
    asked = {page.name: on_paper(page, solutions) for page in rest}
    solved = [page for page in rest if page.is_solution]
    words = next(page for page in rest if page.name == glossary.PAGE)
    texts = [page for page in rest if page not in (*solved, words)]
    back = [answers_page(language, texts, asked), *solutions_page(language, solved), words]
    front = preface(language)
    return [title_page(start, front, texts, back), front, *texts, *back, *solved]


def on_paper(page: Page, solutions: bool) -> list[Asked]:
    """Make a page ready for paper; return what it asks."""
    asked: list[Asked] = []
    first = page.content.cells[0]
    first.source = re.sub(r'^<p class="page-actions">.*</p>\n', "", first.source, flags=re.MULTILINE)
    for before, cell in zip([first, *page.content.cells], page.content.cells):
        if cell.cell_type == "code":
            code(cell, before, page, asked)
        else:
            cell.source = prose(cell.source, page, solutions, asked)
    return asked


def code(cell: NotebookNode, before: NotebookNode, page: Page, asked: list[Asked]) -> None:
    """Make a cell ready; what it shows below a question goes to the answers."""
    folds, image = cell.metadata["folds"], cell.metadata["mystnb"]["image"]
    if not page.is_solution and CHECK.search(cell.source):
        cell.outputs = []
    for output in cell.outputs:
        if book.SVG in output.get("data", {}):
            output.data[book.SVG] = drawing(output.data[book.SVG])
    shown = {"image": image, "figure": {"caption": plain(str(image["alt"]))}} if image["alt"] else {}
    cell.metadata = nbformat.from_dict({"tags": [SMALL] * ("source" in folds), "mystnb": shown})
    if "output" in folds:
        one = Asked(f"{page.name[:2]}.{len(asked) + 1}", cell.outputs, shown)
        asked.append(one)
        cell.outputs = []
        before.source = pointed(before.source, one, page.language)


def pointed(text: str, one: Asked, language: str) -> str:
    """Return a text whose prompt says where its answer stands, and to which the answer leads back."""
    (prompt,) = answers.PROMPT.finditer(text)
    words = WORDS[language]
    said = words["predict"].format(number=one.number, place=one.answer, page=page_of(ANSWERS, one.answer))
    begin = [place.start() for place in PARAGRAPH.finditer(text) if place.start() <= prompt.start()][-1]
    return f"{text[:begin]}({one.question})=\n{text[begin : prompt.start()]}{said}{text[prompt.end() :]}"


def page_of(document: str, place: str) -> str:
    """Return what stands for the page of a place; EPUB has none."""
    return f"{{page}}`{document}:{place}`"


def prose(text: str, page: Page, solutions: bool, asked: list[Asked]) -> str:
    """Return a text without what makes sense on a screen only; answers go to the end, asides into boxes."""
    words = WORDS[page.language]
    for sentence, instead in ON_PAPER[page.language].items():
        text = re.sub(pattern(sentence), lambda _, instead=instead: instead, text)
    place = f"{SOLUTIONS}-{page.name[:2]}"
    where = words["in_solutions"].format(place=place, page=page_of(f"{SOLUTIONS}/{page.name}", place))
    text = re.sub(pattern(EXERCISES[page.language]), lambda _: where * solutions, text)

    def fold(found: re.Match[str]) -> str:
        if not ANSWER.fullmatch(found[1]):
            return f"`````{{admonition}} {found[1]}\n{found[2]}\n`````"
        if found.start() == 0 and asked and not asked[-1].text:
            asked[-1].text = found[2]
            return ""
        one = Asked(f"{page.name[:2]}.{len(asked) + 1}", text=found[2])
        asked.append(one)
        said = words["answer"].format(number=one.number, place=one.answer, page=page_of(ANSWERS, one.answer))
        return f"({one.question})=\n{said}"

    return FOLD.sub(fold, text)


def plain(text: str) -> str:
    """Return Markdown that shows a text as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#$])", r"\\\1", text)


def drawing(svg: str) -> str:
    """Return a figure without what EPUB does not allow, and with pixels that nobody blurs."""
    svg = re.sub(r"<!DOCTYPE[^>]*>", "", svg)
    svg = re.sub(r"<path(?![^>]* d=)", '<path d="M 0 0"', svg)  # nothing, as of a space
    svg = re.sub(r'(<image [^>]*?) id="[^"]*"', r"\1", svg)  # two pictures that are the same have the same
    return RASTER.sub(enlarged, svg)


def enlarged(found: re.Match[str]) -> str:
    """Return a picture with each of its pixels repeated, so that whoever smooths it has nothing to smooth."""
    with Image.open(io.BytesIO(base64.b64decode(found[1]))) as picture:
        times = -(-WIDE // min(picture.size))
        larger = picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)
    file = io.BytesIO()
    larger.save(file, "png", compress_level=4)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def answers_page(language: str, texts: Sequence[Page], asked: dict[str, list[Asked]]) -> Page:
    """Return the results and answers of all chapters."""
    words = WORDS[language]
    page = new_page(language, ANSWERS, f"# {words['answers']}\n\n{words['answers_say']}")
    for chapter in texts:
        page.content.cells.append(nbformat.v4.new_markdown_cell(f"## {chapter.title}"))
        for one in asked[chapter.name]:
            page.content.cells += entry(one, chapter, words)
    return page


def entry(one: Asked, chapter: Page, words: dict[str, str]) -> Iterable[NotebookNode]:
    """Yield the cells of an answer."""
    back = words["question"].format(
        chapter=chapter.name[:2], place=one.question, page=page_of(chapter.name, one.question)
    )
    yield nbformat.v4.new_markdown_cell(f"({one.answer})=\n### {one.number}\n\n{back}")
    if one.outputs:
        metadata = nbformat.from_dict({"tags": [BARE], "mystnb": one.image})
        yield nbformat.v4.new_code_cell(
            "# not shown; without code, nor would the outputs be", outputs=one.outputs, metadata=metadata
        )
    if one.text:
        yield nbformat.v4.new_markdown_cell(one.text)


def solutions_page(language: str, solved: Sequence[Page]) -> list[Page]:
    """Return the page that leads to the solutions, if there are any, and make these ready."""
    if not solved:
        return []
    words = WORDS[language]
    for page in solved:
        first = page.content.cells[0]
        heading = f"({SOLUTIONS}-{Path(page.name).name[:2]})=\n# {page.title}"
        first.source = re.sub(r"^# .*$", lambda _, heading=heading: heading, first.source, count=1, flags=re.M)
    tree = toctree(solved)
    return [new_page(language, SOLUTIONS, f"# {words['solutions']}\n\n{words['solutions_say']}\n\n{tree}")]


def preface(language: str) -> Page:
    """Return what the reader is to know first."""
    text = (HERE / f"preface_{language}.md").read_text(encoding="utf-8")
    start = chapters.start_of(book.ROOT, language).read_text(encoding="utf-8")
    _, needs, *_ = start.split("\n## ")
    return new_page(language, PREFACE, text.format(needs=needs.partition("\n")[2].strip()))


def title_page(start: Page, front: Page, texts: Sequence[Page], back: Sequence[Page]) -> Page:
    """Return the page that holds all others."""
    parts = [
        f"# {WORDS[start.language]['name']}",
        tex(r"\bookpreface"),
        toctree([front]),
        tex(r"\bookchapters"),
        toctree(texts, numbered=True),
        tex(r"\appendix"),
        toctree(back),
    ]
    return new_page(start.language, chapters.START, "\n\n".join(parts))


def tex(command: str) -> str:
    """Return Markdown of a command of book.tex."""
    return f"```{{raw}} latex\n{command}\n```"


def toctree(entries: Sequence[Page], numbered: bool = False) -> str:
    """Return a list of pages."""
    names = "\n".join(page.name for page in entries)
    options = ":numbered: 1\n" * numbered + ":maxdepth: 1"
    return f"```{{toctree}}\n{options}\n\n{names}\n```"


def new_page(language: str, name: str, text: str) -> Page:
    """Return a page that is no notebook's."""
    notebook = book.ROOT / "notebooks" / language / f"{chapters.START}.ipynb"
    content = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(text)], metadata=nbformat.read(notebook, as_version=4).metadata
    )
    return Page(language, name, notebook, content)
