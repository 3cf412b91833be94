"""Every page, as it is read: without a network, on a phone and on a wide screen, by day and by night."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.site.conftest import WIDTHS
from tools import book
from tools.site.pages import collect

HOST = r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}"
"""A name that a site elsewhere may have; whether one is there, ``tools/site/external.py`` asks."""
FITS = "[document.documentElement.scrollWidth, innerWidth]"
PROSE = """() => {
    const article = document.querySelector('article, main').cloneNode(true);  // a search has no article
    article.querySelectorAll('pre, code, math').forEach(each => each.remove());
    return article.textContent;
}"""


class Addresses(HTMLParser):
    """What a page links to and loads, and where it can be linked to."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.places: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.places += [given["id"]] if "id" in given else []
        self.links += [given[name] for name in ("href", "src") if given.get(name)]


def chapters(language):
    """Return the pages of an edition that are no solutions."""
    return [f"{language}/{page.name}.html" for page in collect(language, solutions=False)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_asks_for_the_network_fails_or_is_wider_than_the_screen(reader, pages, theme):
    window, wide, raw = reader(theme=theme), [], []
    for address in set(pages) - {"index.html"}:  # without the door, which sends on at once
        tab = window.open(address)
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 900})
            needed, there = tab.evaluate(FITS)
            wide += [(address, width, needed)] if needed > there else []
        raw += [(address, found) for found in re.findall(r"\$|\\[a-z]+|\*\*|<!--", tab.evaluate(PROSE))]
    assert (window.wrong, wide, raw) == ([], [], [])


def test_all_formulas_are_there(reader):
    """As many as the notebooks have, as formulas of the browser."""
    window = reader()
    for page in collect("en"):
        texts = [cell.source for cell in page.content.cells if cell.cell_type == "markdown"]
        text = re.sub(r"```.*?```|`[^`\n]*`", "", "\n\n".join(texts), flags=re.DOTALL)
        blocks = len(re.findall(r"\$\$.+?\$\$", text, flags=re.DOTALL))
        inline = len(re.findall(r"\$[^$]+\$", re.sub(r"\$\$.+?\$\$", "", text, flags=re.DOTALL)))
        tab = window.open(f"en/{page.name}.html")
        found = [tab.locator(f"article math[display={kind}]").count() for kind in ("block", "inline")]
        assert found == [blocks, inline], page.name


def test_rows_of_a_table_have_names_where_its_columns_have(reader):
    tab = reader().open("en/05-loss-functions.html")
    told = tab.locator("article table").evaluate_all("""all => all.map(table => [
        table.querySelector('th').textContent.trim(),
        [...table.querySelectorAll('tbody tr > :first-child')].map(cell => cell.tagName),
    ])""")
    kinds = {(above == "", *sorted({*cells})) for above, cells in told}
    assert kinds == {(True, "TH"), (False, "TD")}


def test_no_line_begins_with_the_stop_behind_a_formula(reader):
    """On a phone, where many lines end behind a formula."""
    tab = reader(390).open("en/04-softmax-regression.html")
    tab.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    wholes = tab.locator("span.formula-and-stop").evaluate_all("""all => all.map(each => {
        const range = document.createRange(), [formula, stop] = each.childNodes;
        range.selectNodeContents(stop);
        const [one, other] = [formula, range].map(part => part.getBoundingClientRect());
        return [each.textContent, Math.abs(one.right - other.left) < 2 && other.top < one.bottom];
    })""")
    assert len(wholes) > 50 and not [text for text, is_whole in wholes if not is_whole]
    alone = r"(?<!formula-and-stop\">)<math(?:(?!</math>).)*</math>[,.;:]"
    assert not re.findall(alone, tab.content(), flags=re.DOTALL)


