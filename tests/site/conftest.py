"""The site, built whole, in a real browser that has no network.

    uv run nox -s site

needs Chromium, one that is installed or playwright's own (``uv run playwright install chromium``). The site is built
anew, unless ``SITE`` names the folder of one. Screenshots for human eyes are left in ``build/site-pictures``.
"""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, sync_playwright

from tools import book
from tools.site.build import build

PICTURES = book.ROOT / "build" / "site-pictures"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")  # else playwright's own
WITHOUT_A_NETWORK = ("--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND", "--font-render-hinting=none")
WIDTHS = (390, 1024, 1440)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Return the folder of the site. It was built without a warning."""
    if "SITE" in os.environ:
        return Path(os.environ["SITE"]).resolve()
    folder = tmp_path_factory.mktemp("site")
    assert build(folder) == ""
    return folder


@pytest.fixture(scope="session")
def pages(site):
    """Return the addresses of all pages below the folder."""
    found = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    assert len(found) > 40
    return found


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=WITHOUT_A_NETWORK)
        yield browser
        browser.close()


def was_left(request: Request) -> bool:
    """Tell whether a request is that for a page's icon, which comes last, given up because the page was left."""
    return request.url.endswith("/icon.svg") and request.failure == "net::ERR_ABORTED"


class Reader:
    """A browser window that notes what went wrong on the pages that it shows.

    Attributes:
        tab: Playwright's page.
        wrong: Requests that failed or left the disk, errors of scripts, errors that the browser reports.
    """

    def __init__(self, tab: Page, site: Path):
        self.tab, self.site = tab, site
        self.wrong: list[str] = []
        tab.on("request", lambda request: self._note(request.url, request.url.startswith(("file:", "data:", "blob:"))))
        tab.on("requestfailed", lambda request: self._note(f"{request.url}: {request.failure}", was_left(request)))
        tab.on("pageerror", lambda error: self._note(str(error), False))
        tab.on("console", lambda message: self._note(message.text, message.type != "error"))

    def _note(self, what: str, is_right: bool) -> None:
        if not is_right:
            self.wrong.append(what)

    def open(self, address: str) -> Page:
        """Show a page, which may have ``?`` and ``#`` behind it, and wait for all of it."""
        self.tab.goto(f"{self.site.as_uri()}/{address}", wait_until="load")
        return self.tab


@pytest.fixture
def reader(browser, site):
    """Return a function that opens a window of some width, in one of the themes."""
    contexts = []

    def window(width: int = 1024, theme: str = "light", height: int = 900, language: str = "en") -> Reader:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, locale=language, reduced_motion="reduce"
        )
        contexts.append(context)
        return Reader(context.new_page(), site)

    yield window
    for context in contexts:
        context.close()
