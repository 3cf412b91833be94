"""The slides of every chapter, in a real browser that has no network, as large as a hall shows them."""

import ast
import os
import re
from functools import cache
from pathlib import Path

import pytest

from tests.site.conftest import Reader
from tools import answers
from tools.site import pages
from tools.slides import split
from tools.slides.__main__ import LANGUAGES, chapters, main
from tools.slides.words import WORDS

SIZE = {"width": 1280, "height": 720}
CHAPTERS = [(language, name) for language in LANGUAGES for name in chapters(language, ())]
HERE = "Reveal.getSlides().indexOf(Reveal.getCurrentSlide())"
READY = "window.Reveal && Reveal.isReady()"
LEAST_TEXT, LEAST_CODE, LOWEST = 24, 20, 690
"""In pixels: letters, and where the line at the foot begins."""
LARGER, TALL = 1.2, 500
"""How much larger than in the notebook a figure is, unless it is as high as the slide has room."""

MEASURED = """() => Reveal.getSlides().map(slide => {
    const {h, v} = Reveal.getIndices(slide);
    Reveal.slide(h, v, 99);
    const seen = name => [...slide.querySelectorAll(name)].filter(each => !each.closest('.notes'));
    const size = each => parseFloat(getComputedStyle(each).fontSize);
    const box = each => { const range = document.createRange(); range.selectNodeContents(each);
        return [each.getBoundingClientRect(), range.getBoundingClientRect()]; };
    const boxes = seen('pre, math, table, li, p, h1, h2, h6, img').flatMap(box);
    return {
        place: `${h}/${v} ${slide.querySelector('h1, h2').textContent}`,
        right: Math.max(...boxes.map(each => each.right)), bottom: Math.max(...boxes.map(each => each.bottom)),
        scrolls: slide.scrollHeight > 720 || slide.scrollWidth > 1280,
        bars: [document.scrollingElement, slide, ...seen('*')].filter(each =>
            each.scrollHeight > each.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(each).overflowY)).length,
        text: Math.min(99, ...seen('p, li, td').map(size)), code: Math.min(99, ...seen('pre').map(size)),
        figures: seen('img').map(each => {
            const {width, height} = each.getBoundingClientRect();
            return {width, height, drawn: each.naturalHeight, words: each.alt.length};
        }),
        formulas: seen('math[display=block]').length,
        more: seen('.jp-Cell').length - 1, kind: slide.dataset.kind,
        raw: [...slide.querySelectorAll('p, li, td, h1, h2, h6')]
            .map(each => { const copy = each.cloneNode(true);
                copy.querySelectorAll('code, math').forEach(one => one.remove()); return copy.textContent; })
            .filter(text => /\\$|\\\\[a-z]+|\\*\\*|<!--/.test(text)),
    };
})"""


@pytest.fixture(scope="session")
def decks(tmp_path_factory):
    """Return the folder with the slides of all chapters, made by the command, or that which ``SLIDES`` names."""
    if "SLIDES" in os.environ:
        return Path(os.environ["SLIDES"]).resolve()
    folder = tmp_path_factory.mktemp("slides")
    main([str(folder)])
    assert len([*folder.rglob("*.html")]) == len(CHAPTERS) == len([*folder.rglob("*.*")])
    return folder


@pytest.fixture
def hall(browser, decks):
    """Return a window as large as a beamer's, which notes what goes wrong."""
    context = browser.new_context(viewport=SIZE)
    yield Reader(context.new_page(), decks)
    context.close()


def opened(hall, language, name, query=""):
    tab = hall.open(f"{language}/{name}.html{query}")
    tab.wait_for_function(READY)
    return tab


@cache
def page_of(language, name):
    return pages.page_of(language, name, [])


@cache
def slides_of(language, name):
    return split.Splitter(page_of(language, name)).split()


def code_of(language, name):
    return [cell for cell in page_of(language, name).content.cells if cell.cell_type == "code"]


def faults(slide):
    """Return what is wrong with a slide, as it was measured."""
    figures = slide["figures"]
    found = {
        "too large": slide["right"] > SIZE["width"] or slide["bottom"] > LOWEST or slide["scrolls"] or slide["bars"],
        "small letters": slide["text"] < LEAST_TEXT or slide["code"] < LEAST_CODE,
        "a small figure": any(f["height"] < min(TALL, LARGER * f["drawn"]) and f["width"] < 1100 for f in figures),
        "a figure that is not drawn, or has no words": any(not f["drawn"] or f["words"] < 30 for f in figures),
        "a title alone": slide["more"] < 1 and slide["kind"] != "title",
        "raw markdown": slide["raw"],
    }
    return [fault for fault, is_there in found.items() if is_there]


