"""``python -m book_utils``: one screen, whatever is broken, that changes nothing and tells no password."""

import errno
import os
import re
import subprocess
import sys
import threading
import unicodedata
import warnings
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import filelock
import matplotlib
import nbformat
import pytest
import torch
from matplotlib import font_manager
from nbclient import NotebookClient
from small import ARCHIVE, BIG, SHAPES, nobody, put

import book_utils
from book_utils import __main__ as report
from book_utils.fashion_mnist import files
from book_utils.fashion_mnist.files import RAW
from tools import book


def lines(printed: str) -> dict[str, str]:
    """Return what stands behind each name; what was wrapped is joined again."""
    found, name = {}, ""
    for line in printed.splitlines():
        name = line[: report.MARGIN].strip() or name
        found[name] = f"{found.get(name, '')} {line[report.MARGIN :]}".strip()
    return found


def fits(printed: str) -> bool:
    rows = printed.splitlines()
    return len(rows) <= 24 and all(columns(row) <= 100 for row in rows)


def columns(row: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in row)


# Real processes.


def test_a_notebook_prints_it_of_the_data_in_use():
    """The data set and the versions that this process has, since the notebook's Python is the same."""
    data_set = book_utils.dataset_in_use()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("!python -m book_utils")])
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    NotebookClient(notebook, timeout=120).execute(env={**os.environ, "PATH": path})
    printed = "".join(output.text for output in notebook.cells[0].outputs)
    said = lines(printed)
    assert list(said) == list(report.LINES) and fits(printed) and "not found out" not in printed
    assert (
        said["Python"].startswith(sys.version.split()[0]) and f"torch {metadata.version('torch')}" in said["packages"]
    )
    assert said["book_utils"].startswith(metadata.version("book-utils"))
    if data_set == "real":
        assert said["data set"].startswith("real: unpacked and verified in") and "4 of 4 files verified" in said["data"]
    else:
        assert said["data set"].startswith("the drawn stand-in: ")


@pytest.mark.parametrize("choice", ["standin", "auto"])
def test_where_nothing_works_every_line_says_so(tmp_path, choice):
    """An empty home, a data folder that is not there, a broken torch, no matplotlib, and a console of Windows."""
    broken = {
        "torch": "raise OSError('libcudart.so.12: cannot open shared object file\\nand more')",
        "matplotlib": "raise ModuleNotFoundError('No module named matplotlib')",
    }
    for name, code in broken.items():
        (tmp_path / "broken" / name).mkdir(parents=True)
        (tmp_path / "broken" / name / "__init__.py").write_text(code, encoding="utf-8")
    home, spare = tmp_path / "home", tmp_path / "spare"
    for folder in (home, spare):
        folder.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("BOOK_UTILS", "XDG"))}
    environment |= {
        "HOME": str(home),
        "LOCALAPPDATA": str(home),
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(spare)),
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "broken"), str(book.ROOT)]),
        "PYTHONIOENCODING": "cp1252",
        "BOOK_UTILS_DATASET": choice,
        "BOOK_UTILS_DATA": str(tmp_path / "\u6570\u636e"),
        "BOOK_UTILS_SOURCES": f"{nobody()} https://me:secret@example.org/",
        "HTTPS_PROXY": "http://me:secret@proxy.example.org:3128",
    }
    command = [sys.executable, "-m", "book_utils"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, encoding="cp1252")
    assert (done.returncode, done.stderr) == (0, "") and fits(done.stdout)
    said = lines(done.stdout)
    assert list(said) == list(report.LINES) and "secret" not in done.stdout
    assert said["device"] == "not found out: OSError: libcudart.so.12: cannot open shared object file"
    assert re.fullmatch("torch takes unknown; .* cores may be used", said["threads"])
    assert said["fonts"] == "not found out: ModuleNotFoundError: No module named matplotlib"
    assert "\\u6570\\u636e" in said["data"] and said["data"].endswith("no such folder")
    expected = {"standin": "the drawn stand-in: BOOK_UTILS_DATASET=standin", "auto": "to be downloaded: 4 files from"}
    assert said["data set"].startswith(expected[choice]) and said["locks"].startswith("work")
    assert not [*home.rglob("*"), *spare.rglob("*")] and not (tmp_path / "\u6570\u636e").exists()


def test_readers_are_told_of_it():
    for file in ("README.md", "README.zh.md", ".github/ISSUE_TEMPLATE/2-run.yml"):
        text = (book.ROOT / file).read_text(encoding="utf-8")
        assert "`uv run python -m book_utils`" in text and "`!python -m book_utils`" in text, file


