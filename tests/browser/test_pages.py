"""Exported pages in a real browser that has no network: whole, and never wider than the window."""

import pytest

from tools import export

TOO_WIDE = """() => [...document.querySelectorAll('img, table, math, pre, p, li, summary')]
  .filter(it => it.getBoundingClientRect().right > innerWidth + 1).map(it => it.outerHTML.slice(0, 200))"""
NOT_SHOWN = "() => [...document.images].filter(it => !it.complete || it.naturalWidth === 0).length"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return the pages of two chapters, in both editions."""
    made = tmp_path_factory.mktemp("pages")
    export.main(["html", str(made), "04", "05"])
    return sorted(made.rglob("*.html"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [800, 1024, 1300])
def test_without_a_network_all_is_there_and_fits(browser, pages, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    page, asked, complaints = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for file in pages:
        page.goto(file.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        assert page.evaluate(TOO_WIDE) == [] and page.evaluate(NOT_SHOWN) == 0, file
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.locator("math").count() > 20 and page.locator("img").count() >= 4
    context.close()
    assert [address for address in asked if not address.startswith(("file:", "data:"))] == [] and complaints == []


def test_what_is_folded_opens_and_what_is_linked_is_found(browser, pages):
    page = browser.new_page()
    page.goto(next(file for file in pages if file.match("en/05*")).as_uri())
    fold = page.locator("details", has=page.get_by_text("Answer", exact=True)).first
    assert not fold.locator("p").first.is_visible()
    fold.locator("summary").click()
    assert fold.locator("p").first.is_visible()
    page.get_by_role("link", name="中文").click()
    assert page.url.endswith("/zh/05-loss-functions.html") and page.locator("html").get_attribute("lang") == "zh-CN"
    page.close()


@pytest.mark.skipif(not export.found_browser(), reason="a browser that is installed prints")
def test_a_chapter_is_printed(tmp_path):
    export.main(["pdf", str(tmp_path), "en/03"])
    printed = (tmp_path / "en" / "03-linear-regression-concise.pdf").read_bytes()
    assert printed.startswith(b"%PDF") and printed.count(b"/Type /Page\n") > 3
