"""What the figures of chapter 02 and of its solutions claim."""

import math
from functools import cache

import numpy as np
import torch

from book_utils import load_penguins, synthetic_data
from tools.meaning.drawn import Panel
from tools.meaning.figures import of

CHAPTER, SOLUTIONS = "02-linear-regression-scratch", "solutions/02-linear-regression-scratch"
NOISE = 0.01**2 / 2  # the mean loss of the true parameters


@cache
def examples():
    """Return the chapter's features and labels, and the lowest loss on them."""
    torch.manual_seed(0)
    X, y = synthetic_data(torch.tensor([2, -3.4]), 4.2, 1000)
    X1 = torch.cat((X, torch.ones(1000, 1)), dim=1).double()
    residual = X1 @ torch.linalg.lstsq(X1, y.double()).solution - y
    return X.numpy(), y.flatten().numpy(), residual.square().mean().item() / 2


def seen_from(azimuth: float, elevation: float, x, y, z):
    """Return across and up, without a scale, of points seen from far away in this direction; labels are a sixth."""
    z = z / 6
    turn, rise = math.radians(azimuth), math.radians(elevation)
    toward = math.cos(turn) * x + math.sin(turn) * y
    return math.cos(turn) * y - math.sin(turn) * x, math.cos(rise) * z - math.sin(rise) * toward


@of(CHAPTER, "show_plane(left")
def _(left: Panel, right: Panel):
    """The examples and the net of the plane, each seen from a side; from its edge the plane is a line."""
    X, y, _ = examples()
    left.says("The examples lie on a plane")
    right.says("Seen from its edge: a line")
    for panel, azimuth, elevation in ((left, 70, 25), (right, 30.5, 0)):
        points = panel.curve("", "black points")
        assert len(points.up) == 1000
        across, up = seen_from(azimuth, elevation, X[:, 0], X[:, 1], y)
        fit = [np.polyfit(a, b, 1, full=True) for a, b in ((across, points.across), (up, points.up))]
        assert max(float(residual[0]) for _, residual, *_ in fit) < 1e-4, "the points are not those of this side"
        net = panel.curves("", "cyan")
        assert [len(line.up) for line in net] == [8] * 16
        corner = seen_from(azimuth, elevation, -3.5, -3.5, 2 * -3.5 - 3.4 * -3.5 + 4.2)
        there = [np.polyval(line, at) for (line, *_), at in zip(fit, corner)]
        assert np.allclose((net[0].across[0], net[0].up[0]), there, atol=0.01), "the net is not the plane's"
        assert len(panel.curves("", "grey")) == 3 and panel.words() == ["$x_1$", "$x_2$", "label"]
    edge = right.curve("", "black points")
    assert np.ptp(edge.up - np.polyval(np.polyfit(edge.across, edge.up, 1), edge.across)) < 0.01, "it is no line"


def falls_as(curve, share: float, floor: float, within: float = 0.03):
    """Claim that of a loss a share is left after each update, until it comes to its floor; on a logarithmic axis."""
    start = curve.y[0]
    curve.follows(lambda t: (start - floor) * share ** (t - 1) + floor, over=(1, len(curve.x)), within=within)


@of(CHAPTER, "plot(range(1, 301), tens")
def _(panel: Panel):
    """Each update of learning rate 0.03 leaves 0.97 squared, down to the lowest loss there is."""
    lowest = examples()[2]
    title = "Each update takes away the same share, down to the floor"
    panel.says(title, x="update", y="loss", scales=("linear", "log"))
    (words,) = panel.texts
    assert panel.words() == ["lowest possible loss"] and 0 < words.up - panel.y.parts(lowest) < 0.1
    curve = panel.curve("", "blue")
    assert len(curve.x) == 300
    falls_as(curve, 0.97**2, lowest, within=0.05)
    panel.curve("", "black dashed").follows(lambda x: lowest, over=(-99, 999))


@of(CHAPTER, "plt.title('Too small crawls")
def _(panel: Panel):
    """Of four rates one crawls, one arrives, one trembles above the floor, and one leaves the picture."""
    lowest = examples()[2]
    title = "Too small crawls, too large trembles or explodes"
    panel.says(title, x="update", y="loss", scales=("linear", "log"))
    small, good = panel.curve("too small: 0.003", "blue"), panel.curve("good: 0.3", "blue dashed")
    large, wild = panel.curve("too large: 1.5", "blue dashdot"), panel.curve("diverging: 2", "red dotted")
    falls_as(small, 0.997**2, lowest, within=0.02)
    assert good.y[24] < 2 * lowest and max(good.y[30:]) < 2 * lowest, "0.3 arrives, and stays"
    assert max(large.y[:20]) > 100 and min(large.y[30:]) > lowest and 5 < large.y[-50:].mean() / lowest < 20
    assert len(wild.x) == 24 and wild.y[-1] > 1e6 > wild.y[0], "2 leaves the picture"
    panel.curve("", "black dotted").follows(lambda x: lowest, over=(1, 300))


