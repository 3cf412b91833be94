"""What the figures of chapter 02 and of its solutions claim."""

import numpy as np

from tools.meaning.drawn import Panel
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "02-linear-regression-scratch", "solutions/02-linear-regression-scratch"
NOISE = 0.01**2 / 2  # the mean loss of the true parameters


def dots(panel: Panel):
    return panel.curve("", "black points")


@of(CHAPTER, "'k.', markersize=2")
def _(left: Panel, right: Panel):
    """1,000 points each; read off again, the labels are 2 x_1 - 3.4 x_2 + 4.2."""
    left.says("Labels rise with the first feature", x="feature $x_1$", y="label")
    right.says("and fall with the second", x="feature $x_2$")
    first, second = dots(left), dots(right)
    assert len(first.y) == len(second.y) == 1000 and np.allclose(first.up, second.up, atol=1e-4)
    assert np.abs(2 * first.x - 3.4 * second.x + 4.2 - first.y).max() < 0.1


def falls_as(curve, share: float, floor: float, within: float = 0.03):
    """Claim that of a loss a share is left after each update, until it comes to its floor; on a logarithmic axis."""
    start = curve.y[0]
    curve.follows(lambda t: (start - floor) * share ** (t - 1) + floor, over=(1, len(curve.x)), within=within)


@of(CHAPTER, "plot(range(1, 301), tens")
def _(panel: Panel):
    """Each update of learning rate 0.03 leaves 0.97 squared, down to the loss of the noise."""
    title = "Each update takes away the same share, down to the floor"
    panel.says(title, x="update", y="loss", scales=("linear", "log"))
    (words,) = panel.texts
    assert panel.words() == ["noise floor"] and 0 < words.up - panel.y.parts(NOISE) < 0.1
    curve = panel.curve("", "blue")
    assert len(curve.x) == 300
    falls_as(curve, 0.97**2, NOISE, within=0.05)
    panel.curve("", "black dashed").follows(lambda x: NOISE, over=(-99, 999))


@of(
    CHAPTER,
    "explore(draw_path",
    moved=[{"learning_rate": rate, "batch_size": size} for rate, size in ((0.01, 1), (0.3, 100), (0.8, 20))],
)
def _(left: Panel, right: Panel, learning_rate, batch_size):
    """Circles around the true weights; the height is half the squared distance from them."""
    left.says(x="first weight", y="second weight")
    right.says(
        title=f"learning rate {learning_rate:.2f}, batch size {batch_size}",
        x="update",
        y="height",
        scales=("linear", "log"),
    )
    for circle, radius in zip(left.curves("", "grey"), (0.5, 1, 2, 3, 4), strict=True):
        assert np.abs(np.hypot(circle.x - 2, circle.y + 3.4) - radius).max() < 0.01
    left.curve("", "black marks").passes([2], [-3.4])
    assert left.words() == ["true weights", "start", "equal height"]
    path, height = left.curve("", "yellow with points"), right.curve("", "blue")
    assert np.allclose((path.x[0], path.y[0]), 0, atol=0.02), "the path begins at 0"
    at = np.rint(height.x).astype(int)
    seen = (np.abs(height.x - at) < 0.1) & (height.up > 0.002)  # without the points where the axes cut the line
    assert set(at) == set(range(61)), "there is a height for each update"
    distance = np.hypot(path.x - 2, path.y + 3.4) ** 2 / 2
    assert len(path.x) == 61, "the path leaves the axes"
    far = distance > 0.01  # nearer, the path cannot be read exactly enough
    assert np.abs(distance[at] / height.y - 1)[far[at] & seen].max() < 0.1, "the height is not that of the path"
    fastest = np.log(abs(1 - learning_rate)) * 2 * 60 if learning_rate < 1 else -np.inf
    assert fastest <= np.log(height.y[-1] / height.y[0]) + 5, "the height falls faster than it can"


@of(SOLUTIONS, "'loss on all examples'")
def _(panel: Panel, printed):
    title = "Too small a rate crawls, too large a one explodes"
    panel.says(title, x="update", y="loss on all examples", scales=("linear", "log"))
    looks = {0.003: "blue", 0.03: "blue dashed", 0.3: "blue dashdot"}
    for rate, look in looks.items():
        curve, (_, last) = (
            panel.curve(f"learning rate {rate}", look),
            printed(f"learning rate {rate}: after", numbers=2),
        )
        assert len(curve.x) == 200 and abs(curve.y[-1] / last - 1) < 0.1, f"{curve}: ends at {curve.y[-1]}, not {last}"
        falls_as(curve, (1 - rate) ** 2, NOISE, within=0.01 if rate < 0.3 else 0.15)
    panel.curve("learning rate 3", "red dotted").rises()
