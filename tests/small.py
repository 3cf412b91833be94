"""A data set of a few kilobytes that ``book_utils.fashion_mnist`` takes for the real one, and a world that fails."""

import gzip
import hashlib
import http.server
import socket
import socketserver
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

from book_utils.fashion_mnist import download, files, standin
from book_utils.fashion_mnist.download import Published
from book_utils.fashion_mnist.files import RAW, IdxFile, fashion_mnist_root

SHAPES = {
    "train-images-idx3-ubyte": (12, 28, 28),
    "train-labels-idx1-ubyte": (12,),
    "t10k-images-idx3-ubyte": (3, 28, 28),
    "t10k-labels-idx1-ubyte": (3,),
}
BIG, SAMPLE = "train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


def draw(seed: int) -> dict[str, np.ndarray]:
    """Noise for images (it cannot be compressed, so an archive takes many packets) and any classes for labels."""
    random = np.random.RandomState(seed)
    return {n: random.randint(0, 256 if "images" in n else 10, shape).astype(np.uint8) for n, shape in SHAPES.items()}


def idx(array: np.ndarray) -> bytes:
    return IdxFile(array.shape, "").header + array.tobytes()


REAL, DRAWN = draw(1), draw(2)
CONTENT = {name: idx(array) for name, array in REAL.items()}
ARCHIVE = {name: gzip.compress(content, mtime=0) for name, content in CONTENT.items()}


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def pretend(setattr, own_folders: list[Path], sources: list[str], patience: float = 0.5) -> None:
    """Put the small data set, its drawn stand-in, our folders and the sources in place of the real ones.

    A small data set comes in a moment, so patience is scaled down with it.
    """
    pretended = {name: IdxFile(SHAPES[name], md5(CONTENT[name])) for name in SHAPES}
    archives = {name: Published(f"{name}.gz", len(ARCHIVE[name]), md5(ARCHIVE[name])) for name in SHAPES}
    setattr(files, "FILES", pretended)
    setattr(files, "ARCHIVES", archives)
    setattr(files, "SOURCES", tuple(sources))
    setattr(files, "_own_folders", lambda: iter(own_folders))
    setattr(standin, "CHECKSUMS", {name: md5(idx(array)) for name, array in DRAWN.items()})
    setattr(standin, "draw_split", drawn_split)
    setattr(download, "PATIENCE", patience)
    setattr(download, "STALLED", patience)
    setattr(download, "LONGEST", 10 * patience)
    setattr(files, "LOCKED", patience / 2)
    for folder in own_folders:
        folder.mkdir(parents=True, exist_ok=True)


def drawn_split(train: bool) -> tuple[np.ndarray, np.ndarray]:
    prefix = "train" if train else "t10k"
    return DRAWN[f"{prefix}-images-idx3-ubyte"], DRAWN[f"{prefix}-labels-idx1-ubyte"]


