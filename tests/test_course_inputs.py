"""What the course's package accepts, ours accepts with the same result; what ours refuses, the course gets wrong.

Each row runs through d2l 0.17.6 and through book_utils from the same seed. Plots have rows of their own in
``test_plotting.py``.
"""

import warnings
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils import data

import book_utils

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore::UserWarning:d2l")]

X = torch.linspace(-2, 2, 40).reshape(-1, 1)
Y = 2 * X + 1
SCORES = torch.randn(40, 3, generator=torch.Generator().manual_seed(0))
CLASSES = torch.arange(40) % 3
MAPS, MAP_LABELS = SCORES.reshape(5, 2, 4, 3), torch.arange(60).reshape(5, 4, 3) % 2
EACH = {"reduction": "none"}


@pytest.fixture(scope="module")
def d2l():
    from d2l import torch as d2l

    return d2l


def trained(library, net, batches, loss, updater="optimiser", epochs=2):
    """Return what epochs report, and the parameters afterwards."""
    step = torch.optim.SGD(net.parameters(), lr=0.1)
    if updater == "function":
        step = lambda batch_size: library.sgd(net.parameters(), 0.1, batch_size)  # noqa: E731
    return [library.train_epoch_ch3(net, batches(), loss, step) for _ in range(epochs)], [*net.parameters()]


def in_batches(*arrays, size=16):
    return list(zip(*(array.split(size) for array in arrays)))


def regression(library, **options):
    """Train one output on column labels, as the course's page on under- and overfitting does."""
    batches = lambda: library.load_array((X, Y), 10, is_train=False)  # noqa: E731
    return trained(library, nn.Linear(1, 1), batches, nn.MSELoss(**EACH), **options)


def classified(library, X=SCORES, y=CLASSES, loss=None, wrap=list, updater="optimiser", net=None):
    net = nn.Linear(3, 3, dtype=X.dtype) if net is None else net()
    return trained(library, net, lambda: wrap(in_batches(X, y)), loss or nn.CrossEntropyLoss(**EACH), updater)


def of_whole_labels(scores, labels):
    return nn.functional.cross_entropy(scores, labels.long(), **EACH)


def squared(y_hat, y):
    """Return the losses without axes of length 1: of a batch of one, a number."""
    return (y_hat.squeeze() - y.squeeze()) ** 2


def of_each_pixel(y_hat, y):
    return nn.functional.cross_entropy(y_hat, y, **EACH).flatten()


def mode_after(library, net):
    """Return the modes in which measuring the loss leaves the parts of a network."""
    library.evaluate_loss(net, in_batches(X, Y), library.squared_loss)
    return [part.training for part in net.modules()]


def half_frozen():
    net = nn.Sequential(nn.Dropout(), nn.Linear(1, 1))
    net[1].eval()
    return net


def under_autocast(library):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return classified(library)


def in_double(library):
    torch.set_default_dtype(torch.float64)
    try:
        w = torch.tensor([2, -3.4])
        features, labels = library.synthetic_data(w, 4.2, 20)
        net = nn.Linear(2, 1)
        batches = lambda: library.load_array((features, labels), 5)  # noqa: E731
        return features, labels, trained(library, net, batches, nn.MSELoss(**EACH))
    finally:
        torch.set_default_dtype(torch.float32)


class WithoutLength(data.IterableDataset):
    """A stream: a DataLoader over it cannot say how long it is."""

    def __iter__(self):
        yield from zip(SCORES, CLASSES)


class OfUnknownLength:
    """Batches that say in an error of their own that they cannot be counted."""

    def __init__(self, error):
        self.error = error

    def __iter__(self):
        return iter(in_batches(SCORES, CLASSES))

    def __len__(self):
        raise self.error


class ByIndex:
    """What the old protocol of iteration knows: no __iter__, no __len__."""

    def __getitem__(self, i):
        return in_batches(SCORES, CLASSES)[i]


