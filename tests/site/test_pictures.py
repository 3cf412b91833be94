"""Five pages look as they did: compared with stored pictures, coarsely, since fonts differ from machine to machine.

A page that is meant to look otherwise: look at its picture in ``build/site-pictures``, and copy it to
``tests/site/pictures``.
"""

import base64
from pathlib import Path

import matplotlib
import pytest
from PIL import Image, ImageChops

from tests.site.conftest import PICTURES

STORED = Path(__file__).parent / "pictures"
FONT = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
BLOCK = 16
"""How many points wide and high the pieces are that are compared."""
SHOWN = {
    "start": ("en/index.html", 1440, "light"),
    "start-zh-phone-dark": ("zh/index.html", 390, "dark"),
    "formulas-and-folds": ("en/05-loss-functions.html#huber-s-robust-loss", 1024, "light"),
    "figure-zh-dark": ("zh/05-loss-functions.html#l1-the-absolute-loss", 1440, "dark"),
    "solutions-phone": ("en/solutions/05-loss-functions.html", 390, "light"),
}


def blocks(picture: Image.Image) -> Image.Image:
    """Return a picture whose points are the means of pieces of another."""
    return picture.convert("L").reduce(BLOCK)


def share_that_differs(one: Image.Image, other: Image.Image) -> float:
    """Return how many of the pieces of two pictures differ by more than a tenth of what is between black and white."""
    assert one.size == other.size, f"{one.size} is not {other.size}"
    points = ImageChops.difference(blocks(one), blocks(other)).tobytes()
    return sum(point > 25 for point in points) / len(points)


@pytest.mark.parametrize("name", SHOWN)
def test_a_page_looks_as_its_stored_picture(reader, name):
    address, width, theme = SHOWN[name]
    tab = reader(width, theme, height=1000).open(address)
    font = base64.b64encode(FONT.read_bytes()).decode()
    tab.add_style_tag(
        content=f"""
        @font-face {{ font-family: Ours; src: url(data:font/ttf;base64,{font}) }}
        html {{ --pst-font-family-base: Ours, sans-serif !important; --pst-font-family-monospace: Ours !important }}
        math {{ font-family: Ours !important }}"""
    )
    tab.evaluate("document.fonts.ready")
    tab.evaluate("location.hash && document.querySelector(location.hash).scrollIntoView()")
    PICTURES.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=PICTURES / f"{name}.png")
    with Image.open(PICTURES / f"{name}.png") as now, Image.open(STORED / f"{name}.png") as stored:
        assert share_that_differs(now, stored) < 0.03, f"look at {PICTURES / name}.png"


def test_pictures_differ_where_something_has_moved_or_is_gone():
    """So the comparison can fail: by one line of text, and by the theme."""
    for name, (_, _, theme) in SHOWN.items():
        with Image.open(STORED / f"{name}.png") as stored:
            moved = ImageChops.offset(stored, 0, 24)
            assert share_that_differs(stored, moved) > 0.05, name
            assert share_that_differs(stored, ImageChops.invert(stored.convert("RGB"))) > 0.5
            assert (stored.convert("L").resize((1, 1)).getpixel((0, 0)) < 80) == (theme == "dark")
