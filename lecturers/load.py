"""How many students does a JupyterHub carry? Simulated ones log in, open a chapter, run it, save it and hand it in.

    python lecturers/load.py http://127.0.0.1:8000 trial.txt --students 1 2 4 8

``trial.txt`` holds the accounts, a line for each as newusers reads it, ``name:password:...``. Each number is a round:
so many students come at the same moment and wait for nothing but answers, which is harder on a machine than a class.
They speak to the hub as a browser does, by HTTP and a websocket: form for login, the start of a server, the hand-out's
update, JupyterLab's page and programs, a session, every cell of the chapter in order, the file saved and read again,
the assignment fetched and submitted (with ``--course`` and ``--assignment``). What was saved is compared at the end.

On the hub's own machine, as root, each round also measures memory: of each process its share of the pages that
several hold (PSS), so the students' numbers add up to what the machine needs. ``--save`` puts the results into the
tables of hub.md and the READMEs.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import re
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import nbformat
import psutil
import requests
import websocket
from nbformat import NotebookNode

sys.path.insert(0, str(Path(__file__).resolve().parent))
import report  # noqa: E402 - beside this program

CHAPTER = "my-notebooks/en/07-softmax-regression-scratch.ipynb"
PATIENCE = 900.0
"""Seconds without any answer after which a student gives up: the hub is unusable then."""


class Refused(Exception):
    """What a student wanted and did not get."""


@dataclass
class Visit:
    """What one student met: seconds since the start of the round, megabytes, and what went wrong."""

    name: str
    server: float = 0.0  # the page is there, and the notebooks
    first_plot: float = 0.0  # since the first cell was sent
    chapter: float = 0.0  # all cells
    total: float = 0.0
    memory: float = 0.0  # PSS of all the student's processes, at its highest
    processor: float = 0.0  # seconds of processor time
    problem: str = ""


class Browser:
    """A student's browser, as far as the hub can tell.

    Args:
        hub: The hub's address.
        name: The account, whose password logs it in.
    """

    def __init__(self, hub: str, name: str, password: str) -> None:
        self.hub, self.name, self.password = hub.rstrip("/") + "/", name, password
        self.home = urljoin(self.hub, f"user/{quote(name)}/")
        self.session = requests.Session()

    def ask(self, method: str, address: str, **options: Any) -> requests.Response:
        """Send a request, with the token against forgery that belongs to its part of the site; raise if it fails."""
        part = "/hub/" if address.startswith(urljoin(self.hub, "hub/")) else urlsplit(self.home).path
        tokens = [cookie.value for cookie in self.session.cookies if cookie.name == "_xsrf" and cookie.path == part]
        headers = {"X-XSRFToken": tokens[0]} if tokens else {}
        answer = self.session.request(method, address, headers=headers, timeout=PATIENCE, **options)
        if not answer.ok:
            said = words_of(answer.text)[:200]
            raise Refused(f"{method} {urlsplit(address).path}: {answer.status_code} {answer.reason}. {said}")
        return answer

    def log_in(self) -> None:
        """Fill in the form."""
        form = self.ask("GET", urljoin(self.hub, "hub/login")).text
        token = re.search(r'name="_xsrf"\s+value="([^"]*)"', form)
        fields = {"username": self.name, "password": self.password, "_xsrf": token[1] if token else ""}
        page = self.ask("POST", urljoin(self.hub, "hub/login?next=%2Fhub%2Fhome"), data=fields)
        if not urlsplit(page.url).path.startswith("/hub/home"):
            raise Refused(f"the hub does not know {self.name} by this password")

    def start_server(self) -> None:
        """Ask for a server, and follow the hub's news of it until it is ready."""
        self.ask("GET", urljoin(self.hub, "hub/spawn"))
        news = urljoin(self.hub, f"hub/api/users/{quote(self.name)}/server/progress")
        last = {}
        for last in events(self.ask("GET", news, stream=True)):
            if last.get("ready"):
                return
        raise Refused(f"the server did not start: {last}")

    def open_first_page(self) -> None:
        """Follow the server's own address to the update of the notebooks, let it end, and load JupyterLab."""
        page = self.ask("GET", self.home)
        wanted = {key: value[0] for key, value in parse_qs(urlsplit(page.url).query).items()}
        place = urljoin(self.home, wanted.get("urlpath") or "lab")
        if "git-pull" in page.url:
            fields = {"targetpath": wanted["targetPath"], **wanted, "_xsrf": self.token()}
            steps = events(self.ask("GET", urljoin(self.home, "git-pull/api"), params=fields, stream=True))
            if [step.get("phase") for step in steps][-1:] != ["finished"]:
                raise Refused("the notebooks could not be brought up to date")
        lab = self.ask("GET", place)
        for program in re.findall(r'<script[^>]* src="([^"]+)"', lab.text):
            self.ask("GET", urljoin(lab.url, program))
        for part in ("lab/api/settings", "api/kernelspecs", "api/contents/my-notebooks?content=1"):
            self.ask("GET", urljoin(self.home, part))

    def token(self) -> str:
        """Return the token against forgery of the student's server."""
        path = urlsplit(self.home).path
        return next((one.value or "" for one in self.session.cookies if one.name == "_xsrf" and one.path == path), "")

    def read(self, path: str) -> NotebookNode:
        """Return a notebook as the server hands it out."""
        model = self.ask("GET", urljoin(self.home, f"api/contents/{quote(path)}"), params={"content": 1}).json()
        return nbformat.from_dict(model["content"])

    def write(self, path: str, notebook: NotebookNode) -> None:
        """Save a notebook."""
        model = {"type": "notebook", "format": "json", "content": notebook}
        self.ask("PUT", urljoin(self.home, f"api/contents/{quote(path)}"), json=model)

    def assignment(self, action: str, course: str, assignment: str) -> None:
        """Have nbgrader fetch or submit an assignment, as its page does."""
        fields = {"course_id": course, "assignment_id": assignment}
        answer = self.ask("POST", urljoin(self.home, f"assignments/{action}"), data=fields).json()
        if not answer.get("success"):
            raise Refused(f"nbgrader did not {action} {assignment}: {answer}")

    def stop_server(self) -> None:
        """Give the server back, and wait until it is gone."""
        mine = urljoin(self.hub, f"hub/api/users/{quote(self.name)}")
        self.ask("DELETE", f"{mine}/server")
        while self.ask("GET", mine).json().get("servers"):  # the hub has no news of this to wait for
            time.sleep(0.5)