def stepped(library, lr=0.1, batch_size=10, wrap=list):
    """Return parameters and their gradients after one step."""
    params = [torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0], requires_grad=True)]
    (params[0].prod() + params[1] ** 2).sum().backward()
    library.sgd(wrap(params), lr, batch_size)
    return params, [param.grad for param in params]


def measured(library, *rounds):
    metric = library.Accumulator(len(rounds[0]))
    for values in rounds:
        metric.add(*values)
    return metric.data, metric[0]


def loss_of(library, loss, X=X, y=Y, net=None):
    return library.evaluate_loss(net or nn.Linear(1, 1), in_batches(X, y, size=10), loss)


def first_two(batches):
    return [batch for batch, _ in zip(batches, range(2))]


ACCEPTED = {
    # training
    "one output, column labels": regression,
    "one output, column labels, a function steps": lambda L: regression(L, updater="function"),
    "one output, row labels, flattened": lambda L: trained(
        L, nn.Sequential(nn.Linear(1, 1), nn.Flatten(0)), lambda: in_batches(X, Y[:, 0]), nn.MSELoss(**EACH)
    ),
    "logits of one output": lambda L: trained(
        L, nn.Linear(1, 1), lambda: in_batches(X, (X > 0).float()), nn.BCEWithLogitsLoss(**EACH)
    ),
    "a course's loss on columns": lambda L: trained(L, nn.Linear(1, 1), lambda: in_batches(X, Y), L.squared_loss),
    "classes": classified,
    "classes, a function steps": lambda L: classified(L, updater="function"),
    "int32 labels": lambda L: classified(L, y=CLASSES.int(), loss=of_whole_labels),
    "float labels": lambda L: classified(L, y=CLASSES.float(), loss=of_whole_labels),
    "double": lambda L: classified(L, X=SCORES.double()),
    "bfloat16": lambda L: classified(L, X=SCORES.bfloat16()),
    "autocast": under_autocast,
    "the default dtype is double": in_double,
    "maps of classes": lambda L: trained(
        L, nn.Conv2d(2, 2, 1), lambda: in_batches(MAPS, MAP_LABELS, size=2), nn.CrossEntropyLoss(**EACH)
    ),
    "maps of classes, a function steps": lambda L: trained(
        L, nn.Conv2d(2, 2, 1), lambda: in_batches(MAPS, MAP_LABELS, size=2), nn.CrossEntropyLoss(**EACH), "function"
    ),
    "a loss for each pixel in a row, a function steps": lambda L: trained(
        L, nn.Conv2d(2, 2, 1), lambda: in_batches(MAPS, MAP_LABELS, size=2), of_each_pixel, "function"
    ),
    "a last batch of one whose loss is a number": lambda L: trained(
        L, nn.Linear(1, 1), lambda: in_batches(X, Y, size=13), squared
    ),
    "a last batch of one, a function steps": lambda L: trained(
        L, nn.Linear(1, 1), lambda: in_batches(X, Y, size=13), squared, "function"
    ),
    "batches of one and their mean": lambda L: trained(
        L, nn.Linear(1, 1), lambda: in_batches(X, Y, size=1), nn.MSELoss(), "function"
    ),
    "a plain function as the model": lambda L: [
        L.evaluate_accuracy(lambda X: X @ torch.eye(3), in_batches(SCORES, CLASSES))
    ],
    # iterables
    "a tuple of batches": lambda L: classified(L, wrap=tuple),
    "an iterator": lambda L: classified(L, wrap=iter),
    "a generator": lambda L: classified(L, wrap=lambda batches: (batch for batch in batches)),
    "the values of a dictionary": lambda L: classified(L, wrap=lambda batches: dict(enumerate(batches)).values()),
    "batches as lists": lambda L: classified(L, wrap=lambda batches: [list(batch) for batch in batches]),
    "a loader without a length": lambda L: classified(L, wrap=lambda _: data.DataLoader(WithoutLength(), 16)),
    "no length, said in another way": lambda L: [
        classified(L, wrap=lambda _, error=error: OfUnknownLength(error))
        for error in (NotImplementedError(), AttributeError(), OverflowError(), ValueError())
    ],
    "the old protocol of iteration": lambda L: classified(L, wrap=lambda _: ByIndex()),
    # accuracy
    "accuracy: scores": lambda L: L.accuracy(SCORES, CLASSES),
    "accuracy: classes": lambda L: L.accuracy(CLASSES, CLASSES.flip(0)),
    "accuracy: a column and a column": lambda L: L.accuracy(CLASSES[:, None], CLASSES.flip(0)[:, None]),
    "accuracy: maps": lambda L: L.accuracy(MAPS, MAP_LABELS),
    "accuracy: float predictions of classes": lambda L: L.accuracy(CLASSES.float(), CLASSES),
    "accuracy: float labels": lambda L: L.accuracy(SCORES, CLASSES.float()),
    "accuracy: uint8 labels": lambda L: L.accuracy(SCORES, CLASSES.to(torch.uint8)),
    "accuracy: bool": lambda L: L.accuracy(CLASSES > 0, CLASSES.flip(0) > 0),
    "accuracy: bfloat16 scores": lambda L: L.accuracy(SCORES.bfloat16(), CLASSES),
    "accuracy: with a history": lambda L: L.accuracy(SCORES.clone().requires_grad_(), CLASSES),
    "accuracy: one label for all": lambda L: L.accuracy(SCORES, torch.tensor(1)),
    "accuracy: no example": lambda L: L.accuracy(SCORES[:0], CLASSES[:0]),
    # sums and losses
    "Accumulator: ints, floats, tensors": lambda L: measured(L, (1, 2.5), (torch.tensor(3), torch.tensor([0.25]))),
    "Accumulator: numpy": lambda L: measured(L, (np.float32(0.1), np.int64(3)), (np.array(2.0), True)),
    "Accumulator: a loss with its history": lambda L: measured(L, (Y.clone().requires_grad_().sum(),)),
    "evaluate_loss: columns": lambda L: loss_of(L, nn.MSELoss(**EACH)),
    "evaluate_loss: the course's loss": lambda L: loss_of(L, L.squared_loss),
    "evaluate_loss: row labels": lambda L: loss_of(L, nn.MSELoss(**EACH), y=Y[:, 0]),
    "evaluate_loss: averaged over the batch": lambda L: loss_of(L, nn.MSELoss()),
    "evaluate_loss: the mode stays": lambda L: [mode_after(L, net) for net in (half_frozen(), half_frozen().eval())],
    "evaluate_loss: some examples are left out": lambda L: loss_of(L, lambda y_hat, y: (y_hat - y)[y > 0] ** 2),
    "evaluate_loss: two outputs": lambda L: loss_of(L, nn.MSELoss(**EACH), y=Y.repeat(1, 2), net=nn.Linear(1, 2)),
    "squared_loss: a column and a row": lambda L: L.squared_loss(X, Y[:, 0]),
    "squared_loss: labels in an array": lambda L: L.squared_loss(X, Y.numpy()),
    "squared_loss: arrays": lambda L: L.squared_loss(X.numpy(), Y.numpy()),
    "squared_loss: int labels": lambda L: L.squared_loss(X, torch.arange(40)),
    "squared_loss: bfloat16": lambda L: L.squared_loss(X.bfloat16(), Y.bfloat16()),
    # the linear model and its step
    "linreg: a bias in a tensor": lambda L: L.linreg(X, torch.ones(1, 1), torch.zeros(1)),
    "linreg: a number as the bias": lambda L: L.linreg(X, torch.ones(1, 1), 0.5),
    "linreg: weights in a row": lambda L: L.linreg(SCORES, torch.ones(3), torch.zeros(1)),
    "linreg: a bias for each example": lambda L: L.linreg(X, torch.ones(1, 1), Y),
    "linreg: several outputs": lambda L: L.linreg(SCORES, torch.ones(3, 2), torch.zeros(2)),
    "linreg: one example": lambda L: L.linreg(SCORES[0], torch.ones(3, 1), torch.zeros(1)),
    "linreg: matrices in a stack": lambda L: L.linreg(MAPS, torch.ones(5, 2, 3, 6), 0),
    "linreg: double": lambda L: L.linreg(X.double(), torch.ones(1, 1).double(), torch.zeros(1)),
    "sgd": stepped,
    "sgd: the batch size is a float": lambda L: stepped(L, batch_size=2.0),
    "sgd: the batch size is numpy's": lambda L: stepped(L, batch_size=np.int64(2)),
    "sgd: the batch size is a tensor": lambda L: stepped(L, batch_size=torch.tensor(2)),
    "sgd: the rate is a tensor": lambda L: stepped(L, lr=torch.tensor(0.1)),
    "sgd: the rate is numpy's": lambda L: stepped(L, lr=np.float64(0.1)),
    "sgd: the rate is 1": lambda L: stepped(L, lr=1),
    "sgd: uphill": lambda L: stepped(L, lr=-0.1),
    "sgd: a generator": lambda L: stepped(L, wrap=iter),
    "sgd: a tuple": lambda L: stepped(L, wrap=tuple),
    "sgd: a set": lambda L: stepped(L, wrap=dict.fromkeys),
    "sgd: no parameters": lambda L: L.sgd([], 0.1, 10),
    # data
    "synthetic_data": lambda L: L.synthetic_data(torch.tensor([2, -3.4]), 4.2, 10),
    "synthetic_data: a column of weights": lambda L: L.synthetic_data(torch.ones(200, 1) * 0.01, 0.05, 20),
    "synthetic_data: the bias is a tensor": lambda L: L.synthetic_data(torch.ones(2), torch.tensor([1.0]), 10),
    "synthetic_data: numpy's count": lambda L: L.synthetic_data(torch.ones(2), 0, np.int64(10)),
    "load_array": lambda L: list(L.load_array((X, Y), 10)),
    "load_array: in order": lambda L: list(L.load_array((X, Y), 10, False)),
    "load_array: a list": lambda L: list(L.load_array([X, Y], 10)),
    "load_array: a generator": lambda L: list(L.load_array((array for array in (X, Y)), 10)),
    "load_array: a dictionary's values": lambda L: list(L.load_array({"X": X, "y": Y}.values(), 10)),
    "load_array: one tensor in a tuple": lambda L: list(L.load_array((X,), 10)),
    "load_array: three": lambda L: list(L.load_array((X, Y, CLASSES), 16)),
    "load_array: double": lambda L: list(L.load_array((X.double(), Y.double()), 10)),
    "labels: a tensor": lambda L: L.get_fashion_mnist_labels(CLASSES),
    "labels: a list": lambda L: L.get_fashion_mnist_labels([0, 9]),
    "labels: an array": lambda L: L.get_fashion_mnist_labels(np.array([0, 9])),
    "labels: a column": lambda L: L.get_fashion_mnist_labels(torch.tensor([[1], [2]])),
    "labels: floats": lambda L: L.get_fashion_mnist_labels([8.0, 1.0]),
    "labels: a generator": lambda L: L.get_fashion_mnist_labels(i for i in (3, 4)),
    "labels: a set": lambda L: L.get_fashion_mnist_labels({7}),
    "labels: digits": lambda L: L.get_fashion_mnist_labels(["3", "7"]),
    "labels: 0-d tensors": lambda L: L.get_fashion_mnist_labels([torch.tensor(1), torch.tensor(2)]),
    "try_gpu: numpy's number": lambda L: L.try_gpu(np.int64(7)),
}  # fmt: skip


