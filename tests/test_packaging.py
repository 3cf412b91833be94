"""What goes out: archives that are whole, dependencies that are declared, files that say the same of the project."""

import ast
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
import tomli
import yaml
from stored import PYTHON

from noxfile import STACKS
from tools import book

ROOT = book.ROOT
SETTINGS = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, GROUPS = SETTINGS["project"], SETTINGS["dependency-groups"]
EXTRAS = PROJECT["optional-dependencies"]
NAME = re.compile(r"[\w.-]+")


def described(*path: str):
    return yaml.safe_load(ROOT.joinpath(*path).read_text(encoding="utf-8"))


# Archives.


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Return a copy of what a build reads, and of the tests, which no archive is to hold."""
    copy = tmp_path_factory.mktemp("tree")
    for entry in ROOT.iterdir():
        if entry.is_file():
            shutil.copy(entry, copy)
    for folder in ("book_utils", "tests", "tools"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def build(tree: Path, kind: str) -> Path:
    """Build an archive with the setuptools at hand, as ``uv build --no-build-isolation`` does."""
    code = f"from setuptools import build_meta; print(build_meta.build_{kind}('dist'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tree, capture_output=True, encoding="utf-8", check=True)
    return tree / "dist" / done.stdout.splitlines()[-1]


def package(tree: Path) -> set[str]:
    """Return the files of the package, as an archive names them."""
    return {path.relative_to(tree).as_posix() for path in (tree / "book_utils").rglob("*") if path.is_file()}


def wheel_files(wheel: Path) -> set[str]:
    return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def unpacked(tree, tmp_path_factory):
    """Return the folder of the source archive, unpacked."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(build(tree, "sdist")) as archive:
        archive.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    (top,) = folder.iterdir()
    return top


def test_the_source_archive_holds_what_the_wheel_is_built_from_and_no_tests(tree, unpacked):
    files = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    made = {name for name in files if name.startswith("book_utils.egg-info/")} | {"PKG-INFO", "setup.cfg"}
    assert files - made == package(tree) | {"LICENSE", "MANIFEST.in", "README.md", "pyproject.toml"}


def test_the_wheel_is_the_package_and_installs_nothing_else(tree, unpacked):
    """From the source archive, as an installer builds it: all rooms, the mark for type checkers, the code's licence."""
    wheel = build(unpacked, "wheel")
    assert wheel_files(wheel) == package(tree) and "book_utils/py.typed" in package(tree)
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        said = archive.read(metadata).decode()
        licences = [name for name in archive.namelist() if "/licenses/" in name]
    assert "\nLicense-Expression: MIT\n" in said and "\nRequires-Python: >=3.10\n" in said
    assert [name.rpartition("/")[2] for name in licences] == ["LICENSE"]


# Dependencies.


def names(requirements: list[str]) -> set[str]:
    """Return the names of the packages that are required; requirements of ourselves are none."""
    return {NAME.match(one)[0] for one in requirements if not one.startswith("book-utils")}


LIBRARY = names(PROJECT["dependencies"])
READER = LIBRARY | names(EXTRAS["read"])
EVERYTHING = READER.union(*map(names, [*EXTRAS.values(), *GROUPS.values()]))
HOMES = [ROOT / folder for folder in ("", "tests", "tests/hub", "tests/lecturers", "tools/jupyter", "lecturers")]
OURS = {path.stem for folder in HOMES for path in folder.iterdir()}


