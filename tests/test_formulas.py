"""What the chapters state in formulas, and in words about code and mathematics, is true: ``sources/verified`` says why.

If a test names a formula: give it an entry there, with a check; CONTRIBUTING.md, "Formulas and claims", says how.
"""

import copy
import math

import nbformat
import pytest
import torch

from sources.verified.words import CHINESE
from tools import chapters
from tools.meaning import formulas
from tools.meaning import tex as reading
from tools.meaning.formulas import Texts, Verified

NUMBERS = [text.stem[:2] for text in chapters.texts(formulas.book.ROOT, "en")]


@pytest.fixture(params=NUMBERS)
def chapter(request):
    return formulas.load(request.param), formulas.texts_of(request.param)


def listed(found):
    return "\n".join(found)


def test_each_formula_is_registered(chapter):
    where = f"sources/verified/chapter_{chapter[0].number}.py"
    found = formulas.unregistered(*chapter)
    assert not found, f"give each an entry in {where} that checks what it says:\n{listed(found)}"


def test_each_entry_is_in_use(chapter):
    found = formulas.unused(*chapter)
    assert not found, f"no formula of chapter {chapter[0].number} reads like this any more:\n{listed(found)}"


def test_each_formula_and_each_claim_is_true(chapter):
    assert not (found := formulas.untrue(chapter[0])), listed(found)


def test_each_claim_stands_once_in_each_edition(chapter):
    assert not (found := formulas.misplaced(*chapter)), listed(found)


@pytest.mark.parametrize("number", NUMBERS)
def test_words_in_formulas_are_translated(number):
    found = formulas.other_words(formulas.texts_of(number), CHINESE)
    assert not found, f"sources/verified/words.py does not make the English formula of these:\n{listed(found)}"


# The rules themselves.


@pytest.mark.parametrize(
    "tex",
    [r"b", r"\hat y_i", r"\mathbf W", r"\hat{\mathbf y}", r"w_{11}", r"w_{\mathrm{area}}", r"\mathbf x^{(i)}", r"y'"]
    + [r"\mathbf w^*", r"\partial_{(\mathbf w, b)}", r"\operatorname{argmin}", r"\prod", "-8", "1.5"],
)
def test_a_symbol_alone_and_a_number_need_no_entry(tex):
    assert reading.is_exempt(tex)


@pytest.mark.parametrize(
    "tex",
    [r"w^2", r"2w", r"dq", r"O(n)", r"P(j)", r"-y", r"x_1, x_2", r"(1, 0)", r"|r|", r"\frac12", r"n - 1", r"\log z"]
    + [r"y = 2", r"\mathbf X \mathbf w", r"0.97^{2k}", r"\mathbf b \in \mathbb R", r"x^{-1}", r"\exp(o_j)"],
)
def test_everything_else_needs_one(tex):
    assert not reading.is_exempt(tex)


@pytest.mark.parametrize(
    ("tex", "holds"),
    [
        (r"e^2 \approx 7.39", True),
        (r"e^2 \approx 7.38", False),
        (r"-\ln 0.5 = 0.6931", True),
        (r"-\ln 0.5 = 0.6431", False),
        (r"\frac12 \cdot 1 + \frac14 \cdot 2 + \frac14 \cdot 2 = 1.5", True),
        (r"\frac12 \cdot 0.01^2 = 0.00005", True),
        (r"60000-234\cdot256=96", True),
        (r"60000\cdot784=47\,040\,000", True),
        (r"10000/256\approx39.06", True),
        (r"-\log 0=\infty", True),
        (r"-1 / e^{-95} = -e^{95} \approx -1.8 \cdot 10^{41}", True),
        (r"-1 / e^{-95} = -e^{95} \approx -1.9 \cdot 10^{41}", False),
        (r"-0.91 \ln 0.91 - 9 \cdot 0.01 \ln 0.01 \approx 0.0858 + 0.4145 \approx 0.500 .", True),
        (r"2 \cdot (0 - 4) = -8", True),
        (r"2 < 1", False),
        (r"1 \le 1", True),
        (r"y = 2", None),
        (r"e^x = 1", None),
        (r"\ln 3", None),
    ],
)
def test_arithmetic_is_worked_out(tex, holds):
    assert reading.arithmetic(tex) is holds


@pytest.mark.parametrize(
    ("tex", "symbols", "value"),
    [
        (r"\frac12 (2w - 4)^2", {"w": 1.0}, 2.0),
        (r"(0, \ln 4, \ln 5)", {}, (0.0, math.log(4), math.log(5))),
        (r"1 - 2 - 3", {}, -4.0),
        (r"8 / 2 / 2", {}, 2.0),
        (r"-2^2", {}, -4.0),
        (r"3 \cdot (-2)", {}, -6.0),
        (r"|r| - \frac12", {"r": -3.0}, 2.5),
        (r"\sqrt{2\pi}", {}, math.sqrt(2 * math.pi)),
        (r"e^{-95}", {}, math.exp(-95)),
        (r"\frac{e}{e+9}", {}, math.e / (math.e + 9)),
        (r"0.97^{2k}", {"k": 3.0}, 0.97**6),
    ],
)
def test_an_expression_has_its_value(tex, symbols, value):
    assert formulas.same(reading.evaluate(tex, **symbols), value)


def test_formulas_are_found_outside_code_only():
    text = "`$HOME` and $a$\n```\n$b$\n```\n> $$\n> c = 1\n> $$\nand $d$ `$e$`"
    assert reading.formulas_of(text) == ["a", "c = 1", "d"]