def fonts_of_formulas(tab):
    """Return, for the pieces of a page's formulas, the names of the fonts that draw them."""
    tab.evaluate("document.fonts.ready.then(() => undefined)")
    browser = tab.context.new_cdp_session(tab)
    for domain in ("DOM", "CSS"):
        browser.send(f"{domain}.enable")
    root = browser.send("DOM.getDocument")["root"]["nodeId"]
    pieces = "article :is(mi, mn, mo, mtext)"
    nodes = browser.send("DOM.querySelectorAll", {"nodeId": root, "selector": pieces})["nodeIds"]
    texts = tab.locator(pieces).all_text_contents()
    first = dict(zip(reversed(texts), reversed(nodes), strict=True))
    for text, node in first.items():
        used = browser.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        yield text, [(font["familyName"], font["isCustomFont"]) for font in used]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["02-linear-regression-scratch", "05-loss-functions", "08-softmax-regression-concise"])
def test_formulas_are_set_in_the_font_that_comes_with_the_site(reader, language, name):
    """All but Chinese words; whatever fonts the machine has."""
    window = reader()
    fonts = dict(fonts_of_formulas(window.open(f"{language}/{name}.html")))
    others = {text: used for text, used in fonts.items() if used not in ([("STIX Two Math", True)], [])}
    assert len(fonts) > 40 and not [text for text in others if not re.search(r"[\u4e00-\u9fff]", text)], others
    assert not window.wrong


def test_links_lead_to_what_is_there(site, pages):
    held = {address: Addresses((site / address).read_text(encoding="utf-8")) for address in pages}
    for address, page in held.items():
        assert len(page.places) == len(set(page.places)), (
            address,
            [p for p in page.places if page.places.count(p) > 1],
        )
        for link in page.links:
            if re.match(r"https?:|data:|mailto:", link):
                assert re.fullmatch(rf"https://{HOST}(/[^\s<>\"]*)?|data:.*", link), (address, link)
                continue
            path, _, place = link.partition("#")
            target = (
                (site / address).parent.joinpath(unquote(path.partition("?")[0])).resolve() if path else site / address
            )
            assert target.is_file(), (address, link)
            if place and target.suffix == ".html":
                assert unquote(place) in held[target.relative_to(site.resolve()).as_posix()].places, (address, link)


def test_the_stored_notebook_can_be_taken_along(site):
    for page in collect("zh"):
        stored = page.notebook.read_bytes()
        assert (site / "zh" / "notebooks" / f"{page.name}.ipynb").read_bytes() == stored
    assert b"book_utils" in stored


def test_the_other_edition_opens_at_the_same_section(reader):
    window = reader()
    tab = window.open("en/05-loss-functions.html#the-kink")
    for language in ("zh", "en"):
        tab.locator("header a.page-edition:visible").dispatch_event("click")  # click() would scroll first
        tab.wait_for_url(f"**/{language}/05-loss-functions.html#the-kink")
        assert 60 < tab.locator("#the-kink > h3").bounding_box()["y"] < 300
    assert tab.evaluate("document.documentElement.lang") == "en" and not window.wrong


@pytest.mark.parametrize(("language", "edition"), [("en-GB", "en"), ("zh-CN", "zh"), ("de-DE", "en")])
def test_the_door_leads_to_the_edition_in_the_readers_language(reader, language, edition):
    window = reader(language=language)
    tab = window.open("index.html")
    tab.wait_for_url(f"**/{edition}/index.html")
    assert tab.locator("h1").count() == 1


def test_folds_are_closed_and_open_on_a_click_and_by_keyboard(reader):
    tab = reader().open("en/05-loss-functions.html")
    folds = tab.locator("article details")
    assert folds.count() > 30 and tab.locator("article details[open]").count() == 0
    for kind, words in (("page-output", "prediction 3.0: loss 4.500"), ("page-source", "def show_loss")):
        fold = tab.locator(f"details.{kind}").filter(has_text=words).first
        inside = fold.locator("pre").filter(has_text=words).first
        assert not inside.is_visible()
        fold.locator("summary").focus()
        tab.keyboard.press("Enter")
        assert inside.is_visible()
        fold.locator("summary").click()
        assert not inside.is_visible()


WORDS = {
    "en": {"Huber": "05", "overflow": "08", "learning rate": "02"},
    "zh": {"损失函数": "05", "离群值": "05", "学习率": "02", "Huber": "05", "overflow": "07", "上溢": "08"}
    | {"损失函数的梯度": "05"},
}


