"""What all unit tests share: no window, no figure left over, and no title that speaks of a stand-in."""

import matplotlib
import pytest

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def no_figure_stays():
    matplotlib.rcParams["figure.hooks"] = []  # a test before, or the search for the data, may have met the stand-in
    yield
    from matplotlib import pyplot as plt

    plt.close("all")
