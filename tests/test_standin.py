"""The drawn stand-in: the right shapes, the same bytes everywhere, and as learnable as the chapters need."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from book_utils.fashion_mnist import standin
from book_utils.fashion_mnist.files import FILES

Split = tuple[np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def train() -> Split:
    return standin.draw_split(train=True)


@pytest.fixture(scope="module")
def test() -> Split:
    return standin.draw_split(train=False)


@pytest.fixture(params=["train", "test"])
def name(request) -> str:
    return request.param


@pytest.fixture
def split(name: str, request) -> Split:
    return request.getfixturevalue(name)


def test_shapes_and_types(name: str, split: Split) -> None:
    images, labels = split
    n = {"train": 60_000, "test": 10_000}[name]
    assert images.shape == (n, 28, 28) and images.dtype == np.uint8
    assert labels.shape == (n,) and labels.dtype == np.uint8


def test_same_bytes_everywhere(name: str, split: Split) -> None:
    prefix = {"train": "train", "test": "t10k"}[name]
    for values, kind in zip(split, ("images-idx3", "labels-idx1")):
        file = f"{prefix}-{kind}-ubyte"
        content = FILES[file].header + values.tobytes()
        assert hashlib.md5(content, usedforsecurity=False).hexdigest() == standin.CHECKSUMS[file]


@pytest.mark.parametrize("garment", standin.GARMENTS)
def test_arithmetic_stays_in_float32(garment: standin.Garment) -> None:
    """A float64 that slips in is rounded differently by NumPy 1 and 2, and so breaks the promise of equal bytes."""
    place = np.zeros((3, 28, 28), np.float32)
    picture = garment(place, place, lambda low, high: np.full((3, 1, 1), (low + high) / 2, np.float32))
    assert picture.dtype == np.float32


def test_classes_are_balanced_and_shuffled(split: Split) -> None:
    _, labels = split
    assert (np.bincount(labels) == len(labels) // 10).all()
    # In random order about one neighbour in ten has the same label.
    assert 0.08 < (labels[1:] == labels[:-1]).mean() < 0.12


def test_no_image_appears_twice(train: Split, test: Split) -> None:
    seen = {image.tobytes() for images, _ in (train, test) for image in images}
    assert len(seen) == 70_000


def test_light_garment_on_black_ground(split: Split) -> None:
    images, labels = split
    corners = images[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners == 0).mean() > 0.999  # A large garment far from the middle may touch one.
    lit = (images > 50).mean(axis=(1, 2))
    for label in range(10):
        assert lit[labels == label].min() > 0.03, f"an image of class {label} is all but blank"
        assert lit[labels == label].max() < 0.8, f"an image of class {label} is all but full"


def test_softmax_regression_learns_it_but_not_fully(train: Split, test: Split) -> None:
    """What the chapters check of their own training must hold on these images, too."""
    (x, y), (x_test, y_test) = (
        (torch.from_numpy(images).flatten(1).float() / 255, torch.from_numpy(labels).long())
        for images, labels in (train, test)
    )
    random = torch.Generator().manual_seed(0)
    weight = torch.normal(0.0, 0.01, (784, 10), generator=random).requires_grad_()
    bias = torch.zeros(10, requires_grad=True)
    for _ in range(10):
        total = 0.0
        for batch in torch.randperm(len(x), generator=random).split(256):
            loss = cross_entropy(x[batch] @ weight + bias, y[batch])
            total += loss.item() * len(batch)
            for parameter, gradient in zip((weight, bias), torch.autograd.grad(loss, (weight, bias))):
                parameter.data -= 0.1 * gradient
    accuracy = ((x_test @ weight + bias).argmax(dim=1) == y_test).float().mean().item()
    assert total / len(x) < 0.5
    assert 0.7 < accuracy < 0.95