@pytest.mark.parametrize(("language", "name"), CHAPTERS)
def test_all_of_a_chapter_fits_can_be_read_from_afar_and_asks_for_nothing(hall, language, name):
    tab = opened(hall, language, name)
    measured = [(faults(slide), slide) for slide in tab.evaluate(MEASURED)]
    assert [(found, slide) for found, slide in measured if found] == [] == hall.wrong
    drawn = sum(split.figures(cell.outputs) for cell in code_of(language, name))
    assert sum(len(slide["figures"]) for _, slide in measured) == drawn > 0
    stated = sum(block.kind == "formula" for block in split.blocks(page_of(language, name).content))
    assert sum(slide["formulas"] for _, slide in measured) == stated
    assert tab.locator(".slides merror").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_comes_with_the_next_key(hall, language):
    tab = opened(hall, language, "04-softmax-regression")
    asked = [cell for cell in code_of(language, "04-softmax-regression") if "output" in cell.metadata.folds]
    places = tab.evaluate(
        "Reveal.getSlides().filter(each => each.querySelector('.jp-CodeCell .fragment'))"
        ".map(each => Reveal.getIndices(each))"
    )
    assert len(places) == len(asked) > 4
    for place in places:
        tab.evaluate("([h, v]) => Reveal.slide(h, v, -1)", [place["h"], place["v"]])
        answer = tab.locator("section.present section.present .jp-CodeCell .fragment").first
        before = tab.evaluate(HERE)
        seen = "each => { const style = getComputedStyle(each); return [style.visibility, style.opacity]; }"
        assert answer.evaluate(seen)[0] == "hidden"
        later = tab.locator("section.present section.present .jp-CodeCell ~ .fragment")
        assert all(look[0] == "hidden" for look in later.evaluate_all(f"all => all.map({seen})"))
        tab.keyboard.press("ArrowRight")
        tab.wait_for_function("each => getComputedStyle(each).opacity == 1", arg=answer.element_handle())
        assert answer.evaluate(seen) == ["visible", "1"] and tab.evaluate(HERE) == before


def test_a_clicker_and_each_arrow_lead_through_all_slides_and_the_contents_to_a_section(hall):
    tab = opened(hall, "en", "03-linear-regression-concise")
    many = tab.evaluate("Reveal.getTotalSlides()")
    for key in ("ArrowRight", "ArrowDown", "PageDown", " "):
        tab.evaluate("Reveal.slide(0, 0)")
        seen = [tab.evaluate(HERE)]
        while not tab.evaluate("Reveal.isLastSlide()") and len(seen) < 3 * many:
            tab.keyboard.press(key)
            seen.append(tab.evaluate(HERE))
        assert len({*seen}) == many, key
    assert tab.locator(".slide-number").inner_text().replace("\n", "") == f"{many} / {many}"
    tab.evaluate("Reveal.slide(0, 2)")
    link = tab.locator("section.present section.present a").nth(3)
    words = link.inner_text()
    link.click()
    tab.wait_for_function("Reveal.getIndices().h === 4")
    headings = tab.locator("section.present section.present").locator("h2, h6").all_inner_texts()
    assert words in headings and not hall.wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_speaker_sees_the_paragraphs(hall, language):
    tab = opened(hall, language, "04-softmax-regression")
    place = tab.evaluate("Reveal.getIndices(document.querySelectorAll('.slides aside.notes')[2].closest('section'))")
    with tab.context.expect_page() as other:
        tab.keyboard.press("s")
    tab.evaluate("([h, v]) => Reveal.slide(h, v)", [place["h"], place["v"]])
    words = tab.locator("section.present section.present aside.notes p").first.text_content()
    notes = other.value.locator(".speaker-controls-notes .value")
    notes.filter(has_text=words[:20]).wait_for()
    assert notes.locator("[lang]").first.get_attribute("lang").startswith(language)
    labels = other.value.locator(".label, .reset-button, #speaker-layout option").all_text_contents()
    labels = [label for label in [*labels, other.value.title()] if label.strip()]
    assert len(labels) >= 8
    assert all((language == "zh") == bool(re.search("[一-鿿]", label)) for label in labels), labels
    other.value.frame_locator("#current-slide iframe").locator("section.present section.present h2").wait_for()
    assert not hall.wrong


