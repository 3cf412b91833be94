"""What chapter 01 states, and its solutions."""

import math
from functools import cache
from types import SimpleNamespace

import torch

from book_utils import Timer, load_penguins
from tools.meaning.formulas import Verified, agree, derivative, draw, gradient, same

here = Verified("01")


@cache
def houses():
    """Return the six houses, the first guess, and what the chapter computes with them."""
    return here.code(
        "area = ",
        "age = ",
        "price = ",
        "w_area, w_age, b = 1.0, -0.1, 1.0",
        "prediction = ",
        "X, y = torch.stack((area, age), dim=1), price",
        "w = torch.tensor([w_area, w_age])",
        "errors = X @ w + b - y",
        "def mean_loss",
        "X1 = ",
        "w_star = torch.linalg.solve(",
        "r = y - X1",
        "X_dep = ",
        "area_2 = ",
        "X_near = ",
        "def gradients",
        "def descend",
        "def normal",
        "def my_fit",
        "def my_mean_loss",
        "def my_gradient",
    )


# A data set of n examples with d features, parameters, and a standard deviation: none of them special.
n, d = 7, 3
X, y, w, b, sigma = draw(n, d, seed=1), draw(n, seed=2), draw(d, seed=3), draw(seed=4), 0.7
x = X[0]
ones = torch.ones(n, 1).double()
longer = torch.cat((X, ones), dim=1)  # the design matrix with its column of ones
batch = [1, 4]


def losses(w, b):
    """Return the loss of each example as PyTorch has it."""
    return torch.nn.functional.mse_loss(X @ w + b, y, reduction="none") / 2


def mean_loss(w, b):
    return losses(w, b).mean()


def best():
    """Return the parameters of least squares, the bias last, as torch.linalg has them."""
    return torch.linalg.lstsq(longer, y).solution


def density(x, mu, sigma):
    mu, sigma = (torch.as_tensor(value, dtype=torch.float64) for value in (mu, sigma))
    return torch.distributions.Normal(mu, sigma).log_prob(x).exp()


# The linear model

here.equation(
    r"\mathrm{price} = w_{\mathrm{area}} \cdot \mathrm{area} + w_{\mathrm{age}} \cdot \mathrm{age} + b.",
    lambda: (houses().w_area * houses().area + houses().w_age * houses().age + 1.0, houses().X @ houses().w + 1.0),
)
here.value(r"w_{\mathrm{area}} = 1", lambda: houses().w_area)
here.value(r"w_{\mathrm{age}} = -0.1", lambda: houses().w_age)
here.value(r"b = 1", lambda: houses().b)
here.value(r"1 \cdot 1 - 0.1 \cdot 1 + 1", lambda: houses().prediction)
here.defines(r"x_1, \dots, x_d", "the features of one example")
here.defines(r"w_1, \dots, w_d", "the weights of the features")
here.equation(
    r"\hat y = w_1 x_1 + \dots + w_d x_d + b = \mathbf w^\top \mathbf x + b.",
    lambda: (sum(w[i] * x[i] for i in range(d)) + b, torch.dot(w, x) + b, torch.nn.functional.linear(x, w[None], b)[0]),
)
here.equation(
    r"\hat{\mathbf y} = \mathbf X \mathbf w + b.", lambda: (X @ w + b, torch.stack([torch.dot(w, x) + b for x in X]))
)
here.equation(r"\mathbf X \mathbf w", lambda: (X @ w, torch.stack([torch.dot(row, w) for row in X])))

# The loss

here.equation(
    r"l^{(i)}(\mathbf w, b) = \frac12 \left(\hat y^{(i)} - y^{(i)}\right)^2.",
    lambda: (losses(w, b)[2], 1 / 2 * (X[2] @ w + b - y[2]) ** 2),
)
here.equation(
    r"\hat y^{(i)} - y^{(i)}",
    lambda: (X[2] @ w + b - y[2], derivative(lambda y_hat: (y_hat - y[2]) ** 2 / 2, X[2] @ w + b)),
)
here.equation(
    r"""L(\mathbf w, b) = \frac1n \sum_{i=1}^n l^{(i)}(\mathbf w, b)
    = \frac1n \sum_{i=1}^n \frac12 \left(\mathbf w^\top \mathbf x^{(i)} + b - y^{(i)}\right)^2.""",
    lambda: (
        mean_loss(w, b),
        1 / n * sum(losses(w, b)),
        1 / n * sum(1 / 2 * (w @ X[i] + b - y[i]) ** 2 for i in range(n)),
        houses().my_mean_loss(X, y, w, b),
    ),
)
here.equation(
    r"\mathbf w^*, b^* = \operatorname*{argmin}_{\mathbf w, b} L(\mathbf w, b).",
    lambda: (best(), best() - gradient(lambda v: mean_loss(v[:d], v[d]), best()).round(decimals=8)),
)
here.equation(r"2n", lambda: (2 * n, ((y - X @ w) ** 2).sum() / mean_loss(w, 0)))
here.equation(
    r"""\begin{aligned}
    \|\mathbf y - \mathbf X \mathbf w\|^2 &= \mathbf y^\top \mathbf y - 2\, \mathbf w^\top \mathbf X^\top \mathbf y
    + \mathbf w^\top \mathbf X^\top \mathbf X \mathbf w, \\
    \nabla_{\mathbf w} \|\mathbf y - \mathbf X \mathbf w\|^2 &= -2\, \mathbf X^\top \mathbf y
    + 2\, \mathbf X^\top \mathbf X \mathbf w, \\
    \mathbf X^\top \mathbf X \mathbf w^* &= \mathbf X^\top \mathbf y.
    \end{aligned}""",
    lambda: (
        torch.cat(((y @ y - 2 * w @ X.T @ y + w @ X.T @ X @ w)[None], -2 * X.T @ y + 2 * X.T @ X @ w, longer.T @ y)),
        torch.cat(
            (
                ((y - X @ w) ** 2).sum()[None],
                derivative(lambda w: ((y - X @ w) ** 2).sum(), w),
                longer.T @ longer @ best(),
            )
        ),
    ),
)
here.equation(
    r"\nabla_{\mathbf w} \mathbf w^\top \mathbf a = \mathbf a",
    lambda: (derivative(lambda w: w @ x, w), x),
)
here.equation(
    r"\nabla_{\mathbf w} \mathbf w^\top \mathbf A \mathbf w = 2\, \mathbf A \mathbf w",
    lambda: (derivative(lambda w: w @ X.T @ X @ w, w), 2 * X.T @ X @ w),
)
here.equation(
    r"\mathbf w^* = (\mathbf X^\top \mathbf X)^{-1} \mathbf X^\top \mathbf y.",
    lambda: (best(), torch.linalg.inv(longer.T @ longer) @ longer.T @ y),
)
here.terms(r"\mathbf X^\top \mathbf X")


@cache
def perpendicular():
    """Return what the figure of the two examples is made of."""
    return here.code("feature, labels = ", "best = ")


