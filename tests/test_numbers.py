"""Each number of a text says where it comes from, and that is true: ``tools/meaning/numbers.py`` has the rules."""

import re
from collections import defaultdict

import nbformat
import pytest

from tools import book
from tools.meaning import marking, numbers

NOTEBOOKS = book.files_under("notebooks", ".ipynb")


def place(notebook):
    return "-".join(notebook.relative_to(book.ROOT).parts[1:])


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=place)
def test_each_number_says_where_it_comes_from_and_that_is_true(notebook):
    found = numbers.failures(numbers.lesson_of(notebook))
    assert not found, "\n".join(found)


def lessons_of(language):
    return [numbers.lesson_of(notebook) for notebook in NOTEBOOKS if f"/{language}/" in notebook.as_posix()]


@pytest.mark.parametrize("language", [book.ENGLISH, *book.TRANSLATIONS])
def test_what_is_given_a_name_is_computed_with(language):
    used = defaultdict(set)
    for lesson in lessons_of(language):
        used[lesson.chapter] |= lesson.names_used()
    unused = {lesson.name: {*lesson.given} - used[lesson.chapter] for lesson in lessons_of(language)}
    assert not {name: names for name, names in unused.items() if names}, "give a number a name to compute with it"


def test_each_fact_is_used():
    used = set().union(*(lesson.names_used() for lesson in lessons_of(book.ENGLISH)))
    assert not {*numbers.facts()} - used


@pytest.mark.parametrize("language", [book.ENGLISH, *book.TRANSLATIONS])
def test_each_phrase_is_in_use_and_is_more_than_a_number(language):
    texts = defaultdict(str)
    for lesson in lessons_of(language):
        for chapter in (lesson.chapter, "everywhere"):
            texts[chapter] += " ".join(source.replace("\n", " ") for _, source in lesson.texts)
    for chapter, entries in numbers.listed().items():
        for phrase in [entry[language] for entry in entries or [] if language in entry]:
            assert re.search(phrase, texts[chapter]), f"no text of {chapter} says {phrase!r} any more: take it out"
            assert not any(re.search(phrase, number) for number in ("7", "12", "0.5", "1,000", "1805", "-3", "5 %"))


def exercises_of(chapter):
    """Return the numbers of a chapter's exercises; a start page has none."""
    sources = (book.ROOT / "sources" / book.ENGLISH).glob(f"{chapter}-*.md")
    text = "".join(source.read_text(encoding="utf-8") for source in sources)
    found = re.findall(r"^(?:### Exercise (\d+):|\*\*(\d+)\.\*\*)", text, re.MULTILINE)
    return {int(number or other) for number, other in found}


@pytest.mark.parametrize("language", [book.ENGLISH, *book.TRANSLATIONS])
def test_chapters_and_exercises_that_a_text_speaks_of_exist(language):
    chapters, speak = {notebook.name[:2] for notebook in NOTEBOOKS}, 0
    for lesson in lessons_of(language):
        text = " ".join(source for _, source in lesson.texts)
        named = re.findall(r"(?:[Cc]hapters?|第)\s(\d\d(?:(?:, and|,| and| to|、| 到| 和| 与)\s?\d\d)*)", text)
        assert {*re.findall(r"\d\d", " ".join(named))} <= chapters, lesson.name
        speak += bool(named)
        named = re.findall(r"(?:[Ee]xercises?|练习)\s(\d+)", text)
        assert {*map(int, named)} <= exercises_of(lesson.chapter), lesson.name
    assert speak > 10, "the patterns no longer find what the texts say"


# The rules themselves, on lessons of a few cells.


def markdown(source):
    return nbformat.v4.new_markdown_cell(source)


def code(source, output=""):
    outputs = [nbformat.v4.new_output("stream", name="stdout", text=output)] if output else []
    return nbformat.v4.new_code_cell(source, outputs=outputs)


def lesson(*cells, language="en", name="en/99-example", facts=()):
    notebook = nbformat.v4.new_notebook(cells=list(cells), metadata={book.FACTS: dict(facts)})
    return numbers.Lesson(name, notebook, language)


