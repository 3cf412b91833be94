"""Assignments and grading, as far as they need no nbgrader: ``tests/lecturers`` has the rest, and a whole class."""

import contextlib
import json
import os
import pickle
import pickletools
import re
import sys

import nbformat
import psutil
import pytest
import torch
from book_utils_lecturers import assignment, cage, channel, grading, own, worker
from book_utils_lecturers.grading import Task, graded, marked, task_of
from book_utils_lecturers.submission import Limits, Missing, Submission, clean

from book_utils.exercises import EXERCISES, unregister
from book_utils.exercises.asking import chapter_of, code_of
from book_utils.exercises.judging import Record
from tools import book

NOTEBOOKS = book.ROOT / "notebooks"
CHAPTERS = list(dict.fromkeys(map(chapter_of, EXERCISES)))
RIGHT = """
def my_huber(y_hat, y, delta=1.0):
    r = (y_hat - y).abs()
    return torch.where(r <= delta, r**2 / 2, delta * (r - delta / 2))
"""


def cells_of(made, kind):
    marks = {cell.metadata.get("nbgrader", {}).get("grade_id", ""): cell for cell in made.cells}
    return {name.removeprefix(kind).replace("-", ".", 1): cell for name, cell in marks.items() if name.startswith(kind)}


def judged(task, answer):
    return marked(task, grading.Grader(task).judge(answer, Record()))


@pytest.mark.parametrize("language", assignment.SAID)
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_makes_an_assignment_whose_own_answers_have_full_points(chapter, language):
    tasks = assignment.wanted([chapter])
    made = assignment.notebook(tasks, language, NOTEBOOKS, [], seed=5)
    answers, checks = cells_of(made, "answer-"), cells_of(made, "check-")
    assert {*answers} == {*checks} == {number for number in EXERCISES if chapter_of(number) == chapter}
    nbformat.validate(made)
    (setup,) = cells_of(made, "setup").values()
    names = {}
    exec(re.sub(r"^%.*", "", setup.source, flags=re.MULTILINE), names)
    for number, cell in answers.items():
        exec(cell.source, names)
        task = task_of(checks[number].source)
        assert (task.number, task.points, task.language) == (number, 10, language)
        found = judged(task, names[task.name]) if language == "en" else None
        assert found is None or found.points == 10, found.feedback
        stub = re.sub(r"### BEGIN SOLUTION.*### END SOLUTION", "...", cell.source, flags=re.DOTALL)
        exec(stub, names)
        stubbed = names[task.name] is ... if EXERCISES[number].value else callable(names[task.name])
        assert stubbed and EXERCISES[number].name == task.name


def test_seeds_are_apart_and_new_each_time(tmp_path):
    seeds = []
    for name in ("one", "two"):
        assignment.main(["05", "04", "--to", str(tmp_path), "--name", name, "--notebooks", str(NOTEBOOKS)])
        text = (tmp_path / "source" / name / f"{name}.ipynb").read_text(encoding="utf-8")
        seeds += re.findall(r"seed=(\d+)", text)
    assert len(seeds) == len({*seeds}) > 8 and min(map(int, seeds)) > grading.HIDDEN


def test_nothing_is_overwritten(tmp_path):
    arguments = ["05.2=4.5", "05.1=3", "--to", str(tmp_path), "--lock", "hints", "--notebooks", str(NOTEBOOKS)]
    assignment.main(arguments)
    (tmp_path / "nbgrader_config.py").write_text("mine", encoding="utf-8")
    text = (tmp_path / "source" / "05.2" / "05.2.ipynb").read_text(encoding="utf-8")
    assert "os.environ['BOOK_UTILS_LOCK'] = 'hints'" in text and '"points": 4.5' in text and "L2 everywhere" in text
    with pytest.raises(SystemExit, match="is there already.*--name"):
        assignment.main(arguments)
    assert (tmp_path / "nbgrader_config.py").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["5.2=x"], "not '5.2=x'"),
        (["77"], "chapter '77' has no exercises that are checked; there are 01, 02"),
        (["05=3"], "not '05=3'"),
        ([], "at least one"),
        (["05.77"], "chapter 05 has no exercise 05.77"),
        (["05", "--name", "a/b"], "not 'a/b'"),
        (["05", "--notebooks", "nowhere"], "--notebooks my-notebooks"),
    ],
)
def test_what_cannot_be_made_is_said(words, said, tmp_path):
    with pytest.raises(SystemExit, match=re.escape(said)):
        assignment.main(["--to", str(tmp_path / "course"), "--notebooks", str(NOTEBOOKS), *words])
    assert not (tmp_path / "course").exists()


