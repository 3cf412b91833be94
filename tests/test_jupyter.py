"""What Jupyter does for readers: it trusts the notebooks as they were shipped, and no others."""

import asyncio
import json
import locale
import os
import shutil
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from book_utils_jupyter import KERNEL, Notary, _load_jupyter_server_extension, checksum
from book_utils_jupyter.contents import Contents
from ipykernel.ipkernel import IPythonKernel
from nbformat.sign import MemorySignatureStore

from tools import book

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


@pytest.fixture
def contents(tmp_path, monkeypatch):
    """Return the server's manager of files, for a folder with one chapter."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    (tmp_path / "shown").mkdir()
    shutil.copy(CHAPTER, tmp_path / "shown")
    spec = SimpleNamespace(display_name="Python 3 (ipykernel)")
    manager = Contents(root_dir=str(tmp_path / "shown"))
    monkeypatch.setattr(manager, "_display_name", lambda: spec.display_name)
    return manager


def opened(contents, name=CHAPTER.name):
    return asyncio.run(contents.get(name))


def test_the_server_trusts_a_chapter(contents):
    assert isinstance(contents.notary, Notary)
    assert all(cell.metadata.trusted for cell in opened(contents)["content"].cells if cell.cell_type == "code")


def test_a_chapter_is_opened_as_the_kernel_would_write_it_and_saved_as_it_was_shipped(contents):
    """So the page finds nothing to change, and neither does git."""
    model = opened(contents)
    metadata = model["content"].metadata
    assert metadata.kernelspec == {**KERNEL, "display_name": "Python 3 (ipykernel)"}
    assert metadata.language_info == IPythonKernel.language_info
    asyncio.run(contents.save(model, CHAPTER.name))
    assert Path(contents.root_dir, CHAPTER.name).read_bytes() == CHAPTER.read_bytes()


def test_what_a_reader_writes_is_saved(contents):
    model = opened(contents)
    model["content"].cells[3].source += "\nmine = 1"
    asyncio.run(contents.save(model, CHAPTER.name))
    saved = nbformat.read(Path(contents.root_dir, CHAPTER.name), as_version=4)
    assert saved.cells[3].source.endswith("mine = 1") and saved.metadata.kernelspec == KERNEL


@pytest.mark.parametrize("change", ["no chapter", "another kernel"])
def test_other_notebooks_are_left_as_they_are(contents, change):
    notebook = nbformat.read(CHAPTER, as_version=4)
    if change == "no chapter":
        del notebook.metadata["book"]
    else:
        notebook.metadata.kernelspec.name = "mine"
    notebook.metadata.kernelspec.display_name, notebook.metadata.language_info.version = "Mine", "3.9"
    path = Path(contents.root_dir, "other.ipynb")
    nbformat.write(notebook, path)
    before = path.read_bytes()
    model = opened(contents, "other.ipynb")
    assert model["content"].metadata.kernelspec.display_name == "Mine"
    asyncio.run(contents.save(model, "other.ipynb"))
    assert path.read_bytes() == before


def server(root, default_url="/lab"):
    settings = {"default_url": default_url}
    return SimpleNamespace(
        base_url="/", default_url=default_url, root_dir=str(root), web_app=SimpleNamespace(settings=settings)
    )


def test_lab_begins_with_the_start_page_and_kernels_wait_without_turning(monkeypatch):
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    monkeypatch.setattr(locale, "getlocale", lambda: ("zh_CN", "UTF-8"))
    started = server(book.ROOT / "notebooks")
    _load_jupyter_server_extension(started)
    assert started.default_url == started.web_app.settings["default_url"] == "/lab/tree/zh/index.ipynb"
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"


@pytest.mark.parametrize(("root", "asked"), [("notebooks", "/lab/tree/en/05.ipynb"), ("sources", "/lab")])
def test_what_else_was_asked_for_is_opened(root, asked):
    started = server(book.ROOT / root, asked)
    _load_jupyter_server_extension(started)
    assert started.default_url == asked


def test_what_the_page_loads_is_there():
    """The modules that the package promises are those that its script answers for."""
    folder = book.ROOT / "tools" / "jupyter" / "labextension"
    built = json.loads((folder / "package.json").read_text(encoding="utf-8"))["jupyterlab"]["_build"]
    script = (folder / built["load"]).read_text(encoding="utf-8")
    assert f"name === '{built['style']}'" in script and "requires: [INotebookTracker]" in script
    assert "getMetadata('en')" in script and "lang = 'zh-CN'" in script  # tests/browser looks at the page itself
    assert "pre { word-break: normal;" in script
