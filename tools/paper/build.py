"""From pages to PDF and EPUB."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sphinx.util import texescape
from sphinx.util.docutils import docutils_namespace, patch_docutils

from tools.paper import cover, pages
from tools.paper.needs import KINDS
from tools.paper.words import WORDS
from tools.site.build import Edition, run_sphinx
from tools.site.words import SPHINX, TAGS

HERE = Path(__file__).parent
NAME = "linear-neural-networks"
WIDE = re.compile(r"Overfull \\hbox \(([\d.]+)pt too wide\)")
BEYOND = 3.0
"""How many points a line may be wider than the column: less than anybody sees."""
LACKS = re.compile(r"^(?:Missing character|LaTeX Warning: (?:Reference|Hyper reference)).*", re.MULTILINE)
SETUP = (
    "TitleColor={HTML}{00594C}, InnerLinkColor={HTML}{005A9C}, OuterLinkColor={HTML}{005A9C}, "
    "VerbatimColor={HTML}{F4F6F6}, pre_border-width=0pt, pre_border-radius=2pt, pre_padding=4pt, "
    "hmargin={2.7cm,2.7cm}, vmargin={2.6cm,2.4cm}, verbatimforcewraps=true, verbatimmaxunderfull=1, "
    "div.note_border-TeXcolor={HTML}{9AB8B2}, div.note_background-TeXcolor={HTML}{FAFCFB}, "
    "div.note_title-background-TeXcolor={HTML}{E3EEEB}, div.note_box-shadow=none, div.note_border-radius=2pt"
)
"""Colours and boxes, in the language of Sphinx's LaTeX package."""


def settings(language: str, scratch: Path) -> dict[str, Any]:
    """Return Sphinx's configuration for a book."""
    words = WORDS[language]
    return {
        "project": words["name"],
        "author": words["authors"],
        "copyright": words["authors"],
        "version": version("book-utils"),
        "language": SPHINX[language],
        "locale_dirs": ["locale"],
        "extensions": ["myst_nb", "sphinxcontrib.rsvgconverter", "tools.paper.extension"],
        "root_doc": "index",
        "paper_language": language,
        "numfig": True,
        "numfig_format": {"figure": f"{words['figure']} %s"},
        "smartquotes": language == "en",
        "nb_execution_mode": "off",
        "nb_mime_priority_overrides": [("latex", "image/svg+xml", 1), ("epub", "image/svg+xml", 1)],
        "myst_enable_extensions": ["dollarmath"],
        **latex(language, scratch),
        **epub(language),
    }


def latex(language: str, scratch: Path) -> dict[str, Any]:
    """Return what of it is for XeLaTeX."""
    words = WORDS[language]
    words_of_tex = ("name", "authors", "contents", "figure", "table")
    names = "".join(rf"\newcommand{{\word{key}}}{{{texescape.escape(words[key])}}}" for key in words_of_tex)
    style = [(HERE / name).read_text(encoding="utf-8") for name in (f"book_{language}.tex", "book.tex")]
    return {
        "latex_engine": "xelatex",
        "latex_documents": [("index", "book.tex", words["name"], words["authors"], "manual")],
        "numfig_secnum_depth": 1,
        "latex_use_xindy": False,
        "latex_domain_indices": False,
        "latex_table_style": ["booktabs"],
        "latex_additional_files": [str(scratch / "cover.pdf")],
        "latex_elements": {
            "papersize": "a4paper",
            "pointsize": "11pt",
            "extraclassoptions": "openany,twoside",
            "babel": "",
            "polyglossia": "",
            "fontenc": r"\usepackage{fontspec}\usepackage{xeCJK}",
            "fontpkg": "",
            "fncychap": "",
            "extrapackages": r"\usepackage{caption,pdfpages,titletoc}",
            "fvset": r"\fvset{fontsize=\footnotesize,formatcom=\xeCJKVerbAddon}",
            "figure_align": "H",
            "maketitle": r"\bookcover",
            "tableofcontents": r"\bookcontents",
            "makeindex": "",
            "printindex": "",
            "sphinxsetup": SETUP,
            "preamble": "\n".join((names, *style)),
        },
    }


def epub(language: str) -> dict[str, Any]:
    """Return what of it is for EPUB."""
    words = WORDS[language]
    return {
        "html_math_renderer": "mathml",
        "html_title": words["name"],
        "html_static_path": ["_static"],
        "epub_title": words["name"],
        "epub_language": TAGS[language],
        "epub_description": words["description"],
        "epub_contributor": words["authors"],
        "epub_identifier": f"{NAME}-{language}",
        "epub_scheme": "ID",
        "epub_uid": f"{NAME}-{language}",
        "epub_cover": ("_static/shared/cover.png", "epub-cover.html"),
        "epub_css_files": ["shared/book.css"],
        "epub_tocdepth": 2,
        "epub_tocscope": "includehidden",
        "epub_show_urls": "no",
        "epub_use_index": False,
    }


def build_edition(language: str, folder: Path, kinds: Sequence[str], solutions: bool) -> dict[Path, str]:
    """Write the books of an edition to a folder; return their files, with the warnings of each."""
    made = {}
    for kind in kinds:
        with TemporaryDirectory() as temporary, docutils_namespace(), patch_docutils():
            file = folder / f"{NAME}.{language}.{kind}"
            result, made[file] = build_one(language, kind, Path(temporary), solutions)
            shutil.copy(result, file)
    return made


def build_one(language: str, kind: str, scratch: Path, solutions: bool) -> tuple[Path, str]:
    """Make a book in a folder for scratch; return its file and the warnings."""
    edition = Edition(language, pages.collect(language, solutions), {})
    for name in ("cover.pdf", "cover.png"):
        cover.write(language, scratch / name)
    edition.pages[0].add_file("shared/cover.png", (scratch / "cover.png").read_bytes())
    edition.pages[0].add_file("shared/book.css", (HERE / "book.css").read_bytes())
    made, chosen = scratch / "made", settings(language, scratch)
    warnings = run_sphinx(edition, made, scratch / "sphinx", "latex" if kind == "pdf" else kind, chosen)
    if kind == "pdf":
        return made / "book.pdf", warnings + typeset(made)
    (file,) = made.glob(f"*.{kind}")
    return file, warnings


def typeset(folder: Path) -> str:
    """Have XeLaTeX set a book; return what it complains of."""
    command = ["latexmk", "-xelatex", "-interaction=nonstopmode", "-halt-on-error", "-file-line-error", "book.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace")
    log = (folder / "book.log").read_text(encoding="utf-8", errors="replace")
    if done.returncode:
        raise RuntimeError(f"XeLaTeX stopped:\n{log[-5000:]}")
    return complaints(log)


def complaints(log: str) -> str:
    """Return the lines of a log of XeLaTeX that tell of what a reader would miss."""
    wide = [line for line in log.splitlines() if (found := WIDE.match(line)) and float(found[1]) > BEYOND]
    return "".join(f"{line}\n" for line in [*wide, *LACKS.findall(log)])


def build(
    folder: Path, languages: Sequence[str], kinds: Sequence[str] = KINDS, solutions: bool = True
) -> dict[Path, str]:
    """Write books to a folder; return their files, with the warnings of each.

    The editions are made side by side, each in a process of its own: Sphinx speaks one language in a process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(min(len(languages), os.cpu_count() or 1), get_context("spawn")) as processes:
        jobs = [processes.submit(build_edition, language, folder, kinds, solutions) for language in languages]
        return {file: warnings for job in jobs for file, warnings in job.result().items()}
