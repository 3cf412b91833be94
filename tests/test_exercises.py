"""The exercises' checks: they accept what is right in any form, and say kindly what is wrong on which input."""

import contextlib
import dis
import math
import random
import re
import signal
import sys
import textwrap
import threading
import time
from dataclasses import replace
from importlib import import_module

import attempts
import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib import pyplot as plt
from signs import SIGNS
from torch import nn
from torch.nn import functional

from book_utils.exercises import EXERCISES, LANGUAGES, asking, calling, check, hint, judging, locks, progress, solution
from book_utils.exercises.diagnosis import CHANGES, PARTS, close
from book_utils.exercises.rules import RULES


@pytest.fixture(autouse=True)
def nobody_has_failed_yet(monkeypatch, tmp_path):
    records = {}
    for module in (judging, asking):
        monkeypatch.setattr(module, "RECORDS", records)
    monkeypatch.setattr(locks, "FILE", tmp_path / "etc" / "lock")
    monkeypatch.delenv("BOOK_UTILS_LOCK", raising=False)


@pytest.fixture
def said(capsys):
    """Return a function that checks an answer to 05.2 and returns what is said."""

    def run(answer):
        check("05.2", answer)
        return capsys.readouterr().out

    return run


def by_hand(y_hat, y, delta=1.0):
    error = abs(y_hat - y)
    return torch.where(error <= delta, 0.5 * error * error, delta * error - 0.5 * delta**2)


def by_clamp(prediction, target, threshold=1):
    inner = (prediction - target).abs().clamp(max=threshold)
    return inner * ((prediction - target).abs() - inner / 2)


def in_double(a, b, d=1.0):
    return by_hand(a.double(), b.double(), d)


def element_by_element(y_hat, y, delta=1.0):
    losses = y_hat.clone()
    for i, (p, t) in enumerate(zip(y_hat.flatten().tolist(), y.flatten().tolist())):
        r = abs(p - t)
        losses.view(-1)[i] = r * r / 2 if r < delta else delta * (r - delta / 2)
    return losses


def in_numpy(y_hat, y, delta=1.0):
    r = np.abs(y_hat.numpy() - y.numpy())
    return np.where(r <= delta, r**2 / 2, delta * (r - delta / 2))


RIGHT = [by_hand, by_clamp, in_double, element_by_element, in_numpy]


@pytest.mark.parametrize("answer", RIGHT)
def test_right_in_any_reasonable_form(said, answer):
    assert said(answer) == "05.2: right.\n"


def dots(y_hat, y, delta=1.0):
    """Return Huber's loss of each example."""
    ...  # your code


def only_pass(y_hat, y, delta=1.0):
    pass


@pytest.mark.parametrize("stub", [dots, only_pass])
def test_an_untouched_stub_is_not_done_yet_however_often(said, stub):
    assert "not done yet" in said(stub) and "not done yet" in said(stub)


def written(body: str):
    """Return a function with this body, made as a cell makes it."""
    names = {}
    exec("def answer(y_hat, y, delta: float = 1.0):\n" + textwrap.indent(body, "    "), names)
    return names["answer"]


@pytest.fixture(params=["this Python", "a Python with other instructions"])
def any_python(request, monkeypatch):
    """Names of instructions change from version to version: that of this one, and other ones."""
    if request.param != "this Python":
        ours = dis.get_instructions
        monkeypatch.setattr(dis, "get_instructions", lambda f: (i._replace(opname=f"NEW_{i.opname}") for i in ours(f)))


STUBS = [
    "...",
    "...\n...",
    "pass",
    "pass\npass\nreturn",
    "return None",
    "return ...",
    "'words'",
    "'words'\n...\nreturn",
]


@pytest.mark.parametrize("body", STUBS)
def test_a_stub_may_be_written_in_any_way(any_python, body):
    assert judging.is_stub(written(body))


DONE = [
    "True",
    "False",
    "0",
    "-1",
    "300",
    "2.5",
    "''",
    "'words'",
    "()",
    "[]",
    "y",
    "y_hat.shape",
    "print",
    "AssertionError",
]


@pytest.mark.parametrize(
    "body",
    [
        *(f"return {value}" for value in DONE),
        "'words'\nreturn 'words'",
        "assert y",
        "raise ValueError",
        "yield",
        "y = 0",
    ],
)
def test_whatever_does_something_is_no_stub(any_python, body):
    """Some of these have an instruction of their own since Python 3.14."""
    assert not judging.is_stub(written(body))


def ask(number, answer, capsys, language="en"):
    check(number, answer, language=language)
    return capsys.readouterr().out


def handed_over(exercise, function):
    """Return what a reader hands over: a function, or the value that it makes."""
    return function() if exercise.value else function


MISTAKES = [(number, name) for number, signs in SIGNS.items() for name in signs]


@pytest.mark.parametrize(("number", "name"), MISTAKES)
def test_every_mistake_gets_its_hint_and_the_value_at_the_second_failure_only(number, name, capsys):
    """Its own hint, in both languages: what others of the exercise say, or do, is said and done by them alone."""
    exercise, (english, chinese, total, count) = EXERCISES[number], SIGNS[number][name]
    mistake = handed_over(exercise, exercise.mistakes[name])
    first, second = (ask(number, mistake, capsys) for _ in range(2))
    assert english in first and english in second and chinese in ask(number, mistake, capsys, "zh")
    assert "Expected" not in first
    assert (
        "Expected" in second or "is expected" in second or "raised" in second or check(number, mistake).kind == "broken"
    )
    for language, words in (("en", english), ("zh", chinese)):
        hints = LANGUAGES[language].HINTS[number]
        assert {hint for hint in hints.values() if words in hint} == {hints[name]}
    answer = exercise.of_arguments(exercise.mistakes[name])
    results = [judging.outcome(answer, arguments, exercise) for arguments in exercise.inputs()]
    numbers = [result[result.isfinite()] for result in results if isinstance(result, torch.Tensor)]
    finite = torch.cat([torch.zeros(0), *(each.flatten() for each in numbers)])
    sizes = finite**2 if exercise.reads else finite.abs()
    assert (sizes.sum().item(), len(finite)) == (pytest.approx(total, rel=1e-3), count)