here.value(r"\mathbf x = (2, 1)", lambda: perpendicular().feature)
here.value(r"\mathbf y = (3, 4)", lambda: perpendicular().labels)
here.terms(r"w\mathbf x")
here.equation(
    r"2\mathbf x = (4, 2)", lambda: (2 * torch.tensor([2.0, 1.0]), torch.tensor([4.0, 2.0]), perpendicular().best)
)
here.value(r"(-1, 2)", lambda: perpendicular().labels - perpendicular().best)
here.equation(
    (r"\mathbf r = \mathbf y - \mathbf X \mathbf w^*", r"\mathbf X^\top \mathbf r"),
    lambda: (torch.cat((residual(), longer.T @ residual())), torch.cat((y - longer @ best(), torch.zeros(d + 1)))),
)
here.formula(
    r"\mathbf X^\top \mathbf r = 0",
    lambda A: A.T @ (y - A @ torch.linalg.lstsq(A, y).solution + 1),
    lambda said: same(said(longer), longer.sum(dim=0)),
)


def residual():
    return y - longer @ best()


UNSEEN = torch.linalg.svd(longer).U[:, d + 1 :]
"""Directions at right angles to all columns of the longer design matrix."""
D = draw(d + 1, n - d - 1, seed=6) @ UNSEEN.T


def covariance(estimate):
    """Return the covariance of a linear estimate of the parameters under noise with the variance sigma ** 2."""
    return estimate @ (sigma**2 * torch.eye(n).double()) @ estimate.T


here.equation(
    r"\left((\mathbf X^\top \mathbf X)^{-1} \mathbf X^\top + \mathbf D\right) \mathbf y",
    lambda: ((torch.linalg.inv(longer.T @ longer) @ longer.T + D) @ y, best() + D @ y),
)
here.formula(
    r"\mathbf D \mathbf X = 0",
    lambda D: D @ longer + 1,
    lambda said: same(said(D), torch.ones(d + 1, d + 1)),
)
here.equation(
    r"\sigma^2 \left((\mathbf X^\top \mathbf X)^{-1} + \mathbf D \mathbf D^\top\right)",
    lambda: (
        sigma**2 * (torch.linalg.inv(longer.T @ longer) + D @ D.T),
        covariance(torch.linalg.pinv(longer) + D),
    ),
)
here.equation(
    r"\|\mathbf X \mathbf v\|^2 = \mathbf v^\top \mathbf X^\top\mathbf X \mathbf v",
    lambda: (torch.linalg.vector_norm(X @ w) ** 2, w @ X.T @ X @ w),
)
here.terms(r"\mathbf X^\top\mathbf X \mathbf v", r"\mathbf X \mathbf v")
here.formula(
    r"w_1 + 2 w_4 = 1",
    lambda w: w[0] + 2 * w[3],
    lambda said: all(
        same(said(torch.tensor(v)), 1, 1e-6)
        and same(houses().X_dep @ torch.tensor(v), houses().X1 @ houses().w_star, 1e-5)
        for v in ([1.0, -0.2, 1.0, 0.0], [0.0, -0.2, 1.0, 0.5], [0.2, -0.2, 1.0, 0.4])
    ),
)
here.value(r"(0.2, 0.4)", lambda: (torch.linalg.pinv(houses().X_dep) @ houses().y)[[0, 3]].double().round(decimals=5))
here.equation(
    (r"\lambda \|\mathbf w\|^2", r"\lambda \mathbf I"),
    lambda: (
        torch.cat(((0.3 * w @ w)[None], 0.3 * torch.eye(d).double() @ w)),
        torch.cat(((ridge(w, 0.3) - ridge(w, 0))[None], derivative(lambda w: ridge(w, 0.3) - ridge(w, 0), w) / 2)),
    ),
)
here.formula(
    r"\lambda > 0",
    lambda lam: lam > 0,
    lambda said: all(
        said(lam) == (torch.linalg.eigvalsh(twins().T @ twins() + lam * torch.eye(d + 1))[0].item() > 1e-6)
        for lam in (0, 0.01, 1.0)
    ),
)


def ridge(w, lam):
    """Return what ridge regression minimises."""
    return ((y - X @ w) ** 2).sum() + lam * (w**2).sum()


here.equation(
    r"""R^2 = 1 - \frac{\sum_i \left(y^{(i)} - \hat y^{(i)}\right)^2}{\sum_i \left(y^{(i)} - \bar y\right)^2},""",
    lambda: (
        1 - ((y - longer @ best()) ** 2).sum() / ((y - y.mean()) ** 2).sum(),
        torch.corrcoef(torch.stack((y, longer @ best())))[0, 1] ** 2,  # of least squares, on its training set
    ),
)
here.equation(
    (r"1 \cdot \mathrm{area}", r"0.5 \cdot (2 \cdot \mathrm{area})"),
    lambda: (1 * houses().area, 0.5 * (2 * houses().area), 0.5 * houses().X_dep[:, 3]),
)

# Gradient descent


@cache
def descent():
    """Return the steps of the toy case, with the gradient of each."""
    eta = here.code("weight, eta = 0.0, 1 / 8").eta
    path, slopes = [0.0], []
    for _ in range(2):
        slopes.append(derivative(lambda w: toy_loss(w), torch.tensor(path[-1])).item())
        path.append(path[-1] - eta * slopes[-1])
    return path, slopes


def toy_loss(w):
    """Return half the squared error of the single example."""
    return (w * 2 - 4) ** 2 / 2


EXAMPLE = r"gradient = (\d) \* \(\1 \* weight - (\d)\)"
here.value(r"x = 2", lambda: here.numbers(EXAMPLE)[0])
here.value(r"y = 4", lambda: here.numbers(EXAMPLE)[1])
here.value(r"\frac12 (2w - 4)^2", lambda: toy_loss(0.3), w=0.3)
here.value(r"2\,(2w - 4)", lambda: derivative(toy_loss, torch.tensor(0.3)), w=0.3)
here.value(r"w = 0", lambda: descent()[0][0])
here.value(r"\eta = \frac18", lambda: here.code("weight, eta = 0.0, 1 / 8").eta)
here.equation(
    r"""(\mathbf w, b) \leftarrow (\mathbf w, b) - \frac{\eta}{|\mathcal B|} \sum_{i \in \mathcal B}
    \partial_{(\mathbf w, b)}\, l^{(i)}(\mathbf w, b).""",
    lambda: (
        stepped(),
        before() - 0.1 / 2 * sum(slope_of(i) for i in batch),
    ),
)


def slope_of(i):
    """Return the gradient of the loss of one example in all parameters."""
    return derivative(lambda v: losses(v[:d], v[d])[i], before())


here.defines(r"|\mathcal B|", "the number of examples in a minibatch")


def before():
    """Return all parameters in one vector, the bias last."""
    return torch.cat((w, b.reshape(1)))


def stepped():
    """Return the parameters after a step of PyTorch's gradient descent on the minibatch, at learning rate 0.1."""
    parameters = before().requires_grad_()
    losses(parameters[:d], parameters[d])[batch].mean().backward()
    torch.optim.SGD([parameters], lr=0.1).step()
    return parameters.detach()


