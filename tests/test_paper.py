"""The book on paper, as far as it needs neither Sphinx nor LaTeX. The rest: ``tests/site``."""

import base64
import io
import re

import pytest
from PIL import Image

from tools import book
from tools.paper import needs, pages, words
from tools.site import pages as site

LANGUAGES = (book.ENGLISH, *book.TRANSLATIONS)
BOTH = pytest.mark.parametrize("language", LANGUAGES)


@BOTH
def test_sentences_for_the_screen_are_replaced_and_each_is_still_in_the_book(language):
    stored = "\n\n".join(cell.source for page in site.collect(language) for cell in page.content.cells)
    for sentence in (*words.ON_PAPER[language], words.EXERCISES[language]):
        assert re.search(words.pattern(sentence), stored), sentence
    assert list(words.ON_PAPER) == list(LANGUAGES)


def test_pictures_of_few_pixels_are_enlarged_pixel_by_pixel(tmp_path):
    small, file = Image.new("RGB", (2, 1), "red"), io.BytesIO()
    small.putpixel((1, 0), (0, 0, 255))
    small.save(file, "png")
    address = f'data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"'
    large = pages.RASTER.search(pages.RASTER.sub(pages.enlarged, address))
    picture = Image.open(io.BytesIO(base64.b64decode(large[1])))
    assert picture.size == (2 * pages.WIDE, pages.WIDE)
    assert sorted(picture.convert("RGB").getcolors()) == [(pages.WIDE**2, (0, 0, 255)), (pages.WIDE**2, (255, 0, 0))]


def test_what_is_missing_is_said_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr(needs.shutil, "which", lambda program: None if program == "xelatex" else program)
    said = needs.lacking(["epub", "pdf"])
    assert "for PDF this machine lacks xelatex" in said and "apt-get install" in said and "texlive-xetex" in said
    assert needs.lacking(["epub"]) == ""
