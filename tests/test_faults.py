"""What goes wrong between a reader and the data: each fault ends with the right data, or with one clear error.

The faults of networks come from a server on this machine; the data set is a small one (``small.py``).
"""

import errno
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from importlib.util import find_spec
from pathlib import Path

import filelock
import pytest
from small import ARCHIVE, BIG, CONTENT, DRAWN, SAMPLE, SHAPES, idx, is_right, nobody, put

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


ADVICE = {
    "en": (
        "NOTICE: drawn stand-in",
        "- put {files} into {folder}\n",
        "BOOK_UTILS_SOURCES to the address",
        "404 Not Found",
    ),
    "zh": ("提示：", "- 把 {files} 放进 {folder}\n", "把 BOOK_UTILS_SOURCES 设为", "应答是 404 Not Found"),
}


@pytest.mark.parametrize("language", ADVICE)
def test_the_notice_says_what_to_do_in_the_language_of_the_notebook(world, monkeypatch, capsys, language):
    monkeypatch.setenv("BOOK_UTILS_LANGUAGE", language)
    names = (
        "train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz"
    )
    for when in ("at once", "later"):
        world.use("auto", "404")
        assert dataset_in_use() == "standin"
        said = capsys.readouterr().out
        for words in ADVICE[language]:
            assert words.format(files=names, folder=world.own / RAW) in said, (when, said)
    put(world.own, archives=True)  # who does so, has the data
    world.use("auto", "404")
    assert dataset_in_use() == "real" and all((world.own / RAW / name).read_bytes() == CONTENT[name] for name in SHAPES)


@pytest.mark.linux
def test_the_advice_names_a_folder_that_can_be_written(world, disk):
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    world.use("real", "404", own=[disk, world.spare])
    assert f"into {world.spare / RAW}\n" in world.fails("404 Not Found")


def test_all_sources_are_listed(world):
    world.use("real", "404", "html", sources=[nobody()])
    message = world.fails("(?s)404.*web page.*refused")
    assert all(archive in message for archive in ("train-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"))


def test_a_download_that_failed_is_remembered_by_auto_and_tried_again_by_real(world, capsys):
    world.server.mood = "404"
    world.use("auto", "mood")
    assert dataset_in_use() == "standin"
    world.server.asked.clear()
    world.server.mood = "good"
    world.use("auto", "mood")
    assert dataset_in_use() == "standin" and not world.server.asked
    assert "0 minutes ago; BOOK_UTILS_DATASET=real tries again at once" in capsys.readouterr().out
    world.use("real", "mood")
    assert dataset_in_use() == "real"


@pytest.mark.parametrize("change", ["BOOK_UTILS_SOURCES", "HTTP_PROXY", "a package"])
def test_what_changes_the_prospects_is_tried_at_once(world, monkeypatch, change):
    world.server.mood = "404"
    world.use("auto", "mood")
    assert dataset_in_use() == "standin"
    world.server.mood = "good"
    world.use("auto", "mood")
    if change == "a package":
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None if find_spec(name) else object())
    else:
        monkeypatch.setenv(change, world.server.source("good"))
    assert dataset_in_use() == "real"


@pytest.mark.parametrize(("age", "data_set"), [(540, "standin"), (601, "real"), (-3600, "real")])
def test_it_is_remembered_for_ten_minutes(world, age, data_set):
    world.server.mood = "404"
    world.use("auto", "mood")
    assert dataset_in_use() == "standin"
    note = world.own / "download-failed.json"
    os.utime(note, (note.stat().st_atime, note.stat().st_mtime - age))
    world.server.mood = "good"
    world.use("auto", "mood")
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


@contextmanager
def mounted(folder: Path, options: str):
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, encoding="utf-8"
    )
    if done.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def disk(tmp_path):
    """Return a folder on a file system of two pages: the smallest files fit, the big one does not."""
    with mounted(tmp_path / "disk", "size=8k,mode=777") as folder:
        yield folder


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


# Locks. Network homes may have none; what they answer then differs. Nothing but the work of two depends on them.


