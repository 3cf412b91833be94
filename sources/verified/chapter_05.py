"""What chapter 05 states, and its solutions."""

import math
from functools import cache

import torch
from torch import nn
from torch.nn import functional

from book_utils import sgd, squared_loss
from tools.meaning.formulas import Verified, derivative, draw, gradient, same

here = Verified("05")

y_hat, y = 2 * draw(50), draw(50, seed=1)
r = y_hat - y
HALF = torch.tensor([3.0, 0.5], dtype=torch.float64)  # far off, and near
GRID = torch.linspace(-60, 60, 240_001, dtype=torch.float64)


def l2(y_hat, y):
    return functional.mse_loss(y_hat, y, reduction="none") / 2


def l1(y_hat, y):
    return functional.l1_loss(y_hat, y, reduction="none")


def huber(y_hat, y, delta=1.0):
    return functional.huber_loss(y_hat, y, reduction="none", delta=delta)


def slope(loss, at, *options):
    """Return the derivatives, by autograd, of the losses of predictions whose true value is 0."""
    return derivative(lambda at: loss(at, 0 * at, *options).sum(), at)


def area(density):
    return torch.trapezoid(density(GRID), GRID)


# Setting up: three curves

here.equation(r"r = \hat y - y", lambda: (y_hat - y, slope(l2, y_hat - y)))
here.claim(
    "positive if the prediction is too high, negative if it is too low",
    "预测偏高时为正，偏低时为负",
    lambda: ((y_hat > y) == (r > 0)).all(),
)
here.claim(
    "and they do not care about its sign",
    "而且不看它的正负号",
    lambda: all(same(loss(r, 0 * r), loss(-r, 0 * r)) for loss in (l1, l2, huber)),
)
here.equation(r"y = 0", lambda: (0 * r, r - (y_hat - y)))
here.defines(r"l(\hat y, y)", "the loss of a prediction")
here.terms(r"e^{-l}")
here.terms(r"\frac{\partial l}{\partial \hat y}")
here.claim(
    "A small loss is a high likelihood",
    "损失小，就是似然高",
    lambda: math.exp(-0.5) > math.exp(-4.5) and l2(HALF, 0 * HALF).argmin() == torch.exp(-l2(HALF, 0 * HALF)).argmax(),
)
here.claim(
    "Its sign says in which direction the loss grows",
    "正负号表明损失朝哪个方向增大",
    lambda: same(slope(l2, r).sign(), (l2(r + 1e-6, 0 * r) - l2(r, 0 * r)).sign()),
)
here.claim(
    "likelihood green and dashed, gradient purple with dashes and dots",
    "似然是绿色虚线，梯度是紫色点划线",
    lambda: here.has("'b-'") and here.has("'g--'") and here.has("'m-.'"),
)

# L2

