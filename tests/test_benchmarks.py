"""The benchmarks measure what they say: the lines compile for both packages, and what fails is not timed."""

import re
import shutil
import sys

import numpy as np
import pytest
from PIL import Image

from benchmarks import engine, report
from benchmarks.__main__ import alternate, lines, main, median, same_curves
from benchmarks.report import READMES, SHOWN, seconds
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


# A clock for measured processes: it stands still unless the lines move it.
CLOCK = "import time\nnow = [0.0]\ntime.perf_counter = lambda: now[0]\n"


def test_a_process_is_timed_after_what_comes_before():
    before = CLOCK + "now[0] += 60\nn = []\n"
    report = engine.in_process(before, "n.append(1)\nnow[0] += len(n)\nresult = len(n)\n", cold=False, times=3)
    assert report["result"] == 3 and report["seconds"] == 2  # the median of 1, 2 and 3


def test_with_cold_the_clock_starts_before_the_process(monkeypatch):
    ticks = iter([10.0, 14.0])
    monkeypatch.setattr(engine.time, "perf_counter", lambda: next(ticks))
    assert engine.in_process("n = 1\n", "result = n\n", cold=True, times=1) == {
        "seconds": 4,
        "result": 1,
        "curve": None,
    }


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


# What the READMEs say of the results.


@pytest.mark.parametrize("language", READMES)
def test_the_readmes_table_picture_and_memory_are_those_of_the_stored_results(language):
    text = READMES[language].read_text(encoding="utf-8")
    assert report.put_into(text, report.section(report.read(), language)) == text, "uv run python -m benchmarks.report"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Ten epochs of chapter 07 take about as long as d2l needs for half of one"),
        ("zh", "第 07 章的十轮训练，所用的时间与 d2l 训练半轮差不多"),
    ],
)
def test_ten_epochs_take_about_as_long_as_half_of_one(language, sentence):
    """The table's row trains ten epochs with each."""
    times = report.read()["seconds"]["scratch"]
    assert 0.4 < times["book_utils"] / (times["d2l"] / 10) < 0.6
    assert sentence in READMES[language].read_text(encoding="utf-8").replace("\n", " ")


def test_a_ratio_is_that_of_its_times_and_a_limit_is_named():
    times = {"d2l": 5.1, "book_utils": 0.043, "limit": 0.0452}
    sweep = "| one sweep over 60,000 images | 5.1 s | 43 ms | 118.6 | index and divide: 45 ms | 0.95 |"
    assert report.line("sweep", times) == sweep
    assert report.line("animator", {"d2l": 160.0, "book_utils": 0.4}).endswith("| 160.0 s | 400 ms | 400.0 | | |")
    assert "| 遍历一次 60,000 张图像 |" in report.line("sweep", times, "zh")
    assert "按索引取出并相除：45 ms" in report.line("sweep", times, "zh")


def test_the_chinese_table_has_words_for_every_row():
    for name in SHOWN:
        limit = ROWS[name].limit
        for title in (ROWS[name].title, *([limit[0]] if limit and re.search("[a-z] [a-z]", limit[0]) else [])):
            assert (title in report.WORDS["zh"]) != (title == "`import torch`"), title


def test_the_chart_shows_the_stored_results(tmp_path):
    """Its numbers are also in the file as text; its pixels are the same where the same matplotlib draws them."""
    report.draw(report.read(), tmp_path / "chart.png")
    stored, drawn = Image.open(report.CHART), Image.open(tmp_path / "chart.png")
    assert stored.info["Description"] == drawn.info["Description"]
    if stored.info["Software"] == drawn.info["Software"]:
        assert np.array_equal(*(np.asarray(picture) for picture in (stored, drawn)))


@pytest.fixture
def readme(monkeypatch, tmp_path):
    """Return a README of one part, which results are written into, with the file of results and the chart beside it."""
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n\n{report.BEGIN}stale\n{report.END}\nafter\n", encoding="utf-8")
    for name, path in {"READMES": {"en": readme}, "RESULTS": tmp_path / "r.json", "CHART": tmp_path / "c.png"}.items():
        monkeypatch.setattr(report, name, path)
    shutil.copy(report.ROOT / "benchmarks" / "results.json", report.RESULTS)
    monkeypatch.setattr(report, "ROOT", tmp_path)
    return readme


def test_a_run_that_is_saved_is_what_the_readme_shows(readme, monkeypatch, capsys):
    took = {"d2l": 4.0, "book_utils": 0.02, "limit": 0.01}
    peaks = iter([100.0, 160.0, 150.0, 111.0, 133.0])  # import torch, d2l from scratch and concise, book_utils
    monkeypatch.setattr("benchmarks.__main__.measure", lambda row, who: {"seconds": took[who]})
    monkeypatch.setattr("benchmarks.__main__.peak_memory", lambda code: next(peaks))
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--save", "--repeats", "1", "--rows", *SHOWN, "memory"])
    main()
    said, text = capsys.readouterr().out, readme.read_text(encoding="utf-8")
    assert report.line("sweep", took) in said and report.line("sweep", took) in text and "stale" not in text
    assert text.startswith("before\n") and text.endswith("\nafter\n") and "medians of 1 runs" in text
    assert "11 MB (from scratch) or 33 MB" in text and "included 50 MB" in text and "bars from 200 to 200" in text
    assert report.CHART.exists()
    assert "On a GPU (" in text  # what another machine measured stays


@pytest.mark.parametrize("left_out", ["sweep", "memory"])
def test_a_part_of_a_run_is_not_saved(readme, monkeypatch, capsys, left_out):
    rows = [name for name in (*SHOWN, "memory") if name != left_out]
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--save", "--rows", *rows])
    with pytest.raises(SystemExit):
        main()
    assert f"without {left_out}" in capsys.readouterr().err and "stale" in readme.read_text(encoding="utf-8")
