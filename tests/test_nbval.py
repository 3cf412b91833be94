"""conftest.py: pytest --nbval on one small notebook, as executed and with its stored outputs changed.

A kernel takes seconds to start, so one run checks many cells: changes that must be noticed, and some that must not.
A package in the place of ``book_utils`` says which data set is in use, so that no images are needed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import matplotlib.style
import nbformat
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[1]
SVG = "image/svg+xml"

DATASET_IN_USE = """
import os

def dataset_in_use():
    with open(os.environ["ASKED"], "a") as file:
        print("asked", file=file)
    if "OFFLINE" in os.environ:
        raise RuntimeError("Fashion-MNIST cannot be had")
    return os.environ.get("BOOK_UTILS_DATASET", "standin")
"""

# Figures come from files, drawn once, since loading matplotlib would take longer than all else here.
SETUP = """
import os, time
from IPython.display import display

assert os.path.isabs(os.environ["BOOK_UTILS_DATA"])
assert os.environ["BOOK_UTILS_DATASET"] in ("real", "standin")

def svg(name):
    with open(name + ".svg") as file:
        return {"image/svg+xml": file.read()}

def live(first, *frames):
    handle = display(first, raw=True, display_id=True)
    for frame in frames:
        handle.update(frame, raw=True)
"""

Change = Callable[[str], str]


def put(old: str, new: str) -> Change:
    """Put a new text in the place of an old one."""
    return lambda output: output.replace(old, new)


def move_curve(down: float) -> Change:
    """Move the first point of the first curve."""

    def moved(svg: str) -> str:
        start = r'(<path d="M [\d.]+ )([\d.]+)( \nL [\d.]+ [\d.]+ \n" clip-path)'
        return re.sub(start, lambda found: f"{found[1]}{float(found[2]) + down}{found[3]}", svg, count=1)

    return moved


def by_other_matplotlib(svg: str) -> str:
    return svg.replace(f"Matplotlib v{mpl.__version__}", "Matplotlib v1.2.3").replace("<!-- 0.5 -->", "<!-- 0.4 -->")


class Case(NamedTuple):
    """A cell, what is stored instead of its output, and whether that must be noticed; tags, what holds all the same."""

    name: str
    source: str
    change: Change | None = None
    noticed: bool = True
    tag: str = ""
    holds: str = ""


LOSS = 'print("loss 0.447")'
WORSE = put("0.447", "0.547")
CASES = [
    Case("setup", SETUP),
    Case("another number", LOSS, WORSE),
    Case("a number rounded apart", LOSS, put("0.447", "0.448"), noticed=False),
    Case("another word", LOSS, put("loss", "cost")),
    Case("another integer", "60000", put("60000", "60001")),
    Case("on stderr", 'import sys; print("loss 0.447", file=sys.stderr)', WORSE),
    Case("another curve", 'display(svg("end"), raw=True)', move_curve(5)),
    Case("a curve rounded apart", 'display(svg("end"), raw=True)', move_curve(0.05), noticed=False),
    Case("another axis label", 'display(svg("end"), raw=True)', put("<!-- epoch -->", "<!-- time -->")),
    Case("another tick label", 'display(svg("end"), raw=True)', put("<!-- 0.5 -->", "<!-- 0.4 -->")),
    Case("other ticks by another matplotlib", 'display(svg("end"), raw=True)', by_other_matplotlib, noticed=False),
    Case(
        "a live display with another start each time",
        'live({"text/plain": str(time.time())}, svg("start"), svg("end"))',
    ),
    Case("a live display with another end", 'live(svg("start"), svg("end"))', move_curve(5)),
    Case("timed", "print(time.time())", tag="timing"),
    Case("on a device", LOSS, WORSE, noticed=False, tag="device"),
    Case("oscillating", LOSS, WORSE, noticed=False, tag="chaotic"),
    Case("of the real images", LOSS, WORSE, tag="real-data"),
    Case("needlessly of the real images", LOSS, tag="real-data"),
    Case("oscillating, as it says", LOSS, WORSE, noticed=False, tag="chaotic", holds="0 < after('loss') < 1"),
    Case("oscillating, but not as it says", LOSS, tag="chaotic", holds="after('loss') > 1"),
    Case("not as it says of the real images", LOSS, tag="chaotic real-data", holds="after('loss') > 1"),
    Case("updated later", 'handle = display("first", display_id=True)', tag="nbval-ignore-output"),
    Case("updates an earlier cell", 'handle.update("second"); print("sent")', put("sent", "lost")),
    Case("fails as it should", 'raise ValueError("loss")', put("loss", "cost"), tag="raises-exception"),
    Case("tagged and broken", "1 / 0", tag="chaotic"),
    Case("still runs", LOSS),
]
NAMES = [case.name for case in CASES]
BROKEN = ["oscillating, but not as it says", "not as it says of the real images", "tagged and broken"]
ALL_NOTICED = [case.name for case in CASES if case.name in BROKEN or (case.change and case.noticed)]


class Run(NamedTuple):
    """What a run of pytest said, and how often it asked which data set is in use."""

    status: int
    output: str
    asked: int

    def failed(self, notebook: str) -> list[str]:
        numbers = re.findall(rf"^FAILED {notebook}.ipynb::Cell (\d+)", self.output, re.MULTILINE)
        return [NAMES[number] for number in sorted(map(int, numbers))]

    def line(self, start: str) -> str:
        return next((line for line in self.output.splitlines() if line.startswith(start)), "")


def pytest_nbval(folder: Path, *arguments: str, **environment: str) -> Run:
    """Run pytest on the notebooks of a folder, under our conftest.py."""
    shutil.copy(ROOT / "conftest.py", folder)
    package = folder / "instead" / "book_utils"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text(DATASET_IN_USE, encoding="utf-8")
    # nbformat loads this through jsonschema, which does without; loading it takes seconds in every process.
    (package.parent / "rfc3987_syntax.py").write_text("raise ImportError\n", encoding="utf-8")
    asked = folder / "asked"
    asked.write_text("", encoding="utf-8")
    path = os.pathsep.join((str(package.parent), str(ROOT)))
    # What the run of these tests was told shall not reach the ones that they start.
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("BOOK_UTILS_", "PYTEST_"))}
    options = ["-c", "pytest.ini", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider", "-rA", "--color=no"]
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = same_when_run\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *arguments],
        cwd=folder,
        env={**inherited, "PYTHONPATH": path, "ASKED": str(asked), "BOOK_UTILS_DATA": "images", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return Run(done.returncode, done.stdout + done.stderr, asked.read_text(encoding="utf-8").count("asked"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the notebook as nbclient stores it, with a changed copy, and with a plain test."""
    folder = tmp_path_factory.mktemp("notebooks")
    for name, values in {"start": (0.9, 0.9), "end": (0.9, 0.5)}.items():
        draw(values, folder / f"{name}.svg")
    cells = [new_code_cell(case.source, metadata={"tags": case.tag.split(), "holds": case.holds}) for case in CASES]
    notebook = new_notebook(cells=cells)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BOOK_UTILS_DATASET", "real")
        environment.setenv("BOOK_UTILS_DATA", str(folder))
        context = {"metadata": {"path": str(folder)}}
        client = NotebookClient(notebook, kernel_name="python3", resources=context, allow_errors=True)
        client.coalesce_streams = True  # else a print is sometimes stored in two pieces
        client.execute()
    nbformat.write(notebook, folder / "unchanged.ipynb")
    nbformat.write(changed(notebook), folder / "changed.ipynb")
    (folder / "test_plain.py").write_text("def test_plain(): pass\n", encoding="utf-8")
    return folder


