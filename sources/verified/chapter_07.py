"""What chapter 07 states, and its solutions."""

import inspect
import math

import torch
from torch.nn import functional

from book_utils import (
    Accumulator,
    Batches,
    accuracy,
    cross_entropy,
    evaluate_accuracy,
    sgd,
    softmax,
    train_ch3,
    train_epoch_ch3,
)
from tools.meaning.formulas import Verified, draw, gradient, is_distribution, same

here = Verified("07")

X = draw(6, 4)  # scores of six examples and four classes
y = torch.tensor([0, 3, 1, 1, 2, 0])
TOY = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
ROWS_OF_PIXELS = draw(6, 5)  # six images of five pixels, and their weights
WEIGHTS = draw(5, 4)
ONE_HOT = functional.one_hot(y, 4).double()


def net(X):
    """Return the scores themselves: the model of these checks."""
    return X


# The data, the parameters

here.claim(
    "the training images in a new random order each time, the test images always in the same order",
    "训练图像每次都按新的随机顺序，测试图像的顺序始终不变",
    lambda: orders(True)[0] != orders(True)[1] and orders(False)[0] == orders(False)[1],
)


def orders(shuffle):
    """Return the labels that two sweeps over the same images meet."""
    batches = Batches(torch.zeros(50, 1, 2, 2, dtype=torch.uint8), torch.arange(50), 8, shuffle)
    return [[i for _, labels in batches for i in labels.tolist()] for _ in range(2)]


here.claim(
    "drawn from a normal distribution with standard deviation 0.01; the biases start at zero",
    "取自标准差为 0.01 的正态分布，偏置从零开始",
    lambda: here.has("torch.normal(0, 0.01,") and here.has("torch.zeros(num_outputs"),
)

# Softmax

here.claim(
    "`sum(0)` lets the first index run and adds down each column",
    "`sum(0)` 让第一个索引变动，把每一列从上往下加",
    lambda: same(TOY.sum(0), [1 + 4, 2 + 5, 3 + 6]),
)
here.claim(
    "`sum(1)` lets the second index run and adds along each row",
    "`sum(1)` 让第二个索引变动，把每一行从左往右加",
    lambda: same(TOY.sum(1), [1 + 2 + 3, 4 + 5 + 6]),
)
here.claim(
    "the axis that was summed is gone from the result",
    "求和的那个轴都从结果里消失了",
    lambda: TOY.sum(0).shape == (3,) and TOY.sum(1).shape == (2,),
)
here.claim(
    "`(1, 3)` for the column sums and `(2, 1)` for the row sums",
    "各列之和的形状是 `(1, 3)`，各行之和的形状是 `(2, 1)`",
    lambda: TOY.sum(0, keepdim=True).shape == (1, 3) and TOY.sum(1, keepdim=True).shape == (2, 1),
)
here.claim(
    "not negative, with sum 1 in each row",
    "没有负数，每行之和为 1",
    lambda: all(map(is_distribution, softmax(X))),
)
here.equation(
    r"\mathrm{softmax}(\mathbf X)_{ij} = \frac{\exp(\mathbf X_{ij})}{\sum_k \exp(\mathbf X_{ik})}",
    lambda: (
        torch.stack([torch.stack([X[i, j].exp() / sum(v.exp() for v in X[i]) for j in range(4)]) for i in range(6)]),
        softmax(X),
    ),
)
here.claim(
    "every entry of a row is divided by that row's sum",
    "一行里的每个元素都除以该行的和",
    lambda: same(softmax(X)[2] * X[2].exp().sum(), X[2].exp()),
)
here.equation(
    r"e^{\ln 1}, e^{\ln 2}, e^{\ln 5}",
    lambda: (tuple(math.e ** math.log(k) for k in (1, 2, 5)), (1, 2, 5)),
)
here.claim(
    "`torch.exp` of a large score is too large for a 32-bit float, and of a very negative one too small",
    "得分很大时，`torch.exp` 的结果太大，32 位浮点数存不下。得分是绝对值很大的负数时，结果又太小",
    lambda: torch.exp(torch.tensor(100.0)) == math.inf and torch.exp(torch.tensor(-200.0)) == 0,
)
here.claim(
    "With weights near zero all scores are near zero, $e^0 = 1$, and ten equal shares are left",
    "权重接近零，得分就都接近零，而 $e^0 = 1$，于是十份均分",
    lambda: same(softmax(torch.zeros(1, 10)), torch.full((1, 10), 0.1), 1e-6),
)

# The loss

