"""Collecting what students handed in: notebooks alone, and no links, which lead to whatever the lecturer may read."""

import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

NBGRADERS = ("timestamp.txt", "submission_secret.txt")
"""What nbgrader itself puts beside the notebooks."""


class Collect(ExchangeCollect):
    """Collects submissions without links, pipes and the like, and without files beside the notebooks."""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a submission as nbgrader does, but only what belongs to it. A student may change it meanwhile."""
        with tempfile.TemporaryDirectory() as folder:
            for place, links, files, opened in os.fwalk(src):
                copy = Path(folder, os.path.relpath(place, src))
                copy.mkdir(exist_ok=True)
                for name in (*files, *(each for each in links if os.path.islink(os.path.join(place, each)))):
                    if not (name in NBGRADERS or name.endswith(".ipynb")) or not _copied(name, opened, copy):
                        self.log.error("%s of %s is not collected: it is no notebook", name, src)
            super().do_copy(folder, dest, log)


def _copied(name: str, folder: int, to: Path) -> bool:
    """Copy a file of an open folder, if it is one and no link; tell whether it was."""
    try:
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        return False
    with os.fdopen(file, "rb") as stream:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            return False
        with (to / name).open("wb") as copy:
            shutil.copyfileobj(stream, copy)
    return True
