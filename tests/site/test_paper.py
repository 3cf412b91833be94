"""The books on paper, built whole: what XeLaTeX and Sphinx made of the pages, read as a printer and a reader do.

Needs what ``tools/paper/needs.py`` lists, and poppler-utils. The books are built anew, unless ``PAPER`` names the
folder of some.
"""

import html
import os
import posixpath
import re
import shutil
import subprocess
import zipfile
from functools import cache
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from tools import answers, book
from tools.paper import build, needs, pages
from tools.paper.words import WORDS
from tools.site import pages as site
from tools.site.words import TAGS

LANGUAGES = (book.ENGLISH, *book.TRANSLATIONS)
BOTH = pytest.mark.parametrize("language", LANGUAGES)
A4 = (595, 842)
MARGIN = 2.7 / 2.54 * 72 - 10
"""The points that stay free at both sides of each page: a Chinese mark has half its width empty."""
CHINESE = re.compile("[\u4e00-\u9fff]{4}")
ON_A_SCREEN = {
    "en": re.compile(
        r"click (?:on|to|into)|a click opens|\bfolded\b|\bin (?:Colab|Binder)|[Dd]ownload the notebook"
        r"|[Pp]redict, then run|not done yet"
    ),
    "zh": re.compile("折叠|点一下|在 Colab 中|下载笔记本|先猜，再运行|还没有做完"),
}
"""What makes no sense on paper."""


@pytest.fixture(scope="session")
def books(tmp_path_factory):
    """Return the folder of the books. They were made without a warning."""
    if "PAPER" in os.environ:
        return Path(os.environ["PAPER"]).resolve()
    assert needs.lacking(needs.KINDS) == ""
    folder = tmp_path_factory.mktemp("paper")
    assert set(build.build(folder, LANGUAGES).values()) == {""}
    return folder


@cache
def read(file):
    return PdfReader(file)


@cache
def words_of(file):
    """Return the words of each page, with the places of their edges: left, top, right, bottom."""
    assert shutil.which("pdftotext"), "install poppler-utils"
    text = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, check=True, encoding="utf-8").stdout
    word = re.compile(r'<word xMin="(\S+)" yMin="(\S+)" xMax="(\S+)" yMax="(\S+)">(.*)</word>')
    return [
        [(html.unescape(found[5]), *map(float, found.group(1, 2, 3, 4))) for found in word.finditer(page)]
        for page in text.split("<page ")[1:]
    ]


@pytest.fixture
def pdf(books, language):
    return books / f"{build.NAME}.{language}.pdf"


@pytest.fixture
def epub(books, language):
    with zipfile.ZipFile(books / f"{build.NAME}.{language}.epub") as file:
        yield file


@cache
def collected(language, solutions=True):
    """Return the pages of a book, by their names."""
    return {page.name: page for page in pages.collect(language, solutions)}


def prose(page):
    return "\n\n".join(cell.source for cell in page.content.cells if cell.cell_type == "markdown")


def flat(outline, level=0):
    """Yield the entries of a PDF's outline, each with its level."""
    for entry in outline:
        if isinstance(entry, list):
            yield from flat(entry, level + 1)
        else:
            yield level, entry


def formulas(language):
    """Return the number of formulas in the pages."""
    text = "\n\n".join(map(prose, list(collected(language).values())[1:]))
    text = re.sub(r"^```\w*\n.*?^```$|`[^`\n]*`", "", text, flags=re.DOTALL | re.MULTILINE)
    blocks = re.findall(r"\$\$.+?\$\$", text, flags=re.DOTALL)
    return len(blocks) + len(re.findall(r"\$[^$]+\$", re.sub(r"\$\$.+?\$\$", "", text, flags=re.DOTALL)))


def squeezed(text):
    return re.sub(r"\W|_", "", text)


def figures(language):
    """Return the number of figures in the stored notebooks."""
    cells = [cell for page in collected(language).values() for cell in page.content.cells if cell.cell_type == "code"]
    return sum(book.SVG in output.get("data", {}) for cell in cells for output in cell.outputs)


