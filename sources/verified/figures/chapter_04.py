"""What the figures of chapter 04 and of its solutions claim."""

import math
from functools import cache

import numpy as np
import torch

from book_utils import load_penguins
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


def penguins(*columns: str):
    return np.column_stack([column.numpy() for column in load_penguins(*columns)]).astype(float)


@of(CHAPTER, "regression: one number")
def _(left: Panel, right: Panel):
    """The line is that of least squares, and the dashes read the mass at 200 mm off it."""
    left.says(title="regression: one number", x="flipper length in mm", y="body mass in g")
    flipper, mass = penguins("flipper_length_mm", "body_mass_g").T
    left.curve("birds", "black points").passes(flipper, mass)
    best = np.poly1d(np.polyfit(flipper, mass, 1))
    left.curve("model", "cyan").follows(best, over=(170, 235))
    left.curve("", "cyan dashed").passes([200, 200, 170], [2500, best(200), best(200)], within=0.01)
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


@cache
def species():
    """Return the birds' measures, means, deviations, the species, and who is trained on and who held out."""
    torch.manual_seed(0)
    order = torch.randperm(342).numpy()
    *measures, kinds = penguins("bill_length_mm", "flipper_length_mm", "species").T
    table = np.column_stack(measures)
    mean, std = table[order[:242]].mean(axis=0), table[order[:242]].std(axis=0, ddof=1)
    return table, mean, std, kinds.astype(int), order[:242], order[242:]


def trained(rows, steps: int, seed: int = 0):
    """Return weights and biases of softmax regression after so many steps of size 2, and the weights' sizes."""
    table, mean, std, kinds, *_ = species()
    torch.manual_seed(seed)
    X, Y = (table[rows] - mean) / std, np.eye(3)[kinds[rows]]
    W, b, sizes = torch.randn(2, 3).numpy().astype(float), np.zeros(3), []
    for _ in range(steps):
        powers = np.exp(X @ W + b - (X @ W + b).max(axis=1, keepdims=True))
        error = powers / powers.sum(axis=1, keepdims=True) - Y
        W, b = W - 2 * X.T @ error / len(X), b - 2 * error.mean(axis=0)
        sizes.append(math.sqrt((W**2).sum()))
    return W, b, sizes


@of(CHAPTER, "def show_regions")
def _(*panels: Panel):
    """Each place has the tint of the species that is chosen there; each bird held out has the sign of its own."""
    table, mean, std, kinds, training, held_out = species()
    tints = np.array([[0.85, 0.95, 0.96], [0.65, 0.80, 0.82], [0.45, 0.58, 0.60]])
    for panel, name, steps, y in zip(panels, ("before", "after"), (0, 100), ("flipper length in mm", ""), strict=True):
        W, b, _ = trained(training, steps)
        choose = lambda places: (((places - mean) / std) @ W + b).argmax(axis=-1)  # noqa: B023, E731
        wrong = choose(table[held_out]) != kinds[held_out]
        panel.says(f"{name}: {100 - wrong.sum()} of 100 right", x="bill length in mm", y=y)
        across, up = np.meshgrid(np.arange(30.125, 62, 0.25), np.arange(168.25, 236, 0.5))
        image, chosen = panel.image(), choose(np.stack((across, up), axis=-1))
        shown = np.abs(image[:, :, None] - tints).sum(axis=-1).argmin(axis=-1)
        assert np.abs(image - tints[shown]).max() < 0.01, "the tints are others"
        assert min((shown != chosen).mean(), (shown[::-1] != chosen).mean()) < 0.002, f"{name}: the regions are others"
        places = [table[held_out][kinds[held_out] == kind].T for kind in range(3)]
        panel.curve("", "black points").passes(*places[0])
        for curve, (x, y_) in zip(panel.curves("", "black marks"), places[1:], strict=True):
            curve.passes(x, y_)
        panel.curve("", "red points").passes(*table[held_out][wrong].T)
        assert panel.words() == (["Adelie", "Chinstrap", "Gentoo"] if steps else [])


@of(CHAPTER, "'two, parted'")
def _(panel: Panel):
    """The weights of three species settle, those of two that a line parts do not."""
    *_, kinds, training, _ = species()
    panel.says(
        "Where a border can be perfect, the weights grow for ever",
        x="step",
        y="size of the weights",
        scales=("log", "linear"),
    )
    settled, endless = panel.curve("three species", "cyan"), panel.curve("two, parted", "red dashed")
    for curve, rows, seed in ((settled, training, 1), (endless, training[kinds[training] != 1], 0)):
        sizes = np.array(trained(rows, 5000, seed)[2])
        curve.follows(lambda step: np.interp(step, range(1, 5001), sizes), over=(1, 5000), within=0.005)  # noqa: B023
    assert np.ptp(settled.y[-10:]) < 0.1 and np.ptp(endless.y[-10:]) > 1


@of(CHAPTER, "'entropy H(P)'")
def _(panel: Panel):
    """The gap between the cross-entropy and its lowest point is the divergence; the straight line is lowest at 0."""
    title = "Under cross-entropy, believing the truth costs least"
    panel.says(title, x="believed probability q", y="expected loss")
    panel.curve("", "blue").follows(lambda q: -0.3 * np.log(q) - 0.7 * np.log(1 - q), over=(0.002, 0.998))
    panel.curve("", "red dotted").follows(lambda q: 0.3 * (1 - q) + 0.7 * q, over=(0.002, 0.998))
    entropy = -0.3 * math.log(0.3) - 0.7 * math.log(0.7)
    panel.curve("", "black dashed").follows(lambda q: entropy, over=(0, 1))
    panel.curve("", "black points").passes([0.3], [entropy])
    divergence = 0.3 * math.log(0.3 / 0.9) + 0.7 * math.log(0.7 / 0.1)
    panel.curve("", "black dotted").passes([0.9, 0.9], [entropy, entropy + divergence])
    assert panel.words() == ["q = p", "entropy H(P)", "KL divergence", "1 minus probability", "cross-entropy"]


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
