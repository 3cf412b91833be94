"""A drawn stand-in for Fashion-MNIST, for machines that cannot download the real images.

The chapters need 70,000 small grey pictures of ten kinds of clothing. Where the real ones cannot be had (no network,
a blocked host), this module draws some: the same shapes, types, classes and class order, about as hard for a linear
classifier, and no file to fetch. They are cartoons made of trapezoids, ellipses and lines, so results on them say
nothing about results on Fashion-MNIST.

The bytes are the same on every machine and under every NumPy from 1.23.5 on. Two habits make that so. Every draw comes
from ``PCG64.random_raw``, whose stream NumPy promises not to change (it makes no such promise for the methods of
``Generator``). And the arithmetic uses only the operations that IEEE 754 rounds exactly: + - * / and sqrt.

Each garment is a function of ``x`` and ``y``, the place of every pixel seen from the middle of the garment (x to the
right, y down; the largest garments reach from -13 to 13), and of ``draw(low, high)``, which gives one random number per
image. It returns the brightness of every pixel, from 0 for the ground to 1. All of these are float32 arrays that
broadcast to (images, 28, 28), so one call draws many images.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

VERSION = 1  # Raise it, and renew CHECKSUMS, whenever a byte changes.
CHECKSUMS = {  # MD5 of the files, in the IDX format
    "train-images-idx3-ubyte": "2a87ce22f314adae406ddd936ad8cc03",
    "train-labels-idx1-ubyte": "388a0bad68de6b6d8a836bd23cf4ff40",
    "t10k-images-idx3-ubyte": "3def70bd681a4aa97c749efd5b4bca39",
    "t10k-labels-idx1-ubyte": "00eecb11a0b5c47dcb821751401cfc2c",
}

SIDE = 28  # pixels
CHUNK = 250  # Images drawn at once: few enough to stay in cache. Part of the recipe: another number, other images.

GRAIN = CHUNK * SIDE * SIDE // 8  # 64-bit draws for the grain of a chunk

Array = np.ndarray
Number = Array | float
Draw = Callable[[float, float], Array]
Garment = Callable[[Array, Array, Draw], Array]


# Masks: how much of each pixel a shape covers, from 0 to 1.


def inside(distance: Array) -> Array:
    """Cover of a pixel whose centre lies ``distance`` pixels inside an edge (negative: outside): a soft step."""
    return np.clip(distance + 0.5, 0.0, 1.0)


def band(v: Array, low: Number, high: Number) -> Array:
    """The strip where the coordinate ``v`` lies between ``low`` and ``high``."""
    return inside(v - low) * inside(high - v)


def slope(v: Array, start: Number, end: Number, first: Number, last: Number) -> Array:
    """A number that goes in a straight line from ``first`` at v = start to ``last`` at v = end, level beyond."""
    return first + (last - first) * np.clip((v - start) / (end - start), 0.0, 1.0)


def from_middle(v: Array, period: Number) -> Array:
    """Cut ``v`` into stretches of length ``period``: how far each value lies from the middle of its stretch."""
    turns = v / period
    return period * np.abs(turns - np.floor(turns) - 0.5)


def ellipse(x: Array, y: Array, a: Number, b: Number) -> Array:
    """The ellipse around the origin with half axes ``a`` (across) and ``b`` (down)."""
    u, v = x / a, y / b
    least = np.minimum(a, b, dtype=np.float32)  # Of two plain floats NumPy would make a float64, and widen the rest.
    return inside((1.0 - np.sqrt(u * u + v * v)) * least)


def ring(x: Array, y: Array, a: Array, b: Array, width: float) -> Array:
    """The rim, ``width`` pixels wide, of that ellipse."""
    return ellipse(x, y, a, b) * (1.0 - ellipse(x, y, a - width, b - width))


def paint(picture: Array, mask: Array, shade: Number) -> Array:
    """Lay ``shade``, times what is already there, over ``picture`` where ``mask`` says: the ground stays black."""
    return picture * (1.0 + (shade - 1.0) * mask)


# Garments.


def top(x: Array, y: Array, half: Array, hem: Array, cuff: Array, reach: Array) -> Array:
    """What all upper garments share: a trunk of half width ``half`` down to ``hem``, and sloping shoulders.

    The two sleeves end at height ``cuff``, ``reach`` pixels further out than they begin. Measuring x from the middle
    line draws both at once.
    """
    out = np.abs(x)
    arm = slope(y, -11.0, cuff, half - 2.0, half + reach)
    sleeve = inside(slope(y, -11.0, cuff, 2.8, 2.0) - np.abs(out - arm)) * inside(cuff - y)
    trunk = inside(half - out) * inside(hem - y)
    return np.maximum(trunk, sleeve) * inside(y + 13.0 - 0.35 * out)


def t_shirt(x: Array, y: Array, draw: Draw) -> Array:
    """Short sleeves held away from the trunk, and a round neck cut out."""
    shirt = top(x, y, draw(5.0, 7.5), draw(8.0, 13.0), draw(-6.0, -2.0), draw(1.5, 4.0))
    return shirt * (1.0 - ellipse(x, y + 13.0, draw(2.5, 4.0), draw(2.0, 4.5)))


def trouser(x: Array, y: Array, draw: Draw) -> Array:
    """Two legs that part below a waistband."""
    out, waist, crotch = np.abs(x), draw(3.5, 5.5), draw(-7.0, -3.0)
    outer = slope(y, -13.0, 13.0, waist, waist + draw(0.0, 2.5))
    inner = slope(y, crotch, 13.0, -1.0, draw(1.0, 3.0))
    legs = inside(outer - out) * inside(out - inner) * band(y, -13.0, draw(10.0, 13.0))
    return paint(legs, band(y, -11.0, -10.0), 0.4)


def pullover(x: Array, y: Array, draw: Draw) -> Array:
    """Long sleeves; ribbed hem, cuffs and neckband."""
    hem, cuff, neck = draw(8.0, 13.0), draw(6.0, 11.0), draw(2.5, 4.0)
    knit = top(x, y, draw(4.5, 6.5), hem, cuff, draw(3.0, 5.0))
    knit = paint(knit, ellipse(x, y + 12.0, neck + 1.5, draw(4.0, 5.0)), 0.5)
    knit = paint(knit, inside(y - np.minimum(hem, cuff) + 2.0), 0.6)
    return knit * (1.0 - ellipse(x, y + 13.0, neck, 2.5))


def dress(x: Array, y: Array, draw: Draw) -> Array:
    """A bodice on two straps, a narrow waist, and a skirt that widens to the hem."""
    waist, narrow, hem = draw(-5.0, 0.0), draw(2.0, 4.0), draw(9.0, 13.5)
    bodice = slope(y, -8.0, waist, narrow + draw(0.5, 2.0), narrow)
    half = bodice + slope(y, waist, hem, 0.0, draw(1.5, 6.0))
    gown = inside(half - np.abs(x)) * band(y, -13.0, hem)
    gown = gown * (1.0 - ellipse(x, y + 13.0, narrow - 0.3, draw(3.0, 6.0)))
    return paint(gown, band(y, waist - 0.5, waist + 0.5), draw(0.4, 1.0))


def coat(x: Array, y: Array, draw: Draw) -> Array:
    """Long, with long sleeves; lapels, two pockets, and a front that falls open."""
    half, lapel, out = draw(5.5, 7.5), draw(-4.0, 0.0), np.abs(x)
    cloth = top(x, y, half, draw(10.0, 13.5), draw(7.0, 11.0), draw(1.5, 3.5))
    edge = slope(y, -13.0, lapel, 4.5, 0.0)
    cloth = paint(cloth, band(out, edge, edge + 1.0) * inside(lapel - y), 0.35)
    cloth = paint(cloth, band(y, 4.0, 5.0) * band(out, 2.5, half - 1.0), 0.35)
    opening = slope(y, -13.0, lapel, 2.0, 0.0) + slope(y, lapel, 13.0, 0.2, draw(0.5, 1.5))
    return cloth * (1.0 - inside(opening - out))


def sandal(x: Array, y: Array, draw: Draw) -> Array:
    """A thin sole, flat or on a heel; two broad straps over bare toes, and one around the ankle behind."""
    heel, tall = draw(0.0, 7.0), draw(4.0, 6.0)
    tread = slope(x, -4.0, 7.0, 7.0, 7.0 - heel)
    sole = band(y, tread, tread + 2.0) * inside(12.0 - np.abs(x))
    post = band(x, 12.0 - draw(2.0, 5.0), 12.0) * band(y, tread, 9.0)
    toes = ellipse(x + 5.0, y - 7.0, draw(5.0, 6.0), draw(6.0, 8.0)) * (1.0 - ellipse(x + 9.0, y - 7.0, 2.5, 4.0))
    toes = toes * (1.0 - band(x - 0.5 * y, -9.0, -7.0))
    cup = band(x, slope(y, 7.0 - heel - tall, 7.0 - heel, 9.5, 6.0), 11.5) * inside(y - 7.0 + heel + tall)
    ankle = ring(x - 7.0, y - 7.0 + heel + tall, draw(4.0, 5.0), draw(2.0, 3.0), 1.3)
    straps = np.maximum(np.maximum(toes, cup) * inside(tread - y), ankle)
    return np.maximum(straps, np.maximum(sole, post))


def shirt(x: Array, y: Array, draw: Draw) -> Array:
    """A pointed collar, a row of buttons, a rounded hem; sleeves of any length."""
    half, hem, out = draw(5.0, 7.5), draw(9.0, 13.0), np.abs(x)
    cloth = top(x, y, half, hem - slope(out, 2.0, 7.0, 0.0, 3.0), draw(-4.0, 11.0), draw(1.5, 3.5))
    cloth = paint(cloth, band(out, 0.8, 1.5) * inside(y + 8.0), 0.6)
    buttons = inside(0.7 - out) * inside(0.7 - from_middle(y + 7.0, 3.5)) * inside(y + 7.0)
    cloth = paint(cloth, buttons, 0.1)
    collar = slope(y, -13.0, -7.0, 5.0, 2.5)
    cloth = paint(cloth, band(out, collar, collar + 1.0) * inside(-7.5 - y), 0.3)
    return cloth * (1.0 - inside(slope(y, -13.0, -8.0, 2.5, -0.5) - out))


def sneaker(x: Array, y: Array, draw: Draw) -> Array:
    """Low, toe to the left; a thick pale sole, laces up the front and stripes on the side."""
    tongue, height, floor = draw(-1.0, 3.0), draw(-5.0, -2.0), draw(4.0, 5.5)
    rim = slope(x, -11.0, tongue, 2.0, height) + slope(x, tongue, tongue + 4.0, 0.0, 1.5)
    upper = inside(y - rim) * inside(12.0 - np.abs(x)) * inside(floor - y)
    laces = inside(2.5 - y + rim) * band(x, -7.0, tongue) * inside(from_middle(x + 9.0, 2.5) - 0.6)
    slant = x + 0.5 * y
    stripes = inside(y - rim - 3.0) * band(slant, 0.0, 8.0) * inside(from_middle(slant, 3.0) - 0.8)
    upper = 0.75 * paint(paint(upper, laces, 0.3), stripes, draw(0.3, 1.0))
    return np.maximum(upper, band(y, floor, floor + 3.0) * inside(12.5 - np.abs(x)))


def bag(x: Array, y: Array, draw: Draw) -> Array:
    """A box with a flap and a clasp, hanging from a handle."""
    lid, base, half = draw(-5.0, 0.0), draw(8.0, 12.0), draw(7.5, 11.0)
    box = inside(slope(y, lid, base, half - draw(0.0, 2.0), half) - np.abs(x)) * band(y, lid, base)
    flap = lid + draw(3.0, 6.0) - slope(np.abs(x), 0.0, 10.0, 0.0, 2.5)
    box = paint(box, band(y, flap, flap + 1.0), 0.35)
    box = paint(box, ellipse(x, y - flap - 0.5, 1.5, 1.5), 0.2)
    handle = ring(x, y - lid, draw(4.0, 6.5), draw(5.0, 9.0), 1.7) * inside(lid - y)
    return np.maximum(box, handle)


def ankle_boot(x: Array, y: Array, draw: Draw) -> Array:
    """A shaft above a foot that points left; a dark sole and a heel."""
    front, instep, heel = draw(-2.0, 3.0), draw(-1.0, 2.0), draw(1.5, 4.0)
    rim = slope(x, -12.0, front - 2.0, 5.0, instep) + slope(x, front - 2.0, front + 0.5, 0.0, -12.0 - instep)
    boot = inside(y - rim) * band(x, -12.0, slope(y, -12.0, 8.0, draw(8.5, 10.5), 11.0)) * inside(11.0 - y)
    arch = inside(y - 11.0 + heel) * band(x, -2.0, 11.0 - draw(3.0, 6.0))
    boot = paint(boot, inside(y - 9.5), 0.5) * (1.0 - arch)
    return paint(boot, band(x - 0.3 * y, front + 2.0, front + 3.5) * inside(3.0 - y), draw(0.4, 1.0))


GARMENTS = (t_shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle_boot)


def texture(x: Array, y: Array, draw: Draw) -> Array:
    """A pattern to multiply a picture by: stripes or folds at a random angle, from none to strong, in [0.6, 1]."""
    across = draw(-1.0, 1.0)
    way, period = x * across + y * (1.0 - np.abs(across)), draw(2.5, 8.0)
    return 1.0 - np.maximum(draw(-0.8, 0.8), 0.0) * from_middle(way + draw(0.0, 8.0), period) / period


def draw_chunk(garment: Garment, raw: Array) -> Array:
    """CHUNK pictures of one garment, uint8 of shape (CHUNK, 28, 28), from the random bits that ``bits_for`` counts."""
    rows = iter(raw[:-GRAIN].reshape(-1, CHUNK))

    def draw(low: float, high: float) -> Array:
        # The upper 24 of 64 random bits, since float32 holds every 24-bit integer exactly.
        whole = (next(rows) >> np.uint64(40)).astype(np.float32).reshape(-1, 1, 1)
        return low + (high - low) * (whole / 16777216.0)

    picture = draw_picture(garment, draw)
    # Eight pixels of grain from each 64-bit draw, in the same byte order on every machine.
    grain = raw[-GRAIN:].astype("<u8").view(np.uint8).reshape(CHUNK, SIDE, SIDE)
    return (picture * (255.0 - 0.2 * grain.astype(np.float32)) + 0.5).astype(np.uint8)


def draw_picture(garment: Garment, draw: Draw) -> Array:
    """The garment somewhere near the middle, leaning a little, of any size, pattern and brightness."""
    grid = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2
    down = grid.reshape(1, SIDE, 1) - draw(-2.5, 2.5)
    across = grid.reshape(1, 1, SIDE) - draw(-3.0, 3.0) + draw(-0.15, 0.15) * down
    picture = garment(across / draw(0.7, 1.05), down / draw(0.7, 1.0), draw)
    return picture * texture(across, down, draw) * draw(0.45, 1.0)


def bits_for(garment: Garment) -> int:
    """How many 64-bit draws a chunk of this garment takes: CHUNK for each number it draws, and the grain."""
    drawn = []

    def draw(low: float, high: float) -> Array:
        drawn.append(low)
        return np.full((1, 1, 1), (low + high) / 2, np.float32)

    draw_picture(garment, draw)
    return len(drawn) * CHUNK + GRAIN


def draw_split(train: bool) -> tuple[Array, Array]:
    """Draw the training or the test images.

    Returns images, uint8 of shape (n, 28, 28), and labels, uint8 of shape (n,), with n = 60,000 for training and
    10,000 for testing: as many of each class, in shuffled order, from seeds of their own.
    """
    n = 60_000 if train else 10_000
    bits = np.random.PCG64(2017 if train else 2018)
    places = np.argsort(bits.random_raw(n), kind="stable").reshape(len(GARMENTS), -1, CHUNK)
    images, labels = np.empty((n, SIDE, SIDE), np.uint8), np.empty(n, np.uint8)

    def fill(place: Array, garment: Garment, raw: Array) -> None:
        images[place] = draw_chunk(garment, raw)

    # The random bits are taken here, in order; the rest is NumPy's arithmetic, which threads share out among the cores.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for label, (garment, chunks) in enumerate(zip(GARMENTS, places)):
            needed = bits_for(garment)
            for done in [threads.submit(fill, place, garment, bits.random_raw(needed)) for place in chunks]:
                done.result()
            labels[chunks] = label
    return images, labels
