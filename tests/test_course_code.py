"""Code written for the course runs after ``import book_utils as d2l``, and reaches the course's numbers.

The cells below are ours, but call every helper the way the course does: by position, without a device, with its own
updater class or closure, reading what its helpers return.
"""

import pytest
import torch
from matplotlib import pyplot as plt

import book_utils

LINEAR = """
import torch
from torch import nn
import book_utils as d2l

x = torch.arange(-7, 7, 0.01)
d2l.plot(x, [x ** 2, x.abs()], xlabel='x', ylabel='f(x)', figsize=(4.5, 2.5), legend=['square', 'absolute'])
d2l.set_figsize()
d2l.plt.scatter([1, 2], [3, 4], 1)

torch.manual_seed(0)
true_w = torch.tensor([2, -3.4])
true_b = 4.2
features, labels = d2l.synthetic_data(true_w, true_b, 1000)
assert features.shape == (1000, 2) and labels.shape == (1000, 1)

w = torch.normal(0, 0.01, size=(2, 1), requires_grad=True)
b = torch.zeros(1, requires_grad=True)
lr, num_epochs, batch_size = 0.03, 3, 10
net, loss = d2l.linreg, d2l.squared_loss
losses['scratch'] = []
for epoch in range(num_epochs):
    for X, y in d2l.data_iter(batch_size, features, labels):
        l = loss(net(X, w, b), y)
        l.sum().backward()
        d2l.sgd([w, b], lr, batch_size)
    with torch.no_grad():
        losses['scratch'].append(float(loss(net(features, w, b), labels).mean()))
errors = [true_w - w.reshape(true_w.shape), true_b - b]

data_iter = d2l.load_array((features, labels), batch_size)
net = nn.Sequential(nn.Linear(2, 1))
net[0].weight.data.normal_(0, 0.01)
net[0].bias.data.fill_(0)
loss = nn.MSELoss()
trainer = torch.optim.SGD(net.parameters(), lr=0.03)
losses['concise'] = []
for epoch in range(num_epochs):
    for X, y in data_iter:
        l = loss(net(X), y)
        trainer.zero_grad()
        l.backward()
        trainer.step()
    losses['concise'].append(float(loss(net(features), labels).detach()))
errors += [true_w - net[0].weight.data.reshape(true_w.shape), true_b - net[0].bias.data]

test_iter = d2l.load_array((features, labels), 64, is_train=False)
evaluated = [d2l.evaluate_loss(lambda X: d2l.linreg(X, w, b), data_iter, d2l.squared_loss),
             d2l.evaluate_loss(net, test_iter, nn.MSELoss(reduction='none'))]
"""

DATA = """
import torch
from torch import nn
import book_utils as d2l

d2l.use_svg_display()
timer = d2l.Timer()
batch_size = 256
train_iter, test_iter = d2l.load_data_fashion_mnist(batch_size)
for X, y in train_iter:
    continue
assert len(f'{timer.stop():.2f} sec') > 4 and timer.sum() == timer.times[0] and d2l.get_dataloader_workers() <= 4
"""

PICTURES = """
X, y = next(iter(test_iter))
axes = d2l.show_images(X[:18].reshape(18, 28, 28), 2, 9, titles=d2l.get_fashion_mnist_labels(y[:18]))
assert len(axes) == 18 and axes[0].get_title() == d2l.get_fashion_mnist_labels(y)[0]
for X, y in d2l.load_data_fashion_mnist(32, resize=64)[0]:
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((32, 1, 64, 64), torch.float32, (32,), torch.int64)
    break
fig, ax = d2l.plt.subplots()
ax.plot([1, 2], [3, 4])
d2l.set_axes(ax, 'x', 'y', [1, 2], [3, 4], 'linear', 'linear', ['line'])
"""

SCRATCH = """
torch.manual_seed(2)
W = torch.normal(0, 0.01, size=(784, 10), requires_grad=True)
b = torch.zeros(10, requires_grad=True)

def net(X):
    return d2l.softmax(torch.matmul(X.reshape((-1, W.shape[0])), W) + b)

X, y = next(iter(test_iter))
assert d2l.accuracy(net(X), y) <= len(y) and 0 <= d2l.evaluate_accuracy(net, test_iter) < 0.5
lr = 0.1

def updater(batch_size):
    return d2l.sgd([W, b], lr, batch_size)

num_epochs = 10
d2l.train_ch3(net, train_iter, test_iter, d2l.cross_entropy, num_epochs, updater)
curves['scratch'] = [line.get_ydata() for line in d2l.plt.gcf().axes[0].get_lines()]
d2l.predict_ch3(net, test_iter)
d2l.predict_ch3(net, test_iter, 9)
"""

