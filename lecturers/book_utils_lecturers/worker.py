"""The process in which a submission runs: its cells, one after the other, and calls of what they define.

It is started for one submission, in a cage (``cage``), and is told no expected value and no seed; the right answers of
the book are out of its reach. What it says is taken for what the student says.
"""

import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import types
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

from book_utils_lecturers import cage

NEEDED = ("calling", "exercise", "figures", "given", "rules")
"""Modules of ``book_utils.exercises`` that hold no answers."""

MOST_CHARACTERS, MOST_OUTPUTS, MOST_OF_ONE = 20_000, 20, 500_000
"""Of what a cell prints; of what else it shows, how many and how many characters each."""


def main() -> None:
    """Be the process of one submission; or, told a socket, the one that makes a process of itself for each."""
    if sys.argv[1] == "make":
        make(socket.socket(fileno=int(sys.argv[2])))
    else:
        work(json.loads(sys.argv[1]))


def make(control: socket.socket) -> None:
    """Import once what takes seconds, then for each request become two: the other has the streams that came along.

    Linux only: elsewhere a process that has imported PyTorch cannot be relied on to go on as two.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    cage.adopt()
    without_answers(_exercises())
    for name in ("IPython.core.interactiveshell", "matplotlib.pyplot", "book_utils_lecturers.channel"):
        import_module(name)
    while True:
        request, streams, _, _ = socket.recv_fds(control, 2**16, 3)
        if not request:
            return
        process = os.fork()
        if process:
            for stream in streams:
                os.close(stream)
            control.send(str(process).encode())
            continue
        control.close()
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for place, stream in enumerate(streams):
            os.dup2(stream, place)
            os.close(stream)
        try:
            work(json.loads(request))
        finally:
            os._exit(0)


def work(given: dict[str, Any]) -> None:
    """Go into the cage, and answer what the grader asks, until it asks no more."""
    os.chdir(given["home"])
    os.environ.update(given["environment"])
    exercises = _exercises()
    # By name: beneath the folder that holds them nothing else is readable.
    allowed = [*map(Path, given["readable"]), *(exercises / f"{name}.py" for name in NEEDED)]
    cage.limit(given["memory"], given["file"], given["processor"])
    caged = cage.close(allowed, [exercises, *map(Path, given["hidden"])], [Path(given["home"]), Path(os.devnull)])
    questions, answers = _channel()
    without_answers(exercises)
    from book_utils_lecturers import channel

    shell = _shell()
    channel.write(answers, {"caged": caged})
    while True:
        try:
            question, data = channel.read(questions)
        except EOFError:
            return
        if question["do"] == "run":
            channel.write(answers, run(shell, question["cell"]))
        else:
            answer = shell.user_ns.get(question["name"])
            if question["value"]:
                answer = made(answer)
            answer, content = call(answer, pickle.loads(data), question["watch"])
            channel.write(answers, answer, content)


def _exercises() -> Path:
    return Path(find_spec("book_utils").submodule_search_locations[0], "exercises")  # type: ignore[union-attr, index]


def _channel() -> tuple[BinaryIO, BinaryIO]:
    """Keep the two streams for the grader alone: what is printed goes elsewhere, and there is nothing to be read."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return questions, answers


def without_answers(folder: Path) -> None:
    """Have ``book_utils.exercises`` without exercises: its functions say that nothing is checked while it is graded."""
    import book_utils

    if "book_utils.exercises" in sys.modules:
        return
    exercises = types.ModuleType("book_utils.exercises")
    exercises.__path__ = [str(folder)]
    sys.modules[exercises.__name__] = exercises
    book_utils.exercises = exercises
    from book_utils.exercises import calling, exercise, figures, given, rules  # noqa: F401

    def nothing(*_: Any, **__: Any) -> None:
        """Do nothing: the grader checks."""

    for name in ("check", "hint", "solution", "progress", "register"):
        setattr(exercises, name, nothing)
    exercises.__path__ = []