def test_every_mistake_of_the_library_is_tried():
    assert {number: set(exercise.mistakes) for number, exercise in EXERCISES.items()} == {
        number: set(signs) for number, signs in SIGNS.items()
    }


@pytest.mark.parametrize("number", EXERCISES)
def test_the_solution_is_right_and_makes_no_mistake(number, capsys):
    exercise = EXERCISES[number]
    assert ask(number, handed_over(exercise, exercise.solve), capsys) == f"{number}: right.\n"
    assert len(exercise.mistakes) >= 2


@pytest.mark.parametrize("number", [number for number, exercise in EXERCISES.items() if not exercise.reads])
def test_answers_of_other_precision_or_with_gradients_are_right(number, capsys):
    def in_double(*arguments):
        return torch.as_tensor(EXERCISES[number].solve(*arguments)).double().requires_grad_()

    assert ask(number, in_double, capsys) == f"{number}: right.\n"


def placeholders(text):
    return set(re.findall(r"\{(\w+)", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_for_everything(language):
    words, english = LANGUAGES[language], LANGUAGES["en"]
    assert words.MESSAGES.keys() == english.MESSAGES.keys()
    for occasion, text in words.MESSAGES.items():
        assert placeholders(text) == placeholders(english.MESSAGES[occasion]), occasion
    assert words.QUANTITIES.keys() == words.HINTS.keys() == EXERCISES.keys()
    for number, exercise in EXERCISES.items():
        assert words.HINTS[number].keys() == exercise.mistakes.keys()


@pytest.mark.parametrize("number", EXERCISES)
def test_in_chinese_there_is_no_english_but_names(number, capsys):
    """Whatever is said, and however often: no two English words in a row, other than what Python says of an error."""
    exercise = EXERCISES[number]
    answers = [
        None,
        *(handed_over(exercise, function) for function in (exercise.solve, *exercise.mistakes.values())),
        lambda *_: "high",
        lambda *_: torch.ones(99),
        only_pass,
    ]
    for answer in answers * 2:
        text = ask(number, answer, capsys, "zh")
        assert re.search("[\u4e00-\u9fff]", text)
        if "引发了" not in text:
            assert not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", text), text


def test_an_unknown_language_is_an_error():
    for ask in (lambda: check("05.2", by_hand, language="xx"), lambda: progress(language="xx")):
        with pytest.raises(ValueError, match="the checks speak en, zh, not 'xx'"):
            ask()


def test_progress_is_shown_where_there_is_no_exercise_yet(monkeypatch, capsys):
    """An edition whose exercises are to come, or a lecturer's own chapter alone."""
    monkeypatch.setattr(asking, "EXERCISES", {})
    progress(language="zh")
    assert capsys.readouterr().out == ""


def no_offset(y_hat, y, delta=1.0):
    r = (y_hat - y).abs()
    return torch.where(r < delta, r**2 / 2, delta * r)


def test_input_symptom_hint_and_then_the_expected_value(said):
    first, second = said(no_offset), said(no_offset)
    assert first.startswith(
        "05.2: in no_offset(torch.tensor([3.0]), torch.tensor([0.0])) your loss is 3. Mind the offset beyond delta"
    )
    assert "Expected" not in first and "Expected: 2.5." in second


def test_success_sets_the_count_of_failures_back(said):
    said(no_offset)
    said(by_hand)
    assert "Expected" not in said(no_offset)


def test_only_a_wrong_value_counts_as_a_failure(said):
    said(None)
    said(lambda y_hat, y, delta=1.0: y_hat.nonsense)
    assert "Expected" not in said(no_offset)


def half_is_missing(y_hat, y, delta=1.0):
    r = (y_hat - y).abs()
    return torch.where(r < delta, r**2, delta * (r - delta / 2))


def test_a_new_mistake_gets_new_patience(said):
    said(no_offset)
    assert "Expected" not in said(half_is_missing)
    assert "Expected" in said(half_is_missing)
    assert "Expected" not in said(no_offset)


def raises(y_hat, y, delta=1.0):
    r = y_hat - y
    return r.no_such_method()


def forgets_return(y_hat, y, delta=1.0):
    by_hand(y_hat, y, delta)


def writes_into_its_input(y_hat, y, delta=1.0):
    y_hat -= y
    return by_hand(y_hat, torch.zeros_like(y), delta)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            raises,
            "raised AttributeError: 'Tensor' object has no attribute 'no_such_method'.\n"
            "    line 3 of raises: return r.no_such_method()\n",
        ),
        (forgets_return, "returns nothing. Is a return missing?"),
        (writes_into_its_input, "changed its input"),
        (lambda y_hat, y, delta=1.0: "high", "returns a value of type str"),
        (lambda y_hat, y, delta=1.0: by_hand(y_hat, y, delta) + 0j, "complex numbers; real ones are expected"),
        (lambda y_hat, y, delta=1.0: list(by_hand(y_hat, y, delta)), "several tensors; one is expected: torch.stack"),
        (lambda y_hat, y, delta=1.0: torch.ones(2), "returns shape (2,); shape (6,) is expected"),
        (lambda y_hat, y, delta=1.0: 7, "returns one number; shape (6,) is expected"),
        (lambda y_hat, y, delta=1.0: {"a": 1}, "returns a value of type dict; numbers are expected"),
        (lambda y_hat, y, delta=1.0: by_hand(y_hat, y, delta).mean(), "not their mean"),
        (lambda y_hat, y, delta=1.0: by_hand(y_hat, y, delta).sum(), "not their sum"),
        (
            lambda y_hat, y: by_hand(y_hat, y),
            "torch.tensor([0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), 2.0) raised TypeError",
        ),
        (lambda y_hat, y, delta=1.0: 0 / 0, "raised ZeroDivisionError"),
        (lambda y_hat, y, delta=1.0: y_hat * float("nan"), "your loss is nan"),
        (None, "hand over the function itself, as in check('05.2', my_huber); this is None"),
        (torch.tensor(2.5), "this is a value of type Tensor"),
        (nn.HuberLoss, "hand over a function; HuberLoss is a class"),
    ],
)
def test_what_else_goes_wrong_is_said_and_not_thrown(said, answer, words):
    assert words in said(answer)


