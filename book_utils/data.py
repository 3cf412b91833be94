"""Data: synthetic examples, and minibatches of them or of Fashion-MNIST, sliced from memory."""

import math
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils import data

from book_utils._guards import (
    check_batches,
    check_bool,
    check_class_indices,
    check_count,
    check_examples,
    check_fits_memory,
    check_same_length,
    check_sizes,
    check_true_parameters,
)
from book_utils._words import text
from book_utils.fashion_mnist.files import RAW, fashion_mnist_root


def synthetic_data(w: Tensor, b: Tensor | float, num_examples: int) -> tuple[Tensor, Tensor]:
    """Draw examples of a linear model with noise, y = Xw + b + noise (notebook 02).

    Features are drawn from the standard normal distribution, the noise from a normal distribution with mean 0 and
    standard deviation 0.01; both from torch's generator.

    Args:
        w: The true weights, floating point, of shape (features,).
        b: The true bias.
        num_examples: How many examples to draw.

    Returns:
        Features of shape (num_examples, features), and labels in a column of shape (num_examples, 1).

    Raises:
        TypeError: ``w`` is not a tensor of floats, or ``num_examples`` is not a whole number.
        ValueError: ``w`` is empty or not a row of weights, or ``num_examples`` is below 1.
    """
    check_true_parameters(w, num_examples)
    X = torch.normal(0, 1, (num_examples, len(w)))
    y = torch.matmul(X, w) + b
    y += torch.normal(0, 0.01, y.shape)
    return X, y.reshape((-1, 1))


