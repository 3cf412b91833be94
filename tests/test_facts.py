"""Facts about the chapters: said once, at the head of each text, and true of the cells and of the READMEs."""

import re

import pytest
import stored

from tools import book, chapters

LANGUAGES = (book.ENGLISH, *book.TRANSLATIONS)
SOURCES = book.files_under("sources", ".md")
KNOWN = {"minutes", "seconds", "teaches", "images", "gpu", "sliders", "lacks"}

# What a cell does if the fact holds.
SIGNS = {
    "images": r"\b(?:load_data_fashion_mnist|fashion_mnist_tensors|FashionMNIST)\(",
    "gpu": r"\btry_gpu\(\)",
    "sliders": r"\bexplore\(",
}


@pytest.mark.parametrize("fact", SIGNS)
def test_a_fact_is_true_of_the_cells(fact):
    for source in SOURCES:
        code = "\n".join(cell.source for cell in stored.source(source).cells if cell.cell_type == "code")
        assert bool(re.search(SIGNS[fact], code)) == chapters.facts(source).get(fact, False), (source, fact)


def test_the_editions_agree():
    for source in SOURCES:
        ours, theirs = chapters.facts(source), chapters.facts(book.english_of(source))
        assert set(ours) <= KNOWN
        assert {**ours, "teaches": ""} == {**theirs, "teaches": ""} and bool(ours.get("teaches")) == (
            source.parent.name in LANGUAGES and source.stem not in chapters.PAGES
        )


def test_the_opening_says_the_minutes_and_seconds():
    for source in (text for language in LANGUAGES for text in chapters.texts(book.ROOT, language)):
        (opening,) = re.findall(r"\*\*(?:Time:|时间)\*\*.*$", stored.source(source).cells[0].source, re.MULTILINE)
        said = [int(number) for number in re.findall(r"\d+", re.sub("<!--.*?-->", "", opening))]
        assert said == [chapters.facts(source)[fact] for fact in ("minutes", "seconds")], source


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readmes_say_what_the_chapters_say(language):
    text = chapters.readme_of(book.ROOT, language).read_text(encoding="utf-8")
    assert text == chapters.readme(book.ROOT, language), "run: uv run python -m tools.book readme"
    start = chapters.start_of(book.ROOT, language).read_text(encoding="utf-8")
    assert start == chapters.start(book.ROOT, language), "run: uv run python -m tools.book readme"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readmes_name_the_chapters_with_sliders(language):
    text = chapters.readme_of(book.ROOT, language).read_text(encoding="utf-8")
    (sentence,) = re.findall(r"[^.。\n]*(?:sliders|滑块)[^.。\n]*[.。]", text)
    assert re.findall(r"\b\d\d\b", sentence) == chapters.numbers_of(book.ROOT, "sliders")


def test_another_fact_gives_another_readme(tmp_path, monkeypatch):
    source = tmp_path / "sources" / "en" / "01-first.md"
    source.parent.mkdir(parents=True)
    source.write_text("---\nbook:\n  minutes: 7\n  teaches: adding\n---\n\n# Sums\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").touch()
    head = "| notebook | what | minutes |\n|---|---|---|\n"
    (tmp_path / "README.md").write_text(f"# Book\n{chapters.BEGIN}{head}| old |\n{chapters.END}", encoding="utf-8")
    row = "| [01 Sums](notebooks/en/01-first.ipynb) | adding | 7 |\n"
    assert chapters.readme(tmp_path, "en") == f"# Book\n{chapters.BEGIN}{head}{row}{chapters.END}"
