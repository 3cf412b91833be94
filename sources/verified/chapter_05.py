"""What chapter 05 states, and its solutions."""

import inspect
import math
from functools import cache

import torch
from torch import nn
from torch.nn import functional

from book_utils import sgd, squared_loss
from tools.meaning.formulas import Verified, derivative, draw, gradient, same, texts_of

here = Verified("05")

y_hat, y = 2 * draw(50), draw(50, seed=1)
r = y_hat - y
HALF = torch.tensor([3.0, 0.5], dtype=torch.float64)  # far off, and near
GRID = torch.linspace(-60, 60, 240_001, dtype=torch.float64)
LINE = torch.linspace(-4, 4, 161, dtype=torch.float64)


def l2(y_hat, y):
    return functional.mse_loss(y_hat, y, reduction="none") / 2


def l1(y_hat, y):
    return functional.l1_loss(y_hat, y, reduction="none")


def huber(y_hat, y, delta=1.0):
    return functional.huber_loss(y_hat, y, reduction="none", delta=delta)


def slope(loss, at, *options):
    """Return the derivatives, by autograd, of the losses of predictions whose true value is 0."""
    return derivative(lambda at: loss(at, 0 * at, *options).sum(), at)


@cache
def likelihood_area(loss):
    return torch.trapezoid(torch.exp(-loss(GRID, 0 * GRID)), GRID)


# Setting up: three curves

here.equation(r"r = \hat y - y", lambda: (y_hat - y, slope(l2, y_hat - y)))
here.claim(
    "positive if the prediction is too high, negative if it is too low",
    "预测偏高时为正，偏低时为负",
    lambda: ((y_hat > y) == (r > 0)).all(),
)
here.claim(
    "and they do not care about its sign",
    "而且与它的正负号无关",
    lambda: all(same(loss(r, 0 * r), loss(-r, 0 * r)) for loss in (l1, l2, huber)),
)
here.equation(r"y = 0", lambda: (0 * r, r - (y_hat - y)))
here.defines(r"l(\hat y, y)", "the loss of a prediction")
here.terms(r"e^{-l}")
here.terms(r"\frac{\partial l}{\partial \hat y}")
here.claim(
    "A small loss is a high likelihood",
    "损失越小，似然越高",
    lambda: math.exp(-0.5) > math.exp(-4.5) and l2(HALF, 0 * HALF).argmin() == torch.exp(-l2(HALF, 0 * HALF)).argmax(),
)
here.claim(
    "Its sign says in which direction the loss grows",
    "它的正负号指出损失朝哪个方向增大",
    lambda: same(slope(l2, r).sign(), (l2(r + 1e-6, 0 * r) - l2(r, 0 * r)).sign()),
)
here.claim(
    "likelihood cyan and dashed, gradient dark yellow with dashes and dots",
    "似然是青色虚线，梯度是深黄色点划线",
    lambda: here.has("'b-'") and here.has("'c--'") and here.has("'y-.'"),
)

here.claim(
    "All three losses depend on $r$ alone",
    "三种损失都只取决于 $r$",
    lambda: all(same(loss(y_hat + 5, y + 5), loss(y_hat, y)) for loss in (l1, l2, huber)),
)
here.claim(
    "The order is that of the code's arguments; chapter 04 wrote $\\mathbf y$ first",
    r"参数的顺序与代码一致，而第 04 章把 $\mathbf y$ 写在前面",
    lambda: (
        [*inspect.signature(squared_loss).parameters] == ["y_hat", "y"]
        and r"l(\mathbf y, \hat{\mathbf y})" in "".join(cell.source for cell in texts_of("04").english)
    ),
)
here.claim(
    "came out of minus the logarithm of a normal density",
    "对正态分布的概率密度取负对数",
    lambda: density_of(l2, torch.distributions.Normal(0, 1)),
)
here.claim(
    "up to a constant factor, $e^{-l}$ is how probable the true value is",
    "$e^{-l}$ 就表示真实值出现的可能性有多大，只差一个常数因子",
    lambda: same(torch.distributions.Laplace(y_hat, 1).log_prob(y).exp() / torch.exp(-l1(y_hat, y)), 0 * r + 0.5),
)
here.claim(
    "the *force* with which gradient descent pulls the prediction the other way",
    "**力**，梯度下降就用这个力把预测往反方向拉",
    lambda: moved(3.0) - 3 == -0.5 * slope(l2, torch.tensor([3.0])),
)
here.claim(
    "`backward` needs one number, therefore the `sum`",
    "`backward` 只接受一个数，所以用 `sum` 求和",
    lambda: refuses_backward(draw(2)) and not refuses_backward(draw(2).sum()) and here.has("(y_hat)).sum().backward()"),
)
here.claim(
    "the derivative of the sum with respect to one prediction is that of its own loss",
    "所以总和对某个预测的导数，就是这个预测自己的损失的导数",
    lambda: all(
        same(slope(loss, r)[i], slope(loss, r[i : i + 1])[0]) for loss in (l1, l2, huber) for i in range(len(r))
    ),
)


def refuses_backward(values):
    """Tell whether PyTorch will not go backward from these."""
    try:
        values.requires_grad_().backward()
    except RuntimeError:
        return True
    return False


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
    "损失最低、梯度为 0、似然最高",
    lambda: slope(l2, torch.zeros(1)) == 0 and l2(GRID, 0 * GRID).argmin() == torch.exp(-l2(GRID, 0 * GRID)).argmax(),
)
here.equation(r"\sqrt{2\pi}", lambda: (math.sqrt(2 * math.pi), likelihood_area(l2)))
here.equation(
    r"\frac{1}{\sqrt{2\pi}} e^{-(y - \hat y)^2/2}",
    lambda: (
        torch.exp(-((y - y_hat) ** 2) / 2) / math.sqrt(2 * math.pi),
        torch.distributions.Normal(y_hat, 1).log_prob(y).exp(),
    ),
)
here.claim(
    "a density has area 1 under it, and these have more",
    "概率密度曲线下的面积必须等于 1，而这几条曲线下的面积都比 1 大",
    lambda: all(likelihood_area(loss) > 1 for loss in (l1, l2, huber)),
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
    "所以每一步走完剩余距离的一半",
    lambda: [moved(at) for at in (4.0, 1.5, -3.0)] == [2, 0.75, -1.5],
)
here.claim(
    "far from the target it takes large steps, and the steps shrink as the prediction comes nearer",
    "离目标远时步子大，离目标越近，步子越小",
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
    r"即均值为 $\hat y$、标准差为 1 的正态分布",
    lambda: density_of(l2, torch.distributions.Normal(0, 1)),
)

here.claim("is half the square of the residual", "是残差平方的一半", lambda: same(squared_loss(y_hat, y), r * r / 2))
here.claim(
    "The factor ½ is there for the derivative: it cancels the 2 that comes down from the square",
    "因子 ½ 是为了求导方便。平方求导得到的 2 正好与它约掉",
    lambda: same(derivative(lambda v: (v**2).sum(), r), 2 * r) and same(slope(l2, r), r),
)
here.claim(
    "and so did the gradient; the loss grew",
    "距离变成原来的 6 倍，梯度也变成 6 倍，而损失变成 36 倍",
    lambda: (
        HALF[0] / HALF[1] == slope(l2, HALF)[0] / slope(l2, HALF)[1] == 6
        and l2(HALF, 0 * HALF)[0] / l2(HALF, 0 * HALF)[1] == 36
    ),
)
here.claim(
    "a parabola, a bell and a straight line",
    "一条抛物线、一条钟形曲线和一条直线",
    lambda: (
        same(l2(LINE, 0 * LINE).diff(n=3), 0 * LINE[3:], 1e-9)
        and density_of(l2, torch.distributions.Normal(0, 1))
        and same(slope(l2, LINE).diff(n=2), 0 * LINE[2:], 1e-9)
    ),
)
here.claim(
    "flat at the bottom and steeper the further out you go",
    "在底部很平，越往外越陡",
    lambda: slope(l2, torch.tensor([0.0, 1.0, 2.0, 3.0])).tolist() == [0, 1, 2, 3],
)
here.claim(
    "a constant factor becomes a constant term in the logarithm, and its derivative is zero",
    "取对数之后，常数因子变成常数项，而常数项的导数是零",
    lambda: same(derivative(lambda v: -torch.log(0.4 * torch.exp(-l2(v, 0 * v))).sum(), r), slope(l2, r)),
)
here.claim(
    "subtracts the gradient times the learning rate $\\eta$ from the prediction",
    r"从预测中减去学习率 $\eta$ 与梯度的乘积",
    lambda: moved(4.0, lr=0.25) == 4 - 0.25 * slope(l2, torch.tensor([4.0])),
)
here.claim(
    "the chain rule multiplies every parameter's gradient by",
    "由链式法则，每个参数的梯度都要乘以",
    lambda: all(
        same(
            derivative(lambda w, loss=loss: loss(w * X + 9, TRUE).sum(), 0.7 + 0 * X),
            slope(loss, 0.7 * X + 9 - TRUE) * X,
        )
        for loss in (l1, l2, huber)
    ),
)
here.claim(
    "The second half is what one wishes for: a gentle landing. The first half is not always welcome",
    "后半句正是我们要的，收敛平稳。前半句却不一定是好事",
    lambda: 0.1 - moved(0.1) < 0.1 and 1000 - moved(1000.0) == 500,
)

