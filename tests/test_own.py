"""Exercises of a lecturer's own, registered from outside the package."""

import math
import re
import subprocess
import sys
from typing import NamedTuple

import numpy as np
import pytest
import torch

from book_utils.exercises import (
    EXERCISES,
    LANGUAGES,
    check,
    hint,
    judging,
    locks,
    progress,
    register,
    solution,
    unregister,
)
from book_utils.exercises.asking import LEVELS
from book_utils.exercises.judging import RECORDS
from book_utils.exercises.own import OWN

SORTED = "This is the mean. Sort first."


@pytest.fixture(autouse=True)
def only_the_books_own(monkeypatch, tmp_path):
    """Have what a test registers gone after it."""
    tables = [EXERCISES, OWN, RECORDS, *LEVELS.values()]
    tables += [table for words in LANGUAGES.values() for table in (words.QUANTITIES, words.HINTS)]
    for table in tables:
        for number in {"lab.1", "lab.2", "05.9"} & {*table}:
            raise AssertionError(number)
    monkeypatch.setattr(locks, "FILE", tmp_path / "lock")
    monkeypatch.delenv("BOOK_UTILS_LOCK", raising=False)
    before = [dict(table) for table in tables]
    yield
    for table, entries in zip(tables, before):
        table.clear()
        table.update(entries)


