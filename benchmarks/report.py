"""What the READMEs and their chart say about speed, made from one file of results.

    uv run python -m benchmarks.report               after an edit of the words below

``python -m benchmarks --save`` writes the file and does the same.
"""

import json
from pathlib import Path
from typing import Any

from benchmarks.rows import ROWS

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
CHART = ROOT / "assets" / "benchmarks.png"
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}
BEGIN, END = "<!-- made by benchmarks/report.py -->\n", "<!-- end -->\n"

SHOWN = [name for name, row in ROWS.items() if row.beside_d2l]
"""The rows of the table."""

WORDS = {
    "en": {
        "picture": "Times as fast as d2l 0.17.6: bars from {least:.0f} to {most:.0f}",
        "head": ["{cores} CPU cores, medians of {repeats} runs", "d2l 0.17.6", "book_utils", "ratio", "practical limit",
                 "of the limit"],
        "limit": "{name}: {seconds}",
        "memory": "Training takes {scratch} MB (from scratch) or {concise} MB (with `torch.optim`) beyond "
        "`import torch`, d2l's four\nworkers included {d2l} MB.",
        "gpu": "On a GPU ({card}) ten epochs with the live plot take {concise} (concise) or {scratch}\n(from scratch), "
        "and {d2l} with d2l, each of its batches moved to the GPU. By hand, without a plot, it is {by_hand}:\nthe time "
        "goes into Python and PyTorch starting one operation after the other, not into the GPU.",
    },
    "zh": {
        "picture": "速度是 d2l 0.17.6 的多少倍：条形从 {least:.0f} 到 {most:.0f}",
        "head": ["{cores} 个 CPU 核，{repeats} 次运行的中位数", "d2l 0.17.6", "book_utils", "倍数", "实际极限",
                 "与极限之比"],
        "limit": "{name}：{seconds}",
        "memory": "除 `import torch` 占用的内存之外，训练还要 {scratch} MB（从零开始实现）或 {concise} MB"
        "（用 `torch.optim`）；d2l 连同四个工作进程要 {d2l} MB。",
        "gpu": "在一块 GPU 上（{card}）训练十轮并实时绘图，book_utils 的简洁实现要 {concise}，从零开始的实现要 "
        "{scratch}；d2l 把每个批量都搬到 GPU 上，要 {d2l}。手写而不绘图要 {by_hand}："
        "时间花在 Python 和 PyTorch 逐个启动运算上，而不是花在 GPU 上。",
        "cold process to first batch": "从进程冷启动到第一个批量",
        "one sweep over 60,000 images": "遍历一次 60,000 张图像",
        "index and divide": "按索引取出并相除",
        "`evaluate_accuracy`, test set": "`evaluate_accuracy`，测试集",
        "`train_ch3`, 10 epochs, concise, live plot": "`train_ch3`，10 轮，简洁实现，实时绘图",
        "`train_ch3`, 10 epochs, from scratch, live plot": "`train_ch3`，10 轮，从零开始实现，实时绘图",
        "by hand, no plot": "手写，不绘图",
        "1,000 calls of `Animator.add`, live": "调用 1,000 次 `Animator.add`，实时绘图",
        "load at 64 x 64, one sweep, batches of 32": "以 64 x 64 的大小加载，遍历一次，批量大小 32",
    },
}  # fmt: skip
"""What stands around the numbers, and in Chinese also the titles of the rows and of their limits."""


def seconds(value: float | None) -> str:
    """Return a time as people read it."""
    if value is None:
        return ""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def columns(times: dict[str, float]) -> list[str]:
    """Return what a row of the table says of times: d2l's, ours, their ratio, the limit, and ours beside it."""
    ours, theirs, limit = times["book_utils"], times.get("d2l"), times.get("limit")
    ratio, of_limit = (f"{theirs / ours:.1f}" if theirs else ""), (f"{ours / limit:.2f}" if limit else "")
    return [seconds(theirs), seconds(ours), ratio, seconds(limit), of_limit]


def line(name: str, times: dict[str, float], language: str = "en") -> str:
    """Return a row of the table."""
    row, words = ROWS[name], WORDS[language]
    *three, limit, of_limit = columns(times)
    if row.limit:
        limit = words["limit"].format(name=words.get(row.limit[0], row.limit[0]), seconds=limit)
    cells = [words.get(row.title, row.title), *three, limit, of_limit]
    return f"| {' | '.join(cells)} |".replace("|  ", "| ")


def head(results: dict[str, Any], language: str = "en") -> str:
    """Return the two lines above the rows."""
    return f"| {' | '.join(WORDS[language]['head'])} |\n|---|--:|--:|--:|--:|--:|".format(**results)


def ratios(results: dict[str, Any]) -> dict[str, float]:
    """Return how many times as fast each row is."""
    return {name: times["d2l"] / times["book_utils"] for name, times in results["seconds"].items()}


def section(results: dict[str, Any], language: str) -> str:
    """Return the chart, the table and what is said of memory, for one of the READMEs."""
    words, times_as_fast = WORDS[language], ratios(results).values()
    picture = words["picture"].format(least=min(times_as_fast), most=max(times_as_fast))
    rows = [line(name, results["seconds"][name], language) for name in SHOWN]
    parts = (
        f"![{picture}]({CHART.relative_to(ROOT).as_posix()})",
        "\n".join([head(results, language), *rows]),
        words["memory"].format(**results["megabytes"]),
        words["gpu"].format(
            card=results["gpu"]["card"],
            concise=seconds(results["gpu"]["concise"]["book_utils"]),
            scratch=seconds(results["gpu"]["scratch"]["book_utils"]),
            d2l=seconds(results["gpu"]["concise"]["d2l"]),
            by_hand=seconds(results["gpu"]["by hand"]),
        ),
    )
    return "\n\n".join(parts)


def put_into(text: str, made: str) -> str:
    """Return the text of a README with the part between the marks made anew."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{made}\n\n{END}{after}"


def read() -> dict[str, Any]:
    """Return the stored results."""
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def draw(results: dict[str, Any], chart: Path) -> None:
    """Draw how many times as fast each row is, as bars. The file also holds the numbers, for a test to read."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    from book_utils import use_svg_display

    use_svg_display()
    times_as_fast = ratios(results)
    names = [name for name in reversed(ROWS) if name in times_as_fast]
    fig, ax = plt.subplots(figsize=(8, 0.42 * len(names) + 0.9), layout="constrained")
    bars = ax.barh([ROWS[name].title.replace("`", "") for name in names], [times_as_fast[n] for n in names], color="b")
    labels = []
    for name in names:
        theirs, ours, *_ = columns(results["seconds"][name])
        ratio = times_as_fast[name]
        labels.append(f"{ratio:.{0 if ratio >= 10 else 1}f} ×   ({theirs} → {ours})")
    ax.bar_label(bars, labels, padding=4)
    ax.set(xscale="log", xlim=(1, max(times_as_fast.values()) * 12), xlabel="times as fast as d2l 0.17.6")
    ax.tick_params(axis="y", length=0)
    fig.savefig(chart, dpi=150, metadata={"Description": json.dumps(labels)})
    plt.close(fig)


def write(results: dict[str, Any]) -> None:
    """Store results, and write the READMEs' part and the chart."""
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    for language, readme in READMES.items():
        text = put_into(readme.read_text(encoding="utf-8"), section(results, language))
        readme.write_text(text, encoding="utf-8", newline="\n")
    draw(results, CHART)


if __name__ == "__main__":
    write(read())
