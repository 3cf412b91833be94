"""Write the notebooks, as they are stored, to pages that need no network: for a course's site, a lecture, a printer.

    uv run python -m tools.export html FOLDER [NAME ...]    FOLDER/en/07-*.html, FOLDER/zh/07-*.html
    uv run python -m tools.export pdf FOLDER [NAME ...]     the same as PDF, printed by Chromium, Chrome or Edge

NAME may be a part, such as 07 or zh/07; without one, all chapters of both editions are meant. Solutions come with
``--solutions`` only, and ``--execute`` runs each notebook first. Formulas become MathML, which browsers know by
themselves; figures and styles stand in the page; links between chapters lead to the pages of the same folder.
"""

import argparse
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from latex2mathml.converter import convert
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import ExecutePreprocessor, TagRemovePreprocessor
from nbformat import NotebookNode

from tools import book
from tools.answers import ANSWER, YOURS

TAGS = {"en": "en", "zh": "zh-CN"}
"""What a page says its language is: browsers choose the shapes of Chinese characters by it."""
WORDS = {
    "en": {"code": "Show the code", "answer": "Show the answer"},
    "zh": {"code": "显示代码", "answer": "显示答案"},
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
PRINT = ("--headless", "--no-pdf-header-footer", "--disable-gpu")


ONE_LETTER = re.compile(r"(\\math(?:bf|bb|cal))\s+([A-Za-z])")
UPRIGHT = re.compile(r'(?:<mi mathvariant="normal">\w</mi>){2,}')
WORD = re.compile(r"<mo>(?:<mrow>)+(<mi>\w+</mi>)(?:</mrow>)+</mo>")
BAR = '<mo stretchy="false">&#x0007C;</mo>'
HAT = "<mo>&#x0005E;</mo></mover>"


def mathml(tex: str, display: str = "inline") -> str:
    """Return a formula as browsers show it best.

    They know bold and script letters as characters of their own, which latex2mathml gives for letters in braces. They
    would slant the letters of argmax, were these not one word (and in no operator, which cannot hold one), make a hat
    as wide as what is below it, and keep bars away from what is between them. Of lines below one another, latex2mathml
    knows those of split.
    """
    formula = convert(ONE_LETTER.sub(r"\1{\2}", tex).replace("{aligned}", "{split}"), display=display)
    formula = UPRIGHT.sub(lambda letters: f"<mi>{re.sub('<.*?>', '', letters[0])}</mi>", formula)
    formula = WORD.sub(r"\1", formula)
    formula = formula.replace(BAR, BAR.replace("<mo", '<mo lspace="0" rspace="0"'))
    return formula.replace(HAT, HAT.replace("<mo>", '<mo stretchy="false">'))


class Renderer(IPythonRenderer):
    """Markdown as nbconvert reads it; formulas are MathML, and links to notebooks lead to their pages."""

    def __init__(self, folder: Path, pages: frozenset[Path]):
        super().__init__(escape=False, exclude_anchor_links=True)
        self.folder, self.pages = folder, pages

    def inline_math(self, body: str) -> str:
        return mathml(body)

    def block_math(self, body: str) -> str:
        return mathml(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(rf"\begin{{{name}}}{body}\end{{{name}}}")

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Return a link; in the place of one to a notebook without a page, its words."""
        address, mark, place = url.partition("#")
        if address.endswith(".ipynb") and "://" not in address:
            if (self.folder / address).resolve() not in self.pages:
                return text
            url = address.removesuffix(".ipynb") + ".html" + mark + place
        return super().link(text, url, title)


class Page(HTMLExporter):
    """nbconvert's page of a notebook, made to be read without a network."""

    def __init__(self, notebook: Path, pages: frozenset[Path] = frozenset(), execute: bool = False):
        super().__init__(
            template_name="page",
            extra_template_basedirs=[str(book.ROOT / "tools")],
            exclude_input_prompt=True,
            exclude_output_prompt=True,
        )
        self.register_preprocessor(ExecutePreprocessor(enabled=execute))
        self.register_preprocessor(
            TagRemovePreprocessor(enabled=True, remove_all_outputs_tags={"get-book-utils", YOURS})
        )
        self.register_preprocessor(prepare)
        self.notebook, self.pages = notebook, pages
        self.language = notebook.relative_to(book.ROOT / "notebooks").parts[0]

    def html(self) -> str:
        """Return the page."""
        return self.from_filename(str(self.notebook))[0]

    def markdown2html(self, source: str) -> str:
        return MarkdownWithMath(renderer=Renderer(self.notebook.parent, self.pages)).render(source)

    def _init_resources(self, resources: dict) -> dict:
        resources = super()._init_resources(resources)
        resources.update(language_code=TAGS[self.language], page_words=WORDS[self.language])
        return resources


def prepare(notebook: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
    """Give a notebook a title, and its cells the titles of hidden code and the answers that wait in their metadata.

    What a cell says of the reader's own machine is not for others' pages.
    """
    notebook.metadata.title = re.search(r"^# (.*)", notebook.cells[0].source, flags=re.MULTILINE)[1].replace("`", "")
    for cell in notebook.cells:
        if title := re.match(r"#@title (.*)", cell.source):
            cell.metadata.title = title[1].replace("`", "")
        if (answer := cell.metadata.get(ANSWER)) and YOURS not in cell.metadata.get("tags", ()):
            cell.outputs = cell.outputs or answer
    return notebook, resources


def chosen(names: Sequence[str], solutions: bool) -> list[Path]:
    """Return the notebooks that are meant: those with one of the names in their path, or all."""
    files = [path for path in book.files_under("notebooks", ".ipynb") if solutions or path.parent.name != "solutions"]
    found = [path for path in files if any(name in path.relative_to(book.ROOT).as_posix() for name in names or [""])]
    if not found:
        raise SystemExit(f"no notebook is called {' or '.join(names)}: name a part of its path, such as 07 or zh/07")
    return found


def found_browser() -> str | None:
    """Return an installed browser that can print, if there is one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def print_pdf(html: str, file: Path, program: str) -> None:
    """Have a browser print a page."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(html, encoding="utf-8")
        sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # root has none
        command = [program, *PRINT, *sandbox, f"--user-data-dir={folder}/profile", f"--print-to-pdf={file.resolve()}"]
        done = subprocess.run([*command, page.as_uri()], capture_output=True, encoding="utf-8")
    if not file.exists():
        raise SystemExit(f"{program} printed nothing:\n{done.stderr}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["html", "pdf"])
    parser.add_argument("folder", type=Path, help="where the pages go, into a folder for each edition")
    parser.add_argument("names", nargs="*", metavar="NAME", help="part of a notebook's path")
    parser.add_argument("--solutions", action="store_true", help="solutions, too")
    parser.add_argument("--execute", action="store_true", help="run each notebook first")
    parser.add_argument("--browser", metavar="PATH", help="the browser that prints PDF")
    options = parser.parse_args(arguments)
    notebooks = chosen(options.names, options.solutions)
    program = options.browser or found_browser()
    if options.kind == "pdf" and not program:
        parser.error(f"PDF needs a browser that prints, one of {', '.join(BROWSERS)}; name yours by --browser PATH")
    for notebook in notebooks:
        file = options.folder / notebook.relative_to(book.ROOT / "notebooks").with_suffix(f".{options.kind}")
        file.parent.mkdir(parents=True, exist_ok=True)
        if options.kind == "pdf":
            print_pdf(Page(notebook, execute=options.execute).html(), file, program)
        else:
            file.write_text(Page(notebook, frozenset(notebooks), options.execute).html(), encoding="utf-8")
        print(file)


if __name__ == "__main__":
    main()
