"""In JupyterLab, in a real browser: every notebook runs, formulas render, and the training plot grows in its place."""

import io

import pytest
from PIL import Image

from tests.browser.conftest import PICTURES
from tools import book
from tools.picture import choose, stencils_cell, training_cell, wait_for_the_end, watch_all_run

NOTEBOOKS = book.files_under("notebooks", ".ipynb")
STDERR = "[data-mime-type='application/vnd.jupyter.stderr']"


def where(notebook):
    """Return a notebook's place below the folder of all notebooks."""
    return notebook.relative_to(book.ROOT / "notebooks").as_posix()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=where)
def test_a_notebook_runs_from_top_to_bottom_and_its_formulas_render(open_notebook, notebook):
    page = open_notebook(where(notebook))
    choose(page, "Run", "Run All Cells")
    wait_for_the_end(page)
    assert page.locator(STDERR).all_text_contents() == []
    if notebook.parent.name != "solutions":
        assert page.locator("mjx-container").count() > 3
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    rendered = " ".join(page.locator(".jp-RenderedMarkdown").all_text_contents())
    assert "$$" not in rendered and "\\frac" not in rendered and "**" not in rendered


def test_the_training_plot_grows_in_its_place_and_can_be_read_in_both_themes(open_notebook):
    page = open_notebook("en/07-softmax-regression-scratch.ipynb", "Dark")
    cell = training_cell(page)
    assert len(watch_all_run(page, cell)) >= 3  # each one figure, never gone: growing_states looks
    PICTURES.mkdir(parents=True, exist_ok=True)
    for theme in ("Dark", "Light"):
        choose(page, "Settings", "Theme", f"JupyterLab {theme}")
        page.wait_for_function(
            "dark => (getComputedStyle(document.querySelector('.jp-Notebook')).backgroundColor"
            ".match(/\\d+/g).slice(0, 3).reduce((sum, value) => sum + Number(value), 0) < 200) === dark",
            arg=theme == "Dark",
        )
        cell.evaluate("cell => cell.scrollIntoView({block: 'center'})")
        page.screenshot(path=PICTURES / f"07-{theme.lower()}.png")
        figure = Image.open(io.BytesIO(cell.locator("img").screenshot())).convert("L")
        ground, (darkest, lightest) = figure.getpixel((3, 3)), figure.getextrema()
        assert (ground < 40 and lightest > 180) if theme == "Dark" else (ground == 255 and darkest < 80)


def test_the_stencils_are_seen_while_they_form(open_notebook):
    """A frame for each of the steps that the cell shows, each one figure, in one place; nearly all reach the eye."""
    page = open_notebook("en/07-softmax-regression-scratch.ipynb")
    cell = stencils_cell(page)
    states = watch_all_run(page, cell)
    assert len(states) == len(set(states)) >= 12
    cell.evaluate("cell => cell.scrollIntoView({block: 'end'})")
    cell.locator("img").screenshot(path=PICTURES / "07-stencils.png")


WIDTHS = """() => [...document.querySelectorAll('.jp-RenderedSVG img')].map(
    img => [img.getBoundingClientRect().width, img.closest('.jp-OutputArea-output').getBoundingClientRect().width])"""


TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


@pytest.mark.parametrize("width", [1300, 1024, 800])
def test_every_stored_figure_is_seen_before_anything_is_run_and_fits(open_notebook, width):
    """At first sight: nothing was run here, so without us Jupyter would trust none of it."""
    page = open_notebook("en/05-loss-functions.ipynb")
    page.set_viewport_size({"width": width, "height": 900})
    cells = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer")
    seen = []
    for top in [*range(0, 30_000, 700), 2_000]:  # cells are rendered when they come near the window
        cells.evaluate("(it, top) => it.scrollTo(0, top)", top)
        page.wait_for_function(TWO_FRAMES)
        seen += page.evaluate(WIDTHS)
        assert "<Figure size" not in page.locator(".jp-Notebook").inner_text()
    page.screenshot(path=PICTURES / f"first-sight-{width}.png")
    assert seen and [pair for pair in seen if pair[0] > pair[1] + 1] == []
