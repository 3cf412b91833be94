"""What Sphinx is taught for the book on paper: pages of places for a printer, formulas and validity for EPUB."""

import itertools
import re
from collections.abc import Set
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxRole

from tools import chapters, glossary
from tools.paper.pages import ANSWERS
from tools.paper.words import WORDS
from tools.site.extension import block_formula, inline_formula
from tools.site.pages import SOLUTIONS

ITEM = re.compile(r'<item id="[^"]*" href="([^"]+)"(?! [^>]*properties)')
NOT_THERE = "mystnb."
"""How a style sheet begins that myst-nb names and brings for web pages only."""


class PageOf(SphinxRole):
    """The page on which a place stands, for a printer; nothing for a screen, where it is a link."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        words = WORDS[self.config.paper_language]
        return [nodes.raw("", words["page"] % rf"\pageref{{\detokenize{{{self.text}}}}}", format="latex")], []


class Epub(Epub3Builder):
    """The builder of EPUB, taught to say in which language pages are, and where formulas and the cover are."""

    def prepare_writing(self, docnames: Set[str]) -> None:
        super().prepare_writing(docnames)
        language = self.config.epub_language
        said = f' lang="{language}" xml:lang="{language}">'
        self.globalcontext["html_tag"] = f"{self.html_tag.removesuffix('>')}{said}"

    def build_epub(self) -> None:
        listing = Path(self.outdir, "content.opf")

        def item(found: re.Match[str]) -> str:
            if found[1] == self.config.epub_cover[0]:
                return f'{found[0]} properties="cover-image"'
            is_page = found[1].endswith(".xhtml")
            has_formulas = is_page and "<math" in Path(self.outdir, found[1]).read_text(encoding="utf-8")
            return f'{found[0]} properties="mathml"' if has_formulas else found[0]

        listing.write_text(ITEM.sub(item, listing.read_text(encoding="utf-8")), encoding="utf-8")
        super().build_epub()


def what_is_there(_app: Sphinx, _name: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Have a page of EPUB load only what is in the book."""
    context["css_files"] = [each for each in context["css_files"] if NOT_THERE not in str(each.filename)]


def with_letters(_app: Sphinx, env: BuildEnvironment) -> None:
    """Number figures after the chapters as LaTeX does: A.1 and so on, solutions as one appendix."""
    back = [name for name in env.toctree_includes[chapters.START] if name in (ANSWERS, SOLUTIONS, glossary.PAGE)]
    for letter, name in zip("ABC", back):
        count = itertools.count(1)
        for document in (name, *env.toctree_includes.get(name, ())):
            numbers = env.toc_fignumbers.get(document, {}).get("figure", {})
            for place in numbers:
                numbers[place] = (letter, next(count))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_config_value("paper_language", "en", "env")
    app.add_role("page", PageOf())
    app.add_builder(Epub, override=True)
    app.add_html_math_renderer("mathml", (inline_formula, None), (block_formula, None))
    app.connect("html-page-context", what_is_there)
    app.connect("env-check-consistency", with_letters)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
