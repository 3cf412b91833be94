"""What is measured: the lines that run before the clock starts, and those that it times.

They are the lines that a reader writes, the same for both packages but for the import.
"""

from dataclasses import dataclass

LIBRARIES = {"book_utils": "import book_utils as d2l", "d2l": "from d2l import torch as d2l"}

LOAD = "train_iter, test_iter = d2l.load_data_fashion_mnist(256)\n"

CONCISE = """
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
nn.init.normal_(net[1].weight, std=0.01)
loss = nn.CrossEntropyLoss(reduction='none')
updater = torch.optim.SGD(net.parameters(), lr=0.1)
"""

SCRATCH = """
import torch
torch.manual_seed(0)
W = torch.normal(0, 0.01, size=(784, 10), requires_grad=True)
b = torch.zeros(10, requires_grad=True)
{definitions}
def net(X):
    return softmax(torch.matmul(X.reshape((-1, 784)), W) + b)

def updater(batch_size):
    return d2l.sgd([W, b], 0.1, batch_size)
"""

# Each book's own: the course defines these two in its chapter, and its package does not hold them.
DEFINITIONS = {
    "book_utils": """
softmax, loss = d2l.softmax, d2l.cross_entropy
""",
    "d2l": """
def softmax(X):
    X_exp = torch.exp(X)
    partition = X_exp.sum(1, keepdim=True)
    return X_exp / partition

def loss(y_hat, y):
    return - torch.log(y_hat[range(len(y_hat)), y])
""",
}

# Notes down what an epoch returns, so that the curves can be compared. It costs some microseconds an epoch.
CURVES = """
import sys
home = sys.modules[d2l.train_ch3.__module__]
train_epoch, curve = home.train_epoch_ch3, []
home.train_epoch_ch3 = lambda *args: curve.append(train_epoch(*args)) or curve[-1]
"""

TRAIN = "d2l.train_ch3(net, train_iter, test_iter, loss, 10, updater)\n"

# The practical limit: the gradient by hand, on tensors in memory, and nothing shown.
BY_HAND = """
import torch
import book_utils
torch.manual_seed(0)
(images, labels), (test_images, test_labels) = (book_utils.fashion_mnist_tensors(train) for train in (True, False))
images, test_images = images.reshape(-1, 784), test_images.reshape(-1, 784)
W, b = torch.normal(0, 0.01, (784, 10)), torch.zeros(10)
"""
TRAIN_BY_HAND = """
curve = []
for epoch in range(10):
    total = right = test_right = 0.0
    for batch in torch.randperm(len(images)).to(images.device).split(256):
        X, y = images.index_select(0, batch) / 255, labels[batch]
        P = torch.softmax(torch.addmm(b, X, W), dim=1)
        rows = torch.arange(len(y), device=y.device)
        total -= P[rows, y].log().sum()  # a tensor: nothing waits for the device before the epoch ends
        right += (P.argmax(dim=1) == y).sum()
        P[rows, y] -= 1
        W -= 0.1 / len(y) * (X.T @ P)
        b -= 0.1 / len(y) * P.sum(0)
    for X, y in zip(test_images.split(256), test_labels.split(256)):
        test_right += (torch.addmm(b, X / 255, W).argmax(dim=1) == y).sum()
    curve.append((float(total) / len(images), float(right) / len(images)))
"""
BARE_SWEEP = """
for batch in torch.randperm(len(images)).split(256):
    X, y = images.index_select(0, batch) / 255, labels[batch]
"""

# On a GPU. The course's loader stays on the CPU, and its train_ch3 knows of no device: each batch is moved for it.
LOAD_ON_DEVICE = {
    "book_utils": """
device = d2l.try_gpu()
train_iter, test_iter = d2l.load_data_fashion_mnist(256, device=device)
""",
    "d2l": """
device = d2l.try_gpu()
class OnDevice:
    def __init__(self, batches):
        self.batches = batches
    def __iter__(self):
        return ((X.to(device), y.to(device)) for X, y in self.batches)
train_iter, test_iter = map(OnDevice, d2l.load_data_fashion_mnist(256))
""",
}
MOVE = {
    "concise": "net.to(device)\n",
    "scratch": "W, b = (parameter.detach().to(device).requires_grad_() for parameter in (W, b))\n",
    "by hand": "images, labels, test_images, test_labels, W, b = (\n"
    "    tensor.to(book_utils.try_gpu()) for tensor in (images, labels, test_images, test_labels, W, b))\n",
}
WARM_UP = "home.train_epoch_ch3(net, train_iter, loss, updater)\nd2l.evaluate_accuracy(net, test_iter)\n"