def test_an_unknown_exercise_is_an_error_that_names_those_there_are():
    with pytest.raises(ValueError, match=r"no exercise '05\.99'.*05\.2"):
        check("05.99", by_hand)


def meddling(y_hat, y, delta=1.0):
    torch.manual_seed(1)
    np.random.seed(1)
    random.seed(1)
    torch.set_default_dtype(torch.float64)
    torch.set_default_device("meta")
    torch.set_grad_enabled(False)
    torch.set_num_threads(3)
    np.seterr(all="ignore")
    sys.setrecursionlimit(5000)
    if delta == 2:
        raise KeyError("in the middle")
    return by_hand(y_hat, y, delta)


def under_usual_settings(y_hat, y, delta=1.0):
    if not torch.is_grad_enabled() or torch.get_default_dtype() != torch.float32 or torch.zeros(1).device.type != "cpu":
        raise RuntimeError("unusual")
    return by_hand(y_hat, y, delta)


def test_a_list_that_the_answer_empties_has_changed(capsys):
    assert "changed its input" in ask(
        "02.4", lambda batch_losses: torch.cat([batch_losses.pop() for _ in range(2)]).mean(), capsys
    )


@pytest.mark.parametrize("answer", [meddling, under_usual_settings])
def test_random_state_dtype_and_grad_mode_stay_as_they_were(said, answer):
    torch.manual_seed(7)
    np.random.seed(7)
    random.seed(7)
    expected = torch.rand(1).item(), np.random.rand(), random.random()
    torch.manual_seed(7)
    np.random.seed(7)
    random.seed(7)
    try:
        torch.set_default_dtype(torch.float16)
        with torch.no_grad():
            before = torch.get_num_threads(), np.geterr(), sys.getrecursionlimit(), torch.get_default_device()
            assert ("KeyError" if answer is meddling else "right.") in said(answer)
            assert not torch.is_grad_enabled() and torch.get_default_dtype() == torch.float16
            after = torch.get_num_threads(), np.geterr(), sys.getrecursionlimit(), torch.get_default_device()
            assert after == before
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.is_grad_enabled()
    assert (torch.rand(1).item(), np.random.rand(), random.random()) == expected


def test_the_default_device_stays_what_it_was(said):
    torch.set_default_device("meta")
    try:
        assert said(by_hand) == "05.2: right.\n" and torch.get_default_device().type == "meta"
    finally:
        torch.set_default_device(None)


# Attacked with answers as readers write them.

ATTEMPTS = {
    kind: [(number, attempt) for number, all_of_it in getattr(attempts, kind).items() for attempt in all_of_it]
    for kind in ("RIGHT", "WRONG", "BREAKS")
}


def test_every_exercise_is_attacked_and_has_hints():
    there = {f"tests/attempts.py, {kind}": getattr(attempts, kind) for kind in ("RIGHT", "WRONG")}
    there |= {f"book_utils/exercises/levels_{language}.py": levels for language, levels in asking.LEVELS.items()}
    lacks = {file: missing for file, entries in there.items() if (missing := sorted(EXERCISES.keys() - entries.keys()))}
    assert not lacks, f"write entries for these exercises: {lacks}"
    assert attempts.RIGHT.keys() == attempts.WRONG.keys() <= EXERCISES.keys()
    assert attempts.BREAKS.keys() == {number for number in attempts.RIGHT if EXERCISES[number].without}


@pytest.mark.parametrize("number", attempts.RIGHT)
def test_right_answers_in_any_style_are_right(number):
    for attempt in attempts.RIGHT[number]:
        result = check(number, attempts.function(number, attempt))
        plt.close("all")
        assert result.passed and result.score == 1 and result.feedback.startswith("right."), attempt


NAMED = re.compile(r"in (\w+\(.*\)) your [^.]* is ([-\d.einfa+]+)(?:, at (\[.*?\]))?\. ")


