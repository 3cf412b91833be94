"""What the tests of a hub share: its names, and what they do as root or as a lecturer."""

import pwd
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools import book

sys.path.insert(0, str(book.ROOT / "lecturers"))
import load  # noqa: E402 - a program of its own, beside the page

PAGE = book.ROOT / "lecturers" / "hub.md"
NAMES = ["booktrial1", "booktrial2", "booktrial3"]
LECTURER = "booktrial0"
EXCHANGE = Path("/usr/local/share/nbgrader/exchange")
PORTS = """
c.JupyterHub.bind_url = "http://127.0.0.1:18700"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:18701"
c.JupyterHub.hub_port = 18702
"""


def commands(folder: Path) -> list[str]:
    """Return the page's commands, block by block, for another folder than the page's."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [block.replace("/srv/book-hub", str(folder)) for block in blocks]


@dataclass
class Site:
    """A hub that runs."""

    folder: Path
    address: str
    passwords: dict[str, str]

    def browser(self, name: str) -> load.Browser:
        """Return a browser for one of the students."""
        return load.Browser(self.address, name, self.passwords[name])


def home(name: str) -> Path:
    """Return the folder of an account."""
    return Path(pwd.getpwnam(name).pw_dir)


def as_lecturer(site: Site, command: str, folder: Path) -> str:
    """Run a command as the lecturer, in a folder; return what it prints."""
    return subprocess.run(
        ["runuser", "-l", LECTURER, "-c", f"export PATH={site.folder}/env/bin:$PATH; cd {folder} && {command}"],
        check=True,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ).stdout


def wait_for(words: str, log: Path, process: subprocess.Popen) -> None:
    """Wait until a process writes these words into its log; fail if it ends before."""
    with log.open(encoding="utf-8") as written:
        while process.poll() is None:
            if words in written.readline():
                return
    raise AssertionError(log.read_text(encoding="utf-8"))
