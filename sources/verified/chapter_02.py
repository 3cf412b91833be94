"""What chapter 02 states, and its solutions."""

import inspect
import math
from functools import cache

import torch

from book_utils import data_iter, linreg, load_penguins, sgd, squared_loss, synthetic_data
from tools.meaning.formulas import Verified, agree, derivative, draw, gradient, same

here = Verified("02")


def data(num_examples=1000, noise=0.01, seed=0):
    """Return the true parameters, then examples, drawn like the chapter's but in double precision."""
    w, b, X = torch.tensor([2, -3.4], dtype=torch.float64), 4.2, draw(num_examples, 2, seed=seed)
    return w, b, X, X @ w + b + noise * draw(num_examples, seed=seed + 1)


def fitted(X, y):
    """Return the parameters with the lowest loss, the bias last."""
    with_ones = torch.cat((X, torch.ones(len(X), 1, dtype=X.dtype)), dim=1)
    return torch.linalg.lstsq(with_ones, y.reshape(-1, 1)).solution.flatten()


def mean_loss(parameters, X, y):
    return squared_loss(X @ parameters[:-1] + parameters[-1], y).mean()


def step(p, lr=0.25, batch_size=1):
    """Return a parameter after one of the library's steps on the loss ``p ** 2``."""
    p = torch.tensor([p], requires_grad=True)
    (p**2).sum().backward()
    sgd([p], lr, batch_size)
    return p


# Data with a known truth

here.equation(r"\mathbf X \in \mathbb R^{1000 \times 2}", lambda: ((1000, 2), tuple(data()[2].shape)))
here.equation(
    r"\mathbf w = [2, -3.4]^\top, \qquad b = 4.2,",
    lambda: ((torch.tensor([2, -3.4]), 4.2), (here.code("true_w = ").true_w, here.code("true_b = ").true_b)),
)


def labels_without_noise():
    """Return features, the library's labels with the noise taken out, and the labels."""
    torch.manual_seed(5)
    X, y = synthetic_data(torch.tensor([2, -3.4]), 4.2, 50)
    torch.manual_seed(5)
    torch.normal(0, 1, (50, 2))
    return X, y.flatten() - torch.normal(0, 0.01, (50,)), y.flatten()


here.formula(
    r"\mathbf y = \mathbf X \mathbf w + b + \boldsymbol\epsilon .",
    lambda X, noise: X @ torch.tensor([2, -3.4]) + 4.2 + noise,
    lambda said: same(
        said(labels_without_noise()[0], labels_without_noise()[2] - labels_without_noise()[1]),
        labels_without_noise()[2],
        1e-5,
    ),
)
here.defines(r"(x_1, x_2)", "the two features of an example")
here.equation(
    r"2 x_1 - 3.4 x_2 + 4.2",
    lambda: (2 * data()[2][0, 0] - 3.4 * data()[2][0, 1] + 4.2, (data()[2] @ data()[0] + data()[1])[0]),
)
here.formula(
    r"2 \cdot (-1.13) - 3.4 \cdot (-1.15) + 4.2",
    lambda: (2 * -1.13, -3.4 * -1.15 + 4.2),
    lambda said: same(sum(said()), (made_row() @ torch.tensor([2, -3.4])).item() + 4.2, 5e-3),
)


@cache
def made_row():
    """Return the features of the first example, as the chapter draws them."""
    torch.manual_seed(0)
    return synthetic_data(torch.tensor([2, -3.4]), 4.2, 1000)[0][0]