def equal(ours, theirs):
    """Compare results of any nesting, types of numbers included; tensors bit for bit."""
    if isinstance(theirs, torch.Tensor):
        return ours.dtype == theirs.dtype and torch.equal(ours, theirs)
    if isinstance(theirs, np.ndarray):
        return ours.dtype == theirs.dtype and np.array_equal(ours, theirs)
    if isinstance(theirs, (list, tuple)):
        return len(ours) == len(theirs) and all(map(equal, ours, theirs))
    return ours == theirs or ours == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize("call", ACCEPTED.values(), ids=ACCEPTED)
def test_what_the_course_accepts_has_the_same_result(d2l, call):
    results = []
    for library in (book_utils, d2l):
        torch.manual_seed(0)
        results.append(call(library))
    assert equal(*results), results


# What ours refuses: the call, and either the error in which d2l ends, or what is wrong with its result.


def changed(call):
    """Return what a call did to the parameters and their gradients, though it was refused."""
    torch.manual_seed(0)
    net = nn.Linear(1, 1)
    before = [param.detach().clone() for param in net.parameters()]
    with pytest.raises((TypeError, ValueError)):
        call(book_utils, net)
    return [
        param for param, old in zip(net.parameters(), before) if param.grad is not None or not torch.equal(param, old)
    ]


