"""Pictures to play with: a figure for everybody, and sliders for those who can move them."""

import pytest
from jupyter_client.manager import start_new_kernel

import book_utils as bu

DRAW = """
%matplotlib inline
from book_utils import explore, use_svg_display
use_svg_display()

def draw(left, right, height, number_of_points):
    left.axhline(height)
    right.plot(range(number_of_points))
    right.set_title(f'{height}, {number_of_points}')

"""
EXPLORE = "explore(draw, ncols=2, height=(0.0, 5.0, 2.0), number_of_points=(2, 9, 3))"
WITHOUT_WIDGETS = f"""
from unittest.mock import patch
with patch.dict('sys.modules', ipywidgets=None):
    {EXPLORE}
"""
# Moves a slider as a front end does: a message from the browser sets the value.
MOVE = """
import gc
from ipywidgets import IntSlider
(slider,) = (thing for thing in gc.get_objects() if type(thing) is IntSlider)
print(slider.description, slider.min, slider.max, slider.step, slider.value)
data = {'method': 'update', 'state': {'value': 7}, 'buffer_paths': []}
slider.comm.handle_msg({'content': {'comm_id': slider.comm.comm_id, 'data': data}, 'buffers': []})
"""


@pytest.fixture(scope="module")
def run():
    """Return a function that runs a cell, for a person or not, and returns what the kernel sent.

    All tests share the kernel. The one with sliders runs once, so that there is one of a kind.
    """
    manager, client = start_new_kernel()

    def execute(cell, watched):
        sent = []

        def listen(message):
            if message["msg_type"] in ("display_data", "update_display_data", "stream"):
                content = message["content"]
                sent.append((message["msg_type"], content.get("data", {"text/plain": content.get("text")})))

        reply = client.execute_interactive(cell, allow_stdin=watched, timeout=60, output_hook=listen)
        assert reply["content"]["status"] == "ok", "\n".join(reply["content"].get("traceback", []))
        return sent

    execute(DRAW, watched=False)
    yield execute
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_without_a_person_there_is_the_figure_alone(run):
    ((kind, data),) = run(EXPLORE, watched=False)
    assert kind == "display_data" and "<!-- 2.0, 3 -->" in data["image/svg+xml"]


def test_to_a_person_sliders_appear_and_a_move_draws_the_same_figure_anew(run):
    (first, sliders), (second, figure) = run(EXPLORE, watched=True)
    assert first == second == "display_data" and "application/vnd.jupyter.widget-view+json" in sliders
    assert "<!-- 2.0, 3 -->" in figure["image/svg+xml"]
    said, *frames = run(MOVE, watched=True)
    assert said[1]["text/plain"] == "number of points 2 9 1 3\n"
    assert [kind for kind, _ in frames] == ["update_display_data"] * len(frames) and frames
    assert "<!-- 2.0, 7 -->" in frames[-1][1]["image/svg+xml"]


def test_without_ipywidgets_there_is_the_figure_alone(run):
    ((kind, data),) = run(WITHOUT_WIDGETS, watched=True)
    assert kind == "display_data" and "<!-- 2.0, 3 -->" in data["image/svg+xml"]


def test_in_a_plain_script_the_figure_can_be_saved(tmp_path):
    bu.explore(lambda axes, height: axes.axhline(height), height=(0, 4, 2))
    (line,) = bu.plt.gca().get_lines()
    assert line.get_ydata()[0] == 2
    bu.plt.savefig(tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 1000


def test_each_state_is_drawn_on_empty_axes(monkeypatch):
    moves = []
    monkeypatch.setattr("book_utils.plotting.interactive.is_watched", lambda: True)
    monkeypatch.setattr("book_utils.plotting.interactive._show_controls", lambda sliders, show: moves.append(show))
    bu.explore(lambda axes, height: axes.axhline(height), height=(0, 4, 2))
    moves[0]({"height": 3})
    assert [line.get_ydata()[0] for line in bu.plt.gca().get_lines()] == [3]


def test_steps_are_fine_and_round():
    from book_utils.plotting.interactive import step_of

    assert [step_of(*bounds) for bounds in ((0.1, 10), (0.2, 4.0), (-5.0, 5.0), (0, 1000))] == [0.1, 0.01, 0.1, 10]