@cache
def birds():
    """Return X'X/n and the lowest point, both in grams and millimetres, and the standard deviations."""
    bill, flipper, mass = load_penguins("bill_depth_mm", "flipper_length_mm", "body_mass_g")
    torch.manual_seed(0)
    train = torch.randperm(342)[:242]
    X, y = torch.stack((bill, flipper), dim=1)[train].double(), mass[train].double()
    X, std = X - X.mean(0), X.std(0)
    return (X.T @ X / 242).numpy(), torch.linalg.lstsq(X, y - y.mean()).solution.numpy(), std.numpy()


def bowl(panel: Panel, H, lowest, start, rate: float, steps: int):
    """Claim lines of equal height around the lowest point, and the path of gradient descent."""
    panel.curve("", "black marks").passes([lowest[0]], [lowest[1]])
    height = lambda x, y: np.einsum("in,ij,jn->n", way := np.array([x - lowest[0], y - lowest[1]]), H, way)  # noqa: E731
    outermost = (start - lowest) @ H @ (start - lowest)
    for ring, size in zip(panel.curves("", "grey"), (0.1, 0.25, 0.5, 0.75, 1), strict=True):
        inside = (abs(ring.across - 0.5) < 0.49) & (abs(ring.up - 0.5) < 0.49)  # elsewhere cut by the axes
        assert np.allclose(np.sqrt(height(ring.x, ring.y)[inside] / outermost), size, atol=0.02), f"{size} of the start"
    ways = [start - lowest]
    for _ in range(steps):
        ways.append(ways[-1] - rate * H @ ways[-1])
    panel.curve("", "yellow with points").passes(*(lowest + np.array(ways)).T, within=0.01)


@of(CHAPTER, "draw_bowl(left, H_mm")
def _(left: Panel, right: Panel):
    """The same descent in millimetres and standardised."""
    left.says("Millimetres: 60 steps, not there", x="bill weight (g/mm)", y="flipper weight (g/mm)")
    right.says("Standardised: 10, there", x="bill weight (g)", y="flipper weight (g)")
    H, lowest, std = birds()
    bowl(left, H, lowest, np.array([-200.0, 0.0]), 0.0094, 60)
    bowl(right, H / np.outer(std, std), lowest * std, np.array([-200.0, 0.0]) * std, 1.0, 10)


@of(CHAPTER, "plt.title('New birds profit")
def _(panel: Panel, printed):
    """Both errors fall and end where the chapter prints."""
    panel.says("New birds profit as much", x="epoch", y="error (g)")
    train, held_out = panel.curve("training birds", "blue"), panel.curve("held-out birds", "green dashed")
    for curve, end in zip((train, held_out), printed("sgd          training", numbers=2)):
        assert np.allclose(curve.x, range(1, 21), atol=0.1) and abs(curve.y[-1] - end) < 5
        assert curve.y[0] > 2000 and (np.diff(curve.y[:6]) < 0).all(), f"{curve}: does not fall"


@of(
    CHAPTER,
    "explore(draw_valley",
    moved=[
        {"stretch": stretch, "angle": angle, "learning_rate": rate}
        for stretch, angle, rate in ((1.0, 0, 0.5), (8.0, 45, 1.9), (2.0, 90, 1.0))
    ],
)
def _(left: Panel, right: Panel, stretch, angle, learning_rate):
    """A valley of this stretch and angle, the path down from its slope, and the height after each step."""
    left.says(f"stretch {stretch:.1f}, angle {angle}°", x="first weight", y="second weight")
    right.says(f"learning rate {learning_rate:.2f}", x="step", y="height", scales=("linear", "log"))
    turn = math.radians(angle)
    axes = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    bowl(left, axes @ np.diag([stretch**-2, 1.0]) @ axes.T, np.zeros(2), axes @ [-2.5, 1.0], learning_rate, 60)
    along, across = 1 - learning_rate * stretch**-2, 1 - learning_rate
    right.curve("", "blue").follows(
        lambda k: (along ** (2 * k) * (2.5 / stretch) ** 2 + (across**2) ** k) / 2, over=(0, 60), within=0.01
    )


@of(SOLUTIONS, "'distance from the closed form', yscale")
def _(panel: Panel, printed):
    """The falling rate ends lowest, the smallest one is still far off."""
    title = "Large steps first, small steps last"
    panel.says(title, x="update", y="distance from the closed form", scales=("linear", "log"))
    looks = {"0.3 throughout": "blue", "0.3, then less": "blue dashed", "0.003 throughout": "blue dashdot"}
    for name, look in looks.items():
        curve = panel.curve(name, look)
        assert (
            len(curve.x) == 600
            and abs(curve.y[-50:].mean() / printed(f"{name:16}  last 50 updates on average")[0] - 1) < 0.1
        )