here.claim(
    "standard normal distribution (mean 0, standard deviation 1)",
    "标准正态分布中抽取，也就是均值为 0、标准差为 1 的正态分布",
    lambda: "torch.normal(0, 1, (num_examples, len(w)))" in inspect.getsource(synthetic_data),
)
here.claim(
    "drawn from a normal distribution with mean 0 and standard deviation 0.01, which is small",
    "都从均值为 0、标准差为 0.01 的正态分布中抽取",
    lambda: "torch.normal(0, 0.01, y.shape)" in inspect.getsource(synthetic_data),
)
here.claim(
    "mostly less than 0.02, two standard deviations, and hardly ever more than 0.04",
    "大多小于 0.02，即两个标准差，几乎不会超过 0.04",
    lambda: (
        ((0.01 * draw(10_000)).abs() < 0.02).double().mean() > 0.9
        and ((0.01 * draw(10_000)).abs() > 0.04).double().mean() < 1e-3
    ),
)
here.claim(
    "On the left the labels rise with $x_1$ and fall with $x_2$, and more steeply",
    "左图里，标签随着 $x_1$ 的增大而上升，随着 $x_2$ 的增大而下降，而且下降得更陡",
    lambda: fitted(*data()[2:])[0] > 0 > fitted(*data()[2:])[1] and abs(-3.4) > abs(data()[0][0]),
)
here.claim(
    "The last line makes a column of it, shape (n, 1), with one row for each example",
    "最后一条语句把结果变成一列，形状为 (n, 1)，每个样本占一行",
    lambda: synthetic_data(torch.tensor([2.0, 1.0]), 0.0, 7)[1].shape == (7, 1),
)

# Reading minibatches

here.equation(r"n - 1", lambda: (7 - 1, torch.randperm(7).max()))
here.claim(
    "every example is to be used once, in a random order",
    "每个样本都要用一次，顺序随机",
    lambda: sorted(order()) == list(range(50)) != order(),
)
here.claim(
    "the last minibatch may be smaller",
    "最后一个小批量可能小一些",
    lambda: [len(X) for X, _ in data_iter(3, torch.arange(7), torch.arange(7))] == [3, 3, 1],
)


def order():
    torch.manual_seed(0)
    return [i for X, _ in data_iter(8, torch.arange(50), torch.arange(50)) for i in X.tolist()]


# The model, the loss

here.claim(
    "and set the bias to 0",
    "并把偏置设为 0",
    lambda: here.code("b = torch.zeros(1, requires_grad=True)").b.item() == 0,
)
here.claim(
    "We draw the weights from a normal distribution with mean 0 and standard deviation 0.01",
    "我们从均值为 0、标准差为 0.01 的正态分布中抽取权重",
    lambda: here.has("w = torch.normal(0, 0.01, size=(2, 1), requires_grad=True)"),
)
here.claim(
    "broadcasting adds to each entry of the column",
    "广播会把这个数加到这一列的每个元素上",
    lambda: same(linreg(draw(4, 2), draw(2, 1), torch.tensor([7.0])) - draw(4, 2) @ draw(2, 1), 7 + torch.zeros(4, 1)),
)
here.equation(
    r"\frac12 (\hat y - y)^2",
    lambda: (0.5 * (draw(4) - draw(4, seed=1)) ** 2, squared_loss(draw(4), draw(4, seed=1))),
)
here.claim(
    "The result has one loss for each example, neither added up nor averaged",
    "结果里每个样本有一个损失，既没有相加，也没有取平均",
    lambda: squared_loss(draw(5, 1), draw(5)).shape == (5, 1),
)
here.claim(
    "broadcasting treats that as a row",
    "广播会把它当作一行",
    lambda: (torch.zeros(3, 1) - torch.arange(3.0))[0].tolist() == [0, -1, -2],
)
here.claim(
    "matrix of all differences, each prediction minus each label, and most of them are not zero",
    "矩阵，里面是每个预测值与每个标签之差，大多数不是零",
    lambda: (torch.arange(3.0).reshape(3, 1) - torch.arange(3.0)).count_nonzero() == 6,
)

# The update step