@pytest.mark.parametrize(("language", "query"), [(each, query) for each in WORDS for query in WORDS[each]])
def test_the_search_finds(reader, language, query):
    window = reader()
    tab = window.open(f"{language}/index.html")
    tab.keyboard.press("Control+k")
    tab.keyboard.type(query)
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search.html?q=*")
    results = tab.locator("#search-results ul.search li a")
    results.first.wait_for()
    tab.wait_for_function("!document.querySelector('#search-results .search-summary')?.textContent.includes('...')")
    found = results.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert any(f"{WORDS[language][query]}-" in address for address in found), found
    results.first.click()
    tab.wait_for_url(re.compile(rf"/{language}/(?!search)"))
    assert not window.wrong


def test_a_search_for_what_is_nowhere_says_so_in_the_language_of_the_page(reader):
    tab = reader().open("zh/search.html?q=魑魅魍魉")
    tab.wait_for_function("document.querySelector('#search-results').textContent.length > 20")
    assert re.search(r"[\u4e00-\u9fff]{6}", tab.locator("#search-results").text_content())


SAID = """() => {
    const labelled = [...document.querySelectorAll('[aria-label], [title], [placeholder]')];
    const labels = labelled.filter(each => !each.closest('[lang=en]')).flatMap(each =>
        ['aria-label', 'title', 'placeholder'].map(name => each.getAttribute(name)));
    const bars = [...document.querySelectorAll(`header, #pst-primary-sidebar, #pst-secondary-sidebar, summary, footer,
        #pst-search-dialog, .prev-next-footer, #pst-skip-link, #pst-back-to-top`)].flatMap(each => {
        const copy = each.cloneNode(true);
        copy.querySelectorAll('[lang=en], code, kbd, script, style').forEach(name => name.remove());
        return copy.innerText.split('\\n');
    });
    return [...labels, ...bars];
}"""


def test_whatever_the_chinese_pages_say_is_chinese(reader):
    """The theme's words included, those for screen readers, too."""
    window = reader()
    said = {}
    for address in (
        "zh/index.html",
        "zh/05-loss-functions.html",
        "zh/solutions/05-loss-functions.html",
        "zh/search.html",
    ):
        tab = window.open(address)
        bars = tab.evaluate(SAID)
        for words in filter(None, map(str.strip, filter(None, bars))):
            if not re.search(r"[\u4e00-\u9fff]", words) and re.search(r"[A-Za-z]{3}", words):
                said[words] = address
    assert said == {}


CODE_AND_FORMULAS = {"exclude": [["math"], ["div.highlight"]]}
"""Thousands of pieces, all of a few kinds: they are looked at on one page."""


def violations(tab, context=CODE_AND_FORMULAS):
    """Return what axe holds to be serious or critical, in short."""
    found = Axe().run(tab, context).response["violations"]
    return [
        (each["id"], node["target"], node["failureSummary"][:200])
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:3]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", [book.ENGLISH, *book.TRANSLATIONS])
def test_axe_finds_nothing_serious_even_in_folds(reader, language, theme):
    window, found = reader(theme=theme), {}
    whole = f"{language}/solutions/09-what-the-model-learned.html"
    for address in [*chapters(language), whole, f"{language}/search.html?q=softmax"]:
        tab = window.open(address)
        tab.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        if wrong := violations(tab, None if address == whole else CODE_AND_FORMULAS):
            found[address] = wrong
    assert found == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_a_phone_with_its_menus_open(reader, theme):
    window = reader(390, theme, language="zh-CN")
    tab = window.open("zh/04-softmax-regression.html")
    assert violations(tab) == []
    for button in ("primary-toggle", "secondary-toggle"):
        tab.locator(f"button.{button}").focus()
        tab.keyboard.press("Enter")
        tab.locator("dialog[open]").wait_for()
        assert violations(tab) == []
        tab.keyboard.press("Escape")
        tab.wait_for_function("!document.querySelector('dialog[open]')")


