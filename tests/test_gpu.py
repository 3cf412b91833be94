"""The trial on a GPU, as far as a machine without one can tell: its lines run, and what differs is found."""

import nbformat
import pytest

from benchmarks.__main__ import lines
from benchmarks.rows import CONCISE, LIBRARIES, LOAD_ON_DEVICE, MOVE, SCRATCH
from tools import book, gpu

# Two small batches in place of the data set, and a device that computes nothing, but refuses what lies elsewhere.
SMALL = """
import torch
batches = [(torch.ones(4, 1, 28, 28), torch.ones(4, dtype=torch.int64))] * 2
d2l.try_gpu = lambda: torch.device("meta")
d2l.load_data_fashion_mnist = lambda size, device="cpu": [[(X.to(device), y.to(device)) for X, y in batches]] * 2
"""
STEP = """
X, y = next(iter(train_iter))
assert X.device.type == y.device.type == net(X).device.type == "meta"
"""


@pytest.mark.parametrize("library", [pytest.param("d2l", marks=pytest.mark.oracle), "book_utils"])
@pytest.mark.parametrize("model", ["concise", "scratch"])
def test_data_and_model_are_on_the_device(library, model, monkeypatch):
    code = SMALL + LOAD_ON_DEVICE[library] + {"concise": CONCISE, "scratch": SCRATCH}[model] + MOVE[model] + STEP
    package = pytest.importorskip({"d2l": "d2l.torch"}.get(library, library))
    for name in ("try_gpu", "load_data_fashion_mnist"):
        monkeypatch.setattr(package, name, getattr(package, name))  # put back after the lines have changed it
    exec(compile(lines(library, code), "lines", "exec"), {})
    assert lines(library, code).startswith(LIBRARIES[library])


def test_a_chapter_that_shows_something_else_there_is_found(tmp_path):
    stored = nbformat.v4.new_notebook(metadata=nbformat.from_dict({"kernelspec": book.KERNEL}))
    for count, source in enumerate(("1 + 1", "2 + 2", "3 + 3"), start=1):
        result = nbformat.v4.new_output("execute_result", {"text/plain": "4"}, execution_count=count)
        stored.cells.append(nbformat.v4.new_code_cell(source, outputs=[result]))
    stored.cells[2].metadata["tags"] = ["device"]
    nbformat.write(stored, tmp_path / "09-shown.ipynb")
    _, compared, (different,) = gpu.run_chapter(tmp_path / "09-shown.ipynb")
    assert compared == 2 and "cell 0: 1 + 1" in different and "stored 4, now 2" in different


def test_the_chapters_tried_are_those_on_images():
    assert [path.name[:2] for path in gpu.chosen([])] == ["06", "07", "08", "09", "10"]
    assert [path.name[:2] for path in gpu.chosen(["02", "05"])] == ["02", "05"]


def test_a_bare_machine_is_sent_what_it_lacks(monkeypatch):
    closure = {
        "torch": ["torch==2", "numpy==2"],
        "d2l": ["d2l==0.17.6", "pandas==3", "numpy==2"],
        "ipykernel": ["debugpy==1"],
    }
    monkeypatch.setattr(
        gpu, "resolved", lambda wanted: [each for name in closure if any(one.startswith(name) for one in wanted)
                                         for each in closure[name]]
    )  # fmt: skip
    assert [*gpu.lacking()] == ["d2l==0.17.6", "pandas==3"]
