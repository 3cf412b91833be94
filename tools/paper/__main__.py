import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools import book
from tools.paper import __doc__ as what
from tools.paper.needs import KINDS, PACKAGES, lacking


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        "tools.paper", description=what, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=book.ROOT / "build" / "paper", help="where the books go"
    )
    languages = (book.ENGLISH, *book.TRANSLATIONS)
    parser.add_argument("--language", choices=languages, help="one edition only")
    parser.add_argument("--kind", choices=KINDS, help="PDF or EPUB only")
    parser.add_argument("--without-solutions", action="store_true", help="leave out solutions, and all links to them")
    parser.add_argument("--packages", action="store_true", help="only list what Debian and Ubuntu install for it")
    options = parser.parse_args(arguments)
    kinds = [options.kind] if options.kind else KINDS
    if options.packages:
        print(*dict.fromkeys(package for kind in kinds for package in PACKAGES[kind]))
        return 0
    if lacks := lacking(kinds):
        parser.error(lacks)
    try:
        from tools.paper.build import build
    except ModuleNotFoundError as missing:
        parser.error(f"{missing}. The book has packages of its own: uv run --group site python -m tools.paper")
    begin = time.perf_counter()
    chosen = [options.language] if options.language else languages
    made = build(options.folder, chosen, kinds, not options.without_solutions)
    for file in made:
        print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
    print(f"in {time.perf_counter() - begin:.0f} s")
    if warnings := "".join(made.values()):
        print(f"warnings:\n{warnings}", file=sys.stderr)
    return bool(warnings)


if __name__ == "__main__":
    sys.exit(main())