def data_iter(batch_size: int, features: Tensor, labels: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield all examples once, in minibatches and in a random order (notebook 02).

    The order is drawn from torch's generator when the iteration begins.

    Args:
        batch_size: Examples in a minibatch; the last one holds what is left.
        features: One row for each example.
        labels: One row for each example.

    Yields:
        The features and labels of one minibatch.

    Raises:
        TypeError: ``batch_size`` is not a whole number, or the data are not tensors; raised when the iteration begins,
            as is the other.
        ValueError: ``batch_size`` is below 1, there are more or fewer labels than features, or there are none.
    """
    check_examples(batch_size, features, labels)
    indices = torch.randperm(len(features))
    for i in range(0, len(features), batch_size):
        batch_indices = indices[i : min(i + batch_size, len(features))]
        yield features[batch_indices], labels[batch_indices]


def load_array(
    data_arrays: Sequence[Tensor], batch_size: int, is_train: bool = True
) -> data.DataLoader[tuple[Tensor, ...]]:
    """Return PyTorch's own iterator over minibatches of tensors (notebook 03).

    Args:
        data_arrays: Tensors with one row for each example, such as ``(features, labels)``.
        batch_size: Examples in a minibatch; the last one holds what is left.
        is_train: Whether to draw a new order for each epoch.

    Returns:
        An iterable that yields, for each minibatch, a list with the rows of each tensor.

    Raises:
        TypeError: ``data_arrays`` holds something else than tensors, or ``batch_size`` is not a whole number.
        ValueError: The tensors are not of the same length, or empty, or ``batch_size`` is below 1.
    """
    check_same_length(data_arrays)
    check_count("batch_size", batch_size)
    dataset = data.TensorDataset(*data_arrays)
    return data.DataLoader(dataset, batch_size, shuffle=is_train)


def get_fashion_mnist_labels(labels: Sequence[int] | Tensor) -> list[str]:
    """Return the names of the classes with the given indices (notebook 06).

    Args:
        labels: Class indices from 0 to 9, in a tensor of shape (n,) or any sequence.

    Returns:
        The names, in the same order.

    Raises:
        ValueError: An index is outside 0 to 9, or the tensor has more than one axis.
    """
    check_class_indices(labels)
    text_labels = ["t-shirt", "trouser", "pullover", "dress", "coat",
                   "sandal", "shirt", "sneaker", "bag", "ankle boot"]  # fmt: skip
    return [text_labels[int(i)] for i in labels]


def get_dataloader_workers() -> int:
    """Return how many processes a ``DataLoader`` should start here: four, or one for each core if there are fewer."""
    return min(4, os.cpu_count() or 1)


class Batches:
    """Minibatches of images and labels, sliced from tensors that stay in memory (notebook 06).

    Each iteration goes through all examples once; with ``shuffle`` in an order drawn anew from torch's generator, on
    the CPU whatever the device, so that ``torch.manual_seed`` gives the same batches everywhere.

    Args:
        images: Grey levels, uint8, of shape (n, 1, height, width).
        labels: Class indices, int64, of shape (n,), on the same device.
        batch_size: Examples in a batch; the last one holds what is left.
        shuffle: Draw a new order for each iteration.

    Yields:
        ``(X, y)``: X float32 in [0, 1] of shape (batch, 1, height, width), y int64 of shape (batch,).

    Raises:
        TypeError: ``batch_size`` is not a whole number.
        ValueError: It is below 1, there are more or fewer labels than images, or there are none.
    """

    def __init__(self, images: Tensor, labels: Tensor, batch_size: int, shuffle: bool = False) -> None:
        check_batches(images, labels, batch_size)
        self.images, self.labels = images, labels
        self.batch_size, self.shuffle = int(batch_size), shuffle

    def __len__(self) -> int:
        return math.ceil(len(self.labels) / self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        n = len(self.labels)
        order = torch.randperm(n, device="cpu") if self.shuffle else torch.arange(n, device="cpu")
        for batch in order.to(self.labels.device).split(self.batch_size):
            yield self.images.index_select(0, batch) / 255, self.labels[batch]

    @property
    def dataset(self) -> "ImageDataset":
        """The examples one by one, as a ``DataLoader`` has them: ``dataset[0]``, ``len(dataset)``, ``random_split``."""
        return ImageDataset(self.images, self.labels)


class ImageDataset(data.Dataset[tuple[Tensor, int]]):
    """Images and labels one by one, as torchvision's FashionMNIST with ``ToTensor`` gives them.

    Args:
        images: Grey levels, uint8, of shape (n, 1, height, width).
        labels: Class indices, int64, of shape (n,).

    Attributes:
        data: The grey levels, of shape (n, height, width).
        targets: The labels.
        classes: The names of the ten classes, in order.
    """

    def __init__(self, images: Tensor, labels: Tensor) -> None:
        self.data, self.targets = images.squeeze(1), labels

    @property
    def classes(self) -> list[str]:
        return get_fashion_mnist_labels(range(10))

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        """Return the image, float32 in [0, 1] of shape (1, height, width), and the class."""
        return self.data[index].unsqueeze(0) / 255, int(self.targets[index])


def load_data_fashion_mnist(
    batch_size: int, resize: int | Sequence[int] | None = None, device: torch.device | str | None = None
) -> tuple[Batches, Batches]:
    """Return minibatches of the training set, shuffled, and of the test set, in order (notebook 06).

    Args:
        batch_size: Examples in a batch.
        resize: Height and width of the images, if not 28; one number for both. None and 0 leave them as they are.
        device: Where the data are to live; default: the CPU.

    Returns:
        ``(train_iter, test_iter)``, which yield ``(X, y)`` as ``Batches`` describes.

    Raises:
        TypeError: ``batch_size`` is not a whole number.
        ValueError: ``batch_size`` or ``resize`` is below 1, or ``BOOK_UTILS_DATASET`` is none of its three values.
        RuntimeError: ``BOOK_UTILS_DATASET`` is ``real`` and the data cannot be had.
    """
    check_count("batch_size", batch_size)  # before anything is read
    train = fashion_mnist_tensors(train=True, resize=resize, device=device)
    test = fashion_mnist_tensors(train=False, resize=resize, device=device)
    return Batches(*train, batch_size, shuffle=True), Batches(*test, batch_size)


def fashion_mnist_tensors(
    train: bool, resize: int | Sequence[int] | None = None, device: torch.device | str | None = None
) -> tuple[Tensor, Tensor]:
    """Return all images and labels of the training or the test set (imported by notebook 06).

    Args:
        train: The training set (60,000 examples) or the test set (10,000).
        resize: Height and width of the images, if not 28; one number for both. None and 0 leave them as they are.
        device: Where the tensors are to live; default: the CPU.

    Returns:
        Images, uint8, of shape (n, 1, height, width), and labels, int64, of shape (n,).

    Raises:
        TypeError: ``train`` is not True or False, or ``resize`` not a whole number or a pair of such.
        MemoryError: The resized images, a byte for each pixel, would not fit into memory.
        ValueError: ``resize`` is below 1, or ``BOOK_UTILS_DATASET`` is none of its three values.
        RuntimeError: ``BOOK_UTILS_DATASET`` is ``real`` and the data cannot be had.
    """
    check_bool("train", train)
    if resize:
        check_sizes("resize", resize)
    folder = fashion_mnist_root() / RAW
    split = "train" if train else "t10k"
    images = _read_idx(folder / f"{split}-images-idx3-ubyte").unsqueeze(1)
    labels = _read_idx(folder / f"{split}-labels-idx1-ubyte").long()
    if resize:
        images = _resize(images, resize)
    return images.to(device), labels.to(device)


def _read_idx(path: Path) -> Tensor:
    """Return what a file in the IDX format holds.

    A file that may not be written here, as in the folder that a class shares, is mapped: however many processes read
    it, it is in memory once, and who writes into the tensor gets a copy of that page. One that somebody may shorten
    meanwhile is read: a process ends that looks at a mapped page which is no longer there.
    """
    shared = not os.access(path, os.W_OK)
    content = np.memmap(path, dtype=np.uint8, mode="c") if shared else np.fromfile(path, dtype=np.uint8)
    axes = int(content[3])
    shape = content[4 : 4 + 4 * axes].view(">i4").tolist()
    return torch.from_numpy(content[4 + 4 * axes :].reshape(shape))


def _resize(images: Tensor, size: int | Sequence[int]) -> Tensor:
    """Resize as torchvision's ``Resize`` does: bilinear, antialiased, rounded.

    That is linear in the rows of pixels and in the columns, so two products of matrices do it, five times as fast. What
    it makes of the unit vectors are the matrices.
    """
    sides = size if isinstance(size, (tuple, list)) else (size,)
    height, width = map(int, (sides[0], sides[-1]))
    what = text("images of a size", count=len(images), height=height, width=width)
    check_fits_memory(what, len(images) * height * width, _free_memory())
    columns, rows = (_interpolation(images.shape[axis], length) for axis, length in ((3, width), (2, height)))
    resized = torch.empty((len(images), 1, height, width), dtype=torch.uint8, device="cpu")
    count = max(1, 2**20 // (height * width))  # few enough to stay in the processor's cache
    with torch.autocast("cpu", enabled=False):  # pixels are the same wherever they are asked for
        for piece, place in zip(images.split(count), resized.split(count)):
            place.copy_((rows.T @ (piece.float() @ columns)).round_())
    return resized


def _interpolation(old: int, new: int) -> Tensor:
    """Return the matrix of shape (old, new) that turns ``old`` pixels into ``new`` ones."""
    unit_vectors = torch.eye(old, dtype=torch.float32, device="cpu").reshape(1, 1, old, old)
    resized = torch.nn.functional.interpolate(unit_vectors, (old, new), mode="bilinear", antialias=True)
    return resized.reshape(old, new)


def _free_memory() -> int | None:
    """Return how many bytes this process may still take, or None where nobody says: on Windows and macOS.

    A container may have less than its machine: the limit stands in the files of its control group, version 2.
    """
    free = []
    with suppress(OSError, StopIteration):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free.append(1024 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")))
    with suppress(OSError, ValueError):  # no such files, or "max"
        limit, used = (
            int(Path("/sys/fs/cgroup", name).read_text(encoding="ascii")) for name in ("memory.max", "memory.current")
        )
        free.append(limit - used)
    return min(free, default=None)
