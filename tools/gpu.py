"""Try the book on a CUDA device, and pack what a machine lacks that has torch, torchvision and matplotlib alone.

``tools/trials.py`` says how to call it.
"""

import gzip
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks import engine
from benchmarks.__main__ import lines, median, same_curves
from benchmarks.rows import BY_HAND, CONCISE, CURVES, LOAD_ON_DEVICE, MOVE, SCRATCH, TRAIN, TRAIN_BY_HAND, WARM_UP
from book_utils.fashion_mnist.files import ARCHIVES, RAW, fashion_mnist_root
from tools import book, chapters, compare

PYTHON, PLATFORM = "3.12", "x86_64-manylinux_2_28"
THERE = ["torch", "torchvision", "matplotlib"]  # with all that these need
CARRIED = ["d2l==0.17.6", "ipykernel", "nbclient", "nbformat", "jupytext", "pyyaml", "psutil", "pandas"]
SPARED = {"debugpy", "widgetsnbextension", "jupyterlab-widgets"}  # needed by what they come with, not by what runs here
REPEATS = 2

PROFILE = """
from torch.profiler import ProfilerActivity, profile
activities = [ProfilerActivity.CPU] + [ProfilerActivity.CUDA] * (device.type == "cuda")
with profile(activities=activities) as seen:
    d2l.train_epoch_ch3(net, train_iter, loss, updater)
print(seen.key_averages().table(sort_by="self_cpu_time_total", row_limit=16, max_name_column_width=44))
"""


def trial(names: list[str]) -> None:
    """Run chapters on the device, measure ten epochs beside d2l, train in a group of one process (NCCL), and profile an
    epoch; print all of it: some three minutes.

    Without a device everything runs on the CPU, and the first line says so. Raise at the end if a chapter showed
    something else than what is stored.
    """
    begin = time.perf_counter()
    print(described(), flush=True)
    different = run_chapters(chosen(names))
    print(json.dumps({"gpu": {"card": described(), **measure()}}, indent=1), flush=True)
    print(in_a_group(), flush=True)
    profile_epoch()
    print(f"All of it took {time.perf_counter() - begin:.0f} s.")
    if different:
        raise SystemExit(f"{different} outputs are others than those stored")


def described() -> str:
    """Return the name of the device, and the version of torch."""
    import torch

    card = torch.cuda.get_device_name() if torch.cuda.is_available() else "no CUDA device: all on the CPU"
    return f"{card}, torch {torch.__version__.partition('+')[0]}"


def chosen(names: list[str]) -> list[Path]:
    """Return the English chapters on images, or those whose names contain one of ``names``."""
    every = [path for path in book.files_under("notebooks", ".ipynb") if path.parent.name == "en"]
    if names:
        return [path for path in every if any(name in path.name for name in names)]
    return [path for path in every if chapters.facts(book.source_of(path)).get("images")]


def run_chapters(paths: list[Path]) -> int:
    """Run chapters side by side, and print for each how long it took and which outputs are not those stored."""
    with ThreadPoolExecutor(len(paths)) as pool:
        reports = list(pool.map(run_chapter, paths))
    for path, (took, compared, differences) in zip(paths, reports):
        print(
            f"{path.stem}: ran in {took:.0f} s, {compared} outputs compared, {len(differences)} different", flush=True
        )
        print(*differences, sep="\n", end="\n" if differences else "")
    return sum(len(differences) for _, _, differences in reports)


def run_chapter(path: Path) -> tuple[float, int, list[str]]:
    """Run a copy of a chapter; return the seconds, how many cells were compared, and what differs in them."""
    stored, notebook = book.read(path), book.read(path)
    begin = time.perf_counter()
    book.execute(notebook, path.parent)
    compared, differences = 0, []
    for number, (before, now) in enumerate(zip(stored.cells, notebook.cells)):
        if now.cell_type == "code" and not compare.exemption(now.metadata.get("tags", []), "real"):
            compared += 1
            found = compare.output_differences(before.outputs, now.outputs)
            differences += [f"  cell {number}: {now.source.splitlines()[0]}\n  {one}" for one in found]
    return time.perf_counter() - begin, compared, differences


