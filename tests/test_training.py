"""Measuring and training: against PyTorch, on odd batches, and with what readers get wrong."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

import book_utils as bu


def batches(n=70, batch_size=32, classes=10, seed=0):
    generator = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 256, (n, 1, 28, 28), generator=generator, dtype=torch.uint8)
    return bu.Batches(images, torch.randint(0, classes, (n,), generator=generator), batch_size)


def linear_net():
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    nn.init.zeros_(net[1].weight)
    nn.init.zeros_(net[1].bias)
    return net


PER_EXAMPLE = nn.CrossEntropyLoss(reduction="none")


@pytest.mark.parametrize("shape", [(1, 2), (3, 10), (256, 10)])
@pytest.mark.parametrize("scale", [1, 30])
def test_softmax_and_cross_entropy_agree_with_torch(shape, scale):
    scores = scale * torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    y = torch.arange(shape[0]) % shape[1]
    assert torch.allclose(bu.softmax(scores), torch.softmax(scores, 1))
    assert torch.allclose(bu.cross_entropy(bu.softmax(scores), y), F.cross_entropy(scores, y, reduction="none"))


def test_softmax_is_the_textbook_formula_that_overflows():
    """Chapter 08 begins with this failure: a guarded softmax here would take its lesson away."""
    assert bu.softmax(torch.tensor([[1000.0, 0.0, 10.0]])).isnan().tolist() == [[True, False, False]]


def test_sgd_steps_like_torch():
    w = torch.tensor([1.0, -2.0], requires_grad=True)
    v = w.detach().clone().requires_grad_()
    optimiser = torch.optim.SGD([v], lr=0.3)
    for _ in range(3):
        (w**2).sum().backward()
        bu.sgd([w], 0.3, 2)
        optimiser.zero_grad()
        ((v**2).sum() / 2).backward()
        optimiser.step()
    assert torch.allclose(w, v) and w.grad.eq(0).all()


def test_the_last_batch_counts_as_what_it_is():
    """Seventy examples in batches of 32: a mean over batch means would weigh the last six like 32."""
    data, net = batches(), linear_net()
    with torch.no_grad():
        net[1].bias += torch.arange(10.0)
    right = sum((net(X).argmax(1) == y).sum().item() for X, y in data)
    assert bu.evaluate_accuracy(net, data) == right / 70
    loss, _ = bu.train_epoch_ch3(net, data, PER_EXAMPLE, lambda batch_size: None)
    everything = torch.cat([PER_EXAMPLE(net(X), y) for X, y in data])
    assert loss == pytest.approx(everything.mean().item(), rel=1e-6)


def test_a_function_and_a_module_a_function_and_an_optimiser_train_alike():
    results = []
    for model in ("function", "module"):
        for step in ("function", "optimiser"):
            net = linear_net()
            params = list(net.parameters())
            updater = torch.optim.SGD(params, lr=0.1) if step == "optimiser" else lambda n, p=params: bu.sgd(p, 0.1, n)
            callable_net = net if model == "module" else lambda X, net=net: net(X)
            metrics = bu.train_epoch_ch3(callable_net, batches(), PER_EXAMPLE, updater)
            results.append((*metrics, net[1].weight.detach().sum().item()))
    for other in results[1:]:
        assert other == pytest.approx(results[0], rel=1e-4, abs=1e-5)


def test_modules_are_switched_between_their_modes():
    net = linear_net().eval()
    bu.train_epoch_ch3(net, batches(), PER_EXAMPLE, torch.optim.SGD(net.parameters(), lr=0.1))
    assert net.training
    bu.evaluate_accuracy(net, batches())
    assert not net.training


def test_a_timer_measures_from_the_last_start(monkeypatch):
    ticks = iter([10.0, 13.0, 20.0, 25.0, 26.0])
    monkeypatch.setattr("book_utils.metrics.time", SimpleNamespace(perf_counter=lambda: next(ticks)))
    timer = bu.Timer()
    assert timer.stop() == 3
    timer.start()
    assert timer.stop() == 5 and timer.stop() == 6  # stopping does not start it again
    assert (timer.times, timer.sum(), timer.avg(), timer.cumsum()) == ([3, 5, 6], 14, 14 / 3, [3, 8, 14])


def test_classes_beyond_a_byte_are_told_apart():
    y = torch.tensor([1, 200, 257])
    assert bu.accuracy(torch.tensor([1, 200, 1]), y) == 2
    assert bu.accuracy(nn.functional.one_hot(y).float(), y) == 3


def test_evaluate_loss_counts_numbers_not_rows():
    outputs, y = torch.tensor([[1.0, 2.0], [3.0, 5.0]]), torch.zeros(2, 2)
    data = [(outputs, y), (outputs[:1], y[:1])]
    assert bu.evaluate_loss(lambda X: X, data, bu.squared_loss) == pytest.approx((1 + 4 + 9 + 25 + 1 + 4) / 2 / 6)


def test_what_an_epoch_adds_up_holds_on_to_no_graph(monkeypatch):
    """With its graph, a loss that becomes a number makes torch print a warning into the notebook, once."""
    added = []

    class Watched(bu.Accumulator):
        def add(self, *args):
            added.extend(torch.is_tensor(value) and value.requires_grad for value in args)
            super().add(*args)

    monkeypatch.setattr("book_utils.training.Accumulator", Watched)
    net = linear_net()
    bu.train_epoch_ch3(net, batches(), PER_EXAMPLE, torch.optim.SGD(net.parameters(), lr=0.1))
    assert added == [False] * 9  # three numbers in each of three batches


def test_training_is_drawn_over_its_epochs_and_in_the_books_range():
    net = linear_net()
    bu.train_ch3(net, batches(), batches(), PER_EXAMPLE, 4, torch.optim.SGD(net.parameters(), lr=1e-9))
    ax = bu.plt.gcf().axes[0]
    assert (ax.get_xlim(), ax.get_ylim()) == ((1, 4), (0.3, 0.9))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss or accuracy")
    assert [list(line.get_xdata()) for line in ax.get_lines()] == [[1, 2, 3, 4]] * 3


def test_measuring_records_no_graph_and_leaves_the_readers_mode():
    """Without no_grad each output would hold on to a graph."""
    net, graphs = linear_net(), []

    def watched(X):
        y_hat = net(X)
        graphs.append(y_hat.requires_grad)
        return y_hat

    data = [(torch.ones(4, 1, 28, 28), torch.zeros(4, dtype=torch.int64))] * 2
    bu.evaluate_accuracy(watched, data)
    bu.evaluate_loss(watched, data, PER_EXAMPLE)
    assert graphs == [False] * 4 and torch.is_grad_enabled()
    bu.train_epoch_ch3(watched, data, PER_EXAMPLE, torch.optim.SGD(net.parameters(), lr=0.1))
    assert graphs[4:] == [True] * 2


@pytest.mark.parametrize(("devices", "found"), [(0, ["cpu"] * 3), (1, ["cuda:0", "cpu", "cpu"]),
                                                (2, ["cuda:0", "cuda:1", "cpu"])])  # fmt: skip
def test_try_gpu_returns_the_device_of_that_number_if_there_is_one(monkeypatch, devices, found):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: devices)
    assert [str(bu.try_gpu(i)) for i in range(3)] == found
    assert str(bu.try_gpu()) == found[0]


@pytest.mark.parametrize(
    "loss",
    [nn.CrossEntropyLoss(), nn.CrossEntropyLoss(reduction="sum"), F.cross_entropy, lambda y_hat, y: y_hat.mean()],
)
def test_an_averaged_loss_is_refused_before_anything_changes(loss):
    net = linear_net()
    with pytest.raises(ValueError, match="one loss per example is expected.*reduction='none'"):
        bu.train_ch3(net, batches(), batches(), loss, 1, torch.optim.SGD(net.parameters(), lr=0.1))
    assert net[1].weight.eq(0).all()


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_training_stops_with_a_sentence_when_the_loss_is_not_finite(bad, capsys):
    net, calls = linear_net(), []

    def loss(y_hat, y):
        calls.append(len(y))
        return PER_EXAMPLE(y_hat, y) + (bad if len(calls) > 3 else 0)  # three batches make an epoch

    bu.train_ch3(net, batches(), batches(), loss, 5, torch.optim.SGD(net.parameters(), lr=0.1))
    said = capsys.readouterr().out
    assert f"stopped in epoch 2: the loss is {bad}" in said and "smaller learning rate" in said
    assert len(calls) == 6
    line = bu.plt.gcf().axes[0].get_lines()[0]
    assert len(line.get_xdata()) == 1  # what was good stays in the plot


def test_training_to_targets_that_are_missed_raises_nothing():
    """The course's version ends in a bare assertion here."""
    net = linear_net()
    bu.train_ch3(net, batches(), batches(), PER_EXAMPLE, 1, torch.optim.SGD(net.parameters(), lr=1e-9))


def test_predict_shows_at_most_the_first_batch_of_any_size():
    X = torch.zeros(3, 1, 64, 64, dtype=torch.uint8)
    bu.predict_ch3(lambda X: torch.eye(10)[: len(X)], bu.Batches(X, torch.arange(3), 8), n=6)
    names = ["t-shirt", "trouser", "pullover"]
    assert [ax.get_title() for ax in bu.plt.gcf().axes] == [f"true: {name}\npred: {name}" for name in names]


def test_wrong_predictions_are_red_and_three_stand_in_a_row():
    X, y = torch.zeros(4, 1, 28, 28), torch.tensor([1, 0, 1, 0])
    bu.predict_ch3(lambda X: torch.eye(10)[torch.ones(len(X), dtype=torch.int64)], [(X, y)])
    axes = bu.plt.gcf().axes
    assert [ax.title.get_color() for ax in axes[:4]] == ["black", "firebrick", "black", "firebrick"]
    assert axes[0].get_subplotspec().get_gridspec().get_geometry() == (2, 3)