@pytest.mark.filterwarnings(r"ignore:var\(\)", "ignore:The use of `x.T`")  # of the attempts
@pytest.mark.parametrize("number", attempts.WRONG)
def test_wrong_answers_are_not_and_what_is_said_can_be_repeated(number):
    """The call that is named returns what it is said to, and ``inputs`` are its arguments."""
    repeated = 0
    for attempt in attempts.WRONG[number]:
        answer = attempts.function(number, attempt)
        result = check(number, answer)
        plt.close("all")
        assert not result.passed and result.score < 1, attempt
        if named := NAMED.match(result.feedback):
            call, value, entry = named.groups()
            names = {**attempts.NAMES, **dict(zip(EXERCISES[number].parameters, result.inputs))}
            names[EXERCISES[number].name] = answer
            calling.seed(0)
            again = answer(*result.inputs) if " of " in call else eval(call, names)
            again = torch.as_tensor(EXERCISES[number].judged(again, result.inputs)).double()
            again = again[tuple(eval(entry))] if entry else again.reshape(())
            assert again.item() == pytest.approx(float(value), rel=1e-3, nan_ok=True), (attempt, result.feedback)
            repeated += 1
    assert repeated > 3 or EXERCISES[number].value


@pytest.mark.parametrize(("number", "attempt"), ATTEMPTS["BREAKS"])
def test_what_breaks_the_rule_of_the_exercise_is_told_so(number, attempt):
    result = check(number, attempts.function(number, attempt))
    assert not result.passed and result.score == 0.5
    assert result.feedback.startswith("right, but the exercise asks for it without ")


def test_rules_are_known():
    assert {rule for exercise in EXERCISES.values() for rule in exercise.without} == RULES.keys()


# It ends, is not loud, and asks nobody.


@pytest.fixture(params=["alarm", "no alarm", "another thread"])
def short(request, monkeypatch):
    """Give exercise 05.2 little time; return a function that has an answer to it checked."""
    monkeypatch.setitem(EXERCISES, "05.2", replace(EXERCISES["05.2"], seconds=0.3))
    if request.param == "no alarm":  # as on Windows
        monkeypatch.delattr(signal, "setitimer", raising=False)

    def run(answer):
        results = []
        thread = threading.Thread(target=lambda: results.append(check("05.2", answer)))
        if request.param == "another thread":
            thread.start()
            thread.join()
        else:
            thread.run()
        return results[0]

    return run


def endless(y_hat, y, delta=1.0):
    i = 0
    while i < 10:
        y_hat = y_hat + 1
    return y_hat


def stubborn(y_hat, y, delta=1.0):
    while True:
        with contextlib.suppress(Exception):
            y_hat = y_hat + 1


@pytest.mark.parametrize("answer", [endless, stubborn])
def test_what_does_not_end_is_stopped(short, capsys, answer):
    result = short(answer)
    assert "had not ended when 0.3 seconds were over. Does each loop end?" in result.feedback
    assert f"of {answer.__name__}: " in capsys.readouterr().out
    assert short(by_hand).passed  # and nothing is left that rings later


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="only an alarm wakes it")
def test_an_alarm_wakes_the_sleeping_and_leaves_that_of_others(monkeypatch):
    monkeypatch.setitem(EXERCISES, "05.2", replace(EXERCISES["05.2"], seconds=0.2))
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    try:
        signal.setitimer(signal.ITIMER_REAL, 300)
        assert "had not ended" in check("05.2", lambda y_hat, y, delta=1.0: time.sleep(600)).feedback
        assert not rung and 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 300
        signal.raise_signal(signal.SIGALRM)
        assert rung
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_an_import_is_not_cut_short(monkeypatch, tmp_path):
    monkeypatch.setitem(EXERCISES, "05.2", replace(EXERCISES["05.2"], seconds=0.2))
    (tmp_path / "slow_to_import.py").write_text("import time\ntime.sleep(0.5)\nready = True\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    def answer(y_hat, y, delta=1.0):
        return by_hand(y_hat, y, delta) if import_module("slow_to_import").ready else None

    assert check("05.2", answer).passed


def test_an_interrupt_is_said_and_passed_on(capsys):
    def answer(y_hat, y, delta=1.0):
        raise KeyboardInterrupt

    torch.set_default_dtype(torch.float64)
    try:
        with pytest.raises(KeyboardInterrupt):
            check("05.2", answer)
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert "interrupted in answer(torch.tensor([0.0, 0.5" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import sys\nsys.exit()", "ends the whole program"),
        ("raise SystemExit(3)", "ends the whole program"),
        ("input('how much?')", "asks with input()"),
        ("breakpoint()", "asks with breakpoint()"),
        ("import pdb\npdb.Pdb().set_trace()\nreturn y", "asks with input()"),
        ("import sys\nsys.stdout.close()\nprint('still there')", "returns nothing"),
        ("class Odd(Exception):\n    def __str__(self):\n        return 3\nraise Odd", "raised Odd."),
        ("import numpy\nreturn numpy.array([1j])", "complex numbers"),
        ("import numpy\nreturn numpy.array([None])", "a value of type ndarray"),
        ("yield y", "a value of type generator"),
        ("raise GeneratorExit", "raised GeneratorExit."),
        ("raise NotImplementedError('todo')", "not done yet"),
        ("return y_hat.to_sparse() ^ y", "In Python the power is **, not ^."),
        ("if y_hat > y:\n    return y", "torch.where decides entry by entry"),
        ("return y_hat @ y.unsqueeze(0)", "print the .shape of both"),
        ("return (y_hat > y).mean()", ".float() makes them"),
        ("return y_hat[y]", "Indices must be whole numbers"),
        ("return undefined", "Is the cell that defines it above"),
        ("return answer(y_hat, y)", "calls itself too many times"),
    ],
)
def test_what_python_says_is_explained(body, words):
    assert words in check("05.2", written(body)).feedback