here.formula(r"w^2", lambda w: w**2, lambda said: same(derivative(said, torch.tensor(3.0)), 6.0) and said(2.0) == 4)
here.equation(r"2w", lambda: (2 * draw(3), gradient(lambda w: (w**2).sum(), draw(3))))
here.equation(r"w = 3", lambda: (3, torch.tensor([3.0], requires_grad=True).item()))
here.claim(
    "that of the *sum* of the losses in a minibatch. Divided by `batch_size`, it is that of the mean",
    "一个小批量里所有损失之**和**的梯度。除以 `batch_size`，就成了均值的梯度",
    lambda: same(
        derivative(lambda w: squared_loss(w, draw(6)).sum(), draw(6, seed=1)) / 6,
        derivative(lambda w: squared_loss(w, draw(6)).mean(), draw(6, seed=1)),
    ),
)
here.claim("against the slope", "每个参数都朝下坡的方向改变", lambda: 0 < step(3.0).item() < 3)
here.claim(
    "each `backward` adds its gradient to the old ones",
    "每次 `backward` 都会把新的梯度加到旧的上面",
    lambda: same(twice_backward(), 4.0),
)
here.claim("`sgd` has cleared it", "因为 `sgd` 已经把它清零了", lambda: step(3.0).grad.item() == 0)


def twice_backward():
    p = torch.tensor(3.0, requires_grad=True)
    for _ in range(2):
        (2 * p).backward()
    return p.grad


# Training


def loop_step(eta=0.1):
    """Return gradient and parameters after one step of the library's loop on a minibatch, and what went in."""
    X, y = draw(10, 2), draw(10, 1, seed=1)
    w, b = draw(2, 1, seed=2).requires_grad_(), draw(1, seed=3).requires_grad_()
    start = w.detach().clone(), b.detach().clone()
    squared_loss(linreg(X, w, b), y).sum().backward()
    sgd([w, b], eta, 10)
    return X, y, start, (w.detach(), b.detach())


def averaged(X, y, w, b):
    """Return the gradients, in w and b, of the loss averaged over a minibatch, by finite differences."""
    total = lambda w, b: sum(0.5 * (x @ w.flatten() + b - t) ** 2 for x, t in zip(X, y.flatten())) / len(X)  # noqa: E731
    return gradient(lambda v: total(v, b).sum(), w), gradient(lambda v: total(w, v).sum(), b)


def walked(eta=0.1):
    X, y, (w, b), after = loop_step(eta)
    g = averaged(X, y, w, b)
    return (w - eta * g[0], b - eta * g[1]), after


here.formula(
    r"""\mathbf g \leftarrow \partial_{(\mathbf w, b)} \frac{1}{|\mathcal B|} \sum_{i \in \mathcal B}
    l(\mathbf x^{(i)}, y^{(i)}, \mathbf w, b), \qquad
    (\mathbf w, b) \leftarrow (\mathbf w, b) - \eta\, \mathbf g .""",
    lambda: walked()[0],
    lambda said: same(said(), walked()[1], 1e-6),
)
here.claim(
    "`backward` starts from a single number",
    "`backward` 要从单个数出发",
    lambda: refuses(lambda: squared_loss(draw(3).requires_grad_(), draw(3)).backward()),
)


def refuses(action):
    """Tell whether PyTorch refuses."""
    try:
        action()
    except RuntimeError:
        return True
    return False


here.equation(
    r"\frac12 \sigma^2 = \frac12 \cdot 0.01^2 = 0.00005",
    lambda: (0.5 * 0.01**2, 0.00005),
)
here.claim(
    "for our 1,000 examples it happens to lie a little lower",
    "在我们这 1,000 个样本上，碰巧还要略低一点",
    lambda: 0.9 * 0.00005 < loss_of_truth() < 0.00005,
)


@cache
def loss_of_truth():
    """Return the mean loss of the true parameters on the chapter's examples."""
    torch.manual_seed(0)
    X, y = synthetic_data(torch.tensor([2, -3.4]), 4.2, 1000)
    return squared_loss(linreg(X, torch.tensor([[2.0], [-3.4]]), 4.2), y).mean().item()


# How good is it?

here.claim(
    "no parameters at all have a lower loss on these examples, not even the true ones",
    "在这些样本上，没有任何参数的损失更低，真实参数也不例外",
    lambda: mean_loss(fitted(*data()[2:]), *data()[2:]) < mean_loss(torch.tensor([2, -3.4, 4.2]).double(), *data()[2:]),
)
here.claim(
    "Not with more epochs alone",
    "只多训练几轮是不行的",
    lambda: epochs_later(0.03) > 2 * epochs_later(0.003),
)


