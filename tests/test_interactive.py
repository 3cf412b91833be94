"""Pictures to play with: a figure for everybody, and sliders for those who can move them."""

import re
from importlib.util import find_spec

import pytest
from book_utils_jupyter.saving import settle_widgets
from jupyter_client.manager import start_new_kernel
from nbformat.v4 import new_code_cell, new_notebook, new_output

import book_utils as bu

VIEW = "application/vnd.jupyter.widget-view+json"
SENTENCE = "Run this cell to have its sliders."
SETUP = """
%matplotlib inline
import gc, os
from unittest.mock import patch
from book_utils import LiveFigure, explore, label_lines, plt, use_svg_display
from matplotlib_inline.backend_inline import set_matplotlib_formats
use_svg_display()

def draw(left, right, height, number_of_points):
    left.axhline(height)
    right.plot(range(number_of_points))
    right.set_title(f'{height}, {number_of_points}')

def refuse(axes, share):
    axes.set_title('$x^$' if share == 7 else f'share {share}')
    if share == 8:
        raise ValueError('no 8 <here>')
    if share == 9:
        raise KeyboardInterrupt
"""
EXPLORE = "explore(draw, ncols=2, height=(0.0, 5.0, 2.0), number_of_points=(2, 9, 3))"
REFUSE = "explore(refuse, share=(0, 9, 1))"
WITHOUT_WIDGETS = f"""
with patch.dict('sys.modules', ipywidgets=None):
    {EXPLORE}
"""


