"""A submission at work: its cells and its functions run in a process of their own, which may die without harm."""

import atexit
import json
import os
import pickle
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import psutil

from book_utils.exercises.calling import Asked, Call, OutOfTime, as_numbers
from book_utils.exercises.exercise import Answer, Arguments, Exercise, Unfit
from book_utils_lecturers import channel
from book_utils_lecturers.worker import MOST_CHARACTERS, MOST_OF_ONE, MOST_OUTPUTS

MOST_LOUD = 20_000
"""So many characters of what is printed past Python are kept, for the lecturer's log."""


TICK = 0.1
"""So often, in seconds, it is asked whether the time is over."""


@dataclass(frozen=True)
class Limits:
    """What a submission may take. On a busy machine the seconds are three times as many.

    Attributes:
        cell: Seconds of each cell.
        all: Seconds of all cells and calls together.
        start: Seconds until the process is there, on a busy machine.
        deaths: So many processes may die, or be ended, before no more is run.
        memory: Bytes of memory.
        file: Bytes of each file that it writes.
    """

    cell: float = 30.0
    all: float = 300.0
    start: float = 120.0
    deaths: int = 6
    memory: int = 4 * 2**30
    file: int = 64 * 2**20


class Ended(Exception):
    """The submission's process has ended, or says what cannot be understood."""


class TooSlow(Ended):
    """It was ended, because the time was over."""


class Missing(Exception):
    """The submission defines nothing of this name, or something that cannot be called."""


class NoWorker(RuntimeError):
    """The process did not come up: the fault of this machine, not of the submission."""


def _python() -> list[str]:
    """Return the command that runs ``worker``, whatever the working folder and the lecturer's settings are."""
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from book_utils_lecturers.worker import main; main()"
    return [sys.executable, "-I", "-c", code, str(Path(__file__).parents[1])]


class Maker:
    """Makes processes for submissions: one that has imported PyTorch becomes two, which takes no time."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        self._home = Path(tempfile.mkdtemp(prefix="submissions-"))
        command = [*_python(), "make", str(theirs.fileno())]
        environment = {**_kept(), **_own(self._home)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, cwd=self._home, env=environment, pass_fds=[theirs.fileno()]
        )
        theirs.close()
        atexit.register(self.end)

    def make(self, given: dict[str, Any]) -> "Process":
        """Return a new process."""
        (read_in, write_in), (read_out, write_out), (read_err, write_err) = (os.pipe() for _ in range(3))
        try:
            socket.send_fds(self._control, [json.dumps(given).encode()], [read_in, write_out, write_err])
        finally:
            for end in (read_in, write_out, write_err):
                os.close(end)
        streams = os.fdopen(write_in, "wb"), os.fdopen(read_out, "rb"), os.fdopen(read_err, "rb")
        said = self._control.recv(100)
        if not said:
            raise NoWorker("the process that makes processes for submissions has ended")
        return Process(int(said), *streams)

    def clear(self) -> None:
        """End all that the submissions have started, however they have hidden it. No submission may be at work."""
        with suppress(psutil.Error):
            for _ in range(100):  # each round may find what was started meanwhile
                living = psutil.Process(self._process.pid).children(recursive=True)
                for process in living:
                    with suppress(psutil.Error):
                        process.kill()
                if not living:
                    return
                psutil.wait_procs(living, TICK)

    def end(self) -> None:
        """End the maker; those it has made live on."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)


@cache
def maker() -> Maker:
    """Return the maker of this process, started at the first use."""
    return Maker()


@dataclass(frozen=True)
class Process:
    """A process, and its three streams."""

    number: int
    questions: BinaryIO
    answers: BinaryIO
    printed: BinaryIO