here.claim(
    "4.5$ and the gradient 3.",
    "4.5$，梯度是 3。",
    lambda: (l2(HALF, 0 * HALF)[0], slope(l2, HALF)[0]) == (4.5, 3),
)
here.claim(
    "; beyond 3 it leaves the window",
    "超过 3 就出了画面",
    lambda: l2(torch.tensor(3.1), torch.tensor(0.0)) < here.numbers(r"ylim=\(-4, (\d)\)\)$")[0] < 3.2**2 / 2,
)
here.claim(
    "A prediction that is 100 away pulls 100 times as hard as one that is 1 away",
    "距离为 100 的预测，拉力是距离为 1 时的 100 倍",
    lambda: slope(l2, torch.tensor(100.0)) == 100 * slope(l2, torch.tensor(1.0)),
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
    "梯度在两处都是 1，它只反映方向，与距离无关",
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
    "所以 L2 认为大误差几乎不可能出现",
    lambda: (
        torch.distributions.Normal(0, 1).log_prob(torch.tensor(5.0))
        < torch.distributions.Laplace(0, 1).log_prob(torch.tensor(5.0))
    ),
)
here.claim(
    "from the left it is -1, from the right +1",
    "因为左导数是 -1，右导数是 +1",
    lambda: slope(l1, torch.tensor([-1e-3, 0.0, 1e-3])).tolist() == [-1, 0, 1],
)
here.claim(
    "The upright stroke at 0 only joins the two halves; there is no slope between -1 and +1",
    "0 处的竖线只是把两段连起来，并没有介于 -1 和 +1 之间的斜率",
    lambda: set(slope(l1, r[r != 0]).tolist()) == {-1.0, 1.0},
)
here.claim(
    "PyTorch takes 0, the one in the middle",
    "PyTorch 取正中间的 0",
    lambda: slope(l1, torch.zeros(1)) == 0,
)
here.claim(
    "One thousandth to the left the full force pushes to the right; one thousandth to the right it pushes back",
    "偏左千分之一，就用全力往右推；偏右千分之一，又用全力推回来",
    lambda: moved(-1e-3, l1) > 0 > moved(1e-3, l1),
)

here.claim(
    "is the distance between prediction and truth, without a square",
    "是预测与真实值之间的距离，不取平方",
    lambda: same(here.code("def absolute_loss").absolute_loss(y_hat, y), (r**2).sqrt()),
)
here.claim(
    "The loss is a V. Its gradient is a staircase with one step",
    "损失呈 V 形。它的梯度是只有一级的台阶",
    lambda: (l1(LINE, 0 * LINE).diff(n=2).abs() > 1e-9).sum() == 1 == slope(l1, r).unique().numel() - 1,
)
here.claim(
    "the likelihood is a tent with a sharp tip and long tails",
    "似然的顶端是尖的，尾巴很长",
    lambda: (
        derivative(lambda v: torch.exp(-l1(v, 0 * v)).sum(), torch.tensor([-1e-6, 1e-6])).round().tolist() == [1, -1]
        and torch.exp(-l1(HALF * 2, 0 * HALF))[0] > 1000 * torch.exp(-l2(HALF * 2, 0 * HALF))[0]
    ),
)
here.claim(
    "no prediction, however wrong, causes a large update",
    "预测错得再离谱，也不会引起很大的更新",
    lambda: all(abs(moved(at, l1) - at) == 0.5 for at in (4.0, 1000.0, -1000.0)),
)
here.claim(
    "is a density, that of the *Laplace distribution*",
    "就是**拉普拉斯分布**的概率密度",
    lambda: density_of(l1, torch.distributions.Laplace(0, 1)) and same(likelihood_area(l1), 2, 1e-5),
)
here.claim(
    "L1 and Huber expect one now and then",
    "L1 和 Huber 则认为大误差偶尔会有",
    lambda: 1 - torch.distributions.Laplace(0, 1).cdf(torch.tensor(5.0)) > 1e-3,
)
here.claim(
    "any number between the slopes of the two sides is called a *subgradient*",
    "介于左右斜率之间的任何一个数都叫作**次梯度**（subgradient）",
    lambda: all((l1(r, 0 * r) >= g * r).all() == (abs(g) <= 1) for g in (-1.1, -1, -0.3, 0, 1, 1.1)),
)
here.claim(
    "a prediction that is exactly right stays where it is",
    "所以完全准确的预测会停在原地",
    lambda: moved(0.0, l1) == 0,
)
here.claim(
    "Late in training, when predictions are nearly right, they will be pushed to and fro",
    "到了训练后期，预测都差不多准了，却还会被来回推",
    lambda: after(l1, 24) * after(l1, 25) < 0,
)

