"""From a chapter to slides: the rules by which text and code are cut. What becomes of the chapters: ``tests/site``."""

import ast

import pytest

from tools.slides import split


@pytest.mark.parametrize(
    ("paragraph", "found"),
    [
        ("One is $a. b$ (so. It is). Two `x. y`? Three.", ["One is $a. b$ (so. It is).", "Two `x. y`?", "Three."]),
        ("一共 0.5 个。真的吗？是（一。二）的。", ["一共 0.5 个。", "真的吗？", "是（一。二）的。"]),
        ("一章。**用时**：一分钟。", ["一章。", "**用时**：一分钟。"]),
        ("**先猜，再运行**。会是\n多少？", ["**先猜，再运行**。", "会是多少？"]),
    ],
)
def test_sentences(paragraph, found):
    assert [one.strip() for one in split.sentences(paragraph)] == found
    assert len("".join(split.sentences(paragraph))) == len(paragraph.replace("\n", ""))


def test_a_paragraph_shows_its_first_sentence_its_terms_and_what_leads_on():
    text = "Softmax makes scores into probabilities, all of them. Dull. They are called *soft*. Click here. We try:"
    assert [one.strip() for one in split.shown(text, leads=True)] == [
        "Softmax makes scores into probabilities, all of them.",
        "They are called *soft*.",
        "We try:",
    ]
    assert split.shown("Why the second line? It sums up. It is dull.", leads=False) == [
        "Why the second line? ",
        "It sums up. ",
    ]


def test_code_is_cut_where_brackets_let_it_and_means_the_same():
    source = (
        "%matplotlib inline\n"
        "value = function(first_argument, second_argument, [third, fourth, fifth, sixth, seventh], last=(1, 2, 3))\n"
        "def f():\n"
        "    return value  # a comment that is so long that there is no room for it behind the code, not at all\n"
        "print(f'{value, value}, {function(value, value)} and a string that is longer than a line and stays as it is')"
    )
    new = split.wrapped(source)
    assert [len(line) <= split.COLUMNS for line in new.split("\n")] == [True] * 7 + [False]
    assert new.split("\n")[4] == "    # a comment that is so long that there is no room for it behind the code,"
    meant = [ast.dump(ast.parse(text.removeprefix("%matplotlib inline\n"))) for text in (source, new)]
    assert meant[0] == meant[1]


def test_long_code_goes_on_at_a_blank_line():
    functions = [f"def f{each}():\n" + "    pass\n" * 7 for each in range(4)]
    pieces = split.pieces("\n".join(functions))
    assert [piece.split("(")[0] for piece in pieces] == ["def f0", "def f1", "def f2"]
