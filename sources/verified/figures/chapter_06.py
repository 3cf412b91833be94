"""What the figures of chapter 06 and of its solutions claim."""

import numpy as np

from sources.verified.figures.fashion_mnist import CLASSES, is_image, means, real, shows_class
from tools.meaning.drawn import Panel
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "06-image-classification-dataset", "solutions/06-image-classification-dataset"

FIRST = [9, 0, 0, 3, 0, 2, 7, 2, 5, 5, 0, 9, 5, 5, 7, 9, 1, 0]  # the classes of the first 18 training images


@of(CHAPTER, "batch_size=18")
def _(*panels: Panel):
    for i, (panel, label) in enumerate(zip(panels, FIRST, strict=True)):
        panel.says(title=CLASSES[label])
        if real(True) is None:
            panel.image()
        else:
            is_image(panel, real(True)[0][i])
            assert real(True)[1][i] == label


FIRST_TESTED = [9, 2, 1, 1, 6, 1, 4, 6, 5, 7, 4, 5, 7, 3, 4, 1, 2, 4]  # the classes of the first 18 test images


@of(CHAPTER, "show_images(X, 3, 6, scale=1)")
def _(*panels: Panel):
    """No name stands anywhere."""
    for i, panel in enumerate(panels):
        panel.says()
        if real(False) is None:
            panel.image()
        else:
            is_image(panel, real(False)[0][i])
    assert len(panels) == 18


@of(CHAPTER, "judged(yours, truth)")
def _(*panels: Panel):
    for panel, label in zip(panels, FIRST_TESTED, strict=True):
        panel.says(title=CLASSES[label])
        assert panel.title_color == "#000000", "without answers none is wrong"
        if real(False) is not None:
            shows_class(panel, CLASSES[label])
        else:
            panel.image()


@of(CHAPTER, "'64 x 64'")
def _(small: Panel, large: Panel):
    """The first training image, and the same in more pixels."""
    small.says(title="28 x 28")
    large.says(title="64 x 64")
    assert small.image().shape == (28, 28) and large.image().shape == (64, 64)
    if real(True) is not None:
        is_image(small, real(True)[0][0])
    middles = (np.arange(28) + 0.5) * 64 / 28
    again = large.image()[np.ix_(middles.astype(int), middles.astype(int))]
    assert np.corrcoef(again.ravel(), small.image().ravel())[0, 1] > 0.95, "the two are not the same image"


@of(SOLUTIONS, "show_images(means, 2, 5")
def _(*panels: Panel):
    for label, (panel, name) in enumerate(zip(panels, CLASSES, strict=True)):
        panel.says(title=name)
        if means() is None:
            panel.image()
        else:
            is_image(panel, means()[label])


@of(SOLUTIONS, "ax.barh(")
def _(shuffled: Panel, ordered: Panel):
    """Of 10,000 images, a thousand or so go to each class; after sorted training, four of five to the last two."""
    shuffled.says(title="trained in shuffled order", x="images of 10,000", y="predicted class")
    ordered.says(title="trained in sorted order", x="images of 10,000")
    even, skewed = shuffled.bars("grey"), ordered.bars("red")
    for bars in (even, skewed):
        assert list(bars) == CLASSES and abs(sum(bars.values()) - 10_000) < 100, f"bars {bars}"
    assert min(even.values()) > 500 and max(even.values()) < 1500
    assert skewed["bag"] + skewed["ankle boot"] > 8000


@of(SOLUTIONS, "ylabel='seconds for 3,000 images'")
def _(panel: Panel, printed):
    panel.says(x="batch size", y="seconds for 3,000 images", scales=("log", "log"))
    sizes = [1, 16, 256, 4096]
    slow, fast = zip(*(printed(f"batch size {size:4}: DataLoader", numbers=2) for size in sizes))
    panel.curve("DataLoader", "grey dashed with points").passes(sizes, slow, within=0.01)
    panel.curve("Batches", "black with points").passes(sizes, fast, within=0.01)


@of(SOLUTIONS, "ax.plot(range(1, 6), accuracies, fmt")
def _(panel: Panel, printed):
    panel.says(x="epoch", y="held-out accuracy")
    for name, look in (("as they are", "green with points"), ("shifted", "green dashed with points")):
        panel.curve(name, look).passes(range(1, 6), printed(f"{name:11}", numbers=5), within=0.006)
