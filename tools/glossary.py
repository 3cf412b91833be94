"""The glossary as a page of each edition, made from ``sources/glossary.csv``: from English to Chinese, and back.

Every row with a chapter, which everyday words lack, stands there: its term, its Chinese word, the word of the course
book where that is another, and the chapter that introduces it. The other columns are for tests, which they loosen.
"""

import csv
import re
from pathlib import Path

PAGE = "glossary"
"""The name of the page in each edition."""
WORDS = {
    "en": {
        "head": "# Glossary\n\n[中文版](../zh/glossary.ipynb)\n\n"
        "In this book a term has one Chinese word. Where the course book, *Dive into Deep Learning*, has another in "
        "its Chinese edition, that stands beside it. The last column leads to the chapter that introduces the term.",
        "there": "From English to Chinese",
        "back": "From Chinese to English, in the order of pinyin",
        "columns": ("English", "Chinese", "in the course book", "introduced in"),
        "chapter": "chapter {}",
    },
    "zh": {
        "head": "# 术语表\n\n[English](../en/glossary.ipynb)\n\n"
        "本书里一个术语只有一种中文说法。教材《动手学深度学习》用词不同的，列在“教材译名”一栏。最后一栏是首次讲到这个术语的章节。",
        "there": "从英文查中文",
        "back": "从中文查英文（按拼音排列）",
        "columns": ("英文", "中文", "教材译名", "首见章"),
        "chapter": "第 {} 章",
    },
}
LEVEL_2 = str.maketrans("熵阈", "商玉")
"""Characters that GB 2312 does not order by pinyin, and others of the same sound that it does."""


def rows(sources: Path) -> list[dict[str, str]]:
    """Return the rows of the glossary in the folder of the texts."""
    with (sources / "glossary.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_searched_for(term: str) -> str:
    """Return a term in the American spelling, which is that of libraries, papers and search engines."""
    american = re.sub(r"(?<=\w{3})(?<!exerc)is(?=er|ation|ing|e\b)", "iz", term)
    return american.replace("data set", "dataset").replace("hyper-parameter", "hyperparameter")


def by_pinyin(word: str) -> tuple[bool, bytes]:
    """Return what to sort Chinese words by: GB 2312 has its frequent characters in the order of pinyin."""
    return not word[0].isascii(), word.translate(LEVEL_2).lower().encode("gb2312")


def table(columns: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    """Return a table in markdown."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (columns, ("---",) * len(columns), *lines)).replace(
        "  ", " "
    )


def cells(sources: Path, language: str) -> list[str]:
    """Return the texts of the page's cells: what it is, and a table for each direction."""
    words = WORDS[language]
    lines = [
        (
            as_searched_for(row["English"]) if language == "zh" else row["English"],
            row["中文"],
            row["book"],
            words["chapter"].format(row["chapter"]),
        )
        for row in rows(sources)
        if row["chapter"]
    ]
    english, chinese, *others = words["columns"]
    back = sorted(((line[1], line[0], *line[2:]) for line in lines), key=lambda line: by_pinyin(line[0]))
    return [
        words["head"],
        f"## {words['there']}\n\n{table((english, chinese, *others), lines)}",
        f"## {words['back']}\n\n{table((chinese, english, *others), back)}",
    ]
