"""Cells tagged ``chaotic`` are chaotic, and no others: where sums are taken in another order, they show something else.

The settings below make PyTorch and MKL add as on a processor without wide registers. This executes solutions that train
for a minute, so it runs for itself: ``uv run nox -s chaos``.
"""

import os
import subprocess
import sys
from copy import deepcopy

import pytest

from tools import book, compare, exemptions

CHAOTIC = "chaotic"
OTHER_SUMS = {"ATEN_CPU_CAPABILITY": "default", "MKL_CBWR": "COMPATIBLE"}
LAST_DIGITS = """
import torch
torch.manual_seed(0)
print((torch.rand(256, 784) @ torch.randn(784, 10)).sum(dtype=torch.float64).item().hex())
"""


def is_chaotic(cell):
    return CHAOTIC in cell.metadata.get("tags", [])


NOTEBOOKS = [
    path
    for path in book.files_under(f"notebooks/{book.ENGLISH}", ".ipynb")
    if any(map(is_chaotic, book.read(path).cells))
]


def test_the_settings_change_the_last_digits():
    digits = [
        subprocess.run(
            [sys.executable, "-c", LAST_DIGITS], env={**os.environ, **settings}, capture_output=True, check=True
        ).stdout
        for settings in ({}, OTHER_SUMS)
    ]
    assert digits[0] != digits[1], "on this processor they change nothing, so the other tests here can show nothing"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.relative_to(book.ROOT).as_posix())
def test_chaotic_cells_show_something_else_and_no_others_do(notebook, monkeypatch):
    for name, value in {**OTHER_SUMS, "BOOK_UTILS_DATASET": "real"}.items():
        monkeypatch.setenv(name, value)
    stored = book.read(notebook)
    last = max(i for i, cell in enumerate(stored.cells) if is_chaotic(cell))
    stored.cells = stored.cells[: last + 1]
    fresh = deepcopy(stored)
    book.execute(fresh, notebook.parent)
    for before, now in zip(stored.cells, fresh.cells):
        if now.cell_type == "code" and compare.exemption(now.metadata.get("tags", []), "real") in ("", CHAOTIC):
            differences = compare.output_differences(before.outputs, now.outputs)
            assert bool(differences) == is_chaotic(now), (now.source, differences or f"it needs no tag {CHAOTIC}")
        if is_chaotic(now):
            assert not exemptions.broken(now.metadata[exemptions.HOLDS], now.outputs, stored=False)
