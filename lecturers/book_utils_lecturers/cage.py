"""A cage for a process: what it may read and write, and how much it may take.

On Linux, Landlock (kernel 5.13 and newer) keeps a process, and all that it starts, from files that it was not given,
from connections (6.7) and from sending signals to others (6.12); it takes no rights to set up. Where it is missing,
only the limits hold: what is run in the process can read what its user can read.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

CREATE, ADD, RESTRICT = 444, 445, 446  # the same on every machine
NO_NEW_PRIVILEGES = 38

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
