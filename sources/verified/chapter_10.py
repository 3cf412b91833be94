"""What chapter 10 states, and its solutions."""

import math
from functools import cache

import torch

from tools.meaning.formulas import Verified, derivative, draw, same

here = Verified("10")

x, y = draw(12), draw(12)
w = torch.tensor(0.7, dtype=torch.float64)
g = draw(12, 3)  # gradients of twelve examples
shares = g.split((2, 4, 6))
alpha, beta = 5e-6, 25e9


@cache
def chapter():
    """Return the functions that the chapter writes."""
    return here.code("import torch", "def ring_step", "def step_time")


def loss(weight):
    """Return the sum of the toy's losses."""
    return ((weight * x - y) ** 2 / 2).sum()


def ring_sum(size):
    """Return how many numbers a worker sends in both rounds of a ring, of a gradient with one number for each."""
    held = torch.arange(1.0, size + 1).reshape(size, 1).repeat(1, size)
    steps = 0
    while not (held.diagonal(offset=1) == held[:, 0].new_tensor(size * (size + 1) / 2)).all():
        held, steps = chapter().ring_step(held, steps), steps + 1
    return 2 * steps


# Two workers by hand

here.equation(r"\hat y=wx", lambda: (w * x, x @ torch.diag(w.expand(12))))
here.formula(
    r"\frac12(wx-y)^2",
    lambda w, x, y: (w * x - y) ** 2 / 2,
    lambda said: same(said(2.0, 1.0, 1.0), 0.5) and same(said(2.0, 3.0, 2.0), 8.0),
)
here.equation(r"(wx-y)\,x", lambda: (((w * x - y) * x).sum(), derivative(loss, w)))
here.formula(r"w=2", lambda w: w == 2, lambda said: said(2) and not said(1))
here.formula(r"n=Km", lambda K, m: K * m, lambda said: said(3, 4) == len(g))
here.equation(
    r"\frac1n\sum_{i=1}^n\mathbf g_i=\frac1K\sum_{k=1}^K\left(\frac1m\sum_{i\in S_k}\mathbf g_i\right).",
    lambda: (g.sum(0) / 12, sum(share.sum(0) / 4 for share in g.split(4)) / 3),
)
here.equation(
    r"\frac1n\sum_{k=1}^Kn_k\bar{\mathbf g}_k.",
    lambda: (sum(len(share) * share.mean(0) for share in shares) / 12, g.mean(0)),
)
here.claim(
    "The mean of the workers' gradients is the gradient of the whole batch.**",
    "各工作进程梯度的均值，就是整个批量的梯度",
    lambda: same(torch.stack([share.mean(0) for share in g.split(4)]).mean(0), g.mean(0)),
)
here.claim(
    "The work grows with the batch, its\nresult does not",
    "计算量随批量增长，算出的结果却不变大",
    lambda: here.has("{2 * count * 784 * 10:13,}") and here.has("{784 * 10 + 10:,} numbers"),
)

# How many workers add up

here.formula(r"2(K-1)", lambda K: 2 * (K - 1), lambda said: all(said(size) == ring_sum(size) for size in (2, 4, 7)))
here.formula(r"n/K", lambda n, K: n / K, lambda said: same(said(8, 4), len(g.new_zeros(8).chunk(4)[0])))
here.formula(
    r"2(K-1)\,\frac nK<2n.",
    lambda n, K: (2 * (K - 1) * n / K, 2 * n),
    lambda said: (
        same(said(12.0, 4)[0], ring_sum(4) * 3)
        and all(said(1.0, size)[0] < said(1.0, size)[1] for size in (2, 1000))
        and same(said(1.0, 1e9)[0], said(1.0, 1e9)[1])
    ),
)
here.claim(
    "every worker passes one piece on, and adds the piece that arrives to its own",
    "每个工作进程都传出一块，并把收到的那块加到自己的上面",
    lambda: here.has("after[(rank + 1) % size, piece] += held[rank, piece]"),
)
here.claim(
    "DDP makes of these the sum of the batch divided by `size`, and `sgd` divides by `len(batch) / size`",
    "DDP 得到的是批量之和除以 `size`，而 `sgd` 再除以 `len(batch) / size`",
    lambda: here.has("sgd(net.parameters(), 0.1, len(batch) / size)") and here.has("labels[mine], reduction='sum'"),
)

# How much faster


def amdahl(s, size):
    """Return how many times as fast it is if a share s of the time stays as it is, and the rest is divided."""
    return 1 / (s + (1 - s) / size)


here.formula(
    r"\frac1{s+(1-s)/K}<\frac1s",
    lambda s, K: (1 / (s + (1 - s) / K), 1 / s),
    lambda said: (
        same(said(0.25, 3)[0], 2.0)
        and same(said(0.1, 1)[0], 1.0)
        and same(said(0.2, 1e12)[0], said(0.2, 7)[1], 1e-6)
        and said(0.2, 7)[0] < said(0.2, 7)[1]
    ),
)
here.formula(
    r"T(K)=\frac cK+2(K-1)\left(\alpha+\frac b{K\beta}\right).",
    lambda K, c, b: c / K + 2 * (K - 1) * (alpha + b / (K * beta)),
    lambda said: all(
        same(said(size, work, 4 * count), chapter().step_time(size, work, count))
        for size, work, count in ((1, 1.0, 100), (8, 0.5, 25_000_000), (1024, 1.0, 7850))
    ),
)
here.formula(
    r"K=\sqrt{c/(2\alpha)}",
    lambda c: math.sqrt(c / (2 * alpha)),
    lambda said: same(said(1.0), min(range(200, 500), key=lambda size: chapter().step_time(size, 1.0, 0)), 0.002),
)
here.claim(
    "the talk takes longer than all the work",
    "通信比全部计算还久",
    lambda: here.has("dist.all_reduce(g, group=group)"),
)

# Exercises and solutions

here.formula(
    r"(k+1)",
    lambda k: k + 1,
    lambda said: all(three_steps()[k, said(k) % 4] == 15 and (three_steps()[k] == 15).sum() == 1 for k in range(4)),
)


@cache
def three_steps():
    """Return what four workers hold after the first round."""
    held = torch.tensor([1, 2, 4, 8]).reshape(4, 1).repeat(1, 4)
    for step in range(3):
        held = chapter().ring_step(held, step)
    return held


here.formula(
    r"2b/\beta",
    lambda b: 2 * b / beta,
    lambda said: same(said(4 * 25_000_000), 0.008) and same(said(1e8), 2 * 1e9 * 1e8 / 1e9 / beta),
)
