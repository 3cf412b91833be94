"""Pictures that are no curves: sheets of images, and networks."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from matplotlib import pyplot as plt

from book_utils._guards import check_count, check_grid
from book_utils.plotting.arrays import as_picture
from book_utils.plotting.style import use_svg_display


def show_network(num_inputs: int, num_outputs: int) -> None:
    """Draw a fully-connected layer: a circle for each input and each output, a line for each weight (notebook 01).

    Raises:
        TypeError: A number is not a whole number.
        ValueError: A number is below 1.
    """
    check_count("num_inputs", num_inputs)
    check_count("num_outputs", num_outputs)
    _, ax = plt.subplots(figsize=(4, 2))
    ax.set_axis_off()
    ax.set(xlim=(-0.6, max(num_inputs, num_outputs) - 0.4), ylim=(-0.35, 1.35))
    nodes = {}
    for name, count, height in (("x", num_inputs, 0), ("o", num_outputs, 1)):
        left = (max(num_inputs, num_outputs) - count) / 2
        nodes[name] = [(left + i, height) for i in range(count)]
    for x, y in itertools.product(nodes["x"], nodes["o"]):
        ax.plot(*zip(x, y), "k-", linewidth=0.8, zorder=1)
    for name, fill in (("x", "white"), ("o", "c")):
        for i, (left, height) in enumerate(nodes[name]):
            ax.scatter(left, height, s=600, facecolor=fill, edgecolor="k", zorder=2)
            ax.text(left, height, f"${name}_{i + 1}$", ha="center", va="center", zorder=3)


def show_images(
    imgs: Sequence[Any] | torch.Tensor,
    num_rows: int,
    num_cols: int,
    titles: Sequence[str] | None = None,
    scale: float = 1.5,
) -> np.ndarray:
    """Draw images in a grid, row by row (notebook 06).

    Cells without an image stay empty; images without a cell are left out.

    Args:
        imgs: Grey images of shape (height, width) or (1, height, width), or in colour of shape (height, width, 3); as
            tensors on any device, as arrays, or as pictures of PIL's.
        num_rows: Rows of the grid.
        num_cols: Columns of the grid.
        titles: One line of text, or several, above each image. None, or no title at all, leaves them out.
        scale: Width and height of a cell in inches, its title included.

    Returns:
        The axes, in a flat array of length ``num_rows * num_cols``.

    Raises:
        TypeError: ``num_rows`` or ``num_cols`` is not a whole number.
        ValueError: One of them is below 1, or there are fewer titles than images shown.
    """
    check_grid(imgs, num_rows, num_cols, titles, scale)
    use_svg_display(once=True)
    figsize = (num_cols * scale, num_rows * scale)
    _, axes = plt.subplots(num_rows, num_cols, figsize=figsize, squeeze=False, layout="constrained")
    axes = axes.flatten()
    for ax in axes:
        ax.set_axis_off()
    for i, (ax, img) in enumerate(zip(axes, imgs)):
        ax.imshow(as_picture(img), cmap="gray")
        if titles is not None and len(titles):
            ax.set_title(titles[i])
    return axes