here.claim(
    "The loss is the distance, 3 and 0.5.",
    "损失就是距离，3 和 0.5。",
    lambda: l1(HALF, 0 * HALF).tolist() == [3, 0.5],
)
here.claim(
    "That makes training stable where the squared loss may not be",
    "用平方损失可能不稳定的训练，用 L1 就能保持稳定",
    lambda: jumps(l1).abs().max() < 2 and jumps(l2).abs().max() > 1000,
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
    "默认会对损失取平均，加上 `reduction='none'`，则给出每个预测各自的损失",
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
    "The gradient is that of L2, capped at both ends",
    "这个梯度就是两头截断的 L2 梯度",
    lambda: same(slope(huber, r), slope(l2, r).clamp(-1, 1)),
)
here.claim(
    "The likelihood is round at the top and has long tails",
    "似然的顶部是圆的，尾巴很长",
    lambda: (
        same(huber(0.3 * HALF, 0 * HALF), l2(0.3 * HALF, 0 * HALF))
        and same(huber(9 * HALF, 0 * HALF) - l1(9 * HALF, 0 * HALF), [-0.5, -0.5])
    ),
)
here.claim(
    "The parabola around 0 makes the *end* of training smooth",
    "0 附近的抛物线让训练**收尾**平滑",
    lambda: abs(moved(0.3, huber)) < 0.3 and abs(moved(0.3, l1)) < 0.5,
)
here.claim(
    "The linear arms limit the *force* of a far-away point",
    "两侧的线性段限制了远处的点的**力**",
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
here.equation(
    r"-\delta",
    lambda: (tuple(-d for d in DELTAS), tuple(slope(huber, torch.tensor([-9.0]), d).item() for d in DELTAS)),
)
here.claim(
    "it is the dot of L1 that jumps, from 1 to -1",
    "会跳的是 L1 的圆点，从 1 跳到 -1",
    lambda: slope(l1, torch.tensor([1e-6, -1e-6])).tolist() == [1, -1] and slope(huber, torch.tensor([1e-6])) < 1e-5,
)

here.claim(
    "Far away from the target, L1 is better: its force is limited. Near the target, L2 is better: it lands gently",
    "离目标远时，L1 更好，因为它的力有限；离目标近时，L2 更好，因为它收敛平稳",
    lambda: slope(l1, 100 * HALF).max() == 1 and slope(l2, 1e-3 * HALF).max() < 0.01,
)
here.claim(
    "It makes an object that is then called like a function",
    "要先创建对象，再像函数一样调用",
    lambda: same(nn.HuberLoss(delta=1.0, reduction="none")(y_hat, y), huber(y_hat, y)),
)
here.claim(
    "the residual exceeds the threshold: the loss is",
    "残差超过了阈值，损失是",
    lambda: HALF[0] > nn.HuberLoss().delta > HALF[1],
)
here.claim(
    "the two places where the yellow curve bends",
    "找出黄色曲线上的两处转折",
    lambda: same(LINE[1:-1][slope(huber, LINE).diff(n=2).abs() > 1e-9], [-1, 1]),
)
here.claim(
    "a parabola at the bottom, with two straight arms, and no kink anywhere",
    "损失的底部是抛物线，两侧是线性段，处处没有尖点",
    lambda: (
        same(huber(HALF, 0 * HALF)[1], l2(HALF, 0 * HALF)[1])
        and same(huber(LINE[LINE > 1], 0 * LINE[LINE > 1]).diff(n=2), 0 * LINE[LINE > 1][2:])
        and slope(huber, LINE).diff().abs().max() < 0.06
    ),
)
here.claim(
    "A bare $|r|$ would jump from 0.5 to 1.",
    "如果只写 $|r|$，损失就会从 0.5 跳到 1。",
    lambda: same([no_offset(torch.tensor([side])).item() for side in (1.0, 1 + 1e-6)], [0.5, 1], 1e-5),
)


def no_offset(r):
    """Return Huber's loss for the threshold 1, without the offset."""
    return torch.where(r.abs() <= 1, r**2 / 2, r.abs())


here.claim(
    "which residuals count as ordinary noise (parabola) and which as suspicious (arms)",
    "哪些残差算普通噪声（抛物线），哪些算可疑（线性段）",
    lambda: same((huber(y_hat, y) == l2(y_hat, y)).double(), (r.abs() <= 1).double()),
)
here.claim(
    "It is measured in the units of $y$",
    "阈值的单位就是 $y$ 的单位",
    lambda: same(huber(1000 * y_hat, 1000 * y, 1000.0), 1000**2 * huber(y_hat, y)),
)
here.claim(
    "Dots show what one prediction costs (left) and with which gradient it is pulled (right)",
    "圆点表示一个预测的损失（左图）和拉动它的梯度（右图）",
    lambda: here.has("left.plot(here, loss(here, torch.zeros(1))") and here.has("right.plot(here, slope(loss, here)"),
)
here.claim(
    "At the prediction 3 the gradient of L2 is 3, those of L1 and Huber are 1:",
    "预测为 3 时，L2 的梯度是 3，L1 和 Huber 的都是 1",
    lambda: (
        [slope(loss, torch.tensor([3.0])).item() for loss in (l2, l1, huber)] == [3, 1, 1]
        and here.has("threshold=(0.1, 4.0, 1.0), prediction=(-4.0, 4.0, 3.0)")
    ),
)
here.claim(
    "beyond it, the threshold *is* the force",
    "超出阈值之后，力的大小**就是**阈值",
    lambda: all(slope(huber, torch.tensor([3.0]), d) == d for d in DELTAS),
)

here.claim(
    "the parabola is $\\frac12 \\delta^2$ high, and the straight arm",
    r"抛物线的高度是 $\frac12 \delta^2$，线性段的高度是",
    lambda: all(same(d**2 / 2, huber(torch.tensor(d + 1e-9), torch.tensor(0.0), d), 1e-6) for d in DELTAS),
)
here.claim(
    "the parabola has slope $r = \\delta$ there, the arm $\\delta$",
    r"抛物线在那里的斜率是 $r = \delta$，线性段的斜率是 $\delta$",
    lambda: all(same(slope(l2, torch.tensor(d)), slope(huber, torch.tensor(9.0), d)) for d in DELTAS),
)

# Three descents

here.claim(
    "along the *negative* gradient",
    "沿**负**梯度方向",
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
    "在阈值之外，无论从哪里出发都走半个单位，从 0.5 出发走得更少",
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


@cache
def after(loss, steps=25, lr=0.35, shrink=1.0):
    """Return where steps of gradient descent lead from 4."""
    at = 4.0
    for _ in range(steps):
        at, lr = moved(at, loss, lr), lr * shrink
    return at


here.claim(
    "nearest to 0, and which will have left it furthest away",
    "哪种损失的预测离 0 最近？哪种最远",
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

here.claim(
    "Under L2 the arrows are longer further out",
    "用 L2 时，越靠外箭头越长",
    lambda: 4 - moved(4.0) > 2.5 - moved(2.5) > 1.25 - moved(1.25) > 0.5 - moved(0.5),
)
here.claim(
    "from 0.5 only a quarter of a unit",
    "从 0.5 出发只走四分之一个单位",
    lambda: 0.5 - moved(0.5) == 0.25,
)
here.claim(
    "less from 0.5, where the curve is the parabola",
    "从 0.5 出发走得更少，因为那里的曲线是抛物线",
    lambda: huber(HALF, 0 * HALF)[1] == l2(HALF, 0 * HALF)[1] and HALF[1] == 0.5,
)
here.claim(
    "Return the prediction after 0, 1, 2, ... steps",
    "返回走完 0、1、2……步之后的预测",
    lambda: same(
        here.code("def slope", "def descend").descend(l2, 4.0, lr=0.5, num_steps=2),
        torch.tensor([4.0, 2.0, 1.0]),
    ),
)
here.claim("and Huber follows with", "其次是 Huber", lambda: abs(after(l2)) < abs(after(huber)) < abs(after(l1)))
here.claim(
    "more steps would not help it",
    "再走多少步都没有用",
    lambda: min(abs(after(l1, n)) for n in (50, 51)) > abs(after(huber)),
)
here.claim(
    "step, L2 is ahead as well",
    "步时，领先的也是 L2",
    lambda: after(l2, 1) < min(after(l1, 1), after(huber, 1)),
)
here.claim(
    "shrinks *geometrically*",
    "让预测**按等比数列**缩小",
    lambda: same(after(l2, 2) / after(l2, 1), after(l2, 9) / after(l2, 8), 1e-5),
)
here.claim(
    "per step, whatever the distance. When less than one step is left, it steps over 0, and back",
    "剩下的距离不足一步时，就跨过 0，再跨回来",
    lambda: (
        same(4 - after(l1, 1), after(l1, 9) - after(l1, 10), 1e-5) and after(l1, 11) > 0 > after(l1, 12) < after(l1, 13)
    ),
)
here.claim(
    "A smaller learning rate makes the jitter smaller and the march longer",
    "学习率小一些，抖动也小一些，但路上走得更久",
    lambda: (
        abs(after(l1, 140, lr=0.03) - after(l1, 141, lr=0.03)) < abs(after(l1, 50) - after(l1, 51))
        and after(l1, 20, lr=0.03) > 3 > after(l1, 20)
    ),
)
here.claim(
    "in practice one lets the learning rate shrink during training",
    "通常让学习率在训练过程中逐渐减小",
    lambda: abs(after(l1, 100, shrink=0.95)) < 0.05 < abs(after(l1, 25)),
)
here.claim(
    "marches first, together with L1, and then settles like L2, on a parallel line",
    "先和 L1 一起匀速前进，然后像 L2 那样平稳收敛，沿着一条平行的直线",
    lambda: (
        all(same(after(huber, n), after(l1, n)) for n in range(9))
        and same(after(huber, 20) / after(huber, 19), 0.65, 1e-5)
    ),
)

here.claim(
    "with the same learning rate 0.35 for each loss",
    "三种损失的学习率都是 0.35",
    lambda: here.numbers(r"start, lr=([\d.]+)") == (0.35,) and here.has("descend(loss, 4.0)"),
)

# A line through bad data

here.claim(
    "so the step follows the *mean* loss",
    "所以每一步依据的是损失的**均值**",
    lambda: here.has("sgd([w, b], lr, len(x))"),
)
X = torch.linspace(-3, 3, 100, dtype=torch.float64)
TRUE = 1.5 * X + 2
NOISY = TRUE + 0.5 * draw(100)  # the seed is the chapter's, so these are its points
BAD = NOISY + 15 * (torch.arange(100) >= 95)


@cache
def fitted(loss, spoiled=True):
    """Return the slope that the chapter's own loop finds in data like its own."""
    fit = here.code("def fit").fit
    fit.__globals__["sgd"] = sgd
    return fit(loss, X, BAD if spoiled else NOISY)[0]


here.claim(
    "They pull the right end up: the slope grows",
    "它们把右端往上拉，斜率变大",
    lambda: fitted(l2) > fitted(l2, spoiled=False) + 0.3,
)
here.claim(
    "stay close to that although the outliers were among their data",
    "虽然数据里有离群值，也与这个结果相差不远",
    lambda: all(abs(fitted(loss) - fitted(l2, spoiled=False)) < 0.15 for loss in (l1, huber)),
)
here.claim(
    "Under L2 each outlier pulls with the force of its residual. Under L1 or Huber no point pulls with more than 1",
    "用 L2 时，每个离群值的拉力就是它的残差。用 L1 或 Huber 时，任何一点的拉力都不超过 1",
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
    "points furthest to the right, imagine a sensor that failed: their values come out 15 too high",
    "个点都高出 15，好比传感器坏了",
    lambda: (
        here.numbers(r"^y\[-5:\] \+= (\d+)$") == (15,)
        and (here.code("x = torch.linspace(-3, 3, 100").x.diff() > 0).all()
    ),
)
here.claim(
    "computes with twice as many digits as usual",
    "计算时的位数是平常的两倍",
    lambda: torch.finfo(torch.float64).bits == 2 * torch.finfo(torch.get_default_dtype()).bits,
)
here.claim(
    "in every step instead of minibatches",
    "只是每一步用全部 100 个点，不用小批量",
    lambda: (
        here.has("loss(w * x + b, y).sum().backward()") and len(here.code("x = torch.linspace(-3, 3, 100").x) == 100
    ),
)
here.claim(
    "`sgd` divides the gradient of the summed loss by 100,",
    "`sgd` 会把总损失的梯度除以 100",
    lambda: divided_by_sgd(100),
)


def divided_by_sgd(batch_size):
    """Tell whether sgd divides by the batch size that the chapter's loop gives it."""
    w = torch.tensor([2.0], requires_grad=True)
    (300 * w).sum().backward()
    sgd([w], 1.0, batch_size)
    return here.has("sgd([w, b], lr, len(x))") and w.item() == 2 - 300 / batch_size == -1


here.claim(
    "The outliers are all at the right end, and all too high",
    "离群值都在右端，而且都偏高",
    lambda: here.numbers(r"^y\[-(\d)") == (5,) and (X[NOISY != BAD] > X[NOISY == BAD].max()).all(),
)
here.claim(
    "and the intercept rises, too",
    "截距也上升",
    lambda: least_squares(BAD)[1] > least_squares(NOISY)[1] + 0.3,
)
here.claim(
    "good points alone would have given",
    "个正常点得到的结果",
    lambda: here.has("good_points_only = fit(squared_loss, x[:-5], y[:-5])"),
)


def least_squares(labels):
    """Return slope and intercept of the line with the lowest squared loss, in closed form."""
    return torch.linalg.lstsq(torch.stack([X, 0 * X + 1], 1), labels.reshape(-1, 1)).solution.flatten()


def robust(delta, labels, rounds=100):
    """Return slope and intercept of the line with the lowest Huber's loss, by repeated weighted least squares."""
    line = least_squares(labels)
    for _ in range(rounds):
        weight = (delta / (line[0] * X + line[1] - labels).abs()).clamp(max=1).sqrt()
        features = torch.stack([X, 0 * X + 1], 1) * weight.reshape(-1, 1)
        line = torch.linalg.lstsq(features, (labels * weight).reshape(-1, 1)).solution.flatten()
    return line


here.claim(
    "The line moves until the pulls of all points balance",
    "直线会一直移动，直到所有点的拉力平衡",
    lambda: all(
        abs(slope(loss, w * X + b - BAD).sum()) < 1e-6
        for loss, (w, b) in ((l2, least_squares(BAD)), (huber, robust(1.0, BAD)))
    ),
)
here.claim(
    "force and feature may be large at once, and under L2 they grow together",
    "力和特征可能同时很大，而用 L2 时两者会一起增大",
    lambda: [gradient_of_slope(loss, 10 * X) / gradient_of_slope(loss, X) > 50 for loss in (l2, l1)] == [True, False],
)
here.claim(
    "its numbers ten times as large",
    "数值变成十倍",
    lambda: here.numbers(r"fit\(loss, (\d+) \* x, y, num_steps=n\)") == (10,),
)


@cache
def jumps(loss, steps=6):
    """Return the slopes that the chapter's own loop has after 0, 1, 2, ... steps with features ten times as large."""
    fit = here.code("def fit").fit
    fit.__globals__["sgd"] = sgd
    return torch.tensor([fit(loss, 10 * X, BAD, num_steps=n)[0] for n in range(steps)])


here.claim(
    "Under L2 the slope changes sign at each step",
    "用 L2 时，斜率每一步都变号",
    lambda: (jumps(l2)[1:-1] * jumps(l2)[2:] < 0).all(),
)
here.claim(
    "not even double precision can hold the numbers",
    "中途连双精度也表示不了这么大的数",
    lambda: 500 * math.log10(abs(jumps(l2)[3] / jumps(l2)[2])) > math.log10(torch.finfo(torch.float64).max),
)
here.claim(
    "Under L1 and Huber no step is larger than the learning rate times the mean of",
    "用 L1 和 Huber 时，任何一步都不超过学习率乘以",
    lambda: all(jumps(loss).diff().abs().max() <= 0.1 * (10 * X).abs().mean() + 1e-6 for loss in (l1, huber)),
)
here.claim(
    "They jump to and fro, but the slope stays bounded",
    "它们来回跳，但斜率始终有界",
    lambda: all((jumps(loss).diff() < 0).any() and jumps(loss).abs().max() < 2 for loss in (l1, huber)),
)

here.claim(
    "The true line has slope 1.5 and intercept 2, and ordinary noise has standard deviation 0.5",
    "真实直线的斜率是 1.5，截距是 2，普通噪声的标准差是 0.5",
    lambda: here.numbers(r"^y = ([\d.]+) \* x \+ ([\d.]+) \+ ([\d.]+) \* torch.randn") == (1.5, 2, 0.5),
)
here.claim(
    "L1, with 1.61, and Huber, with 1.63,",
    "L1 得到 1.61，Huber 得到 1.63，",
    lambda: (round(fitted(l1), 2), round(fitted(huber), 2)) == (1.61, 1.63),
)
here.claim(
    "L2 wants its learning rate tuned with care, or its features and labels brought to moderate size first",
    "所以用 L2 要仔细调学习率，或者先把特征和标签缩放到适中的大小",
    lambda: jumps(l2).abs().max() > 1000 and fitted(l2) < 3,
)

here.claim(
    "Now 100 points share a line, and five of the points are wrong",
    "现在用一条直线拟合 100 个点，其中有 5 个点是错的",
    lambda: len(here.code("x = torch.linspace(-3, 3, 100").x) == 100 and here.numbers(r"^y\[-(\d)") == (5,),
)
ONES = torch.stack([X, 0 * X + 1])
here.claim(
    "so five outliers can do little against ninety-five",
    "所以五个离群值敌不过九十五个正常点",
    lambda: slope(l1, TRUE - BAD)[:95].abs().sum() == 95 == 19 * slope(l1, TRUE - BAD)[95:].abs().sum(),
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
    "| 对应的噪声 | 高斯噪声 | 拉普拉斯噪声 | 带长尾的高斯噪声 |",
    lambda: same(likelihood_area(l1), 2.0, 1e-5) and same(likelihood_area(l2), math.sqrt(2 * math.pi)),
)
here.claim(
    "| outliers in $y$ | follows them | resists | resists |",
    "| 对 $y$ 方向的离群值 | 敏感 | 稳健 | 稳健 |",
    lambda: abs(fitted(l2) - 1.5) > 3 * max(abs(fitted(loss) - 1.5) for loss in (l1, huber)),
)
here.claim(
    "| to choose | nothing | nothing | the threshold δ |",
    "| 需要选的 | 无 | 无 | 阈值 δ |",
    lambda: not hasattr(nn.L1Loss(), "delta") and nn.HuberLoss().delta == 1,
)
here.claim(
    "Huber, divided by its threshold, called β",
    "Huber 除以阈值，这里阈值叫 β",
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
    w = torch.linspace(-2, 2, 4_001, dtype=torch.float64)
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
    "普通的梯度下降会在这个 0 附近抖动，与前面的 L1 损失一样",
    lambda: abs(after(l1, 101)) > 0.1,
)
here.claim(
    "The L2 penalty divides every weight by 1.3",
    "L2 惩罚项则把每个权重除以 1.3",
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
    "稀疏的权重来自 L1 惩罚项，不是来自 L1 损失",
    lambda: abs(best_weight(0.1, lambda w: 0.3 * w.abs())) < 1e-3 < fitted(l1),
)
here.claim(
    "L1 has the gradient ±1 at every distance: robust, but with a kink where descent jitters",
    "L1 的梯度不论远近都是 ±1，所以稳健，但下降到尖点附近会抖动",
    lambda: slope(l1, r).abs().equal(torch.ones_like(r)),
)
here.claim(
    "Huber's loss is L2 up to the threshold and like L1 beyond it",
    "Huber 损失在阈值以内是 L2，超出阈值就像 L1",
    lambda: same(slope(huber, HALF), [slope(l1, HALF)[0].item(), slope(l2, HALF)[1].item()]),
)

here.claim(
    "it alone has the closed-form solution of chapter 01",
    "而且只有它有第 01 章的解析解",
    lambda: [same(slope(loss, 3 * r), 3 * slope(loss, r)) for loss in (l2, l1, huber)] == [True, False, False],
)
here.claim(
    "L1 mostly asks for a learning rate that shrinks, because of its kinks",
    "L1 有尖点，所以学习率多半要逐渐减小",
    lambda: abs(after(l1, 100, shrink=0.95)) < 0.05 < abs(after(l1, 25)),
)
here.claim(
    "A **loss** acts on *residuals*",
    "**损失**作用于**残差**",
    lambda: all(same(loss(y_hat + 5, y + 5), loss(y_hat, y)) for loss in (l1, l2)),
)
here.claim(
    "A **regulariser** acts on *weights*",
    "**正则化项**作用于**权重**",
    lambda: abs(best_weight(1.0, lambda w: 0.3 * w.abs())) < abs(best_weight(1.0, lambda w: 0 * w)),
)
here.claim(
    "is no reason for any weight to become zero. An L1 *penalty* on the weights is one",
    "并不会让权重变成零。给权重加上 L1 **惩罚项**才会",
    lambda: abs(best_weight(0.1, lambda w: 0.3 * w.abs())) < 1e-3 and fitted(l1) > 1,
)
here.claim(
    "alone would put it at $a$",
    "它会落在 $a$",
    lambda: same([best_weight(a, lambda w: 0 * w) for a in (1.2, -0.8)], [1.2, -0.8], 1e-3),
)
here.claim(
    "pushes back with up to 0.3 from either side",
    "惩罚项从两边往回推，力最大可达 0.3",
    lambda: (
        same(sorted(slope(l1, torch.tensor([-1e-3, 1e-3])) * 0.3), [-0.3, 0.3], 1e-6)
        and [abs(best_weight(a, lambda w: 0.3 * w.abs())) < 1e-3 for a in (-0.31, -0.29, 0.29, 0.31)]
        == [False, True, True, False]
    ),
)
here.claim(
    "It keeps weights from growing and hits the large ones most, but sets none to zero",
    "它不让权重变大，对大的权重压得最厉害，但不会把任何一个变成零",
    lambda: (
        1.5 - best_weight(1.5, lambda w: 0.15 * w**2) > 0.1 - best_weight(0.1, lambda w: 0.15 * w**2) > 0
        and best_weight(0.1, lambda w: 0.15 * w**2) > 0.05
    ),
)
SPLITS = torch.tensor([[1.0, 0.0], [0.5, 0.5]], dtype=torch.float64)  # one of two copies, or both alike
here.claim(
    "An L2 penalty also spreads weights evenly",
    "L2 惩罚项还会把权重摊匀",
    lambda: (SPLITS**2).sum(1).argmin() == 1,
)
here.claim(
    "If two features are copies of each other, the weights (1, 0) and (½, ½) give the same predictions, "
    "but the sums of squares are 1 and ½",
    "如果两个特征一模一样，权重 (1, 0) 和 (½, ½) 给出的预测相同，但平方和分别是 1 和 ½",
    lambda: same(SPLITS @ torch.stack([X, X]), torch.stack([X, X])) and (SPLITS**2).sum(1).tolist() == [1, 0.5],
)
here.claim(
    "The sums of absolute values are both 1: L1 does not mind",
    "绝对值之和都是 1，所以对 L1 来说没有区别",
    lambda: SPLITS.abs().sum(1).tolist() == [1, 1],
)
here.claim(
    "each step adds $0.3 w$ to the gradient, which is the derivative of the penalty",
    "每一步都会在梯度上加 $0.3 w$，也就是惩罚项的导数",
    lambda: same(decayed(2.0, 0.3), 2 - 0.5 * (1 + 0.3 * 2), 1e-6),
)


def decayed(w, strength):
    """Return where a step of PyTorch's optimiser with learning rate 0.5 takes a weight whose gradient is 1."""
    w = torch.tensor([w], requires_grad=True)
    w.sum().backward()
    torch.optim.SGD([w], lr=0.5, weight_decay=strength).step()
    return w.item()


here.claim(
    "L2 has a gradient as large as the residual: a soft landing, but outliers and large features pull without limit",
    "L2 的梯度就等于残差，所以收敛平稳，但离群值和大特征的拉力没有限制",
    lambda: same(slope(l2, 1000 * r), 1000 * r) and same(slope(l2, 0.001 * r), 0.001 * r),
)
here.claim(
    "joined without a jump in value or slope: limited force far away, a smooth end",
    "衔接处的值和斜率都没有跳变。这样，远处的力有限，收尾平滑",
    lambda: slope(huber, LINE).diff().abs().max() < 0.06 and slope(huber, LINE).max() == 1,
)

here.claim(
    "It is added to the loss, and asks how large the weights are",
    "它加在损失上，不看数据，只看权重有多大",
    lambda: here.has("(data_loss + 0.3 * w.abs()).argmin()"),
)
here.claim(
    "The loss says what you believe about the noise, the penalty what you believe about the weights",
    "选哪种损失，取决于怎样看待噪声；选哪种惩罚项，取决于怎样看待权重",
    lambda: density_of(l1, torch.distributions.Laplace(0, 1)) and density_of(l2, torch.distributions.Normal(0, 1)),
)
here.claim(
    "In PyTorch an L2 penalty is mostly given to the optimiser",
    "在 PyTorch 里，L2 惩罚项多半交给优化器",
    lambda: "weight_decay" in inspect.signature(torch.optim.SGD).parameters,
)
here.claim(
    "An L1 penalty one adds to the loss by hand",
    "L1 惩罚项则要自己加到损失上",
    lambda: not any("l1" in name for name in inspect.signature(torch.optim.SGD).parameters),
)
here.claim(
    "its gradient decides how far each step of training goes",
    "它的梯度决定训练的每一步走多远",
    lambda: 3 - moved(3.0) == 0.5 * slope(l2, torch.tensor(3.0)),
)

# What each loss expects of noise

here.equation(r"-l", lambda: (-l2(r, 0 * r), torch.exp(-l2(r, 0 * r)).log()))
here.claim(
    "The bare $e^{-l}$ is *unnormalised*",
    "$e^{-l}$ 本身是**未归一化的**",
    lambda: all(likelihood_area(loss) > 1.9 for loss in (l1, l2, huber)),
)
here.claim(
    "L2 falls off ever more steeply, the other two at a constant rate",
    "越往外，L2 降得越快，另外两条则以不变的速度下降",
    lambda: (
        [bool(same(slope(loss, 3 + HALF), [slope(loss, 3 + HALF)[0]] * 2)) for loss in (l2, l1, huber)]
        == [False, True, True]
    ),
)
here.claim(
    "Gaussian with the straight, exponential tails of Laplace",
    "它的中间是高斯分布，两侧接着拉普拉斯分布那样的指数尾巴，在图中是直线",
    lambda: same(huber(9 * HALF, 0 * HALF) - l1(9 * HALF, 0 * HALF), [-0.5, -0.5]),
)
here.claim(
    "So L2 takes large errors for practically impossible",
    "所以 L2 认为大误差几乎不可能出现",
    lambda: [density_at(5.0, loss) < 1e-5 for loss in (l2, l1, huber)] == [True, False, False],
)


def density_at(distance, loss):
    """Return the density that belongs to a loss, so many of its standard deviations away."""
    likelihood = torch.exp(-loss(GRID, 0 * GRID))
    deviation = (torch.trapezoid(likelihood * GRID**2, GRID) / likelihood_area(loss)).sqrt()
    return (torch.exp(-loss(distance * deviation, 0 * deviation)) * deviation / likelihood_area(loss)).item()


# What each loss estimates

here.claim(
    "as much lies above $c$ as below, counted in *distance*. That is the **mean**",
    "$c$ 的上方和下方按**距离**算一样多，这就是**均值**",
    lambda: best_constant(l2) == FIVE.mean() == 20 and (FIVE - 20).clamp(min=0).sum() == (20 - FIVE).clamp(min=0).sum(),
)
here.claim(
    "as many values lie above $c$ as below, counted in *heads*. That is the **median**",
    "$c$ 的上方和下方按**个数**算一样多，这就是**中位数**",
    lambda: best_constant(l1) == FIVE.median() == 2 and (FIVE > 2).sum() == (FIVE < 2).sum(),
)
here.claim(
    "near values count by distance, far ones by heads",
    "近处的值按距离算，远处的值按个数算",
    lambda: slope(huber, torch.tensor([0.25, 0.5, 5.0, 50.0])).tolist() == [0.25, 0.5, 1, 1],
)
here.claim(
    "two values pull up and two down, all four with the force",
    "两个值往上拉，两个值往下拉，四个力都是",
    lambda: slope(huber, 2 - FIVE).tolist() == slope(l1, 2 - FIVE).tolist() == [1, 1, 0, -1, -1],
)
here.claim(
    "where nobody is, and moves one fifth of the way that the last value moves",
    "那里一个值也没有。最后一个值每移动一段，它就跟着移动这段距离的五分之一",
    lambda: FAR.mean() - FIVE.mean() == (FAR - FIVE).sum() / 5 == 180 and 20 not in FIVE,
)
here.claim(
    "they ask on which side the value lies, not how far away",
    "因为它们只看那个值在哪一边，不看有多远",
    lambda: all(best_constant(loss, FAR) == best_constant(loss) for loss in (l1, huber)),
)
here.claim(
    "Huber's constant would be between the two, at",
    "Huber 的常数就会落在两者之间",
    lambda: slope(lambda v, zero: huber(v, zero, 20.0), 6.5 - FIVE).sum() == 0 and 2 < 6.5 < 20,
)
here.claim(
    "the mean under Gaussian noise, the median under Laplace noise, and Huber where most noise is Gaussian",
    "高斯噪声下是均值，拉普拉斯噪声下是中位数。如果噪声大多是高斯噪声",
    lambda: [min(errors, key=errors.get) for errors in map(standard_errors, NOISES)] == ["mean", "median", "Huber"],
)


def laplace(values):
    """Return normal numbers as numbers from Laplace's distribution, by their ranks."""
    ranks = torch.special.ndtr(values) - 0.5
    return -ranks.sign() * torch.log1p(-2 * ranks.abs())


NORMAL = draw(4000, 100, seed=3)
NOISES = (NORMAL, laplace(NORMAL), NORMAL * torch.where(draw(4000, 100, seed=4).abs() > 1.6449, 10, 1))


def standard_errors(readings):
    """Return the standard deviations of three estimates of the middle of each row."""
    huber_constant = here.code("def huber_constant").huber_constant
    estimates = {"mean": readings.mean(1), "median": readings.quantile(0.5, dim=1), "Huber": huber_constant(readings)}
    return {name: values.std().item() for name, values in estimates.items()}


def inside(width):
    """Return the probability that a standard normal number is no further from 0 than this."""
    return math.erf(width / math.sqrt(2))


def efficiency(threshold):
    """Return how many readings the mean needs for each one that Huber's constant needs, under normal noise."""
    density = math.exp(-(threshold**2) / 2) / math.sqrt(2 * math.pi)
    second_moment = inside(threshold) - 2 * threshold * density + threshold**2 * (1 - inside(threshold))
    return inside(threshold) ** 2 / second_moment


here.formula(
    r"\delta = 1.345 \, \sigma",
    lambda sigma: 1.345 * sigma,
    lambda said: said(2.0) > 0 and abs(efficiency(said(2.0) / 2) - 0.95) < 1e-4,
)
here.formula(r"0.6745 \, \sigma", lambda sigma: 0.6745 * sigma, lambda said: abs(inside(said(2.0) / 2) - 0.5) < 1e-4)
here.formula(
    r"\sigma = 1.4826 \cdot \mathrm{MAD}",
    lambda mad: 1.4826 * mad,
    lambda said: abs(inside(2 / said(2.0)) - 0.5) < 1e-4,
)
here.claim(
    "since outliers blow up the standard deviation",
    "因为**离群值**（outlier）会把标准差撑大",
    lambda: NOISES[2].std() > 3 and here.code("def spread").spread(NOISES[2].flatten()) < 1.2,
)

# Bad points, penguins

here.claim(
    "Under L2 the whole valley has moved",
    "用 L2 时，整个山谷都移走了",
    lambda: (
        (least_squares(BAD) - torch.tensor([1.5, 2.0])).abs().min() > 0.7
        and (robust(1.0, BAD) - torch.tensor([1.5, 2.0])).abs().max() < 0.2
    ),
)
here.claim(
    "then not a digit changes, and neighbouring lines are equally good",
    "这时，数值一位也不会变，旁边的直线也同样好",
    lambda: (
        ended(500) == ended(501)
        and same(
            l1(ended(500)[0] * X + ended(500)[1] + 1e-6, BAD).sum(), l1(ended(500)[0] * X + ended(500)[1], BAD).sum()
        )
    ),
)
here.claim(
    "with other labels the line jitters",
    "换一组标签，直线照样会抖动",
    lambda: ended(500, NOISY) != ended(501, NOISY) and abs(ended(500, NOISY)[0] - ended(501, NOISY)[0]) < 0.01,
)


@cache
def ended(steps, labels=BAD):
    """Return the line that the chapter's own loop has after so many steps under L1."""
    fit = here.code("def fit").fit
    fit.__globals__["sgd"] = sgd
    return fit(l1, X, labels, num_steps=steps)


here.claim(
    "But the gradient of the weight is force *times $x$*, and $x$ is not capped",
    "但权重的梯度等于力**乘以 $x$**，而 $x$ 没有限制",
    lambda: same(derivative(lambda w: huber(w * X, BAD).sum(), 9 + 0 * X), slope(huber, 9 * X - BAD) * X),
)
here.claim(
    "and L1 and Huber do not even notice. Far to the right all three lines break",
    "L1 和 Huber 完全不受影响。移到右边很远的地方，三条直线全部失效",
    lambda: all(
        abs(best(loss, 3.0, 20.0)[0] - best(loss, 3.0, 200.0)[0]) < 0.01 and best(loss, 30.0, 20.0)[0] < 0.75
        for loss in (l1, huber)
    ),
)
here.claim(
    "Upwards, L1 and Huber stand still. To the right they hold for a while and then give way",
    "往上拖，L1 和 Huber 纹丝不动。往右拖，它们起初还撑得住，后来就撑不住了",
    lambda: [abs(best(l1, at, 20.0)[0] - 1.5) < 0.3 for at in (3.0, 10.0, 30.0)] == [True, True, False],
)


def best(loss, bad_x, bad_y):
    """Return the line that the chapter's own code finds where five bad points are at one place."""
    code = here.code("def slope", "def best_line")
    places = (torch.cat([old[:-5], 0 * old[-5:] + bad]) for old, bad in ((X, bad_x), (NOISY, bad_y)))
    return code.best_line(loss, *places)


here.claim(
    "look like ten weightless birds",
    "误用千克录入的十只看上去像没有体重",
    lambda: here.has("tables['10 in kilograms'][:10] /= 1000"),
)
here.claim(
    "| estimates | the mean | the median | something between |",
    "| 估计的量 | 均值 | 中位数 | 介于两者之间 |",
    lambda: (best_constant(l2), best_constant(l1)) == (FIVE.mean(), FIVE.median()),
)
here.claim(
    "mean squared error, MSE | twice ours: without the ½",
    "均方误差，MSE | 没有 ½，是我们的两倍",
    lambda: same(nn.MSELoss()(y_hat, y), 2 * squared_loss(y_hat, y).mean()),
)
here.claim(
    "By default all of them return the *mean* over the batch",
    "它们默认返回整个批量的**均值**",
    lambda: all(
        same(whole()(y_hat, y), whole(reduction="none")(y_hat, y).mean())
        for whole in (nn.MSELoss, nn.L1Loss, nn.HuberLoss, nn.SmoothL1Loss)
    ),
)
here.claim(
    "There, too, the gradient is prediction minus label",
    "它的梯度也是预测减去标签",
    lambda: same(
        derivative(lambda o: functional.cross_entropy(o, torch.tensor(2)), r[:5]),
        torch.softmax(r[:5], 0) - torch.eye(5, dtype=torch.float64)[2],
    ),
)


def pinball(y_hat, y, tau):
    return torch.where(y > y_hat, tau * (y - y_hat), (1 - tau) * (y_hat - y))


def cauchy(y_hat, y):
    return torch.log1p((y_hat - y) ** 2)


here.terms(r"\log \cosh r", r"\log(1 + r^2)")
here.equation(r"\tanh r", lambda: (r.tanh(), derivative(lambda r: r.cosh().log().sum(), r)))
here.equation(r"\frac{2r}{1 + r^2}", lambda: (2 * r / (1 + r**2), derivative(lambda r: torch.log1p(r**2).sum(), r)))
here.equation(r"r = 1", lambda: (1.0, GRID[(2 * GRID / (1 + GRID**2)).argmax()]))
here.equation(
    r"\max(\tau (y - \hat y), (\tau - 1)(y - \hat y))",
    lambda: (torch.maximum(0.3 * (y - y_hat), (0.3 - 1) * (y - y_hat)), pinball(y_hat, y, 0.3)),
)
here.formula(r"0 < \tau < 1", lambda tau: 0 < tau < 1, lambda said: said(0.3) and not said(-0.3) and not said(1.3))
here.equation(r"1 - \tau", lambda: (1 - 0.3, pinball(0 * y + 1, 0 * y, 0.3)[0]))
here.equation(r"\tau = \frac12", lambda: (0.5, (pinball(y_hat, y, 0.5) / l1(y_hat, y))[0]))
here.claim(
    "grows up to $r = 1$ and then *falls*",
    r"梯度 $\frac{2r}{1 + r^2}$ 在 $r = 1$ 之前增大，之后**减小**",
    lambda: slope(cauchy, torch.tensor([0.9, 1.0])).diff() > 0 > slope(cauchy, torch.tensor([1.0, 1.1])).diff(),
)
here.claim(
    "Neither of the two is convex, so a fit may get stuck",
    "这两种损失都不是凸的，所以拟合可能卡住",
    lambda: (cauchy(LINE, 0 * LINE).diff(n=2) < 0).any(),
)
here.claim(
    "Its best constant is the τ-quantile",
    "它的最佳常数是 τ 分位数",
    lambda: all(best_constant(lambda a, b, t=t: pinball(a, b, t)) == FIVE.quantile(t) for t in (0.25, 0.5, 0.75)),
)
here.claim(
    "Robust means robust in $y$. Far away in $x$, a point has leverage under every loss",
    "稳健是对 $y$ 方向而言的。在 $x$ 方向上很远的点，用哪种损失都有杠杆作用",
    lambda: all(abs(best(loss, 30.0, 20.0)[0] - 1.5) > 0.7 for loss in (l2, l1, huber)),
)

# Exercises and solutions

here.defines(r"\tau = \frac14", "the quantile that is asked for")

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
    "(b) No prediction pulls with more than a fixed force",
    "（b）任何预测的拉力都不超过某个固定的大小。（c）",
    lambda: [slope(loss, 1000 * r).abs().max() <= 1 for loss in (l1, huber, l2)] == [True, True, False],
)
here.claim(
    "(d) Minimising it is maximum likelihood under Gaussian noise",
    "（d）最小化它，就是高斯噪声下的极大似然估计",
    lambda: density_of(l2, torch.distributions.Normal(0, 1)),
)
here.claim(
    "`torch.where` chooses between two tensors, entry by entry",
    "`torch.where` 可以逐个元素地在两个张量之间选择",
    lambda: torch.where(torch.tensor([True, False]), torch.tensor([1, 2]), torch.tensor([3, 4])).tolist() == [1, 4],
)
here.claim(
    "return a tensor of that shape, one loss for each example. The formula",
    "返回同样形状的张量，每个样本一个损失。公式",
    lambda: here.code("def my_huber(").my_huber(y_hat, y).shape == y.shape,
)
here.claim(
    "which $c$ minimises the sum of the squared losses, and which the sum of the absolute losses",
    "哪个 $c$ 使平方损失之和最小？哪个使绝对值损失之和最小",
    lambda: (best_constant(l2), best_constant(l1)) == (20, 2),
)
here.claim(
    "The gradient of Huber's loss is the gradient of L2, capped. Write",
    "Huber 损失的梯度就是截断的 L2 梯度",
    lambda: same(here.code("def my_huber_gradient").my_huber_gradient(y_hat, y, 0.5), slope(huber, r, 0.5)),
)
here.claim(
    "(`clamp(low, high)` caps a tensor on both sides)",
    "（`clamp(low, high)` 从两边截断张量）",
    lambda: torch.tensor([-9.0, 0.5, 9.0]).clamp(-1, 2).tolist() == [-1, 0.5, 2],
)
here.claim(
    "Plot the slope over the threshold, on a logarithmic axis",
    "画出斜率随阈值变化的曲线，阈值用对数坐标轴",
    lambda: here.has("ax.set(xscale='log', ylabel='slope of the line'"),
)
here.claim(
    "For small ones you would expect the line of L1, and do not get it with the settings of the chapter",
    "阈值变小时，你大概以为会得到 L1 的直线，可是按本章的设置得不到",
    lambda: 500 * 0.1 * 0.01 * X.abs().mean() < 0.8 < robust(0.01, BAD)[0],
)
here.claim(
    "once those furthest to the right, once points drawn at random",
    "一次选最右边的点，一次随机选点",
    lambda: here.has("{'furthest right': torch.arange(99, -1, -1), 'at random': torch.randperm(100)}"),
)
here.claim("(a) The gradient is the residual. (b)", "（a）梯度就是残差。（b）", lambda: same(slope(l2, r), r))
here.claim(
    "(e) It needs a choice in the units of $y$",
    "（e）需要按 $y$ 的单位选一个值。",
    lambda: same(huber(1000 * y_hat, 1000 * y, 1000.0), 1000**2 * huber(y_hat, y)),
)
here.claim(
    "and the labels are 0, 1, 2, 3 and 94.",
    "标签是 0、1、2、3 和 94。",
    lambda: here.has("torch.tensor([0, 1, 2, 3, last])") and here.numbers(r"^for last in \((\d+)\.0,") == (94,),
)
here.claim(
    "L2 everywhere; Huber as long as the residual is within the threshold",
    "L2 处处如此，Huber 只在残差不超过阈值时如此",
    lambda: same(slope(l2, r), r) and not same(slope(huber, r), r),
)
here.claim(
    "L1 (force 1) and Huber (force $\\delta$)",
    "L1（力为 1）和 Huber（力为 $\\delta$）",
    lambda: slope(l1, 50 * r).abs().max() == 1 and slope(huber, 50 * r, 2.0).abs().max() == 2,
)
here.claim(
    "L1 only. Huber's loss has a derivative everywhere",
    "只有 L1。Huber 损失处处可导",
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
here.claim("so at $c = 2$: the *median*", "所以 $c = 2$，即**中位数**", lambda: best_constant(l1) == FIVE.median())
here.claim(
    "the mean moves from 20 to 200, and the median does not move at all",
    "均值从 20 移到 200，中位数不动",
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
here.claim(
    "The residual decides which branch applies, by its absolute value",
    "用哪个分支，由残差的绝对值决定",
    lambda: here.has("torch.where(distance <= delta,") and same(huber(y_hat, y), huber(-y_hat, -y)),
)
here.claim(
    "takes the entry of `a` where the condition holds and that of `b` elsewhere",
    "`torch.where(condition, a, b)` 在条件成立的地方取 `a` 的元素，其余的地方取 `b` 的元素",
    lambda: torch.where(torch.tensor([True, False]), torch.tensor([1, 2]), torch.tensor([3, 4])).tolist() == [1, 4],
)
here.claim(
    "Both branches are computed for every entry, and one of the two results is thrown away",
    "对每个元素，两个分支都会计算，再丢掉其中一个结果",
    lambda: derivative(lambda v: torch.where(v > 0, v.sqrt(), 0 * v).sum(), torch.zeros(1)).isnan(),
)
here.claim(
    "its gradient can spoil the result although its value was not chosen",
    "即使没有选中这个分支的值，它的梯度也可能毁掉结果",
    lambda: derivative(lambda v: torch.where(v > 0, v.sqrt(), 0 * v).sum(), torch.zeros(1)).isnan(),
)
here.claim(
    "Whether the condition says `<=` or `<` makes no difference, because the branches meet",
    "条件里写 `<=` 还是 `<` 没有区别，因为两个分支",
    lambda: all(same(d**2 / 2, d * (d - d / 2)) for d in DELTAS),
)
here.claim(
    "The gradient of the summed squared losses with respect to $c$ is the sum of the residuals",
    "平方损失之和对 $c$ 的梯度等于残差",
    lambda: same(
        derivative(lambda c: l2(c + 0 * FIVE, FIVE).sum(), torch.tensor(7.0, dtype=torch.float64)), (7 - FIVE).sum()
    ),
)
here.claim(
    "is the number of labels below $c$ minus the number of labels above $c$",
    "等于小于 $c$ 的标签个数减去大于 $c$ 的标签个数",
    lambda: all(
        derivative(lambda c: l1(c + 0 * FIVE, FIVE).sum(), torch.tensor(c, dtype=torch.float64))
        == ((c - FIVE) > 0).sum() - ((c - FIVE) < 0).sum()
        for c in (-0.5, 0.5, 2.5, 50.0)
    ),
)
here.claim(
    "It changes sign where as many lie below as above",
    "两边个数相等时，梯度变号",
    lambda: (FIVE < 2).sum() == (FIVE > 2).sum() and [slope(l1, c - FIVE).sum().sign() for c in (1.5, 2.5)] == [-1, 1],
)
here.claim(
    "It asks only on which side a label lies",
    "因为这两者只看标签在哪一边",
    lambda: same(slope(l1, 2.5 - FIVE), slope(l1, 2.5 - FAR)) and not same(slope(l2, 2.5 - FIVE), slope(l2, 2.5 - FAR)),
)
here.claim(
    "`expand` repeats the column and the row without copying them",
    "`expand` 不复制数据就能重复这一列和这一行",
    lambda: FIVE.expand(3, 5).data_ptr() == FIVE.data_ptr() and FIVE.expand(3, 5).stride() == (0, 1),
)
here.claim(
    "`clamp` caps the residual on both sides",
    "`clamp` 从两边截断残差",
    lambda: same((9 * r).clamp(-1, 1), slope(huber, 9 * r)),
)
here.claim(
    "$r$ between $-\\delta$ and $\\delta$, and $\\pm\\delta$ outside",
    r"它在 $-\delta$ 与 $\delta$ 之间是 $r$，在此之外是 $\pm\delta$",
    lambda: all(same(slope(huber, r, d), torch.where(r.abs() <= d, r, d * r.sign())) for d in DELTAS),
)
here.claim(
    "and with the value 0 at 0, is its integral",
    "且在 0 处为 0 的损失，就是梯度的积分",
    lambda: all(same(torch.trapezoid(slope(huber, UP, d), UP), huber(UP, 0 * UP, d)[-1], 1e-6) for d in DELTAS),
)
UP = torch.linspace(0, 3, 12_001, dtype=torch.float64)
here.claim(
    "Beyond, each further unit of distance adds $\\delta$",
    "再往外，距离每增加一个单位，就加上 $\\delta$",
    lambda: all(same(huber(UP + 4, 0 * UP, d) - huber(UP + 3, 0 * UP, d), 0 * UP + d) for d in DELTAS),
)
here.claim(
    "for thresholds under 1 the learning rate is divided by the threshold",
    "阈值小于 1 时，把学习率除以阈值",
    lambda: here.has("lr=0.1 / min(delta, 1)"),
)
here.claim(
    "The grey lines are the slopes that the L1 and L2 losses find",
    "灰线是用 L1 损失和 L2 损失求得的斜率",
    lambda: (
        here.has("ax.axhline(w, color='0.5', linewidth=1)")
        and here.has("(('L1', absolute_loss), ('L2', squared_loss))")
    ),
)
here.claim(
    "**Large thresholds** tend to L2: with a threshold of 100 every residual is on the parabola",
    "**阈值大**时趋于 L2。阈值为 100 时，每个残差都落在抛物线上",
    lambda: same(robust(100.0, BAD), least_squares(BAD), 1e-6) and (TRUE - BAD).abs().max() < 100,
)
here.claim(
    "**Small thresholds** should tend to L1",
    "**阈值小**时本该趋于 L1",
    lambda: abs(robust(0.01, BAD)[0] - fitted(l1)) < 0.05,
)
here.claim(
    "The reason is not the loss, it is the descent",
    "原因不在损失，而在下降过程",
    lambda: abs(robust(0.01, BAD)[0] - 1.5) < 0.2 and 500 * 0.1 * 0.01 * X.abs().mean() < 0.8,
)
here.claim(
    "Divide the learning rate by the threshold (or use smooth L1, which divides the loss by it)",
    "把学习率除以阈值（或者用平滑 L1，它把损失除以阈值）",
    lambda: same(functional.smooth_l1_loss(y_hat, y, reduction="none", beta=0.01), huber(y_hat, y, 0.01) / 0.01),
)
here.claim(
    "the result hardly depends on the threshold",
    "结果几乎不受阈值影响",
    lambda: abs(robust(0.1, BAD)[0] - robust(1.0, BAD)[0]) < 0.05,
)
here.claim(
    "from right to left in one experiment and random in the other, so that each larger set contains the smaller ones",
    "在一个实验里从右到左，在另一个实验里是随机的，所以大的集合总包含小的集合",
    lambda: here.has("{'furthest right': torch.arange(99, -1, -1),") and here.has("spoiled(order[:n])"),
)
here.claim(
    "The dotted lines are the truth",
    "点线是真实值",
    lambda: here.has("ax.axhline(truth, color='k', linestyle=':', linewidth=1, label='truth')"),
)
here.claim(
    "each one moves the line in proportion to its error",
    "每个离群值都会挪动直线，幅度与误差成正比",
    lambda: same(
        3 * (least_squares(BAD) - least_squares(NOISY)),
        least_squares(NOISY + 3 * (BAD - NOISY)) - least_squares(NOISY),
    ),
)
SHUFFLED = torch.randperm(100, generator=torch.Generator().manual_seed(1))


def spoiled(places):
    """Return labels of the line, too high at these places."""
    labels = NOISY.clone()
    labels[places] += 15
    return labels


here.claim(
    "L1 and Huber bear nearly half. The slope hardly suffers, since outliers are spread over all $x$",
    "L1 和 Huber 能承受将近一半。斜率几乎不受影响，因为离群值分散在所有的 $x$ 上",
    lambda: all((robust(d, spoiled(SHUFFLED[:40])) - torch.tensor([1.5, 2])).abs().max() < 1.5 for d in (0.1, 1.0)),
)
here.claim(
    "since now the outliers are the majority",
    "这时离群值成了多数",
    lambda: abs(robust(1.0, spoiled(SHUFFLED[:60]))[1] - 17) < 1.5,
)
here.claim(
    "**Furthest right**, L1 and Huber break",
    "**选最右边的点**时，L1 和 Huber 在",
    lambda: [abs(robust(0.1, spoiled(range(100 - n, 100)))[0] - 1.5) < 0.8 for n in (20, 30)] == [True, False],
)
here.claim(
    "its pull on the slope is multiplied by $x$ (this is called *leverage*)",
    "它对斜率的拉力要乘以 $x$（这叫作**杠杆作用**）",
    lambda: same(derivative(lambda w: l1(w * X, BAD).sum(), 9 + 0 * X), slope(l1, 9 * X - BAD) * X),
)
here.claim(
    "Limiting the residual's gradient does not limit the feature",
    "限制了残差的梯度，却没有限制特征",
    lambda: derivative(lambda w: huber(w * 1000 * X, BAD).sum(), 9 + 0 * X).abs().max() > 1000,
)
here.claim(
    "Huber: the threshold. If the labels change from metres to millimetres, the threshold must be multiplied by 1,000",
    "Huber，要选的是阈值。如果标签从米换成毫米，阈值也要乘以 1,000",
    lambda: same(huber(1000 * y_hat, 1000 * y, 1000.0), 1000**2 * huber(y_hat, y)),
)
here.claim(
    "The slope of Huber's loss by automatic differentiation is that of the squared loss, capped",
    "用自动微分求出的 Huber 损失的斜率，就是平方损失的斜率截断之后的值",
    lambda: all(same(slope(huber, r, d), slope(l2, r).clamp(-d, d)) for d in DELTAS),
)
here.claim(
    "Cap the gradient of L2, and Huber's loss is the only loss that fits and is 0 at 0",
    "把 L2 的梯度截断，与它相符、且在 0 处为 0 的损失只有一种，就是 Huber 损失",
    lambda: same(slope(huber, r), slope(l2, r).clamp(-1, 1)) and huber(UP, 0 * UP)[0] == 0,
)
here.claim(
    "The arms have the slope $\\delta$, so no point pulls with more than",
    r"线性段的斜率是 $\delta$，所以任何一点的拉力都不超过",
    lambda: all(slope(huber, 100 * r, d).abs().max() == d for d in DELTAS),
)
here.claim(
    "steps are not enough to get there",
    "步走不到终点",
    lambda: 500 * 0.1 * 0.01 * X.abs().mean() < robust(0.01, BAD)[0] - 0.5,
)
here.claim(
    "**L2** bears no outlier at all",
    "**L2** 一个离群值也承受不了",
    lambda: least_squares(spoiled([99]))[0] > least_squares(NOISY)[0] + 0.1,
)
here.claim(
    "With outliers at random it is the intercept alone",
    "随机分布时只有截距偏离",
    lambda: all(
        abs(line[0] - 1.5) < 0.3 < 0.5 < line[1] - 2
        for n in (5, 20, 60)
        for line in [least_squares(spoiled(SHUFFLED[:n]))]
    ),
)
here.claim(
    "two labels lie below and two above wherever $c$ is between",
    "总有两个标签在下、两个在上，梯度一直是 0",
    lambda: all(slope(l1, c - FIVE[[0, 1, 3, 4]]).sum() == 0 for c in (1.1, 2.0, 2.9)),
)
here.claim(
    "a label below $c$ pulls with ¾ and a label above with ¼",
    "小于 $c$ 的标签拉力是 ¾，大于它的是 ¼",
    lambda: slope(lambda v, zero: pinball(v, zero, 0.25), 1.5 - FIVE).tolist() == [0.75, 0.75, -0.25, -0.25, -0.25],
)
here.claim(
    "three times as many labels lie above as below: at 1, with one below and three above",
    "所以上方的标签个数是下方的三倍时，拉力平衡。取 1 时，下方有一个，上方有三个",
    lambda: best_constant(lambda a, b: pinball(a, b, 0.25)) == 1 and (FIVE > 1).sum() == 3 * (FIVE < 1).sum(),
)
here.claim(
    "The intercept creeps up, then with",
    "截距慢慢上升，到",
    lambda: (
        robust(1.0, spoiled(SHUFFLED[:20]))[1] < robust(1.0, spoiled(SHUFFLED[:40]))[1] < 4
        and robust(1.0, spoiled(SHUFFLED[:60]))[1] > 14
    ),
)
