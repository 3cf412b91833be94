"""What chapter 03 states, and its solutions."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from book_utils import linreg, load_array, sgd, squared_loss
from tools.meaning.formulas import Verified, derivative, draw, same

here = Verified("03")

X, y = draw(10, 2), draw(10, 1, seed=1)
ERRORS = torch.tensor([1, 2, 3], dtype=torch.float64)
layer = nn.Linear(2, 1, dtype=torch.float64)


def slope(loss):
    """Return the gradient, in predictions, of a loss against labels."""
    return derivative(lambda y_hat: loss(y_hat, y), draw(10, 1, seed=2))


def step(loss, lr):
    """Return the weights after a step of SGD from the same start."""
    w = draw(2, 1, seed=3).requires_grad_()
    loss(X @ w, y).backward()
    torch.optim.SGD([w], lr).step()
    return w.detach()


def step_of_chapter_02(lr, loss=squared_loss, batch_size=10):
    w = draw(2, 1, seed=3).requires_grad_()
    loss(linreg(X, w, 0.0), y).sum().backward()
    sgd([w], lr, batch_size)
    return w.detach()


# Reading the data

here.claim(
    "with `shuffle=True` in a new random order for each epoch",
    "设 `shuffle=True`，每一轮就换一个新的随机顺序",
    lambda: epochs(True)[0] != epochs(True)[1] and sorted(epochs(True)[1]) == list(range(50)),
)
here.claim(
    "Then the order should change from epoch to epoch",
    "顺序应该每轮都变",
    lambda: epochs(False) == [list(range(50))] * 2,
)
here.claim(
    "The last holds what is left, the single example 4 with its label 40",
    "最后一批只有剩下的那个样本 4，标签是 40",
    lambda: list(load_array((torch.arange(5.0), 10 * torch.arange(5.0)), 2, False))[-1] == [4, 40],
)
here.claim(
    "A `TensorDataset` joins tensors row by row",
    "`TensorDataset` 把几个张量按行配对",
    lambda: same(TensorDataset(X, y)[3], (X[3], y[3])),
)
here.claim(
    "A `DataLoader` can be iterated any number of times",
    "`DataLoader` 可以遍历任意多次",
    lambda: len(epochs(False, times=3)) == 3,
)


def epochs(is_train, times=2):
    """Return the order of fifty examples in each of several epochs."""
    batches = load_array((torch.arange(50),), 8, is_train)
    return [[i for (batch,) in batches for i in batch.tolist()] for _ in range(times)]


# The model

here.claim(
    "(1, 2), the transpose: `nn.Linear` stores one *row* of weights for each output",
    "(1, 2)，也就是转置，因为 `nn.Linear` 为每个输出存放一**行**权重",
    lambda: layer.weight.shape == (1, 2) and same(layer(X), linreg(X, layer.weight.T, layer.bias)),
)
here.claim(
    "Its first argument is the number of inputs, here the two features; its second is the number of outputs",
    "创建时先给出输入的个数，这里是 2 个特征，再给出输出的个数",
    lambda: (layer.in_features, layer.out_features) == (2, 1),
)
here.claim(
    "are to start as small random numbers with standard deviation 0.01, and the bias as zero",
    "标准差为 0.01，偏置的初值取 0",
    lambda: here.has("net[0].weight.data.normal_(0, 0.01)") and here.has("net[0].bias.data.fill_(0)"),
)
here.claim(
    "what comes out of one goes into the next",
    "前一层的输出就是后一层的输入",
    lambda: same(nn.Sequential(layer, nn.Tanh())(X), torch.tanh(layer(X))),
)

# The loss

here.equation(r"14/3", lambda: (14 / 3, nn.MSELoss()(ERRORS, 0 * ERRORS)))
here.equation(
    r"\frac12",
    lambda: (1 / 2, squared_loss(X, torch.zeros(10, 2)).sum() / nn.MSELoss(reduction="sum")(X, torch.zeros(10, 2))),
)
here.claim(
    "`squared_loss` has the factor $\\frac12$, so its mean is half of that",
    "`squared_loss` 带有因子 $\\frac12$，所以均值只有一半",
    lambda: same(squared_loss(ERRORS, 0 * ERRORS).mean(), nn.MSELoss()(ERRORS, 0 * ERRORS) / 2),
)
here.claim(
    "It is a *mean*, not a sum",
    "这是**均值**，不是和",
    lambda: same(nn.MSELoss()(ERRORS, 0 * ERRORS), (ERRORS**2).mean()),
)
here.claim(
    "The squared Euclidean norm of the errors would be the sum",
    "得到的就是误差的欧几里得范数的平方",
    lambda: same(ERRORS.norm() ** 2, nn.MSELoss(reduction="sum")(ERRORS, 0 * ERRORS)),
)
here.claim(
    "All its values are twice those of chapter 02",
    "所有的值都是第 02 章的两倍",
    lambda: same(nn.MSELoss(reduction="none")(X, 0 * X), 2 * squared_loss(X, 0 * X)),
)
here.claim(
    "A loss that is twice as large has gradients that are twice as large",
    "损失大一倍，梯度也大一倍",
    lambda: same(slope(nn.MSELoss()), 2 * slope(lambda *pair: squared_loss(*pair).mean())),
)
here.claim(
    "The result is a single number for the whole batch",
    "结果是一个数，代表整个小批量",
    lambda: nn.MSELoss()(X, 0 * X).shape == (),
)

# The optimiser

here.claim(
    "`step` moves the parameters along their negative gradients",
    "`step` 让参数沿负梯度方向移动",
    lambda: moved().item() < 1.0,
)
here.claim("`zero_grad` clears the gradients", "`zero_grad` 清除梯度", lambda: moved(clear=True).grad is None)
here.equation(r"3w", lambda: (3.0, derivative(lambda w: 3 * w, torch.tensor(0.7))))
here.claim(
    "`backward` *adds* the new gradients to whatever is there",
    "`backward` 不管原来存的是什么，都把新的梯度**加**上去",
    lambda: added() == [3, 6, 9],
)
here.claim(
    "3, 6 and 9. Only the first is right",
    "3、6 和 9。只有第一个是对的",
    lambda: added()[0] == derivative(lambda w: 3 * w, torch.tensor(0.7)),
)


def moved(clear=False):
    """Return a parameter that started at 1, after one step down the slope of its square."""
    w = torch.tensor(1.0, requires_grad=True)
    trainer = torch.optim.SGD([w], 0.1)
    (w**2).backward()
    trainer.step()
    if clear:
        trainer.zero_grad()
    return w


def added():
    """Return what the gradient of ``3 w`` holds after one, two and three calls of backward."""
    w, held = torch.tensor(0.7, requires_grad=True), []
    for _ in range(3):
        (3 * w).backward()
        held.append(w.grad.item())
    return held


# Training, the same thing twice

here.claim(
    "even the true parameters have a mean squared error of $0.01^2 = 0.0001$",
    "即使用真实的参数，均方误差也有 $0.01^2 = 0.0001$",
    lambda: abs((0.01 * draw(100_000)).square().mean() / 0.0001 - 1) < 0.02,
)
here.claim(
    "So we halve it, and tell `sgd` to divide by 1 instead of the batch size",
    "所以我们把损失减半，并让 `sgd` 除以 1，而不是除以批量大小",
    lambda: same(
        step_of_chapter_02(0.03), step_of_chapter_02(0.03, lambda *pair: nn.MSELoss()(*pair) / 2, batch_size=1)
    ),
)
here.claim(
    "Half of it, 0.015. The gradients are twice as large",
    "取一半，0.015。梯度大一倍",
    lambda: same(step(nn.MSELoss(), 0.015), step_of_chapter_02(0.03)),
)
here.claim(
    "The dashed one falls about twice as fast, since its steps are twice as long",
    "虚线下降得大约快一倍，因为每一步都长一倍",
    lambda: same(step(nn.MSELoss(), 0.03) - draw(2, 1, seed=3), 2 * (step_of_chapter_02(0.03) - draw(2, 1, seed=3))),
)
here.claim(
    "`nn.MSELoss` takes the mean and lacks the half",
    "`nn.MSELoss` 取均值，而且没有二分之一",
    lambda: same(nn.MSELoss()(X, 0 * X), (X**2).mean()),
)
here.equation(
    r"\frac12 \cdot 0.01^2",
    lambda: (0.5 * 0.01**2, squared_loss(torch.tensor(0.01).double(), torch.tensor(0.0))),
)
here.claim(
    "mean, without the half",
    "取均值，没有二分之一",
    lambda: same(nn.MSELoss()(X, 0 * X), (X**2).sum() / X.numel()),
)
here.claim(
    "is the mean of the squares, without the half. Its gradients are twice those of chapter 02",
    "是平方的均值，没有二分之一。梯度是第 02 章的两倍",
    lambda: same(slope(nn.MSELoss()), 2 * slope(lambda *pair: squared_loss(*pair).mean())),
)

# Curves from a linear model


def polynomial():
    """Return the chapter's powers of numbers put through a layer, and the sum written out."""
    x, powers = draw(6, seed=5), here.code("def powers").powers
    curved = nn.Linear(4, 1, dtype=torch.float64)
    terms = [w * x ** (k + 1) for k, w in enumerate(curved.weight.flatten())]
    return curved(powers(x, 4)).flatten(), sum(terms) + curved.bias


