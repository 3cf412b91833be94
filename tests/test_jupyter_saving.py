"""What Jupyter keeps of a notebook: figures instead of widgets."""

from copy import deepcopy

import nbformat
import pytest
from book_utils_jupyter.saving import settle_widgets
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

VIEW = {"application/vnd.jupyter.widget-view+json": {"model_id": "a", "version_major": 2, "version_minor": 0}}
STATE = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2, "version_minor": 0}}
SENTENCE = {"text/markdown": "Run this cell.", "text/plain": "Run this cell."}
FIGURE = {"image/svg+xml": "<svg/>", "text/plain": "<Figure>"}
STILL = {"text/html": '<div class="book-utils-still"></div>'}
OWN = {"text/plain": "IntSlider(value=3)"}


def notebook(*outputs, **metadata):
    cell = new_code_cell("explore(...)", outputs=[new_output("display_data", data) for data in deepcopy(outputs)])
    return new_notebook(cells=[new_markdown_cell("Sliders."), cell], metadata=metadata)


CASES = {
    "the book's sliders": ([VIEW | SENTENCE, FIGURE | STILL], [SENTENCE, FIGURE]),
    "HTML in lines": ([FIGURE | {"text/html": ['<div class="book-utils-', 'still"></div>']}], [FIGURE]),
    "a widget and a figure in one": ([VIEW | FIGURE], [FIGURE]),
    "a widget of the reader's": ([VIEW | OWN, FIGURE | STILL], [VIEW | OWN, FIGURE]),
    "HTML of the reader's": ([FIGURE | {"text/html": "<p>"}], [FIGURE | {"text/html": "<p>"}]),
    "the figure as HTML alone": ([STILL], [STILL]),
    "nothing": ([], []),
}


@pytest.mark.parametrize("name", CASES)
def test_widgets_give_way_to_what_stands_beside_them(name):
    before, after = CASES[name]
    settled = notebook(*before, widgets=STATE, language_info={"name": "python"})
    for _ in range(2):
        settle_widgets(settled)
        assert [output.data for output in settled.cells[1].outputs] == after
        assert ("widgets" in settled.metadata) == any(VIEW.keys() <= data.keys() for data in after)
        assert "language_info" in settled.metadata
        nbformat.validate(settled)


def test_errors_and_printed_lines_stay():
    other = notebook()
    other.cells[1].outputs = [new_output("stream", text="1\n"), new_output("error", ename="E", evalue="", traceback=[])]
    before = deepcopy(other)
    settle_widgets(other)
    assert other == before
