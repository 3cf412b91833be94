"""In a real browser: the sliders of chapter 05 move, and the figure with them."""

from playwright.sync_api import expect

from tests.browser.conftest import PICTURES
from tools.picture import choose, wait_for_the_end

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


def test_a_slider_in_chapter_05_changes_the_figure(open_notebook):
    page = open_notebook("en/05-loss-functions.ipynb")
    choose(page, "Run", "Run All Cells")
    wait_for_the_end(page)  # else cells above still grow, and what is aimed at moves
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
    PICTURES.mkdir(parents=True, exist_ok=True)
    cell.screenshot(path=PICTURES / "05-sliders.png")
