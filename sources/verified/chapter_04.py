"""What chapter 04 states, and its solutions."""

import math
from functools import cache

import torch
from torch.nn import functional

from tools.meaning.formulas import Verified, derivative, draw, gradient, same

here = Verified("04")


@cache
def toy():
    """Return the three tiny images, the model, and what the chapter computes with them."""
    return here.code(
        "classes = [",
        "X = torch.tensor(",
        "y = torch.tensor([0, 1, 1])",
        "Y = ",
        "W = torch.tensor(",
        "b = torch.tensor(",
        "o = W @ X[0] + b",
        "W_batch = ",
        "O = ",
        "exp = torch.exp(o)",
        "y_hat = ",
        "Y_hat = ",
        "p_true = ",
        "losses = -torch.log(p_true)",
        "def loss_of_scores(o, y)",
        "scores = torch.tensor([2.0",
        "label = ",
        "def three_gradients",
        "soft = ",
        "one_hot_rows = ",
        "def my_entropy",
    )


# A model of d features and q classes, n examples, and what belongs to one example: none of them special.
n, d, q = 5, 4, 3
X, W, b = draw(n, d, seed=1), draw(q, d, seed=2), draw(q, seed=3)
x, o = X[0], X[0] @ W.T + b
o1, o2, o3 = o
y_hat = torch.softmax(o, dim=0)
y = torch.tensor([0, 2, 1, 1, 0])  # the labels of the examples, counted from 0
Y = functional.one_hot(y, q).double()
Y_hat = torch.softmax(X @ W.T + b, dim=1)
P, Q = torch.softmax(draw(4, seed=4), dim=0), torch.softmax(draw(4, seed=5), dim=0)


def cross_entropy(scores, label):
    """Return PyTorch's loss; the label is a class, or probabilities."""
    return functional.cross_entropy(scores, label)


def entropy(P):
    return torch.distributions.Categorical(probs=P).entropy()


def cross_entropy_of(P, Q):
    return sum(-P[j] * torch.log(Q[j]) for j in range(len(P)))


# The toy problem

here.defines(r"x_1, x_2, x_3, x_4", "the four features of one image")
here.value(r"(1, 0.5, 0, 0.5)", lambda: tuple(toy().X[0].tolist()))
here.value(r"\mathbf x = (1, 0.5, 0, 0.5)", lambda: tuple(toy().X[0].tolist()))
here.claim(
    "read row by row, is $(1, 0.5, 0, 0.5)$: white, grey, black, grey",
    "按行读出来是 $(1, 0.5, 0, 0.5)$：白、灰、黑、灰",
    lambda: toy().X[0].tolist() == [1, 0.5, 0, 0.5],
)
here.defines(r"y \in \{1, 2, 3\}", "a class stored as a whole number")
here.equation(
    r"""\mathbf y = [y_1, \dots, y_q]^\top, \qquad
    y_i = \begin{cases} 1 & \text{if } i = y, \\ 0 & \text{otherwise.} \end{cases}""",
    lambda: (torch.tensor([[1.0 if i == label else 0.0 for i in range(q)] for label in y]), Y),
)
here.equation(
    r"\mathbf y \in \{(1, 0, 0), (0, 1, 0), (0, 0, 1)\}",
    lambda: (((1, 0, 0), (0, 1, 0), (0, 0, 1)), tuple(map(tuple, functional.one_hot(torch.arange(3)).tolist()))),
)
here.distribution(r"(1, 0, 0)", r"(0, 1, 0)", r"(0, 0, 1)")

# One affine function for each class

here.equation(
    r"""\begin{aligned}
    o_1 &= x_1 w_{11} + x_2 w_{12} + x_3 w_{13} + x_4 w_{14} + b_1, \\
    o_2 &= x_1 w_{21} + x_2 w_{22} + x_3 w_{23} + x_4 w_{24} + b_2, \\
    o_3 &= x_1 w_{31} + x_2 w_{32} + x_3 w_{33} + x_4 w_{34} + b_3.
    \end{aligned}""",
    lambda: (torch.stack([sum(x[i] * W[j, i] for i in range(4)) + b[j] for j in range(3)]), functional.linear(x, W, b)),
)
here.defines(r"o_1, o_2, o_3", "the scores, one for each class")
here.equation(
    (
        r"""\begin{bmatrix} o_1 \\ o_2 \\ o_3 \end{bmatrix} =
        \begin{bmatrix}
        w_{11} & w_{12} & w_{13} & w_{14} \\
        w_{21} & w_{22} & w_{23} & w_{24} \\
        w_{31} & w_{32} & w_{33} & w_{34}
        \end{bmatrix}
        \begin{bmatrix} x_1 \\ x_2 \\ x_3 \\ x_4 \end{bmatrix} + \begin{bmatrix} b_1 \\ b_2 \\ b_3 \end{bmatrix},
        \qquad \text{in short} \qquad \mathbf o = \mathbf W \mathbf x + \mathbf b .""",
        r"\mathbf o = \mathbf W \mathbf x + \mathbf b",
    ),
    lambda: (W @ x + b, functional.linear(x, W, b)),
)
here.value(r"1 \cdot 1 + 0.5 \cdot 1 + 0 \cdot (-1) + 0.5 \cdot 0 + 0.5", lambda: toy().o[0])
here.equation(r"dq", lambda: (d * q, torch.nn.Linear(d, q).weight.numel()))
here.defines(r"O(dq)", "a cost that grows like the number of weights")
here.defines(r"O(dq/m)", "a cost that grows like the number of weights divided by m")


