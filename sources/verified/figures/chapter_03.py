"""What the figures of chapter 03 and of its solutions claim."""

import numpy as np

from sources.verified.figures.chapter_02 import NOISE, falls_as
from tools.meaning.drawn import Panel
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "03-linear-regression-concise", "solutions/03-linear-regression-concise"


@of(CHAPTER, "'concise, loss halved'")
def _(panel: Panel):
    """Twice the learning rate falls twice as fast; the halved loss takes the path from scratch."""
    panel.says(x="update", y="loss", scales=("linear", "log"))
    scratch, halved = panel.curve("from scratch", "blue"), panel.curve("concise, loss halved", "purple dashed")
    halved.passes(scratch.x, scratch.y)
    falls_as(scratch, 0.97**2, NOISE, within=0.05)
    falls_as(panel.curve("concise", "green dashdot"), 0.94**2, NOISE, within=0.05)
    panel.curve("", "black dotted").follows(lambda x: NOISE, over=(-99, 999))


@of(SOLUTIONS, "'never cleared'")
def _(panel: Panel):
    """One is at the noise from the second epoch on, the other ends far above where it began."""
    panel.says(x="epoch", y="loss", scales=("linear", "log"))
    cleared, piled_up = panel.curve("cleared", "blue"), panel.curve("never cleared", "red dashed")
    assert np.allclose(cleared.x, range(1, 6), atol=0.02) and np.allclose(piled_up.x, range(1, 6), atol=0.02)
    assert np.allclose(cleared.y[1:], 2 * NOISE, rtol=0.2) and cleared.y[0] < 0.01, "MSELoss does not halve"
    piled_up.rises()
    assert piled_up.y[0] > 1 and piled_up.y[4] > 100 * piled_up.y[0]


@of(SOLUTIONS, "'mean squared error'")
def _(panel: Panel, printed):
    panel.says(x="epoch", y="mean squared error", scales=("linear", "log"))
    for name, look in (("MSELoss", "blue"), ("HuberLoss", "purple dashed"), ("HuberLoss, lr 0.1", "green dashdot")):
        panel.curve(name, look).passes(range(1, 7), printed(f"{name:18}", numbers=6), within=0.01)
