"""The programs that a chapter shows in one piece are programs: copied into a file they run alone, and end as it says.

Each runs in a fresh process. There its ``main`` is called once more, on a handful of images and at other settings, and
has to print what our functions get: in so few images no miscount and no forgotten setting can hide.
"""

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
from functools import cache

import pytest
import torch
from torch import nn

import book_utils as bu
from tools import book, compare

ONE_PIECE, FOLDED = "one-piece", "hide-input"
PROMISES = re.compile(r"whole program|one piece|as one script")
WITHOUT_BOOK_UTILS = re.compile(r"(?:nothing|anything) from `book_utils`")
CHAPTERS = [path for path in book.files_under("notebooks/en", ".ipynb") if path.parent.name == book.ENGLISH]


@cache
def cells_of(chapter):
    return book.read(chapter).cells


def programs():
    """Return chapter and position of every program in one piece."""
    places = [(chapter, i) for chapter in CHAPTERS for i in range(len(cells_of(chapter)))]
    return [(chapter, i) for chapter, i in places if ONE_PIECE in cells_of(chapter)[i].metadata.get("tags", [])]


PROGRAMS = {chapter.stem[:2]: (cells_of(chapter), i) for chapter, i in programs()}


def test_a_chapter_that_promises_a_program_in_one_piece_has_it():
    """Text and program stand together, and it is folded, as are helpers that only draw or print.

    Open is a program whose text says so: there it is what is to be read.
    """
    for chapter in CHAPTERS:
        cells = cells_of(chapter)
        tags = [{*cell.metadata.get("tags", [])} - {"get-book-utils"} for cell in cells]
        folded = [i for i, of_cell in enumerate(tags) if FOLDED in of_cell and i > 1]
        tagged = [i for i, of_cell in enumerate(tags) if ONE_PIECE in of_cell]
        said = [i for i, cell in enumerate(cells) if cell.cell_type == "markdown" and "folded" in cell.source]
        assert tagged == [i + 1 for i in said if PROMISES.search(cells[i].source)], chapter.name
        opened = {i + 1 for i in said if "not folded" in " ".join(cells[i].source.split())}
        assert {*tagged} - {*folded} == {*tagged} & opened, chapter.name


# --------------------------------------------------------------------------------------------------------------- alone


def readers_packages():
    """Return the names that a reader can import: Python's own, ours, and those of the packages that ours requires."""
    required = [line for line in importlib.metadata.requires("book-utils") if "extra ==" not in line]
    names = {re.match(r"[\w.-]+", line)[0].lower() for line in required}
    modules = importlib.metadata.packages_distributions()
    theirs = {module for module, owners in modules.items() if names & {owner.lower() for owner in owners}}
    return {*sys.stdlib_module_names, "book_utils", *theirs}


def imported(source):
    """Return the packages that a program imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(source)))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return {name.split(".")[0] for name in plain + [n.module for n in nodes if isinstance(n, ast.ImportFrom)]}


def test_a_reader_can_import_these_and_no_others():
    assert {"torch", "torchvision", "matplotlib", "IPython", "json", "book_utils"} <= readers_packages()
    assert not {"d2l", "pytest", "jupytext", "nbval", "playwright", "pandas", "psutil", "ruff"} & readers_packages()


@pytest.mark.parametrize("number", PROGRAMS)
def test_a_program_imports_what_a_reader_has(number):
    cells, i = PROGRAMS[number]
    allowed = readers_packages() - ({"book_utils"} if WITHOUT_BOOK_UTILS.search(cells[i - 1].source) else set())
    assert imported(cells[i].source) <= allowed


# -------------------------------------------------------------------------------------------------- in a fresh process

# Other settings than the program's own; the last batch is a short one in all of them.
SETTINGS = {"batch_size": 64, "lr": 0.2, "num_epochs": 2}
MARK = "~ at other settings, on a handful of images ~"

RUN = f"""
import json, sys
from book_utils import dataset_in_use
dataset_in_use()  # a notice that this is the stand-in is no output of the program
print({MARK!r})
program = {{"__name__": "__main__"}}
exec(compile(open(sys.argv[1], encoding="utf-8").read(), sys.argv[1], "exec"), program)
print({MARK!r})
if "main" in program:
    import torch
    from book_utils import Batches
    few = torch.load(sys.argv[2])
    program["fashion_mnist_tensors"] = lambda train: few[train]
    program["load_data_fashion_mnist"] = lambda batch_size, device: (
        Batches(*few[True], batch_size, shuffle=True), Batches(*few[False], batch_size))
    program["main"](**json.loads(sys.argv[3]))
"""


def a_handful():
    """Return 150 training images and 60 test images with classes that can be learned, by whether they train."""
    torch.manual_seed(5)
    labels = torch.arange(210) % 10
    images = torch.randint(0, 256, (10, 1, 28, 28))[labels] // 2 + torch.randint(0, 128, (210, 1, 28, 28))
    images = images.to(torch.uint8)
    return {True: (images[:150], labels[:150]), False: (images[150:], labels[150:])}


@pytest.fixture(scope="module", params=PROGRAMS)
def ran(request, tmp_path_factory):
    """A program's number, what is stored below it, what it prints alone, and what its main prints at other settings."""
    cells, i = PROGRAMS[request.param]
    folder = tmp_path_factory.mktemp("alone")
    (folder / "program.py").write_text(cells[i].source, encoding="utf-8")
    torch.save(a_handful(), folder / "few.pt")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUN, "program.py", "few.pt", json.dumps(SETTINGS)],
        cwd=folder,
        env={**os.environ, "MPLBACKEND": "agg", "OMP_NUM_THREADS": "1"},  # as conftest.py, which says why
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    stored = "".join(output.get("text", "") for output in cells[i].outputs)
    _, printed, settled = done.stdout.split(MARK + "\n")
    return request.param, stored, printed, settled


