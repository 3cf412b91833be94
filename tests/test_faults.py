"""What goes wrong between a reader and the data: each fault ends with the right data, or with one clear error.

The faults of networks come from a server on this machine; the data set is a small one (``small.py``).
"""

import json
import os
import shutil
import socket
import struct
import subprocess
import sys
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest
from small import ARCHIVE, BIG, CONTENT, DRAWN, SAMPLE, SHAPES, idx, pretend, put, serving

from book_utils.fashion_mnist import download, files
from book_utils.fashion_mnist.files import RAW, dataset_in_use, fashion_mnist_root

OWN_FOLDERS = files._own_folders

PROGRAM = """
import json, sys
from pathlib import Path
from small import pretend
pretend(setattr, [Path(sys.argv[1])], json.loads(sys.argv[2]), patience=20)
from book_utils.fashion_mnist.files import fashion_mnist_root
print(fashion_mnist_root())
"""


@pytest.fixture
def server():
    with serving() as running:
        yield running


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
        files._resolve.cache_clear()

    def fails(self, match: str) -> str:
        with pytest.raises(RuntimeError, match=match) as error:
            fashion_mnist_root()
        return str(error.value)

    def left_behind(self) -> list[str]:
        """Return what lies in our folders and in the named one, apart from what we note down for ourselves."""
        roots = [root for root in (self.own, self.spare, self.named) if root.exists()]
        notes = ("lock", "download-failed.txt", "verified.json")
        return [str(path) for root in roots for path in root.rglob("*") if path.name not in notes]


@pytest.fixture
def world(monkeypatch, tmp_path, server):
    yield World(monkeypatch, tmp_path, server)
    files._resolve.cache_clear()


def is_right(root: Path) -> bool:
    files = sorted(path.name for path in (root / RAW).iterdir())
    contents = all((root / RAW / name).read_bytes() == CONTENT[name] for name in SHAPES)
    return contents and not any(name.endswith(".part") for name in files)


