"""The numbers that prose reports as results stand in an output of the same notebook.

The mark is an invisible comment right behind the number, as in ``0.447<!--out-->`` or ``83 %<!--out-->``.
"""

import re
from decimal import Decimal

import nbformat
import pytest

from tools import book

NOTEBOOKS = book.files_under("notebooks", ".ipynb")
MARK = "<!--out-->"
NUMBER = r"[-+−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?"
MARKED = re.compile(rf"({NUMBER})( ?%)?{MARK}")
SVG = "image/svg+xml"


def words_of(output):
    """Return what a reader can read in an output: its text, and in a figure the words, which are its comments."""
    data = output.get("data", {})
    return " ".join(
        [output.get("text", ""), data.get("text/plain", ""), *re.findall(r"<!--(.*?)-->", data.get(SVG, ""))]
    )


def plain(number):
    """Return a number as Python writes it, from one as prose or a figure may write it."""
    return number.replace(",", "").replace("−", "-")


def numbers_in(text):
    """Return all numbers in a text; of one such as 1-2 or shape-3, also without what may not be a sign."""
    found = [float(plain(number)) for number in re.findall(NUMBER, text)]
    return {*found, *map(abs, found)}


def missing(prose, outputs):
    """Return the marked numbers of the prose that no output holds, once rounded as the prose rounds them."""
    found = set().union(*map(numbers_in, outputs)) if outputs else set()
    absent = []
    for number, percent in MARKED.findall(prose):
        last_digit = 10.0 ** Decimal(plain(number)).as_tuple().exponent
        scale = 100 if percent else 1
        if not any(abs(value * scale - float(plain(number))) <= (0.5 + 1e-6) * last_digit for value in found):
            absent.append(number + percent)
    return absent


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: "-".join(path.relative_to(book.ROOT).parts[1:]))
def test_reported_numbers_stand_in_an_output(notebook):
    cells = nbformat.read(notebook, as_version=4).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    outputs = [words_of(output) for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    assert prose.count(MARK) == len(MARKED.findall(prose)), "a mark stands right behind a number, or behind its %"
    assert not missing(prose, outputs)


CHAPTERS = [notebook for notebook in NOTEBOOKS if notebook.parent.name != "solutions"]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: "-".join(path.relative_to(book.ROOT).parts[1:]))
def test_every_chapter_reports_something(chapter):
    cells = nbformat.read(chapter, as_version=4).cells
    assert any(MARK in cell.source for cell in cells if cell.cell_type == "markdown")


@pytest.mark.parametrize(
    ("prose", "output", "absent"),
    [
        ("a loss of 0.447<!--out-->", "train loss 0.44663", []),
        ("a loss of 0.447<!--out-->", "train loss 0.4476", ["0.447"]),
        ("83 %<!--out--> are right", "accuracy 0.8312", []),
        ("84 %<!--out--> are right", "accuracy 0.8312", ["84 %"]),
        ("60,000<!--out--> images", "60000", []),
        ("at -0.5<!--out-->", "tensor([-0.5000])", []),
        ("at 0.5<!--out--> but 7 is free", "tensor([-0.5000, 2])", []),
        ("5e-5<!--out-->", "loss 0.000049", []),
        ("5.0e-5<!--out-->", "loss 0.000049", ["5.0e-5"]),
        ("0.00005<!--out-->", "loss 0.000049", []),
        ("3<!--out-->", "", ["3"]),
    ],
)
def test_the_rule_itself(prose, output, absent):
    assert missing(prose, [output]) == absent


def test_words_in_a_figure_count():
    output = nbformat.from_dict({"data": {SVG: "<svg><!-- peak 0.399 --></svg>"}})
    assert not missing("a peak of 0.40<!--out-->", [words_of(output)])
