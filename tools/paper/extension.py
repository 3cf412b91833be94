"""What Sphinx is taught for the book on paper: pages of places for a printer, formulas and validity for EPUB."""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder
from sphinx.util.docutils import SphinxRole

from tools.paper.words import WORDS
from tools.site.extension import block_formula, inline_formula

ITEM = re.compile(r'<item id="[^"]*" href="([^"]+\.xhtml)"')
NOT_THERE = "mystnb."
"""How a style sheet begins that myst-nb names and brings for web pages only."""


class PageOf(SphinxRole):
    """The page on which a place stands, for a printer; nothing for a screen, where it is a link."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        words = WORDS[self.config.paper_language]
        return [nodes.raw("", words["page"] % rf"\pageref{{\detokenize{{{self.text}}}}}", format="latex")], []


class Epub(Epub3Builder):
    """Sphinx's builder of EPUB, which forgets to say where there are formulas."""

    def build_epub(self) -> None:
        listing = Path(self.outdir, "content.opf")

        def item(found: re.Match[str]) -> str:
            has_formulas = "<math" in Path(self.outdir, found[1]).read_text(encoding="utf-8")
            return f'{found[0]} properties="mathml"' if has_formulas else found[0]

        listing.write_text(ITEM.sub(item, listing.read_text(encoding="utf-8")), encoding="utf-8")
        super().build_epub()


def what_is_there(_app: Sphinx, _name: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Have a page of EPUB load only what is in the book."""
    context["css_files"] = [each for each in context["css_files"] if NOT_THERE not in str(each.filename)]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_config_value("paper_language", "en", "env")
    app.add_role("page", PageOf())
    app.add_builder(Epub, override=True)
    app.add_html_math_renderer("mathml", (inline_formula, None), (block_formula, None))
    app.connect("html-page-context", what_is_there)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
