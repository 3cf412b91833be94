"""A new chapter: whole from the start, and never written over one that is there."""

import ast
import shutil

import numpy as np
import pytest

from book_utils.exercises.diagnosis import close
from book_utils.exercises.judging import Trials, outcome
from tools import book, chapters, new

NAME = "99-something-new"


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Return the root of a copy of what the command reads and writes."""
    for folder in ("sources", "book_utils"):
        shutil.copytree(book.ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    for file in (book.ROOT / "pyproject.toml", *book.ROOT.glob("README*.md")):
        shutil.copy(file, tmp_path)
    (tmp_path / "tests").mkdir()
    for name in ("signs.py", "attempts.py"):
        shutil.copy(book.ROOT / "tests" / name, tmp_path / "tests")
    monkeypatch.setattr(book, "ROOT", tmp_path)
    return tmp_path


def test_the_texts_of_all_editions_agree_and_are_as_the_tool_writes_them(copy):
    sources = new.write(NAME)
    assert [source.relative_to(copy).as_posix() for source in sources] == [
        f"sources/{language}/{folder}{NAME}.md" for language in ("en", "zh") for folder in ("", "solutions/")
    ]
    for source in sources:
        cells = book.read_source(source).cells
        assert [c.id for c in cells] == [c.id for c in book.read_source(book.english_of(source)).cells]
        assert book.text_of(book.read_source(source)) == source.read_text(encoding="utf-8")


def test_readmes_and_messages_know_the_chapter(copy):
    new.write(NAME)
    for language in ("en", "zh"):
        assert f"notebooks/{language}/{NAME}.ipynb" in chapters.readme_of(copy, language).read_text(encoding="utf-8")
        messages = (copy / "book_utils" / "exercises" / f"messages_{language}.py").read_text(encoding="utf-8")
        said = {node.targets[0].id: node.value for node in ast.parse(messages).body if isinstance(node, ast.Assign)}
        hints = {key.value: value for key, value in zip(said["HINTS"].keys, said["HINTS"].values)}
        assert "99.2" in ast.literal_eval(said["QUANTITIES"]) and "08.4" in hints
        assert set(ast.literal_eval(hints["99.2"])) == {"sum", "last"}
    signs = ast.parse((copy / "tests" / "signs.py").read_text(encoding="utf-8")).body[-1].value
    assert set(ast.literal_eval(signs)["99.2"]) == {"sum", "last"}
    assert "my_mean" in (copy / "book_utils" / "exercises" / "chapter_99.py").read_text(encoding="utf-8")


def test_its_exercise_has_hints_and_is_attacked(copy):
    """With what is written, its check accepts the right answers and refuses the others, and all have their words."""
    new.write(NAME)
    for language in ("en", "zh"):
        levels = (copy / "book_utils" / "exercises" / f"levels_{language}.py").read_text(encoding="utf-8")
        assert len(ast.literal_eval(ast.parse(levels).body[-1].value)["99.2"]) == 3
    written = ast.parse((copy / "tests" / "attempts.py").read_text(encoding="utf-8"))
    assigned = {node.targets[0].id: node.value for node in written.body if isinstance(node, ast.Assign)}
    module = {}
    exec((copy / "book_utils" / "exercises" / "chapter_99.py").read_text(encoding="utf-8"), module)
    exercise = module["EXERCISES"]["99.2"]
    trials = Trials(exercise)
    for kind in ("RIGHT", "WRONG"):
        entries = {key.value: value for key, value in zip(assigned[kind].keys, assigned[kind].values)}
        assert "08.4" in entries
        for attempt in ast.literal_eval(entries["99.2"]):
            answer = eval(f"lambda x: {attempt}", {"np": np})
            results = [outcome(answer, call, exercise) for call in trials.tries]
            assert all(map(close, results, trials.expected)) == (kind == "RIGHT"), attempt


@pytest.mark.parametrize("name", ["08-again", "9-short", "09 spaces", "09-Ü", "09"])
def test_a_name_that_is_taken_or_odd_changes_nothing(copy, name):
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    with pytest.raises(SystemExit, match="there is a chapter 08 already|is called like"):
        new.write(name)
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before
