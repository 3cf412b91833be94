"""Downloading published files: several sources, none of them trusted, and no waiting for one that does not answer.

What a source sends counts only if its size and its MD5 are those that the publisher gives, so a proxy's error page,
half a file or a flipped bit is a failure like a refused connection. Files are kept in memory until they are verified:
whoever is interrupted, or killed, leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import queue
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from book_utils._notebook import current_kernel, is_watched

PATIENCE = 4.0
"""Seconds within which the first source must deliver a small file. A firewall may drop every packet without a word."""

STALLED = 10.0
"""Seconds without a byte after which a source is given up."""

SLOWEST = 20_000
"""Bytes per second, on average, below which a source is given up, once ``PATIENCE`` is over."""


@dataclass(frozen=True)
class Published:
    """A file as its publisher describes it: name, size in bytes, and MD5."""

    name: str
    size: int
    md5: str

    def fault(self, content: bytes | bytearray) -> str | None:
        """Say what is wrong with ``content`` if it is not this file."""
        if content[:256].lstrip()[:1] == b"<":
            return "sent a web page instead of the file (does this network want you to log in?)"
        if len(content) != self.size:
            received = "more than that" if len(content) > self.size else f"{len(content):,}"
            return f"should have sent {self.size:,} bytes, sent {received}"
        if hashlib.md5(content, usedforsecurity=False).hexdigest() != self.md5:
            return "sent the right number of bytes, but other bytes (MD5)"
        return None


class NotDelivered(Exception):
    """No source delivered everything. ``reasons`` says why, for each source."""

    def __init__(self, reasons: dict[str, str]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(f"{source}: {reason}" for source, reason in reasons.items()))


def deliver(wanted: Sequence[Published], sample: Published, sources: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each wanted file.

    All sources are asked at once for ``sample``. The first that delivers it is asked for the wanted files, one by one;
    if it fails in one, the next source goes on from there.

    Args:
        wanted: What to download.
        sample: A small file that all sources have, wanted or not.
        sources: Addresses of folders, with a slash at the end.

    Raises:
        NotDelivered: No source is left; what was yielded before is good.
    """
    missing = sorted(wanted, key=lambda file: file.size)
    reasons = dict.fromkeys(sources, f"no answer within {PATIENCE:g} seconds")
    with _progress_bar(sum(file.size for file in wanted)) as bar:
        for source in _answering(sample, sources, reasons):
            try:
                while missing:
                    yield missing[0].name, _fetch(source, missing[0], bar)
                    del missing[0]
                return
            except Exception as error:  # whatever a broken source makes a library raise, the next one may do better
                reasons[source] = f"{missing[0].name}: {_why(error)}"
                bar.n = sum(file.size for file in wanted if file not in missing)
    raise NotDelivered(reasons)


def _answering(sample: Published, sources: Sequence[str], reasons: dict[str, str]) -> Iterator[str]:
    """Yield the sources that deliver the sample, the quickest first; say in ``reasons`` why others do not."""
    import requests  # noqa: F401  # now, and not in three threads at once

    answers: queue.SimpleQueue[tuple[str, Exception | None]] = queue.SimpleQueue()

    def ask(source: str) -> None:
        try:
            _fetch(source, sample)
            answers.put((source, None))
        except Exception as error:
            answers.put((source, error))

    # Daemons, since looking up a name can block for a minute, and nothing can interrupt it.
    for source in sources:
        threading.Thread(target=ask, args=(source,), daemon=True).start()
    deadline = time.monotonic() + PATIENCE
    for _ in sources:
        try:
            source, error = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return
        if error is None:
            yield source
        else:
            reasons[source] = _why(error)


def _fetch(source: str, file: Published, bar: Any = None) -> bytes:
    """Return the content of a file, verified; raise what requests and urllib3 raise, or ValueError if it is wrong."""
    import requests

    begin, content = time.monotonic(), bytearray()
    # As it is stored: a server that "decodes" a .gz on the way would change its bytes.
    headers = {"Accept-Encoding": "identity"}
    with requests.get(source + file.name, headers=headers, stream=True, timeout=(PATIENCE, STALLED)) as response:
        response.raise_for_status()
        # read1 returns what has arrived. read would wait for a full block, from a slow source for minutes.
        while len(content) <= file.size and (piece := response.raw.read1(1 << 16)):
            content += piece
            if bar is not None:
                bar.update(len(piece))
            seconds = time.monotonic() - begin
            if seconds > PATIENCE and len(content) < SLOWEST * seconds:
                raise ValueError(f"too slow: {len(content):,} bytes in {seconds:.0f} seconds")
    if fault := file.fault(content):
        raise ValueError(fault)
    return bytes(content)


def _why(error: Exception) -> str:
    """Return in a few words what requests and urllib3 say in many."""
    import requests

    text = str(error)
    if isinstance(error, requests.HTTPError):
        return f"answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.TooManyRedirects):
        return "redirects in circles"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not accepted (a wrong clock, or a proxy in between)"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy cannot be reached"
    if "NameResolution" in text or "getaddrinfo" in text:
        return "its name is not known here (no network?)"
    if isinstance(error, requests.Timeout) or "timed out" in text:
        return "no answer in time"
    if "refused" in text:
        return "connection refused"
    if "IncompleteRead" in text or "reset" in text or "closed" in text or "aborted" in text:
        return "the connection broke off"
    return text.splitlines()[0][:200] if text else type(error).__name__


def _progress_bar(total: int) -> Any:
    from tqdm import tqdm

    # Not stderr in a notebook, which shows it in red.
    out = sys.stderr if current_kernel() is None else sys.stdout
    return tqdm(
        total=total, desc="Fashion-MNIST", unit="B", unit_scale=True, ncols=80, file=out, disable=not is_watched()
    )  # fmt: skip