here.equation(
    r"l(\hat y, y) = \tfrac12 (\hat y - y)^2, \qquad \frac{\partial l}{\partial \hat y} = \hat y - y .",
    lambda: (
        (0.5 * (y_hat - y) ** 2, y_hat - y),
        (squared_loss(y_hat, y), derivative(lambda v: squared_loss(v, y).sum(), y_hat)),
    ),
)
here.claim(
    "the gradient is the residual itself",
    "梯度就是残差本身",
    lambda: same(slope(l2, r), r),
)
here.claim(
    "Where the loss is lowest, the gradient is 0 and the likelihood highest",
    "损失最低的地方，梯度为 0，似然最高",
    lambda: slope(l2, torch.zeros(1)) == 0 and l2(GRID, 0 * GRID).argmin() == torch.exp(-l2(GRID, 0 * GRID)).argmax(),
)
here.equation(r"\sqrt{2\pi}", lambda: (math.sqrt(2 * math.pi), area(lambda v: torch.exp(-l2(v, 0 * v)))))
here.equation(
    r"\frac{1}{\sqrt{2\pi}} e^{-(y - \hat y)^2/2}",
    lambda: (
        torch.exp(-((y - y_hat) ** 2) / 2) / math.sqrt(2 * math.pi),
        torch.distributions.Normal(y_hat, 1).log_prob(y).exp(),
    ),
)
here.claim(
    "A density must have area 1 under it, and this bell has more",
    "概率密度曲线下的面积必须是 1，而这条钟形曲线下的面积更大",
    lambda: area(lambda v: torch.exp(-l2(v, 0 * v))) > 1,
)
here.claim(
    "so it goes *against* the gradient",
    "所以是**逆着**梯度走",
    lambda: moved(4.0) < 4 and moved(-3.0) > -3,
)
here.formula(
    r"\hat y \leftarrow \hat y - \eta \, \frac{\partial l}{\partial \hat y} .",
    lambda at, eta: at - eta * gradient(lambda v: l2(v, 0 * v).sum(), torch.tensor([at], dtype=torch.float64)).item(),
    lambda said: all(abs(said(at, 0.5) - moved(at)) < 1e-6 for at in (4.0, 1.5, -3.0)),
)
here.claim(
    "each step goes half of the way that is left",
    "所以每一步都走完剩下路程的一半",
    lambda: [moved(at) for at in (4.0, 1.5, -3.0)] == [2, 0.75, -1.5],
)
here.claim(
    "far from the target it takes large steps, and the steps shrink as the prediction comes nearer",
    "离目标远时步子大，预测越靠近目标，步子越小",
    lambda: 4 - moved(4.0) > 1.5 - moved(1.5) > 0.1 - moved(0.1),
)


def moved(at, loss=l2, lr=0.5):
    """Return where one of the library's steps takes a prediction whose true value is 0."""
    p = torch.tensor([at], requires_grad=True)
    loss(p, torch.zeros(1)).sum().backward()
    sgd([p], lr, 1)
    return p.item()


here.claim(
    "The gradient is a straight line through 0",
    "梯度是过 0 的直线",
    lambda: same(slope(l2, 3 * r), 3 * slope(l2, r)),
)
here.claim(
    "the normal one with mean $\\hat y$ and standard deviation 1",
    "对应的正态分布，均值（mean）为 $\\hat y$，标准差（standard deviation）为 1",
    lambda: density_of(l2, torch.distributions.Normal(0, 1)),
)

# L1

here.equation(
    r"""l(\hat y, y) = |\hat y - y|, \qquad
    \frac{\partial l}{\partial \hat y} =
    \begin{cases} +1 & \text{if } \hat y > y, \\ -1 & \text{if } \hat y < y. \end{cases}""",
    lambda: (
        ((y_hat - y).abs(), torch.where(y_hat > y, +1.0, -1.0)),
        (l1(y_hat, y), derivative(lambda v: l1(v, y).sum(), y_hat)),
    ),
)
here.claim(
    "The gradient is 1 in both places: it knows the direction, and nothing of the distance",
    "梯度在两处都是 1：它知道方向，对距离一无所知",
    lambda: slope(l1, HALF).tolist() == [1, 1],
)
here.claim(
    "-1 everywhere on the left, +1 everywhere on the right",
    "左边处处是 -1，右边处处是 +1",
    lambda: slope(l1, torch.tensor([-2.0, -0.1, 0.1, 2.0])).tolist() == [-1, -1, 1, 1],
)
here.equation(
    r"\frac12 e^{-|y - \hat y|}",
    lambda: (0.5 * torch.exp(-(y - y_hat).abs()), torch.distributions.Laplace(y_hat, 1).log_prob(y).exp()),
)
here.claim(
    "L2 takes large errors for practically impossible",
    "L2 认为大的误差几乎不可能出现",
    lambda: (
        torch.distributions.Normal(0, 1).log_prob(torch.tensor(5.0))
        < torch.distributions.Laplace(0, 1).log_prob(torch.tensor(5.0))
    ),
)
here.claim(
    "from the left it is -1, from the right +1",
    "从左边看是 -1，从右边看是 +1",
    lambda: slope(l1, torch.tensor([-1e-3, 0.0, 1e-3])).tolist() == [-1, 0, 1],
)
here.claim(
    "The upright stroke at 0 only joins the two halves; there is no slope between -1 and +1",
    "0 处那一竖只是把左右两半连起来；介于 -1 和 +1 之间的斜率并不存在",
    lambda: set(slope(l1, r[r != 0]).tolist()) == {-1.0, 1.0},
)
here.claim(
    "-1, 0 and 1. At a kink of such a V",
    "-1、0 和 1。在这种 V 形的尖点处",
    lambda: slope(l1, torch.tensor([-1e-3, 0.0, 1e-3])).tolist() == [-1, 0, 1],
)
here.claim("At 0 this is a happy choice", "在 0 处这样取很合适", lambda: moved(0.0, l1) == 0)
here.claim(
    "PyTorch takes 0, the one in the middle",
    "PyTorch 取正中间的 0",
    lambda: slope(l1, torch.zeros(1)) == 0,
)
here.claim(
    "One thousandth to the left the full force pushes to the right; one thousandth to the right it pushes back",
    "偏左千分之一，就以全力往右推；偏右千分之一，又以全力推回来",
    lambda: moved(-1e-3, l1) > 0 > moved(1e-3, l1),
)

