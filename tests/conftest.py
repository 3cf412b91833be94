"""What all unit tests share: English, no window, no figure left over, and no title that speaks of a stand-in."""

import os

import matplotlib
import pytest

matplotlib.use("agg")
os.environ["BOOK_UTILS_LANGUAGE"] = "en"  # what readers are told, wherever the tests run


@pytest.fixture(autouse=True)
def no_figure_stays():
    matplotlib.rcParams["figure.hooks"] = []  # a test before, or the search for the data, may have met the stand-in
    yield
    from matplotlib import pyplot as plt

    plt.close("all")
