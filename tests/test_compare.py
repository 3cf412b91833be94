"""tools/compare.py: what counts as the same output, and what does not."""

import base64
import io
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import matplotlib as mpl
import matplotlib.style
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image

from tools.compare import (
    difference,
    figure_difference,
    matplotlib_version,
    numbers_agree,
    output_differences,
    text_difference,
)

ROUNDED_APART = [
    ("0.447", "0.448"),
    ("0.1999", "0.2000"),
    ("0.1999", "0.2"),
    ("9.99", "10.0"),
    ("0.99", "1.00"),
    ("-0.447", "-0.446"),
    ("1.234e-07", "1.235e-07"),
    ("0.300000004", "0.299999996"),
    ("2000.", "2000.0003"),
    ("-0.0000", "0.0000"),
    ("-0.", "0."),
]
OTHER_RESULTS = [
    ("0.45", "0.55"),
    ("0.447", "0.457"),
    ("0.447", "0.449"),
    ("0.45", "0.46"),
    ("0.0004", "0.0005"),
    ("0.447", "-0.447"),
    ("1e-07", "3e-07"),
    ("1e-08", "3e-09"),
    ("0.45", "0.45e1"),
    ("5.", "6."),
    ("60000.", "60001."),
    ("60000.0", "60001.0"),
]


@pytest.mark.parametrize(("stored", "fresh"), ROUNDED_APART)
def test_numbers_that_were_rounded_apart_agree(stored: str, fresh: str) -> None:
    assert numbers_agree(stored, fresh)
    assert numbers_agree(fresh, stored)


@pytest.mark.parametrize(("stored", "fresh"), OTHER_RESULTS)
def test_numbers_of_other_results_do_not_agree(stored: str, fresh: str) -> None:
    assert not numbers_agree(stored, fresh)
    assert not numbers_agree(fresh, stored)


@pytest.mark.parametrize(
    ("stored", "fresh"),
    [
        ("loss 0.4471, accuracy 85.31%", "loss 0.4472, accuracy 85.32%"),
        ("it took 0.2501s.", "it took 0.2502s."),
        ("tensor([ 0.0324, -0.6439])", "tensor([0.0325, -0.6438])"),
        ("tensor([5., 7., 9.])", "tensor([5., 7., 9.])"),
        ("0.1001-0.2001", "0.1002-0.2002"),
        ("<td>0.4471</td>", "<td>0.4472</td>"),
        ("损失0.4471，精度0.8531", "损失0.4472，精度0.8532"),
        ("w=[2.0001 -3.4002]\n", "w=[ 2.     -3.4   ]\n"),
        ("version 3.11.2 at 0x7f1e5 of (256,)", "version 3.11.2 at 0x7f1e5 of (256,)"),
    ],
)
def test_texts_that_agree(stored: str, fresh: str) -> None:
    assert text_difference(stored, fresh) == ""
    assert text_difference(fresh, stored) == ""


@pytest.mark.parametrize(
    ("stored", "fresh"),
    [
        ("loss 0.447", "loss 0.547"),
        ("loss 0.447", "cost 0.447"),
        ("loss 0.447", "loss: 0.447"),
        ("loss 0.447", "loss 0.447 0.447"),
        ("loss 0.447", "loss nan"),
        ("loss inf", "loss -inf"),
        ("took 0.447s", "took 0.447ms"),
        ("epoch 1000", "epoch 1001"),
        ("shape (10000,)", "shape (10001,)"),
        ("5.0", "5"),
        ("3.11.2", "3.11.3"),
        ("2.15.0", "2.15.1"),
        ("0x7f1e5", "0x7f1e6"),
        ("v1000.1", "v1000.2"),
        ("1000.1.5", "1000.2.5"),
        ("1000.1a5", "1000.2a5"),
        ("1 2", "12"),
        ("to day", "today"),
        ("one\ntwo", "one two"),
        ("one\n", "one"),
        ("", "0.447"),
        ("损失0.447", "损失0.457"),
    ],
)
def test_texts_that_differ(stored: str, fresh: str) -> None:
    assert text_difference(stored, fresh) != ""
    assert text_difference(fresh, stored) != ""


def test_the_message_shows_line_and_numbers() -> None:
    assert text_difference("fine\nloss 0.447 now", "fine\nloss 0.547 now") == (
        "line 2: stored 0.447, now 0.547\n  stored: loss 0.447 now\n  now:    loss 0.547 now"
    )


LOSS = (0.9, 0.5, 0.4, 0.35)
PLACES = (1, 2, 3, 3.5)
Svg = Callable[[], str]  # drawn when its test runs, not when it is collected


def drawn(plot: Callable[[Axes], object], *, height: float = 2.5, **of_axes: Any) -> str:
    """An SVG as our notebooks store them."""
    # matplotlib's own style, whatever a test that ran before in this process has set
    with mpl.style.context(["default", {"svg.fonttype": "path", "svg.hashsalt": "test"}]):
        figure = Figure(figsize=(3.5, height))
        axes = figure.add_subplot()
        plot(axes)
        axes.set(**{"xlabel": "epoch", **of_axes})
        target = io.StringIO()
        FigureCanvasSVG(figure).print_svg(target, metadata={"Date": None})
    return target.getvalue()


