"""Run one measurement in a process, or a Jupyter kernel, of its own."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from queue import Empty
from typing import Any

import psutil

# What a measured process ends with. "result" is what a row notes down, "curve" what the epochs returned.
REPORT = """
import json
print('REPORT ' + json.dumps({'seconds': seconds, 'result': globals().get('result'), 'curve': globals().get('curve')}))
"""


def clocked(timed: str, times: int) -> str:
    """Return lines that run ``timed`` several times, in the same place as a reader's cell, and time each."""
    return (
        f"import time\nseconds = []\ncode = compile({timed!r}, 'timed', 'exec')\n"
        f"for _ in range({times}):\n    begin = time.perf_counter()\n    exec(code)\n"
        "    seconds.append(time.perf_counter() - begin)\n"
    )


@cache
def course_folder() -> Path:
    """Return a working folder for d2l, which looks for the data set in ``../data``: the very files that we use."""
    from book_utils import fashion_mnist_root

    folder = Path(tempfile.mkdtemp(prefix="benchmark-"))
    (folder / "work").mkdir()
    (folder / "data").mkdir()
    ours, theirs = fashion_mnist_root() / "FashionMNIST", folder / "data" / "FashionMNIST"
    try:
        theirs.symlink_to(ours)
    except OSError:  # Windows lets only some users make links
        shutil.copytree(ours, theirs)
    return folder / "work"


def environment() -> dict[str, str]:
    """Return the environment of a measured process: the real data, and threads as everybody has them."""
    ours = {**os.environ, "BOOK_UTILS_DATASET": "real", "PYTHONWARNINGS": "ignore", "MPLBACKEND": "agg"}
    return {name: value for name, value in ours.items() if name != "OMP_NUM_THREADS"}


def in_process(before: str, timed: str, cold: bool, times: int) -> dict[str, Any]:
    """Run lines in a fresh process; with ``cold`` the clock starts before the process does."""
    code = before + ("seconds = [0]\n" + timed if cold else clocked(timed, times)) + REPORT
    begin = time.perf_counter()
    with child(code) as process:
        for line in process.stdout:
            if line.startswith("REPORT "):
                ended = time.perf_counter()
                report = json.loads(line.removeprefix("REPORT "))
                process.wait()  # else what it still has to clear away, workers and all, would slow the next one down
                report["seconds"] = ended - begin if cold else statistics.median(report["seconds"])
                return report
    raise RuntimeError(f"the measured process failed:\n{code}")


def in_kernel(before: str, timed: str, cold: bool) -> dict[str, Any]:
    """Run lines in a fresh kernel, as two cells, and wait until it is idle."""
    from jupyter_client.manager import start_new_kernel

    begin = time.perf_counter()
    kernel_environment = {name: value for name, value in environment().items() if name != "MPLBACKEND"}
    manager, client = start_new_kernel(cwd=str(course_folder()), env=kernel_environment, stderr=subprocess.DEVNULL)
    said = []

    def listen(message: dict[str, Any]) -> None:
        if message["msg_type"] == "stream":
            said.append(message["content"]["text"])

    def run(cell: str) -> None:
        reply = client.execute_interactive(cell, timeout=600, output_hook=listen)
        if reply["content"]["status"] != "ok":
            raise RuntimeError("\n".join(reply["content"]["traceback"]))

    try:
        run("%matplotlib inline\n" + before)
        start = begin if cold else time.perf_counter()
        run(timed)
        seconds = [time.perf_counter() - start]
        run(f"seconds = {seconds}" + REPORT)
    except Empty:
        raise RuntimeError(f"the kernel did not answer:\n{timed}") from None
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    (line,) = (line for line in "".join(said).splitlines() if line.startswith("REPORT "))
    return {**json.loads(line.removeprefix("REPORT ")), "seconds": seconds[0]}


def peak_memory(code: str) -> float:
    """Return the greatest memory, in MB, that a process and all that it starts have to themselves."""
    with child(code) as process:
        tree, peak = psutil.Process(process.pid), 0
        while process.poll() is None:
            total = 0
            for member in [tree, *children(tree)]:
                try:
                    total += own_memory(member)
                except psutil.Error:  # it has just ended
                    continue
            peak = max(peak, total)
        if process.returncode:
            raise RuntimeError(f"the measured process failed:\n{code}")
    return peak / 2**20


def own_memory(process: psutil.Process) -> int:
    """Return its proportional set size, where what is shared counts in parts; else what is not shared."""
    memory = process.memory_full_info()
    return memory.pss if hasattr(memory, "pss") else memory.uss


def children(tree: psutil.Process) -> list[psutil.Process]:
    """Return all descendants, none if the process has ended."""
    try:
        return tree.children(recursive=True)
    except psutil.Error:
        return []


@contextmanager
def child(code: str) -> Iterator[subprocess.Popen]:
    """Run a Python program in the course's folder; end it when the block is left."""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command,
        cwd=course_folder(),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            process.kill()
