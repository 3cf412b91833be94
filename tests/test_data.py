"""The data set: read as torchvision reads it, verified, unpacked beside and never inside the reader's own folder."""

import gzip
import shutil

import numpy as np
import pytest
import torch
import torchvision

import book_utils
from book_utils import data

SMALL = {  # the real layout with a handful of bytes, so that every path can be walked quickly
    "train-images-idx3-ubyte": np.arange(12 * 784, dtype=np.uint8).reshape(12, 28, 28),
    "train-labels-idx1-ubyte": np.arange(12, dtype=np.uint8) % 10,
    "t10k-images-idx3-ubyte": np.arange(3 * 784, dtype=np.uint8).reshape(3, 28, 28),
    "t10k-labels-idx1-ubyte": np.arange(3, dtype=np.uint8),
}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Return a folder with a small data set, compressed, that ``data`` takes for the real one; nothing is cached."""
    import hashlib

    raw = tmp_path / "mine" / data.RAW
    raw.mkdir(parents=True)
    sums = {}
    for name, array in SMALL.items():
        content = data._idx(array)
        (raw / f"{name}.gz").write_bytes(gzip.compress(content))
        sums[name] = tuple(hashlib.md5(c).hexdigest() for c in ((raw / f"{name}.gz").read_bytes(), content))
    monkeypatch.setattr(data, "FILES", sums)
    monkeypatch.setattr(data, "SOURCES", ("http://127.0.0.1:9/",))  # the discard port: nobody answers
    monkeypatch.setattr(data, "_cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setenv("BOOK_UTILS_DATA", str(tmp_path / "mine"))
    monkeypatch.setenv("BOOK_UTILS_DATASET", "real")
    data._resolve.cache_clear()
    yield tmp_path / "mine"
    data._resolve.cache_clear()


@pytest.fixture
def drawn(monkeypatch):
    """Make the stand-in small, too."""
    from book_utils import standin

    monkeypatch.setattr(
        standin, "draw_split", lambda train: (SMALL["t10k-images-idx3-ubyte"], np.arange(3, dtype=np.uint8))
    )


def names(folder):
    return sorted(path.name for path in (folder / data.RAW).iterdir())


def test_compressed_files_are_read_and_the_readers_folder_is_left_alone(small):
    before = names(small)
    images, labels = book_utils.fashion_mnist_tensors(train=True)
    assert images.shape == (12, 1, 28, 28) and images.dtype == torch.uint8
    assert labels.tolist() == [*range(10), 0, 1] and labels.dtype == torch.int64
    assert images.flatten().tolist() == SMALL["train-images-idx3-ubyte"].flatten().tolist()
    assert names(small) == before


def test_unpacked_files_serve_alone(small):
    root = book_utils.fashion_mnist_root()
    shutil.rmtree(small)
    shutil.copytree(root, small)
    shutil.rmtree(root)
    data._resolve.cache_clear()
    assert book_utils.fashion_mnist_root() == small


def test_a_damaged_copy_in_the_cache_is_made_again(small):
    damaged = book_utils.fashion_mnist_root() / data.RAW / "train-labels-idx1-ubyte"
    good = damaged.read_bytes()
    damaged.write_bytes(good[:-1] + b"\x07")
    data._resolve.cache_clear()
    book_utils.fashion_mnist_root()
    assert damaged.read_bytes() == good


def test_a_damaged_archive_is_not_trusted(small):
    archive = small / data.RAW / "t10k-labels-idx1-ubyte.gz"
    archive.write_bytes(archive.read_bytes()[:-3])
    with pytest.raises(RuntimeError, match="missing or damaged(.|\n)*127.0.0.1(.|\n)*BOOK_UTILS_DATA"):
        book_utils.fashion_mnist_root()


def test_without_data_the_standin_takes_over_with_one_notice(small, drawn, monkeypatch, capsys):
    shutil.rmtree(small)
    monkeypatch.setenv("BOOK_UTILS_DATASET", "auto")
    for _ in range(2):
        images, labels = book_utils.fashion_mnist_tensors(train=False)
    said = capsys.readouterr().out
    assert said.count("NOTICE") == 1 and "stand-in" in said and "missing" in said
    assert images.shape == (3, 1, 28, 28) and labels.tolist() == [0, 1, 2]
    assert book_utils.dataset_in_use() == "standin"


def test_the_standin_can_be_asked_for(small, drawn, monkeypatch, capsys):
    monkeypatch.setenv("BOOK_UTILS_DATASET", "standin")
    assert book_utils.dataset_in_use() == "standin"
    assert "BOOK_UTILS_DATASET=standin" in capsys.readouterr().out


def test_an_unknown_choice_is_named(small, monkeypatch):
    monkeypatch.setenv("BOOK_UTILS_DATASET", "fake")
    with pytest.raises(ValueError, match="'auto', 'real' or 'standin', not 'fake'"):
        book_utils.fashion_mnist_root()


@pytest.mark.parametrize("train", [True, False])
def test_torchvision_reads_the_same(train):
    images, labels = book_utils.fashion_mnist_tensors(train)
    theirs = torchvision.datasets.FashionMNIST(book_utils.fashion_mnist_root(), train=train, download=True)
    assert torch.equal(images.squeeze(1), theirs.data) and torch.equal(labels, theirs.targets)
    assert len(images) == (60000 if train else 10000) and labels.bincount().tolist() == [len(labels) // 10] * 10


@pytest.mark.parametrize("size", [64, 20, (30, 40), 28])
def test_resize_is_torchvisions(size):
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
    assert torch.equal((X * 255).round().flatten().long(), y)


def bu_batches(images, batch_size):
    return book_utils.Batches(images, torch.arange(len(images)), batch_size)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: bu_batches(torch.zeros(4), 0), ValueError, "batch_size must be at least 1, not 0"),
        (lambda: bu_batches(torch.zeros(4), -256), ValueError, "at least 1"),
        (lambda: bu_batches(torch.zeros(4), 2.0), TypeError, "whole number, not 2.0"),
        (lambda: bu_batches(torch.zeros(4), True), TypeError, "whole number"),
        (lambda: book_utils.Batches(torch.zeros(4), torch.zeros(3), 2), ValueError, "4 images and 3 labels"),
        (lambda: book_utils.load_data_fashion_mnist(256, resize=0), ValueError, "resize must be at least 1"),
        (lambda: book_utils.get_fashion_mnist_labels([3, 10]), ValueError, "0 to 9; received 10"),
        (lambda: book_utils.get_fashion_mnist_labels(torch.tensor([[1]])), ValueError, r"shape \(1, 1\)"),
    ],
)
def test_wrong_input_gets_a_clear_error(call, error, message):
    with pytest.raises(error, match=message):
        call()
