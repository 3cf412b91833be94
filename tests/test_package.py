"""The package as a whole: light to import, complete, and drawn from one list of names."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import book_utils

SOURCE = Path(book_utils.__file__).read_text(encoding="utf-8")


def test_import_loads_nothing_heavy():
    code = "import sys; before = set(sys.modules); import book_utils; print(*set(sys.modules) - before)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    ).stdout.split()
    allowed = {"book_utils", "importlib", "typing", "_typing", "collections", "contextlib", "functools", "re", "enum"}
    assert {name.split(".")[0] for name in loaded} - set(sys.stdlib_module_names) <= allowed


def test_a_name_brings_only_what_it_needs():
    """One after the other in one process, since all need torch; the last may bring more than those before it."""
    everything = ["torchvision", "torch._dynamo", "requests", "urllib3", "matplotlib", "IPython"]
    names = {"evaluate_accuracy": everything, "load_data_fashion_mnist": everything, "train_ch3": everything[:4]}
    code = (
        "import sys, book_utils\n"
        f"for name, kept_out in {names}.items():\n"
        "    getattr(book_utils, name)\n"
        "    print(*(f'{name} brings {module}' for module in kept_out if module in sys.modules), sep='\\n', end='')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == ""


def test_every_name_is_there_and_documented():
    for name in book_utils.__all__:
        value = getattr(book_utils, name)
        assert name in dir(book_utils)
        assert value.__doc__ and len(value.__doc__) > 40, name


def test_editors_see_the_same_names_as_python():
    block = next(node for node in ast.parse(SOURCE).body if isinstance(node, ast.If))
    typed = {(node.module, alias.asname or alias.name) for node in block.body for alias in node.names}
    lazy = {(module, name) for name, module in book_utils._MODULE_OF.items()}
    assert typed == lazy | {("matplotlib", "plt")}


def test_it_lives_beside_the_courses_own_package():
    """d2l 0.17.6 on the current stack, 1.0.3 with its exact pins on the classic one."""
    code = "from d2l import torch as d2l; import book_utils as bu; print(d2l.plt is bu.plt, bu.train_ch3.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == ["True", "train_ch3"]


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'train_ch4'"):
        book_utils.train_ch4  # noqa: B018