def words_of(page: str) -> str:
    """Return what a page of the hub says below the number of an error, or the text of another page."""
    _, found, error = page.partition('<div class="error">')
    shown = error.partition("</h1>")[2].partition("</p>")[0] if found else page
    return " ".join(re.sub(r"<[^>]*>", " ", shown).split())


def events(answer: requests.Response) -> Iterator[dict[str, Any]]:
    """Yield what a stream of events says, until it ends."""
    for line in answer.iter_lines(decode_unicode=True):
        if line.startswith("data:"):
            yield json.loads(line.removeprefix("data:"))


class Kernel:
    """A kernel, behind the websocket that JupyterLab would use.

    Args:
        browser: Whose kernel it is.
        path: The notebook that it belongs to.
    """

    def __init__(self, browser: Browser, path: str) -> None:
        wanted = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        self.browser = browser
        self.model = browser.ask("POST", urljoin(browser.home, "api/sessions"), json=wanted).json()
        self.session = uuid.uuid4().hex
        channels = urljoin(browser.home, f"api/kernels/{self.model['kernel']['id']}/channels?session_id={self.session}")
        cookies = browser.session.prepare_request(requests.Request("GET", channels)).headers["Cookie"]
        origin = browser.hub.rstrip("/")
        self.socket = websocket.create_connection(
            re.sub("^http", "ws", channels), cookie=cookies, origin=origin, timeout=PATIENCE
        )

    def run(self, code: str, saw_plot: Callable[[], None] = lambda: None) -> list[NotebookNode]:
        """Run a cell; return its outputs, those that changed while it ran in their last state."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "username": "", "session": self.session}
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": False}
        request = {"header": {**header, "version": "5.3"}, "parent_header": {}, "metadata": {}, "content": content}
        self.socket.send(json.dumps({**request, "channel": "shell", "buffers": []}))
        outputs = Outputs()
        replied = idle = False
        while not (replied and idle):
            message = json.loads(self.socket.recv())
            if message["parent_header"].get("msg_id") == header["msg_id"]:
                kind = message["header"]["msg_type"]
                replied |= kind == "execute_reply"
                idle |= kind == "status" and message["content"]["execution_state"] == "idle"
                if any(mime.startswith("image/") for mime in message["content"].get("data", ())):
                    saw_plot()
                outputs.take(kind, message)
        return outputs.all

    def close(self) -> None:
        """Shut the kernel down, as "Shut Down Kernel" does."""
        self.socket.close()
        self.browser.ask("DELETE", urljoin(self.browser.home, f"api/sessions/{self.model['id']}"))


class Outputs:
    """The outputs of a cell, as a page would show them."""

    def __init__(self) -> None:
        self.all: list[NotebookNode] = []
        self._displays: dict[str, NotebookNode] = {}
        self._clear = False

    def take(self, kind: str, message: dict[str, Any]) -> None:
        """Take a message that may be an output, or change one."""
        content = message["content"]
        identity = content.get("transient", {}).get("display_id", "")
        if kind == "update_display_data" and identity in self._displays:
            self._displays[identity].data = nbformat.from_dict(content["data"])
        elif kind == "clear_output":
            self._clear = True
        elif kind in ("stream", "display_data", "execute_result", "error"):
            if self._clear:
                self.all, self._clear = [], False
            self.all.append(nbformat.v4.output_from_msg(nbformat.from_dict(message)))
            if identity:
                self._displays[identity] = self.all[-1]


class Watch(threading.Thread):
    """Measures, as long as a round lasts, what the processes of some accounts take. Needs root, on the hub's machine.

    Args:
        names: The accounts.
    """

    def __init__(self, names: list[str]) -> None:
        super().__init__(daemon=True)
        self.names = {pwd.getpwnam(name).pw_uid: name for name in names}
        self.highest = dict.fromkeys(names, 0.0)
        self.together = 0.0
        self.processor: dict[str, dict[int, float]] = {name: {} for name in names}
        self._over = threading.Event()

    def run(self) -> None:
        pause = 1.0
        while not self._over.wait(pause):
            begin = time.monotonic()
            self.look()
            pause = max(1.0, 9 * (time.monotonic() - begin))  # to look takes the students' time, a tenth at most

    def look(self) -> None:
        """Note what is taken at this moment."""
        now = dict.fromkeys(self.highest, 0.0)
        for process in psutil.process_iter():
            try:
                name = self.names.get(process.uids().real)
                if name:
                    now[name] += share(process.pid)
                    times = process.cpu_times()
                    self.processor[name][process.pid] = times.user + times.system
            except (psutil.Error, OSError):  # it has ended meanwhile
                continue
        self.highest = {name: max(before, now[name]) for name, before in self.highest.items()}
        self.together = max(self.together, sum(now.values()))

    def end(self) -> None:
        """Look no more."""
        self._over.set()
        self.join()


def share(pid: int) -> float:
    """Return the megabytes that a process takes, of shared pages its share (PSS)."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return int(rollup.partition("\nPss:")[2].split(maxsplit=1)[0]) / 1000


