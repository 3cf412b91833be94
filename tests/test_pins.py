"""What `uv run` installs is pinned in pyproject.toml, for every system that can be served, and names no index."""

import re
import sys
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tools import pins

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TEXT = (pins.ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(TEXT)
UV = PROJECT["tool"]["uv"]
PINS = [Requirement(one) for one in UV["constraint-dependencies"]]
SYSTEMS = {
    "Linux": {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"},
    "Linux on ARM": {"sys_platform": "linux", "platform_machine": "aarch64", "os_name": "posix"},
    "macOS": {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix"},
    "Windows": {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt"},
}
PINNED = pytest.mark.skipif(not PINS, reason="in a copy without pins: see tools/pins.py")
PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
DECLARED = [
    (Requirement(one), SpecifierSet(UV["dependency-groups"].get(name, {}).get("requires-python", "")))
    for name, group in (
        ("", PROJECT["project"]["dependencies"]),
        *PROJECT["project"]["optional-dependencies"].items(),
        *PROJECT["dependency-groups"].items(),
    )
    for one in group
    if not one.startswith("book-utils")
]
"""What is asked for, and on which Pythons."""


def pinned(system: str, python: str) -> dict[str, str]:
    """Return the versions of a system and a Python; two pins for one package there would be a mistake."""
    here = {**SYSTEMS[system], "python_version": python, "python_full_version": f"{python}.5"}
    valid = [pin for pin in PINS if pin.marker is None or pin.marker.evaluate(here)]
    names = [canonicalize_name(pin.name) for pin in valid]
    assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})
    return {name: str(pin.specifier).removeprefix("==") for name, pin in zip(names, valid)}


@PINNED
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_and_python_has_one_version_of_each_that_the_bounds_admit(system, python):
    versions = pinned(system, python)
    for wanted in (wanted for wanted, pythons in DECLARED if python in pythons):
        assert wanted.specifier.contains(versions[canonicalize_name(wanted.name)]), wanted


@PINNED
def test_a_mac_with_macos_13_is_served():
    """The newer wheels of PyTorch need macOS 14."""
    assert {pinned("macOS", python)["torch"] for python in PYTHONS} == {"2.11.0"}


@PINNED
@pytest.mark.oracle
def test_what_is_installed_here_is_what_is_pinned():
    """On the newest stack, which has d2l 0.17.6."""
    versions = pinned("Linux", f"{sys.version_info[0]}.{sys.version_info[1]}")
    ours = {"book-utils", "book-utils-jupyter", "book-utils-lecturers"}
    found = {canonicalize_name(one.metadata["Name"]): one.version.partition("+")[0] for one in distributions()}
    if found["numpy"] != versions["numpy"]:
        pytest.skip("another stack than the pinned one")
    assert {
        name: version for name, version in found.items() if name not in ours and version != versions.get(name)
    } == {}


@PINNED
def test_pip_is_given_the_same_pins_and_the_same_for_readers():
    assert (pins.ROOT / pins.FOR_PIP).read_text(encoding="utf-8") == pins.for_pip(UV["constraint-dependencies"])
    lines = (pins.ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    ours = {"book-utils[read]": "-e .[read]", "book-utils-jupyter": f"./{UV['sources']['book-utils-jupyter']['path']}"}
    asked = [ours[one] for one in PROJECT["dependency-groups"]["read"]]
    assert [line for line in lines if not line.startswith("#")] == [f"-c {pins.FOR_PIP.as_posix()}", *asked]


def test_new_pins_are_written_for_uv_and_for_pip(monkeypatch, tmp_path):
    (tmp_path / "tools").mkdir()
    (tmp_path / "pyproject.toml").write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(pins, "ROOT", tmp_path)
    monkeypatch.setattr(pins, "resolve", lambda text, as_of: ["torch==9.0"])
    pins.main(["renew", "2030-01-01"])
    text = (tmp_path / "pyproject.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["tool"]["uv"]["constraint-dependencies"] == ["torch==9.0"]
    assert pins.day(text) == "2030-01-01"
    assert "\ntorch==9.0\n" in (tmp_path / pins.FOR_PIP).read_text(encoding="utf-8")


def test_no_setting_needs_an_index_of_a_certain_kind():
    """Some mirrors list files without the day of their upload; and no host is ours to name."""
    assert not {"exclude-newer", "exclude-newer-package", "index", "index-url", "extra-index-url", "find-links"} & {*UV}
    assert not re.search(r"https?://(?!github\.com)", TEXT.partition("[tool.uv]")[2])


def test_pins_can_be_taken_away_and_put_back():
    bare = pins.put(TEXT, [], "2020-01-01")
    assert tomllib.loads(bare)["tool"]["uv"]["constraint-dependencies"] == [] and pins.day(bare) == "2020-01-01"
    assert pins.put(bare, UV["constraint-dependencies"], pins.day(TEXT)) == TEXT


def test_one_version_needs_no_marker_and_several_keep_what_tells_them_apart():
    everywhere = "((platform_machine == 'arm64' and sys_platform == 'darwin') or (platform_machine == 'aarch64' and "
    everywhere += "sys_platform == 'linux') or (platform_machine == 'x86_64' and sys_platform == 'linux') or "
    everywhere += "(platform_machine == 'AMD64' and sys_platform == 'win32'))"
    exported = f"""./tools/jupyter
appnope==1.0 ; sys_platform == 'darwin'
numpy==2.2 ; python_full_version < '3.11' and {everywhere}
numpy==2.5 ; python_full_version >= '3.11' and {everywhere}
"""
    assert pins.simplified(exported) == [
        "appnope==1.0",
        "numpy==2.2; python_full_version < '3.11'",
        "numpy==2.5; python_full_version >= '3.11'",
    ]


def test_without_pins_a_copy_is_run_and_the_original_stays(monkeypatch):
    seen = {}

    def run(command, cwd):
        text = (cwd / "pyproject.toml").read_text(encoding="utf-8")
        seen.update(command=command, pins=tomllib.loads(text)["tool"]["uv"]["constraint-dependencies"])
        seen.update(copied=(cwd / "notebooks" / "en").is_dir(), environment=(cwd / ".venv").exists())
        return type("Done", (), {"returncode": 3})

    monkeypatch.setattr(pins.subprocess, "run", run)
    assert pins.main(["without", "--resolution", "lowest-direct", "pytest"]) == 3
    assert seen == {
        "command": ["uv", "run", "--resolution", "lowest-direct", "pytest"],
        "pins": [],
        "copied": True,
        "environment": False,
    }
    assert (pins.ROOT / "pyproject.toml").read_text(encoding="utf-8") == TEXT
