"""The helpers that the notebooks on linear neural networks define, build and import.

``from book_utils import train_ch3`` is how the notebooks use it; ``import book_utils as d2l`` runs code that was
written for the course's own package. Importing ``book_utils`` itself loads nothing heavy: each name brings its module
(and with it torch or matplotlib) on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for editors and type checkers; at run time __getattr__ below does the work
    from matplotlib import pyplot as plt

    from book_utils.computer import check_computer
    from book_utils.data import (
        Batches,
        data_iter,
        fashion_mnist_tensors,
        get_dataloader_workers,
        get_fashion_mnist_labels,
        load_array,
        load_data_fashion_mnist,
        synthetic_data,
    )
    from book_utils.fashion_mnist.files import dataset_in_use, fashion_mnist_root
    from book_utils.linear import cross_entropy, linreg, sgd, softmax, squared_loss
    from book_utils.metrics import Accumulator, Timer, accuracy, evaluate_accuracy, evaluate_loss, try_gpu
    from book_utils.penguins import load_penguins
    from book_utils.plotting.arrays import as_picture
    from book_utils.plotting.curves import Animator, as_curves, pair_up, plot, set_axes, set_figsize
    from book_utils.plotting.interactive import explore
    from book_utils.plotting.labels import label_lines
    from book_utils.plotting.live import LiveFigure
    from book_utils.plotting.pictures import show_images, show_network
    from book_utils.plotting.style import use_svg_display
    from book_utils.training import predict_ch3, train_ch3, train_epoch_ch3, update_parameters
    from book_utils.workers import run_workers

_HOME = {
    "book_utils.computer": ("check_computer",),
    "book_utils.data": (
        "Batches", "data_iter", "fashion_mnist_tensors", "get_dataloader_workers", "get_fashion_mnist_labels",
        "load_array", "load_data_fashion_mnist", "synthetic_data",
    ),
    "book_utils.fashion_mnist.files": ("dataset_in_use", "fashion_mnist_root"),
    "book_utils.linear": ("cross_entropy", "linreg", "sgd", "softmax", "squared_loss"),
    "book_utils.metrics": ("Accumulator", "Timer", "accuracy", "evaluate_accuracy", "evaluate_loss", "try_gpu"),
    "book_utils.penguins": ("load_penguins",),
    "book_utils.plotting.arrays": ("as_picture",),
    "book_utils.plotting.curves": ("Animator", "as_curves", "pair_up", "plot", "set_axes", "set_figsize"),
    "book_utils.plotting.interactive": ("explore",),
    "book_utils.plotting.labels": ("label_lines",),
    "book_utils.plotting.live": ("LiveFigure",),
    "book_utils.plotting.pictures": ("show_images", "show_network"),
    "book_utils.plotting.style": ("use_svg_display",),
    "book_utils.training": ("predict_ch3", "train_ch3", "train_epoch_ch3", "update_parameters"),
    "book_utils.workers": ("run_workers",),
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = ["plt", *_MODULE_OF]


def __getattr__(name: str) -> Any:
    if name == "plt":
        value = import_module("matplotlib.pyplot")
    elif name in _MODULE_OF:
        value = getattr(import_module(_MODULE_OF[name]), name)
    else:
        raise AttributeError(f"module 'book_utils' has no attribute {name!r}")
    globals()[name] = value  # the next access does not come here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
