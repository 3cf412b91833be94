"""``book``: a reader's own copies of the notebooks, which follow the book until they are changed, and are not lost."""

import shutil

import pytest
from book_utils_jupyter import reading
from book_utils_jupyter.reading import ASIDE, MINE, Copies, main

ONE, TWO, START = "en/01-one.ipynb", "zh/solutions/02-two.ipynb", "en/index.ipynb"


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """Return a folder with a book of three notebooks, which is the working folder."""
    for name in (ONE, TWO, START):
        publish(tmp_path, name, "first edition")
    (tmp_path / "notebooks" / "en" / ".ipynb_checkpoints").mkdir()
    publish(tmp_path, "en/.ipynb_checkpoints/01-one.ipynb", "no chapter")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def lab(monkeypatch):
    """Stand for JupyterLab; return the arguments that it was started with."""
    started = []
    monkeypatch.setattr("jupyterlab.labapp.main", started.append)
    return started


def publish(clone, name, text):
    path = clone / "notebooks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def read(clone, name):
    return (clone / MINE / name).read_text(encoding="utf-8")


def write(clone, name, text):
    (clone / MINE / name).write_text(text, encoding="utf-8")


def start(*arguments):
    with pytest.raises(SystemExit):
        main([*arguments])


def test_the_first_start_copies_the_book_and_opens_it(clone, lab):
    start("zh", "--no-browser")
    mine = clone / MINE
    assert sorted(path.relative_to(mine).as_posix() for path in mine.rglob("*.ipynb")) == sorted([ONE, TWO, START])
    assert lab == [[str(mine), "--LabApp.default_url=/lab/tree/zh/index.ipynb", "--no-browser"]]


def test_what_was_not_changed_follows_the_book(clone, lab):
    start()
    publish(clone, ONE, "second edition")
    (clone / MINE / TWO).unlink()
    start()
    assert (read(clone, ONE), read(clone, TWO)) == ("second edition", "first edition")


def test_what_was_changed_stays_and_the_reader_hears_of_a_newer_one(clone, lab, capsys):
    start()
    write(clone, ONE, "mine")
    start()
    assert capsys.readouterr().out == ""
    publish(clone, ONE, "second edition")
    for _ in range(2):
        start()
        assert read(clone, ONE) == "mine" and f"{MINE}/{ONE}: yours, and it stays" in capsys.readouterr().out


def test_a_file_that_was_there_before_is_the_readers(clone, lab):
    (clone / MINE / "en").mkdir(parents=True)
    write(clone, ONE, "mine")
    start()
    assert read(clone, ONE) == "mine"


@pytest.mark.parametrize(
    ("parts", "fresh"), [([], {ONE, TWO}), (["01"], {ONE}), (["zh", "01"], {ONE, TWO}), (["index"], set())]
)
def test_fresh_sets_aside_what_was_changed_and_copies_anew(clone, lab, parts, fresh):
    start()
    for name in (ONE, TWO):
        write(clone, name, f"my {name}")
    write(clone, "en/notes.ipynb", "my notes")
    start("--fresh", *parts)
    for name in (ONE, TWO):
        assert read(clone, name) == ("first edition" if name in fresh else f"my {name}")
    assert read(clone, "en/notes.ipynb") == "my notes" and read(clone, START) == "first edition"
    aside = {path.read_text(encoding="utf-8") for path in (clone / MINE / ASIDE).rglob("*.ipynb")}
    assert aside == {f"my {name}" for name in fresh}


def test_a_chapter_that_is_not_there_is_no_reason_to_set_anything_aside(clone, lab, capsys):
    start()
    write(clone, ONE, "mine")
    start("--fresh", "01", "77")
    assert "no notebook has '77' in its name" in capsys.readouterr().err
    assert read(clone, ONE) == "mine" and len(lab) == 1


def test_fresh_says_so_where_nothing_was_changed(clone, lab, capsys):
    start()
    start("--fresh", "01")
    assert "nothing to set aside" in capsys.readouterr().out and not (clone / MINE / ASIDE).exists()


def test_setting_aside_twice_loses_nothing(clone, lab):
    start()
    for turn in ("first", "second"):
        write(clone, ONE, turn)
        start("--fresh")
    assert {path.read_text(encoding="utf-8") for path in (clone / MINE / ASIDE).rglob("*.ipynb")} == {"first", "second"}


def test_a_copy_that_breaks_off_leaves_nothing_half_written(clone, lab, monkeypatch):
    start()
    publish(clone, ONE, "second edition")

    def broken(source, target):
        target.write_text("second", encoding="utf-8")
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", broken)
        with pytest.raises(OSError, match="no space"):
            Copies(clone).copy()
    assert read(clone, ONE) == "first edition"
    start()
    assert read(clone, ONE) == "second edition" and not list((clone / MINE).rglob("*.unfinished"))


def test_elsewhere_it_says_where_to_go(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="is not the folder of the book: it has no notebooks/en/index.ipynb"):
        main([])
    assert not (tmp_path / MINE).exists()


def test_the_words_for_help_are_those_of_the_module(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "--fresh 05" in capsys.readouterr().out and reading.__doc__
