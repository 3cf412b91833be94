"""The benchmarks measure what they say: the lines compile for both packages, and what fails is not timed."""

import pytest

from benchmarks import engine
from benchmarks.__main__ import alternate, lines, median, same_curves, seconds
from benchmarks.rows import LIBRARIES, ROWS


@pytest.fixture(autouse=True)
def anywhere(monkeypatch, tmp_path):
    monkeypatch.setattr(engine, "course_folder", lambda: tmp_path)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_lines_are_the_same_for_both_but_for_the_import(row, library):
    code = lines(library, row.before + row.timed)
    compile(code, "row", "exec")
    assert code.startswith(LIBRARIES[library]) and code.count("book_utils") == (library == "book_utils")


@pytest.mark.parametrize("row", [row for row in ROWS.values() if row.limit], ids=lambda row: row.title)
def test_the_limits_compile(row):
    compile(row.limit[1] + row.limit[2], "limit", "exec")


def test_a_process_is_timed_after_what_comes_before():
    before = "import time\ntime.sleep(0.3)\nn = []\n"
    report = engine.in_process(before, "n.append(1)\nresult = len(n)\n", cold=False, times=3)
    assert report["result"] == 3 and report["seconds"] < 0.3
    assert engine.in_process(before, "", cold=True, times=1)["seconds"] > 0.3


def test_a_process_that_fails_is_not_timed():
    with pytest.raises(RuntimeError, match="1 / 0"):
        engine.in_process("", "1 / 0\n", cold=True, times=1)
    with pytest.raises(RuntimeError, match="1 / 0"):
        engine.peak_memory("1 / 0")


def test_the_memory_of_children_counts():
    alone = "import time\nx = bytearray(b'1' * 60_000_000)\ntime.sleep(0.5)\n"
    parent = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {alone!r}])\n"
    assert engine.peak_memory(parent) > 60 > engine.peak_memory("import time\ntime.sleep(0.5)\n")


def test_who_is_measured_takes_turns():
    order = []
    found = alternate(2, ["a", "b"], lambda name: order.append(name) or {"seconds": len(order)})
    assert order == ["a", "b", "a", "b"] and median(found["a"]) == 2


def test_trainings_that_end_differently_are_not_compared():
    alike = {"d2l": [{"curve": [[1.0, 0.5], [0.45, 0.85]]}], "book_utils": [{"curve": [[1.0, 0.5], [0.451, 0.85]]}]}
    assert "0.0010" in same_curves(alike)
    alike["d2l"][0]["curve"][-1] = [0.6, 0.85]
    with pytest.raises(RuntimeError, match="did not end alike"):
        same_curves(alike)


def test_seconds_are_written_as_people_read_them():
    assert [seconds(value) for value in (0.0431, 0.9, 12.34, None)] == ["43 ms", "900 ms", "12.3 s", ""]
