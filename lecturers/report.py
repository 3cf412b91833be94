"""What hub.md and the READMEs say of a hub's load, made from load.json, the results of load.py.

python lecturers/report.py      after an edit of the words below
"""

from __future__ import annotations

import json
import os
import statistics
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "load.json"
BEGIN, END = "<!-- made by lecturers/report.py -->\n", "<!-- end of the load -->\n"
PAGES = {
    ("page", "en"): HERE / "hub.md",
    ("page", "zh"): HERE / "hub.zh.md",
    ("readme", "en"): HERE.parent / "README.md",
    ("readme", "zh"): HERE.parent / "README.zh.md",
}
RESERVE = 1.2
"""What a student may need, beside what was measured of one who runs a chapter: some open two."""
GPU, CPU = "gpu", "cpu"
"""The names under which the two builds of PyTorch are kept: with GPU libraries, and for the CPU alone."""

WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "title": {GPU: "PyTorch with its GPU libraries, as `uv sync` installs it", CPU: "PyTorch for the CPU alone"},
        "head": ["students at once", "came through", "to the first page", "to the first plot", "whole chapter",
                 "processor, each", "memory, each", "memory, all"],
        "row": "| JupyterHub, {students} at once, PyTorch {build} | {per_gigabyte:.1f} |",
        "build": {GPU: "with its GPU libraries", CPU: "for the CPU alone"},
        "readme": "| students per GB of memory who run chapter 07 at the same time | |\n|---|--:|",
        "rule": "**The rule.** Memory: 2 GB for the system and the hub, and {reserve} for each student at work, a\n"
        "fifth more than was measured. Processors: all of chapter 07 takes a student {processor:.0f} s of a\n"
        "processor, so if everybody runs it at the same moment, each waits {processor:.0f} s × students /\n"
        "cores. A class that reads as it goes spreads that over an hour; one core for ten students keeps\n"
        "such moments short. Disk: 6 GB for the environment (1 GB for the CPU alone), and 100 MB for each\n"
        "student.",
        "full": "**What breaks, and how.** Of {students} who came at once, {well} were let in, as many as the hub\n"
        "took this memory to bear. The other {away} read “{said}”\n"
        "What those who were in saved and handed in was on the disk afterwards, whole.",
        "how": "Measured by [load.py](load.py) on {cores} cores and {gigabytes} GB: so many come at once, log in,\n"
        "run all of chapter 07, save it, hand it in. Times are medians, in brackets the worst; before the\n"
        "first came, other work kept some {load:.0f} processes waiting for the processors. Memory is PSS at its\n"
        "highest: pages that several hold are counted once.",
    },
    "zh": {
        "title": {GPU: "带 GPU 库的 PyTorch（`uv sync` 安装的就是它）", CPU: "只用 CPU 的 PyTorch"},
        "head": ["同时上机的学生", "顺利完成", "看到首页", "看到第一张图", "跑完整章", "每人处理器时间", "每人内存",
                 "内存合计"],
        "row": "| JupyterHub，{students} 人同时上机，{build} | {per_gigabyte:.1f} |",
        "build": {GPU: "带 GPU 库", CPU: "只用 CPU 的 PyTorch"},
        "readme": "| 每 GB 内存可供多少学生同时运行第 07 章 | |\n|---|--:|",
        "rule": "**估算办法**。内存方面，系统和 JupyterHub 留 2 GB，每个在用的学生再加 {reserve}，比实测多留了五分之"
        "一。处理器方面，一个学生跑完第 07 章要用 {processor:.0f} 秒处理器时间，全班同时从头跑到尾时，每人要等 "
        "{processor:.0f} 秒 × 人数 / 核数。如果全班边读边运行，这些时间就分摊在一小时里，每十个学生配一个核，"
        "碰巧同时运行也等不了多久。磁盘方面，环境占 6 GB（只用 CPU 的占 1 GB），每个学生另加 100 MB。",
        "full": "**到极限时会怎样**。同时来了 {students} 人，JupyterHub 估计这台机器的内存够 {well} 人用，"
        "就放进了这么多人，另外 {away} 人看到的是“{said}”。进去的人存盘和交上来的，事后逐份核对，"
        "磁盘上都是完整的。",
        "how": "下表由 [load.py](load.py) 在 {cores} 个核、{gigabytes} GB 内存的机器上测得。表中的学生同时到来，登录"
        "，把第 07 章从头跑完，存盘，交作业。时间是中位数，括号里是最慢的一个；测量开始前，机器上别的工作"
        "使约 {load:.0f} 个进程在等处理器。内存是 PSS 的最高值，几个进程共用的页只算一次。",
    },
}  # fmt: skip


def read() -> dict[str, Any]:
    """Return the results, by build."""
    return json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}


