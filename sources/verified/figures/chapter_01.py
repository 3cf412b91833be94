"""What the figures of chapter 01 and of its solutions claim."""

import math

import numpy as np
import torch

from book_utils import load_penguins
from tools.meaning.drawn import Panel
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "01-linear-regression", "solutions/01-linear-regression"

# The six houses.
AREA = np.array([1.0, 1.5, 2.0, 2.5, 3.0, 3.5])
AGE = np.array([1.0, 3.0, 2.0, 4.0, 1.0, 3.0])
PRICE = np.array([1.7, 2.0, 2.8, 2.5, 3.7, 4.0])

# The penguins: flipper length and mass; which of them are learned from, and which are held out.
FLIPPER, MASS = (column.double().numpy() for column in load_penguins("flipper_length_mm", "body_mass_g"))
ORDER = torch.randperm(len(MASS), generator=torch.Generator().manual_seed(0)).numpy()
TRAIN, HELD_OUT = ORDER[:242], ORDER[242:]


@of(CHAPTER, "label='linear model'")
def _(panel: Panel):
    """The line is the least squares line of the area alone; residuals go from it to the houses."""
    panel.says("Residuals: from the line to the houses", x="area (1,000 sq ft)", y="price (100,000 USD)")
    slope, intercept = np.polyfit(AREA, PRICE, 1)
    panel.curve("linear model", "cyan").follows(lambda x: slope * x + intercept, over=(1, 3.5), within=0.005)
    panel.curve("house", "black points").passes(AREA, PRICE)
    ends = np.column_stack((slope * AREA + intercept, PRICE)).ravel()
    panel.curve("residual", "red").passes(AREA.repeat(2), ends, within=0.005)


@of(CHAPTER, "label='all predictions'")
def _(panel: Panel):
    """The predictions are the multiples of (2, 1); the nearest to (3, 4) is (4, 2), at a right angle."""
    panel.says("The best prediction is the foot of a perpendicular", x="example 1", y="example 2")
    panel.curve("all predictions", "cyan").follows(lambda x: x / 2, over=(0, 7))
    labels, feature = np.array([3.0, 4.0]), np.array([2.0, 1.0])
    best = labels @ feature / (feature @ feature) * feature
    panel.curve("", "red").passes(*zip(labels, best))
    panel.curve("", "black points").passes(*labels)
    panel.curve("", "cyan points").passes(*best)
    along, away = -feature / 10, (labels - best) / 10
    panel.curve("", "black").passes(*zip(best + along, best + along + away, best + away))
    assert panel.words() == ["labels (3, 4)", "best prediction (4, 2)", "residual"]
    scale = (np.ptp(panel.x.values([0, 1])), np.ptp(panel.y.values([0, 1])))
    assert 1.5 < scale[0] / scale[1] < 4, "the axes have other units, and right angles do not look right"


@of(CHAPTER, "residuals = mass")
def _(left: Panel, right: Panel):
    """Left the training birds and their line; right what it leaves, of the same birds and of those held out."""
    slope, intercept = np.polyfit(FLIPPER[TRAIN], MASS[TRAIN], 1)
    left.says("Longer flippers, heavier birds", x="flipper (mm)", y="mass (g)")
    left.curve("", "black points").passes(FLIPPER[TRAIN], MASS[TRAIN])
    left.curve("", "cyan").follows(lambda x: slope * x + intercept, over=(170, 234))
    right.says("New birds scatter like known ones", x="flipper (mm)", y="residual (g)")
    residuals = MASS - slope * FLIPPER - intercept
    right.curve("", "cyan").follows(lambda x: 0 * x, over=(100, 300))
    right.curve("training", "black points").passes(FLIPPER[TRAIN], residuals[TRAIN])
    right.curve("held out", "green marks").passes(FLIPPER[HELD_OUT], residuals[HELD_OUT])


def half_square_error(weight):
    return (2 * weight - 4) ** 2 / 2


