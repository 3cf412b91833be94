"""What nbval needs to know to run our notebooks.

Displays that change while a cell runs are compared in their last state; numbers and figures are compared as
``tools/compare.py`` says; cells tagged ``timing``, ``device`` or ``chaotic`` run without comparison, and those tagged
``real-data`` are compared only if the real data set is in use. A translated notebook runs if it is named, if pytest is
given ``--all-editions``, or if what can stand for its run is not all there: the English notebook, and the test that
code and outputs of the two are the same. The end of the report says what was not compared, and what did not run.
"""

from __future__ import annotations

import os
import platform
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode, from_dict
from nbval.plugin import IPyNbCell, IPyNbFile

from book_utils import dataset_in_use
from tools import answers, compare, exemptions

# One thread for arithmetic: sums are then taken in one order, however many cores there are, and notebooks that run
# side by side do not fight over them (two kernels with two threads each on two cores are ten times slower).
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parent

# What processes write into pipes is UTF-8 on every system; who reads from one says so.
os.environ.setdefault("PYTHONUTF8", "1")

# Some forty processes import torch. Where Python is told not to keep what it compiles, as in many a container, each
# would compile two thousand modules for itself: they keep it, out of the way.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(Path(sys.prefix, "compiled"))

NOTEBOOKS = ROOT / "notebooks"
ENGLISH = NOTEBOOKS / "en"

# The d2l that tests marked ``oracle`` compare with, and the system, which those marked ``posix`` or ``linux`` go by.
ORACLE = "0.17.6"
SYSTEM = platform.system()

# What did not run and why, for the report: names of tests by reason.
LEFT_OUT = pytest.StashKey[dict[str, list[str]]]()
REPRESENTED = (
    "the English cells stand for these: same code, same outputs (tests/test_editions.py); --all-editions runs both"
)


class Notebook(IPyNbFile):
    """A notebook whose displays can change after they are shown, as in JupyterLab."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.displays: dict[str, list[NotebookNode]] = {}

    def setup(self) -> None:
        """Start the kernel: what it is told is in the language of its notebook, and not of the unit tests."""
        language = os.environ.pop("BOOK_UTILS_LANGUAGE", None)
        super().setup()
        if language is not None:
            os.environ["BOOK_UTILS_LANGUAGE"] = language

    def collect(self) -> Iterator[Cell]:
        for number, cell in enumerate(super().collect()):
            if number == 0:  # nbval has read the notebook by now, and makes one cell after the other
                answers.show(self.nb)
            yield Cell.from_parent(self, name=cell.name, cell_num=cell.cell_num, cell=cell.cell, options=cell.options)

    def get_kernel_message(self, timeout: float | None = None, stream: str = "iopub") -> dict[str, Any]:
        """The kernel's next message, updates of displays excepted: these change what was shown before.

        As in JupyterLab and nbclient, an update changes every display of its id, in whichever cell. The output of an
        earlier cell has been compared by then, so show and update within one cell.
        """
        while True:
            message = super().get_kernel_message(timeout, stream)
            if message["msg_type"] in ("display_data", "execute_result", "update_display_data"):
                self._follow_display(message["content"])
            if message["msg_type"] != "update_display_data":
                return message

    def _follow_display(self, content: dict[str, Any]) -> None:
        """Bring earlier displays of the same id up to date, and remember this one's data to do so later."""
        content["data"] = data = from_dict(content["data"])  # nbval would copy a plain dict, and keep a NotebookNode
        identity = (content.get("transient") or {}).get("display_id")
        if identity is None:
            return
        for shown in self.displays.setdefault(identity, []):
            shown.clear()
            shown.update(data)
        self.displays[identity].append(data)