here.equation(
    r"\frac12(\text{error})^2",
    lambda: (1 / 2 * (X[2] @ w + b - y[2]) ** 2, losses(w, b)[2]),
)
here.equation(
    r"""\begin{aligned}
    \mathbf w &\leftarrow \mathbf w - \frac{\eta}{|\mathcal B|} \sum_{i \in \mathcal B}
    \mathbf x^{(i)} \left(\mathbf w^\top \mathbf x^{(i)} + b - y^{(i)}\right), \\
    b &\leftarrow b - \frac{\eta}{|\mathcal B|} \sum_{i \in \mathcal B}
    \left(\mathbf w^\top \mathbf x^{(i)} + b - y^{(i)}\right).
    \end{aligned}""",
    lambda: (
        stepped(),
        torch.cat(
            (
                w - 0.1 / 2 * sum(X[i] * (w @ X[i] + b - y[i]) for i in batch),
                (b - 0.1 / 2 * sum(w @ X[i] + b - y[i] for i in batch)).reshape(1),
            )
        ),
        before() - 0.1 * torch.cat([part.reshape(-1) for part in houses().gradients(w, b, X[batch], y[batch])]),
    ),
)

# Where the squared loss comes from

here.defines(r"\sigma^2", "the variance of a normal distribution")
here.equation(
    r"p(x) = \frac{1}{\sqrt{2\pi\sigma^2}} \exp\left(-\frac{1}{2\sigma^2} (x - \mu)^2\right).",
    lambda: (
        density(y, 0.3, sigma),
        1 / math.sqrt(2 * math.pi * sigma**2) * torch.exp(-1 / (2 * sigma**2) * (y - 0.3) ** 2),
        houses().normal(y, 0.3, sigma),
    ),
)
here.equation(
    (
        r"y = \mathbf w^\top \mathbf x + b + \epsilon",
        r"\epsilon \sim \mathcal N(0, \sigma^2)",
        r"""p(y \mid \mathbf x) = \frac{1}{\sqrt{2\pi\sigma^2}}
        \exp\left(-\frac{1}{2\sigma^2} \left(y - \mathbf w^\top \mathbf x - b\right)^2\right).""",
    ),
    lambda: (
        density(1.5 - (w @ x + b), 0.0, sigma),  # of the noise that makes the label 1.5
        density(torch.tensor(1.5), w @ x + b, sigma),
        1 / math.sqrt(2 * math.pi * sigma**2) * torch.exp(-1 / (2 * sigma**2) * (1.5 - w @ x - b) ** 2),
    ),
)


def log_likelihood(w, b):
    """Return the logarithm of the density of all labels, as torch's joint distribution has it."""
    noise = torch.distributions.Normal(torch.zeros(n).double(), sigma)
    return torch.distributions.Independent(noise, 1).log_prob(y - X @ w - b)


here.equation(
    r"p(\mathbf y \mid \mathbf X) = \prod_{i=1}^n p\left(y^{(i)} \mid \mathbf x^{(i)}\right)",
    lambda: (log_likelihood(w, b).exp(), math.prod(density(y[i], X[i] @ w + b, sigma) for i in range(n))),
)
here.equation(
    r"""\begin{aligned}
    -\log p(\mathbf y \mid \mathbf X) &= \sum_{i=1}^n \left[ \frac12 \log(2\pi\sigma^2)
    + \frac{1}{2\sigma^2} \left(y^{(i)} - \mathbf w^\top \mathbf x^{(i)} - b\right)^2 \right] \\
    &= \frac n2 \log(2\pi\sigma^2) + \frac{n}{\sigma^2}\, L(\mathbf w, b).
    \end{aligned}""",
    lambda: (
        -log_likelihood(w, b),
        sum(
            1 / 2 * math.log(2 * math.pi * sigma**2) + 1 / (2 * sigma**2) * (y[i] - w @ X[i] - b) ** 2 for i in range(n)
        ),
        n / 2 * math.log(2 * math.pi * sigma**2) + n / sigma**2 * mean_loss(w, b),
    ),
)


def growth(loss):
    """Return how much the negative log-likelihood grows for each unit of a loss."""
    return (log_likelihood(w, b) - log_likelihood(2 * w, b)) / (loss(2 * w, b) - loss(w, b))


here.equation(r"n/\sigma^2", lambda: (n / sigma**2, growth(mean_loss)))

# As a neural network

here.value(r"d = 4", lambda: here.numbers(r"^show_network\((\d), 1\)")[0])
here.defines(r"x_1, \dots, x_4", "the four inputs of the drawn network")

# Exercises and solutions

here.value(r"\eta = \frac14", lambda: learning_rates()[1])
here.value(r"\eta = \frac12", lambda: learning_rates()[2])
here.value(r"\eta = 1", lambda: learning_rates()[3])


def learning_rates():
    """Return the learning rates of exercise 2, as its solution tries them."""
    return (1 / 8, 1 / 4, 1 / 2, 1) if here.has("for eta in (1 / 8, 1 / 4, 1 / 2, 1):") else ()


here.defines(r"y_1, \dots, y_n", "given numbers")
here.terms(r"\sum_i (y_i - b)^2")
here.equation(r"(n, d)", lambda: ((n, d), tuple(X.shape)))
here.equation(r"(d,)", lambda: ((d,), tuple(houses().my_gradient(X, y, w, b).shape)))
here.equation(r"(n,)", lambda: ((n,), tuple((X @ w + b).shape)))
here.equation(r"(n, d + 1)", lambda: ((n, d + 1), tuple(longer.shape)))
here.equation(r"(d + 1,)", lambda: ((d + 1,), tuple(best().shape)))
here.equation(
    r"2(2w - 4) = 4(w - 2)", lambda: (2 * (2 * w - 4), 4 * (w - 2), derivative(lambda w: toy_loss(w).sum(), w))
)
here.equation(
    r"(1 - 4\eta)(w - 2)",
    lambda: tuple((1 - 4 * eta) * (0.3 - 2) for eta in learning_rates()[:1]) + (toy_step(0.3, 1 / 8) - 2,),
)
here.terms(r"w - 2")


def toy_step(w, eta):
    """Return the weight of the toy case after one step."""
    return w - eta * derivative(toy_loss, torch.tensor(w, dtype=torch.float64)).item()


def settles(eta):
    """Tell whether the weight of the toy case comes to rest at a learning rate."""
    weight = 0.0
    for _ in range(200):
        weight = toy_step(weight, eta)
    return abs(weight - 2) < 0.1


here.formula(
    r"0 < \eta < \frac12",
    lambda eta: 0 < eta < 1 / 2,
    lambda said: all(said(eta) == settles(eta) for eta in (-0.02, 0.0, 0.02, 0.48, 0.5, 0.52)),
)
here.equation(
    r"-2 \sum_i (y_i - b)", lambda: (-2 * sum(y - 0.3), derivative(lambda b: ((y - b) ** 2).sum(), draw() * 0 + 0.3))
)
here.equation(r"nb = \sum_i y_i", lambda: (n * y.mean(), sum(y)))
LAPLACE = torch.distributions.Laplace(*torch.tensor([0.0, 1.0], dtype=torch.float64))
here.equation(
    r"\frac12 \exp(-|\epsilon|)",
    lambda: (1 / 2 * torch.exp(-abs(y)), LAPLACE.log_prob(y).exp()),
)
here.equation(
    r"-\log p = |y - \hat y| + \log 2",
    lambda: (-LAPLACE.log_prob(y[0] - b), abs(y[0] - b) + math.log(2)),
)

