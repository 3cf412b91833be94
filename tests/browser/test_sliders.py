"""In a real browser: the sliders of chapter 05 move, and the figure with them.

    uv run pytest tests/browser

needs Chromium: one that is installed, or playwright's own (``uv run playwright install chromium``).
"""

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tools.picture import ROOT, choose, jupyterlab

CHAPTER = "05-loss-functions.ipynb"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

# Called by the browser whenever it is about to paint: the height of the outputs, and which picture they show.
WATCH = """cell => {
  window.states = []
  const look = () => {
    const state = [cell.querySelector('.jp-OutputArea').offsetHeight, cell.querySelector('img')?.src]
    if (state[1] !== window.states.at(-1)?.[1] || state[0] !== window.states.at(-1)?.[0]) window.states.push(state)
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}"""


@pytest.fixture
def page(tmp_path):
    """Return JupyterLab with a copy of the chapter, of which all cells have run."""
    shutil.copy(ROOT / "notebooks" / "en" / CHAPTER, tmp_path)
    with jupyterlab(str(tmp_path)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        page.goto(address.replace("/lab?", f"/lab/tree/{CHAPTER}?"))
        page.get_by_text("| Idle").wait_for(timeout=90_000)
        choose(page, "Run", "Run All Cells")
        waiting = page.locator(".jp-CodeCell .jp-InputPrompt").filter(has_text="*")
        expect(waiting).not_to_have_count(0, timeout=30_000)
        expect(waiting).to_have_count(0, timeout=300_000)  # else cells above still grow, and what is aimed at moves
        yield page
        browser.close()


def test_a_slider_in_chapter_05_changes_the_figure(page, tmp_path):
    cell = page.locator(".jp-CodeCell").filter(has_text="explore(draw_losses")
    cell.scroll_into_view_if_needed()
    sliders = cell.get_by_role("slider")
    expect(sliders).to_have_count(2, timeout=120_000)
    expect(cell.locator(".widget-label").first).to_have_text("threshold")
    figure = cell.locator(".jp-OutputArea-output img")
    expect(figure).to_have_count(1)
    before = figure.get_attribute("src")
    cell.evaluate(WATCH)

    sliders.first.scroll_into_view_if_needed()
    handle = sliders.first.bounding_box()
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(handle["x"] + 150, handle["y"] + handle["height"] / 2, steps=15)
    page.mouse.up()

    expect(cell.locator(".widget-readout").first).not_to_have_text("1.00")
    threshold = float(cell.locator(".widget-readout").first.text_content())
    assert threshold > 2
    expect(figure).not_to_have_attribute("src", before)
    page.wait_for_function(  # the last move is drawn
        "([cell, text]) => decodeURIComponent(cell.querySelector('img').src).includes(text)",
        arg=[cell.element_handle(), f"<!-- threshold {threshold:.2f} -->"],
    )
    states = page.evaluate("window.states")
    assert len({picture for _, picture in states}) >= 2 and all(picture for _, picture in states)
    assert max(height for height, _ in states) - min(height for height, _ in states) <= 2, "it flickers"
    cell.screenshot(path=tmp_path / "sliders.png")