def measure() -> dict[str, Any]:
    """Measure ten epochs after one that warms up, and return what ``benchmarks/results.json`` holds of it, in seconds.

    Each package in a kernel, with the live plot, and the practical limit by hand without one. d2l's ``train_ch3`` knows
    of no device: its batches are moved one by one. It trains the concise model only, in one run, since it takes long.
    """
    found: dict[str, Any] = {"by hand": median([engine.in_process(BY_HAND + MOVE["by hand"], TRAIN_BY_HAND, False, 3)])}
    for name, model in (("concise", CONCISE), ("scratch", SCRATCH)):
        reports = {
            library: [
                engine.in_kernel(
                    lines(library, LOAD_ON_DEVICE[library] + model + MOVE[name] + CURVES + WARM_UP), TRAIN, False
                )
                for _ in range(runs)
            ]
            for library, runs in (("book_utils", REPEATS), *([("d2l", 1)] if name == "concise" else []))
        }
        found[name] = {library: median(each) for library, each in reports.items()}
        print(f"{name}, 10 epochs: {found[name]}; {same_curves(reports)}", flush=True)
    return found


def in_a_group(epochs: int = 3) -> str:
    """Train alone, and in a group of one process that torchrun starts, on a GPU with NCCL; say what became of it.

    Raise if the two curves are not the same within 1e-5.
    """
    curves, said = [], []
    with tempfile.TemporaryDirectory() as folder:
        for launch in ([], ["torch.distributed.run", "--standalone", "--nproc-per-node=1", "-m"]):
            file = Path(folder, f"{len(curves)}.pt")
            program = ["-m", *launch, "book_utils.train", "--epochs", str(epochs), "--checkpoint", file]
            begin = time.perf_counter()
            subprocess.run([sys.executable, *program], check=True, env=engine.environment(), stdout=subprocess.DEVNULL)
            said.append(f"{time.perf_counter() - begin:.0f} s")
            curves.append(curve_in(file))
    apart = max(abs(one - other) for pair in zip(*curves) for one, other in zip(*pair))
    if apart > 1e-5:
        raise SystemExit(f"in a group of one process the curve is another: {curves}")
    return f"{epochs} epochs alone and in a group of one process ({', '.join(said)}): the curves differ by {apart:.0e}"


def curve_in(checkpoint: Path) -> list[tuple[float, ...]]:
    """Return the curve that book_utils.train keeps in a checkpoint."""
    import torch

    return torch.load(checkpoint, weights_only=True)["curve"]


def profile_epoch() -> None:
    """Print where the time of one epoch of the concise model goes, on the processor and on the device."""
    code = lines("book_utils", LOAD_ON_DEVICE["book_utils"] + CONCISE + MOVE["concise"] + CURVES + WARM_UP + PROFILE)
    subprocess.run([sys.executable, "-c", code], check=True, env=engine.environment(), cwd=engine.course_folder())


def pack(names: list[str]) -> None:
    """Put into a folder the data set and, as wheels, what a machine lacks that has ``THERE``."""
    (folder,) = map(Path, names)
    wheels, raw = folder / "wheels", folder / "data" / RAW
    for place in (wheels, raw):
        place.mkdir(parents=True, exist_ok=True)
    for name, archive in ARCHIVES.items():
        (raw / archive.name).write_bytes(gzip.compress((fashion_mnist_root() / RAW / name).read_bytes(), mtime=0))
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch, "wanted.txt")
        wanted.write_text("\n".join(lacking()), encoding="utf-8")
        tags = [
            f"--platform=manylinux{tag}_x86_64" for tag in ("_2_28", "_2_17", "2014", "1", "_2_27", "_2_24", "_2_12")
        ]
        for_there = ["--no-deps", "--only-binary=:all:", f"--python-version={PYTHON}", "--implementation=cp", *tags]
        subprocess.run(
            ["uvx", "pip", "download", "--quiet", *for_there, "--dest", wheels, "--requirement", wanted], check=True
        )
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{folder}: {size / 2**20:.0f} MiB. On that machine, in a copy of this repository with the folder in it:")
    print(f"python3 -m pip install --no-index --no-deps --target /tmp/site {wheels}/*.whl")
    print(f"PYTHONPATH=/tmp/site BOOK_UTILS_DATA={folder}/data python3 -m tools.trials gpu")


def lacking() -> Iterator[str]:
    """Yield the requirements, with versions, that a machine with ``THERE`` lacks."""
    project = (book.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    ours = re.findall(r'^  "(.+?)",', project.partition("\ndependencies = [")[2].partition("]")[0], re.MULTILINE)
    there = resolved(THERE)
    for requirement in resolved([*THERE, *ours, *CARRIED]):
        if requirement not in there and requirement.partition("==")[0] not in SPARED:
            yield requirement


def resolved(requirements: list[str]) -> list[Any]:
    """Return what is installed for requirements: each package with its version."""
    command = ["uv", "pip", "compile", "-", "--no-header", "--no-annotate", "--quiet"]
    where = ["--python-version", PYTHON, "--python-platform", PLATFORM]
    compiled = subprocess.run(
        [*command, *where],
        input="\n".join(requirements),
        cwd=book.ROOT,
        check=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
    )
    return compiled.stdout.split("\n")