def draw(values: tuple[float, float], path: Path) -> None:
    # matplotlib's own style, whatever a test that ran before in this process has set
    with mpl.style.context(["default", {"svg.fonttype": "path", "svg.hashsalt": "test"}]):
        figure = Figure(figsize=(2, 1.5))
        axes = figure.add_subplot()
        axes.plot((1, 2), values)
        axes.set(ylim=(0, 1), yticks=(0, 0.5, 1), xlabel="epoch")
        FigureCanvasSVG(figure).print_svg(path, metadata={"Date": None})


def changed(notebook: NotebookNode) -> NotebookNode:
    copy = deepcopy(notebook)
    for case, cell in zip(CASES, copy.cells):
        if case.change:
            holder, key = place_of_text(cell.outputs[-1])
            before = holder[key]
            holder[key] = case.change(before)
            assert holder[key] != before, case.name
    return copy


def place_of_text(output: NotebookNode) -> tuple[NotebookNode, str]:
    if "data" in output:
        return output.data, SVG if SVG in output.data else "text/plain"
    return output, "evalue" if "evalue" in output else "text"


@pytest.fixture(scope="module")
def with_real_data(folder: Path) -> Run:
    both = ("unchanged.ipynb", "changed.ipynb")
    return pytest_nbval(folder, *both, "-n", "2", "--dist", "loadfile", BOOK_UTILS_DATASET="real")


@pytest.fixture(scope="module")
def with_stand_in(folder: Path) -> Run:
    return pytest_nbval(folder, "-W", "error", "changed.ipynb")


def test_an_unchanged_notebook_passes(with_real_data: Run) -> None:
    assert with_real_data.failed("unchanged") == BROKEN, with_real_data.output


def test_what_changed_is_noticed_and_nothing_else(with_real_data: Run) -> None:
    assert with_real_data.failed("changed") == ALL_NOTICED, with_real_data.output


def test_on_the_stand_in_a_real_data_cell_has_to_show_something_else_and_no_more(with_stand_in: Run) -> None:
    expected = {*ALL_NOTICED, "needlessly of the real images"} - {
        "of the real images",
        "not as it says of the real images",
    }
    assert with_stand_in.failed("changed") == [name for name in NAMES if name in expected], with_stand_in.output


