"""Each helper agrees with its counterpart in d2l 0.17.6, the last release that has them all."""

import inspect
import shutil

import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from torch import nn

import book_utils

pytestmark = pytest.mark.oracle

SAME_SIGNATURE = [
    "Accumulator", "Animator", "Timer", "accuracy", "evaluate_accuracy", "evaluate_loss", "get_dataloader_workers",
    "get_fashion_mnist_labels", "linreg", "load_array", "load_data_fashion_mnist", "plot", "predict_ch3", "set_axes",
    "set_figsize", "sgd", "show_images", "squared_loss", "synthetic_data", "train_ch3", "train_epoch_ch3", "try_gpu",
    "use_svg_display",
]  # fmt: skip


@pytest.fixture(scope="module")
def d2l():
    from d2l import torch as d2l

    return d2l


@pytest.fixture
def examples():
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (70, 1, 28, 28), generator=generator, dtype=torch.uint8)
    labels = torch.randint(0, 10, (70,), generator=generator)
    return book_utils.Batches(images, labels, batch_size=32)


def linear_net():
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for param in net.parameters():
            param.copy_(0.01 * torch.randn(param.shape, generator=generator))
    return net


@pytest.mark.parametrize("name", SAME_SIGNATURE)
def test_signature(d2l, name):
    """Parameters and defaults are the course's; ours may follow at the end, with defaults."""
    theirs = list(inspect.signature(getattr(d2l, name)).parameters.values())
    ours = list(inspect.signature(getattr(book_utils, name)).parameters.values())
    assert [(p.name, p.default) for p in ours[: len(theirs)]] == [(p.name, p.default) for p in theirs]
    assert all(p.default is not p.empty for p in ours[len(theirs) :])


@pytest.mark.parametrize("name", ["Accumulator", "Animator", "Timer"])
def test_public_methods(d2l, name):
    theirs, ours = getattr(d2l, name), getattr(book_utils, name)
    for method, function in inspect.getmembers(theirs, inspect.isfunction):
        assert list(inspect.signature(function).parameters) == list(inspect.signature(getattr(ours, method)).parameters)


def test_labels(d2l):
    labels = torch.arange(10)
    assert book_utils.get_fashion_mnist_labels(labels) == d2l.get_fashion_mnist_labels(labels)


@pytest.mark.parametrize("shape", [(7, 3), (1, 10)])
def test_accuracy(d2l, shape):
    y_hat = torch.randn(shape, generator=torch.Generator().manual_seed(2))
    y = y_hat.argmax(1) * (torch.arange(len(y_hat)) % 2)
    assert book_utils.accuracy(y_hat, y) == d2l.accuracy(y_hat, y)
    assert book_utils.accuracy(y_hat.argmax(1), y) == d2l.accuracy(y_hat.argmax(1), y)


def test_evaluate_accuracy(d2l, examples):
    net = linear_net()
    assert book_utils.evaluate_accuracy(net, examples) == d2l.evaluate_accuracy(net, examples)


def test_accumulator(d2l):
    ours, theirs = book_utils.Accumulator(2), d2l.Accumulator(2)
    for metric in (ours, theirs):
        metric.add(1, torch.tensor(2.5))
        metric.add(3, 4)
    assert ours.data == theirs.data and ours[1] == theirs[1]
    ours.reset()
    theirs.reset()
    assert ours.data == theirs.data


def test_timer(d2l):
    ours, theirs = book_utils.Timer(), d2l.Timer()
    assert ours.stop() >= 0
    ours.times = theirs.times = [1.0, 2.0, 4.5]
    assert (ours.avg(), ours.sum(), ours.cumsum()) == (theirs.avg(), theirs.sum(), theirs.cumsum())


def test_sgd(d2l):
    results = []
    for sgd in (book_utils.sgd, d2l.sgd):
        params = [torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0], requires_grad=True)]
        (params[0].prod() + params[1] ** 2).backward()
        sgd(params, 0.1, 5)
        results.append([param.tolist() for param in params] + [param.grad.tolist() for param in params])
    assert results[0] == results[1]


@pytest.mark.parametrize("updater", ["optimiser", "function"])
def test_train_epoch(d2l, examples, updater):
    results = []
    for library in (book_utils, d2l):
        net = linear_net()
        step = torch.optim.SGD(net.parameters(), lr=0.1)
        if updater == "function":
            params = list(net.parameters())
            step = lambda batch_size, library=library, params=params: library.sgd(params, 0.1, batch_size)  # noqa: E731
        loss = nn.CrossEntropyLoss(reduction="none")
        results.append((*library.train_epoch_ch3(net, examples, loss, step), net[1].weight.detach().clone()))
    assert results[0][:2] == pytest.approx(results[1][:2], rel=1e-6)
    assert torch.allclose(results[0][2], results[1][2], rtol=0, atol=1e-7)