def wrong(*cells, **options):
    """Return what is wrong with a few cells, without the advice at the end."""
    return numbers.failures(lesson(*cells, **options))[:-1]


def found(source):
    """Return the numbers in a text, and its lists of numbers."""
    values = [tuple(value.value for value in number.values) for number in numbers.numbers_in(source)]
    return [each if len(each) > 1 else each[0] for each in values]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a loss of 0.447, then 1e-5.", [0.447, 1e-5]),
        ("60,000 images, 1,003.5 of 2", [60000, 1003.5, 2]),
        ("from -3 or −3 to +1", [-3, -3, 1]),
        ("1-2 and ResNet-18, 0–9", [1, 2, 18, 0, 9]),
        ("L2, float32 and w1 are names, 2D and 1st are not", [2, 1]),
        ("1/3, 2/3", [1 / 3, 2 / 3]),
        ("`x = 5` and [here 6](https://a.b/c_7) <br width='8'> https://a.b/9", [6]),
        ("```\nx = 5\n```\n6", [6]),
        ("$-4$, $60{,}000$, $10^{-4}$, $3.4\\cdot10^{38}$, $\\frac34$, $-1$", [-4, 60000, 1e-4, 3.4e38, 0.75, -1]),
        ("$x = 5$ and $$y = 6$$", []),
        ("shape (256, 10) or $(1, -1, 0)$, but `b` (10,)", [(256, 10), (1, -1, 0), 10]),
        ("(1<!--given-->, 2<!--given-->)", [1, 2]),
        ("### Exercise 3: 5 rows", [5]),
        ("### Exercises 10 to 12: settings", []),
        ("### 练习 5 和 6", []),
        ("1. one\n2. two 7\n\n**3.** *Recall.* 8", [7, 8]),
        ("83 % or 83% or 83 ％", [83, 83, 83]),
        ("图像有 60,000 张，约 83%。", [60000, 83]),
        ("卖了 17 万美元，高了 1.5 万，看了几万次", [170000, 15000]),
        ("| 5 | 6<!--given--> |", [5, 6]),
    ],
)
def test_what_is_a_number(source, expected):
    assert found(source) == expected


RESULTS = "train loss 0.44663, accuracy 0.8312\nepoch 2: loss 1.5, share 87%"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("0.447<!--out #1-->", None),
        ("0.448<!--out #1-->", "stands 0.44663"),
        ("0.45<!--out #1-->", None),
        ("0.447<!--out #2-->", "stands 0.8312"),
        ('0.447<!--out "train loss"-->', None),
        ('0.447<!--out "loss"-->', "2 times, before different numbers"),
        ('0.83<!--out "train loss" #2-->', None),
        ('0.83<!--out "accuracy"-->', None),
        ('0.447<!--out "oss"-->', "no such number behind 'oss'"),
        ('0.83<!--out "precision"-->', "no such number behind 'precision'"),
        ("83 %<!--out #2-->", None),
        ("84 %<!--out #2-->", "stands 0.8312"),
        ('87 %<!--out "share"-->', None),
        ('0.87<!--out "share"-->', None),
        ('1.5<!--out "epoch 2: loss"-->', None),
        ("0.87<!--out #-1-->", None),
        ("1<!--out #9-->", "no such number in the output"),
        ("0.447<!--out-->", "several numbers"),
        ("(0.447, 0.83)<!--out #1-->", None),
        ("(0.83, 0.447)<!--out #1-->", "stands 0.44663, 0.8312"),
        ("3/2<!--out #4-->", None),
        ("5/2<!--out #4-->", "stands 1.5"),
        ("0.447<!--out of nowhere-->", "no chapter nowhere"),
        ('0.447<!--out #1 in "print"-->', None),
        ('0.447<!--out #1 in "paint"-->', "no cells have the code"),
        ("0.447<!--out loss-->", "nobody understands"),
        ('0.447<!--out "a>b"-->', "has no >"),
        ('0.447<!--out "a|b"-->', "has no >"),
        ("x<!--out #1-->", "does not stand right behind a number"),
        ("0.447 <!--out #1-->", "does not stand right behind a number"),
    ],
)
def test_a_result(text, complaint):
    complaints = wrong(code("print(a)", RESULTS), markdown(text))
    assert not complaints if complaint is None else complaint in complaints[0], complaints


