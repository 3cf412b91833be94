"""What nbgrader gets: for grading ``Restore``, which mends what was done to the cells, ``Marks``, which grades, and
``Harmless``, which leaves nothing that a browser would run; for the pages of feedback ``WrapLines``.

nbgrader runs a notebook in one kernel, with the tests beside the student's code, and believes what the tests' cells
show. Whoever writes a notebook can show anything there. ``Marks`` takes the place of that kernel: the student's cells
run in a process that is told inputs only, and what it returns is judged here.
"""

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade
from traitlets import Float, Int

from book_utils_lecturers.grading import Task, graded, task_of
from book_utils_lecturers.own import load
from book_utils_lecturers.submission import Limits, Submission, clean


class Restore(NbGraderPreprocessor):
    """Gives each cell of a submission the marks that the assignment's cell of its name has, and no other cell any.

    A cell that brings points and is missing is put back at the end, another locked one at the beginning. Marks
    that nbgrader cannot read would end the grading of all.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with its marks as they were handed out."""
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(about["notebook"], about["assignment"])
            points = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
            kinds = {
                kind: {cell.name for cell in cells}
                for kind, cells in {
                    "grade": notebook.grade_cells,
                    "solution": notebook.solution_cells,
                    "task": notebook.task_cells,
                }.items()
            }
            wanted = {cell.name: (cell, _marks(cell, points, kinds)) for cell in notebook.source_cells}
        well_formed(nb)
        for cell in nb.cells:
            marks = cell.metadata.pop("nbgrader", None)
            name = marks.get("grade_id") if isinstance(marks, dict) else None
            if isinstance(name, str) and name in wanted:
                cell.metadata["nbgrader"] = wanted.pop(name)[1]
        for cell, marks in wanted.values():
            if cell.name not in points and not cell.locked:
                continue  # an empty answer at the end would take the place of what the student wrote elsewhere
            new = nbformat.v4.new_code_cell() if cell.cell_type == "code" else nbformat.v4.new_markdown_cell()
            new.update(source=cell.source, metadata=NotebookNode(nbgrader=marks))
            nb.cells.insert(len(nb.cells) if cell.name in points else 0, new)
            self.log.warning("The cell %s was missing, and is put back", cell.name)
        return nb, resources


def well_formed(nb: NotebookNode) -> None:
    """Leave of a notebook what its format knows, and of that what is graded and shown."""
    nb.nbformat, nb.nbformat_minor = 4, 5
    nb.metadata = NotebookNode({key: nb.metadata[key] for key in ("kernelspec", "language_info") if key in nb.metadata})
    made: dict[str, Callable[..., NotebookNode]] = {
        "code": nbformat.v4.new_code_cell,
        "markdown": nbformat.v4.new_markdown_cell,
        "raw": nbformat.v4.new_raw_cell,
    }
    cells = []
    for cell in nb.cells:
        if cell.cell_type in made:
            kept = made[cell.cell_type](str(cell.source))
            if "nbgrader" in cell.metadata:
                kept.metadata["nbgrader"] = cell.metadata["nbgrader"]
            if cell.cell_type == "markdown" and (pasted := _pasted(cell.get("attachments"))):
                kept["attachments"] = pasted
            cells.append(kept)
    nb.cells = cells


def _pasted(attachments: Any) -> NotebookNode:
    """Return the pictures that were pasted into a text."""
    pictures = {str(name): pictures_of(data) for name, data in (attachments or {}).items() if isinstance(data, dict)}
    return NotebookNode({name: data for name, data in pictures.items() if data})


def _marks(cell: Any, points: dict[str, float], kinds: dict[str, set[str]]) -> NotebookNode:
    marks = {"grade_id": cell.name, "locked": cell.locked, "checksum": cell.checksum, "cell_type": cell.cell_type}
    marks |= {kind: cell.name in names for kind, names in kinds.items()}
    if cell.name in points:
        marks["points"] = points[cell.name]
    return NotebookNode(marks, schema_version=3)


