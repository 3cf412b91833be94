"""What the figures of chapter 09 and of its solutions claim."""

import re

import numpy as np

from sources.verified.figures.fashion_mnist import CLASSES, is_key, resemble_classes, shows_class, strengths
from tools.meaning.drawn import Panel, number_of
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "09-what-the-model-learned", "solutions/09-what-the-model-learned"


@of(CHAPTER, "cmap='BrBG'")
def _(*panels: Panel):
    """Blue-green pixels speak for a class, brown ones against it; beside them stands what the colours mean."""
    *panels, key = panels
    is_key(key, "weight", "BrBG")
    ends = [number_of(words) for _, words in key.y.ticks]
    assert abs(sum(ends)) < 1e-9 and len(ends) > 2, f"the key is not the same for and against: {ends}"
    for panel, name in zip(panels, CLASSES, strict=True):
        panel.says(title=name)
    resemble_classes(panels, [strengths(panel.image(), "BrBG") for panel in panels])


@of(CHAPTER, "cmap='Reds'")
def _(panel: Panel, key: Panel):
    """A row for each true class, about 1,000 images in each; the darker a square, the more mistakes."""
    is_key(key, "mistakes", "Reds")
    panel.says(x="predicted class", y="true class")
    places = (np.arange(10) + 0.5) / 10
    assert panel.x.names(places) == panel.y.names(1 - places) == CLASSES
    counts = np.array([int(word) for word in panel.words()]).reshape(10, 10)
    assert counts.sum() == 10_000 and (abs(counts.sum(1) - 1000) < 60).all(), f"the rows have the sums {counts.sum(1)}"
    mistakes = counts * (1 - np.eye(10))
    order, darkness = np.argsort(mistakes.ravel()), strengths(panel.image(), "Reds")
    assert (np.diff(darkness.ravel()[order]) > -0.01).all(), "the colours are not those of the numbers"
    assert (darkness == 1).sum() < 5, "more than a few squares are as dark as can be"
    worst = np.unravel_index(mistakes.argmax(), (10, 10))
    assert [CLASSES[i] for i in worst] == ["coat", "shirt"]


@of(CHAPTER, "worst = torch.where(")
def _(*panels: Panel):
    """Ten mistakes, the surest first: the class, and below it another, and its probability, all in red."""
    sure = []
    for panel in panels:
        panel.says(title=panel.title)
        true, guess, probability = re.fullmatch("true: (.+)\npred: (.+)\np = (.+)", panel.title).groups()
        assert guess in CLASSES and guess != true and panel.title_color == "#b22222"
        shows_class(panel, true, train=True)
        sure.append(float(probability))
    assert len(sure) == 10 and sure == sorted(sure, reverse=True) and min(sure) > 0.9


@of(CHAPTER, "label='calibrated'")
def _(panel: Panel, below: Panel, printed):
    """The points are those from which the printed means and the printed error come; bars reach two standard errors."""
    panel.says(title="A little too modest, nearly everywhere", y="share of right answers")
    below.says(x="confidence", y="images")
    panel.curve("calibrated", "black dashed").follows(lambda x: x, over=(0, 1))
    points = panel.curve("our model", "green points")
    counts = np.array(printed("images per bin", numbers=8))
    weights = counts / counts.sum()
    assert len(points.x) == 8 and 9_990 <= counts.sum() <= 10_000
    assert (points.y > points.x - 0.02).all(), "some point lies well below the line"
    for x, y, count, bar in zip(points.x, points.y, counts, panel.curves("", "green"), strict=True):
        reach = 2 * np.sqrt(y * (1 - y) / count)
        assert np.allclose(bar.x, x, atol=0.003) and np.allclose(sorted(bar.y), [y - reach, y + reach], atol=0.005)
    bars = below.histogram("green")
    assert np.allclose([bar[:2] for bar in bars], [(k / 10, (k + 1) / 10) for k in range(10)], atol=0.001)
    assert np.allclose([bar[2] for bar in bars], [0, 0, *counts], atol=20)
    for found, words in (
        (points.x @ weights, "mean confidence"),
        (points.y @ weights, "accuracy"),
        (np.abs(points.x - points.y) @ weights, "expected calibration error"),
    ):
        assert abs(found - printed(words)[0]) < 0.002, f"by the points, the {words} is {found:.3f}"


@of(CHAPTER, "ax.barh(names, slopes")
def _(before: Panel, after: Panel, printed):
    """The derivatives of the ten biases add up to 0; two gentle epochs bring all of them near it."""
    for panel, title in ((before, "after ten epochs at 0.1"), (after, "after two more at 0.01")):
        panel.says(title=title, x="mean probability minus share, %")
        assert np.allclose(panel.curve("", "black").x, 0, atol=0.02)
    bars = [panel.bars("yellow") for panel in (before, after)]
    assert list(bars[0]) == CLASSES
    for name in ("shirt", "coat"):
        assert np.allclose([found[name] for found in bars], printed(name, numbers=2), atol=0.1)
    for found in bars:
        assert abs(sum(found.values())) < 0.3
    largest, left = (max(map(abs, found.values())) for found in bars)
    assert largest > 3 and left < 0.6, f"the largest are {largest:.1f} and {left:.1f}"


@of(SOLUTIONS, "right.plot(range(1, 61), accuracies, 'g')")
def _(left: Panel, right: Panel, printed):
    left.says(x="epoch", y="train loss")
    right.says(x="epoch", y="held-out accuracy")
    loss, accuracy = left.curve("", "blue"), right.curve("", "green")
    assert (np.diff(loss.y) < 0.001).all(), "the loss falls, but for a tremble"
    for epoch in (10, 30, 60):
        expected = printed(f"epoch {epoch}: train loss", numbers=2)
        found = [np.interp(epoch, curve.x, curve.y) for curve in (loss, accuracy)]
        assert np.allclose(found, expected, atol=0.001), f"epoch {epoch}: {found}, not {expected}"


@of(SOLUTIONS, "picture = ax.imshow(difference")
def _(*panels: Panel):
    """Differences of stencils, of classes that are mixed up and of two that never are."""
    *panels, key = panels
    is_key(key, "difference of the weights", "BrBG")
    for panel, title in zip(panels, ("shirt minus coat", "trouser minus ankle boot"), strict=True):
        panel.says(title=title)
        assert np.ptp(strengths(panel.image(), "BrBG")) > 0.3
