"""``book``: read the book, in notebooks of one's own.

    book               copy the book's notebooks to my-notebooks, where that was not done, and open them in JupyterLab
    book zh            the same, beginning with the Chinese start page
    book --fresh 05    set one's own notebooks of chapter 05 aside, copy the book's anew, and open them

What a reader writes, runs and saves changes the copies, and none of the book's files, which can be brought up to date
at any time. At the next start, copies that were not changed are made anew, and those that were stay as they are.
Further arguments are JupyterLab's, such as --no-browser or --port=8889.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import shutil
import sys
import time
from pathlib import Path

from book_utils_jupyter import start_page

BOOK, MINE = "notebooks", "my-notebooks"
ASIDE = "set-aside"
"""Where a reader's notebooks are put that make room for the book's."""
RECORD = ".copied.json"
"""Says what each copy was when it was made: its SHA-256."""


class Copies:
    """A reader's notebooks, and what they were copied from.

    Args:
        root: The folder of the book, which holds both.
    """

    def __init__(self, root: Path) -> None:
        self.book, self.mine = root / BOOK, root / MINE
        self._record = self.mine / RECORD
        self._copied: dict[str, str] = json.loads(_text(self._record) or "{}")

    def names(self) -> list[str]:
        """Return the paths of the book's notebooks, relative to their folder."""
        found = [path.relative_to(self.book) for path in sorted(self.book.glob("*/**/*.ipynb"))]
        return [path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts)]

    def is_changed(self, name: str) -> bool:
        """Tell whether a copy is there and is neither what it was when it was made nor what it would be now."""
        copy = self.mine / name
        return copy.exists() and digest(copy) not in (self._copied.get(name), digest(self.book / name))

    def is_behind(self, name: str) -> bool:
        """Tell whether the book's notebook is another one by now."""
        return self._copied.get(name) != digest(self.book / name)

    def copy(self) -> list[str]:
        """Copy what was not changed; return the names of changed copies whose notebook is another by now."""
        names = self.names()
        changed = [name for name in names if self.is_changed(name)]
        for name in names:
            if name not in changed:
                self._copy(name)
        self._note()
        return [name for name in changed if self.is_behind(name)]

    def fresh(self, parts: list[str]) -> list[str]:
        """Set aside the changed copies with one of these parts in their name, or all, and copy the book's anew.

        Returns:
            The names of the copies that were set aside.

        Raises:
            ValueError: If a part is in no notebook's name.
        """
        for part in parts:
            if not any(matches(name, [part]) for name in self.names()):
                raise ValueError(f"no notebook has {part!r} in its name: say 05, solutions/05 or {self.names()[0]}")
        chosen = [name for name in self.names() if self.is_changed(name) and matches(name, parts)]
        day = time.strftime("%Y-%m-%d")
        places = (self.mine / ASIDE / f"{day} {count}" for count in itertools.count(1))
        folder = next(place for place in places if not place.exists())
        for name in chosen:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.mine / name).rename(folder / name)
        self.copy()
        return chosen

    def _copy(self, name: str) -> None:
        """Copy a notebook, so that nothing half-written is left behind."""
        copy, source = self.mine / name, self.book / name
        self._copied[name] = digest(source)
        if not copy.exists() or digest(copy) != self._copied[name]:
            copy.parent.mkdir(parents=True, exist_ok=True)
            unfinished = copy.with_suffix(".unfinished")
            shutil.copyfile(source, unfinished)
            unfinished.replace(copy)

    def _note(self) -> None:
        unfinished = self._record.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(self._copied, indent=0, sort_keys=True), encoding="utf-8")
        unfinished.replace(self._record)


def matches(name: str, parts: list[str]) -> bool:
    """Tell whether one of the parts is in a name; where there are none, all names match."""
    return not parts or any(part in name for part in parts)


def digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


def main(arguments: list[str] | None = None) -> None:
    """Bring the copies up to date and open them."""
    parser = argparse.ArgumentParser(
        prog="book", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("language", nargs="?", choices=["en", "zh"], help="the language to begin with")
    parser.add_argument(
        "--fresh",
        nargs="*",
        metavar="PART",
        help="set changed copies aside: those with such a part in their name, or all",
    )
    options, for_lab = parser.parse_known_args(arguments)
    copies = Copies(Path.cwd())
    if not (copies.book / start_page("en")).exists():
        sys.exit(f"{Path.cwd()} is not the folder of the book: it has no {BOOK}/{start_page('en')}. Go there first.")
    if options.fresh is not None:
        try:
            set_aside = copies.fresh(options.fresh)
        except ValueError as error:
            parser.error(str(error))
        for name in set_aside:
            print(f"{MINE}/{name}: yours is in {MINE}/{ASIDE} now")
        if not set_aside:
            print("nothing to set aside: these notebooks are as the book's")
    for name in copies.copy():
        print(f"{MINE}/{name}: yours, and it stays; the book has a newer one (book --fresh {name} fetches it)")
    from jupyterlab.labapp import main as lab

    sys.exit(lab([str(copies.mine), f"--LabApp.default_url=/lab/tree/{start_page(options.language)}", *for_lab]))
