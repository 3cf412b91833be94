"""The program of chapter 08 on one process or on many: softmax regression on Fashion-MNIST, with its data divided.

    python -m book_utils.train --epochs 10
    torchrun --standalone --nproc-per-node 2 -m book_utils.train --epochs 10
    torchrun --standalone --nproc-per-node 2 --max-restarts 3 -m book_utils.train --checkpoint run.pt

Every process holds all images and takes its share of each minibatch. ``DistributedDataParallel`` averages the
gradients, so that the model takes the step which one process would have taken with the whole minibatch (S. Li and
others, PyTorch Distributed: experiences on accelerating data parallel training, VLDB 2020). The order of the images
depends on the seed and the epoch alone: the curve is the same however many processes there are.

On several nodes start it on each of them, with the same address of the first (``--rdzv-endpoint``), and with
TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1: else processes that are started again look for each other at their old addresses.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

from book_utils import data as images_and_labels
from book_utils.fashion_mnist.files import dataset_in_use

Metrics = tuple[float, float, float]
"""Of an epoch: the mean loss in training, the accuracy in training, the accuracy on the test set."""


@dataclass(frozen=True)
class Settings:
    """What decides the curve, and must be the same on all processes."""

    batch_size: int
    lr: float
    seed: int


@dataclass(frozen=True)
class Workers:
    """The processes that train together, and this one among them.

    Attributes:
        rank: The number of this process; 0 prints, saves and draws.
        size: How many there are.
        device: Where this one computes.
    """

    rank: int
    size: int
    device: torch.device

    def share(self, batch: Tensor) -> Tensor:
        """Return this process's part of a minibatch of indices. Shares differ by one image at most."""
        return batch[self.rank :: self.size]

    def total(self, numbers: Tensor) -> Tensor:
        """Return the sum of the numbers over all processes; they are changed in place."""
        if dist.is_initialized():
            dist.all_reduce(numbers)
        return numbers

    def compare(self, own: dict[str, str]) -> None:
        """Raise a RuntimeError, on all processes alike, unless all say the same of themselves."""
        if self.size == 1:
            return
        all_say: list[Any] = [None] * self.size
        dist.all_gather_object(all_say, own)
        wrong = [
            f"{name} is {theirs[name]} on process {rank} and {all_say[0][name]} on process 0"
            for rank, theirs in enumerate(all_say)
            for name in own
            if theirs[name] != all_say[0][name]
        ]
        if wrong:
            raise RuntimeError("these processes cannot train one model: " + "; ".join(wrong))


@contextmanager
def workers(device: str, timeout: float) -> Iterator[Workers]:
    """Join the processes that torchrun has started, if it has, were it only this one.

    Args:
        device: ``"cpu"``, ``"cuda"``, or ``"auto"`` for a GPU of its own where there is one.
        timeout: Seconds after which a process gives up waiting for the others, with an error.
    """
    size, local = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("LOCAL_RANK", "0"))
    here = torch.device("cuda", local) if device != "cpu" and local < torch.cuda.device_count() else torch.device("cpu")
    if device == "cuda" and here.type == "cpu":
        raise RuntimeError(f"there is no GPU for process {local} of this machine: --device cpu, or fewer processes")
    if here.type == "cuda":
        torch.cuda.set_device(here)
    if "RANK" not in os.environ:
        yield Workers(0, 1, here)
        return
    backend, patience = "nccl" if here.type == "cuda" else "gloo", timedelta(seconds=timeout)
    store, rank, _ = next(rendezvous("env://", timeout=patience))
    # The store outlives processes that are started again, which would look for each other at their old addresses.
    attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0") if os.environ.get("GROUP_WORLD_SIZE") == "1" else ""
    store = dist.PrefixStore(f"attempt {attempt}", store)  # type: ignore[attr-defined]
    dist.init_process_group(backend, store=store, rank=rank, world_size=size, timeout=patience)
    try:
        yield Workers(dist.get_rank(), size, here)
    finally:
        dist.destroy_process_group()


def batches(count: int, settings: Settings, epoch: int) -> tuple[Tensor, ...]:
    """Return the minibatches of an epoch, as indices: the same on every process."""
    generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + epoch)
    return torch.randperm(count, generator=generator).split(settings.batch_size)


def train_epoch(net: nn.Module, updater: torch.optim.Optimizer, data: tuple[Tensor, Tensor], order: Sequence[Tensor],
                group: Workers) -> tuple[float, float]:  # fmt: skip
    """Train for one epoch; return the mean loss and the accuracy, over all processes."""
    images, labels = data
    loss = nn.CrossEntropyLoss(reduction="sum")
    sums = torch.zeros(2, dtype=torch.float64, device=group.device)
    net.train()
    for batch in order:
        own = group.share(batch).to(group.device)
        y = labels[own]
        y_hat = net(images[own] / 255)
        l = loss(y_hat, y)
        updater.zero_grad()
        # DDP averages over processes, whose shares may differ by one: sums, over the size of the whole minibatch.
        (l * group.size / len(batch)).backward()
        updater.step()
        sums += torch.stack((l.detach(), (y_hat.argmax(1) == y).sum()))
    mean_loss, accuracy = (group.total(sums) / len(labels)).tolist()
    return mean_loss, accuracy


