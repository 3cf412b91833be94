"""A class on a hub of its own: what it does reaches the disk and the lecturer, and nobody reaches what is another's."""

import json
import re
import subprocess
import threading
from pathlib import Path
from urllib.parse import urljoin

import nbformat
import psutil
import pytest
from trial import EXCHANGE, LECTURER, NAMES, as_lecturer, home, load

from tools import book

NOTEBOOK = "losses/05-loss-functions.ipynb"
TASK = load.Task(NOTEBOOK, course="trial", assignment="losses")


@pytest.fixture(scope="module")
def handed_in(site, course):
    """Let all students run the chapter at the same time and hand it in; return what they met."""
    return load.round_of([site.browser(name) for name in NAMES], TASK, local=True)


def test_three_students_run_a_chapter_at_once_save_it_and_hand_it_in(site, course, handed_in):
    assert [seen.problem for seen in handed_in.visits] == [""] * len(NAMES)
    for seen in handed_in.visits:
        assert 0 < seen.server < seen.total and 0 < seen.first_plot < seen.chapter and seen.memory > 200
    as_lecturer(site, "nbgrader collect losses", course)
    for name in NAMES:
        collected = nbformat.read(course / "submitted" / name / NOTEBOOK, as_version=4)
        kept = nbformat.read(home(name) / NOTEBOOK, as_version=4)
        assert load.first_difference(kept, collected) == ""
        assert sum(bool(cell.get("outputs")) for cell in collected.cells) > 10


def test_each_has_the_books_notebooks_and_no_solutions(handed_in):
    for name in NAMES:
        mine = home(name) / "my-notebooks"
        names = sorted(path.relative_to(mine).as_posix() for path in mine.glob("*/**/*.ipynb"))
        every = sorted((book.ROOT / "notebooks").glob("*/*.ipynb"))
        assert names == [path.relative_to(book.ROOT / "notebooks").as_posix() for path in every]


def of_nbgrader(site, name):
    """Return which of nbgrader's parts an account does not see, and the answers of its parts on the server."""
    browser = site.browser(name)
    browser.log_in()
    browser.start_server()
    browser.open_first_page()
    page = browser.ask("GET", urljoin(browser.home, "lab")).text
    config = json.loads(
        re.search(r'id="jupyter-config-data" type="application/json">\s*(.*?)\s*</script>', page, re.S)[1]
    )
    hidden = {each.partition(":")[2] for each in config["disabledExtensions"] if each.startswith("@jupyter/nbgrader:")}
    places = {"list": "assignments?course_id=trial", "formgrader": "formgrader"}
    answers = {part: browser.session.get(urljoin(browser.home, place)).status_code for part, place in places.items()}
    browser.stop_server()
    return hidden, answers


def test_of_nbgrader_a_student_sees_the_list_of_assignments_alone(site, course, handed_in):
    hidden, answers = of_nbgrader(site, NAMES[0])
    assert hidden == {"course-list", "create-assignment", "formgrader", "validate-assignment"}
    assert answers == {"list": 200, "formgrader": 404}


def test_a_lecturer_sees_all_of_nbgrader(site, course):
    hidden, answers = of_nbgrader(site, LECTURER)
    assert hidden == set() and answers == {"list": 200, "formgrader": 200}


@pytest.fixture(scope="module")
def kernel(site, handed_in):
    """Return a kernel of the second student's."""
    browser = site.browser(NAMES[1])
    browser.log_in()
    browser.start_server()
    browser.open_first_page()
    yield load.Kernel(browser, "attack.ipynb")
    browser.stop_server()


def said(kernel: load.Kernel, code: str) -> str:
    """Return what a cell prints or raises."""
    return "".join(output.get("text") or output.get("ename", "") for output in kernel.run(code))


READ = """
import json, os
found = {}
for name, place in WANTED.items():
    try:
        found[name] = os.listdir(place) if os.path.isdir(place) else open(place, 'rb').read()[:9].hex()
    except PermissionError:
        found[name] = 'refused'
print(json.dumps(found))
"""


