"""The pages of the site: each is a stored notebook, made ready for Sphinx, and what else it needs.

Nothing is executed. What waits in a notebook is folded, as in ``tools/export.py``: hidden code, and the answers to
'Predict, then run'. Rows of links between notebooks go, since the site has its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools import answers, book, chapters, glossary, links, public
from tools.export import prepare
from tools.site.words import WORDS

SOLUTIONS = "solutions"
PAPER = "paper"
"""The folder beside the editions in which there may be books to print: see ``tools/paper``."""
LEFT_OUT = {links.TAG, public.GETTING}
"""The tags of cells that only notebooks need: the rows that lead on, and the installation."""
CODE_OR_COMMENT = re.compile(r"(```.*?```|`[^`\n]*`)|<!--.*?-->", re.DOTALL)
ROW = re.compile(r"^\[[^\]]*\]\((?:\.\./)+\w+/.*\.ipynb\).*\n", re.MULTILINE)
LINK = re.compile(r"\[([^\]]*)\]\(([^):]*\.ipynb)\)")
FOLD = re.compile(r"<details>\s*<summary>(.*?)</summary>\s*(.*?)\s*</details>", re.DOTALL)
"""An aside, or an answer in words."""
CHECK = re.compile(r"^check\(", re.MULTILINE)
"""What judges an answer of the reader: there is none on paper or on a slide."""


@dataclass
class Page:
    """A page of one edition, before Sphinx reads it.

    Attributes:
        language: ``'en'`` or ``'zh'``.
        name: Its place in the edition, such as ``05-loss-functions`` or ``solutions/05-loss-functions``.
        notebook: The file that it is made from.
        content: Its cells; whoever extends the page edits them.
        files: What lies beside the page, by the names that ``add_file`` has given.
        scripts: Of these, what the page runs.
        styles: Of these, how the page looks.
    """

    language: str
    name: str
    notebook: Path
    content: NotebookNode
    files: dict[str, bytes] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    @property
    def up(self) -> str:
        """Return the way from the page to the folder of its edition, such as ``'../'``."""
        return "../" * self.name.count("/")

    def add_file(self, name: str, data: str | bytes) -> str:
        """Put a file beside the page; return its address as the page has to write it.

        Args:
            name: Unique within the page, such as ``curves-3.js``; with ``shared/`` in front, unique within the site.
            data: What it holds; text is written as UTF-8.
        """
        place = name if name.startswith("shared/") else f"pages/{self.name}/{name}"
        self.files[place] = data.encode() if isinstance(data, str) else data
        return f"{self.up}_static/{place}"

    def add_script(self, name: str, data: str) -> None:
        """Have the page run a script, once it is read; ``name`` as in `add_file`."""
        self.scripts.append(self.add_file(name, data).removeprefix(f"{self.up}_static/"))

    def add_style(self, name: str, data: str) -> None:
        """Have the page use a style sheet; ``name`` as in `add_file`."""
        self.styles.append(self.add_file(name, data).removeprefix(f"{self.up}_static/"))

    @property
    def title(self) -> str:
        """Return what the page is called in lists: a chapter, and its solutions below 'Solutions', with its number."""
        if self.name == chapters.START:
            return WORDS[self.language]["name"]
        text = book.ROOT / "sources" / self.language / f"{self.notebook.stem}.md"
        number = "" if self.name in chapters.PAGES else f"{text.stem[:2]} "
        return number + chapters.title(text)

    @property
    def description(self) -> str:
        """Return what the page is about: a chapter, in the words of the table of chapters; others need not say it."""
        if self.name == chapters.START:
            return " ".join(self.content.cells[0].source.split("\n\n")[1].split())
        text = book.ROOT / "sources" / self.language / f"{self.name}.md"
        return str(chapters.facts(text).get("teaches", "")).replace("`", "")

    @property
    def is_solution(self) -> bool:
        return self.name.startswith(f"{SOLUTIONS}/")

    @property
    def sections(self) -> list[str]:
        """Return the headings below the title, in order."""
        prose = "\n".join(cell.source for cell in self.content.cells if cell.cell_type == "markdown")
        outside_code = re.sub(r"^```.*?^```", "", prose, flags=re.DOTALL | re.MULTILINE)
        return re.findall(r"^##+ (.+?)\s*$", outside_code, flags=re.MULTILINE)


def collect(language: str, solutions: bool = True) -> list[Page]:
    """Return an edition's pages in the order in which they are read: start page, chapters, glossary, solutions."""
    edition = book.ROOT / "notebooks" / language
    found = [*sorted(edition.glob("[0-9]*.ipynb")), edition / f"{glossary.PAGE}.ipynb"]
    found += sorted((edition / SOLUTIONS).glob("*.ipynb")) * solutions
    names = [path.relative_to(edition).with_suffix("").as_posix() for path in found]
    pages = [page_of(language, name, names) for name in names]
    return [start(language, pages), *pages]


