"""Help with the marks of ``tools.meaning.numbers``: find them, write them, carry them over to a translation.

    uv run python -m tools.meaning.marking list en/05    what is wrong or unmarked, with the marks that would hold
    uv run python -m tools.meaning.marking fill en/05    write the mark where only one is likely; look at each
    uv run python -m tools.meaning.marking carry zh/05   copy the marks of the English text to the same numbers

All read the text in ``sources`` and the outputs in ``notebooks``, so there is nothing to build in between; ``tools.book
renew`` brings the English notebook up to date at the end, ``tools.book stamp`` the translated one.
"""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from tools import book
from tools.meaning import numbers
from tools.meaning.numbers import Cell, Lesson, Number, Wrong

SHOWN = 8  # of the marks that would hold for a number
UNITS = {"minutes": ("minute", "分钟"), "seconds": ("second", "秒")}


def draft(source: Path) -> Lesson:
    """Return the lesson of a text as it stands now, with the outputs of its notebook."""
    notebook, stored = book.read_source(source), book.read(book.notebook_of(source))
    cells = [[cell for cell in each.cells if cell.cell_type == "code"] for each in (notebook, stored)]
    if [cell.source for cell in cells[0]] != [cell.source for cell in cells[1]]:
        raise SystemExit(f"{source.name} has other code than its notebook: build it first")
    for cell, built in zip(*cells):
        cell.outputs = built.outputs
    place = source.resolve().relative_to(book.ROOT / "sources")
    name = place.with_suffix("").as_posix()
    return Lesson(name, notebook, place.parts[0], lambda other: draft(book.source_of(other)))


def holds(lesson: Lesson, index: int, number: Number, mark: str) -> bool:
    """Tell whether a mark would hold for a number."""
    try:
        numbers.verify(lesson, index, Number(**{**vars(number), "mark": mark}))
    except Wrong:
        return False
    return True


def quoted(words: str) -> str | None:
    """Return words as a mark quotes them, or nothing if a mark cannot have them in it."""
    if numbers.FORBIDDEN.search(words) or ("'" in words and '"' in words):
        return None
    return f"'{words}'" if '"' in words else f'"{words}"'


def piece_of(lesson: Lesson, cell: Cell) -> str | None:
    """Return the shortest line of code that this cell alone has, quoted, or nothing."""
    lines = {line.strip() for line in cell.code.splitlines() if not re.search(r'#|"""|^\W*$', line)}
    for line in sorted(lines, key=lambda line: (len(line) < 8, len(line))):
        if sum(line in other.code for other in lesson.cells.values()) == 1 and quoted(line):
            return quoted(line)
    return None


def anchors(text: str, place: int, shortest: int = 3) -> Iterator[str]:
    """Yield words that end before a place, quoted, without results in them: first few, then more."""
    before = text[:place].rstrip(" -−")
    for start in reversed([each.start() for each in re.finditer(r"(?<![\w.])[A-Za-z]", before)][-8:]):
        words = before[start:]
        if len(words) > 50 or re.search(r"\d\.\d|\d,\d{3}", words):
            return
        if len(words) >= shortest and quoted(words):
            yield quoted(words)


def behind_words(text: str, places: list[int], i: int) -> Iterator[str]:
    """Yield ways to say which number of a text is meant, the clearest first: behind words, or a few numbers later."""
    yield from anchors(text, places[i])
    for back in (2, 3, 4):
        before = places[i - back + 1] if i >= back - 1 else 0
        yield from (f"{words} #{back}" for words in anchors(text, before, shortest=6))


def results(lesson: Lesson, index: int, number: Number, cell: Cell, where: str = "") -> Iterator[str]:
    """Yield the marks that say where in a cell's output a number stands."""
    size, places = len(number.values), [place for place, _ in cell.results]
    for i in range(len(places) - size + 1):
        found = (value for _, value in cell.results[i : i + size])
        if all(value.reports(result) for value, result in zip(number.values, found)):
            named = (f"out {words}{where}" for words in behind_words(cell.said, places, i))
            yield next((mark for mark in named if holds(lesson, index, number, mark)), f"out #{i + 1}{where}")


def settings(lesson: Lesson, index: int, number: Number, cell: Cell, where: str = "") -> Iterator[str]:
    """Yield the marks that say where in a cell's code a number stands."""
    size, places = len(number.values), [place for place, _ in cell.literals]
    for i in range(len(places) - size + 1):
        if all(v.value == found.value for v, (_, found) in zip(number.values, cell.literals[i : i + size])):
            named = (f"code {words}{where}" for words in behind_words(cell.code, places, i))
            yield from [mark for mark in named if len(mark) > 16 and holds(lesson, index, number, mark)][:1]


def likely(lesson: Lesson, index: int, number: Number) -> list[str]:
    """Return the marks for the output that a mark means without a place."""
    try:
        (default,) = lesson.cells_for(index, None)
    except Wrong:
        return []
    return list(results(lesson, index, number, default))


def possible(lesson: Lesson, index: int, number: Number) -> list[str]:
    """Return all other marks that would hold, the nearest first: facts, names, and other outputs and settings.

    Where a chapter's exercises set a number, it stands in the code of the solutions; these speak of the chapter.
    """
    names = {**lesson.facts, **numbers.facts(), **lesson.given}
    found = [f"= {name}" for name in names if holds(lesson, index, number, f"= {name}")]
    near = likely(lesson, index, number)
    for cell in sorted(lesson.cells.values(), key=lambda cell: abs(cell.index - index)):
        if cell.said and (piece := piece_of(lesson, cell)):
            found += [
                mark
                for mark in results(lesson, index, number, cell, f" in {piece}")
                if mark.removesuffix(f" in {piece}") not in near
            ]
        found += settings(lesson, index, number, cell)
    other = lesson.chapter if "solutions/" in lesson.name else f"solutions/{lesson.chapter}"
    for cell in lesson.other(other).cells.values():
        found += settings(lesson, index, number, cell, f" of {other}")
        found += results(lesson, index, number, cell, f" of {other}")
    return [mark for mark in dict.fromkeys(found) if holds(lesson, index, number, mark)]