def kronecker(m=2, d=4, q=6):
    """Return the parts of a dense layer that is a sum of Kronecker products."""
    return draw(m, m, m), draw(m, q // m, d // m, seed=1)


here.equation(
    r"\mathbf W = \sum_{k=1}^m \mathbf A_k \otimes \mathbf S_k",
    lambda: (
        sum(torch.kron(A, S) for A, S in zip(*kronecker())),
        torch.einsum("kab,kij->aibj", *kronecker()).reshape(6, 4),
    ),
)
here.equation(r"m \times m", lambda: (2 * 2, kronecker()[0][0].numel()))
here.equation(r"q/m", lambda: (6 / 2, kronecker()[1][0].shape[0]))
here.equation(r"d/m", lambda: (4 / 2, kronecker()[1][0].shape[1]))
here.equation(r"m^3 + dq/m", lambda: (2**3 + 4 * 6 / 2, sum(part.numel() for part in kronecker())))

# A minibatch at once

here.equation(r"\mathbf X \in \mathbb R^{n \times d}", lambda: ((n, d), tuple(X.shape)))
here.equation(r"\mathbf W \in \mathbb R^{d \times q}", lambda: ((d, q), tuple(W.T.shape)))
here.equation(r"\mathbf b \in \mathbb R^{1 \times q}", lambda: ((1, q), tuple(b.reshape(1, -1).shape)))
here.equation(
    (
        r"\mathbf O = \mathbf X \mathbf W + \mathbf b, \qquad \mathbf O \in \mathbb R^{n \times q}.",
        r"\mathbf O = \mathbf X \mathbf W + \mathbf b",
    ),
    lambda: (X @ W.T + b, torch.stack([W @ x + b for x in X])),
)
here.equation(r"q \times d", lambda: ((q, d), tuple(torch.nn.Linear(d, q).weight.shape)))
here.equation(r"d \times q", lambda: ((4, 3), tuple(toy().W_batch.shape)))
here.equation(r"n \times q", lambda: ((n, q), tuple(Y_hat.shape)))

# From scores to a decision

here.equation(r"\hat y = \mathop{\mathrm{argmax}}_i\, o_i .", lambda: (max(range(q), key=lambda i: o[i]), o.argmax()))
here.defines(r"o_y - o_i \ge \Delta(y, i) \quad \text{for all } i \ne y .", "what a margin demands of the scores")
here.defines(r"\Delta(y, i)", "the margin demanded between two classes")
here.terms(r"\mathrm{argmax}_j \hat y_j")
here.distribution(r"(0.1, 0.8, 0.1)")
here.claim(
    'from $(0.1, 0.8, 0.1)$ we read "chicken", since chicken is the second',
    "从 $(0.1, 0.8, 0.1)$ 读出“鸡”，因为鸡是第二个类别",
    lambda: toy().classes[torch.tensor([0.1, 0.8, 0.1]).argmax()] == toy().classes[1] == "chicken",
)
here.value(r"(2, -1, 1)", lambda: tuple(toy().o.tolist()))
here.value(r"\mathbf o = (2, -1, 1)", lambda: tuple(toy().o.tolist()))

# Softmax

here.equation(
    r"""\hat{\mathbf y} = \mathrm{softmax}(\mathbf o), \qquad
    \hat y_j = \mathrm{softmax}(\mathbf o)_j = \frac{\exp(o_j)}{\sum_{k} \exp(o_k)} .""",
    lambda: (torch.softmax(o, dim=0), torch.stack([o[j].exp() / sum(o[k].exp() for k in range(q)) for j in range(q)])),
)
here.formula(
    r"""0 \le \hat y_j \le 1 \text{ for all } j, \qquad \sum_j \hat y_j = 1, \qquad
    \mathop{\mathrm{argmax}}_j\, \hat y_j = \mathop{\mathrm{argmax}}_j\, o_j .""",
    lambda p, o: (bool((p >= 0).all() and (p <= 1).all()), p.sum(), p.argmax() == o.argmax()),
    lambda said: said(y_hat, o)[0] and same(said(y_hat, o)[1], 1) and bool(said(y_hat, o)[2]),
)
here.equation(
    r"\hat{\mathbf Y} = \mathrm{softmax}(\mathbf O)",
    lambda: (Y_hat, torch.stack([torch.softmax(W @ x + b, dim=0) for x in X])),
)
here.equation(r"\hat y_i / \hat y_j = e^{o_i - o_j}", lambda: (y_hat[0] / y_hat[2], math.e ** (o1 - o3)))
here.equation(r"o_1 = o_3", lambda: (torch.softmax(torch.tensor([1.5, o2, 1.5]), dim=0)[[0, 2]].diff(), torch.zeros(1)))
here.formula(
    r"T > 0", lambda T: T > 0, lambda said: all(said(T) for T in (0.1, 1.0, 10.0)) and not said(-1.0)
)  # the slider's ends among them
here.equation(
    (r"\exp(-E_j / T)", r"o_j = -E_j"),
    lambda: (torch.exp(-x / 0.7) / torch.exp(-x / 0.7).sum(), torch.softmax(-x / 0.7, dim=0)),
)

# Maximum likelihood

here.equation(
    r"\hat y_1 = P(y = \text{cat} \mid \mathbf x)", lambda: (toy().y_hat[0], toy().y_hat[toy().classes.index("cat")])
)
here.distribution(r"(0.1, 0.7, 0.2)", r"(0.1, 0.2, 0.7)")


def likelihood(Y, Y_hat):
    """Return the probability of all labels, as torch's distribution of independent classes has it."""
    return torch.distributions.Categorical(probs=Y_hat).log_prob(Y.argmax(dim=1)).sum().exp()


here.equation(
    r"P(\mathbf Y \mid \mathbf X) = \prod_{i=1}^n P(\mathbf y^{(i)} \mid \mathbf x^{(i)}) .",
    lambda: (likelihood(Y, Y_hat), math.prod(Y_hat[i, y[i]] for i in range(n))),
)
here.equation(
    r"""-\log P(\mathbf Y \mid \mathbf X) = \sum_{i=1}^n -\log P(\mathbf y^{(i)} \mid \mathbf x^{(i)})
    = \sum_{i=1}^n l(\mathbf y^{(i)}, \hat{\mathbf y}^{(i)}) .""",
    lambda: (
        -torch.log(likelihood(Y, Y_hat)),
        sum(-torch.log(Y_hat[i, y[i]]) for i in range(n)),
        sum(cross_entropy(W @ X[i] + b, Y[i]) for i in range(n)),
    ),
)
here.defines(r"l(\mathbf y, \hat{\mathbf y})", "the loss of one example")

# Cross-entropy

here.defines(r"P(\mathbf y \mid \mathbf x)", "the probability of a label, given the features")
here.equation(r"\hat y_j^{\,0} = 1", lambda: (y_hat**0, torch.ones(q)))
here.equation(r"\hat y_j^{\,1} = \hat y_j", lambda: (y_hat**1, y_hat))
here.equation(
    r"""P(\mathbf y \mid \mathbf x) = \prod_{j=1}^q \hat y_j^{\,y_j}, \qquad
    \log P(\mathbf y \mid \mathbf x) = \sum_{j=1}^q y_j \log \hat y_j .""",
    lambda: (
        likelihood(Y[:1], Y_hat[:1]),
        math.prod(Y_hat[0, j] ** Y[0, j] for j in range(q)),
        sum(Y[0, j] * torch.log(Y_hat[0, j]) for j in range(q)).exp(),
    ),
)
here.equation(
    r"l(\mathbf y, \hat{\mathbf y}) = -\sum_{j=1}^q y_j \log \hat y_j ,",
    lambda: (cross_entropy(o, P[:q] / P[:q].sum()), -(P[:q] / P[:q].sum() * torch.log(y_hat)).sum()),
)
here.equation(r"l = -\log \hat y_y", lambda: (cross_entropy(o, y[1]), -torch.log(y_hat[y[1]])))
here.equation(r"P(\mathbf y \mid \mathbf x) = 1", lambda: (math.exp(-0.0), 1))  # where the loss is 0
here.defines(r"\mathbf x \in \{0, 1\}^k", "a draw of one out of k classes")
here.equation(
    r"\sum_i x_i = 1", lambda: (torch.distributions.OneHotCategorical(P).enumerate_support().sum(1), torch.ones(4))
)
here.equation(r"\sum_i p_i = 1", lambda: (sum(P), 1))
here.equation(
    r"P(\mathbf x) = \prod_{i=1}^k p_i^{x_i} .",
    lambda: (
        torch.distributions.OneHotCategorical(P).log_prob(torch.eye(4).double()).exp(),
        torch.stack([math.prod(P[i] ** x[i] for i in range(4)) for x in torch.eye(4)]),
    ),
)
here.equation(
    r"P(x_i = 1) = p_i", lambda: (torch.distributions.OneHotCategorical(P).log_prob(torch.eye(4).double()).exp(), P)
)

# The two formulas to remember

soft = P[:q] / P[:q].sum()  # a label of probabilities
here.equation(
    r"""\begin{aligned}
    l(\mathbf y, \hat{\mathbf y})
    &= -\sum_{j=1}^q y_j \log \frac{\exp(o_j)}{\sum_{k=1}^q \exp(o_k)} \\
    &= \sum_{j=1}^q y_j \log \sum_{k=1}^q \exp(o_k) - \sum_{j=1}^q y_j o_j \\
    &= \log \sum_{k=1}^q \exp(o_k) - \sum_{j=1}^q y_j o_j .
    \end{aligned}""",
    lambda: (
        cross_entropy(o, soft),
        -sum(soft[j] * torch.log(o[j].exp() / o.exp().sum()) for j in range(q)),
        sum(soft[j] * torch.log(o.exp().sum()) for j in range(q)) - sum(soft[j] * o[j] for j in range(q)),
        torch.log(o.exp().sum()) - sum(soft[j] * o[j] for j in range(q)),
        toy().loss_of_scores(o, soft),
    ),
)
here.equation(r"\sum_j y_j = 1", lambda: (sum(Y[0]), sum(soft), 1))
here.equation(
    r"l = \log \sum_{k=1}^q \exp(o_k) - o_y .",
    lambda: (cross_entropy(o, y[1]), torch.log(sum(o[k].exp() for k in range(q))) - o[y[1]]),
)
here.equation(r"-y_j", lambda: (-soft, gradient(lambda o: -(soft * o).sum(), o).round(decimals=9)))
here.terms(r"-\sum_j y_j o_j")
here.defines(r"z = \sum_k \exp(o_k)", "the sum of the exponentials")
here.terms(r"\log z")
here.formula(
    r"""\frac{\partial \log z}{\partial o_j} = \frac{1}{z} \cdot \frac{\partial z}{\partial o_j}
    = \frac{1}{z} \cdot \exp(o_j) = \mathrm{softmax}(\mathbf o)_j ,""",
    lambda: (
        gradient(lambda o: torch.log(o.exp().sum()), o),
        1 / o.exp().sum() * gradient(lambda o: o.exp().sum(), o),
        1 / o.exp().sum() * o.exp(),
        torch.softmax(o, dim=0),
    ),
    lambda said: all(same(side, y_hat, 1e-7) for side in said()),
)
here.equation(r"k = j", lambda: (gradient(lambda o: o[1].exp(), o).nonzero().item(), 1))
here.formula(
    r"\frac{\partial l}{\partial o_j} = \mathrm{softmax}(\mathbf o)_j - y_j = \hat y_j - y_j .",
    lambda label: (gradient(lambda o: cross_entropy(o, label), o), torch.softmax(o, dim=0) - label, y_hat - label),
    lambda said: all(
        same(side, toy().three_gradients(o, label)[1], 1e-7) for label in (Y[0], soft) for side in said(label)
    ),
)
here.value(r"0.7054 - 1", lambda: (toy().three_gradients(toy().scores, toy().label)[1][0]).round(decimals=4))
here.equation(
    r"\hat y - y", lambda: (o1 - o2, derivative(lambda y_hat: (y_hat - o2) ** 2 / 2, o1))
)  # of the squared loss
here.equation(r"y - \hat y", lambda: (Y[0] - y_hat, derivative(lambda o: -cross_entropy(o, Y[0]), o)))

# Information theory

here.defines(r"P(j)", "the probability of the event j")
here.equation(r"\log \frac{1}{P(j)} = -\log P(j) .", lambda: (torch.log(1 / P), -torch.log(P)))
here.equation(r"H[P] = \sum_j -P(j) \log P(j) ,", lambda: (entropy(P), sum(-P[j] * torch.log(P[j]) for j in range(4))))
here.defines(r"H[P]", "the entropy of P")
here.defines(r"H(P)", "the entropy of P, in another notation")
here.equation(r"\log_2 x = \ln x / \ln 2", lambda: (math.log2(0.3), math.log(0.3) / math.log(2)))
here.value(r"\ln 3", lambda: entropy(torch.tensor([1 / 3] * 3)))
here.equation(r"H(P, Q) = \sum_j -P(j) \log Q(j) .", lambda: (cross_entropy_of(P, Q), cross_entropy(torch.log(Q), P)))
here.value(r"p = 0.3", lambda: here.code("p = 0.3").p)
here.formula(
    r"H(P, Q) \ge H(P, P) = H(P), \quad \text{with equality only for } Q = P ,",
    lambda Q: (bool(cross_entropy_of(P, Q) >= cross_entropy_of(P, P)), cross_entropy_of(P, P)),
    lambda said: (
        same(said(Q)[1], entropy(P))
        and all(said(P + step * (Q - P))[0] for step in (-0.1, 0.1, 1))
        and all(cross_entropy_of(P, P + step * (Q - P)) > entropy(P) for step in (-0.1, 0.1, 1))
    ),
)
here.equation(r"Q = P", lambda: (cross_entropy_of(P, P), entropy(P)))
here.equation(r"H(P) = 0", lambda: (entropy(torch.tensor([0.0, 1.0, 0.0])).round(decimals=5), 0.0))

# Exercises and solutions

here.value(r"(0, \ln 4, \ln 5)", lambda: (0, *torch.tensor([4.0, 5]).double().log().tolist()))
here.value(
    r"(0.1, -0.6, 0.5)",
    lambda: tuple(
        toy().three_gradients(torch.tensor([1.0, 4, 5]).double().log(), torch.tensor([0.0, 1, 0]))[1].tolist()
    ),
)
here.equation(
    (
        r"\mathrm{softmax}(o_1, o_2)_1 = 1 / (1 + e^{-(o_1 - o_2)})",
        r"\frac{e^{o_1}}{e^{o_1} + e^{o_2}} = \frac{1}{1 + e^{-(o_1 - o_2)}}.",
    ),
    lambda: (
        torch.softmax(torch.stack((o1, o2)), dim=0)[0],
        math.e**o1 / (math.e**o1 + math.e**o2),
        1 / (1 + math.e ** -(o1 - o2)),
        torch.sigmoid(o1 - o2),
    ),
)
here.terms(r"e^{o_1}", r"0 \cdot \log 0")
here.distribution(r"\mathbf p = (0.8, 0.1, 0.1)")


def hessian():
    return torch.autograd.functional.hessian(lambda o: cross_entropy(o, soft), o)


here.equation(r"\hat y_j (1 - \hat y_j)", lambda: (y_hat * (1 - y_hat), hessian().diag()))
here.equation(r"-\hat y_i \hat y_j", lambda: (-y_hat[0] * y_hat[2], hessian()[0, 2]))
here.equation(r"\hat y_j - y_j", lambda: (y_hat - soft, derivative(lambda o: cross_entropy(o, soft), o)))
here.equation(
    r"\partial \hat y_j / \partial o_j = \hat y_j - \hat y_j^2 = \hat y_j (1 - \hat y_j)",
    lambda: (hessian().diag(), y_hat - y_hat**2, y_hat * (1 - y_hat)),
)
here.equation(
    r"\partial \hat y_j / \partial o_i = -\hat y_j \hat y_i",
    lambda: (torch.autograd.functional.jacobian(lambda o: torch.softmax(o, dim=0), o)[0, 1], -y_hat[0] * y_hat[1]),
)
here.terms(r"-o_y")
here.equation(
    (r"p_j = 1/(1 + e^{-o_j})", r"-y_j \ln p_j - (1 - y_j) \ln(1 - p_j)"),
    lambda: (
        functional.binary_cross_entropy_with_logits(o, soft, reduction="none"),
        -soft * torch.log(1 / (1 + math.e**-o)) - (1 - soft) * torch.log(1 - 1 / (1 + math.e**-o)),
    ),
)
here.equation(
    r"p_j - y_j",
    lambda: (
        torch.sigmoid(o) - soft,
        derivative(lambda o: functional.binary_cross_entropy_with_logits(o, soft, reduction="sum"), o),
    ),
)
here.defines(r"i \ne j", "two different classes")
