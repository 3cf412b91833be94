"""What can be played with on the site does so, without a kernel and without a network."""

import ast
import io
import json
import random
from urllib.parse import quote, unquote

import nbformat
import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image, ImageChops

from book_utils import dataset_in_use, use_svg_display
from tools.compare import DRAWN, read_figure
from tools.meaning import sliders
from tools.site import films, states
from tools.site.pages import collect

ALL = states.all_pictures()
IDS = [f"{picture.chapter}-{picture.name}" for picture in ALL]


def as_explore_draws(picture, values):
    """Return the picture of a cell whose sliders start from other values, as a notebook would store it.

    If it trains, it was drawn before with the values that the sliders really start from.
    """
    use_svg_display()
    call = sliders.call_of(picture.cell)
    first = ast.unparse(call) if picture.trains and values != sliders.starts(picture.cell) else ""
    for keyword in call.keywords:
        if keyword.arg in values:
            keyword.value.elts[2] = ast.Constant(values[keyword.arg])
    names = {}
    exec(compile(sliders.needed(picture.before, picture.cell), picture.chapter, "exec"), names)
    exec("from book_utils import explore\n" + first, names)
    plt.close("all")
    exec(ast.unparse(call), names)
    return sliders.svg_of(plt.gcf())


def is_calm(learning_rate, batch_size, num_epochs):
    """Tell whether training goes the same way wherever sums are taken in another order."""
    return learning_rate <= 0.1 and batch_size >= 128


def apart(points, others):
    """Return how far the points of one line are from another line, at most."""
    points, corners = np.array(points)[:, None], np.array(others)
    sides = np.diff(corners, axis=0, append=corners[-1:])
    along = ((points - corners) * sides).sum(-1) / np.maximum((sides**2).sum(-1), 1e-12)
    nearest = corners + np.clip(along, 0, 1)[..., None] * sides
    return np.linalg.norm(points - nearest, axis=-1).min(1).max()


def difference(drawing, fresh):
    """Say how the words, the ticks or the data of a drawing differ from those of a fresh one, which has more points."""
    one, other = read_figure(drawing, False), read_figure(states.slim(fresh), False)
    for name in ("words", "ticks"):
        if getattr(one, name) != getattr(other, name):
            return f"{name}: {getattr(one, name)}, now {getattr(other, name)}"
    things = [[mark for axes in figure.marks.values() for mark in axes] for figure in (one, other)]
    for mark, now in zip(*things, strict=True):
        if (mark.name, mark.style, mark.shape) != (now.name, now.style, now.shape):
            return f"{mark}, now {now}"
        if mark.points and max(apart(mark.points, now.points), apart(now.points, mark.points)) > DRAWN:
            return f"{mark.name} lies elsewhere"
    return ""


@pytest.mark.filterwarnings("ignore:__array_wrap__")  # matplotlib asks torch for something that NumPy has renamed
@pytest.mark.parametrize("picture", ALL, ids=IDS)
def test_a_state_is_what_explore_draws(picture):
    drawings = states.unpack(states.stored(picture))
    every = list(picture.states())
    assert len(every) == len(drawings)
    calm = [place for place, values in enumerate(every) if not picture.trains or is_calm(**values)]
    chosen = random.Random(0).sample(calm, 3)
    for place in (every.index(sliders.starts(picture.cell)), *chosen):
        assert difference(drawings[place], as_explore_draws(picture, every[place])) == "", every[place]
    assert difference(drawings[chosen[1]], as_explore_draws(picture, every[chosen[0]]))  # it can differ


def shown(form):
    """Return the drawing that the picture of a form shows now."""
    image = form.locator("xpath=following-sibling::*[1]").locator("img").first
    source = image.get_attribute("src")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    return unquote(source.removeprefix("data:image/svg+xml,")) if source.startswith("data:") else source


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("picture", ALL, ids=IDS)
def test_a_picture_follows_each_slider_by_keyboard_and_by_mouse_and_goes_back(reader, picture, language):
    window = reader()
    tab = window.open(f"{language}/{picture.chapter}.html")
    form = tab.locator(f"form:has(#{picture.name}-{next(iter(picture.values))})")
    drawings, every = states.unpack(states.stored(picture)), list(picture.states())
    stored, now = shown(form), sliders.starts(picture.cell)
    assert stored.endswith(".svg")
    for name, values in picture.values.items():
        slider = form.locator(f"#{picture.name}-{name}")
        slider.focus()
        tab.keyboard.press("Home")
        now = now | {name: values[0]}
        follows(tab, form, drawings[every.index(now)] if now != sliders.starts(picture.cell) else None)
        box = slider.bounding_box()
        tab.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
        now = now | {name: values[-1]}
        follows(tab, form, drawings[every.index(now)] if now != sliders.starts(picture.cell) else None)
        assert slider.get_attribute("aria-valuetext") == str(values[-1])
        assert str(values[-1]) in form.locator("xpath=following-sibling::*[1]").locator("img").get_attribute("alt")
    form.locator("button[type=reset]").click()
    tab.wait_for_function(
        "form => !form.nextElementSibling.querySelector('img').src.startsWith('data:')", arg=form.element_handle()
    )
    assert shown(form) == stored and not window.wrong