def test_too_few_parameters_are_told_how_they_are_called():
    assert "The check calls my_huber(y_hat, y), my_huber(y_hat, y, delta)." in check("05.2", lambda a: a).feedback


def test_it_is_called_once_on_each_input():
    seen = []

    def answer(y_hat, y, delta=1.0):
        seen.append((y_hat, y, delta))
        return by_hand(y_hat, y, delta)

    check("05.2", answer)
    assert len(seen) == len(EXERCISES["05.2"].tries()) + 1  # the last one watches what it calls
    seen.clear()
    check("05.2", lambda *arguments: answer(*arguments) * 3)
    assert len(seen) == len(EXERCISES["05.2"].tries()) + 2  # one entry alone; and whether it says the same again


def test_what_is_printed_is_shown_once_and_not_at_length(capsys, said):
    def answer(y_hat, y, delta=1.0):
        for i in range(1000):
            print("step", i, "of", delta)
        plt.figure()
        return by_hand(y_hat, y, delta) * (3 if delta == 2.0 else 1)

    figures = plt.get_fignums()
    out = said(answer)
    assert out.count("step 0 of 2.0") == 1 and "of 1.0" not in out and len(out.splitlines()) == 13
    assert capsys.readouterr().err == "" and plt.get_fignums() == figures


def test_where_it_is_wrong_is_shown_with_the_line_of_the_reader(said):
    def helper(r):
        return r.no_such_method()

    out = said(lambda y_hat, y, delta=1.0: functional.relu(helper(y_hat - y)))
    assert "of helper: return r.no_such_method()" in out and "of <lambda>: " in out
    assert out.count("line ") == 2


# What is said of a value is so, and can be repeated.


def test_the_first_wrong_entry_has_as_many_digits_as_it_takes(said):
    def answer(y_hat, y, delta=1.0):
        return by_hand(y_hat, y, delta) * 1.0002

    assert "your loss is 0.12503. On every input this is 1.0002 times the right result." in said(answer)
    assert "Expected: 0.125." in said(answer)


def test_a_wrong_entry_is_named(capsys):
    def answer(O):
        P = torch.softmax(O, 1)
        P[-1, -1] = 0.5
        return P

    assert "is 0.5, at [0, 1]." in ask("04.4", answer, capsys)


def test_one_number_is_called_so(capsys):
    assert "returns shape (1,); one number is expected" in ask("03.3", lambda y_hat, y: torch.ones(1), capsys)


@pytest.mark.parametrize(
    ("number", "attempt", "words"),
    [
        ("07.3", "-3 * y_hat[torch.arange(len(y)), y].log()", "On every input this is 3 times the right result."),
        ("07.3", "-y_hat[torch.arange(len(y)), y].log10()", "This takes log10; log is meant."),
        ("04.6", "torch.special.entr(P).sum() / math.log(10)", "This takes log10; log2 is meant."),
        ("07.3", "1 - y_hat[torch.arange(len(y)), y].log()", "On every input this is the right result plus 1."),
        ("01.4", "3.0", "The result is the same whatever the arguments are."),
        ("01.4", "((X @ w + b - y) ** 2)[0] / 2", "Only the first example counts here."),
        ("01.4", "((X @ w + b - y) ** 2)[-1] / 2", "Only the last example counts here."),
        ("02.4", "torch.cat(batch_losses[:-1] or [torch.zeros(1)]).mean()", "The last batch is left out."),
        ("02.4", "torch.cat(batch_losses[1:] or [torch.zeros(1)]).mean()", "The first batch is left out."),
        ("07.3", "-y_hat[torch.arange(len(y)), y].log()[0]", "Only the first of the results is here."),
        ("07.3", "-y_hat[torch.arange(len(y)), y].log()[-1:]", "Only the last of the results is here."),
        ("04.4", "(O.exp() / O.exp().sum(1, keepdim=True)).T", "rows and columns have changed places"),
        ("04.4", "(O.exp() / O.exp().sum(1, keepdim=True)).flip(0)", "their order is reversed"),
        ("04.4", "(O.exp() / O.exp().sum(1, keepdim=True)).sort(1).values", "they stand in another order"),
        ("04.4", "O.exp() / O.exp().sum(1, keepdim=True) + O[0, 0] * 0 - 0.5", "the right result plus -0.5"),
        ("04.4", "(O.exp() / O.exp().sum(1, keepdim=True)).mean()", "This is the mean of the right results"),
        ("02.3", "(param - lr * grad / batch_size).sum()", "This is the sum of the right results"),
        ("04.5", "(torch.softmax(O, 1) - F.one_hot(y, O.shape[1])).abs()", "the sign has been lost"),
        ("04.5", "(torch.softmax(O, 1) - F.one_hot(y, O.shape[1])).round(decimals=2)", "right result, rounded:"),
        ("06.6", "torch.stack([images[labels == k].float().mean(0) // 1 for k in labels.unique()])", "rounded down"),
        ("04.5", "(torch.softmax(O, 1) - F.one_hot(y, O.shape[1])) * O.shape[1]", "which differs from input to input"),
        ("02.3", "param - lr * grad * 0.7", "Your function never uses batch_size."),
        ("01.5", "X.T @ (X @ w + b - y).abs() / len(y) + 0 * w * torch.rand(1)", ""),
        ("01.5", "torch.rand(len(w))", "something else the second time"),
        ("08.3", "-(O - O.max(1, keepdim=True).values).log_softmax(1)", "Only the sign is wrong, on every input."),
    ],
)
def test_what_wrong_results_have_in_common_is_said(number, attempt, words):
    torch.manual_seed(0)
    result = check(number, attempts.function(number, attempt))
    assert words in result.feedback and not result.passed