def test_spaces_and_a_full_stop_make_no_other_formula():
    assert reading.key(r"\mathbf X^\top\mathbf  X .") == reading.key(r"\mathbf X^\top \mathbf X")
    assert reading.key("a b") != reading.key("b a")


p = torch.tensor([0.5, 0.25, 0.25], dtype=torch.float64)


@pytest.mark.parametrize(
    ("fault", "enter"),
    [
        ("is not true", lambda here: here.equation("x", lambda: (1.0, 2.0))),
        ("is not true", lambda here: here.equation("x", lambda: (p, p, p.flip(0)))),
        ("is not true", lambda here: here.equation("x", lambda: (p,))),
        ("is not true", lambda here: here.distribution("(0.1, 0.8, 0.2)")),
        ("is not true", lambda here: here.distribution("(-0.1, 0.8, 0.3)")),
        ("is not true", lambda here: here.value(r"0.5 \cdot 3", lambda: 1.4)),
        ("cannot fail", lambda here: here.formula("x", lambda: 2 * p, lambda said: said().shape == (3,))),
        ("cannot fail", lambda here: here.formula("x", lambda: (p, 1.0), lambda said: formulas.same(said()[0], p))),
        ("cannot fail", lambda here: here.formula("x", lambda a: a > 0, lambda said: isinstance(said(1), bool))),
        ("returns True or False", lambda here: here.formula("x", lambda: p, lambda said: None)),
        ("states something", lambda here: here.terms("x = 1")),
        ("say what it defines", lambda here: here.defines("x", "")),
        ("registered twice", lambda here: [here.terms("2x"), here.terms("2 x")]),
        ("looks at nothing", lambda here: here.claim("up", "上", lambda: True)),
        ("is not true", lambda here: here.claim("up", "上", lambda: bool(p[0] < p[1]))),
        ("ZeroDivisionError", lambda here: here.claim("up", "上", lambda: 1 / math.floor(0.5) > 0)),
    ],
)
def test_an_entry_that_is_false_or_checks_nothing_is_found(fault, enter):
    here = Verified("00")
    enter(here)
    assert fault in listed(formulas.untrue(here))


def texts(english, chinese="字"):
    cells = [[nbformat.v4.new_markdown_cell(each) for each in edition.split("|")] for edition in (english, chinese)]
    return Texts(*cells)


def test_a_formula_without_an_entry_is_named_with_its_heading():
    here = Verified("00")
    here.terms("2x")
    text = texts("# Doubles\n\n$x$, $2x$, $1 + 1 = 2$ and $3x$. $1 + 1 = 3$")
    assert formulas.unregistered(here, text) == [
        "under 'Doubles': $3x$ has no entry",
        "under 'Doubles': $1 + 1 = 3$ is false",
    ]
    assert formulas.unused(here, texts("$3x$")) == ["2x"]


@pytest.mark.parametrize(
    ("english", "chinese", "found"),
    [
        ("it goes up|and on", "向上|再", ""),
        ("it goes\nup <!--out--> |and on", "向上|再", ""),
        ("it goes down|and on", "向上|再", "'goes up' stands in the text 0 times"),
        ("it goes up|and on", "向下|再", "'向上' stands in the text 0 times"),
        ("it goes up|and goes up", "向上|再", "'goes up' stands in the text 2 times"),
        ("it goes up|and on", "再|向上", "stand in different cells"),
    ],
)
def test_a_claim_is_found_by_its_words(english, chinese, found):
    here = Verified("00")
    here.claim("goes up", "向上", lambda: p[0] > 0)
    assert found in listed(formulas.misplaced(here, texts(english, chinese)))
    assert bool(found) == bool(formulas.misplaced(here, texts(english, chinese)))


def test_a_word_in_a_formula_may_not_become_another():
    words = {"猫": "cat", "狗": "dog"}
    english = r"$P(y = \text{cat})$"
    assert not formulas.other_words(texts(english, r"$P(y = \text{猫})$"), words)
    assert formulas.other_words(texts(english, r"$P(y = \text{狗})$"), words)
    assert formulas.other_words(texts(english, r"$P(y = \text{鸟})$"), words)


# Mistakes that once went unnoticed, put into the text of today.

MISTAKES = {
    "row of weights": ("04", r"w_{31} & w_{32} & w_{33} & w_{34}", r"w_{11} & w_{12} & w_{13} & w_{14}"),
    "class": ("04", r"$\hat y_1 = P(y = \text{cat}", r"$\hat y_2 = P(y = \text{cat}"),
    "probabilities": ("04", "(0.1, 0.7, 0.2)", "(0.2, 0.7, 0.2)"),
    "mass function": ("04", "$P(x_i = 1) = p_i$", r"$P(x = 1) = \prod_i p_i$"),
    "offset": ("05", r"\delta \left(|r| - \tfrac12 \delta\right) & \text", r"\delta \left(|r| - \delta\right) & \text"),
    "rows": ("07", "adds down each column", "adds along each row"),
    "median": ("05", "so at $c = 2$: the *median*", "so at $c = 2$: the *mean*"),
    "sum": ("03", "`nn.MSELoss` takes the mean", "`nn.MSELoss` accumulates"),
    "gradient": ("04", r"\mathrm{softmax}(\mathbf o)_j - y_j = \hat y_j - y_j", r"y_j - \hat y_j"),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_in_the_text_is_found(what):
    number, right, wrong = MISTAKES[what]
    here, text = formulas.load(number), copy.deepcopy(formulas.texts_of(number))
    edited = [cell for cell in text.english if right in cell.source]
    assert len(edited) == 1, "the chapter no longer has what the test changes"
    edited[0].source = edited[0].source.replace(right, wrong)
    assert formulas.unregistered(here, text) or formulas.misplaced(here, text)
