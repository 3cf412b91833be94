"""What all unit tests share: no window, and no figure left over."""

import matplotlib
import pytest

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def no_figure_stays():
    yield
    from matplotlib import pyplot as plt

    plt.close("all")
