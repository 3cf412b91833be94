"""Wrong input, for every public helper: a clear error, or the result that a reader would expect."""

import numpy as np
import pytest
import torch
from torch import nn

import book_utils as bu

COLUMN, ROWS = torch.ones(4, 1), torch.ones(4, 3)
LABELS = torch.tensor([0, 1, 2, 0])
IMAGES = torch.zeros(4, 1, 28, 28, dtype=torch.uint8)
W = torch.tensor([2, -3.4])
PER_EXAMPLE = nn.CrossEntropyLoss(reduction="none")


def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))


def batches():
    return bu.Batches(IMAGES, LABELS, 2)


def once():
    """Return a generator: it can be gone through once."""
    return (batch for batch in batches())


def nothing():
    """Return an iterator that does not know that it is empty."""
    return (batch for batch in [])


def sgd(model):
    return torch.optim.SGD(model.parameters(), lr=0.1)


def train(train_iter=None, test_iter=None, loss=PER_EXAMPLE, num_epochs=1, updater=None):
    model = net()
    bu.train_ch3(model, train_iter or batches(), test_iter or batches(), loss, num_epochs, updater or sgd(model))


def grown(x, y, **options):
    bu.Animator(**options).add(x, y)


def nothing_drawn(*axes, **values):
    """Stand for a function that draws."""


