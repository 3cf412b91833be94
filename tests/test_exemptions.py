"""A cell that is exempt from comparison says why, and what holds of its output all the same; and it does hold."""

import re

import nbformat
import pytest

from tools import answers, book, compare, exemptions

NOTEBOOKS = book.files_under("notebooks", ".ipynb")

# All tags that a cell may have. None of nbval's own is among them: they would take a cell out of the comparison.
TAGS = {"hide-input", "get-book-utils", "one-piece", answers.YOURS, *exemptions.REASONED}
NBVAL_IN_COMMENTS = re.compile(r"^\s*#+\s*(?:NBVAL|PYTEST_VALIDATE)", re.MULTILINE)

# What the code of a cell with a tag speaks of.
SPEAKS_OF = {"timing": re.compile(r"timer|times?\b|seconds", re.IGNORECASE), "device": re.compile("device|computer")}
LOADS_IMAGES = re.compile(
    r"\b(?:load_data_fashion_mnist|fashion_mnist_tensors|fashion_mnist_root|datasets\.FashionMNIST)\("
)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: "-".join(path.relative_to(book.ROOT).parts[1:]))
def cells(request):
    return book.read(request.param).cells


def tags_of(cell):
    return {*cell.metadata.get("tags", [])}


def test_no_tag_and_no_comment_takes_a_cell_out_of_the_comparison_unasked(cells):
    for cell in cells:
        assert tags_of(cell) <= TAGS and not NBVAL_IN_COMMENTS.search(cell.source), cell.source


def test_an_exempt_cell_says_why_and_what_holds(cells):
    """A reason for each; a statement for those whose output is never compared, and true of what is stored."""
    for cell in cells:
        reasoned, never_compared = tags_of(cell) & {*exemptions.REASONED}, tags_of(cell) & {*compare.NEVER_COMPARED}
        reason, statement = (cell.metadata.get(key, "") for key in (exemptions.WHY, exemptions.HOLDS))
        assert bool(reasoned) == bool(reason) and (not reason or len(reason.split()) > 3), cell.source
        assert bool(never_compared) == bool(statement), cell.source
        assert not statement or not exemptions.broken(statement, cell.outputs, stored=True)


def test_a_tag_is_only_where_it_can_be_needed(cells):
    """A clock, a device, or the images, which were loaded there or before; the tests that run cells show the rest."""
    loaded = False
    for cell in cells:
        loaded = loaded or (cell.cell_type == "code" and bool(LOADS_IMAGES.search(cell.source)))
        for tag in tags_of(cell) & {*SPEAKS_OF}:
            assert SPEAKS_OF[tag].search(cell.source), cell.source
        assert loaded or compare.REAL_DATA not in tags_of(cell), cell.source


FIGURE = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">
<defs><clipPath id="clip"><rect x="0" y="0" width="100" height="100"/></clipPath></defs>
<g id="axes_1"><g id="line2d_1">
<path d="M 0 100 L 50 75 L 100 0" clip-path="url(#clip)" style="fill: none; stroke: #228833"/></g>
<g id="line2d_2"><path d="M 0 20 L 100 20" clip-path="url(#clip)" style="fill: none; stroke: #ee6677"/></g>
<g id="text_1"><!-- peak −0.5 --></g></g></svg>"""

OUTPUTS = [
    nbformat.from_dict(
        {"output_type": "stream", "name": "stdout", "text": "loop 0.15 s, at once 1e-05 s, of 60,000\n"}
    ),
    nbformat.from_dict(
        {"output_type": "display_data", "data": {"image/svg+xml": FIGURE, "text/plain": "<Figure 5x3>"}}
    ),
]


@pytest.mark.parametrize(
    "statement",
    [
        "numbers == [0.15, 1e-05, 60000.0, -0.5]",
        "after('loop') > 1000 * after('once')",
        "after('loop', 3) == numbers[:3]",
        "'at once' in text and 'Figure' not in text",
        "marks('g') == [(0.0, 0.0), (0.5, 0.25), (1.0, 1.0)]",
        "heights('g') == [1.0] and heights('r') == [0.0]",
        "all(y < 0.9 for x, y in marks('r'))",
        "stored",
    ],
)
def test_what_a_statement_can_say(statement):
    assert not exemptions.broken(statement, OUTPUTS, stored=True)
    assert f"not ({statement}): this does not hold" in exemptions.broken(f"not ({statement})", OUTPUTS, stored=True)


@pytest.mark.parametrize(
    "statement", ["after('lost') > 0", "numbers[9] > 0", "max(marks('b'))", "not stored", "numbers"]
)
def test_what_is_not_there_or_not_true_does_not_hold(statement):
    assert exemptions.broken(statement, OUTPUTS, stored=True)


def test_a_statement_with_a_mistake_is_an_error():
    with pytest.raises(NameError):
        exemptions.broken("number[0] > 0", OUTPUTS, stored=True)
