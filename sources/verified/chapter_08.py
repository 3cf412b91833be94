"""What chapter 08 states, and its solutions."""

import math
from functools import cache

import torch
from torch import nn
from torch.nn import functional

from book_utils import cross_entropy, softmax
from tools.meaning.formulas import Verified, derivative, draw, is_distribution, same

here = Verified("08")

LARGEST, SMALLEST = torch.finfo(torch.float32).max, torch.finfo(torch.float32).smallest_normal * 2**-23
FAR = torch.tensor([[200.0, 0.0, -5.0]])  # the example of both ends; its true class is 1
SECOND = torch.tensor([1])
q = 10
o, labels = draw(6, q), torch.tensor([0, 9, 3, 3, 7, 1])
y_hat = torch.softmax(o, dim=1)
Y = functional.one_hot(labels, q).double()


@cache
def chapter():
    """Return the functions that the chapter writes."""
    return here.code(
        "from torch import nn",
        "def log_softmax",
        "def stable_cross_entropy",
        "def init_weights",
    )


def single(x):
    """Return a number in single precision."""
    return torch.tensor(x, dtype=torch.float32)


def slope(loss, scores, label):
    """Return the gradient of a loss with respect to the logits."""
    return derivative(lambda scores: loss(scores, label).sum(), scores)


def shifted(scores, label):
    """Return the loss by the second route: shift by the maximum, then probability, then logarithm."""
    return cross_entropy(softmax(scores - scores.max(1, keepdim=True).values), label)


def gap(size, dtype=torch.float32):
    """Return two logits whose true class, the second, lies ``size`` below the first."""
    return torch.tensor([[size, 0.0]], dtype=dtype)


# A run that fails, and where single precision ends

here.terms(r"-\log 0")
here.formula(
    r"10^{-48}",
    lambda: 10.0**-48,
    lambda said: 0 < said() < SMALLEST and single(said()) == 0,
)
here.formula(r"3.4\cdot10^{38}", lambda: 3.4e38, lambda said: abs(said() / LARGEST - 1) < 1e-2)
here.formula(r"1.4\cdot10^{-45}", lambda: 1.4e-45, lambda said: abs(said() / SMALLEST - 1) < 1e-2)
here.claim(
    "how far the logit of the true class lies below the largest logit",
    "真实类别的 logit 比最大的 logit 低多少",
    lambda: here.has("logits.max(1).values - "),
)
here.claim(
    "Tensors are single precision by default",
    "张量默认是单精度",
    lambda: torch.tensor([1.0]).dtype == torch.float32,
)
here.claim(
    "too large to be stored becomes `inf`: this is *overflow*. A result too small becomes 0: this is *underflow*",
    "结果大到存不下，就变成 `inf`，这叫**上溢**。结果小到存不下，就变成 0，这叫**下溢**",
    lambda: torch.exp(single(89.0)) == math.inf and torch.exp(single(-105.0)) == 0,
)
here.claim(
    "Its argument need only exceed",
    "自变量只要超过",
    lambda: torch.exp(single(88.72)).isfinite() and torch.exp(single(88.73)) == math.inf,
)
here.terms(r"(1000, 0, 10)", r"(200, 0, -5)", r"(-200, -400, -600)")
here.distribution(r"(1, 0, 0)")
here.distribution(r"(0, 1, 0)")
here.claim(
    "A finite numerator gives 0, an infinite one gives `nan`",
    "分子有限，得 0；分子无穷，得 `nan`",
    lambda: softmax(torch.tensor([[1000.0, 0.0, 10.0]])).isnan().tolist() == [[True, False, False]],
)
here.claim(
    "a numerator is never larger than the sum that it is part of",
    "分子是总和的一部分，不会比总和大",
    lambda: (torch.exp(o) <= torch.exp(o).sum(1, keepdim=True)).all(),
)
here.claim(
    "Both exponentials can be stored. Their quotient cannot: it underflows to 0",
    "两个指数值都存得下，它们的商却存不下，商下溢成 0",
    lambda: (
        torch.exp(single(33.0)).isfinite()
        and torch.exp(single(-77.0)) > 0
        and softmax(torch.tensor([[33.0, -77.0]]))[0, 1] == 0
    ),
)
here.equation(
    r"\log\sum_k\exp(o_k)-o_y",
    lambda: (
        torch.log(torch.exp(o).sum(1)) - o[range(6), labels],
        functional.cross_entropy(o, labels, reduction="none"),
    ),
)
here.equation(
    r"\mathrm{softmax}(\mathbf o)-\mathbf y",
    lambda: (torch.softmax(o, 1) - Y, slope(functional.cross_entropy, o, labels) * 6),
)
here.formula(
    (r"e^{200}+e^0+e^{-5}", r"e^{200}"),
    lambda: (math.exp(200) + math.exp(0) + math.exp(-5), math.exp(200)),
    lambda said: abs(said()[0] / said()[1] - 1) < 1e-12 and same(math.log(said()[0]), 200, 1e-12),
)
here.equation(
    r"(1, -1, 0)",
    lambda: ((1, -1, 0), tuple(slope(functional.cross_entropy, FAR, SECOND)[0].tolist())),
)
here.claim(
    "lower the first logit, raise the second",
    "降低第一个 logit，提高第二个",
    lambda: same((-slope(functional.cross_entropy, FAR, SECOND)[0]).sign(), [-1, 1, 0]),
)