def _shell() -> Any:
    """Return an IPython that keeps what a cell shows."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            assert self.shell
            self.shell.outputs.append({"output_type": "execute_result", "data": format_dict})

        def finish_displayhook(self) -> None:
            self._is_active = False

    class Publisher(DisplayPublisher):
        def publish(self, data: Any, *_: Any, **__: Any) -> None:
            assert self.shell
            self.shell.outputs.append({"output_type": "display_data", "data": data})

    class Shell(InteractiveShell):
        displayhook_class, display_pub_class = Hook, Publisher
        outputs: list[dict[str, Any]] = []

        def enable_gui(self, gui: Any = None) -> None:
            pass

        def system(self, cmd: str) -> None:
            """Run a command of the system's, such as ``!pip``: IPython's own way needs a terminal."""
            command: str = self.var_expand(cmd, depth=1)  # type: ignore[no-untyped-call]
            done = subprocess.run(
                command, shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            print(done.stdout.decode("utf-8", "replace"), end="")
            self.user_ns["_exit_code"] = done.returncode

        def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
            error = {"ename": etype.__name__, "evalue": str(evalue)[:1000], "traceback": [line[:2000] for line in stb]}
            self.outputs.append({"output_type": "error", **error})

    shell = Shell.instance()
    sys.path.insert(0, os.getcwd())  # for modules that a cell writes
    assert shell.history_manager
    shell.history_manager.enabled = False
    return shell


def run(shell: Any, cell: str) -> dict[str, Any]:
    """Run a cell, and return what it shows, shortened."""
    from book_utils.exercises.calling import Beginning

    printed = Beginning()
    printed.left = MOST_CHARACTERS
    shell.outputs = []
    with redirect_stdout(printed), redirect_stderr(printed):
        shell.run_cell(cell, store_history=True)
    return {"printed": printed.getvalue(), "outputs": [*map(_short, shell.outputs[:MOST_OUTPUTS])]}


def _short(output: dict[str, Any]) -> dict[str, Any]:
    """Return an output without what is too long or no text."""
    if "data" not in output:
        return output
    kept = {str(kind): data for kind, data in output["data"].items() if isinstance(data, str)}
    data = {kind: text for kind, text in kept.items() if len(text) < MOST_OF_ONE}
    return {**output, "data": data or {"text/plain": "..."}}


def made(value: Any) -> Any:
    """Return a function that returns a value, of a figure what is drawn in it; None if there is no value."""
    from book_utils.exercises.exercise import Unfit
    from book_utils.exercises.figures import drawn

    if value is None or value is ...:
        return None

    def answer(*_: Any) -> Any:
        try:
            return drawn(value)
        except Unfit:
            return value

    return answer


def call(answer: Any, arguments: Any, watched: bool) -> tuple[dict[str, Any], bytes]:
    """Call what the submission defines, and return what came of it."""
    from book_utils.exercises.calling import Asked, Beginning, copied, quiet, unchanged, usual_settings
    from book_utils.exercises.rules import Watch
    from book_utils_lecturers.channel import Packed

    if not callable(answer):
        return {"missing": True, "type": type(answer).__name__}, b""
    given, printed, watch, packed = copied(arguments), Beginning(), Watch(), Packed()
    try:
        with usual_settings(), quiet(printed), watch if watched else nullcontext():
            value = answer(*given)
        said = {"value": packed.of(value), "changed": not unchanged(arguments, given)}
    except BaseException as error:  # SystemExit and KeyboardInterrupt, too
        kind = "Asked" if isinstance(error, Asked) else type(error).__name__
        said = {"error": kind[:100], "says": _words(error)}
    return {**said, "printed": printed.getvalue(), "called": sorted(watch.called)[:1000]}, bytes(packed.data)


def _words(error: BaseException) -> str:
    """Return what an error says, which may be of the student's own making, or nothing if saying it fails."""
    try:
        return str(error)[:1000]
    except BaseException:
        return ""
