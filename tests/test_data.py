"""Fashion-MNIST in tensors and minibatches, as torchvision reads and resizes it."""

import pytest
import torch

import book_utils


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


def test_both_tensors_move_to_the_device_that_is_asked_for():
    assert [tensor.device.type for tensor in book_utils.fashion_mnist_tensors(False, device="meta")] == ["meta"] * 2
    train_iter, test_iter = book_utils.load_data_fashion_mnist(256, device="meta")
    for batches in (train_iter, test_iter):
        assert {batches.images.device.type, batches.labels.device.type} == {"meta"}


@pytest.mark.parametrize(("cores", "workers"), [(1, 1), (2, 2), (64, 4), (None, 1)])
def test_as_many_workers_as_cores_but_at_most_four(monkeypatch, cores, workers):
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert book_utils.get_dataloader_workers() == workers