def only_likely(lesson: Lesson, index: int, number: Number, source: str) -> str | None:
    """Return the mark that a number most likely needs, or nothing where a person has to choose."""
    for fact, units in UNITS.items():
        if source[number.end :].lstrip().startswith(units) and holds(lesson, index, number, f"= {fact}"):
            return f"= {fact}"
    written = re.sub(r"[^\d]", "", number.written).strip("0")
    if len(written) < 2 and number.mark is None:  # such a number stands in many places by chance
        return None
    near = likely(lesson, index, number)
    if not near and number.mark == "out":
        near = [mark for mark in possible(lesson, index, number) if mark.startswith("out")]
    return near[0] if len(near) == 1 else None


def marked(source: str, marks: dict[int, str]) -> str:
    """Return a text with marks behind the numbers that end at certain places, in place of those that stand there."""
    for end in sorted(marks, reverse=True):
        rest = source[end:]
        old = numbers.MARK.match(rest)
        source = f"{source[:end]}<!--{marks[end]}-->{rest[old.end() :] if old else rest}"
    return source


def open_numbers(lesson: Lesson) -> list[tuple[int, Number, str]]:
    """Return the numbers that have no mark or a wrong one, each with its cell and the reason."""
    wrong = [(index, number, reason) for index, number, reason in numbers.wrong_marks(lesson) if number]
    return sorted(wrong + [(i, n, "") for i, n in numbers.unmarked(lesson)], key=lambda each: (each[0], each[1].start))


def show(source: Path) -> None:
    """Print what is wrong or unmarked in a text, with the marks that would hold."""
    lesson = draft(source)
    for index, number, reason in numbers.wrong_marks(lesson):
        if number is None:
            print(f"{lesson.name}, cell {index}: {reason}")
    for index, number, reason in open_numbers(lesson):
        print(f"\ncell {index:3}  {number.written}  {number.sentence}")
        if reason:
            print(f"    <!--{number.mark}-->: {reason}")
        for mark in (likely(lesson, index, number) + possible(lesson, index, number))[:SHOWN]:
            print(f"    <!--{mark}-->")


def fill(source: Path) -> None:
    """Write a mark wherever only one is likely."""
    lesson, notebook, chosen = draft(source), book.read_text(source), defaultdict(dict)
    texts = dict(lesson.texts)
    for index, number, _ in open_numbers(lesson):
        if mark := only_likely(lesson, index, number, texts[index]):
            chosen[texts[index]][number.end] = mark
            print(f"cell {index:3}  {number.written}<!--{mark}-->  {number.sentence}")
    rewrite(source, notebook, {text: marked(text, marks) for text, marks in chosen.items()})
    print(f"{sum(map(len, chosen.values()))} marks written, {len(open_numbers(draft(source)))} numbers are left")


def rewrite(source: Path, notebook: NotebookNode, texts: dict[str, str]) -> None:
    """Write a text in which some cells say something else."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = texts.get(cell.source, cell.source)
    source.write_text(book.text_of(notebook), encoding="utf-8", newline="\n")


def carried(english: str, translated: str) -> tuple[str, list[str]]:
    """Return a translated text with the marks of the English one, and what has to be done by hand."""
    theirs, ours = defaultdict(list), defaultdict(list)
    for numbers_of_one, found in ((theirs, numbers.numbers_in(english)), (ours, numbers.numbers_in(translated))):
        for number in found:
            numbers_of_one[number.values].append(number)
    marks, to_do = {}, []
    for values, originals in theirs.items():
        wanted, here = [number.mark for number in originals], ours.get(values, [])
        if not any(wanted):
            continue
        if len(here) != len(wanted) and len({*wanted}) > 1 or not here:
            to_do.append(f"{originals[0].written}: {wanted} in English, here {[number.sentence for number in here]}")
            continue
        had = [number.mark for number in here]
        if len({*wanted}) > 1 and had != wanted:
            to_do.append(
                f"{originals[0].written}: {wanted} in this order; is it the right one here? {here[0].sentence}"
            )
            if sorted(map(str, had)) == sorted(map(str, wanted)):  # a person has put them into another order
                continue
        marks |= {number.end: mark for number, mark in zip(here, wanted + wanted[-1:] * len(here)) if mark}
    return marked(translated, marks), to_do


def carry(source: Path) -> None:
    """Copy the marks of the English text to the same numbers of a translation."""
    notebook, english = book.read_text(source), book.read_text(book.english_of(source))
    for cell, original in zip(notebook.cells, english.cells):
        if cell.cell_type == "markdown":
            cell.source, to_do = carried(original.source, cell.source)
            for each in to_do:
                print(f"{source.stem}, {original.source.splitlines()[0][:50]!r}: {each}")
    source.write_text(book.text_of(notebook), encoding="utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["list", "fill", "carry"])
    parser.add_argument("names", nargs="+", metavar="NAME", help="part of a chapter's name, such as en/07")
    options = parser.parse_args(arguments)
    for source in book.chosen("stamp" if options.command == "carry" else options.command, options.names):
        print(f"{options.command} {source.relative_to(book.ROOT).as_posix()}", flush=True)
        {"list": show, "fill": fill, "carry": carry}[options.command](source)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