def test_signs_alone(capsys):
    def answer(y_hat, y, delta=1.0):
        wrong = (y_hat - y).clamp(-delta, delta)
        return torch.where(y_hat > 1, -wrong, wrong)

    assert "The sizes are right on every input, some signs are not." in ask("05.4", answer, capsys)


def test_state_from_call_to_call_is_said():
    kept = []

    def answer(X, y, w, b):
        kept.append(((X @ w + b - y) ** 2 / 2).mean())
        return sum(kept)

    assert "something else the second time" in check("01.4", answer).feedback


def test_what_leaves_the_graph_is_right_with_a_word_on_it():
    result = check("01.4", lambda X, y, w, b: ((X @ w + b - y) ** 2 / 2).mean().item())
    assert result.passed and result.feedback.startswith("right. But no gradient flows through it")


def test_every_diagnosis_has_words():
    for words in LANGUAGES.values():
        assert {name for name, _ in CHANGES} | {name for _, *names in PARTS for name in names} <= words.MESSAGES.keys()


def test_closeness_is_relative():
    small, large = torch.tensor([2e-4]).double(), torch.tensor([1e6, 1.0]).double()
    assert close(small * (1 + 5e-5), small) and not close(small * 1.01, small)
    assert close(large + torch.tensor([50.0, 0.5]), large) and not close(large + torch.tensor([0.0, 3.0]), large)
    assert not close(torch.tensor([142857.0]), torch.tensor([142858.0]), exact=True)


# The result.


def test_the_result_tells_and_shows_nothing(capsys):
    result = check("05.2", no_offset)
    assert (result.exercise, result.passed) == ("05.2", False) and 0 < result.score < 1
    assert f"05.2: {result.feedback}\n" == capsys.readouterr().out
    assert torch.equal(no_offset(*result.inputs), torch.tensor([3.0]))
    assert check("05.2", by_hand).score == 1 and check("05.2", dots).score == 0


def in_notebook(*cells):
    """Run cells in a shell of IPython; return what the last one shows."""
    shell = InteractiveShell.instance()
    try:
        for cell in cells:
            with capture_output() as shown:
                shell.run_cell(cell, store_history=True)
        return shown
    finally:
        InteractiveShell.clear_instance()


def test_a_notebook_shows_what_is_printed_and_no_more():
    shown = in_notebook(
        "from book_utils.exercises import check\nfrom IPython.display import display",
        "def my_sum_lr(lr, batch_size):\n    display('loud')\n    return lr / (2 * batch_size)",
        "check('03.4', my_sum_lr)",
    )
    assert shown.stdout == "03.4: right.\nOut[3]: " and not shown.stderr and not shown.outputs  # no prompt in Jupyter


def test_after_a_syntax_error_the_old_function_is_not_judged():
    shown = in_notebook(
        "from book_utils.exercises import check",
        "def my_sum_lr(lr, batch_size):\n    return lr",
        "def my_sum_lr(lr, batch_size):\n    return lr / (2 * batch_size",
        "check('03.4', my_sum_lr)",
    )
    assert "the last cell with my_sum_lr has a syntax error in line 2: return lr / (2 * batch_size" in shown.stdout


BROKEN = "def my_sum_lr(lr, batch_size):\n    return lr / (2 * batch_size"
MENDED = "(lr, batch_size):\n    return lr / batch_size"