# The remedy

c = 1.7
here.terms(r"e^{-c}")
here.equation(
    r"""\frac{\exp(o_j-c)}{\sum_k\exp(o_k-c)}
    =\frac{e^{-c}\exp(o_j)}{e^{-c}\sum_k\exp(o_k)}
    =\frac{\exp(o_j)}{\sum_k\exp(o_k)}.""",
    lambda: (
        torch.exp(o - c) / torch.exp(o - c).sum(1, keepdim=True),
        math.exp(-c) * torch.exp(o) / (math.exp(-c) * torch.exp(o).sum(1, keepdim=True)),
        torch.exp(o) / torch.exp(o).sum(1, keepdim=True),
    ),
)
here.defines(r"\mathbf o=(\ln 3, 0)", "two logits to try by hand")
TWO = torch.tensor([math.log(3), 0], dtype=torch.float64)
here.equation(r"\frac34", lambda: (3 / 4, torch.softmax(TWO, 0)[0]))
here.equation(r"\frac14", lambda: (1 / 4, torch.softmax(TWO, 0)[1]))
here.equation(r"c=\ln 3", lambda: (math.log(3), TWO.max()))
here.equation(r"\frac13", lambda: (1 / 3, torch.exp(TWO - TWO.max())[1]))
here.equation(r"\frac43", lambda: (4 / 3, torch.exp(TWO - TWO.max()).sum()))
here.formula(
    (r"c=\max_k o_k", r"m=\max_k o_k"),
    lambda row: max(row.tolist()),
    lambda said: all((row - said(row)).max() == 0 for row in o),
)
here.claim(
    "every shifted logit is at most 0, so every exponential is at most 1 and nothing can overflow",
    "平移后的每个 logit 至多是 0，所以每个指数值至多是 1，什么都不会上溢",
    lambda: torch.exp(1000 * o - (1000 * o).max(1, keepdim=True).values).max() == 1,
)
here.claim(
    "so the sum is at least 1 and nothing is divided by 0",
    "所以总和至少是 1，不会除以 0",
    lambda: torch.exp(o - o.max(1, keepdim=True).values).sum(1).min() >= 1,
)
here.equation(r"(0, -200, -205)", lambda: ((0, -200, -205), tuple((FAR - FAR.max())[0].tolist())))
here.formula(r"e^{-200}", lambda: math.exp(-200), lambda said: said() == math.exp(-200) and single(said()) == 0)
here.terms(r"-\infty")
here.claim(
    "the gradient is `nan` in all three places",
    "梯度的三个分量全是 `nan`",
    lambda: slope(shifted, FAR, SECOND).isnan().all(),
)
here.equation(r"o_y-c=-200", lambda: (FAR[0, 1] - FAR.max(), -200))
here.equation(
    r"""\begin{aligned}
    \log\hat y_j
    &=\log\frac{\exp(o_j-m)}{\sum_k\exp(o_k-m)}\\
    &=\log\exp(o_j-m)-\log\sum_k\exp(o_k-m)\\
    &=o_j-m-\log\sum_k\exp(o_k-m).
    \end{aligned}""",
    lambda: joined(torch.log(y_hat)),
)
here.equation(r"\log\hat y_j=o_j-m-\log\sum_k\exp(o_k-m)", lambda: (joined()[-1], torch.log_softmax(o, 1)))


def joined(*before):
    """Return the lines of the derivation."""
    m = o.max(1, keepdim=True).values
    sums = torch.exp(o - m).sum(1, keepdim=True)
    return (
        *before,
        torch.log(torch.exp(o - m) / sums),
        torch.log(torch.exp(o - m)) - torch.log(sums),
        o - m - torch.log(sums),
    )