# Huber

here.formula(r"\delta > 0", lambda delta: delta > 0, lambda said: said(0.25) and not said(-0.25) and not said(0.0))
DELTAS = (0.25, 1.0, 2.0)
here.equation(
    r"""l_\delta(\hat y, y) = \begin{cases}
    \tfrac12 r^2 & \text{if } |r| \le \delta, \\
    \delta \left(|r| - \tfrac12 \delta\right) & \text{if } |r| > \delta,
    \end{cases}
    \qquad r = \hat y - y .""",
    lambda: (
        torch.stack([torch.where(r.abs() <= d, 0.5 * r**2, d * (r.abs() - 0.5 * d)) for d in DELTAS]),
        torch.stack([huber(y_hat, y, d) for d in DELTAS]),
    ),
)
here.equation(r"\delta = 1", lambda: (1.0, nn.HuberLoss().delta))
here.equation(
    r"|r| - \frac12",
    lambda: (r.abs()[r.abs() > 1] - 0.5, huber(y_hat, y)[r.abs() > 1]),
)
here.claim(
    "By default it would average the losses; `reduction='none'` keeps one loss for each prediction",
    "默认情况下会对损失取平均；`reduction='none'` 则为每个预测保留一个损失",
    lambda: same(nn.HuberLoss()(y_hat, y), huber(y_hat, y).mean()),
)
here.claim(
    "the loss is $3 - \\frac12 = 2.5$ and the gradient 1, as for L1",
    "损失是 $3 - \\frac12 = 2.5$，梯度是 1，与 L1 相同",
    lambda: huber(HALF, 0 * HALF)[0] == 2.5 and slope(huber, HALF)[0] == slope(l1, HALF)[0],
)
here.claim(
    "and the gradient 0.5, as for L2",
    "梯度是 0.5，与 L2 相同",
    lambda: same(slope(huber, HALF)[1], slope(l2, HALF)[1]),
)
here.claim(
    "It is the gradient of L2, capped at both ends",
    "这就是 L2 的梯度，两头被截断",
    lambda: same(slope(huber, r), slope(l2, r).clamp(-1, 1)),
)
here.claim(
    "round like a Gaussian at the top and has the long tails of Laplace",
    "似然的顶部像高斯分布一样圆，尾巴像拉普拉斯分布一样长",
    lambda: (
        same(huber(0.3 * HALF, 0 * HALF), l2(0.3 * HALF, 0 * HALF))
        and same(huber(9 * HALF, 0 * HALF) - l1(9 * HALF, 0 * HALF), [-0.5, -0.5])
    ),
)
here.claim(
    "It stays at -1 until the prediction is 1 away, then rises along a straight line through 0, and stays at +1",
    "它一直是 -1，直到预测离真实值只剩 1，然后沿着过 0 的直线上升，再一直保持 +1",
    lambda: slope(huber, torch.tensor([-5.0, -1.0, -0.5, 0.5, 1.0, 5.0])).tolist() == [-1, -1, -0.5, 0.5, 1, 1],
)
here.claim(
    "The parabola around 0 makes the *end* of training smooth",
    "0 附近的抛物线让训练的**收尾**平滑",
    lambda: abs(moved(0.3, huber)) < 0.3 and abs(moved(0.3, l1)) < 0.5,
)
here.claim(
    "The linear arms limit the *force* of a far-away point",
    "直臂限制远处各点的**力**",
    lambda: slope(huber, 100 * r).abs().max() == 1,
)
here.claim(
    "as the residual goes to 0, so does the gradient",
    "残差趋于 0 时，梯度也趋于 0",
    lambda: same(slope(huber, 1e-6 * HALF), 1e-6 * HALF),
)
here.equation(
    r"-\frac12 \delta",
    lambda: (tuple(-0.5 * d for d in DELTAS), tuple(huber(9.0 + 0 * y, 0 * y, d)[0].item() / d - 9.0 for d in DELTAS)),
)
here.defines(r"|r| = \delta", "the place where the two branches meet")
here.equation(
    r"\frac12 \delta^2",
    lambda: (tuple(0.5 * d**2 for d in DELTAS), tuple(l2(0 * y + d, 0 * y)[0].item() for d in DELTAS)),
)
here.equation(
    r"\delta (\delta - \frac12 \delta) = \frac12 \delta^2",
    lambda: (
        tuple(d * (d - 0.5 * d) for d in DELTAS),
        tuple(0.5 * d**2 for d in DELTAS),
        tuple(huber(0 * y + d, 0 * y, d)[0].item() for d in DELTAS),
    ),
)
here.equation(
    r"r = \delta",
    lambda: (tuple(DELTAS), tuple(slope(l2, torch.tensor([d])).item() for d in DELTAS)),
)
here.terms(r"|r|")
here.claim(
    "The slope on either side is right",
    "两侧的斜率都没有错",
    lambda: same(slope(huber, torch.tensor([1 - 1e-6, 1 + 1e-6], dtype=torch.float64)), [1, 1], 1e-5),
)
here.equation(
    (r"-\delta", r"+\delta"),
    lambda: (
        (tuple(-d for d in DELTAS), tuple(+d for d in DELTAS)),
        tuple(tuple(slope(huber, torch.tensor([far]), d).item() for d in DELTAS) for far in (-9.0, 9.0)),
    ),
)
here.claim(
    "The larger the threshold, the more of the curve is L2",
    "阈值越大，曲线中属于 L2 的部分就越多",
    lambda: (
        sum(same(a, b) for a, b in zip(huber(y_hat, y, 2.0), l2(y_hat, y)))
        > sum(same(a, b) for a, b in zip(huber(y_hat, y, 0.25), l2(y_hat, y)))
    ),
)
here.claim(
    "its arms have slope $\\delta$",
    "两臂的斜率只有 $\\delta$",
    lambda: same([slope(huber, torch.tensor([9.0]), d).item() for d in DELTAS], DELTAS),
)
here.claim(
    "it is the dot of L1 that jumps, from 1 to -1",
    "会跳的是 L1 的圆点，从 1 跳到 -1",
    lambda: slope(l1, torch.tensor([1e-6, -1e-6])).tolist() == [1, -1] and slope(huber, torch.tensor([1e-6])) < 1e-5,
)

