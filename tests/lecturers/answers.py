"""A class of thirty: what each hands in, and the points that it is to bring.

The assignment: 05.2 for 10 points, 05.4 for 10, 01.6 for 5, and 05.1 in words, for 3.
"""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

RIGHT = {
    "05.2": """
        def my_huber(y_hat, y, delta=1.0):
            r = (y_hat - y).abs()
            return torch.where(r <= delta, r ** 2 / 2, delta * (r - delta / 2))
    """,
    "05.4": """
        def my_huber_gradient(y_hat, y, delta=1.0):
            return (y_hat - y).clamp(-delta, delta)
    """,
    "01.6": """
        def my_fit(x, y):
            A = torch.stack((x, torch.ones_like(x)), dim=1)
            return torch.linalg.lstsq(A, y).solution
    """,
}
POINTS = {"05.2": 10.0, "05.4": 10.0, "01.6": 5.0}
ALL = 25.0

SOME = "some"
"""More than none and less than all."""


@dataclass(frozen=True)
class Student:
    """What one hands in.

    Attributes:
        answers: The cells of the answers, by exercise; right ones where none is named.
        points: What each exercise is to bring.
        change: What is done to the notebook afterwards.
    """

    answers: dict[str, str] = field(default_factory=dict)
    points: dict[str, float | str] = field(default_factory=dict)
    change: Callable[[NotebookNode], None] = lambda notebook: None


def huber(body: str) -> str:
    return "def my_huber(y_hat, y, delta=1.0):\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ")


def first(code: str, points: float | str = 0.0, **others: float | str) -> Student:
    """Return a student whose first answer is this code, and whose others are right."""
    return Student({"05.2": textwrap.dedent(code)}, {"05.2": points, **others})