def put(root: Path, archives: bool = False) -> Path:
    """Write the small data set below ``root``, unpacked or as archives, and return ``root``."""
    (root / RAW).mkdir(parents=True)
    for name in SHAPES:
        if archives:
            (root / RAW / f"{name}.gz").write_bytes(ARCHIVE[name])
        else:
            (root / RAW / name).write_bytes(CONTENT[name])
    return root


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves ``/behaviour/name.gz``: the archives of the small data set, well or badly.

    It is a proxy as well, for whatever host: it serves what the end of the address says.
    """

    def do_GET(self) -> None:
        behaviour, file = self.path.strip("/").split("/")[-2:]
        name = file.removesuffix(".gz")
        self.server.asked.append((behaviour, name))
        self.close_connection = True
        getattr(self, f"serve_{behaviour}")(name, ARCHIVE[name])

    def do_CONNECT(self) -> None:
        """As a proxy, refuse what the name of the host asks for."""
        self.send_error(int(self.path.partition(".")[0]))

    def answer(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for key, value in {"Content_Length": str(len(body)), **headers}.items():
            if value:
                self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def wait(self) -> None:
        """Wait until the test is over."""
        self.server.over.wait(60)

    def answer_from_range(self, archive: bytes, until: int | None = None, delay: float = 0.0, piece: int = 100) -> None:
        """Send what is asked for, in pieces with a delay between; break off after byte ``until``."""
        asked = self.headers.get("Range", "bytes=0-")
        begin = int(asked.removeprefix("bytes=").removesuffix("-"))
        self.server.begun.append((self.path.rpartition("/")[2].removesuffix(".gz"), begin))
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(archive) - begin))
        self.send_header("Content-Range", f"bytes {begin}-{len(archive) - 1}/{len(archive)}")
        self.end_headers()
        end = len(archive) if until is None else until
        for i in range(begin, end, piece):
            if self.server.over.wait(delay):
                return
            with suppress(OSError):
                self.wfile.write(archive[i : min(i + piece, end)])

    def serve_good(self, name, archive):
        self.answer(archive)

    def serve_mood(self, name, archive):
        """Do as the test says at the moment."""
        getattr(self, f"serve_{self.server.mood}")(name, archive)

    def serve_steady(self, name, archive):  # 10,000 bytes a second: half of what is called slow
        self.answer_from_range(archive, delay=0.01)

    def serve_slower(self, name, archive):
        self.answer_from_range(archive, delay=0.02)

    def serve_plodding(self, name, archive):  # and cannot begin in the middle
        del self.headers["Range"]
        self.serve_steady(name, archive)

    def serve_late(self, name, archive):  # there, but slow to begin
        if name in (SAMPLE, BIG):
            self.server.over.wait(0.6)
        self.answer(archive)

    def serve_hesitating(self, name, archive):  # the big file is promised at once, and begins after a while
        if name != BIG:
            return self.answer(archive)
        begin = int(self.headers.get("Range", "bytes=0-")[6:-1])
        self.answer_from_range(archive, until=begin + 1, delay=0.6)
        self.server.over.wait(0.1)  # so that the first byte comes alone
        self.wfile.write(archive[begin + 1 :])

    def serve_breaking(self, name, archive):  # after 3,000 bytes each time; it can go on from there
        begin = int(self.headers.get("Range", "bytes=0-")[6:-1])
        self.answer_from_range(archive, until=min(begin + 3000, len(archive)))

    def serve_failing(self, name, archive):
        """Break off in the big file, and then answer nothing at all for a while."""
        asked = self.server.asked.count(("failing", BIG))
        if name == BIG and 1 < asked < 5:
            self.connection.close()
        else:
            self.answer_from_range(archive, until=3000 if name == BIG and asked == 1 else None)

    def serve_misleading(self, name, archive):
        """Good for all files but the big one: of that, send wrong bytes, and break off."""
        if name == BIG:
            self.answer_from_range(bytes(len(archive)), until=3000)
        else:
            self.serve_good(name, archive)

    def serve_ranges(self, name, archive):  # a good source that can begin in the middle; not the first to answer
        if name == SAMPLE:
            self.server.big_asked.wait(60)
        self.answer_from_range(archive)

    def serve_unsatisfied(self, name, archive):
        self.answer(status=416) if self.headers["Range"] else self.serve_ranges(name, archive)

    def serve_guarded(self, name, archive):
        """As a proxy, ask for the name and the password "me:secret"."""
        allowed = self.headers.get("Proxy-Authorization") == "Basic bWU6c2VjcmV0"
        self.answer(archive) if allowed else self.answer(status=407)

    def serve_chunked(self, name, archive):
        self.protocol_version = "HTTP/1.1"
        pieces = [archive[i : i + 1000] for i in range(0, len(archive), 1000)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
        self.answer(body + b"0\r\n\r\n", Content_Length="", Transfer_Encoding="chunked")

    def serve_encoded(self, name, archive):  # some servers call a .gz an encoding, for clients to undo
        self.answer(archive, Content_Encoding="gzip")

    def serve_compressing(self, name, archive):  # others compress whatever they send, for clients that allow it
        allowed = "gzip" in self.headers.get("Accept-Encoding", "")
        self.answer(gzip.compress(archive), Content_Encoding="gzip") if allowed else self.answer(archive)

    def serve_moved(self, name, archive):
        self.answer(status=302, Location=f"/good/{name}.gz")

    def serve_404(self, name, archive):
        self.answer(b"<html>no such file</html>", status=404)

    def serve_500(self, name, archive):
        self.answer(status=500)

    def serve_loop(self, name, archive):
        self.answer(status=302, Location=self.path)

    def serve_html(self, name, archive):
        self.answer(b"<!DOCTYPE html><html><body>Please accept our terms</body></html>")

    def serve_login(self, name, archive):
        self.answer(status=302, Location=f"/html/{name}.gz")

    def serve_empty(self, name, archive):
        self.answer()

    def serve_cut(self, name, archive):
        self.answer(archive[: len(archive) // 2], Content_Length=str(len(archive)))

    def serve_short(self, name, archive):
        self.answer(archive[:-1])

    def serve_long(self, name, archive):
        self.answer(archive + b"more")

    def serve_endless(self, name, archive):
        self.answer(Content_Length="")
        with suppress(OSError):
            while not self.server.over.is_set():
                self.wfile.write(bytes(1 << 16))

    def serve_flipped(self, name, archive):
        self.answer(archive[:-9] + bytes([archive[-9] ^ 1]) + archive[-8:])

    def serve_broken(self, name, archive):
        self.connection.close()

    def serve_silent(self, name, archive):
        self.wait()

    def serve_drip(self, name, archive):
        self.answer(Content_Length=str(len(archive)))
        for byte in archive:
            if self.server.over.wait(0.1):
                break
            with suppress(OSError):
                self.wfile.write(bytes([byte]))

    # Good for every file but the big one.

    def serve_big_dripping(self, name, archive):
        (self.serve_drip if name == BIG else self.serve_good)(name, archive)

    def serve_big_silent(self, name, archive):
        (self.serve_silent if name == BIG else self.serve_good)(name, archive)

    def serve_big_flipped(self, name, archive):
        (self.serve_flipped if name == BIG else self.serve_good)(name, archive)

    def serve_big_missing(self, name, archive):
        (self.serve_404 if name == BIG else self.serve_good)(name, archive)

    def serve_big_cut(self, name, archive):
        (self.serve_cut if name == BIG else self.serve_good)(name, archive)

    def serve_big_half(self, name, archive):
        """Send half of the big file, say so, and wait."""
        if name == BIG:
            self.answer(archive[: len(archive) // 2], Content_Length=str(len(archive)))
            self.wfile.flush()
            self.server.half_sent.set()
            self.wait()
        else:
            self.serve_good(name, archive)

    def serve_second(self, name, archive):
        """Good, but the sample comes only when another source has been asked for the big file."""
        if name == SAMPLE:
            self.server.big_asked.wait(60)
        self.serve_good(name, archive)

    def log_message(self, *args) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = Asked(self)
        self.begun: list[tuple[str, int]] = []  # names, and the byte from which they were asked for
        self.mood = "good"
        self.over, self.half_sent, self.big_asked = threading.Event(), threading.Event(), threading.Event()

    def source(self, behaviour: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{behaviour}/"

    def times(self, name: str) -> int:
        return sum(asked == name for _, asked in self.asked)


class Asked(list):
    """What was asked for, in order; it says when that is the big file."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server

    def append(self, asked: tuple[str, str]) -> None:
        super().append(asked)
        if asked[1] == BIG:
            self.server.big_asked.set()


