"""The course's chapters on linear networks and on multilayer perceptrons, page by page: code for each runs here.

Written anew, but it calls what the pages call in the way they call it, with ``import book_utils as d2l`` and, where the
course's package is installed, with that one too: from the same seed both end with the same numbers.
"""

from functools import cache

import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from torch import nn

import book_utils

SMALL = """
import math, time
import numpy as np
import torch
from torch import nn
images = torch.randint(0, 256, (512, 1, 28, 28), dtype=torch.uint8, generator=torch.Generator().manual_seed(5))
kinds = torch.arange(512) % 10
clothes = book_utils.Batches(images, kinds, 64)  # in order: the two packages draw their orders differently
"""

PAGES = {
    "linear regression": """
n = 10000
a, b = torch.ones(n), torch.ones(n)
timer = d2l.Timer()
d = a + b
timer.stop(), timer.avg(), timer.sum(), timer.cumsum()
def bell(x, mean, spread):
    return 1 / math.sqrt(2 * math.pi * spread**2) * np.exp(-0.5 / spread**2 * (x - mean)**2)
x = np.arange(-7, 7, 0.01)
settings = [(0, 1), (0, 2), (3, 1)]
d2l.plot(x, [bell(x, mean, spread) for mean, spread in settings], xlabel='x', ylabel='p(x)', figsize=(4.5, 2.5),
         legend=[f'mean {mean}, std {spread}' for mean, spread in settings])
result = [line.get_ydata() for line in d2l.plt.gca().get_lines()]
""",
    "linear regression from scratch": """
true_w, true_b = torch.tensor([2, -3.4]), 4.2
features, labels = d2l.synthetic_data(true_w, true_b, 200)
d2l.set_figsize()
d2l.plt.scatter(features[:, 1].detach().numpy(), labels.detach().numpy(), 1);
w = torch.normal(0, 0.01, size=(2, 1), requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for epoch in range(3):
    for i in range(0, len(features), 10):
        X, y = features[i:i + 10], labels[i:i + 10]
        l = d2l.squared_loss(d2l.linreg(X, w, b), y)
        l.sum().backward()
        d2l.sgd([w, b], 0.03, 10)
result = w, b
""",
    "linear regression, concise": """
features, labels = d2l.synthetic_data(torch.tensor([2, -3.4]), 4.2, 200)
data_iter = d2l.load_array((features, labels), 10)
net = nn.Sequential(nn.Linear(2, 1))
net[0].weight.data.normal_(0, 0.01)
net[0].bias.data.fill_(0)
loss, trainer = nn.MSELoss(), torch.optim.SGD(net.parameters(), lr=0.03)
for epoch in range(3):
    for X, y in data_iter:
        l = loss(net(X), y)
        trainer.zero_grad()
        l.backward()
        trainer.step()
result = net[0].weight.data, net[0].bias.data, loss(net(features), labels).item()
""",
    "the image data set": """
d2l.use_svg_display()
X, y = next(iter(clothes))
axes = d2l.show_images(X.reshape(64, 28, 28), 2, 9, titles=d2l.get_fashion_mnist_labels(y))
d2l.get_dataloader_workers()
timer = d2l.Timer()
for X, y in clothes:
    continue
result = f'{timer.stop():.2f} sec'[-4:], [ax.get_title() for ax in axes]
""",
    "softmax regression from scratch": """
W = torch.normal(0, 0.01, size=(784, 10), requires_grad=True)
b = torch.zeros(10, requires_grad=True)
def softmax(X):
    X_exp = torch.exp(X)
    return X_exp / X_exp.sum(1, keepdim=True)
def net(X):
    return softmax(torch.matmul(X.reshape((-1, W.shape[0])), W) + b)
def cross_entropy(y_hat, y):
    return -torch.log(y_hat[range(len(y_hat)), y])
y = torch.tensor([0, 2])
y_hat = torch.tensor([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]])
before = cross_entropy(y_hat, y), d2l.accuracy(y_hat, y) / len(y), d2l.evaluate_accuracy(net, clothes)
def updater(batch_size):
    return d2l.sgd([W, b], 0.1, batch_size)
result = before, [d2l.train_epoch_ch3(net, clothes, cross_entropy, updater) for _ in range(2)], W, b
d2l.predict_ch3(net, clothes)
""",
    "softmax regression, concise": """
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
def init_weights(m):
    if type(m) == nn.Linear:
        nn.init.normal_(m.weight, std=0.01)
net.apply(init_weights);
trainer = torch.optim.SGD(net.parameters(), lr=0.1)
result = [d2l.train_epoch_ch3(net, clothes, nn.CrossEntropyLoss(reduction='none'), trainer) for _ in range(2)]
""",
    "activation functions": """
x = torch.arange(-8.0, 8.0, 0.1, requires_grad=True)
result = []
for activation in (torch.relu, torch.sigmoid, torch.tanh):
    y = activation(x)
    d2l.plot(x.detach(), y.detach(), 'x', 'f(x)', figsize=(5, 2.5))
    result.append(d2l.plt.gca().get_lines()[0].get_ydata())
    if x.grad is not None:
        x.grad.data.zero_()
    y.backward(torch.ones_like(x), retain_graph=True)
    d2l.plot(x.detach(), x.grad, 'x', 'slope', figsize=(5, 2.5))
    result.append(d2l.plt.gca().get_lines()[0].get_ydata().copy())
""",
    "a perceptron from scratch": """
W1 = nn.Parameter(torch.randn(784, 32, requires_grad=True) * 0.01)
b1 = nn.Parameter(torch.zeros(32, requires_grad=True))
W2 = nn.Parameter(torch.randn(32, 10, requires_grad=True) * 0.01)
b2 = nn.Parameter(torch.zeros(10, requires_grad=True))
params = [W1, b1, W2, b2]
def net(X):
    X = X.reshape((-1, 784))
    H = torch.max(X @ W1 + b1, torch.zeros(1))
    return H @ W2 + b2
loss, updater = nn.CrossEntropyLoss(reduction='none'), torch.optim.SGD(params, lr=0.1)
result = [d2l.train_epoch_ch3(net, clothes, loss, updater) for _ in range(2)], params
d2l.predict_ch3(net, clothes)
""",
    "a perceptron, concise": """
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
net.apply(lambda m: nn.init.normal_(m.weight, std=0.01) if type(m) == nn.Linear else None)
loss, trainer = nn.CrossEntropyLoss(reduction='none'), torch.optim.SGD(net.parameters(), lr=0.1)
result = [d2l.train_epoch_ch3(net, clothes, loss, trainer) for _ in range(2)], d2l.evaluate_accuracy(net, clothes)
""",
    "underfitting and overfitting": """
max_degree, n_train, n_test = 20, 60, 40
true_w = np.zeros(max_degree)
true_w[0:4] = np.array([5, 1.2, -3.4, 5.6])
random = np.random.RandomState(0)
features = random.normal(size=(n_train + n_test, 1))
poly_features = np.power(features, np.arange(max_degree).reshape(1, -1))
for i in range(max_degree):
    poly_features[:, i] /= math.gamma(i + 1)
labels = np.dot(poly_features, true_w)
labels += random.normal(scale=0.1, size=labels.shape)
true_w, features, poly_features, labels = [
    torch.tensor(x, dtype=torch.float32) for x in [true_w, features, poly_features, labels]]
def train(train_features, test_features, train_labels, test_labels, num_epochs=40):
    loss = nn.MSELoss(reduction='none')
    net = nn.Sequential(nn.Linear(train_features.shape[-1], 1, bias=False))
    batch_size = min(10, train_labels.shape[0])
    train_iter = d2l.load_array((train_features, train_labels.reshape(-1, 1)), batch_size)
    test_iter = d2l.load_array((test_features, test_labels.reshape(-1, 1)), batch_size, is_train=False)
    trainer = torch.optim.SGD(net.parameters(), lr=0.01)
    animator = d2l.Animator(xlabel='epoch', ylabel='loss', yscale='log', xlim=[1, num_epochs], ylim=[1e-3, 1e2],
                            legend=['train', 'test'])
    for epoch in range(num_epochs):
        d2l.train_epoch_ch3(net, train_iter, loss, trainer)
        if epoch == 0 or (epoch + 1) % 20 == 0:
            animator.add(epoch + 1, (d2l.evaluate_loss(net, train_iter, loss), d2l.evaluate_loss(net, test_iter, loss)))
    return animator.X, animator.Y, net[0].weight.data.numpy()
result = [train(poly_features[:n_train, :k], poly_features[n_train:, :k], labels[:n_train], labels[n_train:])
          for k in (4, 2, 20)]
""",
    "weight decay": """
num_inputs, batch_size = 30, 5
true_w, true_b = torch.ones((num_inputs, 1)) * 0.01, 0.05
train_iter = d2l.load_array(d2l.synthetic_data(true_w, true_b, 20), batch_size)
test_iter = d2l.load_array(d2l.synthetic_data(true_w, true_b, 30), batch_size, is_train=False)
def by_hand(lambd):
    w = torch.normal(0, 1, size=(num_inputs, 1), requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    net, loss = lambda X: d2l.linreg(X, w, b), d2l.squared_loss
    animator = d2l.Animator(xlabel='epochs', ylabel='loss', yscale='log', xlim=[5, 20], legend=['train', 'test'])
    for epoch in range(20):
        for X, y in train_iter:
            l = loss(net(X), y) + lambd * torch.sum(w.pow(2)) / 2
            l.sum().backward()
            d2l.sgd([w, b], 0.003, batch_size)
        if (epoch + 1) % 5 == 0:
            animator.add(epoch + 1, (d2l.evaluate_loss(net, train_iter, loss), d2l.evaluate_loss(net, test_iter, loss)))
    return animator.Y, torch.norm(w).item()
def concise(wd):
    net = nn.Sequential(nn.Linear(num_inputs, 1))
    for param in net.parameters():
        param.data.normal_()
    loss = nn.MSELoss(reduction='none')
    trainer = torch.optim.SGD([{"params": net[0].weight, 'weight_decay': wd}, {"params": net[0].bias}], lr=0.003)
    animator = d2l.Animator(xlabel='epochs', ylabel='loss', yscale='log', xlim=[5, 20], legend=['train', 'test'])
    for epoch in range(20):
        for X, y in train_iter:
            trainer.zero_grad()
            l = loss(net(X), y)
            l.mean().backward()
            trainer.step()
        if (epoch + 1) % 5 == 0:
            animator.add(epoch + 1, (d2l.evaluate_loss(net, train_iter, loss), d2l.evaluate_loss(net, test_iter, loss)))
    return animator.Y, net[0].weight.norm().item()
result = by_hand(0), by_hand(3), concise(0), concise(3)
""",
    "dropout": """
def dropout_layer(X, dropout):
    if dropout == 1:
        return torch.zeros_like(X)
    if dropout == 0:
        return X
    mask = (torch.rand(X.shape) > dropout).float()
    return mask * X / (1.0 - dropout)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = nn.Linear(784, 32), nn.Linear(32, 32), nn.Linear(32, 10)
    def forward(self, X):
        H = torch.relu(self.first(X.reshape((-1, 784))))
        H = dropout_layer(H, 0.2) if self.training else H
        H = torch.relu(self.second(H))
        return self.last(dropout_layer(H, 0.5) if self.training else H)
loss = nn.CrossEntropyLoss(reduction='none')
result = []
for net in (Net(), nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 10))):
    trainer = torch.optim.SGD(net.parameters(), lr=0.5)
    result += [d2l.train_epoch_ch3(net, clothes, loss, trainer), d2l.evaluate_accuracy(net, clothes), net.training]
""",
    "numerical stability": """
x = torch.arange(-8.0, 8.0, 0.1, requires_grad=True)
y = torch.sigmoid(x)
y.backward(torch.ones_like(x))
d2l.plot(x.detach().numpy(), [y.detach().numpy(), x.grad.numpy()], legend=['sigmoid', 'gradient'], figsize=(4.5, 2.5))
result = [line.get_ydata() for line in d2l.plt.gca().get_lines()]
""",
    "a competition": """
labels = torch.rand(40, 1) + 1
features = torch.cat([labels, torch.rand(40, 3)], dim=1)
loss = nn.MSELoss()
def get_net():
    return nn.Sequential(nn.Linear(features.shape[1], 1))
def log_rmse(net):
    clipped = torch.clamp(net(features), 1, float('inf'))
    return torch.sqrt(loss(torch.log(clipped), torch.log(labels))).item()
def train(num_epochs=10):
    net, errors = get_net(), []
    train_iter = d2l.load_array((features, labels), 8)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
    for epoch in range(num_epochs):
        for X, y in train_iter:
            optimizer.zero_grad()
            l = loss(net(X), y)
            l.backward()
            optimizer.step()
        errors.append(log_rmse(net))
    return errors
result = train()
d2l.plot(np.arange(1, 11), [result], xlabel='epoch', ylabel='log rmse', xlim=[1, 10], yscale='log')
d2l.plot(list(range(1, 11)), [result, result], xlabel='epoch', legend=['train', 'valid'], yscale='log')
""",
}  # fmt: skip


