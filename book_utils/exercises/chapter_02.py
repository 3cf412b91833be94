"""Chapter 02, linear regression from scratch: right answers, inputs to try, and mistakes."""

import math
from typing import Any

import torch
from torch import Tensor

from book_utils.exercises import runs
from book_utils.exercises.calling import as_numbers
from book_utils.exercises.exercise import Answer, Arguments, Draw, Exercise, Unfit


def sgd_step(param: Tensor, grad: Tensor, lr: float, batch_size: int) -> Tensor:
    """The parameter after one step along the gradient of the summed loss."""
    return param - lr * grad / batch_size


def steps() -> list[Arguments]:
    """(param, grad, lr, batch_size)"""
    return [
        (torch.tensor([1.0]), torch.tensor([2.0]), 0.5, 1),
        (torch.tensor([1.0]), torch.tensor([2.0]), 0.5, 4),
        (torch.tensor([[2.0], [-3.0]]), torch.tensor([[-10.0], [20.0]]), 0.03, 10),
        (torch.tensor([[1.0, 0.5, -2.0], [3.0, 0.0, 4.0]]), torch.tensor([[5.0, -1.0, 2.0], [8.0, 3.0, -4.0]]), 0.1, 3),
        (torch.tensor([200.0, -300.0, 1.0, 0.0, 5.0, 6.0]), torch.tensor([8.0, 0.0, -6.0, 90.0, 1.0, -1.0]), 0.5, 2),
    ]


def more_steps(draw: Draw) -> Arguments:
    """Parameters of any shape, and steps that are long enough to be seen."""
    rows, columns = draw.whole(1, 5), draw.whole(1, 5)
    shape = draw.one_of((rows,), (rows, 1), (rows, columns), (rows, columns))
    return draw.normal(*shape), draw.normal(*shape, scale=300), draw.one_of(0.5, 0.1, 0.03), draw.whole(1, 64)


def epoch_loss(batch_losses: list[Tensor]) -> Tensor:
    """The mean loss per example, from one tensor of losses for each batch."""
    return torch.cat([losses.flatten() for losses in batch_losses]).mean()


def epochs() -> list[Arguments]:
    """Equal batches first, then a short last one, then one batch alone."""
    return [
        ([torch.tensor([1.0, 3.0]), torch.tensor([5.0, 7.0])],),
        ([torch.tensor([1.0, 1.0, 1.0]), torch.tensor([5.0])],),
        ([torch.tensor([[2.0], [4.0]]), torch.tensor([[9.0], [1.0]]), torch.tensor([[100.0]])],),
        ([torch.tensor([0.25, 0.0, 3.0])],),
        ([torch.tensor([float(k), 2.0]) for k in range(6)] + [torch.tensor([70.0])],),
    ]


def more_epochs(draw: Draw) -> Arguments:
    """Any number of batches of any size, in columns or not, the last one short."""
    size, column = draw.whole(2, 6), draw.one_of((), (1,))
    sizes = [size] * draw.whole(0, 4) + [draw.whole(1, size)]
    return ([draw.normal(length, *column, scale=3).abs() for length in sizes],)


EPOCHS, NEAR = 6, 0.0004
"""So many learning rates are asked for, and so near the best parameters they are to lead."""


def falling_rates() -> list[float]:
    """Large steps first, small steps last."""
    return [0.3, 0.3, 0.03, 0.03, 0.003, 0.003]


def as_rates(value: Any) -> list[float]:
    """Return the learning rates, or say why they are none."""
    rates = as_numbers(value)
    if rates is None or rates.dim() != 1 or len(rates) != EPOCHS:
        raise Unfit("six")
    if not (rates > 0).all():
        raise Unfit("negative")
    return rates.tolist()


def distance_reached(value: Any, seed: int) -> float:
    """Return how far from the best parameters these learning rates end."""
    return runs.distance(runs.trained(as_rates(value), seed), seed)


