"""The exercises' checks: they accept what is right in any form, and say kindly what is wrong on which input."""

import dis
import random
import re

import numpy as np
import pytest
import torch
from signs import SIGNS
from torch.nn import functional

from book_utils.exercises import EXERCISES, LANGUAGES, check, judging
from book_utils.exercises.judging import Judge


@pytest.fixture(autouse=True)
def nobody_has_failed_yet(monkeypatch):
    monkeypatch.setattr(judging, "_failures", {})


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
    return functional.huber_loss(a.double(), b.double(), reduction="none", delta=d)


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
    exec("def answer(y_hat, y, delta: float = 1.0):\n" + "".join(f"    {line}\n" for line in body.splitlines()), names)
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


MISTAKES = [(number, name) for number, signs in SIGNS.items() for name in signs]


@pytest.mark.parametrize(("number", "name"), MISTAKES)
def test_every_mistake_gets_its_hint_and_the_value_at_the_second_failure_only(number, name, capsys):
    """Its own hint, in both languages: what others of the exercise say, or do, is said and done by them alone."""
    exercise, (english, chinese, total, count) = EXERCISES[number], SIGNS[number][name]
    mistake = exercise.mistakes[name]
    first, second = (ask(number, mistake, capsys) for _ in range(2))
    assert english in first and english in second and chinese in ask(number, mistake, capsys, "zh")
    assert "Expected" not in first
    assert "Expected" in second or "shape" in second or "raised" in second
    for language, words in (("en", english), ("zh", chinese)):
        hints = LANGUAGES[language].HINTS[number]
        assert {hint for hint in hints.values() if words in hint} == {hints[name]}
    results = [judging.outcome(mistake, arguments) for arguments in exercise.inputs()]
    finite = torch.cat([result[result.isfinite()] for result in results if isinstance(result, torch.Tensor)])
    assert (finite.abs().sum().item(), len(finite)) == (pytest.approx(total, rel=1e-3), count)


def test_every_mistake_of_the_library_is_tried():
    assert {number: set(exercise.mistakes) for number, exercise in EXERCISES.items()} == {
        number: set(signs) for number, signs in SIGNS.items()
    }


@pytest.mark.parametrize("number", EXERCISES)
def test_the_solution_is_right_and_makes_no_mistake(number, capsys):
    exercise = EXERCISES[number]
    assert ask(number, exercise.solve, capsys) == f"{number}: right.\n"
    assert not Judge(number, "en").hint(exercise.solve)
    assert len(exercise.mistakes) >= 2


@pytest.mark.parametrize("number", EXERCISES)
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
        exercise.solve,
        None,
        *exercise.mistakes.values(),
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
    with pytest.raises(ValueError, match="the checks speak en, zh, not 'xx'"):
        check("05.2", by_hand, language="xx")


def no_offset(y_hat, y, delta=1.0):
    r = (y_hat - y).abs()
    return torch.where(r < delta, r**2 / 2, delta * r)


def test_input_symptom_hint_and_then_the_expected_value(said):
    first, second = said(no_offset), said(no_offset)
    assert first.startswith("05.2: at y_hat = 3, y = 0 your loss is 3. Mind the offset beyond delta")
    assert "Expected: 2.5." in second


def test_what_is_too_long_to_be_shown_is_shown_in_part():
    judge = Judge("06.5", "en")
    assert judge.shown(bytes(12)) == "00 " * 11 + "00" and judge.shown(bytes(13)) == "00 " * 12 + "... (13 bytes)"
    assert (
        judge.shown(torch.ones(16)) == "[" + "1, " * 15 + "1]"
        and judge.shown(torch.ones(17)) == "a tensor of shape (17,)"
    )


def test_success_sets_the_count_of_failures_back(said):
    said(no_offset)
    said(by_hand)
    assert "Expected" not in said(no_offset)


def test_only_a_wrong_value_counts_as_a_failure(said):
    said(None)
    said(lambda y_hat, y, delta=1.0: y_hat.nonsense)
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
        (raises, "raised AttributeError: 'Tensor' object has no attribute 'no_such_method' (line 3 of the function)"),
        (forgets_return, "returns nothing. Is a return missing?"),
        (writes_into_its_input, "changed its input"),
        (lambda y_hat, y, delta=1.0: "high", "returns a value of type str"),
        (lambda y_hat, y, delta=1.0: by_hand(y_hat, y, delta).mean(), "not their mean"),
        (lambda y_hat, y, delta=1.0: by_hand(y_hat, y, delta).sum(), "not their sum"),
        (
            lambda y_hat, y: by_hand(y_hat, y),
            "y = [0, 0, 0, 0, 0, 0], delta = 2 your code raised TypeError",
        ),
        (lambda y_hat, y, delta=1.0: 0 / 0, "raised ZeroDivisionError"),
        (lambda y_hat, y, delta=1.0: y_hat * float("nan"), "your loss is nan"),
        (None, "hand over the function itself, as in check('05.2', my_huber); this is None"),
        (torch.tensor(2.5), "this is a value of type Tensor"),
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
    torch.set_grad_enabled(False)
    if delta == 2:
        raise KeyError("in the middle")
    return by_hand(y_hat, y, delta)


def under_usual_settings(y_hat, y, delta=1.0):
    if not torch.is_grad_enabled() or torch.get_default_dtype() != torch.float32:
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
            assert ("KeyError" if answer is meddling else "right.") in said(answer)
            assert not torch.is_grad_enabled() and torch.get_default_dtype() == torch.float16
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.is_grad_enabled()
    assert (torch.rand(1).item(), np.random.rand(), random.random()) == expected
