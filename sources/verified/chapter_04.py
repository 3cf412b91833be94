"""What chapter 04 states, and its solutions."""

import inspect
import math
from functools import cache

import torch
from matplotlib import colormaps
from torch.nn import functional

from book_utils import show_network
from book_utils.penguins import SPECIES
from tools.meaning.formulas import Verified, agree, derivative, draw, gradient, is_distribution, same

here = Verified("04")


@cache
def toy():
    """Return the three tiny images, the model, and what the chapter computes with them."""
    return here.code(
        "from torch.nn import functional",
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
        "def gradient_of_scores",
        "soft = ",
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
    "按行读出来是 $(1, 0.5, 0, 0.5)$，也就是白、灰、黑、灰",
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

here.equation(r"c = \mathop{\mathrm{argmax}}_i\, o_i", lambda: (max(range(q), key=lambda i: o[i]), o.argmax()))
here.defines(r"o_y - o_i \ge \Delta(y, i) \quad \text{for all } i \ne y .", "what a margin demands of the scores")
here.defines(r"\Delta(y, i)", "the margin demanded between two classes")
here.equation(
    r"\sum_{i \ne y} \max(0, \Delta(y, i) - (o_y - o_i))",
    lambda: (
        sum(max(0, 1.5 - (o[2] - o[i])) for i in range(q) if i != 2),
        q * functional.multi_margin_loss(o, torch.tensor(2), margin=1.5),
    ),
)
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
here.terms(r"v(o_j)", r"v(0)", r"v_j / \sum_k v_k")
here.equation(r"v = \exp", lambda: (torch.exp(o) / torch.exp(o).sum(), y_hat))
here.equation(r"\log(1 + e^o)", lambda: (torch.log(1 + math.e**o), functional.softplus(o)))
here.equation(r"\exp(o_j + c) = \exp(c) \exp(o_j)", lambda: (torch.exp(o + 10), math.exp(10) * torch.exp(o)))


def v(scores, lam=0.7):
    """Return what is positive, continuous and keeps ratios when a constant is added: no exponential of base e."""
    return 3 * math.e ** (lam * scores)


here.equation(
    r"v(a + c) / v(b + c) = v(a) / v(b)", lambda: (v(o1 + 2) / v(o2 + 2), v(o1) / v(o2), math.e ** (0.7 * (o1 - o2)))
)
here.equation(r"b = 0", lambda: (v(o1) / v(0 * o1), math.e ** (0.7 * o1)))
here.equation(
    (r"g(a) = v(a) / v(0)", r"g(a + c) = g(a)\, g(c)", r"g(a) = e^{\lambda a}"),
    lambda: (v(o1 + o2) / v(0 * o), v(o1) / v(0 * o) * v(o2) / v(0 * o), math.e ** (0.7 * (o1 + o2)).expand(3)),
)
here.equation(r"v_j = \exp(o_j)", lambda: (torch.exp(o) / sum(torch.exp(o)), y_hat))
here.equation(
    r"\hat y_1 = \frac{e^{o_1}}{e^{o_1} + e^{o_2}} = \frac{1}{1 + e^{-(o_1 - o_2)}} = \sigma(o_1 - o_2) .",
    lambda: (
        torch.softmax(torch.stack((o1, o2)), dim=0)[0],
        math.e**o1 / (math.e**o1 + math.e**o2),
        1 / (1 + math.e ** -(o1 - o2)),
        torch.sigmoid(o1 - o2),
    ),
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

here.equation(
    r"P(\mathbf y \mid \mathbf x) = \prod_j \hat y_j^{\,y_j}",
    lambda: (likelihood(Y[:1], Y_hat[:1]), math.prod(Y_hat[0, j] ** Y[0, j] for j in range(q))),
)
here.equation(
    r"l(\mathbf y, \hat{\mathbf y}) = -\log P(\mathbf y \mid \mathbf x) = -\sum_{j=1}^q y_j \log \hat y_j ,",
    lambda: (
        cross_entropy(o, Y[0]),
        -torch.log(likelihood(Y[:1], Y_hat[:1])),
        -sum(Y[0, j] * torch.log(y_hat[j]) for j in range(q)),
    ),
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
        same(side, toy().gradient_of_scores(o, label), 1e-7) for label in (Y[0], soft) for side in said(label)
    ),
)
here.value(r"0.7054 - 1", lambda: (toy().gradient_of_scores(toy().scores, toy().label)[0]).round(decimals=4))
here.equation(
    r"\hat y - y", lambda: (o1 - o2, derivative(lambda y_hat: (y_hat - o2) ** 2 / 2, o1))
)  # of the squared loss
here.equation(r"y - \hat y", lambda: (Y[0] - y_hat, derivative(lambda o: -cross_entropy(o, Y[0]), o)))

# A model that learns


def weights_gradient(W_batch):
    """Return autograd's gradient of the mean loss with respect to the weights of a minibatch."""
    return torch.autograd.functional.jacobian(lambda W: functional.cross_entropy(X @ W + b, y), W_batch)


here.equation(
    r"x_i (\hat y_j - y_j)",
    lambda: (
        torch.stack([X[1, i] * (Y_hat[1] - Y[1]) for i in range(d)]),
        torch.autograd.functional.jacobian(lambda W: functional.cross_entropy(X[1] @ W + b, y[1]), W.T),
    ),
)
here.equation(
    r"\frac{\partial L}{\partial \mathbf W} = \frac1n \mathbf X^\top (\hat{\mathbf Y} - \mathbf Y) .",
    lambda: (weights_gradient(W.T), X.T @ (Y_hat - Y) / n),
)
here.equation(
    r"\hat{\mathbf Y} - \mathbf Y",
    lambda: (
        (Y_hat - Y).mean(dim=0),
        torch.autograd.functional.jacobian(lambda b: functional.cross_entropy(X @ W.T + b, y), b),
    ),
)
here.equation(r"o_i = o_j", lambda: (torch.softmax(torch.tensor([o1, 0.3, 0.3]), dim=0)[1:].diff(), torch.zeros(1)))


def hessian():
    return torch.autograd.functional.hessian(lambda o: cross_entropy(o, soft), o)


here.equation(
    r"\mathbf v^\top \mathbf H \mathbf v",
    lambda: (x[:q] @ hessian() @ x[:q], (y_hat * (x[:q] - y_hat @ x[:q]) ** 2).sum()),  # the variance
)
here.value(r"\mathbf v = (1, 1, 1)", lambda: tuple(torch.ones(q).tolist()))


@cache
def birds():
    """Return the penguins as the chapter has them, and how it trains."""
    return here.code(
        "from torch.nn import functional",
        "from book_utils import explore",
        "species, *measures = load_penguins('species', 'bill_length_mm', 'flipper",
        "torch.manual_seed(0)",
        "order = ",
        "training, held_out = ",
        "millimetres = ",
        "mean, std = ",
        "birds = (millimetres",
        "kinds = ",
        "def fit",
        "both = ",
    )


@cache
def trained(num_steps, seed=0, species=3):
    """Return weights, biases and the sizes of the weights after training on three species, or on two."""
    of, rows = birds(), birds().training if species == 3 else birds().both
    return of.fit(of.birds[rows], of.kinds[rows], num_steps, seed)


def held_out_right(num_steps):
    """Return how many of the birds held out are named rightly."""
    (W, b, _), rows = trained(num_steps), birds().held_out
    return ((birds().birds[rows] @ W + b).argmax(dim=1) == birds().species[rows]).sum().item()


# Information theory

here.defines(r"P(j)", "the probability of the event j")
here.equation(r"\log (1 / P(j)) = -\log P(j)", lambda: (torch.log(1 / P), -torch.log(P)))
here.equation(r"H[P] = \sum_j -P(j) \log P(j) ,", lambda: (entropy(P), sum(-P[j] * torch.log(P[j]) for j in range(4))))
here.defines(r"H[P]", "the entropy of P")
here.defines(r"H(P)", "the entropy of P, in another notation")
here.equation(r"\log_2 x = \ln x / \ln 2", lambda: (math.log2(0.3), math.log(0.3) / math.log(2)))
here.value(r"\ln 3", lambda: entropy(torch.tensor([1 / 3] * 3)))
here.equation(r"H(P, Q) = \sum_j -P(j) \log Q(j) .", lambda: (cross_entropy_of(P, Q), cross_entropy(torch.log(Q), P)))
here.value(r"p = 0.3", lambda: two().p)


def divergence(P, Q):
    """Return the KL divergence as PyTorch has it."""
    return functional.kl_div(torch.log(Q), P, reduction="sum")


here.formula(
    r"""D(P \,\|\, Q) = H(P, Q) - H(P) = \sum_j P(j) \log \frac{P(j)}{Q(j)} \ge 0 ,
    \quad \text{with equality only for } Q = P .""",
    lambda Q: (
        cross_entropy_of(P, Q) - entropy(P),
        (P * torch.log(P / Q)).sum(),
        bool((P * torch.log(P / Q)).sum() >= 0),
    ),
    lambda said: (
        all(same(side, divergence(P, Q)) for side in said(Q)[:2])
        and all(said(P + step * (Q - P))[2] for step in (-0.1, 0.1, 1))
        and all(divergence(P, P + step * (Q - P)) > 0 for step in (-0.1, 0.1, 1))
    ),
)
here.equation(r"Q = P", lambda: (cross_entropy_of(P, P), entropy(P)))
here.formula(
    r"\log t \le t - 1",
    lambda t: (bool(math.log(t) <= t - 1),),
    lambda said: all(said(t)[0] for t in (0.1, 0.9, 1.0, 1.1, 5.0)),
)
here.equation(r"t = 1", lambda: (math.log(1), 1 - 1))
here.formula(
    r"-D(P \,\|\, Q) = \sum_j P(j) \log (Q(j) / P(j)) \le \sum_j (Q(j) - P(j)) = 0",
    lambda: ((P * torch.log(Q / P)).sum(), bool((P * torch.log(Q / P)).sum() <= (Q - P).sum() + 1e-12)),
    lambda said: same(said()[0], -divergence(P, Q)) and said()[1] and abs((Q - P).sum().item()) < 1e-9,
)

# Exercises and solutions

here.value(r"(0, \ln 4, \ln 5)", lambda: (0, *torch.tensor([4.0, 5]).double().log().tolist()))
here.value(
    r"(0.1, -0.6, 0.5)",
    lambda: tuple(
        toy().gradient_of_scores(torch.tensor([1.0, 4, 5]).double().log(), torch.tensor([0.0, 1, 0])).tolist()
    ),
)
here.defines(r"t = o_1 - o_2", "the difference of the two scores")
pair = torch.stack((o1, o2))
here.equation(
    r"l = \log(e^{o_1} + e^{o_2}) - y_1 o_1 - (1 - y_1) o_2 = \log(1 + e^t) - y_1 t .",
    lambda: (
        cross_entropy(pair, torch.tensor([0.3, 0.7], dtype=torch.float64)),
        torch.log(math.e**o1 + math.e**o2) - 0.3 * o1 - (1 - 0.3) * o2,
        torch.log(1 + math.e ** (o1 - o2)) - 0.3 * (o1 - o2),
    ),
)
here.equation(
    r"\sigma(t) - y_1",
    lambda: (
        torch.sigmoid(o1) - 0.3,
        torch.autograd.functional.jacobian(lambda t: torch.log(1 + torch.exp(t)) - 0.3 * t, o1),
    ),
)
here.equation(r"1 - y_1", lambda: (1 - 0.3, 0.7))
here.equation(r"q - 1", lambda: (torch.softmax(torch.cat((o[:-1] - o[-1], torch.zeros(1))), dim=0), y_hat))
here.terms(r"e^{o_1}", r"0 \cdot \log 0")
here.distribution(r"\mathbf p = (0.8, 0.1, 0.1)")


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


# In words. Setting up, and the toy problem

here.claim(
    "0 (black) and 1 (white)",
    "0（黑）到 1（白）",
    lambda: here.has("cmap='gray', vmin=0, vmax=1") and colormaps["gray"]([0.0, 1.0])[:, 0].tolist() == [0, 1],
)
here.claim(
    "which we read row by row",
    "按行读出来，就是四个**特征**",
    lambda: here.has("image.reshape(2, 2)") and torch.arange(4).reshape(2, 2)[0].tolist() == [0, 1],
)
here.claim(
    "fix their order once and for all: **cat, chicken, dog**",
    "**猫、鸡、狗**（代码和图中写作 cat、chicken、dog）",
    lambda: toy().classes == ["cat", "chicken", "dog"],
)
here.claim(
    "1 in a formula and 0 in code are both the cat",
    "公式里的 1 和代码里的 0 都是猫",
    lambda: toy().classes[1 - 1] == toy().classes[0] == "cat",
)
here.claim(
    "a chicken lies half-way between a cat and a dog",
    "鸡在猫和狗的正中间",
    lambda: toy().classes.index("chicken") * 2 == toy().classes.index("cat") + toy().classes.index("dog"),
)
here.claim(
    "1 for the class it stands for, 0 for all others",
    "所属的类别取 1，其余都取 0",
    lambda: same(toy().Y[1], (torch.arange(3) == toy().y[1]).double()),
)
here.claim(
    "Any two of them are equally far apart",
    "任意两个之间的距离都相等",
    lambda: agree(*torch.pdist(torch.eye(3).double())),
)
here.claim(
    "The labels in `y` are cat, chicken, chicken",
    "`y` 里的标签依次是猫、鸡、鸡",
    lambda: [toy().classes[label] for label in toy().y] == ["cat", "chicken", "chicken"],
)
here.claim("The third column has no 1", "第三列没有 1", lambda: toy().Y[:, 2].sum().item() == 0)

# In words. One affine function for each class

here.claim(
    r"$w_{ji}$ belongs to class $j$ and feature $i$",
    r"$w_{ji}$ 对应类别 $j$ 和特征 $i$",
    lambda: same(derivative(lambda x: (W @ x + b)[2], x)[1], W[2, 1]),
)
here.claim(
    "the inputs below only hold the data, and the outputs above are computed",
    "下面的输入只存放数据，需要计算的只有上面的输出",
    lambda: "('x', num_inputs, 0), ('o', num_outputs, 1)" in inspect.getsource(show_network).replace('"', "'"),
)
here.claim(
    r"Row $j$ of the matrix holds the weights of class $j$",
    "矩阵的第 $j$ 行就是类别 $j$ 的权重",
    lambda: same((W @ x + b)[1], W[1] @ x + b[1]),
)
here.claim(
    "the score for cat, the first row",
    "用第一行算出猫的得分",
    lambda: same(toy().o[0], toy().W[0] @ toy().X[0] + 0.5),
)
here.claim(
    "The scores are 2 for cat, -1 for chicken and 1 for dog",
    "三个得分分别是猫 2、鸡 -1、狗 1",
    lambda: dict(zip(toy().classes, toy().o.tolist())) == {"cat": 2, "chicken": -1, "dog": 1},
)
here.claim(
    "A larger $m$ saves more parameters",
    "$m$ 越大，省下的参数越多",
    lambda: same([m**3 + 64 * 64 / m for m in (1, 2, 4)], sorted([4097.0, 2056.0, 1088.0], reverse=True)),
)
here.claim(
    "with one example in each *row*",
    "每个样本占一**行**",
    lambda: same((X @ W.T + b)[3], W @ X[3] + b),
)
here.claim(
    "one *column* for each class",
    "每个类别占一**列**",
    lambda: agree(toy().W_batch[:, 2], toy().W[2]),
)
here.claim(
    r"The $\mathbf W$ of this formula is the *transpose* of the one above",
    r"这里的 $\mathbf W$ 是前面那个矩阵的**转置**",
    lambda: torch.equal(toy().W_batch, toy().W.T) and not torch.equal(toy().W_batch, toy().W.reshape(4, 3)),
)
here.claim(
    r"For a single example, $\mathbf W$ is $q \times d$ (here 3 × 4); for a minibatch, it is $d \times q$ (here 4 × 3)",
    r"算单个样本时，$\mathbf W$ 是 $q \times d$ 矩阵（这里是 3 × 4）；算小批量时，是 $d \times q$ 矩阵（这里是 4 × 3）",
    lambda: tuple(toy().W.shape) == (3, 4) and tuple(toy().W_batch.shape) == (4, 3),
)
here.claim(
    "The `nn.Linear` of chapter 03 stores the first; chapter 07 uses the second",
    "第 03 章的 `nn.Linear` 存的是前一种，第 07 章用的是后一种",
    lambda: torch.nn.Linear(d, q).weight.shape == (q, d) and Verified("07").has("(num_inputs, num_outputs)"),
)
here.claim(
    "`b` is added to every row",
    "`b` 通过广播加到了每一行上",
    lambda: same(X @ W.T + b - X @ W.T, b.expand(n, q)),
)
here.claim(
    "One matrix-matrix product has taken the place of three matrix-vector products",
    "原来要做三次矩阵与向量的乘法，现在一次矩阵乘法就够了",
    lambda: len(toy().X) == 3 and here.has("O = X @ W_batch + b") and here.has("[W @ x + b for x in X]"),
)

# In words. From scores to a decision


def largest_is_chosen(scores):
    return scores.argmax().item() == max(range(len(scores)), key=lambda i: scores[i])


here.claim("Choose the class with the largest score", "取得分最大的类别", lambda: all(map(largest_is_chosen, toy().O)))
here.claim(
    "is the *position* of the largest value, not the value",
    "是最大值的**位置**，不是最大值本身",
    lambda: torch.tensor([5.0, 9.0, 7.0]).argmax().item() == 1,
)
here.claim(
    "The first two agree with the labels",
    "前两张与标签一致",
    lambda: (toy().O.argmax(dim=1) == toy().y).tolist() == [True, True, False],
)
here.claim(
    "The third image, labelled chicken, is taken for a dog",
    "第三张的标签是鸡，却被认成了狗",
    lambda: [toy().classes[i] for i in (toy().y[2], toy().O[2].argmax())] == ["chicken", "dog"],
)


def squared_losses():
    """Return the squared losses of the three predictions for a cat, and whether each of them chooses the cat."""
    three = torch.tensor([[1.0, 0.0, 0.0], [0.4, 0.3, 0.3], [3.0, 0.0, 0.0]])
    assert here.has("([1.0, 0.0, 0.0], [0.4, 0.3, 0.3], [3.0, 0.0, 0.0])")
    return ((three - torch.tensor([1.0, 0, 0])) ** 2 / 2).sum(dim=1), three.argmax(dim=1) == 0


here.claim("All three choose the cat", "三个预测选的都是猫", lambda: squared_losses()[1])
here.claim("The last, with 2.0", "最后一个最大，是 2.0", lambda: squared_losses()[0].argmax().item() == 2)
here.claim(
    "The undecided middle one pays only",
    "中间那个犹豫不决的，损失只有",
    lambda: squared_losses()[0].median() == squared_losses()[0][1],
)
here.claim(
    "For a decision, only the differences between scores count",
    "做决策只看得分之差",
    lambda: torch.equal((toy().O + 7).argmax(dim=1), toy().O.argmax(dim=1)),
)
margin = cache(lambda: here.code("margin = ").margin.tolist())
here.claim(
    "a cat must beat the chicken by 2, and the dog by 1",
    "猫要比鸡高 2，比狗高 1",
    lambda: dict(zip(toy().classes[1:], margin()[1:])) == {"chicken": 2, "dog": 1},
)
here.claim(
    "The second row chooses the cat, too, but beats the dog by half a point only, and pays for the other half",
    "第二行选的也是猫，但只比狗高半分，差的半分要罚",
    lambda: (
        here.has("[[2.0, -1.0, 1.0], [1.5, -1.0, 1.0], [20.0, -10.0, 10.0]]") and 1.5 - 1.0 == margin()[2] - 0.5 == 0.5
    ),
)
here.claim(
    "The third row is ten times the first",
    "第三行是第一行的十倍",
    lambda: here.has("[20.0, -10.0, 10.0]") and same(10 * toy().o, [20, -10, 10]),
)

# In words. Softmax

here.claim(
    "The exponential makes every number positive",
    "取指数，每个数就都成了正数",
    lambda: torch.exp(o.neg().abs().neg()) > 0,
)
here.claim(
    "dividing by the sum makes the total 1", "再除以总和，加起来就等于 1", lambda: same(toy().y_hat.sum(), 1, 1e-6)
)


def slopes():
    """Return the derivative of each probability with respect to each score."""
    return torch.autograd.functional.jacobian(lambda o: torch.softmax(o, dim=0), o)


here.claim(
    "each probability depends on *all* the scores", "每个概率都与**所有**得分有关", lambda: slopes().abs() > 1e-3
)
here.claim(
    "The exponential function is increasing", "指数函数是递增的", lambda: torch.linspace(-5, 5, 50).exp().diff() > 0
)
here.claim(
    "softmax works on each *row*",
    "softmax 按**行**计算",
    lambda: same(toy().Y_hat[2], torch.softmax(toy().O[2], dim=0), 1e-6),
)
here.claim(
    "then divide each row by its own sum",
    "再把每一行除以这一行的和",
    lambda: same(toy().Y_hat, (toy().O.exp().T / toy().O.exp().sum(dim=1)).T, 1e-6),
)
here.claim(
    "`dim=1` says that the sum runs along a row",
    "`dim=1` 表示沿着行求和",
    lambda: same(toy().Y_hat.sum(dim=1), torch.ones(3), 1e-6) and not same(toy().Y_hat.sum(dim=0), torch.ones(3), 1e-3),
)
here.claim(
    r"A class whose score is 1 above that of another is $e \approx 2.718$ times as probable",
    r"一个类别的得分比另一个高 1，概率就是另一个的 $e \approx 2.718$ 倍",
    lambda: same(toy().o[0] - toy().o[2], 1) and same(toy().y_hat[0] / toy().y_hat[2], math.e, 1e-6),
)
here.claim(
    "Softmax is not a linear function",
    "softmax 不是线性函数",
    lambda: not same(torch.softmax(2 * o, dim=0), 2 * torch.softmax(o, dim=0)),
)
here.claim(
    "Cat and dog are equally probable where $o_1 = o_3$",
    "猫和狗概率相等，就是 $o_1 = o_3$",
    lambda: toy().classes[1 - 1] == "cat" and toy().classes[3 - 1] == "dog",
)

# In words. Why the exponential


def with_constant(function, constant=10):
    values = function(toy().o + constant)
    return values / values.sum()


here.claim(
    "adding a constant to all the scores should change nothing",
    "给全部得分加上同一个常数，结果应当不变",
    lambda: torch.equal((toy().O + 10).argmax(dim=1), toy().O.argmax(dim=1)),
)
here.claim(
    "is positive and increasing, too",
    "同样取正值，同样递增",
    lambda: (
        functional.softplus(torch.linspace(-9, 9, 50)).min() > 0
        and (functional.softplus(torch.linspace(-9, 9, 50)).diff() > 0).all()
    ),
)
here.claim(
    "With the exponential the constant cancels",
    "用指数函数时常数会约掉",
    lambda: (
        same(with_constant(torch.exp), toy().y_hat, 1e-6)
        and not same(with_constant(functional.softplus), with_constant(functional.softplus, 0), 0.1)
    ),
)
here.claim(
    "a constant added to all of them changes nothing",
    "给全部得分加上同一个常数，结果不变",
    lambda: same(torch.softmax(o + 5, dim=0), y_hat) and same(cross_entropy(o + 5, y[0]), cross_entropy(o, y[0])),
)
here.claim(
    "the odds between two alternatives do not depend on which others are on offer",
    "在两个选项之间怎么选，与另外还有哪些选项无关",
    lambda: same(y_hat[0] / y_hat[1], (y_hat / y_hat[:2].sum())[0] / (y_hat / y_hat[:2].sum())[1]),
)

# In words. Temperature


def heated(*temperatures):
    return [torch.softmax(toy().o / T, dim=0) for T in temperatures]


here.claim(
    "In the cold, at the left end, the winner takes all",
    "最左端温度最低，赢家通吃",
    lambda: heated(0.1)[0].max().item() > 0.9999 and here.has("torch.logspace(-1, 1, 101)"),
)
here.claim(
    "In the heat the three draw near to one third each",
    "温度高了，三个概率都趋近三分之一",
    lambda: same(heated(1e6)[0], [1 / 3] * 3, 1e-5),
)
here.claim(
    "The curves never cross: the temperature changes how sure the answer is, and never the answer",
    "三条曲线从不相交，可见温度只改变答案有多确定，不改变答案本身",
    lambda: agree(*(p.argsort() for p in heated(0.1, 0.5, 1, 3, 10))) and heated(1)[0].max() > heated(3)[0].max(),
)
here.claim(
    "Two equal largest scores share everything in the cold, one half each",
    "两个得分并列最大时，低温下它们平分全部概率，各占一半",
    lambda: same(torch.softmax(torch.tensor([2.0, 1.0, 2.0]) / 0.01, dim=0), [0.5, 0, 0.5]),
)
here.claim(
    "cold systems settle in the state of lowest energy",
    "温度低的系统会停在能量最低的状态",
    lambda: torch.softmax(-x / 0.01, dim=0).argmax() == x.argmin(),
)

# In words. Maximum likelihood and cross-entropy

here.claim(
    "say $(0.1, 0.7, 0.2)$. Training should move the middle number towards 1",
    "例如 $(0.1, 0.7, 0.2)$。训练就是要把中间那个数推向 1",
    lambda: derivative(lambda o: cross_entropy(o, torch.tensor(1)), torch.tensor([0.1, 0.7, 0.2]).log()).argmin() == 1,
)
here.claim(
    'makes sums of products, and "minimise" of "maximise"',
    "乘积变成求和，“最大化”变成“最小化”",
    lambda: same(-torch.log(P.prod()), -torch.log(P).sum()) and (-torch.log(P)).argmin() == P.argmax(),
)
here.claim(
    r"($\log$ is the natural logarithm, as `torch.log` is.)",
    r"（$\log$ 是自然对数，`torch.log` 也是。）",
    lambda: same(torch.log(torch.tensor(math.e, dtype=torch.float64)), 1),
)
falling = -torch.log(torch.linspace(0.002, 1, 500))
here.claim("At probability 1 the loss is 0", "概率为 1 时损失为 0", lambda: abs(falling[-1].item()) < 1e-6)
here.claim(
    "Towards probability 0 it grows without bound",
    "概率趋于 0 时，损失趋于无穷大",
    lambda: -torch.log(torch.zeros(1)) == math.inf,
)
here.claim(
    "Maximising the likelihood is the same as minimising the *negative log-likelihood*",
    "最大化似然就是最小化**负对数似然**",
    lambda: (-torch.log(P)).argmin() == P.argmax(),
)
here.claim(
    "picks from each row the entry of its true class",
    "就能从每一行中取出真实类别对应的元素",
    lambda: same(toy().p_true, [row[label].item() for row, label in zip(toy().Y_hat, toy().y)]),
)
here.claim(
    "small for the chicken that was recognised with 0.90, largest for the chicken that was taken for a dog",
    "以 0.90 的概率认对的那只鸡损失很小，被认成狗的那只鸡损失最大",
    lambda: (
        toy().losses.argsort().tolist()[::2] == [1, 2]
        and round(toy().p_true[1].item(), 2) == 0.9
        and [toy().classes[row.argmax()] for row in toy().O[1:]] == ["chicken", "dog"]
    ),
)
here.claim(
    "only the confidence in the true class counts",
    "只有真实类别的置信度（confidence）起作用",
    lambda: agree(
        *(functional.nll_loss(torch.tensor(p).log(), torch.tensor(0)) for p in ([0.4, 0.5, 0.1], [0.4, 0.3, 0.3]))
    ),
)
here.claim(
    "No logarithm of a probability is positive, so the smallest possible loss is 0",
    "概率的对数不会是正数，所以损失最小是 0",
    lambda: (torch.log(P) <= 0).all() and falling.min() >= 0,
)
here.claim(
    "the logarithm of a quotient is a difference",
    "商的对数等于对数的差",
    lambda: same(math.log(7 / 3), math.log(7) - math.log(3)),
)
here.claim(
    "The loss is the log-sum-exp of the scores minus the score of the true class",
    "损失等于各得分的 log-sum-exp 减去真实类别的得分",
    lambda: same(cross_entropy(o, y[1]), torch.logsumexp(o, dim=0) - o[y[1]]),
)
here.claim(
    "is the usual name for the logarithm of the sum of exponentials",
    "就是“指数之和的对数”，这是通用的叫法",
    lambda: same(torch.logsumexp(o, dim=0), torch.log(torch.exp(o).sum())),
)
here.claim(
    "only the term with $k = j$ depends on $o_j$",
    "只有 $k = j$ 的那一项含有 $o_j$",
    lambda: torch.equal(torch.autograd.functional.jacobian(torch.exp, o) != 0, torch.eye(q).bool()),
)


def slope_of_loss(label):
    return derivative(lambda o: cross_entropy(o, label), o)


here.claim(
    "The gradient is the predicted probabilities minus the label",
    "梯度等于预测的概率减去标签",
    lambda: same(slope_of_loss(soft), y_hat - soft),
)
here.claim(
    "were about (0.71, 0.04, 0.26), and the image is a cat",
    "概率约为 (0.71, 0.04, 0.26)，图像是猫",
    lambda: toy().label.tolist() == [1, 0, 0] and same(toy().y_hat.round(decimals=2), [0.71, 0.04, 0.26], 1e-6),
)
here.claim("The sum is 0, always", "三个导数之和总是 0", lambda: abs(slope_of_loss(soft).sum().item()) < 1e-9)


def cats_gradient():
    return dict(zip(toy().classes, toy().gradient_of_scores(toy().scores, toy().label).tolist()))


here.claim(
    "Gradient descent goes against the gradient: raise the score of the cat, lower the other two",
    "沿梯度的反方向走，提高猫的得分，降低另外两个的得分",
    lambda: cats_gradient()["cat"] < 0 < min(cats_gradient()["chicken"], cats_gradient()["dog"]),
)
here.claim(
    "that of the dog more than that of the chicken",
    "狗降得比鸡多",
    lambda: cats_gradient()["dog"] > cats_gradient()["chicken"],
)
here.claim(
    "When the probabilities match the label, nothing moves",
    "等到概率与标签一致，就不再变化",
    lambda: slope_of_loss(y_hat).abs() < 1e-9,
)
here.claim(
    "has the opposite sign, $y - \\hat y$, since the loss is minus the log-likelihood",
    r"的导数差一个负号，是 $y - \hat y$，因为损失是负的对数似然",
    lambda: same(cross_entropy(o, y[1]), -torch.distributions.Categorical(logits=o).log_prob(y[1])),
)
here.claim(
    "the gradient of the squared loss with one half was of the same form, $\\hat y - y$",
    r"带二分之一的平方损失，梯度也是 $\hat y - y$",
    lambda: same(derivative(lambda y_hat: (y_hat - 3) ** 2 / 2, o1), o1 - 3),
)
here.claim(
    "like $(0.1, 0.2, 0.7)$ instead of $(0, 0, 1)$",
    "把 $(0, 0, 1)$ 换成 $(0.1, 0.2, 0.7)$",
    lambda: toy().soft.argmax() == torch.tensor([0, 0, 1]).argmax(),
)
here.claim(
    "one said cat, two said chicken, seven said dog",
    "一个说是猫，两个说是鸡，七个说是狗",
    lambda: same(10 * toy().soft, [1, 2, 7]) and toy().classes == ["cat", "chicken", "dog"],
)
here.claim(
    "the average of the three one-hot losses, weighted with the probabilities of the labels",
    "三个独热标签的损失按标签的概率加权平均",
    lambda: same(cross_entropy(o, soft), sum(soft[j] * cross_entropy(o, torch.tensor(j)) for j in range(q))),
)

# In words. A model that learns

here.claim(
    "the mean of the rows of",
    "对所有行取的均值",
    lambda: same(
        (Y_hat - Y).mean(dim=0),
        torch.autograd.functional.jacobian(lambda b: functional.cross_entropy(X @ W.T + b, y), b),
    ),
)
here.claim(
    "Each measure is shifted and scaled so that the training birds have mean",
    "每个测量值都要平移和缩放，使训练集的均值为",
    lambda: (
        same(birds().birds[birds().training].mean(dim=0), torch.zeros(2), 1e-5)
        and same(birds().birds[birds().training].std(dim=0), torch.ones(2), 1e-5)
    ),
)
here.claim(
    "Before the first step the model is worse than chance",
    "走第一步之前，模型比瞎猜还差",
    lambda: held_out_right(0) < 100 / 3 < held_out_right(100) == 97,
)
here.claim(
    "discs are Adelies, triangles Chinstraps, squares Gentoos",
    "圆点是阿德利企鹅，三角是帽带企鹅，方块是巴布亚企鹅",
    lambda: SPECIES == ("Adelie", "Chinstrap", "Gentoo") and here.has("enumerate('o^s')"),
)


def is_straight(num_steps):
    """Tell whether half-way between two places on a border the same two species have equal scores."""
    W, b, _ = trained(num_steps)
    normal, offset = W[:, 0] - W[:, 1], b[0] - b[1]
    foot, along = -offset * normal / normal.dot(normal), torch.stack((-normal[1], normal[0]))
    return all(abs(((foot + step * along) @ W + b)[:2].diff().item()) < 1e-3 for step in (-1, 0, 1))


here.claim(
    "All borders are straight lines, before training as after",
    "训练前也好，训练后也好，所有分界线都是直线",
    lambda: is_straight(0) and is_straight(100),
)
here.claim(
    "The three birds that are still wrong, ringed in red",
    "还有三只分错了，用红圈标出",
    lambda: 100 - held_out_right(100) == 3 and here.has("*places[wrong].T, 'ro'"),
)
here.claim(
    "covariance matrix $\\mathbf H$ of a one-hot label drawn with the probabilities",
    r"抽取独热标签，标签的协方差矩阵正是这个矩阵，记作 $\mathbf H$",
    lambda: same(hessian(), torch.cov(torch.eye(q).double(), aweights=y_hat, correction=0)),
)
here.claim(
    "is a variance, that of $v_j$ if class $j$ is drawn, and never negative",
    "是一个方差，也就是抽到类别 $j$ 时取值 $v_j$ 的那个随机变量的方差，不会是负数",
    lambda: (
        same(x[:q] @ hessian() @ x[:q], torch.cov(x[:q], aweights=y_hat, correction=0))
        and torch.linalg.eigvalsh(hessian()).min() > -1e-9
    ),
)


def mean_loss(num_steps, seed):
    W, b, _ = trained(num_steps, seed)
    rows = birds().training
    return functional.cross_entropy(birds().birds[rows] @ W + b, birds().species[rows])


here.claim(
    "The weights are not, but they differ by a constant for all three classes",
    "权重不相等，但三个类别只差同一个常数",
    lambda: (
        same(mean_loss(5000, 0), mean_loss(5000, 1), 1e-6)
        and (trained(5000, 0)[0][0] - trained(5000, 1)[0][0]).abs().min() > 0.1
        and (trained(5000, 0)[0][0] - trained(5000, 1)[0][0]).std() < 1e-2
    ),
)
here.claim(
    "Adelies and Gentoos alone can be parted by a straight line, without a mistake",
    "只看阿德利企鹅和巴布亚企鹅，一条直线就能把它们完全分开",
    lambda: (
        (birds().birds[birds().both] @ trained(5000, species=2)[0] + trained(5000, species=2)[1]).argmax(dim=1)
        == birds().species[birds().both]
    ),
)
here.claim(
    "With three species the weights settle; with two they grow as long as one trains",
    "有三种企鹅时，权重会稳定下来。只有两种时，只要训练不停，权重就一直增大",
    lambda: (
        trained(5000)[2][-1] - trained(5000)[2][2500] < 0.05
        and trained(5000, species=2)[2][-1] - trained(5000, species=2)[2][2500] > 1
    ),
)


def loss_of_two(factor):
    (W, b, _), rows = trained(5000, species=2), birds().both
    return functional.cross_entropy(factor * (birds().birds[rows] @ W + b), birds().species[rows])


here.claim(
    "doubled parameters would double the gaps between scores and lower the loss",
    "参数加倍，得分之差也加倍，损失还会再降",
    lambda: loss_of_two(4) < loss_of_two(2) < loss_of_two(1),
)

# In words. Information theory

here.claim(
    "0 for a certain event, and the greater, the less probable the event was thought to be",
    "必然事件的自信息是 0，原先认为概率越小的事件，自信息越大",
    lambda: math.log(1 / 1) == 0 and math.log(1 / 0.1) > math.log(1 / 0.2),
)
here.claim(
    "Every other belief costs more",
    "取别的值，交叉熵都更大",
    lambda: two().H_pq.min() >= two().H_p - 1e-6,
)
here.claim(
    "(which is 0 for one-hot labels)",
    "（标签为独热向量时等于 0）",
    lambda: entropy(torch.tensor([0.0, 1.0, 0.0])) < 1e-5,
)
here.claim(
    "someone who believes in 0.3 does best to say 0",
    "相信 0.3 的人报 0 反而最划算",
    lambda: (two().p * (1 - two().q) + (1 - two().p) * two().q).argmin().item() == 0 and two().p == 0.3,
)

here.claim(
    "An outcome of probability 0 contributes 0",
    "概率为 0 的项取 0",
    lambda: torch.special.entr(torch.zeros(1)) == 0,
)
here.claim(
    "the average surprise of an observer who knows the true probabilities",
    "熵衡量的是，知道真实概率的观察者平均有多意外",
    lambda: same(entropy(P), (P * torch.log(1 / P)).sum()),
)
here.claim(
    "With the natural logarithm it is measured in *nats*, as all losses in this book, with the logarithm to base 2 in",
    "用自然对数时，熵的单位是**纳特**（nat），本书的损失都是如此；用以 2 为底的对数时，单位是**比特**（bit）",
    lambda: (
        same(toy().my_entropy(torch.tensor([0.5, 0.5])), 1)
        and same(entropy(torch.tensor([0.5, 0.5])), math.log(2), 1e-6)
    ),
)
here.claim(
    r"one nat is $1 / \ln 2 \approx 1.4427$ bits",
    r"1 纳特等于 $1 / \ln 2 \approx 1.4427$ 比特",
    lambda: same(toy().my_entropy(P), entropy(P) / math.log(2)),
)
three = [[1.0], [1 / 2, 1 / 4, 1 / 4], [1 / 3, 1 / 3, 1 / 3]]
entropies = cache(lambda: [entropy(torch.tensor(P).double()).item() for P in three])
here.claim(
    "The last: when all outcomes are equally probable, prediction is hardest",
    "第三只的熵最大，因为所有结果的概率都相等时最难预测",
    lambda: here.has("([1.0], [1 / 2, 1 / 4, 1 / 4], [1 / 3, 1 / 3, 1 / 3])") and entropies()[2] == max(entropies()),
)
here.claim("The sure cat has 0", "肯定是猫的那只是 0", lambda: abs(entropies()[0]) < 1e-9)
codes = {"cat": "0", "chicken": "10", "dog": "11"}
here.claim(
    "Give the cat the code `0`, the chicken `10` and the dog `11`; no code is the beginning of another",
    "猫的码字取 `0`，鸡取 `10`，狗取 `11`，任何一个码字都不是另一个码字的开头",
    lambda: not any(a != b and b.startswith(a) for a in codes.values() for b in codes.values()),
)
here.claim(
    "Each code is as long as the surprisal of its animal in bits",
    "每个码字的长度等于那种动物的自信息",
    lambda: [len(code) for code in codes.values()] == [-math.log2(p) for p in three[1]],
)
here.claim(
    "How often something happens is up to $P$, how much it surprises is up to $Q$",
    "一件事多久发生一次，由 $P$ 决定；发生时有多意外，由 $Q$ 决定",
    lambda: same(cross_entropy_of(P, Q), (P * torch.log(1 / Q)).sum()),
)
here.claim(
    "with the label as $P$ and the model's prediction as $Q$",
    "取 $P$ 为标签，$Q$ 为模型的预测",
    lambda: same(cross_entropy_of(soft, y_hat), cross_entropy(o, soft)),
)
two = cache(lambda: here.code("p, q = 0.3, torch.linspace", "H_pq = ", "H_p = "))
here.claim(
    "The lowest point of the curve is at the $q$ of 0.30, the true probability, and its height is the entropy of $P$",
    "曲线最低点的 $q$ 是 0.30，正是真实概率，最低点的高度是 $P$ 的熵",
    lambda: same(two().q[two().H_pq.argmin()], two().p, 1e-3) and same(two().H_pq.min(), two().H_p, 1e-5),
)
here.claim(
    "for $Q = P$ it is not zero but $H(P)$",
    "$Q = P$ 时它不等于零，而是 $H(P)$",
    lambda: same(cross_entropy_of(P, P), entropy(P)) and entropy(P) > 0.1,
)

# In words. Accuracy, summary

here.claim(
    "*Accuracy* is the share of predictions that are right",
    "预测正确的比例叫作**准确率**",
    lambda: here.has("right = scores.argmax(dim=1) == species") and here.has("right[held_out].float().mean().item()"),
)


def nudged(scores):
    """Return accuracy and loss of the toy images when the right scores are a little higher."""
    return (scores.argmax(dim=1) == toy().y).double().mean(), cross_entropy(scores, toy().y)


here.claim(
    "Accuracy is what people ask for, and cross-entropy is what we train on",
    "人们关心的是准确率，训练用的却是交叉熵",
    lambda: nudged(toy().O.double() + 1e-3 * toy().Y)[1] < nudged(toy().O.double())[1],
)
here.claim(
    "accuracy changes only when a decision does",
    "准确率只有在决策改变时才变",
    lambda: same(nudged(toy().O.double() + 1e-3 * toy().Y)[0], nudged(toy().O.double())[0]),
)
here.claim(
    "Softmax maps the vector of scores to probabilities. It keeps their order",
    "softmax 把得分向量变成概率，大小次序不变",
    lambda: agree(o.argsort(), y_hat.argsort()) and is_distribution(y_hat),
)
here.claim(
    "log-sum-exp minus the score of the true class. It is convex, and its gradient is softmax minus label",
    "log-sum-exp 减去真实类别的得分。它是凸函数，梯度是 softmax 减去标签",
    lambda: (
        same(cross_entropy(o, y[0]), torch.logsumexp(o, dim=0) - o[y[0]]) and same(slope_of_loss(Y[0]), y_hat - Y[0])
    ),
)
here.claim(
    "It is lowest when the model states the true probabilities",
    "模型给出真实概率时，交叉熵最小",
    lambda: cross_entropy_of(P, P) < min(cross_entropy_of(P, Q), cross_entropy_of(P, 0.99 * P + 0.01 * Q)),
)

# In words. Exercises and solutions

here.claim(
    "so one score is enough: the other may as well be 0",
    "所以一个得分就够了，另一个不妨取 0",
    lambda: agree(*(torch.softmax(torch.tensor([a, a - 0.7], dtype=torch.float64), dim=0)[0] for a in (0.7, 3.0))),
)

here.claim(
    "the true class is the second",
    "真实类别是第二个",
    lambda: here.has("torch.log(torch.exp(o).sum()) - o[1]"),
)
column = torch.exp(draw(3, 4)).sum(dim=1, keepdim=True)
here.claim(
    "keeps the sums of the rows as a column",
    "求各行的和，并保留成一列",
    lambda: column.shape == (3, 1) and same(column[1, 0], torch.exp(draw(3, 4))[1].sum()),
)


@cache
def shapes(batch=256):
    """Return the shapes of X, W, b, O and the probabilities."""
    X, W, b = torch.zeros(batch, 784), torch.zeros(784, 10), torch.zeros(1, 10)
    return [tuple(each.shape) for each in (X, W, b, X @ W + b, torch.softmax(X @ W + b, dim=1))]


here.claim(
    r"$\mathbf X$ (256, 784), $\mathbf W$ (784, 10), $\mathbf b$ (1, 10), $\mathbf O$ and $\hat{\mathbf Y}$ (256, 10)",
    r"$\mathbf X$ (256, 784)，$\mathbf W$ (784, 10)，$\mathbf b$ (1, 10)，$\mathbf O$ 和 $\hat{\mathbf Y}$ (256, 10)",
    lambda: shapes() == [(256, 784), (784, 10), (1, 10), (256, 10), (256, 10)],
)
here.claim(
    r"With 96 examples the first number of $\mathbf X$, $\mathbf O$ and $\hat{\mathbf Y}$ becomes 96",
    r"换成 96 个样本，$\mathbf X$、$\mathbf O$ 和 $\hat{\mathbf Y}$ 的第一个数变成 96",
    lambda: shapes(96) == [(96, 784), (784, 10), (1, 10), (96, 10), (96, 10)],
)
here.claim(
    "The exponentials are 1, 4 and 5, with the sum 10: the probabilities are 0.1, 0.4 and 0.5",
    "三个指数值是 1、4 和 5，总和为 10，所以概率是 0.1、0.4 和 0.5",
    lambda: same(torch.softmax(torch.tensor([1.0, 4, 5]).double().log(), dim=0), [0.1, 0.4, 0.5]),
)
here.claim(
    "and the gradient, probabilities minus one-hot label",
    "梯度等于概率减去独热标签",
    lambda: same(slope_of_loss(Y[2]), y_hat - Y[2]),
)
here.claim(
    "The sum runs along the row, axis 1",
    "沿着行求和，也就是沿轴 1",
    lambda: same(draw(3, 4).sum(dim=1)[2], draw(3, 4)[2].sum()),
)
here.claim(
    r"but $0 \cdot \log 0$ is `nan` for a computer",
    r"计算机算出的 $0 \cdot \log 0$ 是 `nan`",
    lambda: (0 * torch.log(torch.zeros(1))).isnan(),
)
here.claim(
    "has the lengths 1, 2, 3 and 3: exactly the surprisals in bits",
    "的长度是 1、2、3 和 3，恰好等于各符号以比特为单位的自信息",
    lambda: [len(code) for code in ("0", "10", "110", "111")] == [-math.log2(p) for p in (1 / 2, 1 / 4, 1 / 8, 1 / 8)],
)
here.claim(
    "The observer believes in 1/4 and is surprised by two bits each time",
    "观察者以为的概率是 1/4，所以不管出现哪个符号，自信息都是两比特",
    lambda: -math.log2(1 / 4) == 2,
)
here.claim(
    "where only the denominator depends on $o_i$",
    "只有分母依赖 $o_i$",
    lambda: derivative(lambda o: torch.exp(o[0]), o)[1] == 0 and derivative(lambda o: torch.exp(o).sum(), o)[1] > 0,
)
here.claim(
    "the matrix does not depend on it. It is the covariance matrix of a one-hot label",
    "所以这个矩阵与标签无关。按这些概率随机抽取独热标签，标签的协方差矩阵正是这个矩阵",
    lambda: same(hessian(), torch.cov(torch.eye(q).double(), aweights=y_hat, correction=0)),
)
here.claim(
    "The mean of the gradients is the probabilities minus the shares of the labels",
    "梯度的均值等于概率减去各个标签所占的比例",
    lambda: same(sum(slope_of_loss(row) for row in Y) / n, y_hat - Y.sum(dim=0) / n),
)
here.claim(
    "(a) The loss stops at the entropy of the observed shares, (b) when the probabilities equal them",
    "（a）损失降到这些比例的熵，就不再下降。（b）这时概率等于观测到的比例",
    lambda: same(cross_entropy(torch.log(soft), soft), entropy(soft)) and slope_at(torch.log(soft)).abs() < 1e-9,
)


def slope_at(scores):
    return derivative(lambda o: cross_entropy(o, soft), scores)


here.claim(
    "Softmax shares out one unit of probability",
    "softmax 的概率总和只有 1",
    lambda: is_distribution(y_hat),
)
here.claim(
    "the loss is the sum over both properties",
    "损失取两种性质的",
    lambda: here.has("binary_cross_entropy_with_logits(o, y, reduction='sum')"),
)

# Distributions in words


def bits(*P):
    """Return the entropy of a distribution in bits; its probabilities must have sum 1."""
    assert is_distribution(P)
    return entropy(torch.tensor(P, dtype=torch.float64)) / math.log(2)


here.claim(
    "one with probabilities 1/2, 1/4, 1/4, or one with 1/3 each",
    "第二只属于三个类别的概率是 1/2、1/4、1/4，第三只的概率都是 1/3",
    lambda: 0 < bits(1 / 2, 1 / 4, 1 / 4) == 1.5 < bits(1 / 3, 1 / 3, 1 / 3),
)
here.claim(
    "The distribution (1/2, 1/4, 1/4) reaches it exactly",
    "分布 (1/2, 1/4, 1/4) 正好达到下界",
    lambda: same(bits(1 / 2, 1 / 4, 1 / 4), 1 / 2 * len("0") + 1 / 4 * len("10") + 1 / 4 * len("11")),
)
here.claim(
    "Symbols come with the probabilities 1/2, 1/4, 1/8, 1/8",
    "四个符号的概率是 1/2、1/4、1/8、1/8",
    lambda: bits(1 / 2, 1 / 4, 1 / 8, 1 / 8) == 1.75,
)
here.claim(
    "always: both $\\hat{\\mathbf y}$ and $\\mathbf y$ have sum 1",
    r"因为 $\hat{\mathbf y}$ 和 $\mathbf y$ 的分量之和都是 1",
    lambda: all(map(is_distribution, Y_hat)) and all(map(is_distribution, Y)),
)
here.claim(
    "only that the components of $\\mathbf y$ have sum 1",
    "只用到 $\\mathbf y$ 的各个分量之和等于 1",
    lambda: same(slope_of_loss(SHARED), y_hat - SHARED) and not same(slope_of_loss(2 * SHARED), y_hat - 2 * SHARED),
)
SHARED = torch.tensor([0.2, 0.3, 0.5], dtype=torch.float64)
