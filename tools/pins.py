"""Pin what `uv run` installs, without the address of an index: the same versions next year, from whichever index.

    uv run python -m tools.pins renew [DAY]          to the newest releases up to that day, such as 2026-11-15 (or now)
    uv run python -m tools.pins without ARGUMENTS    `uv run ARGUMENTS` in a copy of the repository that has no pins

The pins stand in ``pyproject.toml``, as constraints: who installs the package elsewhere is not bound by them. A file
uv.lock would hold the addresses of the index that it was made from. A date (``exclude-newer``) would do, but not with
an index that does not say when a file was uploaded. pip reads no constraints there: for ``requirements.txt`` the same
stand in ``tools/pins.txt``.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOR_PIP = Path("tools", "pins.txt")

BEGIN, END = "# Pins, made by tools.pins, as of ", "# End of the pins\n"
PINS = re.compile(rf"^{re.escape(BEGIN)}(?P<day>\S+)\n.*?^{END}", re.MULTILINE | re.DOTALL)

OLD_MACOS = ("torch<2.12; sys_platform == 'darwin'", "torchvision<0.27; sys_platform == 'darwin'")
"""The newest PyTorch that runs on macOS 13. A marker can tell systems apart, but not their versions."""


EVERYWHERE = re.compile(r" and \(\([^()]*darwin[^()]*\)(?: or \([^()]*linux[^()]*\)){2} or \([^()]*win32[^()]*\)\)")
"""What uv says of a version for all of the systems in ``[tool.uv] environments``."""


def day(text: str) -> str:
    """Return the day of the pins in the text of ``pyproject.toml``."""
    found = PINS.search(text)
    assert found, "pyproject.toml has no pins: uv run python -m tools.pins renew"
    return found["day"]


def block(pins: list[str], as_of: str) -> str:
    """Return the lines that hold the pins."""
    lines = "".join(f'  "{pin}",\n' for pin in pins)
    return f"{BEGIN}{as_of}\nconstraint-dependencies = [\n{lines}]\n{END}"


def put(text: str, pins: list[str], as_of: str) -> str:
    """Return the text of ``pyproject.toml`` with other pins, or without any."""
    return PINS.sub(lambda _: block(pins, as_of), text)


def for_pip(pins: list[str]) -> str:
    """Return the text of the file of constraints that pip reads."""
    return "".join(f"{line}\n" for line in ("# Made by tools.pins from pyproject.toml, for requirements.txt", *pins))


def simplified(exported: str) -> list[str]:
    """Return what ``uv export`` lists as constraints: where a package has one version, it is that for all systems."""
    listed = [EVERYWHERE.sub("", line).replace(" ;", ";") for line in exported.splitlines() if "==" in line]
    pins = []
    for _, lines in groupby(listed, key=lambda line: line.partition("==")[0]):
        versions = list(lines)
        pins += [versions[0].partition(";")[0].strip()] if len(versions) == 1 else versions
    return pins


def resolve(text: str, as_of: str) -> list[str]:
    """Return the pins for the newest releases up to a day, on every system and Python that the project supports."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "pyproject.toml").write_text(put(text, list(OLD_MACOS), as_of), encoding="utf-8")
        for folder in (Path("tools", "jupyter"), Path("lecturers")):
            shutil.copytree(ROOT / folder, here / folder)
        for name in ("README.md", "LICENSE"):
            shutil.copy(ROOT / name, here)
        subprocess.run(["uv", "lock", "--quiet", "--exclude-newer", as_of], cwd=here, check=True)
        everything = ["--all-extras", "--all-groups", "--no-emit-local"]
        plain = ["--quiet", "--frozen", "--no-hashes", "--no-header", "--no-annotate"]
        exported = subprocess.run(
            ["uv", "export", *plain, *everything], cwd=here, check=True, stdout=subprocess.PIPE, encoding="utf-8"
        ).stdout
    return simplified(exported)


def renew(as_of: str) -> None:
    """Write the pins of a day into ``pyproject.toml`` and into the file for pip."""
    file = ROOT / "pyproject.toml"
    text = file.read_text(encoding="utf-8")
    pins = resolve(text, as_of)
    file.write_text(put(text, pins, as_of), encoding="utf-8", newline="\n")
    (ROOT / FOR_PIP).write_text(for_pip(pins), encoding="utf-8", newline="\n")
    print(f"pinned {len(pins)} versions as of {as_of}: build all chapters and look at what changes")


def without(arguments: list[str]) -> int:
    """Run ``uv run`` in a copy of the repository that has no pins; return its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "book")
        shutil.copytree(ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(".venv", "uv.lock", ".*_cache"))
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        (copy / "pyproject.toml").write_text(put(text, [], day(text)), encoding="utf-8")
        return subprocess.run(["uv", "run", *arguments], cwd=copy).returncode


def main(arguments: list[str]) -> int:
    command, *rest = arguments or [""]
    if command == "without":  # what follows is uv's, options included
        return without(rest)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["renew", "without"])
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    parser.add_argument("day", nargs="?", default=now, help="the last day whose releases count")
    renew(parser.parse_args(arguments).day)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
