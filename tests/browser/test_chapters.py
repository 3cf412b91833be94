"""In JupyterLab, in a real browser: every chapter runs, formulas render, and the training plot grows in its place."""

import io

import pytest
from PIL import Image

from tests.browser.conftest import PICTURES
from tools import book
from tools.picture import WATCH, choose, growing_states, training_cell, wait_for_the_end

CHAPTERS = [path for path in book.files_under("notebooks", ".ipynb") if path.parent.name == "en"]
STDERR = "[data-mime-type='application/vnd.jupyter.stderr']"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_runs_from_top_to_bottom_and_its_formulas_render(open_notebook, chapter):
    page = open_notebook(chapter.relative_to(book.ROOT / "notebooks").as_posix())
    choose(page, "Run", "Run All Cells")
    wait_for_the_end(page)
    assert page.locator(STDERR).all_text_contents() == []
    shown = page.locator("mjx-container").count()
    assert shown > 3 and page.locator("mjx-merror, [data-mjx-error]").count() == 0
    rendered = " ".join(page.locator(".jp-RenderedMarkdown").all_text_contents())
    assert "$$" not in rendered and "\\frac" not in rendered and "**" not in rendered


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_the_training_plot_grows_in_its_place_and_can_be_read(open_notebook, theme):
    page = open_notebook("en/07-softmax-regression-scratch.ipynb", theme)
    cell = training_cell(page)
    cell.scroll_into_view_if_needed()
    cell.evaluate(WATCH)
    choose(page, "Run", "Run All Cells")
    wait_for_the_end(page)
    assert len(growing_states(page)) >= 3  # each one figure, never gone: growing_states looks
    PICTURES.mkdir(parents=True, exist_ok=True)
    cell.evaluate("cell => cell.scrollIntoView({block: 'center'})")
    page.screenshot(path=PICTURES / f"07-{theme.lower()}.png")
    figure = Image.open(io.BytesIO(cell.locator("img").screenshot())).convert("L")
    assert figure.getpixel((3, 3)) == 255 and figure.getextrema()[0] < 80  # dark on white in either theme
    page_colour = page.locator(".jp-Notebook").evaluate("e => getComputedStyle(e).backgroundColor")
    assert (sum(map(float, page_colour[4:-1].split(",")[:3])) < 200) == (theme == "Dark")
