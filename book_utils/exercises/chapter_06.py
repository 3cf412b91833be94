"""Chapter 06, the image classification data set: right answers, inputs to try, and mistakes."""

import math

import torch
from torch import Tensor

from book_utils.exercises.exercise import Arguments, Exercise


def num_batches(n: int, batch_size: int, drop_last: bool) -> int:
    """How many batches an epoch has."""
    return n // batch_size if drop_last else math.ceil(n / batch_size)


def read_idx(content: bytes) -> Tensor:
    """The tensor that the bytes of an IDX file hold."""
    axes = content[3]
    shape = [int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(axes)]
    return torch.tensor(list(content[4 + 4 * axes :]), dtype=torch.uint8).reshape(shape)


def idx_files() -> list[Arguments]:
    """A row of labels, then three small images, then 260 labels: a length that needs two bytes."""
    files = []
    for shape in ((3,), (3, 2, 4), (260,)):
        header = bytes([0, 0, 8, len(shape)]) + b"".join(length.to_bytes(4, "big") for length in shape)
        files.append((header + bytes(i % 200 for i in range(math.prod(shape))),))
    return files


def class_means(images: Tensor, labels: Tensor) -> Tensor:
    """The mean image of each class that occurs, in the order of the classes."""
    return torch.stack([images[labels == k].double().mean(0) for k in labels.unique()])


def small_images() -> list[Arguments]:
    """Images of two by two pixels, uint8, in two classes and then in three of different size."""
    return [
        (torch.tensor([[[0, 10], [20, 30]], [[100, 110], [120, 130]]], dtype=torch.uint8), torch.tensor([0, 1])),
        (torch.arange(24, dtype=torch.uint8).reshape(6, 2, 2) * 10, torch.tensor([0, 1, 0, 2, 1, 0])),
    ]


EXERCISES = {
    "06.4": Exercise(
        name="my_num_batches",
        parameters=("n", "batch_size", "drop_last"),
        solve=num_batches,
        inputs=lambda: [(100, 10, False), (60000, 256, False), (60000, 256, True), (3, 8, False), (3, 8, True)],
        mistakes={
            "full": lambda n, batch_size, drop_last: n // batch_size,
            "one more": lambda n, batch_size, drop_last: n // batch_size + (not drop_last),
            "never dropped": lambda n, batch_size, drop_last: math.ceil(n / batch_size),
            "fraction": lambda n, batch_size, drop_last: n / batch_size,
        },
    ),
    "06.5": Exercise(
        name="my_read_idx",
        parameters=("content",),
        solve=read_idx,
        inputs=idx_files,
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
        mistakes={
            "sum": lambda images, labels: torch.stack([images[labels == k].double().sum(0) for k in labels.unique()]),
            "all": lambda images, labels: torch.stack([images.double().mean(0) for k in labels.unique()]),
            "one number": lambda images, labels: torch.stack(
                [images[labels == k].double().mean() for k in labels.unique()]
            ),
            "whole set": lambda images, labels: torch.stack(
                [images[labels == k].double().sum(0) / len(images) for k in labels.unique()]
            ),
        },
    ),
}