@pytest.fixture
def hold(world):
    """Return a function that has another process hold the lock of a folder until the test is over."""
    with ExitStack() as stack:

        def hold(folder: Path) -> subprocess.Popen:
            code = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print(); input()"
            holder = subprocess.Popen(
                [sys.executable, "-c", code, folder / "lock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            stack.callback(holder.communicate)
            assert holder.stdout.readline() and holder.poll() is None
            return holder

        yield hold


@pytest.mark.posix
@pytest.mark.parametrize("answer", ["ENOLCK", "EOPNOTSUPP", "EIO", "EDQUOT", "ENOSYS", "ESTALE"])
@pytest.mark.parametrize("choice", ["auto", "real", "standin"])
def test_a_file_system_without_locks_serves(world, monkeypatch, choice, answer, recwarn):
    def flock(file, operation):
        raise OSError(getattr(errno, answer), "no locks here")

    monkeypatch.setattr("fcntl.flock", flock)
    for behaviour in ("good", "404"):  # first the cache is empty, then it is full
        world.use(choice, behaviour)
        assert dataset_in_use() == ("standin" if choice == "standin" else "real")
        content = CONTENT if choice != "standin" else {name: idx(array) for name, array in DRAWN.items()}
        assert all((fashion_mnist_root() / RAW / name).read_bytes() == content[name] for name in SHAPES)
    assert not recwarn.list


@pytest.mark.posix
def test_where_the_first_folder_has_no_locks_the_second_has(world, monkeypatch, hold):
    import fcntl

    flock = fcntl.flock
    (world.own / "lock").touch()

    def fussy(file, operation):
        if os.fstat(file).st_ino == (world.own / "lock").stat().st_ino:
            raise OSError(errno.ENOLCK, "no locks here")
        flock(file, operation)

    monkeypatch.setattr("fcntl.flock", fussy)
    with files._lock():
        second = subprocess.run(
            [sys.executable, "-c", "import fcntl, sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)",
             world.spare / "lock"], capture_output=True, encoding="utf-8",
        )  # fmt: skip
    assert "BlockingIOError" in second.stderr


@pytest.mark.posix
@pytest.mark.parametrize("choice", ["real", "standin"])
def test_a_lock_that_is_held_for_ever_is_not_waited_for_for_ever(world, hold, choice):
    hold(world.own)
    world.use(choice, "good")
    assert dataset_in_use() == choice
    assert (fashion_mnist_root() / RAW / BIG).read_bytes() == (CONTENT[BIG] if choice == "real" else idx(DRAWN[BIG]))


@pytest.mark.posix
@pytest.mark.parametrize(("language", "words"), [("en", "waiting for it (at most 60 s"), ("zh", "最多等 60 秒")])
def test_who_waits_for_a_lock_is_told_so_and_gets_it_when_it_is_free(world, hold, monkeypatch, language, words):
    told, holder = [], hold(world.own)

    class Screen:
        def write(self, said):
            told.append(said)
            if words in said:
                holder.communicate()  # it ends, and the lock is free

        def flush(self):
            pass

    world.use("real", "good")
    monkeypatch.setattr(files, "LOCKED", 60.0)
    monkeypatch.setattr(files, "stream", Screen)
    monkeypatch.setattr(files, "is_watched", lambda: True)
    monkeypatch.setenv("BOOK_UTILS_LANGUAGE", language)
    assert is_right(fashion_mnist_root()) and words in "".join(told)


@pytest.mark.posix
def test_nobody_is_told_who_does_not_look(world, hold, capfd):
    hold(world.own)
    world.use("real", "good")
    assert is_right(fashion_mnist_root()) and capfd.readouterr() == ("", "")


@pytest.mark.posix
def test_who_holds_a_lock_and_gets_on_is_waited_for(world, monkeypatch):
    waited = []
    with files._lock():

        def one_waits_and_the_other_gets_on(lock, timeout):
            waited.append(timeout)
            if len(waited) == 4:
                return None  # the lock is free
            if timeout:
                os.utime(world.own / "fetching", ns=(0, len(waited)))
            raise filelock.Timeout(str(lock.lock_file))

        files._beat()
        monkeypatch.setattr(filelock.FileLock, "acquire", one_waits_and_the_other_gets_on)
        assert files._first_lock() is not None and waited == [0, *[files.LOCKED] * 3]
        monkeypatch.undo()


def test_a_download_shows_that_it_gets_on(world):
    world.use("real", "good")
    assert fashion_mnist_root() == world.own and (world.own / "fetching").exists()


def test_two_who_write_the_same_file_at_once_do_no_harm(world, monkeypatch):
    both, write = threading.Barrier(2), Path.write_bytes

    def write_together(path, content):
        write(path, content)
        both.wait(10)

    monkeypatch.setattr(Path, "write_bytes", write_together)
    path = world.own / RAW / BIG
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(files._write, path, CONTENT[BIG]) for _ in range(2)]:
            done.result()
    assert path.read_bytes() == CONTENT[BIG] and names(world.own) == {BIG}


def test_an_interrupted_write_leaves_nothing_behind(world, monkeypatch):
    def interrupt(path, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    world.use("real", "good")
    with pytest.raises(KeyboardInterrupt):
        fashion_mnist_root()
    assert world.left_behind() == []


@pytest.mark.linux
@pytest.mark.parametrize("choice", ["real", "standin"])
def test_where_no_lock_can_be_made_the_next_folder_serves(world, tmp_path, choice):
    """No file fits onto this disk, not even an empty one."""
    with mounted(tmp_path / "crowded", "nr_inodes=1,mode=777") as folder:
        world.use(choice, "good", own=[folder, world.spare])
        assert dataset_in_use() == choice and world.spare in [fashion_mnist_root(), *fashion_mnist_root().parents]


# Several users.


@pytest.fixture
def another_user(monkeypatch):
    """Return a function that makes this process another user's, until the test is over; and a folder for both."""
    if os.getuid() != 0:
        pytest.skip("only root can become another user")
    import requests  # noqa: F401  # now: another user may not read where packages lie
    import tqdm  # noqa: F401

    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shared = Path(folder, "shared")
        shared.mkdir()
        yield shared, lambda: os.setresuid(65534, 65534, 0)
        os.setresuid(0, 0, 0)


def filled(world, shared: Path, mode: int) -> Path:
    """Have the first user fill a cache below a shared folder that has these permissions."""
    shared.chmod(mode)
    cache = shared / "cache"
    world.use("real", "good", own=[cache])
    assert fashion_mnist_root() == cache
    return cache


@pytest.mark.posix
def test_another_users_cache_that_can_be_read_serves(world, another_user, monkeypatch):
    shared, become_another_user = another_user
    monkeypatch.setenv("XDG_CACHE_HOME", str(shared))
    cache = next(OWN_FOLDERS())
    world.use("real", "good", own=[cache])
    assert fashion_mnist_root() == cache
    become_another_user()
    world.use("real", own=[cache])
    monkeypatch.setattr(files, "_own_folders", OWN_FOLDERS)
    assert fashion_mnist_root() == cache and is_right(cache)


HIDDEN = {
    "the files": lambda cache: [path.chmod(0o600) for path in (cache / RAW).iterdir()],
    "the folder": lambda cache: cache.chmod(0o700),
    "part of it": lambda cache: (cache / RAW / BIG).unlink(),
    "all but the lock": lambda cache: shutil.rmtree(cache / "FashionMNIST") or cache.chmod(0o1777),
}


@pytest.mark.posix
@pytest.mark.parametrize("choice", ["real", "standin"])
@pytest.mark.parametrize("hide", HIDDEN.values(), ids=HIDDEN)
def test_another_users_cache_that_cannot_be_used_does_no_harm(world, another_user, hide, choice):
    shared, become_another_user = another_user
    cache = filled(world, shared, 0o1777)
    hide(cache)
    become_another_user()
    mine = shared / "mine"
    world.use(choice, "good", own=[cache, mine])
    assert dataset_in_use() == choice
    content = CONTENT if choice == "real" else {name: idx(array) for name, array in DRAWN.items()}
    assert all((fashion_mnist_root() / RAW / name).read_bytes() == content[name] for name in SHAPES)


@pytest.mark.posix
def test_another_users_folder_alone_is_reported(world, another_user):
    shared, become_another_user = another_user
    cache = filled(world, shared, 0o755)
    (cache / RAW / BIG).unlink()
    become_another_user()
    world.use("real", "good", own=[cache])
    assert f"{cache}: Permission denied" in world.fails("no folder takes it")


def test_a_user_without_a_home_has_temporary_files(monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: Path("~", ".cache", name))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert [folder.parent for folder in OWN_FOLDERS()] == [tmp_path]


def test_a_system_without_temporary_files_has_the_cache(monkeypatch, tmp_path):
    def gettempdir():
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)
    monkeypatch.setattr("tempfile.gettempdir", gettempdir)
    assert [*OWN_FOLDERS()] == [tmp_path / "book_utils"]


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


@pytest.mark.parametrize("part", [f"{BIG}.part", f"{BIG}.0123456789abcdef.part"])
def test_killed_in_the_middle_of_writing(world, part):
    (world.own / RAW).mkdir(parents=True)
    left = world.own / RAW / part
    left.write_bytes(CONTENT[BIG][:100])
    os.utime(left, (0, 0))
    being_written = left.with_name(f"{BIG}.fedcba9876543210.part")
    being_written.touch()
    world.use("real", "good")
    root = fashion_mnist_root()
    being_written.unlink()  # another process is at it: it was left alone
    assert is_right(root)


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
