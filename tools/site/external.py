"""Whether the links that lead out of the site lead somewhere.

    uv run --group site python -m tools.site.external       asks every address, and prints those that are not right

Sphinx's own ``linkcheck`` asks. A link that is broken or too slow fails the command; one that leads on to another
address is printed, and no failure. That each is well formed, ``tests/site`` sees without a network.
"""

import json
import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tools.site.build import Edition, edition, run_sphinx, settings
from tools.site.words import NAMES

PATIENCE = {"linkcheck_timeout": 30, "linkcheck_retries": 2, "linkcheck_anchors": False}
"""How long an answer may take, in seconds, and how often to ask. What a page has at a place, its scripts may make."""
RIGHT, LEADS_ON = ("working",), ("redirected",)


class Link(NamedTuple):
    """A link, and what came of it.

    Attributes:
        page: The page that it stands on.
        address: Where it leads.
        status: ``working``, ``redirected``, ``broken`` or ``timeout``.
        why: What the server, or its absence, has said; or where it leads on to.
    """

    page: str
    address: str
    status: str
    why: str


def ask(edition: Edition, patience: dict[str, float]) -> list[Link]:
    """Ask each address that an edition's pages link to elsewhere.

    Args:
        edition: The pages.
        patience: Settings of ``linkcheck``.
    """
    with TemporaryDirectory() as scratch:
        folder = Path(scratch, "result")
        run_sphinx(edition, folder, Path(scratch, "sphinx"), "linkcheck", settings(edition) | patience)
        lines = (folder / "output.json").read_text(encoding="utf-8").splitlines()
    found = (json.loads(line) for line in lines)
    links = [Link(Path(each["filename"]).stem, each["uri"], each["status"], each["info"]) for each in found]
    return [link for link in links if link.address.startswith("http")]


def of(language: str) -> list[Link]:
    """Ask each address that the pages of a language link to elsewhere."""
    return ask(edition(language), PATIENCE)


def report(links: Iterable[Link]) -> tuple[str, bool]:
    """Return what is to be said of links, and whether one is not right."""
    links = sorted(set(links))
    wrong = [link for link in links if link.status not in RIGHT]
    lines = [f"{link.page}: {link.address}: {link.status}: {link.why}" for link in wrong]
    lines.append(f"links: {len(links)}, right as they are: {len(links) - len(wrong)}")
    return "\n".join(lines), any(link.status not in LEADS_ON for link in wrong)


def main() -> int:
    with ProcessPoolExecutor(min(len(NAMES), os.cpu_count() or 1), get_context("spawn")) as processes:
        words, fails = report(link for links in processes.map(of, NAMES) for link in links)
    print(words)
    return int(fails)


if __name__ == "__main__":
    sys.exit(main())
