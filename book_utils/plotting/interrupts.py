"""What an interrupt leaves: a traceback that ends in the reader's own code, and gradients that are still recorded."""

import sysconfig
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import torch

PACKAGE = str(Path(__file__).resolve().parent.parent)
LIBRARIES = (PACKAGE, *{sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})


def tame_interrupts(shell: Any) -> None:
    """Have IPython cut off the traceback of ``KeyboardInterrupt``, unless the reader has told it what to do instead."""
    if not shell.custom_exceptions:
        shell.set_custom_exc((KeyboardInterrupt,), partial(_show, torch.is_grad_enabled()))


def show_interrupts_in_full(shell: Any) -> None:
    """Undo ``tame_interrupts``."""
    if shell.custom_exceptions == (KeyboardInterrupt,):
        shell.set_custom_exc((), None)


def _show(
    with_gradients: bool,
    shell: Any,
    kind: type,
    value: BaseException,
    traceback: TracebackType,
    tb_offset: int | None = None,
) -> None:
    torch.set_grad_enabled(with_gradients)  # an interrupt on the way out of `no_grad` would leave them off for good
    value.__suppress_context__ = True  # whatever was being tried just then
    shell.showtraceback((kind, value, cut_off(traceback)), tb_offset=tb_offset)


def cut_off(traceback: TracebackType) -> TracebackType:
    """Return a traceback that ends where the reader's code called somebody else's; of ours, the first call is kept."""
    kept: list[TracebackType] = []
    has_begun = False  # IPython's own frames come first
    for step in _steps(traceback):
        file = step.tb_frame.f_code.co_filename
        if file.startswith(LIBRARIES) and has_begun:
            kept += [step] if file.startswith(PACKAGE) else []
            break
        has_begun = not file.startswith(LIBRARIES)
        kept.append(step)
    following = None
    for step in reversed(kept):
        following = TracebackType(following, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return following or traceback


def _steps(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback:
        yield traceback
        traceback = traceback.tb_next
