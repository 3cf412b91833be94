"""A cage for a process: what it may read and write, and how much it may take.

On Linux, Landlock (kernel 5.13 and newer) keeps a process, and all that it starts, from files that it was not given,
from connections (6.7) and from sending signals to others (6.12); it takes no rights to set up. A filter of system calls
keeps it from setting the limits of others, which would end them, too, their processors and their priority. Where
Landlock is missing, only the limits hold: what is run in the process can read what its user can read.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

CREATE, ADD, RESTRICT = 444, 445, 446  # the same on every machine
NO_NEW_PRIVILEGES, SECCOMP, FILTER, CHILD_SUBREAPER = 38, 22, 2, 36  # of prctl

CALLS = ("prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr", "setpriority")
"""System calls that set what another process may take, or how it is served: an argument says whose."""

# By machine: what the kernel calls it, and its numbers of these calls.
MACHINES = {
    "x86_64": (0xC000003E, dict(zip(CALLS, (302, 203, 144, 142, 314, 141)))),
    "aarch64": (0xC00000B7, dict(zip(CALLS, (261, 122, 119, 118, 274, 140)))),
}

EXECUTE, WRITE, READ, LIST = (1 << i for i in range(4))
TRUNCATE, DEVICE = 1 << 14, 1 << 15
ON_FILES = EXECUTE | WRITE | READ | TRUNCATE | DEVICE

# By version of the interface: what it can forbid of files, of connections, and between processes.
FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
CONNECTIONS, OTHERS = {4: 3}, {6: 3}


def version() -> int:
    """Return which version of Landlock there is; 0 if there is none."""
    if sys.platform != "linux":
        return 0
    return max(_call(CREATE, None, 0, 1), 0)


def close(readable: Iterable[Path], hidden: Iterable[Path], writable: Iterable[Path]) -> bool:
    """Let this process, from now on, read and run what is readable and not hidden, and write what is writable.

    Returns whether this could be done. To be called while there is one thread only.
    """
    interface = version()
    if not interface:
        return False
    handled = [_of(table, interface) for table in (FILES, CONNECTIONS, OTHERS)]
    attributes = struct.pack("QQQ", *handled)[: 8 if interface < 4 else 16 if interface < 6 else 24]
    rules = _call(CREATE, attributes, len(attributes), 0)
    shut = {path.resolve() for path in hidden}
    for path in readable:
        _allow(rules, path, LIST)
        for part in parts(path.resolve(), shut):
            _allow(rules, part, EXECUTE | READ)
    for path in writable:
        _allow(rules, path, handled[0])
    _libc().prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _mind_own_business()
    done = _call(RESTRICT, rules, 0)
    os.close(rules)
    return done == 0


def limit(memory: int, file: int, seconds: int) -> None:
    """Limit this process: bytes of memory, bytes of each file, seconds of the processor. Not on Windows."""
    try:
        import resource
    except ImportError:
        return
    limits = {"DATA": memory, "FSIZE": file, "CPU": seconds, "CORE": 0}
    for name, value in limits.items():
        _, hard = resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def adopt() -> None:
    """Become the parent of all processes whose parents have ended, among those that come of this one. Linux only."""
    _libc().prctl(CHILD_SUBREAPER, 1, 0, 0, 0)


def _mind_own_business() -> None:
    """Let this process set no other one's limits, processors and priority. To be called without new privileges."""
    if platform.machine() not in MACHINES:
        return
    machine, numbers = MACHINES[platform.machine()]
    others = [number for name, number in numbers.items() if name != "setpriority"]
    count = len(others)
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06  # instructions: of a word, jumps, the end
    steps = [
        (load, 0, 0, 4),  # for which machine a call is meant
        (equal, 0, count + 9, machine),
        (load, 0, 0, 0),  # its number
        (at_least, count + 7, 0, 0x40000000),  # x86's other numbers for the same calls
        *((equal, count - place + 4, 0, number) for place, number in enumerate(others)),
        (equal, 0, 7, numbers["setpriority"]),
        (load, 0, 0, 16),  # setpriority: of a process, not of a group or a user,
        (equal, 0, 4, 0),
        (load, 0, 0, 24),  # and of its own, which is 0
        (equal, 3, 2, 0),
        (load, 0, 0, 16),  # the others: its own
        (equal, 1, 0, 0),
        (answer, 0, 0, 0x00050000 | errno.EPERM),
        (answer, 0, 0, 0x7FFF0000),  # allowed
    ]
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    _libc().prctl(SECCOMP, FILTER, ctypes.byref(_Program(len(steps), ctypes.addressof(program))), 0, 0)


class _Program(ctypes.Structure):
    _fields_ = [("count", ctypes.c_ushort), ("steps", ctypes.c_void_p)]


def parts(path: Path, hidden: set[Path]) -> list[Path]:
    """Return the largest parts of a folder that hold nothing hidden."""
    if path in hidden:
        return []
    if not any(path in each.parents for each in hidden):
        return [path]
    return [part for child in path.iterdir() for part in parts(child, hidden)]


def _of(table: dict[int, int], interface: int) -> int:
    return max((value for since, value in table.items() if since <= interface), default=0)


def _allow(rules: int, path: Path, access: int) -> None:
    """Allow what is beneath a path; nothing if it does not exist."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rights = access & _of(FILES, version()) & (-1 if path.is_dir() else ON_FILES)
    if rights:
        _call(ADD, rules, 1, struct.pack("=Qi", rights, place), 0)
    os.close(place)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(number: int, *arguments: object) -> int:
    return _libc().syscall(number, *arguments)