@pytest.mark.parametrize("picture", ALL, ids=IDS)
def test_the_state_that_the_sliders_start_from_looks_as_the_stored_picture(reader, picture):
    tab = reader().open(f"en/{picture.chapter}.html")
    form = tab.locator(f"form:has(#{picture.name}-{next(iter(picture.values))})")
    image = form.locator("xpath=following-sibling::*[1]").locator("img")
    start = states.unpack(states.stored(picture))[list(picture.states()).index(sliders.starts(picture.cell))]
    looks = [image.screenshot()]
    source = f"data:image/svg+xml,{quote(start)}"
    image.evaluate("(image, source) => { image.src = source; return image.decode(); }", source)
    looks.append(image.screenshot())
    one, other = (Image.open(io.BytesIO(look)).convert("L").reduce(4) for look in looks)  # half a point is not seen
    assert one.size == other.size and one.getextrema()[0] < 150
    points = ImageChops.difference(one, other).tobytes()
    assert sum(point > 40 for point in points) < 0.01 * len(points)


def follows(tab, form, drawing):
    """Wait until the picture of a form shows a drawing; if None, the stored one."""
    tab.wait_for_function(
        """([form, drawing]) => {
            const source = form.nextElementSibling.querySelector('img').src;
            return drawing === null ? !source.startsWith('data:')
                : decodeURIComponent(source) === 'data:image/svg+xml,' + drawing;
        }""",
        arg=[form.element_handle(), drawing],
    )


def test_without_scripts_the_stored_pictures_stand_alone(browser, site):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    for picture in ALL:
        tab.goto(f"{site.as_uri()}/en/{picture.chapter}.html")
        form = tab.locator("form.plays").first
        assert form.count() == 1 and not form.is_visible()
        assert tab.locator("div.cell_output img").first.get_attribute("src").endswith(".svg")
    context.close()


def test_all_that_a_page_can_load_stays_below_three_megabytes(site):
    for language in ("en", "zh"):
        for page in collect(language, solutions=False):
            folder = site / language / "_static" / "pages" / page.name
            drawn = sum(path.stat().st_size for path in folder.glob("*"))
            assert drawn + (site / language / f"{page.name}.html").stat().st_size < 2.5e6, page.name


FILMS = ["film-1", "film-2", "film-3"]
RECORDED = states.all_films()
TRAINS = "07-softmax-regression-scratch"
NOTE = """image => {
    window.seen = [];
    const note = () => window.seen.push([image.getAttribute("src"), image.offsetHeight]);
    new MutationObserver(note).observe(image, {attributeFilter: ["src"]});
}"""
"""Notes each picture that an image shows from now on, and its height."""


def points(drawing):
    """Return how many points the curves of a drawing have."""
    return sum(len(films.POINT.findall(line[2])) for line in films.LINE.finditer(drawing))


def test_whatever_trains_and_shows_it_has_a_film(site):
    for language in ("en", "zh"):
        for page in collect(language):
            stored = json.loads(page.notebook.read_text(encoding="utf-8"))["cells"]
            shown = ["".join(cell["source"]) for cell in stored if "image/svg+xml" in json.dumps(cell.get("outputs"))]
            expected = sum("train_ch3(" in cell or "Animator(" in cell or "draw(now=True)" in cell for cell in shown)
            html = (site / language / f"{page.name}.html").read_text(encoding="utf-8")
            assert html.count("data-pause=") == expected == (len(FILMS) + 1 if page.name == TRAINS else 0), page.name


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("film", FILMS)
def test_a_training_plays_at_a_button_and_ends_with_the_stored_picture(reader, film, language):
    window = reader()
    window.tab.emulate_media(reduced_motion="no-preference")
    tab = window.open(f"{language}/{TRAINS}.html")
    form = tab.locator(f"form:has(input[id^={film}-])")
    form.scroll_into_view_if_needed()
    stored = shown(form)
    assert stored.endswith(".svg")
    image = form.locator("xpath=following-sibling::*[1]").locator("img").first
    image.evaluate(NOTE)
    button, slider = form.locator("button[data-pause]"), form.locator("input")
    frames = int(slider.get_attribute("max")) + 1
    play = button.text_content()
    button.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_function("end => window.seen.at(-1)?.[0] === end", arg=stored)
    assert button.text_content() == play and slider.input_value() == slider.get_attribute("max")
    *grown, last = (source for source, _ in tab.evaluate("window.seen"))
    counts = [points(unquote(each)) for each in grown]
    assert last == stored and len(grown) == frames - 1
    assert counts == sorted(set(counts)) and counts[0] <= 3, counts
    whole = (window.site / language / stored).read_text(encoding="utf-8")
    assert counts[-1] < points(whole)
    button.click()
    button.click()
    assert button.text_content() == play
    form.locator("button[type=reset]").click()
    tab.wait_for_function("end => window.seen.at(-1)?.[0] === end", arg=stored)
    slider.focus()
    tab.keyboard.press("Home")
    tab.wait_for_function("() => window.seen.at(-1)[0].startsWith('data:')")
    printed = "image => { dispatchEvent(new Event('beforeprint')); return image.getAttribute('src'); }"
    assert image.evaluate(printed) == stored
    assert not window.wrong