def epochs_later(eta):
    """Return how far from the closed form ten epochs of minibatches end that begin there, on average."""
    w, b, X, y = data()
    best = fitted(X, y)
    p, far = best.clone(), []
    for step in range(1000):
        rows = slice(10 * (step % 100), 10 * (step % 100) + 10)
        error = X[rows] @ p[:-1] + p[-1] - y[rows]
        p = p - eta * torch.cat((error @ X[rows], error.sum().reshape(1))) / 10
        far.append((p - best).norm().item())
    return sum(far) / len(far)


here.claim(
    "append a column of ones to the features and solve",
    "给特征添上一列 1，然后求解",
    lambda: here.has("torch.cat((X, torch.ones(len(X), 1)), dim=1)") and here.has("lstsq(with_ones(features), labels)"),
)

# Watching the loss fall

here.equation(r"0.97^{2k}", lambda: (0.97 ** (2 * 30), math.prod([0.97**2] * 30)))
here.formula(r"k = 30", lambda: 30, lambda said: abs(0.97 ** (2 * said()) - 1 / 6) < 0.01)
here.formula(r"k = 300", lambda: 300, lambda said: 300 <= said() < 301 and 0.97 ** (2 * said()) < 1e-7)
here.claim(
    "its gradients are even more accurate",
    "它的梯度甚至更准确",
    lambda: spread_of_gradients(100) < spread_of_gradients(10),
)
here.claim(
    "takes away about 3 % of the distance of the parameters from the best ones, and leaves $0.97$ of it",
    "每次更新会让参数与最好的参数之间的距离减少约 3%，变成原来的 $0.97$ 倍",
    lambda: abs(remaining(0.03) - 0.97) < 0.01,
)
here.claim(
    "The loss (less the noise's share) is proportional to the square of that distance",
    "损失（除去噪声造成的那一份）与这个距离的平方成正比",
    lambda: abs(excess_loss(2.0) / excess_loss(1.0) - 4) < 1e-6,
)
here.claim(
    "Larger minibatches want more epochs or a larger learning rate",
    "小批量大了，就需要更多的轮数，或者更大的学习率",
    lambda: trained(0.03, batch_size=100)[-1] > 100 * trained(0.3, batch_size=100)[-1],
)


@cache
def trained(lr, **options):
    """Return the losses along the path that the chapter's own functions take over its own data."""
    made = ("def synthetic_data", "def data_iter", "def linreg", "def squared_loss", "def sgd")
    found = here.code(*made, "true_w = ", "true_b = ", "features, labels = ", "def train(X", "def losses(path")
    path = found.train(found.features, found.labels, lr, **options)
    return found.losses(path, found.features, found.labels).tolist()


here.claim(
    "comes down as well, but stays, on average, at ten times the floor",
    "也降了下来，但平均停在下限的十倍左右",
    lambda: 5 < sum(trained(1.5)[-50:]) / 50 / loss_of_truth() < 20,
)
here.claim(
    "the longer the steps, the farther they follow the noise of single minibatches",
    "步子越大，就被单个小批量的噪声带得越远",
    lambda: sum(trained(0.3)[-50:]) < sum(trained(1.0)[-50:]) < sum(trained(1.5)[-50:]),
)


def spread_of_gradients(batch_size):
    """Return how far the gradients of minibatches lie from that of all examples."""
    w, b, X, y = data()
    residual = (X @ (w + 1) + b - y).reshape(-1, 1)
    gradients = (residual * X).split(batch_size)
    return torch.stack([part.mean(0) for part in gradients if len(part) == batch_size]).std(0).norm()


def remaining(eta):
    """Return which part of the way to the true weights is left after one step on all examples; below 0: beyond them."""
    w, b, X, y = data(10_000, noise=0.0)
    way = torch.tensor([0.6, -0.8], dtype=torch.float64)
    moved = w + way - eta * (X.T @ (X @ (w + way) + b - y)) / len(X)
    return ((moved - w) @ way).item()


def excess_loss(distance):
    w, b, X, y = data(noise=0.0)
    return mean_loss(torch.tensor([2 + 0.6 * distance, -3.4 + 0.8 * distance, 4.2]).double(), X, y)


