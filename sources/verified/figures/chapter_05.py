"""What the figures of chapter 05 and of its solutions claim."""

import re

import numpy as np
import torch

from book_utils import load_penguins
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


LOSSES = {"L2": (squared, lambda r: r), "L1": (absolute, np.sign), "Huber": (huber, capped)}


@of(CHAPTER, "'arrowstyle': '-|>'")
def _(*panels: Panel):
    """Arrows go from a dot on the curve to where the step ends on it."""
    starts = np.array([-4, -1.75, -0.5, 0.5, 1.75, 4])
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


LOOKS = {"L2": ("", " dashed"), "L1": ("broad ", ""), "Huber": ("", "")}


def look(name, color):
    before, after = LOOKS[name]
    return f"{before}{color}{after}"


@of(CHAPTER, "ylabel='distance from 0'")
def _(panel: Panel):
    panel.says("L2 and Huber land, L1 jumps to and fro", x="step", y="distance from 0", scales=("linear", "log"))
    for name, (_, gradient) in LOSSES.items():
        panel.curve(name, look(name, "cyan")).passes(range(26), np.abs(descent(gradient, 4)))


@of(CHAPTER, "title='Upside down, each loss")
def _(panel: Panel):
    """The densities have area 1 and standard deviation 1."""
    panel.says(
        "Upside down, each loss is the logarithm of its density",
        x="distance from the true value, in standard deviations",
        y="density",
        scales=("linear", "log"),
    )
    r = np.linspace(-60, 60, 120_001)
    for name, (loss, _) in LOSSES.items():
        likelihood = np.exp(-loss(r))
        deviation = np.sqrt((likelihood * r**2).sum() / likelihood.sum())
        height = deviation / (likelihood.sum() * (r[1] - r[0]))
        panel.curve(name, look(name, "cyan")).follows(
            lambda x: height * np.exp(-loss(x * deviation)),  # noqa: B023
            over=(-6, 6),
        )


@of(CHAPTER, "explore(draw_constants", moved=[{"last": last} for last in (3.0, 40.0, 100.0)])
def _(panel: Panel, last):
    """Totals over their lowest value, and a line down from there: at the mean, and twice at the median."""
    values = np.array([0, 1, 2, 3, last])
    best = {"L2": values.mean(), "L1": np.median(values), "Huber": np.median(values)}
    title = "best constants: " + ", ".join(f"{name} {at:.1f}" for name, at in best.items())
    panel.says(title, x="constant c, and the five values", y="total loss / that of 100")
    for name, (loss, _) in LOSSES.items():

        def total(c):
            return sum(loss(c - value) for value in values)  # noqa: B023

        grid = np.linspace(-10, 100, 11_001)
        assert abs(grid[total(grid).argmin()] - best[name]) < 0.01, f"{name}: the best constant is another"
        panel.curve(name, look(name, "blue")).follows(lambda c: total(c) / total(100), over=(-10, 100))  # noqa: B023
    minima = panel.curves("", "cyan with points")
    for line, (name, (loss, _)) in zip(minima, LOSSES.items(), strict=True):
        lowest = sum(loss(best[name] - value) for value in values) / sum(loss(100 - value) for value in values)
        line.passes([best[name]] * 2, [lowest, 0])
    panel.curve("", "black points").passes(values, 0 * values)


@of(CHAPTER, "titles = 'L2: off the truth'")
def _(*panels: Panel, printed):
    """Along each contour line the mean loss of the printed data's line is the same; dots are the lines found."""
    titles = ("L2: off the truth", "L1: beside the truth", "Huber: beside it, too")
    x, y = bad_data()
    for panel, title, (name, (loss, _)) in zip(panels, titles, LOSSES.items(), strict=True):
        panel.says(title, x="slope", y="intercept" if name == "L2" else "")
        panel.curve("", "black marks").passes([1.5], [2])
        w, b = printed(f"{name}  ", numbers=2)
        panel.curve("", "cyan points").passes([w], [b], within=0.01)
        grid = np.meshgrid(np.linspace(0.5, 3.5, 61), np.linspace(0.5, 4, 71))
        lowest = mean_loss(loss, *grid, x, y).min()
        drawn = set()
        for lines in panel.curves("", "blue"):
            levels = mean_loss(loss, lines.x, lines.y, x, y) / lowest
            wanted = np.array([1.02, 1.1, 1.3, 1.6, 2.0, 2.5])
            near = wanted[np.abs(levels[:, None] - wanted).argmin(1)]
            assert np.abs(levels - near).max() < 0.02, f"{name}: a contour leaves its level: {levels}"
            drawn |= set(near)
        assert drawn >= set(wanted[1:4]), f"{name}: only the levels {drawn} are drawn"