@pytest.mark.parametrize(
    "mended",
    [
        f"def my_sum_lr{MENDED}",
        f"def  my_sum_lr {MENDED}",
        f"%%time\ndef my_sum_lr{MENDED}",
        f"%%capture\ndef my_sum_lr{MENDED}",
        "my_sum_lr = lambda lr, batch_size: lr / batch_size",
        "from book_utils.exercises.chapter_03 import sum_lr as my_sum_lr",
        "%run mended.py",
        "exec('def my_sum_lr(lr, batch_size): return lr / batch_size')",
    ],
)
def test_what_was_mended_after_a_syntax_error_is_judged(mended, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mended.py").write_text(f"def my_sum_lr{MENDED}", encoding="utf-8")
    sum_lr = (
        "import book_utils.exercises.chapter_03 as chapter\nchapter.sum_lr = lambda lr, batch_size: lr / batch_size"
    )
    shown = in_notebook(f"{sum_lr}\nfrom book_utils.exercises import check", BROKEN, mended, "check('03.4', my_sum_lr)")
    assert "syntax" not in shown.stdout and "03.4: " in shown.stdout


@pytest.mark.parametrize(
    ("cells", "syntax"),
    [
        (["my_lr = 0.1.", "check('03.6', my_lr)"], True),
        (["fig, my_lr = plt.subplots(", "check('03.6', my_lr)"], True),
        (["my_lr = 0.1.", "my_lr=0.12", "check('03.6', my_lr)"], False),
        (["my_lr = 0.1.", "my_lr: float = 0.12", "check('03.6', my_lr)"], False),
        (["my_lr = 0.1.", "lr = my_lr = 0.12", "check('03.6', my_lr)"], False),
        (["my_lr = 0.1.", "for my_lr in (0.12,): pass", "check('03.6', my_lr)"], False),
        (["my_lr = 0.1.", "check('03.6', 0.12)"], False),
        (["my_lr = 0.1.", "print(my_lr)", "check('03.6', my_lr)"], True),
    ],
)
def test_after_a_syntax_error_the_old_value_is_not_judged_and_a_new_one_is(cells, syntax):
    shown = in_notebook("from book_utils.exercises import check\nmy_lr = ...", *cells)
    assert ("the last cell with my_lr has a syntax error in line 1: " in shown.stdout) == syntax
    assert ("still has the value of before" in shown.stdout) == syntax


# What is said is true.


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("10.3", lambda order, rank, size: [[1, 2], [3]], "a value of type list; numbers are expected"),
        ("08.11", lambda O, y: (torch.tensor([1.0, 2.0]), 1.0), "a value of type tuple; numbers are expected"),
        ("05.2", lambda *_: range(10**9), "a value of type range; numbers are expected"),
        ("09.4", lambda *a: torch.as_tensor(EXERCISES["09.4"].solve(*a)).double().round(), "right result, rounded:"),
        ("07.3", lambda y_hat, y: -(y_hat[torch.arange(len(y)), y] + 1e-6).log(), "It is right on"),
        ("05.2", lambda y_hat, y, delta=1.0: (y_hat - y) * math.nan, "inf and nan come of"),
        ("02.7", lambda w, b, n, noise: forgetful(w, n, noise), "is the bias there"),
        ("07.5", lambda softmax: bisected(softmax, lambda P: not P.isinf().any()), "Does the test notice nan"),
        ("02.6", [0.3, 0.01, 1e-3, 1e-4, 1e-5, 1e-6], "has not calmed down"),
        ("07.4", lambda net, data_iter: EXERCISES["07.4"].solve(net, data_iter[:1]), "Only the first batch counts"),
    ],
)
def test_what_is_said_of_a_wrong_answer_is_so(number, answer, words):
    feedback = check(number, answer).feedback
    assert words in feedback and not any(other in feedback for other in ("times a number", "whatever the arguments"))


def forgetful(w, num_examples, noise):
    """Return the data of a model without its bias."""
    X = torch.randn(num_examples, len(w))
    return X, (X @ w + noise * torch.randn(num_examples)).reshape(-1, 1)


def bisected(softmax, is_finite):
    low, high = 0.0, 1000.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if is_finite(softmax(torch.tensor([[middle, 0.0]]))) else (low, middle)
    return low


def test_inf_and_nan_are_spoken_of_where_they_are_shown_only():
    def through_the_ends(x, y):
        slope = (y[-1] - y[0]) / (x[-1] - x[0])
        return slope, y[0] - slope * x[0]

    feedback = check("01.6", through_the_ends).feedback
    assert ("inf and nan" in feedback) == (" is inf" in feedback or " is nan" in feedback)


def test_a_figure_over_words_has_no_line_over_the_numbers(capsys):
    with plt.ioff():
        axes = plt.figure().gca()
    axes.plot(["delta=0.01", "delta=0.1", "delta=1", "delta=10", "delta=100"], [1.6, 1.6, 1.6, 2.2, 2.3])
    assert "No line on these axes runs over" in ask("05.5", axes, capsys)


class Hostile:
    """Has a name that is none, and returns what raises whatever is asked of it."""

    __name__ = 3

    def __call__(self, *_):
        class Closed:
            def __getattr__(self, name):
                raise RuntimeError(name)

        return Closed()


def test_what_cannot_be_looked_at_is_named_by_its_type():
    assert "a value of type Closed" in check("05.2", Hostile()).feedback


def test_a_long_error_is_cut_short():
    def answer(y_hat, y, delta=1.0):
        raise ValueError("x" * 10**6)

    assert len(check("05.2", answer).feedback) < 1000