def epoch(library, net, batches, loss):
    return library.train_epoch_ch3(net, batches, loss, torch.optim.SGD(net.parameters(), lr=0.1))


REFUSED = {
    "a column beside a row: every pair is compared": (
        lambda L, net: epoch(L, net, in_batches(X, Y[:, 0]), nn.MSELoss(**EACH)),
        lambda found: found[0] > 10,  # the sum over 16 * 16 pairs, divided by 16
    ),
    "a mean over the batch is divided once more": (
        lambda L, net: epoch(L, net, in_batches(X, Y), nn.MSELoss()),
        lambda found: found[0] < 1,
    ),
    "accuracy of a column beside a row": (
        lambda L, net: L.accuracy(CLASSES[:, None], CLASSES),
        lambda found: found > len(CLASSES),
    ),
    "accuracy of one prediction beside a row": (
        lambda L, net: L.accuracy(SCORES[:1], CLASSES),
        lambda found: found > 1,
    ),
    "a bias that makes a matrix of a column": (
        lambda L, net: L.linreg(X, torch.ones(1, 1), torch.zeros(40)),
        lambda found: found.shape == (40, 40),
    ),
    "-1 is the last class": (
        lambda L, net: L.get_fashion_mnist_labels(np.array([-1])),
        lambda found: found == ["ankle boot"],
    ),
    "half a class": (lambda L, net: L.get_fashion_mnist_labels([3.7]), lambda found: found == ["dress"]),
    "one number for two sums": (lambda L, net: measured(L, (1, 2), (1,)), lambda found: len(found[0]) == 1),
    "a tensor in place of tensors": (
        lambda L, net: list(L.load_array(torch.ones(3, 5), 5)),
        lambda found: len(found[0]) == 3,
    ),
    "several weights for each feature": (
        lambda L, net: L.synthetic_data(torch.ones(2, 3), 0, 10),
        lambda found: [len(each) for each in found] == [10, 30],
    ),
    "a batch size of 0 in the step": (
        lambda L, net: stepped(L, batch_size=0),
        lambda found: not torch.isfinite(found[0][0]).all(),
    ),
    "a batch size below 0 climbs": (
        lambda L, net: stepped(L, batch_size=-1),
        lambda found: found[0][1] > 3,
    ),
    "a rate that is no number": (
        lambda L, net: stepped(L, lr=float("nan")),
        lambda found: found[0][0].isnan().all(),
    ),
    "no batch": (lambda L, net: L.evaluate_accuracy(net, []), ZeroDivisionError),
    "an iterator in the model's place": (lambda L, net: L.evaluate_accuracy(in_batches(X, Y), net), TypeError),
    "a network in the iterator's place": (
        lambda L, net: L.evaluate_accuracy(data.DataLoader(data.TensorDataset(X, Y)), nn.Sequential(net, nn.ReLU())),
        TypeError,
    ),
    "no optimiser": (
        lambda L, net: L.train_epoch_ch3(net, in_batches(X, Y), nn.MSELoss(**EACH), 0.1),
        TypeError,
    ),
    "an optimiser that measures by itself": (
        lambda L, net: L.train_epoch_ch3(
            net, in_batches(X, Y), nn.MSELoss(**EACH), torch.optim.LBFGS(net.parameters())
        ),
        TypeError,
    ),
    "a step without a gradient": (lambda L, net: L.sgd(net.parameters(), 0.1, 10), TypeError),
    "whole weights": (lambda L, net: L.synthetic_data(torch.tensor([2, -3]), 4.2, 10), RuntimeError),
    "more labels than scores": (lambda L, net: L.accuracy(SCORES, CLASSES.repeat(2)), RuntimeError),
}  # fmt: skip


