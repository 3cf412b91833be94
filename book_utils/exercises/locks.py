"""What a lecturer has locked: hints, solutions or both.

    python -m book_utils.exercises.locks hints solutions      lock them, for all who use this environment
    python -m book_utils.exercises.locks                      unlock them

This writes a file in the environment's folder, which students of a hub cannot change; ``BOOK_UTILS_LOCK`` with the same
words locks more, for one process. It closes what the notebooks offer. The right answers are still in the package, for
those who go and read it: what is to be graded needs inputs of its own.
"""

import os
import re
import sys
from pathlib import Path

from book_utils._words import say

KINDS = ("hints", "solutions")

FILE = Path(sys.prefix) / "etc" / "book_utils" / "lock"


def locked(kind: str) -> bool:
    """Tell whether ``"hints"`` or ``"solutions"`` are locked. A locked solution also hides expected values."""
    written = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    return kind in re.findall(r"\w+", f"{written} {os.environ.get('BOOK_UTILS_LOCK', '')}")


def lock(*kinds: str) -> None:
    """Lock these kinds and no others, in this environment.

    Raises:
        ValueError: There is no such kind.
    """
    if unknown := sorted({*kinds} - {*KINDS}):
        raise ValueError(say("locks", known=", ".join(KINDS), unknown=", ".join(unknown)))
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(" ".join(kinds) + "\n", encoding="utf-8")


if __name__ == "__main__":
    lock(*sys.argv[1:])
