"""The plotting helpers draw what the course's do, whatever they are given, and what the course's cannot draw."""

import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from PIL import Image
from torch import nn

import book_utils

W1, W2 = (torch.tensor(value, requires_grad=True) for value in (0.5, 0.25))
X = torch.arange(5.0)
MASKED = np.ma.masked_greater(X.numpy(), 2)


class Labels(np.ndarray):
    def to_numpy(self):
        return np.asarray(self)


class Column(Labels):
    """As of a table of pandas': numbers with an index of their own."""

    index = (X.numpy() + 7).view(Labels)


@pytest.fixture(scope="module")
def d2l():
    from d2l import torch as d2l

    return d2l


@pytest.fixture(autouse=True)
def no_figure():
    plt.close("all")
    yield
    plt.close("all")


def drawn(axes):
    """Return the points of each curve, and its colour as a letter and a dash."""
    return [
        (*(np.ma.masked_invalid(data).tolist() for data in line.get_data(orig=False)), line.get_linestyle())
        for line in axes.get_lines()
    ]


CURVES = {
    "a tensor": lambda L: L.plot(X),
    "x and y": lambda L: L.plot(X, X**2),
    "several over one x": lambda L: L.plot(X, [X, X**2, X**3]),
    "several x": lambda L: L.plot([X, X + 1], [X, X**2]),
    "lists": lambda L: L.plot([1, 2, 3], [3, 2, 1]),
    "a list of lists": lambda L: L.plot([1, 2], [[3, 4], [5, 6]]),
    "arrays": lambda L: L.plot(X.numpy(), [X.numpy(), X.numpy() ** 2]),
    "a matrix": lambda L: L.plot(X, np.stack([X, X**2])),
    "a tensor and arrays": lambda L: L.plot(X, [X.numpy(), X]),
    "double, half, ints and bools": lambda L: L.plot(X, [X.double(), X.half(), X.int(), X > 2]),
    "an empty legend": lambda L: L.plot(X, X, legend=[]),
    "labels in a tuple": lambda L: L.plot(X, [X, X**2], legend=("a", "b")),
    "limits in arrays": lambda L: L.plot(X, X, xlim=np.array([0, 2]), ylim=torch.tensor([1.0, 2.0])),
    "limits from high to low": lambda L: L.plot(X, X, xlim=[3, 1], ylim=[2, 0]),
    "over another plot": lambda L: L.plot(X, X) or L.plot(X, X**2),
    "a size in an array": lambda L: L.plot(X, X, figsize=np.array([3, 2])),
    "formats in a list": lambda L: L.plot(X, [X, X], fmts=["r:", "-"]),
    "a format of one letter": lambda L: L.plot(X, X, fmts="r"),
    "a generator of formats": lambda L: L.plot(X, [X, X], fmts=(fmt for fmt in ("r:", "-"))),
    "a grid of its own": lambda L: L.plot(X, X, axes=plt.subplots(1, 2)[1][1]),
    "masked": lambda L: L.plot(X, [MASKED, X]),
    "masked, without x": lambda L: L.plot(MASKED),
    "masked x": lambda L: L.plot(MASKED, X.numpy()),
    "an empty x": lambda L: L.plot(np.array([]), X),
    "an empty x among others": lambda L: L.plot([[], [5, 6]], [[1, 2], [3, 4]]),
    "a column of a table": lambda L: L.plot(X.numpy().view(Column)),
    "a column over an x": lambda L: L.plot(X, X.numpy().view(Column)),
    "days": lambda L: L.plot(np.arange("2020-01-01", "2020-01-06", dtype="datetime64[D]"), X),
    "axes in space": lambda L: L.plot(X, X, axes=plt.figure().add_subplot(projection="3d")),
    "logarithmic": lambda L: L.plot(X + 1, X + 1, xscale="log", yscale="log"),
}  # fmt: skip


@pytest.mark.oracle
@pytest.mark.parametrize("call", CURVES.values(), ids=CURVES)
def test_curves_and_axes_are_the_courses(d2l, call):
    seen = []
    for library in (book_utils, d2l):
        plt.close("all")
        call(library)
        axes = plt.gca()
        names = [text.get_text() for text in axes.get_legend().get_texts()] if axes.get_legend() else None
        scales = axes.get_xscale(), axes.get_yscale(), axes.xaxis.get_gridlines()[0].get_visible()
        size = plt.rcParams["figure.figsize"]
        seen.append((drawn(axes), names, scales, axes.get_xlim(), axes.get_ylim(), size))
    assert seen[0] == seen[1]


