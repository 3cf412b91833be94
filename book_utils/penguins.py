"""The Palmer penguins: birds of three species, weighed and measured in Antarctica.

K. B. Gorman, T. D. Williams, W. R. Fraser, Ecological sexual dimorphism and environmental variability within a
community of Antarctic penguins (genus Pygoscelis), PLoS ONE 9(3), 2014. The table, in the public domain (CC0), comes
with the package ``palmerpenguins`` (A. M. Horst, A. P. Hill, K. B. Gorman, 2020), and no network is needed.
"""

import csv
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from book_utils._words import say, text

SPECIES = ("Adelie", "Chinstrap", "Gentoo")
MEASURES = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")


def load_penguins(*columns: str) -> tuple[Tensor, ...]:
    """Return columns of the table of the Palmer penguins (chapters 01, 04 and 05).

    The rows are the same whichever columns are asked for: the 342 birds that were measured, in the table's order, which
    is by species and not at random. (Two more birds have no measures.)

    Args:
        columns: ``"bill_length_mm"``, ``"bill_depth_mm"``, ``"flipper_length_mm"``: in millimetres;
            ``"body_mass_g"``: in grams; ``"species"``: 0 for Adelie, 1 for Chinstrap, 2 for Gentoo.

    Returns:
        For each column a tensor of shape (342,), in the order asked for: ``torch.int64`` for the species,
        ``torch.float32`` for measures.

    Raises:
        ValueError: No column is named, or one that is not there.
        ModuleNotFoundError: The package ``palmerpenguins`` is not installed.
    """
    known = (*MEASURES, "species")
    wrong = [column for column in columns if column not in known]
    if wrong or not columns:
        received = ", ".join(map(repr, wrong)) or text("none")
        raise ValueError(say("penguins", known=", ".join(map(repr, known)), wrong=received))
    with _table().open(encoding="utf-8", newline="") as file:
        birds = [bird for bird in csv.DictReader(file) if all(bird[measure] != "NA" for measure in MEASURES)]
    return tuple(
        torch.tensor([SPECIES.index(bird[column]) if column == "species" else float(bird[column]) for bird in birds])
        for column in columns
    )


def _table() -> Path:
    """Return where the table is. Importing the package would import pandas, which takes a second."""
    package = find_spec("palmerpenguins")
    if package is None or package.origin is None:
        raise ModuleNotFoundError(say("no penguins"))
    return Path(package.origin).with_name("data") / "penguins.csv"
