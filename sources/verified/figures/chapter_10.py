"""What the figures of chapter 10 and of its solutions claim."""

import numpy as np

from sources.verified.figures.fashion_mnist import strengths
from tools.meaning.drawn import Panel
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "10-many-workers", "solutions/10-many-workers"
SLOPES = (1, 4, 1, 3, 6, 9)


@of(CHAPTER, "label='twice as many, twice the time'")
def _(panel: Panel):
    """The times of large batches lie on the line; those of small ones need not."""
    panel.says(
        title="Many images: the work counts. Few: the bare start of it",
        x="images in the batch",
        y="time for a gradient, ms",
        scales=("log", "log"),
    )
    times = panel.curve("measured times", "black points")
    line = panel.curve("twice as many, twice the time", "grey dashed")
    assert np.allclose(times.x, 2.0 ** np.arange(4, 13), rtol=0.02)
    assert np.allclose(line.y / line.x, times.y[-1] / times.x[-1], rtol=0.05)
    assert times.y[-1] > 4 * times.y[0]


@of(CHAPTER, "'five and one: it is wrong'")
def _(equal: Panel, unequal: Panel):
    """Each worker's derivatives in its row, yellow the means; red the mean of the means where it is not that of all."""
    for panel, cut, color, title in (
        (equal, 3, "yellow", "three and three: the mean is right"),
        (unequal, 5, "red", "five and one: it is wrong"),
    ):
        panel.says(title=title, x="derivative")
        assert panel.y.names([2.5 / 3, 1.5 / 3, 0.5 / 3]) == ["worker 0", "worker 1", "mean of the two"]
        assert np.allclose(panel.curve("", "black dashed").x, np.mean(SLOPES), atol=0.03)
        shares = SLOPES[:cut], SLOPES[cut:]
        for points, share, height in zip(panel.curves("", "black points"), shares, (2.5 / 3, 1.5 / 3), strict=True):
            assert np.allclose(points.x, share, atol=0.03) and np.allclose(points.up, height, atol=0.02)
        marks = panel.curves("", "yellow marks")
        means = [np.mean(share) for share in shares]
        assert np.allclose(marks[0].x, means, atol=0.03)
        last = marks[1] if color == "yellow" else panel.curve("", "red marks")
        assert np.allclose(last.x, np.mean(means), atol=0.03) and np.allclose(last.up, 0.5 / 3, atol=0.02)
    assert np.mean(means) != np.mean(SLOPES)


@of(CHAPTER, "pictures = {'worker 0': zero")
def _(*panels: Panel):
    """Two pictures that differ, and two that are their mean."""
    names = ("worker 0", "worker 1", "mean of the two", "whole batch")
    for panel, name in zip(panels, names, strict=True):
        panel.says(title=name)
    zero, one, mean, whole = (strengths(panel.image(), "BrBG") for panel in panels)
    assert np.allclose(mean, whole, atol=0.02) and abs(zero - one).max() > 0.2
    inside = (abs(zero - 0.5) < 0.45) & (abs(one - 0.5) < 0.45)  # where no colour has reached its end
    assert np.allclose(mean[inside], ((zero + one) / 2)[inside], atol=0.02)


@of(CHAPTER, "cmap='YlGnBu'")
def _(*panels: Panel):
    """Who contributed stands in each cell; a piece goes one row down with each step, and the more, the darker."""
    held = [[2**rank] * 4 for rank in range(4)]
    for step, panel in enumerate(panels):
        panel.says(title=f"after {step}" if step else "start", x="piece", y="" if step else "worker")
        assert [int(word) for word in panel.words()] == [number for row in held for number in row]
        brightness = panel.image().mean(axis=-1)
        given = np.array([[number.bit_count() for number in row] for row in held])
        levels = [brightness[given == count].mean() for count in sorted({*given.ravel()})]
        assert levels == sorted(levels, reverse=True), "the more, the darker"
        held = [
            [held[rank][k] + (held[rank - 1][k] if k == (rank - 1 - step) % 4 else 0) for k in range(4)]
            for rank in range(4)
        ]
    assert len(panels) == 4


@of(CHAPTER, "title='Two workers draw the curve of one'")
def _(panel: Panel):
    panel.says(title="Two workers draw the curve of one", x="epoch", y="training loss")
    line, points = panel.curve("one process alone", "blue"), panel.curve("two workers together", "black points")
    line.falls()
    assert np.allclose(line.x, range(1, 6), atol=0.02) and np.allclose(line.y, points.y, atol=0.001)


@of(CHAPTER, "'256 images: mostly talk'")
def _(small: Panel, large: Panel):
    """With a small batch the talk of several takes longer than their work; with a large one it does not for two."""
    for panel, title in ((small, "256 images: mostly talk"), (large, "8,192 images: mostly work")):
        panel.says(title=title, x="workers", y="time of a step, ms" if panel is small else "")
        for name, color in (("work", "black"), ("talk", "yellow")):
            curve = panel.curve(name, f"{color} with points")
            assert np.allclose(curve.x, (1, 2, 4), atol=0.03)
            if name == "work":
                work = curve.y
            else:
                talk = curve.y
        if panel is small:
            assert (talk[1:] > work[1:]).all()
        else:
            assert talk[1] < work[1] < 0.7 * work[0]


def ring(size, work, count):
    """Return how many times as fast GPUs in a ring are, by the assumptions of the chapter."""
    return work / (work / size + 2 * (size - 1) * (5e-6 + 4 * count / size / 25e9))


@of(CHAPTER, "title='More GPUs help, until messages take longer than work'")
def _(panel: Panel):
    panel.says(
        title="More GPUs help, until messages take longer than work", x="GPUs", y="times as fast", scales=("log", "log")
    )
    panel.curve("all divided", "black dashed").follows(lambda size: size, over=(1, 1024))
    panel.curve("ours", "red").follows(lambda size: ring(size, 1e-4, 7850), over=(1, 1024))
    panel.curve("large", "cyan").follows(lambda size: ring(size, 1.0, 25_000_000), over=(1, 1024))


@of(SOLUTIONS, "title='Larger batches need larger steps'")
def _(panel: Panel, printed):
    panel.says(title="Larger batches need larger steps", x="epoch", y="training loss")
    for name, look in (
        ("256 at 0.1", "blue"),
        ("512 at 0.1", "blue dashed"),
        ("512 at 0.2", "blue dotted"),
        ("2048 at 0.1", "blue dashdot"),
    ):
        curve = panel.curve(name, look)
        assert abs(curve.y[-1] - printed(f"batch {name}:")[0]) < 0.003, name


@of(SOLUTIONS, "title='Long messages: the ring beats the tree, unless it sends pieces'")
def _(panel: Panel):
    panel.says(
        title="Long messages: the ring beats the tree, unless it sends pieces",
        x="GPUs",
        y="times as fast",
        scales=("log", "log"),
    )
    sizes = 2 ** np.arange(11)
    levels, bits = np.arange(11), 4 * 25_000_000 / 25e9
    for name, look, times in (
        ("all divided", "black dashed", sizes),
        ("ring", "cyan", ring(sizes, 1.0, 25_000_000)),
        ("tree", "cyan dotted", 1 / (1 / sizes + 2 * levels * (5e-6 + bits))),
        ("tree, pieces", "cyan dashdot", 1 / (1 / sizes + 2 * (levels * 5e-6 + bits))),
    ):
        curve = panel.curve(name, look)
        assert np.allclose(np.log(curve.x), np.log(sizes), atol=0.03), name
        assert np.allclose(np.log(curve.y), np.log(times), atol=0.03), name