# What a reader of d2l waits for before training even begins.
FIRST_BATCH = ("d2l's first batch", LIBRARIES["d2l"] + "\n" + LOAD, "X, y = next(iter(train_iter))\n")

PIXELS = """
from torchvision import datasets, transforms
theirs = datasets.FashionMNIST(book_utils.fashion_mnist_root(), train=False, transform=transforms.Compose(
    [transforms.Resize(64), transforms.ToTensor()]))
result = max((X - theirs[i][0]).abs().max().item() * 255 for i, X in zip(range(0, 1000), next(iter(
    book_utils.load_data_fashion_mnist(1000, resize=64)[1]))[0]))
"""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        title: What is measured.
        before: Lines that run before the clock starts, for both packages.
        timed: Lines that are timed, for both packages.
        limit: The practical limit, ``(before, timed)``, with what to call it.
        cold: The clock starts with the process, and what is timed includes ``before``.
        kernel: Run in a Jupyter kernel, as a notebook does, and time until the kernel is idle again.
        beside_d2l: Measure d2l, too. It would take minutes where the limit is what counts.
        times: How often one process runs the timed lines; the median counts.
    """

    title: str
    before: str
    timed: str
    limit: tuple[str, str, str] | None = None
    cold: bool = False
    kernel: bool = False
    beside_d2l: bool = True
    times: int = 1


ROWS = {
    "cold": Row(
        "cold process to first batch",
        LOAD,
        "X, y = next(iter(train_iter))\n",
        limit=("`import torch`", "import torch\n", ""),
        cold=True,
    ),
    "sweep": Row(
        "one sweep over 60,000 images",
        LOAD,
        "for X, y in train_iter: pass\n",
        limit=("index and divide", BY_HAND, BARE_SWEEP),
        times=3,
    ),
    "evaluate": Row(
        "`evaluate_accuracy`, test set",
        LOAD + CONCISE,
        "d2l.evaluate_accuracy(net, test_iter)\n",
        times=5,
    ),
    "concise": Row(
        "`train_ch3`, 10 epochs, concise, live plot",
        LOAD + CONCISE + CURVES,
        TRAIN,
        limit=("by hand, no plot", BY_HAND, TRAIN_BY_HAND),
        kernel=True,
    ),
    "scratch": Row(
        "`train_ch3`, 10 epochs, from scratch, live plot",
        LOAD + SCRATCH + CURVES,
        TRAIN,
        limit=("by hand, no plot", BY_HAND, TRAIN_BY_HAND),
        kernel=True,
    ),
    "animator": Row(
        "1,000 calls of `Animator.add`, live",
        "animator = d2l.Animator(xlabel='n', legend=['a', 'b'])\n",
        "for n in range(1000): animator.add(n, (n, 2 * n))\n",
        kernel=True,
    ),
    "resize": Row(
        "load at 64 x 64, one sweep, batches of 32",
        "d2l.load_data_fashion_mnist\n",  # book_utils imports torch on first use, d2l at once: both before the clock
        "train_iter, _ = d2l.load_data_fashion_mnist(32, resize=64)\nfor X, y in train_iter: pass\n",
    ),
    "cold-scratch": Row(
        "cold process to a trained model, from scratch",
        LOAD + SCRATCH,
        TRAIN,
        limit=FIRST_BATCH,
        cold=True,
        kernel=True,
        beside_d2l=False,
    ),
    "cold-concise": Row(
        "cold process to a trained model, concise",
        LOAD + CONCISE,
        TRAIN,
        limit=FIRST_BATCH,
        cold=True,
        kernel=True,
        beside_d2l=False,
    ),
}
