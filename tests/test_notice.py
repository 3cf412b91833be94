"""The stand-in is honest about itself: one notice, and a title above every figure made from then on."""

import os
import re
from string import Formatter
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
from book_utils._words import BETWEEN, LANGUAGES, TEXTS, Text, joined, language, plain, text


@pytest.fixture
def said(capsys):
    book_utils.use_svg_display()
    with matplotlib.rc_context():
        say_standin(plain("there is no network & no cable"), plain("plug it in\nor do not"))
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
    say_standin(plain("again"))
    assert words(plt.figure()).count(TITLE) == 1 == len(matplotlib.rcParams["figure.hooks"])


@pytest.mark.parametrize("draw", list(FIGURES.values())[:3], ids=list(FIGURES)[:3])
def test_our_figures_say_so_after_a_style_sheet_too(said, draw):
    """Its list of hooks is one of matplotlib's settings."""
    plt.style.use("default")
    assert words(draw()).count(TITLE) == 1


def test_a_cell_begins_with_the_label_in_its_place(said):
    shell = InteractiveShell.instance()
    try:
        with capture_output():
            say_standin(plain("x"))
            shell.run_cell("from matplotlib import pyplot as plt; plt.style.use('default')")
            shell.run_cell("figure = plt.figure()")
        assert words(shell.user_ns["figure"]).count(TITLE) == 1
    finally:
        shell.clear_instance()


def test_a_terminal_gets_words_between_rules(said):
    lines = said.splitlines()
    assert lines[0] == lines[-1] == "=" * len(lines[0]) and "NOTICE" in lines[1]
    assert lines[-4:-1] == ["Reason: there is no network & no cable", "plug it in", "or do not"]
    assert len(lines[0]) == 100 < max(map(len, lines)) and str(Notice("short")) == "=====\nshort\n====="


def test_a_notebook_gets_a_box():
    assert "no network &amp; no cable" in Notice("a", "no network & no cable")._repr_html_()
    shell = InteractiveShell.instance()
    try:
        with matplotlib.rc_context(), capture_output() as captured:
            say_standin(plain("x"))
        (shown,) = captured.outputs
        assert "background:" in shown.data["text/html"] and "NOTICE" in shown.data["text/plain"]
    finally:
        shell.clear_instance()


@pytest.mark.parametrize(("kernel", "watched"), [({"_allow_stdin": True}, True), ({"_allow_stdin": False}, False),
                                                 ({}, True)])  # fmt: skip
def test_a_kernel_that_does_not_say_is_taken_to_be_watched(monkeypatch, kernel, watched):
    monkeypatch.setattr(_notebook, "current_kernel", lambda: SimpleNamespace(**kernel))
    assert _notebook.is_watched() == watched


# In the language of the notebook.


@pytest.mark.parametrize("key", TEXTS)
def test_every_language_says_the_same(key):
    says = {each: sorted(name for _, name, *_ in Formatter().parse(TEXTS[key][each]) if name) for each in TEXTS[key]}
    assert tuple(says) == LANGUAGES and len(set(map(tuple, says.values()))) == 1
    assert re.search("[\u4e00-\u9fff]", TEXTS[key]["zh"].replace("：", "是")) and TEXTS[key]["en"].isascii()


def test_what_is_put_in_is_in_the_same_language():
    said = text("lately", reason=joined("sentences", [text("damaged", path="a"), plain("?")]), minutes=2.4)
    assert said["en"].startswith("a is damaged. ? That was 2 minutes ago; ")
    assert said["zh"].startswith("a 已损坏。?那是 2 分钟前的事；") and all(
        set(each) == set(LANGUAGES) for each in BETWEEN.values()
    )


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """Let nothing tell the language; return a function that makes, and goes into, a folder."""
    monkeypatch.delenv("BOOK_UTILS_LANGUAGE")
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr("locale.getlocale", lambda: (None, None))

    def go(folder: str) -> None:
        (tmp_path / folder).mkdir(parents=True)
        monkeypatch.chdir(tmp_path / folder)

    go("anywhere")
    return go


@pytest.mark.parametrize("said", ["zh", "en"])
def test_the_reader_may_say_the_language(elsewhere, monkeypatch, said):
    elsewhere("en" if said == "zh" else "zh")
    monkeypatch.setenv("BOOK_UTILS_LANGUAGE", said)
    assert language() == said == str(Text(en="en", zh="zh"))


@pytest.mark.parametrize(
    ("folder", "expected"), [("notebooks/en", "en"), ("notebooks/zh", "zh"), ("en/zh/solutions", "zh")]
)
@pytest.mark.parametrize("how", ["working folder", "server"])
def test_the_folder_of_the_notebook_tells_the_language(elsewhere, monkeypatch, folder, expected, how):
    monkeypatch.setattr("locale.getlocale", lambda: ("en_GB" if expected == "zh" else "zh_CN", "UTF-8"))
    if how == "server":
        monkeypatch.setenv("JPY_SESSION_NAME", f"/somewhere/{folder}/05.ipynb")
    else:
        elsewhere(folder)
    assert language() == expected


@pytest.mark.parametrize(("cells", "expected"), [(["", "1 + 1  # 加法"], "zh"), (["", "1 + 1  # a sum"], "en")])
def test_a_notebook_elsewhere_shows_its_language(elsewhere, monkeypatch, cells, expected):
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(user_ns={"In": cells}))
    assert language() == expected


@pytest.mark.parametrize(
    ("system", "expected"), [("zh_CN", "zh"), ("Chinese (Simplified)_China", "zh"), ("de_DE", "en")]
)
def test_without_a_notebook_the_system_tells_the_language(elsewhere, monkeypatch, system, expected):
    monkeypatch.setattr("locale.getlocale", lambda: (system, None))
    assert language() == expected
    monkeypatch.setattr("os.getcwd", lambda: os.stat("no such file"))
    assert language() == expected  # even if the working folder is gone
