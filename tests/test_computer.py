"""``check_computer``: what a reader is told of a computer, in words, and in the language of the notebook."""

from importlib import metadata

import pytest
import torch

from book_utils import __main__ as report
from book_utils import check_computer, computer
from book_utils.fashion_mnist import files


@pytest.fixture(params=["en", "zh"])
def said(request, monkeypatch, capsys):
    """Return what is printed, with what is wrong marked."""
    monkeypatch.setenv("BOOK_UTILS_LANGUAGE", request.param)

    def lines():
        check_computer()
        return capsys.readouterr().out.splitlines()

    return lines


def marked(lines):
    return [line.startswith("! ") for line in lines]


@pytest.fixture(autouse=True)
def whole(monkeypatch):
    """Let a computer have all that is needed; a test takes something away."""
    monkeypatch.setattr(report, "missing", lambda: "nothing")
    monkeypatch.setattr(files, "outlook", lambda: ("real", "unpacked"))


def test_a_whole_computer_is_ready(said):
    lines = said()
    assert marked(lines) == [False] * 5
    assert metadata.version("torch") in lines[0] and "Fashion-MNIST" in lines[1]


def test_what_is_missing_is_named(said, monkeypatch):
    monkeypatch.setattr(report, "missing", lambda: "torch>=2.6 (2.1.0)")
    lines = said()
    assert marked(lines) == [True, False, False, False, True] and "torch>=2.6 (2.1.0)" in lines[0]


@pytest.mark.parametrize(
    ("outlook", "wrong"), [("download", False), ("standin", True), ("none", True)], ids=lambda value: str(value)
)
def test_each_outlook_for_the_images_has_its_words(said, monkeypatch, outlook, wrong):
    usual = said()[1]
    monkeypatch.setattr(files, "outlook", lambda: (outlook, "why"))
    lines = said()
    assert marked(lines) == [False, wrong, False, False, wrong] and lines[1] != usual


def test_a_stand_in_that_is_asked_for_is_right(said, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(report, "missing", lambda: "nothing")
    monkeypatch.setenv("BOOK_UTILS_DATASET", "standin")
    monkeypatch.setenv("BOOK_UTILS_LANGUAGE", "en")
    lines = said()
    assert "asks for them" in lines[1] and not any(marked(lines))


def test_a_setting_that_cannot_be_meant_is_quoted(said, monkeypatch):
    def refuse():
        raise ValueError("BOOK_UTILS_DATASET must be auto, real or standin, not 'rael'")

    monkeypatch.setattr(files, "outlook", refuse)
    assert "'rael'" in said()[1]


def test_a_gpu_has_its_name(said, monkeypatch):
    assert "CPU" in said()[2]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "NVIDIA T4")
    assert "NVIDIA T4" in said()[2]


def test_without_ipywidgets_figures_stand_still(said, monkeypatch):
    monkeypatch.setattr(computer, "find_spec", lambda name: None)
    lines = said()
    assert marked(lines) == [False, False, False, True, True] and "ipywidgets" in lines[3]