# How a line is found out and laid out.


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ImportError("no such symbol\nand a long story"), "ImportError: no such symbol"),
        (SystemExit(3), "SystemExit: 3"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (RuntimeError("Could not determine home directory."), "RuntimeError: Could not determine home directory."),
        (ValueError("'me:secret@example.org' is none"), "ValueError: '***@example.org' is none"),
    ],
)
def test_what_breaks_is_said_in_one_sentence(error, said):
    def find():
        raise error

    assert report.found_out(find) == f"not found out: {said}"


def test_what_never_answers_is_left_alone():
    over = threading.Event()
    assert report.found_out(lambda: str(over.wait()), patience=0.01) == "not found out: no answer within 0.01 seconds"
    over.set()


@pytest.mark.parametrize(
    "word", ["word ", "x", "/long/path", "\u6570\u636e", "\u6570\u636e ", "\udcff", "\x1b[2J", "e\n"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii", "gbk", None])
def test_everything_fits_the_screen(monkeypatch, capsys, word, encoding):
    """However much each line has to say, in whatever encoding; what does not fit is cut."""
    printed = []
    monkeypatch.setattr(report, "LINES", {n: (rows, lambda: 300 * word) for n, (rows, _) in report.LINES.items()})
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(encoding=encoding, write=printed.append, flush=lambda: None))
    report.main()
    said = "".join(printed)
    assert said.encode(encoding or "ascii").isascii() or encoding in ("utf-8", "gbk")
    assert fits(said) and len(said.splitlines()) == sum(rows for rows, _ in report.LINES.values())
    assert "\x1b" not in said and "\0" not in said and said.rstrip().endswith("...")


def test_the_name_of_the_home_folder_is_left_out(monkeypatch, tmp_path):
    monkeypatch.setattr("os.path.expanduser", lambda path: path.replace("~", str(tmp_path)))
    said = f"in {tmp_path / 'data'}, {tmp_path}-other"
    assert lines("\n".join(report.laid_out("data", said, 9)))["data"].startswith(f"in {Path('~', 'data')}, ")
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # a user without a home
    assert "data" in "".join(report.laid_out("data", said, 9))


PASSWORDS = {
    "http://me:secret@example.org:3128": "http://***@example.org:3128",
    "https://me:s@cre/t secret@example.org/": "https://***@example.org/",
    "me:secret@example.org:3128": "***@example.org:3128",
    "https://a.org/ https://me:secret@b.org/": "https://a.org/ https://***@b.org/",
    "/home/me@example.org/data": "/home/me@example.org/data",
    "~/me@example.org": "~/me@example.org",
    "C:\\Users\\me@example.org": "C:\\Users\\me@example.org",
    "localhost,127.0.0.1": "localhost,127.0.0.1",
}


@pytest.mark.parametrize("value", PASSWORDS)
def test_passwords_are_left_out(world, monkeypatch, value):
    assert report.without_passwords(value) == PASSWORDS[value]
    names = ["BOOK_UTILS_SOURCES", "BOOK_UTILS_DATASET", "HTTPS_PROXY", "ALL_PROXY"]
    for name in [*names, "BOOK_UTILS_DATA"] if "://" in value else names:
        monkeypatch.setenv(name, value)
        for line in ("settings", "proxies", "data", "data set"):
            assert "secret" not in "".join(report.laid_out(line, report.found_out(report.LINES[line][1]), 9)), line
        monkeypatch.delenv(name)


# Packages.


def installed(folder: Path, name: str, *requirements: str, text: str | None = None) -> None:
    """Have a package installed in a folder, as far as its metadata tell."""
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.5\n"
    place = folder / f"{name.replace('-', '_')}-1.5.dist-info"
    place.mkdir(parents=True)
    said = head + "".join(f"Requires-Dist: {one}\n" for one in requirements) if text is None else text
    (place / "METADATA").write_text(said, encoding="utf-8")


def test_what_is_missing_is_read_from_the_metadata(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(tmp_path)
    assert report.missing() == "nothing"
    installed(
        tmp_path,
        "book-utils",
        "there>=1.5",
        "there-too>=2",
        "absent-one>=0.1",
        "half-written>=1",
        "elsewhere>=9; sys_platform == 'nowhere'",
        "there>=1.6; extra == 'read'",
        "there>=1.7; extra == 'test'",
    )
    for name in ("there", "there-too"):
        installed(tmp_path, name)
    installed(tmp_path, "half-written", text="")
    said, _, to_read = report.missing().partition("; to open notebooks: ")
    assert said == "there-too>=2 (1.5), absent-one>=0.1 (not installed), half-written>=1 (unreadable)"
    assert to_read == "there>=1.6 (1.5)" and report.package().startswith("1.5, ")


def test_files_that_were_only_found_have_no_metadata(monkeypatch):
    def none(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", none)
    monkeypatch.setattr(metadata, "version", none)
    assert "was not installed" in report.missing() and report.package().startswith("not installed, ")
    assert report.versions().count("not installed") == len(report.SHOWN)


# Data.


def test_settings_are_shown_as_they_are(world, monkeypatch):
    monkeypatch.setenv("BOOK_UTILS_DATASETS", "real")  # a mistake is seen
    assert "BOOK_UTILS_DATASET=real, BOOK_UTILS_DATASETS=real" in report.settings()
    assert report.settings().endswith("language: en")


@pytest.mark.parametrize("package", [None, "there"])
def test_a_proxy_of_socks_may_need_a_package(world, monkeypatch, package):
    monkeypatch.setenv("ALL_PROXY", "socks5://example.org:1080")
    monkeypatch.setattr(report, "find_spec", lambda name: package)
    needs = "" if package else ', needs pip install "requests[socks]"'
    assert report.proxy() == f"all: socks5://example.org:1080{needs}"
    world.use("real")
    assert report.proxy() == "none"


def break_one(root: Path) -> None:
    (root / RAW / BIG).write_bytes(b"other")


def lose_one(root: Path) -> None:
    (root / RAW / BIG).unlink()


def break_all_archives(root: Path) -> None:
    for name in SHAPES:
        (root / RAW / name).rename(root / RAW / f"{name}.gz")


def misname_all_archives(root: Path) -> None:
    for name in SHAPES:
        (root / RAW / name).write_bytes(ARCHIVE[name])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda root: None, "4 of 4 files verified"),
        (break_one, f"1 of 4 files damaged ({BIG}), 3 of 4 files verified"),
        (lose_one, f"1 of 4 files missing ({BIG}), 3 of 4 files verified"),
        (break_all_archives, "4 of 4 files damaged"),
        (misname_all_archives, "4 of 4 files damaged"),
        (lambda root: [file.unlink() for file in (root / RAW).iterdir()], "4 of 4 files missing"),
    ],
)
def test_the_state_of_each_folder_is_said(world, change, said):
    put(world.own)
    change(world.own)
    assert report.data() == f"{world.own / RAW}: {said}"
    put(world.spare, archives=True)
    assert report.data().endswith(f"; {world.spare / RAW}: 4 of 4 files compressed, verified")
    world.use("real", named=world.named)
    assert report.data().startswith(f"{world.named / RAW}: no such folder; ")


