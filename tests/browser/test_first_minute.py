"""In a real browser: what a reader sees who types the README's command, before anything is run."""

import io
import shutil
import sys
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import PICTURES
from tools import book
from tools.picture import choose, started, wait_for_the_end

PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
FIGURES = f"""() => [...document.querySelectorAll('{PANEL} .jp-RenderedSVG img')].map(img => ({{
    words: img.alt, loaded: img.naturalWidth > 0, width: img.getBoundingClientRect().width,
    column: img.closest('.jp-OutputArea-output').getBoundingClientRect().width}}))"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """Type ``book`` in a copy of the repository; return its folder and the address that is printed."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(book.ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    with started([str(Path(sys.executable).with_name("book")), "en"], folder) as address:
        yield folder, address


@pytest.fixture
def page(browser, reader):
    page = browser.new_page(viewport={"width": 1024, "height": 900})
    page.goto(reader[1].replace("?", "?reset&"))
    yield page
    page.close()


def open_chapter(page, title):
    page.locator(PANEL).get_by_role("link", name=title).first.click()
    page.locator(".lm-TabBar-tab.lm-mod-current").filter(has_text=title[:3].strip()).first.wait_for()
    page.locator(PANEL).get_by_role("heading", level=1, name=title[3:]).wait_for()


def look_through(page):
    """Scroll through the notebook; return each figure that came into sight, and all the text."""
    cells = page.locator(f"{PANEL} .jp-WindowedPanel-outer")
    figures, text = {}, ""
    for top in range(0, 30_000, 700):  # cells are rendered when they come near the window
        cells.evaluate("(it, top) => it.scrollTo(0, top)", top)
        page.wait_for_function(TWO_FRAMES)
        figures |= {figure["words"]: figure for figure in page.evaluate(FIGURES)}
        text += page.locator(f"{PANEL} .jp-Notebook").inner_text()
    return list(figures.values()), text


def test_the_first_minute(page, reader):
    """Start page, one click, all pictures, and nothing to be saved."""
    folder, _ = reader
    page.get_by_role("heading", name="Linear neural networks").wait_for()
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "start.png")
    open_chapter(page, "05 Loss functions")
    page.get_by_text("| Idle").wait_for()
    figures, text = look_through(page)
    assert len(figures) >= 8 and "<Figure" not in text
    assert all(figure["loaded"] and figure["words"] and figure["width"] <= figure["column"] + 1 for figure in figures)
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    mine, shipped = (folder / name / "en" / "05-loss-functions.ipynb" for name in ("my-notebooks", "notebooks"))
    with page.expect_response(lambda answer: answer.request.method == "PUT" and "05-loss" in answer.url) as saving:
        page.keyboard.press("Control+s")
    assert saving.value.ok and mine.read_bytes() == shipped.read_bytes()
    page.keyboard.press("Alt+w")
    expect(page.locator(".lm-TabBar-tab").filter(has_text="05-loss")).to_have_count(0)
    expect(page.locator(".jp-Dialog")).to_have_count(0)


def test_the_launcher_has_no_tiles_of_tools(page):
    page.get_by_role("heading", name="Linear neural networks").wait_for()
    choose(page, "File", "New Launcher")
    page.locator(".jp-LauncherCard").first.wait_for()
    assert "jupytext" not in page.locator(".jp-Launcher").inner_text().lower()


def test_a_chinese_notebook_says_that_it_is_chinese(page, reader):
    """Else the browser may set it in a Japanese font, or in one like a brush's."""
    page.locator(PANEL).get_by_role("heading", level=1).wait_for()
    assert page.locator(PANEL).get_attribute("lang") is None
    page.goto(reader[1].replace("/en/", "/zh/").replace("?", "?reset&"))
    page.locator(PANEL).get_by_role("heading", level=1).wait_for()
    expect(page.locator(PANEL)).to_have_attribute("lang", "zh-CN")
    open_chapter(page, "01 线性回归")
    page.locator(f"{PANEL} .jp-WindowedPanel-outer").evaluate("it => it.scrollTo(0, 1500)")
    together = page.locator(f"{PANEL} .book-utils-together")
    together.first.wait_for(state="attached")
    assert all(text[-1] in "，。；：、？！）”" for text in together.all_inner_texts())  # no line begins with these


def test_a_paragraph_keeps_its_distance_from_a_fold(page, reader):
    page.get_by_role("heading", name="Linear neural networks").wait_for()
    open_chapter(page, "01 Linear regression")
    fold = page.locator(f"{PANEL} details").filter(has_text="Going further: a probability of parameters")
    cells = page.locator(f"{PANEL} .jp-WindowedPanel-outer")
    for top in range(0, 30_000, 700):
        cells.evaluate("(it, top) => it.scrollTo(0, top)", top)
        page.wait_for_function(TWO_FRAMES)
        if fold.count():
            break
    behind = "it => it.nextElementSibling.getBoundingClientRect().top - it.getBoundingClientRect().bottom"
    assert fold.evaluate(behind) > 10


def test_a_question_has_no_answer_before_its_cell_is_run(page):
    open_chapter(page, "01 Linear regression")
    page.get_by_text("| Idle").wait_for()
    prompt = page.locator(f"{PANEL} .jp-MarkdownCell").filter(has_text="Predict, then run.").first
    prompt.scroll_into_view_if_needed()
    asked = prompt.locator("xpath=following-sibling::*[1]")
    expect(asked.locator(".jp-InputPrompt").first).to_have_text("[ ]:")
    expect(asked.locator(".jp-OutputArea-output")).to_have_count(0)
    choose(page, "Run", "Run All Cells")
    wait_for_the_end(page)
    asked.scroll_into_view_if_needed()
    expect(asked.locator(".jp-OutputArea-output").first).to_be_visible()


@pytest.mark.parametrize("title", ["05 Loss functions", "06 The image classification"], ids=["lines", "photographs"])
def test_figures_do_not_glare_in_the_dark(page, title):
    open_chapter(page, title)
    picture = page.locator(f"{PANEL} .jp-RenderedSVG img").first
    picture.scroll_into_view_if_needed()
    choose(page, "Settings", "Theme", "JupyterLab Dark")
    page.locator('body[data-jp-theme-light="false"]').wait_for(state="attached")
    page.screenshot(path=PICTURES / f"dark-{title[:2]}.png")
    shades = Image.open(io.BytesIO(picture.screenshot())).convert("L")
    choose(page, "Settings", "Theme", "JupyterLab Light")
    bright = sum(shades.histogram()[220:]) / (shades.width * shades.height)
    assert bright < 0.1 and shades.getextrema()[1] > 150
