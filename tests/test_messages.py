"""Whatever the library tells a reader is told in the language of the notebook: each message is made to appear."""

import ast
import json
import re
import traceback
from pathlib import Path

import pytest
import torch
from test_bad_input import COLUMN, IMAGES, WRONG, batches, net, sgd
from test_own import WRONG as NO_EXERCISES
from torch.multiprocessing.spawn import ProcessExitedException

import book_utils as bu
from book_utils import _errors, _words, workers
from book_utils.exercises import check, progress
from book_utils.exercises.locks import lock
from book_utils.exercises.own import unregister
from book_utils.fashion_mnist import files

PACKAGE = Path(bu.__file__).parent
CHINESE = re.compile("[\u4e00-\u9fff]")

PROGRAMS = {"__main__.py", "search.py", "train.py"}
"""What is started in a terminal, with options: English, as is what argparse says; and the report, made to be sent."""

PYTHONS = {"module 'book_utils' has no attribute "}
"""What Python says in these very words of any other module."""


class Recorded(dict):
    """A table of words that knows which of its entries were asked for."""

    def __init__(self, *args):
        super().__init__(*args)
        self.asked = set()

    def __getitem__(self, key):
        self.asked.add(key)
        return super().__getitem__(key)


@pytest.fixture
def table(monkeypatch):
    """Let the notebook be Chinese; return the table of words."""
    monkeypatch.setenv("BOOK_UTILS_LANGUAGE", "zh")
    monkeypatch.setattr(_words, "TEXTS", Recorded(_words.TEXTS))
    return _words.TEXTS


def told(call):
    """Return what a call says when it fails, unless Python or a library raises it."""
    with pytest.raises(Exception) as raised:
        call()
    where = traceback.extract_tb(raised.value.__traceback__)[-1]
    ours = Path(where.filename).is_relative_to(PACKAGE) and where.line.lstrip().startswith("raise ")
    return str(raised.value) if ours else ""


def is_chinese(message):
    """Tell whether a message has a sentence in Chinese, and none in English but what it quotes."""
    return bool(CHINESE.search(message)) and not re.search(r"\b(must|not|expected|received|the) ", message)


def diverging(y_hat, y):
    return y_hat.sum(1) * float("nan")


def no_penguins():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("book_utils.penguins.find_spec", lambda name: None)
        bu.load_penguins("species")


def setting(name, value):
    """Return what reads a setting that cannot be meant."""

    def read():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(name, value)
            files._resolve.cache_clear()
            bu.dataset_in_use()

    return read


# What the rows of test_bad_input.py leave out.
OTHERS = {
    "no penguins": no_penguins,
    "an image on its own": lambda: bu.as_picture(IMAGES),
    "two arrays of x": lambda: bu.plot([[1], [2]], [[1], [2], [3]]),
    "a column": lambda: bu.accuracy(COLUMN, torch.ones(4)),
    "a parameter from an iterator": lambda: bu.sgd(iter([torch.ones(2)]), 0.1, 2),
    "no model": lambda: bu.evaluate_accuracy(3, batches()),
    "no exercise": lambda: check("99.1", print),
    "no chapter": lambda: progress("99"),
    "no language": lambda: progress(language="fr"),
    "no exercise of one's own": lambda: unregister("lab.9"),
    "no lock": lambda: lock("everything"),
    "no such choice": setting("BOOK_UTILS_DATASET", "fake"),
    "no address": setting("BOOK_UTILS_SOURCES", "ftp://mirror.example/"),
}


def test_what_the_library_raises_is_chinese(table):
    calls = {f"{name}-{i}": case[0] for name, cases in WRONG.items() for i, case in enumerate(cases)}
    added = {f"register, {name}": case[0] for name, case in NO_EXERCISES.items()}
    said = {name: told(call) for name, call in {**calls, **OTHERS, **added}.items()}
    assert {name: message for name, message in said.items() if message and not is_chinese(message)} == {}
    assert not [name for name in OTHERS if not said[name]]
    assert {*_errors.ERRORS} - table.asked == {
        "stopped",
        "worker failed",
        "in line",
        "begins with nothing",
        "worker ended",
    }


def test_the_sentence_at_which_training_stops_is_chinese(table, capsys):
    model = net()
    bu.train_ch3(model, batches(), batches(), diverging, 3, sgd(model))
    assert (
        capsys.readouterr().out
        == "训练在第 1 轮停止，因为损失是 nan。" + table["stopped"]["zh"].partition("。")[2] + "\n"
    )


def test_what_is_said_of_a_worker_is_chinese(table, tmp_path):
    ended = ProcessExitedException("ended", error_index=1, error_pid=2, exit_code=3)
    assert workers._blame(tmp_path, 2, ended) == "工作进程 1 被外部终止：ended"
    note = [12.5, 1, "NameError: name 'net' is not defined", [3, "net(X)"]]
    (tmp_path / "1.error").write_text(json.dumps(note), encoding="utf-8")
    assert workers._blame(tmp_path, 2, ended).startswith(
        "工作进程 1 出错：NameError: name 'net' is not defined，在第 3 行：net(X)。工作进程启动时什么都没有，"
    )


def test_words_that_are_put_in_stand_without_blanks_between_chinese_characters(table):
    assert _words.say("tensor", name=_words.text("what the loss returns"), kind="float") == (
        "损失函数返回的值应当是张量，得到的是 float"
    )
    assert _words.say("batches", kind=_words.text("a tensor"), advice=_words.plain("")).endswith("得到的是张量")
    assert (
        _words.say("damaged", path="/数据 集/中 文") == "/数据 集/中 文 已损坏。"
    )  # what is the reader's stays as it is


def test_every_entry_of_the_table_is_said_somewhere():
    code = "".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py") if file.name != "_errors.py")
    code = code.replace((PACKAGE / "_words.py").read_text(encoding="utf-8"), "")
    made = {f"images {kind}" for kind in ("real", "download", "standin", "asked for", "none")}
    assert [key for key in _words.TEXTS if f'"{key}"' not in code and key not in made] == []


def sentences(file):
    """Return the English sentences that a file raises, warns of, prints or writes by itself."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        name = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Raise) or name in ("print", "warn", "write", "display", "exit"):
            texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
            keys = [call.args[0].value for call in ast.walk(node) if is_entry(call)]
            yield from (t for t in texts if isinstance(t, str) and re.search("[a-z]+ [a-z]+", t) and t not in keys)


def is_entry(node):
    named = isinstance(node, ast.Call) and ast.unparse(node.func) in ("say", "text")
    return named and isinstance(node.args[0], ast.Constant)


def names_of_messages():
    """Return the names under which the exercises' own tables, which are in both languages, have what they say."""
    tables = ast.parse((PACKAGE / "exercises" / "messages_en.py").read_text(encoding="utf-8"))
    keys = (key for node in ast.walk(tables) if isinstance(node, ast.Dict) for key in node.keys)
    return {key.value for key in keys if isinstance(key, ast.Constant)}


def test_no_module_has_sentences_of_its_own():
    """Whatever is said stands in the table, in both languages."""
    modules = [file for file in PACKAGE.rglob("*.py") if file.name not in PROGRAMS]
    found = {(file.relative_to(PACKAGE).as_posix(), said) for file in modules for said in sentences(file)}
    assert {one for one in found if one[1] not in PYTHONS | names_of_messages()} == set()
