"""Keep each chapter's notebook and its text in step, and the READMEs with both.

    uv run python -m tools.book build [NAME ...]   text -> notebook, executed on the real data
    uv run python -m tools.book text [NAME ...]    notebook -> text, after editing in JupyterLab
    uv run python -m tools.book stamp [NAME ...]   note in a translation that it says what the English text says now
    uv run python -m tools.book renew [NAME ...]   text -> notebook, not executed: only prose or facts have changed
    uv run python -m tools.book readme             write the tables of READMEs and start pages, and the glossaries
    uv run python -m tools.book new 09-NAME        begin a chapter: texts, exercises, notebooks, READMEs

A chapter is ``notebooks/<language>/NAME.ipynb`` and ``sources/<language>/NAME.md`` (MyST markdown, by jupytext). NAME
may be a part, such as 07; without one, all chapters are meant. The text is what is reviewed, the notebook what is read.
Facts about a chapter stand at the head of its text, under ``book``: ``tools/chapters.py`` says which.

A translation has the cells of the English text, and each knows the fingerprint of the English cell that it was made
from: its metadata ``en``, and part of its id. So the ids of the two agree until the English text is edited.
"""

import argparse
import json
import os
import re
import sys
from hashlib import sha1
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from tools import answers, chapters, compare, exemptions, glossary, links, public
from tools.jupyter.book_utils_jupyter import checksum

ROOT = Path(__file__).resolve().parent.parent
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
ENGLISH, TRANSLATIONS = "en", ("zh",)
MADE_FROM = "en"  # the key, in a translated cell's metadata, of the English cell's fingerprint
ALT = "alt"  # the key, in a cell's metadata, of the words that stand for its figure where that cannot be seen
KEPT_CELL_METADATA = ("tags", exemptions.WHY, exemptions.HOLDS, ALT, "jupyter", "cellView", MADE_FROM)
FACTS = "book"  # the key, in a notebook's metadata, of the facts about its chapter
COLAB_GPU = {"accelerator": "GPU", "colab": {"gpuType": "T4"}}  # what Colab reads to choose a runtime
SVG = "image/svg+xml"
SHIPPED = Path("tools", "jupyter", "book_utils_jupyter", "shipped.json")  # below ROOT


class Refused(Exception):
    """A command does not do what was asked of it, because something would be lost; the message says what to do."""


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
    """Return eight digits that change with the text of a cell, but not with comments that no reader sees."""
    return sha1(re.sub(r"<!--.*?-->", "", cell, flags=re.DOTALL).encode()).hexdigest()[:8]


def read(notebook: Path) -> NotebookNode:
    """Return a stored notebook as it was when it had been run, with the text as its author wrote it."""
    found = nbformat.read(notebook, as_version=4)
    answers.show(found)
    links.leave(found)
    return found


def read_text(source: Path) -> NotebookNode:
    """Return the cells of a text, as they stand in it, and the facts about its chapter."""
    notebook = jupytext.read(source, fmt="md:myst")
    facts = notebook.metadata.get(FACTS, {})
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}, FACTS: facts})
    for cell in notebook.cells:
        cell.metadata = _kept(cell.metadata)
    return notebook


def read_source(source: Path) -> NotebookNode:
    """Return the notebook that a text describes: without outputs, with ids that depend on nothing but the text.

    A translated cell has the id of the English cell that it was made from. The public address enters here.
    """
    notebook = read_text(source)
    if notebook.metadata[FACTS].get("gpu"):
        notebook.metadata.update(COLAB_GPU)
    marks = [cell.metadata.get(MADE_FROM) or fingerprint(cell.source) for cell in notebook.cells]
    if any(cell.cell_type == "code" for cell in notebook.cells):  # a page of words alone needs no book_utils
        marks.insert(1, public.GETTING)
    public.enter(notebook, public.address(ROOT), notebook_of(source).relative_to(ROOT).as_posix())
    links.enter(notebook, source)
    marks.append(links.TAG)
    for position, (cell, mark) in enumerate(zip(notebook.cells, marks)):
        cell.id = f"{position:03d}-{mark}"
    return notebook


