"""A hub for a class, without one: what its configuration, its page and its programs say agrees. tests/hub runs it."""

import json
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest

from tools import book

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = book.ROOT / "lecturers"
sys.path.insert(0, str(FOLDER))
import handout  # noqa: E402
import report  # noqa: E402

PAGES = {
    language: (FOLDER / f"hub{suffix}.md").read_text(encoding="utf-8")
    for language, suffix in (("en", ""), ("zh", ".zh"))
}
FENCES = re.compile(r"^```(?:sh)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMANDS = "".join(FENCES.findall(PAGES["en"]))


class Settings(dict):
    """Settings of any name, as traitlets has them."""

    def __getattr__(self, name):
        return self.setdefault(name, Settings())

    def __setattr__(self, name, value):
        self[name] = value


@pytest.fixture
def configured(tmp_path, monkeypatch):
    """Return a function that reads the configuration, with settings and extra.py of one's own."""

    def read(extra: str = "", **environment: str) -> Settings:
        for name, value in {"BOOK_HUB": str(tmp_path), **environment}.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "extra.py").write_text(extra, encoding="utf-8")
        settings, file = Settings(), FOLDER / "jupyterhub_config.py"
        given = {"get_config": lambda: settings, "__file__": str(file)}
        given["load_subconfig"] = lambda name: exec(Path(name).read_text(encoding="utf-8"), {"c": settings})
        exec(compile(file.read_text(encoding="utf-8"), file, "exec"), given)
        return settings

    return read


@pytest.mark.posix
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_first_page_is_one_that_is_handed_out(configured, tmp_path, language):
    settings = configured(BOOK_HUB_LANGUAGE=language)
    asked = parse_qs(urlsplit(settings.Spawner.default_url).query)
    (place,) = asked["urlpath"]
    assert asked["repo"] == [(tmp_path / "handout").as_uri()] and asked["branch"] == [handout.BRANCH]
    assert (book.ROOT / "notebooks" / place.removeprefix(f"lab/tree/{handout.TARGET}/")).is_file()
    assert settings.Spawner.environment["BOOK_UTILS_DATA"] == str(tmp_path / "data")


@pytest.mark.posix
def test_a_lecturers_own_settings_are_read_last(configured):
    settings = configured("c.JupyterHub.bind_url = 'http://127.0.0.1:1'", BOOK_HUB_MEMORY="3000")
    assert settings.JupyterHub.bind_url == "http://127.0.0.1:1"
    assert f"--data={3000 << 20}" in settings.Spawner.cmd


@pytest.mark.posix
@pytest.mark.parametrize(("group", "hidden"), [("students", True), ("lecturers", False)])
def test_of_nbgrader_students_see_the_list_of_assignments_alone(configured, tmp_path, monkeypatch, group, hidden):
    import grp
    import pwd

    settings = configured()
    monkeypatch.setattr(pwd, "getpwnam", lambda name: SimpleNamespace(pw_name=name, pw_gid=7))
    monkeypatch.setattr(os, "getgrouplist", lambda name, gid: [gid, 8])
    monkeypatch.setattr(grp, "getgrgid", lambda gid: SimpleNamespace(gr_name={7: "someone", 8: group}[gid]))
    found = settings.Spawner.environment["JUPYTER_CONFIG_PATH"](SimpleNamespace(user=SimpleNamespace(name="ada")))
    assert found == (str(tmp_path / "students") if hidden else "")
    page = json.loads((tmp_path / "students" / "labconfig" / "page_config.json").read_text(encoding="utf-8"))
    assert "@jupyter/nbgrader:formgrader" in page["disabledExtensions"]
    assert "@jupyter/nbgrader:assignment-list" not in page["disabledExtensions"]


@pytest.mark.posix
def test_the_memory_says_how_many_may_come(configured, monkeypatch):
    import psutil

    several = []
    for gigabytes in (1, 16, 32):
        memory = SimpleNamespace(total=gigabytes * 1e9)
        monkeypatch.setattr(psutil, "virtual_memory", lambda memory=memory: memory)
        several.append(configured().JupyterHub.active_server_limit)
    results = report.read()
    most = max(report.megabytes_each(results, build) for build in results)
    assert several[0] == 1 and several[1] == int(14_000 / most / report.RESERVE) and several[2] >= 2 * several[1]


def test_both_pages_have_the_same_commands():
    assert FENCES.findall(PAGES["en"]) == FENCES.findall(PAGES["zh"])
    assert PAGES["en"].count("\n## ") == PAGES["zh"].count("\n## ")


