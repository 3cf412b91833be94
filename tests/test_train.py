"""The training program, on one process and on several: the same curve, whoever is killed meanwhile."""

import os
import subprocess
import sys

import pytest
import torch

from book_utils import train

# The program on a part of the data. One process can be told to die (its rank, in which epoch, after how many batches),
# or to have other data.
DRIVER = """
import os, signal, sys
import book_utils.data
from book_utils import train

rank, start, dies = int(os.environ.get('RANK', 0)), os.environ.get('TORCHELASTIC_RESTART_COUNT'), {dies}
whole = book_utils.data.fashion_mnist_tensors
images = 900 if {wrong} and rank == 1 else 1000
book_utils.data.fashion_mnist_tensors = lambda train: tuple(part[:images] for part in whole(train))
train_epoch, epochs = train.train_epoch, []

class Dying(tuple):
    def __iter__(self):
        yield from self[: dies[2]]
        os.kill(os.getpid(), signal.SIGKILL)

def epoch(net, updater, data, order, group):
    epochs.append(order)
    now = start == '0' and (rank, len(epochs)) == dies[:2]
    return train_epoch(net, updater, data, Dying(order) if now else order, group)

train.train_epoch = epoch
raise SystemExit(train.main())
"""
SETTINGS = train.Settings(batch_size=96, lr=0.1, seed=1)
ARGUMENTS = ["--batch-size", "96", "--seed", "1", "--epochs", "3", "--device", "cpu", "--timeout", "60"]
ALONE = train.Workers(0, 1, torch.device("cpu"))


@pytest.fixture
def few_images(monkeypatch):
    whole = train.images_and_labels.fashion_mnist_tensors
    monkeypatch.setattr(
        train.images_and_labels, "fashion_mnist_tensors", lambda train: tuple(part[:1000] for part in whole(train))
    )


def run_many(folder, *arguments, dies=(), wrong=False):
    program = folder / "program.py"
    program.write_text(DRIVER.format(dies=dies, wrong=wrong), encoding="utf-8")
    restarts = 0 if wrong else 3
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "USE_LIBUV": "0"}
    return subprocess.run(
        [*launch, f"--max-restarts={restarts}", program, *ARGUMENTS, *arguments],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=180,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="torchrun restarts nobody on Windows")
def test_two_processes_train_as_one_does_though_one_of_them_is_killed(tmp_path, few_images):
    run = run_many(tmp_path, "--checkpoint", tmp_path / "run.pt", dies=(1, 2, 2))
    assert run.returncode == 0, run.stdout + run.stderr
    said = [line.split(":")[0] for line in run.stdout.splitlines() if line.startswith("epoch")]
    assert said == ["epoch 1", "epoch 2", "epoch 3"], run.stdout  # the first was not done again
    curve = train.load(tmp_path / "run.pt", SETTINGS)["curve"]
    assert "exitcode: -9" in run.stderr
    torch.testing.assert_close(torch.tensor(curve), torch.tensor(train.train(SETTINGS, 3, ALONE)), rtol=0, atol=1e-5)
    assert os.listdir(tmp_path) and not list(tmp_path.glob("run.pt?*"))


def test_processes_that_differ_say_so(tmp_path):
    run = run_many(tmp_path, wrong=True)
    assert run.returncode != 0 and "epoch" not in run.stdout
    assert "the data set is" in run.stderr and "with 900 images on process 1 and" in run.stderr


def test_shares_are_the_whole_batch_and_alike():
    batch = torch.arange(97)
    shares = [train.Workers(rank, 4, torch.device("cpu")).share(batch) for rank in range(4)]
    assert sorted(torch.cat(shares).tolist()) == batch.tolist()
    assert [len(share) for share in shares] == [25, 24, 24, 24]


def test_training_goes_on_from_a_checkpoint(tmp_path, few_images, capsys):
    file, plot = tmp_path / "new" / "run.pt", tmp_path / "curve.svg"
    shared = ["--batch-size", "96", "--seed", "1", "--device", "cpu", "--checkpoint", str(file)]
    assert train.main([*shared, "--epochs", "1"]) == 0
    assert train.main([*shared, "--epochs", "3", "--save-plot", str(plot)]) == 0
    assert [line[:7] for line in capsys.readouterr().out.splitlines()] == ["epoch 1", "epoch 2", "epoch 3"]
    assert train.load(file, SETTINGS)["curve"] == train.train(SETTINGS, 3, ALONE)
    assert "test accuracy" in plot.read_text(encoding="utf-8")
    assert os.listdir(file.parent) == ["run.pt"]


def test_a_checkpoint_of_another_training_is_refused(tmp_path, few_images, capsys):
    file = tmp_path / "run.pt"
    shared = ["--device", "cpu", "--epochs", "1", "--checkpoint", str(file)]
    assert train.main(shared) == 0
    before = file.read_bytes()
    assert train.main([*shared, "--lr", "0.2"]) == 1
    assert "lr=0.1, seed=0), and this is" in capsys.readouterr().err
    assert file.read_bytes() == before
    file.write_bytes(before[:100])
    assert train.main(shared) == 1
    assert "is no checkpoint of this program" in capsys.readouterr().err


@pytest.mark.parametrize("argument, value", [("--epochs", "0"), ("--lr", "-1"), ("--batch-size", "0")])
def test_what_cannot_be_trained_is_refused(argument, value, capsys):
    with pytest.raises(SystemExit):
        train.main([argument, value])
    assert f"{argument} must be above 0" in capsys.readouterr().err


def test_one_who_asks_for_a_gpu_hears_that_there_is_none(monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    assert train.main(["--device", "cuda"]) == 1
    assert "there is no GPU for process 0" in capsys.readouterr().err
