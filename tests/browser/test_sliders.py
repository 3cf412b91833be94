"""In a real browser: sliders move, and the figure with them, whatever has become of page, file and kernel meanwhile."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from tests.browser.conftest import PICTURES
from tools.picture import choose, wait_for_the_end

SENTENCE = "Run this cell to have its sliders."
LIVE = ".book-utils-explore > img"
STILL = ".jp-RenderedSVG img, .book-utils-still img"

CODE = """
from book_utils import explore

def draw(left, right, height, share):
    left.axhline(height)
    left.set(ylim=(0, 5), title=f'height {height:.2f}')
    right.plot([0, share])
    if share > 90:
        raise ValueError('too much')

explore(draw, ncols=2, figsize=(6, 2.4), height=(0.0, 5.0, 2.0), share=(0, 100, 50))
"""

# Whether the figure within the widget holds certain words.
SAYS = """([cell, words]) => {
  const request = new XMLHttpRequest()
  request.open('GET', cell.querySelector('.book-utils-explore > img').src, false)
  try { request.send() } catch { return false }  // another picture is about to take its place
  return request.responseText.includes(words)
}"""

# Called by the browser whenever it is about to paint: the height of the outputs, and which picture they show. (While
# the next picture is read, `naturalWidth` is 0 and the last one is still painted, in its place in the layout.)
WATCH = """cell => {
  window.states = []
  const look = () => {
    const img = cell.querySelector('.book-utils-explore > img')
    const state = [cell.querySelector('.jp-OutputArea').offsetHeight, img?.offsetHeight ? img.src : null]
    if (state[1] !== window.states.at(-1)?.[1] || state[0] !== window.states.at(-1)?.[0]) window.states.push(state)
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}"""


def drag(page, slider, by):
    """Drag a slider's handle to the right, with the mouse."""
    slider.scroll_into_view_if_needed()
    handle = slider.bounding_box()
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=15)
    page.mouse.up()


def follows(page, cell, name, by=60):
    """Drag the first slider; return its value when the figure shows the same one."""
    readout = cell.locator(".widget-readout").first
    before = readout.text_content()
    drag(page, cell.get_by_role("slider").first, by)
    expect(readout).not_to_have_text(before)
    value = float(readout.text_content())
    page.wait_for_function(SAYS, arg=[cell.element_handle(), f"<!-- {name} {value:.2f} -->"])
    return value


def test_a_slider_in_chapter_05_changes_the_figure(open_notebook):
    page = open_notebook("en/05-loss-functions.ipynb")
    choose(page, "Run", "Run All Cells")
    wait_for_the_end(page)  # else cells above still grow, and what is aimed at moves
    cell = page.locator(".jp-CodeCell").filter(has_text="explore(draw_losses")
    cell.scroll_into_view_if_needed()
    sliders = cell.get_by_role("slider")
    expect(sliders).to_have_count(2, timeout=120_000)
    expect(cell.locator(".widget-label").first).to_have_text("threshold")
    expect(cell.locator("img:visible")).to_have_count(1)
    cell.evaluate(WATCH)
    assert follows(page, cell, "threshold", by=150) > 2
    states = page.evaluate("window.states")
    assert len({picture for _, picture in states}) >= 2 and all(picture for _, picture in states)
    assert max(height for height, _ in states) - min(height for height, _ in states) <= 2, "it flickers"
    PICTURES.mkdir(parents=True, exist_ok=True)
    cell.screenshot(path=PICTURES / "05-sliders.png")


@pytest.fixture
def cell_of(folder):
    """Write a notebook of one cell with sliders; return a function that finds the cell in a page."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=[new_code_cell(CODE)], metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "notebooks" / "sliders.ipynb")
    return lambda page: page.locator(".jp-CodeCell").filter(has_text="explore(draw")


def run(page, cell):
    """Run the cell; wait until its figure is there."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(cell.locator(LIVE)).to_be_visible(timeout=60_000)
    expect(cell.locator("img:visible")).to_have_count(1)


def test_sliders_give_way_to_the_figure_and_a_sentence_where_their_kernel_is_gone(open_notebook, cell_of, folder):
    page = open_notebook("sliders.ipynb")
    cell = cell_of(page)
    run(page, cell)
    assert follows(page, cell, "height") > 2
    expect(cell.get_by_text(SENTENCE)).to_be_hidden()

    drag(page, cell.get_by_role("slider").nth(1), 200)  # an error is told, and the sliders live on
    expect(cell.get_by_text("ValueError: too much")).to_be_visible()
    cell.screenshot(path=PICTURES / "sliders-error.png")
    drag(page, cell.get_by_role("slider").nth(1), -100)
    follows(page, cell, "height", by=20)
    expect(cell.get_by_text("ValueError: too much")).to_have_count(0)

    choose(page, "Kernel", "Restart Kernel…")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(cell.get_by_text(SENTENCE)).to_be_visible()
    expect(cell.get_by_role("slider").first).to_be_hidden()
    expect(cell.locator("img:visible")).to_have_count(1)
    cell.screenshot(path=PICTURES / "sliders-restarted.png")

    run(page, cell)
    follows(page, cell, "height")
    choose(page, "File", "Save Notebook")
    page.wait_for_function("!document.querySelector('.jp-mod-dirty')")
    (stored,) = nbformat.read(folder / "notebooks" / "sliders.ipynb", as_version=4).cells
    sentence, figure = (output.data for output in stored.outputs)
    assert sentence.keys() == {"text/markdown", "text/plain"} and figure.keys() == {"image/svg+xml", "text/plain"}
    follows(page, cell, "height", by=-30)  # saving has not touched the page

    page.reload()  # its kernel lives
    page.get_by_text("| Idle").wait_for()
    gives_way(cell_of(page), "sliders-reloaded.png")
    run(page, cell_of(page))
    choose(page, "Kernel", "Shut Down Kernel")
    expect(cell_of(page).get_by_text(SENTENCE)).to_be_visible()
    expect(cell_of(page).get_by_role("slider").first).to_be_hidden()
    page = open_notebook("sliders.ipynb")
    gives_way(cell_of(page), "sliders-reopened.png")


def test_in_notebook_7_too(browser, address, cell_of):
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.goto(address.replace("/lab?", "/notebooks/notebooks/sliders.ipynb?"))
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for(timeout=90_000)
    run(page, cell_of(page))
    assert follows(page, cell_of(page), "height") > 2
    with page.expect_response(lambda answer: answer.request.method == "PUT" and "sliders.ipynb" in answer.url):
        page.keyboard.press("Control+S")
    page.reload()
    gives_way(cell_of(page), "sliders-notebook-7.png")
    page.close()


def gives_way(cell, picture):
    """Check that there is the figure, and the sentence, and nothing else."""
    expect(cell.get_by_text(SENTENCE)).to_be_visible()
    expect(cell.locator("img:visible")).to_have_count(1)
    expect(cell.locator(".jp-OutputArea").get_by_text("rror")).to_have_count(0)
    expect(cell.get_by_role("slider")).to_have_count(0)
    cell.screenshot(path=PICTURES / picture)