def test_what_the_page_names_is_there():
    groups = tomllib.loads((book.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    assert {*re.findall(r"--group (\w+)", COMMANDS)} == {"read", "hub"} and {"read", "hub"} <= {*groups}
    for file in re.findall(r"\blecturers/[\w.]+", COMMANDS + PAGES["en"]):
        assert (book.ROOT / file).is_file(), file
    for page in PAGES.values():
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", page):
            assert (FOLDER / target).is_file(), target
        assert all(
            name in (FOLDER / "jupyterhub_config.py").read_text(encoding="utf-8")
            for name in re.findall(r"BOOK_HUB\w*", page)
        )


def test_the_hand_out_has_every_chapter_and_solutions_only_if_asked_for(tmp_path, capsys):
    folder = tmp_path / "handout"
    handout.main([str(folder), "--hub", "https://hub.example/"])
    links = re.findall(r"https\S+", capsys.readouterr().out)
    committed = handout.git(folder, "ls-tree", "-r", "--name-only", "HEAD").split()
    assert committed == sorted(
        path.relative_to(book.ROOT / "notebooks").as_posix() for path in (book.ROOT / "notebooks").glob("*/*.ipynb")
    )
    assert len(links) == len(committed)
    for link, path in zip(links, committed):
        asked = parse_qs(urlsplit(link).query)
        assert link.startswith("https://hub.example/hub/user-redirect/git-pull?")
        assert asked["repo"] == [folder.as_uri()] and asked["urlpath"] == [f"lab/tree/{asked['targetPath'][0]}/{path}"]
    handout.main([str(folder), "--hub", "https://hub.example", "--repository", "https://git.example/x"])
    assert "repo=https%3A%2F%2Fgit.example%2Fx" in capsys.readouterr().out
    assert handout.git(folder, "rev-list", "--count", "HEAD").strip() == "1"  # nothing was new
    handout.main([str(folder), "--hub", "https://hub.example", "--solutions"])
    assert "en/solutions/05-loss-functions.ipynb" in handout.git(folder, "ls-tree", "-r", "--name-only", "HEAD")


def test_a_folder_of_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit, match="is not empty, and no hand-out"):
        handout.main([str(tmp_path), "--hub", "https://hub.example"])
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(("kind", "language"), report.PAGES)
def test_pages_and_readmes_say_what_was_measured(kind, language):
    text = report.PAGES[kind, language].read_text(encoding="utf-8")
    assert report.put_into(text, report.made(report.read(), kind, language)) == text


def test_who_is_turned_away_does_not_count_as_broken_and_is_spoken_of():
    import load

    words = "<p>Active user limit exceeded. Later.</p><p>Home</p>"
    page = f'<div class="error"><h1>429 : Too Many Requests</h1> {words}</div>'
    assert load.words_of(page) == "Active user limit exceeded. Later." and load.words_of("<b>no</b> page") == "no page"
    seen = {"server": 1.0, "first_plot": 1.0, "chapter": 1.0, "processor": 1.0, "problem": ""}
    away = {**seen, "problem": f"Refused: GET /hub/spawn: 429 Too Many Requests. {load.words_of(page)}"}
    rounds = [
        {"students": 2, "visits": [seen] * 2, "memory": 1200.0, "load_before": 1.0},
        {"students": 4, "visits": [seen] * 3 + [away], "memory": 1500.0, "load_before": 1.0},
        {"students": 9, "visits": [seen] * 8 + [{**seen, "problem": "timed out"}], "memory": 1.0, "load_before": 1.0},
    ]
    results = {report.GPU: {"machine": {"cores": 2, "gigabytes": 25}, "rounds": rounds}}
    assert report.megabytes_each(results, report.GPU) == 500
    for language, words in (("en", "Of 4 who came at once, 3 were let in"), ("zh", "同时来了 4 人")):
        page = report.tables(results, language)
        assert words in page and "“Active user limit exceeded. Later.”" in page and "| 9 | 8 |" in page
    assert "| JupyterHub, 3 at once, PyTorch with its GPU libraries | 2.0 |" in report.rows(results, "en")


def test_what_is_lost_is_noticed():
    import load

    sent = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("1 + 1", outputs=[nbformat.v4.new_output("stream", text="2")])]
    )
    found = nbformat.from_dict(json.loads(json.dumps(sent)))
    assert load.first_difference(sent, found) == ""
    found.cells[0].outputs[0].text = "3"
    assert load.first_difference(sent, found) == "1 + 1"
    found.cells.append(nbformat.v4.new_code_cell(""))
    assert "2 cells in the place of 1" in load.first_difference(sent, found)


def test_outputs_are_kept_as_a_page_shows_them():
    """The plot that grows is one output, in its last state."""
    import load

    outputs = load.Outputs()
    picture = {"metadata": {}, "transient": {"display_id": "plot"}}
    messages = [
        ("stream", {"name": "stdout", "text": "gone"}),
        ("clear_output", {"wait": True}),
        ("display_data", {"data": {"image/svg+xml": "one"}, **picture}),
        ("update_display_data", {"data": {"image/svg+xml": "two"}, **picture}),
        ("status", {"execution_state": "idle"}),
    ]
    for kind, content in messages:
        outputs.take(kind, {"header": {"msg_type": kind}, "content": content})
    assert [output.data for output in outputs.all] == [{"image/svg+xml": "two"}]