def keep(build: str, rounds: list[dict[str, Any]]) -> None:
    """Store the rounds of a build in the place of earlier ones of the same size, and write the tables."""
    machine = {"cores": os.cpu_count(), "gigabytes": round(psutil.virtual_memory().total / 1e9)}
    results = read()
    before = results.get(build, {"rounds": []})["rounds"]
    by_size = {one["students"]: one for one in [*before, *rounds]}
    results[build] = {"machine": machine, "rounds": [by_size[size] for size in sorted(by_size)]}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    write(results)


def well(one: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the visits of a round that ended well."""
    return [seen for seen in one["visits"] if not seen["problem"]]


FULL = ": 429 "
"""Stands in the problem of a student whom the hub did not let in, because it was full."""


def turned_away(one: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the visits of a round that ended at the door, with the hub's words that it is full."""
    return [seen for seen in one["visits"] if FULL in seen["problem"]]


def largest(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the round in which most came through, of those in which all did whom the hub let in."""
    return max(
        (one for one in rounds if len(well(one)) + len(turned_away(one)) == one["students"]),
        key=lambda one: len(well(one)),
    )


def each(one: dict[str, Any]) -> float:
    """Return the megabytes that a student took in a round."""
    return one["memory"] / len(well(one))


def megabytes_each(results: dict[str, Any], build: str) -> float:
    """Return what a student takes in the largest round that a build went through."""
    return each(largest(results[build]["rounds"]))


def seconds(visits: list[dict[str, Any]], what: str) -> str:
    """Return the median, and the worst if there are several."""
    values = [seen[what] for seen in visits]
    worst = f" ({max(values):.0f} s)" if len(values) > 1 else ""
    return f"{statistics.median(values):.0f} s{worst}"


def row(one: dict[str, Any]) -> str:
    """Return a row of the table."""
    good = well(one)
    if not good:
        return f"| {one['students']} | 0 | | | | | | |"
    times = [seconds(good, what) for what in ("server", "first_plot", "chapter")]
    processor = statistics.mean(seen["processor"] for seen in good)
    memory = [f"{processor:.0f} s", f"{each(one):.0f} MB", f"{one['memory'] / 1000:.1f} GB"]
    return f"| {one['students']} | {len(good)} | {' | '.join([*times, *memory])} |"


def rule(results: dict[str, Any], language: str) -> str:
    """Return what to reckon with, from the build that takes most."""
    most = max(results, key=lambda build: megabytes_each(results, build))
    processor = max(
        statistics.mean(seen["processor"] for seen in well(one)) for one in results[most]["rounds"] if well(one)
    )
    reserve = f"{round(RESERVE * megabytes_each(results, most), -1):.0f} MB"
    return WORDS[language]["rule"].format(reserve=reserve, processor=processor)


def full(one: dict[str, Any], language: str) -> str:
    """Return what became of a round for which there was no room."""
    away = turned_away(one)
    said = away[0]["problem"].partition(FULL)[2].partition(". ")[2]
    numbers = {"students": one["students"], "well": len(well(one)), "away": len(away)}
    return WORDS[language]["full"].format(said=said, **numbers)


def how(results: dict[str, Any], language: str) -> str:
    """Return how it was measured."""
    rounds = [one for result in results.values() for one in result["rounds"]]
    machine = next(iter(results.values()))["machine"]
    load = min(one["load_before"] for one in rounds)  # between two rounds the students of the first count, too
    return WORDS[language]["how"].format(**machine, load=load)


def tables(results: dict[str, Any], language: str) -> str:
    """Return the rule and the tables of the page, one for each build."""
    words, parts = WORDS[language], [rule(results, language), how(results, language)]
    for build, result in results.items():
        head = f"| {' | '.join(words['head'])} |\n|{'--:|' * len(words['head'])}"
        parts.append(f"**{words['title'][build]}**\n\n" + "\n".join([head, *map(row, result["rounds"])]))
        parts += [full(one, language) for one in result["rounds"] if turned_away(one)]
    return "\n\n".join(parts)


def rows(results: dict[str, Any], language: str) -> str:
    """Return what the README says: students per gigabyte."""
    words, lines = WORDS[language], []
    for build in results:
        students = len(well(largest(results[build]["rounds"])))
        per_gigabyte = 1000 / megabytes_each(results, build)
        lines.append(words["row"].format(build=words["build"][build], students=students, per_gigabyte=per_gigabyte))
    return "\n".join([words["readme"], *lines])


def made(results: dict[str, Any], kind: str, language: str) -> str:
    """Return the part of a page that is made from the results."""
    return tables(results, language) if kind == "page" else rows(results, language)


def put_into(text: str, part: str) -> str:
    """Return the text of a page with the part between the marks made anew."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{part}\n\n{END}{after}"


def write(results: dict[str, Any]) -> None:
    """Write the tables into the pages."""
    for (kind, language), page in PAGES.items():
        text = page.read_text(encoding="utf-8")
        page.write_text(put_into(text, made(results, kind, language)), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(read())
