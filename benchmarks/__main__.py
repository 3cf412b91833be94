"""Measure, print the table, draw the chart. ``__init__.py`` says how to call it."""

import argparse
import os
import platform
import statistics
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.engine import in_kernel, in_process, peak_memory
from benchmarks.report import ROOT, SHOWN, head, line, read, seconds, write
from benchmarks.rows import CONCISE, DEFINITIONS, LIBRARIES, LOAD, PIXELS, ROWS, SCRATCH, TRAIN, Row


def lines(library: str, text: str) -> str:
    """Return the lines of a row for one of the packages."""
    return LIBRARIES[library] + "\n" + text.replace("{definitions}", DEFINITIONS[library])


def measure(row: Row, who: str) -> dict[str, Any]:
    """Measure a row once, for a package or for the practical limit."""
    before, timed = row.limit[1:] if who == "limit" else (lines(who, row.before), row.timed)
    if row.kernel and who != "limit":
        return in_kernel(before, timed, row.cold)
    return in_process(before, timed, row.cold, row.times)


def alternate(repeats: int, who: list[str], measure_one: Callable[[str], Any]) -> dict[str, list[Any]]:
    """Measure each in turn, several times over, so that what else the machine does strikes all alike."""
    found: dict[str, list[Any]] = {name: [] for name in who}
    for _ in range(repeats):
        for name in who:
            found[name].append(measure_one(name))
            print(".", end="", file=sys.stderr, flush=True)
    return found


def median(reports: list[dict[str, Any]]) -> float:
    return statistics.median(report["seconds"] for report in reports)


def same_curves(found: dict[str, list[dict[str, Any]]]) -> str:
    """Return how far apart the curves of the packages end: loss and accuracy in the last epoch."""
    ends = {name: reports[0]["curve"][-1] for name, reports in found.items() if reports[0].get("curve")}
    if len(ends) < 2:
        return ""
    loss, accuracy = (max(end[i] for end in ends.values()) - min(end[i] for end in ends.values()) for i in (0, 1))
    if loss > 0.01 or accuracy > 0.01:
        raise RuntimeError(f"these trainings did not end alike, so their times do not compare: {ends}")
    return f"losses end within {loss:.4f} of each other"


def measure_rows(names: list[str], repeats: int) -> dict[str, dict[str, float]]:
    """Measure rows, print each as a line of the table as soon as it is known, and return the medians."""
    medians = {}
    for name in names:
        row = ROWS[name]
        who = [*(["d2l"] if row.beside_d2l else []), "book_utils", *(["limit"] if row.limit else [])]
        found = alternate(repeats, who, lambda who, row=row: measure(row, who))
        print(file=sys.stderr)
        medians[name] = {who: float(f"{median(reports):.4g}") for who, reports in found.items()}
        print(line(name, medians[name]), flush=True)
        if remark := same_curves(found):
            print(f"{name}: {remark}", file=sys.stderr)
    return medians


def measure_memory(repeats: int) -> dict[str, int]:
    """Print the peak memory of training in a script, above that of ``import torch`` alone, process tree included.

    Return what the README says of it: ours from scratch and concise, and the smaller one of d2l's two.

    Two epochs: the peak comes in the first, and d2l needs a minute for ten. Its ``train_ch3`` ends with the assertion
    that the loss is below 0.5, which it is not yet.
    """
    programs = {"import torch": "import torch\n"}
    two_epochs = f"try:\n    {TRAIN.replace('10,', '2,')}except AssertionError:\n    pass\n"
    for library in ("d2l", "book_utils"):
        for name, model in (("scratch", SCRATCH), ("concise", CONCISE)):
            programs[f"{library}, {name}"] = lines(library, LOAD + model + two_epochs)
    found = alternate(repeats, list(programs), lambda name: peak_memory(programs[name]))
    print(file=sys.stderr)
    peaks = {name: round(statistics.median(each)) for name, each in found.items()}
    above = {name: peak - peaks["import torch"] for name, peak in peaks.items()}
    print("\n| peak memory while training | MB | above `import torch` |\n|---|--:|--:|")
    for name, peak in peaks.items():
        print(f"| {name} | {peak} | {above[name]} |")
    ours = {name: above[f"book_utils, {name}"] for name in ("scratch", "concise")}
    return {**ours, "d2l": min(above["d2l, scratch"], above["d2l, concise"])}


def measure_growth(repeats: int) -> None:
    """Print how the time for a sweep grows when there are ten times as many images."""
    tiled = "images, labels = book_utils.fashion_mnist_tensors(True)\nimages, labels = {tile}\n"
    tiled += "train_iter = book_utils.Batches(images, labels, 256, shuffle=True)\nfor X, y in train_iter: pass\n"
    tiles = {"once": "images, labels", "ten times": "images.repeat(10, 1, 1, 1), labels.repeat(10)"}
    found = alternate(
        repeats,
        list(tiles),
        lambda name: in_process(
            "import book_utils\n" + tiled.replace("{tile}", tiles[name]), "for X, y in train_iter: pass\n", False, 3
        ),
    )
    once, ten = median(found["once"]), median(found["ten times"])
    print(
        f"\nA sweep over ten times the images takes {ten / once:.1f} times as long ({seconds(once)}, {seconds(ten)})."
    )


def measure_import(repeats: int) -> None:
    """Print what ``import book_utils`` itself takes, and how far resized pixels are from torchvision's."""
    found = [in_process("", "import book_utils\n", False, 1) for _ in range(repeats)]
    print(f"\n`import book_utils`: {seconds(median(found))}.")
    pixels = in_process("import book_utils\n", PIXELS, False, 1)["result"]
    print(f"Pixels resized to 64 x 64 differ from torchvision's by at most {pixels:.2f} / 255.")


def measure_notebooks(repeats: int) -> None:
    """Print how long pytest takes for the English chapters, without the solutions."""
    chapters = [str(path) for path in sorted((ROOT / "notebooks" / "en").glob("*.ipynb"))]
    times = []
    for _ in range(repeats):
        report = in_process(
            "import subprocess, sys\n",
            f"subprocess.run([sys.executable, '-m', 'pytest', '-q', *{chapters}], cwd={str(ROOT)!r}, check=True,"
            " stdout=subprocess.DEVNULL)\n",
            False,
            1,
        )
        times.append(report)
    print(f"\nAll English chapters under nbval: {seconds(median(times))}.")


EXTRAS = {
    "growth": measure_growth,
    "import": measure_import,
    "notebooks": measure_notebooks,
}


def main() -> None:
    every = [*ROWS, "memory", *EXTRAS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--rows", nargs="+", choices=every, default=every)
    parser.add_argument("--save", action="store_true", help="store the results, and write the READMEs' table and chart")
    options = parser.parse_args()
    if options.save and (left_out := {*SHOWN, "memory"} - {*options.rows}):
        parser.error(f"the README shows one run: --save without {', '.join(sorted(left_out))} would mix two")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    run = {"cores": cores, "repeats": options.repeats}
    print(f"Python {platform.python_version()}\n\n{head(run)}", flush=True)
    medians = measure_rows([name for name in options.rows if name in ROWS], options.repeats)
    megabytes = measure_memory(options.repeats) if "memory" in options.rows else {}
    if options.save:
        measured = {**run, "seconds": {name: medians[name] for name in SHOWN}, "megabytes": megabytes}
        write({**measured, "gpu": read()["gpu"]})  # from another machine: see tools/gpu.py
    for name in options.rows:
        if name in EXTRAS:
            EXTRAS[name](options.repeats)


if __name__ == "__main__":
    main()