def test_load_data_fashion_mnist(d2l, tmp_path, monkeypatch):
    """The same tensors, batch by batch, and the same pixels after resizing up to one grey level."""
    raw = tmp_path / "data" / "FashionMNIST" / "raw"
    shutil.copytree(book_utils.fashion_mnist_root() / "FashionMNIST" / "raw", raw)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")  # d2l reads ../data
    monkeypatch.setattr(d2l, "get_dataloader_workers", lambda: 0)
    for resize, tolerance in ((None, 0), (40, 1.01 / 255)):
        theirs, ours = (library.load_data_fashion_mnist(500, resize)[1] for library in (d2l, book_utils))
        assert len(ours) == len(theirs)
        for (X, y), (Z, z) in zip(ours, theirs):
            assert X.shape == Z.shape and X.dtype == Z.dtype and y.dtype == z.dtype and torch.equal(y, z)
            assert (X - Z).abs().max() <= tolerance
            if resize:
                break  # one batch shows it


def test_synthetic_data(d2l):
    """The same draws from the same seed, to the last bit."""
    drawn = []
    for library in (book_utils, d2l):
        torch.manual_seed(3)
        drawn.append(library.synthetic_data(torch.tensor([2, -3.4]), 4.2, 50))
    for ours, theirs in zip(*drawn, strict=True):
        assert ours.shape == theirs.shape and torch.equal(ours, theirs)


