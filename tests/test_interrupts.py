"""An interrupt may come between any two lines: nothing is torn by it, and whatever is called next works."""

import random

import pytest
from jupyter_client.manager import start_new_kernel

# Cells within a cell, each of which is interrupted at another of the lines that the package runs in it.
SETUP = """
%matplotlib inline
import sys
from contextlib import contextmanager
import torch
import book_utils
from book_utils import Animator, Batches, cross_entropy, explore, plt, sgd, softmax, train_ch3, training
from book_utils.plotting import curves, interactive

shell = get_ipython()
plt.uninstall_repl_displayhook()
shell.InteractiveTB.set_mode('Minimal')
shell.display_formatter.active_types = ['text/plain']  # all but the drawing itself, which would take a minute
PACKAGE = book_utils.__path__[0]
data = Batches(torch.zeros(4, 1, 28, 28, dtype=torch.uint8), torch.tensor([0, 0, 0, 1]), 2)
made, moves, problems = [], [], []

class Noted(curves.LiveFigure):
    def __init__(self, *options):
        super().__init__(*options)
        made.append(self)

curves.LiveFigure = interactive.LiveFigure = Noted
interactive.is_watched = lambda: True

def show_with_moves(live, sliders, starts, show):
    moves.append(show)
    show(starts)

interactive._show_with_sliders = show_with_moves

class NotedAnimator(Animator):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        made[-1].animator = self

training.Animator = NotedAnimator

@contextmanager
def interrupted(at):
    'Interrupt before the line of this number; count the lines.'
    def line(frame, event, argument):
        global lines
        if event == 'line':
            lines += 1
            if lines == at:
                sys.settrace(None)
                raise KeyboardInterrupt
        return line
    def call(frame, event, argument):
        return line if frame.f_code.co_filename.startswith(PACKAGE) else None
    global lines
    lines = 0
    sys.settrace(call)
    try:
        yield
    finally:
        sys.settrace(None)

def train():
    W = torch.zeros(784, 10, requires_grad=True)
    net = lambda X: softmax(X.reshape(-1, 784) @ W)
    train_ch3(net, data, data, cross_entropy, 2, lambda n: sgd([W], 0.1, n))

def add():
    animator = NotedAnimator(legend=['a', 'b', 'c'])
    for n in range(4):
        animator.add(n, (n, -n))
    animator.add(4, (4, 4, 4))

def play():
    explore(lambda axes, height: axes.plot(range(3), [height] * 3), height=(0.0, 5.0, 2.0))
    for height in (1.0, 3.0):
        moves[-1]({'height': height})

def run_cell(code):
    result = shell.run_cell(code)
    return result.error_before_exec or result.error_in_exec

def look_at(live, when, named=True):
    if not live.animator.lines and not live._asked:
        return
    lengths = [(len(x), len(y), len(line.get_xdata()), len(line.get_ydata()))
               for x, y, line in zip(live.animator.X, live.animator.Y, live.animator.lines, strict=True)]
    for each in lengths:
        if len({*each}) > 1:
            problems.append(f'{when}: lengths {lengths}')
    legend = live.axes[0].get_legend()
    names = [text.get_text() for text in (legend.get_texts() if legend else live.axes[0].texts)]
    torn = len(names) != len(lengths) if legend else len(names) < len(lengths)  # names may come before their lines
    if (named and torn) or len(live.axes[0].get_lines()) != len(lengths):
        problems.append(f'{when}: {len(lengths)} lines have the names {names}')

def open_ends():
    return [[*calls] for calls in shell.events.callbacks.values()]

def try_it(name, at):
    made.clear()
    moves.clear()
    before = open_ends()
    error = run_cell(f'with interrupted({at}): {name}()')
    when = f'{name}, line {at}'
    if not isinstance(error, KeyboardInterrupt):
        problems.append(f'{when}: ended with {error!r}')
    if plt.get_fignums() or shell.custom_exceptions or before != open_ends():
        problems.append(f'{when}: it leaves something open')
    for live in made:
        if live._sent != live._asked:
            problems.append(f'{when}: the last state is not shown')
        if hasattr(live, 'animator') and hasattr(live.animator, 'Y'):
            live_animator = live.animator
            look_at(live, when)
            counts = [len(x) for x in live_animator.X]
            if error := run_cell('made[0].animator.add(9, (9, 9, 9))'):
                problems.append(f'{when}: the next point gives {error!r}')
            # Training names its lines before the first point; interrupted there, its plot is out of reach.
            look_at(live, when + ', next', named=counts or name != 'train')
            if [len(x) for x in live_animator.X] != [n + 1 for n in counts + [0] * (3 - len(counts))]:
                problems.append(f'{when}: the next point is lost')
    if moves and (error := run_cell("moves[-1]({'height': 4.0})")):
        problems.append(f'{when}: the next move gives {error!r}')
    if error := run_cell(f'{name}()'):
        problems.append(f'{when}: the next call gives {error!r}')

def count(name):
    run_cell(f'{name}()')  # whatever is done only once is done
    if error := run_cell(f'with interrupted(0): {name}()'):
        raise error
    return lines
"""


@pytest.fixture(scope="module")
def run():
    """Return a function that runs a cell and returns what it printed, errors included."""
    manager, client = start_new_kernel()

    def execute(cell):
        printed = []

        def listen(message):
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])
            if message["msg_type"] == "error" and message["content"]["ename"] != "KeyboardInterrupt":
                printed.append("\n".join(message["content"]["traceback"]))

        client.execute_interactive(cell, timeout=120, output_hook=listen)
        return "".join(printed)

    assert execute(SETUP) == ""
    yield execute
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("name, times", [("train", 100), ("add", 80), ("play", 20)])
def test_interrupts_between_lines_leave_nothing_torn(run, name, times):
    total = int(run(f"print(count({name!r}))"))
    moments = sorted(random.Random(0).sample(range(1, total + 1), min(times, total)))
    assert run(f"for at in {moments}: try_it({name!r}, at)\nprint(*problems[:20], sep='\\n')\nproblems.clear()") == "\n"
