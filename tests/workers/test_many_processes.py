"""The training program draws the same curve however many processes there are, and whoever is killed meanwhile.

This starts some fifty processes, each of which imports PyTorch, so it runs for itself: ``uv run nox -s workers``. A
pair of processes of which one is killed is in ``tests/test_train.py``.
"""

import os
import random
import subprocess
import sys

import pytest
import torch
from test_train import ALONE, SETTINGS, few_images, run_many  # noqa: F401

from book_utils import train

EPOCHS = 3


def test_one_two_and_four_processes_draw_the_same_curve(tmp_path, capsys):
    """On all images, with batches of 256, of which the last is a short one."""
    curves = {}
    for processes in (1, 2, 4):
        file = tmp_path / f"{processes}.pt"
        launch = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
        program = ["-m", "book_utils.train", "--device", "cpu", "--epochs", str(EPOCHS), "--checkpoint", file]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "USE_LIBUV": "0"}
        subprocess.run([sys.executable, *launch, *program], env=environment, check=True, timeout=600)
        curves[processes] = torch.tensor(torch.load(file, weights_only=True)["curve"], dtype=torch.float64)
    for processes, curve in curves.items():
        apart = (curve - curves[1]).abs().max().item()
        with capsys.disabled():
            print(f"\n{processes} processes: loss {curve[-1, 0]:.6f}, apart from one process by {apart:.1e}", end="")
        assert len(curve) == EPOCHS and apart < 1e-5


@pytest.fixture(scope="module")
def undisturbed():
    with pytest.MonkeyPatch.context() as patch:
        few_images.__wrapped__(patch)
        return torch.tensor(train.train(SETTINGS, EPOCHS, ALONE), dtype=torch.float64)


@pytest.mark.skipif(sys.platform == "win32", reason="torchrun restarts nobody on Windows")
@pytest.mark.parametrize("seed", range(10))
def test_a_killed_process_changes_nothing(seed, undisturbed, tmp_path, capsys):
    """Either process, in any epoch, after any number of batches, the first and the last of them included."""
    dice = random.Random(seed)
    dies = dice.randrange(2), dice.randint(1, EPOCHS), dice.randint(0, 10)
    run = run_many(tmp_path, "--checkpoint", tmp_path / "run.pt", dies=dies)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "exitcode: -9" in run.stderr
    curve = torch.tensor(train.load(tmp_path / "run.pt", SETTINGS)["curve"], dtype=torch.float64)
    apart = (curve - undisturbed).abs().max().item()
    with capsys.disabled():
        print(f"\nprocess {dies[0]} killed in epoch {dies[1]} after {dies[2]} batches: "
              f"loss {curve[-1, 0]:.6f}, apart by {apart:.1e}", end="")  # fmt: skip
    assert apart < 1e-5
