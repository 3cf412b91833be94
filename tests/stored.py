"""Our notebooks and texts as they are stored, each read once in a process: who changes one, copies it. And our code."""

from functools import cache
from pathlib import Path

from nbformat import NotebookNode

from tools import book, links

FOLDERS = ("benchmarks", "book_utils", "sources", "tests", "tools")
"""Where our code is; beside them may lie environments and what was built."""
PYTHON = [*book.ROOT.glob("*.py"), *(path for folder in FOLDERS for path in (book.ROOT / folder).rglob("*.py"))]


@cache
def notebook(path: Path) -> NotebookNode:
    """Return a notebook as it was when it had been run, with the text as its author wrote it."""
    return book.read(path)


@cache
def source(path: Path) -> NotebookNode:
    """Return the notebook that a text describes, without the links that enter it."""
    return read_source(path)


def read_source(path: Path) -> NotebookNode:
    """Return the same, read anew."""
    found = book.read_source(path)
    links.leave(found)
    return found


def cells(path: Path, cell_type: str) -> list[NotebookNode]:
    """Return the cells of a notebook that are of one type."""
    return [cell for cell in notebook(path).cells if cell.cell_type == cell_type]
