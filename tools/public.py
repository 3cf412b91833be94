"""The repository's public address: where it stands, and what a notebook shows of it.

The address stands in pyproject.toml, as ``[project.urls] Repository``, and nowhere else in what people write. When a
notebook is made from its text, it gets a line of badges below the title, which open it in Colab and in Binder, and
behind the first cell the cell that fetches ``book_utils`` where it is missing (``tools/get_book_utils.py``). On the
way back to the text both are taken out again.
"""

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
TABLE = re.compile(r'\n\[project\.urls\]\nRepository = "([^"]*)"\n')
BADGES = re.compile(r"\n\[!\[Open in Colab\].*\n")
GETTING = "get-book-utils"
"""The tag of the cell that fetches ``book_utils``."""
CHINESE = {
    "Get `book_utils`, the package that this notebook imports": "获取本笔记本要导入的 `book_utils` 包",
    "the address of the book's repository": "本书仓库的地址",
    "what is here stays as it is: torch, numpy and all others": "已经装好的都不动，包括 torch 和 numpy",
    "book_utils is installed.": "book_utils 已安装。",
    "book_utils was found beside the notebooks.": "在笔记本旁边找到了 book_utils。",
    "book_utils was installed from": "book_utils 已经装好，来自",
    "book_utils is missing: set URL in this cell to the address of its repository, and run the cell again.": (
        "没有找到 book_utils。请在本单元格里把 URL 设为本书仓库的地址，再运行一次。"
    ),
}
"""What that cell says in the Chinese edition, by what it says in the English one."""
OPTIONS = {"cellView": "form", "jupyter": {"source_hidden": True}, "tags": ["hide-input", GETTING]}


def address(root: Path) -> str:
    """Return the public address, or '' while it is unset, or where only texts are."""
    settings = root / "pyproject.toml"
    found = TABLE.search(settings.read_text(encoding="utf-8")) if settings.exists() else None
    return found[1] if found else ""


def places(url: str, place: str) -> dict[str, str]:
    """Return where a notebook can be opened, and by which address: they take what is on GitHub, so none for the rest.

    Args:
        url: The public address.
        place: The notebook's path in the repository, with slashes.
    """
    repository = url.removeprefix("https://github.com/")
    if not url or repository == url:
        return {}
    return {
        "colab": f"https://colab.research.google.com/github/{repository}/blob/main/{place}",
        "binder": f"https://mybinder.org/v2/gh/{repository}/HEAD?labpath={place}",
    }


def badges(url: str, place: str) -> str:
    """Return the line that opens a notebook in Colab and in Binder, or '' where they do not take it: see `places`."""
    there = places(url, place)
    if not there:
        return ""
    return (
        f"\n[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({there['colab']})"
        f" [![Open in Binder](https://mybinder.org/badge_logo.svg)]({there['binder']})\n"
    )


def with_badges(text: str, url: str, place: str) -> str:
    """Return a text with the badges of a notebook, and no others, below its title."""
    line = badges(url, place)
    return re.sub(r"^# .*\n?", lambda title: title[0] + line, without_badges(text), count=1, flags=re.MULTILINE)


def without_badges(text: str) -> str:
    """Return a text without the line of badges."""
    return BADGES.sub("", text)


def code(url: str, place: str) -> str:
    """Return the code of the cell that gets book_utils, which speaks the language of the notebook at this place."""
    text = (Path(__file__).parent / "get_book_utils.py").read_text(encoding="utf-8")
    return (in_chinese(text) if "/zh/" in place else text).replace("URL = ''", f"URL = {url!r}").rstrip("\n")


def in_chinese(text: str) -> str:
    """Return what the cell that gets book_utils is, or shows, in the Chinese edition."""
    for english, chinese in CHINESE.items():
        text = text.replace(english, chinese)
    return text


def is_getting(cell: NotebookNode) -> bool:
    """Tell whether this is the cell that gets book_utils."""
    return GETTING in cell.metadata.get("tags", [])


def enter(notebook: NotebookNode, url: str, place: str) -> None:
    """Put the badges, and where there is code the cell that gets book_utils, into a notebook read from its text."""
    title = notebook.cells[0]
    title.source = with_badges(title.source, url, place)
    if any(cell.cell_type == "code" for cell in notebook.cells):
        notebook.cells.insert(1, nbformat.v4.new_code_cell(code(url, place), metadata=nbformat.from_dict(OPTIONS)))


def leave(notebook: NotebookNode) -> None:
    """Take both out again."""
    notebook.cells = [cell for cell in notebook.cells if not is_getting(cell)]
    for cell in notebook.cells[:1]:
        cell.source = without_badges(cell.source)