def test_who_knows_the_open_inputs_by_heart_gets_nothing():
    open_inputs = EXERCISES["05.2"].inputs()

    def my_huber(y_hat, y, delta=1.0):
        for known in open_inputs:
            if known[0].shape == y_hat.shape and known[0].equal(y_hat):
                return EXERCISES["05.2"].solve(y_hat, y, delta)
        return 0 * y_hat

    task = Task("05.2", "my_huber", 10, seed=2**40)
    assert judged(task, my_huber).points == 0


def test_part_of_the_inputs_is_part_of_the_points_or_none():
    def my_huber(y_hat, y, delta=1.0):
        value = EXERCISES["05.2"].solve(y_hat, y, delta)
        return value if y_hat.dim() == 1 else -value

    task = Task("05.2", "my_huber", 10, seed=7)
    assert 2 < judged(task, my_huber).points < 8
    assert judged(Task("05.2", "my_huber", 10, seed=7, partial=False), my_huber).points == 0


def test_the_cell_shows_the_points_where_a_lecturer_runs_it(capsys):
    names = {"torch": torch}
    exec(RIGHT, names)
    assert grading.grade("05.2", names["my_huber"], points=8, seed=3) == 8.0
    assert capsys.readouterr().out == "05.2: 8 of 8 points\n05.2: right.\n"
    assert grading.grade("05.2", torch.sub, points=8, seed=3, language="zh") == 0.0
    assert "0 分（满分 8 分）" in capsys.readouterr().out


MINE = '''
import torch
from book_utils.exercises import register

@register("lab.1", text="The *largest*.", inputs=[(torch.tensor([1.0, 7.0]),)],
          draw=lambda draw: (draw.normal(draw.whole(1, 9)),))
def my_largest(x):
    """Return the largest."""
    return x.max()
'''


def test_an_exercise_of_ones_own_is_graded_and_its_answer_stays_at_home(tmp_path):
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    course = tmp_path / "course"
    try:
        assignment.main(["--own", str(tmp_path / "mine.py"), "--to", str(course)])
        made = nbformat.read(course / "source" / "mine" / "mine.ipynb", 4)
        assert own.load(course / "exercises" / "mine.py") == ["lab.1"]
        (cell,) = cells_of(made, "check-").values()
        task = task_of(cell.source)
        assert judged(task, torch.max).points == 10 and judged(task, torch.min).points < 5
        public = cell.source.partition("### BEGIN")[0]
        assert (
            public.startswith("#") and "import" not in public and not (course / "source" / "mine" / "mine.py").exists()
        )
    finally:
        unregister("lab.1")
    (tmp_path / "mine.py").write_text("1 / 0", encoding="utf-8")
    with pytest.raises(SystemExit, match="mine.py: ZeroDivisionError"):
        own.load(tmp_path / "mine.py")


@pytest.mark.posix
def test_a_submission_dies_alone_and_is_judged_from_outside(tmp_path):
    """What a class does at length, in one notebook."""
    (tmp_path / "secret").write_text("seed=1", encoding="utf-8")
    task = Task("05.2", "my_huber", 10, seed=2**50)
    with Submission(Limits(), hidden=[tmp_path]) as submission:
        assert submission.run("import os, torch\n1 + 1")[0]["data"] == {"text/plain": "2"}
        with pytest.raises(Missing):
            submission.call("my_huber", (), 9, False)
        assert "there is no my_huber" in graded(task, submission).feedback
        assert submission.run("os._exit(0)")[0]["evalue"] == "the cell ended the program"
        submission.run(RIGHT)
        assert graded(task, submission).points == 10
        submission.run("torch.isclose = torch.equal = lambda *a, **b: True\nright, my_huber = my_huber, torch.sub")
        assert graded(task, submission).points == 0
        submission.run("my_huber = lambda *a: os._exit(0)")
        assert "ends the whole program" in graded(task, submission).feedback
        submission.run("my_huber = right\nprint('x' * 10**6)")
        assert graded(task, submission).points == 10
        told = submission.run("from book_utils.exercises.chapter_05 import huber")
        assert told[0]["ename"] == "ModuleNotFoundError"
        if cage.version():
            for path in (tmp_path / "secret", f"/proc/{os.getpid()}/environ", book.ROOT / "README.md"):
                assert submission.run(f"open({str(path)!r})")[0]["ename"] == "PermissionError", path
            assert submission.caged
    assert sys.platform == "linux" or submission.caged is False