# In words. The data and the model


here.claim(
    "in thousands of square feet, age in decades, and price in units of 100,000 US dollars",
    "面积以千平方英尺为单位，房龄以十年为单位，价格以 10 万美元为单位",
    lambda: here.has("'area (1,000 sq ft)'") and here.has("'price (100,000 USD)'"),
)
here.claim(
    "What we want to predict, the price, is the *label*",
    "要预测的量，即价格，叫**标签**",
    lambda: torch.equal(houses().y, houses().price),
)
here.claim(
    "What we predict it from, area and age, are the *features*",
    "预测所依据的量，即面积和房龄，叫**特征**",
    lambda: torch.equal(houses().X[:, 0], houses().area) and torch.equal(houses().X[:, 1], houses().age),
)
here.claim(
    "how much the prediction changes when its feature grows by one unit",
    "特征每增加一个单位，预测值改变多少，就由对应的权重决定",
    lambda: same(w @ (x + torch.eye(d)[1]) + b - (w @ x + b), w[1]),
)
here.claim(
    "the prediction when all features are 0",
    "它是所有特征都为 0 时的预测值",
    lambda: same(w @ torch.zeros(d).double() + b, b),
)
here.claim(
    "each 1,000 square feet add 100,000 dollars and each decade take 10,000 away, from a base of 100,000",
    "假定底价是 10 万美元，面积每 1,000 平方英尺加 10 万美元，房龄每十年减 1 万美元",
    lambda: same([100_000 * each for each in (houses().w_area, houses().w_age, houses().b)], [1e5, -1e4, 1e5]),
)
here.claim(
    "The house was sold for 170,000: too much by 20,000",
    "这栋房子实际卖了 17 万美元，预测值高了 2 万美元",
    lambda: (
        same(100_000 * houses().price[0], 170_000, 1e-6)
        and same(1e5 * (houses().prediction - houses().price[0]), 20_000, 1e-5)
    ),
)
here.claim(
    r"$y$ is the true label, $\hat y$ what the model says",
    r"$y$ 是真实标签，$\hat y$ 是模型给出的值",
    lambda: same(losses(w, b)[0], (X[0] @ w + b - y[0]) ** 2 / 2),
)
here.claim(
    "It has a row for each example and a column for each feature",
    "每个样本占一行，每个特征占一列",
    lambda: houses().X.shape == (len(houses().price), 2),
)
here.claim(
    r"The product $\mathbf X \mathbf w$ is a vector of $n$ numbers and $b$ is a single number",
    r"乘积 $\mathbf X \mathbf w$ 是由 $n$ 个数组成的向量，而 $b$ 只是一个数",
    lambda: (X @ w).shape == (n,) and b.numel() == 1,
)
here.claim("$b$ is added to every entry", "$b$ 要加到每个元素上", lambda: same(X @ w + b - X @ w, b.expand(n)))
here.claim(
    "makes the two features the columns of a matrix",
    "把两个特征排成矩阵的两列",
    lambda: torch.equal(houses().X[:, 1], houses().age) and houses().X.shape == (6, 2),
)
here.claim(
    "The first entry of the last line is the prediction",
    "最后一行输出里的第一个数，就是你刚才算过的那个预测值",
    lambda: same((houses().X @ houses().w + houses().b)[0], houses().prediction),
)

# In words. The loss

here.claim(
    "As a rule it is not negative; the smaller it is, the better, and it is 0 for a perfect prediction",
    "损失一般不为负，越小越好，预测完全准确时为 0",
    lambda: (losses(w, b) >= 0).all() and mean_loss(best()[:d], best()[d]) < mean_loss(w, b) and toy_loss(2.0) == 0,
)
here.claim(
    "The half makes no real difference: the best parameters stay the best",
    "式中的二分之一没有实质影响，不会改变哪组参数最好",
    lambda: slope_at_best(mean_loss).abs() < 1e-9 and slope_at_best(lambda *v: 2 * mean_loss(*v)).abs() < 1e-9,
)


def slope_at_best(loss):
    return derivative(lambda v: loss(v[:d], v[d]), best()).abs().max()


here.claim(
    "derivative with respect to the prediction, which is now $\\hat y^{(i)} - y^{(i)}$ with coefficient 1",
    "对预测值求导，结果就是 $\\hat y^{(i)} - y^{(i)}$，系数为 1",
    lambda: same(derivative(lambda y_hat: (y_hat - 3) ** 2 / 2, torch.tensor(7.0)), 4.0),
)
here.claim(
    "The cyan line is a linear model with one feature. The red segments are the *residuals*",
    "青色直线是只有一个特征的线性模型。红色线段是**残差**",
    lambda: (
        here.has("line, 'c-', label='linear model'") and here.has("price, color='r', linewidth=2.5, label='residual'")
    ),
)
here.claim(
    "Residuals are measured vertically, in units of the price, and not at right angles",
    "残差要沿竖直方向量，单位与价格相同。不能沿与直线垂直的方向量",
    lambda: here.has("plt.vlines(area, line, price"),
)


here.claim(
    "the error of house 4 is three times that of house 1, its loss nine times",
    "第 4 栋的误差是第 1 栋的三倍，损失却是九倍",
    lambda: same(houses().errors[3] / houses().errors[0], 3, 1e-5) and same(toy_loss(3.5) / toy_loss(2.5), 3**2),
)
here.claim(
    "will therefore accept several small errors to avoid a big one",
    "宁可接受几个小误差，也要避开一个大误差",
    lambda: 3 * toy_loss(2.5) < toy_loss(2.5 + 2 * 0.5),
)
here.claim(
    "take the mean of the losses",
    "就取各个损失的均值",
    lambda: (
        here.has("((X @ w + b - y) ** 2 / 2).mean()") and same(houses().my_mean_loss(X, y, w, b), losses(w, b).mean())
    ),
)
here.claim(
    "it is $n$ times the mean, and smallest for the same parameters",
    "总和是均值的 $n$ 倍，在同一组参数处达到最小值",
    lambda: same(losses(w, b).sum(), n * mean_loss(w, b)),
)
here.claim(
    "If each decade takes off 20,000 dollars instead of 10,000, the mean loss falls to",
    "如果房龄每十年减 2 万美元，而不是 1 万美元，平均损失就降到",
    lambda: (
        houses().mean_loss(torch.tensor([1.0, -0.2]), 1.0) < houses().mean_loss(torch.tensor([1.0, -0.1]), 1.0)
        and here.has("mean_loss(torch.tensor([1.0, -0.2]), b)")
    ),
)

# In words. The closed form

here.claim(
    "Append a column of ones to the design matrix",
    "在设计矩阵后面添上一列 1",
    lambda: torch.equal(houses().X1[:, 2], torch.ones(6)) and houses().X1.shape == (6, 3),
)


def twins():
    """Return a design matrix in which one column is twice another."""
    return torch.cat((X, 2 * X[:, :1]), dim=1)


def determinant(X):
    return torch.linalg.det(X.T @ X).abs().item()


