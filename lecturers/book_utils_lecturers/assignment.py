"""Make an assignment for nbgrader of the book's exercises, or of your own.

    book-assignment 05 --to ../course                     all checked exercises of chapter 05, 10 points each
    book-assignment 05.2=6 05.1=4 --to ../course          these two, with points; 05.1 is answered in words
    book-assignment --own mine.py --to ../course          the exercises that a file of yours registers

The folder is a course of nbgrader's. Each assignment gets a secret number of its own, which draws the inputs that
answers are graded on; it stands in the folder source, which is for lecturers alone.
"""

import argparse
import re
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from book_utils.exercises import EXERCISES
from book_utils.exercises.asking import chapter_of, code_of
from book_utils.exercises.locks import KINDS
from book_utils.exercises.own import OWN
from book_utils_lecturers import STUBS, chapters
from book_utils_lecturers.grading import has_hidden
from book_utils_lecturers.own import load

POINTS = 10.0
"""For an exercise, unless others are named."""

SAID = {
    "en": {
        "head": "# {title}\n\nReplace each `{stub}` by your code, run the cells, save the notebook and hand it in "
        "under the name that it has. What you have is checked as often as you like; it is graded on more "
        "inputs than these. Leave the cells with `check` as they are, below their answers. Only this notebook counts.",
        "several": "Exercises of the chapters {chapters}",
        "own": "Exercises",
        "points": "*Points: {points}*",
        "later": "# This one is graded after it is handed in.",
    },
    "zh": {
        "head": "# {title}\n\n把每处 `{stub}` 换成你的代码，运行各单元格，保存笔记本，不改文件名交上来。"
        "交之前想检查多少次都行；评分时用的输入比这里多。含有 `check` 的单元格请保持原样，放在答案之后。"
        "只有这份笔记本算数。",
        "several": "第 {chapters} 章的练习",
        "own": "练习",
        "points": "*分值：{points}*",
        "later": "# 这一题交上来之后才评分。",
    },
}


@dataclass(frozen=True)
class Wanted:
    """An exercise in an assignment, and its points."""

    number: str
    points: float


def wanted(words: Iterable[str], own: Iterable[str] = ()) -> list[Wanted]:
    """Return the exercises that words name: a chapter, an exercise, or an exercise and its points.

    Raises:
        SystemExit: A word names none, or one comes twice.
    """
    found = [Wanted(number, POINTS) for number in own]
    for word in words:
        number, equals, points = word.partition("=")
        if re.fullmatch(r"[\w-]+", number) and not equals:
            chosen = [each for each in EXERCISES if chapter_of(each) == number]
            if not chosen:
                known = ", ".join(dict.fromkeys(map(chapter_of, EXERCISES)))
                raise SystemExit(f"chapter {number!r} has no exercises that are checked; there are {known}")
            found += [Wanted(each, POINTS) for each in chosen]
        elif re.fullmatch(r"[\w-]+\.[\w-]+", number) and (not equals or re.fullmatch(r"\d+(\.\d+)?", points)):
            found.append(Wanted(number, float(points) if equals else POINTS))
        else:
            raise SystemExit(f"name chapters and exercises like 05, 05.2 or 05.2=6, not {word!r}")
    last = {each.number: each for each in found}
    if not last:
        raise SystemExit("name at least one chapter or exercise, such as 05 or 05.2=6")
    return [*last.values()]


def notebook(tasks: list[Wanted], language: str, folder: Path, locked: Iterable[str], seed: int) -> NotebookNode:
    """Return the lecturer's version of an assignment, with answers and hidden tests in it.

    Raises:
        SystemExit: An exercise or its notebook is not there.
    """
    numbers = dict.fromkeys(chapter_of(task.number) for task in tasks if task.number not in OWN)
    read = {number: chapters.read(folder, language, number) for number in numbers}
    say = SAID[language]
    titles = [chapter.title for chapter in read.values()]
    title = titles[0] if len(titles) == 1 else say["several"].format(chapters=", ".join(read)) if read else say["own"]
    imports = dict.fromkeys(line for chapter in read.values() for line in chapter.imports) or ["import torch"]
    cells = [
        nbformat.v4.new_markdown_cell(say["head"].format(title=title, stub=STUBS[language][0])),
        _code("\n".join([*_locking(locked), *imports]), "setup", locked=True),
    ]
    for place, task in enumerate(tasks):
        cells += _exercise(task, read, language, (seed + place * 2**20) % 2**62)
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    if language == "zh":
        made.metadata["lang"] = "zh-CN"  # tools/jupyter tells the browser, which then takes its Chinese font
    for count, cell in enumerate(made.cells):
        cell["id"] = f"cell-{count}"
    return made


def _locking(locked: Iterable[str]) -> list[str]:
    words = " ".join(locked)
    return ["import os", "", f"os.environ['BOOK_UTILS_LOCK'] = {words!r}"] if words else []


