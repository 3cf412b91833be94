"""What the figures of chapter 04 and of its solutions claim."""

import math

import numpy as np

from sources.verified.figures.chapter_01 import is_network
from tools.meaning.drawn import Panel
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "04-softmax-regression", "solutions/04-softmax-regression"
CLASSES = ["cat", "chicken", "dog"]
SCORES = np.array([2.0, -1.0, 1.0])


def softmax(scores):
    powers = np.exp(scores - np.max(scores))
    return powers / powers.sum()


def has_bars(panel: Panel, heights, form="{:.2f}"):
    """The bars have these heights, in the order of the classes, and wear them as labels."""
    bars = panel.bars("cyan", "dark cyan", "darkest cyan")
    assert list(bars) == CLASSES
    assert np.allclose(list(bars.values()), heights, atol=0.002 * np.ptp(panel.y.values([0, 1]))), f"bars {bars}"
    assert panel.words() == [form.format(height) for height in heights]


def stands_at_zero(panel: Panel):
    """A black line marks 0, from one side to the other."""
    line = panel.curve("", "black")
    assert np.allclose(line.up, panel.y.parts(0), atol=0.002) and np.ptp(line.across) > 0.99


@of(CHAPTER, "regression: one number")
def _(left: Panel, right: Panel):
    """The dashed line reads the price at 100 square metres off the line."""
    left.says(title="regression: one number", x="area in square metres", y="price in 100,000")
    points = left.curve("houses", "black points")
    assert len(points.x) == 8
    line = left.curve("model", "cyan")
    slope, intercept = np.polyfit(line.x, line.y, 1)
    line.follows(lambda x: slope * x + intercept, over=(35, 125))
    best = np.polyval(np.polyfit(points.x, points.y, 1), [35, 125])
    assert np.allclose(line.y, best, atol=0.2), f"the line of least squares ends at {best}"
    at_100 = slope * 100 + intercept
    left.curve("", "cyan dashed").passes([100, 100, 35], [1, at_100, at_100], within=0.01)
    right.says(title="classification: a score per class", y="score")
    has_bars(right, [2, -1, 1], form="{}")
    stands_at_zero(right)


@of(CHAPTER, "ax.imshow(image.reshape(2, 2)")
def _(*panels: Panel):
    """The three images, upper left to lower right, and their classes."""
    images = ((1, 0.5, 0, 0.5), (0, 1, 1, 0), (0, 0, 0.5, 1))
    for panel, name, image in zip(panels, ("cat", "chicken", "chicken"), images, strict=True):
        panel.says(title=name)
        assert np.allclose(panel.image().ravel(), image, atol=0.005), f"{name}: the image is {panel.image()}"


@of(CHAPTER, "show_network(4, 3)")
def _(panel: Panel):
    is_network(panel, 4, 3)


@of(CHAPTER, "steps = {'scores'")
def _(*panels: Panel):
    steps = {"scores": SCORES, "exponentials": np.exp(SCORES), "probabilities": softmax(SCORES)}
    for panel, (title, heights), y in zip(panels, steps.items(), ("value", "", ""), strict=True):
        panel.says(title=title, y=y)
        has_bars(panel, heights)
        stands_at_zero(panel)


@of(
    CHAPTER,
    "explore(draw_softmax",
    moved=[
        {"cat": -5.0, "chicken": 5.0, "dog": 0.0, "temperature": 0.1},
        {"cat": 1.0, "chicken": 1.5, "dog": 3.0, "temperature": 3.2},
        {"cat": 5.0, "chicken": -5.0, "dog": 4.0, "temperature": 10.0},
    ],
)
def _(left: Panel, right: Panel, cat, chicken, dog, temperature):
    scores = np.array([cat, chicken, dog])
    left.says(title=f"temperature {temperature:.1f}", y="probability")
    has_bars(left, softmax(scores / temperature))
    right.says(x="temperature", scales=("log", "linear"))
    for i, (name, look) in enumerate(zip(CLASSES, ("broad cyan", "broad dark cyan", "darkest cyan"))):
        right.curve(name, look).follows(
            lambda x: [softmax(scores / t)[i] for t in x],  # noqa: B023
            over=(0.1, 10),
        )
    assert np.allclose(np.log10(right.curve("the bars", "black dotted").x), math.log10(temperature), atol=0.01)


@of(CHAPTER, "xlabel='probability of the true class'")
def _(panel: Panel):
    title = "The less probable the truth was called, the higher the loss"
    panel.says(title, x="probability of the true class", y="loss")
    panel.curve("", "blue").follows(lambda p: -np.log(p), over=(0.002, 1))


@of(CHAPTER, "'entropy H(P)'")
def _(panel: Panel):
    panel.says("Believing the truth costs least", x="believed probability q", y="cross-entropy in nats")
    panel.curve("", "blue").follows(lambda q: -0.3 * np.log(q) - 0.7 * np.log(1 - q), over=(0.002, 0.998))
    entropy = -0.3 * math.log(0.3) - 0.7 * math.log(0.7)
    panel.curve("", "black dashed").follows(lambda q: entropy, over=(0, 1))
    panel.curve("", "black points").passes([0.3], [entropy])
    assert panel.words() == ["q = p", "entropy H(P)"]


@of(SOLUTIONS, "'entropy of the shares'")
def _(panel: Panel, printed):
    """Without features the loss falls to the entropy of the shares, by gradient descent from equal probabilities."""
    panel.says("Without features, the loss ends at the entropy", x="step", y="mean loss")
    shares, scores, losses = np.array(printed("shares       ", numbers=3)), np.zeros(3), []
    for _ in range(200):
        losses.append(-(shares * np.log(softmax(scores))).sum())
        scores = scores - 0.5 * (softmax(scores) - shares)
    panel.curve("training", "blue").passes(range(200), losses)
    entropy = -(shares * np.log(shares)).sum()
    panel.curve("entropy of the shares", "black dotted").follows(lambda x: entropy, over=(0, 199))
