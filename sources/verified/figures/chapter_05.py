"""What the figures of chapter 05 and of its solutions claim."""

import numpy as np

from tools.meaning.drawn import Panel
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "05-loss-functions", "solutions/05-loss-functions"


def squared(r):
    return r**2 / 2


def absolute(r):
    return np.abs(r)


def huber(r, threshold=1.0):
    return np.where(np.abs(r) <= threshold, r**2 / 2, threshold * (np.abs(r) - threshold / 2))


def capped(r, threshold=1.0):
    return np.clip(r, -threshold, threshold)


def shows_loss(panel: Panel, title, loss, gradient):
    panel.says(title=title, x="prediction (the true value is 0)", y="value")
    panel.curve("loss", "blue").follows(loss, over=(-4, 4))
    panel.curve("likelihood", "cyan dashed").follows(lambda r: np.exp(-loss(r)), over=(-4, 4))
    panel.curve("gradient", "yellow dashdot").follows(gradient, over=(-4, 4))


@of(CHAPTER, "show_loss(squared_loss")
def _(panel: Panel):
    shows_loss(panel, "L2: the further out, the stronger the pull", squared, lambda r: r)


@of(CHAPTER, "show_loss(absolute_loss")
def _(panel: Panel):
    shows_loss(panel, "L1: the same pull at every distance", absolute, np.sign)


@of(CHAPTER, "show_loss(huber")
def _(panel: Panel):
    shows_loss(panel, "Huber: the pull of L2, up to the threshold 1", huber, capped)


@of(
    CHAPTER,
    "explore(draw_losses",
    moved=[{"threshold": threshold, "prediction": p} for threshold, p in ((0.1, -4.0), (2.5, 1.2), (4.0, 4.0))],
)
def _(left: Panel, right: Panel, threshold, prediction):
    left.says(title=f"threshold {threshold:.2f}", x="prediction", y="loss")
    right.says(title=f"prediction {prediction:.1f}", x="prediction", y="gradient")
    losses = {
        "L2": (" dashed", "", squared, lambda r: r),
        "L1": ("", "broad ", absolute, np.sign),
        "Huber": ("", "", lambda r: huber(r, threshold), lambda r: capped(r, threshold)),
    }
    for name, (dashes, broad, loss, gradient) in losses.items():
        left.curve(name, f"{broad}blue{dashes}").follows(loss, over=(-4, 4))
        right.curve(name, f"{broad}yellow{dashes}").follows(gradient, over=(-4, 4))
    for panel, which in ((left, 2), (right, 3)):
        points = [(prediction, loss[which](prediction)) for loss in losses.values()]
        seen = [(x, y) for x, y in points if y <= panel.y.values(1) + 1e-6]
        for (x, y), curve in zip(seen, panel.curves("", "black points")):
            curve.passes([x], [y])


@of(CHAPTER, "label='with the offset'")
def _(panel: Panel):
    panel.says(title="Without its offset, the loss jumps", x="residual", y="loss")
    panel.curve("", "blue").follows(squared, over=(0, 1))
    panel.curve("with the offset", "blue").follows(huber, over=(1, 3))
    panel.curve("without", "red dashed").follows(absolute, over=(1, 3))
    panel.curve("", "red points").passes([1, 1], [huber(1), absolute(1)])


@of(CHAPTER, "for delta, dashes in")
def _(left: Panel, right: Panel):
    left.says(title="A parabola, then two arms", x="prediction", y="loss")
    right.says(title="The pull is capped", x="prediction", y="gradient")
    left_ends, right_ends = left.curves("", "blue points"), right.curves("", "yellow points")
    for i, (threshold, dashes) in enumerate(((0.5, " dotted"), (1.0, " dashed"), (2.0, ""))):
        name, ends = f"δ = {threshold}", np.array([-threshold, threshold])
        left.curve(name, "blue" + dashes).follows(lambda r: huber(r, threshold), over=(-4, 4))  # noqa: B023
        right.curve(name, "yellow" + dashes).follows(lambda r: capped(r, threshold), over=(-4, 4))  # noqa: B023
        left_ends[i].passes(ends, huber(ends, threshold))
        right_ends[i].passes(ends, ends)


LOSSES = {"L2": (squared, lambda r: r), "L1": (absolute, np.sign), "Huber": (huber, capped)}


@of(CHAPTER, "'arrowstyle': '-|>'")
def _(*panels: Panel):
    """Arrows go from a dot on the curve to where the step ends on it."""
    starts = np.array([-4, -2.5, -1.25, -0.5, 0.5, 1.25, 2.5, 4])
    titles = (
        "L2: the further out, the longer the step",
        "L1: all steps are of one length",
        "Huber: capped, and shorter near 0",
    )
    for panel, (name, (loss, gradient)), title in zip(panels, LOSSES.items(), titles, strict=True):
        panel.says(title=title, x="prediction" if name == "Huber" else "", y="loss")
        panel.curve("", "blue").follows(loss, over=(-4.3, 4.3))
        panel.curve("", "black points").passes(starts, loss(starts))
        ends = starts - 0.5 * gradient(starts)
        for arrow, start, end in zip(panel.arrows(), starts, ends, strict=True):
            low, high = sorted((start, end))
            assert abs(arrow[0, 0] - start) < 0.05, f"{name}: an arrow begins at {arrow[0, 0]}, not {start}"
            assert abs(arrow[0, 1] - loss(start)) < 0.2, f"{name}: an arrow begins beside the curve"
            assert low - 0.1 < min(arrow[:, 0]) and max(arrow[:, 0]) < high + 0.1, f"{name}: an arrow reaches too far"
            tip = arrow[np.abs(arrow[:, 0] - start).argmax()]
            assert np.allclose(tip, (end, loss(end)), atol=0.2), f"{name}: an arrow ends at {tip}"