here.formula(r"1 - \eta", lambda eta: 1 - eta, lambda said: abs(said(0.3) - remaining(0.3)) < 0.02)

# Real birds


@cache
def birds():
    """Return measures (bill, flipper), masses, then those of the held-out birds, in double precision."""
    bill, flipper, mass = load_penguins("bill_depth_mm", "flipper_length_mm", "body_mass_g")
    torch.manual_seed(0)
    order = torch.randperm(342)
    X, y = torch.stack((bill, flipper), dim=1)[order].double(), mass[order].double()
    return X[:242], y[:242], X[242:], y[242:]


def hessian(X):
    """Return the matrix of the loss over the weights and the bias, by autograd."""
    loss = lambda p: squared_loss(X @ p[:-1] + p[-1], torch.zeros(len(X), dtype=X.dtype)).mean()  # noqa: E731
    return torch.autograd.functional.hessian(loss, torch.zeros(X.shape[1] + 1, dtype=X.dtype))


def one_bowl():
    """Return X with its ones, y, the closed form, another w, and X'X/n."""
    X, y = torch.cat((draw(30, 2), torch.ones(30, 1)), dim=1).double(), draw(30, seed=1).double()
    return X, y, fitted(X[:, :2], y), draw(3, seed=2).double(), X.T @ X / 30


def bowl_of_formula():
    X, y, best, w, H = one_bowl()
    loss = lambda p: squared_loss(X @ p, y).mean()  # noqa: E731
    way = w - best
    return (loss(w), hessian(X[:, :2])), (loss(best) + way @ H @ way / 2, H)


here.claim(
    "each update multiplies it by more than a million, and the fifth is too much for a float",
    "每次更新都变成上一次的一百多万倍，第五次就超出了浮点数的范围",
    lambda: (1 - 0.03 * torch.linalg.eigvalsh(hessian(birds()[0]))[-1]) ** 2 > 1e6,
)
here.equation(
    r"""L(\mathbf w) = L(\mathbf w^*) + \frac12 (\mathbf w - \mathbf w^*)^\top \mathbf H\, (\mathbf w - \mathbf w^*),
    \qquad \mathbf H = \frac1n \mathbf X^\top \mathbf X .""",
    bowl_of_formula,
)


def gradient_of_bowl():
    X, y, best, w, H = one_bowl()
    return derivative(lambda p: squared_loss(X @ p, y).mean(), w), H @ (w - best)


def step_in_bowl(eta=0.2):
    X, y, best, w, H = one_bowl()
    moved = w - eta * derivative(lambda p: squared_loss(X @ p, y).mean(), w)
    return moved - best, (torch.eye(3, dtype=H.dtype) - eta * H) @ (w - best)


here.equation(r"\mathbf H (\mathbf w - \mathbf w^*)", gradient_of_bowl)
here.equation(r"(\mathbf I - \eta \mathbf H) (\mathbf w - \mathbf w^*) .", step_in_bowl)
here.defines(r"\mathbf w - \mathbf w^*", "the way to go")
here.defines(r"(1, 1)", "the way to go in the toy bowl")


def share_left(eta, curvature):
    """Return what the chapter's descent leaves of the way in one step, in a bowl of this curvature."""
    start = torch.ones(1, dtype=torch.float64)
    return here.code("def descend").descend(torch.tensor([[curvature]]).double(), start, eta, 1)[-1].item()


def stretched():
    """Return an eigenvector, multiplied by the matrix and by its eigenvalue."""
    H = one_bowl()[-1]
    values, vectors = torch.linalg.eigh(H)
    return H @ vectors[:, 0], values[0] * vectors[:, 0]


