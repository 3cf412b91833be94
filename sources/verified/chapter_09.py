"""What chapter 09 states, and its solutions."""

import math
from functools import cache

import torch
from torch.nn import functional

from tools.meaning.formulas import Verified, derivative, draw, same

here = Verified("09")

q, n = 10, 40
o, labels = draw(n, q), torch.arange(n) * 7 % q
y_hat = torch.softmax(o, dim=1)
Y = functional.one_hot(labels, q).double()
images = draw(n, 5).abs()  # of five pixels


@cache
def chapter():
    """Return the functions that the chapter writes."""
    return here.code("import torch", "import math", "def confusion_matrix", "def reliability", "def deviations")


def loss(scores):
    """Return the mean cross-entropy of scores for the labels."""
    return functional.cross_entropy(scores, labels)


def settled(features):
    """Return the parameters at the minimum of the mean cross-entropy of a linear model, weights and biases."""
    design = torch.cat((features, torch.ones(n, 1).double()), dim=1)
    parameters = torch.zeros(design.shape[1], q, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([parameters], max_iter=500, tolerance_grad=1e-9, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        value = loss(design @ parameters) + 1e-12 * (parameters**2).sum()
        value.backward()
        return value

    optimiser.step(closure)
    return design @ parameters.detach()


# What it looks for, what it mixes up

here.claim(
    "Multiply each pixel by the weight at its place, add up, and add the bias",
    "每个像素乘以同一位置上的权重，加起来，再加上偏置",
    lambda: here.has("(images[0, 0] / 255 * weights).sum(dim=(1, 2)) + net[1].bias"),
)
here.claim(
    "Row $i$, column $j$ holds the number of images of class $i$ that were called $j$",
    "第 $i$ 行第 $j$ 列的数，是类别 $i$ 的图像中判成 $j$ 的张数",
    lambda: (
        chapter().confusion_matrix(torch.tensor([0, 0, 1]), torch.tensor([0, 1, 1]), 2).tolist() == [[1, 1], [0, 1]]
    ),
)
here.claim(
    "the right answers are on the diagonal",
    "所以答对的都在对角线上",
    lambda: same(chapter().confusion_matrix(labels, labels, q).diagonal().sum(), n),
)
here.claim(
    "`predicted` is the class with the highest probability, and `confidence` that probability",
    "`predicted` 是概率最大的类别，`confidence` 是这个概率",
    lambda: here.has("confidence, predicted = torch.softmax("),
)
here.claim(
    "Along its row we read how many of the true images were found, down its column how many that were called so are "
    "there rightly",
    "按行看，是这个类别的图像找到了多少；按列看，是判成这个类别的图像有多少是对的",
    lambda: here.has("confusion[k].sum().item(), confusion[:, k].sum().item()"),
)


@cache
def tosses(size=64, runs=100_000):
    """Return the numbers of heads in many series of fair tosses."""
    return torch.binomial(
        torch.full((runs,), float(size)), torch.tensor(0.5), generator=torch.Generator().manual_seed(0)
    ).double()


here.formula(r"a+b", lambda a, b: a + b, lambda said: said(40, 24) == 64)
here.formula(
    r"a-b", lambda a, b: a - b, lambda said: said(40, 24) == 16 and abs(said(tosses(), 64 - tosses()).mean()) < 0.1
)
here.formula(
    r"\sqrt{a+b}",
    lambda a, b: math.sqrt(a + b),
    lambda said: abs((2 * tosses() - 64).std() / said(40, 24) - 1) < 0.01,
)
here.formula(
    r"(a-b)/\sqrt{a+b}",
    lambda a, b: (a - b) / math.sqrt(a + b),
    lambda said: same(said(40, 24), chapter().deviations(40, 24)) and same(said(7, 9), chapter().deviations(7, 9)),
)
here.equation(r"\sqrt{64}=8", lambda: (math.sqrt(64), 8.0))

# Does it know what it does not know

here.claim(
    "Above it the model is more often right than it says, below it less often",
    "点在虚线上方，说明模型答对的比自称的多，在下方则比自称的少",
    lambda: above(0.6, [True, True]) and not above(0.6, [False, True]),
)


def above(confidence, right):
    """Tell whether the point of a bin lies above the line on which confidence and share of right answers are equal."""
    said, share, _ = chapter().reliability(torch.tensor([confidence] * len(right)), torch.tensor(right))
    return here.has("ax.plot(said, share, 'go'") and bool(share > said)


here.formula(
    r"\sqrt{p(1-p)/n}",
    lambda p, n: math.sqrt(p * (1 - p) / n),
    lambda said: abs((tosses() / 64).std() / said(0.5, 64) - 1) < 0.01 and same(said(0.2, 50), math.sqrt(0.0032)),
)

# Why its probabilities can be believed

here.equation(
    r"\hat{\mathbf y}-\mathbf y",
    lambda: (y_hat - Y, derivative(lambda scores: loss(scores) * n, o)),
)
here.equation(
    r"\frac{\partial L}{\partial b_j}=\frac1n\sum_{i=1}^n\left(\hat y_j^{(i)}-y_j^{(i)}\right).",
    lambda: (derivative(lambda bias: loss(o + bias), torch.zeros(q).double()), (y_hat - Y).mean(0)),
)
here.claim(
    "for each class, the mean of the probabilities equals the share of the class",
    "每个类别的概率的均值，等于这个类别的比例",
    lambda: same(torch.softmax(settled(images), 1).mean(0), Y.mean(0), 1e-4),
)
here.claim(
    "For the weight of a pixel the same sum has each term multiplied by that pixel",
    "换成对某个像素的权重求导，和式里的每一项再乘以那个像素",
    lambda: same(
        derivative(lambda W: loss(images @ W), torch.zeros(5, q).double())[2],
        ((Y.new_full((n, q), 1 / q) - Y) * images[:, 2:3]).mean(0),
    ),
)

# Summary, exercises and solutions

here.formula(r"a=1", lambda a: a == 1, lambda said: said(1) and not said(2))
here.equation(r"\sqrt{126+103}\approx15.1", lambda: (round(math.sqrt(126 + 103), 1), 15.1))
here.formula(
    r"\frac{23}{229}\sqrt n",
    lambda n: 23 / 229 * math.sqrt(n),
    lambda said: same(said(229), chapter().deviations(126, 103)),
)
here.formula(
    r"n=\left(3\cdot\frac{229}{23}\right)^2\approx892.",
    lambda: ((3 * 229 / 23) ** 2, 892),
    lambda said: round(said()[0]) == said()[1] and same(23 / 229 * math.sqrt(said()[0]), 3),
)
here.formula(r"a>0", lambda a: a > 0, lambda said: said(0.1) and not said(-1.0))
here.equation(
    r"\sum_j(\hat y_j-y_j)\,o_j=\sum_j\hat y_j\,o_j-o_y.",
    lambda: (
        ((y_hat - Y) * o).sum(1).mean(),
        ((y_hat * o).sum(1) - o[range(n), labels]).mean(),
        derivative(lambda a: loss(a * o), torch.ones(1).double())[0],
    ),
)
here.claim(
    "At a minimum it is 0",
    "在最小值点处它是 0",
    lambda: abs(derivative(lambda a: loss(a * settled(images)), torch.ones(1).double())[0]) < 1e-5,
)