here.equation(r"\hat y = w_1 x + w_2 x^2 + \dots + w_d x^d + b.", polynomial)
here.value(r"x = 2", lambda: here.code("def powers").powers(torch.tensor([2.0]), 3)[0, 0])
here.value(r"x = -1", lambda: here.code("def powers").powers(torch.tensor([-1.0]), 3)[0, 0])


def error_of(degree, n, many=1000):
    """Return the errors of a polynomial on the n points of a wave that it is fitted to, and on many others."""
    x = 2 * torch.rand(n + many, generator=torch.Generator().manual_seed(5), dtype=torch.float64) - 1
    y = torch.sin(3 * x) + 0.2 * draw(n + many, seed=6)
    A = torch.stack([x**k for k in range(degree + 1)], dim=1)
    off = (A @ torch.linalg.lstsq(A[:n], y[:n]).solution - y).square()
    return off[:n].mean().sqrt().item(), off[n:].mean().sqrt().item()


here.claim(
    "it is linear *in the parameters*",
    "它**对参数**是线性的",
    lambda: same(sum_of_layers(2.0, 3.0), 2.0 * sum_of_layers(1.0, 0.0) + 3.0 * sum_of_layers(0.0, 1.0)),
)


def sum_of_layers(one, other):
    """Return the curve whose parameters are a sum of multiples of two others'."""
    A = here.code("def powers").powers(draw(6, seed=5), 4)
    return A @ (one * draw(4, seed=1) + other * draw(4, seed=2))