# Three descents

here.claim(
    "it points along the *negative* gradient",
    "箭头沿着**负**梯度方向",
    lambda: all(
        (moved(at, loss) - at) * slope(loss, torch.tensor([at])).item() < 0
        for loss in (l1, l2, huber)
        for at in (4.0, -0.5)
    ),
)
here.claim(
    "Under L1 all arrows have the same length",
    "用 L1 时，所有箭头一样长",
    lambda: {round(abs(moved(at, l1) - at), 6) for at in (4.0, 1.5, -3.0)} == {0.5},
)
here.claim(
    "half a unit from everywhere beyond the threshold, and less from 0.5",
    "从阈值之外的任何地方出发，都走半个单位；从 0.5 出发走得更少",
    lambda: moved(4.0, huber) == 3.5 and 0.5 - moved(0.5, huber) < 0.5,
)
here.claim(
    "L2 is nearest, with",
    "L2 最近，是",
    lambda: abs(after(l2)) < abs(after(huber)) < abs(after(l1)),
)
here.claim(
    "L1 is furthest away",
    "L1 最远",
    lambda: abs(after(l1)) > abs(after(huber)) > abs(after(l2)),
)
here.claim(
    "each step multiplies the prediction by $1 - 0.35 = 0.65$",
    "每一步都乘以 $1 - 0.35 = 0.65$",
    lambda: same(moved(4.0, l2, 0.35) / 4, 1 - 0.35, 1e-6),
)
here.claim(
    "It never settles", "永远停不下来", lambda: same(after(l1, 101), after(l1, 103), 1e-4) and abs(after(l1, 101)) > 0.1
)