def descent(gradient, start, rate=0.35, steps=25):
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - rate * gradient(path[-1]))
    return path


@of(CHAPTER, "ylabel='from 4, enlarged'")
def _(*panels: Panel):
    """Above, three predictions on their way; below, the first of them near 0."""
    titles = ("L2 lands softly", "L1 jitters", "Huber lands softly")
    for above, below, (_, gradient), title in zip(panels[:3], panels[3:], LOSSES.values(), titles, strict=True):
        is_first = above is panels[0]
        above.says(title=title, y="prediction" if is_first else "")
        for dots, start in zip(above.curves("", "cyan points"), (4, 1.5, -3), strict=True):
            dots.passes(range(26), descent(gradient, start))
        below.says(x="step", y="from 4, enlarged" if is_first else "")
        line, path = below.curve("", "cyan with points"), descent(gradient, 4)
        assert below.y.values(1) < 0.5 and max(line.x) > 24.5
        line.follows(lambda x: np.interp(x, range(26), path), over=(0, 25))  # noqa: B023


@of(CHAPTER, "label='outliers'")
def _(panel: Panel):
    """The five points furthest right are the outliers; the lines are those printed, and fit the points."""
    panel.says(title="Five outliers tilt the line of L2 alone", x="feature x", y="label y")
    points, outliers = panel.curve("", "grey points"), panel.curve("outliers", "red marks")
    assert panel.words() == ["good points"]
    assert len(points.x) == 95 and len(outliers.x) == 5 and min(outliers.x) > max(points.x)
    assert min(outliers.y - (1.5 * outliers.x + 2)) > 12, "outliers lie far above the line of the others"
    assert max(abs(points.y - (1.5 * points.x + 2))) < 2, "the points lie along 1.5 x + 2"
    x, y = (np.concatenate(parts) for parts in ((points.x, outliers.x), (points.y, outliers.y)))
    slope, intercept = np.polyfit(x, y, 1)
    panel.curve("L2", "cyan dashed").follows(lambda x: slope * x + intercept, over=(-3, 3), within=0.005)
    for name, look in (("L1", "broad cyan"), ("Huber", "cyan")):
        _, gradient = LOSSES[name]
        line = panel.curve(name, look)
        w, b = fitted(gradient, x, y)
        line.follows(lambda x: w * x + b, over=(-3, 3), within=0.005)  # noqa: B023


def fitted(gradient, x, y, rate=0.1, steps=500):
    """Return slope and intercept where gradient descent ends."""
    w = b = 0.0
    for _ in range(steps):
        pull = gradient(w * x + b - y)
        w, b = w - rate * (pull * x).mean(), b - rate * pull.mean()
    return w, b


@of(SOLUTIONS, "label='as in the chapter'")
def _(panel: Panel, printed):
    """The slopes are those printed; with the repair, small thresholds end at L1's, large ones at L2's."""
    title = "Between L1 and L2, if the learning rate suits"
    panel.says(title, x="threshold", y="slope of the line", scales=("log", "linear"))
    l1, l2 = (printed(name)[0] for name in ("L1", "L2"))
    rows = {
        threshold: printed(f"threshold {threshold:6.2f}: slope", numbers=2) for threshold in 10.0 ** np.arange(-2, 3)
    }
    plain, repaired = zip(*rows.values())
    assert panel.words() == ["L1", "L2"]
    for text, height in zip(panel.texts, (l1, l2)):
        assert abs(text.up - panel.y.parts(height)) < 0.05, f"{text.words!r} does not stand beside its line"
    for line, height in zip(panel.curves("", "grey"), (l1, l2), strict=True):
        line.follows(lambda x: height, over=(1e-9, 1e9), within=0.005)  # noqa: B023
    panel.curve("repaired", "cyan with points").passes(list(rows), repaired, within=0.005)
    panel.curve("as in the chapter", "red dashed with marks").passes(list(rows), plain, within=0.005)
    assert abs(repaired[0] - l1) < 0.02 and abs(repaired[-1] - l2) < 0.02


@of(SOLUTIONS, "styles = {'L2'")
def _(*panels: Panel, printed):
    """All numbers are those printed."""
    counts, looks = [5, 10, 20, 30, 40, 50, 60], {"L2": "cyan dashed", "L1": "broad cyan", "Huber": "cyan"}
    for row, (quantity, truth) in enumerate((("slope", 1.5), ("intercept", 2))):
        for column, where in enumerate(("furthest right", "at random")):
            panel = panels[2 * row + column]
            x = "number of outliers" if row else ""
            panel.says(title="" if row else f"outliers {where}", x=x, y="" if column else quantity)
            panel.curve("truth", "black dotted").follows(lambda x: truth, over=(-99, 99))  # noqa: B023
            for name, look in looks.items():
                numbers = printed(f"{where}, {name}", numbers=14)
                panel.curve(name, look).passes(counts, numbers[7 * row : 7 * row + 7], within=0.02)