class Marks(NbGraderPreprocessor):
    """Runs a submission, and grades its exercises from what its functions return."""

    seconds_of_a_cell = Float(Limits.cell, help="Seconds after which a cell of a submission is ended").tag(config=True)
    seconds_of_all = Float(Limits.all, help="Seconds after which no more of a submission is run").tag(config=True)
    memory = Int(Limits.memory, help="Bytes of memory that a submission may take").tag(config=True)
    exercises = "exercises"  # the folder of a course that holds exercises of the lecturer's own

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with outputs: those of the student's cells, and what each exercise brought."""
        course = Path.cwd()  # where nbgrader works
        for file in sorted((course / self.exercises).glob("*.py")):
            load(file)
        limits = Limits(cell=self.seconds_of_a_cell, all=self.seconds_of_all, memory=self.memory)
        with Submission(limits, hidden=[course]) as submission:
            for count, cell in enumerate((cell for cell in nb.cells if cell.cell_type == "code"), 1):
                task = task_of(cell.source) if is_grade(cell) else None
                outputs = self.graded(task, submission) if task else submission.run(cell.source)
                cell.outputs = [nbformat.from_dict(output) for output in outputs]
                cell.execution_count = count
        if submission.caged is False:
            self.log.warning("There is no Landlock here: what a submission runs can read what you can read")
        return nb, resources

    def graded(self, task: Task, submission: Submission) -> list[dict[str, Any]]:
        """Return the outputs of a cell that grades: words, and the points that nbgrader reads."""
        found = graded(task, submission)
        self.log.info("%s: %s of %s points", task.number, found.points, task.points)
        shown: dict[str, Any] = {"output_type": "execute_result", "metadata": {}, "execution_count": None}
        return [
            {"output_type": "stream", "name": "stdout", "text": f"{clean(found.feedback)}\n"},
            {**shown, "data": {"text/plain": repr(found.points)}},
        ]


REACHES = re.compile(
    r"<(?=[A-Za-z/!?])|&(?=[#\w])|\](?=[(\[:])(?!\((?:attachment:|https?://))"
    r"|\\(?=(?:href|require|html|unicode|class|style|cssId|let|def|csname|\w*newcommand|newenvironment))"
)
"""Where a tag of HTML, a character by number or name, an address of another kind than the web's, or a command that
reaches beyond a formula begins: up to there, for a space."""

FENCE = re.compile(r"^([ \t>]*(?:`{3,}|~{3,}))[^\n`]*$", re.MULTILINE)
"""The line above code in a text; the name of a language would have the code coloured, spaces and all."""

NOTHING = "\u200b"
"""A space without width."""

MOST_WRITTEN = 20_000
"""Characters of a text that are shown: nbconvert takes very long for some."""

PICTURES, ENCODED = ("image/png", "image/jpeg"), re.compile(r"[A-Za-z0-9+/=\s]*")
"""Pictures that a page can show of a student's without running anything, and what they are written in."""


class Harmless(NbGraderPreprocessor):
    """Leaves nothing in a graded notebook that a browser would run: the lecturer looks at it, and may give points.

    Of what cells show, text and pictures stay; a drawing, which may hold a script, becomes a picture. Tags
    and the like in the student's text stay text, by a space without width, which nobody sees.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook without what runs."""
        for cell in nb.cells:
            if cell.cell_type == "code":
                for output in cell.outputs:
                    output.get("metadata", NotebookNode()).clear()
                    if "data" in output:
                        output.data = NotebookNode(shown(output.data))
            else:
                text = cell.source if len(cell.source) <= MOST_WRITTEN else f"{cell.source[:MOST_WRITTEN]}\n\n..."
                text = FENCE.sub(r"\1", text)
                cell.source = REACHES.sub(lambda found: found[0] + NOTHING, text)
        return nb, resources


def pictures_of(data: dict[str, Any]) -> dict[str, str]:
    """Return the pictures in one thing that a cell shows."""
    return {kind: data[kind] for kind in PICTURES if isinstance(data.get(kind), str) and ENCODED.fullmatch(data[kind])}


def shown(data: dict[str, Any]) -> dict[str, str]:
    """Return what stays of one thing that a cell shows."""
    kept = pictures_of(data)
    if "text/plain" in data:
        kept["text/plain"] = data["text/plain"]
    if "image/svg+xml" in data:
        drawing = base64.b64encode(data["image/svg+xml"].encode()).decode()
        kept["text/html"] = f'<img src="data:image/svg+xml;base64,{drawing}">'  # no script runs in a picture
    return kept or {"text/plain": "..."}


class WrapLines(NbGraderPreprocessor):
    """Has pages of feedback break long lines, which nbgrader's cut off where the box ends, and set Chinese upright.

    The pages do not say their language, so that a browser takes whatever font has the characters, a brush's if need be.
    """

    style = """
        body { font-family: Helvetica, Arial, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
        div.input_area pre, div.output_area pre {
            white-space: pre-wrap !important; word-break: normal !important; overflow-wrap: anywhere;
            font-family: Menlo, Consolas, "DejaVu Sans Mono", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC",
                monospace !important;
        }
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook as it is, with one more style for its page."""
        resources["inlining"]["css"].append(self.style)
        return nb, resources
