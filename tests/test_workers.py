"""Functions in processes of their own: what they return and print, and whose fault it is if they fail."""

import json

import pytest
import torch

from book_utils import run_workers, workers


def fails_on_one(rank, size, divisor):
    import torch
    import torch.distributed as dist

    if rank == 1:
        print("één, zwei, 三")
        print(rank / divisor)
    dist.all_reduce(torch.ones(1))  # where the other one waits


def test_the_worker_that_failed_first_is_named_and_the_other_one_does_not_wait_for_it(capsys):
    with pytest.raises(RuntimeError) as raised:
        run_workers(fails_on_one, 2, 0)
    assert str(raised.value) == "worker 1 failed: ZeroDivisionError: division by zero, in line 7: print(rank / divisor)"
    assert capsys.readouterr().out == "één, zwei, 三\n"


def ends(rank, size):
    import os

    os._exit(3)


def test_a_worker_that_is_ended_from_outside_is_named(capfd):
    with pytest.raises(RuntimeError, match="worker 0 was ended from outside: .*exit code 3"):
        run_workers(ends, 1)
    assert capfd.readouterr() == ("", "")


def test_a_worker_without_what_the_notebook_has_is_told_so(tmp_path):
    notes = [12.5, 1, "NameError: name 'net' is not defined", None], [13.0, 0, "RuntimeError: Connection closed", None]
    for note in notes:
        (tmp_path / f"{note[1]}.error").write_text(json.dumps(note), encoding="utf-8")
    said = workers._blame(tmp_path, 2, RuntimeError())
    assert said.startswith("worker 1 failed: NameError: name 'net' is not defined. A worker begins with nothing: ")


def nested():
    def answer(rank, size):
        return torch.tensor(rank)

    return answer


def test_the_source_is_that_of_the_function_alone():
    assert workers._source(nested()) == "def answer(rank, size):\n    return torch.tensor(rank)\n"
