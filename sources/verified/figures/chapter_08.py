"""What the figures of chapter 08 and of its solutions claim."""

import math
import re

import numpy as np
import torch

from sources.verified.figures.chapter_07 import shows_training
from sources.verified.figures.fashion_mnist import (
    CLASSES,
    is_key,
    resemble_classes,
    shows_class,
    shows_predictions,
    strengths,
)
from tools.meaning.drawn import Panel, number_of
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "08-softmax-regression-concise", "solutions/08-softmax-regression-concise"
LARGEST = math.floor(math.log(np.finfo(np.float32).max))  # beyond, exp is infinite: 88
SMALLEST = math.floor(-math.log(np.finfo(np.float32).smallest_subnormal))  # beyond, exp of minus that is 0: 103


@of(CHAPTER, "xlabel='gap between the logits'")
def _(*panels: Panel):
    """The true loss is log(1 + exp(gap)); two of the three ways to it end."""
    ways = {"naive softmax": LARGEST, "shifted softmax": SMALLEST, "joined with the log": None}
    for panel, (name, end), y in zip(panels, ways.items(), ("loss", "", ""), strict=True):
        panel.says(title=name, x="gap between the logits", y=y)
        panel.curve("exact", "broad grey").follows(lambda gap: np.logaddexp(0, gap), over=(0, 130))
        panel.curve("computed", "red" if end else "blue").follows(
            lambda gap: np.logaddexp(0, gap), over=(0, end or 130)
        )
        if end:
            panel.curve("", "red marks").passes([end], [end])
        assert panel.words() == ([f"ends at {end}"] if end else [])


@of(CHAPTER, "train_ch3(net, train_iter, test_iter, loss, num_epochs, trainer)")
def _(panel: Panel, printed):
    shows_training(panel, printed)


@of(CHAPTER, "label='its floor, 1.461'")
def _(panel: Panel, printed):
    """With softmax twice, no output is better than one probability of 1: the loss stays above ln(1 + 9/e)."""
    panel.says(x="epoch", y="train loss")
    twice, right = panel.curve("softmax twice", "red"), panel.curve("logits", "blue")
    floor = math.log(1 + 9 / math.e)
    panel.curve("its floor, 1.461", "black dashed").follows(lambda x: floor, over=(-9, 99))
    for curve, name in ((twice, "softmax twice: loss"), (right, "logits       : loss")):
        curve.falls()
        assert np.allclose(curve.x, range(1, 7), atol=0.02)
        assert abs(curve.y[-1] - printed(name)[0]) < 0.01, f"{curve}: ends at {curve.y[-1]}"
    assert min(twice.y) > floor


@of(CHAPTER, "def show_predict_result")
def _(*panels: Panel):
    assert [right for right, _ in shows_predictions(panels)] == [True] * 6
    assert all(place in (i, -1) for i, (_, place) in enumerate(shows_predictions(panels)))


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
    """A row for each true class, with 1,000 images each; the darker a square, the more mistakes."""
    is_key(key, "mistakes", "Reds")
    panel.says(x="predicted class", y="true class")
    places = (np.arange(10) + 0.5) / 10
    assert panel.x.names(places) == panel.y.names(1 - places) == CLASSES
    counts = np.array([int(word) for word in panel.words()]).reshape(10, 10)
    assert (counts.sum(1) == 1000).all(), f"the rows have the sums {counts.sum(1)}"
    mistakes = counts * (1 - np.eye(10))
    order, darkness = np.argsort(mistakes.ravel()), strengths(panel.image(), "Reds")
    assert (np.diff(darkness.ravel()[order]) > -0.01).all(), "the colours are not those of the numbers"
    assert (darkness == 1).sum() < 5, "more than a few squares are as dark as can be"
    worst = np.unravel_index(mistakes.argmax(), (10, 10))
    assert [CLASSES[i] for i in worst] == ["pullover", "coat"]


@of(CHAPTER, "worst = torch.where(")
def _(*panels: Panel):
    """Ten mistakes, the surest first: the class, and below it another, and its probability, all in red."""
    sure = []
    for panel in panels:
        panel.says(title=panel.title)
        true, guess, probability = re.fullmatch("true: (.+)\npred: (.+)\np = (.+)", panel.title).groups()
        assert guess in CLASSES and guess != true and panel.title_color == "#b22222"
        shows_class(panel, true)
        sure.append(float(probability))
    assert len(sure) == 10 and sure == sorted(sure, reverse=True) and min(sure) > 0.9


