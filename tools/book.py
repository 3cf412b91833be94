"""Keep each chapter's notebook and its text in step.

    uv run python -m tools.book build [NAME ...]   text -> notebook, executed on the real data
    uv run python -m tools.book text [NAME ...]    notebook -> text, after editing in JupyterLab
    uv run python -m tools.book stamp [NAME ...]   note in a translation that it says what the English text says now

A chapter is ``notebooks/<language>/NAME.ipynb`` and ``sources/<language>/NAME.md`` (MyST markdown, by jupytext). NAME
may be a part, such as 07; without one, all chapters are meant. The text is what is reviewed, the notebook what is read.

A translation has the cells of the English text, and each knows the fingerprint of the English cell that it was made
from: its metadata ``en``, and part of its id. So the ids of the two agree until the English text is edited.
"""

import argparse
import os
import re
import sys
from hashlib import sha1
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
ENGLISH, TRANSLATIONS = "en", ("zh",)
MADE_FROM = "en"  # the key, in a translated cell's metadata, of the English cell's fingerprint
KEPT_CELL_METADATA = ("tags", "jupyter", "cellView", MADE_FROM)
BADGES = re.compile(r"\n\[!\[Open in Colab\].*\n")
COLAB_GPU = {"accelerator": "GPU", "colab": {"gpuType": "T4"}}  # what Colab reads to choose a runtime


def files_under(folder: str, suffix: str) -> list[Path]:
    """Return the chapters' files of one kind, without the copies that JupyterLab keeps in hidden folders."""
    found = sorted((ROOT / folder).rglob(f"*{suffix}"))
    return [path for path in found if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)]


def source_of(notebook: Path) -> Path:
    """Return the text that belongs to a notebook."""
    return ROOT / "sources" / notebook.resolve().relative_to(ROOT / "notebooks").with_suffix(".md")


def notebook_of(source: Path) -> Path:
    """Return the notebook that belongs to a text."""
    return ROOT / "notebooks" / source.resolve().relative_to(ROOT / "sources").with_suffix(".ipynb")


def is_translation(source: Path) -> bool:
    """Tell whether a text belongs to an edition that is not the English one."""
    return source.resolve().relative_to(ROOT / "sources").parts[0] in TRANSLATIONS


def english_of(source: Path) -> Path:
    """Return the English text that a translated one was made from."""
    language, *rest = source.resolve().relative_to(ROOT / "sources").parts
    return ROOT.joinpath("sources", ENGLISH, *rest)


def fingerprint(cell: str) -> str:
    """Return eight digits that change with the text of a cell, but not with the book's public address in it."""
    lasting = re.sub(r"^URL = '[^']*'", "URL = ''", BADGES.sub("", cell), flags=re.MULTILINE)
    return sha1(lasting.encode()).hexdigest()[:8]


def read_source(source: Path) -> NotebookNode:
    """Return the notebook that a text describes: without outputs, with ids that depend on nothing but the text.

    A translated cell has the id of the English cell that it was made from.
    """
    notebook = jupytext.read(source, fmt="md:myst")
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    if any(cell.cell_type == "code" and "try_gpu()" in cell.source for cell in notebook.cells):
        notebook.metadata.update(COLAB_GPU)
    for position, cell in enumerate(notebook.cells):
        cell.metadata = _kept(cell.metadata)
        cell.id = f"{position:03d}-{cell.metadata.get(MADE_FROM) or fingerprint(cell.source)}"
    return notebook


def _kept(metadata: NotebookNode) -> NotebookNode:
    """Return of a cell's metadata what belongs to the lesson, and none of what JupyterLab notes for itself."""
    return nbformat.from_dict({key: value for key, value in sorted(metadata.items()) if key in KEPT_CELL_METADATA})


def text_of(notebook: NotebookNode) -> str:
    """Return the text of a notebook: its cells and their tags, no outputs, and no version of the tool that wrote it."""
    cells = [{**cell, "metadata": _kept(cell.metadata)} for cell in notebook.cells]
    plain = nbformat.from_dict({**notebook, "metadata": {"kernelspec": KERNEL}, "cells": cells})
    return re.sub(r"^jupytext:\n(  .*\n)+", "", jupytext.writes(plain, "md:myst"), count=1, flags=re.MULTILINE)


def execute(notebook: NotebookNode, folder: Path, kernel: str = "python3") -> None:
    """Run all cells in place, and keep of each output only what a reader sees."""
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=600, kernel_name=kernel, resources=where, coalesce_streams=True).execute()
    notebook.metadata.language_info.pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.pop("transient", None)


def build(source: Path) -> None:
    """Write the executed notebook of a text. The real data are required: they are what the outputs must show."""
    os.environ["BOOK_UTILS_DATASET"] = "real"
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as conftest.py, which says why
    notebook = read_source(source)
    target = notebook_of(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    execute(notebook, target.parent)
    nbformat.write(notebook, target)


def renew(notebook: Path) -> None:
    """Write a notebook anew from its text without executing it: prose may have changed, code has not."""
    old, new = nbformat.read(notebook, as_version=4), read_source(source_of(notebook))
    cells = [[cell for cell in each.cells if cell.cell_type == "code"] for each in (old, new)]
    if len(cells[0]) != len(cells[1]):
        raise SystemExit(f"{notebook.name} has other code cells than its text: build it")
    for before, now in zip(*cells):
        now.outputs, now.execution_count = before.outputs, before.execution_count
    new.metadata.language_info = old.metadata.language_info
    nbformat.write(new, notebook)


def text(notebook: Path) -> None:
    """Write the text of a notebook, unless that would undo what was edited there."""
    content = text_of(nbformat.read(notebook, as_version=4))
    target = source_of(notebook)
    if target.exists() and target.stat().st_mtime > notebook.stat().st_mtime and target.read_text("utf-8") != content:
        raise SystemExit(
            f"{target} has been edited since {notebook.name} was built: build it, or delete the text first"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content, encoding="utf-8", newline="\n")


def stamp(source: Path) -> None:
    """Note in each cell of a translation the English cell of today. What says something else has to be mended first."""
    notebook, english = jupytext.read(source, fmt="md:myst"), read_source(english_of(source))
    kinds = [[cell.cell_type for cell in each.cells] for each in (notebook, english)]
    if kinds[0] != kinds[1]:
        raise SystemExit(f"{source} has other cells than {english_of(source)}: {len(kinds[0])} and {len(kinds[1])}")
    for cell, original in zip(notebook.cells, english.cells):
        cell.metadata[MADE_FROM] = fingerprint(original.source)
    source.write_text(text_of(notebook), encoding="utf-8", newline="\n")
    if notebook_of(source).exists():  # else it is still to be built
        renew(notebook_of(source))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["build", "text", "stamp"])
    parser.add_argument("names", nargs="*", metavar="NAME", help="part of a chapter's name, such as 07")
    options = parser.parse_args(arguments)
    files = files_under("notebooks", ".ipynb") if options.command == "text" else files_under("sources", ".md")
    if options.command == "stamp":
        files = [file for file in files if is_translation(file)]
    chosen = [f for f in files if not options.names or any(name in f.as_posix() for name in options.names)]
    if not chosen:
        parser.error(f"no chapter is named like {' or '.join(options.names)}; there are {[f.stem for f in files]}")
    for file in chosen:
        print(f"{options.command} {file.relative_to(ROOT)}", flush=True)
        {"build": build, "text": text, "stamp": stamp}[options.command](file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