here.claim(
    "so the sum lies between 1 and the number of classes $q$, and its logarithm between 0 and $\\ln q$",
    "所以总和在 1 与类别数 $q$ 之间，它的对数在 0 与 $\\ln q$ 之间",
    lambda: all(1 <= torch.exp(row - row.max()).sum() <= q for row in (*o, 100 * o[0], 0 * o[0])),
)
here.equation(r"\ln q", lambda: (math.log(q), torch.logsumexp(torch.zeros(q).double(), 0)))
here.equation(
    r"\log\hat y_1=0-200-\log(1+0+0)=-200",
    lambda: (0 - 200 - math.log(1 + 0 + 0), -200.0, torch.log_softmax(FAR.double(), 1)[0, 1]),
)
here.formula(
    r"m-o_y",
    lambda: o.max(1).values - o[range(6), labels],
    lambda said: (
        within(functional.cross_entropy(o, labels, reduction="none") - said()) and same(said()[1], o[1].max() - o[1, 9])
    ),
)


def within(rest):
    """Tell whether what a loss adds to the gap is at least 0 and at most ln q."""
    return bool((rest >= 0).all() and (rest <= math.log(q)).all())


here.claim(
    "The loss grows like the gap itself, while the probability behind it shrinks exponentially",
    "损失与差距同步增长，相应的概率则以指数速度缩小",
    lambda: (
        same(pair_loss(90.0) - pair_loss(80.0), 10, 1e-6)
        and same(math.exp(pair_loss(80.0) - pair_loss(90.0)), math.exp(-10), 1e-6)
    ),
)


def pair_loss(size):
    return functional.cross_entropy(gap(size, torch.float64), SECOND).item()


here.claim(
    "`log_softmax` returns the logarithms of the probabilities, row by row",
    "`log_softmax` 逐行返回概率的对数",
    lambda: same(chapter().log_softmax(o), torch.log_softmax(o, 1)),
)
here.claim(
    "logits now, no longer probabilities",
    "现在是 logit，不再是概率",
    lambda: same(chapter().stable_cross_entropy(o, labels), functional.cross_entropy(o, labels, reduction="none")),
)
here.claim(
    "The naive loss breaks as soon as the logits are large",
    "朴素的损失则不然，logit 一大就出错",
    lambda: not cross_entropy(softmax(FAR), SECOND).isfinite() and chapter().stable_cross_entropy(FAR, SECOND) == 200,
)

# Three routes

here.defines(r"(g, 0)", "two logits that lie g apart")
here.formula(
    r"\log(e^g+1)",
    lambda g: math.log(math.exp(g) + 1),
    lambda said: all(same(said(g), pair_loss(g)) for g in (0.0, 0.5, 3.0, 20.0)),
)
here.formula(
    r"1/(1+e^{-g})",
    lambda g: 1 / (1 + math.exp(-g)),
    lambda said: all(
        same(said(g), slope(functional.cross_entropy, gap(g, torch.float64), SECOND)[0, 0]) for g in (0.0, 0.5, 3.0)
    ),
)
here.claim(
    "where the large exponential overflows",
    "大的指数值上溢之处",
    lambda: softmax(gap(88.0)).isfinite().all() and not softmax(gap(89.0)).isfinite().all(),
)
here.claim(
    "where the small one underflows",
    "小的指数值下溢之处",
    lambda: shifted(gap(103.0), SECOND).isfinite() and shifted(gap(104.0), SECOND) == math.inf,
)


def naive(scores, label):
    """Return the loss by the first route: probability, then logarithm."""
    return cross_entropy(softmax(scores), label)


here.claim(
    "the loss is right, the derivative is 0 where it should be 1",
    "损失是对的，导数本该是 1，却成了 0",
    lambda: abs(naive(gap(60.0), SECOND) - 60) < 1e-2 and slope(naive, gap(60.0), SECOND)[0, 0] == 0,
)
here.claim(
    "nothing lowers the wrong logit any more",
    "可是那个错误的 logit 再也降不下来了",
    lambda: slope(naive, gap(60.0), SECOND)[0].tolist() == [0, -1],
)
here.claim(
    "the shifted route reports a faultless loss and a gradient of `nan`",
    "平移路线报告的损失没有任何异常，梯度却是 `nan`",
    lambda: abs(shifted(gap(95.0), SECOND) - 95) < 1e-2 and slope(shifted, gap(95.0), SECOND).isnan().any(),
)
here.claim(
    "The joined route is right every time",
    "合并路线每次都对",
    lambda: (
        chapter().stable_cross_entropy(gap(1e30), SECOND).isfinite()
        and same(slope(chapter().stable_cross_entropy, gap(95.0), SECOND)[0], [1, -1])
    ),
)