class Cell(IPyNbCell):
    """A cell whose outputs are compared with tolerance, or not at all."""

    def settle(self, data_set: str) -> None:
        """Decide whether the output will be compared, and leave word of it for the report."""
        self.data_set = data_set
        self.user_properties.append(("data set", data_set))
        if reason := self._reason_not_to_compare(data_set):
            self.options["check"] = False
            self.user_properties.append(("not compared", reason))

    def _reason_not_to_compare(self, data_set: str) -> str:
        if tag := compare.exemption(self.cell.metadata.get("tags", []), data_set):
            return tag
        if not self.options["check"]:
            return "nbval"
        return "not executed" if self.cell.execution_count is None else ""

    def runtest(self) -> None:
        """Run and compare the cell; of an exempt one check what must hold all the same."""
        super().runtest()
        if complaint := self._needless() or self._broken():
            self.raise_cell_error("The cell is exempt from comparison, and not as an exempt cell should be", complaint)

    def _needless(self) -> str:
        """Say so if the stand-in shows what the real images show."""
        tags = self.cell.metadata.get("tags", [])
        if {*tags} & {*compare.NEVER_COMPARED} or compare.exemption(tags, self.data_set) != compare.REAL_DATA:
            return ""
        stored, fresh = self.sanitize_outputs(self.cell.outputs), self.sanitize_outputs(self.test_outputs)
        differs = compare.output_differences(stored, fresh, self.parent.skip_compare)
        return "" if differs else f"it shows the same on the stand-in: it needs no tag {compare.REAL_DATA}"

    def _broken(self) -> str:
        """Say what the cell shows that contradicts its own statement, which may speak of the real images."""
        statement = self.cell.metadata.get(exemptions.HOLDS)
        of_real_images = compare.REAL_DATA in self.cell.metadata.get("tags", [])
        if not statement or (of_real_images and self.data_set != "real"):
            return ""
        return exemptions.broken(statement, self.test_outputs, stored=False)

    def compare_outputs(
        self, test: list[NotebookNode], ref: list[NotebookNode], skip_compare: tuple[str, ...] | None = None
    ) -> bool:
        """Whether the outputs agree; nbval prints ``comparison_traceback`` if not."""
        stored, fresh = self.sanitize_outputs(ref), self.sanitize_outputs(test)
        drew, runs = _matplotlib_versions(stored), _matplotlib_versions(fresh)
        if drew and runs and drew != runs:
            self.user_properties.append(("other matplotlib", f"{drew} drew what is stored, {runs} is running"))
        ignored = skip_compare or self.parent.skip_compare
        self.comparison_traceback = compare.output_differences(stored, fresh, ignored)
        return not self.comparison_traceback


def _matplotlib_versions(outputs: list[NotebookNode]) -> str:
    figures = compare.by_kind(outputs)["image/svg+xml"]
    return ", ".join(sorted({compare.matplotlib_version(figure) for figure in figures} - {""}))


@pytest.hookimpl(wrapper=True)
def pytest_collect_file() -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Put our notebooks in the place of nbval's."""
    found = yield
    return [
        Notebook.from_parent(node.parent, path=node.path) if isinstance(node, IPyNbFile) else node for node in found
    ]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-editions", action="store_true", help="run translated notebooks, whatever stands for them")


