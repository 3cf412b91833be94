"""What chapter 06 states, and its solutions."""

import inspect
import math

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from book_utils import Batches, get_dataloader_workers, get_fashion_mnist_labels, load_data_fashion_mnist, show_images
from book_utils.data import _read_idx, _resize
from tools.meaning.formulas import Verified, agree, draw, same

here = Verified("06")

PIXELS = np.array([[0, 51], [102, 255]], dtype=np.uint8)
DOTS = torch.tensor([0, 51, 102, 153, 255], dtype=torch.uint8).reshape(5, 1, 1, 1)
IMAGES = (draw(300, 1, 28, 28).abs() * 50).to(torch.uint8)
LABELS = torch.arange(300) % 10


def sweep(shuffle, seed=0, times=1, batch_size=64):
    """Return the labels in the order in which sweeps over the same images meet them."""
    torch.manual_seed(seed)
    batches = Batches(IMAGES, torch.arange(300), batch_size, shuffle)
    return [[i for _, y in batches for i in y.tolist()] for _ in range(times)]


def lengths(n, batch_size, drop_last=False):
    """Return the sizes of a loader's batches."""
    return [len(batch) for batch in DataLoader(range(n), batch_size, drop_last=drop_last)]


# Shapes

here.equation(
    (r"h\times w", r"(h, w)"), lambda: ((28, 28), tuple(Image.new("L", (28, 28)).size), tuple(IMAGES.shape[2:]))
)
here.equation((r"28\times 28",), lambda: ((28, 28), tuple(IMAGES.shape[2:])))
here.equation(r"(1, 28, 28)", lambda: ((1, 28, 28), tuple(transforms.ToTensor()(Image.new("L", (28, 28))).shape)))
here.equation(r"(1, 2, 2)", lambda: ((1, 2, 2), tuple(transforms.ToTensor()(Image.fromarray(PIXELS)).shape)))
here.equation(r"(18, 1, 28, 28)", lambda: ((18, 1, 28, 28), tuple(next(iter(Batches(IMAGES, LABELS, 18)))[0].shape)))
here.equation(r"28\cdot28", lambda: (28 * 28, IMAGES[0].numel()))
here.equation(r"64\times64", lambda: ((64, 64), tuple(_resize(IMAGES[:2], 64).shape[2:])))
here.claim(
    "an example is a *pair*: the image first, its label second",
    "样本是一个**二元组**，图像在前，标签在后",
    lambda: "img, target = self.data[index], int(self.targets[index])" in inspect.getsource(datasets.MNIST.__getitem__),
)
here.claim(
    "The first number is the count of *channels*",
    "第一个数是**通道**（channel）数",
    lambda: transforms.ToTensor()(Image.new("RGB", (4, 5))).shape == (3, 5, 4),
)
here.claim(
    "Then come the height and the width",
    "后面是高度和宽度，各 28",
    lambda: transforms.ToTensor()(Image.new("L", (4, 5))).shape == (1, 5, 4),
)
here.claim(
    "The first index picks the example and the second the *field* of its pair: 0 for the image, 1 for the label",
    "第二个索引选二元组里的**字段**，0 是图像，1 是标签",
    lambda: "return img, target" in inspect.getsource(datasets.MNIST.__getitem__),
)

# Loading, ToTensor

here.claim(
    "Downloading is not the default",
    "默认是不下载的",
    lambda: inspect.signature(datasets.FashionMNIST).parameters["download"].default is False,
)
here.claim(
    "`ToTensor` divides grey levels by 255 and returns them as `float32`",
    "`ToTensor` 把灰度值除以 255，以 `float32` 返回",
    lambda: (
        same(transforms.ToTensor()(Image.fromarray(PIXELS)).flatten(), [0, 0.2, 0.4, 1], 1e-6)
        and transforms.ToTensor()(Image.fromarray(PIXELS)).dtype == torch.float32
    ),
)
here.claim(
    "it puts the channel axis in front",
    "它还把通道轴放到最前面",
    lambda: transforms.ToTensor()(PIXELS[:, :, None]).shape == (1, 2, 2),
)
here.claim(
    "with grey levels from 0 (black) to 255 (white)",
    "灰度值的范围是 0（黑）到 255（白）",
    lambda: transforms.ToTensor()(Image.fromarray(PIXELS)).max() == 1,
)

# Looking at the pictures

here.claim(
    "0 is a t-shirt, 9 an ankle boot",
    "0 是 T 恤（t-shirt），9 是短靴（ankle boot）",
    lambda: get_fashion_mnist_labels([0, 9]) == ["t-shirt", "ankle boot"],
)
here.claim(
    "The order is the same, and only the order matters",
    "不过顺序相同，只要顺序相同就行",
    lambda: (
        [name.lower().replace("/top", "") for name in datasets.FashionMNIST.classes]
        == get_fashion_mnist_labels(range(10))
    ),
)
here.claim(
    "`squeeze(1)` removes it",
    "用 `squeeze(1)` 去掉通道轴",
    lambda: IMAGES[:18].squeeze(1).shape == (18, 28, 28),
)
here.claim(
    "its smallest value appears black and its largest white",
    "最小的值都显示成黑色，最大的值都显示成白色",
    lambda: 'cmap="gray"' in inspect.getsource(show_images) and "vmin" not in inspect.getsource(show_images),
)
here.claim(
    "`zip` stops when the shorter of its arguments ends",
    "哪个参数先用完，`zip` 就停在哪里",
    lambda: len(list(zip(range(8), range(18)))) == len(range(8)),
)