def _started(given: dict[str, Any], home: Path) -> Process:
    """Return a new process, made of nothing."""
    process = subprocess.Popen(
        [*_python(), json.dumps(given)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=home,
        env={**_kept(), **_own(home)},
        start_new_session=True,
    )
    return Process(process.pid, process.stdin, process.stdout, process.stderr)  # type: ignore[arg-type]


class Worker:
    """One process at work."""

    def __init__(self, limits: Limits, hidden: Iterable[Path]) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="submission-"))
        given = {
            "home": str(self.home),
            "environment": _own(self.home),
            "readable": [*map(str, _readable())],
            "hidden": [str(path.resolve()) for path in hidden],
            "memory": limits.memory,
            "file": limits.file,
            "processor": int(limits.all) + 60,
        }
        self._process = maker().make(given) if sys.platform == "linux" else _started(given, self.home)
        self._answers: queue.Queue[tuple[Any, bytes] | None] = queue.Queue()
        self.loud = bytearray()
        for work in (self._listen, self._drain):
            threading.Thread(target=work, daemon=True).start()
        try:
            self.caged = self._next(limits.start)[0]["caged"]
        except Ended as error:
            self.end()
            said = self.loud.decode("utf-8", "replace").strip()
            raise NoWorker(f"no process for the submission: {said or error!r}") from None

    def ask(self, question: dict[str, Any], seconds: float, data: bytes = b"") -> tuple[Any, bytes]:
        """Return the answer to a question.

        Raises:
            TooSlow: There is none when the time is over; the process is ended.
            Ended: The process has ended, or is ended because it says what cannot be understood.
        """
        threading.Thread(target=self._write, args=(question, data), daemon=True).start()  # it may never read
        return self._next(seconds)

    def end(self) -> None:
        """End the process and what it has started, and remove its files."""
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.number, signal.SIGKILL)
            else:
                os.kill(self._process.number, signal.SIGTERM)
        with suppress(psutil.Error):
            psutil.Process(self._process.number).wait(10)
        if sys.platform == "linux":
            maker().clear()
        with suppress(OSError):
            self._process.questions.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def _next(self, seconds: float) -> tuple[Any, bytes]:
        begin, before = time.monotonic(), self._worked()
        while True:
            try:
                answer = self._answers.get(timeout=TICK)
                break
            except queue.Empty:
                passed = time.monotonic() - begin
                # Others may have had the processor: three times as long, then.
                if passed > seconds and (self._worked() - before > seconds / 2 or passed > 3 * seconds):
                    self.end()
                    raise TooSlow from None
        if answer is None:
            self.end()
            raise Ended
        return answer

    def _worked(self) -> float:
        """Return the seconds of the processor that the process has had."""
        try:
            return sum(psutil.Process(self._process.number).cpu_times()[:2])
        except psutil.Error:
            return 0.0

    def _write(self, question: dict[str, Any], data: bytes) -> None:
        with suppress(OSError, ValueError):
            channel.write(self._process.questions, question, data)

    def _listen(self) -> None:
        with suppress(OSError, EOFError, ValueError, channel.Broken):
            while True:
                self._answers.put(channel.read(self._process.answers))
        self._answers.put(None)

    def _drain(self) -> None:
        with suppress(OSError, ValueError):
            while data := self._process.printed.read1(2**16):  # type: ignore[attr-defined]
                self.loud += data[: max(MOST_LOUD - len(self.loud), 0)]


def _kept() -> dict[str, str]:
    """Return the lecturer's variables that a submission needs; it sees no others."""
    names = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "CUDA_VISIBLE_DEVICES", "BOOK_UTILS_DATA", "BOOK_UTILS_DATASET")
    return {name: os.environ[name] for name in names if name in os.environ}


def _own(home: Path) -> dict[str, str]:
    """Return the variables that give a process places of its own."""
    names = ("HOME", "TMPDIR", "TEMP", "TMP", "IPYTHONDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME")
    fonts = Path.home() / ".cache" / "matplotlib"
    for known in fonts.glob("fontlist-*.json"):  # to find the fonts anew would take seconds
        with suppress(OSError):
            shutil.copy(known, home)
    return {**dict.fromkeys(names, str(home)), "MPLBACKEND": "module://matplotlib_inline.backend_inline"}


def _readable() -> list[Path]:
    """Return the folders that Python, PyTorch and the package need."""
    from importlib.util import find_spec

    packages = [find_spec(name).submodule_search_locations[0] for name in ("book_utils", "book_utils_lecturers")]  # type: ignore[union-attr, index]
    data = [os.environ["BOOK_UTILS_DATA"]] if os.environ.get("BOOK_UTILS_DATA") else []
    system = ["/usr", "/lib", "/lib64", "/bin", "/etc", "/sys", "/dev", "/nix"]
    own = ["/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat"]  # not what /proc tells of others
    return [*map(Path, [sys.prefix, sys.base_prefix, *packages, *data, *system, *own])]