# For each helper: the call, the error, and what the error must say.
WRONG = {
    "synthetic_data": [
        (lambda: bu.synthetic_data([2, -3.4], 4.2, 10), TypeError, "w must be a tensor of torch.float32.*not list"),
        (lambda: bu.synthetic_data(torch.tensor([2, 3]), 4.2, 10), TypeError, "not torch.int64"),
        (lambda: bu.synthetic_data(torch.ones(2, 3), 4.2, 10), ValueError, r"not \(2, 3\)"),
        (lambda: bu.synthetic_data(W, 4.2, 0), ValueError, "num_examples must be at least 1, not 0"),
        (lambda: bu.synthetic_data(W, 4.2, 1e3), TypeError, "num_examples must be a whole number, not 1000.0"),
    ],
    "data_iter": [
        (lambda: next(bu.data_iter(0, COLUMN, COLUMN)), ValueError, "batch_size must be at least 1"),
        (lambda: next(bu.data_iter(COLUMN, COLUMN, 10)), TypeError, "batch_size must be a whole number"),
        (lambda: next(bu.data_iter(2, COLUMN, COLUMN[:3])), ValueError, r"same length, not \[4, 3\]"),
        (lambda: next(bu.data_iter(2, COLUMN[:0], COLUMN[:0])), ValueError, r"not \[0, 0\]"),
    ],
    "run_workers": [
        (lambda: bu.run_workers(print, 2), TypeError, "function must be a function written with def.*not <built-in"),
        (lambda: bu.run_workers(lambda rank, size: 0, 2), TypeError, "written with def"),
        (lambda: bu.run_workers(net, 0), ValueError, "size must be at least 1, not 0"),
        (lambda: bu.run_workers(2, net), TypeError, "size must be a whole number"),
    ],
    "load_penguins": [
        (lambda: bu.load_penguins(), ValueError, "the columns are 'bill_length_mm', .*received none"),
        (lambda: bu.load_penguins("species", "mass"), ValueError, "'body_mass_g', 'species'; received 'mass'"),
        (lambda: bu.load_penguins(["species"]), ValueError, r"received \['species'\]"),
    ],
    "load_array": [
        (lambda: bu.load_array(COLUMN, 2), TypeError, "a tuple of tensors.*not a single tensor"),
        (lambda: bu.load_array((COLUMN, [1, 2]), 2), TypeError, "'list'"),
        (lambda: bu.load_array((COLUMN, COLUMN[:1]), 2), ValueError, r"not \[4, 1\]"),
        (lambda: bu.load_array((), 2), ValueError, "expected"),
        (lambda: bu.load_array((COLUMN, COLUMN), 2.5), TypeError, "batch_size must be a whole number, not 2.5"),
        (lambda: bu.load_array((COLUMN, COLUMN), -1), ValueError, "batch_size must be at least 1, not -1"),
    ],
    "linreg": [
        (lambda: bu.linreg(torch.ones(4, 2), torch.ones(3, 1), 0), ValueError, r"\(4, 2\) does not go with.*\(3, 1\)"),
        (lambda: bu.linreg(torch.ones(4, 2), torch.ones(2, 1), torch.ones(4)), ValueError, r"b must be.*\(4,\)"),
        (lambda: bu.linreg([[1.0]], torch.ones(1, 1), 0), TypeError, "X must be a tensor, not list"),
    ],
    "squared_loss": [
        (lambda: bu.squared_loss(COLUMN, torch.ones(3)), ValueError, r"\(4, 1\) predictions and \(3,\) labels"),
        (lambda: bu.squared_loss(COLUMN, [1, 2, 3, 4]), TypeError, "y must be a tensor, not list"),
    ],
    "softmax": [
        (lambda: bu.softmax(torch.zeros(3)), ValueError, r"matrix.*\(3,\)"),
        (lambda: bu.softmax([[1.0, 2.0]]), TypeError, "X must be a tensor, not list"),
    ],
    "cross_entropy": [
        (lambda: bu.cross_entropy(ROWS, torch.zeros(4)), TypeError, "torch.int64.*, not torch.float32"),
        (lambda: bu.cross_entropy(torch.eye(4), LABELS.to(torch.uint8)), TypeError, "not torch.uint8"),
        (lambda: bu.cross_entropy(ROWS, LABELS[:3]), ValueError, "4 predictions need labels"),
        (lambda: bu.cross_entropy(ROWS, LABELS.reshape(4, 1)), ValueError, r"not \(4, 1\)"),
        (lambda: bu.cross_entropy(ROWS, LABELS + 1), ValueError, "labels run from 0 to 2; received 3"),
        (lambda: bu.cross_entropy(ROWS, LABELS - 1), ValueError, "labels run from 0 to 2; received -1"),
    ],
    "sgd": [
        (lambda: bu.sgd([W.clone().requires_grad_()], 0.1, 2), ValueError, r"params\[0\] has no gradient"),
        (lambda: bu.sgd(W, 0.1, 2), TypeError, "list of tensors"),
        (lambda: bu.sgd([W], 0.1, 0), ValueError, "batch_size must be above 0, and finite, not 0"),
        (lambda: bu.sgd([W], 0.1, "2"), TypeError, "batch_size must be a number, not '2'"),
        (lambda: bu.sgd([W], float("nan"), 2), ValueError, "lr must be.*nan"),
        (lambda: bu.sgd([W], "0.1", 2), TypeError, "lr must be a number, not '0.1'"),
    ],
    "Batches": [
        (lambda: bu.Batches(IMAGES, LABELS, 0), ValueError, "batch_size must be at least 1, not 0"),
        (lambda: bu.Batches(IMAGES, LABELS, -256), ValueError, "at least 1"),
        (lambda: bu.Batches(IMAGES, LABELS, 2.0), TypeError, "whole number, not 2.0"),
        (lambda: bu.Batches(IMAGES, LABELS, True), TypeError, "whole number"),
        (lambda: bu.Batches(IMAGES, LABELS[:3], 2), ValueError, "4 images and 3 labels"),
        (lambda: bu.Batches(IMAGES, [0, 1, 2, 0], 2), TypeError, "labels must be a tensor, not list"),
        (lambda: bu.Batches(IMAGES[:0], LABELS[:0], 2), ValueError, "no images"),
    ],
    "load_data_fashion_mnist": [
        (lambda: bu.load_data_fashion_mnist(0), ValueError, "batch_size must be at least 1"),
        (lambda: bu.load_data_fashion_mnist("256"), TypeError, "batch_size must be a whole number, not '256'"),
        (lambda: bu.load_data_fashion_mnist(256, resize=-1), ValueError, "resize must be at least 1, not -1"),
        (
            lambda: bu.load_data_fashion_mnist(256, resize=100_000),
            MemoryError,
            "need 600,000.0 GB.*are free.*interpolate",
        ),
        (lambda: bu.load_data_fashion_mnist(256, resize=(64, 0)), ValueError, "resize must be at least 1"),
        (lambda: bu.load_data_fashion_mnist(256, resize=64.0), TypeError, "resize must be a whole number, not 64.0"),
        (lambda: bu.load_data_fashion_mnist(256, resize=(1, 64, 64)), ValueError, r"a pair \(height, width\)"),
        (lambda: bu.load_data_fashion_mnist(256, device="gpu"), RuntimeError, "device string: gpu"),
    ],
    "fashion_mnist_tensors": [
        (lambda: bu.fashion_mnist_tensors("test"), TypeError, "train must be True or False, not 'test'"),
        (lambda: bu.fashion_mnist_tensors(False, resize=[0]), ValueError, "resize must be at least 1"),
    ],
    "get_fashion_mnist_labels": [
        (lambda: bu.get_fashion_mnist_labels([3, 10]), ValueError, "0 to 9; received 10"),
        (lambda: bu.get_fashion_mnist_labels([-1]), ValueError, "0 to 9; received -1"),
        (lambda: bu.get_fashion_mnist_labels(torch.tensor([[1, 2]])), TypeError, r"received \[1, 2\]"),
        (lambda: bu.get_fashion_mnist_labels(torch.tensor(1)), ValueError, "not a single number"),
        (lambda: bu.get_fashion_mnist_labels(torch.tensor([1.5])), TypeError, "whole numbers.*received 1.5"),
        (lambda: bu.get_fashion_mnist_labels(["bag"]), TypeError, "whole numbers.*received 'bag'"),
    ],
    "Timer": [(lambda: bu.Timer().avg(), ValueError, r"call stop\(\) first")],
    "Accumulator": [
        (lambda: bu.Accumulator(0), ValueError, "n must be at least 1, not 0"),
        (lambda: bu.Accumulator(2.0), TypeError, "n must be a whole number"),
        (lambda: bu.Accumulator(2).add(1), ValueError, "expected 2 numbers"),
    ],
    "accuracy": [
        (lambda: bu.accuracy(COLUMN, torch.ones(4)), ValueError, r"shape \(4, 1\) and labels of shape \(4,\)"),
        (lambda: bu.accuracy(ROWS, torch.ones(3)), ValueError, "one label per prediction"),
        (lambda: bu.accuracy(ROWS, [0, 1, 2, 0]), TypeError, "y must be a tensor, not list"),
    ],
    "evaluate_accuracy": [
        (lambda: bu.evaluate_accuracy(net(), []), ValueError, "holds no batch"),
        (lambda: bu.evaluate_accuracy(net(), nothing()), ValueError, "held no batch.*only once"),
        (lambda: bu.evaluate_accuracy(net(), IMAGES), TypeError, "minibatches.*not a tensor: load_array makes one"),
        (lambda: bu.evaluate_accuracy(net(), 3), TypeError, "minibatches.*not int$"),
        (lambda: bu.evaluate_accuracy(batches(), net()), TypeError, "not Sequential: the model comes first"),
    ],
    "evaluate_loss": [
        (lambda: bu.evaluate_loss(nn.Linear(1, 1), [], bu.squared_loss), ValueError, "holds no batch"),
        (lambda: bu.evaluate_loss(nn.Linear(1, 1), nothing(), bu.squared_loss), ValueError, "held no batch"),
        (lambda: bu.evaluate_loss(net(), batches(), lambda y_hat, y: 0.5), TypeError, "must be a tensor, not float"),
    ],
    "update_parameters": [
        (lambda: bu.update_parameters(W.mean(), print, 2), ValueError, "one loss per example is expected"),
        (lambda: bu.update_parameters(W, 0.1, 2), TypeError, "updater must be.*not float"),
        (lambda: bu.update_parameters(W, torch.optim.LBFGS([W]), 2), TypeError, "use another optimiser"),
    ],
    "train_epoch_ch3": [
        (lambda: bu.train_epoch_ch3(net(), [], PER_EXAMPLE, print), ValueError, "holds no batch"),
        (lambda: bu.train_epoch_ch3(net(), nothing(), PER_EXAMPLE, print), ValueError, "held no batch"),
        (lambda: bu.train_epoch_ch3(net(), batches(), PER_EXAMPLE, 0.1), TypeError, "updater must be.*not float"),
        (lambda: bu.train_epoch_ch3(net(), batches(), nn.CrossEntropyLoss(), print), ValueError, "reduction='none'"),
    ],
    "train_ch3": [
        (lambda: train(num_epochs=0), ValueError, "num_epochs.*not 0"),
        (lambda: train(num_epochs=2.5), TypeError, "num_epochs.*not 2.5"),
        (lambda: train(train_iter=once(), num_epochs=2), ValueError, "can be gone through only once"),
        (lambda: train(test_iter=once(), num_epochs=2), ValueError, "can be gone through only once"),
        (lambda: train(updater=torch.optim.SGD([], lr=0.1)), ValueError, "empty parameter list"),
        (lambda: train(loss=nn.CrossEntropyLoss()), ValueError, "reduction='none'"),
    ],
    "predict_ch3": [
        (lambda: bu.predict_ch3(net(), batches(), n=0), ValueError, "n must be at least 1"),
        (lambda: bu.predict_ch3(net(), []), ValueError, "holds no batch"),
        (lambda: bu.predict_ch3(lambda X: torch.eye(11)[[10] * len(X)], batches()), ValueError, "received 10"),
    ],
    "try_gpu": [
        (lambda: bu.try_gpu(-1), ValueError, "counted 0, 1, 2, ...; received -1"),
        (lambda: bu.try_gpu("cuda"), ValueError, "received 'cuda'"),
    ],
    "set_figsize": [
        (lambda: bu.set_figsize(3), ValueError, r"a pair \(width, height\) in inches, not 3"),
        (lambda: bu.set_figsize((3, 0)), ValueError, "above 0"),
    ],
    "set_axes": [
        (
            lambda: bu.set_axes(bu.plt.gca(), "x", "y", None, None, "linear", "linear", "loss"),
            TypeError,
            r"such as \['loss'\]",
        ),
        (
            lambda: bu.set_axes(bu.plt.gca(), "x", "y", [1], None, "linear", "linear", None),
            ValueError,
            r"xlim must be a pair.*\[1\]",
        ),
        (
            lambda: bu.set_axes(bu.plt.gca(), "x", "y", None, None, "logarithmic", "linear", None),
            ValueError,
            "logarithmic",
        ),
    ],
    "as_picture": [(lambda: bu.as_picture(IMAGES), ValueError, r"shape \(height, width\), not \(4, 1, 28, 28\)")],
    "as_curves": [(lambda: bu.as_curves([[1, 2]], [[1, 2, 3]]), ValueError, "2 x and 3 y")],
    "plot": [
        (lambda: bu.plot([1, 2, 3], [1, 2]), ValueError, "as many x as y, not 3 x and 2 y"),
        (lambda: bu.plot(3), ValueError, "numbers in a row, not 3"),
        (lambda: bu.plot([1, torch.tensor([2.0])]), ValueError, "numbers in a row, not 1"),
        (lambda: bu.plot([1, 2], legend=np.array(["a", "b"])), TypeError, r"not ndarray: list\(...\) makes one"),
        (lambda: bu.plot([1, 2], legend=True), TypeError, "legend must be a list of names, not bool"),
        (lambda: bu.plot([1, 2], xlim={1, 2}), ValueError, r"xlim must be a pair.*\{1, 2\}"),
        (lambda: bu.plot([1, 2], ylim={1: 2, 3: 4}), ValueError, "ylim must be a pair"),
        (lambda: bu.plot([[1], [2]], [[1], [2], [3]]), ValueError, "not 2 x and 3 y"),
        (lambda: bu.plot([1, 2], fmts="r:"), ValueError, "fmts must be a list.*'r:'"),
        (lambda: bu.plot([1, 2], legend="y"), TypeError, "legend must be a list of names"),
    ],
    "label_lines": [
        (lambda: bu.label_lines(bu.plt.gca()), ValueError, "no line has a name: draw with label='...'"),
        (lambda: bu.label_lines(bu.plt.gca(), "loss"), TypeError, r"names must be a list of names, such as \['loss'\]"),
    ],
    "show_network": [
        (lambda: bu.show_network(0, 1), ValueError, "num_inputs must be at least 1"),
        (lambda: bu.show_network(1, 1.5), TypeError, "num_outputs must be a whole number"),
    ],
    "show_images": [
        (lambda: bu.show_images(IMAGES[:, 0], 0, 2), ValueError, "num_rows must be at least 1"),
        (lambda: bu.show_images(IMAGES[:, 0], 1, 2.0), TypeError, "num_cols must be a whole number"),
        (lambda: bu.show_images(IMAGES[:, 0], 1, 3, ["a"]), ValueError, "3 images are shown, but only 1 titles"),
        (lambda: bu.show_images(IMAGES.unsqueeze(0), 2, 2), ValueError, r"not \(1, 4, 1, 28, 28\)"),
        (lambda: bu.show_images(IMAGES[0, 0], 1, 1), ValueError, r"not \(28, 28\): unsqueeze\(0\)"),
        (lambda: bu.show_images(IMAGES[:, 0], 2, 2, scale=0), ValueError, "scale must be above 0"),
        (lambda: bu.show_images([*IMAGES.expand(4, 3, 28, 28)], 2, 2), ValueError, r"permute\(1, 2, 0\)"),
        (lambda: bu.show_images(IMAGES.expand(4, 3, 28, 28), 2, 2), ValueError, r"permute\(1, 2, 0\)"),
        (lambda: bu.show_images([LABELS], 1, 1), ValueError, r"not \(4,\)"),
        (
            lambda: bu.show_images(IMAGES[:, 0], 1, 1, {"a": 1}.keys()),
            TypeError,
            "titles must be a list, not dict_keys",
        ),
    ],
    "pair_up": [(lambda: bu.pair_up([1, 2], [1, 2, 3]), ValueError, "2 x and 3 y")],
    "explore": [
        (lambda: bu.explore(nothing_drawn, a=(0, 1)), ValueError, r"the slider a must be .*not \(0, 1\)"),
        (lambda: bu.explore(nothing_drawn, a=(0, 1, 2)), ValueError, "the slider a must start between its smallest"),
        (lambda: bu.explore(nothing_drawn, a=(1, 1, 1)), ValueError, r"not \(1, 1, 1\)"),
        (lambda: bu.explore(nothing_drawn, a=(0, "1", 0)), TypeError, "a bound of the slider a must be a number"),
        (lambda: bu.explore(nothing_drawn, a=(0, 1, float("nan"))), ValueError, "finite, not nan"),
        (lambda: bu.explore(nothing_drawn, ncols=0, a=(0, 2, 1)), ValueError, "ncols must be at least 1, not 0"),
    ],
    "Animator": [
        (lambda: grown([1, 2], [1, 2, 3]), ValueError, "2 x and 3 y"),
        (lambda: grown(1, "much"), ValueError, "could not convert string to float"),
        (lambda: grown(1, 2, nrows=0), ValueError, "nrows must be at least 1"),
        (lambda: grown(1, 2, fmts=[]), ValueError, "fmts must be a list"),
        (lambda: grown(1, 2, legend="loss"), TypeError, r"such as \['loss'\]"),
        (lambda: grown(1, 2, figsize=3.5), ValueError, "figsize must be a pair"),
    ],
    "LiveFigure": [(lambda: bu.LiveFigure(ncols=1.5), TypeError, "ncols must be a whole number")],
}

