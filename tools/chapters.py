"""Facts about the chapters, each said once: at the head of a chapter's text, under ``book``.

=============  ====================================================================================================
``minutes``    of reading, folded asides not counted
``seconds``    that the cells run, on two cores
``teaches``    what the README says of the chapter, in the language of the text
``images``     true if the chapter needs Fashion-MNIST
``gpu``        true if it trains on a GPU where there is one: Colab is asked for one
``sliders``    true if it has pictures to play with
``lacks``      what the tests expect of every chapter and this one has no use for: ``curves``
=============  ====================================================================================================

What is not said is false, or empty. Solutions have the facts that hold for them.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from tools import glossary, public

START = "index"
"""The name of each edition's start page."""
PAGES = (START, glossary.PAGE)
"""The names of the pages that are no chapters."""
BEGIN, END = "<!-- chapters: made by tools.book readme -->\n", "<!-- /chapters -->\n"


def facts(source: Path) -> dict[str, Any]:
    """Return the facts at the head of a text."""
    head = source.read_text(encoding="utf-8").split("---\n", 2)[1]
    return yaml.safe_load(head).get("book", {})


def title(source: Path) -> str:
    """Return the title of a text: its first heading."""
    return re.search(r"^# (.+)$", source.read_text(encoding="utf-8"), flags=re.MULTILINE)[1]


def texts(root: Path, language: str) -> list[Path]:
    """Return the texts of an edition's chapters, without the solutions."""
    return texts_in(root / "sources" / language)


def texts_in(edition: Path) -> list[Path]:
    """Return the texts of the chapters in an edition's folder."""
    return sorted(edition.glob("[0-9]*.md"))


def numbers_of(root: Path, fact: str) -> list[str]:
    """Return the numbers of the chapters for which a fact is true."""
    return [text.stem[:2] for text in texts(root, "en") if facts(text).get(fact)]


def row(text: Path, folder: str = "") -> str:
    """Return a chapter's row in a table whose links start from ``folder``."""
    about = facts(text)
    return f"| [{text.stem[:2]} {title(text)}]({folder}{text.stem}.ipynb) | {about['teaches']} | {about['minutes']} |\n"


def with_rows(text: str, rows: list[str]) -> str:
    """Return a text with these rows, and no others, in its table of chapters."""
    head, old = re.search(rf"{re.escape(BEGIN)}((?:\|.*\n){{2}})((?:\|.*\n)*)", text).groups()
    return text.replace(f"{BEGIN}{head}{old}", f"{BEGIN}{head}{''.join(rows)}")


def without_rows(text: str) -> str:
    """Return a text without its table of chapters, which says what each chapter says of itself."""
    return re.sub(rf"{re.escape(BEGIN)}.*?{re.escape(END.strip())}", "", text, flags=re.DOTALL)


def readme_of(root: Path, language: str) -> Path:
    """Return the README of an edition."""
    return root / ("README.md" if language == "en" else f"README.{language}.md")


def start_of(root: Path, language: str) -> Path:
    """Return the text of an edition's start page."""
    return root / "sources" / language / f"{START}.md"


def readme(root: Path, language: str) -> str:
    """Return what an edition's README has to say: as it is, but with the chapters' rows and the badges of today."""
    text, there = readme_of(root, language).read_text(encoding="utf-8"), texts(root, language)
    text = with_rows(text, [row(one, f"notebooks/{language}/") for one in there])
    return public.with_badges(text, public.address(root), f"notebooks/{language}/{there[0].stem}.ipynb")


def start(root: Path, language: str) -> str:
    """Return the text of an edition's start page: as it is, but with the chapters' rows of today."""
    return with_rows(start_of(root, language).read_text(encoding="utf-8"), list(map(row, texts(root, language))))
