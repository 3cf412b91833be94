"""What the figures of chapter 07 and of its solutions claim."""

from collections.abc import Sequence

import numpy as np

from sources.verified.figures.fashion_mnist import (
    CLASSES,
    is_key,
    real,
    resemble_classes,
    shows_class,
    shows_predictions,
    strengths,
)
from tools.meaning.drawn import Panel
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "07-softmax-regression-scratch", "solutions/07-softmax-regression-scratch"


@of(CHAPTER, "handle = display(fig, display_id=True)")
def _(panel: Panel):
    panel.says(x="step", y="what is left")
    panel.curve("", "black").passes(range(21), 0.8 ** np.arange(21))


def sheet_of(panel: Panel, but: Sequence[str] = ()) -> list[np.ndarray]:
    """Return the ten pictures of a sheet as numbers from -1 (brown) to 1 (green); all ``but`` some resemble."""
    assert panel.words() == CLASSES
    rows = np.split(2 * strengths(panel.image(), "BrBG") - 1, 2)
    tiles = [tile[9:, 1:-1] for row in rows for tile in np.split(row, 5, axis=1)]
    assert {tile.shape for tile in tiles} == {(28, 28)}
    resemble_classes([panel] * 10, tiles, but)
    return tiles


@of(CHAPTER, "show_sheet(ax, -W.grad)")
def _(panel: Panel):
    """One can see clothes, but two: sandal and sneaker are mostly brown."""
    panel.says(title="What the first step adds to W (green) and takes away (brown)")
    tiles = sheet_of(panel, but=("sandal", "sneaker"))
    if real(True) is not None:
        amounts = dict(zip(CLASSES, (tile.mean() for tile in tiles), strict=True))
        assert sorted(amounts, key=lambda name: amounts[name])[:2] in (["sneaker", "sandal"], ["sandal", "sneaker"])
        assert amounts["t-shirt"] > 0 and amounts["bag"] > 0


@of(CHAPTER, "enumerate(train_iter, start=1)")
def _(panel: Panel, printed):
    """Half of the fall is done after eight steps; afterwards the curve jumps more than it falls."""
    panel.says(title="Each batch of the first epoch, before its step", x="step", y="loss")
    batch = panel.curve("batch", "blue")
    panel.curve("ln 10", "black dotted").passes([1, 235], [np.log(10)] * 2)
    assert np.allclose(batch.x, range(1, 236), atol=0.3)
    for step in (1, 2, 3, 8, 51, 235):
        assert abs(batch.y[step - 1] - printed(f"step {step:3}: loss")[0]) < 0.02
    late = batch.y[50:]
    assert batch.y[7] - late[-50:].mean() < 0.55 * (batch.y[0] - late[-50:].mean())
    assert np.ptp(late[-50:]) > late[:50].mean() - late[-50:].mean(), "it falls by more than it jumps"


@of(CHAPTER, "live.draw(now=True)")
def _(curves: Panel, sheet: Panel, printed):
    """The loss at 25 places, evenly on a logarithmic axis, and what has been added to W."""
    curves.says(x="step", y="train loss", scales=("log", "linear"))
    loss = curves.curve("", "blue")
    steps = sorted({round(2350 ** (k / 24)) for k in range(25)})
    assert np.allclose(loss.x, steps, rtol=0.02)
    loss.falls()
    assert abs(loss.y[0] - printed("loss at the start")[0]) < 0.02
    sheet.says(title="Step 2350: added to W (green), taken away (brown)")
    tiles = sheet_of(sheet)
    if real(True) is not None:
        assert tiles[1][20:, 13:15].max() < 0, "between the legs of the trouser it is brown"


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


@of(CHAPTER, "animator.add(epoch, (loss_sum")
def _(panel: Panel, *predicted: Panel, printed):
    """The program in one piece: the curves that it prints, and the first six test images."""
    panel.says(x="epoch", y="loss or accuracy")
    rows = np.reshape(printed("test acc", numbers=40), (10, 4)).T
    for column, (name, look) in zip(
        rows[1:],
        (("train loss", "blue"), ("train accuracy", "purple dashed"), ("test accuracy", "green dashdot")),
        strict=True,
    ):
        panel.curve(name, look).passes(rows[0], column, within=0.006)
    for picture in predicted:
        one, other = picture.title.split("\n")
        picture.says(title=picture.title)
        assert one.removeprefix("true: ") == other.removeprefix("pred: ")
        shows_class(picture, one.removeprefix("true: "))
    assert len(predicted) == 6


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
    means, lowest, highest = zip(*(printed(f"batch size {size:4}, 147 steps: mean", numbers=3) for size in sizes))
    panel.curve("three epochs", "green with points").passes(sizes, epochs, within=0.01)
    panel.curve("147 steps", "green dashed with marks").passes(sizes, means, within=0.01)
    spans = [end for pair in zip(lowest, highest) for end in pair]
    panel.curve("five starts", "broad grey").passes(np.repeat(sizes, 2), spans, within=0.01)
    assert list(means) == sorted(means) and highest[0] - lowest[0] > highest[3] - lowest[3]


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
