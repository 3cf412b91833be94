"""The ways from one notebook to another: where a text names a chapter, and at both ends of each notebook.

Texts say 'chapter 02' and name no file. The links enter when a notebook is made from its text, as the row that leads to
the chapter before, to the next and to the contents does; on the way back to the text they are taken out again.
"""

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools import chapters, glossary

TAG = "navigation"
"""The tag of the cell at the end of a notebook that leads on."""
WORDS = {"en": "Contents", "zh": "目录"}
NUMBER = r"\d\d(?!\d|\.\d)"
LEFT_ALONE = r"```.*?```|`[^`]*`|\$[^$]*\$|<!--.*?-->|\[[^\]]*\]\([^)]*\)|^#.*?$|^<.*?$"
MANY = {
    "en": rf"\b[Cc]hapters\s{NUMBER}(?:,?\s(?:and\s|to\s)?{NUMBER})*",
    "zh": rf"第 {NUMBER}(?:(?:、| 和 | 到 ){NUMBER})+ 章",
}
ONE = {"en": rf"\b[Cc]hapter\s(?P<number>{NUMBER})", "zh": rf"第 (?P<number>{NUMBER}) 章"}
LINK = re.compile(r"\[((?:[Cc]hapter\s|第 )?\d\d(?: 章)?)\]\((?:\.\./)?\d\d-[^)/]*\.ipynb\)")


def enter(notebook: NotebookNode, source: Path) -> None:
    """Put the links into a notebook that was read from its text."""
    edition, language = edition_of(source)
    up = "../" if source.parent != edition else ""
    there = chapters.texts_in(edition)
    targets = {text.stem[:2]: f"{up}{text.stem}.ipynb" for text in there if text != source}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = linked(cell.source, targets, language)
    if source.stem != chapters.START:
        row = row_of(source, there, language)
        notebook.cells[0].source = re.sub(
            r"^\[.*\]\(\.\./.*\)$", lambda line: f"{line[0]} · {row}", notebook.cells[0].source, flags=re.MULTILINE
        )
        notebook.cells.append(nbformat.v4.new_markdown_cell(row, metadata=nbformat.from_dict({"tags": [TAG]})))


def leave(notebook: NotebookNode) -> None:
    """Take the links out again."""
    notebook.cells = [cell for cell in notebook.cells if TAG not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(r"\1", cell.source)
    for cell in notebook.cells[:1]:
        cell.source = re.sub(rf" · \[(?:{'|'.join(WORDS.values())})\]\(.*", "", cell.source)


def edition_of(source: Path) -> tuple[Path, str]:
    """Return the folder of the edition that a text belongs to, and its language."""
    edition = next(folder for folder in source.parents if folder.name in WORDS)
    return edition, edition.name


def linked(text: str, targets: dict[str, str], language: str) -> str:
    """Return a text in which each mention of a chapter leads to its notebook; code, formulas and headings stay."""

    def link(words: str, number: str) -> str:
        return f"[{words}]({targets[number]})" if number in targets else words

    def replace(match: re.Match[str]) -> str:
        if match["many"]:
            return re.sub(NUMBER, lambda number: link(number[0], number[0]), match[0])
        return link(match[0], match["number"]) if match["number"] else match[0]

    pattern = rf"{LEFT_ALONE}|(?P<many>{MANY[language]})|{ONE[language]}"
    return re.sub(pattern, replace, text, flags=re.DOTALL | re.MULTILINE)


def row_of(source: Path, there: list[Path], language: str) -> str:
    """Return the row that leads on: to the contents, the chapter before and the next, or from solutions to theirs."""
    contents = f"[{WORDS[language]}]"

    def link(text: Path, words: str) -> str:
        return f"[{words.format(f'{text.stem[:2]} {chapters.title(text)}')}]({text.stem}.ipynb)"

    names = [text.stem for text in there]
    if source.stem == glossary.PAGE:
        return f"{contents}({chapters.START}.ipynb)"
    if source not in there:
        (chapter,) = [text for text in there if text.stem == source.stem]
        return f"{contents}(../{chapters.START}.ipynb) · {link(chapter, '{}').replace('](', '](../')}"
    place = names.index(source.stem)
    before = [link(text, "← {}") for text in there[:place][-1:]]
    after = [link(text, "{} →") for text in there[place + 1 :][:1]]
    return " · ".join([f"{contents}({chapters.START}.ipynb)", *before, *after])