# The same model, concisely

here.equation(r"256\cdot28", lambda: (256 * 28, torch.zeros(256, 1, 28, 28).flatten(0, 2).shape[0]))
here.claim(
    "A linear layer multiplies along the last axis of its input and leaves the other axes alone",
    "线性层沿输入的最后一个轴做乘法，其余的轴保持不动",
    lambda: nn.Linear(5, 2)(torch.zeros(3, 4, 5)).shape == (3, 4, 2),
)
here.claim(
    "keeps axis 0, the examples, and joins all others",
    "保留轴 0，也就是样本所在的轴，把其余的轴合并成一个",
    lambda: nn.Flatten()(torch.zeros(3, 1, 28, 28)).shape == (3, 784),
)
here.formula(
    (r"-1/\sqrt{784}", r"1/\sqrt{784}", r"\pm1/28"),
    lambda: (-1 / math.sqrt(784), 1 / math.sqrt(784), 1 / 28),
    lambda said: (
        said()[0] <= fresh().min() < 0.99 * said()[0]
        and 0.99 * said()[1] < fresh().max() <= said()[2] + 1e-9
        and same(said()[1], said()[2])
    ),
)


@cache
def fresh():
    """Return the weights of a new layer."""
    torch.manual_seed(0)
    return nn.Linear(784, 10).weight.detach().double()


@cache
def initialised():
    torch.manual_seed(0)
    return nn.Linear(784, 10).apply(chapter().init_weights)


here.claim(
    "weights from a normal distribution with standard deviation 0.01, biases zero",
    "权重来自标准差 0.01 的正态分布，偏置为零",
    lambda: abs(initialised().weight.std() - 0.01) < 5e-4 and not initialised().bias.any(),
)
here.claim(
    "there is no softmax. The network returns *logits*",
    "没有 softmax。网络返回的是 **logit**",
    lambda: here.has("nn.Sequential(nn.Flatten(), nn.Linear(784, 10))"),
)
here.claim(
    "takes *logits*, and does softmax and logarithm jointly",
    "接受 **logit**，把 softmax 与对数合并计算",
    lambda: same(nn.CrossEntropyLoss(reduction="none")(o, labels), -torch.log_softmax(o, 1)[range(6), labels]),
)
here.claim(
    "it returns one loss per example",
    "它就为每个样本返回一个损失",
    lambda: nn.CrossEntropyLoss(reduction="none")(o, labels).shape == (6,),
)
here.claim(
    "| `cross_entropy` (chapter 07) | probabilities | no |",
    "| `cross_entropy`（第 07 章） | 概率 | 不安全 |",
    lambda: same(cross_entropy(y_hat, labels), functional.cross_entropy(o, labels, reduction="none")),
)
here.claim(
    "| `stable_cross_entropy` (yours), `nn.CrossEntropyLoss` | logits | yes |",
    "| `stable_cross_entropy`（你写的）、`nn.CrossEntropyLoss` | logit | 安全 |",
    lambda: nn.CrossEntropyLoss()(FAR, SECOND) == 200 == chapter().stable_cross_entropy(FAR, SECOND),
)
here.claim(
    "| `nn.NLLLoss` | logarithms of probabilities, from `nn.LogSoftmax` | yes |",
    "| `nn.NLLLoss` | 概率的对数，来自 `nn.LogSoftmax` | 安全 |",
    lambda: nn.NLLLoss()(nn.LogSoftmax(dim=1)(FAR), SECOND) == 200,
)
here.claim(
    "it shifts by the maximum by itself",
    "它自己会用最大值平移",
    lambda: is_distribution(torch.softmax(torch.tensor([1000.0, 0.0, 10.0]), 0)),
)
here.claim(
    "Each entry lies between $-1$ and 1, however large the loss is",
    "不管损失多大，每个分量都在 $-1$ 与 1 之间",
    lambda: slope(nn.CrossEntropyLoss(reduction="none"), 1e6 * o, labels).abs().max() <= 1,
)
here.claim(
    "`nn.Linear` stores its weights as outputs times inputs, (10, 784), the transpose of our `W`",
    "`nn.Linear` 存放权重时，形状是输出数乘输入数，即 (10, 784)，是我们的 `W` 的转置",
    lambda: nn.Linear(784, 10).weight.shape == (10, 784),
)
here.claim(
    "The gradient of the mean is the gradient of the sum divided by the batch size, so the steps are equal",
    "均值的梯度就是总和的梯度除以批量大小，所以在精确运算中，每一步都相等",
    lambda: same(
        slope(nn.CrossEntropyLoss(), o, labels), slope(nn.CrossEntropyLoss(reduction="sum"), o, labels) / len(o)
    ),
)