@cache
def curve(values: tuple[float, ...] = LOSS, form: str = "-", height: float = 2.5, **style: Any) -> str:
    def plot(axes: Axes) -> None:
        axes.plot(range(1, len(values) + 1), values, form, label="train loss", **style)
        axes.legend()

    return drawn(plot, height=height, ylim=(0, 1))


@cache
def scatter(xs: tuple[float, ...] = PLACES, **of_axes: Any) -> str:
    return drawn(lambda axes: axes.scatter(xs, LOSS, 9), ylim=(0, 1), xlim=(0, 4), **of_axes)


@cache
def markers(xs: tuple[float, ...]) -> str:
    return drawn(lambda axes: axes.plot(xs, LOSS, "o"), ylim=(0, 1), xlim=(0, 4))


@cache
def image(*, last: int = 255, first: int = 0, size: int = 8, cmap: str = "gray") -> str:
    grey = [[(column * row) % 200 for column in range(size)] for row in range(size)]
    grey[0][0], grey[-1][-1] = first, last
    return drawn(lambda axes: axes.imshow(grey, cmap=cmap, vmin=0, vmax=255, interpolation="none"))


def by_other_matplotlib(svg: str) -> str:
    """As another release might draw it: the page wider at the left, other ticks, letters and ids."""
    head, tail = svg.split("</metadata>")
    head = re.sub(r"Matplotlib v[\w.+]+", "Matplotlib v1.2.3", head)
    tail = re.sub(r'((?:[ML] |\bx="))(\d\d+(?:\.\d+)?)', lambda found: f"{found[1]}{float(found[2]) + 9}", tail)
    tail = re.sub(r"<!-- [\d.]+ -->", "<!-- 7 -->", tail)
    return head + "</metadata>" + re.sub(r"\b([pm])([0-9a-f]{10})\b", r"\1a\2", tail)


def test_figures_that_show_the_same_agree() -> None:
    nearly = tuple(value + 1e-4 for value in LOSS)
    assert curve() != curve(nearly)
    assert figure_difference(curve(), curve(nearly)) == ""
    assert matplotlib_version(curve()) == mpl.__version__


@pytest.mark.parametrize(
    ("stored", "fresh", "message"),
    [
        (curve, lambda: curve((0.9, 0.5, 0.3, 0.35)), r"line2d in axes_1, .*point 3 of 4.*0\.6000\), now .*0\.7000\)"),
        (curve, lambda: curve(LOSS[:3]), "stored 4 points, now 3"),
        (curve, lambda: curve((0.9, float("nan"), 0.4, 0.35)), "stored 4 points, now 2"),
        (curve, lambda: curve(form="--"), "stored stroke-dasharray None, now"),
        (curve, lambda: curve(color="red"), "stored stroke #1f77b4, now #ff0000"),
        (curve, lambda: curve(linewidth=3), "stored stroke-width 1.5, now 3"),
        (curve, lambda: curve(form="o-"), r"stored 1 drawn things \(line2d 1\), now 5"),
        (lambda: curve(form="o"), lambda: curve(form="s"), "stored outline"),
        (lambda: curve(form="o"), lambda: curve(form="o", markersize=8), "another marker or another marker size"),
        (scatter, lambda: scatter((1, 2, 3, 3.4)), "PathCollection in axes_1, thing 4 .*point 1 of 1"),
        (lambda: drawn(lambda axes: None), scatter, r"axes_1: stored 0 drawn things \(\), now 4"),
        (scatter, lambda: scatter(xlabel="time"), "words: stored 'epoch', now 'time'"),
        (scatter, lambda: scatter(title="loss"), "words: stored None, now 'loss'"),
        (scatter, lambda: scatter(yticks=(0, 1)), "tick labels"),
        (scatter, lambda: scatter(facecolor="red"), "around the data(.|\n)*#ff0000"),
        (scatter, lambda: scatter(yticks=(0.3,), yticklabels=("1",)), "tick labels"),
        (image, lambda: image(last=250), "image in axes_1, .* differs by up to 5 levels of 255, in 1 of 64"),
        (image, lambda: image(size=9), r"stored an image of \(8, 8\), now \(9, 9\)"),
    ],
)
def test_figures_that_differ(stored: Svg, fresh: Svg, message: str) -> None:
    assert re.search(message, figure_difference(stored(), fresh()))
    assert figure_difference(fresh(), stored()) != ""


def test_a_tick_that_moved_is_seen() -> None:
    stored = drawn(lambda axes: axes.set_yticks([0.2, 0.5], ["low", "high"]))
    fresh = drawn(lambda axes: axes.set_yticks([0.2, 0.6], ["low", "high"]))
    assert figure_difference(stored, fresh).startswith("around the data")


def test_an_image_may_round_by_one_level_and_be_compressed_otherwise() -> None:
    assert figure_difference(image(), image(last=254)) == ""
    assert figure_difference(image(), image(last=253)) != ""
    assert figure_difference(image(), recompressed(image())) == ""


