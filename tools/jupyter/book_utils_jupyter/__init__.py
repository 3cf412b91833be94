"""What Jupyter does for readers of the book: it trusts the notebooks as they were shipped.

Jupyter shows a stored figure only in a notebook that it trusts, which is one that was run here. The book's are shown at
once: ``shipped.json`` holds a checksum of the cells of each. Whoever changes a cell or an output has another notebook,
which is trusted as little as before.
"""

from __future__ import annotations

import hashlib
import json
import locale
import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from nbformat.sign import NotebookNotary

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
"""The kernel of the book's notebooks, as they name it."""

WHAT_COUNTS = ("cell_type", "source", "outputs", "attachments")
"""What of a cell is shown or run. Ids, counts and tags are not."""


def checksum(notebook: Any) -> str:
    """Return the SHA-256 of the cells of a notebook (in the format of version 4), for what is shown or run of them."""
    cells = []
    for cell in notebook["cells"]:
        kept = {name: cell[name] for name in WHAT_COUNTS if name in cell}
        if "outputs" in kept:
            kept["outputs"] = [{**output, "execution_count": None} for output in kept["outputs"]]
        cells.append(kept)
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()


@cache
def shipped() -> frozenset[str]:
    """Return the checksums of the book's notebooks."""
    by_name = json.loads(files(__name__).joinpath("shipped.json").read_text(encoding="utf-8"))
    return frozenset(by_name.values())


class Notary(NotebookNotary):
    """Jupyter's own judge of whom to trust, which also knows the book's notebooks."""

    def check_signature(self, nb: Any) -> bool:
        """Tell whether a notebook was signed here, or is one of the book's, unchanged."""
        return super().check_signature(nb) or (nb.nbformat >= 4 and checksum(nb) in shipped())


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "book_utils_jupyter"}]


def _load_jupyter_server_extension(server: Any) -> None:
    # Threads of a kernel that wait for work give their processor away. By default they go on turning, and where others
    # compute at the same time, each waits for one that is not running: training then takes several times as long.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    open_start_page(server)


def open_start_page(server: Any) -> None:
    """Have JupyterLab begin with the start page, where there is one and nothing else was asked for."""
    lab = f"{server.base_url}lab"
    if server.default_url == lab and (Path(server.root_dir) / start_page()).is_file():
        server.default_url = server.web_app.settings["default_url"] = f"{lab}/tree/{start_page()}"


def start_page(language: str | None = None) -> str:
    """Return the path of the start page: in a language, or in that of the system."""
    system = (locale.getlocale()[0] or "").lower()
    return f"{language or ('zh' if system.startswith(('zh', 'chinese')) else 'en')}/index.ipynb"
