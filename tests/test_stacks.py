"""Where the book is tried is said once, in ``noxfile.py``: what speaks of it elsewhere says the same."""

import json
import re
import subprocess
import sys

import nox
import pytest
import yaml

import noxfile
from noxfile import STACKS
from tools import book, trials

CONTRIBUTING = (book.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SCRIPT = (book.ROOT / ".ci" / "run").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load((book.ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
JOBS = WORKFLOW["jobs"]
ONLY_IN_CI_RUN = {"newest", "chaos"}
ON_MONDAYS = {"today", "links"}
SESSION = re.compile(r"nox (?:-s|--session) ([\w.-]+)")


def test_the_table_in_contributing_is_the_list():
    rows = re.findall(r"^\| (.*) \| `uv run nox -s (.*)` \| (.*) \|$", CONTRIBUTING, flags=re.MULTILINE)
    assert rows == [(stack.where, name, stack.what) for name, stack in STACKS.items()]


def test_what_is_named_elsewhere_is_in_the_list():
    workflow = json.dumps(JOBS)
    named = [*SESSION.findall(CONTRIBUTING), *SESSION.findall(SCRIPT), *SESSION.findall(noxfile.__doc__)]
    assert {*ONLY_IN_CI_RUN, "classic", "browser"} <= {*SESSION.findall(SCRIPT)}
    assert {*named, *re.findall(r"matrix\.stack\.session == '([\w.-]+)'", workflow)} <= {*STACKS}


def test_the_matrix_on_github_is_the_list():
    listing, stack = JOBS["list"], JOBS["stack"]
    (command,) = (step["run"] for step in listing["steps"] if step.get("id") == "list")
    assert re.fullmatch(r'echo "stacks=\$\(uvx nox --list --json (.*)\)" >> "\$GITHUB_OUTPUT"', command)
    assert stack["strategy"]["matrix"] == {"stack": "${{ fromJSON(needs.list.outputs.stacks) }}"}
    assert stack["runs-on"] == "${{ matrix.stack.tags[0] }}" and stack["needs"] == "list"
    assert stack["steps"][-1]["run"] == "uv run nox --session ${{ matrix.stack.session }}"


@pytest.mark.parametrize(
    ("event", "left_out"),
    [
        ("push", ONLY_IN_CI_RUN | ON_MONDAYS),
        ("pull_request", ONLY_IN_CI_RUN | ON_MONDAYS),
        ("schedule", ONLY_IN_CI_RUN),
    ],
)
def test_every_other_stack_is_listed_for_its_event(event, left_out):
    (arguments,) = (re.search(r"uvx nox (.*)\)\"", step["run"])[1] for step in JOBS["list"]["steps"] if "id" in step)
    command = [sys.executable, "-m", "nox", *arguments.replace("${{ github.event_name }}", event).split()]
    done = subprocess.run(command, cwd=book.ROOT, capture_output=True, encoding="utf-8", check=True)
    listed = {stack["session"]: stack["tags"] for stack in json.loads(done.stdout)}
    assert {*STACKS} - {*listed} == left_out
    assert {tags[0] for tags in listed.values()} == {"ubuntu-latest", "windows-latest", "macos-latest"}


def test_the_newest_stack_runs_as_the_readme_says_and_then_the_translated_chapters():
    assert [step["run"] for step in JOBS["newest"]["steps"] if "run" in step] == [".ci/run"]
    assert "test_command=$(grep --max-count=1 '^uv run pytest' README.md)" in SCRIPT
    assert all(f"nox -s newest -- notebooks/{language}/0[15]*.ipynb\n" in SCRIPT for language in book.TRANSLATIONS)


@pytest.mark.parametrize("name", STACKS)
def test_a_session_runs_everything_or_what_is_named(name):
    """All translated notebooks included, on each stack that runs the suite."""
    commands = []

    class Session:
        posargs: list[str] = []

        def run(self, *command: str, external: bool) -> None:
            commands.append(command)

    session, named = Session(), Session()
    named.posargs = ["tests/test_linear.py"]
    for each in (session, named):
        nox.registry.get()[name].func(each)
    stack = STACKS[name]
    assert commands == [
        ("uv", "run", *stack.command, *stack.arguments),
        ("uv", "run", *stack.command, "tests/test_linear.py"),
    ]
    runs_the_suite = stack.command[-1] == "pytest"
    assert runs_the_suite == (stack.arguments == ("--all-editions",))
    assert runs_the_suite or name in (
        "classic",
        "colab",
        "browser",
        "site",
        "links",
        "chaos",
        "hub",
        "class",
        "workers",
    )


@pytest.mark.parametrize(("names", "run"), [([], "--all-editions"), (["tests/test_linear.py"], "tests/test_linear.py")])
def test_the_classic_trial_does_so_too(names, run, monkeypatch):
    commands = []
    monkeypatch.setattr(trials, "environment", lambda *arguments: "python")
    monkeypatch.setattr(trials, "run", lambda *command, **options: commands.append(command))
    trials.classic(names)
    assert commands == [("python", "-m", "pytest", "-m", "not oracle", run)]


def test_the_workflow_may_only_read_and_makes_way_for_a_newer_run():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert not [name for name, job in JOBS.items() if "permissions" in job]
    group = WORKFLOW["concurrency"]["group"]
    assert WORKFLOW["concurrency"]["cancel-in-progress"] is True
    assert "github.event_name" in group and "github.ref" in group  # Mondays' run does not end that of a push


@pytest.mark.parametrize("name", ["newest", "stack"])
def test_the_images_are_downloaded_for_one_job_and_kept_for_the_others(name):
    (kept,) = (step["with"] for step in JOBS[name]["steps"] if step.get("uses", "").startswith("actions/cache@"))
    assert WORKFLOW["env"]["BOOK_UTILS_DATA"] == "${{ github.workspace }}/" + kept["path"]
    assert kept["key"] == "fashion-mnist" and kept["enableCrossOsArchive"] is True