def imported(code: str) -> set[str]:
    """Return the packages from elsewhere that code imports, by the name it imports."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module)
    return {name.split(".")[0] for name in found} - set(sys.stdlib_module_names) - OURS


@cache
def provided(package: str) -> set[str]:
    """Return what a package lets one import; of what is not installed here, its own name."""
    try:
        return {Path(file.parts[0]).stem for file in distribution(package).files}
    except PackageNotFoundError:
        return {package.replace("-", "_")}


def undeclared(code: str, declared: set[str]) -> set[str]:
    """Return what is imported and only comes through others."""
    return imported(code).difference(*map(provided, declared))


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        (LIBRARY | names(EXTRAS["search"]), [path for path in PYTHON if "book_utils" in path.relative_to(ROOT).parts]),
        (EVERYTHING, [path for path in PYTHON if "book_utils" not in path.relative_to(ROOT).parts]),
    ],
    ids=["library", "everything else"],
)
def test_every_import_is_declared(declared, code):
    assert len(code) > 20
    found = {path.relative_to(ROOT).as_posix(): undeclared(path.read_text(encoding="utf-8"), declared) for path in code}
    assert {name: missing for name, missing in found.items() if missing} == {}


def test_a_reader_has_what_the_chapters_import():
    for path in book.files_under("sources", ".md"):
        cells = re.findall(r"^```\{code-cell\}.*?^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        modules = re.findall(r"^(?:from|import) (\w+)", "\n".join(cells), re.MULTILINE)
        assert not undeclared(f"import {', '.join(['book_utils', *modules])}", READER), path


def test_every_requirement_has_a_lower_bound():
    requirements = [*PROJECT["dependencies"], *(one for extra in [*EXTRAS.values(), *GROUPS.values()] for one in extra)]
    bare = [one for one in requirements if not re.search(r"[>=]=", one)]
    assert all(one.startswith("book-utils") for one in bare), bare


# Files that speak of the project.


def test_each_thing_has_its_licence():
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n\nCopyright (c) 2026 The book_utils")
    content = (ROOT / "LICENSE-CONTENT").read_text(encoding="utf-8")
    assert "Creative Commons Attribution 4.0 International Public License" in content and "Section 8" in content
    assert PROJECT["license"] == "MIT" and described("CITATION.cff")["license"] == ["MIT", "CC-BY-4.0"]


def test_the_version_and_the_authors_are_the_same_everywhere():
    citation = described("CITATION.cff")
    assert citation["version"] == PROJECT["version"]
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert citation["authors"] == PROJECT["authors"]
    assert PROJECT["authors"][0]["name"] in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert citation["keywords"] == PROJECT["keywords"]


def test_the_versions_of_python_are_those_that_are_tried():
    said = {one.rpartition(" ")[2] for one in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d", one)}
    tried = {name.removeprefix("python-") for name, stack in STACKS.items() if "may-fail" not in stack.tags}
    assert said == {one for one in tried if one.startswith("3.")} | {"3.11"}  # the newest stack's


def test_binder_and_the_devcontainer_share_one_environment_without_gpu_libraries():
    wanted = [one for one in described(".binder", "environment.yml")["dependencies"] if isinstance(one, str)]
    bounds = {NAME.match(one)[0]: one for one in PROJECT["dependencies"]}
    assert "pytorch-cpu" + bounds["torch"].removeprefix("torch") in wanted and bounds["torchvision"] in wanted
    assert not {"pytorch", "pytorch-gpu", "torch"} & {NAME.match(one)[0] for one in wanted}
    rest = (ROOT / ".binder" / "postBuild").read_text(encoding="utf-8")
    assert rest.startswith("#!") and '--editable ".[read]"' in rest
    container = described(".devcontainer", "devcontainer.json")  # JSON is YAML
    assert "--file .binder/environment.yml" in container["onCreateCommand"]
    assert ".binder/postBuild" in container["onCreateCommand"]


def test_what_runs_before_a_commit_is_what_the_workflow_runs():
    (local,) = described(".pre-commit-config.yaml")["repos"]
    entries = {hook["entry"] for hook in local["hooks"]}
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = {" ".join(entry.split()[:4]).split(" --")[0] for entry in entries}
    assert commands == {"uv run ruff check", "uv run ruff format", "uv run mypy"}
    assert all(command in script for command in commands)


@pytest.mark.parametrize("form", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]*.yml")), ids=lambda p: p.stem)
def test_a_form_for_issues_asks_in_both_languages(form):
    asked = described(*form.relative_to(ROOT).parts)
    texts = [asked["name"], asked["description"], *(field["attributes"]["label"] for field in asked["body"])]
    assert all(re.search("[a-z]", text) and re.search("[\u4e00-\u9fff]", text) for text in texts)
    assert all(field["id"] and field["validations"]["required"] for field in asked["body"])
