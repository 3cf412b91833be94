"""The files of Fashion-MNIST: found, verified, downloaded, or drawn. No tensors yet, and no torch.

Three environment variables decide which files are used, and where they come from:

- ``BOOK_UTILS_DATA``: the folder that holds ``FashionMNIST/raw/...`` (torchvision's layout), compressed or not. It is
  only read, unless there is nothing of the data set in it yet: then what is downloaded goes there. Default: the user's
  cache folder.
- ``BOOK_UTILS_DATASET``: ``auto`` (the default: the real data if they can be had, else a drawn stand-in, with a
  notice), ``real`` (raise an error if they cannot be had) or ``standin``.
- ``BOOK_UTILS_SOURCES``: addresses of folders on the web that hold the four compressed files, separated by blanks or
  line ends. They are asked before the publisher's, and trusted no more: sizes and MD5 sums must be the same.

What goes wrong is said in the language of the notebook, which ``BOOK_UTILS_LANGUAGE`` (``en`` or ``zh``) can decide.

No file is used before its size, its header and its MD5 are verified. What is unpacked, downloaded or drawn goes into
the cache folder (if that cannot be written: into the folder for temporary files), file by file, each in one step,
under a lock: kernels that start at once do the work once. The lock saves work and guards nothing, so whoever cannot
have it, on a file system without locks or from a process that hangs, goes on without.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import os
import re
import tempfile
import time
import uuid
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from book_utils._notebook import is_watched, say_standin, stream
from book_utils._words import LANGUAGES, Text, joined, say, text
from book_utils.fashion_mnist.download import NotDelivered, Published, deliver

if TYPE_CHECKING:
    from filelock import BaseFileLock

RAW = Path("FashionMNIST", "raw")
"""Where torchvision looks for the files, below its ``root``."""


@dataclass(frozen=True)
class IdxFile:
    """An unpacked file of the data set, in the IDX format: a header that holds the shape, then one byte per value."""

    shape: tuple[int, ...]
    md5: str

    @property
    def header(self) -> bytes:
        """0, 0, type 8 (unsigned byte), the number of axes, and the length of each in four bytes."""
        return bytes([0, 0, 8, len(self.shape)]) + b"".join(length.to_bytes(4, "big") for length in self.shape)

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return len(self.header) + math.prod(self.shape)

    def is_content(self, content: bytes) -> bool:
        """Tell whether these are the bytes of the file."""
        right = len(content) == self.size and content.startswith(self.header)
        return right and hashlib.md5(content, usedforsecurity=False).hexdigest() == self.md5


FILES: Mapping[str, IdxFile] = {
    "train-images-idx3-ubyte": IdxFile((60_000, 28, 28), "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
    "train-labels-idx1-ubyte": IdxFile((60_000,), "9018921c3c673c538a1fc5bad174d6f9"),
    "t10k-images-idx3-ubyte": IdxFile((10_000, 28, 28), "8181f5470baa50b63fa0f6fddb340f0a"),
    "t10k-labels-idx1-ubyte": IdxFile((10_000,), "15d484375f8d13e6eb1aabb0c3f46965"),
}
"""The unpacked files, by name."""

ARCHIVES: Mapping[str, Published] = {
    "train-images-idx3-ubyte": Published("train-images-idx3-ubyte.gz", 26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
    "train-labels-idx1-ubyte": Published("train-labels-idx1-ubyte.gz", 29_515, "25c81989df183df01b3e8a0aad5dffbe"),
    "t10k-images-idx3-ubyte": Published("t10k-images-idx3-ubyte.gz", 4_422_102, "bef4ecab320f06d8554ea6380940ec79"),
    "t10k-labels-idx1-ubyte": Published("t10k-labels-idx1-ubyte.gz", 5_148, "bb300cfdad3c16e7a12a480ee83cd310"),
}
"""What is published for each of them: compressed, with the MD5 sums that the publisher gives."""

SOURCES = (
    "https://fashion-mnist.s3.eu-central-1.amazonaws.com/",  # the publisher's bucket
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",  # and repository
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",  # what torchvision lists
)
"""Where the compressed files are published."""

RETRY_AFTER = 600.0
"""Seconds for which ``auto`` remembers that nothing could be downloaded, rather than wait for it at every start."""


LOCKED = 60.0
"""Seconds after which a process that holds the lock, and has fetched nothing meanwhile, is waited for no longer."""

LEFT_BEHIND = 3600.0
"""Seconds after which a file that is half written is taken to be left by a process that was killed."""


class _Unavailable(Exception):
    """The real data cannot be had: said briefly for a notice, in detail for an error; and advice for both."""

    def __init__(self, brief: Text, details: Text, advice: Text | None = None) -> None:
        self.brief, self.details = brief, details
        self.advice = [advice] if advice else []
        super().__init__(str(joined("lines", [details, *self.advice])))


def fashion_mnist_root() -> Path:
    """Return a folder that ``torchvision.datasets.FashionMNIST(root)`` can read: the real data or the stand-in.

    What is missing is downloaded or drawn, what is compressed is unpacked into the user's cache folder, and every file
    is verified. If the stand-in takes the place of data that cannot be had, a notice is shown, once per process.

    Raises:
        ValueError: ``BOOK_UTILS_DATASET`` is none of its three values, or ``BOOK_UTILS_SOURCES`` holds no addresses.
        RuntimeError: ``BOOK_UTILS_DATASET`` is ``real`` and the data cannot be had, or no folder can be written.
    """
    return _in_use()[1]


def dataset_in_use() -> str:
    """Return ``'real'`` or ``'standin'``: the data set that ``fashion_mnist_root`` finds. It may raise as that does."""
    return _in_use()[0]


def _in_use() -> tuple[str, Path]:
    settings = [_setting(name) for name in ("DATASET", "DATA", "SOURCES")]
    data_set, root = _resolve(*settings)
    if not all(os.path.isfile(root / RAW / name) for name in FILES):  # somebody has cleared the cache meanwhile
        _resolve.cache_clear()
        data_set, root = _resolve(*settings)
    return data_set, root


def _setting(name: str) -> str:
    return os.environ.get(f"BOOK_UTILS_{name}", "").strip()


@cache  # once per process: one search, one notice, and never another data set half-way
def _resolve(choice: str, data: str, sources: str) -> tuple[str, Path]:
    choice, groups = _choice(choice), (_addresses(sources), SOURCES)
    why = [text("asked for")]
    if choice != "standin":
        try:
            return "real", _Search(_named(data), groups, retry=choice == "real").root()
        except _Unavailable as error:
            if choice == "real":
                raise RuntimeError(say("forbidden", reason=error)) from None
            why = [error.brief, *error.advice]
    root = _standin_root()
    say_standin(*why)
    return "standin", root


def _choice(choice: str) -> str:
    if choice not in ("", "auto", "real", "standin"):
        raise ValueError(say("dataset setting", choice=choice))
    return choice or "auto"


def _addresses(sources: str) -> tuple[str, ...]:
    """Return the addresses that ``BOOK_UTILS_SOURCES`` holds, each with a slash at the end."""
    for address in sources.split():
        try:
            parts = urlsplit(address)
            good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:  # a port that is no number, a bracket that is not closed
            good = False
        if not good or address.endswith((",", ";")) or any(mark in address for mark in (",http", ";http")):
            raise ValueError(say("sources setting", address=_without_password(address)))
    return tuple(address.rstrip("/") + "/" for address in sources.split())


def _named(data: str) -> Path | None:
    """Return the root that ``BOOK_UTILS_DATA`` means, also if it names a folder inside: ``raw``, or the one above."""
    if not data:
        return None
    folder = Path(data).expanduser().absolute()
    for levels, inner in ((2, RAW.parts), (1, RAW.parts[:1])):
        if folder.parts[-levels:] == inner and not os.path.isdir(folder / RAW):
            return folder.parents[levels - 1]
    return folder


def _drawn() -> tuple[list[Path], dict[str, IdxFile]]:
    """Return where the stand-in may lie, and its files by name."""
    from book_utils.fashion_mnist import standin

    files = {name: replace(file, md5=standin.CHECKSUMS[name]) for name, file in FILES.items()}
    return [own / f"standin-{standin.VERSION}" for own in _own_folders()], files


def _standin_root() -> Path:
    """Return the folder of the stand-in, drawn on the first call, in the format of the real files."""
    from book_utils.fashion_mnist import standin

    roots, files = _drawn()
    for root in roots:
        if _holds(root, files):
            return root

    def draw(root: Path) -> None:
        if _holds(root, files):  # another process was quicker
            return
        for prefix in ("train", "t10k"):
            images, labels = standin.draw_split(train=prefix == "train")
            for name, values in ((f"{prefix}-images-idx3-ubyte", images), (f"{prefix}-labels-idx1-ubyte", labels)):
                _write(root / RAW / name, files[name].header + values.tobytes())

    with _lock():
        try:
            return _first_that_takes(roots, draw)
        except _Unavailable as error:
            raise RuntimeError(str(error)) from None


def _first_that_takes(roots: list[Path], fill: Callable[[Path], None]) -> Path:
    """Return the first folder that can be filled; raise ``_Unavailable`` if none has the room or the permission."""
    problems = []
    for root in roots:
        try:
            fill(root)
            return root
        except OSError as error:
            problems.append(f"  {root}: {error.strerror or error}")
    raise _Unavailable(text("no folder"), text("no room", problems="\n".join(problems)))


class _Search:
    """The search for the real data: in the folder that the reader named, in our own, in archives, on the network.

    Args:
        named: The folder that the reader named, if any.
        groups: Addresses of sources, the reader's own and the publisher's.
        retry: Try a download even if one has failed just now.
    """

    def __init__(self, named: Path | None, groups: tuple[tuple[str, ...], ...], retry: bool) -> None:
        self.named, self.groups, self.retry = named, groups, retry
        self.archives: dict[str, bytes] = {}  # what was downloaded: kept, should the first folder turn out to be full

    def root(self) -> Path:
        """Return a folder with the four files, unpacked and verified; raise ``_Unavailable`` if they cannot be had."""
        for root in self._roots():
            if _holds(root, FILES):
                return root
        with _lock():
            return _first_that_takes(self._targets(), self._fill)

    def _roots(self) -> list[Path]:
        return [*([self.named] if self.named else []), *_own_folders()]

    def _targets(self) -> list[Path]:
        untouched = [self.named] if self.named and not _has_any(self.named) else []
        return [*untouched, *_own_folders()]

    def _fill(self, root: Path) -> None:
        missing = []
        for name, file in FILES.items():
            if _is_intact(root / RAW / name, file):
                continue
            content = self._content(name)
            if content is None:
                missing.append(name)
            else:
                _write(root / RAW / name, content)
        if missing:
            self._download(root, missing)

    def _content(self, name: str) -> bytes | None:
        """Return the content of a file if it is at hand anywhere, intact, unpacked or not."""
        if name in self.archives:
            return gzip.decompress(self.archives[name])
        for path in self._paths(name):
            with suppress(OSError, EOFError, zlib.error):  # missing, unreadable, or damaged
                content = path.read_bytes()
                content = gzip.decompress(content) if path.suffix == ".gz" else content
                if FILES[name].is_content(content):
                    return content
        return None

    def _paths(self, name: str) -> list[Path]:
        return [root / RAW / file for root in self._roots() for file in (name, ARCHIVES[name].name)]

    def _download(self, root: Path, missing: list[str]) -> None:
        if not self.retry and (reason := _failed_lately(self.groups)):
            raise _Unavailable(reason, reason, self._advice())
        wanted = [ARCHIVES[name] for name in missing]
        try:
            for archive, content in deliver(wanted, ARCHIVES["t10k-labels-idx1-ubyte"], self.groups, _beat):
                name = archive.removesuffix(".gz")
                self.archives[name] = content
                _write(root / RAW / name, gzip.decompress(content))
        except NotDelivered as error:
            unavailable = self._unavailable(missing, error.reasons)
            _remember_failure(self.groups, unavailable.brief)
            raise unavailable from None
        _forget_failure()

    def _unavailable(self, missing: list[str], reasons: dict[str, Text]) -> _Unavailable:
        found = [path for name in missing for path in self._paths(name) if os.path.exists(path)]
        complaints = [text("damaged", path=path) for path in found]
        if self.named and not os.path.exists(self.named):
            complaints.append(text("no such folder", folder=self.named))
        elif self.named and not os.path.isdir(self.named / RAW):
            complaints.append(text("other folder", folder=self.named, raw=RAW.as_posix()))
        different = [reason for i, reason in enumerate(reasons.values()) if reason not in [*reasons.values()][:i]]
        brief = text("nothing", count=len(reasons), reasons=joined("items", different))
        details = [text("from", source=_without_password(source), reason=reasons[source]) for source in reasons]
        return _Unavailable(
            joined("sentences", [*complaints, brief]),
            joined("lines", [*complaints, text("nothing from"), *details]),
            self._advice(),
        )

    def _advice(self) -> Text:
        names = ", ".join(archive.name for archive in ARCHIVES.values())
        folder = next(filter(_can_be_written, self._roots()), self._roots()[0]) / RAW
        return text("advice", files=names, folder=folder, raw=RAW.as_posix())


def _without_password(address: str) -> str:
    return re.sub("[^/@]*@", "", address)


def _has_any(root: Path) -> bool:
    """Tell whether anything of the data set lies below ``root``, intact or not."""
    return any(os.path.exists(root / RAW / file) for name in FILES for file in (name, ARCHIVES[name].name))


def _can_be_written(folder: Path) -> bool:
    """Tell whether ``folder`` can be written or, if it does not exist, made."""
    existing = next((place for place in (folder, *folder.parents) if os.path.exists(place)), folder)
    return os.access(existing, os.W_OK)


# A download that failed: remembered, so that without a network only the first start waits for one

FAILED = "download-failed.json"


def _failed_lately(groups: tuple[tuple[str, ...], ...]) -> Text | None:
    """Say that, and why, a download from these sources has failed lately."""
    for path in _notes(FAILED):
        try:
            minutes = (time.time() - path.stat().st_mtime) / 60
            note = json.loads(path.read_bytes())
            reason = Text((language, str(note["reason"][language])) for language in LANGUAGES)
            same = note["circumstances"] == _circumstances(groups)
        except (OSError, ValueError, TypeError, KeyError):
            continue
        if same and 0 <= minutes <= RETRY_AFTER / 60:  # else it was long ago, or of tomorrow: the clock was wrong then
            return text("lately", reason=reason, minutes=minutes)
    return None


def _remember_failure(groups: tuple[tuple[str, ...], ...], reason: Text) -> None:
    _note(FAILED, {"circumstances": _circumstances(groups), "reason": reason})


def _forget_failure() -> None:
    for path in _notes(FAILED):
        with suppress(OSError):
            path.unlink()


def _circumstances(groups: tuple[tuple[str, ...], ...]) -> str:
    """Return what tells whether it is worth trying again: sources, proxies, and the package that some of these need."""
    from importlib.util import find_spec
    from urllib.request import getproxies

    parts = (groups, sorted(getproxies().items()), find_spec("socks") is not None)
    return hashlib.md5(repr(parts).encode(), usedforsecurity=False).hexdigest()  # passwords are not written down


# Verifying


def _holds(root: Path, files: Mapping[str, IdxFile]) -> bool:
    return all(_is_intact(root / RAW / name, file) for name, file in files.items())


def _is_intact(path: Path, file: IdxFile) -> bool:
    """Tell whether ``path`` holds this file. Its bytes are read only if it has changed since they were last read."""
    try:
        stat = path.stat()
        seen = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, file.md5]
        if stat.st_size != file.size:
            return False
        record = _read_record()
        if record.get(str(path)) == seen:
            return True
        if not file.is_content(path.read_bytes()):
            return False
    except OSError:
        return False
    _note(RECORD, {**record, str(path): seen})  # without a record the file is read again next time
    return True


RECORD = "verified.json"


def _read_record() -> dict[str, list[int | str]]:
    records = {}
    for path in _notes(RECORD):
        with suppress(OSError, ValueError, TypeError):
            records.update(json.loads(path.read_bytes()))
    return records


# Looking only, for ``python -m book_utils``: nothing is fetched, unpacked or drawn, and no notice is shown


def at_hand() -> dict[Path, dict[str, str]]:
    """Say what lies in each folder that is searched for the real data.

    Returns:
        For each root, for each of ``FILES``: ``'verified'``, ``'compressed, verified'``, ``'damaged'``, ``'missing'``,
        or what the system answers to who wants to read it.
    """
    named = _named(_setting("DATA"))
    roots = [*([named] if named else []), *_own_folders()]
    return {root: {name: _state(root, name) for name in FILES} for root in roots}


def _state(root: Path, name: str) -> str:
    if _is_intact(root / RAW / name, FILES[name]):
        return "verified"
    state = "missing"
    for path in (root / RAW / ARCHIVES[name].name, root / RAW / name):
        try:
            content = path.read_bytes()
            if path.suffix == ".gz" and FILES[name].is_content(gzip.decompress(content)):
                return "compressed, verified"
            state = "damaged"
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, EOFError, zlib.error) as error:  # not all that gzip finds comes from the system
            state = getattr(error, "strerror", None) or "damaged"
    return state


def outlook() -> tuple[str, str]:
    """Say which data set ``fashion_mnist_root`` would use, and why or from where, in English.

    Returns:
        ``'real'``, ``'standin'``, ``'none'``, or ``'download'`` if that depends on what a download would bring.

    Raises:
        ValueError: As ``fashion_mnist_root`` does.
    """
    choice, groups = _choice(_setting("DATASET")), (_addresses(_setting("SOURCES")), SOURCES)
    if choice == "standin":
        return _would_draw(text("asked for"))
    search = _Search(_named(_setting("DATA")), groups, retry=choice == "real")
    for root in search._roots():
        if _holds(root, FILES):
            return "real", f"unpacked and verified in {root}"
    target = next(filter(_can_be_written, search._targets()), None)
    if target is None:
        return _would_draw(text("no folder")) if choice == "auto" else ("none", text("no folder")["en"])
    absent = [name for name in FILES if search._content(name) is None]
    if not absent:
        return "real", f"unpacked into {target} at the first use"
    if choice == "auto" and (lately := _failed_lately(groups)):
        return _would_draw(lately)
    count, otherwise = sum(map(len, groups)), "an error" if choice == "real" else "the stand-in"
    return "download", f"{len(absent)} files from one of {count} sources into {target}; else {otherwise}"


def _would_draw(reason: Text) -> tuple[str, str]:
    """Say that the stand-in would be used, if there is one or a place to draw it."""
    if not any(map(_can_be_written, _own_folders())):
        roots, files = _drawn()
        if not any(_holds(root, files) for root in roots):
            return "none", text("no folder")["en"]
    return "standin", reason["en"]


def try_locks() -> dict[Path, str]:
    """Say what a lock in each of our folders meets, up to the first that has locks. Nothing new is left behind.

    Returns:
        What begins with ``'work'``, or what the file system answers. The folder that one would be made in stands for
        one that is not made yet.
    """
    said: dict[Path, str] = {}
    for folder in _own_folders():
        place = next(place for place in (folder, *folder.parents) if os.path.isdir(place))
        path = place / ("lock" if place == folder else f".book_utils-{uuid.uuid4().hex}.lock")
        existed = os.path.exists(path)
        said[folder] = _try_lock(path)
        if not existed:
            with suppress(OSError):
                path.unlink()
        if said[folder].startswith("work"):
            break
    return said


def _try_lock(path: Path) -> str:
    from filelock import FileLock, Timeout

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            FileLock(path, timeout=0).acquire().lock.release()
        except Timeout:
            return "work, and another process holds it now"
        except (OSError, NotImplementedError) as error:
            return getattr(error, "strerror", None) or str(error) or type(error).__name__
    return "work, by files that exist or not" if any("flock" in str(one.message) for one in warned) else "work"


# Writing


def _own_folders() -> Iterator[Path]:
    """Yield the folders that belong to this package: in the user's cache, then one among the temporary files.

    Either may be missing, or not be writable: another user may have filled it.
    """
    from platformdirs import user_cache_path

    user = getattr(os, "getuid", lambda: "")()
    folders = [user_cache_path("book_utils")]
    with suppress(FileNotFoundError):  # no folder for temporary files can be written
        folders.append(Path(tempfile.gettempdir(), f"book_utils-{user}"))
    for folder in folders:
        if folder.is_absolute():  # a user without a home has a cache below "~"
            yield folder


def _notes(name: str) -> list[Path]:
    return [folder / name for folder in _own_folders()]


def _note(name: str, content: Mapping[str, object]) -> None:
    """Write down what may as well be forgotten, in the first folder that takes it."""
    for path in _notes(name):
        with suppress(OSError):
            _write(path, json.dumps(content, indent=1).encode())
            return


@contextmanager
def _lock() -> Iterator[None]:
    """Have a lock while the block runs, if there is one to be had: of several kernels one does the work.

    Without, two would do the same work. They do each other no harm: see ``_write``.
    """
    lock = _first_lock()
    try:
        yield
    finally:
        if lock:
            with suppress(OSError):
                lock.release()


def _first_lock() -> BaseFileLock | None:
    """Return a lock that is held, in the first folder that has locks."""
    from filelock import FileLock, Timeout

    for folder in _own_folders():
        # What a file system answers that has none differs: not supported, no locks available, input/output error.
        with suppress(OSError, NotImplementedError), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="flock not supported")  # filelock has something in its place
            folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder / "lock")
            try:
                lock.acquire(timeout=0)
            except Timeout:
                return lock if _wait_for(lock) else None
            return lock
    return None


def _wait_for(lock: BaseFileLock) -> bool:
    """Wait for a lock as long as who holds it gets on; tell whether it is held in the end."""
    from filelock import Timeout

    if is_watched():
        print(text("waiting", seconds=LOCKED), file=stream(), flush=True)
    while True:
        before = _beats()
        try:
            lock.acquire(timeout=LOCKED)
            return True
        except Timeout:
            if _beats() == before:
                return False


BEAT = "fetching"
"""A file that is touched whenever bytes have come, for those who wait."""


def _beat() -> None:
    for path in _notes(BEAT):
        with suppress(OSError):
            path.touch()
            return


def _beats() -> list[int]:
    times = []
    for path in _notes(BEAT):
        with suppress(OSError):
            times.append(path.stat().st_mtime_ns)
    return times


def _write(path: Path, content: bytes) -> None:
    """Write a file in one step: whoever looks sees all of it or none, and a failure leaves nothing behind.

    Several may write the same at once, each under a name of its own until it is whole.
    """
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear(path)
        part.write_bytes(content)
        part.replace(path)
    except BaseException:  # an interrupt, too
        with suppress(OSError):
            part.unlink()
        for folder in (path.parent, path.parent.parent):
            with suppress(OSError):
                folder.rmdir()  # only if it is empty
        raise


def _clear(path: Path) -> None:
    """Remove what processes left behind that were killed while they wrote this file."""
    for part in path.parent.glob(f"{path.name}.*part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > LEFT_BEHIND:
                part.unlink()
