"""Fashion-MNIST in tensors and minibatches, as torchvision reads and resizes it."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import book_utils
from book_utils import data


@pytest.fixture
def torchvision():
    """Return the package, which takes seconds to import: not in a process that only looks what tests there are."""
    import torchvision

    return torchvision


@pytest.mark.parametrize("train", [True, False])
def test_torchvision_reads_the_same(torchvision, train):
    images, labels = book_utils.fashion_mnist_tensors(train)
    theirs = torchvision.datasets.FashionMNIST(book_utils.fashion_mnist_root(), train=train, download=True)
    assert torch.equal(images.squeeze(1), theirs.data) and torch.equal(labels, theirs.targets)
    assert (images.dtype, labels.dtype) == (torch.uint8, torch.int64)
    assert len(images) == (60000 if train else 10000) and labels.bincount().tolist() == [len(labels) // 10] * 10


@pytest.mark.linux
def test_who_may_not_change_the_files_shares_them(monkeypatch):
    """As students of a hub do: the file is mapped, what is written stays with the writer, and others see the file."""
    read, _ = book_utils.fashion_mnist_tensors(train=False)
    file = book_utils.fashion_mnist_root() / "FashionMNIST" / "raw" / "t10k-images-idx3-ubyte"
    assert str(file.resolve()) not in Path("/proc/self/maps").read_text(encoding="utf-8")
    monkeypatch.setattr(data.os, "access", lambda path, mode: False)
    mapped, _ = book_utils.fashion_mnist_tensors(train=False)
    assert torch.equal(mapped, read)
    assert str(file.resolve()) in Path("/proc/self/maps").read_text(encoding="utf-8")
    mapped.zero_()
    assert torch.equal(book_utils.fashion_mnist_tensors(train=False)[0], read)


@pytest.mark.parametrize("size", [64, 20, (30, 40), 28])
def test_resize_is_torchvisions(torchvision, size):
    images, _ = book_utils.fashion_mnist_tensors(train=False, resize=size)
    transform = torchvision.transforms.Compose([torchvision.transforms.Resize(size), torchvision.transforms.ToTensor()])
    theirs = torchvision.datasets.FashionMNIST(book_utils.fashion_mnist_root(), train=False, transform=transform)
    for i in range(0, 10000, 500):
        assert (images[i] / 255 - theirs[i][0]).abs().max() <= 1.01 / 255


def test_batches_cover_everything_once():
    images = torch.arange(7, dtype=torch.uint8).reshape(7, 1, 1, 1)
    ordered = bu_batches(images, 3)
    assert [y.tolist() for _, y in ordered] == [[0, 1, 2], [3, 4, 5], [6]] and len(ordered) == 3
    torch.manual_seed(0)
    shuffled = book_utils.Batches(images, torch.arange(7), 3, shuffle=True)
    X, y = (torch.cat(parts) for parts in zip(*shuffled))
    assert sorted(y.tolist()) == list(range(7)) and y.tolist() != list(range(7))
    assert torch.equal(X.flatten(), y / 255) and X.dtype == torch.float32


def bu_batches(images, batch_size):
    return book_utils.Batches(images, torch.arange(len(images)), batch_size)


def test_an_example_is_torchvisions(torchvision):
    """What readers ask a DataLoader's data set for."""
    _, test_iter = book_utils.load_data_fashion_mnist(256)
    theirs = torchvision.datasets.FashionMNIST(
        book_utils.fashion_mnist_root(), train=False, transform=torchvision.transforms.ToTensor()
    )
    ours = test_iter.dataset
    assert len(ours) == len(theirs) == 10_000 and isinstance(ours, torch.utils.data.Dataset)
    for i in (0, 9_999, -1):
        (X, y), (their_X, their_y) = ours[i], theirs[i]
        assert torch.equal(X, their_X) and X.dtype == their_X.dtype and (type(y), y) == (type(their_y), their_y)
    with pytest.raises(IndexError):
        ours[10_000]
    assert torch.equal(ours.data, theirs.data) and torch.equal(ours.targets, theirs.targets)
    assert [name.lower() for name in theirs.classes] == [
        {"t-shirt": "t-shirt/top"}.get(name, name) for name in ours.classes
    ]