def page_of(language: str, name: str, names: Sequence[str]) -> Page:
    """Return the page of a notebook.

    Args:
        language: The edition.
        name: The page's name.
        names: Those of all pages that there are: links to others become words.
    """
    notebook = book.ROOT / "notebooks" / language / f"{name}.ipynb"
    content = nbformat.read(notebook, as_version=4)
    prepare(content, {})
    content.cells = [cell for cell in content.cells if not LEFT_OUT & {*cell.metadata.get("tags", ())}]
    page = Page(language, name, notebook, content)
    for cell in content.cells:
        if cell.cell_type == "markdown":
            prose(cell, page, [*names, chapters.START])
        else:
            code(cell, WORDS[language])
    first = content.cells[0]
    row = actions(page, names)
    first.source = re.sub(r"^# .*\n", lambda title: f"{title[0]}\n{row}\n", f"{first.source}\n", count=1, flags=re.M)
    return page


def prose(cell: NotebookNode, page: Page, names: Sequence[str]) -> None:
    """Make a text ready: no marks of numbers, no rows of links, and links only to what is there."""

    def link(found: re.Match[str]) -> str:
        target = Path(page.name).parent.joinpath(found[2]).as_posix()
        while "/../" in f"/{target}":  # solutions/../05-loss-functions.ipynb
            target = re.sub(r"(?:^|[^/]+/)\.\./", "", target, count=1)
        return found[0] if target.removesuffix(".ipynb") in names else found[1]

    text = CODE_OR_COMMENT.sub(lambda found: found[1] or "", public.without_badges(cell.source))
    cell.source = LINK.sub(link, ROW.sub("", text))


def code(cell: NotebookNode, words: dict[str, str]) -> None:
    """Say to myst-nb what of a cell is folded, and which words stand for its figure."""
    tags = cell.metadata.get("tags", [])
    if answers.YOURS in tags:
        cell.outputs = []
    folds = {}
    if "hide-input" in tags:
        folds["source"] = words["code"]
    if answers.ANSWER in cell.metadata and cell.outputs:
        folds["output"] = words["result"]
    image = {"alt": cell.metadata.get(book.ALT, "")}
    if any("<image" in output.get("data", {}).get(book.SVG, "") for output in cell.outputs):
        image["classes"] = "photograph"
    cell.metadata = nbformat.from_dict({"folds": folds, "mystnb": {"image": image}})


def actions(page: Page, names: Sequence[str]) -> str:
    """Return the row below a title: the notebook to take along or to open elsewhere, and what belongs to it."""
    words, url = WORDS[page.language], public.address(book.ROOT)
    row = [f'<a href="{page.up}{download_of(page)}" download>{words["download"]}</a>']
    places = public.places(url, page.notebook.relative_to(book.ROOT).as_posix())
    row += [f'<a href="{address}">{words[place]}</a>' for place, address in places.items()]
    other = page.name.removeprefix(f"{SOLUTIONS}/") if page.is_solution else f"{SOLUTIONS}/{page.name}"
    if other in names:
        row.append(f'<a href="{page.up}{other}.html">{words["chapter" if page.is_solution else SOLUTIONS]}</a>')
    return f'<p class="page-actions">{" ".join(row)}</p>\n'


def download_of(page: Page) -> str:
    """Return where a page's notebook, as it is stored, lies in the folder of its edition."""
    return f"notebooks/{page.name}.ipynb"


def start(language: str, pages: Sequence[Page]) -> Page:
    """Return the start page: what it says of reading as pages, the table of chapters, and the list of all."""
    text = (Path(__file__).parent / f"start_{language}.md").read_text(encoding="utf-8")
    source = chapters.start_of(book.ROOT, language)
    table = re.search(
        rf"{re.escape(chapters.BEGIN)}(.*?){re.escape(chapters.END)}",
        chapters.start(book.ROOT, language),
        flags=re.DOTALL,
    )[1]
    _, needs, *_ = source.read_text(encoding="utf-8").split("\n## ")
    text = text.format(table=table, needs=needs.partition("\n")[2].strip())
    groups = ([page for page in pages if page.is_solution == kind] for kind in (False, True))
    for group, caption in zip(groups, (None, WORDS[language][SOLUTIONS])):
        if group:
            entries = "\n".join(f"{page.title} <{page.name}>" for page in group)
            text += f"\n```{{toctree}}\n:hidden:\n{f':caption: {caption}' if caption else ''}\n\n{entries}\n```\n"
    notebook = book.notebook_of(source)
    content = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(text)], metadata=nbformat.read(notebook, as_version=4).metadata
    )
    return Page(language, chapters.START, notebook, content)


def offer(page: Page, books: Sequence[Path]) -> None:
    """Have the start page offer books that lie beside the editions: see ``tools/paper``."""
    if books:
        rows = " ".join(f'<a href="../{PAPER}/{file.name}">{file.suffix[1:].upper()}</a>' for file in books)
        said = f'\n<p class="page-actions">{WORDS[page.language]["paper"]} {rows}</p>\n\n## '
        first = page.content.cells[0]
        first.source = first.source.replace("\n## ", said, 1)


def addresses(headings: Sequence[str]) -> list[str]:
    """Return an address for each heading, unique within the page."""
    found: list[str] = []
    for heading in headings:
        name = re.sub(r"[^a-z0-9]+", "-", re.sub(r"\\[a-z]+", "", heading.lower())).strip("-") or "section"
        count = sum(re.fullmatch(rf"{name}(-\d+)?", other) is not None for other in found)
        found.append(f"{name}-{count + 1}" if count else name)
    return found
