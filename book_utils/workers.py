"""Functions of a notebook in several processes at once, which can talk to each other (notebook 10)."""

import inspect
import json
import os
import sys
import tempfile
import textwrap
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException, start_processes

from book_utils._guards import check_count
from book_utils._words import plain, say, text

PATIENCE = timedelta(seconds=120)
"""How long a worker waits for the others before it gives up."""


def run_workers(function: Callable[..., Any], size: int, *arguments: Any) -> list[Any] | None:
    """Run a function in several new Python processes at once, and print what they print (imported by notebook 10).

    Each process is a worker: it calls ``function(rank, size, *arguments)``, with a rank from 0 to ``size - 1``, and
    talks to the others by ``torch.distributed`` (gloo, on the CPU). Nothing of the notebook is there: the function's
    source is handed over, and whatever else it uses it imports or defines itself. So it works wherever Python starts
    processes afresh, Windows and macOS included. Each worker computes in one thread.

    Args:
        function: A function that was written with ``def`` in a cell or a file.
        size: How many workers.
        arguments: What it gets after rank and size; they are copied.

    Returns:
        What each worker returned, by rank; None if none of them returned anything.

    Raises:
        TypeError: ``function`` is none that has a source, or ``size`` is not a whole number.
        ValueError: ``size`` is below 1.
        RuntimeError: A worker failed or was killed; the others are ended, and what all have printed is shown.
    """
    check_count("size", size)
    source = _source(function)
    with tempfile.TemporaryDirectory(prefix="workers-") as name:
        folder = Path(name)
        (folder / "function.py").write_text(source, encoding="utf-8")
        job = (folder, function.__name__, size, arguments)
        context = start_processes(_work, job, nprocs=size, join=False, start_method="spawn")
        try:
            while not context.join():
                pass
        except (ProcessExitedException, ProcessRaisedException) as error:
            _end(context.processes)
            _show(folder, size)
            raise RuntimeError(_blame(folder, size, error)) from None
        finally:
            _end(context.processes)
        _show(folder, size)
        results = [torch.load(folder / f"{rank}.pt", weights_only=False) for rank in range(size)]
    return None if all(result is None for result in results) else results


def _source(function: Callable[..., Any]) -> str:
    if inspect.isfunction(function) and function.__name__.isidentifier():  # a lambda's name is none
        with suppress(OSError):
            return textwrap.dedent(inspect.getsource(function))
    raise TypeError(say("written function", value=function))


def _work(rank: int, folder: Path, name: str, size: int, arguments: tuple[Any, ...]) -> None:
    """What a worker does, in its own process. gloo writes past ``sys.stdout``, hence the file descriptors."""
    with (folder / f"{rank}.txt").open("w", encoding="utf-8") as said:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(said.fileno(), stream.fileno())
        sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)  # type: ignore[union-attr]
    try:
        torch.set_num_threads(1)
        source = folder / "function.py"
        names: dict[str, Any] = {"__name__": "worker"}
        exec(compile(source.read_text(encoding="utf-8"), str(source), "exec"), names)
        store = dist.FileStore(str(folder / "meeting"), size)  # type: ignore[attr-defined]
        dist.init_process_group("gloo", store=store, rank=rank, world_size=size, timeout=PATIENCE)
        result = names[name](rank, size, *arguments)
        dist.destroy_process_group()
        torch.save(result, folder / f"{rank}.pt")
    except Exception as error:
        reason = traceback.format_exception_only(type(error), error)[-1].strip()
        where = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(source)]
        line = (where[-1].lineno, where[-1].line) if where else None
        (folder / f"{rank}.error").write_text(json.dumps([time.time(), rank, reason, line]), encoding="utf-8")
        raise


def _end(processes: list[Any]) -> None:
    for process in processes:
        if process.is_alive():
            process.kill()
        process.join()


def _show(folder: Path, size: int) -> None:
    """Print what the workers have printed, one after the other."""
    for rank in range(size):
        said = folder / f"{rank}.txt"
        if said.exists():
            print(said.read_text(encoding="utf-8", errors="replace"), end="")


def _blame(folder: Path, size: int, error: Exception) -> str:
    """Say which worker failed first, and why: the others fail when they find it gone."""
    notes = [folder / f"{rank}.error" for rank in range(size)]
    found = [json.loads(note.read_text(encoding="utf-8")) for note in notes if note.exists()]
    if not found:
        return say("worker ended", rank=error.error_index, error=error)  # type: ignore[attr-defined]
    _, rank, reason, line = min(found)
    where = text("in line", number=line[0], code=line[1]) if line else plain("")
    advice = text("begins with nothing") if reason.startswith("NameError") else plain("")
    return say("worker failed", rank=rank, reason=reason, line=where, advice=advice)