here.equation(r"\mathbf H \mathbf v = \lambda \mathbf v", stretched)
here.formula(r"1 - 10 \eta", lambda eta: 1 - 10 * eta, lambda said: same(said(0.15), share_left(0.15, 10.0)))
here.formula(r"1 - \eta\lambda", lambda eta, l: 1 - eta * l, lambda said: same(said(0.3, 2.0), share_left(0.3, 2.0)))
here.equation(r"1 - \eta\lambda = 0", lambda: (share_left(1.0, 1.0), 0.0))
here.formula(
    r"\eta < \frac{2}{\lambda_{\max}},",
    lambda eta, steepest: eta < 2 / steepest,
    lambda said: all(said(eta, 10.0) == (abs(share_left(eta, 10.0)) < 1) for eta in (0.01, 0.19, 0.21, 1.0)),
)
here.formula(
    r"2 \lambda_{\min} / \lambda_{\max}",
    lambda flattest, steepest: 2 * flattest / steepest,
    lambda said: same(said(1.0, 10.0), 1 - share_left(2 / 10.0, 1.0)),
)
here.equation(
    r"\kappa = \lambda_{\max} / \lambda_{\min}",
    lambda: (torch.linalg.cond(one_bowl()[-1]), condition(one_bowl()[-1])),
)


def condition(H):
    values = torch.linalg.eigvalsh(H)
    return values[-1] / values[0]


here.claim(
    "Ours multiplied the way in the steepest direction by more than a thousand in each update",
    "每次更新都会让最陡方向上剩下的路变成原来的一千多倍",
    lambda: 1e3 < abs(1 - 0.03 * torch.linalg.eigvalsh(hessian(birds()[0]))[-1]) < 2e3,
)
here.claim(
    "the flattest direction would take millions of steps",
    "最平坦的方向也要走上千万步",
    lambda: 1e7 < condition(hessian(birds()[0])) / 2 < 2e7,
)
here.claim(
    "Most of this is due to the means, which are far from 0",
    "主要原因是均值离 0 很远",
    lambda: condition(hessian(birds()[0] - birds()[0].mean(0))) < 1e-3 * condition(hessian(birds()[0])),
)
here.claim(
    "birds with long flippers tend to have shallow bills",
    "鳍肢长的企鹅，喙往往比较薄",
    lambda: torch.corrcoef(birds()[0].T)[0, 1] < -0.5,
)
here.claim(
    "The last number, the bias, is the mass of an average bird",
    "最后一个数是偏置，也就是一只“平均企鹅”的体重",
    lambda: same(fitted(birds()[0] - birds()[0].mean(0), birds()[1])[-1], birds()[1].mean(), 1e-6),
)
here.claim(
    "g on new birds, the model by half of that",
    "克。用模型预测，误差只有一半",
    lambda: abs(typical(fitted(*birds()[:2])) / (birds()[3] - birds()[1].mean()).square().mean().sqrt() - 0.5) < 0.02,
)


def typical(parameters):
    """Return the root of the mean squared error on the held-out birds."""
    return (2 * mean_loss(parameters, birds()[2], birds()[3])).sqrt()


here.claim(
    "They fall together and end a few grams apart",
    "两条线一起下降，最后只相差几克",
    lambda: 0 < typical(fitted(*birds()[:2])) - (2 * mean_loss(fitted(*birds()[:2]), *birds()[:2])).sqrt() < 10,
)

# A picture to play with

here.claim(
    "so the condition number is the square of that",
    "所以条件数是它的平方",
    lambda: same(condition(torch.diag(torch.tensor([5.0**-2, 1.0]))), 25.0, 1e-5),
)
here.claim(
    "Beyond 2 the path flies out, whatever the stretch",
    "不管拉得多长，学习率超过 2，路径都会发散",
    lambda: abs(share_left(2.01, 1.0)) > 1 > abs(share_left(1.99, 1.0)),
)
here.claim(
    "there the steepest and the flattest direction shrink by the same factor",
    "这时最陡的方向和最平坦的方向以同样的因子缩短",
    lambda: same(-share_left(2 / (1 + 0.01), 1.0), share_left(2 / (1 + 0.01), 0.01)),
)
here.claim(
    "and not one at 45 degrees, where both weights have the same scale already",
    "山谷斜成 45 度时就不管用，因为两个权重的尺度本来就一样",
    lambda: same(*torch.diag(turned(torch.diag(torch.tensor([0.04, 1.0])), 45))),
)


def turned(H, degrees):
    angle = torch.tensor(degrees * math.pi / 180)
    turn = torch.tensor([[angle.cos(), -angle.sin()], [angle.sin(), angle.cos()]])
    return turn @ H @ turn.T