here.claim(
    r"is invertible exactly when the columns of $\mathbf X$ are linearly independent",
    r"可逆，当且仅当 $\mathbf X$ 的各列线性无关",
    lambda: determinant(X) > 0.1 and determinant(twins()) < 1e-9,
)
here.claim(
    "its derivative is zero at a single point (its only *critical point*), and that is the lowest",
    "导数只在一个点为零（唯一的**临界点**），那里就是最低点",
    lambda: torch.linalg.eigvalsh(longer.T @ longer) > 0.1,
)
here.claim(
    "The best weights are 1.000 and -0.200, and the best bias is 1.000",
    "最好的权重是 1.000 和 -0.200，最好的偏置是 1.000",
    lambda: (
        same(houses().w_star.round(decimals=3), [1, -0.2, 1], 1e-6) and here.has("mean_loss(w_star[:2], w_star[2])")
    ),
)
here.claim(
    "the residuals add up to 0, which is their product with the column of ones",
    "残差加起来是 0，而这正是残差与全 1 列的乘积",
    lambda: abs(houses().r.sum()) < 1e-5 and same(houses().r.sum(), houses().r @ houses().X1[:, 2], 1e-5),
)
here.claim(
    "least squares has the smallest variance",
    "最小二乘的方差最小",
    lambda: covariance(torch.linalg.pinv(longer)).diag() < covariance(torch.linalg.pinv(longer) + D).diag(),
)
here.claim(
    "The second guess above was already the best there is",
    "前面第二次猜的那组参数已经是最好的了",
    lambda: same(houses().w_star, [1, -0.2, 1], 1e-4),
)
here.claim(
    "no choice of parameters matches all six",
    "没有哪组参数能让六个价格都对上",
    lambda: houses().mean_loss(houses().w_star[:2], houses().w_star[2]) > 0.009,
)
here.claim(
    "We solve the linear equation instead of inverting the matrix",
    "我们不求逆矩阵，而是解线性方程组",
    lambda: here.has("torch.linalg.solve(X1.T @ X1, X1.T @ y)") and not here.has("linalg.inv"),
)


def misfit_of(method):
    """Return by how much solutions in single precision miss equations whose matrix is nearly singular, on average."""
    found = []
    for seed in range(20):
        A = draw(20, 6, seed=seed) * torch.logspace(0, 3, 6, dtype=torch.float64)
        matrix, right = (A.T @ A).float(), (A.T @ draw(20)).float()
        solution = torch.linalg.inv(matrix) @ right if method == "invert" else torch.linalg.solve(matrix, right)
        found.append((matrix.double() @ solution.double() - right).norm().item())
    return sum(found) / len(found)


here.claim(
    "this is less work and loses less precision",
    "这样计算量更小，精度损失也更小",
    lambda: misfit_of("solve") < misfit_of("invert"),
)
here.claim(
    "It is twice the first column, so the columns are dependent",
    "这一列是第一列的两倍，所以各列线性相关",
    lambda: torch.equal(houses().X_dep[:, 3], 2 * houses().X_dep[:, 0]),
)
here.claim(
    r"$\mathbf X^\top\mathbf X$ always has the same rank as $\mathbf X$, so it is not invertible",
    r"$\mathbf X^\top\mathbf X$ 的秩总是与 $\mathbf X$ 相同，所以它不可逆",
    lambda: agree(*(torch.linalg.matrix_rank(A) for A in (twins(), twins().T @ twins()))),
)
here.claim(
    "There is no single best parameter vector: a whole line of them reaches the lowest loss",
    "最好的参数向量不止一个，整条直线上的参数都达到最低的损失",
    lambda: same(twins() @ torch.tensor([2.0, 0, 0, -1]).double(), torch.zeros(n)),
)
here.claim(
    "`lstsq` returns the *shortest* of all best vectors",
    "`lstsq` 返回所有最优的参数向量里**最短**的一个",
    lambda: (
        same(torch.linalg.lstsq(twins(), y).solution, torch.linalg.pinv(twins()) @ y, 1e-6)
        and abs(torch.linalg.pinv(twins()) @ y @ torch.tensor([2.0, 0, 0, -1]).double()) < 1e-9
    ),
)


def by_ridge(lam):
    """Return the weights of the two areas that ridge regression finds in the nearly dependent case."""
    A, right = houses().X_near, houses().y.double()
    return torch.linalg.lstsq(torch.cat((A, lam**0.5 * torch.eye(4))), torch.cat((right, torch.zeros(4)))).solution


here.claim(
    "and its weights blow up. A small $\\lambda$ is enough to share the influence sensibly",
    "权重就大得离谱。很小的 $\\lambda$ 就足以合理地分配影响",
    lambda: by_ridge(0).abs().max() > 8 and (by_ridge(0.1)[[0, 3]] - 0.5).abs().max() < 0.1,
)
here.claim(
    "But it pulls all weights towards 0",
    "但它把所有权重都往 0 拉",
    lambda: by_ridge(0).norm() > by_ridge(0.1).norm() > by_ridge(10).norm() > 100 * by_ridge(1e6).norm(),
)

# In words. The penguins


@cache
def penguins():
    """Return the birds' measures, the split, and the baseline, as the chapter has them."""
    columns = ("flipper_length_mm", "bill_length_mm", "bill_depth_mm", "body_mass_g", "species")
    flipper, bill_length, bill_depth, mass, species = load_penguins(*columns)
    order = torch.randperm(len(mass), generator=torch.Generator().manual_seed(0))
    return SimpleNamespace(
        columns=torch.stack((flipper, bill_length, bill_depth), dim=1).double(),
        mass=mass.double(),
        species=species,
        train=order[:242],
        held_out=order[242:],
    )


def fitted(columns, birds=None):
    """Return the weights, the bias last, and the residuals of all birds, of a fit to the training birds."""
    them = penguins()
    A = torch.cat((them.columns[:, columns], torch.ones(len(them.mass), 1)), dim=1)
    birds = them.train if birds is None else birds
    weights = torch.linalg.lstsq(A[birds], them.mass[birds]).solution
    return weights, them.mass - A @ weights


def typical_error(columns):
    """Return the root of the mean squared error on the held-out birds."""
    return (fitted(columns)[1][penguins().held_out] ** 2).mean().sqrt().item()


