"""Set the repository's public address.

    uv run python -m tools.publish https://github.com/OWNER/NAME
    uv run python -m tools.publish                                  the address of git's remote `origin`
    uv run python -m tools.publish --unset                          none: nothing links anywhere

It is written into pyproject.toml; notebooks and READMEs are then made anew with it, as at every build
(``tools/public.py`` says what they show of it).
"""

import argparse
import re
import subprocess
import sys

from tools import book, public


def plain(url: str) -> str:
    """Return an address as a browser takes it, from one that git takes."""
    url = re.sub(r"^(?:ssh://)?git@([^:/]+)[:/]", r"https://\1/", url.strip())
    url = re.sub(r"(?:\.git)?/?$", "", url)
    if not re.match(r"(?:https?|file)://[^\s'\"]+$", url):
        raise SystemExit(f"the address must begin with https://, without spaces or quotes; this is {url!r}")
    return url


def publish(url: str) -> None:
    """Set the address; '' removes it."""
    pyproject = book.ROOT / "pyproject.toml"
    text = public.TABLE.sub("", pyproject.read_text(encoding="utf-8"))
    table = f'\n[project.urls]\nRepository = "{url}"\n' if url else ""
    text = text.replace("\n[project.optional-dependencies]", f"{table}\n[project.optional-dependencies]")
    pyproject.write_text(text, encoding="utf-8", newline="\n")
    for notebook in book.files_under("notebooks", ".ipynb"):
        book.renew(notebook)
    book.write_readmes()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="?", help="default: git's remote `origin`")
    parser.add_argument("--unset", action="store_true", help="remove the address")
    options = parser.parse_args(arguments)
    if options.unset:
        publish("")
        return 0
    if options.url is None:
        command = ["git", "remote", "get-url", "origin"]
        done = subprocess.run(command, cwd=book.ROOT, capture_output=True, encoding="utf-8")
        if done.returncode:
            parser.error(f"git knows no remote `origin` ({done.stderr.strip()}); give the address")
        options.url = done.stdout
    publish(plain(options.url))
    print(f"{public.address(book.ROOT)} is written into pyproject.toml, notebooks and READMEs")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