def test_a_result_alone_is_the_only_number_there():
    assert not wrong(code("len(x)", "300"), markdown("All 300<!--out--> of them."))
    assert wrong(code("len(x)", "300"), markdown("All 301<!--out--> of them."))
    assert not wrong(code("x", "tensor([2., 2.])"), markdown("Both are 2<!--out-->."))


def test_the_cell_that_is_meant_is_the_last_one_above_that_says_something():
    cells = code("print(a)", "a 1.25"), code("print(b)", "b 2.5"), code("c = 1")
    assert not wrong(*cells, markdown("2.5<!--out-->"))
    assert not wrong(*cells, markdown('1.25<!--out in "print(a)"-->'))
    assert "b 2.5" not in wrong(*cells, markdown("1.25<!--out-->"))[0]
    assert "2 cells have the code" in wrong(*cells, markdown('1.25<!--out in "print("-->'))[0]
    assert "no cell above" in wrong(markdown("1.25<!--out-->"), *cells)[0]
    assert not wrong(markdown('1.25<!--out in "print(a)"-->'), *cells)


def test_words_in_a_figure_count():
    figure = nbformat.v4.new_output("display_data", data={numbers.SVG: "<svg><!-- peak 0.399 --><!-- −0.5 --></svg>"})
    cell = nbformat.v4.new_code_cell("draw()", outputs=[figure])
    assert not wrong(cell, markdown('a peak of 0.40<!--out "peak"--> at -0.5<!--out #2-->'))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("0.6931<!--= -log(0.5)-->", None),
        ("0.6431<!--= -log(0.5)-->", "-log(0.5) is 0.69314718"),
        ("235<!--= ceil(train / 256)-->", None),
        ("60,000<!--= train-->", None),
        ("6,000<!--= train-->", "train is 60000"),
        ("3 %<!--= 1 - 0.97-->", None),
        ("about 45<!--= minutes-->", None),
        ("about 46<!--= minutes-->", "minutes is 45"),
        ("2.1<!--= out(1) / out(1, of=None) * 2.1-->", None),
        ('1.9<!--= out("accuracy") / out("train loss")-->', None),
        ('1.8<!--= out("accuracy") / out("train loss")-->', "is 1.8610483"),
        ('0.2<!--= 2 * code("lr =")-->', None),
        ("more than 2,000<!--= it < exp(8)-->", None),
        ("more than 3,000<!--= it < exp(8)-->", "is False"),
        ("(2, 3)<!--= (1 + 1, 1 + 2)-->", None),
        ("(0.1, 0.2)<!--= [k * code('lr =') for k in (1, 2)]-->", None),
        ("(3, 2)<!--= (1 + 1, 1 + 2)-->", "is 2, 3"),
        ("2<!--= (0 + 1, 2)-->", "is (1, 2)"),
        ("1/3<!--= 1 - 2 / 3-->", None),
        ("2/3<!--= 1 - 2 / 3-->", "is 0.33333333"),
        ("5<!--= 5-->", "no computation"),
        ("(5, -6)<!--= (5, -6)-->", "no computation"),
        ("5<!--= nothing-->", "NameError"),
        ("5<!--= __import__('os')-->", "NameError"),
        ("5<!--= 1 +-->", "SyntaxError"),
    ],
)
def test_a_computed_number(text, complaint):
    complaints = wrong(code("lr = 0.1\nprint(a)", RESULTS), markdown(text), facts={"minutes": 45})
    assert not complaints if complaint is None else complaint in complaints[0], complaints