CONCISE = """
torch.manual_seed(0)
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))

def init_weights(m):
    if type(m) == nn.Linear:
        nn.init.normal_(m.weight, std=0.01)

net.apply(init_weights)
net = net.to(d2l.try_gpu())
loss = nn.CrossEntropyLoss(reduction='none')
trainer = torch.optim.SGD(net.parameters(), lr=0.1)
train_iter, test_iter = d2l.load_data_fashion_mnist(batch_size=256, device=d2l.try_gpu())
d2l.train_ch3(net, train_iter, test_iter, loss, num_epochs, trainer)
curves['concise'] = [line.get_ydata() for line in d2l.plt.gcf().axes[0].get_lines()]
d2l.predict_ch3(net, test_iter)
"""

BY_HAND = """
d2l.set_figsize((4, 3))
animator = d2l.Animator(xlabel='epoch', ylabel='loss', yscale='log', xlim=[1, 20], ylim=[1e-2, 1], legend=['a', 'b'])
metric = d2l.Accumulator(2)
for epoch in range(20):
    metric.add(1 / (epoch + 1), 1)
    if epoch == 0 or (epoch + 1) % 5 == 0:
        animator.add(epoch + 1, (metric[0] / metric[1], 0.5))
metric.reset()
animator.fig, animator.axes[0], animator.X, animator.Y
"""


# Measured for the recipe of the course (batch 256, lr 0.1), mean over 12 seeds, by epoch: training loss, training
# accuracy and test accuracy.
TABLE = [
    (0.786, 0.749, 0.783), (0.571, 0.813, 0.802), (0.525, 0.826, 0.814), (0.501, 0.832, 0.818), (0.486, 0.837, 0.821),
    (0.474, 0.840, 0.824), (0.465, 0.843, 0.826), (0.458, 0.845, 0.828), (0.452, 0.847, 0.831), (0.448, 0.848, 0.829),
]  # fmt: skip


@pytest.fixture(scope="module")
def curves():
    """Run the cells in order, as a notebook would, and return the three curves of both trainings."""
    namespace = {"curves": {}}
    for cell in (DATA, PICTURES, SCRATCH, CONCISE, BY_HAND):
        exec(cell, namespace)
        plt.close("all")
    return namespace["curves"]


def test_linear_regression_reaches_the_course_numbers():
    namespace = {"losses": {}}
    exec(LINEAR, namespace)
    plt.close("all")
    scratch, concise = namespace["losses"]["scratch"], namespace["losses"]["concise"]
    assert 0.015 < scratch[0] < 0.075 and 0.00006 < scratch[1] < 0.0005 and 0.000043 < scratch[2] < 0.000060
    assert concise[0] <= 0.0006 and all(0.000085 < loss < 0.000115 for loss in concise[1:])
    assert all(error.abs().max() < 0.003 for error in namespace["errors"])
    assert namespace["evaluated"] == pytest.approx([scratch[2], concise[2]], rel=1e-4)


@pytest.mark.parametrize("version", ["scratch", "concise"])
def test_the_course_trains_to_the_course_numbers(curves, version):
    loss, train_acc, test_acc = curves[version]
    assert len(loss) == 10
    if book_utils.dataset_in_use() == "standin":  # easier, and no table to compare with
        assert loss[-1] < 0.5 and train_acc[-1] > 0.7 and test_acc[-1] > 0.7
        return
    assert 0.440 < loss[-1] < 0.455 and 0.843 < train_acc[-1] < 0.853 and 0.805 < test_acc[-1] < 0.845
    for epoch, (expected_loss, expected_train, expected_test) in enumerate(TABLE):
        assert loss[epoch] == pytest.approx(expected_loss, abs=0.008 if epoch == 0 else 0.004)
        assert train_acc[epoch] == pytest.approx(expected_train, abs=0.005)
        assert test_acc[epoch] == pytest.approx(expected_test, abs=0.025)


def test_the_same_seed_gives_the_same_batches_and_weights():
    train_iter, _ = book_utils.load_data_fashion_mnist(256)
    torch.manual_seed(3)
    first = [y for _, y in train_iter]
    torch.manual_seed(3)
    again = [y for _, y in train_iter]
    another = [y for _, y in train_iter]
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(first, another, strict=True))
