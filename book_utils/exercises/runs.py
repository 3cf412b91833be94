"""Training as chapters 02 and 03 do it, on several data sets at once: what comes of a learning rate is no chance."""

from functools import cache

import numpy as np

TRUTH = (2.0, -3.4, 4.2)
"""The weights and the bias that the data come from."""

DATA_SETS, EXAMPLES, BATCH, NOISE = 16, 1000, 10, 0.01


@cache
def data_sets(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return features with a column of ones, labels, and the parameters that fit best: a row for each data set."""
    draw = np.random.default_rng(seed)
    A = np.ones((DATA_SETS, EXAMPLES, 3))
    A[:, :, :2] = draw.standard_normal((DATA_SETS, EXAMPLES, 2))
    y = A @ np.array(TRUTH)[:, None] + NOISE * draw.standard_normal((DATA_SETS, EXAMPLES, 1))
    return A, y, np.linalg.pinv(A) @ y


@cache
def batches(seed: int, epoch: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the minibatches of an epoch, in an order of its own."""
    A, y, _ = data_sets(seed)
    order = np.random.default_rng((seed, epoch)).random(A.shape[:2]).argsort(axis=1)[:, :, None]
    mixed = np.take_along_axis(A, order, axis=1), np.take_along_axis(y, order, axis=1)
    return list(zip(*(np.split(part, EXAMPLES // BATCH, axis=1) for part in mixed)))


@np.errstate(over="ignore", invalid="ignore")  # of learning rates that are too large
def trained(rates: list[float], seed: int, cap: float = np.inf) -> np.ndarray:
    """Return the parameters after an epoch with each of the learning rates.

    Args:
        rates: One for each epoch.
        seed: Of data and batches.
        cap: No error pulls with more than this: 1 makes Huber's loss of half the squared one.

    Returns:
        A column of parameters for each data set, of shape (data sets, 3, 1).
    """
    w = np.zeros((DATA_SETS, 3, 1))
    for epoch, lr in enumerate(rates):
        for features, labels in batches(seed, epoch):
            errors = np.clip(features @ w - labels, -cap, cap)
            w = w - lr / BATCH * (features.swapaxes(1, 2) @ errors)
    return w


@np.errstate(over="ignore", invalid="ignore")
def distance(w: np.ndarray, seed: int) -> float:
    """Return the root of the mean squared distance from the parameters that fit best."""
    return float(np.sqrt(((w - data_sets(seed)[2]) ** 2).sum(axis=1).mean()))


@np.errstate(over="ignore", invalid="ignore")
def squared_error(w: np.ndarray, seed: int) -> float:
    """Return the mean squared error over all data."""
    A, y, _ = data_sets(seed)
    return float(((A @ w - y) ** 2).mean())
