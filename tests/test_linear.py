"""Linear regression's helpers: against PyTorch, on odd sizes, and with what readers get wrong."""

import matplotlib
import pytest
import torch
from matplotlib import pyplot as plt
from torch import nn

import book_utils as bu
from book_utils.plotting.style import COLORS

W = torch.tensor([2.0, -3.4])


def test_synthetic_data_are_the_line_plus_little_noise():
    torch.manual_seed(0)
    X, y = bu.synthetic_data(W, 4.2, 5000)
    noise = y.flatten() - X @ W - 4.2
    assert (X.shape, y.shape) == ((5000, 2), (5000, 1))
    assert abs(noise.mean()) < 0.001 and noise.std() == pytest.approx(0.01, rel=0.05)
    assert X.mean(0).abs().max() < 0.05 and (X.std(0) - 1).abs().max() < 0.05


@pytest.mark.parametrize(("n", "sizes"), [(10, [3, 3, 3, 1]), (9, [3, 3, 3]), (2, [2]), (1, [1])])
def test_data_iter_serves_every_example_once_with_its_own_label(n, sizes):
    features = torch.arange(n * 2.0).reshape(n, 2)
    labels = features.sum(1, keepdim=True)
    batches = list(bu.data_iter(3, features, labels))
    assert [len(X) for X, _ in batches] == sizes
    assert all(torch.equal(X.sum(1, keepdim=True), y) for X, y in batches)
    assert sorted(torch.cat([X for X, _ in batches])[:, 0].tolist()) == features[:, 0].tolist()


def test_data_iter_draws_a_new_order_each_time_and_the_same_from_the_same_seed():
    features = torch.arange(50.0)
    orders = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        orders += [torch.cat([X for X, _ in bu.data_iter(7, features, features)]) for _ in range(2)]
    assert torch.equal(orders[0], orders[2]) and torch.equal(orders[1], orders[3])
    assert not torch.equal(orders[0], orders[1]) and not torch.equal(orders[0], orders[4])


@pytest.mark.parametrize("shape", [(5, 1), (5,), (1, 5)])
def test_squared_loss_is_half_of_torchs_whatever_the_shape_of_the_labels(shape):
    y_hat, y = torch.randn(5, 1), torch.randn(5)
    l = bu.squared_loss(y_hat, y.reshape(shape))
    assert l.shape == (5, 1)
    assert torch.allclose(2 * l.mean(), nn.MSELoss()(y_hat.flatten(), y))


def test_linreg_is_torchs_linear_layer():
    layer = nn.Linear(3, 1)
    X = torch.randn(4, 3)
    assert torch.allclose(bu.linreg(X, layer.weight.T, layer.bias), layer(X))


def test_evaluate_loss_weighs_examples_not_batches_and_takes_classes():
    torch.manual_seed(0)
    X, y = torch.randn(70, 784), torch.randint(0, 10, (70,))
    net, loss = nn.Sequential(nn.Linear(784, 10), nn.Dropout()), nn.CrossEntropyLoss(reduction="none")
    expected = nn.CrossEntropyLoss()(net[0](X), y).item()  # nothing is dropped
    assert bu.evaluate_loss(net, bu.load_array((X, y), 32, False), loss) == pytest.approx(expected, rel=1e-5)
    assert net.training and all(param.grad is None for param in net.parameters())


def test_plot_takes_tensors_with_gradients_and_more_curves_than_formats():
    x = torch.linspace(0, 1, 5, requires_grad=True)
    bu.plot(x, [x * k for k in range(6)], legend=list("abcdef"))
    lines = plt.gca().get_lines()
    assert len(lines) == 6 and [t.get_text() for t in plt.gca().get_legend().texts] == list("abcdef")
    assert lines[5].get_ydata()[-1] == 5


def test_plot_draws_where_it_is_told_and_clears_what_was_there():
    _, (left, right) = plt.subplots(1, 2)  # the right one is current
    left.plot([0, 1], [5, 6])
    bu.plot([1, 2], [3, 4], axes=left)
    assert not right.get_lines() and [line.get_ydata().tolist() for line in left.get_lines()] == [[3, 4]]


def test_a_legend_names_the_first_curves():
    bu.plot([1, 2], [[1, 2], [3, 4], [5, 6]], legend=["a", "b"])
    lines, legend = plt.gca().get_lines(), plt.gca().get_legend()
    assert [line.get_color() for line in legend.get_lines()] == [line.get_color() for line in lines[:2]]


def test_a_network_has_a_line_for_each_weight_and_a_circle_for_each_node():
    bu.show_network(4, 3)
    ax = plt.gca()
    assert len(ax.get_lines()) == 12
    assert [text.get_text() for text in ax.texts] == ["$x_1$", "$x_2$", "$x_3$", "$x_4$", "$o_1$", "$o_2$", "$o_3$"]
    circles = [(*c.get_offsets()[0], matplotlib.colors.to_hex(c.get_facecolor()[0]).upper()) for c in ax.collections]
    inputs, outputs = [(x, 0, "#FFFFFF") for x in range(4)], [(x + 0.5, 1, COLORS["c"]) for x in range(3)]
    assert circles == inputs + outputs  # the shorter row is centred over the longer one