@BOTH
def test_a_book_has_answers_and_solutions_after_its_chapters(language):
    names = list(collected(language))
    chapters = [page.name for page in site.collect(language) if page.name[0].isdigit()]
    assert names[: len(chapters) + 5] == ["index", "preface", *chapters, "answers", "solutions", "glossary"]
    assert names[len(chapters) + 5 :] == [f"solutions/{name}" for name in chapters]
    without = collected(language, False)
    assert list(without) == [name for name in names if "solutions" not in name]
    assert not any("solutions-" in prose(page) for page in without.values())


@BOTH
def test_each_question_has_its_answer_at_the_end_and_nothing_is_shown_below_it(language):
    there = collected(language)
    asked = re.findall(r"^\(question-(\d\d-\d+)\)=$", "\n".join(map(prose, there.values())), flags=re.M)
    assert asked == re.findall(r"^\(answer-(\d\d-\d+)\)=$", prose(there["answers"]), flags=re.M) and len(asked) > 70
    shown = sum(bool(cell.get("outputs")) for cell in there["answers"].content.cells)
    cells = [cell for page in site.collect(language, False) for cell in page.content.cells if cell.cell_type == "code"]
    assert shown == sum("output" in cell.metadata.folds for cell in cells) > 60
    for page in there.values():
        assert not answers.PROMPT.search(prose(page)) and "<details>" not in prose(page)


@BOTH
def test_every_figure_has_a_caption(language):
    cells = [cell for page in collected(language).values() for cell in page.content.cells if cell.cell_type == "code"]
    drawn = [cell for cell in cells if any(book.SVG in output.get("data", {}) for output in cell.outputs)]
    assert len(drawn) > 80 and all(len(cell.metadata.mystnb.figure.caption) > 15 for cell in drawn)
    assert pages.plain("a_b and $x$") == r"a\_b and \$x\$"


def test_what_a_reader_would_miss_makes_the_command_fail():
    log = (
        "Overfull \\hbox (2.9pt too wide) in paragraph\nOverfull \\hbox (12.5pt too wide) in paragraph\n"
        "Missing character: There is no \u4e2d in font x!\nLaTeX Warning: Reference `a' on page 3 undefined\n"
        "LaTeX Warning: Label(s) may have changed\n"
    )
    assert build.complaints(log).splitlines() == log.splitlines()[1:4]


@BOTH
def test_the_outline_has_all_chapters_in_order_and_leads_to_their_pages(pdf, language):
    reader = read(pdf)
    top = [entry for level, entry in flat(reader.outline) if level == 0]
    listed = [page for page in [*collected(language).values()][1:] if not page.is_solution]
    titles = [re.search(r"^# (.*)", page.content.cells[0].source, flags=re.M)[1] for page in listed]
    numbers = ["", *(page.name[:2] for page in listed if page.name[0].isdigit()), "A", "B", "C"]
    assert [squeezed(entry.title) for entry in top] == [
        squeezed(number + title) for number, title in zip(numbers, titles, strict=True)
    ]
    for entry, title in zip(top, titles):
        words = "".join(word for word, *_ in words_of(pdf)[reader.get_destination_page_number(entry)])
        assert squeezed(title) in squeezed(words)


@BOTH
def test_the_contents_give_the_pages_on_which_things_stand(pdf, language):
    """Each line of the contents is a link: the number at its end is that of the page where it leads."""
    reader, checked = read(pdf), 0
    last = min(reader.get_destination_page_number(entry) for level, entry in flat(reader.outline))
    for number, page in enumerate(reader.pages[2:last], start=2):
        lines = words_of(pdf)[number]
        for link in (each.get_object() for each in page.get("/Annots", [])):
            target = reader.named_destinations[link["/A"]["/D"]]
            bottom, top = (A4[1] - float(link["/Rect"][corner]) for corner in (1, 3))
            row = [word for word in lines if top < (word[2] + word[4]) / 2 < bottom]
            said = max(row, key=lambda word: word[3])[0]
            assert said == reader.page_labels[reader.get_destination_page_number(target)], row
            checked += 1
    assert checked > 100
    assert any(set(word) == {"."} and len(word) > 20 for word, *_ in words_of(pdf)[2]) or "..." in "".join(
        word for word, *_ in words_of(pdf)[2]
    )


