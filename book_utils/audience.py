"""Who sees what is shown: a person at a notebook or a terminal, or a program that runs the notebook."""

import sys
from typing import Any


def is_watched() -> bool:
    """Tell whether somebody sees output as it comes: in a terminal, or in a notebook that a person runs.

    nbclient, nbconvert and nbval run cells without a keyboard, and say so with each request.
    """
    kernel = current_kernel()
    return sys.stderr.isatty() if kernel is None else getattr(kernel, "_allow_stdin", True)


def current_kernel() -> Any:
    """Return Jupyter's kernel if this process is one."""
    ipython = sys.modules.get("IPython")
    return getattr(ipython.get_ipython(), "kernel", None) if ipython else None
