"""How long the core path of a chapter takes, and how long its cells are: said honestly, and kept short.

    uv run python -m tools.pace [NAME ...]      a line for each chapter, or for some, such as en/05 or 05

Core path is what a reader meets from the title to the exercises, folds not opened. The rates are those of people who
read the chapters with a watch: 73 and 80 minutes for chapters 01 and 08 as they were when they held 4,300 and 4,700
words.
"""

import re
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from tools import book, chapters

MOST_MINUTES = 60
MEDIAN_LINES, MOST_LINES, SHORT_ENOUGH = 4, 12, 0.9
"""Half of the cells have so many lines at most, and nine of ten so many."""

WORDS_A_MINUTE = 120
CHARACTERS_A_WORD = 1.7
"""Chinese."""
MINUTES = {"lines": 1 / 12, "formulas": 0.5, "figures": 0.75, "questions": 0.75}

EXERCISES = re.compile(r"^## (?:Exercises|练习)", re.MULTILINE)
QUESTION = re.compile(r"\*\*(?:Predict, then run|先猜，再运行)")


@dataclass(frozen=True)
class Pace:
    """What a chapter's core path holds: counts, and the lines of each of its code cells."""

    words: float
    formulas: int
    figures: int
    questions: int
    cells: tuple[int, ...]

    @property
    def minutes(self) -> float:
        counts = {"lines": sum(self.cells), **{name: getattr(self, name) for name in MINUTES if name != "lines"}}
        return self.words / WORDS_A_MINUTE + sum(counts[name] * each for name, each in MINUTES.items())

    @property
    def short(self) -> float:
        """Share of the cells that are short enough."""
        return sum(lines <= MOST_LINES for lines in self.cells) / len(self.cells)


def of(source: Path) -> Pace:
    """Measure a text."""
    words, formulas, figures, questions, cells = 0.0, 0, 0, 0, []
    for cell in book.read_text(source).cells:
        if cell.cell_type == "markdown" and EXERCISES.search(cell.source):
            break
        if cell.cell_type == "code":
            if "hide-input" not in cell.metadata.get("tags", []):
                cells.append(sum(bool(line.strip()) for line in cell.source.splitlines()))
            figures += "alt" in cell.metadata
            continue
        prose = re.sub(r"<!--.*?-->|<details>.*?</details>", "", cell.source, flags=re.DOTALL)
        questions += len(QUESTION.findall(prose))
        prose, found = re.subn(r"\$\$.*?\$\$", "", prose, flags=re.DOTALL)
        formulas += found
        words += len(re.findall(r"[A-Za-z]\w*", prose)) + len(re.findall("[一-鿿]", prose)) / CHARACTERS_A_WORD
    return Pace(words, formulas, figures, questions, tuple(cells))


def main(names: list[str]) -> int:
    for source in (
        text for edition in (book.ENGLISH, *book.TRANSLATIONS) for text in chapters.texts(book.ROOT, edition)
    ):
        place = f"{source.parent.name}/{source.stem[:2]}"
        if not names or any(name in place for name in names):
            pace, said = of(source), chapters.facts(source)["minutes"]
            print(
                f"{place}  {pace.minutes:3.0f} minutes ({said} said), {pace.words:.0f} words, "
                f"{len(pace.cells)} cells of {statistics.median(pace.cells):.0f} lines (median), "
                f"{pace.short:.0%} within {MOST_LINES}"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