def test_a_data_set_can_be_split_and_loaded_anew():
    images = torch.arange(10, dtype=torch.uint8).reshape(10, 1, 1, 1)
    first, second = torch.utils.data.random_split(bu_batches(images, 3).dataset, [7, 3])
    (batch,) = torch.utils.data.DataLoader(first, 7)
    assert len(second) == 3 and torch.equal(batch[0].flatten() * 255, batch[1].float())


def taken():
    """Return resized images, and the labels of shuffled batches."""
    torch.manual_seed(0)
    images, labels = book_utils.fashion_mnist_tensors(train=False, resize=20)
    return images, torch.cat([y for _, y in book_utils.Batches(images, labels, 1000, shuffle=True)])


@pytest.mark.parametrize("default", ["dtype", "device", "autocast"])
def test_pixels_and_order_depend_on_no_default(default):
    """New tensors are in double precision, or where nothing can be computed, or products in half precision."""
    expected = taken()
    try:
        if default == "dtype":
            torch.set_default_dtype(torch.float64)
        elif default == "device":
            torch.set_default_device("meta")
        with torch.autocast("cpu", torch.bfloat16, enabled=default == "autocast"):
            now = taken()
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_default_device(None)
    assert all(a.device.type == "cpu" and torch.equal(a, b) for a, b in zip(now, expected))


class Largest(TorchDispatchMode):
    """Notes down how many bytes the largest tensor of floats has."""

    size = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        if isinstance(made, torch.Tensor) and made.is_floating_point():
            self.size = max(self.size, made.untyped_storage().nbytes())
        return made


@pytest.mark.parametrize("size", [64, 224])
def test_images_are_resized_in_pieces(size):
    """As floats all of the training set would take 12 GB at 224 pixels; and what leaves the cache takes longer."""
    with Largest() as floats:
        assert data._resize(torch.zeros(1000, 1, 28, 28, dtype=torch.uint8), size).shape == (1000, 1, size, size)
    assert 0 < floats.size <= 5_000_000


@pytest.mark.parametrize("resize", [0, None, False])
def test_no_size_is_no_resizing(resize):
    """As in the course."""
    images, _ = book_utils.fashion_mnist_tensors(train=False, resize=resize)
    assert images.shape == (10_000, 1, 28, 28)


@pytest.mark.parametrize("size", [[30], (30,), [30, 30], np.int64(30)])
def test_sizes_that_torchvision_takes(size):
    images, _ = book_utils.fashion_mnist_tensors(train=False, resize=size)
    assert images.shape == (10_000, 1, 30, 30)


@pytest.mark.linux
def test_what_a_container_may_take_counts(monkeypatch, tmp_path):
    for name, content in (("memory.max", "5000000\n"), ("memory.current", "2000000\n")):
        (tmp_path / name).write_text(content, encoding="ascii")
    real = data.Path
    monkeypatch.setattr(data, "Path", lambda first, *more: tmp_path / more[0] if more else real(first))
    assert data._free_memory() == 3_000_000
    with pytest.raises(MemoryError, match="10,000 images of 28 x 20 pixels need 0.0 GB"):
        book_utils.fashion_mnist_tensors(train=False, resize=(28, 20))
    (tmp_path / "memory.max").write_text("max\n", encoding="ascii")
    assert data._free_memory() > 3_000_000


def test_both_tensors_move_to_the_device_that_is_asked_for():
    assert [tensor.device.type for tensor in book_utils.fashion_mnist_tensors(False, device="meta")] == ["meta"] * 2
    train_iter, test_iter = book_utils.load_data_fashion_mnist(256, device="meta")
    for batches in (train_iter, test_iter):
        assert {batches.images.device.type, batches.labels.device.type} == {"meta"}


@pytest.mark.parametrize(("cores", "workers"), [(1, 1), (2, 2), (64, 4), (None, 1)])
def test_as_many_workers_as_cores_but_at_most_four(monkeypatch, cores, workers):
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert book_utils.get_dataloader_workers() == workers
