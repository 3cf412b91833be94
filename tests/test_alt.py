"""Every figure has words for those who cannot see it: the metadata ``alt`` of its cell."""

import re

import nbformat
import pytest
import stored

from tools import book
from tools.meaning import figures

NOTEBOOKS = book.files_under("notebooks", ".ipynb")
LETTERS = re.compile(r"[一-鿿]")


def complaints(cells, language):
    """Return what is wrong with the alternative texts of a notebook's cells."""
    found, seen = [], set()
    for cell in cells:
        alt = cell.metadata.get(book.ALT, "")
        has_figure = bool(figures.drawn_by(cell))
        if has_figure != bool(alt):
            found.append(f"{'no alt' if has_figure else 'an alt without a figure'}:\n{cell.source}")
        elif has_figure:
            if not 20 <= len(alt) <= 300:
                found.append(f"an alt has 20 to 300 characters, not {len(alt)}: {alt}")
            if bool(LETTERS.search(alt)) != (language == "zh"):
                found.append(f"not in the language of the edition: {alt}")
            if alt in seen:
                found.append(f"two figures have this alt: {alt}")
            seen.add(alt)
    return found


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.relative_to(book.ROOT).as_posix())
def test_every_figure_says_in_words_what_it_shows(notebook):
    language = notebook.relative_to(book.ROOT / "notebooks").parts[0]
    assert not (found := complaints(stored.cells(notebook, "code"), language)), "\n\n".join(found)


FIGURE = [{"output_type": "display_data", "metadata": {}, "data": {figures.SVG: "<svg/>"}}]
GOOD = "A line that rises from the lower left."


@pytest.mark.parametrize(
    ("cells", "language", "words"),
    [
        ([(GOOD, FIGURE)], "en", ""),
        ([("一条从左下角开始上升的直线，一直升到右上角。", FIGURE)], "zh", ""),
        ([("", FIGURE)], "en", "no alt"),
        ([(GOOD, [])], "en", "an alt without a figure"),
        ([("A line.", FIGURE)], "en", "not 7"),
        ([("A line. " * 40, FIGURE)], "en", "not 320"),
        ([(GOOD, FIGURE)], "zh", "not in the language"),
        ([("一条从左下角开始上升的直线，一直升到右上角。", FIGURE)], "en", "not in the language"),
        ([(GOOD, FIGURE), (GOOD, FIGURE)], "en", "two figures"),
    ],
)
def test_a_wrong_alternative_text_is_found(cells, language, words):
    notebook = [
        nbformat.v4.new_code_cell("plot()", outputs=outputs, metadata={book.ALT: alt} if alt else {})
        for alt, outputs in cells
    ]
    found = complaints(notebook, language)
    assert words in "".join(found) and bool(found) == bool(words)
