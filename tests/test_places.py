"""One figure, wherever the code runs: it is shown once, grows, and can be titled, saved and reached."""

import base64
import re
import textwrap
from collections import Counter
from importlib.util import find_spec

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbclient.output_widget import OutputWidget

SETUP = """
%matplotlib inline
import copy
import os
import threading
from unittest.mock import patch
import matplotlib
import torch
from IPython.display import display
from IPython.utils.capture import capture_output
from ipywidgets import IntSlider, Output, interact
from book_utils import Animator, Batches, cross_entropy, explore, plt, sgd, softmax, train_ch3
from book_utils import use_svg_display

usual = dict(matplotlib.rcParams)
data = Batches(torch.zeros(4, 1, 28, 28, dtype=torch.uint8), torch.tensor([0, 0, 0, 1]), 2)

def train(num_epochs):
    W = torch.zeros(784, 10, requires_grad=True)
    net = lambda X: softmax(X.reshape(-1, 784) @ W)
    train_ch3(net, data, data, cross_entropy, num_epochs, lambda n: sgd([W], 0.1, n))

def draw(axes, height):
    axes.plot(range(3), [height] * 3)
"""

# What runs in each place. Every state of the first is drawn, as if the frame before were long ago.
CODE = {
    "Animator": """
        animator = Animator(legend=['loss'])
        for n in range(3):
            animator.live._next_frame = 0
            animator.add(n, n * n % 5)
        """,
    "train_ch3": "train(3)",
    "explore": "explore(draw, height=(0.0, 5.0, 2.0), figsize=(3.5, 2.5))",
}
THEN = """
figure = plt.gcf()
plt.title('lr 0.1')
plt.savefig({path!r})
"""

# Where it runs: {0} is the code, {1} the same one step in.
PLACES = {
    "a cell": "{0}",
    "a cell that fails": "{0}\n1 / 0",
    "a cell with plt.show": "{0}\nplt.show()",
    "a cell with another figure": "{0}\nanother = plt.figure().add_subplot()",
    "an Output": "out = Output()\ndisplay(out)\nwith out:\n{1}",
    "interact": "def interactive(lr):\n{1}\ninteract(interactive, lr=(0.1, 0.9))",
    "captured": "with capture_output() as captured:\n{1}\ncaptured.show()",
    "a thread": "def work():\n{1}\nthread = threading.Thread(target=work)\nthread.start()\nthread.join()",
    "agg": "%matplotlib agg\n{0}",
    "a style sheet": "plt.style.use('dark_background')\n{0}",
    "no style": "plt.style.use('default')\n{0}",
}
MAIN = ("a cell", "an Output", "interact", "a thread", "agg")
ROWS = [
    (place, who)
    for place in PLACES
    for who in CODE
    if who == "Animator" or place in MAIN or (who, place) == ("train_ch3", "a style sheet")
]

# Other cells: the code, and how many figures they leave below the cell and in its ``Output``.
OTHERS = {
    "two that grow side by side in an Output": (
        """
        out = Output()
        display(out)
        with out:
            pair = Animator(), Animator()
            for n in range(3):
                for one in pair:
                    one.live._next_frame = 0
                    one.add(n, n)
        """,
        (0, 2),
    ),
    "interact, whose slider will be moved": ("controls = interact(lambda lr: train(2), lr=(0, 9, 3))", (0, 1)),
    "the slider": ("controls.widget.children[0].value = 7", (0, 0)),
    "points added in an Output, to a figure of an earlier cell": (
        """
        out = Output()
        display(out)
        with out:
            animator.add(3, 3)
        """,
        (0, 1),
    ),
    "explore, in Voila": (
        """
        with patch.dict(os.environ, SERVER_SOFTWARE='voila/0.5'):
            explore(lambda axes, share: axes.axhline(share), share=(0.0, 1.0, 0.1))
        plt.title('lr 0.1')
        """,
        (1, 1),
    ),
    "no points": ("empty = Animator()", (0, 0)),
    "one point": ("train(1)", (1, 0)),
    "closed by the reader": ("train(2)\nplt.close('all')", (1, 0)),
    "a figure of an earlier cell, to which nothing is added": ("print(plt.get_fignums())\nanimator.fig", (1, 0)),
    "a copy": ("train(2)\nanother = copy.deepcopy(plt.gcf())", (2, 0)),
}
RESTORE = "%matplotlib inline\nuse_svg_display()\nmatplotlib.rcParams.update(usual)\nplt.close('all')\n"


