"""A class from end to end with the real nbgrader: release, thirty submissions, grading, feedback, CSV."""

import csv
import itertools
import os
import re
import textwrap
from html.parser import HTMLParser

import nbformat
import pytest
from answers import ALL, CLASS, EXCHANGED, POINTS, RIGHT, SOME, id_of
from book_utils_lecturers import parts

from conftest import ROOT, run

ASSIGNMENT = "week-5"
PAGE = {"en": "README.md", "zh": "README.zh.md"}


PAGES = {language: (ROOT / "lecturers" / name).read_text(encoding="utf-8") for language, name in PAGE.items()}


def commands(language="en"):
    """Return the commands of the lecturers' page, in their order."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", PAGES[language], re.MULTILINE | re.DOTALL)
    return [line for kind, block in blocks if not kind for line in block.splitlines()]


def do(word, course, fails=False, at=ROOT):
    """Run the one command of the page that has a word in it; return what it says."""
    (command,) = (line for line in commands() if word in line)
    words = command.removeprefix("uv run ").removeprefix("--group lecturers ").replace("../course", str(course)).split()
    return run(*words, fails=fails, at=at)


def handed_in(released, student):
    """Return the released notebook as a student hands it in."""
    notebook = nbformat.from_dict(released)
    for cell in notebook.cells:
        number = next((each for each in RIGHT if id_of(cell) == f"answer-{each.replace('.', '-')}"), None)
        if number and student.answers.get(number) != "":
            cell.source = textwrap.dedent(student.answers.get(number, RIGHT[number])).strip()
    student.change(notebook)
    return notebook


class Exchange:
    """nbgrader's exchange, and the folder of each student who uses it: all are the account that runs the tests."""

    def __init__(self, folder):
        self.folder, self.root = folder, folder / "exchange"
        self.root.mkdir()
        self.root.chmod(0o1777)

    def do(self, name, *command, course=None):
        """Run a command of nbgrader's, as the lecturer in the course or as a student."""
        home = course or self.folder / name
        home.mkdir(exist_ok=True)
        words = [f"--Exchange.root={self.root}", "--course=book", *([f"--course-dir={course}"] if course else ())]
        own = {} if course else {"JUPYTER_DATA_DIR": str(home / "jupyter"), "JUPYTER_CONFIG_DIR": str(home / "config")}
        who = [] if course else [f"--student={name}"]
        return run("nbgrader", *command, *words, *who, at=home, **own)

    def hand_in(self, name, student):
        """Have a student fetch the assignment, do it and submit it."""
        self.do(name, "fetch_assignment", ASSIGNMENT)
        file = self.folder / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        nbformat.write(handed_in(nbformat.read(file, 4), student), file)
        self.do(name, "submit", ASSIGNMENT)


@pytest.fixture(scope="module")
def exchange(tmp_path_factory):
    return Exchange(tmp_path_factory.mktemp("class"))