CODE = "lr, sizes = 0.1, [256, -3]\nx = torch.zeros(1e-5, 60_000) - 8  # or 77\nprint('12')"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("the learning rate 0.1, batches of 256, 60,000 images, -3 and 1e-5", None),
        ("learning rate 0.2", "nothing says where 0.2 comes from"),
        ("3 of them", "nothing says where 3 comes from"),
        ("8 of them, (256, -3)", None),
        ("(0.1, -3)", "nothing says where (0.1, -3)"),
        ("-8 of them", "nothing says where -8"),
        ("77 in a remark", "nothing says where 77"),
        ("12 in a string", "nothing says where 12"),
        ("$lr$ = 0.1", "nothing says where 0.1"),
        ("0.1 ≈ $x$", "nothing says where 0.1"),
        ("8/256 of them", "nothing says where 8/256"),
        ("8 % of them", "nothing says where 8 %"),
        ("(8, 255)", r"nothing says where (8, 255)"),
    ],
)
def test_a_setting_of_the_code_near_by(text, complaint):
    for cells in ((code(CODE), markdown(text)), (markdown(text), markdown("…"), code(CODE))):
        complaints = wrong(*cells)
        assert not complaints if complaint is None else complaint in complaints[0], complaints
    assert wrong(code(CODE), code("pass"), markdown("0.1"))


def test_an_answer_is_a_claim():
    text = "0.1\n\n<details>\n<summary>{}</summary>\n\nIt is {}.\n\n</details>\n\n0.1"
    for summary in ("Answer", "答案"):
        assert len(wrong(code(CODE), markdown(text.format(summary, "0.1")))) == 1
        assert "a claim is no" in wrong(code(CODE), markdown(text.format(summary, "0.1<!--given-->")))[0]
    assert not wrong(code(CODE), markdown(text.format("Going further", "0.1")))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('0.1<!--code "sizes ="-->', None),
        ('0.2<!--code "sizes ="-->', "stands 0.1"),
        ('256<!--code "sizes =" #2-->', None),
        ('-3<!--code "256,"-->', None),
        ('256<!--code "["-->', None),
        ('0.1<!--code "ls ="-->', "no number stands behind"),
        ('0.1<!--code "izes ="-->', "no number stands behind"),
        ('5<!--code "=" in "lr, sizes"-->', "behind the code '=' stand"),
        ("5<!--code-->", "say behind which code"),
    ],
)
def test_a_setting_of_distant_code(text, complaint):
    complaints = wrong(code(CODE), code("pass"), markdown(text))
    assert not complaints if complaint is None else complaint in complaints[0], complaints


def test_a_given_number_can_be_computed_with():
    text = "Errors of 2<!--given a--> and -4<!--given b-->: squares with the sum {}<!--= a**2 + b**2-->."
    assert not wrong(markdown(text.format(20)))
    assert "a**2 + b**2 is 20" in wrong(markdown(text.format(12)))[0]
    assert not wrong(markdown("A prediction that is 100<!--given--> away."))
    for claim in ("$x$ = 5<!--given-->", "5<!--given--> ≈ $x$", "5 %<!--given-->", "5/6<!--given-->"):
        assert "a claim is no given number" in wrong(markdown(claim))[0]
    for taken in ("train", "minutes", "pi", "a"):
        with pytest.raises(numbers.Wrong, match="is taken"):
            _ = lesson(markdown(f"2<!--given a--> and 3<!--given {taken}-->"), facts={"minutes": 5}).given


def test_a_listed_phrase_needs_no_mark(monkeypatch):
    phrases = {"everywhere": [{"en": r"chapter \d\d", "zh": r"第 \d\d 章"}], "99": [{"en": "in 1805"}], "98": None}
    monkeypatch.setattr(numbers, "listed", lambda: phrases)
    assert not wrong(markdown("chapter 07, in 1805"))
    assert not wrong(markdown("第 07 章"), language="zh")
    assert len(wrong(markdown("chapter 07, in 1806"))) == 1
    assert len(wrong(markdown("chapter 07, in 1805"), name="en/98-other")) == 1
    assert len(wrong(markdown("chapter 07, in 1805"), language="zh")) == 2


def test_the_complaint_names_file_cell_number_and_sentence_and_says_what_to_do():
    first, advice = numbers.failures(lesson(code("1"), markdown("All went well, with 748 weights in all.")))
    assert (
        first
        == "en/99-example, cell 1: nothing says where 748 comes from in …All went well, with [748] weights in all.…"
    )
    assert "<!--out #3-->" in advice and "CONTRIBUTING.md" in advice


# Slips that were planted, each beside the truth.