here.claim(
    "is minus the logarithm of it: 0 if the model gave the true class probability 1, more the less it gave",
    "就是这个概率取对数再取负。如果这个概率是 1，交叉熵就是 0，概率越小，交叉熵越大",
    lambda: loss_of(1.0) == 0 < loss_of(0.9) < loss_of(0.2),
)
here.claim(
    "without bound as it nears 0",
    "概率趋于 0 时，交叉熵无限增大",
    lambda: loss_of(1e-30) > 60 and loss_of(0.0) == math.inf,
)
here.claim(
    "row 0 column 0, then row 1 column 2",
    "先是第 0 行第 0 列，然后是第 1 行第 2 列",
    lambda: same(TOY[[0, 1], [0, 2]], [TOY[0, 0], TOY[1, 2]]),
)
here.claim(
    "the result is one loss for each example, neither summed nor averaged",
    "结果是每个样本一个损失，既没有求和，也没有求均值",
    lambda: same(cross_entropy(softmax(X), y), functional.cross_entropy(X, y, reduction="none")),
)
here.equation(r"\ln 10", lambda: (math.log(10), functional.cross_entropy(torch.zeros(5, 10).double(), torch.arange(5))))
here.claim(
    "unequal shares that know nothing cost a little more than equal ones",
    "同样是什么都没学到，概率不相等时，损失比相等时略高",
    lambda: ln_of_ten_for(draw(1000, 10) / 10) > math.log(10),
)
here.equation(r"\ln 3", lambda: (math.log(3), functional.cross_entropy(torch.zeros(5, 3).double(), y[:5] % 3)))
here.claim(
    "says that the *probabilities* are worse than equal shares. The choices may still be good",
    "说明的是**概率**还不如均分。选出的类别仍然可能不错",
    lambda: (
        cross_entropy(SURE, torch.zeros(4, dtype=torch.int64)).mean() > math.log(3)
        and accuracy(SURE, torch.zeros(4, dtype=torch.int64)) == 3
    ),
)
SURE = torch.tensor([[0.98, 0.01, 0.01]] * 3 + [[1e-9, 0.5, 0.5]])


