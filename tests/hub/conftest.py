"""A JupyterHub with students, set up by the commands of lecturers/hub.md.

    uv run pytest -n0 tests/hub

needs root on a Linux machine that can be thrown away, and npm: it makes accounts, and takes them away again.
"""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from trial import EXCHANGE, LECTURER, NAMES, PORTS, Site, as_lecturer, commands, home, wait_for

from tools import book


@pytest.fixture(scope="session")
def site():
    """Set a hub up as the page says, let it run, and leave nothing of it."""
    if os.geteuid():
        pytest.skip("it makes accounts, so it needs root")
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="book-hub-"))
    folder.chmod(0o755)
    private = folder / "private"
    private.mkdir(mode=0o700)
    mode, made_exchange = book.ROOT.stat().st_mode, not EXCHANGE.exists()
    data = folder / "data" / "FashionMNIST" / "raw"
    given = os.environ.get("BOOK_UTILS_DATA", "")
    if given:  # as the page says of a machine without a network
        shutil.copytree(Path(given, "FashionMNIST", "raw"), data)
        subprocess.run(["chmod", "-R", "u+w,a+rX", folder / "data"], check=True)
        for archive in data.glob("*.gz"):
            subprocess.run(["gunzip", "--force", archive], check=True)
    (folder / "extra.py").write_text(PORTS, encoding="utf-8")
    (private / "names.txt").write_text("\n".join([*NAMES, ""]), encoding="utf-8")
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("BOOK_", "PYTHON", "VIRTUAL"))
    }
    *setup, start = commands(folder)
    exports = "\n".join(line for block in setup for line in block.splitlines() if line.startswith("export "))
    hub = None
    try:
        for block in setup:
            where = private if "names.txt" in block else book.ROOT
            script = f"{exports}\n{block}"
            subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=where, env=environment, check=True)
        subprocess.run(["useradd", "--create-home", "--shell", "/bin/bash", "-G", "lecturers", LECTURER], check=True)
        password = secrets.token_hex(6)
        subprocess.run(["chpasswd"], input=f"{LECTURER}:{password}\n", encoding="utf-8", check=True)
        home(LECTURER).chmod(0o700)
        log = folder / "private" / "log"
        with log.open("w", encoding="utf-8") as written:
            hub = subprocess.Popen(
                ["bash", "-euc", f"{exports}\nexec {start}"],
                cwd=book.ROOT, env=environment, stdout=written, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        wait_for("JupyterHub is now running", log, hub)
        lines = (private / "class.txt").read_text(encoding="utf-8").splitlines()
        passwords = {LECTURER: password, **dict(line.split(":")[:2] for line in lines)}
        yield Site(folder, "http://127.0.0.1:18700", passwords)
        print(log.read_text(encoding="utf-8"))  # shown if a test fails
    finally:
        if hub:
            hub.send_signal(signal.SIGTERM)
            hub.wait(timeout=120)
        for name in (*NAMES, LECTURER):
            subprocess.run(["pkill", "-KILL", "-u", name], stderr=subprocess.DEVNULL)
            subprocess.run(["userdel", "--remove", name], stderr=subprocess.DEVNULL)
        subprocess.run(["git", "config", "--system", "--unset-all", "safe.directory", f"^{folder}/handout/.git$"])
        book.ROOT.chmod(mode)
        shutil.rmtree(EXCHANGE if made_exchange else EXCHANGE / "trial", ignore_errors=True)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def course(site):
    """Return the folder of a course whose assignment is released: chapter 05, with something hidden in it."""
    folder = home(LECTURER) / "course"
    as_lecturer(site, f"mkdir -p {folder}/source/losses", home(LECTURER))
    chapter = folder / "source" / "losses" / "05-loss-functions.ipynb"
    shutil.copyfile(book.ROOT / "notebooks" / "en" / "05-loss-functions.ipynb", chapter)
    (folder / "source" / "hidden.txt").write_text("hidden inputs", encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'trial'\n", encoding="utf-8"
    )
    subprocess.run(["chown", "-R", LECTURER, folder], check=True)
    as_lecturer(site, "nbgrader generate_assignment losses --create", folder)
    as_lecturer(site, "nbgrader release_assignment losses", folder)
    return folder
