"""The files of Fashion-MNIST: found, verified, downloaded, or drawn. No tensors yet, and no torch.

Two environment variables decide which files are used:

- ``BOOK_UTILS_DATA``: the folder that holds ``FashionMNIST/raw/...`` (torchvision's layout), compressed or not. It is
  only read, unless there is nothing of the data set in it yet: then what is downloaded goes there. Default: the user's
  cache folder.
- ``BOOK_UTILS_DATASET``: ``auto`` (the default: the real data if they can be had, else a drawn stand-in, with a
  notice), ``real`` (raise an error if they cannot be had) or ``standin``.

No file is used before its size, its header and its MD5 are verified. What is unpacked, downloaded or drawn goes into
the cache folder (if that cannot be written: into the folder for temporary files), file by file, each in one step,
under a lock: kernels that start at once do the work once.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import os
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from book_utils.fashion_mnist.download import NotDelivered, Published, deliver

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


class _Unavailable(Exception):
    """The real data cannot be had: ``brief`` for a notice; the whole message says what to do."""

    def __init__(self, brief: str, whole: str) -> None:
        self.brief = brief
        super().__init__(whole)


def fashion_mnist_root() -> Path:
    """Return a folder that ``torchvision.datasets.FashionMNIST(root)`` can read: the real data or the stand-in.

    What is missing is downloaded or drawn, what is compressed is unpacked into the user's cache folder, and every file
    is verified. If the stand-in takes the place of data that cannot be had, a notice is shown, once per process.

    Raises:
        ValueError: ``BOOK_UTILS_DATASET`` is none of its three values.
        RuntimeError: ``BOOK_UTILS_DATASET`` is ``real`` and the data cannot be had, or no folder can be written.
    """
    return _in_use()[1]


def dataset_in_use() -> str:
    """Return ``'real'`` or ``'standin'``: the data set that ``fashion_mnist_root`` finds. It may raise as that does."""
    return _in_use()[0]


def _in_use() -> tuple[str, Path]:
    settings = os.environ.get("BOOK_UTILS_DATASET") or "auto", os.environ.get("BOOK_UTILS_DATA") or None
    data_set, root = _resolve(*settings)
    if not all((root / RAW / name).is_file() for name in FILES):  # somebody has cleared the cache meanwhile
        _resolve.cache_clear()
        data_set, root = _resolve(*settings)
    return data_set, root


@cache  # once per process: one search, one notice, and never another data set half-way
def _resolve(choice: str, data: str | None) -> tuple[str, Path]:
    if choice not in ("auto", "real", "standin"):
        raise ValueError(f"BOOK_UTILS_DATASET must be 'auto', 'real' or 'standin', not {choice!r}")
    reason = "BOOK_UTILS_DATASET=standin asks for it"
    if choice != "standin":
        try:
            return "real", _Search(_named(data) if data else None, retry=choice == "real").root()
        except _Unavailable as error:
            if choice == "real":
                raise RuntimeError(
                    f"Fashion-MNIST cannot be had, and BOOK_UTILS_DATASET=real forbids a stand-in.\n{error}"
                ) from None
            reason = error.brief
    from book_utils._notebook import say_standin

    say_standin(reason)
    return "standin", _standin_root()


def _named(data: str) -> Path:
    """Return the root that ``BOOK_UTILS_DATA`` means, also if it names a folder inside: ``raw``, or the one above."""
    folder = Path(data).expanduser().absolute()
    for levels, inner in ((2, RAW.parts), (1, RAW.parts[:1])):
        if folder.parts[-levels:] == inner and not (folder / RAW).is_dir():
            return folder.parents[levels - 1]
    return folder


def _standin_root() -> Path:
    """Return the folder of the stand-in, drawn on the first call, in the format of the real files."""
    from book_utils.fashion_mnist import standin

    files = {name: replace(file, md5=standin.CHECKSUMS[name]) for name, file in FILES.items()}
    roots = [own / f"standin-{standin.VERSION}" for own in _own_folders()]
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
    raise _Unavailable(
        "no folder can be written",
        "\n".join(("The data set needs 55 MB, and no folder takes it:", *problems))
        + "\nSet BOOK_UTILS_DATA to a folder that you can write, or make room.",
    )


class _Search:
    """The search for the real data: in the folder that the reader named, in our own, in archives, on the network.

    Args:
        named: The folder that the reader named, if any.
        retry: Try a download even if one has failed just now.
    """

    def __init__(self, named: Path | None, retry: bool) -> None:
        self.named, self.retry = named, retry
        self.archives: dict[str, bytes] = {}  # what was downloaded: kept, should the first folder turn out to be full

    def root(self) -> Path:
        """Return a folder with the four files, unpacked and verified; raise ``_Unavailable`` if they cannot be had."""
        for root in self._roots():
            if _holds(root, FILES):
                return root
        with _lock():
            untouched = [self.named] if self.named and not _has_any(self.named) else []
            return _first_that_takes([*untouched, *_own_folders()], self._fill)

    def _roots(self) -> list[Path]:
        return [*([self.named] if self.named else []), *_own_folders()]

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
        if not self.retry and (reason := _failed_lately()):
            raise _Unavailable(reason, reason)
        wanted = [ARCHIVES[name] for name in missing]
        try:
            for archive, content in deliver(wanted, ARCHIVES["t10k-labels-idx1-ubyte"], SOURCES):
                name = archive.removesuffix(".gz")
                self.archives[name] = content
                _write(root / RAW / name, gzip.decompress(content))
        except NotDelivered as error:
            unavailable = self._unavailable(missing, error.reasons)
            _remember_failure(unavailable.brief)
            raise unavailable from None
        _forget_failure()

    def _unavailable(self, missing: list[str], reasons: dict[str, str]) -> _Unavailable:
        found = [path for name in missing for path in self._paths(name) if path.exists()]
        complaints = [f"{path} is damaged." for path in found]
        if self.named and not self.named.exists():
            complaints.append(f"BOOK_UTILS_DATA names {self.named}, which does not exist.")
        elif self.named and not (self.named / RAW).is_dir():
            complaints.append(f"BOOK_UTILS_DATA names {self.named}, which holds no folder {RAW.as_posix()}.")
        different = ", ".join(dict.fromkeys(reasons.values()))
        brief = [*complaints, f"Nothing could be downloaded from any of {len(reasons)} sources: {different}."]
        whole = [
            *complaints,
            "Nothing could be downloaded:",
            *(f"  {source}: {reason}" for source, reason in reasons.items()),
            f"Put {', '.join(archive.name for archive in ARCHIVES.values())} into {self._roots()[0] / RAW}, "
            f"or set BOOK_UTILS_DATA to the folder that holds {RAW.as_posix()}.",
        ]
        return _Unavailable(" ".join(brief), "\n".join(whole))


def _has_any(root: Path) -> bool:
    """Tell whether anything of the data set lies below ``root``, intact or not."""
    return any((root / RAW / file).exists() for name in FILES for file in (name, ARCHIVES[name].name))


# A download that failed: remembered, so that without a network only the first start waits for one


def _failure() -> Path:
    return next(_own_folders()) / "download-failed.txt"


def _failed_lately() -> str | None:
    try:
        minutes = (time.time() - _failure().stat().st_mtime) / 60
        reason = _failure().read_text(encoding="utf-8")
    except (OSError, StopIteration):
        return None
    if not 0 <= minutes <= RETRY_AFTER / 60:  # long ago, or of tomorrow: the clock was wrong then
        return None
    return f"{reason} That was {minutes:.0f} minutes ago; BOOK_UTILS_DATASET=real tries again at once."


def _remember_failure(reason: str) -> None:
    with suppress(OSError, StopIteration):
        _write(_failure(), reason.encode())


def _forget_failure() -> None:
    with suppress(OSError, StopIteration):
        _failure().unlink()


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
    with suppress(OSError, StopIteration):  # without a record the file is read again next time
        _write(_record(), json.dumps({**record, str(path): seen}, indent=1).encode())
    return True


def _record() -> Path:
    return next(_own_folders()) / "verified.json"


def _read_record() -> dict[str, list[int | str]]:
    try:
        record = json.loads(_record().read_bytes())
    except (OSError, ValueError, StopIteration):
        return {}
    return record if isinstance(record, dict) else {}


# Writing


def _own_folders() -> Iterator[Path]:
    """Yield the folders where this package may write: the user's cache folder, then one for temporary files."""
    from platformdirs import user_cache_path

    user = getattr(os, "getuid", lambda: "")()
    for folder in (user_cache_path("book_utils"), Path(tempfile.gettempdir(), f"book_utils-{user}")):
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                yield folder


def _lock() -> AbstractContextManager[object]:
    """Return a lock for this user: several kernels that start at once fetch or draw the data once."""
    from filelock import FileLock

    for folder in _own_folders():
        return FileLock(folder / "lock")
    raise RuntimeError("neither the cache folder nor the folder for temporary files can be written")


def _write(path: Path, content: bytes) -> None:
    """Write a file in one step: whoever looks sees all of it or none, and a failure leaves nothing behind."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        for folder in (path.parent, path.parent.parent):
            with suppress(OSError):
                folder.rmdir()  # only if it is empty
        raise
