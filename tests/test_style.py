"""The book's style: legible in every theme, set once, and the reader's own choice stays."""

import colorsys
import subprocess
import sys

import nbformat
import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from matplotlib import rc_context
from matplotlib.colors import to_rgb
from matplotlib.legend import Legend
from matplotlib.text import Text
from nbclient import NotebookClient

import book_utils as bu
from book_utils.plotting.style import COLORS

SHEETS = ["default", "dark_background", "seaborn-v0_8", "ggplot", "grayscale", "Solarize_Light2", "fivethirtyeight"]

WHITE_ON_BLACK = {
    **dict.fromkeys(["text.color", "axes.labelcolor", "axes.titlecolor", "legend.labelcolor"], "white"),
    **dict.fromkeys([f"{axis}tick.{part}" for axis in "xy" for part in ("color", "labelcolor")], "white"),
    **dict.fromkeys(["figure.facecolor", "axes.facecolor", "legend.facecolor", "savefig.facecolor"], "black"),
}
"""A sheet that leaves nothing to what it inherits."""

FIGURES = {
    "plot": lambda: bu.plot([1, 2], [[1, 2], [2, 1]], "x", "y", legend=["a", "b"]) or plt.gcf(),
    "Animator": lambda: grown(bu.Animator("epoch", "loss", ["a"])),
    "show_images": lambda: bu.show_images(torch.zeros(2, 4, 4), 1, 2, ["bag", "coat"])[0].figure,
    "show_network": lambda: bu.show_network(2, 1) or plt.gcf(),
    "the reader's own": lambda: titled(plt.subplots()),
}


def grown(animator):
    animator.add(1, 2)
    animator.add(2, 1)
    return animator.fig


def titled(figure_and_axes):
    figure, axes = figure_and_axes
    axes.set(title="title", xlabel="x", ylabel="y")
    axes.text(0.5, 0.5, "inside")
    return figure


def luminance(color):
    channels = np.array(to_rgb(color))
    linear = np.where(channels <= 0.03928, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    """Return the contrast ratio of WCAG, from 1 to 21. It asks for 4.5 where there is text."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def on_what(figure, text):
    """Return the colour that a text stands on: that of the legend or the axes it lies in, else of the figure."""
    for legend in figure.findobj(Legend):
        if text in legend.get_texts():
            return legend.get_frame().get_facecolor()
    middle = np.mean(text.get_window_extent().get_points(), axis=0)
    inside = [axes for axes in figure.axes if axes.axison and axes.bbox.contains(*middle)]
    return (inside[0] if inside else figure).get_facecolor()


def faint(figure):
    """Return the texts of a figure, ticks included, that can hardly be read."""
    figure.canvas.draw()
    texts = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    on_circles = [text for text in texts if text.get_text().startswith("$")]  # of a network, in their own colours
    assert texts
    return [
        (text.get_text(), round(ratio, 1))
        for text in texts
        if text not in on_circles and (ratio := contrast(text.get_color(), on_what(figure, text))) < 4.5
    ]


@pytest.fixture
def first_use(monkeypatch):
    """As in a process in which no helper has been called yet."""
    from book_utils.plotting import style

    with rc_context():
        style._apply_style.cache_clear()
        yield
    style._apply_style.cache_clear()
    bu.use_svg_display()


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
@pytest.mark.parametrize("sheet", [*SHEETS, WHITE_ON_BLACK], ids=[*SHEETS, "white on black"])
def test_every_text_can_be_read_whatever_style_sheet_came_first(sheet, draw, first_use):
    plt.style.use(sheet)
    bu.use_svg_display()
    assert faint(draw()) == []


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet != "Solarize_Light2"])  # faint by itself
def test_a_style_sheet_that_comes_later_is_taken_as_it_is(sheet, draw, first_use):
    bu.use_svg_display()
    plt.style.use(sheet)
    assert faint(draw()) == []


def test_the_readers_format_stays_until_he_asks_for_svg_again():
    """In a kernel, as readers have it."""
    cells = [
        "%matplotlib inline\nimport book_utils as d2l\nd2l.plot([1, 2])",
        "from matplotlib_inline.backend_inline import set_matplotlib_formats\nset_matplotlib_formats('png')\n"
        "d2l.plot([1, 2])",
        "d2l.show_images([[[1, 2]]], 1, 1)\nd2l.set_figsize()",
        "d2l.Animator().add(1, 2)",
        "d2l.use_svg_display()\nd2l.plot([1, 2])",
        "%config InlineBackend.figure_formats = ['png']\nd2l.plot([1, 2])",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell + ";") for cell in cells])
    NotebookClient(notebook, kernel_name="python3").execute()
    shown = [
        {kind for out in cell.outputs for kind in out.get("data", ()) if "image" in kind} for cell in notebook.cells
    ]
    assert shown == [{f"image/{kind}"} for kind in ("svg+xml", "png", "png", "png", "svg+xml", "png")]


def test_style_and_letters_stay_as_they_are_until_a_helper_is_used():
    """Importing the package, and a helper that draws nothing, leave matplotlib alone."""
    code = (
        "import matplotlib; before = dict(matplotlib.rcParams); import book_utils as d2l; d2l.Timer, d2l.plot\n"
        "assert dict(matplotlib.rcParams) == before and matplotlib.colors.to_hex('b') == '#0000ff'\n"
        "d2l.plot([1, 2]); assert matplotlib.colors.to_hex('b') != '#0000ff'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_colour_can_be_seen_on_white():
    assert {letter for letter, color in COLORS.items() if contrast(color, "white") < 3} == set()


def test_names_have_their_lines_colours_and_can_be_read():
    _, axes = plt.subplots()
    for height, letter in enumerate(COLORS):
        axes.axhline(height, color=letter, label=letter)
    bu.label_lines(axes)
    axes.figure.canvas.draw()
    for text in axes.texts:
        assert contrast(text.get_color(), "white") >= 4.5
        hues = [colorsys.rgb_to_hsv(*to_rgb(color))[:2] for color in (text.get_color(), COLORS[text.get_text()])]
        assert np.allclose(*hues)