@of(CHAPTER, "label='steps'")
def _(panel: Panel):
    panel.says("The flatter the curve, the shorter the step", x="weight", y="loss")
    assert panel.words() == ["start"]
    panel.curve("loss", "blue").follows(half_square_error, over=(-0.5, 3.5))
    steps = 2 - 2 * 0.5 ** np.arange(6)  # the distance to the minimum, at 2, is halved by each
    panel.curve("steps", "yellow dashed with points").passes(steps, half_square_error(steps))


@of(CHAPTER, "label='full batch'")
def _(panel: Panel, printed):
    """The full batch falls throughout; minibatches fall three times as fast, and then keep to one level."""
    title = "Minibatches come close sooner, and then wander"
    panel.says(title, x="epoch", y="distance from the solution", scales=("linear", "log"))
    full, mini = panel.curve("full batch", "black"), panel.curve("minibatches", "yellow")
    full.falls()
    for curve, name in ((full, "full batch"), (mini, "minibatches")):
        assert np.allclose(curve.x, np.arange(1, 1001, 4), atol=2), "every fourth epoch is drawn"
        below = printed(f"{name}: below 0.1 after")[0]
        assert abs(curve.x[curve.y < 0.1].min() - below) <= 5, f"{curve}: {below} epochs are printed"
    late = mini.y[75:]
    assert (late < 0.05).all() and (np.diff(late) > 0).mean() > 0.3, f"{mini}: does not wander near the solution"
    assert full.y[-1] < late.mean(), "the full batch does not end nearer"


@of(CHAPTER, "p(x)")
def _(panel: Panel):
    panel.says("The mean shifts a curve, the standard deviation spreads it", x="x", y="density p(x)")
    for mean, std, look in ((0, 1, "black"), (0, 2, "black dashed"), (3, 1, "black dashdot")):
        panel.curve(f"mean {mean}, std {std}", look).follows(
            lambda x: np.exp(-(((x - mean) / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi)),  # noqa: B023
            over=(-7, 7),
        )


def is_network(panel: Panel, inputs: int, outputs: int):
    """Each input is joined to each output; cyan are the outputs."""
    panel.says()
    assert len(panel.curves("", "black")) == inputs * outputs
    nodes = [curve for curve in panel.drawn if not curve.look.line]
    panel.curves("", "black points")
    fills = [curve.fill for curve in nodes]
    assert fills == ["white"] * inputs + ["cyan"] * outputs, f"the nodes are {fills}"
    ends = {(round(a, 3), round(b, 3)) for a, b in (line.across for line in panel.curves("", "black"))}
    at = [round(float(curve.across[0]), 3) for curve in nodes]
    joined = {(x, o) for x in at[:inputs] for o in at[inputs:]}
    assert len(joined) == inputs * outputs and ends == joined, "not each input is joined to each output"
    names = [f"$x_{i + 1}$" for i in range(inputs)] + [f"$o_{i + 1}$" for i in range(outputs)]
    assert panel.words() == names


@of(CHAPTER, "show_network(4, 1)")
def _(panel: Panel):
    is_network(panel, 4, 1)


@of(SOLUTIONS, "'distance from the solution'")
def _(panel: Panel, printed):
    """The larger the learning rate, the faster the fall, and the higher the floor; the smallest has not reached its."""
    title = "Short steps take longer, and end nearer"
    panel.says(title, x="epoch", y="distance from the solution", scales=("linear", "log"))
    looks = {0.1: "black", 0.02: "black dashed", 0.005: "black dashdot"}
    curves = {rate: panel.curve(f"learning rate {rate}", look) for rate, look in looks.items()}
    for rate, curve in curves.items():
        assert np.allclose(curve.x, np.arange(1, 3001, 20), atol=3), "every twentieth epoch is drawn"
        early, late = printed(f"learning rate {rate}: after 30 epochs", numbers=3)[::2]
        low, high = sorted((curve.y[1], curve.y[2]))  # after 21 and 41 epochs
        assert 0.7 * low < early < 1.4 * high, f"{curve}: {early} is printed for the epoch 30"
        assert abs(curve.y[-50:].mean() / late - 1) < 0.2, f"{curve}: ends at {curve.y[-50:].mean()}, not {late}"