def test_on_paper_each_slide_is_a_page_and_each_answer_one_more(hall):
    tab = opened(hall, "en", "03-linear-regression-concise")
    many = tab.evaluate("Reveal.getTotalSlides()")
    steps = tab.evaluate("document.querySelectorAll('.slides .fragment').length")
    tab = opened(hall, "en", "03-linear-regression-concise", "?print-pdf")
    tab.wait_for_function("document.querySelectorAll('.pdf-page').length > 0")
    assert tab.locator(".pdf-page").count() == many + steps > many
    printed = tab.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == many + steps


@pytest.mark.parametrize("language", LANGUAGES)
def test_slides_speak_the_language_of_the_edition(hall, language):
    tab = opened(hall, language, "05-loss-functions")
    assert tab.evaluate("document.documentElement.lang").startswith(language)
    assert tab.locator("footer").inner_text().startswith(WORDS[language]["name"])
    chinese = re.search(r"[\u4e00-\u9fff]", tab.locator(".slides h2").nth(5).text_content() + tab.title())
    assert bool(chinese) == (language == "zh")


def test_the_command_takes_chapters_a_language_and_a_folder(tmp_path, capsys):
    main(["03", "--language", "zh", str(tmp_path)])
    assert capsys.readouterr().out.split() == [str(tmp_path / "zh" / "03-linear-regression-concise.html")]
    for wrong in (["77"], [str(tmp_path), "elsewhere"]):
        with pytest.raises(SystemExit):
            main(wrong)
        assert (wrong[0] if wrong == ["77"] else "one folder") in capsys.readouterr().err


def test_no_slide_is_a_title_alone_and_none_holds_two_figures():
    for language, name, slide in ((*each, slide) for each in CHAPTERS for slide in slides_of(*each)):
        assert slide.items or slide.kind == "title", (language, name, slide.title)
        assert sum(item.figure for item in slide.items) < 2, (language, name, slide.title)


def test_what_is_predicted_is_on_the_slide_of_its_question_or_behind_it():
    for language, name in CHAPTERS:
        asked = [cell for cell in page_of(language, name).content.cells if "output" in cell.metadata.get("folds", ())]
        cells = [item.cell for slide in slides_of(language, name) for item in slide.items]
        hidden = [cell for cell in cells if cell.cell_type == "code" and cell.metadata.answer and cell.outputs]
        assert [cell.outputs for cell in hidden] == [cell.outputs for cell in asked] and asked
        prompts = [cell for cell in cells if answers.PROMPT.search(cell.source)]
        assert len(prompts) == len(asked), (language, name)


def test_nothing_on_slides_is_for_a_desk_and_the_speaker_has_all_paragraphs():
    for language, name, slide in ((*each, slide) for each in CHAPTERS for slide in slides_of(*each)):
        for item in slide.items:
            if item.is_prose:
                assert not split.AT_A_DESK.search(item.cell.source), (language, name, item.cell.source)
    for language, name in CHAPTERS:
        there = "\n".join(
            text
            for slide in slides_of(language, name)
            for text in (*slide.notes, *(item.cell.source for item in slide.items))
        )
        flat = re.sub(r"\s+", "", there)
        for block in split.blocks(page_of(language, name).content):
            if block.kind in ("prose", "formula", "table", "fold"):
                assert re.sub(r"\s+", "", block.text) in flat, (language, name, block.text)


def test_code_on_slides_means_what_it_means_in_the_chapter():
    for language, name in CHAPTERS:
        for cell in code_of(language, name):
            new = split.wrapped(cell.source)
            old, now = (text.replace("%matplotlib inline\n", "") for text in (cell.source, new))
            assert len({re.sub(r"\s+", " ", ast.unparse(ast.parse(text))) for text in (old, now)}) == 1
            assert "".join("".join(split.pieces(new)).split()) == "".join(new.split())
            assert all(piece.count("\n") < split.MANY_LINES for piece in split.pieces(new)), (name, new)