@pytest.fixture(scope="module")
def course(tmp_path_factory, exchange):
    """Return a course in which everything has happened."""
    course = tmp_path_factory.mktemp("course")
    do("book-assignment 05", course)
    source = course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    secret = itertools.count(5**25, 2**20)  # with one in ten numbers drawn at will, eve is right on no hidden input
    seeded = re.sub(r"seed=\d+", lambda _: f"seed={next(secret)}", source.read_text(encoding="utf-8"))
    source.write_text(seeded, encoding="utf-8")
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
        settings.write("c.Marks.seconds_of_a_cell = 10\n")
    do("generate_assignment", course)
    released = nbformat.read(course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", 4)
    exchange.do("lecturer", "release_assignment", ASSIGNMENT, course=course)
    for name in EXCHANGED:
        exchange.hand_in(name, CLASS[name])
    exchange.do("lecturer", "collect", ASSIGNMENT, course=course)
    for name, student in CLASS.items():
        if name in EXCHANGED:
            continue
        folder = course / "submitted" / name / ASSIGNMENT
        folder.mkdir(parents=True)
        nbformat.write(handed_in(released, student), folder / f"{ASSIGNMENT}.ipynb")
    (course / "submitted" / "broken" / ASSIGNMENT).mkdir(parents=True)
    (course / "submitted" / "broken" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").write_text("no notebook", encoding="utf-8")
    said = do("autograde", course, fails=True)  # for the file that is no notebook
    assert "error processing assignment 'week-5' for student 'broken'" in said
    assert said.count("error processing assignment 'week-5' for") == 1
    do("generate_feedback", course)
    others = ",".join({*CLASS, "broken"} - {*EXCHANGED})
    exchange.do(
        "lecturer", "release_feedback", ASSIGNMENT, f"--CourseDirectory.student_id_exclude={others}", course=course
    )
    do("export", course)
    return course


def grades(course):
    with (course / "grades.csv").open(encoding="utf-8") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def brought(course, name):
    """Return the points of each exercise, as the graded notebook shows them."""
    graded = nbformat.read(course / "autograded" / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", 4)
    shown = {id_of(cell): cell.outputs for cell in graded.cells if id_of(cell).startswith("check-")}
    return {number: float(shown[f"check-{number.replace('.', '-')}"][-1].data["text/plain"]) for number in POINTS}


@pytest.mark.parametrize("name", CLASS)
def test_each_student_has_the_points_that_the_answers_deserve(course, name):
    expected, found = {**POINTS, **CLASS[name].points}, brought(course, name)
    some = {number for number, points in expected.items() if points == SOME}
    assert all(0 < found[number] < POINTS[number] for number in some), found
    assert {**found, **dict.fromkeys(some, SOME)} == expected
    assert float(grades(course)[name]["score"]) == pytest.approx(sum(found.values()))


def test_the_table_has_everybody_once_and_the_most_there_is(course):
    table = grades(course)
    assert {*table} == {*CLASS, "broken"} and len(CLASS) >= 30
    assert {float(row["max_score"]) for row in table.values()} == {ALL + 3}
    assert float(table["broken"]["score"]) == 0


@pytest.mark.parametrize("name", EXCHANGED)
def test_what_goes_through_the_exchange_arrives_whole_and_comes_back_as_feedback(course, exchange, name):
    handed_in, collected = (
        (folder / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()
        for folder in (exchange.folder / name, course / "submitted" / name)
    )
    assert collected == handed_in
    exchange.do(name, "fetch_feedback", ASSIGNMENT)
    (page,) = (exchange.folder / name / ASSIGNMENT / "feedback").glob(f"*/{ASSIGNMENT}.html")
    assert page.read_bytes() == (course / "feedback" / name / ASSIGNMENT / page.name).read_bytes()
    assert f"Score: {round(float(grades(course)[name]['score']), 2)} / {ALL + 3}" in page.read_text(encoding="utf-8")


def test_what_is_handed_out_holds_neither_answers_nor_seeds(course):
    source, release = (
        (course / step / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text(encoding="utf-8")
        for step in ("source", "release")
    )
    seeds = re.findall(r"seed=(\d+)", source)
    assert len({*seeds}) == 3 and "torch.where(r <= delta" in source and "L2 everywhere" in source
    for secret in (*seeds, "seed", "HIDDEN", "SOLUTION", "torch.where(r <= delta", "L2 everywhere"):
        assert secret not in release, secret


def test_feedback_says_what_is_wrong_and_keeps_the_seed(course):
    source = (course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text(encoding="utf-8")
    secrets = [*re.findall(r"seed=(\d+)", source), "BEGIN HIDDEN"]
    for name in CLASS:
        page = (course / "feedback" / name / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
        assert not [secret for secret in secrets if secret in page], name
    page = (course / "feedback" / "eve" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "of 10 points" in page and "The threshold is always 1 here" in page
    assert "white-space: pre-wrap !important" in page  # a long line is not cut off


def test_who_looks_for_secrets_finds_none(course):
    graded = nbformat.read(course / "autograded" / "yan" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", 4)
    (cell,) = [cell for cell in graded.cells if id_of(cell) == "answer-05-2"]
    (printed,) = [output.text for output in cell.outputs if output.output_type == "stream"]
    assert printed.endswith("NOTHING\n")


def test_nothing_that_floods_is_kept(course):
    sizes = {path: path.stat().st_size for path in (course / "autograded").rglob("*.ipynb")}
    assert max(sizes.values()) < 300_000


class Runs(HTMLParser):
    """Notes what a browser would run of a page."""

    def __init__(self, page):
        super().__init__()
        self.found, self._script = [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self._script = tag == "script"
        self.found += [value for name, value in attributes if name.startswith("on") or name in ("href", "src")]

    def handle_endtag(self, tag):
        self._script = False

    def handle_data(self, data):
        self.found += [data] if self._script else []


def test_what_a_student_wrote_runs_in_nobodys_browser(course):
    handed_in = (course / "submitted" / "amy" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text(encoding="utf-8")
    page = (course / "feedback" / "amy" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert handed_in.count("trap()") > 9 and "trap()" in page
    assert not [each for each in Runs(page).found if "trap" in (each or "")]
    graded = nbformat.read(course / "autograded" / "amy" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", 4)
    assert all(
        {*cell.metadata} <= {"nbgrader"} and cell.cell_type in ("code", "markdown", "raw") for cell in graded.cells
    )
    for cell in graded.cells:
        kinds = {kind for output in cell.get("outputs", ()) for kind in output.get("data", ())}
        assert kinds <= {"text/plain", "text/html", "image/png"} and (
            "trap()" not in cell.source
            or cell.cell_type == "code"
            or not re.search(r"<[A-Za-z/!?]|\\\\href", cell.source)
        )
        pictures = [
            output.data["text/html"] for output in cell.get("outputs", ()) if "text/html" in output.get("data", ())
        ]
        assert all(re.fullmatch(r'<img src="data:image/svg\+xml;base64,[\w+/=]+">', each) for each in pictures)


def test_an_honest_text_is_shown_as_it_was_written():
    text = "[The paper](https://example.org): $a<b$, 1 < 2, `x<y`.\n\n![p](attachment:p.png)\n\n```python\nx[0](1)\n```"
    picture = {"p.png": {"image/png": "iVBORw0KGgo="}}
    cells = [nbformat.v4.new_markdown_cell(text, attachments=picture), nbformat.v4.new_markdown_cell("word " * 10_000)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    parts.well_formed(notebook)
    first, long = parts.Harmless().preprocess(notebook, {})[0].cells
    assert first.source.replace(parts.NOTHING, "") == text.replace("```python", "```")
    assert first.source.count(parts.NOTHING) == 3 and first.attachments == picture  # $a<b$, `x<y`, ](1)
    assert long.source.endswith("word \n\n...") and len(long.source) < 21_000


def test_links_are_not_collected(course, exchange):
    """A student links to what the lecturer may read, as the notebook or as the whole folder."""
    (inbound,) = exchange.root.glob("*/inbound")
    source = course / "source" / ASSIGNMENT
    one, other = (inbound / f"{name}+{ASSIGNMENT}+2026-01-01 00:00:00.000000 UTC+0" for name in ("mal", "moe"))
    one.mkdir()
    (one / "timestamp.txt").write_text("2026-01-01 00:00:00.000000 UTC", encoding="utf-8")
    (one / f"{ASSIGNMENT}.ipynb").symlink_to(source / f"{ASSIGNMENT}.ipynb")
    (one / "page.html").write_text("<script>trap()</script>", encoding="utf-8")
    (one / "folder").symlink_to(source)
    os.mkfifo(one / "pipe.ipynb")
    other.symlink_to(source)
    said = exchange.do("lecturer", "collect", ASSIGNMENT, course=course)
    assert said.count("it is no notebook") == 4
    assert [path.name for path in (course / "submitted" / "mal" / ASSIGNMENT).iterdir()] == ["timestamp.txt"]
    assert not [*(course / "submitted" / "moe").rglob("*.ipynb")]


def test_the_pages_have_the_same_commands():
    assert [line.removesuffix(" --language zh") for line in commands("zh")] == commands("en")
    assert len(commands("en")) == 9


def test_exercises_of_ones_own_are_made_and_graded(tmp_path):
    """As the page says: the file, the command, and an answer."""
    (file,) = re.findall(r"^```python\n(.*?)^```", PAGES["en"], re.MULTILINE | re.DOTALL)
    (tmp_path / "mine.py").write_text(file, encoding="utf-8")
    course = tmp_path / "course"
    do("--own mine.py", course, at=tmp_path)
    run("nbgrader", "generate_assignment", "lab", f"--course-dir={course}")
    folder = course / "submitted" / "ada" / "lab"
    folder.mkdir(parents=True)
    notebook = nbformat.read(course / "release" / "lab" / "lab.ipynb", 4)
    (cell,) = [cell for cell in notebook.cells if id_of(cell) == "answer-lab-1"]
    cell.source = "def my_middle(x):\n    return x.median()"
    nbformat.write(notebook, folder / "lab.ipynb")
    run("nbgrader", "autograde", "lab", f"--course-dir={course}")
    graded = nbformat.read(course / "autograded" / "ada" / "lab" / "lab.ipynb", 4)
    (outputs,) = [cell.outputs for cell in graded.cells if id_of(cell) == "check-lab-1"]
    assert outputs[-1].data["text/plain"] == "10.0" and "sort" not in cell.source


def test_hints_and_solutions_are_closed_and_opened_again():
    """In this environment, as the page says; opened again whatever happens."""
    closing, opening = (line.removeprefix("uv run ").split() for line in commands() if "locks" in line)
    code = "from book_utils.exercises import hint, solution; hint('05.2'); solution('05.2')"
    try:
        run(*closing)
        assert run("python", "-c", code).count("locked here") == 2
    finally:
        run(*opening)
    assert "locked here" not in run("python", "-c", code)