def after(loss, steps=25):
    """Return where steps of gradient descent lead from 4."""
    at = 4.0
    for _ in range(steps):
        at = moved(at, loss, 0.35)
    return at


here.claim(
    "nearest to 0, and which will have left it furthest away",
    "离 0 最近？用哪种时离 0 最远",
    lambda: abs(after(l2)) < abs(after(huber)) < abs(after(l1)),
)
here.claim(
    "They pull alike where the prediction is no further from 0 than the threshold",
    "预测到 0 的距离不超过阈值时，两者的拉力相同",
    lambda: all(
        (slope(l2, torch.tensor([at])) == slope(huber, torch.tensor([at]), 2.0)) == (abs(at) <= 2)
        for at in (-3.0, 0.5, 2.0, 2.5)
    ),
)

# A line through bad data

here.claim(
    "so the step follows the *mean* loss",
    "所以每一步依据的是损失的**均值**",
    lambda: here.has("sgd([w, b], lr, len(x))"),
)
X = torch.linspace(-3, 3, 100, dtype=torch.float64)
TRUE = 1.5 * X + 2
NOISY = TRUE + 0.5 * draw(100)
BAD = NOISY + 15 * (torch.arange(100) >= 95)


@cache
def fitted(loss, spoiled=True):
    """Return the slope that the chapter's own loop finds in data like its own."""
    fit = here.code("def fit").fit
    fit.__globals__["sgd"] = sgd
    return fit(loss, X, BAD if spoiled else NOISY)[0]


here.claim(
    "They pull the right end up: the slope grows",
    "它们把右端往上拉：斜率变大",
    lambda: fitted(l2) > fitted(l2, spoiled=False) + 0.3,
)
here.claim(
    "stay close to that although the outliers were among their data",
    "都与这个结果相差不远，尽管它们的数据里有离群值",
    lambda: all(abs(fitted(loss) - fitted(l2, spoiled=False)) < 0.15 for loss in (l1, huber)),
)
here.claim(
    "Under L2 each outlier pulls with the force of its residual. Under L1 or Huber no point pulls with more than 1",
    "用 L2 时，每个离群值的拉力就是它的残差。用 L1 或 Huber 时，没有一个点的拉力超过 1",
    lambda: (
        same(slope(l2, TRUE - BAD), TRUE - BAD)
        and slope(l1, TRUE - BAD).abs().max() == slope(huber, TRUE - BAD).abs().max() == 1
    ),
)
here.formula(
    r"|10 x|",
    lambda x: abs(10 * x),
    lambda said: said(-0.3) == 3 and abs(gradient_of_slope(l1, 10 * X) / (sum(map(said, X)) / 100) - 1) < 0.01,
)


