"""From pages to a folder that any server, or none, can show."""

import csv
import io
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from sphinx.application import Sphinx

from tools import book
from tools.site import films, plays
from tools.site.pages import PAPER, Page, addresses, collect, download_of, offer
from tools.site.words import NAMES, SPHINX, WORDS

HERE = Path(__file__).parent
THEME = HERE / "theme"
Extend = Callable[[Page], None]
NOT_SERVED = (".*", "*.map", "_sources", "objects.inv", "webpack-macros.html")
"""What Sphinx and its theme leave in a folder and no reader asks for."""
EXTENSIONS: tuple[Extend, ...] = (plays.sliders, films.films)
"""What adds to the pages of the site, in this order: see ``tools/site/__init__.py``."""


@dataclass
class Edition:
    """What a language needs: its pages, and the English ones, by which addresses are called."""

    language: str
    pages: list[Page]
    sections: dict[str, list[str]]


def edition(language: str, solutions: bool = True, extend: Sequence[Extend] = ()) -> Edition:
    """Return an edition, each of its pages extended by what was given."""
    pages = collect(language, solutions)
    for page in pages:
        for each in extend:
            each(page)
    english = pages if language == book.ENGLISH else collect(book.ENGLISH, solutions)
    return Edition(language, pages, {page.name: addresses(page.sections) for page in english})


def write(edition: Edition, folder: Path) -> None:
    """Write what Sphinx reads."""
    for page in edition.pages:
        file = folder / f"{page.name}.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(page.content, file)
        for name, data in page.files.items():
            beside = folder / "_static" / name
            beside.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(data)


def settings(edition: Edition) -> dict[str, Any]:
    """Return Sphinx's configuration for an edition."""
    language, words = edition.language, WORDS[edition.language]
    return {
        "project": words["name"],
        "author": "The book_utils authors",
        "copyright": "",
        "language": SPHINX[language],
        "extensions": ["myst_nb", "tools.site.extension"],
        "root_doc": "index",
        "nb_execution_mode": "off",
        "myst_enable_extensions": ["dollarmath"],
        "html_math_renderer": "mathml",
        "html_theme": "pydata_sphinx_theme",
        "html_title": words["name"],
        "html_favicon": str(THEME / "static" / "icon.svg"),
        "html_theme_options": {
            "search_bar_text": words["search"],
            "logo": {"text": words["name"]},
            "navbar_center": [],
            "navbar_end": ["theme-switcher"],
            "navbar_persistent": ["search-button", "language"],
            "article_header_start": [],
            "primary_sidebar_end": [],
            "secondary_sidebar_items": ["page-toc"],
            "footer_start": [],
            "footer_end": [],
            "show_prev_next": True,
            "navigation_with_keys": False,
            "show_nav_level": 1,
        },
        "html_context": {"default_mode": "auto"},
        "html_sidebars": {"**": ["chapters"]},
        "html_show_sourcelink": False,
        "html_copy_source": False,
        "html_show_sphinx": False,
        "html_show_copyright": False,
        "html_use_index": False,
        "html_domain_indices": False,
        "locale_dirs": ["locale"],
        "html_static_path": [str(THEME / "static"), "_static"],
        "html_css_files": ["site.css"],
        "html_js_files": [("site.js", {"defer": "defer"})],
        "templates_path": [str(THEME / "templates")],
        "html_search_options": {"dict": "", "words": glossary()},  # no dictionary but jieba's own
        "site_language": language,
        "site_sections": edition.sections,
        "site_descriptions": {page.name: page.description for page in edition.pages},
        "site_extras": {page.name: (page.scripts, page.styles) for page in edition.pages},
    }


def glossary() -> list[str]:
    """Return the Chinese words of the glossary, which a search is to find in one piece."""
    with (book.ROOT / "sources" / "glossary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return sorted({word for row in rows for column in ("中文", "also") for word in (row[column] or "").split()})


def run_sphinx(
    edition: Edition, folder: Path, scratch: Path, builder: str = "html", chosen: dict[str, Any] | None = None
) -> str:
    """Have Sphinx build an edition; return its warnings.

    Args:
        edition: What to build.
        folder: Where to.
        scratch: A folder for what Sphinx reads and remembers; it must not exist.
        builder: ``html``, ``singlehtml``, ``epub`` and so on.
        chosen: Sphinx's configuration; without it, that of the site.
    """
    source, warnings = scratch / "source", io.StringIO()
    (source / "_static").mkdir(parents=True)
    shutil.copytree(THEME / "locale", source / "locale")  # a copy, since Sphinx compiles what is in it
    write(edition, source)
    built, doctrees = scratch / "built" / builder, scratch / "doctrees"  # myst-nb writes beside what is built
    chosen = settings(edition) if chosen is None else chosen
    app = Sphinx(source, None, built, doctrees, builder, chosen, status=None, warning=warnings)
    app.build(force_all=True)
    shutil.copytree(built, folder, ignore=shutil.ignore_patterns(*NOT_SERVED), dirs_exist_ok=True)
    return warnings.getvalue()


def build_edition(language: str, folder: Path, solutions: bool = True) -> str:
    """Write the pages of an edition, and its notebooks beside them, to a folder; return the warnings."""
    made = edition(language, solutions, EXTENSIONS)
    offer(made.pages[0], sorted((folder.parent / PAPER).glob(f"*.{language}.*")))
    with TemporaryDirectory() as scratch:
        warnings = run_sphinx(made, folder, Path(scratch, "sphinx"))
    for page in made.pages:
        target = folder / download_of(page)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(page.notebook, target)
    return warnings


def build(folder: Path, solutions: bool = True) -> str:
    """Write the site to a folder, in the place of one that was there; return the warnings.

    The editions are built side by side, each in a process of its own: Sphinx speaks one language in a process.
    """
    for language in NAMES:
        shutil.rmtree(folder / language, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(min(len(NAMES), os.cpu_count() or 1), get_context("spawn")) as processes:
        jobs = [processes.submit(build_edition, language, folder / language, solutions) for language in NAMES]
        warnings = "".join(job.result() for job in jobs)
    door = Template((THEME / "door.html").read_text(encoding="utf-8"))
    names = {f"{language}_{key}": words[key] for language, words in WORDS.items() for key in ("name",)}
    (folder / "index.html").write_text(door.substitute(names), encoding="utf-8", newline="\n")
    (folder / ".nojekyll").touch()  # else GitHub Pages leaves out folders that begin with an underscore
    return warnings
