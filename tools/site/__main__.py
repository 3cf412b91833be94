import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools import book
from tools.site import __doc__ as what


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        "tools.site", description=what, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=book.ROOT / "build" / "site", help="where the site goes"
    )
    parser.add_argument("--without-solutions", action="store_true", help="leave out solutions, and all links to them")
    options = parser.parse_args(arguments)
    try:
        from tools.site.build import build
    except ModuleNotFoundError as missing:
        parser.error(f"{missing}. The site has packages of its own: uv run --group site python -m tools.site")
    begin = time.perf_counter()
    warnings = build(options.folder, not options.without_solutions)
    size = sum(path.stat().st_size for path in options.folder.rglob("*") if path.is_file())
    print(f"{options.folder / 'index.html'}: {size / 1e6:.1f} MB in {time.perf_counter() - begin:.0f} s")
    if warnings:
        print(f"warnings:\n{warnings}", file=sys.stderr)
    return bool(warnings)


if __name__ == "__main__":
    sys.exit(main())
