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

from tools import public

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
    return sorted((root / "sources" / language).glob("[0-9]*.md"))


def numbers_of(root: Path, fact: str) -> list[str]:
    """Return the numbers of the chapters for which a fact is true."""
    return [text.stem[:2] for text in texts(root, "en") if facts(text).get(fact)]


def row(text: Path) -> str:
    """Return a chapter's row in the README."""
    about, place = facts(text), f"notebooks/{text.parent.name}/{text.stem}.ipynb"
    return f"| [{text.stem[:2]} {title(text)}]({place}) | {about['teaches']} | {about['minutes']} |\n"


def readme_of(root: Path, language: str) -> Path:
    """Return the README of an edition."""
    return root / ("README.md" if language == "en" else f"README.{language}.md")


def readme(root: Path, language: str) -> str:
    """Return what an edition's README has to say: as it is, but with the chapters' rows and the badges of today."""
    text = readme_of(root, language).read_text(encoding="utf-8")
    rows = "".join(map(row, texts(root, language)))
    head, table = re.search(rf"{re.escape(BEGIN)}((?:\|.*\n){{2}})((?:\|.*\n)*)", text).groups()
    text = text.replace(f"{BEGIN}{head}{table}", f"{BEGIN}{head}{rows}")
    return public.with_badges(text, public.address(root), f"notebooks/{language}/{texts(root, language)[0].stem}.ipynb")