# What looks wrong and is not: the call, and a check of its result.
UNUSUAL = {
    "a batch larger than the data": (lambda: [len(y) for _, y in bu.Batches(IMAGES, LABELS, 99)], [4]),
    "data_iter, a batch larger than the data": (lambda: [len(y) for _, y in bu.data_iter(99, COLUMN, COLUMN)], [4]),
    "one image on a grid of one": (lambda: len(bu.show_images(IMAGES[:1, 0], 1, 1)), 1),
    "more titles than images": (
        lambda: [axes.get_title() for axes in bu.show_images(IMAGES[:2, 0], 1, 2, ["a", "b", "c"])],
        ["a", "b"],
    ),
    "fewer images than cells": (
        lambda: [len(axes.get_images()) for axes in bu.show_images(IMAGES[:2, 0], 1, 3)],
        [1, 1, 0],
    ),
    "more images than the batch holds": (
        lambda: bu.predict_ch3(net(), batches(), n=99) or sum(bool(axes.get_title()) for axes in bu.plt.gcf().axes),
        2,
    ),
    "labels of a float type, counted": (lambda: bu.accuracy(torch.eye(3), torch.tensor([0.0, 1.0, 0.0])), 2.0),
    "labels out of range, counted": (lambda: bu.accuracy(torch.eye(3), torch.tensor([0, 1, 99])), 2.0),
    "whole labels of a float type": (lambda: bu.get_fashion_mnist_labels(torch.tensor([8.0])), ["bag"]),
    "an empty batch": (lambda: bu.cross_entropy(ROWS[:0], LABELS[:0]).tolist(), []),
    "no labels": (lambda: bu.get_fashion_mnist_labels([]), []),
    "one pass over a generator": (lambda: 0 <= bu.evaluate_accuracy(net(), once()) <= 1, True),
    "a learning rate of 0": (lambda: step_of_nothing(), [2.0]),
    "parameters from a generator": (lambda: step_of_nothing(iter), [2.0]),
    "a device that is not there": (lambda: str(bu.try_gpu(99)), "cpu"),
    "limits without room": (lambda: grown(1, 2, xlim=[1, 1]), None),
    "a slider that starts at an end": (lambda: bu.explore(nothing_drawn, a=(0, 1, 0), b=(0, 1, 1)), None),
    "axes: a legend longer than the lines": (lambda: bu.plot([1, 2], legend=["a", "b"]), None),
}