def test_what_cannot_be_read_is_said_as_the_system_says_it(world, monkeypatch):
    def read_bytes(path):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    put(world.own)
    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert report.data().startswith(f"{world.own / RAW}: 4 of 4 files {os.strerror(errno.EIO)}; ")


def test_without_any_folder_there_is_nothing_to_search(world, monkeypatch):
    monkeypatch.setattr(files, "_own_folders", lambda: iter(()))
    assert (report.data(), report.locks()) == ("no folder to search", "no folder to try them in")
    assert report.data_set() == "none: no folder can be written"


UNPACKED, ARCHIVES, NOTHING = "unpacked", "archives", "nothing"


@pytest.mark.parametrize(
    ("choice", "there", "said"),
    [
        ("auto", UNPACKED, "real: unpacked and verified in {named}"),
        ("real", UNPACKED, "real: unpacked and verified in {named}"),
        ("standin", UNPACKED, "the drawn stand-in: BOOK_UTILS_DATASET=standin asks for it"),
        ("auto", ARCHIVES, "real: unpacked into {own} at the first use"),
        ("auto", NOTHING, "to be downloaded: 4 files from one of 1 sources into {named}; else the stand-in"),
        ("real", NOTHING, "to be downloaded: 4 files from one of 1 sources into {named}; else an error"),
    ],
)
def test_it_says_which_data_set_would_be_used_and_does_nothing(world, choice, there, said, capsys):
    if there != NOTHING:
        put(world.named, archives=there == ARCHIVES)
    world.use(choice, "good", named=world.named)
    before = world.left_behind()
    assert report.data_set() == said.format(named=world.named, own=world.own)
    assert world.left_behind() == before and not world.server.asked
    assert capsys.readouterr() == ("", "")
    kind = "standin" if "stand-in:" in said else "real"
    assert book_utils.dataset_in_use() == kind  # it spoke the truth
    if kind == "real":
        assert str(book_utils.fashion_mnist_root()) in report.data_set()


def test_a_download_that_failed_just_now_is_the_reason(world):
    world.use("auto", "404")
    assert book_utils.dataset_in_use() == "standin"
    assert re.fullmatch(r"the drawn stand-in: Nothing could .*404.* 0 minutes ago; .*", report.data_set())
    world.use("real", "404")
    assert report.data_set().startswith("to be downloaded")


