"""All exercises: those of every module ``chapter_NN`` beside this one, so that a new chapter is found by itself."""

import pkgutil
from importlib import import_module

from book_utils import exercises
from book_utils.exercises.exercise import Exercise

CHAPTERS = sorted(
    module.name for module in pkgutil.iter_modules(exercises.__path__) if module.name.startswith("chapter_")
)
"""The modules' names, in the order of the chapters."""

EXERCISES: dict[str, Exercise] = {
    number: exercise
    for module in pkgutil.iter_modules(exercises.__path__, f"{exercises.__name__}.")
    if module.name.rpartition(".")[2].startswith("chapter_")
    for number, exercise in import_module(module.name).EXERCISES.items()
}
"""The exercises, by chapter and number."""
