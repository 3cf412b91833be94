"""Where the repository's public address stands, and the cell that gets book_utils there."""

import shutil
import subprocess
import sys

import nbformat
import pytest

from tools import book, glossary, public, publish

NOTEBOOKS = book.files_under("notebooks", ".ipynb")
READMES = sorted(book.ROOT.glob("README*.md"))


def places(root):
    """Return all files that may name the address, and their contents."""
    files = [root / "pyproject.toml", *sorted(root.glob("README*.md")), *sorted((root / "notebooks").rglob("*.ipynb"))]
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in files if ".ipynb_" not in str(file)}


def test_every_notebook_begins_with_the_same_cell_and_agrees_with_pyproject():
    url = public.address(book.ROOT)
    for notebook in NOTEBOOKS:
        title, getting, *others = nbformat.read(notebook, as_version=4).cells
        if notebook.stem == glossary.PAGE:  # it has no code that needs the package
            assert not [cell for cell in (getting, *others) if cell.cell_type == "code"]
            continue
        assert getting.source == public.code(url, notebook.as_posix()), notebook
        assert getting.metadata.tags == ["hide-input", "get-book-utils"] and getting.metadata.jupyter.source_hidden
        line = public.badges(url, notebook.relative_to(book.ROOT).as_posix())
        assert ("colab-badge" in title.source) == bool(line) and line.strip() in title.source


def test_no_text_names_the_address():
    """It enters when a notebook is built."""
    for source in book.files_under("sources", ".md"):
        text = source.read_text(encoding="utf-8")
        assert "get-book-utils" not in text and "colab-badge" not in text, source


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Return the root of a copy of the repository's texts and notebooks of two chapters, without an address."""
    chapters = [*book.files_under("sources", ".md"), *NOTEBOOKS]
    two = [file for file in chapters if file.name.startswith(("05", "07", "index", glossary.PAGE))]
    for file in (
        *two,
        book.ROOT / "sources" / "glossary.csv",
        *(book.ROOT / "tools").glob("*.py"),
        book.ROOT / "pyproject.toml",
        *READMES,
    ):
        target = tmp_path / file.relative_to(book.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    monkeypatch.setattr(book, "ROOT", tmp_path)
    publish.main(["--unset"])
    return tmp_path


def test_one_command_writes_the_address_everywhere_and_takes_it_back(copy):
    before = places(copy)
    publish.main(["https://github.com/somebody/some-book.git"])
    assert public.address(book.ROOT) == "https://github.com/somebody/some-book"
    written = places(copy)
    assert all(b"somebody/some-book" in text for text in written.values())
    notebook = nbformat.read(copy / "notebooks" / "en" / "07-softmax-regression-scratch.ipynb", as_version=4)
    colab, binder = (
        f"/somebody/some-book/{place}" for place in ("blob/main/notebooks/en/07-", "HEAD?labpath=notebooks/en/07-")
    )
    assert colab in notebook.cells[0].source and binder in notebook.cells[0].source
    assert notebook.cells[1].outputs and notebook.cells[-1].source  # nothing else is lost
    publish.main(["https://github.com/somebody/renamed"])
    assert not [name for name, text in places(copy).items() if b"some-book" in text]
    publish.main(["--unset"])
    assert places(copy) == before


def test_what_is_not_on_github_gets_no_badges(copy):
    publish.main(["https://example.org/books/ours"])
    assert public.address(book.ROOT) == "https://example.org/books/ours"
    assert not [name for name, text in places(copy).items() if b"colab-badge" in text]


def test_the_default_is_the_remote_called_origin(copy):
    subprocess.run(["git", "init", "--quiet"], cwd=copy, check=True)
    with pytest.raises(SystemExit):
        publish.main([])
    subprocess.run(["git", "remote", "add", "origin", "git@github.com:somebody/some-book.git"], cwd=copy, check=True)
    publish.main([])
    assert public.address(book.ROOT) == "https://github.com/somebody/some-book"


def test_an_address_that_no_browser_takes_is_refused(copy):
    before = places(copy)
    with pytest.raises(SystemExit, match="must begin with https://"):
        publish.main(["somebody/some-book"])
    assert places(copy) == before


def run_the_cell(folder, url, *options, place="notebooks/en/07.ipynb"):
    """Run the cell in a Python without book_utils, in a folder."""
    code = public.code(url, place)
    done = subprocess.run([sys.executable, *options, "-c", code], cwd=folder, capture_output=True, encoding="utf-8")
    return done.stdout


def test_the_cell_says_what_it_found(tmp_path):
    assert run_the_cell(tmp_path, "") == "book_utils is installed.\n"
    without = ("-S", "-I")  # no site-packages
    assert "set URL in this cell" in run_the_cell(tmp_path, "", *without)
    (tmp_path / "book_utils").mkdir()
    (tmp_path / "notebooks" / "en").mkdir(parents=True)
    assert run_the_cell(tmp_path / "notebooks" / "en", "", *without) == "book_utils was found beside the notebooks.\n"


def test_in_the_chinese_edition_the_cell_speaks_chinese(tmp_path):
    chinese = {"place": "notebooks/zh/07.ipynb"}
    assert run_the_cell(tmp_path, "", **chinese) == "book_utils 已安装。\n"
    assert "把 URL 设为本书仓库的地址" in run_the_cell(tmp_path, "", "-S", "-I", **chinese)
    code, said = public.code("", "notebooks/en/07.ipynb"), public.code("", chinese["place"])
    assert all(english in code and english not in said for english in public.CHINESE)


def test_the_cell_passes_on_what_pip_says(tmp_path):
    said = run_the_cell(tmp_path, (tmp_path / "nothing-there.git").as_uri(), "-S", "-I")
    assert "installed" not in said and ("nothing-there" in said or "No module named pip" in said)