ACHIEVED = """
from matplotlib import pyplot as plt
my_rates = [0.3] * 6
fig, ax = plt.subplots()
ax.plot([0.01, 0.1, 1, 10, 100], [1.5] * 5)
my_axes = ax
def my_data(w, b, num_examples, noise):
    X = torch.randn(num_examples, len(w))
    return X, (X @ w + b + noise * torch.randn(num_examples)).reshape(-1, 1)
"""


@pytest.mark.posix
def test_values_figures_and_what_is_drawn_at_random_are_judged_from_outside():
    with Submission(Limits()) as submission:
        submission.run("import torch\nmy_rates = ...")
        assert "there is no my_rates" in graded(Task("02.6", "my_rates", 10, seed=3), submission).feedback
        submission.run(ACHIEVED)
        assert graded(Task("02.7", "my_data", 10, seed=3), submission).points == 10
        assert "still tremble" in graded(Task("02.6", "my_rates", 10, seed=3), submission).feedback
        figure = Task("05.5", "my_axes", 10, seed=3)
        assert "with delta=0.01 your slope is 1.5" in graded(figure, submission).feedback
        submission.run("my_rates = [0.3, 0.3, 0.03, 0.03, 0.003, 0.003]")
        assert graded(Task("02.6", "my_rates", 10, seed=3), submission).points == 10
        submission.run(code_of(EXERCISES["05.5"]))
        assert graded(figure, submission).points == 10
        submission.run("my_axes.set_xscale('linear')")
        assert "make the axis of the thresholds logarithmic" in graded(figure, submission).feedback


@pytest.mark.posix
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_right_answers_of_a_chapter_have_full_points_where_a_submission_runs(chapter):
    with Submission(Limits()) as submission:
        for number, exercise in EXERCISES.items():
            if chapter_of(number) == chapter:
                submission.run("import math\nimport torch\nfrom torch import nn\nfrom torch.nn import functional")
                submission.run(code_of(exercise))
                found = graded(Task(number, exercise.name, 10, seed=2**40), submission)
                assert found.points == 10, found.feedback


def test_what_answers_are_given_needs_no_module_that_holds_answers():
    for number, exercise in EXERCISES.items():
        content = pickle.dumps(exercise.tries())
        modules = {str(each) for operation, each, _ in pickletools.genops(content) if "book_utils" in str(each)}
        assert modules <= {f"book_utils.exercises.{name}" for name in worker.NEEDED}, number
        assert len(pickle.loads(content)) == len(exercise.tries())


TO_OTHERS = """
import os, resource
def refused(pid):
    calls = (
        lambda: resource.prlimit(pid, resource.RLIMIT_CPU),
        lambda: os.sched_setaffinity(pid, {0}),
        lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
        lambda: os.sched_setparam(pid, os.sched_param(0)),
        lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
        lambda: os.setpriority(os.PRIO_USER, 0, 19),
    )
    count = 0
    for call in calls:
        try:
            call()
        except PermissionError:
            count += 1
    return count
"""


@pytest.mark.posix
@pytest.mark.skipif(not cage.version(), reason="there is no Landlock here")
def test_a_submission_sets_the_limits_of_no_other_process():
    with Submission(Limits()) as submission:
        submission.run(TO_OTHERS)
        for other in ("os.getppid()", str(os.getpid())):
            assert submission.run(f"refused({other})")[0]["data"] == {"text/plain": "6"}
        assert submission.run("refused(0)")[0]["data"] == {"text/plain": "1"}
        own = "os.nice(1); os.sched_getaffinity(os.getppid()); torch.rand(999, 999) @ torch.rand(999, 9);"
        assert submission.run(f"import torch; {own}") == []
        assert submission.run("resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))") == []