@dataclass
class Task:
    """What each student does: which notebook is run, and which assignment is handed in, if any."""

    notebook: str
    course: str = ""
    assignment: str = ""


def visit(browser: Browser, task: Task, together: threading.Barrier) -> tuple[Visit, NotebookNode | None]:
    """Be a student; return what was met and, if all went well, the notebook as it was saved."""
    seen = Visit(browser.name)
    together.wait()
    start = time.monotonic()
    try:
        browser.log_in()
        browser.start_server()
        browser.open_first_page()
        seen.server = time.monotonic() - start
        if task.assignment:
            browser.assignment("fetch", task.course, task.assignment)
        notebook = browser.read(task.notebook)
        run_chapter(Kernel(browser, task.notebook), notebook, seen)
        browser.write(task.notebook, notebook)
        if task.assignment:
            browser.assignment("submit", task.course, task.assignment)
        saved = browser.read(task.notebook)
        if different := first_difference(notebook, saved):
            raise Refused(f"what was saved is not what was sent: {different}")
        seen.total = time.monotonic() - start
        return seen, saved
    except (Refused, OSError, ValueError, KeyError, websocket.WebSocketException) as error:
        seen.problem = f"{type(error).__name__}: {error}"[:300]
        return seen, None


def run_chapter(kernel: Kernel, notebook: NotebookNode, seen: Visit) -> None:
    """Run all cells of a notebook, put their outputs into it, and note when a plot was seen first."""
    start = time.monotonic()

    def saw_plot() -> None:
        seen.first_plot = seen.first_plot or time.monotonic() - start

    for count, cell in enumerate([cell for cell in notebook.cells if cell.cell_type == "code"], start=1):
        cell.outputs = kernel.run(cell.source, saw_plot)
        cell.execution_count = count
        failed = [output for output in cell.outputs if output.output_type == "error"]
        if failed:
            raise Refused(f"cell {count} ended in {failed[0].ename}: {failed[0].evalue}")
    seen.chapter = time.monotonic() - start


def first_difference(sent: NotebookNode, found: NotebookNode) -> str:
    """Return the source of the first cell that is not as it was sent, or ''."""
    if len(sent.cells) != len(found.cells):
        return f"{len(found.cells)} cells in the place of {len(sent.cells)}"
    for one, other in zip(sent.cells, found.cells):
        if content(one) != content(other):
            return str(one.source)
    return ""


def content(cell: NotebookNode) -> str:
    """Return what of a cell must not be lost: source, and outputs as JSON knows them."""
    kept = {"source": cell.source, "outputs": [dict(output) for output in cell.get("outputs", [])]}
    return json.dumps(kept, sort_keys=True)


