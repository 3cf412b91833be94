"""Search for settings: learning rate, batch size and number of epochs of chapter 08, judged by held-out images.

    python -m book_utils.search --rounds 4 --jobs 2
    python -m book_utils.search --rounds 8 --jobs 2 --storage search.log    goes on where it was ended, or killed

It needs Optuna: ``pip install optuna``. Optuna proposes eight settings at a time, by what is known of the rounds before
(T. Akiba and others, Optuna: a next-generation hyperparameter optimization framework, KDD 2019), and they are tried
side by side, each in one process and one thread. So it finds the same however many processes there are, and whichever
ends first. The test set is not read: the last 10,000 training images are held out.
"""

import argparse
import functools
import math
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from book_utils.data import Batches, fashion_mnist_tensors
from book_utils.fashion_mnist.files import dataset_in_use
from book_utils.linear import sgd
from book_utils.metrics import evaluate_accuracy
from book_utils.training import train_epoch_ch3

HELD_OUT = 10_000
ROUND = 8
"""How many settings are proposed before any of them is tried."""


@dataclass(frozen=True)
class Task:
    """What decides, beside the settings, how good these are.

    Attributes:
        seed: Of the proposals; and, with those that follow, of the first weights and the orders of the images.
        seeds: With how many seeds each setting is tried; what counts is the mean.
        images: How many images to learn from, of 50,000.
        most_epochs: The largest number of epochs that is proposed.
    """

    seed: int = 0
    seeds: int = 1
    images: int = 50_000
    most_epochs: int = 20


def search(task: Task, rounds: int, jobs: int = 1, storage: Path | None = None) -> list[tuple[dict[str, Any], float]]:
    """Return the settings that were tried and the accuracy of each on the held-out images, in the order of proposal.

    Args:
        task: What is to be found out.
        rounds: How many rounds of eight settings, those in the storage included.
        jobs: In how many processes.
        storage: A file that keeps what is known after each round.

    Raises:
        RuntimeError: The file belongs to another search.
    """
    study = open_study(task, storage)
    with runner(jobs) as run:
        for number in range(rounds):
            propose(study, task, (number + 1) * ROUND)
            waiting = [trial for trial in study.trials[: (number + 1) * ROUND] if not trial.state.is_finished()]
            for trial, value in zip(waiting, run(functools.partial(judge, task), [each.params for each in waiting])):
                study.tell(trial.number, value)
    return [(trial.params, trial.value) for trial in study.trials[: rounds * ROUND]]


def open_study(task: Task, storage: Path | None) -> Any:
    """Return Optuna's record of a search: a new one, or that in a file."""
    import optuna
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    place = None
    if storage:
        # A lock by opening a file, and not by a link, which Windows may refuse.
        place = optuna.storages.JournalStorage(JournalFileBackend(str(storage), JournalFileOpenLock(str(storage))))
    study = optuna.create_study(storage=place, study_name="settings", direction="maximize", load_if_exists=True)
    ours = {**asdict(task), "the data set": dataset_in_use()}
    theirs = study.user_attrs.get("task", ours)
    if theirs != ours:
        raise RuntimeError(f"{storage} belongs to a search with {theirs}, and this is {ours}: name another --storage")
    study.set_user_attr("task", ours)
    return study


def propose(study: Any, task: Task, count: int) -> None:
    """Let Optuna propose settings until there are so many. Each has a seed of its own, whenever it is asked for."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
    from optuna.samplers import TPESampler

    choices = {
        "lr": FloatDistribution(0.01, 1.0, log=True),
        "batch_size": CategoricalDistribution((32, 64, 128, 256, 512, 1024)),
        "epochs": IntDistribution(1, task.most_epochs),
    }
    for number in range(len(study.trials), count):
        study.sampler = TPESampler(n_startup_trials=ROUND, seed=task.seed * 1_000_003 + number)
        study.ask(choices)


@functools.cache
def parts(images: int) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Return the images to learn from and the held-out ones, with their labels."""
    X, y = fashion_mnist_tensors(train=True)
    count = min(images, len(y) - HELD_OUT)
    return (X[:count], y[:count]), (X[-HELD_OUT:], y[-HELD_OUT:])


def judge(task: Task, settings: dict[str, Any]) -> float:
    """Train with these settings; return the accuracy on the held-out images, the mean over the seeds."""
    learn_from, held_out = parts(task.images)
    accuracies = []
    for seed in range(task.seed, task.seed + task.seeds):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
            nn.init.normal_(net[1].weight, std=0.01)  # type: ignore[arg-type]
            nn.init.zeros_(net[1].bias)  # type: ignore[arg-type]
            update = functools.partial(sgd, [*net.parameters()], settings["lr"])
            batches = Batches(*learn_from, settings["batch_size"], shuffle=True)
            for _ in range(settings["epochs"]):
                train_epoch_ch3(net, batches, nn.CrossEntropyLoss(reduction="none"), update)
        accuracies.append(evaluate_accuracy(net, Batches(*held_out, 1024)))
    return sum(accuracies) / len(accuracies)


@contextmanager
def runner(jobs: int) -> Iterator[Any]:
    """Give something like ``map``: in this process, or in several others. Each computes in one thread."""
    if jobs == 1:
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield map
        finally:
            torch.set_num_threads(before)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=torch.set_num_threads, initargs=(1,)) as pool:
        try:
            yield pool.map
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def report(found: Sequence[tuple[dict[str, Any], float]]) -> str:
    """Say which settings were best, and how much chance there is in it."""
    best = sorted(found, key=lambda each: -each[1])
    lines = [f"{'accuracy':>8} {'lr':>7} {'batch':>6} {'epochs':>6}"]
    for settings, accuracy in best[:5]:
        lines.append(f"{accuracy:8.4f} {settings['lr']:7.3f} {settings['batch_size']:6} {settings['epochs']:6}")
    top = best[0][1]
    error = math.sqrt(top * (1 - top) / HELD_OUT)
    close = sum(top - accuracy < error for _, accuracy in best)
    lines.append(f"{len(found)} settings were tried; {close} are within one standard error ({error:.4f}) of the best.")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Search as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m book_utils.search", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default, what in (
        ("rounds", 4, f"of {ROUND} settings each"),
        ("jobs", 1, "processes side by side"),
        ("seeds", Task.seeds, "trainings with each setting, whose mean counts"),
        ("images", Task.images, "to learn from, of 50,000"),
        ("most-epochs", Task.most_epochs, "the largest number of epochs"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{what} ({default})")
    parser.add_argument("--seed", type=int, default=Task.seed, help=f"of proposals and trainings ({Task.seed})")
    parser.add_argument("--storage", type=Path, metavar="FILE", help="keeps what is known; the search goes on from it")
    said = parser.parse_args(arguments)
    for name in ("rounds", "jobs", "seeds", "images", "most_epochs"):
        if getattr(said, name) < 1:
            parser.error(f"--{name.replace('_', '-')} must be at least 1, not {getattr(said, name)}")
    task = Task(said.seed, said.seeds, said.images, said.most_epochs)
    try:
        print(report(search(task, said.rounds, said.jobs, said.storage)))
    except ModuleNotFoundError as error:
        print(f"book_utils.search needs Optuna ({error}): pip install optuna", file=sys.stderr)
        return 1
    except RuntimeError as error:
        print(f"book_utils.search: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