def test_nobody_reads_what_is_another_students_or_the_lecturers(site, course, kernel):
    """Each is there, and root reads it: so it is the account that is refused."""
    other = NAMES[0]
    (inbound,) = EXCHANGE.glob("*/inbound")
    (submitted,) = inbound.glob(f"{other}+*")
    places = {
        "another's notebook": home(other) / NOTEBOOK,
        "another's folder": home(other),
        "what was handed in": inbound,
        "hidden inputs": course / "source" / "hidden.txt",
        "the lecturer's folder": home(LECTURER),
        "solutions": book.ROOT / "notebooks" / "en" / "solutions",
        "the hub's database": site.folder / "state" / "jupyterhub.sqlite",
        "the hub's secret": site.folder / "state" / "cookie_secret",
        "passwords": site.folder / "private" / "class.txt",
    }
    assert all(place.exists() for place in places.values()) and submitted.exists()
    wanted = {name: str(place) for name, place in places.items()}
    assert json.loads(said(kernel, READ.replace("WANTED", repr(wanted)))) == dict.fromkeys(places, "refused")


CHANGES = {
    "the images": "open('{hub}/data/FashionMNIST/raw/train-images-idx3-ubyte', 'r+b')",
    "the images' folder": "os.rename('{hub}/data/FashionMNIST', '{hub}/data/x')",
    "the environment": "open('{hub}/env/lib/x.pth', 'w')",
    "what is handed out": "open('{hub}/handout/en/x.ipynb', 'w')",
    "the course": "os.rename('{exchange}/trial', '{exchange}/mine')",
    "the assignment": "open('{exchange}/trial/outbound/losses/x', 'w')",
    "another's processes": "os.kill({pid}, 9)",
}


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_changes_what_is_for_all(site, course, kernel, change):
    (pid,) = [process.pid for process in psutil.process_iter() if process.name() == "node"][:1]
    code = CHANGES[change].format(hub=site.folder, exchange=EXCHANGE, pid=pid)
    assert said(kernel, f"import os\n{code}") == "PermissionError"


def test_what_a_kernel_prints_is_heard_in_its_own_folder_alone(kernel):
    """By default it can be heard at a port, by every account of the machine."""
    code = "from ipykernel import get_connection_info\nprint(get_connection_info())"
    found = json.loads(said(kernel, code))
    assert found["transport"] == "ipc" and home(NAMES[1]) in Path(found["ip"]).parents
    assert home(NAMES[1]).stat().st_mode & 0o777 == 0o700


def test_a_cell_that_asks_for_too_much_fails_alone(kernel):
    assert said(kernel, "import torch\nx = torch.ones(4 * 2**30, dtype=torch.uint8)") == "RuntimeError"
    assert said(kernel, "print(torch.ones(3).sum())") == "tensor(3.)\n"


def test_a_server_killed_while_it_saves_loses_nothing_that_was_saved(site, handed_in):
    """Whatever the student was told was saved is there; at most, what was on its way has arrived as well."""
    browser = site.browser(NAMES[2])
    browser.log_in()
    browser.start_server()
    browser.open_first_page()
    notebook = browser.read(NOTEBOOK)
    answered, three = [], threading.Event()

    def save_again_and_again():
        for count in range(10_000):
            notebook.cells[0].source = f"version {count}"
            try:
                browser.write(NOTEBOOK, notebook)
            except (load.Refused, OSError):
                return
            answered.append(count)
            if count == 3:
                three.set()

    saving = threading.Thread(target=save_again_and_again)
    saving.start()
    assert three.wait(timeout=120)
    subprocess.run(["pkill", "-KILL", "-u", NAMES[2]], check=True)
    saving.join(timeout=120)
    browser.stop_server()
    browser.start_server()
    browser.open_first_page()
    again = browser.read(NOTEBOOK)  # what Jupyter was writing is half there; it knows, and takes what was saved before
    assert again.cells[0].source in {f"version {answered[-1]}", f"version {answered[-1] + 1}"}
    again.cells[0].source = notebook.cells[0].source
    assert load.first_difference(notebook, again) == ""
    browser.stop_server()