def test_two_checks_at_once_come_one_after_the_other(capsys):
    before, results = sys.stdout, []

    def slow(y_hat, y, delta=1.0):
        time.sleep(0.02)
        return by_hand(y_hat, y, delta)

    threads = [threading.Thread(target=lambda: results.append(check("05.2", slow).passed)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True, True] and sys.stdout is before
    assert capsys.readouterr().out == "05.2: right.\n" * 2


# Locks.


def test_locked_hints_and_solutions_are_not_told(monkeypatch, said):
    monkeypatch.setenv("BOOK_UTILS_LOCK", "hints")
    assert [("Mind the offset" in text, "Expected" in text) for text in (said(no_offset), said(no_offset))] == [
        (False, False),
        (False, True),
    ]
    monkeypatch.delenv("BOOK_UTILS_LOCK")
    locks.lock("solutions")
    assert [("Mind the offset" in text, "Expected" in text) for text in (said(no_offset), said(no_offset))] == [
        (True, False)
    ] * 2
    locks.lock()
    assert "Expected" in said(no_offset)
    with pytest.raises(ValueError, match="hints, solutions can be locked, not everything"):
        locks.lock("everything")


# Hints, solutions and progress, for those who ask.


def test_hints_say_more_at_each_call(capsys):
    levels = asking.LEVELS["en"]["05.2"]
    for i, text in enumerate(levels, 1):
        hint("05.2")
        said = capsys.readouterr().out
        assert said.startswith(f"05.2: hint {i} of {len(levels)}. {text}")
        assert ("solution('05.2')" in said) == (i == len(levels))
    hint("05.2", language="zh")  # the last one stays
    assert capsys.readouterr().out.startswith(f"05.2: 提示 3/3：{asking.LEVELS['zh']['05.2'][-1]}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_hints_and_they_differ(language):
    levels, english = asking.LEVELS[language], asking.LEVELS["en"]
    assert {number: len(texts) for number, texts in levels.items()} == {number: 3 for number in english}
    assert levels.keys() <= EXERCISES.keys() and len({*sum(levels.values(), ())}) == 3 * len(levels)


def test_where_there_are_no_hints_this_is_said(monkeypatch, capsys):
    monkeypatch.delitem(asking.LEVELS["en"], "05.2")
    hint("05.2")
    assert capsys.readouterr().out == "05.2: there are no hints to it.\n"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", EXERCISES)
def test_a_solution_can_be_run_alone_and_is_right(number, language, capsys):
    solution(number, language)
    head, _, code = capsys.readouterr().out.partition("\n\n")
    told = language == "en" and not EXERCISES[number].value
    assert head.startswith(f"{number}: ") and ('"""' in code) == told
    names = {"torch": torch}
    exec(code, names)
    plt.close("all")
    assert check(number, names[EXERCISES[number].name]).feedback == "right."


@pytest.fixture
def two_exercises(monkeypatch):
    """Leave two exercises in chapter 05."""
    for number in [number for number in EXERCISES if number[:2] == "05" and number not in ("05.2", "05.4")]:
        monkeypatch.delitem(EXERCISES, number)


def test_progress_counts_what_was_checked(capsys, said, two_exercises):
    progress("05")
    assert capsys.readouterr().out == (
        "Chapter 05  [--------------------]  0 of 2 right\n05.2 my_huber: not done yet\n"
        "05.4 my_huber_gradient: not done yet\n"
    )
    said(no_offset), said(by_hand), said(dots)
    hint("05.4")
    solution("05.4")
    check("05.4", lambda y_hat, y, delta=1.0: y_hat - y)
    capsys.readouterr()
    progress()
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == "Chapter 05  [--------------------]  0 of 2 right"  # the latest answer counts
    said(by_hand)
    progress()
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == "Chapter 05  [##########----------]  1 of 2 right"
    assert second == "05.2 my_huber: right, answers checked: 3"
    assert re.fullmatch(
        r"05\.4 my_huber_gradient: not right yet \(\d+% of the inputs\), answers checked: 1, hints: 1, solution seen",
        third,
    )
    progress("05", language="zh")
    assert "第 05 章  [##########----------]  做对 1 题，共 2 题" in capsys.readouterr().out


def test_in_a_notebook_progress_is_a_bar(two_exercises):
    shown = in_notebook("from book_utils.exercises import progress", "progress('05')")
    (bar,) = shown.outputs
    assert 'aria-label="0 of 2 right"' in bar.data["text/html"] and "width:0%" in bar.data["text/html"]
    assert not shown.stdout


def test_an_unknown_chapter_is_an_error():
    with pytest.raises(ValueError, match="no chapter '77' with exercises to check; there are 01"):
        progress("77")


def test_progress_tells_right_ways_from_others(capsys):
    check("04.4", lambda O: torch.softmax(O, 1))
    progress()
    assert "04.4 my_softmax: right, but in a way that it rules out, answers checked: 1" in capsys.readouterr().out


def test_no_debugger_stays_behind(said):
    trace, hook = sys.gettrace(), sys.breakpointhook
    said(written("import pdb\npdb.Pdb().set_trace()\nreturn y"))
    assert sys.gettrace() is trace and sys.breakpointhook is hook


def test_locks_close_hints_and_solutions(capsys):
    locks.lock("hints", "solutions")
    hint("05.2")
    solution("05.2")
    assert capsys.readouterr().out == "05.2: hints are locked here.\n05.2: solutions are locked here.\n"
    locks.lock("solutions")
    for _ in range(3):
        hint("05.2")
    assert "solution(" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("number", "attempt", "words"),
    [
        ("03.3", "((y_hat - y) ** 2).mean(0)", "one number is expected. The numbers are right, but in another shape."),
        ("03.3", "((y_hat - y) ** 2).sum() / (len(y) - 1)", "divides by one less than the number of examples"),
        ("01.4", "((X @ w + b - y) ** 2).sum() / 2 / (len(y) + 1)", "divides by one more than the number of examples"),
        ("01.4", "((X @ w + b - y) ** 2).mean() / 2 / len(y)", "divides by the number of examples once too often"),
        (
            "01.4",
            "for i in range(len(y)):\n    return ((X @ w + b - y) ** 2)[i] / 2 / len(y)",
            "Only the first example",
        ),
        (
            "07.4",
            "c = n = 0\nfor X, y in data_iter:\n    c = (net(X).argmax(1) == y).sum()\n    n += len(y)\nreturn c / n",
            "Only the last",
        ),
        ("08.4", "-torch.softmax(O, 1).log()[torch.arange(len(y)), y]", "inf and nan come of dividing by 0"),
        ("08.4", "F.cross_entropy(O.clamp(-50, 50), y, reduction='none')", "It is right on "),
        ("04.5", "torch.softmax(O, 1) - F.one_hot(y)", "tell it how many classes there are"),
        ("07.3", "-y_hat[y, torch.arange(len(y))].log()", "An index is too large for its axis"),
        ("06.5", "torch.tensor(list(content)).reshape(3, 2, 4)", "multiply to the number of values"),
    ],
)
def test_wrong_numbers_of_examples_shapes_and_infinities_are_said(number, attempt, words):
    assert words in check(number, attempts.function(number, attempt)).feedback