def gradient_of_slope(loss, x):
    """Return the gradient of the mean loss with respect to a slope that is far off."""
    return derivative(lambda w: loss(w * x, TRUE).mean(), torch.tensor(50.0, dtype=torch.float64))


here.claim(
    "The gradient of a weight is the gradient of the prediction *times the feature*",
    "权重的梯度等于预测的梯度**乘以特征**",
    lambda: same(gradient_of_slope(l2, X), (slope(l2, 50 * X - TRUE) * X).mean()),
)

# Which loss when; regularisers

here.claim(
    "| gradient far away | grows with the residual | ±1 | ±δ |",
    "| 远处的梯度 | 随残差增大 | ±1 | ±δ |",
    lambda: [slope(loss, torch.tensor([8.0])).item() for loss in (l2, l1, huber)] == [8, 1, 1],
)
here.claim(
    "| gradient near 0 | shrinks to 0 | ±1, jumps at 0 | shrinks to 0 |",
    "| 0 附近的梯度 | 缩小到 0 | ±1，在 0 处跳变 | 缩小到 0 |",
    lambda: same([slope(loss, torch.tensor([1e-3])).item() for loss in (l2, l1, huber)], [1e-3, 1, 1e-3], 1e-6),
)
here.claim(
    "| noise it expects | Gaussian | Laplace | Gaussian with long tails |",
    "| 预期的噪声 | 高斯噪声 | 拉普拉斯噪声 | 带长尾的高斯噪声 |",
    lambda: (
        same(area(lambda v: torch.exp(-l1(v, 0 * v))), 2.0, 1e-5)
        and same(area(lambda v: torch.exp(-l2(v, 0 * v))), math.sqrt(2 * math.pi))
    ),
)
here.claim(
    "| outliers | follows them | resists | resists |",
    "| 离群值 | 跟着走 | 顶得住 | 顶得住 |",
    lambda: abs(fitted(l2) - 1.5) > 3 * max(abs(fitted(loss) - 1.5) for loss in (l1, huber)),
)
here.claim(
    "| to choose | nothing | nothing | the threshold δ |",
    "| 需要选的 | 无 | 无 | 阈值 δ |",
    lambda: not hasattr(nn.L1Loss(), "delta") and nn.HuberLoss().delta == 1,
)
here.claim(
    "Smooth L1 is Huber's loss divided by the threshold",
    "平滑 L1 就是 Huber 损失除以阈值",
    lambda: all(
        same(functional.smooth_l1_loss(y_hat, y, reduction="none", beta=d), huber(y_hat, y, d) / d) for d in DELTAS
    ),
)
here.terms(r"|\hat y - y|")
here.equation(r"\frac12 (\hat y - y)^2", lambda: (0.5 * (y_hat - y) ** 2, squared_loss(y_hat, y)))
STRENGTH, WEIGHTS = 0.3, draw(7, seed=4)
here.equation(
    r"\lambda \sum_j |w_j|",
    lambda: (STRENGTH * sum(abs(w) for w in WEIGHTS), STRENGTH * WEIGHTS.norm(1)),
)
here.equation(
    r"\frac{\lambda}{2} \sum_j w_j^2",
    lambda: (STRENGTH / 2 * sum(w**2 for w in WEIGHTS), STRENGTH / 2 * WEIGHTS.norm(2) ** 2),
)
here.formula(r"\lambda \ge 0", lambda strength: strength >= 0, lambda said: said(0.0) and said(0.3) and not said(-0.1))
here.equation(r"\frac12 (w - a)^2", lambda: (0.5 * (GRID - 0.7) ** 2, l2(GRID, 0 * GRID + 0.7)))


