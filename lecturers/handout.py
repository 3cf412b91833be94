"""Make the repository that students' notebooks come from, or bring it up to date, and print the links to give them.

    python lecturers/handout.py /srv/book-hub/handout --hub https://hub.example
    python lecturers/handout.py ~/handout --repository https://git.example/course/handout --hub https://hub.example

It holds the chapters of both editions as they are stored, with their figures; solutions only with ``--solutions``. A
link copies what is new into a student's folder and opens a chapter. nbgitpuller, which does that, keeps what the
student has changed. The first command is for a hub on this machine, which reads the folder itself; for any other, push
the folder to a place that the hub can read, and name that place by ``--repository``.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
BRANCH, TARGET = "main", "my-notebooks"


def git(folder: Path, *command: str) -> str:
    """Run git in a folder; return what it prints."""
    who = ["-c", "user.name=handout", "-c", "user.email=", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *who, *command], cwd=folder, check=True, stdout=subprocess.PIPE, encoding="utf-8"
    ).stdout


def chapters(notebooks: Path, solutions: bool) -> list[Path]:
    """Return the notebooks to hand out, relative to the folder."""
    found = [path.relative_to(notebooks) for path in sorted(notebooks.glob("*/**/*.ipynb"))]
    visible = [path for path in found if not any(part.startswith(".") for part in path.parts)]
    return [path for path in visible if solutions or "solutions" not in path.parts]


def bring_up_to_date(folder: Path, notebooks: Path, solutions: bool) -> list[Path]:
    """Make the repository hold the notebooks and nothing else, as a new commit if anything is new.

    Returns:
        The notebooks that it holds, relative to the folder.

    Raises:
        SystemExit: The folder holds something else than a repository made by this command.
    """
    if not (folder / ".git").exists():
        if folder.exists() and any(folder.iterdir()):
            raise SystemExit(f"{folder} is not empty, and no hand-out: name another folder")
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet", "--initial-branch", BRANCH)
    handed_out = chapters(notebooks, solutions)
    for old in chapters(folder, solutions=True):
        (folder / old).unlink()
    for path in handed_out:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(notebooks / path, folder / path)
    git(folder, "add", "--all")
    if git(folder, "status", "--porcelain"):
        git(folder, "commit", "--quiet", "--message", "Notebooks")
    return handed_out


def link(hub: str, repository: str, path: Path) -> str:
    """Return the address that brings a student's folder up to date and opens a notebook."""
    place = f"lab/tree/{TARGET}/{path.as_posix()}"
    asked = {"repo": repository, "branch": BRANCH, "targetPath": TARGET, "urlpath": place}
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(asked)}"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the repository is, or is to be")
    parser.add_argument("--hub", required=True, help="the hub's address, as students type it")
    parser.add_argument("--repository", help="where the hub finds the repository; default: the folder itself")
    parser.add_argument("--solutions", action="store_true", help="hand out the solutions as well")
    options = parser.parse_args(arguments)
    folder = options.folder.expanduser().absolute()
    for path in bring_up_to_date(folder, ROOT / "notebooks", options.solutions):
        if "solutions" not in path.parts:
            print(f"{path.as_posix()}\n    {link(options.hub, options.repository or folder.as_uri(), path)}")


if __name__ == "__main__":
    main()
