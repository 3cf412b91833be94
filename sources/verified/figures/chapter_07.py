"""What the figures of chapter 07 and of its solutions claim."""

import numpy as np

from sources.verified.figures.fashion_mnist import CLASSES, is_key, resemble_classes, shows_predictions
from tools.meaning.drawn import Panel
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "07-softmax-regression-scratch", "solutions/07-softmax-regression-scratch"


@of(CHAPTER, "handle = display(fig, display_id=True)")
def _(panel: Panel):
    panel.says(x="step", y="what is left")
    panel.curve("", "black").passes(range(21), 0.8 ** np.arange(21))


@of(CHAPTER, "'n squared'")
def _(panel: Panel):
    panel.says(x="n", y="value")
    panel.curve("n", "black").passes(range(7), range(7))
    panel.curve("n squared", "black dashed").passes([0, 2, 4, 6], [0, 4, 16, 36])


def shows_training(panel: Panel, printed):
    """Ten epochs of softmax regression, as train_ch3 draws them; afterwards the finished model is measured.

    On the training images it is a little better than its mean over the last epoch, which the curves show.
    """
    panel.says(x="epoch", y="loss or accuracy")
    assert all(float(words) % 1 == 0 for _, words in panel.x.ticks), f"the ticks at the epochs are {panel.x.ticks}"
    loss, seen, new = (
        panel.curve("train loss", "blue"),
        panel.curve("train accuracy", "purple dashed"),
        panel.curve("test accuracy", "green dashdot"),
    )
    for curve in (loss, seen, new):
        assert np.allclose(curve.x, range(1, 11), atol=0.02), f"{curve}: not one point for each epoch"
    loss.falls()
    seen.rises()
    for curve, name, room in (
        (loss, "train loss", 0.008),
        (seen, "train accuracy", 0.004),
        (new, "test accuracy", 0.001),
    ):
        (finished,) = printed(name)
        assert abs(curve.y[-1] - finished) < room, f"{curve}: ends at {curve.y[-1]:.4f}, printed is {finished}"
    assert (np.diff(seen.y) > -0.001).all(), "the training accuracy rises smoothly"
    assert new.y[0] > seen.y[0] and (new.y[2:] < seen.y[2:]).all(), "after the first epoch new images are harder"


@of(CHAPTER, "train_ch3(net, train_iter, test_iter, cross_entropy, num_epochs, updater)")
def _(panel: Panel, printed):
    shows_training(panel, printed)


@of(CHAPTER, "predict_ch3(net, test_iter)")
def _(*panels: Panel):
    """The first six test images, all of them right."""
    assert [pair for pair, _ in shows_predictions(panels)] == [True] * 6
    assert all(place in (i, -1) for i, (_, place) in enumerate(shows_predictions(panels)))


@of(CHAPTER, "predict_ch3(net, [(X[wrong]")
def _(*panels: Panel):
    """The first six mistakes, in the order of the test set."""
    rights, places = zip(*shows_predictions(panels))
    assert rights == (False,) * 6
    assert list(places) == sorted(places) and places[-1] < 60, f"the mistakes are the test images {places}"


@of(SOLUTIONS, "label='epochs 3 to 5'")
def _(panel: Panel, printed):
    panel.says(x="learning rate", y="held-out accuracy", scales=("log", "linear"))
    rates = [0.01, 0.03, 0.1, 0.3, 0.5]
    runs = [printed(f"learning rate {rate:4}: train loss", numbers=6)[1:] for rate in rates]
    panel.curve("last epoch", "green with points").passes(rates, [run[-1] for run in runs], within=0.01)
    spans = [end for run in runs for end in (min(run[2:]), max(run[2:]))]
    panel.curve("epochs 3 to 5", "broad grey").passes(np.repeat(rates, 2), spans, within=0.01)


@of(SOLUTIONS, "label='147 steps'")
def _(panel: Panel, printed):
    panel.says(x="batch size", y="held-out accuracy", scales=("log", "linear"))
    sizes = [16, 64, 256, 1024]
    epochs = [printed(f"batch size {size:4}:", numbers=3)[2] for size in sizes]
    steps = [printed(f"batch size {size:4}, 147 steps: held-out accuracy")[0] for size in sizes]
    panel.curve("three epochs", "green with points").passes(sizes, epochs, within=0.01)
    panel.curve("147 steps", "green dashed with marks").passes(sizes, steps, within=0.01)


@of(SOLUTIONS, "show_images(columns, 4, 5, titles")
def _(*panels: Panel):
    """Bright pixels speak for a class: after one epoch and after ten, the weights resemble its images."""
    *panels, key = panels
    is_key(key, "", "gray")
    assert [words for _, words in sorted(key.y.ticks)] == ["against", "for"]
    for first, num_epochs in ((0, 1), (10, 10)):
        half = panels[first : first + 10]
        for panel, name in zip(half, CLASSES, strict=True):
            panel.says(title=f"{name}, {num_epochs}")
        resemble_classes(half, [panel.image() for panel in half])
    assert len(panels) == 20