EXCHANGE = Path("/usr/local/share/nbgrader/exchange")


def lost(name: str, task: Task, saved: NotebookNode) -> str:
    """Compare what was saved, and handed in, with the disk of this machine; return what is missing, or ''."""
    file = Path(pwd.getpwnam(name).pw_dir, task.notebook)
    different = first_difference(saved, nbformat.read(file, as_version=4))
    if different or not task.assignment:
        return different
    inbound = sorted((EXCHANGE / task.course / "inbound").glob(f"{name}+{task.assignment}+*"))
    if not inbound:
        return "what was handed in"
    return first_difference(saved, nbformat.read(inbound[-1] / file.name, as_version=4))


@dataclass
class Round:
    """So many students at once."""

    students: int
    visits: list[Visit] = field(default_factory=list)
    memory: float = 0.0  # megabytes of all students together, at their highest
    load_before: float = 0.0  # other work of the machine, as the system counts it

    def line(self) -> str:
        """Return a row of the table: medians, and the worst in brackets."""
        good = [seen for seen in self.visits if not seen.problem]
        if not good:
            return f"{self.students:4d}  none came through: {self.visits[0].problem}"
        parts = [f"{self.students:4d} {len(good):4d}"]
        for what in ("server", "first_plot", "chapter", "total"):
            values = [getattr(seen, what) for seen in good]
            parts.append(f"{statistics.median(values):7.1f} ({max(values):6.1f})")
        parts.append(f"{statistics.mean(seen.memory for seen in good):7.0f} {self.memory:7.0f}")
        parts.append(f"{statistics.mean(seen.processor for seen in good):6.1f}")
        return "  ".join(parts)


HEAD = """  of well  server, s (worst)  first plot        chapter           total        MB each    all  processor"""


def round_of(browsers: list[Browser], task: Task, local: bool) -> Round:
    """Let students come at the same moment; return what they met. Their servers are stopped afterwards."""
    names = [browser.name for browser in browsers]
    watch = Watch(names) if local else None
    result = Round(len(browsers), load_before=os.getloadavg()[0])
    together = threading.Barrier(len(browsers))
    if watch:
        watch.start()
    with ThreadPoolExecutor(len(browsers)) as pool:
        ended = list(pool.map(lambda browser: visit(browser, task, together), browsers))
    if watch:
        watch.end()
        result.memory = watch.together
    for seen, saved in ended:
        if watch:
            seen.memory = watch.highest[seen.name]
            seen.processor = sum(watch.processor[seen.name].values())
            if saved is not None and (missing := lost(seen.name, task, saved)):
                seen.problem = f"lost on the disk: {missing}"
        result.visits.append(seen)
    for browser, seen in zip(browsers, result.visits):
        try:
            browser.stop_server()
        except Refused as error:  # who could not log in has no server
            seen.problem = seen.problem or str(error)
    return result


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hub", help="its address, such as http://127.0.0.1:8000")
    parser.add_argument("accounts", type=Path, help="a file with a line name:password for each")
    parser.add_argument(
        "--students", type=int, nargs="+", default=[1, 2, 4, 8], help="how many at once, round by round"
    )
    parser.add_argument("--notebook", default=CHAPTER, help="which is run: its path in a student's folder")
    parser.add_argument("--course", default="", help="nbgrader's name of the course")
    parser.add_argument("--assignment", default="", help="which is fetched before and submitted after")
    parser.add_argument(
        "--save", choices=[report.GPU, report.CPU], help="keep the results as those of this build of PyTorch"
    )
    options = parser.parse_args(arguments)
    accounts = [line.split(":")[:2] for line in options.accounts.read_text(encoding="utf-8").splitlines() if line]
    if max(options.students) > len(accounts):
        parser.error(f"{options.accounts} holds {len(accounts)} accounts, and {max(options.students)} are asked for")
    local = os.geteuid() == 0 and urlsplit(options.hub).hostname in ("127.0.0.1", "localhost")
    task = Task(options.notebook, options.course, options.assignment)
    rounds: list[Round] = []
    print(HEAD)
    for students in options.students:
        browsers = [Browser(options.hub, name, password) for name, password in accounts[:students]]
        rounds.append(round_of(browsers, task, local))
        print(rounds[-1].line(), flush=True)
        for seen in rounds[-1].visits:
            if seen.problem:
                print(f"      {seen.name}: {seen.problem}", file=sys.stderr)
        if options.save:
            report.keep(options.save, [asdict(one) for one in rounds])
    return any(seen.problem for one in rounds for seen in one.visits)


if __name__ == "__main__":
    sys.exit(main())