here.claim(
    "The table is in order of species, so we shuffle it first",
    "表是按物种排列的，所以先打乱",
    lambda: (penguins().species.diff() != 0).sum().item() == 2,
)
here.claim(
    "the model halves the error",
    "模型把误差减了一半",
    lambda: 0.48 < typical_error([0]) / typical_error([]) < 0.52,
)
here.claim(
    "for held-out birds as wide as for training birds",
    "留出的企鹅与训练集里的企鹅，两条带子一样宽",
    lambda: 0.9 < fitted([0])[1][penguins().held_out].std() / fitted([0])[1][penguins().train].std() < 1.1,
)
here.claim(
    "The shortest flippers lie mostly above zero",
    "鳍肢最短的那些大多在零线上方",
    lambda: (fitted([0])[1][penguins().columns[:, 0] < 180] > 0).double().mean() > 0.6,
)
here.claim(
    "The bill predicts the mass, too, if less well",
    "喙也能预测体重，只是差一些",
    lambda: typical_error([0]) < typical_error([1, 2]) < 0.8 * typical_error([]),
)
here.claim(
    "Large birds have long flippers *and* long bills",
    "大企鹅的鳍肢长，喙**也**长",
    lambda: torch.corrcoef(torch.cat((penguins().columns[:, :2], penguins().mass[:, None]), dim=1).T) > 0.5,
)
here.claim(
    "most of the held-out birds belong to one, the Chinstraps, of which the training set has none",
    "留出的企鹅大多属于同一个物种，即帽带企鹅，训练集里却一只也没有",
    lambda: (penguins().species[242:] == 1).sum() > 50 and not (penguins().species[:242] == 1).any(),
)
here.claim(
    "deeper bills go with *less* mass; within each species, with more",
    "喙越厚，体重**越轻**。在每个物种内部，却是喙越厚，体重越重",
    lambda: (
        fitted([2], torch.arange(342))[0][0].item() < 0
        and all(fitted([2], penguins().species == kind)[0][0].item() > 0 for kind in range(3))
    ),
)
here.claim(
    "The third species, the Gentoos, are heavy and have shallow bills",
    "原因在第三个物种，也就是巴布亚企鹅，身体重，喙却薄",
    lambda: all(
        penguins().mass[penguins().species == 2].mean() > penguins().mass[penguins().species == kind].mean()
        and penguins().columns[penguins().species == 2, 2].mean()
        < penguins().columns[penguins().species == kind, 2].mean()
        for kind in (0, 1)
    ),
)

# In words. Gradient descent


def falls_along(direction):
    """Tell whether the loss falls along a direction, at first."""
    slope = derivative(lambda v: mean_loss(v[:d], v[d]), before())
    return (slope @ direction(slope)).item() < 0


here.claim(
    "each time a little in the direction in which the loss falls",
    "每次都朝损失下降的方向移动一点",
    lambda: falls_along(lambda slope: -slope) and not falls_along(lambda slope: slope),
)
here.claim("The perfect weight is 2", "最优的权重是 2", lambda: toy_loss(2.0) == 0 < min(toy_loss(1.9), toy_loss(2.1)))
here.claim(
    "The derivative is positive where the loss rises with $w$",
    "在损失随 $w$ 上升的地方，导数为正",
    lambda: derivative(toy_loss, torch.tensor(3.0)) > 0 and toy_loss(3.1) > toy_loss(3.0),
)
here.claim(
    "So we go the other way: subtract the derivative",
    "所以我们朝反方向走，减去的是导数",
    lambda: here.has("weight = weight - eta * gradient") and descent()[0][1] > 0 > descent()[1][0],
)
here.claim(
    r"At $w = 0$ the derivative is $2 \cdot (0 - 4) = -8$, and the step leads to $0 + \frac18 \cdot 8 = 1$",
    r"在 $w = 0$ 处，导数是 $2 \cdot (0 - 4) = -8$，这一步走到 $0 + \frac18 \cdot 8 = 1$",
    lambda: same(descent()[1][0], -8) and same(descent()[0][1], 1),
)
here.claim(
    "There the derivative is $-4$, and the next step leads to $1.5$",
    "那里的导数是 $-4$，下一步走到 $1.5$",
    lambda: same(descent()[1][1], -4) and same(descent()[0][2], 1.5),
)
here.claim(
    "The steps shrink by themselves, since the curve gets flatter near the minimum",
    "步子会自己变小，因为越靠近最小值点，曲线越平缓",
    lambda: abs(descent()[1][1]) < abs(descent()[1][0]),
)
here.claim(
    "Each one halves the distance to the perfect weight 2",
    "每走一步，到最优权重 2 的距离就减半",
    lambda: [2 - weight for weight in descent()[0]] == [2, 1, 0.5],
)
here.claim(
    "takes the derivative of the mean loss $L$. Every single update then needs a full pass",
    "求平均损失 $L$ 的导数。这样，每更新一次，都要把所有样本过一遍",
    lambda: here.has("full_batch, minibatches = descend(6), descend(2)") and len(torch.randperm(6).split(6)) == 1,
)
here.claim(
    r"the mean loss over the minibatch, multiplies it by $\eta$, and subtracts the result",
    r"求出小批量上平均损失的导数，乘以 $\eta$，再从参数中减去",
    lambda: same(stepped(), before() - 0.1 * derivative(lambda v: losses(v[:d], v[d])[batch].mean(), before())),
)
here.claim(
    "take a step along the negative gradient",
    "每次沿负梯度方向走一步",
    lambda: falls_along(lambda slope: -slope) and here.has("w - lr * w_grad, b - lr * b_grad"),
)
here.claim(
    r"$\mathbf x^{(i)}$ for the weights, 1 for the bias",
    r"对权重是 $\mathbf x^{(i)}$，对偏置是 1",
    lambda: same(derivative(lambda v: v[:d] @ x + v[d], before()), torch.cat((x, torch.ones(1)))),
)
here.claim(
    "the errors are multiplied by the rows of `X` and added up: the sum over $i$ without a loop",
    "误差与 `X` 的各行相乘，再加起来，不用循环就对 $i$ 求了和",
    lambda: same(y @ X, sum(y[i] * X[i] for i in range(n))),
)
here.claim(
    "Let us start at zero",
    "我们从零出发",
    lambda: here.has("w, b, distances = torch.zeros(2), torch.tensor(0.0), []"),
)


here.claim(
    "cut it into three pairs, so that one pass over the data, called an *epoch*, makes three updates",
    "再切成三对，这样把数据过一遍就有三次更新。过一遍数据叫一**轮**",
    lambda: len(torch.randperm(6).split(2)) == 3 and here.has("torch.randperm(len(X)).split(size)"),
)


@cache
def runs():
    """Return the distances from the solution after each epoch: full batch, minibatches of two."""
    torch.manual_seed(0)
    return houses().descend(6), houses().descend(2)


def epochs_to(distance):
    """Return how many epochs each run takes to come as near as that."""
    return [(run < distance).nonzero()[0].item() + 1 for run in runs()]


here.claim(
    "Per *epoch* they are three times as quick",
    "按**轮**数算，小批量的速度是用全部数据时的三倍",
    lambda: all(2.8 < epochs_to(near)[0] / epochs_to(near)[1] < 3.3 for near in (0.5, 0.2, 0.1)),
)
here.claim(
    "With the full batch, the distance keeps shrinking",
    "用全部数据，距离一直在缩小",
    lambda: runs()[0].diff() < 0,
)
here.claim(
    "With minibatches the parameters come close and then wander",
    "用小批量，参数走到近处就开始徘徊",
    lambda: (
        (runs()[1][300:] < 0.05).all()
        and (runs()[1][300:].diff() > 0).float().mean() > 0.3
        and runs()[1][700:].mean() > 0.7 * runs()[1][300:600].mean()
    ),
)
here.claim(
    "The larger the steps, the farther they wander",
    "步子越大，徘徊得越远",
    lambda: wandering(0.02) < wandering(0.05) < wandering(0.1),
)