@BOTH
def test_fonts_are_embedded_and_have_names(pdf, language):
    found = {}
    for page in read(pdf).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()
            inner = inner.get("/DescendantFonts", [inner])[0].get_object()
            name = str(inner["/BaseFont"])
            found[name] = any(key.startswith("/FontFile") for key in inner["/FontDescriptor"].get_object())
    assert found and all(found.values())
    names = " ".join(found)
    assert "NotoSerifCJK" in names and "TeXGyrePagellaMath" in names and "DejaVuSansMono" in names
    assert language == "en" or "NotoSansCJK" in names


@BOTH
def test_nothing_is_wider_than_the_page(pdf, language):
    wide = [
        (number, *word)
        for number, page in enumerate(words_of(pdf)[1:], start=2)
        for word in page
        if word[1] < MARGIN or word[3] > A4[0] - MARGIN or word[2] < 30 or word[4] > A4[1] - 30
    ]
    assert wide == []
    assert all(tuple(map(round, page.mediabox[2:])) == A4 for page in read(pdf).pages)


@BOTH
def test_links_lead_into_the_book_or_to_the_web(pdf, language):
    reader, inside = read(pdf), 0
    for page in reader.pages:
        for link in (each.get_object()["/A"] for each in page.get("/Annots", [])):
            if link["/S"] == "/GoTo":
                assert link["/D"] in reader.named_destinations
                inside += 1
            else:
                assert re.match("https?://", link["/URI"]) and ".ipynb" not in link["/URI"]
    assert inside > 500


@BOTH
def test_every_figure_has_its_number_and_caption(pdf, language):
    label = re.compile(rf"{WORDS[language]['figure']}((?:\d+|[A-C])\.\d+)")
    numbers = [number for page in words_of(pdf) for number in label.findall("".join(word for word, *_ in page))]
    assert len(numbers) == figures(language) > 80
    assert len(set(numbers)) == len(numbers)


REFERENCES = {
    "en": (r"[Aa]nswer(\d\d\.\d+),page(\d+)", r"{0}Question:chapter\d\d,page{1}\."),
    "zh": (r"答案(\d\d\.\d+)(?:在书末)?（第(\d+)页）", r"{0}问题在第\d\d章（第{1}页）。"),
}
"""How a question says where its answer is, and an answer where its question is."""


@BOTH
def test_an_answer_stands_at_the_end_on_the_page_that_the_question_names_and_leads_back(pdf, language):
    texts = ["".join(word for word, *_ in page) for page in words_of(pdf)]
    there, back = REFERENCES[language]
    asked = [
        (number, text, int(page)) for number, text in enumerate(texts, 1) for text, page in re.findall(there, text)
    ]
    many = sum(prose(page).count("(question-") for page in collected(language).values())
    assert len(asked) == many > 70
    top = {entry.title: entry for level, entry in flat(read(pdf).outline) if level == 0}
    (begin,) = (read(pdf).get_destination_page_number(top[title]) + 1 for title in top if title.startswith("A"))
    for here, answer, page in asked:
        assert here < begin <= page
        begins = f"(?:{here}|{here - 1})"  # the paragraph of the question
        assert re.search(back.format(re.escape(answer), begins), texts[page - 1]), (answer, here, page)


@BOTH
def test_what_a_cell_below_a_question_prints_stands_among_the_answers(pdf, epub, language):
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True, encoding="utf-8").stdout
    paper = squeezed(text)
    screen = squeezed(html.unescape(re.sub(r"<[^>]*>", "", epub.read("answers.xhtml").decode())))
    cells = [cell for cell in collected(language)["answers"].content.cells if cell.cell_type == "code"]
    printed = [line for cell in cells for output in cell.outputs for line in output.get("text", "").splitlines()]
    assert len(printed) > 100
    assert [line for line in printed if squeezed(line) not in paper] == []
    assert [line for line in printed if squeezed(line) not in screen] == []


