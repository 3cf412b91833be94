"""The figures show what they claim: ``sources/verified/figures/`` says what that is, figure by figure."""

import copy
import re

import nbformat
import numpy as np
import pytest
import stored
from matplotlib import pyplot as plt

from book_utils import label_lines, use_svg_display
from tools import book
from tools.meaning import drawn, figures, sliders

figures.load(book.ROOT / "sources" / "verified" / "figures")
EDITION = book.ROOT / "notebooks" / book.ENGLISH  # the figures of translations are equal: test_editions.py
CHAPTERS = {
    notebook.relative_to(EDITION).with_suffix("").as_posix(): stored.notebook(notebook).cells
    for notebook in book.files_under("notebooks", ".ipynb")
    if notebook.is_relative_to(EDITION)
}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_figure_has_one_claim(chapter):
    for cell in CHAPTERS[chapter]:
        if figures.drawn_by(cell):
            claims = [claim for claim in figures.CLAIMS if claim.chapter == chapter and claim.piece in cell.source]
            assert len(claims) == 1, f"sources/verified/figures has {len(claims)} claims for {chapter}\n{cell.source}"


@pytest.mark.filterwarnings("ignore:__array_wrap__")  # matplotlib asks torch for something that NumPy has renamed
@pytest.mark.parametrize("claim", figures.CLAIMS, ids=lambda claim: f"{claim.chapter}-{claim.piece}")
def test_a_figure_shows_what_it_claims(claim):
    figures.verify(claim, CHAPTERS[claim.chapter])


COLUMN = 6.3 * 72  # points: the column of JupyterLab in a window of 1,024 pixels has 592 pixels, 6.2 inches


def too_wide_or_small(svg):
    """Say what of a figure does not fit the column, or would be smaller there than 8 points; else nothing."""
    width = float(re.search(r'<svg [^>]*?width="([\d.]+)pt"', svg)[1])
    sizes = [100 * float(scale) for scale in re.findall(r"scale\(([\d.]+) -[\d.]+\)", svg)]
    small = [f"letters of {size:.1f} points" for size in sizes if size < 8 - 1e-6]
    return [f"{width:.0f} points wide, of {COLUMN:.0f}"] * (width > COLUMN) + sorted(set(small))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_figure_fits_a_small_window_and_can_be_read(chapter):
    found = {cell.source: too_wide_or_small(svg) for cell in CHAPTERS[chapter] for svg in figures.drawn_by(cell)}
    assert not {source: words for source, words in found.items() if words}


@pytest.mark.parametrize(
    ("width", "size", "words"),
    [(5, 8, []), (7, 8, ["504 points wide, of 454"]), (5, 7, ["letters of 7.0 points"])],
)
def test_a_figure_that_does_not_fit_is_found(width, size, words):
    fig = plt.figure(figsize=(width, 3))
    fig.text(0.5, 0.5, "words $x^2$", fontsize=size)
    assert too_wide_or_small(sliders.svg_of(fig)) == words


# ----------------------------------------------------------------------------------------- the checks themselves

TRAINING = "train_ch3(net, train_iter, test_iter, cross_entropy, num_epochs, updater)"
X = np.linspace(-2, 2, 101)


def drawing(
    f=lambda x: x**2,
    looks=("b-", "m--"),
    names=("square", "cube"),
    title="powers",
    labels=("x", "y"),
    classes=("cat", "dog"),
    scales=("linear", "log"),
    x=X,
):
    """Return a figure with two curves, a picture with bars and axes with a logarithmic scale."""
    use_svg_display()
    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(9, 3))
    for g, look, name in zip((f, lambda x: x**3), looks, names):
        left.plot(x, g(x), look, label=name)
    left.set(title=title, xlabel=labels[0], ylabel=labels[1])
    left.legend()
    middle.bar(classes, [1, -2], color="g")
    right.plot([1, 2, 3], [1, 10, 100], "ko")
    right.set(xscale=scales[0], yscale=scales[1])
    return sliders.svg_of(fig)


def claim(left, middle, right):
    left.says(title="powers", x="x", y="y")
    left.curve("square", "blue").follows(lambda x: x**2, over=(-2, 2))
    left.curve("cube", "purple dashed").follows(lambda x: x**3, over=(-2, 2))
    middle.says()
    assert middle.bars("green") == pytest.approx({"cat": 1, "dog": -2}, abs=0.01), "bars"
    right.says(scales=("linear", "log"))
    right.curve("", "black points").passes([1, 2, 3], [1, 10, 100])


def complaint(svg, claim=claim):
    cells = [nbformat.from_dict({"cell_type": "code", "source": "", "outputs": [{"data": {figures.SVG: svg}}]})]
    try:
        figures.verify(figures.Claim("chapter", "", claim), cells)
    except AssertionError as error:
        return str(error)
    return ""