@contextmanager
def serving():
    """Run a server while the block lasts."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class Socks(socketserver.StreamRequestHandler):
    """A SOCKS proxy (RFC 1928) that leads to one server, whatever host is asked for; it may want "me" and "secret"."""

    def handle(self) -> None:
        version, count = self.rfile.read(2)
        methods = self.rfile.read(count)
        wanted = 2 if self.server.guarded else 0
        self.wfile.write(bytes([5, wanted if wanted in methods else 255]))
        if wanted not in methods:
            return
        if self.server.guarded:
            name, password = (self.rfile.read(self.rfile.read(n)[-1]) for n in (2, 1))
            right = (name, password) == (b"me", b"secret")
            self.wfile.write(bytes([1, not right]))
            if not right:
                return
        self.rfile.read(4)  # connect, to a name
        self.server.hosts.append(self.rfile.read(self.rfile.read(1)[0]).decode())
        self.rfile.read(2)
        self.wfile.write(bytes([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        with socket.create_connection(self.server.leads_to) as other:
            question = b""
            while not question.endswith(b"\r\n\r\n"):
                question += self.rfile.readline()
            other.sendall(question)
            while answer := other.recv(1 << 16):
                self.wfile.write(answer)


@contextmanager
def socks_proxy(server: Server, guarded: bool = False):
    """Run a SOCKS proxy that leads to a server while the block lasts."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Socks) as proxy:
        proxy.daemon_threads = True
        proxy.leads_to, proxy.guarded, proxy.hosts = server.server_address, guarded, []
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield proxy
        proxy.shutdown()
        thread.join()


PROXY_SETTINGS = [case(f"{what}_proxy") for what in ("http", "https", "all", "no") for case in (str.lower, str.upper)]


class World:
    """One reader's machine: our folders, the folder that the reader names, sources, and a fresh process."""

    def __init__(self, monkeypatch, folder: Path, server) -> None:
        self.monkeypatch, self.server = monkeypatch, server
        self.own, self.spare, self.named = folder / "cache", folder / "spare", folder / "named"
        self.use("real")

    def use(self, choice: str, *behaviours: str, sources=(), named: Path | None = None, own=None) -> None:
        """Set the choice, the sources and the named folder, and forget what this process knows."""
        places = [*(self.server.source(behaviour) for behaviour in behaviours), *sources]
        pretend(self.monkeypatch.setattr, own or [self.own, self.spare], places)
        self.monkeypatch.setenv("BOOK_UTILS_DATASET", choice)
        if named:
            self.monkeypatch.setenv("BOOK_UTILS_DATA", str(named))
        else:
            self.monkeypatch.delenv("BOOK_UTILS_DATA", raising=False)
        for setting in ("BOOK_UTILS_SOURCES", *PROXY_SETTINGS):
            self.monkeypatch.delenv(setting, raising=False)
        files._resolve.cache_clear()

    def fails(self, match: str) -> str:
        with pytest.raises(RuntimeError, match=match) as error:
            fashion_mnist_root()
        return str(error.value)

    def left_behind(self) -> list[str]:
        """Return what lies in our folders and in the named one, apart from what we note down for ourselves."""
        roots = [root for root in (self.own, self.spare, self.named) if root.exists()]
        notes = ("lock", "download-failed.json", "verified.json", "fetching")
        return [str(path) for root in roots for path in root.rglob("*") if path.name not in notes]


def is_right(root: Path) -> bool:
    names = sorted(path.name for path in (root / RAW).iterdir())
    contents = all((root / RAW / name).read_bytes() == CONTENT[name] for name in SHAPES)
    return contents and not any(name.endswith(".part") for name in names)


def nobody() -> str:
    """Return the address of a port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"