@cache
def wandering(lr):
    """Return the mean distance from the solution in the last epochs of a run with minibatches of two."""
    w, b, found = *torch.tensor_split(houses().w_star.clone(), [2]), []
    generator = torch.Generator().manual_seed(0)
    for _ in range(150):
        for batch in torch.randperm(6, generator=generator).split(2):
            w_grad, b_grad = houses().gradients(w, b, houses().X[batch], houses().y[batch])
            w, b = w - lr * w_grad, b - lr * b_grad
        found.append((torch.cat((w, b)) - houses().w_star).norm())
    return torch.stack(found[-50:]).mean().item()


here.claim(
    r"they are near $\mathbf w^*$ and $b^*$, not equal to them",
    r"它们接近 $\mathbf w^*$ 和 $b^*$，但不相等",
    lambda: 0 < runs()[0][-1].item() < 0.1,
)

# In words. The stopwatch, and the normal distribution


here.claim(
    "whose `stop` returns the seconds since the last `start`",
    "`Timer` 的 `stop` 返回从上一次 `start` 起经过的秒数",
    lambda: (timer := Timer()).stop() == timer.times[-1] >= 0,
)
here.claim(
    r"with mean $\mu$ and variance $\sigma^2$ (hence standard deviation $\sigma$)",
    r"均值为 $\mu$，方差为 $\sigma^2$，因此标准差（standard deviation）为 $\sigma$",
    lambda: same(torch.distributions.Normal(0.3, sigma).variance, sigma**2, 1e-6),
)
params = cache(lambda: here.code("params = ").params)
here.claim(
    "Two share the mean 0 and differ in their standard deviation, two share the standard deviation 1",
    "有两条的均值都是 0，标准差不同。有两条的标准差都是 1",
    lambda: params() == [(0, 1), (0, 2), (3, 1)] and here.has("f'mean {mu}, std {sigma}' for mu, sigma in params"),
)
here.claim(
    "A new mean shifts the curve along the x axis and leaves its shape",
    "换一个均值，曲线就沿 x 轴平移，形状不变",
    lambda: same(density(y + 3, 3.0, sigma), density(y, 0.0, sigma)),
)
here.claim(
    "A larger variance spreads the curve",
    "方差变大，曲线就变宽",
    lambda: density(torch.zeros(1), 0.0, 2.0) < density(torch.zeros(1), 0.0, 1.0),
)
here.claim(
    "lowers its peak: the area under it is always 1",
    "峰也变低，因为曲线下方的面积总是 1",
    lambda: agree(
        *(round(0.01 * density(torch.arange(-30, 30, 0.01).double(), 0.0, s).sum().item(), 6) for s in (1, 2))
    ),
)
here.claim(
    r"drawn from the normal distribution with mean 0 and variance $\sigma^2$",
    r"噪声取自均值为 0、方差为 $\sigma^2$ 的正态分布",
    lambda: same(torch.distributions.Normal(0.0, sigma).variance, sigma**2, 1e-6),
)
here.claim(
    "As a function of $y$, with the parameters fixed, it is a *probability* density",
    "固定参数，看作 $y$ 的函数，它是**概率**密度",
    lambda: same(0.01 * density(torch.arange(-30, 30, 0.01).double(), 0.0, sigma).sum(), 1, 1e-6),
)
here.claim(
    "The parameter is fixed and the data vary: this is a question about *probability*",
    "参数固定，数据变化，问的是**概率**",
    lambda: same(0.01 * density(torch.arange(-30, 30, 0.01).double(), 0.0, sigma).sum(), 1, 1e-6),
)
here.claim(
    "The data are fixed and the parameter varies: this is a question about *likelihood*",
    "数据固定，参数变化，问的是**似然**",
    lambda: here.has("normal(readings, 1.0, sigma).prod()") and here.has("for sigma in (0.01, 0.02, 0.05)"),
)


@cache
def likelihoods():
    """Return the likelihood of each of the three standard deviations, given the readings of the scale."""
    readings = here.code("readings = ").readings
    return [density(readings, 1.0, sigma).prod().item() for sigma in (0.01, 0.02, 0.05)]


here.claim(
    "A standard deviation of 0.02 kg makes these readings most likely among the three",
    "在这三个标准差里，0.02 kg 让这些读数最有可能出现",
    lambda: max(likelihoods()) == likelihoods()[1],
)
here.claim("The values are far above 1", "打印出来的值远大于 1", lambda: min(likelihoods()) > 50)
here.claim(
    "a density may exceed 1 where it is narrow",
    "概率密度在窄的地方可以超过 1",
    lambda: density(torch.zeros(1), 0.0, 0.1) > 1,
)

# In words. Maximum likelihood

here.claim(
    "chooses the parameters under which the observed data are most likely",
    "选择让观测到的数据最有可能出现的参数",
    lambda: log_likelihood(best()[:d], best()[d]) > log_likelihood(w, b),
)
here.claim(
    "Each density below is between 0 and 0.2",
    "下面的每个概率密度都在 0 和 0.2 之间",
    lambda: density(torch.zeros(1), 0.0, 2.0) < 0.2,
)
here.claim(
    "Exactly 0. The true product is positive but far smaller than the smallest positive number",
    "恰好是 0。真实的乘积是正数，但远小于 32 位浮点数能够表示的最小正数",
    lambda: torch.full((1000,), 0.2).prod() == 0 and 1000 * math.log10(0.2) < -45,
)
here.claim(
    "It turns the product into a sum, and since it always increases, it does not move the maximum",
    "对数把乘积变成和，又总是递增的，所以不会移动最大值点",
    lambda: same(math.log(6), math.log(2) + math.log(3)) and (torch.log(torch.linspace(0.1, 5, 50)).diff() > 0).all(),
)
here.claim(
    "By convention one minimises rather than maximises, so we also change the sign",
    "按照惯例，我们求最小值而不求最大值，所以还要变号",
    lambda: -log_likelihood(best()[:d], best()[d]) < -log_likelihood(w, b),
)
here.claim(
    r"The first term does not: it drops out of the search. The second is the mean loss $L$, times $n/\sigma^2$",
    r"第一项无关，寻找参数时可以去掉。第二项是平均损失 $L$ 乘以 $n/\sigma^2$",
    lambda: same(growth(lambda w, b: n / sigma**2 * mean_loss(w, b)), 1),
)
here.claim(
    r"whatever $\sigma$ is",
    r"无论 $\sigma$ 是多少",
    lambda: slope_at_best(lambda w, b: -log_likelihood(w, b)) < 1e-9,
)
here.claim(
    "under Gaussian noise, minimising the mean squared error of a linear model is maximum likelihood estimation",
    "在高斯噪声下，最小化线性模型的均方误差，就是极大似然估计",
    lambda: slope_at_best(lambda w, b: -log_likelihood(w, b)) < 1e-9 and slope_at_best(mean_loss) < 1e-9,
)

# In words. The network, summary, solutions