# Two mistakes

here.defines(r"(1, 0, \dots, 0)", "the best probabilities where the true class is the first")
BEST = torch.eye(q, dtype=torch.float64)[:1]
here.equation(r"\frac{e^1}{e^1+9e^0}", lambda: (math.e / (math.e + 9), torch.softmax(BEST, 1)[0, 0]))
here.equation(
    r"-\ln\frac{e}{e+9}=\ln\left(1+\frac9e\right)\approx1.461.",
    lambda: (
        -math.log(math.e / (math.e + 9)),
        math.log(1 + 9 / math.e),
        functional.cross_entropy(BEST, torch.tensor([0])),
    ),
)
here.equation(r"\ln(e+9)", lambda: (math.log(math.e + 9), functional.cross_entropy(BEST, torch.tensor([4]))))
here.claim(
    "which is exactly 1 more",
    "恰好比上面的大 1",
    lambda: same(math.log(math.e + 9) - math.log(1 + 9 / math.e), 1),
)
here.claim(
    "By default it returns the mean of the batch, a single number",
    "默认返回的是小批量上的均值，只有一个数",
    lambda: same(nn.CrossEntropyLoss()(o, labels), nn.CrossEntropyLoss(reduction="none")(o, labels).mean()),
)
here.claim(
    "clear the old gradients, compute the new ones, then step",
    "先清除旧的梯度，再计算新的梯度，然后才更新",
    lambda: here.has("optimizer.zero_grad()\n        l.backward()\n        optimizer.step()"),
)
here.claim(
    "All three counters start at 0",
    "三个计数器都从 0 开始",
    lambda: here.has("loss_sum, correct, n = 0.0, 0, 0"),
)
here.claim(
    "After `net.eval()` the graph is still recorded; only `no_grad` stops it",
    "`net.eval()` 之后，计算图照样记录，只有 `no_grad` 才会停止记录",
    lambda: nn.Linear(2, 1).eval()(torch.zeros(1, 2)).requires_grad and not without_graph().requires_grad,
)
here.claim(
    "an example of the short batch weighs as much as",
    "短的那一批里，一个样本抵得上长的那一批的",
    lambda: 1 / 96 > 1 / 256 and here.has("loss_sum += l.item() * len(y)"),
)


def without_graph():
    with torch.no_grad():
        return nn.Linear(2, 1)(torch.zeros(1, 2))


# Summary, exercises and solutions