@pytest.mark.parametrize(("call", "wrong"), REFUSED.values(), ids=REFUSED)
@pytest.mark.filterwarnings("ignore")
def test_what_is_refused_the_course_gets_wrong(d2l, call, wrong):
    """And a refusal leaves parameters and gradients as they were."""
    if isinstance(wrong, type):
        with pytest.raises(wrong):
            call(d2l, nn.Linear(1, 1))
    else:
        torch.manual_seed(0)
        assert wrong(call(d2l, nn.Linear(1, 1)))
    assert changed(call) == []


def test_a_loss_with_its_history_is_added_without_a_warning():
    torch.set_warn_always(True)  # else once in a process
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            metric = book_utils.Accumulator(1)
            metric.add(Y.clone().requires_grad_().sum())
    finally:
        torch.set_warn_always(False)


def test_who_swaps_model_and_iterator_is_told_their_order():
    net, batches = nn.Sequential(nn.Flatten(), nn.Linear(1, 1)), in_batches(X, Y)
    with pytest.raises(
        TypeError, match=r"not Sequential: the model comes first, as in evaluate_accuracy\(net, data_iter\)"
    ):
        book_utils.evaluate_accuracy(batches, net)
    with pytest.raises(TypeError, match="net must be a model: .*, not list"):
        book_utils.train_epoch_ch3(batches, batches, book_utils.squared_loss, print)