here.claim(
    "counts what is right, and shows all names, in red where you said something else",
    "下一个单元格数一数你对了多少，并写出全部名字，与你的答案不同的用红色写出",
    lambda: (
        judged("90 1", [9, 1, 1]).startswith("You: 2 of 3, that is 66.7%")
        and judged("", [9]).startswith("0 answers so far. Write 1 digits")
    ),
)


def judged(yours, truth):
    """Call the chapter's own function."""
    return here.code("yours = ", "def judged").judged(yours, truth)


# Minibatches with the DataLoader

here.claim(
    "Three: two of four numbers, then the two that are left. Nothing is dropped and nothing is repeated",
    "三批。前两批各有四个数，最后一批是剩下的两个数。既没有丢掉的，也没有重复的",
    lambda: lengths(10, 4) == [4, 4, 2],
)
here.claim(
    "`drop_last=True` would drop the short one",
    "加上 `drop_last=True`，就会丢掉不满的那一批",
    lambda: lengths(10, 4, True) == [4, 4],
)
here.claim(
    "The order differs, and still each number comes exactly once per sweep",
    "顺序不同，但每次遍历中，每个数都恰好出现一次",
    lambda: sweep(True, times=2)[0] != sweep(True, times=2)[1] and sorted(sweep(True)[0]) == list(range(300)),
)
here.claim(
    "shuffled for training, in order for testing",
    "训练用的打乱，测试用的保持顺序",
    lambda: (
        "Batches(*train, batch_size, shuffle=True), Batches(*test, batch_size)"
        in inspect.getsource(load_data_fashion_mnist)
    ),
)
here.claim(
    "so we take four, or one per core",
    "所以我们取四个，核不足四个时就每个核一个",
    lambda: 1 <= get_dataloader_workers() <= 4,
)
here.claim(
    "Whoever divides the sum of the losses by 256 in every batch makes too small a step in the last one",
    "如果在每个小批量里都把损失之和除以 256，最后一批的那一步就太小了",
    lambda: lengths(60_000, 256)[-1] / 256 < 1,
)
here.claim(
    "It has four axes: images, channels, height, width",
    "四个轴依次是图像、通道、高度和宽度",
    lambda: next(iter(Batches(IMAGES, LABELS, 64)))[0].shape == (64, 1, 28, 28),
)

# Keeping everything in memory

here.claim(
    "four bytes as a `float32`",
    "存成 `float32` 占四个字节",
    lambda: torch.zeros(1).element_size() == 4 and IMAGES.element_size() == 1,
)
here.claim(
    "in four bytes each, the most significant first",
    "各占四个字节，高位字节在前",
    lambda: '">i4"' in inspect.getsource(_read_idx) and int.from_bytes(bytes([0, 0, 1, 4]), "big") == 260,
)
here.claim(
    "The file of labels has one axis only, so its header ends after 8 bytes",
    "标签文件只有一个轴，所以文件头只有 8 个字节",
    lambda: "4 + 4 * axes" in inspect.getsource(_read_idx),
)
here.claim(
    "Labels become `int64` (that is `long`)",
    "标签要转成 `int64`（也就是 `long`）",
    lambda: DOTS.long().dtype == torch.int64,
)
here.claim(
    "The sum wraps around",
    "加法溢出后会回绕",
    lambda: (torch.tensor([200], dtype=torch.uint8) + 100).item() == 300 - 256,
)
here.claim(
    "A division, however, gives `float32`",
    "除法却给出 `float32`",
    lambda: (DOTS / 255).dtype == torch.float32,
)
here.claim(
    "So we store bytes and compute in `float32`",
    "所以我们用字节存储，用 `float32` 计算",
    lambda: next(iter(Batches(IMAGES, LABELS, 8)))[0].dtype == torch.float32,
)
here.claim("We convert per batch", "我们选择逐批转换", lambda: Batches(IMAGES, LABELS, 8).images.dtype == torch.uint8)

# A batch iterator

