"""How long chapters are: what they say of it, and what they may be."""

import statistics

import pytest

from tools import book, chapters, pace

TEXTS = [text for language in (book.ENGLISH, *book.TRANSLATIONS) for text in chapters.texts(book.ROOT, language)]


@pytest.mark.parametrize("source", TEXTS, ids=lambda text: f"{text.parent.name}/{text.stem[:2]}")
def test_a_chapter_is_as_long_as_it_says_and_not_too_long(source):
    found, said = pace.of(source), chapters.facts(source)["minutes"]
    assert abs(found.minutes - said) <= 5, f"{said} minutes said, {found.minutes:.0f} counted"
    assert found.minutes <= pace.MOST_MINUTES + 2 and said <= pace.MOST_MINUTES


@pytest.mark.parametrize("source", TEXTS, ids=lambda text: f"{text.parent.name}/{text.stem[:2]}")
def test_cells_are_short(source):
    found = pace.of(source)
    assert statistics.median(found.cells) <= pace.MEDIAN_LINES, found.cells
    assert found.short >= pace.SHORT_ENOUGH, found.cells


def test_what_counts(tmp_path):
    source = tmp_path / "en" / "sums.md"
    source.parent.mkdir()
    source.write_text(
        "# One two\n\nthree<!--given--> $x$\n\n$$y$$\n\n<details>\n<summary>Answer</summary>\n\nno\n\n</details>\n\n"
        "**Predict, then run.** Four?\n\n```{code-cell}\n:tags: [hide-input]\n1\n```\n\n```{code-cell}\n2\n\n3\n```\n\n"
        "## Exercises\n\nmany\n",
        encoding="utf-8",
    )
    found = pace.of(source)
    assert (found.words, found.formulas, found.questions, found.cells) == (8, 1, 1, (2,))
    assert found.minutes == pytest.approx(8 / 120 + 2 / 12 + 0.5 + 0.75)