here.terms(r"e^x")
here.claim(
    "A softmax that overflows returns 0 or `nan`. One whose exponentials all underflow returns `nan`",
    "softmax 上溢时，返回 0 或 `nan`。指数值全部下溢时返回 `nan`",
    lambda: (
        softmax(torch.tensor([[1000.0, 0.0]]))[0, 1] == 0
        and softmax(torch.tensor([[-200.0, -400.0, -600.0]])).isnan().all()
    ),
)
here.claim(
    "where only the quotient does, $-\\log 0$ ends the run",
    "若只是商下溢，$-\\log 0$ 会中断训练",
    lambda: softmax(torch.tensor([[33.0, -77.0]]))[0, 1] == 0,
)
here.claim(
    "Subtracting the largest logit changes nothing in exact arithmetic and prevents overflow",
    "减去最大的 logit，在精确运算中什么也不改变，却能防止上溢",
    lambda: same(softmax(o - o.max(1, keepdim=True).values), y_hat),
)
here.defines(r"(\ln 3, \ln 2, \ln 15)", "the logits of exercise 2")
THREE = torch.tensor([3, 2, 15], dtype=torch.float64).log()
here.claim(
    "the probabilities are 0.15, 0.1 and 0.75",
    "所以概率是 0.15、0.1 和 0.75",
    lambda: same(torch.softmax(THREE, 0), [0.15, 0.1, 0.75]),
)
here.equation(r"\ln 15", lambda: (math.log(15), THREE.max()))
here.formula(r"1/e^{-95}", lambda: 1 / math.exp(-95), lambda said: same(said() / math.exp(95), 1) and said() > LARGEST)
here.equation(
    r"0.9\,\mathbf y + 0.1 / q",
    lambda: (
        -((0.9 * Y + 0.1 / q) * torch.log_softmax(o, 1)).sum(1),
        nn.CrossEntropyLoss(label_smoothing=0.1, reduction="none")(o, labels),
    ),
)
here.claim(
    "Only `nn.CrossEntropyLoss`. `cross_entropy` of chapter 07 takes probabilities, and `nn.NLLLoss` their logarithms",
    "只有 `nn.CrossEntropyLoss`。第 07 章的 `cross_entropy` 接受概率，`nn.NLLLoss` 接受概率的对数",
    lambda: same(nn.NLLLoss(reduction="none")(torch.log(y_hat), labels), cross_entropy(y_hat, labels)),
)
here.claim(
    "A logit below 0 in `cross_entropy` gives `nan`, one above 1 a negative loss",
    "小于 0 的给出 `nan`，大于 1 的给出负的损失",
    lambda: (
        cross_entropy(torch.tensor([[-2.0, 3.0]]), torch.tensor([0])).isnan()
        and cross_entropy(torch.tensor([[-2.0, 3.0]]), torch.tensor([1])) < 0
    ),
)
here.claim(
    "with probabilities the losses lie between $-1$ and 0",
    "输入概率时，损失在 $-1$ 与 0 之间",
    lambda: nn.NLLLoss(reduction="none")(y_hat, labels).clamp(-1, 0).equal(nn.NLLLoss(reduction="none")(y_hat, labels)),
)
here.claim(
    "The maximum is the one choice that makes every exponent at most 0 and one of them exactly 0",
    "只有减去最大值，才能使每个指数至多是 0，并且有一个恰好是 0",
    lambda: same((o - o.max(1, keepdim=True).values).max(1).values, torch.zeros(6)),
)
here.terms(r"-\log \hat y")
here.formula(
    r"\hat y = e^{-95} \approx 5.5 \cdot 10^{-42}",
    lambda: (math.exp(-95), 5.5e-42),
    lambda said: abs(said()[0] / said()[1] - 1) < 0.01 and single(said()[0]) > 0,
)
here.formula(
    r"-1 / \hat y = -e^{95} \approx -1.8 \cdot 10^{41}",
    lambda: (-1 / math.exp(-95), -math.exp(95), -1.8e41),
    lambda said: (
        abs(said()[0] / said()[2] - 1) < 0.01 and abs(said()[1] / said()[0] - 1) < 1e-9 and said()[0] < -LARGEST
    ),
)
here.claim(
    "`inf` minus `inf` is `nan`",
    "`inf` 减 `inf` 是 `nan`",
    lambda: math.isnan(math.inf - math.inf),
)
here.claim(
    "`bfloat16` has as many bits for the exponent as `float32`",
    "`bfloat16` 的指数部分与 `float32` 位数相同",
    lambda: 0.99 < torch.finfo(torch.bfloat16).max / LARGEST < 1.01,
)
here.equation(r"\frac1{10}", lambda: (1 / 10, torch.softmax(torch.zeros(q).double(), 0)[0]))
here.formula(
    (r"\hat y_j(1-\hat y_j)", r"-\hat y_j\hat y_k"),
    lambda p, other: (p * (1 - p), -p * other),
    lambda said: all(
        same(
            said(row[3], row[5]),
            derivative(lambda scores: torch.softmax(scores, 0)[3], scores)[[3, 5]],
        )
        for row, scores in zip(y_hat, o)
    ),
)
EQUAL = torch.zeros(q, dtype=torch.float64)
back = torch.autograd.functional.jacobian(lambda scores: torch.softmax(scores, 0), EQUAL)
here.equation(r"\frac1{10}(g_j-\bar g)", lambda: ((o[0] - o[0].mean()) / 10, back @ o[0]))
here.terms(r"\bar g")
here.equation(r"\bar g=0", lambda: (((torch.softmax(o, 1) - Y).mean(1)), torch.zeros(6)))
here.equation(r"\mathrm{softmax}(\cdot)-\mathbf y", lambda: (torch.softmax(y_hat, 1) - Y, slope_twice()))


def slope_twice():
    """Return the gradient of the loss with respect to the probabilities that it takes for logits."""
    return slope(functional.cross_entropy, y_hat, labels) * len(labels)