PROBABILITIES = code("print(probabilities)", "cat 0.71, chicken 0.04, dog 0.26")
SLIPS = {
    "a logarithm": ("It is 0.6931<!--= -log(0.5)-->.", "0.6931", "0.6431", ()),
    "a size": ("It has 784 weights.", "784", "748", (code("784"),)),
    "a unit": ("A bit is 0.6931<!--= log(2)--> nats.", "0.6931", "1.6931", ()),
    "a quotient": ("So 200/255<!--= 200/255--> = 0.7843<!--= 200/255-->.", "0.7843", "0.87", (code("200, 255"),)),
    "a value beside an equals sign, unmarked": ("The loss is 0.87.", "is", "=", (code("0.87"),)),
    "the sum of a softmax": ("1/10<!--= 1/10-->, 3/10<!--= 3/10-->", "3/10<!--=", "3/9<!--=", (code("1, 3, 9"),)),
    "results exchanged": (
        'dog 0.26<!--out "dog"-->, chicken 0.04<!--out "chicken"-->', "0.26", "0.04", (PROBABILITIES,)
    ),
    "the last batch": ("The last has 96<!--= train % 256-->.", "96", "69", (code("256"),)),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_found(slip):
    text, right, slipped, cells = SLIPS[slip]
    assert not wrong(*cells, markdown(text))
    assert wrong(*cells, markdown(text.replace(right, slipped, 1)))


# Help with the marks.


@pytest.mark.parametrize(
    ("english", "translated", "expected", "to_do"),
    [
        ("0.26<!--out #1--> of 5", "5 个中的 0.26。", "5 个中的 0.26<!--out #1-->。", 0),
        ("83 %<!--out #1--> of 83", "83，其中 83%。", "83，其中 83%<!--out #1-->。", 0),
        ("1<!--given--> or 1<!--given-->", "1 或 1", "1<!--given--> 或 1<!--given-->", 0),
        ("1<!--out #1--> or 1<!--out #2-->", "1 或 1", "1<!--out #1--> 或 1<!--out #2-->", 1),
        ("1<!--out #1--> or 1<!--out #2-->", "1<!--out #2--> 或 1<!--out #1-->", "1<!--out #2--> 或 1<!--out #1-->", 1),
        ("1<!--out #1--> or 1", "1", "1", 1),
        ("7<!--out #1-->", "七", "七", 1),
        ("7<!--out #2-->", "7<!--out-->", "7<!--out #2-->", 0),
        ("$(1, 2)$<!--= (1, 2)-->", "即 $(1, 2)$。", "即 $(1, 2)$<!--= (1, 2)-->。", 0),
    ],
)
def test_marks_are_carried_to_the_same_numbers(english, translated, expected, to_do):
    result, reported = marking.carried(english, translated)
    assert result == expected and len(reported) == to_do


def test_the_marks_that_are_proposed_hold_and_the_only_likely_one_is_written():
    text = "It ends at 0.447, near 0.83, in 2 epochs of 60,000 images at 0.1."
    example = lesson(code("lr, momentum = 0.1, 0.9"), code("print(a)", RESULTS), markdown(text), name="en/02-example")
    proposed = {n.written: marking.likely(example, 2, n) for n in numbers.numbers_in(text)}
    assert proposed["0.447"] == ['out "train loss"'] and proposed["0.83"] == ['out "accuracy"']
    written = {n.written: marking.only_likely(example, 2, n, text) for n in numbers.numbers_in(text)}
    assert written == {"0.447": 'out "train loss"', "0.83": 'out "accuracy"', "2": None, "60,000": None, "0.1": None}
    possible = {n.written: marking.possible(example, 2, n) for n in numbers.numbers_in(text)}
    assert possible["60,000"][0] == "= train" and possible["0.1"][0] == 'code "momentum ="'


def test_a_number_inside_a_claim_needs_no_mark_and_a_changed_one_does():
    said = "the mean moves from 20<!--out #1--> to 200<!--out #2-->,\nand the median does not move at all"
    patterns = numbers.claims("05", "en")
    assert any(re.search(pattern, said) for pattern in patterns)
    assert not any(re.search(pattern, said.replace("200", "300")) for pattern in patterns)