def middle(x):
    """Return the middle one of the values."""
    return x.sort().values[len(x) // 2]


def odd(draw):
    return (draw.normal(draw.one_of(3, 5, 9)),)


def add(number="lab.1", solve=middle, **changes):
    """Register an exercise, complete but for what is changed."""
    given = {
        "text": "Return the middle one of an odd number of values.",
        "inputs": [(torch.tensor([3.0, 1.0, 2.5]),), (torch.tensor([5.0]),)],
        "draw": odd,
        "mistakes": {SORTED: lambda x: x.mean()},
        "hints": ["Sort first.", "Where is the middle of the sorted values?"],
        "returns": "middle value",
    }
    return register(number, **{**given, **changes})(solve)


def test_it_is_checked_like_those_of_the_book(capsys):
    assert add() is middle
    check("lab.1", lambda x: x.mean())
    out = capsys.readouterr().out
    assert "your middle value is 2.167" in out and SORTED in out and "Expected" not in out
    check("lab.1", lambda x: x.mean())
    assert "Expected: 2.5." in capsys.readouterr().out
    assert check("lab.1", lambda x: x.median()).passed
    assert not check("lab.1", lambda x: x[0]).passed


def test_hints_solution_and_progress_are_there(capsys):
    add(), add("lab.2", lambda_free)
    hint("lab.1"), hint("lab.1"), hint("lab.1")
    assert capsys.readouterr().out.splitlines() == [
        "lab.1: hint 1 of 2. Sort first.",
        *2 * ["lab.1: hint 2 of 2. Where is the middle of the sorted values? "
              "This was the last hint; solution('lab.1') shows an answer."],
    ]  # fmt: skip
    solution("lab.1")
    said, _, cell = capsys.readouterr().out.partition("\n\n")
    names = {}
    exec(cell, names)
    assert said == "lab.1: one way to write it:" and check("lab.1", names["middle"]).passed
    capsys.readouterr()
    progress("lab")
    assert "1 of 2 right" in capsys.readouterr().out


def lambda_free(x): return x.sort().values[len(x) // 2]  # fmt: skip # noqa: E704


def test_an_answer_in_one_line_is_shown_as_a_cell(capsys):
    add(solve=lambda_free)
    solution("lab.1")
    cell = capsys.readouterr().out.partition("\n\n")[2]
    assert cell == "def lambda_free(x):\n    return x.sort().values[len(x) // 2]\n"


def test_what_is_locked_is_locked_here_too(capsys, monkeypatch):
    monkeypatch.setenv("BOOK_UTILS_LOCK", "hints solutions")
    add()
    hint("lab.1"), solution("lab.1"), check("lab.1", lambda x: x.mean())
    out = capsys.readouterr().out
    assert SORTED not in out and "Sort first" not in out and "sort()" not in out and out.count("locked") == 2


@pytest.mark.parametrize(("language", "other"), [("en", "zh"), ("zh", "en")])
def test_the_other_language_says_that_there_are_no_words_in_it(language, other, capsys):
    add(language=language)
    named = LANGUAGES[other].MESSAGES[language]
    check("lab.1", lambda x: x.mean(), language=other), hint("lab.1", language=other)
    checked, hinted = capsys.readouterr().out.splitlines()
    assert named in checked and SORTED in checked and LANGUAGES[other].MESSAGES["result"] in checked
    assert named in hinted and "Sort first." in hinted
    check("lab.1", lambda x: x.mean(), language=language), hint("lab.1", language=language)
    assert LANGUAGES[language].MESSAGES["only in"][:4] not in capsys.readouterr().out


def test_again_under_the_same_number_it_takes_the_place_of_the_former(capsys):
    add()
    check("lab.1", middle)
    add(solve=largest, draw=None, inputs=[(torch.tensor([1.0, 7.0]),)], mistakes={"": middle_of_two})
    assert check("lab.1", torch.max).passed and RECORDS["lab.1"].tries == 1
    unregister("lab.1")
    with pytest.raises(ValueError, match="no exercise 'lab.1'"):
        check("lab.1", torch.max)
    assert not any("lab.1" in words.HINTS for words in LANGUAGES.values())


def largest(x):
    """Return the largest."""
    return x.max()


def middle_of_two(x):
    return x.mean()


def raises(x):
    raise RuntimeError("no such luck")


def says(x):
    return "high"


def two(x, y):
    return x + y


def many(*x):
    return x[0]


def in_place(x):
    return x.mul_(2).sum()


def softened(x):
    return torch.softmax(x, 0)


def without_source():
    names = {}
    code = compile("def best(x):\n    return x.max()", "<nowhere>", "exec")  # <string> is a source to Python 3.13
    exec(code, names)
    return names["best"]


WRONG = {
    "no point": (lambda: add("lab1"), ValueError, "a number such as 'lab.1', not 'lab1'"),
    "no text": (lambda: add(5.2), ValueError, "not 5.2"),
    "the book's": (lambda: add("05.2"), ValueError, "05.2 is an exercise of the book"),
    "language": (lambda: add(language="fr"), ValueError, "speak en, zh, not 'fr'"),
    "rule": (lambda: add(without=["sorting"]), ValueError, "without knows autograd, .*received 'sorting'"),
    "no inputs": (lambda: add(inputs=[]), ValueError, "one at least"),
    "a tensor": (lambda: add(inputs=torch.ones(2)), TypeError, "inputs must be a list .* type Tensor"),
    "no tuple": (lambda: add(inputs=[torch.ones(3)]), TypeError, r"a tuple of arguments .* type Tensor: \(x,\)"),
    "edges": (lambda: add(edges=[[torch.ones(3)]]), TypeError, "edges must hold a tuple .* type list"),
    "lambda": (lambda: add(solve=lambda x: x.max()), TypeError, "a function that def defines"),
    "no source": (lambda: add(solve=without_source()), ValueError, "the source of best cannot be read"),
    "class": (lambda: add(solve=torch.nn.Softmax), TypeError, "type type"),
    "stars": (lambda: add(solve=many), ValueError, "plain parameters only"),
    "two": (lambda: add(solve=two), ValueError, r"two\(x, y\) is called with 1 arguments: missing .* 'y'"),
    "raises": (lambda: add(solve=raises), ValueError, "the right answer raised RuntimeError: no such luck"),
    "words": (lambda: add(solve=says), ValueError, "must return numbers, not a value of type str"),
    "changes": (lambda: add(solve=in_place, mistakes={}), ValueError, "refuses the right answer: .*changed its input"),
    "breaks its rule": (
        lambda: add(solve=softened, without=["torch.softmax"], mistakes={}), ValueError, "asks for it without"),
    "no mistake": (
        lambda: add(mistakes={"Too long.": lambda x: x.median()}), ValueError, "'Too long.' is right on every input"),
    "text": (lambda: add(text=3), TypeError, "text must be a string, not a value of type int"),
    "one hint": (lambda: add(hints="Sort first."), TypeError, "hints must be a list of strings; .* type str"),
    "no hint": (lambda: add(hints=["Sort first.", 2]), TypeError, "hints must be a list of strings; .* type int"),
    "no parameter": (lambda: add(examples=["z"]), ValueError, r"examples names parameters of middle\(x\); .*'z'"),
    "turned round": (lambda: add(mistakes={middle: "the mean"}), TypeError, "what is said as its keys"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_an_exercise_is_refused_and_leaves_nothing(case):
    call, kind, said = WRONG[case]
    with pytest.raises(kind, match=said):
        call()
    assert not OWN and "lab.1" not in EXERCISES and "lab.1" not in LANGUAGES["en"].HINTS and "lab.1" not in LEVELS["zh"]


def test_what_is_refused_leaves_the_former_under_its_number():
    add()
    with pytest.raises(ValueError, match="refuses the right answer"):
        add(solve=in_place, mistakes={})
    assert check("lab.1", middle).passed and not check("lab.1", torch.mean).passed


def emptied(value):
    """Return the first of what is given, and leave nothing."""
    first = value[next(iter(value))] if isinstance(value, dict) else value[0]
    if isinstance(value, np.ndarray):
        value[:] = 0
    else:
        value.clear()
    return first


def first(value):
    """Return the first of what is given."""
    return value[next(iter(value))] if isinstance(value, dict) else value[0]


@pytest.mark.parametrize("value", [np.array([3.0, 1.0]), {"one": 3.0, "two": 1.0}, [3.0, 1.0]])
def test_inputs_of_any_kind_cannot_be_changed(value):
    add(solve=first, inputs=[(value,)], draw=None, mistakes={})
    for _ in range(2):
        assert "changed its input" in check("lab.1", emptied).feedback
        assert check("lab.1", first).passed


class Point(NamedTuple):
    x: float
    y: float


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (Point(3.0, 1.0), None),
        (torch.tensor([3.0, 1.0], requires_grad=True), "answer(torch.tensor([3.0, 1.0]))"),
        (torch.tensor([3.0, 1.0], dtype=torch.bfloat16), "answer(torch.tensor([3.0, 1.0], dtype=torch.bfloat16))"),
        (torch.tensor([3.0, torch.inf, torch.nan]), "answer(torch.tensor([3.0, float('inf'), float('nan')]))"),
        ([3.0, -math.inf], "answer([3.0, float('-inf')])"),
    ],
)
def test_inputs_of_any_kind_are_spelled_as_python_reads_them(value, spelled):
    def answer(value):
        return 0.0

    add(solve=first, inputs=[(value,)], draw=None, mistakes={})
    assert check("lab.1", first).passed
    feedback = check("lab.1", answer).feedback
    assert spelled is None or f"in {spelled} your" in feedback


def test_a_tensor_without_entries_keeps_its_shape_in_words():
    assert judging.spelled(torch.zeros(0, 2)) == "torch.empty((0, 2))"
    assert judging.spelled(torch.zeros(0)) == "torch.tensor([])"


def test_what_was_not_registered_cannot_be_taken_back():
    with pytest.raises(ValueError, match="'05.2' was not registered; there are lab.1"):
        add()
        unregister("05.2")


def test_the_example_of_the_module_is_a_file_that_works(tmp_path):
    """As a lecturer would try it: a file of its own, beside the notebook."""
    from book_utils.exercises import own

    example = re.search(r"^    @register.*?(?=^\S)", own.__doc__, re.MULTILINE | re.DOTALL)[0]
    head = "import torch\nfrom book_utils.exercises import check, register\n\n"
    lines = "\n".join(line[4:] for line in example.splitlines())
    (tmp_path / "mine.py").write_text(f"{head}{lines}\n\ncheck('lab.1', lambda x: x.mean())\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "mine.py"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert "This is the mean. Sort first." in done.stdout
