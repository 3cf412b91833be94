"""Try the book where its readers are, as far as one machine can tell.

    uv run python -m tools.trials classic           the environment of environment.yml: Python 3.11, d2l 1.0.3
    uv run python -m tools.trials colab [NAME ...]  one notebook alone, in an environment like Colab's
    uv run python -m tools.trials gpu [NAME ...]    chapters 06 to 10 on a CUDA device, its speed beside d2l, and NCCL
    uv run python -m tools.trials pack FOLDER       what a bare machine needs for that, to be carried there

The first two make their environment in a temporary folder, with what was published up to the day of the pins.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from book_utils import dataset_in_use
from tools import book, compare, gpu, pins

COLAB_PYTHON = "3.12"
COLAB = ["ipython==7.34.0", "ipykernel", "numpy", "torch", "matplotlib"]  # and nothing else that the book needs


def run(*command: str | Path, **options) -> str:
    """Run a command, shown first; return what it prints. Its failure is ours."""
    print("$", *command, file=sys.stderr, flush=True)
    return subprocess.run([str(part) for part in command], check=True, encoding="utf-8", **options).stdout


def environment(folder: Path, python: str, *packages: str | Path) -> Path:
    """Make a virtual environment with pip and the packages; return its Python."""
    run("uv", "venv", "--quiet", "--seed", "--python", python, folder)
    interpreter = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    day = pins.day((book.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    where = ("--no-config", "--exclude-newer", day, "--python", interpreter)  # other versions than those of the pins
    run("uv", "pip", "install", "--quiet", *where, *packages, cwd=book.ROOT)
    return interpreter


def classic(names: list[str]) -> None:
    """Run the whole suite, or the files named, in the environment that environment.yml describes (its pip part)."""
    described = yaml.safe_load((book.ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    python = next(entry.removeprefix("python=") for entry in described if str(entry).startswith("python="))
    requirements = next(entry["pip"] for entry in described if isinstance(entry, dict))
    packages = [part for requirement in requirements for part in requirement.split()]
    with tempfile.TemporaryDirectory() as folder:
        interpreter = environment(Path(folder), python, *packages)
        run(interpreter, "-m", "pytest", "-m", "not oracle", *(names or ["--all-editions"]), cwd=book.ROOT)


def colab(names: list[str]) -> None:
    """Run notebooks one by one as Colab would: each alone in an empty folder, the repository at a public address."""
    chosen = [
        path
        for path in book.files_under("notebooks", ".ipynb")
        if path.parent.name != "solutions" and (not names or any(name in path.as_posix() for name in names))
    ]
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        interpreter = environment(here / "env", COLAB_PYTHON, *COLAB)
        run("git", "clone", "--quiet", "--bare", book.ROOT, here / "public.git")
        run(interpreter, "-m", "ipykernel", "install", "--prefix", here / "env", "--name", "trial")
        os.environ.update(JUPYTER_PATH=str(here / "env" / "share" / "jupyter"), OMP_NUM_THREADS="1")
        before = frozen(interpreter)
        for path in chosen:
            alone = here / path.parent.name / path.stem
            alone.mkdir(parents=True)
            execute_alone(path, (here / "public.git").as_uri(), alone)
            after = frozen(interpreter)
            changed = {
                name: (version, after.get(name)) for name, version in before.items() if after.get(name) != version
            }
            assert not changed, f"{path.name} changed what was installed: {changed}"
            print(f"{path.relative_to(book.ROOT)}: ran and shows the same; {len(after) - len(before)} packages came")
            run(interpreter, "-m", "pip", "uninstall", "--quiet", "--yes", *sorted(set(after) - set(before)))


def frozen(interpreter: Path) -> dict[str, str]:
    """Return the installed packages and their versions."""
    listed = run(interpreter, "-m", "pip", "list", "--format=freeze", stdout=subprocess.PIPE)
    return dict(line.split("==") for line in listed.split())


def execute_alone(path: Path, url: str, folder: Path) -> None:
    """Run a copy of a notebook in a folder of its own.

    Fail if a cell does, if it shows something else than what is stored, or if book_utils came from elsewhere.
    """
    stored, notebook = book.read(path), book.read(path)
    getting = next(cell for cell in notebook.cells if cell.cell_type == "code")
    getting.source = re.sub(r"^URL = .*", f"URL = {url!r}", getting.source, flags=re.MULTILINE)
    book.execute(notebook, folder, kernel="trial")
    said = "".join(output.get("text", "") for output in getting.outputs)
    assert said == f"book_utils was installed from {url}\n", said
    data_set = dataset_in_use()
    for before, now in zip(stored.cells, notebook.cells):
        compared = now.cell_type == "code" and now is not getting
        if compared and not compare.exemption(now.metadata.get("tags", []), data_set):
            differences = compare.output_differences(before.outputs, now.outputs, ())
            assert not differences, f"{path.name}: {now.source}\n{differences}"


TRIALS = {"classic": classic, "colab": colab, "gpu": gpu.trial, "pack": gpu.pack}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trial", choices=TRIALS)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="part of a notebook's name (colab, gpu), files (classic), or a folder"
    )
    options = parser.parse_args(arguments)
    TRIALS[options.trial](options.names)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
