"""The Palmer penguins, against pandas' reading of the same table."""

import subprocess
import sys

import pandas
import pytest
import torch

from book_utils import load_penguins
from book_utils.penguins import MEASURES, SPECIES, _table


def test_it_reads_what_pandas_reads():
    table = pandas.read_csv(_table())
    table = table.dropna(subset=list(MEASURES))
    columns = load_penguins(*MEASURES, "species")
    for name, column in zip(MEASURES, columns):
        assert column.dtype == torch.float32
        torch.testing.assert_close(column, torch.tensor(table[name].to_numpy(), dtype=torch.float32))
    assert columns[-1].dtype == torch.int64
    assert [SPECIES[kind] for kind in columns[-1]] == table["species"].tolist()
    assert len(table) == 342


def test_it_does_not_import_pandas():
    code = "import sys, book_utils; book_utils.load_penguins('species'); print('pandas' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert run.stdout == "False\n"


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("book_utils.penguins.find_spec", lambda _: None)
    with pytest.raises(ModuleNotFoundError, match="pip install palmerpenguins"):
        load_penguins("species")