# What the course ends in an error for, and what a reader means by it: the curves' y.
SERVED = {
    "a loss for each step, with its history": (lambda: book_utils.plot([W1, W2]), [[0.5, 0.25]]),
    "a list of numbers with a history": (lambda: book_utils.plot([1, 2], [[W1, W2]]), [[0.5, 0.25]]),
    "bfloat16": (lambda: book_utils.plot(X.bfloat16()), [[0, 1, 2, 3, 4]]),
    "a curve with its history": (lambda: book_utils.plot(X, X * W1), [[0, 0.5, 1, 1.5, 2]]),
    "a sparse one": (lambda: book_utils.plot(X.to_sparse()), [[0, 1, 2, 3, 4]]),
    "what is stored with its sign turned": (
        lambda: book_utils.plot(torch.complex(X, X).conj().imag),
        [[0, -1, -2, -3, -4]],
    ),
    "a tuple of numbers": (lambda: book_utils.plot((3, 4)), [[3, 4]]),
    "a range": (lambda: book_utils.plot(range(3), range(3, 6)), [[3, 4, 5]]),
    "over names": (lambda: book_utils.plot(["a", "b"], [3, 4]), [[3, 4]]),
    "a dictionary": (lambda: book_utils.plot({1: 3, 2: 4}.keys(), {1: 3, 2: 4}.values()), [[3, 4]]),
    "an iterator": (lambda: book_utils.plot(map(float, "123")), [[1, 2, 3]]),
    "more curves than formats": (
        lambda: book_utils.plot([1, 2], [[k, k] for k in range(6)]),
        [[k, k] for k in range(6)],
    ),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("call", "expected"), SERVED.values(), ids=SERVED)
def test_what_has_a_history_or_a_type_of_its_own_is_drawn(call, expected):
    call()
    assert [y for _, y, _ in drawn(plt.gca())] == expected


WHAT_IS_DRAWN = {
    "lines": lambda axes: axes.plot([1, 2], [1, 2], [1, 2], [2, 1]),
    "points": lambda axes: axes.scatter([1, 2], [1, 2]),
    "points, then a line": lambda axes: (axes.scatter([1, 2], [1, 2]), axes.plot([1, 2], [1, 2])),
    "a line, then points": lambda axes: (axes.plot([1, 2], [1, 2]), axes.scatter([1, 2], [1, 2])),
    "bars": lambda axes: axes.bar([1, 2], [1, 2]),
    "two sets of bars": lambda axes: (axes.bar([1, 2], [1, 2]), axes.bar([3, 4], [1, 2])),
    "a histogram": lambda axes: axes.hist([1, 2, 2]),
    "two histograms": lambda axes: axes.hist([[1, 2, 2], [2, 3]]),
    "errors": lambda axes: axes.errorbar([1, 2], [1, 2], [0.1, 0.1]),
    "stems": lambda axes: axes.stem([1, 2], [1, 2]),
    "an area": lambda axes: axes.fill_between([1, 2], [1, 2]),
    "a line across": lambda axes: (axes.axvline(1), axes.plot([1, 2], [1, 2])),
    "an image": lambda axes: axes.imshow([[1, 2]]),
    "nothing": lambda axes: None,
}


@pytest.mark.oracle
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("names", [["a"], ["a", "b"], ("a", "b", "c"), []], ids=len)
@pytest.mark.parametrize("draw", WHAT_IS_DRAWN.values(), ids=WHAT_IS_DRAWN)
def test_a_legend_names_what_was_drawn_in_its_order(d2l, draw, names):
    seen = []
    for library in (book_utils, d2l):
        _, axes = plt.subplots()
        draw(axes)
        library.set_axes(axes, "x", "y", [0, 3], [0, 3], "linear", "linear", names)
        legend = axes.get_legend()
        seen.append(legend and [
            (text.get_text(), type(handle).__name__, handle.get_label())
            for text, handle in zip(legend.get_texts(), legend.legend_handles)
        ])  # fmt: skip
    assert seen[0] == seen[1]