here.claim(
    "on the training set; the aim is a small error on new data",
    "在训练集上均方误差最小的参数。真正的目标却是在新数据上误差小",
    lambda: mean_loss(best()[:d], best()[d]) < mean_loss(w, b),
)
here.claim(
    "half the squared error of each example, averaged over the examples",
    "每个样本取平方误差的一半，再对所有样本求均值",
    lambda: same(houses().my_mean_loss(X, y, w, b), mean_loss(w, b)),
)
here.claim(
    r"$\mathbf X$ has the shape $(n, d)$, $\mathbf w$ the shape $(d,)$ and $\hat{\mathbf y}$ the shape $(n,)$",
    r"$\mathbf X$ 的形状是 $(n, d)$，$\mathbf w$ 的形状是 $(d,)$，$\hat{\mathbf y}$ 的形状是 $(n,)$",
    lambda: (X.shape, w.shape, (X @ w).shape) == ((n, d), (d,), (n,)),
)
here.claim(
    r"$\mathbf X$ has the shape $(n, d + 1)$, and $\mathbf w$, which then holds the bias as well, $(d + 1,)$",
    r"$\mathbf X$ 的形状是 $(n, d + 1)$，$\mathbf w$ 这时也包含偏置，形状是 $(d + 1,)$",
    lambda: (longer.shape, best().shape) == ((n, d + 1), (d + 1,)),
)


def factor(eta):
    """Return by what a step multiplies the distance of the toy weight from its minimum."""
    return (toy_step(0.5, eta) - 2) / (0.5 - 2)


here.claim(
    r"With $\eta = \frac14$ the factor is 0: the first step lands on the minimum",
    r"取 $\eta = \frac14$，因子是 0，第一步就落在最小值点上",
    lambda: same(factor(1 / 4), 0) and same(toy_step(0.0, 1 / 4), 2),
)
here.claim(
    r"With $\eta = \frac12$ it is $-1$: the weight jumps between 0 and 4",
    r"取 $\eta = \frac12$，因子是 $-1$，权重永远在 0 和 4 之间来回跳",
    lambda: same(factor(1 / 2), -1) and (toy_step(0.0, 1 / 2), toy_step(4.0, 1 / 2)) == (4, 0),
)
here.claim(
    r"With $\eta = 1$ it is $-3$: the weight moves away, three times as far with each step",
    r"取 $\eta = 1$，因子是 $-3$，权重越走越远，每走一步，距离就变成原来的三倍",
    lambda: same(factor(1), -3),
)
here.claim(
    "It settles as long as the factor lies between $-1$ and 1",
    r"只要因子在 $-1$ 和 1 之间，也就是 $0 < \eta < \frac12$ 时，权重就会稳定下来",
    lambda: all(settles(eta) == (abs(factor(eta)) < 1) for eta in (0.02, 0.2, 0.48, 0.5, 0.52)),
)
here.claim(
    r"It is 0 when $nb = \sum_i y_i$: the best number is the *mean*",
    r"当 $nb = \sum_i y_i$ 时，导数为 0，可见最好的数就是**均值**",
    lambda: (
        abs(derivative(lambda b: ((y - b) ** 2).sum(), y.mean()).item()) < 1e-9
        and abs(derivative(lambda b: ((y - b) ** 2).sum(), y.median()).item()) > 0.01
    ),
)
here.claim(
    r"the maximum likelihood estimator of the mean $\mu$ of a normal distribution",
    r"得到的也是正态分布的均值 $\mu$ 的极大似然估计",
    lambda: abs(derivative(lambda mu: torch.distributions.Normal(mu, 1.0).log_prob(y).sum(), y.mean()).item()) < 1e-9,
)
here.claim(
    "the bias belongs to the prediction, the 1/2 to each loss, and the division by $n$ to their sum",
    "偏置算在预测值里，1/2 乘在每个损失上，除以 $n$ 的是损失的总和",
    lambda: same(houses().my_mean_loss(X, y, w, b), sum((X[i] @ w + b - y[i]) ** 2 / 2 for i in range(n)) / n),
)
here.claim("`mean` does the last of them", "最后一项由 `mean` 完成", lambda: same(y.mean(), y.sum() / n))
here.claim(
    "is the error times the feature that the weight belongs to",
    "等于误差乘以这个权重所对应的特征",
    lambda: same(derivative(lambda w: losses(w, b)[2], w), (X[2] @ w + b - y[2]) * X[2]),
)
here.claim(
    "adds these products up over the examples, for all weights at once",
    "把这些乘积对所有样本加起来，所有权重一次算完",
    lambda: same(y @ X, torch.stack([sum(y * X[:, j]) for j in range(d)])),
)
here.claim(
    "A column of ones next to `x` turns the intercept into one more weight",
    "在 `x` 旁边加一列 1，截距也就成了一个权重",
    lambda: same(houses().my_fit(y, 3 * y + 2), [3, 2]),
)
here.claim(
    "whose slope and intercept had been rounded to 0.93 and 0.69",
    "图中的斜率和截距四舍五入成了 0.93 和 0.69",
    lambda: same(houses().my_fit(houses().area, houses().price).round(decimals=2), [0.93, 0.69], 1e-6),
)


def without_ones():
    """Return the mean losses of the best parameters without and with the column of ones."""
    found = []
    for A in (houses().X, houses().X1):
        solution = torch.linalg.lstsq(A, houses().y).solution
        found.append(houses().my_mean_loss(A, houses().y, solution, 0).item())
    return found


here.claim(
    "predictions at area 0 and age 0 are forced to be 0, and the mean loss is six times as large",
    "面积为 0、房龄为 0 时的预测值就只能是 0，平均损失是有全 1 列时的六倍",
    lambda: round(without_ones()[0] / without_ones()[1]) == 6,
)
here.claim(
    "A large learning rate comes near the solution soon and then jumps around it",
    "学习率大，很快就走到解的附近，然后在周围跳来跳去",
    lambda: wandering(0.1) > 2 * wandering(0.02),
)
here.claim(
    "A small one comes nearer in the end, but needs many more epochs",
    "学习率小，最后离解更近，但需要的轮数多得多",
    lambda: wandering(0.02) > wandering(0.005),
)
here.claim(
    "the habit of lowering the learning rate while a model trains",
    "训练时，通常会逐步降低学习率",
    lambda: wandering(0.1) > wandering(0.02) > wandering(0.005),
)
here.claim(
    "this is the sum of the *absolute* errors, up to a constant",
    "得到的是**绝对**误差之和，只差一个常数",
    lambda: same(-LAPLACE.log_prob(y).sum(), y.abs().sum() + n * math.log(2)),
)
here.claim(
    "Where the squared loss has a derivative that is linear in the weights, this one has only the signs",
    "平方损失的导数是权重的线性函数，而这种损失的导数里只有误差的符号",
    lambda: (
        same(derivative(lambda r: r.abs().sum(), y), y.sign()) and same(derivative(lambda r: (r**2).sum() / 2, y), y)
    ),
)
here.claim(
    "is $+1$ or $-1$ however small the error is",
    "无论误差多小，绝对值的导数都是 $+1$ 或 $-1$",
    lambda: derivative(torch.abs, torch.tensor(-1e-9)) == -1 and derivative(torch.abs, torch.tensor(1e-9)) == 1,
)
here.claim(
    "Steps do not become shorter near the minimum",
    "走到最小值点附近，步子也不会变短",
    lambda: agree(*(derivative(torch.abs, torch.tensor(r)) for r in (1e-6, 1.0))),
)