@BOTH
def test_nothing_is_said_that_makes_sense_on_a_screen_only(pdf, epub, language):
    paper = ["".join(word + " " for word, *_ in page) for page in words_of(pdf)]
    texts = [epub.read(name).decode() for name in epub.namelist() if name.endswith(".xhtml")]
    screens = [html.unescape(re.sub(r"<pre>.*?</pre>|<[^>]*>", " ", text, flags=re.S)) for text in texts]
    found = [hit[0] for text in (*paper, *screens) for hit in ON_A_SCREEN[language].finditer(text)]
    assert found == []


@BOTH
def test_the_epub_is_whole(epub, language):
    """Its first file says what it is; its list names all files, of which each is well-formed and finds what it uses."""
    names = epub.namelist()
    assert names[0] == "mimetype" and epub.read("mimetype") == b"application/epub+zip"
    listing = ElementTree.fromstring(epub.read("content.opf"))
    items = {item.get("href"): item for item in listing.findall(".//{*}item")}
    assert {*items, "mimetype", "META-INF/container.xml", "content.opf"} == set(names)
    assert listing.find(".//{*}language").text == TAGS[language]
    assert listing.find(".//{*}title").text == WORDS[language]["name"]
    (cover,) = (item for item in items.values() if "cover-image" in (item.get("properties") or ""))
    assert epub.read(cover.get("href")).startswith(b"\x89PNG")
    roots = {name: ElementTree.fromstring(epub.read(name)) for name in names if name.endswith((".xhtml", ".svg"))}
    ids = {name: {each.get("id") for each in root.iter() if each.get("id")} for name, root in roots.items()}
    for name, root in roots.items():
        assert name.endswith(".svg") or root.get("lang") == TAGS[language], name
        has_formulas = root.find(".//{http://www.w3.org/1998/Math/MathML}math") is not None
        assert ("mathml" in (items[name].get("properties") or "")) == has_formulas, name
        for each in root.iter():
            for link in filter(None, (each.get("href"), each.get("src"))):
                if re.match(r"https?:|data:|mailto:", link):
                    continue
                path, _, place = unquote(link).partition("#")
                target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
                assert target in names and "ipynb" not in target, (name, link)
                assert not place or place in ids[target], (name, link)


@BOTH
def test_the_epub_lists_all_pages_and_shows_all_formulas_and_figures(epub, language):
    listed = [page for page in collected(language).values() if page.name != "index"]
    navigation = re.findall(r'href="([^"#]+)\.xhtml"', epub.read("nav.xhtml").decode())
    order = [name for name in dict.fromkeys(navigation) if name != "index"]
    solutions = [page.name for page in listed if page.is_solution]
    names = [page.name for page in listed if not page.is_solution]
    place = names.index("solutions") + 1
    assert order == names[:place] + solutions + names[place:]
    texts = {page.name: epub.read(f"{page.name}.xhtml").decode() for page in listed}
    assert sum(text.count("<figcaption") for text in texts.values()) == figures(language)
    numbers = [number for text in texts.values() for number in re.findall(r'"caption-number">(.*?) <', text)]
    assert len(set(numbers)) == figures(language) and any(number.endswith(" B.1") for number in numbers)
    assert all("$" not in re.sub(r"<pre>.*?</pre>|<code.*?</code>", "", text, flags=re.S) for text in texts.values())
    assert sum(text.count("<math") for text in texts.values()) == formulas(language) > 800
    alone = [name for name, text in texts.items() if CHINESE.search(re.sub(r"<[^>]*>", "", text))]
    assert set(alone) == ({"glossary"} if language == "en" else set(texts))


@BOTH
def test_the_validator_of_epub_finds_no_error(books, language):
    program = shutil.which("epubcheck")
    assert program, "install epubcheck, and a Java that runs it"
    is_archive = Path(program).read_bytes().startswith(b"PK")  # Debian's is
    command = ["java", "-jar", program] if is_archive else [program]
    file = str(books / f"{build.NAME}.{language}.epub")
    done = subprocess.run([*command, file], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