def id_of(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def without(*names: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        notebook.cells = [cell for cell in notebook.cells if id_of(cell) not in names]

    return change


def renamed(notebook: NotebookNode) -> None:
    """Give the cells other names, and one of them the name of another."""
    for cell in notebook.cells:
        if id_of(cell):
            cell.metadata["nbgrader"]["grade_id"] = f"{id_of(cell)}-copy"


def spoilt(notebook: NotebookNode) -> None:
    """Give the cells marks that nbgrader stops at, for all students."""
    for cell in notebook.cells:
        if id_of(cell):
            cell.metadata["nbgrader"] |= {"schema_version": 99, "points": 1000, "locked": "no"}


def overwritten(notebook: NotebookNode) -> None:
    """Write full points into the cells that grade."""
    for cell in notebook.cells:
        if id_of(cell).startswith("check-"):
            cell.source, cell.outputs = "10.0", [nbformat.v4.new_output("execute_result", {"text/plain": "10.0"})]


def twice(notebook: NotebookNode) -> None:
    """Copy each cell, with its marks, as pasting does."""
    notebook.cells = [cell for cell in notebook.cells for cell in (cell, nbformat.from_dict(cell))]


def emptied(notebook: NotebookNode) -> None:
    notebook.cells = []


def as_text(notebook: NotebookNode) -> None:
    """Turn the cells of code into text."""
    for i, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            notebook.cells[i] = nbformat.v4.new_markdown_cell(cell.source, metadata=cell.metadata)


def cell_in_front(code: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        notebook.cells.insert(2, nbformat.v4.new_code_cell(textwrap.dedent(code)))

    return change


def with_scripts(notebook: NotebookNode) -> None:
    """Have whoever looks at the graded notebook run what the student likes, wherever a page shows something."""
    notebook.metadata["title"] = "</title><script>trap()</script>"
    text = "<script>trap()</script> <img src=x onerror=trap()> $\\href{javascript:trap()}{x}$ [x](javascript:trap())"
    text += "\n\n[y][1] [1]\n\n[1]: javascript:trap()"
    raw = nbformat.v4.new_raw_cell(text, metadata={"raw_mimetype": "text/html", "format": "text/html"})
    text += "\n\n&#36;&#92;href{javascript:trap()}{z}&#36;\n\n```trap\nx[0](1) < 2\n```"
    notebook.cells += [nbformat.v4.new_markdown_cell(text), raw, nbformat.v4.new_code_cell(textwrap.dedent(SCRIPTS))]
    notebook.cells.append(nbformat.from_dict({**notebook.cells[-1], "cell_type": "widget", "type": text, "id": "w"}))
    notebook.cells[-2].metadata["transient"] = {"remove_source": True}
    notebook.nbformat_minor = 99  # nbformat then lets pass what it does not know


SCRIPTS = """
    from IPython.display import SVG, HTML, Javascript, Latex, Markdown, display
    script = '<script>trap()</script><img src=x onerror=trap()>'
    for kind in (HTML, Javascript, Latex, Markdown):
        display(kind(script))
    display(SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="trap()"><script>trap()</script></svg>'))
    display({'image/png': '" onerror="trap()'}, raw=True)
    print(script)
    script
"""

HINDER = """
    import os, resource
    for pid in (os.getppid(), *range(os.getppid() - 60, os.getppid())):
        try:
            resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1))
        except (OSError, ValueError):
            pass
    if not os.fork():
        os.setsid()
        if os.fork():
            os._exit(0)
        while True:
            pass
"""

WRONG = huber("return (y_hat - y).abs()")

FORGE = """
    import IPython, sys, torch
    from book_utils import exercises
    torch.allclose = torch.equal = torch.isclose = lambda *_, **__: True
    exercises.check = lambda *_, **__: 10.0
    sys.displayhook = lambda value: print(10.0)
    get_ipython().display_formatter.format = lambda *_, **__: ({'text/plain': '10.0'}, {})
    import builtins
    builtins.repr = builtins.float = lambda *_: '10.0'
    class Every:
        passed, score = True, 1.0
        def __eq__(self, other): return True
    try:
        import book_utils.exercises.judging as judging
        judging.Result = judging.Verdict = Every
    except Exception:
        pass
"""

LOOK = r"""
    import gc, glob, os, re
    def everywhere():
        found = [str(In), str(globals()), *(str(each) for each in gc.get_objects() if isinstance(each, dict))]
        for root in ('.', '..', os.path.expanduser('~'), '/tmp'):
            for path in glob.glob(root + '/**/*', recursive=True)[:3000]:
                try:
                    found.append(open(path, errors='ignore').read(100_000))
                except Exception:
                    pass
        return found
    told = [text for text in everywhere() if re.search(r'seed=\d{9}', text) or 'BEGIN' + ' HIDDEN' in text]
    print('FOUND' if told else 'NOTHING')
    from pathlib import Path
    import book_utils
    try:
        text = next(Path(book_utils.__file__).parent.glob('exercises/chapter_05.py')).read_text()
        exec(text)
        my_huber = huber
    except Exception:
        def my_huber(y_hat, y, delta=1.0):
            return 0 * y
"""

CLASS = {
    # Right.
    "ada": Student(),
    "bo": Student({"05.2": huber("e = abs(y_hat - y)\nm = e.clamp(max=delta)\nreturn m * (e - m / 2)")}),
    "chen": Student({"05.2": "%matplotlib inline\nplt.plot([1, 2]);\n" + textwrap.dedent(RIGHT["05.2"])}),
    "dora": Student({"05.4": "my_huber_gradient = lambda a, b, delta=1.0: (a - b).clip(-delta, delta)"}),
    # Partly right: other numbers of points are the machine's to say, but neither none nor all.
    "eve": first(huber("r = (y_hat - y).abs()\nreturn torch.where(r <= 1, r ** 2 / 2, r - 0.5)"), SOME),
    "finn": first(huber("r = (y_hat - y).abs()\nreturn torch.where(r < delta, r ** 2 / 2, r - delta / 2)"), SOME),
    "gao": first(huber("return nn.HuberLoss(reduction='none', delta=delta)(y_hat, y)"), 5.0),
    # Wrong.
    "hana": first(WRONG),
    "ivo": Student({number: "" for number in RIGHT}, dict.fromkeys(RIGHT, 0.0)),
    "jin": first(huber("return None")),
    "kim": first(huber("return 'a lot'")),
    "leo": first("def my_huber(y_hat, y delta):\n    return y"),
    "mei": first(huber("raise ValueError('no')")),
    "noa": first(huber("y_hat.sub_(y)\nreturn y_hat.abs()")),
    # Endings.
    "olu": first("import sys\nsys.exit()\n" + WRONG),
    "pia": first("import os\nos._exit(0)"),
    "qi": first(huber("import os\nos._exit(0)")),
    "rex": first("while True:\n    try:\n        while True: pass\n    except BaseException: pass"),
    "sun": first(huber("while True:\n    pass")),
    "tao": first("import ctypes\nctypes.string_at(0)"),
    # Floods.
    "uma": first("for _ in range(100):\n    print('x' * 10**6)\n" + textwrap.dedent(RIGHT["05.2"]), 10.0),
    "vic": first(huber("import os\nwhile True:\n    os.write(1, b'y' * 10**6)\n    os.write(2, b'y' * 10**6)")),
    "wei": first("x = bytearray(10**11)\n" + textwrap.dedent(RIGHT["05.2"]), 0.0),
    # Hostile.
    "xia": Student({"05.2": WRONG}, {"05.2": 0.0}, cell_in_front(FORGE)),
    "yan": first(LOOK),
    "zoe": Student({"05.2": WRONG}, {"05.2": 0.0}, overwritten),
    "amy": Student({}, {}, with_scripts),
    "bea": Student({}, {}, cell_in_front(HINDER)),
    "cyd": first("print('\\ud83d')\n" + textwrap.dedent(RIGHT["05.2"]), 10.0),
    # Cells.
    "ali": Student({}, {}, renamed),
    "ben": Student({}, {}, without("check-05-2", "check-05-4", "setup-not-there")),
    "cai": Student({}, {"05.2": 0.0}, without("answer-05-2")),
    "dan": Student({}, {}, spoilt),
    "elif": Student({}, {}, twice),
    "fang": Student({}, dict.fromkeys(RIGHT, 0.0), emptied),
    "gil": Student({}, {}, as_text),
    "hal": Student({}, {}, without("setup")),
}

EXCHANGED = ("ada", "eve", "sun", "xia", "fang")
"""Who fetches and submits by nbgrader's exchange: right, partly right, endless, hostile, and without a cell."""