class Recorder(NotebookClient):
    """Runs cells as Voila does, and notes how often something is shown, be it anew or in place of something else."""

    def process_message(self, msg, cell, cell_index):
        if "image/svg+xml" in msg["content"].get("data", {}):
            self.frames[cell_index] = self.frames.get(cell_index, 0) + 1
        return super().process_message(msg, cell, cell_index)


class Widget(OutputWidget):
    """What an ``Output`` shows, which is not told to the kernel.

    nbclient would tell it while it waits for an answer on the same socket, and then may not notice the answer.
    """

    def sync_state(self):
        pass


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Run every code in every place, in one kernel; behind each, a cell that shows the figure and tidies up."""
    folder = tmp_path_factory.mktemp("saved")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SETUP)])
    numbers = {}
    for place, who in ROWS:
        number = numbers[place, who] = len(notebook.cells)
        lines = textwrap.dedent(CODE[who]).strip() + THEN.format(path=str(folder / f"{number}.svg"))
        after = RESTORE if place in ("agg", "a style sheet", "no style") else ""
        cell = PLACES[place].format(lines, textwrap.indent(lines, "    "))
        notebook.cells += [
            nbformat.v4.new_code_cell(source) for source in (cell, after + ("figure" if who == "Animator" else ""))
        ]
    for name, (code, _) in OTHERS.items():
        numbers[name] = len(notebook.cells)
        notebook.cells.append(nbformat.v4.new_code_cell(textwrap.dedent(code)))
    client = Recorder(notebook, kernel_name="python3", allow_errors=True, timeout=60)
    client.widget_registry = {"@jupyter-widgets/output": {"OutputModel": Widget}}
    client.frames, client.numbers, client.folder = {}, numbers, folder
    client.execute()
    return client


def figures(outputs):
    return [output["data"]["image/svg+xml"] for output in outputs if "image/svg+xml" in output.get("data", {})]


def longest_curve(svg):
    """Return how many points the longest curve has. Lines of the grid have two."""
    paths = re.findall(r'<path d="([^"]*)" clip-path="[^"]*" style="fill: none', svg)
    return max(len(re.findall("[ML] ", path)) for path in paths)


def outputs_in_widgets(cell, session):
    """Return what the page shows in the widgets of a cell, be they ``Output`` or ``Image``, alone or in a box."""
    views = [output.get("data", {}).get("application/vnd.jupyter.widget-view+json") for output in cell.outputs]
    models = [view["model_id"] for view in views if view]
    for model in models:
        models += [child.removeprefix("IPY_MODEL_") for child in session.widget_state[model].get("children", [])]
    images = [{"data": {"image/svg+xml": image}} for model in models if (image := image_in(model, session))]
    return images + [
        output for model in models if model in session.comm_objects for output in session.comm_objects[model].outputs
    ]


def image_in(model, session):
    """Return the picture that an ``Image`` of ipywidgets holds."""
    buffers = session.widget_buffers.get(model, {})
    return next((base64.b64decode(buffer["data"]).decode() for buffer in buffers.values()), "")


@pytest.mark.parametrize("place, who", ROWS)
def test_a_figure_is_shown_once_and_can_be_titled_saved_and_reached(session, place, who):
    number = session.numbers[place, who]
    cell, next_cell = session.nb.cells[number : number + 2]
    failures = [output.evalue for output in [*cell.outputs, *next_cell.outputs] if output.output_type == "error"]
    assert failures == (["division by zero"] if place == "a cell that fails" else [])
    on_the_page, in_widgets = figures(cell.outputs), figures(outputs_in_widgets(cell, session))
    if place == "a cell with another figure":
        assert len(on_the_page) == 2 and "lr 0.1" not in on_the_page.pop()
    assert (len(on_the_page), len(in_widgets)) == ((0, 1) if place in ("an Output", "interact") else (1, 0))
    saved = (session.folder / f"{number}.svg").read_text(encoding="utf-8")
    for svg in (*on_the_page, *in_widgets, saved, *figures(next_cell.outputs)):
        assert svg.count("<!-- lr 0.1 -->") == 1 and longest_curve(svg) == 3
    assert len(figures(next_cell.outputs)) == (who == "Animator")
    if who == "Animator" and place != "captured":
        assert session.frames[number] >= 3


@pytest.mark.parametrize("name", OTHERS)
def test_other_cells_show_as_many_figures_as_they_make(session, name):
    cell = session.nb.cells[session.numbers[name]]
    assert not [output for output in cell.outputs if output.output_type == "error"]
    below, inside = figures(cell.outputs), figures(outputs_in_widgets(cell, session))
    assert (len(below), len(inside)) == OTHERS[name][1]
    if name == "explore, in Voila":
        assert [widget.get("description") for widget in session.widget_state.values()].count("share") == 1
        assert all(svg.count("<!-- lr 0.1 -->") == 1 for svg in below + inside), "what a cell adds later is in both"
    if name == "one point":
        (svg,) = below
        assert (
            len(re.findall(r'<use [^>]*style="fill: #(?:4477aa|aa3377|228833)', svg)) == 2
        )  # the loss is out of sight
    if name.startswith("a figure of an earlier cell"):
        assert cell.outputs[0].text == "[]\n"


class Front:
    """A front end that speaks to all threads in which a kernel runs code, and sees what comes when no cell runs."""

    def __init__(self, client):
        self.client, self.subshell, self.ended = client, None, set()
        self.displays = Counter()
        self.texts, self.pictures = {}, {}  # by the message that they answer; pictures by the name of their display

    def send(self, code, subshell=None):
        """Have code run, in the main thread or in a subshell; return the name of the message."""
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False, "stop_on_error": False}
        return self._send("execute_request", content, subshell)

    def move(self, widget, value, subshell=None):
        """Move a slider."""
        data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        return self._send("comm_msg", {"comm_id": widget, "data": data}, subshell)

    def _send(self, kind, content, subshell):
        message = self.client.session.msg(kind, content)
        message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def listen(self, until):
        """Take in what the kernel sends, until a condition on a message holds."""
        while True:
            message = self.client.get_iopub_msg(timeout=20)
            content, parent = message["content"], message["parent_header"].get("msg_id")
            self.displays[parent] += message["msg_type"] == "display_data"
            if content.get("execution_state") == "idle":
                self.ended.add(parent)
            if message["msg_type"] in ("stream", "error"):
                text = content.get("text") or "\n".join(content["traceback"])
                self.texts[parent] = self.texts.get(parent, "") + text
            elif svg := content.get("data", {}).get("image/svg+xml"):
                name = content["transient"].get("display_id")
                shown = self.pictures.setdefault(parent, []) if message["msg_type"] == "display_data" else None
                (shown if shown is not None else self._of(name)).append((name, svg))
            if until(message):
                return

    def _of(self, name):
        """Return the list of pictures that hold the display of a name, for the update that comes next."""
        return next(pictures for pictures in self.pictures.values() if name in dict(pictures))

    def wait(self, name):
        """Wait until all is done that a message asked for."""
        if name not in self.ended:
            self.listen(lambda _: name in self.ended)

    def run(self, code, subshell=None):
        """Run code to its end; return what it printed, and its displays in their last state."""
        name = self.send(code, subshell)
        self.wait(name)
        return self.texts.get(name, ""), list(dict(self.pictures.get(name, [])).values())


@pytest.fixture(scope="module")
def front():
    manager, client = start_new_kernel()
    front = Front(client)
    front.run(SETUP)
    if "kernel subshells" in client.kernel_info(reply=True, timeout=20)["content"].get("supported_features", []):
        client.control_channel.send(client.session.msg("create_subshell_request", {}))
        front.subshell = client.get_control_msg(timeout=20)["content"]["subshell_id"]
    yield front
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def subshell(front):
    return front.subshell or pytest.skip("subshells came with ipykernel 7")


@pytest.mark.parametrize("who", CODE)
def test_in_a_subshell_too(front, subshell, who, tmp_path):
    code = textwrap.dedent(CODE[who]).strip() + THEN.format(path=str(tmp_path / "saved.svg"))
    printed, pictures = front.run(code, subshell)
    assert printed == "" and len(pictures) == 1
    for svg in (*pictures, (tmp_path / "saved.svg").read_text(encoding="utf-8")):
        assert svg.count("<!-- lr 0.1 -->") == 1 and longest_curve(svg) == 3


WHILE_OTHERS_WORK = """
animator, drawn, go = Animator(), [], threading.Event()
animator.fig.canvas.mpl_connect('draw_event', lambda event: drawn.append(threading.current_thread().name))
animator.add(0, 0)
animator.live._next_frame = float('inf')
animator.add(1, 1)
print('ready', flush=True)
assert go.wait(20)
animator.add(2, 2)
plt.title('lr 0.1')
print({*drawn}, plt.gcf() is animator.fig)
"""


@pytest.mark.parametrize("meanwhile", ["slider.value", "plt.figure().add_subplot()", "drawing.fig.canvas.draw()"])
def test_what_others_do_in_their_threads_leaves_a_cells_figure_to_the_cell(front, subshell, meanwhile):
    front.run("slider = IntSlider()\nslider.observe(lambda change: drawing.add(1, change.new), 'value')", subshell)
    (widget,) = front.run("print(slider.comm.comm_id)")[0].split()
    cell = front.send(WHILE_OTHERS_WORK)
    front.listen(lambda message: "ready" in message["content"].get("text", ""))
    front.run("drawing = Animator()\ndrawing.add(1, 1)", subshell)
    front.wait(front.move(widget, 7, subshell))
    front.run(meanwhile, subshell)
    front.run("go.set()", subshell)
    front.wait(cell)
    assert front.texts[cell] == "ready\n{'MainThread'} True\n"
    (svg,) = dict(front.pictures[cell]).values()
    assert svg.count("<!-- lr 0.1 -->") == 1 and longest_curve(svg) == 3


OUTLIVES = """
import asyncio, time
ended = threading.Event()
shell = get_ipython()

