"""Exercises of a lecturer's own, which stand in files."""

import runpy
from pathlib import Path

from book_utils.exercises.own import OWN


def load(file: Path) -> list[str]:
    """Run a file that registers exercises, and return their numbers.

    Raises:
        SystemExit: It registers none, or fails.
    """
    before = dict(OWN)
    try:
        runpy.run_path(str(file))
    except Exception as error:
        raise SystemExit(f"{file}: {type(error).__name__}: {error}") from error
    added = [number for number, words in OWN.items() if before.get(number) is not words]
    if not added:
        raise SystemExit(f"{file} registers no exercise: see register in book_utils.exercises")
    return added
