"""What pictures from Fashion-MNIST claim. Without the real images, only what stands in the titles is checked."""

from collections.abc import Sequence
from functools import cache

import matplotlib
import numpy as np

from book_utils import dataset_in_use, fashion_mnist_tensors
from tools.meaning.drawn import Panel

CLASSES = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]
"""The classes 0 to 9, as the data set's authors list them (with shorter names)."""

SOME = slice(None, None, 4)  # every fourth pixel tells one image from another
SAME = 0.02  # how far a drawn pixel may be from the data: 8 bits, and rounding when the range is stretched


@cache
def real(train: bool) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the real images, as rows of numbers from 0 to 1, and their classes, if they are at hand."""
    if dataset_in_use() != "real":
        return None
    images, labels = fashion_mnist_tensors(train)
    return images.reshape(len(images), 784).numpy(), labels.numpy()


@cache
def means() -> np.ndarray | None:
    """Return the mean image of each class, a row each."""
    data = real(True)
    return None if data is None else np.stack([data[0][data[1] == label].mean(0) for label in range(10)])


def stretched(image: np.ndarray) -> np.ndarray:
    """Return an image with its smallest value at 0 and its largest at 1, as it is drawn."""
    return (image - image.min()) / np.ptp(image)


def is_image(panel: Panel, image: np.ndarray) -> None:
    off = np.abs(panel.image().ravel() - stretched(image.astype(float)).ravel()).max()
    assert off < SAME, f"{panel.title!r} stands above another image"


def shows_class(panel: Panel, name: str, train: bool = False) -> int:
    """Claim that a test image is of this class; return its place in the test set, or -1 without the real images.

    With ``train`` it is a training image.
    """
    drawn, data = panel.image().ravel()[SOME], real(train)
    assert name in CLASSES, f"{name!r} is no class"
    if data is None:
        return -1
    labels = data[1]
    near = _scaled(train) @ (drawn / np.linalg.norm(drawn))
    place = int(near.argmax())
    assert near[place] > 0.999, (
        f"{panel.title!r} stands above an image that is none of the {'training' if train else 'test'} set"
    )
    assert CLASSES[labels[place]] == name, f"{name!r} stands above an image of the class {CLASSES[labels[place]]!r}"
    return place


def shows_predictions(panels: Sequence[Panel]) -> list[tuple[bool, int]]:
    """Claim the true and the predicted class above each test image, in red where they differ.

    Return whether they are the same, and the image's place in the test set (-1 without the real images).
    """
    found = []
    for panel in panels:
        (one, true), (other, predicted) = (line.split(": ") for line in panel.title.split("\n"))
        panel.says(title=panel.title)
        assert (one, other) == ("true", "pred") and predicted in CLASSES
        assert panel.title_color == ("#000000" if true == predicted else "#b22222"), (
            f"{panel.title!r} is in the wrong colour"
        )
        found.append((true == predicted, shows_class(panel, true)))
    return found


def strengths(image: np.ndarray, cmap: str) -> np.ndarray:
    """Return where the colours of an image stand in a colour map, from 0 to 1."""
    if image.ndim == 2:  # grey
        return image
    colors = matplotlib.colormaps[cmap](np.arange(256))[:, :3]
    return np.abs(image[:, :, None] - colors).sum(-1).argmin(-1) / 255


def is_key(panel: Panel, label: str, cmap: str) -> None:
    """Claim that a panel says what the colours mean: from one end of a colour map to the other, upwards."""
    panel.says(y=label)
    colors = strengths(panel.image(), cmap)[:, 0]  # such an image is stored from below
    assert (np.diff(colors) >= 0).all() and colors[0] < 0.02 and colors[-1] > 0.98, f"the key is no {cmap}"


@cache
def _scaled(train: bool) -> np.ndarray:
    images = real(train)[0][:, SOME].astype(np.float32)  # type: ignore[index]
    return images / np.linalg.norm(images, axis=1, keepdims=True)


def resemble_classes(panels: Sequence[Panel], weights: Sequence[np.ndarray], but: Sequence[str] = ()) -> None:
    """Claim that the weights of each class, ``but`` some, resemble its mean image more than that of any other class."""
    if means() is None:
        return
    patterns = means() - means().mean(0)
    rows, columns = ([row.ravel() - row.mean() for row in rows] for rows in (weights, patterns))
    alike = np.array([[r @ c / np.linalg.norm(r) / np.linalg.norm(c) for c in columns] for r in rows])
    for panel, row, label in zip(panels, alike, range(10), strict=True):
        nearest = CLASSES[row.argmax()]
        assert row.argmax() == label or CLASSES[label] in but, (
            f"{panel.title!r} stands above weights that resemble {nearest!r}"
        )