def nobody() -> str:
    """Return the address of a port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


# A source that fails from the start: what it does, and what the reader is told.

BROKEN = {
    "404": "answered 404 Not Found",
    "500": "answered 500 Internal Server Error",
    "loop": "redirects in circles",
    "html": "sent a web page instead of the file .does this network want you to log in",
    "login": "sent a web page",
    "empty": "should have sent .* bytes, sent 0",
    "cut": "the connection broke off",
    "short": "should have sent .* bytes, sent ",
    "long": "sent more than that",
    "endless": "sent more than that",
    "flipped": "the right number of bytes, but other bytes",
    "broken": "the connection broke off",
    "silent": "no answer",
    "drip": "no answer within|too slow",
}
UNREACHABLE = {
    "connection refused": (nobody, "connection refused"),
    "unknown name": (lambda: "http://no-such-host.invalid/", "its name is not known here"),
}


def broken_source(world, fault: str) -> tuple[str, str]:
    if fault in UNREACHABLE:
        address, reason = UNREACHABLE[fault]
        return address(), reason
    return world.server.source(fault), BROKEN[fault]


@pytest.mark.parametrize("fault", [*BROKEN, *UNREACHABLE])
def test_a_broken_source_alone_is_named_with_its_reason(world, fault):
    source, reason = broken_source(world, fault)
    world.use("real", sources=[source])
    message = world.fails(reason)
    assert source in message and str(world.own / RAW) in message and "BOOK_UTILS_DATA" in message
    assert len(max(message.splitlines(), key=len)) < 300
    assert world.left_behind() == []


@pytest.mark.parametrize("fault", [*BROKEN, *UNREACHABLE])
def test_a_broken_source_alone_leads_to_the_standin(world, fault, capsys):
    source, reason = broken_source(world, fault)
    world.use("auto", sources=[source])
    assert dataset_in_use() == "standin"
    for name, array in DRAWN.items():
        assert (fashion_mnist_root() / RAW / name).read_bytes() == idx(array)
    said = capsys.readouterr().out
    assert said.count("NOTICE") == 1 and "stand-in" in said


@pytest.mark.parametrize("fault", [*BROKEN, *UNREACHABLE])
def test_a_broken_source_beside_a_good_one_does_no_harm(world, fault):
    world.use("real", "good", sources=[broken_source(world, fault)[0]])
    assert is_right(fashion_mnist_root())


@pytest.mark.parametrize("behaviour", ["chunked", "encoded", "compressing", "moved"])
def test_unusual_ways_of_delivering_are_understood(world, behaviour):
    world.use("real", behaviour)
    assert is_right(fashion_mnist_root())


@pytest.mark.parametrize("fault", ["big_dripping", "big_silent", "big_flipped", "big_missing"])
def test_when_the_first_source_fails_half_way_the_second_goes_on(world, fault):
    world.use("real", fault, "second")
    assert is_right(fashion_mnist_root())
    asked = [name for behaviour, name in world.server.asked if behaviour == "second"]
    assert asked.count(BIG) == 1 and "train-labels-idx1-ubyte" not in asked  # it goes on, it does not begin again


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("big_dripping", "train-images-idx3-ubyte.gz: too slow"),
        ("big_silent", "train-images-idx3-ubyte.gz: no answer"),
        ("big_flipped", "other bytes"),
        ("big_missing", "train-images-idx3-ubyte.gz: answered 404"),
    ],
)
def test_a_source_that_fails_half_way_leaves_whole_files_only(world, fault, reason):
    world.use("real", fault)
    world.fails(reason)
    left = [Path(path) for path in world.left_behind() if Path(path).is_file()]
    assert {path.name for path in left} == set(SHAPES) - {BIG}
    assert all(path.read_bytes() == CONTENT[path.name] for path in left)
    world.server.asked.clear()
    world.use("real", "good")
    assert is_right(fashion_mnist_root()) and world.server.times("train-labels-idx1-ubyte") == 0


def test_the_progress_bar_goes_back_to_what_is_whole(world, monkeypatch):
    class Bar(nullcontext):
        n = 0

        def __enter__(self):
            return self

        def update(self, count):
            self.n += count

    bar = Bar()
    monkeypatch.setattr(download, "_progress_bar", lambda total: bar)
    world.use("real", "big_flipped", "second")
    assert is_right(fashion_mnist_root()) and bar.n == sum(map(len, ARCHIVE.values()))


def test_our_first_folder_is_the_users_cache_under_our_name(monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)
    assert next(OWN_FOLDERS()) == tmp_path / "book_utils"


def test_all_sources_are_listed(world):
    world.use("real", "404", "html", sources=[nobody()])
    message = world.fails("(?s)404.*web page.*refused")
    assert all(archive in message for archive in ("train-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"))


def test_a_download_that_failed_is_remembered_by_auto_and_tried_again_by_real(world, capsys):
    world.use("auto", "404")
    assert dataset_in_use() == "standin"
    world.server.asked.clear()
    world.use("auto", "good")
    assert dataset_in_use() == "standin" and not world.server.asked
    assert "0 minutes ago; BOOK_UTILS_DATASET=real tries again at once" in capsys.readouterr().out
    world.use("real", "good")
    assert dataset_in_use() == "real"


@pytest.mark.parametrize(("age", "data_set"), [(540, "standin"), (601, "real"), (-3600, "real")])
def test_it_is_remembered_for_ten_minutes(world, age, data_set):
    world.use("auto", "404")
    assert dataset_in_use() == "standin"
    note = world.own / "download-failed.txt"
    os.utime(note, (note.stat().st_atime, note.stat().st_mtime - age))
    world.use("auto", "good")
    assert dataset_in_use() == data_set and note.exists() == (data_set == "standin")


# A cache that was good once.


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    """Flip a bit, and leave size and date as they were: the date of change tells, which Windows does not keep."""
    content, stat = bytearray(path.read_bytes()), path.stat()
    content[-9] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def other_header(path: Path) -> None:
    path.write_bytes(b"\0\0\x0d" + path.read_bytes()[3:])


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


def make_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def lose_all(path: Path) -> None:
    shutil.rmtree(path.parent)


DAMAGES = [
    truncate,
    pytest.param(flip, marks=pytest.mark.posix),
    empty,
    other_header,
    append,
    Path.unlink,
    make_a_folder,
    lose_all,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_cache_is_mended(world, damage):
    world.use("real", "good")
    root = fashion_mnist_root()
    world.use("real", "good")
    fashion_mnist_root()  # by now it is on record as verified
    damage(root / RAW / BIG)
    world.use("real", "good")
    assert is_right(fashion_mnist_root())


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_standin_is_drawn_again(world, damage):
    world.use("standin")
    root = fashion_mnist_root()
    damage(root / RAW / BIG)
    world.use("standin")
    assert all((fashion_mnist_root() / RAW / name).read_bytes() == idx(array) for name, array in DRAWN.items())


def test_files_that_vanish_while_the_process_runs_are_fetched_again(world):
    world.use("real", "good")
    shutil.rmtree(fashion_mnist_root() / RAW)
    assert is_right(fashion_mnist_root())


def test_an_unchanged_file_is_verified_once(world, monkeypatch):
    world.use("real", "good")
    fashion_mnist_root()
    world.use("real")
    fashion_mnist_root()
    world.use("real")
    monkeypatch.setattr(files.IdxFile, "is_content", None)  # who verifies now, fails
    assert is_right(fashion_mnist_root())


def test_a_damaged_record_is_not_trusted(world):
    world.use("real", "good")
    fashion_mnist_root()
    for nonsense in ("", "[1]", "{"):
        (world.own / "verified.json").write_text(nonsense, encoding="utf-8")
        world.use("real")
        assert is_right(fashion_mnist_root())


# The folder that the reader names: read, never changed, unless there is nothing in it.


@pytest.mark.parametrize("archives", [True, False])
def test_a_named_folder_serves_without_a_download(world, archives):
    put(world.named, archives)
    before = sorted((path, path.stat().st_mtime_ns) for path in world.named.rglob("*"))
    world.use("real", named=world.named)
    assert is_right(fashion_mnist_root())
    assert sorted((path, path.stat().st_mtime_ns) for path in world.named.rglob("*")) == before


@pytest.mark.parametrize("damage", DAMAGES[:-1], ids=lambda damage: damage.__name__)
def test_whole_archives_make_up_for_a_damaged_unpacked_file(world, damage):
    """No network: all that is missing is unpacked, and the reader's folder stays as it is."""
    put(world.named)
    for name in SHAPES:
        (world.named / RAW / f"{name}.gz").write_bytes(ARCHIVE[name])
    damage(world.named / RAW / BIG)
    world.use("real", named=world.named)
    assert is_right(fashion_mnist_root()) and fashion_mnist_root() == world.own


