"""From a notebook of slides to one file that any browser shows."""

from importlib.resources import files

from nbconvert.exporters import SlidesExporter
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from traitlets.config import Config

from tools import book
from tools.export import TAGS, Renderer
from tools.site.pages import Page
from tools.slides.split import split
from tools.slides.words import WORDS, in_chinese

REVEAL = files("sphinx_revealjs").joinpath("_static", "revealjs")
"""reveal.js, as its package brings it along."""
PARTS = {
    "reset": "dist/reset.css",
    "style": "dist/reveal.css",
    "script": "dist/reveal.js",
    "notes": "plugin/notes/notes.js",
    "license": "LICENSE",
}


class SlideRenderer(Renderer):
    """Markdown as in exported pages; headings have no addresses, since the same one stands on many slides."""

    def heading(self, text: str, level: int, **attributes: str) -> str:
        return f"<h{level}>{text}</h{level}>\n"


class Deck(SlidesExporter):
    """nbconvert's slides, in one file, without what they would load from the web."""

    def __init__(self, page: Page):
        super().__init__(
            template_name="deck",
            extra_template_basedirs=[str(book.ROOT / "tools" / "slides")],
            exclude_input_prompt=True,
            exclude_output_prompt=True,
            config=Config({"CSSHTMLHeaderPreprocessor": {"style": "a11y-light"}}),
        )
        self.page = page

    def html(self) -> str:
        """Return the slides of the chapter."""
        return self.from_notebook_node(split(self.page))[0]

    def markdown2html(self, source: str) -> str:
        """Return a text as HTML that says its language: the speaker's window says another, unless it is Chinese."""
        text = MarkdownWithMath(renderer=SlideRenderer(self.page.notebook.parent, frozenset())).render(source)
        return f'<div lang="{TAGS[self.page.language]}">{text}</div>'

    def _init_resources(self, resources: dict) -> dict:
        resources = super()._init_resources(resources)
        resources["reveal"] |= {name: REVEAL.joinpath(file).read_text(encoding="utf-8") for name, file in PARTS.items()}
        if self.page.language == "zh":
            resources["reveal"]["notes"] = in_chinese(resources["reveal"]["notes"])
        words = WORDS[self.page.language]
        resources.update(language_code=TAGS[self.page.language], footer=f"{words['name']} · {self.page.title}")
        return resources
