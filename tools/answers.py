"""Answers that a reader does not see before the question is answered.

A cell under the prompt 'Predict, then run', or one that describes the reader's own computer, is stored without its
outputs, as if it had not been run. They stand in the cell's metadata, which no front end shows: tests compare them,
exports fold them, and whoever runs the cell sees them.
"""

import re

from nbformat import NotebookNode, from_dict

PROMPT = re.compile(r"\*\*(?:Predict, then run\.\*\*|先猜，再运行\*\*。)")
YOURS = "yours"
"""The tag of a cell that describes the computer on which it runs."""
ANSWER = "answer"
"""The key of the outputs in a cell's metadata."""


def asked(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells directly below a prompt, and those tagged ``yours``."""
    pairs = zip(notebook.cells, notebook.cells[1:])
    codes = [(text, cell) for text, cell in pairs if cell.cell_type == "code"]
    return [cell for text, cell in codes if PROMPT.search(text.source) or YOURS in cell.metadata.get("tags", [])]


def hide(notebook: NotebookNode) -> None:
    """Put the answers of an executed notebook where no reader sees them."""
    for cell in asked(notebook):
        cell.metadata[ANSWER] = cell.outputs
        cell.outputs, cell.execution_count = [], None


def show(notebook: NotebookNode) -> None:
    """Put them back, as if the notebook had just been run from top to bottom."""
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(codes, start=1):
        if ANSWER in cell.metadata:
            cell.outputs = from_dict(cell.metadata.pop(ANSWER))
            cell.execution_count = count
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
