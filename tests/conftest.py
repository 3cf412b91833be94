"""What all unit tests share: English, no window, no figure left over, and no title that speaks of a stand-in."""

import os

import matplotlib
import pytest

matplotlib.use("agg")
os.environ["BOOK_UTILS_LANGUAGE"] = "en"  # what readers are told, wherever the tests run


@pytest.fixture(autouse=True)
def no_figure_stays(monkeypatch):
    # A test before, or the search for the data, may have met the stand-in.
    monkeypatch.setattr("book_utils._notebook._standin_said", False)
    matplotlib.rcParams["figure.hooks"] = []
    yield
    from matplotlib import pyplot as plt

    plt.close("all")


@pytest.fixture
def server():
    """Run a server on this machine that has a small data set, and serves it well or badly."""
    from small import serving

    with serving() as running:
        yield running


@pytest.fixture
def world(monkeypatch, tmp_path, server):
    """Return a reader's machine where the small data set stands for the real one."""
    from small import World

    from book_utils.fashion_mnist import files

    yield World(monkeypatch, tmp_path, server)
    files._resolve.cache_clear()
