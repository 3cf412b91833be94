"""The stacks that the book is tried on, each said once.

    uv run nox --list                                what there is
    uv run nox -s python-3.12                        everything, on one stack
    uv run nox -s classic -- notebooks/en/05*.ipynb  what is named, on one stack

``.ci/run``, ``.github/workflows/ci.yml`` and the table in ``CONTRIBUTING.md`` use this list. uv makes the environments.
"""

from typing import NamedTuple

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["newest"]

EVERYTHING = ("--all-editions",)
WITHOUT_PINS = ("python", "-m", "tools.pins", "without")
BY_DATA = "everything; of figures only the data in them are compared"


class Stack(NamedTuple):
    """Where the book is tried, by which arguments of ``uv run``, and what runs then if nothing is named."""

    where: str
    command: tuple[str, ...]
    what: str
    arguments: tuple[str, ...] = EVERYTHING
    system: str = "ubuntu-latest"
    tags: tuple[str, ...] = ("push",)  # when it runs on GitHub; "may-fail" if its failure does not count


def another_python(version: str, untried: str = "") -> Stack:
    return Stack(
        f"Python {version}{untried}",
        ("-p", version, "--isolated", "pytest"),
        "everything; figures in full where the same matplotlib drew them",
        tags=("push", "may-fail") if untried else ("push",),
    )


def another_system(name: str, system: str) -> Stack:
    return Stack(f"{name}; untried", ("-p", "3.12", "pytest"), "everything", system=system, tags=("push", "may-fail"))


STACKS = {
    # Those without a tag for GitHub are part of .ci/run.
    "newest": Stack("newest stack, Python 3.11", ("pytest",), "everything, figures compared in full", tags=()),
    "python-3.10": another_python("3.10"),
    "python-3.12": another_python("3.12"),
    "python-3.13": another_python("3.13"),
    "python-3.14": another_python("3.14", untried="; untried"),
    "lowest": Stack(
        "the lowest versions that `pyproject.toml` admits, on the lowest Python",
        (*WITHOUT_PINS, "-p", "3.10", "--resolution", "lowest-direct", "--isolated", "pytest"),
        BY_DATA,
    ),
    "today": Stack(
        "the newest release of everything, without the pins in `pyproject.toml`: on Mondays",
        (*WITHOUT_PINS, "--upgrade", "--isolated", "pytest"),
        BY_DATA,
        tags=("schedule", "may-fail"),
    ),
    "standin": Stack(
        "without the data",
        ("env", "BOOK_UTILS_DATASET=standin", "pytest"),
        "everything; cells tagged `real-data` are not compared",
    ),
    "classic": Stack(
        "classic stack: the pip part of `environment.yml` (Python 3.11, d2l 1.0.3 with its exact pins)",
        ("python", "-m", "tools.trials", "classic"),
        "everything but the comparison with d2l 0.17.6; of figures only the data in them are compared",
        arguments=(),
    ),
    "colab": Stack(
        "Colab, simulated: Python 3.12, IPython 7.34, each notebook alone",
        ("python", "-m", "tools.trials", "colab"),
        "the chapters of both editions; fails if an output is another or any installed version changes",
        arguments=(),
    ),
    "browser": Stack(
        "JupyterLab in a real browser, and a window",
        ("pytest", "-n0"),
        "every notebook from top to bottom, the training plot in both themes, a slider, a Tk window; needs Chromium "
        "and a display or Xvfb",
        arguments=("tests/browser",),
    ),
    "hub": Stack(
        "a JupyterHub set up as `lecturers/hub.md` says, with accounts of the machine; on GitHub untried",
        ("pytest", "-n0"),
        "three students log in, run a chapter, hand it in, try to read what is not theirs, and lose a server; needs "
        "root, npm and a machine that can be thrown away",
        arguments=("tests/hub",),
        tags=("push", "may-fail"),
    ),
    "site": Stack(
        "the site, built and read in a real browser, newest stack",
        ("--group", "site", "pytest", "-n0"),
        "every page without a network, links, search, axe, keyboard, five pictures; every slide; "
        "the books on paper: contents, fonts, widths, links; needs Chromium, XeLaTeX, epubcheck and Chinese fonts",
        arguments=("tests/site",),
    ),
    "links": Stack(
        "the site's links to other sites: on Mondays",
        ("--group", "site", "python", "-m", "tools.site.external"),
        "each is asked for; fails if one is broken or does not answer",
        arguments=(),
        tags=("schedule", "may-fail"),
    ),
    "chaos": Stack(
        "the newest stack, where sums are taken in another order",
        ("pytest", "-n0"),
        "the solutions with cells tagged `chaotic`: these show something else, and no others do",
        arguments=("tests/chaos",),
        tags=(),
    ),
    "class": Stack(
        "nbgrader, and a class of thirty",
        ("--group", "lecturers", "pytest", "-n0"),
        "an assignment from release to CSV, with submissions that are right, wrong, endless and hostile; each "
        "command of the lecturers' page",
        arguments=("tests/lecturers",),
    ),
    "workers": Stack(
        "the newest stack, the training program in up to four processes",
        ("pytest", "-n0"),
        "one, two and four processes draw the same curve; so do two of which one is killed, ten times",
        arguments=("tests/workers",),
    ),
    "windows": another_system("Windows", "windows-latest"),
    "macos": another_system("macOS", "macos-latest"),
}


def offer(name: str, stack: Stack) -> None:
    """Make a session of nox of a stack; its first tag is the system it needs."""

    def run(session: nox.Session) -> None:
        session.run("uv", "run", *stack.command, *(session.posargs or stack.arguments), external=True)

    run.__doc__ = stack.where
    nox.session(run, name=name, tags=[stack.system, *stack.tags])


for name, stack in STACKS.items():
    offer(name, stack)
