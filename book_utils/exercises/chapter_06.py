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
}