def test_the_message_says_what_differs(with_stand_in: Run) -> None:
    assert "stdout: line 1: stored 0.547, now 0.447" in with_stand_in.output
    assert re.search(r"line2d in axes_1, .*point 1 of 2: stored", with_stand_in.output)
    assert "words: stored 'time', now 'epoch'" in with_stand_in.output
    assert "after('loss') > 1: this does not hold, where the cell shows\nloss 0.447" in with_stand_in.output
    assert "it shows the same on the stand-in: it needs no tag real-data" in with_stand_in.output


def test_the_report_says_what_was_not_compared(with_real_data: Run, with_stand_in: Run) -> None:
    count = len(CASES)
    assert with_real_data.line("data set") == (
        f"data set in use: real; {2 * count} cells ran, without comparison: chaotic 10, device 2, nbval 2, timing 2"
    )
    assert with_stand_in.line("data set") == (
        f"data set in use: standin; {count} cells ran, without comparison: "
        "chaotic 5, device 1, nbval 1, real-data 2, timing 1"
    )
    assert "a drawn stand-in took its place" in with_stand_in.line("NOTICE")
    assert "NOTICE" not in with_real_data.output
    assert with_stand_in.line("ticks") == (
        "ticks, letters and page of figures not compared in 1 cells: "
        f"matplotlib 1.2.3 drew what is stored, {mpl.__version__} is running"
    )


def test_the_data_set_is_asked_for_once(with_stand_in: Run) -> None:
    assert with_stand_in.asked == 1


def test_the_data_set_is_not_asked_for_without_cells_to_run(folder: Path) -> None:
    plain = pytest_nbval(folder, "test_plain.py", OFFLINE="1")
    assert (plain.status, plain.asked, plain.line("data set")) == (0, 0, "")
    assert pytest_nbval(folder, "--collect-only", OFFLINE="1").asked == 0


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_a_data_set_that_cannot_be_had_ends_the_run(folder: Path, workers: tuple[str, ...]) -> None:
    run = pytest_nbval(folder, "unchanged.ipynb", *workers, BOOK_UTILS_DATASET="real", OFFLINE="1")
    assert run.status not in (0, 5), run.output
    assert "no data set for the notebooks: Fashion-MNIST cannot be had" in run.output
    assert "passed" not in run.output


# Translated notebooks, collected only: which of them would run.

PROOF = """
from pathlib import Path
import pytest

@pytest.mark.same_when_run
@pytest.mark.parametrize("translated", [Path(__file__).resolve().parent / "notebooks" / "zh" / "one.ipynb"])
def test_same(translated): pass
"""
ONE, TWO = "notebooks/zh/one.ipynb", "notebooks/zh/two.ipynb"


def put_editions(folder: Path) -> None:
    """Write two notebooks in each edition, and a test that says of the first that both are the same."""
    for notebook in (ONE, TWO, "notebooks/en/one.ipynb", "notebooks/en/two.ipynb"):
        path = folder / notebook
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(new_notebook(cells=[new_code_cell("1"), new_code_cell("2")]), path)
    (folder / "test_proof.py").write_text(PROOF, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = same_when_run\n", encoding="utf-8")
    shutil.copy(ROOT / "conftest.py", folder)


@pytest.mark.parametrize(
    ("arguments", "ran"),
    [
        ((), {TWO}),
        (("notebooks", "test_proof.py"), {TWO}),
        (("notebooks",), {ONE, TWO}),  # without the proof
        (("notebooks/zh", "test_proof.py"), {ONE, TWO}),  # without the English notebook
        (("notebooks/en", "notebooks/zh", "test_proof.py"), {ONE, TWO}),  # named
        (("--all-editions",), {ONE, TWO}),
        (("--deselect", "notebooks/en/one.ipynb::Cell 1"), {ONE, TWO}),  # without an English cell
        (("-m", "not same_when_run"), {ONE, TWO}),
    ],
)
def test_a_translated_notebook_runs_unless_others_stand_for_it(
    pytester: pytest.Pytester, arguments: tuple[str, ...], ran: set[str]
) -> None:
    put_editions(pytester.path)
    options = ("--nbval", "--nbval-current-env", "-p", "no:cacheprovider", "--collect-only", "-q")
    said = str(pytester.runpytest_inprocess(*options, *arguments).stdout)
    assert {*re.findall(r"^(notebooks/zh/.*)::", said, re.MULTILINE)} == ran
    left_out = "notebooks/zh: 1 notebooks, 2 cells" in said.splitlines()
    assert left_out == ("English cells stand for these" in said) == (ONE not in ran)


def test_the_report_says_so_under_pytest_xdist(tmp_path: Path) -> None:
    put_editions(tmp_path)
    run = pytest_nbval(tmp_path, "-n", "1", "--ignore-glob", "*/two.ipynb", BOOK_UTILS_DATASET="real")
    assert "3 passed" in run.output, run.output
    assert run.line("notebooks/zh: ") == "notebooks/zh: 1 notebooks, 2 cells"
