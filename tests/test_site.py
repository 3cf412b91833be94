"""The site, as far as it needs no Sphinx: what becomes of the stored notebooks. The rest: ``tests/site``."""

import re
from functools import cache

import nbformat
import pytest

from tools import answers, book, public
from tools.site import pages
from tools.site.words import WORDS

LANGUAGES = (book.ENGLISH, *book.TRANSLATIONS)


@cache
def collected(language, solutions=True):
    return {page.name: page for page in pages.collect(language, solutions)}


def cells(page, kind):
    return [cell for cell in page.content.cells if cell.cell_type == kind]


def words(page):
    return "\n".join(cell.source for cell in cells(page, "markdown"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_edition_is_its_start_page_all_chapters_and_their_solutions(language):
    notebooks = sorted((book.ROOT / "notebooks" / language).rglob("[0-9gi]*.ipynb"))
    names = [path.relative_to(book.ROOT / "notebooks" / language).with_suffix("").as_posix() for path in notebooks]
    assert [*collected(language)] == ["index", *sorted(set(names) - {"index"})] and len(names) > 15
    assert [*collected(language, False)] == [name for name in collected(language) if "solutions/" not in name]


def test_sections_have_the_same_addresses_in_all_editions_and_none_twice():
    for name, english in collected("en").items():
        places = pages.addresses(english.sections)
        assert len(places) == len(set(places)) and not [place for place in places if place != place.strip("-")]
        for language in book.TRANSLATIONS:
            assert len(collected(language)[name].sections) == len(places), (language, name)
    assert pages.addresses(["L2: the loss", "`L2`, the loss", "$x$"]) == ["l2-the-loss", "l2-the-loss-2", "x"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_page_and_the_chapters_say_what_they_are_about(language):
    said = [page.description for name, page in collected(language).items() if re.match(r"index|\d", name)]
    assert len(said) == len({*said}) > 10 and all(
        len(words) > 15 and not re.search(r"[`*<\n]", words) for words in said
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_waits_in_the_notebook_is_folded_and_nothing_else(language):
    folded = {"source": 0, "output": 0}
    for page in list(collected(language).values())[1:]:
        stored = [cell for cell in nbformat.read(page.notebook, as_version=4).cells if cell.cell_type == "code"]
        stored = [cell for cell in stored if not public.is_getting(cell)]
        for before, now in zip(stored, cells(page, "code"), strict=True):
            assert now.source == before.source
            assert now.outputs == (before.outputs or before.metadata.get(answers.ANSWER, []))
            folds = {"source": "hide-input" in before.metadata.get("tags", ())}
            folds["output"] = bool(before.metadata.get(answers.ANSWER))
            said = {"source": WORDS[language]["code"], "output": WORDS[language]["result"]}
            assert now.metadata.folds == {part: said[part] for part in folds if folds[part]}
            folded = {part: folded[part] + folds[part] for part in folds}
    assert min(folded.values()) > 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_has_its_words_and_photographs_are_known(language):
    kinds = set()
    for page in collected(language).values():
        for cell in cells(page, "code"):
            figures = [output.data[book.SVG] for output in cell.outputs if book.SVG in output.get("data", {})]
            image = cell.metadata.mystnb.image if figures else {}
            assert not figures or image.alt, (page.name, cell.source)
            assert (image.get("classes") == "photograph") == any("<image" in figure for figure in figures)
            kinds |= {image.get("classes")} if figures else set()
    assert kinds == {None, "photograph"}


@pytest.mark.parametrize("solutions", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_links_lead_to_pages_that_are_there_and_marks_of_numbers_are_gone(language, solutions):
    there = collected(language, solutions)
    linked = set()
    for page in there.values():
        text = re.sub(r"```.*?```|`[^`\n]*`", "", words(page), flags=re.DOTALL)
        assert "<!--" not in text
        targets = re.findall(r"\]\(([^):]*\.ipynb)\)", text)
        targets += re.findall(r'<a href="([^":]*)\.html"', text)
        for target in targets:
            path = (book.ROOT / page.name).parent.joinpath(target).resolve()
            name = path.relative_to(book.ROOT).as_posix().removesuffix(".ipynb")
            assert name in there, (page.name, target)
            linked.add(name)
    assert linked == {name for name in there if name != "index"}
    assert solutions or not any("solutions/" in words(page) for page in there.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_offers_its_notebook_and_once_there_is_an_address_colab_and_binder(language, monkeypatch):
    name = "05-loss-functions"
    for url, many in (("", 0), ("https://github.com/some/book", 2), ("https://else.where/book", 0)):
        monkeypatch.setattr(public, "address", lambda root, url=url: url)
        page = pages.page_of(language, name, [name])
        row = page.content.cells[0].source.split("\n")[2]
        assert f'href="notebooks/{name}.ipynb" download' in row and "solutions" not in row
        elsewhere = re.findall(r'href="(https://[^"]*)"', row)
        assert len(elsewhere) == many and all(f"notebooks/{language}/{name}.ipynb" in one for one in elsewhere)
        assert "badge" not in page.content.cells[0].source


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_page_offers_books_where_there_are_some(language, tmp_path):
    start = collected(language)["index"].content.cells[0].source
    page = pages.Page(language, "index", tmp_path, nbformat.v4.new_notebook())
    for files, offered in (([], []), (["a.epub", "a.pdf"], ["EPUB", "PDF"])):
        page.content.cells = [nbformat.v4.new_markdown_cell(start)]
        pages.offer(page, [tmp_path / file for file in files])
        links = re.findall(r'<a href="\.\./paper/(a\.\w+)">(\w+)</a>', page.content.cells[0].source)
        assert links == list(zip(files, offered)) and "paper/" not in start


def test_what_lies_beside_a_page_has_an_address_there_and_only_what_is_shared_is_one_for_all():
    page = pages.Page("en", "solutions/05-loss-functions", book.ROOT, nbformat.v4.new_notebook())
    assert page.add_file("data.js", "1") == "../_static/pages/solutions/05-loss-functions/data.js"
    page.add_script("shared/play.js", "play()")
    page.add_style("look.css", "p {}")
    assert page.scripts == ["shared/play.js"] and page.styles == ["pages/solutions/05-loss-functions/look.css"]
    assert page.files["shared/play.js"] == b"play()" and len(page.files) == 3
