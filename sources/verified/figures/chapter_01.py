"""What the figures of chapter 01 and of its solutions claim."""

import math

import numpy as np

from tools.meaning.drawn import Panel
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "01-linear-regression", "solutions/01-linear-regression"

# The six houses.
AREA = np.array([1.0, 1.5, 2.0, 2.5, 3.0, 3.5])
AGE = np.array([1.0, 3.0, 2.0, 4.0, 1.0, 3.0])
PRICE = np.array([1.7, 2.0, 2.8, 2.5, 3.7, 4.0])


@of(CHAPTER, "label='linear model'")
def _(panel: Panel):
    """The line is the least squares line of the area alone; residuals go from it to the houses."""
    panel.says("Residuals: from the line to the houses", x="area (1,000 sq ft)", y="price (100,000 USD)")
    slope, intercept = np.polyfit(AREA, PRICE, 1)
    panel.curve("linear model", "cyan").follows(lambda x: slope * x + intercept, over=(1, 3.5), within=0.005)
    panel.curve("house", "black points").passes(AREA, PRICE)
    ends = np.column_stack((slope * AREA + intercept, PRICE)).ravel()
    panel.curve("residual", "red").passes(AREA.repeat(2), ends, within=0.005)


def half_square_error(weight):
    return (2 * weight - 4) ** 2 / 2


@of(CHAPTER, "label='steps'")
def _(panel: Panel):
    panel.says("The flatter the curve, the shorter the step", x="weight", y="loss")
    assert panel.words() == ["start"]
    panel.curve("loss", "blue").follows(half_square_error, over=(-0.5, 3.5))
    steps = 2 - 2 * 0.5 ** np.arange(6)  # the distance to the minimum, at 2, is halved by each
    panel.curve("steps", "yellow dashed with points").passes(steps, half_square_error(steps))


@of(CHAPTER, "p(x)")
def _(panel: Panel):
    panel.says("The mean shifts a curve, the standard deviation spreads it", x="x", y="density p(x)")
    for mean, std, look in ((0, 1, "black"), (0, 2, "black dashed"), (3, 1, "black dashdot")):
        panel.curve(f"mean {mean}, std {std}", look).follows(
            lambda x: np.exp(-(((x - mean) / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi)),  # noqa: B023
            over=(-7, 7),
        )


def errors(weight):
    """Return the errors of all houses: weight of the area as given, of the age -0.2, bias 1; a row for each weight."""
    return np.multiply.outer(np.asarray(weight), AREA) - 0.2 * AGE + 1 - PRICE


def negative_log_likelihood(weight, sigma):
    return (errors(weight) ** 2 / (2 * sigma**2)).sum(-1) + len(PRICE) * math.log(sigma * math.sqrt(2 * math.pi))


@of(CHAPTER, "'negative log-likelihood'")
def _(left: Panel, right: Panel):
    """All three have their minimum at 1, where the dotted line stands."""
    left.says("Lowest at the weight 1", x="weight of the area", y="mean loss")
    left.curve("", "blue").follows(lambda w: (errors(w) ** 2 / 2).mean(-1), over=(0.7, 1.3))
    right.says("Lowest at the weight 1", x="weight of the area", y="negative log-likelihood")
    for sigma, look in ((0.2, "blue dashed"), (0.3, "blue dashdot")):
        right.curve(f"sigma {sigma}", look).follows(
            lambda w: negative_log_likelihood(w, sigma),  # noqa: B023
            over=(0.7, 1.3),
        )
    for panel in (left, right):
        assert np.allclose(panel.curve("", "black dotted").x, 1, atol=0.002)
        for curve in panel.drawn[:-1]:
            assert abs(curve.x[curve.y.argmin()] - 1) < 0.006, f"{curve} has its minimum elsewhere"


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
