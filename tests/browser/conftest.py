"""What needs a screen: JupyterLab in a real browser, with copies of the notebooks, and a window of its own.

    uv run pytest -n0 tests/browser

needs Chromium, one that is installed or playwright's own (``uv run playwright install chromium``), and for the window a
display or Xvfb. Screenshots for human eyes are left in ``build/browser``.
"""

import os
import shutil

import pytest
from playwright.sync_api import Page, sync_playwright

from tools.picture import ROOT, choose, jupyterlab

PICTURES = ROOT / "build" / "browser"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")  # else playwright's own


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Return a folder with all notebooks, as copies."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    return folder


@pytest.fixture(scope="session")
def address(folder):
    """Start JupyterLab as the README does, in the folder; return its address."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with jupyterlab(str(folder)) as found:
        yield found


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_notebook(browser, address):
    """Return a function that opens a notebook in a new page, in one of JupyterLab's themes."""
    pages = []

    def open_one(path: str, theme: str = "Light") -> Page:
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        pages.append(page)
        page.goto(address.replace("/lab?", f"/lab/tree/notebooks/{path}?reset&"))  # else all that were open come back
        page.get_by_text("| Idle").wait_for(timeout=90_000)
        choose(page, "Settings", "Theme", f"JupyterLab {theme}")
        return page

    yield open_one
    for page in pages:
        choose(page, "Kernel", "Shut Down Kernel")
        page.close()