def ln_of_ten_for(scores):
    """Return the mean loss of ten classes for these scores, with labels that have nothing to do with them."""
    labels = torch.arange(10).repeat(len(scores) // 10)
    return functional.cross_entropy(scores, labels)


def loss_of(probability):
    return cross_entropy(torch.tensor([[probability, 1 - probability]]), torch.tensor([0])).item()


# Accuracy

here.claim(
    "We choose the class with the highest probability",
    "这时就选概率最高的类别",
    lambda: accuracy(torch.tensor([[0.2, 0.7, 0.1]]), torch.tensor([1])) == 1,
)
here.claim(
    "its derivative is zero almost everywhere",
    "导数几乎处处为零",
    lambda: not gradient(lambda X: torch.tensor(accuracy(X, y)), X).any(),
)
here.claim(
    "`argmax(axis=1)` finds in each row the position of the largest entry",
    "`argmax(axis=1)` 就在每行里找出最大元素的位置",
    lambda: torch.tensor([[0.1, 0.3, 0.2], [0.9, 0.1, 0.5]]).argmax(axis=1).tolist() == [1, 0],
)
here.claim(
    "what comes back is the *number* of correct predictions",
    "返回预测正确的**个数**",
    lambda: accuracy(functional.one_hot(y, 4).double(), y) == len(y),
)
here.claim(
    "Counts can be added over batches of different sizes; ratios cannot",
    "各批的样本数不同，个数照样可以相加，比例却不行",
    lambda: added((3, 4), (1, 2)) == 4 / 6 != (added((3, 4)) + added((1, 2))) / 2,
)
here.claim(
    "are 0.6 and 0.5, both in column 2, so the prediction is class 2 twice",
    "最大的元素是 0.6 和 0.5，都在第 2 列，所以两次预测的都是类别 2",
    lambda: here.code("y_hat_toy = ").y_hat_toy.argmax(1).tolist() == [2, 2],
)
here.claim(
    "how many were right, and how many there were",
    "对了多少个，一共多少个",
    lambda: "metric[0] / metric[1]" in inspect.getsource(evaluate_accuracy),
)
here.claim(
    "it tells PyTorch not to record anything for gradients",
    "它告诉 PyTorch 不必为梯度做任何记录",
    lambda: "with torch.no_grad():" in inspect.getsource(evaluate_accuracy),
)
here.claim(
    "`eval()` would switch layers like dropout to the way they behave in use",
    "`eval()` 就会让 dropout 之类的层切换到实际使用时的工作方式",
    lambda: same(torch.nn.Dropout().eval()(X), X),
)
here.claim(
    "`y.numel()` is the number of labels in this one batch",
    "`y.numel()` 是这一批的标签个数",
    lambda: y.numel() == 6,
)


def added(*pairs):
    metric = Accumulator(2)
    for pair in pairs:
        metric.add(*pair)
    return metric[0] / metric[1]


here.claim(
    "3 of 4 and 1 of 2 right, make 4 of 6",
    "4 个里对 3 个，2 个里对 1 个，合起来是 6 个里对 4 个",
    lambda: added((3, 4), (1, 2)) == 4 / 6,
)

# Training

here.claim(
    "call `backward` on the *mean* loss, and let `step` move the parameters",
    "再对损失的**均值**调用 `backward`，然后由 `step` 移动参数",
    lambda: here.has("l.mean().backward()"),
)
here.claim(
    "So it gets the gradient of the *sum*",
    "所以我们交给它的是损失**总和**的梯度",
    lambda: "/ batch_size" in inspect.getsource(sgd) and here.has("l.sum().backward()"),
)
here.claim(
    "the derivative of the mean is the derivative of the sum divided by the number of examples",
    "均值的导数等于总和的导数除以样本个数",
    lambda: same(
        gradient(lambda X: cross_entropy(softmax(X), y).mean(), X),
        gradient(lambda X: cross_entropy(softmax(X), y).sum(), X) / len(y),
    ),
)
here.claim(
    "the first batches were judged by a worse model than the last ones",
    "最初几批遇到的模型比最后几批遇到的要差",
    lambda: "y_hat = net(X)" in inspect.getsource(train_epoch_ch3),
)
here.claim(
    "So they lag a little behind what the model can do at the end of the epoch",
    "所以两个结果都比模型在这一轮结束时的实际水平稍差",
    lambda: "evaluate" not in inspect.getsource(train_epoch_ch3),
)


here.equation(
    r"x_i (\hat y_j - y_j)",
    lambda: (
        gradient(lambda W: cross_entropy(softmax(ROWS_OF_PIXELS[:1] @ W), y[:1]).sum(), WEIGHTS),
        ROWS_OF_PIXELS[0][:, None] * (softmax(ROWS_OF_PIXELS[:1] @ WEIGHTS) - ONE_HOT[:1]),
    ),
)
here.equation(
    r"\frac{\partial}{\partial \mathbf W} \sum_n l_n = \mathbf X^\top (\hat{\mathbf Y} - \mathbf Y)",
    lambda: (
        gradient(lambda W: cross_entropy(softmax(ROWS_OF_PIXELS @ W), y).sum(), WEIGHTS),
        ROWS_OF_PIXELS.T @ (softmax(ROWS_OF_PIXELS @ WEIGHTS) - ONE_HOT),
    ),
)
here.terms(r"\mathbf X^\top (\hat{\mathbf Y} - \mathbf Y)")
here.terms(r"1 - \hat y_j")
here.terms(r"-\hat y_j")
here.terms(r"1 - \hat y_y")
here.terms(r"\hat y_j - y_j")
here.claim(
    "so those of their difference have the sum 0, and so has each row of the gradient",
    "所以它们的差每行之和为 0，梯度的每一行也是这样",
    lambda: same((ROWS_OF_PIXELS.T @ (softmax(ROWS_OF_PIXELS @ WEIGHTS) - ONE_HOT)).sum(1), torch.zeros(5), 1e-9),
)
here.claim(
    "A step goes *against* the gradient, so it adds the negated columns to `W`",
    "一步更新**逆着**梯度走，所以加到 `W` 上的是取负之后的各列",
    lambda: "param -= lr * param.grad" in inspect.getsource(sgd),
)
here.claim(
    "Each column is the sum of its class's images, less a tenth of all images in the batch",
    "每一列都是本类图像之和，减去这一批全部图像之和的十分之一",
    lambda: same(
        ROWS_OF_PIXELS.T @ (ONE_HOT - softmax(torch.zeros(6, 4).double())),
        torch.stack([ROWS_OF_PIXELS[y == j].sum(0) - ROWS_OF_PIXELS.sum(0) / 4 for j in range(4)], 1),
        1e-9,
    ),
)

# The plot

here.formula(
    r"0.8^k",
    lambda k: 0.8**k,
    lambda said: said(0) == 1 and all(said(k + 1) == said(k) * 0.8 for k in range(2)),
)
here.claim(
    "accuracies, runs from 0.3 to 0.9",
    "共用一个纵轴，从 0.3 到 0.9",
    lambda: "ylim=[0.3, 0.9]" in inspect.getsource(train_ch3),
)
here.claim(
    "Once a loss is not a finite number",
    "损失一旦不是有限的数",
    lambda: "math.isfinite(train_metrics[0])" in inspect.getsource(train_ch3),
)
here.claim(
    "an epoch of training, a look at the test set, three new points",
    "每训练一轮，就在测试集上测一次，添上三个新的点",
    lambda: "animator.add(epoch + 1, train_metrics + (test_acc,))" in inspect.getsource(train_ch3),
)
here.claim(
    "The two lines above each image are its true class and the predicted one",
    "每张图像上方有两行，先是真实的类别，后是预测的类别",
    lambda: here.has("zip(trues, preds)") and here.has("f'true: {true}\\npred: {pred}'"),
)

# What the test set is for, summary

here.claim(
    "chosen on images held out from the *training* set",
    "都用从**训练集**里留出的图像来选",
    lambda: here.has("Batches(images[:50_000], labels[:50_000]"),
)
here.claim(
    "Cross-entropy is minus the log of the probability given to the true class. It is smooth",
    "交叉熵是真实类别的概率取对数再取负。它是光滑的",
    lambda: gradient(lambda X: cross_entropy(softmax(X), y).mean(), X).abs().min() > 0,
)
here.claim(
    "accuracy is what we want, but it has no useful derivative",
    "我们想要的是准确率，但准确率没有用得上的导数",
    lambda: not gradient(lambda X: torch.tensor(accuracy(X, y)), X).any(),
)

# Exercises and solutions

here.equation(
    (r"(0, \ln 3, \ln 6)", r"0, \ln 3, \ln 6"),
    lambda: ((0, math.log(3), math.log(6)), tuple((softmax(SCORES) / softmax(SCORES)[0, 0]).log()[0].tolist())),
)
SCORES = torch.tensor([[1.0, 3.0, 6.0]], dtype=torch.float64).log()
here.claim(
    "their sum is 10, and the probabilities are 1/10, 3/10 and 6/10",
    "和为 10，所以概率是 1/10、3/10 和 6/10",
    lambda: same(softmax(SCORES)[0], [1 / 10, 3 / 10, 6 / 10]),
)
here.equation(r"e^{10}", lambda: (math.e**10, ((SCORES + 10).exp() / SCORES.exp())[0, 1]))
here.claim(
    "so is their sum: nothing changes",
    "它们的和也一样，所以概率都不变",
    lambda: same(softmax(SCORES + 10), softmax(SCORES)),
)
here.equation(r"n \times n", lambda: ((6, 6), tuple(softmax(X)[:, y].shape)))
here.claim(
    "it picks the columns `y` of *every* row",
    "它从**每一行**里都取出 `y` 所指的各列",
    lambda: same(softmax(X)[:, y][3], softmax(X)[3][y]),
)
here.claim(
    "The probability of the true class is one entry per row",
    "真实类别的概率是每行里的一个元素",
    lambda: same(softmax(X).gather(1, y.reshape(-1, 1)).squeeze(1), softmax(X)[range(6), y]),
)
here.formula(
    (r"3.4 \cdot 10^{38}",),
    lambda: 3.4e38,
    lambda said: abs(said() / torch.finfo(torch.float32).max - 1) < 1e-2,
)
here.formula(
    r"\ln(3.4 \cdot 10^{38})",
    lambda: math.log(3.4e38),
    lambda said: (
        torch.exp(torch.tensor(said() - 0.01)).isfinite() and not torch.exp(torch.tensor(said() + 0.01)).isfinite()
    ),
)
here.claim(
    "`inf / inf` is `nan`, and 1 divided by `inf` is 0",
    "`inf / inf` 是 `nan`，1 除以 `inf` 是 0",
    lambda: softmax(torch.tensor([[100.0, 0.0]])).isnan().tolist() == [[True, False]],
)
here.formula(
    r"50000 / \text{batch size}",
    lambda size: 50000 / size,
    lambda said: all(math.ceil(said(size)) == len(Batches(*ROWS, size)) for size in (16, 64, 256, 1024)),
)
ROWS = torch.zeros(50000, 1, 1, 1, dtype=torch.uint8), torch.zeros(50000, dtype=torch.int64)
here.claim(
    "Bright pixels speak for the class, dark ones against it",
    "亮的像素支持这个类别，暗的像素反对",
    lambda: softmax(torch.tensor([[1.0, 0.0]]))[0, 0] > 0.5 > softmax(torch.tensor([[-1.0, 0.0]]))[0, 0],
)
here.claim(
    "gives the last batch, of 16 images, the same weight as one of 256",
    "最后一批只有 16 张图像，权重却和 256 张的一批相同",
    lambda: 10_000 % 256 == 16 and len(Batches(ROWS[0][:10_000], ROWS[1][:10_000], 256)) == 40,
)
here.defines(r"(\text{height} \cdot \text{width}, q)", "the shape of the weights: a row for each pixel")
here.defines(r"(q, \text{height}, \text{width})", "the shape of the columns as pictures")