def _kept(metadata: NotebookNode) -> NotebookNode:
    """Return of a cell's metadata what belongs to the lesson, and none of what JupyterLab notes for itself."""
    return nbformat.from_dict({key: value for key, value in sorted(metadata.items()) if key in KEPT_CELL_METADATA})


def text_of(notebook: NotebookNode) -> str:
    """Return the text of a notebook: its cells and their tags, no outputs, and no version of the tool that wrote it."""
    plain = nbformat.from_dict({**notebook, "metadata": {"kernelspec": KERNEL}, "cells": list(notebook.cells)})
    if facts := notebook.metadata.get(FACTS):
        plain.metadata.update({FACTS: dict(sorted(facts.items())), "jupytext": {"notebook_metadata_filter": FACTS}})
    public.leave(plain)
    links.leave(plain)
    for cell in plain.cells:
        cell.metadata = _kept(cell.metadata)
    return re.sub(r"^jupytext:\n(  .*\n)+", "", jupytext.writes(plain, "md:myst"), count=1, flags=re.MULTILINE)


def execute(notebook: NotebookNode, folder: Path, kernel: str = "python3", **environment: str) -> None:
    """Run all cells in place, with more variables in their environment; keep of each output only what a reader sees."""
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=600, kernel_name=kernel, resources=where, coalesce_streams=True).execute(
        env={**os.environ, **environment}
    )
    notebook.metadata.language_info.pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.pop("transient", None)


def build(source: Path) -> None:
    """Write the executed notebook of a text. The real data are required: they are what the outputs must show."""
    threads = os.environ.get("OMP_NUM_THREADS", "1")  # as conftest.py, which says why
    notebook = read_source(source)
    target = notebook_of(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    execute(notebook, target.parent, BOOK_UTILS_DATASET="real", OMP_NUM_THREADS=threads)
    if target.exists():
        keep_figures(read(target), notebook)
    answers.hide(notebook)
    nbformat.write(notebook, target)
    ship(target)


def keep_figures(old: NotebookNode, new: NotebookNode) -> None:
    """Leave each stored figure as it was if the new one shows the same: last digits differ between processors."""
    stored = {cell.source: cell.outputs for cell in old.cells if cell.cell_type == "code"}
    for cell in new.cells:
        for output in cell.get("outputs", []):
            figure = output.get("data", {}).get(SVG)
            for before in stored.get(cell.source, []) if figure else []:
                kept = before.get("data", {}).get(SVG, "")
                drew = {compare.matplotlib_version(each) for each in (kept, figure)}
                if len(drew) == 1 and not compare.figure_difference(kept, figure):
                    output["data"][SVG] = kept


def renew(notebook: Path) -> None:
    """Write a notebook anew from its text without executing it: prose may have changed, code has not."""
    old, new = read(notebook), read_source(source_of(notebook))
    codes = [[cell for cell in each.cells if cell.cell_type == "code"] for each in (old, new)]
    sources = [[cell.source for cell in cells if not public.is_getting(cell)] for cells in codes]
    if sources[0] != sources[1]:
        raise Refused(f"{notebook.relative_to(ROOT)} has other code than its text: build it")
    for before, now in zip(*codes):
        now.outputs, now.execution_count = before.outputs, before.execution_count
    new.metadata.language_info = old.metadata.language_info
    answers.hide(new)
    nbformat.write(new, notebook)
    ship(notebook)


def text(notebook: Path) -> None:
    """Write the text of a notebook, unless that would undo what was edited there."""
    content = text_of(nbformat.read(notebook, as_version=4))
    target = source_of(notebook)
    if (
        target.exists()
        and target.stat().st_mtime > notebook.stat().st_mtime
        and target.read_text(encoding="utf-8") != content
    ):
        raise Refused(f"{target} has been edited since {notebook.name} was built: build it, or delete the text first")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content, encoding="utf-8", newline="\n")


