"""Write slides: ``uv run --group site python -m tools.slides 03``; the package says more."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from tools import book
from tools.chapters import texts
from tools.site.pages import page_of
from tools.slides.deck import Deck

LANGUAGES = (book.ENGLISH, *book.TRANSLATIONS)


def chapters(language: str, numbers: Sequence[str]) -> list[str]:
    """Return the names of an edition's chapters with these numbers, or of all."""
    names = [text.stem for text in texts(book.ROOT, language)]
    return [name for name in names if not numbers or name[:2] in numbers]


def write(language: str, name: str, folder: Path) -> Path:
    """Write the slides of a chapter into a folder for its edition; return the file."""
    file = folder / language / f"{name}.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(Deck(page_of(language, name, [])).html(), encoding="utf-8", newline="\n")
    return file


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="tools.slides", description="write chapters as slides, one file each")
    parser.add_argument("words", nargs="*", metavar="NN or FOLDER", help="chapters, such as 03; where to: build/slides")
    parser.add_argument("--language", choices=LANGUAGES, help="one edition; without, both")
    options = parser.parse_intermixed_args(arguments)
    numbers = [word for word in options.words if word.isdigit()]
    folders = [Path(word) for word in options.words if not word.isdigit()] or [book.ROOT / "build" / "slides"]
    if len(folders) > 1:
        parser.error(f"one folder, not {len(folders)}: {' '.join(map(str, folders))}")
    if unknown := sorted({*numbers} - {name[:2] for name in chapters(book.ENGLISH, ())}):
        parser.error(f"there is no chapter {', '.join(unknown)}")
    for language in [options.language] if options.language else LANGUAGES:
        for name in chapters(language, numbers):
            print(write(language, name, folders[0]))


if __name__ == "__main__":
    main()