here.claim(
    "for degree 9 the condition number of chapter 02 is in the millions",
    "第 02 章讲的条件数有一千多万",
    lambda: 1e7 < condition(9) < 2e7 and condition(3) < 1e3,
)


def condition(degree):
    """Return the condition number of X'X/n for the chapter's 15 points."""
    torch.manual_seed(5)
    x = (2 * torch.rand(115) - 1)[:15].double()
    return torch.linalg.cond(torch.stack([x**k for k in range(degree + 1)], dim=1)) ** 2


here.claim(
    "On the points learned from, the highest degree is the best",
    "在学过的点上，次数最高的最好",
    lambda: error_of(9, 15)[0] < error_of(3, 15)[0] < error_of(1, 15)[0],
)
here.claim(
    "the error on the points learned from rises, that on new points falls",
    "在学过的点上误差上升，在新的点上误差下降",
    lambda: error_of(9, 15)[0] < error_of(9, 500)[0] and error_of(9, 15)[1] > error_of(9, 50)[1] > error_of(9, 500)[1],
)

# Exercises and solutions

here.defines(r"(n, 1)", "the shape of a column")
here.defines(r"(n,)", "the shape of a tensor with one axis")
here.claim(
    "with `reduction='sum'` it returns 24; the mean of `squared_loss`, which halves each square, is 3",
    "设 `reduction='sum'` 则返回 24。`squared_loss` 把每个平方减半，均值是 3",
    lambda: (
        nn.MSELoss(reduction="sum")(FOUR, 0 * FOUR) == 24
        and squared_loss(FOUR, 0 * FOUR).mean() == 3
        and nn.MSELoss()(FOUR, 0 * FOUR) == 6
    ),
)
FOUR = torch.tensor([2.0, -2, 0, 4])
here.claim(
    "learning rate must be divided by both, by 20 for batches of ten",
    "所以学习率既要除以二，又要除以批量大小，每批十个样本时就是除以 20",
    lambda: same(step(nn.MSELoss(reduction="sum"), 0.03 / 20), step_of_chapter_02(0.03)),
)
here.claim(
    "near the minimum it is half that of `nn.MSELoss`",
    "在最小值点附近，梯度是 `nn.MSELoss` 的一半",
    lambda: same(
        2 * derivative(lambda r: nn.HuberLoss()(r, 0 * r), 0.1 * draw(5)),
        derivative(lambda r: nn.MSELoss()(r, 0 * r), 0.1 * draw(5)),
    ),
)
here.claim(
    "Far from the minimum the gradient of Huber's loss is capped",
    "离最小值点很远时，Huber 损失的梯度有上限",
    lambda: derivative(lambda r: nn.HuberLoss()(r, 0 * r), torch.tensor(50.0)) == 1,
)
here.equation(r"10/3", lambda: (10 / 3, weight_in_update(3) / weight_in_update(10)))
here.claim(
    "the last batch the mean runs over three examples, so each of them counts",
    "最后一批只对三个样本取均值，所以其中每个样本在这次更新中的权重",
    lambda: [len(batch) for (batch,) in DataLoader(TensorDataset(torch.zeros(1003)), 10)][-1] == 3,
)


def weight_in_update(batch_size):
    """Return how much one example counts in the mean loss of a batch."""
    return derivative(lambda l: l.mean(), torch.ones(batch_size, dtype=torch.float64))[0]
