"""Write the repository's public address wherever readers need it.

    uv run python -m tools.publish https://github.com/OWNER/NAME    everywhere
    uv run python -m tools.publish                                  the same, with the address of git's remote `origin`
    uv run python -m tools.publish --unset                          nowhere

The address stands in pyproject.toml, as ``[project.urls] Repository``. From there it goes into the first code cell of
each notebook, which gets ``book_utils`` in Colab (its text: ``tools/get_book_utils.py``), and into badges at the top of
notebooks and READMEs. Colab and Binder open what is on GitHub; for another address there are no badges. While it is
unset, nothing links anywhere.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

from tools import book

TABLE = re.compile(r'\n\[project\.urls\]\nRepository = "([^"]*)"\n')
CELL = re.compile(r"(```\{code-cell\}\n---\ncellView: form\n.*?\n---\n).*?\n```\n", flags=re.DOTALL)
OPTIONS = "---\ncellView: form\njupyter:\n  source_hidden: true\ntags: [hide-input, get-book-utils]\n---\n"


def address() -> str:
    """Return the public address, or '' while it is unset."""
    found = TABLE.search((book.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return found[1] if found else ""


def badges(url: str, notebook: Path) -> str:
    """Return the line that opens a notebook in Colab and in Binder."""
    repository = url.removeprefix("https://github.com/")
    if not url or repository == url:
        return ""
    path = notebook.relative_to(book.ROOT).as_posix()
    colab = f"https://colab.research.google.com/github/{repository}/blob/main/{path}"
    binder = f"https://mybinder.org/v2/gh/{repository}/HEAD?labpath={path}"
    return (
        f"\n[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({colab})"
        f" [![Open in Binder](https://mybinder.org/badge_logo.svg)]({binder})\n"
    )


def cell(url: str) -> str:
    """Return the code of the cell that gets book_utils, to the end of the cell, as it stands in a text."""
    code = (Path(__file__).parent / "get_book_utils.py").read_text(encoding="utf-8")
    return code.replace("URL = ''", f"URL = {url!r}") + "```\n"


def with_badges(text: str, url: str, notebook: Path) -> str:
    """Return a text with the badges of a notebook below its title."""
    text = book.BADGES.sub("", text)
    return re.sub(r"^(# .*\n)", lambda title: title[1] + badges(url, notebook), text, count=1, flags=re.MULTILINE)


def with_cell(text: str, url: str) -> str:
    """Return a chapter's text with the cell that gets book_utils, behind the first cell."""
    if CELL.search(text):
        return CELL.sub(lambda found: found[1] + cell(url), text, count=1)
    return text.replace("\n+++\n", "\n```{code-cell}\n" + OPTIONS + cell(url), 1)


def plain(url: str) -> str:
    """Return an address as a browser takes it, from one that git takes."""
    url = re.sub(r"^(?:ssh://)?git@([^:/]+)[:/]", r"https://\1/", url.strip())
    url = re.sub(r"(?:\.git)?/?$", "", url)
    if not re.match(r"(?:https?|file)://[^\s'\"]+$", url):
        raise SystemExit(f"the address must begin with https://, without spaces or quotes; this is {url!r}")
    return url


def publish(url: str) -> None:
    """Write the address everywhere; '' removes it."""
    pyproject = book.ROOT / "pyproject.toml"
    text = TABLE.sub("", pyproject.read_text(encoding="utf-8"))
    table = f'\n[project.urls]\nRepository = "{url}"\n' if url else ""
    text = text.replace("\n[project.optional-dependencies]", f"{table}\n[project.optional-dependencies]")
    pyproject.write_text(text, encoding="utf-8", newline="\n")
    for source in book.files_under("sources", ".md"):
        notebook = book.notebook_of(source)
        text = with_cell(source.read_text(encoding="utf-8"), url)
        source.write_text(with_badges(text, url, notebook), encoding="utf-8", newline="\n")
        if notebook.exists():  # else it is still to be built
            book.renew(notebook)
    for readme in sorted(book.ROOT.glob("README*.md")):
        language = readme.stem.partition(".")[2] or "en"
        first = next((book.ROOT / "notebooks" / language).glob("01-*.ipynb"))
        text = with_badges(readme.read_text(encoding="utf-8"), url, first)
        readme.write_text(text, encoding="utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="?", help="default: git's remote `origin`")
    parser.add_argument("--unset", action="store_true", help="remove the address")
    options = parser.parse_args(arguments)
    if options.unset:
        publish("")
        return 0
    if options.url is None:
        command = ["git", "remote", "get-url", "origin"]
        done = subprocess.run(command, cwd=book.ROOT, capture_output=True, text=True)
        if done.returncode:
            parser.error(f"git knows no remote `origin` ({done.stderr.strip()}); give the address")
        options.url = done.stdout
    publish(plain(options.url))
    print(f"{address()} is written into pyproject.toml, notebooks and READMEs")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
