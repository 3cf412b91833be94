"""What Jupyter does for readers: it trusts the notebooks as they were shipped, and no others."""

import json
import os
from copy import deepcopy
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.sign import MemorySignatureStore

from tools import book
from tools.jupyter.book_utils_jupyter import Notary, _load_jupyter_server_extension, checksum

NOTEBOOKS = book.files_under("notebooks", ".ipynb")
CHAPTER = book.ROOT / "notebooks" / "en" / "05-loss-functions.ipynb"


@pytest.fixture
def notary():
    """Return a judge who has signed nothing yet."""
    return Notary(store_factory=MemorySignatureStore, secret=b"a secret of this machine")


@pytest.fixture
def chapter():
    return nbformat.read(CHAPTER, as_version=4)


def test_each_notebook_is_on_the_list_as_it_is():
    """Build, renew and stamp keep it so."""
    listed = json.loads((book.ROOT / book.SHIPPED).read_text(encoding="utf-8"))
    assert listed == {
        path.relative_to(book.ROOT / "notebooks").as_posix(): checksum(nbformat.read(path, as_version=4))
        for path in NOTEBOOKS
    }, "uv run python -m tools.book renew"


def test_the_books_notebooks_are_trusted(notary, chapter):
    assert notary.check_signature(chapter)


CHANGES = {
    "code": lambda cells: cells["code"].update(source="import os"),
    "text": lambda cells: cells["markdown"].update(source="<script>alert(1)</script>"),
    "an output": lambda cells: cells["shown"].outputs[0].data.update({"text/html": "<script>alert(1)</script>"}),
    "an output more": lambda cells: cells["shown"].outputs.append(deepcopy(cells["shown"].outputs[0])),
    "an attachment": lambda cells: cells["markdown"].update(attachments={"a.svg": {"image/svg+xml": "<svg/>"}}),
    "the kind of a cell": lambda cells: cells["markdown"].update(cell_type="raw"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_notebook_is_not(notary, chapter, change):
    shown = [cell for cell in chapter.cells if cell.get("outputs") and "data" in cell.outputs[0]]
    kinds = {kind: next(cell for cell in chapter.cells if cell.cell_type == kind) for kind in ("code", "markdown")}
    change({**kinds, "shown": shown[0]})
    assert not notary.check_signature(chapter)


def test_a_cell_more_or_less_or_elsewhere_is_a_change(notary, chapter):
    for cells in (chapter.cells[:-1], [*chapter.cells, chapter.cells[-1]], chapter.cells[::-1]):
        assert not notary.check_signature(nbformat.from_dict({**chapter, "cells": cells}))


def test_what_jupyter_notes_by_itself_is_no_change(notary, chapter):
    """The version of the language, whether it trusts a cell, how often cells were run."""
    chapter.metadata.language_info.version = "3.99"
    notary.mark_cells(chapter, trusted=True)
    for cell in chapter.cells:
        cell.id += "x"
        if cell.cell_type == "code":
            cell.execution_count = 99
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = 99
    assert notary.check_signature(chapter)


def test_what_a_reader_has_run_is_trusted_as_ever(notary, chapter):
    chapter.cells[0].source = "mine"
    assert not notary.check_signature(chapter)
    notary.sign(chapter)
    assert notary.check_signature(chapter)


def test_the_server_asks_this_judge_and_kernels_wait_without_turning(monkeypatch, tmp_path):
    from jupyter_server.services.contents.filemanager import FileContentsManager

    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    asked = []
    server = SimpleNamespace(io_loop=SimpleNamespace(add_callback=lambda *call: asked.append(call)))
    _load_jupyter_server_extension(server)
    manager = server.contents_manager = FileContentsManager(root_dir=str(CHAPTER.parent))  # as jupytext does
    for function, *arguments in asked:
        function(*arguments)
    model = manager.get(CHAPTER.name)
    assert all(cell.metadata.trusted for cell in model["content"].cells if cell.cell_type == "code")
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