@pytest.mark.parametrize("cmap", ["BrBG", "Reds", "YlGnBu"])
def test_a_value_in_an_image_of_colours_may_round_to_the_next_one_and_no_two_may(cmap: str) -> None:
    for value in range(100, 110):
        stored = image(first=value, last=value, cmap=cmap)
        assert figure_difference(stored, image(first=value, last=value + 1, cmap=cmap)) == ""
        assert "in 1 of 64" in figure_difference(stored, image(first=value, last=value + 10, cmap=cmap))
    assert "in 2 of 64" in figure_difference(stored, image(first=value + 2, last=value + 2, cmap=cmap))


def recompressed(svg: str) -> str:
    stored = re.search(r"base64,\s*([^\"]+)", svg)
    assert stored
    again = io.BytesIO()
    Image.open(io.BytesIO(base64.b64decode(stored[1]))).save(again, format="png", compress_level=0)
    changed = svg.replace(stored[1], base64.b64encode(again.getvalue()).decode())
    assert changed != svg
    return changed


@pytest.mark.parametrize("draw", [curve, lambda: curve(form="o--"), scatter])
def test_only_data_and_words_are_compared_with_another_matplotlib(draw: Svg) -> None:
    svg, other = draw(), by_other_matplotlib(draw())
    assert figure_difference(svg, other) == ""
    assert figure_difference(other, svg) == ""
    assert "words" in figure_difference(svg, other.replace("<!-- epoch -->", "<!-- time -->"))
    assert "tick labels" in figure_difference(svg, other.replace("v1.2.3", f"v{mpl.__version__}"))


def test_grid_lines_belong_to_their_ticks() -> None:
    few, many = (drawn(lambda axes: axes.grid(), yticks=ticks) for ticks in ((0, 1), (0, 0.5, 1)))
    assert figure_difference(few, by_other_matplotlib(many)) == ""
    assert "tick labels" in figure_difference(few, many)


def test_data_are_compared_with_another_matplotlib() -> None:
    assert "point 3 of 4" in figure_difference(curve(), by_other_matplotlib(curve((0.9, 0.5, 0.3, 0.35))))


def test_a_line_is_compared_as_far_as_it_is_seen() -> None:
    """Beyond the axes the page's edge cuts it, in one release here, in another there."""
    leaves = (5.0, 0.5, 0.4, 1.4)
    lower, higher = curve(leaves), by_other_matplotlib(curve(leaves, height=5))
    assert figure_difference(lower, higher) == ""
    assert "point 1 of 4" in figure_difference(lower, curve((4.0, 0.5, 0.4, 1.4)))


def test_markers_that_are_not_seen_do_not_count() -> None:
    """Beyond the axes they stand where the page ends, which moves with the tick labels."""
    near, far = markers((1, 2, 3, 4.2)), markers((1, 2, 3, 9))
    assert near != far
    assert figure_difference(near, far) == ""
    assert "drawn things" in figure_difference(near, markers((1, 2, 3, 3.9)))


def test_other_svgs_must_be_equal() -> None:
    assert figure_difference("<svg/>", "<svg/>") == ""
    assert figure_difference("<svg/>", "<svg></svg>") != ""
    assert "not both readable" in figure_difference(curve(), curve()[:-9])


STREAM = {"output_type": "stream", "name": "stdout", "text": "loss 0.4471\n"}
RESULT = {"output_type": "execute_result", "execution_count": 1, "data": {"text/plain": "3"}, "metadata": {}}
IGNORED = ("output_type", "execution_count", "metadata", "image/png")


def test_outputs_agree_whatever_the_order_of_their_kinds() -> None:
    fresh = {**STREAM, "text": "loss 0.4472\n"}
    assert output_differences([STREAM, RESULT], [RESULT, fresh], IGNORED) == []


@pytest.mark.parametrize(
    ("stored", "fresh", "message"),
    [
        ([STREAM], [], "stdout: stored 1 times, now 0 times"),
        ([], [STREAM], "stdout: stored 0 times, now 1 times"),
        ([STREAM], [{**STREAM, "name": "stderr"}], "stdout: stored 1 times, now 0 times"),
        ([RESULT], [{**RESULT, "data": {"text/plain": "4"}}], "text/plain: line 1: stored 3, now 4"),
        ([RESULT], [{**RESULT, "data": {"text/plain": "3", "text/html": "3"}}], "text/html: stored 0"),
        ([RESULT], [RESULT, RESULT], "text/plain: stored 1 times, now 2 times"),
    ],
)
def test_outputs_that_differ(stored: list[dict[str, Any]], fresh: list[dict[str, Any]], message: str) -> None:
    assert message in output_differences(stored, fresh, IGNORED)[0]


def test_ignored_fields_are_not_compared() -> None:
    png = {**RESULT, "data": {"text/plain": "3", "image/png": "AAAA"}, "execution_count": 9}
    assert output_differences([RESULT], [png], IGNORED) == []


def test_json_must_be_equal() -> None:
    assert difference("application/json", {"a": 1}, {"a": 1}) == ""
    assert difference("application/json", {"a": 1}, {"a": 2}) != ""