def best_weight(a, penalty):
    """Return the weight, of a fine grid, with the lowest sum of data loss and penalty."""
    w = torch.linspace(-2, 2, 40_001, dtype=torch.float64)
    return w[(0.5 * (w - a) ** 2 + penalty(w)).argmin()].item()


here.formula(r"w = 0", lambda: 0.0, lambda said: abs(best_weight(0.1, lambda w: 0.3 * w.abs()) - said()) < 1e-3)
here.equation(r"0.3 w", lambda: (0.3 * WEIGHTS, derivative(lambda w: 0.3 / 2 * (w**2).sum(), WEIGHTS)))
here.claim(
    "the L1 penalty takes 0.3 off every weight and stops at 0",
    "L1 惩罚项从每个权重上减去 0.3，减到 0 为止",
    lambda: same([best_weight(a, lambda w: 0.3 * w.abs()) for a in (1.2, -0.8, 0.1)], [0.9, -0.5, 0], 1e-3),
)
here.claim(
    "most of the useless ones are exactly 0 at the minimum",
    "无用的权重大多恰好为 0",
    lambda: abs(best_weight(0.1, lambda w: 0.3 * w.abs())) < 1e-3 < abs(best_weight(0.1, lambda w: 0.15 * w**2)),
)
here.claim(
    "jitters around that 0, as it did under the L1 loss",
    "会在这个 0 附近抖动，就像前面用 L1 损失时那样",
    lambda: abs(after(l1, 101)) > 0.1,
)
here.claim(
    "The L2 penalty divides every weight by 1.3",
    "L2 惩罚项把每个权重除以 1.3",
    lambda: same([best_weight(a, lambda w: 0.3 / 2 * w**2) for a in (1.3, -0.65)], [1, -0.5], 1e-3),
)
here.claim(
    "L2 prefers to share",
    "L2 更愿意平分",
    lambda: 0.5**2 + 0.5**2 < 1**2 + 0**2 and sum(map(abs, (1, 0))) == 0.5 + 0.5,
)
here.claim(
    "Squared loss with an L2 penalty is called *ridge regression*, squared loss with an L1 penalty *lasso*",
    "平方损失加 L2 惩罚项叫作**岭回归**，平方损失加 L1 惩罚项叫作 **lasso**",
    lambda: abs(best_weight(0.1, lambda w: 0.3 * w.abs())) < 1e-3 < best_weight(0.1, lambda w: 0.15 * w**2),
)
here.claim(
    "A loss acts on residuals, a regulariser on weights",
    "损失作用于残差，正则化项作用于权重",
    lambda: same(l2(y_hat + 5, y + 5), l2(y_hat, y)),
)
here.claim(
    "Sparse weights come from an L1 penalty, not from an L1 loss",
    "稀疏的权重来自 L1 惩罚项，而不是来自 L1 损失",
    lambda: abs(best_weight(0.1, lambda w: 0.3 * w.abs())) < 1e-3 < fitted(l1),
)
here.claim(
    "L1 has the gradient ±1 at every distance: robust, but with a kink at 0",
    "L1 的梯度在任何距离上都是 ±1：稳健，但 0 处有尖点",
    lambda: slope(l1, r).abs().equal(torch.ones_like(r)),
)
here.claim(
    "Huber's loss is L2 up to the threshold and like L1 beyond it",
    "Huber 损失在阈值以内是 L2，超出阈值就像 L1",
    lambda: same(slope(huber, HALF), [slope(l1, HALF)[0].item(), slope(l2, HALF)[1].item()]),
)

# Exercises and solutions