def why_not_near(value: Any, seed: int) -> str:
    """Return which mistake learning rates make that do not lead near enough."""
    rates, reached = as_rates(value), distance_reached(value, seed)
    if not reached < math.hypot(*runs.TRUTH):
        return "diverges"
    if sum(rates) < 0.1:  # an epoch of 100 steps shrinks the distance by exp(-100 lr), more or less
        return "short"
    if rates[-1] > rates[0]:
        return "rising"
    return "too large at the end" if rates[-1] > 0.01 else "late"


def noisy_data(w: Tensor, b: float, num_examples: int, noise: float) -> tuple[Tensor, Tensor]:
    """Examples of a linear model, with noise of the given standard deviation."""
    X = torch.normal(0, 1, (num_examples, len(w)))
    y = X @ w + b
    y += torch.normal(0, noise, y.shape)
    return X, y.reshape((-1, 1))


SIGMAS = 5.5
"""So many standard errors may what is measured be off by chance."""


def noise_level(result: Any, w: Tensor, b: float, num_examples: int, noise: float) -> float:
    """Return the standard deviation of the labels around the model: ``noise``, unless it is another beyond chance."""
    X, y = as_examples(result, (num_examples, len(w)))
    if not is_normal(X) or X[:, 0].unique().numel() < 0.9 * num_examples:
        raise Unfit("features")
    rest = y.flatten() - X @ w.double() - b
    level, chance = rest.std().item(), SIGMAS / math.sqrt(num_examples)
    if level < noise / 100:
        if rest.mean().abs() > noise / 100:
            raise Unfit("same")
        return 0.0
    if ((X * (rest - rest.mean()).unsqueeze(1)).mean(dim=0).abs() > chance * level).any():
        raise Unfit("dependent")
    if rest.mean().abs() > chance * level:
        raise Unfit("off")
    if not is_normal(rest.unsqueeze(1) / level):
        raise Unfit("not normal")
    return noise if abs(level / noise - 1) < chance else level


