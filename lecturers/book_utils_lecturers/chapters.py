"""The exercises as the chapters' notebooks hold them: their text, the cells to fill in, and the written answers."""

import ast
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

HEAD = re.compile(r"^## (?:Exercises|练习)$", re.MULTILINE)
BEGIN = re.compile(r"^(?:#+ (?:Exercise|练习) (?P<alone>\d+)|\*\*(?P<among>\d+)\.\*\*|#+ .*)", re.MULTILINE)
MARK = re.compile(r"<!--.*?-->", re.DOTALL)
LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*\.ipynb[^)]*\)")


@dataclass
class Text:
    """What a notebook says of one exercise.

    Attributes:
        words: Its Markdown.
        code: Its cells of code.
        answer: What the solutions say, Markdown and code.
    """

    words: str = ""
    code: list[str] = field(default_factory=list)
    answer: str = ""


@dataclass(frozen=True)
class Chapter:
    """A chapter, as far as its exercises go.

    Attributes:
        title: Its title.
        imports: The lines of its imports.
        texts: Its exercises, by number.
    """

    title: str
    imports: tuple[str, ...]
    texts: dict[str, Text]


def read(folder: Path, language: str, number: str) -> Chapter:
    """Return a chapter's exercises from a folder of notebooks.

    Raises:
        SystemExit: There is no such chapter.
    """
    found = sorted((folder / language).glob(f"{number}-*.ipynb"))
    if len(found) != 1:
        raise SystemExit(
            f"{folder / language} has no notebook of chapter {number}. Run this in the folder that holds the book's "
            "notebooks, or name it: --notebooks my-notebooks"
        )
    cells = _cells(found[0])
    title = next(line for kind, source in cells for line in source.splitlines() if line.startswith("# "))[2:]
    begin = max(i for i, (kind, source) in enumerate(cells) if kind == "markdown" and HEAD.search(source))
    texts = _texts(cells[begin:], number)
    solutions = found[0].parent / "solutions" / found[0].name
    if solutions.exists():
        for name, answer in _texts(_cells(solutions), number).items():
            fenced = [answer.words, *(f"```python\n{code}\n```" for code in answer.code)]
            texts.setdefault(name, Text()).answer = "\n\n".join(filter(None, fenced))
    return Chapter(title, _imports(cells), texts)


def _cells(notebook: Path) -> list[tuple[str, str]]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    book = {"navigation", "get-book-utils"}  # cells that readers of the book need
    tagged = [cell for cell in cells if not book & {*cell["metadata"].get("tags", ())}]
    return [(cell["cell_type"], "".join(cell["source"])) for cell in tagged]


def _texts(cells: list[tuple[str, str]], chapter: str) -> dict[str, Text]:
    """Return what belongs to each exercise: from its head or its number on, up to the next."""
    texts: dict[str, Text] = {}
    current = Text()
    for kind, source in cells:
        if kind == "code":
            current.code.append(source)
            continue
        clean = LINK.sub(r"\1", MARK.sub("", source))
        marks = [*BEGIN.finditer(clean)]
        ends = [mark.start() for mark in marks] + [len(clean)]
        current.words += "\n\n" + clean[: ends[0]]
        for mark, end in zip(marks, ends[1:]):
            number = mark["alone"] or mark["among"]
            current = texts.setdefault(f"{chapter}.{number}", Text()) if number else Text()
            current.words += clean[mark.start() : end]
    for text in texts.values():
        text.words = text.words.strip()
    return texts


def _imports(cells: list[tuple[str, str]]) -> tuple[str, ...]:
    """Return a chapter's imports, each once, without those that only the notebook's checks need."""
    found: dict[str, None] = {}
    for kind, source in cells:
        if kind == "code":
            code = "\n".join("" if line.startswith(("%", "!")) else line for line in source.splitlines())
            for node in ast.parse(code).body:
                line = ast.unparse(node)
                if isinstance(node, (ast.Import, ast.ImportFrom)) and "book_utils.exercises" not in line:
                    found[line] = None
    return tuple(found)