@pytest.mark.parametrize("choice", ["auto", "real", "standin"])
def test_where_no_folder_can_be_written_there_is_none_but_what_is_drawn(world, monkeypatch, choice):
    monkeypatch.setattr(files, "_can_be_written", lambda folder: False)
    world.use(choice)
    assert report.data_set() == "none: no folder can be written"
    world.use("standin")
    book_utils.fashion_mnist_root()
    world.use(choice)
    reason = "BOOK_UTILS_DATASET=standin asks for it" if choice == "standin" else "no folder can be written"
    assert report.data_set() == ("none: " if choice == "real" else "the drawn stand-in: ") + reason


@pytest.mark.parametrize(("name", "value"), [("DATASET", "fake"), ("SOURCES", "example.org")])
def test_a_wrong_setting_is_the_line_of_the_data_set(world, monkeypatch, name, value):
    put(world.own)
    monkeypatch.setenv(f"BOOK_UTILS_{name}", value)
    assert report.found_out(report.data_set).startswith(f"not found out: ValueError: BOOK_UTILS_{name} must ")
    assert report.found_out(report.data).endswith("4 of 4 files verified")


# Locks.


def test_locks_are_tried_where_they_would_be(world, tmp_path):
    (world.own / "lock").touch()
    assert report.locks() == f"work: {world.own}" and (world.own / "lock").exists()
    world.use("real", own=[world.own])
    world.own.joinpath("lock").unlink()
    assert report.locks() == f"work: {world.own}" and not [*world.own.iterdir()]


def test_locks_are_tried_beside_a_folder_that_is_not_made_yet(world, monkeypatch, tmp_path):
    monkeypatch.setattr(files, "_own_folders", lambda: iter([tmp_path / "not" / "made"]))
    with filelock.FileLock(tmp_path / "lock"):  # of somebody else
        there = {*tmp_path.rglob("*")}
        assert report.locks() == f"work: {tmp_path / 'not' / 'made'}" and {*tmp_path.rglob("*")} == there


def test_a_lock_that_is_held_is_said_to_be(world):
    with filelock.FileLock(world.own / "lock"):
        assert report.locks() == f"work, and another process holds it now: {world.own}"


@pytest.mark.posix
@pytest.mark.parametrize("answer", ["ENOLCK", "EIO", "ENOSYS"])
def test_what_a_file_system_without_locks_answers_is_said(world, monkeypatch, answer):
    def flock(file, operation):
        raise OSError(getattr(errno, answer), "no locks here")

    monkeypatch.setattr("fcntl.flock", flock)
    refused = f"no locks here: {world.own}; no locks here: {world.spare}"
    assert report.locks() == (f"work, by files that exist or not: {world.own}" if answer == "ENOSYS" else refused)
    assert world.left_behind() == []


# Devices, threads, fonts.


def test_cards_are_named_and_warnings_passed_on(monkeypatch):
    def too_old():
        warnings.warn("CUDA initialization: the driver is too old\n(found version 1)", stacklevel=1)
        return False

    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.cuda, "is_available", too_old)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", "12.9")
    assert report.device() == (
        "CUDA: none (torch is built for CUDA 12.9); MPS: none; CUDA initialization: the driver is too old"
    )
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda i: f"card {i}")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.version, "cuda", None)
    assert report.device() == "CUDA: card 0, card 1 (torch is built without CUDA); MPS: yes"


@pytest.mark.parametrize("given", [None, "3"])
def test_threads_and_cores_are_counted(monkeypatch, given):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if given:
        monkeypatch.setenv("OMP_NUM_THREADS", given)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0, 5, 6}, raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 7)
    limit = given or "not set"
    assert report.threads() == f"torch takes 7; OMP_NUM_THREADS: {limit}; 3 of 64 cores may be used"
    monkeypatch.delattr("os.sched_getaffinity")  # macOS and Windows
    assert report.threads().endswith("64 of 64 cores may be used")


def test_fonts_are_those_of_matplotlib(monkeypatch, caplog):
    dejavu = font_manager.findfont("DejaVu Sans")
    assert report._has(dejavu, "A") and not report._has(dejavu, "\u4e2d") and not report._has("no such file", "A")
    assert "characters: Last Resort" not in report.fonts()  # it has a box for every character
    with matplotlib.rc_context({"font.family": ["No Such Font", "DejaVu Serif"]}):
        assert report.fonts().startswith("text of figures: DejaVu Serif; ")
    with matplotlib.rc_context({"font.family": "No Such Font"}):
        assert report.fonts().startswith("text of figures: DejaVu Sans; ") and not caplog.records
    fonts = [SimpleNamespace(name=name, fname=name) for name in ("A", "Last Resort", "Gone", "Noto Sans CJK SC")]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", fonts)
    monkeypatch.setattr(report, "_has", lambda font, char: font != "Gone")
    assert report.fonts().endswith("with Chinese characters: Noto Sans CJK SC (of 3 fonts)")
    monkeypatch.setattr(report, "_has", lambda font, char: False)
    assert report.fonts().endswith("with Chinese characters: none (of 3 fonts)")
