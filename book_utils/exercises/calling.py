"""Calling an answer so that it can do no harm: it ends, it is not loud, and whatever it changes is put back."""

import _thread
import builtins
import ctypes
import io
import random
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from copy import deepcopy
from dataclasses import dataclass
from numbers import Number
from types import FrameType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from book_utils.exercises.exercise import Answer, Arguments, Exercise

MOST_CHARACTERS = 2000
"""So much of what an answer prints in a call is kept."""

MOST_NUMBERS = 10_000_000
"""A sequence of more is not read: PyTorch would take it in one step, which no clock can stop."""

TICK = 0.1
"""So often, in seconds, it is asked whether the time is over. What it then raises may be caught: it comes again."""


class OutOfTime(BaseException):
    """The time is over. No ``Exception``, so that ``except Exception`` in the answer does not catch it."""


class Asked(Exception):
    """The answer asked the reader: it called ``input`` or ``breakpoint``."""


@dataclass(frozen=True)
class Call:
    """One call of an answer, and what came of it.

    Attributes:
        arguments: As they were before the call.
        value: What it returned.
        numbers: What is judged of it, as a tensor of doubles, if it is numbers.
        error: What it raised.
        changed: It wrote into its arguments.
        printed: The beginning of what it printed.
    """

    arguments: Arguments
    value: Any = None
    numbers: Tensor | None = None
    error: BaseException | None = None
    changed: bool = False
    printed: str = ""


class Clock:
    """Says when the time is over: after so many seconds, or three times as many if others had the processor.

    The time of an import does not count, and none is cut short: it would leave half a module behind.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._begin = self._seen = time.monotonic()
        self._work = time.process_time()

    def is_over(self, frame: FrameType | None = None) -> bool:
        """Tell whether the time is over for the code that runs in this frame. To be asked again and again."""
        now, last = time.monotonic(), self._seen
        self._seen = now
        while frame is not None:
            if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
                self._begin += now - last
                return False
            frame = frame.f_back
        passed, worked = now - self._begin, time.process_time() - self._work
        return passed > self.seconds and (worked > self.seconds / 2 or passed > 3 * self.seconds)


class Caller:
    """Calls an answer to an exercise, with the exercise's seconds for all calls together."""

    def __init__(self, answer: Answer, exercise: Exercise) -> None:
        self.answer, self._exercise, self._clock = answer, exercise, Clock(exercise.seconds)

    def __call__(self, arguments: Arguments, *around: Any) -> Call:
        """Call the answer with copies of the arguments, inside of the contexts ``around``.

        Whatever it raises stands in the result, ``OutOfTime`` included. An interrupt by the reader is raised.
        """
        given, printed = copied(arguments), Beginning()
        if self._clock.is_over():
            return Call(arguments, error=OutOfTime())
        try:
            with usual_settings(), quiet(printed), ExitStack() as stack:
                for context in around:
                    stack.enter_context(context)
                if self._exercise.seeded:
                    seed(0)
                value = within(self._clock, lambda: self.answer(*given))
            same = unchanged(arguments, given)
            with usual_settings(), quiet(Beginning()):
                judged = within(self._clock, lambda: self._exercise.judged(value, arguments))
                numbers = within(self._clock, lambda: as_numbers(judged))
            return Call(arguments, value, numbers, changed=not same, printed=printed.getvalue())
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit, too: an answer does not end the notebook
            return Call(arguments, error=error, printed=printed.getvalue())


def within(clock: Clock, work: Callable[[], Any]) -> Any:
    """Return what ``work`` returns, or raise ``OutOfTime`` in it when the clock says so, and until it has ended.

    In the main thread a signal does it, which also wakes ``time.sleep``. Where there is none, on Windows or in another
    thread, an exception is thrown into the thread as soon as it executes Python.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        return _with_alarm(clock, work)
    return _with_watch(clock, work)


def _with_alarm(clock: Clock, work: Callable[[], Any]) -> Any:
    begun, armed = time.monotonic(), True

    def ring(_: int, frame: FrameType | None) -> None:
        if armed and clock.is_over(frame):
            raise OutOfTime

    handler = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
    try:
        try:
            return work()
        finally:
            armed = False
    finally:
        armed = False  # should it have rung in that very line
        if left:  # somebody else waits for an alarm
            left = max(left - (time.monotonic() - begun), 1e-3)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler if handler is not None else signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, left, interval)


def _with_watch(clock: Clock, work: Callable[[], Any]) -> Any:
    ident, wake = threading.get_ident(), _thread.allocate_lock()
    ended: list[bool] = []
    thread = ctypes.c_ulong(ident)
    wake.acquire()

    def watch() -> None:
        while not wake.acquire(timeout=TICK):
            if clock.is_over(sys._current_frames().get(ident)):
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(OutOfTime))
        ended.append(True)

    threading.Thread(target=watch, daemon=True).start()
    try:
        return work()
    finally:
        # The exception may still arrive, between any two steps: no step here must not be left half done, as those of an
        # event, or of the thread's join, must not.
        while True:
            try:
                if ended:
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)  # one that has not arrived yet
                    break
                if wake.locked():
                    wake.release()
                time.sleep(0.0002)
            except OutOfTime:
                continue


class Beginning(io.StringIO):
    """Takes any amount of text, and keeps the beginning."""

    left = MOST_CHARACTERS

    def write(self, text: str) -> int:
        if self.left > 0:
            super().write(text[: self.left])
            self.left -= len(text)
        return len(text)

    def close(self) -> None:
        """Stay open, whatever the answer does to its standard output."""


@contextmanager
def quiet(printed: io.StringIO) -> Iterator[None]:
    """Keep what the block prints, shows or warns of from the reader's page, and let it ask nobody anything."""

    def asking(what: str) -> Callable[..., Any]:
        def ask(*_: Any, **__: Any) -> Any:
            raise Asked(what)

        return ask

    shell = current_shell()
    input_before, publisher = builtins.input, shell and shell.display_pub
    hook, trace, figures = sys.breakpointhook, sys.gettrace(), _figures()
    with redirect_stdout(printed), redirect_stderr(printed), warnings.catch_warnings():
        builtins.input, sys.breakpointhook = asking("input()"), asking("breakpoint()")
        if shell:
            from IPython.core.displaypub import CapturingDisplayPublisher

            shell.display_pub = CapturingDisplayPublisher()
        try:
            yield
        finally:
            builtins.input, sys.breakpointhook = input_before, hook
            if sys.gettrace() is not trace:  # a debugger's
                sys.settrace(trace)
            if shell:
                shell.display_pub = publisher
            for figure in _figures() - figures:
                sys.modules["matplotlib.pyplot"].close(figure)