def run(page, library):
    """Run a page from a seed and return what it calls its result."""
    torch.manual_seed(0)
    namespace = {"d2l": library, "book_utils": book_utils}
    exec(SMALL, namespace)
    exec(PAGES[page], namespace)
    plt.close("all")
    return namespace["result"]


def numbers(result):
    """Return all numbers of a nested result, in order; texts stay texts."""
    if isinstance(result, (list, tuple)):
        return [number for part in result for number in numbers(part)]
    if isinstance(result, (torch.Tensor, np.ndarray)):
        return torch.as_tensor(result).detach().flatten().tolist()
    return [result]


@cache
def ours_of(page):
    return numbers(run(page, book_utils))


@pytest.mark.parametrize("page", PAGES)
def test_the_page_runs(page):
    assert ours_of(page)


@pytest.mark.oracle
@pytest.mark.parametrize("page", PAGES)
def test_the_page_ends_with_the_courses_numbers(page):
    from d2l import torch as d2l

    ours, theirs = ours_of(page), numbers(run(page, d2l))
    assert len(ours) == len(theirs)
    words = [value for value in theirs if isinstance(value, str)]
    assert [value for value in ours if isinstance(value, str)] == words
    values = ([value for value in side if not isinstance(value, str)] for side in (ours, theirs))
    assert np.allclose(*values, rtol=1e-5, atol=1e-6)


def test_training_a_perceptron_with_its_plot():
    """``train_ch3`` on the pages beyond softmax regression; d2l's ends with limits that only the real data reach."""
    torch.manual_seed(0)
    images = torch.randint(0, 256, (64, 1, 28, 28), dtype=torch.uint8)
    batches = book_utils.Batches(images, torch.arange(64) % 10, 16)
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 10))
    trainer = torch.optim.SGD(net.parameters(), lr=0.1)
    book_utils.train_ch3(net, batches, batches, nn.CrossEntropyLoss(reduction="none"), 3, trainer)
    assert [len(line.get_xdata()) for line in plt.gcf().axes[0].get_lines()] == [3, 3, 3]
    plt.close("all")


def test_a_name_that_is_not_ours_says_so():
    with pytest.raises(AttributeError, match="module 'book_utils' has no attribute 'download_extract'"):
        book_utils.download_extract  # noqa: B018