def test_probabilities_may_lie_elsewhere_than_new_tensors_do():
    """The row numbers of cross_entropy are made where the probabilities are."""
    torch.set_default_device("meta")  # where nothing can be computed
    try:
        losses = book_utils.cross_entropy(SCORES.softmax(1), CLASSES)
    finally:
        torch.set_default_device(None)
    assert torch.allclose(losses, nn.functional.cross_entropy(SCORES, CLASSES, **EACH))


def test_a_frozen_parameter_from_an_iterator_is_named():
    net = nn.Linear(2, 3)
    net.bias.requires_grad_(False)
    net(torch.ones(1, 2)).sum().backward()
    with pytest.raises(ValueError, match=r"a parameter of shape \(3,\) has no gradient"):
        book_utils.sgd(net.parameters(), 0.1, 1)


@pytest.mark.parametrize(
    "per_example",
    [
        torch.vmap(lambda scores, label: book_utils.cross_entropy(scores.softmax(0)[None], label[None])[0]),
        torch.compile(lambda X, y: book_utils.cross_entropy(X.softmax(1), y), fullgraph=True, backend="eager"),
    ],
    ids=["vmap", "compile"],
)
def test_cross_entropy_can_be_transformed(per_example):
    """Where no number can be read, as per-example gradients have it, labels are not looked at."""
    assert torch.allclose(per_example(SCORES, CLASSES), nn.functional.cross_entropy(SCORES, CLASSES, **EACH))


@pytest.mark.parametrize("number", [np.int64(16), torch.tensor(16), 16], ids=str)
def test_a_batch_size_may_come_from_an_array(number):
    batches = book_utils.Batches(torch.zeros(40, 1, 2, 2, dtype=torch.uint8), CLASSES, number)
    assert [len(y) for _, y in batches] == [16, 16, 8] and type(batches.batch_size) is int


def test_an_iterator_is_not_used_up_by_looking():
    labels = iter([1, 2])
    assert isinstance(labels, Iterator) and book_utils.get_fashion_mnist_labels(labels) == ["trouser", "pullover"]