def bad_data():
    """Return the chapter's points, the last five 15 too high."""
    torch.manual_seed(0)
    x = torch.linspace(-3, 3, 100, dtype=torch.float64)
    y = 1.5 * x + 2 + 0.5 * torch.randn(100, dtype=torch.float64)
    y[-5:] += 15
    return x.numpy(), y.numpy()


def mean_loss(loss, w, b, x, y):
    return loss(np.multiply.outer(w, x) + np.asarray(b)[..., None] - y).mean(-1)


PLACES = [{"bad_x": 30.0, "bad_y": 20.0}, {"bad_x": 3.0, "bad_y": 70.0}, {"bad_x": -3.0, "bad_y": -40.0}]


@of(CHAPTER, "explore(draw_bad_points", moved=PLACES)
def _(panel: Panel, bad_x, bad_y):
    """No line of another slope or intercept has a lower loss than those drawn."""
    x, y = bad_data()
    points, cross = panel.curve("", "black points"), panel.curve("", "red marks")
    points.passes(x[:-5], y[:-5])
    cross.passes([bad_x], [bad_y])
    x, y = np.append(x[:-5], [bad_x] * 5), np.append(y[:-5], [bad_y] * 5)
    slopes = []
    for name, (loss, _) in LOSSES.items():
        line = panel.curve(name, look(name, "cyan"))
        w = np.diff(line.y)[0] / np.diff(line.x)[0]
        b = line.y[0] - w * line.x[0]
        assert np.allclose(line.x, [-4, max(3, bad_x) + 1], atol=0.1)
        slopes.append(f"{name} {w:.2f}")
        here = mean_loss(loss, w, b, x, y)
        around = [(w + u, b + v) for u in (-0.05, 0, 0.05) for v in (-0.3, 0, 0.3) if u or v]
        assert all(here < mean_loss(loss, *other, x, y) + 1e-4 for other in around), f"{name}: not the best line"
    title, wanted = panel.title, "slopes: " + ", ".join(slopes)
    numbers = [[float(number) for number in re.findall(r" (-?[\d.]+)", text)] for text in (title, wanted)]
    assert np.allclose(*numbers, atol=0.02) and re.sub(r"[-\d.]", "", title) == re.sub(r"[-\d.]", "", wanted)
    panel.says(title, x="feature x", y="label y")


@of(CHAPTER, "title='Two typing errors among 242")
def _(panel: Panel):
    """The birds are the real ones; two others weigh ten times too much, and L2's line is the one with least squares."""
    panel.says("Two typing errors among 242 birds tilt the line of L2", x="flipper length in mm", y="body mass in g")
    torch.manual_seed(0)
    train = torch.randperm(342)[:242]
    flipper, mass = (column[train].double().numpy() for column in load_penguins("flipper_length_mm", "body_mass_g"))
    panel.curve("", "black points").passes(flipper[2:], mass[2:])
    typed = np.where(np.arange(242) < 2, 10 * mass, mass)
    tilted, right = np.polyfit(flipper, typed, 1), np.polyfit(flipper, mass, 1)
    panel.curve("L2", "cyan dashed").follows(lambda x: np.polyval(tilted, x), over=(170, 233))
    for name in ("L1", "Huber"):
        panel.curve(name, look(name, "cyan")).follows(lambda x: np.polyval(right, x), over=(170, 233), within=0.02)


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
