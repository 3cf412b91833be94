"""Downloading published files: several sources, none of them trusted, and no waiting for one that does not answer.

What a source sends counts only if its size and its MD5 are those that the publisher gives, so a proxy's error page,
half a file or a flipped bit is a failure like a refused connection. Files are kept in memory until they are verified:
whoever is interrupted, or killed, leaves nothing behind.

Patience grows with progress. Who cannot be reached is given up in seconds; who can, gets longer for its first byte. Who
is slow has to wait until all others have been tried; if nobody is faster, it is the fastest that delivers, as long as
bytes arrive and the end is less than ``LONGEST`` away. What has arrived is kept: the next turn, of this source or of
another, goes on from there, also when the network was away for a moment.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import queue
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from book_utils._notebook import is_watched, stream
from book_utils._words import Text, plain, text

PATIENCE = 4.0
"""Seconds within which a source must be reached. A firewall may drop every packet without a word."""

STALLED = 15.0
"""Seconds without a byte after which a source that was reached is given up."""

SLOWEST = 20_000
"""Bytes per second, over ``PATIENCE``, below which other sources are tried before this one gets another turn."""

LONGEST = 7200.0
"""Seconds that everything may take. A source is given up if, at its rate, the rest would take longer."""


@dataclass(frozen=True)
class Published:
    """A file as its publisher describes it: name, size in bytes, and MD5."""

    name: str
    size: int
    md5: str

    def fault(self, content: bytes | bytearray) -> Text | None:
        """Say what is wrong with ``content`` if it is not this file."""
        if content[:256].lstrip()[:1] == b"<":
            return text("web page")
        if len(content) != self.size:
            key = "more" if len(content) > self.size else "size"
            return text(key, expected=self.size, received=len(content))
        if hashlib.md5(content, usedforsecurity=False).hexdigest() != self.md5:
            return text("other bytes")
        return None


class NotDelivered(Exception):
    """No source delivered everything. ``reasons`` says why, for each source."""

    def __init__(self, reasons: dict[str, Text]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(f"{source}: {reason}" for source, reason in reasons.items()))


class _Failure(Exception):
    """A source fails: why, and whether it deserves another turn."""

    def __init__(self, reason: Text, again: bool = False) -> None:
        self.reason, self.again = reason, again
        super().__init__(str(reason))


def deliver(
    wanted: Sequence[Published], sample: Published, groups: Sequence[Sequence[str]], beat: Callable[[], object]
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each wanted file.

    All sources of a group are asked at once for ``sample``. The first that delivers it is asked for the wanted files,
    one by one; if it fails in one, or is slow, the next source goes on from there; then the next group. In the end
    those that got on get more turns, the fastest first.

    Args:
        wanted: What to download.
        sample: A small file that all sources have, wanted or not.
        groups: Addresses of folders, with a slash at the end; later groups are asked if earlier ones fail.
        beat: Called when bytes have arrived, about once a second.

    Raises:
        NotDelivered: No source is left; what was yielded before is good.
    """
    reasons = {source: text("no answer", seconds=PATIENCE) for group in groups for source in group}
    total = sum(file.size for file in wanted)
    with _progress_bar(total) as bar:
        last_beat = 0.0

        def moved() -> None:
            nonlocal last_beat
            bar.update(total - transfer.rest - bar.n)
            if time.monotonic() - last_beat > 1:
                last_beat = time.monotonic()
                beat()

        transfer = _Transfer(wanted, LONGEST, moved)
        for source in itertools.chain.from_iterable(_answering(sample, group, reasons) for group in groups):
            yield from transfer.turn(source, SLOWEST, reasons)
            if not transfer.missing:
                return
        while transfer.speeds and time.monotonic() < transfer.deadline:
            fastest = max(transfer.speeds, key=lambda source: transfer.speeds[source])
            yield from transfer.turn(fastest, 0, reasons)
            if not transfer.missing:
                return
            if transfer.speeds.get(fastest) == 0:
                time.sleep(STALLED / 10)
    raise NotDelivered(reasons)