def as_examples(result: Any, shape: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Return features and labels, or say what else they are."""
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise Unfit("pair")
    X, y = map(as_numbers, result)
    if X is None or y is None:
        raise Unfit("pair")
    if X.shape != shape or y.shape != (shape[0], 1):
        shapes = {"X": tuple(X.shape), "y": tuple(y.shape), "right_X": shape, "right_y": (shape[0], 1)}
        raise Unfit("column", **shapes)
    return X, y


def is_normal(Z: Tensor) -> bool:
    """Tell whether the columns may be independent, standard normal: first, second and fourth moments, and products."""
    chance = SIGMAS / math.sqrt(len(Z))
    moments = torch.stack((Z.mean(dim=0), (Z**2).mean(dim=0) - 1, (Z**4).mean(dim=0) - 3))
    products = Z.T @ Z / len(Z) - torch.eye(Z.shape[1])
    spread = torch.tensor([[1.0], [math.sqrt(2)], [math.sqrt(96)]])  # of z, z squared and z to the fourth
    return bool((moments.abs() < chance * spread).all() and (products.abs() < 1.5 * chance).all())


def why_not_noise(result: Any, w: Tensor, b: float, num_examples: int, noise: float) -> str:
    """Return which mistake the noise of some data shows."""
    level = noise_level(result, w, b, num_examples, noise)
    if level < noise / 100:
        return "none"
    known = {"variance": noise**2, "root": math.sqrt(noise), "unchanged": 0.01}
    return next((name for name, wrong in known.items() if math.isclose(level, wrong, rel_tol=0.1)), "")


def models() -> list[Arguments]:
    """(w, b, num_examples, noise)"""
    return [
        (torch.tensor([2.0, -3.4]), 4.2, 4000, 0.5),
        (torch.tensor([-1.5]), 30.0, 3000, 2.0),
        (torch.tensor([1.0, 0.0, -2.5, 10.0]), -0.75, 3500, 0.1),
    ]


def more_models(draw: Draw) -> Arguments:
    """Any number of features, and little noise or much."""
    w = draw.normal(draw.whole(1, 5), scale=3)
    return w, draw.whole(-90, 90) / 10, draw.whole(3000, 4000), draw.whole(5, 300) / 100


def data_from(labels: Answer, features: Answer = torch.randn) -> Answer:
    """Return a wrong ``noisy_data``: ``labels(X, y, noise)`` makes of the model's values what is returned."""

    def data(w: Tensor, b: float, num_examples: int, noise: float) -> Any:
        X = features(num_examples, len(w))
        return labels(X, (X @ w + b).unsqueeze(1), noise)

    return data


EXERCISES = {
    "02.3": Exercise(
        name="my_sgd",
        entrywise=True,
        parameters=("param", "grad", "lr", "batch_size"),
        solve=sgd_step,
        inputs=steps,
        draw=more_steps,
        mistakes={
            "sign": lambda param, grad, lr, batch_size: param + lr * grad / batch_size,
            "batch size": lambda param, grad, lr, batch_size: param - lr * grad,
            "times": lambda param, grad, lr, batch_size: param - lr * grad * batch_size,
            "learning rate": lambda param, grad, lr, batch_size: param - grad / batch_size,
            "step only": lambda param, grad, lr, batch_size: -lr * grad / batch_size,
        },
    ),
    "02.4": Exercise(
        name="my_epoch_loss",
        parameters=("batch_losses",),
        solve=epoch_loss,
        inputs=epochs,
        draw=more_epochs,
        examples=("batch_losses",),
        mistakes={
            "full": lambda batches: sum(b.mean() for b in batches) / len(batches),
            "full size": lambda batches: sum(b.sum() for b in batches) / (len(batches) * len(batches[0])),
            "sum": lambda batches: sum(b.sum() for b in batches),
            "last": lambda batches: batches[-1].mean(),
        },
    ),
    "02.6": Exercise(
        name="my_rates",
        parameters=(),
        solve=falling_rates,
        value=True,
        inputs=lambda: [(0,)],
        reads=distance_reached,
        limit=NEAR,
        tells=why_not_near,
        mistakes={
            "six": lambda: [0.3, 0.03, 0.003],
            "negative": lambda: [0.3, 0.3, 0.03, 0.03, 0.003, -0.003],
            "diverges": lambda: [30.0] * EPOCHS,
            "short": lambda: [0.003] * EPOCHS,
            "rising": lambda: [0.003, 0.003, 0.03, 0.03, 0.3, 0.3],
            "too large at the end": lambda: [0.3] * EPOCHS,
            "late": lambda: [0.3] * 5 + [0.003],
        },
    ),
    "02.7": Exercise(
        name="my_data",
        parameters=("w", "b", "num_examples", "noise"),
        solve=noisy_data,
        inputs=models,
        draw=more_models,
        draws=3,
        reads=noise_level,
        tells=why_not_noise,
        seeded=True,
        mistakes={
            "variance": data_from(lambda X, y, noise: (X, y + noise**2 * torch.randn_like(y))),
            "root": data_from(lambda X, y, noise: (X, y + noise**0.5 * torch.randn_like(y))),
            "unchanged": data_from(lambda X, y, noise: (X, y + 0.01 * torch.randn_like(y))),
            "none": data_from(lambda X, y, noise: (X, y)),
            "same": data_from(lambda X, y, noise: (X, y + noise * torch.randn(1))),
            "column": data_from(lambda X, y, noise: (X, (y + noise * torch.randn_like(y)).flatten())),
            "pair": data_from(lambda X, y, noise: torch.cat((X, y + noise * torch.randn_like(y)), dim=1)),
            "features": data_from(lambda X, y, noise: (X, y + noise * torch.randn_like(y)), torch.rand),
            "off": data_from(lambda X, y, noise: (X, y + noise * torch.rand_like(y))),
            "not normal": data_from(lambda X, y, noise: (X, y + noise * (2 * torch.rand_like(y) - 1))),
            "dependent": data_from(lambda X, y, noise: (X, y + noise * X[:, :1] + noise * torch.randn_like(y))),
        },
    ),
}