@torch.no_grad()
def measure(net: nn.Module, data: tuple[Tensor, Tensor], group: Workers) -> float:
    """Return the accuracy; each process measures its share."""
    images, labels = data
    net.eval()
    own = group.share(torch.arange(len(labels))).to(group.device)
    right = sum((net(images[part] / 255).argmax(1) == labels[part]).sum() for part in own.split(1024))
    return float(group.total(torch.as_tensor(right, dtype=torch.float64, device=group.device)) / len(labels))


def save(path: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint; whoever is killed meanwhile leaves the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
        torch.save(state, file)
    os.replace(file.name, path)


def load(path: Path, settings: Settings) -> dict[str, Any]:
    """Read a checkpoint.

    Raises:
        RuntimeError: It is none, or belongs to a training with other settings.
    """
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        theirs = Settings(**state["settings"])
    except Exception as error:
        raise RuntimeError(f"{path} is no checkpoint of this program ({error}): remove it, or name another") from error
    if theirs != settings:
        raise RuntimeError(f"{path} was written with {theirs}, and this is {settings}: name another --checkpoint")
    return state


def train(settings: Settings, epochs: int, group: Workers, checkpoint: Path | None = None) -> list[Metrics]:
    """Train, from the checkpoint on if there is one; return what each epoch measured.

    Raises:
        RuntimeError: The processes differ in their data, their versions or their settings, or the checkpoint is another
            training's.
    """
    training, test = (
        tuple(part.to(group.device) for part in images_and_labels.fashion_mnist_tensors(train))
        for train in (True, False)
    )
    seen = checkpoint is not None and checkpoint.exists()
    group.compare(
        {
            "the data set": f"{dataset_in_use()} with {len(training[1])} images",
            "PyTorch": torch.__version__,
            "book_utils": version("book-utils"),
            "the setting": str(settings),
            "the number of epochs": str(epochs),
            "the checkpoint": f"{checkpoint}, {'there' if seen else 'not there'}",
        }
    )
    torch.manual_seed(settings.seed)
    net: nn.Module = nn.Sequential(nn.Flatten(), nn.Linear(784, 10)).to(group.device)
    nn.init.normal_(net[1].weight, std=0.01)  # type: ignore[index]
    updater = torch.optim.SGD(net.parameters(), lr=settings.lr)
    curve: list[Metrics] = []
    if checkpoint and seen:
        state = load(checkpoint, settings)
        net.load_state_dict(state["net"])
        updater.load_state_dict(state["updater"])
        curve = [tuple(metrics) for metrics in state["curve"]]
    together = DistributedDataParallel(net) if dist.is_initialized() else net
    for epoch in range(len(curve), epochs):
        order = batches(len(training[1]), settings, epoch)
        metrics = (*train_epoch(together, updater, training, order, group), measure(net, test, group))  # type: ignore[arg-type]
        curve.append(metrics)
        if group.rank == 0:
            print(
                f"epoch {epoch + 1}: loss {metrics[0]:.6f}, train {metrics[1]:.4f}, test {metrics[2]:.4f}", flush=True
            )
            if checkpoint:
                state = {"net": net.state_dict(), "updater": updater.state_dict(), "curve": curve}
                save(checkpoint, {**state, "settings": vars(settings)})
    return curve


def draw(curve: list[Metrics], path: Path) -> None:
    """Save the plot that ``train_ch3`` shows."""
    import matplotlib

    matplotlib.use("agg")
    from book_utils.plotting.curves import Animator
    from book_utils.plotting.labels import label_lines

    animator = Animator(
        xlabel="epoch", ylabel="loss or accuracy", xlim=[1, len(curve)], ylim=[0.3, 0.9], figsize=(6, 3.2)
    )
    label_lines(animator.axes[0], ["train loss", "train accuracy", "test accuracy"])
    for epoch, metrics in enumerate(curve):
        animator.add(epoch + 1, metrics)
    animator.fig.savefig(path, bbox_inches="tight")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m book_utils.train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=256, help="of all processes together (256)")
    parser.add_argument("--lr", type=float, default=0.1, help="learning rate (0.1)")
    parser.add_argument("--seed", type=int, default=0, help="of the first weights and of the order of the images (0)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--checkpoint", type=Path, help="written after each epoch; training goes on from it")
    parser.add_argument("--save-plot", type=Path, metavar="FILE", help="such as curve.png or curve.svg")
    parser.add_argument("--timeout", type=float, default=60, help="seconds to wait for another process (60)")
    said = parser.parse_args(arguments)
    for name in ("epochs", "batch_size", "lr", "timeout"):
        if not getattr(said, name) > 0:
            parser.error(f"--{name.replace('_', '-')} must be above 0, not {getattr(said, name)}")
    settings = Settings(said.batch_size, said.lr, said.seed)
    try:
        with workers(said.device, said.timeout) as group:
            curve = train(settings, said.epochs, group, said.checkpoint)
            if group.rank == 0 and said.save_plot:
                draw(curve, said.save_plot)
    except RuntimeError as error:
        print(f"book_utils.train: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
