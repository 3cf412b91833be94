"""Chapter 06, the image classification data set: right answers, inputs to try, and mistakes."""

import math

import torch
from torch import Tensor

from book_utils.exercises.exercise import Arguments, Draw, Exercise


def num_batches(n: int, batch_size: int, drop_last: bool) -> int:
    """How many batches an epoch has."""
    full, rest = divmod(n, batch_size)
    return full + 1 if rest > 0 and not drop_last else full


def epochs() -> list[Arguments]:
    """(n, batch_size, drop_last): with a short last batch and without one, with one batch only, and with none."""
    ones = [
        (100, 10),
        (60000, 256),
        (3, 8),
        (8, 8),
        (7, 1),
        (1001, 1000),
        (1999, 1000),
        (40_001, 20_000),
        (60_001, 16),
        (1, 1),
    ]
    return [(n, batch_size, drop_last) for n, batch_size in ones for drop_last in (False, True)]


def read_idx(content: bytes) -> Tensor:
    """The tensor that the bytes of an IDX file hold."""
    axes = content[3]
    shape = [int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(axes)]
    return torch.tensor(list(content[4 + 4 * axes :]), dtype=torch.uint8).reshape(shape)


def idx_file(shape: tuple[int, ...], values: bytes) -> bytes:
    """The bytes of a file that holds these values."""
    return bytes([0, 0, 8, len(shape)]) + b"".join(length.to_bytes(4, "big") for length in shape) + values