def _exercise(task: Wanted, read: dict[str, chapters.Chapter], language: str, seed: int) -> list[NotebookNode]:
    """Return the cells of an exercise."""
    number, say = task.number, SAID[language]
    name = number.replace(".", "-")
    points = say["points"].format(points=f"{task.points:g}")
    own = OWN.get(number)
    text = chapters.Text(own.text) if own else read[chapter_of(number)].texts.get(number)
    if text is None or not text.words:
        raise SystemExit(f"chapter {chapter_of(number)} has no exercise {number}")
    words = nbformat.v4.new_markdown_cell(f"{text.words}\n\n{points}")
    if number not in EXERCISES:
        marks = {"grade": True, "solution": True, "points": task.points}
        return [words, _marked(nbformat.v4.new_markdown_cell(text.answer or "..."), f"answer-{name}", **marks)]
    answer = _code(_answer(number, text), f"answer-{name}", solution=True)
    visible = (
        say["later"]
        if own
        else f"from book_utils.exercises import check\n\ncheck({number!r}, {_name(number)}{_in(language)})"
    )
    call = f"grade({number!r}, {_name(number)}, points={task.points:g}, seed={seed}{_in(language)})"
    hidden = f"### BEGIN HIDDEN TESTS\nfrom book_utils_lecturers import grade\n{call}\n### END HIDDEN TESTS"
    return [words, answer, _code(f"{visible}\n{hidden}", f"check-{name}", grade=True, locked=True, points=task.points)]


def _name(number: str) -> str:
    return EXERCISES[number].name


def _in(language: str) -> str:
    return "" if language == "en" else f", language={language!r}"


def _answer(number: str, text: chapters.Text) -> str:
    """Return the cell to fill in, with the right answer where nbgrader takes it out."""
    solved = code_of(EXERCISES[number], docstring=False).splitlines()
    if EXERCISES[number].value:
        return "\n".join([f"{_name(number)} = ...", "### BEGIN SOLUTION", *solved, "### END SOLUTION"])
    stub = next((code for code in text.code if re.search(rf"^def {_name(number)}\(", code, re.MULTILINE)), "")
    place = re.search(r"^( *)\.\.\..*$", stub, re.MULTILINE)
    if place:
        before, after = stub[: place.start()], stub[place.end() :]
    else:
        whole = code_of(EXERCISES[number]).splitlines()
        before, after = "\n".join([*whole[: len(whole) - len(solved) + 1], ""]), ""
    return "\n".join([f"{before}    ### BEGIN SOLUTION", *solved[1:], f"    ### END SOLUTION{after}"])


def _code(source: str, name: str, **marks: object) -> NotebookNode:
    return _marked(nbformat.v4.new_code_cell(source), name, **marks)


def _marked(cell: NotebookNode, name: str, **marks: object) -> NotebookNode:
    """Return a cell with the marks that nbgrader reads."""
    usual = {"schema_version": 3, "grade_id": name, "grade": False, "solution": False, "locked": False, "task": False}
    cell.metadata["nbgrader"] = {**usual, **marks}
    return cell


def write(course: Path, name: str, made: NotebookNode, language: str, own: Path | None) -> Path:
    """Write an assignment into a course, which is begun if it is new; return its notebook.

    Raises:
        SystemExit: The course has an assignment of this name: nothing is changed.
    """
    folder = course / "source" / name
    if folder.exists():
        raise SystemExit(f"{folder} is there already. Remove it, or give this one another name: --name")
    kept = course / "exercises" / own.name if own else None
    if kept and own and kept.exists() and kept.read_bytes() != own.read_bytes():
        raise SystemExit(f"{kept} is another file of this name, which other assignments use. Rename yours")
    folder.mkdir(parents=True)
    file = folder / f"{name}.ipynb"
    nbformat.write(made, file)
    settings = course / "nbgrader_config.py"
    if not settings.exists():
        lines = [
            "from book_utils_lecturers import configure",
            "",
            f"configure(get_config(), language={language!r})  # noqa: F821",
        ]
        settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if kept and own:
        kept.parent.mkdir(exist_ok=True)
        shutil.copy(own, kept)
    return file


def main(arguments: list[str] | None = None) -> None:
    """Make an assignment, as the command line asks for it."""
    parser = argparse.ArgumentParser(
        "book-assignment", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", help="chapters and exercises, such as 05, 05.2 or 05.2=6")
    parser.add_argument("--to", type=Path, required=True, metavar="COURSE", help="the folder of the course")
    parser.add_argument("--name", help="of the assignment; by default the first word")
    parser.add_argument("--language", choices=[*SAID], default="en")
    parser.add_argument("--own", type=Path, metavar="FILE", help="a file that registers exercises of your own")
    parser.add_argument("--lock", nargs="+", choices=KINDS, default=[], help="what the notebook does not tell")
    parser.add_argument("--notebooks", type=Path, default=Path("notebooks"), metavar="FOLDER", help="of the book")
    given = parser.parse_args(arguments)
    registered = load(given.own) if given.own else []
    tasks = wanted(given.what, registered if not given.what else ())
    name = given.name or (given.what[0].partition("=")[0] if given.what else given.own.stem)
    if not re.fullmatch(r"[\w.-]+", name):
        raise SystemExit(f"an assignment is called by letters, digits, points and dashes, not {name!r}")
    made = notebook(tasks, given.language, given.notebooks, given.lock, secrets.randbelow(2**62))
    file = write(given.to, name, made, given.language, given.own)
    print(f"{file}: {len(tasks)} exercises, {sum(task.points for task in tasks):g} points")
    for task in tasks:
        if task.number in EXERCISES and not has_hidden(task.number):
            print(f"{task.number} draws no inputs: it is graded on those that every student has")


if __name__ == "__main__":
    main()