TAKES_NOTHING = {
    "plt",
    "check_computer",
    "get_dataloader_workers",
    "use_svg_display",
    "fashion_mnist_root",
    "dataset_in_use",
}


def step_of_nothing(wrap=list):
    param = torch.tensor([2.0], requires_grad=True)
    param.sum().backward()
    bu.sgd(wrap([param]), 0, 1)
    return param.tolist()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [pytest.param(*case, id=f"{name}-{i}") for name, cases in WRONG.items() for i, case in enumerate(cases)],
)
def test_bad_input_gets_a_clear_error(call, error, words):
    with pytest.raises(error, match=f"(?s){words}"):
        call()


@pytest.mark.parametrize(("call", "expected"), UNUSUAL.values(), ids=UNUSUAL)
def test_unusual_input_gives_what_a_reader_expects(call, expected):
    assert call() == expected


def test_no_public_helper_is_left_out():
    assert set(WRONG) | TAKES_NOTHING == set(bu.__all__)


@pytest.mark.parametrize("case", WRONG["plot"] + WRONG["Animator"][2:] + WRONG["show_images"] + WRONG["explore"])
def test_no_figure_is_made_for_input_that_is_refused(case):
    with pytest.raises(case[1]):
        case[0]()
    assert bu.plt.get_fignums() == []


def test_a_loss_that_is_refused_leaves_the_model_as_it_was():
    model = net()
    before = model[1].weight.clone()
    with pytest.raises(ValueError, match="reduction='none'"):
        bu.train_ch3(model, batches(), batches(), nn.CrossEntropyLoss(), 1, sgd(model))
    assert torch.equal(model[1].weight, before)