@of(CHAPTER, "label='calibrated'")
def _(panel: Panel, below: Panel, printed):
    """The points are those from which the printed means and the printed error come; their areas are the bins'."""
    panel.says(y="share of right answers")
    below.says(x="confidence", y="images")
    panel.curve("calibrated", "black dashed").follows(lambda x: x, over=(0, 1))
    points = panel.curve("our model", "green points")
    counts = np.array(printed("images per bin", numbers=9))
    weights = counts / 10_000
    assert len(points.x) == 9 and abs(weights.sum() - 1) < 1e-9
    assert np.allclose(points.sizes / points.sizes[-1], np.sqrt(np.maximum(counts, 100) / counts[-1]), atol=0.01)
    bars = below.histogram("green")
    assert np.allclose([bar[:2] for bar in bars], [(k / 10, (k + 1) / 10) for k in range(10)], atol=0.001)
    assert np.allclose([bar[2] for bar in bars], [0, *counts], atol=20)
    for found, words in (
        (points.x @ weights, "mean confidence"),
        (points.y @ weights, "accuracy"),
        (np.abs(points.x - points.y) @ weights, "expected calibration error"),
    ):
        assert abs(found - printed(words)[0]) < 0.002, f"by the points, the {words} is {found:.3f}"


def any_run(learning_rate, batch_size, num_epochs):
    """Return training losses and held-out accuracies of a run that never was: one falls, the other rises."""
    epochs = torch.arange(num_epochs)
    return torch.stack([0.4 + learning_rate + 0.5 / (1 + epochs), 0.65 + 0.01 * epochs])


@of(
    CHAPTER,
    "explore(draw_runs",
    moved=[
        {"learning_rate": rate, "batch_size": size, "num_epochs": epochs}
        for rate, size, epochs in ((0.01, 16, 2), (0.2, 64, 7), (0.5, 512, 20))
    ],
    given={"short_run": any_run, "runs": [any_run(0.3, 32, 17)]},
)
def _(left: Panel, right: Panel, learning_rate, batch_size, num_epochs):
    """The stored run is one of training; of the others we know every point, and earlier runs stay in sight."""
    start = (learning_rate, batch_size, num_epochs) == (0.1, 256, 10)
    loss, accuracy = left.curve("latest run", "blue with points"), right.curve("", "green with points")
    for panel, row, name in () if start else ((left, 0, "earlier runs"), (right, 1, "")):
        earlier = panel.curves(name, "grey dashed with points")
        earlier[0].passes(range(1, 18), any_run(0.3, 32, 17)[row])
        assert all(min(*curve.across, *curve.up) > 0 and max(*curve.across, *curve.up) < 1 for curve in earlier)
    for panel in (left, right):
        assert all(float(words) % 1 == 0 for _, words in panel.x.ticks), f"the ticks at the epochs are {panel.x.ticks}"
    left.says(x="epoch", y="train loss")
    right.says(title=f"after the last epoch {accuracy.y[-1]:.3f}", x="epoch", y="held-out accuracy")
    for curve in (loss, accuracy):
        assert np.allclose(curve.x, range(1, num_epochs + 1), atol=0.05), f"{curve}: not one point for each epoch"
    loss.falls()
    accuracy.rises()
    if not start:
        for curve, values in zip((loss, accuracy), any_run(learning_rate, batch_size, num_epochs)):
            curve.passes(range(1, num_epochs + 1), values)


@of(SOLUTIONS, "alive after an epoch (dots)")
def _(panel: Panel, printed):
    """For each seed, learning rates from 0.7 to 1.3 times the largest that survived: dots up to it, then crosses."""
    panel.says(title="alive after an epoch (dots), or dead (crosses)", x="learning rate", y="seed")
    alive, dead = panel.curves("", "black points"), panel.curves("", "red marks")
    for seed in range(3):
        border, _ = printed(f"seed {seed}: between", numbers=2)
        rates = border * np.arange(0.7, 1.31, 0.1)
        for curves, expected in ((alive, rates[:4]), (dead, rates[4:])):
            found = [curve.x[0] for curve in curves if abs(curve.y[0] - seed) < 0.05]
            assert np.allclose(found, expected, rtol=0.02), f"seed {seed}: {found}, not {expected}"


@of(SOLUTIONS, "label='five seeds'")
def _(panel: Panel, printed):
    panel.says(x="learning rate", y="held-out accuracy", scales=("log", "linear"))
    for size, look in ((64, "green"), (256, "green dashed"), (1024, "green dotted")):
        accuracies = printed(f"batch size {size:4}:", numbers=3)
        panel.curve(f"batch size {size}", f"{look} with points").passes([0.05, 0.1, 0.2], accuracies, within=0.01)
    seeds = panel.curve("five seeds", "black marks")
    assert len(seeds.x) == 5 and np.allclose(seeds.x, 0.1, rtol=0.01)
    assert abs(np.ptp(seeds.y) - printed("from the worst to the best:")[0]) < 0.001


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


@of(SOLUTIONS, "'r:', 'r-'")
def _(panel: Panel, printed):
    panel.says(x="epoch", y="held-out accuracy")
    for name, look in (("logits, 0.1", "green"), ("softmax twice, 0.1", "red dotted"), ("softmax twice, 1", "red")):
        accuracies = printed(f"{name:18}", numbers=5)
        panel.curve(name, f"{look} with points").passes(range(1, 6), accuracies, within=0.006)