def _answering(sample: Published, sources: Sequence[str], reasons: dict[str, Text]) -> Iterator[str]:
    """Yield the sources that deliver the sample, the quickest first; say in ``reasons`` why others do not."""
    import requests  # noqa: F401  # now, and not in three threads at once

    answers: queue.SimpleQueue[tuple[str, Exception | bool]] = queue.SimpleQueue()

    def ask(source: str) -> None:
        try:
            _reach(source)
            answers.put((source, False))
            _Transfer([sample], 2 * STALLED).fetch(source, 0)
            answers.put((source, True))
        except Exception as error:
            answers.put((source, error))

    # Daemons, since looking up a name can block for a minute, and nothing can interrupt it.
    for source in sources:
        threading.Thread(target=ask, args=(source,), daemon=True).start()
    begin, waiting, reached = time.monotonic(), set(sources), set[str]()
    while waiting:
        patience = 2 * STALLED if reached & waiting else PATIENCE
        try:
            source, answer = answers.get(timeout=max(0.0, begin + patience - time.monotonic()))
        except queue.Empty:
            return
        if answer is False:
            reached.add(source)
            reasons[source] = text("no answer", seconds=2 * STALLED)
            continue
        waiting.remove(source)
        if answer is True:
            yield source
        else:
            reasons[source] = _why(answer, source)


class _Transfer:
    """Files on their way, from one source after the other.

    Args:
        wanted: The files; the smallest comes first.
        longest: Seconds within which the last must have come.
        moved: Called whenever more, or less, has come than before.
    """

    def __init__(self, wanted: Sequence[Published], longest: float, moved: Callable[[], object] = lambda: None) -> None:
        self.missing = sorted(wanted, key=lambda file: file.size)
        self.part = bytearray()  # of the first that is missing
        self.deadline, self.moved = time.monotonic() + longest, moved
        self.arrived = 0  # in this turn
        self.speeds: dict[str, float] = {}  # bytes per second (0: for nothing), of sources that may go on
        self.least_rest, self.gained = self.rest, -math.inf  # how near the end it was, and when it came nearer

    @property
    def rest(self) -> int:
        """How many bytes have not come yet."""
        return sum(file.size for file in self.missing) - len(self.part)

    def turn(self, source: str, slowest: float, reasons: dict[str, Text]) -> Iterator[tuple[str, bytes]]:
        """Yield files from a source until it fails in one; say in ``reasons`` why, in ``speeds`` if it may go on."""
        self.speeds.pop(source, None)
        self.arrived, begin = 0, time.monotonic()
        try:
            while self.missing:
                content = self.fetch(source, slowest)
                file, self.part = self.missing.pop(0), bytearray()
                yield file.name, content
        except Exception as error:  # whatever a broken source makes a library raise, the next one may do better
            reasons[source] = text("in file", file=self.missing[0].name, reason=_why(error, source))
            now = time.monotonic()
            gained = self.rest < self.least_rest
            if gained:
                self.least_rest, self.gained = self.rest, now
            # Who gets on may go on. In the end, who did may try for a while: the network may be away for a moment.
            on = gained or not slowest and now - self.gained < 2 * STALLED
            if error.again if isinstance(error, _Failure) else on:
                self.speeds[source] = self.arrived / (now - begin) if gained else 0.0
            self.moved()

    def fetch(self, source: str, slowest: float) -> bytes:
        """Return the first missing file, verified; raise ``_Failure``, or what requests and urllib3 raise."""
        file = self.missing[0]
        while True:
            resumed = len(self.part) > 0
            if len(self.part) < file.size:
                self._receive(source + file.name, file.size, slowest)
            fault = file.fault(self.part)
            if fault is None:
                return bytes(self.part)
            self.part.clear()
            if not resumed:  # else what came before, perhaps from another source, may be to blame
                raise _Failure(fault)

    def _receive(self, address: str, size: int, slowest: float) -> None:
        """Add to ``part`` what comes, until ``size`` is reached or the source ends; judge its speed now and then."""
        import requests

        # As it is stored: a server that "decodes" a .gz on the way would change its bytes.
        headers = {"Accept-Encoding": "identity"}
        if self.part:
            headers["Range"] = f"bytes={len(self.part)}-"
        with requests.get(address, headers=headers, stream=True, timeout=(PATIENCE, STALLED)) as response:
            if response.status_code == requests.codes.requested_range_not_satisfiable and self.part:
                return
            response.raise_for_status()
            if self.part and not response.headers.get("Content-Range", "").startswith(f"bytes {len(self.part)}-"):
                self.part.clear()  # it begins at the beginning
            begin, arrived = time.monotonic(), self.arrived
            # read1 returns what has arrived. read would wait for a full block, from a slow source for minutes.
            while len(self.part) <= size and (piece := response.raw.read1(1 << 16)):
                self.part += piece
                self.arrived += len(piece)
                self.moved()
                seconds = time.monotonic() - begin
                if seconds > (PATIENCE if slowest else 2 * STALLED):
                    self._judge((self.arrived - arrived) / seconds, slowest)
                    begin, arrived = time.monotonic(), self.arrived

    def _judge(self, rate: float, slowest: float) -> None:
        """Raise ``_Failure`` if that many bytes per second are too few: for now or, in the end, to be done in time."""
        if rate < (slowest or self.rest / max(1e-9, self.deadline - time.monotonic())):
            raise _Failure(text("too slow", rate=rate), again=slowest > 0)


