"""Pages made from the notebooks need no network, speak their language, and lead to each other."""

import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from tools import book, export

LANGUAGES = (book.ENGLISH, *book.TRANSLATIONS)
CHAPTERS = ("03-linear-regression-concise", "04-softmax-regression")
LOADS = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}
CODE_OR_TEXT = {"pre", "code", "style", "script"}


class Reader(HTMLParser):
    """What is in a page, as far as tests ask."""

    def __init__(self, html: str):
        super().__init__()
        self.open, self.elements, self.prose, self.words = [], [], "", ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in ("img", "meta", "br", "hr", "link", "input", "col"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        self.words += data
        if not CODE_OR_TEXT & {*self.open}:
            self.prose += data

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes, _ in self.elements if name == tag]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder with the pages of two chapters, in both editions."""
    made = tmp_path_factory.mktemp("pages")
    export.main(["html", str(made), *CHAPTERS])
    return made


@pytest.fixture(scope="module")
def pages(folder):
    return {path: Reader(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}


def page_of(*cells, path="notebooks/en/05-loss-functions.ipynb", **options) -> str:
    """Return the page of a notebook that has a title and these cells."""
    exporter = export.Page(book.ROOT / path, **options)
    title = nbformat.v4.new_markdown_cell("# Some title")
    return exporter.from_notebook_node(nbformat.v4.new_notebook(cells=[title, *cells]))[0]


def drawing(**metadata):
    """Return a cell that stores a drawing and a printed line."""
    outputs = [
        nbformat.v4.new_output("display_data", {"image/svg+xml": "<svg/>", "text/plain": "<Figure>"}),
        nbformat.v4.new_output("stream", text="printed"),
    ]
    return nbformat.v4.new_code_cell("draw()", metadata=metadata, outputs=outputs)


def test_each_edition_has_its_folder_and_chapters_without_their_solutions(pages, folder):
    assert [path.relative_to(folder).as_posix() for path in pages] == sorted(
        f"{language}/{chapter}.html" for language in LANGUAGES for chapter in CHAPTERS
    )
    assert {path.parent.name for path in export.chosen(["05"], solutions=True)} == {*LANGUAGES, "solutions"}


def test_nothing_is_loaded_from_elsewhere(pages):
    for path, page in pages.items():
        loaded = [attributes.get(LOADS[tag]) or "" for tag, attributes, _ in page.elements if tag in LOADS]
        assert loaded and all(address.startswith("data:") for address in loaded), path
        assert not page.all("script"), path
        assert not re.search(r"url\(\s*[\"']?(?!data:|#)|@import", path.read_text(encoding="utf-8")), path


def test_each_formula_is_mathml(pages):
    for path, page in pages.items():
        source = book.ROOT / "notebooks" / path.parent.name / f"{path.stem}.ipynb"
        prose = [cell.source for cell in nbformat.read(source, as_version=4).cells if cell.cell_type == "markdown"]
        outside_code = re.sub(r"```.*?```|`[^`\n]*`|<!--.*?-->", "", "\n\n".join(prose), flags=re.DOTALL)
        blocks = re.findall(r"\$\$.+?\$\$", outside_code, flags=re.DOTALL)
        inline = re.findall(r"\$[^$]+\$", re.sub(r"\$\$.+?\$\$", "", outside_code, flags=re.DOTALL))
        displays = [attributes["display"] for attributes in page.all("math")]
        assert (displays.count("block"), displays.count("inline")) == (len(blocks), len(inline)), path
        assert "$" not in page.prose and not re.search(r"\\[a-zA-Z]", page.prose), path


def test_every_formula_of_the_book_becomes_mathml_without_a_command_left():
    renderer = export.Renderer(book.ROOT, frozenset())
    left = {}
    for notebook in book.files_under("notebooks", ".ipynb"):
        for cell in nbformat.read(notebook, as_version=4).cells:
            if cell.cell_type == "markdown":
                prose = Reader(export.MarkdownWithMath(renderer=renderer).render(cell.source)).prose
                left.update({found: notebook.name for found in re.findall(r"\\[a-zA-Z]+|\$", prose)})
    assert not left


@pytest.mark.parametrize(
    ("tex", "held"),
    [
        (r"\mathbf w", "&#x1D430;"),
        (r"\hat{\mathbf y}", "&#x1D432;"),
        (r"\mathcal N", "&#x1D4A9;"),
        (r"\mathbb R", "&#x0211D;"),
        (r"\mathrm{argmax}_j", "<mi>argmax</mi>"),
        (r"\mathrm d x", '<mi mathvariant="normal">d</mi><mi>x</mi>'),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", '<mtr><mtd columnalign="right"><mi>c</mi></mtd>'),
        (r"\hat y", '<mover accent="true"><mi>y</mi><mo stretchy="false">&#x0005E;</mo></mover>'),
    ],
)
def test_letters_look_as_they_do_in_the_notebook(tex, held):
    assert held in export.mathml(tex)


def test_no_formula_of_the_book_has_letters_that_browsers_do_not_know():
    """A style sheet makes the bold Greek ones."""
    formulas = {
        found
        for notebook in book.files_under("notebooks/en", ".ipynb")
        for cell in nbformat.read(notebook, as_version=4).cells
        if cell.cell_type == "markdown"
        for found in re.findall(r"(?<!\$)\$([^$]+)\$", cell.source)
    }
    kinds = {kind for tex in formulas for kind in re.findall(r'mathvariant="([^"]*)"', export.mathml(tex))}
    assert len(formulas) > 200 and kinds <= {"normal", "bold-italic"}


def test_a_fold_of_a_text_holds_what_it_holds_in_the_notebook():
    cell = nbformat.v4.new_markdown_cell("<details>\n<summary>Answer</summary>\n\nWithin $x$.\n\n</details>\n\nAfter.")
    around = [open_ for tag, _, open_ in Reader(page_of(cell)).elements if tag == "p" or tag == "math"]
    assert [("details" in one) for one in around] == [True, True, False]


def test_a_page_says_its_language_and_its_title(pages):
    for path, page in pages.items():
        assert page.all("html")[0]["lang"] == {"en": "en", "zh": "zh-CN"}[path.parent.name]
    assert "<title>Some title</title>" in page_of()


def test_links_lead_to_pages_that_are_there(pages):
    for path, page in pages.items():
        relative = [link["href"] for link in page.all("a") if not link["href"].startswith(("http", "#"))]
        other = next(language for language in LANGUAGES if language != path.parent.name)
        assert f"../{other}/{path.name}" in relative
        for address in relative:
            assert (path.parent / address.partition("#")[0]).is_file(), (path, address)


def test_a_link_to_what_has_no_page_is_its_words():
    cell = nbformat.v4.new_markdown_cell(
        "See [chapter 04](04-softmax-regression.ipynb#Loss), [the net](https://a.b/c.ipynb)."
    )
    chapter = book.ROOT / "notebooks" / "en" / "04-softmax-regression.ipynb"
    assert [link["href"] for link in Reader(page_of(cell)).all("a")] == ["https://a.b/c.ipynb"]
    linked = Reader(page_of(cell, pages=frozenset([chapter])))
    assert [link["href"] for link in linked.all("a")] == ["04-softmax-regression.html#Loss", "https://a.b/c.ipynb"]
    assert "See chapter 04, the net." in Reader(page_of(cell)).prose


def test_a_figure_has_the_words_that_say_what_it_shows():
    words = 'two lines, "a" < "b"'
    (image,) = Reader(page_of(drawing(alt=words))).all("img")
    assert image["alt"] == words and image["src"].startswith("data:image/svg+xml;base64,")


@pytest.mark.parametrize(("language", "words"), [("en", "Show the answer"), ("zh", "显示答案")])
def test_an_answer_that_waits_is_in_a_fold_below_its_cell(language, words):
    cell = drawing()
    cell.metadata.answer, cell.outputs = cell.outputs, []
    folded, open_ = (page_of(each, path=f"notebooks/{language}/05-loss-functions.ipynb") for each in (cell, drawing()))
    summary = f"<summary>{words}</summary>"
    assert summary in folded and summary not in open_
    for page, inside in ((folded, True), (open_, False)):
        ((_, _, around),) = (one for one in Reader(page).elements if one[0] == "img")
        assert ("details" in around) == inside
    assert folded.rindex("draw") < folded.index(summary) < folded.rindex("printed")


def test_what_was_said_of_another_machine_is_not_shown():
    cell = drawing(tags=["device", "yours"], answer=drawing().outputs)
    assert not Reader(page_of(cell)).all("img") and "draw" in page_of(cell)


def test_hidden_code_is_folded_and_its_output_is_not():
    for metadata, source, words in (
        ({"tags": ["hide-input"]}, "x = 1", "Show the code"),
        ({"tags": ["hide-input"]}, "#@title Get `this`\nx = 1", "Get this"),
    ):
        cell = drawing(**metadata)
        cell.source = source
        page = page_of(cell)
        assert f"<summary>{words}</summary>" in page
        assert re.search(r"<details.*?x.*?</details>.*printed", page, flags=re.DOTALL)


def test_what_the_getting_cell_printed_is_no_part_of_the_page(pages):
    assert all("book_utils is installed." not in re.sub(r"'.*?'", "", page.words) for page in pages.values())


def test_a_name_that_no_notebook_has_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="no notebook is called 99"):
        export.main(["html", str(tmp_path), "99"])


def test_a_pdf_is_printed_from_the_page_without_links_to_files(tmp_path, monkeypatch):
    """By a stand-in for the browser, which writes down what it is asked for."""
    asked = []

    def run(command, **options):
        asked.extend(command)
        Path(next(part for part in command if part.startswith("--print-to-pdf="))[15:]).write_text(
            "pdf", encoding="utf-8"
        )
        page = Path(command[-1].removeprefix("file://")).read_text(encoding="utf-8")
        assert not [link for link in Reader(page).all("a") if link["href"].endswith(".html")]

    monkeypatch.setattr(export.subprocess, "run", run)
    export.main(["pdf", str(tmp_path), "en/05", "--browser", "some-browser"])
    assert (
        asked[0] == "some-browser" and (tmp_path / "en" / "05-loss-functions.pdf").read_text(encoding="utf-8") == "pdf"
    )