def test_a_right_figure_passes():
    assert not complaint(drawing())


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        ({"f": lambda x: x**2 + 0.05}, "at x = .* y is"),
        ({"f": lambda x: 2 * x**2}, "at x = .* y is"),
        ({"f": np.abs}, "at x = .* y is"),
        ({"x": X[:60]}, "has an end at x = 0.36"),
        ({"looks": ("m-", "b--")}, "no 'square' in blue among"),
        ({"looks": ("b-", "m-")}, "no 'cube' in purple dashed among"),
        ({"names": ("cube", "square")}, "no 'square' in blue among"),
        ({"title": "roots"}, "title and labels"),
        ({"labels": ("y", "x")}, "title and labels"),
        ({"classes": ("dog", "cat")}, "bars"),
        ({"scales": ("log", "linear")}, "the scales are"),
        ({"scales": ("linear", "linear")}, "the scales are"),
    ],
)
def test_a_wrong_figure_fails(planted, words):
    assert re.search(words, complaint(drawing(**planted)))


def test_what_no_claim_asks_for_fails():
    def short(left, middle, right):
        left.says(title="powers", x="x", y="y")
        left.curve("square", "blue")
        middle.says()
        right.says(scales=("linear", "log"))

    assert "nothing is claimed of: 'cube' in purple dashed; a bar in green; a bar in green" in complaint(
        drawing(), short
    )


def test_a_name_that_is_not_drawn_and_words_above_all_fail():
    fig, axes = plt.subplots()
    axes.plot([0, 1], "bo", label="points")
    axes.plot([], [], "r", label="nothing")
    axes.legend()
    fig.suptitle("a title")

    def says(panel):
        panel.says()
        panel.curve("points", "blue points")

    message = complaint(sliders.svg_of(fig), says)
    assert message.endswith("'nothing' in the legend, which is not drawn; the words 'a title' above all axes")


def named_at_the_ends(names, looks=("b-", "b--"), **width):
    use_svg_display()
    _, axes = plt.subplots()
    for name, look, end in zip(names, looks, (1, 2)):
        axes.plot([0, 1], [0, end], look, label=name, **width)
    axes.text(0.1, 1.9, "elsewhere", color="b")
    label_lines(axes)
    return sliders.svg_of(axes.figure)


def says_which(panel):
    panel.says()
    panel.curve("slow", "blue").passes([0, 1], [0, 1])
    panel.curve("fast", "blue dashed").passes([0, 1], [0, 2])
    assert panel.words() == ["elsewhere"]


def test_names_at_the_ends_of_lines_are_read():
    assert not complaint(named_at_the_ends(("slow", "fast")), says_which)
    assert "no 'slow' in blue among" in complaint(named_at_the_ends(("fast", "slow")), says_which)
    assert "no 'slow' in blue among" in complaint(named_at_the_ends(("slow", "fast"), ("r-", "b--")), says_which)
    assert "'slow' in broad blue" in complaint(named_at_the_ends(("slow", "fast"), linewidth=5), says_which)


def test_a_figure_in_another_format_counts():
    assert figures.drawn_by({"outputs": [{"data": {"image/png": "..."}}, {"name": "stdout"}]}) == [""]


def planted(chapter, piece, *pairs):
    """Return a chapter's cells with words exchanged: in the code, and in the figure of one cell."""
    (claim,) = (claim for claim in figures.CLAIMS if (claim.chapter, claim.piece) == (chapter, piece))
    cells = copy.deepcopy(CHAPTERS[chapter])
    (output,) = (
        output for output in cells[figures.place_of(claim, cells)].outputs if figures.SVG in output.get("data", {})
    )
    for one, other in pairs:
        output.data[figures.SVG] = exchanged(output.data[figures.SVG], one, other)
        for cell in cells:
            cell.source = exchanged(cell.source, one, other)
    return claim, cells


def exchanged(text, one, other):
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


@pytest.mark.parametrize(
    ("chapter", "piece", "pairs", "words"),
    [
        # Huber's loss is smooth L1 at threshold 1, where the stored figure stands.
        (
            "05-loss-functions",
            "explore(draw_losses",
            [("HuberLoss(delta=thr", "SmoothL1Loss(beta=thr")],
            "threshold 0.1",
        ),
        ("05-loss-functions", "show_loss(huber", [("<!-- loss -->", "<!-- gradient -->")], "no 'loss' in blue"),
        ("07-softmax-regression-scratch", TRAINING, [("#4477aa", "#aa3377")], "no 'train loss' in blue"),
        (
            "07-softmax-regression-scratch",
            TRAINING,
            [("<!-- train accuracy -->", "<!-- test accuracy -->")],
            "no 'train accuracy'",
        ),
        (
            "06-image-classification-dataset",
            "batch_size=18",
            [("<!-- t-shirt -->", "<!-- dress -->")],
            "title and labels",
        ),
        (
            "04-softmax-regression",
            "regression: one number",
            [("<!-- cat -->", "<!-- dog -->")],
            "list.bars. == CLASSES",
        ),
    ],
)
def test_a_bug_planted_in_the_book_fails(chapter, piece, pairs, words):
    claim, cells = planted(chapter, piece, *pairs)
    with pytest.raises(AssertionError, match=words):
        figures.verify(claim, cells)


def test_colours_are_known_by_value():
    assert drawn.NAMES["#4477aa"] == "blue" and drawn.color_name("#4477AA") == "blue"
    assert drawn.color_name("#999999") == "grey" and drawn.color_name("#ff0000") == "#ff0000"
