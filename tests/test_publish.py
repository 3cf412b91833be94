"""Where the repository's public address stands, and the cell that gets book_utils there."""

import shutil
import subprocess
import sys

import nbformat
import pytest

from tools import book, publish

NOTEBOOKS = book.files_under("notebooks", ".ipynb")
READMES = sorted(book.ROOT.glob("README*.md"))


def places(root):
    """Return all files that may name the address, and their contents."""
    files = [root / "pyproject.toml", *sorted(root.glob("README*.md"))]
    files += sorted((root / "sources").rglob("*.md")) + sorted((root / "notebooks").rglob("*.ipynb"))
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in files if ".ipynb_" not in str(file)}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: "-".join(path.relative_to(book.ROOT).parts[1:]))
def test_every_notebook_begins_with_the_same_cell_and_agrees_with_pyproject(notebook):
    url = publish.address()
    title, getting, *_ = nbformat.read(notebook, as_version=4).cells
    expected = (book.ROOT / "tools" / "get_book_utils.py").read_text(encoding="utf-8").rstrip("\n")
    assert getting.source == expected.replace("URL = ''", f"URL = {url!r}")
    assert getting.metadata.tags == ["hide-input", "get-book-utils"] and getting.metadata.jupyter.source_hidden
    assert ("colab-badge" in title.source) == bool(publish.badges(url, notebook))
    assert publish.badges(url, notebook).strip() in title.source


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Return the root of a copy of the repository's texts and notebooks, without an address."""
    for folder in ("sources", "notebooks"):
        shutil.copytree(book.ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns(".*"))
    for file in (book.ROOT / "pyproject.toml", *READMES):
        shutil.copy(file, tmp_path)
    monkeypatch.setattr(book, "ROOT", tmp_path)
    publish.main(["--unset"])
    return tmp_path


def test_one_command_writes_the_address_everywhere_and_takes_it_back(copy):
    before = places(copy)
    publish.main(["https://github.com/somebody/some-book.git"])
    assert publish.address() == "https://github.com/somebody/some-book"
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
    assert publish.address() == "https://example.org/books/ours"
    assert not [name for name, text in places(copy).items() if b"colab-badge" in text]


def test_the_default_is_the_remote_called_origin(copy):
    subprocess.run(["git", "init", "--quiet"], cwd=copy, check=True)
    with pytest.raises(SystemExit):
        publish.main([])
    subprocess.run(["git", "remote", "add", "origin", "git@github.com:somebody/some-book.git"], cwd=copy, check=True)
    publish.main([])
    assert publish.address() == "https://github.com/somebody/some-book"


def test_an_address_that_no_browser_takes_is_refused(copy):
    before = places(copy)
    with pytest.raises(SystemExit, match="must begin with https://"):
        publish.main(["somebody/some-book"])
    assert places(copy) == before


def run_the_cell(folder, url, *options):
    """Run the cell in a Python without book_utils, in a folder."""
    code = publish.cell(url).removesuffix("```\n")
    done = subprocess.run([sys.executable, *options, "-c", code], cwd=folder, capture_output=True, text=True)
    return done.stdout


def test_the_cell_says_what_it_found(tmp_path):
    assert run_the_cell(tmp_path, "") == "book_utils is installed.\n"
    without = ("-S", "-I")  # no site-packages
    assert "set URL in this cell" in run_the_cell(tmp_path, "", *without)
    (tmp_path / "book_utils").mkdir()
    (tmp_path / "notebooks" / "en").mkdir(parents=True)
    assert run_the_cell(tmp_path / "notebooks" / "en", "", *without) == "book_utils was found beside the notebooks.\n"


def test_the_cell_passes_on_what_pip_says(tmp_path):
    said = run_the_cell(tmp_path, f"file://{tmp_path}/nothing-there.git", "-S", "-I")
    assert "installed" not in said and ("nothing-there" in said or "No module named pip" in said)
