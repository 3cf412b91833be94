"""Collecting what students handed in: files alone, and no links, which would lead to whatever the lecturer may read."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect


class Collect(ExchangeCollect):
    """Collects submissions without the links in them."""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a submission as nbgrader does, but no links; one that is a link itself is left where it is."""
        if os.path.islink(src):
            self.log.error("%s is a link: it is not collected", src)
            return
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "copy")
            shutil.copytree(src, copy, symlinks=True)  # a link stays one, so that nobody changes it meanwhile
            for path in [*copy.rglob("*")]:
                if path.is_symlink():
                    self.log.error("%s holds a link, %s: it is not collected", src, path.name)
                    path.unlink()
            super().do_copy(str(copy), dest, log)