class Front:
    """A front end that keeps what a page shows: outputs of cells, and the state of widgets."""

    def __init__(self, client):
        self.client = client
        self.outputs, self.widgets, self.sent, self.pictures = {}, {}, [], 0

    def _ask(self, kind, content, metadata):
        message = self.client.session.msg(kind, content, metadata=metadata)
        self.client.shell_channel.send(message)
        self.sent, self.pictures = [], 0
        while True:
            answer = self.client.get_iopub_msg(timeout=30)
            if answer["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                self._take_in(answer)
                if answer["content"].get("execution_state") == "idle":
                    return

    def _take_in(self, message):
        kind, content = message["msg_type"], message["content"]
        self.sent.append(kind)
        if kind in ("display_data", "update_display_data"):
            self.outputs[content["transient"].get("display_id", len(self.outputs))] = content["data"]
        elif kind == "error":
            self.outputs["error"] = "\n".join(content["traceback"])
        elif kind == "stream":
            self.outputs["text"] = self.outputs.get("text", "") + content["text"]
        elif kind == "comm_close":
            del self.widgets[content["comm_id"]]
        elif kind in ("comm_open", "comm_msg") and "state" in content["data"]:
            state = self.widgets.setdefault(content["comm_id"], {})
            state.update(content["data"]["state"])
            self.pictures += len(message["buffers"])
            for (name,), buffer in zip(content["data"]["buffer_paths"], message["buffers"]):
                state[name] = bytes(buffer)

    def run(self, code, watched=True, cell=None):
        """Run a cell, for a person or not; return what it displays, in the end."""
        self.outputs = {}
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": watched, "stop_on_error": False}
        self._ask("execute_request", content, {"cellId": cell} if cell else {})
        return list(self.outputs.values())

    def move(self, description, value):
        """Move the youngest slider of a name."""
        name = [name for name, state in self.widgets.items() if state.get("description") == description][-1]
        data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        self._ask("comm_msg", {"comm_id": name, "data": data}, {})

    def box(self, output):
        """Return the state of the widgets that an output shows: the sliders, the words, and the figure if any."""
        children = self.widgets[output[VIEW]["model_id"]]["children"]
        controls, *others = (self.widgets[child.removeprefix("IPY_MODEL_")] for child in children)
        return [self.widgets[child.removeprefix("IPY_MODEL_")] for child in controls["children"]], *others


@pytest.fixture(scope="module")
def front():
    manager, client = start_new_kernel()
    front = Front(client)
    assert front.run(SETUP) == []
    yield front
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_without_a_person_there_is_the_figure_alone(front):
    (data,) = front.run(EXPLORE, watched=False)
    assert data.keys() == {"image/svg+xml", "text/plain"} and "<!-- 2.0, 3 -->" in data["image/svg+xml"]


def test_to_a_person_sliders_appear_and_a_move_draws_the_figure_anew_within_the_same_widget(front):
    view, still = front.run(EXPLORE)
    sliders, words, image = front.box(view)
    (slider,) = (slider for slider in sliders if slider["description"] == "number of points")
    assert (slider["min"], slider["max"], slider["step"], slider["value"]) == (2, 9, 1, 3)
    assert (image["format"], image["value"].decode()) == ("svg+xml", still["image/svg+xml"])
    front.move("number of points", 7)
    assert "<!-- 2.0, 7 -->" in image["value"].decode()
    front.move("number of points", 8)
    assert {*front.sent} == {"status", "comm_msg"} and front.pictures == 1
    front.move("height", 4.5)
    assert "<!-- 4.5, 8 -->" in image["value"].decode()


def test_what_is_kept_of_it_is_what_is_shown_without_a_person_and_a_sentence(front):
    outputs = [new_output("display_data", data) for data in front.run(EXPLORE)]
    notebook = new_notebook(cells=[new_code_cell(EXPLORE, outputs=outputs)])
    settle_widgets(notebook)
    sentence, figure = (output.data for output in notebook.cells[0].outputs)
    assert sentence == {"text/markdown": SENTENCE, "text/plain": SENTENCE}
    assert [figure] == front.run(EXPLORE, watched=False)


def test_the_figure_beside_the_widget_is_hidden_by_it_alone(front):
    view, still = front.run(EXPLORE)
    _, words, _ = front.box(view)
    (name,) = re.findall(r"book-utils-still (book-utils-still-\w+)", still["text/html"])
    assert f".{name} {{ display: none }}" in words["value"] and f".{name} {{" not in still["text/html"]


def test_sentences_are_chinese_in_a_chinese_notebook(front):
    view, still = front.run(f"with patch.dict(os.environ, BOOK_UTILS_LANGUAGE='zh'):\n    {EXPLORE}")
    sentence = "运行这个单元格，就会出现滑块。"
    assert view["text/markdown"] == sentence and sentence in still["text/html"]
    assert sentence in front.box(view)[1]["value"]


@pytest.mark.parametrize(
    "value, told", [(7, "found end of text"), (8, "ValueError: no 8 &lt;here&gt;"), (9, "KeyboardInterrupt")]
)
def test_what_goes_wrong_is_told_and_the_sliders_live_on(front, value, told):
    view, _ = front.run(REFUSE)
    _, words, image = front.box(view)
    front.move("share", value)
    assert told in words["value"] and "book-utils-behind" in image["_dom_classes"]
    assert "<!-- share 1 -->" in image["value"].decode() and "/book_utils/" not in words["value"]
    front.move("share", 2)
    assert "<pre" not in words["value"] and not image["_dom_classes"]
    assert "<!-- share 2 -->" in image["value"].decode()


def test_what_goes_wrong_at_first_is_an_error_of_the_cell(front):
    (error,) = front.run("explore(refuse, share=(0, 9, 8))")
    assert "no 8 <here>" in error
    assert front.run("print(plt.get_fignums())") == ["[]\n"]


def test_another_format_is_followed_at_its_own_width(front):
    view, still = front.run("set_matplotlib_formats('png2x')\n" + EXPLORE)
    _, _, image = front.box(view)
    assert image["format"] == "png" and image["value"].startswith(b"\x89PNG") and 500 < int(image["width"]) < 700
    assert f'width="{image["width"]}"' in still["text/html"] and "data:image/png;base64,iVBOR" in still["text/html"]
    before = image["value"]
    front.move("height", 4.5)
    assert image["value"].startswith(b"\x89PNG") and image["value"] != before
    front.run("use_svg_display()")


def test_a_cell_that_runs_again_lets_go_of_its_sliders_and_its_figure(front):
    count = "gc.collect(); print(sum(type(thing) is LiveFigure for thing in gc.get_objects()), plt.get_fignums())"
    front.run(EXPLORE, cell="a")
    before, (figures,) = len(front.widgets), front.run(count)
    for _ in range(3):
        front.run(f"{EXPLORE}\n{REFUSE}", cell="a")
    assert {"height", "number of points", "share"} <= {state.get("description") for state in front.widgets.values()}
    front.move("share", 2)
    front.run(EXPLORE, cell="a")
    assert len(front.widgets) == before and front.run(count) == [figures] and figures.endswith("[]\n")


def test_a_canvas_in_the_page_follows_and_is_no_second_picture(front):
    if find_spec("ipympl") is None:
        pytest.skip("needs ipympl")
    outputs = front.run("%matplotlib widget\n" + EXPLORE)
    canvas, view = outputs
    assert VIEW in canvas and view["text/plain"] == SENTENCE and "text/html" not in view
    sliders, words = front.box(view)
    front.move("number of points", 7)
    assert front.run("print(plt.gcf().axes[1].get_title())") == ["2.0, 7\n"]
    front.run("plt.close('all')\n%matplotlib inline\nuse_svg_display()")


WIDE = """
def wide(axes, scale):
    axes.plot([0, scale])
    axes.set_title(f'scale {scale}')

"""


FIND = """
(live,) = (thing for thing in gc.get_objects() if type(thing) is LiveFigure and thing.axes[0].get_title() == 'scale 1')
engine, layouts = live.fig.get_layout_engine(), []
execute = engine.execute
engine.execute = lambda figure: (layouts.append(figure), execute(figure))
"""
LEFT = "print(live.axes[0].get_position().x0, len(layouts))"


def test_axes_stay_where_they_are_until_their_numbers_need_room(front):
    def where():
        return map(float, front.run(LEFT)[0].split())

    front.run(f"{WIDE}\nexplore(wide, scale=(1, 100_000, 1))")
    front.run(FIND)
    first, _ = where()
    front.move("scale", 3)
    assert [*where()] == [first, 0], "it is not laid out again, which takes as long as drawing"
    front.move("scale", 90_000)
    moved, layouts = where()
    front.run("explore(wide, scale=(1, 100_000, 90_000))\nlive = plt.gcf().live")
    assert [*where()] == [pytest.approx(moved, abs=1e-6), layouts] and moved > first + 0.02 and layouts > 0


STEADY = """
def steady(axes, scale):
    axes.plot([0, scale], label='a line')
    axes.set(ylim=(0, 9), title=f'scale {scale}')
    label_lines(axes)

explore(steady, scale=(1, 9, 1))
"""
COUNT = """
drawings, draw_figure = [], LiveFigure(1, 1).fig.draw.__func__
def count(figure, renderer):
    drawings.append(figure.get_layout_engine())
    draw_figure(figure, renderer)
"""


def test_a_move_draws_once_and_lays_out_nothing_though_lines_are_named(front):
    front.run(STEADY + COUNT)
    front.run("counting = patch('book_utils.plotting.live.Figure.draw', count); _ = counting.start()")
    front.move("scale", 3)
    assert front.run("counting.stop(); print(drawings)") == ["[None]\n"]


def test_without_ipywidgets_there_is_the_figure_alone(front):
    (data,) = front.run("import sys\nsys.modules.pop('book_utils.plotting.sliders', None)" + WITHOUT_WIDGETS)
    assert data.keys() == {"image/svg+xml", "text/plain"} and "<!-- 2.0, 3 -->" in data["image/svg+xml"]


def test_in_a_plain_script_the_figure_can_be_saved_and_nothing_is_printed(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("book_utils.plotting.interactive.is_watched", lambda: True)  # it runs in a terminal
    bu.explore(lambda axes, height: axes.axhline(height), height=(0, 4, 2))
    (line,) = bu.plt.gca().get_lines()
    assert line.get_ydata()[0] == 2
    bu.plt.savefig(tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 1000 and capsys.readouterr().out == ""


def test_each_state_is_drawn_on_empty_axes(monkeypatch):
    moves = []
    monkeypatch.setattr("book_utils.plotting.interactive.is_watched", lambda: True)
    monkeypatch.setattr("book_utils.plotting.interactive.current_kernel", lambda: True)
    monkeypatch.setattr("book_utils.plotting.interactive._show_with_sliders", lambda *given: moves.append(given[-1]))
    bu.explore(lambda axes, height: axes.axhline(height), height=(0, 4, 2))
    for height in (1, 3):
        moves[0]({"height": height})
    assert [line.get_ydata()[0] for line in bu.plt.gca().get_lines()] == [3]


def test_steps_are_fine_and_round():
    from book_utils.plotting.sliders import step_of

    assert [step_of(*bounds) for bounds in ((0.1, 10), (0.2, 4.0), (-5.0, 5.0), (0, 1000))] == [0.1, 0.01, 0.1, 10]