@pytest.mark.parametrize("damage", [truncate, flip, empty, append, make_a_folder])
def test_a_damaged_archive_is_downloaded_but_not_overwritten(world, damage):
    archive = put(world.named, archives=True) / RAW / f"{BIG}.gz"
    damage(archive)
    before = archive.is_dir() or archive.read_bytes()
    world.use("real", "404", named=world.named)
    assert f"{archive} is damaged" in world.fails("404")
    world.use("real", "good", named=world.named)
    assert is_right(fashion_mnist_root())
    assert (archive.is_dir() or archive.read_bytes()) == before
    assert world.server.times("t10k-images-idx3-ubyte") == 0  # what was whole was used


@pytest.mark.parametrize("exists", [True, False])
def test_a_named_folder_without_the_data_set_is_filled(world, exists):
    if exists:
        world.named.mkdir()
    world.use("real", "good", named=world.named)
    assert fashion_mnist_root() == world.named and is_right(world.named)


@pytest.mark.parametrize(("exists", "said"), [(True, "holds no folder FashionMNIST/raw"), (False, "does not exist")])
def test_a_wrong_folder_is_said_to_be_wrong_and_left_alone(world, exists, said, capsys):
    if exists:
        world.named.mkdir()
    world.use("real", "404", named=world.named)
    assert f"BOOK_UTILS_DATA names {world.named}, which {said}" in world.fails("404")
    world.use("auto", "404", named=world.named)
    assert dataset_in_use() == "standin" and said in capsys.readouterr().out
    assert world.named.exists() == exists and not (exists and any(world.named.iterdir()))


