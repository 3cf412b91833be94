"""The stand-in is honest about itself: one notice, and a title above every figure made from then on."""

from types import SimpleNamespace

import matplotlib
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib import pyplot as plt

import book_utils
from book_utils import _notebook
from book_utils._notebook import TITLE, Notice, say_standin


@pytest.fixture
def said(capsys):
    book_utils.use_svg_display()
    with matplotlib.rc_context():
        say_standin("there is no network & no cable")
        yield capsys.readouterr().out


def words(figure) -> list[str]:
    figure.canvas.draw()
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text)]


def overlaps(figure) -> bool:
    """Tell whether the title lies on an axes or on what belongs to it, or leaves the figure."""
    figure.canvas.draw()
    title = figure._suptitle.get_window_extent()
    inside = figure.bbox.contains(title.x0, title.y0) and figure.bbox.contains(title.x1, title.y1)
    return not inside or any(title.overlaps(axes.get_tightbbox()) for axes in figure.axes)


FIGURES = {
    "show_images": lambda: book_utils.show_images(torch.zeros(6, 28, 28), 2, 3, ["bag\ncoat"] * 6)[0].figure,
    "plot": lambda: book_utils.plot([1, 2, 3], xlabel="x", figsize=(3.5, 2.5)) or plt.gcf(),
    "Animator": lambda: book_utils.Animator(xlabel="epoch", legend=["loss"]).fig,
    "a figure of the reader's own": lambda: plt.subplots(1, 2, figsize=(4, 2))[0],
    "one that arranges itself": lambda: plt.subplots(layout="tight")[0],
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_every_figure_says_so_above_its_axes(said, draw):
    figure = draw()
    assert TITLE in words(figure) and "stand-in" in TITLE and not overlaps(figure)


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_figures_of_the_real_data_do_not(draw):
    assert TITLE not in words(draw())


def test_saying_it_twice_labels_once(said):
    say_standin("again")
    assert words(plt.figure()).count(TITLE) == 1 == len(matplotlib.rcParams["figure.hooks"])


def test_a_terminal_gets_words_between_rules(said):
    lines = said.splitlines()
    assert lines[0] == lines[-1] == "=" * len(lines[0]) and "NOTICE" in lines[1]
    assert "Reason: there is no network & no cable" in said
    assert len(lines[0]) == 100 < max(map(len, lines)) and str(Notice("short")) == "=====\nshort\n====="


def test_a_notebook_gets_a_box():
    assert "no network &amp; no cable" in Notice("a", "no network & no cable")._repr_html_()
    shell = InteractiveShell.instance()
    try:
        with matplotlib.rc_context(), capture_output() as captured:
            say_standin("x")
        (shown,) = captured.outputs
        assert "background:" in shown.data["text/html"] and "NOTICE" in shown.data["text/plain"]
    finally:
        shell.clear_instance()


@pytest.mark.parametrize(("kernel", "watched"), [({"_allow_stdin": True}, True), ({"_allow_stdin": False}, False),
                                                 ({}, True)])  # fmt: skip
def test_a_kernel_that_does_not_say_is_taken_to_be_watched(monkeypatch, kernel, watched):
    monkeypatch.setattr(_notebook, "current_kernel", lambda: SimpleNamespace(**kernel))
    assert _notebook.is_watched() == watched