@pytest.hookimpl(trylast=True)  # after -k and -m: what they leave out cannot stand for anything
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what cannot run or need not, and keep word of it for the report."""
    left_out = _without_what_they_need(items)
    if not config.option.all_editions:
        left_out[REPRESENTED] = _represented(items, config)
    deselected = {item for found in left_out.values() for item in found}
    if deselected:
        config.hook.pytest_deselected(items=list(deselected))
        items[:] = [item for item in items if item not in deselected]
    config.stash[LEFT_OUT] = {reason: _names(found) for reason, found in left_out.items() if found}


def _names(items: list[pytest.Item]) -> list[str]:
    """Return the names of tests; of cells their number, by edition."""
    lines = [item.nodeid for item in items if not isinstance(item, Cell)]
    notebooks = Counter(item.path for item in items if isinstance(item, Cell))
    for edition in sorted({notebook.relative_to(NOTEBOOKS).parts[0] for notebook in notebooks}):
        counts = [count for notebook, count in notebooks.items() if NOTEBOOKS / edition in notebook.parents]
        lines.append(f"notebooks/{edition}: {len(counts)} notebooks, {sum(counts)} cells")
    return lines


def _without_what_they_need(items: list[pytest.Item]) -> dict[str, list[pytest.Item]]:
    """Return the tests marked as needing what is not here, by reason."""
    needs = {
        "oracle": (_has_oracle(), f"d2l {ORACLE} is not installed, so these comparisons with it did not run"),
        "posix": (SYSTEM != "Windows", f"{SYSTEM} lacks what these tests need of a Unix system, so they did not run"),
        "linux": (SYSTEM == "Linux", f"{SYSTEM} cannot mount what these tests need, so they did not run"),
    }
    missing = {marker: reason for marker, (here, reason) in needs.items() if not here}
    return {reason: [item for item in items if item.get_closest_marker(marker)] for marker, reason in missing.items()}


def _has_oracle() -> bool:
    try:
        return version("d2l") == ORACLE
    except PackageNotFoundError:
        return False


def _represented(items: list[pytest.Item], config: pytest.Config) -> list[pytest.Item]:
    """Return the cells of translations that need not run, since others stand for them.

    These are the English notebook, all of it, and a test marked ``same_when_run``: that the two have the same code and
    outputs. Who names a translated notebook, or its folder, wants it run.
    """
    cells = [item for item in items if isinstance(item, Cell)]
    count = Counter(cell.parent for cell in cells)
    whole = {file.path for file in count if count[file] == sum(cell.cell_type == "code" for cell in file.nb.cells)}
    same = {item.callspec.params["translated"] for item in items if item.get_closest_marker("same_when_run")}
    named = [(config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args]
    wanted = [place for place in named if NOTEBOOKS in place.parents]

    def is_represented(notebook: Path) -> bool:
        english = ENGLISH.joinpath(*notebook.relative_to(NOTEBOOKS).parts[1:])
        return english in whole and not any(notebook.is_relative_to(place) for place in wanted)

    return [cell for cell in cells if cell.path in same and is_represented(cell.path)]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In a worker of pytest-xdist: tell the process that writes the report what was left out."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left out"] = session.config.stash.get(LEFT_OUT, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """In the process that writes the report: hear what a worker has left out."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left out", {})


@pytest.hookimpl(tryfirst=True)  # before a worker of pytest-xdist reports for work that it will not do
def pytest_collection_finish(session: pytest.Session) -> None:
    """Settle which data set is in use, once, if there are cells to be run."""
    cells = [item for item in session.items if isinstance(item, Cell)]
    if not cells or session.config.option.collectonly:
        return
    try:
        data_set = _settled_data_set()
    except (OSError, RuntimeError, ValueError) as error:
        session.shouldfail = f"no data set for the notebooks: {error}"  # what pytest-xdist passes on
        raise session.Failed(session.shouldfail) from error
    for cell in cells:
        cell.settle(data_set)


def _settled_data_set() -> str:
    """Which data set is in use; from here on every kernel is told, so that none tries a download of its own."""
    if folder := os.environ.get("BOOK_UTILS_DATA"):
        os.environ["BOOK_UTILS_DATA"] = str(Path(folder).expanduser().absolute())  # kernels start elsewhere
    os.environ["BOOK_UTILS_DATASET"] = data_set = dataset_in_use()
    return data_set


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which data set was in use and what was not compared. Reports carry it, so pytest-xdist's workers can."""
    for reason, names in config.stash.get(LEFT_OUT, {}).items():
        terminalreporter.section(reason)
        terminalreporter.write_line("\n".join(names))
    reports = [report for group in terminalreporter.stats.values() for report in group]
    cells = [dict(report.user_properties) for report in reports if getattr(report, "when", "") == "call"]
    cells = [cell for cell in cells if "data set" in cell]
    if not cells:
        return
    data_sets = ", ".join(sorted({cell["data set"] for cell in cells}))
    reasons = Counter(cell["not compared"] for cell in cells if "not compared" in cell)
    listed = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items())) or "none"
    others = [cell["other matplotlib"] for cell in cells if "other matplotlib" in cell]
    terminalreporter.section("notebooks")
    if "standin" in data_sets:
        terminalreporter.write_line(
            "NOTICE: the real Fashion-MNIST was not to be had, or not wanted; a drawn stand-in took its place"
        )
    terminalreporter.write_line(f"data set in use: {data_sets}; {len(cells)} cells ran, without comparison: {listed}")
    if others:
        terminalreporter.write_line(
            f"ticks, letters and page of figures not compared in {len(others)} cells: "
            f"matplotlib {'; '.join(sorted(set(others)))}"
        )