def test_a_page_can_be_used_by_keyboard_alone(reader):
    """The first Tab offers to skip the bars; on a phone the menu leads to another chapter; long lines can be moved."""
    window = reader(390)
    tab = window.open("en/01-linear-regression.html")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.getAttribute('href')") == "#main-content"
    tab.locator("button.primary-toggle").focus()
    tab.keyboard.press("Enter")
    link = tab.locator("dialog[open] a").filter(has_text="05 Loss functions").first
    link.wait_for()
    link.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/en/05-loss-functions.html")
    unreachable = tab.evaluate(
        "[...document.querySelectorAll('article pre, article .formula')].filter(each =>"
        " each.scrollWidth > each.clientWidth + 1 && each.checkVisibility() && each.tabIndex < 0)"
        ".map(each => each.textContent.slice(0, 40))"
    )
    assert unreachable == [] and not window.wrong


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_figures_are_drawings_have_words_and_suit_the_theme(reader, theme):
    tab = reader(theme=theme).open("en/05-loss-functions.html")
    tab.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    figures = tab.locator(".cell_output img")
    told = figures.evaluate_all(
        "all => all.map(each => [each.getAttribute('src'), each.alt, getComputedStyle(each).filter])"
    )
    assert len(told) > 8 and all(source.endswith(".svg") and len(words) > 30 for source, words, _ in told)
    assert {("invert" in how) for _, _, how in told} == {theme == "dark"}
    photographs = reader(theme=theme).open("en/06-image-classification-dataset.html").locator("img.photograph")
    filters = photographs.evaluate_all("all => all.map(each => getComputedStyle(each).filter)")
    assert filters and all("invert" not in how and ("brightness" in how) == (theme == "dark") for how in filters)


def test_beside_photographs_curves_are_dark_in_the_dark_all_the_same(reader, site):
    tab = reader(theme="dark").open("en/07-softmax-regression-scratch.html")
    told = tab.locator(".cell_output img").evaluate_all(
        "all => all.map(each => [each.getAttribute('src'), getComputedStyle(each).filter])"
    )
    kinds = {("<image" in (site / "en" / source).read_text(encoding="utf-8"), "invert" in how) for source, how in told}
    assert kinds == {(True, False), (False, True)}


@pytest.mark.parametrize("address", ["zh/07-softmax-regression-scratch.html", "en/index.html"])
def test_a_page_that_has_come_in_part_stands_where_the_whole_one_does(reader, address):
    tab = reader(1440).open(address)
    places = []
    for _ in range(2):
        places.append(tab.locator(".bd-article-container").bounding_box()["x"])
        tab.locator(".bd-sidebar-secondary").evaluate_all("bars => bars.forEach(bar => bar.remove())")
    assert places[0] == places[1]


def test_a_page_says_what_it_is_about_and_has_an_icon(reader, site):
    tab = reader().open("zh/05-loss-functions.html")
    said = tab.locator("meta[name=description]").get_attribute("content")
    assert "Huber" in said and re.search(r"[\u4e00-\u9fff]{2}", said)
    for address in ("zh/05-loss-functions.html", "index.html"):
        (icon,) = re.findall(r'<link rel="icon" href="([^"]+)"', (site / address).read_text(encoding="utf-8"))
        assert (site / address).parent.joinpath(icon).is_file()


def test_on_paper_folds_are_open_and_the_bars_are_gone(reader):
    tab = reader().open("en/05-loss-functions.html")
    tab.emulate_media(media="print")
    seen = tab.evaluate(
        "['details:not(.page-source) p', 'header', '#pst-primary-sidebar', '.page-actions', '.prev-next-footer']"
        ".map(each => document.querySelector('article ' + each)?.checkVisibility({contentVisibilityAuto: true})"
        " ?? document.querySelector(each).checkVisibility())"
    )
    assert seen == [True, False, False, False, False]


def test_no_page_loads_more_than_three_megabytes(reader, pages, site):
    window, sizes = reader(), {}
    loaded = []
    window.tab.on("request", lambda request: loaded.append(request.url))
    for address in pages:
        loaded.clear()
        window.open(address)
        files = {unquote(url.removeprefix("file://").partition("?")[0].partition("#")[0]) for url in loaded}
        sizes[address] = sum((site / file).stat().st_size for file in files if file.startswith("/"))
    assert max(sizes.values()) < 3e6, max(sizes, key=sizes.get)