def stamp(source: Path) -> None:
    """Note in each cell of a translation the English cell of today. What says something else has to be mended first."""
    notebook, english = read_text(source), read_text(english_of(source))
    kinds = [[cell.cell_type for cell in each.cells] for each in (notebook, english)]
    if kinds[0] != kinds[1]:
        raise Refused(f"{source} has other cells than {english_of(source)}: {len(kinds[0])} and {len(kinds[1])}")
    for cell, original in zip(notebook.cells, english.cells):
        cell.metadata[MADE_FROM] = fingerprint(original.source)
    source.write_text(text_of(notebook), encoding="utf-8", newline="\n")
    if notebook_of(source).exists():  # else it is still to be built
        renew(notebook_of(source))


def ship(notebook: Path) -> None:
    """Note what a notebook of the book holds, so that Jupyter shows its figures at once: see ``tools/jupyter``."""
    manifest = ROOT / SHIPPED
    manifest.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
    known[notebook.relative_to(ROOT / "notebooks").as_posix()] = checksum(nbformat.read(notebook, as_version=4))
    there = {name: known[name] for name in sorted(known) if (ROOT / "notebooks" / name).exists()}
    manifest.write_text(json.dumps(there, indent=0) + "\n", encoding="utf-8", newline="\n")


def write_readmes() -> None:
    """Bring the tables of chapters in READMEs and start pages, and the READMEs' badges, up to date."""
    for language in (ENGLISH, *TRANSLATIONS):
        readme, start = chapters.readme_of(ROOT, language), chapters.start_of(ROOT, language)
        readme.write_text(chapters.readme(ROOT, language), encoding="utf-8", newline="\n")
        start.write_text(chapters.start(ROOT, language), encoding="utf-8", newline="\n")
        if is_translation(start):
            stamp(start)
        elif notebook_of(start).exists():
            renew(notebook_of(start))
        write_glossary(language)


def write_glossary(language: str) -> None:
    """Write an edition's glossary from its rows, the English one first."""
    page = ROOT / "sources" / language / f"{glossary.PAGE}.md"
    texts = [nbformat.v4.new_markdown_cell(text) for text in glossary.cells(ROOT / "sources", language)]
    page.write_text(text_of(nbformat.v4.new_notebook(cells=texts)), encoding="utf-8", newline="\n")
    if is_translation(page):
        stamp(page)
    if notebook_of(page).exists():
        renew(notebook_of(page))
    else:
        build(page)


def chosen(command: str, names: list[str]) -> list[Path]:
    """Return the files that a command is to work on: texts or notebooks, of translations only where stamps are."""
    files = files_under("notebooks", ".ipynb") if command in ("text", "renew") else files_under("sources", ".md")
    if command == "stamp":
        files = [file for file in files if is_translation(file)]
    found = [file for file in files if not names or any(name in file.as_posix() for name in names)]
    if not found:
        raise SystemExit(f"no chapter is named like {' or '.join(names)}; there are {[file.stem for file in files]}")
    return found


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["build", "text", "stamp", "renew", "readme", "new"])
    parser.add_argument("names", nargs="*", metavar="NAME", help="part of a chapter's name, such as 07")
    options = parser.parse_args(arguments)
    if options.command == "readme":
        write_readmes()
        return 0
    if options.command == "new":
        from tools import new

        for name in options.names:
            new.begin(name)
        return 0
    refused = 0
    for file in chosen(options.command, options.names):
        print(f"{options.command} {file.relative_to(ROOT)}", flush=True)
        try:
            {"build": build, "text": text, "stamp": stamp, "renew": renew}[options.command](file)
        except Refused as reason:  # the others are still done
            print(f"NOT DONE: {reason}", file=sys.stderr, flush=True)
            refused += 1
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
