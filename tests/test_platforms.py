"""Other systems: Windows collects every test and names what cannot run there; text is UTF-8 everywhere."""

import ast
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from stored import FOLDERS, PYTHON

from benchmarks import engine
from tools import book, trials

PLUGIN = """
import builtins
from pathlib import Path

ROOT, usual = Path({root!r}), builtins.__import__
MISSING = {{"fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}}
OURS = {folders}

def is_ours(file):
    return ROOT in file.parents and (file.parent == ROOT or file.relative_to(ROOT).parts[0] in OURS)

def as_on_windows(name, globals=None, *rest, **more):
    if name.split(".")[0] in MISSING and globals and is_ours(Path(globals.get("__file__") or "")):
        raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
    return usual(name, globals, *rest, **more)

builtins.__import__ = as_on_windows

def pytest_configure(config):
    config.pluginmanager.get_plugin(str(ROOT / "conftest.py")).SYSTEM = "Windows"
"""


@pytest.fixture(scope="module")
def on_windows(tmp_path_factory):
    """Return what pytest says when it collects the tests where our files cannot import what only Unix systems have."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "as_on_windows.py").write_text(PLUGIN.format(root=str(book.ROOT), folders=FOLDERS), encoding="utf-8")
    path = os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", "")))
    options = ["-n0", "-qq", "--collect-only", "-p", "no:cacheprovider", "-p", "as_on_windows", "--color=no", "tests"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=book.ROOT,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "80"},
        capture_output=True,
        encoding="utf-8",
    )


def test_windows_collects_every_file(on_windows):
    assert on_windows.returncode == 0, on_windows.stdout
    files = {path.name for path in (book.ROOT / "tests").glob("test_*.py")}
    # Counted, or named as left out.
    assert files == {name for name in files if f"tests/{name}:" in on_windows.stdout}


def test_what_windows_cannot_run_is_named(on_windows):
    _, _, said = on_windows.stdout.partition("Windows lacks what these tests need of a Unix system")
    unix, _, mounts = said.partition("Windows cannot mount what these tests need")
    assert "tests/test_faults.py::test_a_terminal_shows_a_progress_bar\n" in unix
    assert "tests/test_faults.py::test_a_full_disk_is_left_for_the_next_folder\n" in mounts


def spoken_by_the_system(code: str) -> list[int]:
    """Return the lines that read or write text in whatever encoding the system has."""
    lines = []
    for call in (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        ours = ast.unparse(call.func) in ("read_text", "book.read_text")  # a function of tools/book.py
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        mode = given.get("mode") or (ast.unparse(call.args[1]) if len(call.args) > 1 else "'r'")
        opens_text = name == "open" and isinstance(call.func, ast.Name) and "b" not in mode
        reads = name in ("read_text", "write_text") and not ours
        text = reads or opens_text or "True" in (given.get("text"), given.get("text_mode"))
        if text and "encoding" not in given:
            lines.append(call.lineno)
    return lines


def test_text_is_utf_8_on_every_system():
    assert len(PYTHON) > 80
    texts = {path.relative_to(book.ROOT).as_posix(): path.read_text(encoding="utf-8") for path in PYTHON}
    found = {name: spoken_by_the_system(code) for name, code in texts.items()}
    # The cell is for a reader's machine, where pip speaks as the system does; what it writes are names of packages.
    assert len(found.pop("tools/get_book_utils.py")) == 2
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(("system", "place"), [("win32", "Scripts/python.exe"), ("linux", "bin/python")])
def test_a_trial_finds_the_python_of_its_environment(system, place, monkeypatch, tmp_path):
    monkeypatch.setattr(trials, "run", lambda *command, **options: "")
    monkeypatch.setattr(sys, "platform", system)
    assert trials.environment(tmp_path, "3.12") == tmp_path / place


@pytest.mark.parametrize(("told", "taken"), [({"uss": 3, "pss": 5}, 5), ({"uss": 3}, 3)])
def test_memory_is_measured_by_what_the_system_tells(told, taken):
    process = SimpleNamespace(memory_full_info=lambda: SimpleNamespace(**told))
    assert engine.own_memory(process) == taken