DAEMON = """
import os, time
if not os.fork():
    os.setsid()
    if os.fork():
        os._exit(0)
    open('number', 'w').write(str(os.getpid()))
    time.sleep(600)
    os._exit(0)
while not os.path.exists('number') or not open('number').read():
    time.sleep(0.01)
print(open('number').read())
"""


@pytest.mark.posix
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody adopts what has lost its parents")
def test_nothing_that_a_submission_starts_outlives_it():
    with Submission(Limits()) as submission:
        number = int(submission.run(DAEMON)[0]["text"])
        assert psutil.pid_exists(number)
    assert not psutil.pid_exists(number)


@pytest.mark.posix
def test_what_a_submission_says_can_be_stored_and_is_not_long():
    with Submission(Limits()) as submission:
        submission.run("import os, torch\nprint('\\ud83d')\nclass Meta(type):\n    __name__ = '\\0'")
        submission.run("class Odd(Exception, metaclass=Meta):\n    pass\ndef my_huber(*a):\n    raise Odd('\\udcff')")
        found = graded(Task("05.2", "my_huber", 10, seed=3), submission)
        assert found.points == 0 and "raised " in found.feedback and clean(found.feedback).encode()
        outputs = submission.run("print('\\ud83d')\nraise ValueError('\\udcff' * 10**6)")
        assert len(json.dumps(outputs, ensure_ascii=False).encode()) < 200_000
        submission.run("def my_huber(y_hat, y, delta=1.0):\n    return torch.zeros(10**7)")
        assert "a value of type Tensor" in graded(Task("05.2", "my_huber", 10, seed=3), submission).feedback


@pytest.mark.posix
def test_what_students_are_used_to_runs_in_the_cage():
    with Submission(Limits()) as submission:
        assert submission.run("word = 'heard'\n!echo {word}\n%pip --version")[0]["text"].startswith("heard\n")
        submission.run("%%writefile mine.py\nimport torch\n" + RIGHT)
        assert submission.run("from mine import my_huber") == []
        assert graded(Task("05.2", "my_huber", 10, seed=3), submission).points == 10


def test_what_is_said_again_and_again_is_too_much():
    tensor = {"shape": [10**6], "dtype": "float64", "place": 0, "bytes": 8 * 10**6}
    assert channel.unpacked(tensor, bytes(8 * 10**6)).shape == (10**6,)
    for items in ([tensor] * 2, [{"plain": 1}] * (10**6 + 1)):
        with pytest.raises(channel.Broken, match="too many entries"):
            channel.unpacked({"list": items, "tuple": False}, bytes(8 * 10**6))


@pytest.mark.parametrize(
    "value", [{}, [], 3, {"list": 3, "tuple": 1}, {"shape": [2], "dtype": "x"}, {"plain": 1, "shape": 2}]
)
def test_what_is_no_value_is_refused_or_harmless(value):
    with contextlib.suppress(channel.Broken):
        assert channel.unpacked(value, b"") == 1


VALUES = [1, 2.5, True, None, "x", [1, (2.0, torch.ones(2, 3))], torch.tensor([]), torch.eye(2).to_sparse()]


@pytest.mark.parametrize("value", [*VALUES, torch.eye(4).T[::2], torch.ones(2, dtype=torch.bfloat16)], ids=repr)
def test_a_value_arrives_as_it_was(value):
    packed = channel.Packed()
    said = packed.of(value)
    arrived = channel.unpacked(said, bytes(packed.data))
    assert torch.equal(*(flat(each) for each in (value, arrived))) and type(arrived) is type(value)


def flat(value):
    if isinstance(value, torch.Tensor):
        return (value.to_dense() if value.is_sparse else value).double().flatten()
    if isinstance(value, (list, tuple)):
        return torch.cat([flat(item) for item in value])
    return torch.tensor([float(len(value)) if isinstance(value, str) else float(value or 0)]).double()