here.claim(
    "(c) The derivative does not exist at 0. (d)",
    "（c）导数在 0 处不存在。（d）",
    lambda: slope(l1, torch.tensor([-1e-9, 1e-9])).tolist() == [-1, 1],
)
here.claim(
    "set the sum of the gradients to 0",
    "令梯度之和为 0",
    lambda: slope(l2, best_constant(l2) - FIVE).sum() == 0,
)
here.claim(
    "L2 everywhere; Huber as long as the residual is within the threshold",
    "L2 处处如此；Huber 只在残差不超过阈值时如此",
    lambda: same(slope(l2, r), r) and not same(slope(huber, r), r),
)
here.claim(
    "L1 (force 1) and Huber (force $\\delta$)",
    "L1（力为 1）和 Huber（力为 $\\delta$）",
    lambda: slope(l1, 50 * r).abs().max() == 1 and slope(huber, 50 * r, 2.0).abs().max() == 2,
)
here.claim(
    "L1 only. Huber's loss has a derivative everywhere",
    "只有 L1。Huber 损失处处有导数",
    lambda: same(*slope(huber, torch.tensor([1 - 1e-9, 1 + 1e-9], dtype=torch.float64)).tolist(), 1e-6),
)
here.claim(
    "L2. For L1 it is Laplace noise",
    "L2。与 L1 对应的是拉普拉斯噪声",
    lambda: density_of(l1, torch.distributions.Laplace(0, 1)),
)
FIVE = torch.tensor([0, 1, 2, 3, 94], dtype=torch.float64)
here.formula(
    r"c - y_i",
    lambda c: c - FIVE,
    lambda said: same(said(7.0), derivative(lambda c: l2(c, FIVE).sum(), 7.0 + 0 * FIVE)),
)


def density_of(loss, distribution):
    """Tell whether a loss is minus the logarithm of a density, up to a constant."""
    return same(loss(r, 0 * r) + distribution.log_prob(r), loss(0 * r, 0 * r) + distribution.log_prob(0 * r))


here.equation(
    r"5c = 0 + 1 + 2 + 3 + 94 = 100",
    lambda: (5 * FIVE.mean(), FIVE.sum(), 100.0),
)
here.equation(r"c = 20", lambda: (20.0, best_constant(l2)))
here.equation(r"c = 2", lambda: (2.0, best_constant(l1)))


def best_constant(loss, labels=FIVE):
    """Return the whole number with the lowest sum of losses."""
    return min(range(1001), key=lambda c: loss(torch.full_like(labels, c), labels).sum().item())


here.claim(
    "the *mean* of the labels",
    "即标签的**均值**",
    lambda: best_constant(l2) == FIVE.mean(),
)
here.claim(
    "so at $c = 2$: the *median*", "这就是 $c = 2$，即**中位数**（median）", lambda: best_constant(l1) == FIVE.median()
)
here.claim(
    "the mean moves from 20 to 200, and the median does not move at all",
    "均值从 20 移到 200，中位数一动不动",
    lambda: FAR.mean() == 200 and FAR.median() == FIVE.median() == best_constant(l1, FAR),
)
FAR = torch.tensor([0, 1, 2, 3, 994], dtype=torch.float64)
here.equation(
    r"\pm\delta",
    lambda: (tuple(DELTAS), tuple(slope(huber, torch.tensor([-9.0]), d).abs().item() for d in DELTAS)),
)
here.equation(r"\frac12 r^2", lambda: (0.5 * r[r.abs() < 1] ** 2, huber(y_hat, y)[r.abs() < 1]))
here.equation(
    r"\tfrac12 \delta^2 + \delta \, (|r| - \delta) = \delta \left(|r| - \tfrac12 \delta\right) .",
    lambda: (
        0.5 * 0.7**2 + 0.7 * (r.abs() - 0.7),
        0.7 * (r.abs() - 0.5 * 0.7),
        torch.where(r.abs() > 0.7, huber(y_hat, y, 0.7), 0.7 * (r.abs() - 0.35)),
    ),
)
