"""Our notebooks and texts as they are stored, each read once in a process: who changes one, copies it. And our code."""

from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools import book

FOLDERS = ("benchmarks", "book_utils", "sources", "tests", "tools")
"""Where our code is; beside them may lie environments and what was built."""
PYTHON = [*book.ROOT.glob("*.py"), *(path for folder in FOLDERS for path in (book.ROOT / folder).rglob("*.py"))]


@cache
def notebook(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


@cache
def source(path: Path) -> NotebookNode:
    return book.read_source(path)


def cells(path: Path, cell_type: str) -> list[NotebookNode]:
    """Return the cells of a notebook that are of one type."""
    return [cell for cell in notebook(path).cells if cell.cell_type == cell_type]