# Summary

here.claim(
    "Gradients must be cleared, and the step must not be recorded",
    "梯度必须清零，更新时不能记录计算",
    lambda: "no_grad" in inspect.getsource(sgd) and "zero_" in inspect.getsource(sgd),
)

# Exercises and solutions

here.defines(r"(1, 2)", "the features of the one example of exercise 2")


@cache
def by_hand():
    """Return the parameters of exercise 2 after the library's step."""
    w, b = torch.zeros(2, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
    squared_loss(linreg(torch.tensor([[1.0, 2.0]]), w, b), torch.tensor([[3.0]])).sum().backward()
    sgd([w, b], 0.1, 1)
    return round(w[0].item(), 6), round(w[1].item(), 6), round(b.item(), 6)


here.value(r"w_1 = 0.3", lambda: by_hand()[0])
here.value(r"w_2 = 0.6", lambda: by_hand()[1])
here.value(r"b = 0.3", lambda: by_hand()[2])
here.claim(
    "are 0: `sgd` clears the gradient that it has used",
    "的元素全是 0，因为 `sgd` 会把用过的梯度清零",
    lambda: step(2.0).grad.item() == 0,
)
here.claim(
    "would give each example of a short last batch more weight than the others",
    "里面每个样本的分量就比别的样本重",
    lambda: (
        torch.tensor([torch.zeros(10).mean(), torch.ones(4).mean()]).mean()
        > torch.tensor([0.0] * 10 + [1.0] * 4).mean()
    ),
)
here.claim(
    "(b) The gradient of the mean is a tenth of that of the sum",
    "（b）均值的梯度是和的梯度的十分之一",
    lambda: same(
        10 * derivative(lambda w: squared_loss(w, draw(10)).mean(), draw(10, seed=1)),
        derivative(lambda w: squared_loss(w, draw(10)).sum(), draw(10, seed=1)),
    ),
)
here.claim(
    "The floor is half the variance of the noise",
    "下限是噪声方差的一半",
    lambda: same(mean_loss(torch.tensor([2, -3.4, 4.2]).double(), *data(100_000, 0.1)[2:]), 0.1**2 / 2, 1e-4),
)


@cache
def error_of_fit(num_examples, noise):
    """Return the mean error of the fitted parameters over many data sets."""
    truth = torch.tensor([2, -3.4, 4.2]).double()
    return sum((fitted(*data(num_examples, noise, 2 * s)[2:]) - truth).norm() for s in range(400)).item() / 400


here.formula(
    r"\sqrt{10}",
    lambda: math.sqrt(10),
    lambda said: abs(error_of_fit(40, 0.1) / error_of_fit(400, 0.1) / said() - 1) < 0.1,
)
here.claim(
    "(a) The errors of the parameters are ten times as large, since they are linear in the noise",
    "（a）参数的误差变成原来的十倍，因为误差与噪声是线性关系",
    lambda: same(error_of_fit(100, 0.1), 10 * error_of_fit(100, 0.01), 1e-6),
)
here.claim(
    "the losses and their floor a million times",
    "损失及其下限变成原来的一百万倍",
    lambda: same(squared_loss(1000 * draw(4), 1000 * draw(4, seed=1)), 1e6 * squared_loss(draw(4), draw(4, seed=1))),
)
here.claim(
    "all neurons of a layer compute the same, get the same gradients, and stay the same for ever",
    "同一层的神经元算出的结果就都相同，得到的梯度也相同，以后也就永远相同",
    lambda: agree(*hidden_gradients(0.5)),
)
here.claim(
    "if they are all zero, the gradients of all layers below the last are zero, too",
    "如果权重全是零，输出层以下各层的梯度还都是零",
    lambda: not hidden_gradients(0.0).any(),
)


def hidden_gradients(start):
    """Return the gradients of the first of two layers whose weights all start out equal."""
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    for parameter in net.parameters():
        torch.nn.init.constant_(parameter, start)
    net(torch.tensor([[1.0, -0.3], [0.2, 2.0]])).sum().backward()
    return net[0].weight.grad