def test_whoever_wants_no_motion_has_the_slider_alone(reader):
    tab = reader().open(f"en/{TRAINS}.html")
    form = tab.locator("form:has(input[id^=film-1-])")
    assert form.locator("input").is_visible() and not form.locator("button[data-pause]").is_visible()


def test_what_is_printed_is_stored_and_fetches_nothing(reader):
    """A page that is printed at once, and one whose film was left in the middle."""
    window = reader()
    tab = window.open(f"en/{TRAINS}.html")
    fetched = 'document.querySelectorAll(\'script[src*="/film-"], script[src*="/live"]\').length'
    printing = "dispatchEvent(new Event('beforeprint')); new Promise(done => requestAnimationFrame(done))"
    tab.evaluate(printing)
    images = tab.locator("form.plays + * img").evaluate_all("all => all.map(image => image.getAttribute('src'))")
    assert tab.evaluate(fetched) == 0 and all(source.endswith(".svg") for source in images), images
    slider = tab.locator("input[id^=film-1-]")
    slider.focus()
    tab.keyboard.press("Home")
    tab.wait_for_function("document.querySelector('form.plays + * img').src.startsWith('data:')")
    tab.evaluate(printing)
    assert tab.evaluate(fetched) == 1
    assert tab.locator("form.plays + * img").first.get_attribute("src") == images[0] and not window.wrong


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("film", RECORDED, ids=[film.name for film in RECORDED])
def test_recorded_frames_play_at_a_button_and_end_with_the_stored_picture(reader, film, language):
    window = reader()
    window.tab.emulate_media(reduced_motion="no-preference")
    tab = window.open(f"{language}/{film.chapter}.html")
    form = tab.locator(f"form:has(input[id^={film.name}-])")
    form.scroll_into_view_if_needed()
    image = form.locator("xpath=following-sibling::*[1]").locator("img").first
    stored, frames = shown(form), states.unpack(states.stored(film))
    high = image.bounding_box()["height"]
    image.evaluate(NOTE)
    form.locator("button[data-pause]").click()
    tab.wait_for_function("end => window.seen.at(-1)?.[0] === end", arg=stored)
    seen, heights = zip(*tab.evaluate("window.seen"), strict=True)
    assert [unquote(each.removeprefix("data:image/svg+xml,")) for each in seen[:-1]] == frames[:-1]
    assert max(abs(each - high) for each in heights) <= 1 and not window.wrong  # nothing on the page moves


@pytest.mark.parametrize("film", RECORDED, ids=[film.name for film in RECORDED])
def test_recorded_frames_are_those_of_a_training_now_and_the_last_is_the_stored_picture(film):
    assert dataset_in_use() == "real"
    frames = states.unpack(states.stored(film))
    counted, counts, fresh = states.record(film)
    assert states.stored(film)["values"] == {counted: counts} and len(frames) == len(counts) > 20
    for frame, now in zip(frames, fresh, strict=True):
        assert difference(frame, now) == ""
    assert difference(frames[0], fresh[1])  # it can differ
    cells = dict(states.chapters("en"))[film.chapter]
    (stored,) = (cell.outputs[0].data["image/svg+xml"] for cell in cells if cell.source == film.cell)
    assert difference(frames[-1], stored) == ""


def test_the_last_frame_of_a_film_is_the_stored_picture_to_the_letter():
    picture = nbformat.read(collect("en")[0].notebook.parent / f"{TRAINS}.ipynb", as_version=4)
    drawn = [
        o.data["image/svg+xml"] for c in picture.cells for o in c.get("outputs", ()) if "svg" in str(o.get("data"))
    ]
    cuts = [(svg, *films.cut(svg)) for svg in drawn if any(f"<!-- {step} -->" in svg for step in states.STEPS)]
    assert len(cuts) >= len(FILMS)
    for svg, frames, packed in cuts:
        assert frames > 1 and states.unpack(packed)[-1] == svg
