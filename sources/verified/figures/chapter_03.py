"""What the figures of chapter 03 and of its solutions claim."""

import numpy as np
import torch

from sources.verified.figures.chapter_02 import NOISE, falls_as
from tools.meaning.drawn import Panel
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "03-linear-regression-concise", "solutions/03-linear-regression-concise"


@of(CHAPTER, "'concise, loss halved'")
def _(panel: Panel):
    """Twice the learning rate falls twice as fast; the halved loss takes the path from scratch."""
    title = "Without the half, the loss falls twice as fast"
    panel.says(title, x="update", y="loss", scales=("linear", "log"))
    (words,) = panel.texts
    assert panel.words() == ["noise floor"] and 0 < words.up - panel.y.parts(NOISE) < 0.1
    scratch, halved = panel.curve("from scratch", "broad blue"), panel.curve("concise, loss halved", "blue")
    halved.passes(scratch.x, scratch.y)
    falls_as(scratch, 0.97**2, NOISE, within=0.05)
    falls_as(panel.curve("concise", "blue dashed"), 0.94**2, NOISE, within=0.05)
    panel.curve("", "black dotted").follows(lambda x: NOISE, over=(-99, 999))


@of(CHAPTER, "'Degree 1: too stiff'")
def _(*panels: Panel):
    """The same 15 points and 100 new ones, and the polynomials of three degrees that fit the 15 best."""
    torch.manual_seed(5)
    x = (2 * torch.rand(115) - 1).numpy()
    y = np.sin(3 * x) + torch.normal(0, 0.2, (115,)).numpy()
    titles = {1: "Degree 1: too stiff", 3: "Degree 3: fits", 9: "Degree 9: too much"}
    for panel, (degree, title) in zip(panels, titles.items(), strict=True):
        panel.says(title, x="$x$", y="$y$" if degree == 1 else "")
        panel.curve("", "black points").passes(x[:15], y[:15])
        panel.curve("", "green points").passes(x[15:], y[15:])
        best = np.polynomial.Polynomial.fit(x[:15], y[:15], degree)
        panel.curve("", "cyan").follows(best, over=(-1, 1), within=0.02)


@of(SOLUTIONS, "'never cleared'")
def _(panel: Panel):
    """One is at the noise from the second epoch on, the other ends far above where it began."""
    title = "Gradients that are never cleared make the loss grow"
    panel.says(title, x="epoch", y="loss", scales=("linear", "log"))
    cleared, piled_up = panel.curve("cleared", "blue"), panel.curve("never cleared", "red dashed")
    assert np.allclose(cleared.x, range(1, 6), atol=0.02) and np.allclose(piled_up.x, range(1, 6), atol=0.02)
    assert np.allclose(cleared.y[1:], 2 * NOISE, rtol=0.2) and cleared.y[0] < 0.01, "MSELoss does not halve"
    piled_up.rises()
    assert piled_up.y[0] > 1 and piled_up.y[4] > 100 * piled_up.y[0]


@of(SOLUTIONS, "'mean squared error'")
def _(panel: Panel, printed):
    title = "Huber's loss wants a larger learning rate"
    panel.says(title, x="epoch", y="mean squared error", scales=("linear", "log"))
    for name, look in (("MSELoss", "blue"), ("HuberLoss", "blue dashed"), ("HuberLoss, lr 0.1", "blue dashdot")):
        panel.curve(name, look).passes(range(1, 7), printed(f"{name:18}", numbers=6), within=0.01)