def current_shell() -> Any:
    """Return the shell of the notebook, if this is one."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _figures() -> set[int]:
    """Return the numbers of pyplot's figures."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Give the block PyTorch's usual settings, and put back these and all random states afterwards."""
    states = torch.get_rng_state(), np.random.get_state(), random.getstate()
    on_gpu = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
    try:
        with usual_settings():
            yield
    finally:
        torch.set_rng_state(states[0])
        np.random.set_state(states[1])
        random.setstate(states[2])
        if on_gpu:
            torch.cuda.set_rng_state_all(on_gpu)


def seed(number: int) -> None:
    """Seed PyTorch, NumPy and Python."""
    torch.manual_seed(number)
    np.random.seed(number)
    random.seed(number)


@contextmanager
def usual_settings() -> Iterator[None]:
    """Give the block PyTorch's usual settings, and put back afterwards what it, or this, has changed."""
    dtype, device = torch.get_default_dtype(), torch.get_default_device()
    threads, recursion = torch.get_num_threads(), sys.getrecursionlimit()
    torch.set_default_dtype(torch.float32)
    _set_device(torch.device("cpu"))
    torch.set_num_threads(1)  # on a busy machine, small tensors are many times as fast
    try:
        with torch.inference_mode(False), torch.enable_grad(), np.errstate(), np.printoptions():
            yield
    finally:
        torch.set_default_dtype(dtype)
        _set_device(device)
        torch.set_num_threads(threads)
        sys.setrecursionlimit(recursion)


def _set_device(device: torch.device) -> None:
    if torch.get_default_device() != device:
        torch.set_default_device(None if device.type == "cpu" else device)


def copied(value: Any, double: bool = False) -> Any:
    """Return a value with all in it copied that can be changed, so that no call can spoil it for the next.

    With ``double``, floats are in double precision.
    """
    if isinstance(value, tuple) and hasattr(value, "_fields"):  # a named one
        return type(value)(*(copied(item, double) for item in value))
    if isinstance(value, (tuple, list)):
        return type(value)(copied(item, double) for item in value)
    if isinstance(value, dict):
        return {key: copied(item, double) for key, item in value.items()}
    if isinstance(value, Tensor):
        return value.double() if double and value.is_floating_point() else value.clone()
    if isinstance(value, nn.Module):
        return deepcopy(value).double() if double else deepcopy(value)
    return value if callable(value) else deepcopy(value)


def unchanged(before: Any, after: Any) -> bool:
    """Tell whether the numbers in a value, and its length, are what they were."""
    if isinstance(before, (tuple, list)):
        return len(before) == len(after) and all(map(unchanged, before, after))
    if isinstance(before, dict):
        return list(before) == list(after) and unchanged(list(before.values()), list(after.values()))
    if isinstance(before, nn.Module):
        return unchanged(list(before.state_dict().values()), list(after.state_dict().values()))
    if isinstance(before, (Tensor, np.ndarray)):
        if before.shape != after.shape:
            return False
        same = (before == after) | (before != before) & (after != after)  # nan is not itself
        return bool(same.all())
    return not isinstance(before, (set, bytearray)) or before == after


def too_long(value: Any) -> bool:
    """Tell whether a result is a sequence that is too long to be read."""
    return isinstance(value, Sequence) and len(value) > MOST_NUMBERS


def as_numbers(value: Any) -> Tensor | None:
    """Return a result, of whatever type of real numbers, as a tensor of doubles; None if it is something else."""
    if isinstance(value, (str, bytes, Mapping)) or too_long(value):
        return None
    try:
        if isinstance(value, Number) and not isinstance(value, (complex, np.complexfloating)):
            value = float(value)  # type: ignore[arg-type] # whole numbers of any size, fractions
        if isinstance(value, np.ndarray):
            value = value.copy()  # one that cannot be written would be warned of
        tensor = torch.as_tensor(value).detach()
        if tensor.is_complex():
            return None
        return tensor.to_dense().cpu().double().clone()
    except Exception:  # whatever torch says of what is no numbers
        return None