@pytest.mark.parametrize("inner", ["FashionMNIST", "FashionMNIST/raw"])
def test_a_folder_inside_the_right_one_is_understood(world, inner):
    put(world.named)
    world.use("real", named=world.named / inner)
    assert fashion_mnist_root() == world.named


@pytest.mark.parametrize("value", ["", None])
def test_an_empty_setting_is_no_setting(world, value, monkeypatch):
    world.use("", "good")
    if value is None:
        monkeypatch.delenv("BOOK_UTILS_DATASET")
    monkeypatch.setenv("BOOK_UTILS_DATA", "")
    assert dataset_in_use() == "real" and fashion_mnist_root() == world.own


def test_an_unknown_choice_is_named(world):
    world.use("fake")
    with pytest.raises(ValueError, match="'auto', 'real' or 'standin', not 'fake'"):
        fashion_mnist_root()


# Folders that cannot be written. Root may write anywhere but to a file system that is mounted so.


def mount(folder: Path, options: str) -> None:
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, encoding="utf-8"
    )
    if done.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path):
    """Return a folder on a file system of two pages: the smallest files fit, the big one does not."""
    folder = tmp_path / "disk"
    mount(folder, "size=8k,mode=777")
    yield folder
    subprocess.run(["umount", folder], check=True)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


@pytest.mark.linux
def test_a_full_disk_is_left_for_the_next_folder(world, disk):
    world.use("real", "good", own=[disk, world.spare])
    assert fashion_mnist_root() == world.spare and is_right(world.spare)
    assert not any(name.endswith(".part") for name in names(disk))
    # Nothing was downloaded again for the second folder; only the sample is, to see who answers.
    assert all(world.server.times(name) == 1 for name in SHAPES if name != SAMPLE)


@pytest.mark.linux
@pytest.mark.parametrize("choice", ["real", "auto", "standin"])
def test_full_disks_everywhere_are_reported(world, disk, choice):
    world.use(choice, "good", own=[disk])
    message = world.fails("needs 55 MB, and no folder takes it")
    assert f"{disk}" in message and "No space left" in message and "BOOK_UTILS_DATA" in message
    assert not any(name.endswith(".part") for name in names(disk))
    assert all((disk / RAW / name).read_bytes() == CONTENT[name] for name in names(disk / RAW))


@pytest.mark.linux
def test_a_named_folder_that_is_full_gives_way_to_the_cache(world, disk):
    world.use("real", "good", named=disk)
    assert fashion_mnist_root() == world.own and is_right(world.own)
    assert not any(name.endswith(".part") for name in names(disk))


@pytest.mark.linux
@pytest.mark.parametrize("archives", [True, False])
def test_a_read_only_folder_serves(world, disk, archives):
    subprocess.run(["mount", "-o", "remount,size=64k", disk], check=True)
    put(disk, archives)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    world.use("real", named=disk)
    assert is_right(fashion_mnist_root())


@pytest.mark.linux
def test_a_read_only_folder_without_data_gives_way_to_the_cache(world, disk):
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    world.use("real", "good", named=disk)
    assert fashion_mnist_root() == world.own and is_right(world.own)