def test_a_program_runs_alone_and_ends_as_the_chapter_shows(ran):
    number, stored, printed, _ = ran
    cells, i = PROGRAMS[number]
    if compare.REAL_DATA in cells[i].metadata.tags and bu.dataset_in_use() != "real":
        assert len(printed.splitlines()) == len(stored.splitlines())
    else:
        assert not compare.text_difference(stored, printed)


def numbers_in(text):
    """Return the numbers with decimals in each line that has some, as they are printed."""
    found = [re.findall(r"\d+\.\d+", line) for line in text.splitlines()]
    return [numbers for numbers in found if numbers]


# The cell that went step by step, by a line in it, and how many of its rows the program repeats.
STEP_BY_STEP = {"07": ("    row = *train_epoch_ch3(", 3)}


@pytest.mark.parametrize("number", STEP_BY_STEP)
def test_a_program_begins_as_the_steps_before_it_did(number):
    cells, i = PROGRAMS[number]
    line, count = STEP_BY_STEP[number]
    (steps,) = [cell for cell in cells[:i] if cell.cell_type == "code" and line in cell.source]
    rows = numbers_in(steps.outputs[0].text)
    printed = "".join(output.get("text", "") for output in cells[i].outputs)
    assert len(rows) == count and numbers_in(printed)[:count] == rows


def test_the_dataloader_gives_what_the_chapters_own_function_gave():
    cells, i = PROGRAMS["06"]
    call = "load_data_fashion_mnist(32, resize=64)\n"
    (ours,) = [cell for cell in cells[:i] if cell.cell_type == "code" and call in cell.source]
    shapes, batches = cells[i].outputs[0].text.splitlines()
    assert shapes + "\n" == ours.outputs[0].text
    assert batches == f"{-(-60_000 // 32)} {-(-10_000 // 32)} batches"


# ------------------------------------------------------------------------------------------------- at other settings


def line_and_noise():
    torch.manual_seed(0)
    return bu.synthetic_data(torch.tensor([2, -3.4]), 4.2, 1000)


def chapter_02(batch_size, lr, num_epochs):
    features, labels = line_and_noise()
    w = torch.normal(0, 0.01, (2, 1), requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    for _ in range(num_epochs):
        for X, y in bu.data_iter(batch_size, features, labels):
            bu.squared_loss(bu.linreg(X, w, b), y).sum().backward()
            bu.sgd([w, b], lr, batch_size)
        yield (bu.squared_loss(bu.linreg(features, w, b), labels).mean().item(),)


def chapter_03(batch_size, lr, num_epochs):
    features, labels = line_and_noise()
    data_iter = bu.load_array((features, labels), batch_size)
    net = nn.Linear(2, 1)
    nn.init.normal_(net.weight, std=0.01)
    nn.init.zeros_(net.bias)
    trainer = torch.optim.SGD(net.parameters(), lr)
    for _ in range(num_epochs):
        for X, y in data_iter:
            bu.update_parameters(2 * bu.squared_loss(net(X), y), trainer, len(y))
        yield (2 * bu.squared_loss(net(features), labels).mean().item(),)


def chapter_07(batch_size, lr, num_epochs):
    train_iter, test_iter = handful_in_batches(batch_size)
    torch.manual_seed(0)
    W = torch.normal(0, 0.01, (784, 10), requires_grad=True)
    b = torch.zeros(10, requires_grad=True)

    def net(X):
        return bu.softmax(X.reshape(-1, 784) @ W + b)

    torch.manual_seed(1)
    for _ in range(num_epochs):
        epoch = bu.train_epoch_ch3(net, train_iter, bu.cross_entropy, lambda n: bu.sgd([W, b], lr, n))
        yield (*epoch, bu.evaluate_accuracy(net, test_iter))


def chapter_08(batch_size, lr, num_epochs):
    train_iter, test_iter = handful_in_batches(batch_size)
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    nn.init.normal_(net[1].weight, std=0.01)
    nn.init.zeros_(net[1].bias)
    trainer = torch.optim.SGD(net.parameters(), lr)
    for _ in range(num_epochs):
        epoch = bu.train_epoch_ch3(net, train_iter, nn.CrossEntropyLoss(reduction="none"), trainer)
        yield (*epoch, bu.evaluate_accuracy(net, test_iter))


def handful_in_batches(batch_size):
    few = a_handful()
    return bu.Batches(*few[True], batch_size, shuffle=True), bu.Batches(*few[False], batch_size)


WITH_OUR_FUNCTIONS = {"02": chapter_02, "03": chapter_03, "07": chapter_07, "08": chapter_08}


def test_at_other_settings_a_program_gets_what_our_functions_get(ran):
    number, _, _, printed = ran
    if number not in WITH_OUR_FUNCTIONS:
        assert number == "06" and not printed  # it trains nothing
        return
    rows = numbers_in(printed.partition("all errors")[0])
    assert len(rows) == SETTINGS["num_epochs"]
    for epoch, expected in enumerate(WITH_OUR_FUNCTIONS[number](**SETTINGS)):
        last_digits = [0.1 ** len(text.partition(".")[2]) for text in rows[epoch]]
        differences = [abs(float(text) - value) for text, value in zip(rows[epoch], expected)]
        assert len(rows[epoch]) == len(expected)
        assert all(found < 0.6 * digit for found, digit in zip(differences, last_digits)), (rows[epoch], expected)