here.claim(
    "`__len__` says how many batches there are (rounded up, for the short one)",
    "`__len__` 给出小批量的个数（有不满的一批，所以向上取整）",
    lambda: len(Batches(DOTS, LABELS[:5], 2)) == 3 == len(list(Batches(DOTS, LABELS[:5], 2))),
)
here.claim(
    "every `for` loop starts it afresh, and so draws a new order",
    "每次 `for` 循环都从头开始，重新抽一个顺序",
    lambda: sweep(True, times=2)[0] != sweep(True, times=2)[1],
)
here.claim(
    "means the same as `images[batch]`",
    "与 `images[batch]` 作用相同",
    lambda: same(IMAGES.index_select(0, LABELS), IMAGES[LABELS]),
)
here.claim(
    "The order is always drawn on the CPU and then moved",
    "顺序总是先在 CPU 上抽，再移到数据所在的地方",
    lambda: "order.to(self.labels.device)" in inspect.getsource(Batches.__iter__),
)
here.claim(
    "Three batches in the given order, since `shuffle` is off",
    "没有打开 `shuffle`，所以按给定的顺序分成三批",
    lambda: [y.tolist() for _, y in Batches(DOTS, torch.arange(5), 2)] == [[0, 1], [2, 3], [4]],
)
here.claim(
    "The grey levels are divided by 255, as `ToTensor` did",
    "灰度值都除以了 255，与 `ToTensor` 相同",
    lambda: same(torch.cat([X.flatten() for X, _ in Batches(DOTS, LABELS[:5], 2)]), [0, 0.2, 0.4, 0.6, 1], 1e-6),
)
here.claim(
    "The test set is not shuffled",
    "测试集没有打乱",
    lambda: (
        "Batches(*test, batch_size)" in inspect.getsource(load_data_fashion_mnist)
        and sweep(False)[0] == list(range(300))
    ),
)

# One function for the chapters to come

here.claim(
    "Note what it returns: iterators over the training set and the *test* set",
    "注意它返回的是训练集和**测试**集的迭代器",
    lambda: "train=False" in inspect.getsource(load_data_fashion_mnist),
)
here.claim(
    "The additional pixels are weighted averages of their neighbours",
    "多出来的像素是相邻像素的加权平均",
    lambda: _resize(IMAGES, 64).max() <= IMAGES.max() and _resize(IMAGES, 64).min() >= IMAGES.min(),
)
here.claim(
    "so the same seed gives the same batches",
    "种子相同，小批量就相同",
    lambda: sweep(True, 1) == sweep(True, 1) != sweep(True, 2),
)
here.claim(
    "The first two",
    "前两行",
    lambda: sweep(True, 1) == sweep(True, 1) != sweep(True, 2),
)

# Summary

here.claim(
    "Shuffle the training set, leave the test set in order",
    "训练集要打乱，测试集保持顺序",
    lambda: sweep(True)[0] != sweep(False)[0] == list(range(300)),
)
here.claim(
    "Settings are chosen on images held out of the training set",
    "挑选设置，要用从训练集留出的图像",
    lambda: here.has("held_out = Batches(images[50_000:], labels[50_000:], batch_size)"),
)

# Exercises and solutions

here.defines(r"(n, \text{height}, \text{width})", "the shape of a set of grey images")
here.defines(r"(n, 1, \text{height}, \text{width})", "the shape of a batch of grey images")
here.defines(r"(n,)", "the shape of a tensor with one axis")
here.defines(r"[0, 1]", "the range of grey levels after division")
here.formula(
    r"4 + 4 \cdot",
    lambda axes: 4 + 4 * axes,
    lambda said: said(3) == 16 == len(bytes([0, 0, 8, 3]) + 3 * bytes(4)) and said(1) == 8,
)
here.claim(
    "Divide and round up, or down if the short batch is dropped",
    "相除再向上取整，如果舍去不满的一批，就向下取整",
    lambda: len(lengths(10, 4)) == math.ceil(10 / 4) and len(lengths(10, 4, True)) == 10 // 4,
)
here.claim(
    "The accuracy stays the same",
    "准确率不变",
    lambda: agree(*(sum(y % 2 for y in order) for order in (sweep(True)[0], sweep(False)[0]))),
)
here.claim(
    "a plain integer from 0 to 9",
    "一个 0 到 9 的普通整数",
    lambda: len(get_fashion_mnist_labels(range(10))) == 10 and refused(10),
)
here.claim(
    "make from the numbers 0 to 9?",
    "会把 0 到 9 这些数分成哪几批",
    lambda: [batch.tolist() for batch in DataLoader(range(10), 4)][-1] == [8, 9],
)
here.claim(
    "The numbers are 0, 0.2, 0.4 and 1",
    "这些数是 0、0.2、0.4 和 1",
    lambda: same(transforms.ToTensor()(Image.fromarray(PIXELS)).flatten(), [0, 0.2, 0.4, 1], 1e-6),
)
here.claim(
    "0 and 0.2 with labels 0 and 1; 0.4 and 0.6 with 2 and 3; and 1.0 with label 4, alone",
    "第一批是 0 和 0.2，标签是 0 和 1；第二批是 0.4 和 0.6，标签是 2 和 3；最后一批只有 1.0，标签是 4",
    lambda: (
        [(same(X.flatten(), pixels, 1e-6), y.tolist()) for (X, y), pixels in zip(toy_batches(), TOY)]
        == [(True, [0, 1]), (True, [2, 3]), (True, [4])]
    ),
)
TOY = ([0, 0.2], [0.4, 0.6], [1.0])


def toy_batches():
    return Batches(DOTS, torch.arange(5), 2)


def refused(label):
    """Tell whether a label is not taken for a class."""
    try:
        get_fashion_mnist_labels([label])
    except ValueError:
        return True
    return False
