"""What the figures of chapter 08 and of its solutions claim."""

import math

import numpy as np
import torch

from sources.verified.figures.chapter_07 import shows_training
from sources.verified.figures.fashion_mnist import shows_predictions
from tools.meaning.drawn import Panel
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "08-softmax-regression-concise", "solutions/08-softmax-regression-concise"
LARGEST = math.floor(math.log(np.finfo(np.float32).max))  # beyond, exp is infinite: 88
SMALLEST = math.floor(-math.log(np.finfo(np.float32).smallest_subnormal))  # beyond, exp of minus that is 0: 103


@of(CHAPTER, "below.set(xlabel='gap'")
def _(*panels: Panel):
    """Above the loss log(1 + exp(gap)), below its derivative; on two of the three ways the derivative ends first."""
    ways = {"naive softmax": (LARGEST, 49), "shifted softmax": (SMALLEST, LARGEST), "joined with the log": (None, None)}
    for column, (name, ends) in enumerate(ways.items()):
        first = column == 0
        above, below = panels[column], panels[3 + column]
        above.says(title=name, y="loss" if first else "")
        below.says(x="gap", y="derivative" if first else "")
        for panel, end, exact, look in (
            (above, ends[0], lambda gap: np.logaddexp(0, gap), "blue"),
            (below, ends[1], lambda gap: 1 / (1 + np.exp(-gap)), "yellow"),
        ):
            panel.curve("", "broad grey").follows(exact, over=(1, 130))
            panel.curve("", look).follows(exact, over=(1, end or 130))
            assert panel.words() == ([f"up to {end}"] if end else [])
            if end:
                panel.curve("", "red marks").passes([end], [exact(end)])
                if panel is panels[3]:  # it goes on, at 0
                    wrong = panel.curve("", "red")
                    assert abs(wrong.y[-1]) < 0.02 and abs(wrong.x[-1] - LARGEST) < 0.5


@of(CHAPTER, "train_ch3(net, train_iter, test_iter, loss, 10, trainer)")
def _(panel: Panel, printed):
    shows_training(panel, printed)


@of(CHAPTER, "label='its floor, 1.461'")
def _(panel: Panel, printed):
    """With softmax twice, no output is better than one probability of 1: the loss stays above ln(1 + 9/e)."""
    panel.says(title="A second softmax cannot get below 1.461", x="epoch", y="train loss")
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
    if start:  # with its luck, up and down
        assert accuracy.y[-1] > accuracy.y[0] + 0.1 and (np.diff(accuracy.y) < -0.02).any()
    else:
        accuracy.rises()
        for curve, values in zip((loss, accuracy), any_run(learning_rate, batch_size, num_epochs)):
            curve.passes(range(1, num_epochs + 1), values)


@of(SOLUTIONS, "alive after an epoch (dots)")
def _(panel: Panel, printed):
    """For each seed, learning rates from 0.7 to 1.3 times the largest that survived: dots up to it, then crosses."""
    panel.says(title="alive after an epoch (dots), or dead (crosses)", x="learning rate", y="seed")
    alive, dead = panel.curves("", "black points"), panel.curves("", "red marks")
    for seed in range(3):
        border, _ = printed(f"seed {seed}: between", numbers=2)
        rates = border * np.arange(0.7, 1.31, 0.15)
        for curves, expected in ((alive, rates[:3]), (dead, rates[3:])):
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


@of(SOLUTIONS, "'r:', 'r-'")
def _(panel: Panel, printed):
    panel.says(x="epoch", y="held-out accuracy")
    for name, look in (("logits, 0.1", "green"), ("softmax twice, 0.1", "red dotted"), ("softmax twice, 1", "red")):
        accuracies = printed(f"{name:18}", numbers=5)
        panel.curve(name, f"{look} with points").passes(range(1, 6), accuracies, within=0.006)