PIXELS = torch.arange(30.0).reshape(2, 3, 5)
TABLE = np.empty(2, dtype=object)
TABLE[:] = [*PIXELS.numpy()]
STRIPS = PIXELS[:, None, :, :3].numpy() / 30
IMAGES = {
    "a tensor": (PIXELS, True),
    "an array": (PIXELS.numpy(), True),
    "a list of tensors": ([*PIXELS], True),
    "a list of arrays": ([*PIXELS.numpy()], True),
    "pictures": ([Image.fromarray(image.numpy().astype(np.uint8)) for image in PIXELS], True),
    "colours": ([PIXELS[0, :, :3, None].expand(3, 3, 3) / 30] * 2, True),
    "a generator": ((image for image in PIXELS), True),
    "weights": (nn.Parameter(PIXELS), False),
    "bfloat16": (PIXELS.bfloat16(), False),
    "with their channel": (PIXELS.unsqueeze(1), False),
    "a list of those": ([*PIXELS.unsqueeze(1)], False),
    "bools": (PIXELS > 5, True),
    "with a channel behind": (PIXELS[..., None], True),
    "a list with a channel behind": ([*PIXELS[..., None].numpy()], True),
    "a column of a table": (TABLE, True),
    "masked": (np.ma.masked_greater(PIXELS.numpy(), 5), True),
    "strips of colours": ([*STRIPS], True),
    "a batch of such strips": (STRIPS, True),
}


@pytest.mark.oracle
@pytest.mark.parametrize(("images", "by_d2l"), IMAGES.values(), ids=IMAGES)
def test_images_are_the_courses_or_what_a_reader_means(d2l, images, by_d2l):
    images = list(images) if not hasattr(images, "__len__") else images
    ours = shown(book_utils.show_images(images, 1, 2))
    assert equal(ours, shown(book_utils.show_images(iter(images), 1, 2)))
    if by_d2l:
        theirs = shown(d2l.show_images(images, 1, 2))
    else:
        with pytest.raises((RuntimeError, TypeError)):
            d2l.show_images(images, 1, 2)
        theirs = PIXELS.numpy()
    assert equal(ours, theirs)


def shown(axes):
    return [np.ma.filled(image.get_images()[0].get_array().astype(float), -1) for image in axes]


def equal(ours, theirs):
    return all(np.array_equal(*pair) for pair in zip(ours, theirs, strict=True))


@pytest.mark.oracle
def test_the_grid_is_the_courses_and_an_iterator_goes_on_behind_it(d2l):
    seen = []
    for library in (book_utils, d2l):
        images = iter([*PIXELS, *PIXELS])
        axes = library.show_images(images, 1, 3, scale=2)
        seen.append((len(axes), axes[0].figure.get_size_inches().tolist(), next(images).tolist()))
    assert seen[0] == seen[1]


def test_a_kernel_with_its_channel_is_grey():
    """In tensors the channel comes first, so three columns are no colours."""
    (axes,) = book_utils.show_images(torch.ones(1, 1, 3, 3), 1, 1)
    assert axes.get_images()[0].get_array().shape == (3, 3)


def flat(net=nn.Linear):
    torch.manual_seed(0)
    return net(784, 10), [(torch.rand(8, 784), torch.arange(8))]


def normalised(inputs, outputs):
    """A network in training mode, whose output for one image depends on the others in its batch."""
    return nn.Sequential(nn.BatchNorm1d(inputs), nn.Linear(inputs, outputs))


@pytest.mark.oracle
@pytest.mark.parametrize("net", [nn.Linear, normalised])
def test_predictions_of_flat_images_are_the_courses(d2l, net):
    seen = []
    for library in (book_utils, d2l):
        plt.close("all")
        library.predict_ch3(*flat(net), 3)
        seen.append(([axes.get_title() for axes in plt.gcf().axes], shown(plt.gcf().axes)))
    ours = [title.replace("true: ", "").replace("pred: ", "") for title in seen[0][0]]
    assert ours == seen[1][0] and equal(seen[0][1], seen[1][1])


@pytest.mark.oracle
@pytest.mark.parametrize("titles", [None, [], (), ["a", "b"], ("a", "b", "c")], ids=str)
def test_titles_are_the_courses(d2l, titles):
    ours, theirs = ([axes.get_title() for axes in L.show_images(PIXELS, 1, 2, titles)] for L in (book_utils, d2l))
    assert ours == theirs


def test_the_numbers_of_a_curve_are_not_written_to():
    """An array shares its memory with the tensor; drawing leaves both as they are."""
    values = torch.tensor([1.0, 2.0], requires_grad=True)
    book_utils.plot(values * 1)
    assert values.grad is None and values.requires_grad and values.tolist() == [1, 2]
