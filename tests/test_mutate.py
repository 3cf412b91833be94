"""The inputs of the exercises are strong: small edits of the right answers, made by machine, are refused."""

from dataclasses import replace

import pytest

from book_utils.exercises import EXERCISES
from tools import mutate


@pytest.mark.parametrize("number", EXERCISES)
def test_no_edit_of_a_right_answer_is_right_but_those_that_say_the_same(number, monkeypatch):
    monkeypatch.setattr(mutate, "MORE", range(1000, 1030, 10))
    found = mutate.report(EXERCISES[number], most=50)
    assert found.tried >= mutate.LEAST and not found.missed
    if EXERCISES[number].limit is None:  # within a limit, many are right
        assert len(found.same) < found.tried / 4, found.same


def test_what_weak_inputs_miss_is_found(monkeypatch):
    """With its first input alone, chapter 02's step does not show whether the batch size counts."""
    weak = replace(EXERCISES["02.3"], inputs=lambda: EXERCISES["02.3"].inputs()[:1])
    monkeypatch.setattr(
        type(weak), "tries", lambda self, seed=0: self.inputs() if not seed else EXERCISES["02.3"].inputs()
    )
    assert any("batch_size" not in text.partition("return")[2] for text in mutate.report(weak).missed)