def release(result):
    shell.events.unregister('post_run_cell', release)
    ended.set()

def work():
    animator = Animator(legend=['a thread'])
    animator.add(0, 0)
    animator.live._next_frame = time.perf_counter() + 0.1
    animator.add(1, 1)
    animator.add(2, 2)

async def task():
    work()

"""


@pytest.mark.parametrize(
    "start",
    [
        "shell.events.register('post_run_cell', release)\n"
        "threading.Thread(target=lambda: ended.wait(20) and work()).start()",
        "running = asyncio.get_running_loop().create_task(task())",
    ],
    ids=["thread", "task"],
)
def test_the_last_frame_of_what_outlives_its_cell_does_not_wait_for_the_next(front, start):
    front.run(OUTLIVES)
    front.pictures.clear()
    front.send(start)
    front.listen(lambda message: message["msg_type"] == "update_display_data")
    (pictures,) = front.pictures.values()
    assert longest_curve(pictures[-1][1]) == 3 and len(dict(pictures)) == 1


IN_A_CANVAS = """
%matplotlib widget
from unittest.mock import patch
from ipympl.backend_nbagg import Canvas
states = []

def note(canvas, picture):
    states.append([len(line.get_xdata()) for line in canvas.figure.axes[0].lines])

with patch.object(Canvas, 'send_binary', note):
    animator = Animator()
    for n in range(3):
        animator.live._next_frame = 0
        animator.add(n, n)
plt.title('lr 0.1')
print(states[-3:], plt.gcf() is animator.fig)
"""


def test_a_canvas_in_the_page_is_shown_once_and_grows(front):
    if find_spec("ipympl") is None:  # not imported: that alone would make it the back end of this process
        pytest.skip("needs ipympl")
    cell = front.send(IN_A_CANVAS)
    front.wait(cell)
    assert front.texts[cell] == "[[1], [2], [3]] True\n" and front.displays[cell] == 1
    front.run("%matplotlib inline")


INTERRUPTED = """
import signal
animator = Animator()
animator.add(0, 0)
animator.live._next_frame = 0

def interrupt(renderer):
    del animator.fig.draw
    signal.raise_signal(signal.SIGINT)

animator.fig.draw = interrupt
animator.add(1, 1)
"""


def test_a_reader_who_interrupts_sees_his_own_code_and_no_second_error(front):
    printed, pictures = front.run(INTERRUPTED)
    lines = re.sub("\x1b.*?m", "", printed).splitlines()
    assert len(lines) < 25 and "---> 11 animator.add(1, 1)" in lines and lines[-1].startswith("KeyboardInterrupt")
    assert printed.count("Traceback") == 1 and "matplotlib" not in printed
    (svg,) = pictures