@pytest.mark.linux
def test_a_read_only_cache_gives_way_to_temporary_files(world, disk, monkeypatch):
    world.use("auto", "good")
    monkeypatch.setattr(files, "_own_folders", OWN_FOLDERS)
    monkeypatch.setenv("XDG_CACHE_HOME", str(disk))
    monkeypatch.setattr("tempfile.tempdir", str(world.spare))
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    assert is_right(fashion_mnist_root()) and world.spare in fashion_mnist_root().parents


# Other processes.


def start(own: Path, *sources: str, **options) -> subprocess.Popen:
    environment = {**os.environ, "BOOK_UTILS_DATASET": "real", "PYTHONPATH": str(Path(__file__).parent)}
    environment.pop("BOOK_UTILS_DATA", None)
    command = [sys.executable, "-c", PROGRAM, str(own), json.dumps(sources)]
    return subprocess.Popen(command, env=environment, encoding="utf-8", **{"stdout": subprocess.PIPE, **options})


def test_killed_in_the_middle_of_a_download(world):
    killed = start(world.own, world.server.source("big_half"))
    assert world.server.half_sent.wait(60)
    killed.kill()
    killed.communicate()
    left = [Path(path) for path in world.left_behind() if Path(path).is_file()]
    assert BIG not in {path.name for path in left}
    assert all(path.read_bytes() == CONTENT[path.name] for path in left)
    world.use("real", "good")
    assert is_right(fashion_mnist_root())


def test_killed_in_the_middle_of_writing(world):
    (world.own / RAW).mkdir(parents=True)
    (world.own / RAW / f"{BIG}.part").write_bytes(CONTENT[BIG][:100])
    world.use("real", "good")
    assert is_right(fashion_mnist_root())


def test_four_processes_that_start_at_once_download_once(world):
    processes = [start(world.own, world.server.source("good")) for _ in range(4)]
    roots = [process.communicate()[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert roots == [str(world.own)] * 4 and is_right(world.own)
    assert {name: world.server.times(name) for name in SHAPES} == dict.fromkeys(SHAPES, 1) | {SAMPLE: 2}


# The progress bar.


def test_nobody_watches_a_pipe(world):
    done = start(world.own, world.server.source("good"), stderr=subprocess.PIPE)
    out, err = done.communicate()
    assert out.strip() == str(world.own) and err == ""


@pytest.mark.posix
def test_a_terminal_shows_a_progress_bar(world):
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    process = start(world.own, world.server.source("good"), stderr=theirs)
    os.close(theirs)
    shown = b""
    with suppress(OSError), open(ours, "rb", buffering=0) as terminal:  # reading beyond the last word is an error
        while piece := terminal.read(1000):
            shown += piece
    process.communicate()
    assert "Fashion-MNIST: 100%" in shown.decode(), shown


@pytest.mark.parametrize("watched", [True, False])
def test_a_notebook_shows_a_progress_bar_to_a_person_only(world, watched):
    """A front end that lets a person type says so with each cell; nbclient, nbconvert and nbval do not."""
    from jupyter_client.manager import start_new_kernel

    sources = json.dumps([world.server.source("good")])
    code = PROGRAM.replace("sys.argv[1]", repr(str(world.own))).replace("sys.argv[2]", repr(sources))
    environment = {**os.environ, "BOOK_UTILS_DATASET": "real", "PYTHONPATH": str(Path(__file__).parent)}
    environment.pop("BOOK_UTILS_DATA", None)
    said: dict[str, str] = {"stdout": "", "stderr": ""}

    def listen(message):
        if message["msg_type"] == "stream":
            said[message["content"]["name"]] += message["content"]["text"]

    manager, client = start_new_kernel(env=environment)
    try:
        reply = client.execute_interactive(code, allow_stdin=watched, timeout=60, output_hook=listen)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert reply["content"]["status"] == "ok" and str(world.own) in said["stdout"] and said["stderr"] == ""
    assert ("Fashion-MNIST: 100%" in said["stdout"]) == watched
