"""Figures: the growing plot in a notebook, in a script and by itself; sheets of images; the book's style."""

import colorsys
import io
import itertools
import math
import os
import re
import subprocess
import sys
import tracemalloc
from base64 import b64decode

import matplotlib
import nbformat
import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from nbclient import NotebookClient
from PIL import Image

import book_utils as bu
from book_utils.plotting.live import DOT, showing_the_same_part
from book_utils.plotting.style import COLORS


class Recorder(NotebookClient):
    """Runs cells and keeps every frame that the kernel sends, as JupyterLab would receive it."""

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] in ("display_data", "update_display_data", "clear_output"):
            self.frames.append((cell_index, msg["msg_type"], msg["content"].get("data", {}).get("image/svg+xml")))
        return super().process_message(msg, cell, cell_index)


# While a frame is drawn, another thread adds a point, too early for a frame of its own, and saves the figure.
MEANWHILE = """
import io
e = Animator()
drawn = e.live._as_picture

def draw_while_others_work():
    picture, e.live._as_picture = drawn(), drawn
    e.live._next_frame = float('inf')
    e.add(2, 2)
    e.fig.savefig(io.BytesIO())
    return picture

e.live._as_picture = draw_while_others_work
e.add(1, 1)
"""


@pytest.fixture(scope="module")
def session():
    """Run a few cells in one kernel: slow steps, fast steps, an error in the middle, no step at all."""
    cells = [
        "from book_utils import Animator",
        "a = Animator(xlabel='epoch', legend=['loss'], xlim=[0, 5])\n"
        "for i in range(5):\n    a.live._next_frame = 0  # as if the frame before were long ago\n    a.add(i, i)",
        "b = Animator()\nfor i in range(1000):\n    b.add(i, i % 7)",
        "c = Animator()\nc.add(1, 1)\nc.live._next_frame = float('inf')\nc.add(2, 2)\n1 / 0",
        "d = Animator()",
        "a.add(5, 2)",
        "c.live._next_frame = float('inf')\nc.add(3, 3)",
        MEANWHILE,
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = Recorder(notebook, kernel_name="python3", allow_errors=True)
    client.frames = []
    client.execute()
    return client


def sent(session, cell):
    return [(kind, svg) for index, kind, svg in session.frames if index == cell]


def outputs(session, cell):
    return [output for output in session.nb.cells[cell].outputs if output.output_type != "error"]


def test_a_notebook_shows_one_figure_and_updates_it_in_place(session):
    frames = sent(session, 1)
    assert [kind for kind, _ in frames] == ["display_data"] + ["update_display_data"] * 4
    assert len({svg for _, svg in frames}) == 5  # no frame is dropped, none is drawn twice
    (output,) = outputs(session, 1)
    assert "<!-- epoch -->" in output.data["image/svg+xml"] and "<!-- loss -->" in output.data["image/svg+xml"]


def test_what_another_thread_adds_and_saves_while_a_frame_is_drawn_is_shown(session):
    (output,) = outputs(session, 7)
    blue = r'<path d="([^"]*)" clip-path="[^"]*" style="fill: none; stroke: #4477aa'
    assert ["L" in path for path in re.findall(blue, output.data["image/svg+xml"])] == [True]  # from point to point


def test_frames_that_come_too_fast_are_left_out_but_never_the_last(session):
    frames = sent(session, 2)
    assert 2 <= len(frames) < 500
    (output,) = outputs(session, 2)
    assert output.data["image/svg+xml"] == frames[-1][1]
    assert "<!-- 1000 -->" in frames[-1][1]  # the axis has grown to the last point


def test_a_thousand_points_take_no_more_memory_than_their_numbers():
    animator = bu.Animator(legend=["a", "b"])
    animator.live._next_frame = float("inf")  # no frame: the drawing's own caches would hide what is kept
    animator.add(0, (0, 0))
    tracemalloc.start()
    for n in range(1000):
        animator.add(n, (n, 2 * n))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(animator.lines) == 2 and kept < 1_000_000, kept  # four lists of a thousand numbers, and their arrays


def test_the_last_state_is_drawn_when_a_cell_fails(session):
    assert [kind for kind, _ in sent(session, 3)] == ["display_data", "update_display_data"]


def test_an_animator_without_points_shows_nothing(session):
    assert sent(session, 4) == [] and outputs(session, 4) == []


def test_a_point_added_in_a_later_cell_lands_in_the_same_figure(session):
    assert [kind for kind, _ in sent(session, 5)] == ["update_display_data"]
    assert outputs(session, 5) == []


def test_the_last_state_is_drawn_in_every_cell(session):
    assert [kind for kind, _ in sent(session, 6)] == ["update_display_data"]


def test_a_notebooks_figures_bear_no_date(session):
    assert not [svg for _, _, svg in session.frames if "<dc:date>" in svg]


def test_a_page_of_html_shows_the_last_state_once(session):
    from nbconvert import HTMLExporter

    page, _ = HTMLExporter().from_notebook_node(session.nb)
    (output,) = outputs(session, 1)
    figures = [b64decode(coded).decode() for coded in re.findall(r"data:image/svg\+xml;base64,([^\"]+)", page)]
    assert [figure for figure in figures if "<!-- epoch -->" in figure] == [output.data["image/svg+xml"]]


def test_nothing_is_ever_cleared(session):
    """Clearing is what flickers."""
    assert "clear_output" not in {kind for _, kind, _ in session.frames}


def test_a_plain_script_draws_without_a_display_and_can_save(tmp_path):
    script = (
        "import sys, torch, book_utils as bu\n"
        "data = bu.Batches(torch.zeros(4, 1, 28, 28, dtype=torch.uint8), torch.tensor([0, 0, 0, 1]), 2)\n"
        "W = torch.zeros(784, 10, requires_grad=True)\n"
        "net = lambda X: bu.softmax(X.reshape(-1, 784) @ W)\n"
        "bu.train_ch3(net, data, data, bu.cross_entropy, 3, lambda n: bu.sgd([W], 0.1, n))\n"
        "bu.plt.savefig(sys.argv[1])\n"
    )
    picture = tmp_path / "curves.png"
    needed = {name: os.environ[name] for name in ("SYSTEMROOT", "USERPROFILE") if name in os.environ}  # by Windows
    env = {**needed, "PATH": "", "HOME": str(tmp_path), "MPLCONFIGDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script, str(picture)], capture_output=True, encoding="utf-8", env=env)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    pixels = np.asarray(Image.open(picture).convert("RGB")) / 255
    assert np.isclose(pixels, to_rgb(COLORS["g"]), atol=0.02).all(axis=2).sum() > 100  # more than its legend


def test_more_lines_than_formats_and_fewer_labels_than_lines():
    animator = bu.Animator(legend=["a", "b"], fmts=("-", "r:"))
    animator.add(1, [1, 2, 3, 4, 5])
    animator.add(2, [1, 2, 3, 4, 5])
    lines = animator.axes[0].get_lines()
    assert [line.get_linestyle() for line in lines] == ["-", ":", "-", ":", "-"]
    assert [text.get_text() for text in animator.axes[0].get_legend().get_texts()] == ["a", "b"]
    assert all(len(line.get_xdata()) == 2 for line in lines)


def test_more_labels_than_lines_and_lines_that_come_later():
    animator = bu.Animator(legend=["a", "b", "c"])
    animator.add(1, 1)
    animator.add(2, (2, 3))
    assert [len(x) for x in animator.X] == [2, 1]
    assert [text.get_text() for text in animator.axes[0].get_legend().get_texts()] == ["a", "b"]


def test_none_points_are_left_out():
    animator = bu.Animator()
    for x, y in ((1, (1, None)), (2, (None, None)), (None, (3, 3)), (3, (4, 5))):
        animator.add(x, y)
    assert (animator.X, animator.Y) == ([[1, 3], [3]], [[1, 4], [5]])


@pytest.mark.filterwarnings("error")
def test_tensors_are_points():
    animator = bu.Animator()
    loss = torch.tensor(0.5, requires_grad=True)
    animator.add(torch.tensor(1), loss)
    animator.add(2, (loss * 2,))
    assert animator.Y == [[0.5, 1.0]]


def test_no_lines_at_all_is_no_point():
    animator = bu.Animator()
    animator.add(1, [])
    assert animator.X == [] and not animator.axes[0].get_lines()


def test_a_point_without_a_line_is_marked_until_there_is_one():
    animator = bu.Animator(fmts=("-", "s-"))
    seen = []
    for n in range(2):
        animator.add(n, (n, n))
        animator.fig.canvas.draw()
        seen.append([line.get_marker() for line in animator.lines])
    assert seen == [[DOT, "s"], ["None", "s"]]


def test_the_figure_is_up_to_date_whoever_draws_it():
    """No frame is due, as in a notebook that draws at leisure."""
    animator = bu.Animator()
    animator.live._has_window, animator.live._next_frame = True, float("inf")
    animator.add(0, 0)
    animator.add(100, 100)
    animator.fig.canvas.draw()
    assert len(animator.lines[0].get_xdata()) == 2 and animator.axes[0].get_xlim()[1] > 100


def test_limits_follow_the_data_unless_they_are_given():
    animator = bu.Animator(xlim=[0, 10])
    for x in range(3):
        animator.add(x, 100 * x)
    assert animator.axes[0].get_xlim() == (0, 10) and animator.axes[0].get_ylim()[1] > 200


@pytest.mark.filterwarnings("error")
def test_log_scales_and_one_epoch_give_no_warning():
    animator = bu.Animator(xscale="log", yscale="log", legend=["a"])
    for x in (1, 10, 100):
        animator.add(x, 1 / x)
    low, high = animator.axes[0].get_ylim()
    assert low < 0.01 and high > 1
    bu.Animator(xlim=[1, 1], ylim=[0.3, 0.9]).add(1, 0.5)


def test_each_axis_has_the_name_scale_and_limits_that_were_meant_for_it():
    """Whatever differs between x and y is given for one of them only, or differently."""
    meant = {"xlabel": "n", "ylabel": "loss", "xscale": "log", "xlim": [1, 50], "ylim": [2, 9]}
    animator = bu.Animator(**meant, figsize=(5, 2))
    animator.add(3, 4)
    bu.plot([1, 20, 50], [3, 4, 5], **meant, figsize=(5, 2))
    for ax in (animator.axes[0], plt.gca()):
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("n", "loss") and (ax.get_xscale(), ax.get_yscale()) == (
            "log",
            "linear",
        )
        assert (ax.get_xlim(), ax.get_ylim()) == ((1, 50), (2, 9)) and tuple(ax.figure.get_size_inches()) == (5, 2)
    assert bu.Animator(yscale="log").fig is not animator.fig
    second = bu.Animator(yscale="log", nrows=1, ncols=3)
    second.add(1, 10)
    assert (second.axes[0].get_xscale(), second.axes[0].get_yscale()) == ("linear", "log")
    assert second.axes[0].get_subplotspec().get_gridspec().get_geometry() == (1, 3)


def test_drawing_takes_at_most_half_of_the_time(monkeypatch):
    """A clock of our own: a frame takes a second, and a quarter of one goes by between two states."""
    now, frames = [100.0], []
    monkeypatch.setattr("book_utils.plotting.live.time.perf_counter", lambda: now[0])
    figure = bu.LiveFigure()
    figure._has_window = True

    def slowly():
        frames.append(now[0])
        now[0] += 1

    monkeypatch.setattr(figure.fig.canvas, "flush_events", slowly)
    for _ in range(40):
        figure.draw()
        now[0] += 0.25
    # The first at once; from then on a second without a frame, that is four states, after each.
    assert frames == [100 + 2 * i for i in range(10)]


def test_a_grid_of_axes_is_a_flat_list():
    animator = bu.Animator(nrows=2, ncols=2)
    animator.add(1, 1)
    assert len(animator.axes) == 4 and len(animator.axes[0].get_lines()) == 1


def test_x_and_y_must_be_as_many():
    with pytest.raises(ValueError, match="2 x and 3 y"):
        bu.Animator().add([1, 2], [1, 2, 3])


def test_images_of_every_kind_and_cells_left_over():
    images = [torch.zeros(4, 4), np.zeros((4, 4)), Image.new("L", (4, 4))]
    axes = bu.show_images(images, 2, 2, titles=["a", "b", "c"])
    assert [len(ax.get_images()) for ax in axes] == [1, 1, 1, 0]
    assert not any(ax.axison for ax in axes)


def test_one_image_is_a_grid_too():
    assert len(bu.show_images(torch.zeros(1, 4, 4), 1, 1)) == 1


def test_grey_images_are_grey():
    axes = bu.show_images(torch.zeros(1, 4, 4), 1, 1)
    assert axes[0].get_images()[0].get_cmap().name == "gray"


def test_the_style_is_set_once_so_that_the_readers_own_settings_stay():
    bu.use_svg_display()
    with matplotlib.rc_context():
        plt.rcParams["lines.linewidth"] = 5
        bu.use_svg_display()
        assert plt.rcParams["lines.linewidth"] == 5


def test_the_same_figure_is_the_same_svg(tmp_path):
    bu.use_svg_display()
    texts = []
    for name in ("one.svg", "two.svg"):
        fig, ax = plt.subplots()
        ax.plot([1, 2, 3])
        fig.savefig(tmp_path / name, metadata={"Date": None})
        texts.append((tmp_path / name).read_bytes())
    assert texts[0] == texts[1]


# Hue of each colour in degrees, on the circle from red (0) over green (120) and blue (240); None: a dark grey.
HUES = {"b": 210, "m": 320, "g": 130, "r": 350, "c": 185, "y": 48, "k": None}


def test_each_letter_is_the_colour_that_it_is_named_after():
    assert COLORS.keys() == HUES.keys()
    for letter, hue in HUES.items():
        measured, saturation, value = colorsys.rgb_to_hsv(*to_rgb(COLORS[letter]))
        if hue is None:
            assert saturation == 0 and value < 0.3
        else:
            assert abs(measured * 360 - hue) < 10 and saturation > 0.4, (letter, measured * 360)


def test_training_is_drawn_in_the_colours_that_the_book_speaks_of():
    data = bu.Batches(torch.zeros(4, 1, 28, 28, dtype=torch.uint8), torch.tensor([0, 0, 0, 1]), 2)
    W = torch.zeros(784, 10, requires_grad=True)
    updater = lambda batch_size: bu.sgd([W], 0.1, batch_size)  # noqa: E731
    bu.train_ch3(lambda X: bu.softmax(X.reshape(-1, 784) @ W), data, data, bu.cross_entropy, 2, updater)
    plt.gcf().canvas.draw()
    axes = plt.gcf().axes[0]
    drawn = {text.get_text(): line.get_color() for text, line in zip(axes.texts, axes.get_lines(), strict=True)}
    assert {
        name: letter for name, color in drawn.items() for letter in COLORS if to_rgb(color) == to_rgb(COLORS[letter])
    } == {
        "train loss": "b",
        "train accuracy": "m",
        "test accuracy": "g",
    }
    cycle = [to_rgb(style["color"]) for style in plt.rcParams["axes.prop_cycle"]]
    assert cycle == [to_rgb(COLORS[letter]) for letter in "bmgrcyk"]


def test_what_reaches_beyond_a_figure_is_saved_with_it(tmp_path):
    bu.use_svg_display()
    fig, ax = plt.subplots(figsize=(2, 1))
    fig.savefig(tmp_path / "bare.png")
    ax.set_title("one\ntwo\nthree\nfour")
    fig.savefig(tmp_path / "titled.png")
    heights = [Image.open(tmp_path / name).height for name in ("bare.png", "titled.png")]
    assert heights[1] > heights[0] + fig.dpi * 4 * 10 / 72 / 2  # by half of four lines of ten points at least


def test_every_point_of_a_curve_is_in_the_file(tmp_path):
    """Leaving out points that lie nearly on a line would depend on the processor."""
    bu.use_svg_display()
    bu.plot(range(500), [1e-9 * (n % 7) for n in range(500)], ylim=[0, 1])
    plt.savefig(tmp_path / "curve.svg")
    paths = re.findall(r'<path d="([^"]*)"', (tmp_path / "curve.svg").read_text(encoding="utf-8"))
    assert max(path.count("L ") for path in paths) == 499


# Colour vision: how a colour looks to readers who lack one of the three kinds of cones. Matrices for linear RGB from
# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency" (2009).
VISION = {
    "full": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def lab(color, vision):
    """Return CIE L*a*b* coordinates of a colour as seen with the given vision."""
    srgb = np.array(to_rgb(color))
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(VISION[vision]) @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    f = np.cbrt(xyz / [0.9505, 1, 1.089])
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISION)
def test_curves_differ_in_colour_for_every_reader(vision):
    seen = {letter: lab(color, vision) for letter, color in COLORS.items()}
    near = [pair for pair in itertools.combinations(seen, 2) if math.dist(*(seen[letter] for letter in pair)) < 12]
    assert near == []  # a difference of 2 is just noticeable


def named(axes):
    """Return the words beside the ends of lines, from below, with their heights in points."""
    bu.label_lines(axes)
    axes.figure.canvas.draw()
    boxes = [(text.get_window_extent(), text) for text in axes.texts]
    points = 72 / axes.figure.dpi
    return [(text.get_text(), box.y0 * points) for box, text in sorted(boxes, key=lambda pair: pair[0].y0)]


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_lines_are_named_at_their_ends_in_their_order(scale):
    _, axes = plt.subplots()
    for name, end in (("high", 100), ("low", 1), ("middle", 30)):
        axes.plot([0, 1], [5, end], label=name)
    axes.axhline(60, label="limit")
    axes.plot([0, 1], [2, 2])
    axes.set_yscale(scale)
    heights = dict(named(axes))
    assert list(heights) == ["low", "middle", "limit", "high"]
    if scale == "linear":
        share = (heights["limit"] - heights["low"]) / (heights["high"] - heights["low"])
        assert math.isclose(share, (60 - 1) / (100 - 1), abs_tol=0.01)


def test_names_replace_a_legend():
    bu.plot([1, 2], [[1, 2], [2, 4]], legend=["slow", "fast"])
    axes = plt.gca()
    assert [name for name, _ in named(axes)] == ["slow", "fast"] and axes.get_legend() is None


def test_names_that_would_overlap_are_moved_apart_and_stay_in_their_order():
    _, axes = plt.subplots(figsize=(4, 3))
    for i in range(5):
        axes.plot([0, 1], [0, 1 + 1e-3 * i], label=f"line {i}")
    names, heights = zip(*named(axes))
    assert names == tuple(f"line {i}" for i in range(5)) and min(np.diff(heights)) > 9
    middle = np.mean([text.xy[1] for text in axes.texts])
    assert np.isclose(middle, axes.transLimits.transform((1, 1.002))[1], atol=0.01), "moved further than they must be"


def test_the_name_of_a_line_that_leaves_the_axes_stays_within():
    _, axes = plt.subplots()
    axes.plot([0, 1, 2], [0, 1, 4], "b", label="up")
    axes.plot([0, 1, 2], [0, 1, math.nan], "r", label="broken off")
    axes.set(xlim=(0, 2), ylim=(0, 2))
    bu.label_lines(axes)
    axes.figure.canvas.draw()
    assert {text.get_text(): text.xy for text in axes.texts} == {"broken off": (0.5, 0.5), "up": (1, 1)}


def picture_of(figure):
    file = io.StringIO()
    figure.savefig(file, format="svg")
    return file.getvalue()


def test_names_ride_on_lines_that_grow_and_the_axes_keep_their_size():
    animator = bu.Animator(xlim=[0, 4], ylim=[0, 8])
    axes, seen, sides = animator.axes[0], [], []
    bu.label_lines(axes, ["slow", "fast", "of a line that never comes"])
    for n in range(5):
        animator.add(n, (n, 2 * n if n else None))
        picture = picture_of(animator.fig)
        seen.append({text.get_text(): text.xy for text in axes.texts if f"<!-- {text.get_text()} -->" in picture})
        sides.append(axes.bbox.intervalx)
    assert seen[0] == {"slow": (0, 0)} and seen[4] == {"slow": (1, 0.5), "fast": (1, 1)}
    assert [names["slow"] for names in seen] == [(n / 4, pytest.approx(n / 8, abs=0.05)) for n in range(5)]
    assert np.allclose(sides, sides[0])
    room = axes.figure.bbox.x1 - axes.bbox.x1
    assert room > max(text.get_window_extent().width for text in axes.texts), "the names end beyond the figure"


def test_there_is_room_for_names_when_they_are_first_drawn():
    fig, axes = plt.subplots(layout="constrained")
    axes.plot([0, 1], [0, 1], label="a name of some length")
    bu.label_lines(axes)
    fig.canvas.draw()
    assert axes.texts[0].get_window_extent().x1 <= fig.bbox.x1


def test_names_follow_limits_that_change():
    _, axes = plt.subplots()
    axes.plot([0, 1], [0, 1], label="up")
    bu.label_lines(axes)
    axes.set(xlim=(0, 1), ylim=(0, 2))
    axes.figure.canvas.draw()
    assert [text.xy for text in axes.texts] == [(1, 0.5)]


def test_named_again_lines_have_one_name():
    _, axes = plt.subplots()
    axes.plot([0, 1], [0, 1], label="up")
    for _ in range(2):
        bu.label_lines(axes)
    axes.figure.canvas.draw()
    assert [text.get_text() for text in axes.texts] == ["up"]


@pytest.mark.parametrize(("label", "whole"), [("epoch", True), ("epochs", True), ("n", False)])
def test_growing_plots_mark_epochs_at_whole_numbers(label, whole):
    for last in (3, 10):
        animator = bu.Animator(label, xlim=[1, last], figsize=(6, 3))
        animator.add(1, 1)
        ticks = animator.axes[0].get_xticks()
        assert (ticks % 1 == 0).all() == (whole or last == 10) and len(ticks) > 2


def test_epochs_on_other_scales_are_drawn_as_they_are():
    animator = bu.Animator("epoch", xscale="log")
    animator.add(1, 1)
    animator.add(10, 2)
    assert animator.axes[0].get_xticks()[0] < 1


def test_the_courses_letters_mean_the_books_colours():
    bu.use_svg_display()
    assert all(matplotlib.colors.to_hex(letter).upper() == color for letter, color in COLORS.items())


def test_a_frame_is_drawn_once_and_shows_what_is_drawn_twice_when_saved(monkeypatch):
    animator = bu.Animator(xlabel="n", xlim=[0, 5], ylim=[0, 3], legend=["a"])
    drawings = []
    draw = type(animator.fig).draw
    monkeypatch.setattr(
        type(animator.fig), "draw", lambda figure, renderer: drawings.append(1) or draw(figure, renderer)
    )

    def view(file):
        return re.search(rb'viewBox="[^"]*"', file.getvalue())[0]

    def picture():
        """Return how often the figure is drawn for a frame, and whether the frame shows what a tight picture does."""
        file, whole = io.BytesIO(), io.BytesIO()
        drawings.clear()
        with showing_the_same_part(animator.fig):
            animator.fig.canvas.print_figure(file, format="svg", bbox_inches="tight")
        times = len(drawings)
        animator.fig.canvas.print_figure(whole, format="svg", bbox_inches="tight")
        return times, view(file) == view(whole)

    animator.add(1, 1.5)
    assert picture() == (2, True)
    animator.add(2, 1.7)
    assert picture() == (1, True)
    animator.axes[0].set_title("two\nlines")
    assert picture() == (2, True)
    animator.axes[0].set_ylim(0, 20000)  # longer numbers beside it
    assert picture() == (2, True)
    animator.axes[0].set_position([0.3, 0.3, 0.4, 0.4])
    assert picture() == (2, True)
    assert picture() == (1, True)