class Submission:
    """A notebook's code, cell by cell, in as many processes as it takes.

    A cell that ends the process, or does not end itself, is left out from then on: the others are run anew without it.
    """

    def __init__(self, limits: Limits = Limits(), hidden: Iterable[Path] = ()) -> None:  # noqa: B008
        self.limits, self.hidden = limits, tuple(hidden)
        self.caged: bool | None = None
        self._worker: Worker | None = None
        self._run: list[str] = []
        self._deaths, self._begin = 0, time.monotonic()

    def __enter__(self) -> "Submission":
        return self

    def __exit__(self, *_: object) -> None:
        self._lose()

    def run(self, cell: str) -> list[dict[str, Any]]:
        """Run a cell, and return its outputs as a notebook stores them."""
        try:
            answer, _ = self._ask({"do": "run", "cell": cell}, self.limits.cell)
            outputs = [*_stream(answer["printed"]), *map(_output, answer["outputs"][:MOST_OUTPUTS])]
        except TooSlow:
            return [_error("TimeoutError", f"the cell was ended after {self.limits.cell:g} seconds")]
        except (Ended, KeyError, TypeError, AttributeError):
            self._lose()
            return [_error("SystemExit", "the cell ended the program")]
        self._run.append(cell)
        return outputs

    def call(
        self, name: str, arguments: Arguments, seconds: float, watched: bool, value: bool = False
    ) -> tuple[Call, set[str]]:
        """Call a function of the submission; return what came of it, and which functions of PyTorch were called.

        With ``value`` the name is that of a value, which is what then comes of it.

        Raises:
            Missing: There is none of this name.
        """
        question, given = {"do": "call", "name": name, "watch": watched, "value": value}, pickle.dumps(arguments)
        try:
            answer, data = self._ask(question, seconds, given)
            if "missing" in answer:
                raise Missing
            return _called(arguments, answer, data), set(map(str, answer["called"]))
        except TooSlow:
            return Call(arguments, error=OutOfTime()), set()
        except (Ended, channel.Broken, KeyError, TypeError, AttributeError):
            self._lose()
            return Call(arguments, error=SystemExit()), set()

    def _ask(self, question: dict[str, Any], seconds: float, data: bytes = b"") -> tuple[Any, bytes]:
        try:
            return self._ready().ask(question, seconds, data)
        except Ended:
            self._lose()
            self._deaths += 1
            raise

    def _ready(self) -> Worker:
        """Return a process in which the cells so far have run."""
        if self._worker is None:
            if self._deaths >= self.limits.deaths or time.monotonic() - self._begin > self.limits.all:
                raise Ended
            self._worker = Worker(self.limits, self.hidden)
            self.caged = self._worker.caged
            for cell in self._run:
                self._worker.ask({"do": "run", "cell": cell}, self.limits.start)  # it has run before
        return self._worker

    def _lose(self) -> None:
        if self._worker:
            self._worker.end()
        self._worker = None


class Remote:
    """Calls an answer where the submission runs, as ``Caller`` calls one here."""

    def __init__(self, submission: Submission, name: str, exercise: Exercise) -> None:
        self.answer = _named(name)
        self._submission, self._name, self._exercise = submission, name, exercise
        self._left = exercise.seconds

    def __call__(self, arguments: Arguments, *around: Any) -> Call:
        if self._left <= 0:
            return Call(arguments, error=OutOfTime())
        begin = time.monotonic()
        call, called = self._submission.call(self._name, arguments, self._left, bool(around), self._exercise.value)
        self._left -= (time.monotonic() - begin) / 3  # others may have had the processor
        for watch in around:
            watch.called |= called
        return self._read(call)

    def _read(self, call: Call) -> Call:
        """Return a call with what is judged of its value, which is worked out here."""
        if self._exercise.reads is None or call.error is not None:
            return call
        try:
            return replace(call, numbers=as_numbers(self._exercise.judged(call.value, call.arguments)))
        except Unfit as error:
            return replace(call, error=error)


def _named(name: str) -> Answer:
    """Return a function of that name, to speak of."""

    def answer(*_: Any) -> Any:
        raise NotImplementedError

    answer.__name__ = name
    return answer


def _called(arguments: Arguments, answer: dict[str, Any], data: bytes) -> Call:
    printed = clean(answer["printed"])
    if "error" in answer:
        return Call(arguments, error=_raised(str(answer["error"]), str(answer["says"])), printed=printed)
    value = channel.unpacked(answer["value"], data)
    return Call(arguments, value, as_numbers(value), changed=bool(answer["changed"]), printed=printed)


def _raised(name: str, says: str) -> BaseException:
    """Return an error that looks like the one that was raised."""
    if name == "SystemExit":
        return SystemExit()
    if name == "Asked":
        return Asked(says)
    return type(name if name.isidentifier() else "Exception", (Exception,), {})(clean(says))


def _stream(text: Any) -> list[dict[str, Any]]:
    return [{"output_type": "stream", "name": "stdout", "text": clean(text)}] if text else []


def clean(text: Any, most: int = MOST_CHARACTERS) -> str:
    """Return a text as a file can hold it: its beginning, without halves of characters."""
    return str(text)[:most].encode("utf-8", "replace").decode()


def _output(output: dict[str, Any]) -> dict[str, Any]:
    """Return an output as a notebook stores it, of whatever the submission says it is."""
    kind = output["output_type"]
    if kind == "error":
        lines = [clean(line) for line in output["traceback"][:100]]
        return {**_error(clean(output["ename"]), clean(output["evalue"])), "traceback": lines}
    data = {clean(mime): clean(text, MOST_OF_ONE) for mime, text in [*output["data"].items()][:10]}
    shown = {"output_type": "display_data", "data": data, "metadata": {}}
    return {**shown, "output_type": kind, "execution_count": None} if kind == "execute_result" else shown


def _error(name: str, says: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": says, "traceback": [f"{name}: {says}"]}