@pytest.mark.parametrize("is_train", [True, False])
def test_load_array(d2l, is_train):
    arrays = torch.arange(14.0).reshape(7, 2), torch.arange(7)
    batches = []
    for library in (book_utils, d2l):
        torch.manual_seed(4)
        batches.append([batch for _ in range(2) for batch in library.load_array(arrays, 3, is_train)])
    assert [len(X) for X, _ in batches[0]] == [3, 3, 1] * 2
    for ours, theirs in zip(*batches, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_linreg_and_squared_loss(d2l):
    generator = torch.Generator().manual_seed(5)
    X, w, b, y = (torch.randn(shape, generator=generator) for shape in ((6, 3), (3, 1), (1,), (6,)))
    y_hat = book_utils.linreg(X, w, b)
    assert torch.equal(y_hat, d2l.linreg(X, w, b)) and y_hat.shape == (6, 1)
    assert torch.equal(book_utils.squared_loss(y_hat, y), d2l.squared_loss(y_hat, y))


@pytest.mark.parametrize("loss", ["squared_loss", "MSELoss"])
def test_evaluate_loss(d2l, loss):
    torch.manual_seed(6)
    arrays = torch.randn(7, 2), torch.randn(7)
    net = nn.Linear(2, 1)
    values = []
    for library in (book_utils, d2l):
        function = nn.MSELoss(reduction="none") if loss == "MSELoss" else library.squared_loss
        values.append(library.evaluate_loss(net, library.load_array(arrays, 3, False), function))
    assert values[0] == pytest.approx(values[1], rel=1e-6)


X_ROW = [1.0, 2.0, 3.0, 4.0]
PLOTS = [
    ((X_ROW, [3.0, 1.0, 2.0, 5.0]), {}),
    ((torch.tensor(X_ROW), [torch.tensor(X_ROW) ** 2, [1, 2, 3, 4]], "x", "f(x)"), {"legend": ["a", "b"]}),
    ((np.array(X_ROW),), {"xlabel": "n", "yscale": "log", "ylim": [1, 10]}),
    (([[1, 2], [3, 4, 5]], [[5, 6], [7, 8, 9]]), {"xlim": [0, 6], "fmts": ("r-", "k:")}),
    ((np.array(X_ROW), np.array([X_ROW, X_ROW[::-1]])), {"figsize": (5, 2)}),
    (([X_ROW, X_ROW],), {}),
]


@pytest.mark.parametrize(("arguments", "options"), PLOTS)
def test_plot(d2l, arguments, options):
    """The same curves in the same dashes, and the same axes."""
    drawn = []
    for library in (book_utils, d2l):
        plt.close("all")
        assert library.plot(*arguments, **options) is None
        ax = plt.gca()
        lines = [(line.get_xydata().tolist(), line.get_linestyle(), line.get_color()) for line in ax.get_lines()]
        words = (
            ax.get_xlabel(),
            ax.get_ylabel(),
            [t.get_text() for t in ax.get_legend().texts] if ax.get_legend() else [],
        )
        drawn.append((lines, words, ax.get_xlim(), ax.get_ylim(), ax.get_yscale(), tuple(ax.figure.get_size_inches())))
    theirs_in_our_colours = [(xy, dash, ours[2]) for (xy, dash, _), ours in zip(drawn[1][0], drawn[0][0], strict=True)]
    assert drawn[0][0] == theirs_in_our_colours and drawn[0][1:] == drawn[1][1:]


def test_show_images(d2l):
    images = torch.rand(5, 28, 28)
    titles = list("abcde")
    for count, grid in ((5, (1, 5)), (5, (2, 3)), (5, (2, 2))):
        ours = book_utils.show_images(images[:count], *grid, titles=titles)
        theirs = d2l.show_images(images[:count], *grid, titles=titles)
        assert ours.shape == theirs.shape
        assert [ax.get_title() for ax in ours] == [ax.get_title() for ax in theirs]
        for a, b in zip(ours, theirs):
            assert [i.get_array().tolist() for i in a.get_images()] == [i.get_array().tolist() for i in b.get_images()]
        assert (ours[0].figure.get_size_inches() == theirs[0].figure.get_size_inches()).all()


def test_set_axes(d2l):
    drawn = []
    for library in (book_utils, d2l):
        _, ax = plt.subplots()
        ax.plot([1, 2, 3], [1, 10, 100])
        library.set_axes(ax, "x", "y", [1, 3], [1, 100], "linear", "log", ["a line"])
        drawn.append((ax.get_xlabel(), ax.get_ylabel(), ax.get_xlim(), ax.get_ylim(), ax.get_xscale(), ax.get_yscale(),
                      [text.get_text() for text in ax.get_legend().get_texts()]))  # fmt: skip
    assert drawn[0] == drawn[1]


def test_animator(d2l):
    """The same points in the same lines under the same names, None points left out."""
    ours, theirs = (
        library.Animator(xlabel="epoch", legend=["a", "b"], xlim=[1, 4], ylim=[0, 1]) for library in (book_utils, d2l)
    )
    for animator in (ours, theirs):
        animator.add(1, (0.5, 0.4))
        animator.add(2, (0.6, None))
        animator.add([3, 3.5], [0.7, 0.8])
    assert (ours.X, ours.Y) == (theirs.X, theirs.Y)
    a, b = ours.axes[0], theirs.axes[0]
    for line, other in zip(a.get_lines(), b.get_lines(), strict=True):
        assert np.array_equal(line.get_xydata(), other.get_xydata()) and line.get_linestyle() == other.get_linestyle()
    assert (a.get_xlabel(), a.get_xlim(), a.get_ylim()) == (b.get_xlabel(), b.get_xlim(), b.get_ylim())
    assert [t.get_text() for t in a.get_legend().get_texts()] == [t.get_text() for t in b.get_legend().get_texts()]


def test_train_ch3_draws_the_same_curves(d2l, examples, monkeypatch):
    curves = []
    for library in (book_utils, d2l):
        net = linear_net()
        loss = nn.CrossEntropyLoss(reduction="none")
        updater = torch.optim.SGD(net.parameters(), lr=0.01)
        try:
            assert library.train_ch3(net, examples, examples, loss, 3, updater) is None
        except AssertionError:
            assert library is d2l  # its accuracy targets, which random images do not reach
        curves.append([line.get_xydata() for line in plt.gcf().axes[0].get_lines()])
        plt.close("all")
    for ours, theirs in zip(*curves, strict=True):
        assert np.allclose(ours, theirs, atol=1e-6)


def test_predict_ch3(d2l):
    images = torch.randint(0, 256, (8, 1, 28, 28), dtype=torch.uint8, generator=torch.Generator().manual_seed(3))
    examples = book_utils.Batches(images, torch.arange(8), batch_size=8)
    titles = []
    for library in (book_utils, d2l):
        assert library.predict_ch3(linear_net(), examples, n=5) is None
        titles.append([ax.get_title() for ax in plt.gcf().axes if ax.get_title()])
    ours = [title.replace("true: ", "").replace("pred: ", "") for title in titles[0]]
    assert ours == titles[1] != titles[0]


def test_try_gpu(d2l):
    assert book_utils.try_gpu() == d2l.try_gpu() and book_utils.try_gpu(7) == d2l.try_gpu(7)