def idx_files() -> list[Arguments]:
    """A row of labels, then three small images, then 260 labels: a length of two bytes; others, and one of three."""
    shapes = [(3,), (3, 2, 4), (260,), (2, 5), (300, 2), (2, 1, 3, 2), (65_540,)]
    values = bytes(range(255, 4, -1))
    return [(idx_file(shape, (values * (math.prod(shape) // 251 + 1))[: math.prod(shape)]),) for shape in shapes]


def more_idx_files(draw: Draw) -> Arguments:
    """Any number of axes, and any values."""
    shape = tuple(draw.whole(1, 5) for _ in range(draw.whole(1, 4)))
    return (idx_file(shape, bytes(draw.labels(math.prod(shape), 256).tolist())),)


def class_means(images: Tensor, labels: Tensor) -> Tensor:
    """The mean image of each class, in the order of the classes."""
    return torch.stack([images[labels == k].double().mean(dim=0) for k in range(int(labels.max()) + 1)])


def small_images() -> list[Arguments]:
    """Images of two by two pixels, uint8, in two classes, then in three of different size; wide ones in no order."""
    return [
        (torch.tensor([[[0, 10], [20, 30]], [[100, 110], [120, 130]]], dtype=torch.uint8), torch.tensor([0, 1])),
        (torch.arange(24, dtype=torch.uint8).reshape(6, 2, 2) * 10, torch.tensor([0, 1, 0, 2, 1, 0])),
        (torch.arange(24, dtype=torch.uint8).reshape(4, 2, 3) * 10 + 7, torch.tensor([2, 0, 2, 1])),
    ]


def more_images(draw: Draw) -> Arguments:
    """Images of any shape, any number of classes: each occurs, in no order."""
    classes = draw.whole(1, 5)
    labels = torch.cat([torch.arange(classes), draw.labels(draw.whole(0, 6), classes)])
    shape = len(labels), draw.whole(1, 3), draw.whole(1, 3)
    images = draw.labels(math.prod(shape), draw.one_of(4, 256)).reshape(shape).to(torch.uint8)
    return images, labels[draw.order(len(labels))]


def shifted(X: Tensor, down: int, right: int) -> Tensor:
    """The batch, moved; what leaves on one side comes back on the other."""
    return X.roll((down, right), dims=(2, 3))


def small_batches() -> list[Arguments]:
    """One image that shows where each pixel goes; then several, wide and high, in every direction and further round."""
    X = torch.arange(6.0).reshape(1, 1, 2, 3)
    wide, high = torch.arange(16.0).reshape(2, 1, 2, 4), torch.arange(15.0).reshape(1, 1, 5, 3)
    square = torch.arange(36.0).reshape(4, 1, 3, 3) ** 2
    return [
        (X, 1, 0),
        (X, 0, 1),
        (wide, 1, 2),
        (high, -2, 1),
        (square, -1, -2),
        (square, 0, 0),
        (wide, -3, 5),
        (high, 7, -4),
    ]


def more_batches(draw: Draw) -> Arguments:
    """Any number of images of any shape, moved anywhere."""
    shape = draw.whole(1, 4), 1, draw.whole(1, 6), draw.whole(1, 6)
    return draw.normal(*shape), draw.whole(-4, 4), draw.whole(-4, 4)


def twins(train_images: Tensor, test_images: Tensor) -> list[int]:
    """The indices of the test images that occur in the training set."""
    known = {image.numpy().tobytes() for image in train_images}
    return [i for i, image in enumerate(test_images) if image.numpy().tobytes() in known]


def small_sets() -> list[Arguments]:
    """One twin in another place; then none, all, some that come twice; images that are alike and no twins; many."""

    def images(*pixels: list[int]) -> Tensor:
        return torch.tensor(pixels, dtype=torch.uint8).reshape(len(pixels), 1, -1, 2)

    alike = images([1, 2, 3, 4], [16, 0, 0, 0], [9, 9, 0, 0], [200, 1, 1, 7], [5, 6, 6, 5], [250, 250, 250, 250])
    nearly = images(
        [2, 1, 3, 4], [1, 3, 2, 4], [1, 2, 3, 5], [0, 2, 3, 4], [0, 16, 0, 0], [0, 0, 0, 0], [0, 0, 9, 9], [16, 0, 0, 1]
    )
    return [
        (images([1, 2], [3, 4]), images([5, 6], [3, 4])),
        (images([1, 2], [3, 4]), images([2, 1], [1, 4])),
        (images([7, 7], [7, 7], [8, 0]), images([8, 0], [7, 7], [0, 8], [7, 7])),
        (alike, nearly),
        (alike, alike.flip(0)),
        (alike, torch.cat([nearly, alike[2:], nearly, alike[:1]])),
        (nearly.flip(0)[:5], nearly),
    ]


def many_images() -> list[Arguments]:
    """So many images of four pixels that a loop over all pairs is not through in time."""
    images = (torch.arange(12_000) ** 2 // 3 % 251).to(torch.uint8).reshape(-1, 1, 2, 2)
    return [(images[:2000], torch.cat([images[2000:], images[7:8]]))]


def more_sets(draw: Draw) -> Arguments:
    """Sets of any size, of few values or of many; some test images are twins, some differ in one pixel."""
    height, width, values = draw.whole(1, 3), draw.whole(1, 4), draw.one_of(2, 20, 256)
    train, test = draw.whole(1, 30), draw.whole(1, 30)
    pixels = draw.labels((train + test) * height * width, values).to(torch.uint8)
    images = pixels.reshape(-1, 1, height, width)
    copies = draw.labels(test, 2).bool()
    images[train:][copies] = images[draw.labels(int(copies.sum()), train)]
    near = draw.labels(test, 4) == 0
    images[train:][near, :, -1, -1] += draw.one_of(1, 16)
    return images[:train], images[train:]


def flat(images: Tensor) -> Tensor:
    return images.flatten(1)


def inside(X: Tensor, down: int, right: int) -> Tensor:
    """1 where a pixel comes from inside the image, 0 where it comes back from the other side."""
    height, width = X.shape[2:]
    rows, columns = torch.arange(height) - down, torch.arange(width) - right
    return ((rows >= 0) & (rows < height)).unsqueeze(1) & (columns >= 0) & (columns < width)


EXERCISES = {
    "06.4": Exercise(
        name="my_num_batches",
        parameters=("n", "batch_size", "drop_last"),
        solve=num_batches,
        inputs=epochs,
        draw=lambda draw: (draw.whole(1, 5000), draw.whole(1, 300), draw.one_of(False, True)),
        mistakes={
            "full": lambda n, batch_size, drop_last: n // batch_size,
            "one more": lambda n, batch_size, drop_last: n // batch_size + (not drop_last),
            "never dropped": lambda n, batch_size, drop_last: math.ceil(n / batch_size),
            "fraction": lambda n, batch_size, drop_last: n / batch_size,
            "inverted": lambda n, batch_size, drop_last: num_batches(n, batch_size, not drop_last),
        },
    ),
    "06.5": Exercise(
        name="my_read_idx",
        parameters=("content",),
        solve=read_idx,
        inputs=idx_files,
        draw=more_idx_files,
        mistakes={
            "flat": lambda content: read_idx(content).flatten(),
            "header": lambda content: torch.tensor(list(content[4:])),
            "always 16": lambda content: torch.tensor(list(content[16:])),
            "last byte": lambda content: torch.tensor(list(content[4 + 4 * content[3] :])).reshape(
                [content[7 + 4 * i] for i in range(content[3])]
            ),
        },
    ),
    "06.6": Exercise(
        name="my_class_means",
        parameters=("images", "labels"),
        solve=class_means,
        inputs=small_images,
        draw=more_images,
        mistakes={
            "sum": lambda images, labels: torch.stack([images[labels == k].double().sum(0) for k in labels.unique()]),
            "all": lambda images, labels: torch.stack([images.double().mean(0) for k in labels.unique()]),
            "one number": lambda images, labels: torch.stack(
                [images[labels == k].double().mean() for k in labels.unique()]
            ),
            "whole set": lambda images, labels: torch.stack(
                [images[labels == k].double().sum(0) / len(images) for k in labels.unique()]
            ),
            "overflow": lambda images, labels: torch.stack(
                [images[labels == k].sum(0, dtype=torch.uint8) / (labels == k).sum() for k in labels.unique()]
            ),
            "first seen": lambda images, labels: torch.stack(
                [images[labels == k].double().mean(0) for k in dict.fromkeys(labels.tolist())]
            ),
        },
    ),
    "06.11": Exercise(
        name="my_shift",
        parameters=("X", "down", "right"),
        solve=shifted,
        inputs=small_batches,
        draw=more_batches,
        examples=("X",),
        mistakes={
            "swapped": lambda X, down, right: shifted(X, right, down),
            "other way": lambda X, down, right: shifted(X, -down, -right),
            "axes": lambda X, down, right: X.roll((down, right), dims=(1, 2)),
            "no axes": lambda X, down, right: X.roll(down * X.shape[3] + right),
            "rows run on": lambda X, down, right: X.flatten(2).roll(down * X.shape[3] + right, dims=2).reshape(X.shape),
            "only down": lambda X, down, right: shifted(X, down, 0),
            "only right": lambda X, down, right: shifted(X, 0, right),
            "lost": lambda X, down, right: shifted(X, down, right) * inside(X, down, right),
        },
    ),
    "06.12": Exercise(
        name="my_twins",
        parameters=("train_images", "test_images"),
        solve=twins,
        inputs=small_sets,
        draw=more_sets,
        edges=many_images,
        seconds=3.0,
        mistakes={
            "other set": lambda train_images, test_images: twins(test_images, train_images),
            "sums": lambda train_images, test_images: [
                i for i, total in enumerate(flat(test_images).sum(1)) if total in flat(train_images).sum(1)
            ],
            "mask": lambda train_images, test_images: [
                i in twins(train_images, test_images) for i in range(len(test_images))
            ],
            "count": lambda train_images, test_images: len(twins(train_images, test_images)),
            "same place": lambda train_images, test_images: [
                i for i, (one, other) in enumerate(zip(train_images, test_images)) if torch.equal(one, other)
            ],
            "others": lambda train_images, test_images: sorted(
                set(range(len(test_images))) - set(twins(train_images, test_images))
            ),
            "anywhere": lambda train_images, test_images: [
                i for i, row in enumerate(flat(test_images)) if (flat(train_images) == row).any(1).any()
            ],
            "once": lambda train_images, test_images: sorted(
                {test_images[i].numpy().tobytes(): i for i in twins(train_images, test_images)[::-1]}.values()
            ),
        },
    ),
}