@dataclass(frozen=True)
class _Hop:
    """Where requests connects to for a source: to the source, or to a proxy."""

    scheme: str
    host: str
    port: int
    is_proxy: bool

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"  # without the password


def _first_hop(source: str) -> _Hop:
    from requests.utils import get_environ_proxies, select_proxy

    proxy = select_proxy(source, get_environ_proxies(source))
    try:
        address = urlsplit(source if not proxy else proxy if "://" in proxy else f"http://{proxy}")
        port = address.port or {"http": 80, "https": 443}.get(address.scheme, 1080)
    except ValueError:
        address, port = urlsplit(""), 0
    if proxy and not address.hostname:
        raise _Failure(text("proxy address"))
    return _Hop(address.scheme, address.hostname or "", port, proxy is not None)


def _reach(source: str) -> None:
    """Connect to where requests will connect, and hang up."""
    hop = _first_hop(source)
    try:
        socket.create_connection((hop.host, hop.port), PATIENCE).close()
    except OSError:
        if hop.is_proxy:
            raise _Failure(text("proxy", proxy=hop)) from None
        raise


def _why(error: Exception, source: str) -> Text:
    """Return in a few words what sockets, requests and urllib3 say in many."""
    import requests

    words = str(error)
    if isinstance(error, _Failure):
        return error.reason
    if "SOCKS support" in words:
        return text("no socks")
    if isinstance(error, requests.exceptions.InvalidProxyURL) or "SOCKS version" in words or "only use HTTP" in words:
        return text("proxy address")
    if isinstance(error, requests.HTTPError):
        return _status(error.response.status_code, error.response.reason, source)
    if isinstance(error, requests.TooManyRedirects):
        return text("redirects")
    if isinstance(error, requests.exceptions.SSLError):
        return text("certificate")
    if isinstance(error, requests.exceptions.ProxyError) or "SOCKS" in words:
        if status := re.search(r"Tunnel connection failed: (\d+) *([\w -]*)", words):
            return _status(int(status[1]), status[2], source, by_proxy=True)
        denied = "authentication failed" in words or "authentication method" in words
        return _status(407, "", source) if denied else text("proxy fails", proxy=_first_hop(source))
    if isinstance(error, socket.gaierror) or "NameResolution" in words or "getaddrinfo" in words:
        return text("unknown name")
    if isinstance(error, (requests.Timeout, TimeoutError)) or "timed out" in words:
        return text("no answer in time")
    if "refused" in words:
        return text("refused")
    if any(word in words for word in ("IncompleteRead", "reset", "closed", "aborted")):
        return text("broken")
    return plain(words.splitlines()[0][:200] if words else type(error).__name__)


def _status(code: int, reason: str, source: str, by_proxy: bool = False) -> Text:
    """Say what an answer other than 200 means."""
    status = f"{code} {reason}".strip()
    if code == 407:
        hop = _first_hop(source)
        return text("proxy password", proxy=hop, scheme=hop.scheme)
    return text("proxy says", proxy=_first_hop(source), status=status) if by_proxy else text("status", status=status)


def _progress_bar(total: int) -> Any:
    from tqdm import tqdm

    return tqdm(
        total=total, desc="Fashion-MNIST", unit="B", unit_scale=True, ncols=80, file=stream(), disable=not is_watched()
    )  # fmt: skip
