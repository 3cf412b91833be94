"""What Sphinx is taught: formulas, folds, the same addresses in all editions, words of Chinese."""

import re
from html import escape
from pathlib import Path
from typing import Any

import jieba
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search.zh import SearchChinese
from sphinx.transforms import SphinxTransform
from sphinx.writers.html5 import HTML5Translator

from tools.export import mathml
from tools.site.words import NAMES, TAGS, WORDS

HERE = Path(__file__).parent


STOPS = re.compile(r"[,.;:!?)\]’”，。；：！？、）」]+")


def inline_formula(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def block_formula(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(f'<div class="formula" tabindex="0" role="math">{mathml(node.astext(), "block")}</div>\n')
    raise nodes.SkipNode


class StopsStay(SphinxTransform):
    """Keep a formula and the stop behind it on one line: for a browser, a line may end behind any formula."""

    default_priority = 900

    def apply(self, **options: Any) -> None:
        for formula in list(self.document.findall(nodes.math)):
            after = formula.next_node(descend=False, siblings=True)
            if isinstance(after, nodes.Text) and (stops := STOPS.match(after)):
                whole = nodes.inline("", "", classes=["formula-and-stop"])
                formula.replace_self(whole)
                whole += [formula, nodes.Text(stops[0])]
                after.parent.replace(after, nodes.Text(after[stops.end() :]))


class RowsHaveNames(SphinxTransform):
    """Where nothing stands above the first column of a table, its cells are the names of the rows, and are read out."""

    default_priority = 900

    def apply(self, **options: Any) -> None:
        for table in self.document.findall(nodes.tgroup):
            column, head = (next(table.findall(kind)) for kind in (nodes.colspec, nodes.thead))
            if not next(head.findall(nodes.entry)).astext():
                column["stub"] = 1


class SameAddresses(SphinxTransform):
    """Give each section the address that it has in the English edition: then it has the same one in all."""

    default_priority = 1

    def apply(self, **options: Any) -> None:
        names = self.config.site_sections.get(self.env.docname)
        title, *sections = self.document.findall(nodes.section)
        if names is None or len(names) != len(sections):
            raise ValueError(f"{self.env.docname}: {len(names or ())} sections in English, here {len(sections)}")
        for section, name in zip((title, *sections), ("page-title", *names)):
            for old in section["ids"]:
                self.document.ids.pop(old, None)
            section["ids"] = [name]
            self.document.ids[name] = section


class Folds(SphinxTransform):
    """Fold of a code cell what is not to be read first, with words in the language of the page."""

    default_priority = 500

    def apply(self, **options: Any) -> None:
        for cell in list(self.document.findall(nodes.container)):
            folds = cell.get("cell_metadata", {}).get("folds", {})
            for part in list(cell.children) if folds else ():
                kind = part.get("nb_element", "").removeprefix("cell_code_")
                if words := folds.get(kind):
                    opening = f'<details class="page-{kind}"><summary>{escape(words)}</summary>'
                    raws = [nodes.raw("", text, format="html") for text in (opening, "</details>")]
                    cell.replace(part, [raws[0], part, raws[1]])


class Chinese(SearchChinese):
    """Chinese text cut into words that include the glossary's, and so is what is searched for."""

    language_name = "English"  # Latin words in Chinese text are stemmed as such; Sphinx 9.0 asks for a Chinese stemmer
    js_splitter_code = (HERE / "split_query.js").read_text(encoding="utf-8")

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)
        jieba.setLogLevel("WARNING")
        for word in options["words"]:
            jieba.add_word(word)


IMAGE = re.compile(r'<img ([^>]*?src="(?:\.\./)*_images/([^"/]+\.svg)"[^>]*>)')
PHOTOGRAPH = ' class="photograph"'
SIZE = re.compile(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', re.DOTALL)


def with_sizes(body: str, app: Sphinx) -> str:
    """Return a page whose figures say how large they are: then nothing moves when they come, and links hit.

    What myst-nb is told of a cell's figures holds for all of them; those without a photograph are none here.
    """
    sources = {name: app.srcdir / path for path, name in app.builder.images.items()}

    def sized(image: re.Match[str]) -> str:
        figure = sources[image[2]].read_text(encoding="utf-8")
        width, height = SIZE.search(figure).groups()
        rest = image[1] if "<image" in figure else image[1].replace(PHOTOGRAPH, "")
        return f'<img width="{float(width) * 4 / 3:.0f}" height="{float(height) * 4 / 3:.0f}" {rest}'

    return IMAGE.sub(sized, body)


def other_editions(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Tell the template where the other editions have the page, what it is about, and what it was extended by."""
    here, up = app.config.site_language, "../" * (pagename.count("/") + 1)
    context["editions"] = [
        {
            "name": NAMES[other],
            "tag": TAGS[other],
            "address": f"{up}{other}/{pagename}.html",
            "says": WORDS[other]["language"],
        }
        for other in NAMES
        if other != here
    ]
    if description := app.config.site_descriptions.get(pagename):
        context["metatags"] += f'\n<meta name="description" content="{escape(description)}">'
    context["body"] = with_sizes(context.get("body", ""), app)
    scripts, styles = app.config.site_extras.get(pagename, ((), ()))
    for script in scripts:
        app.add_js_file(script, loading_method="defer")
    for style in styles:
        app.add_css_file(style)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_config_value("site_language", "en", "env")
    app.add_config_value("site_sections", {}, "env")
    app.add_config_value("site_descriptions", {}, "html")
    app.add_config_value("site_extras", {}, "html")
    app.add_html_math_renderer("mathml", (inline_formula, None), (block_formula, None))
    app.add_transform(SameAddresses)
    app.add_transform(Folds)
    app.add_transform(RowsHaveNames)
    app.add_transform(StopsStay)
    app.add_search_language(Chinese)
    app.connect("html-page-context", other_editions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
