"""Begin a chapter: everything that a chapter consists of, small but whole, so that the suite passes from the start.

``uv run python -m tools.book new 11-hidden-layers`` writes the texts of all editions and their solutions, the module of
its exercises with what is said in each language, the registry of its formulas, and the READMEs' rows; then it builds
the notebooks. What it writes is in ``tools/new_chapter``. The rest is writing: replace what stands there.
"""

import re
from pathlib import Path

from tools import book, chapters

TEMPLATES = Path(__file__).parent / "new_chapter"

# What the check of the first exercise says, by language: what it returns, and the hint for each mistake.
SAID = {
    "en": ("mean", {"sum": "Divide by the number of entries.", "last": "This is the last entry alone."}),
    "zh": ("均值", {"sum": "还要除以项数。", "last": "这只是最后一项。"}),
}

# What ``hint`` says to it, level by level.
LEVELS = {
    "en": ("What is a mean, in words?", "Two steps: first a sum, then a quotient.", "x.sum() / len(x), or x.mean()."),
    "zh": ("用一句话说，均值是什么？", "分两步，先求和，再相除。", "x.sum() / len(x)，或者 x.mean()。"),
}

# Answers that ``tests/attempts.py`` attacks its check with.
ATTEMPTS = {
    "RIGHT": ("x.mean()", "x.sum() / len(x)", "sum(x.tolist()) / len(x)", "np.mean(x.numpy())"),
    "WRONG": (
        "x.sum()",
        "x[-1]",
        "x[0]",
        "x.median()",
        "x.sum() / (len(x) - 1)",
        "x.abs().mean()",
        "x.mean().round()",
        "(x.max() + x.min()) / 2",
    ),
}

# What ``tests/signs.py`` notes of it.
SIGNS = """\
    "{number}.2": {{
        "sum": ("number of entries", "还要除以项数", 17, 3),
        "last": ("last entry alone", "最后一项", 13, 3),
    }},
"""


def begin(name: str) -> None:
    """Write a new chapter, and build its notebooks."""
    for source in write(name):
        book.build(source)
        print(f"{source.relative_to(book.ROOT)} and its notebook", flush=True)
    for language in (book.ENGLISH, *book.TRANSLATIONS):
        *_, before = [text for text in chapters.texts(book.ROOT, language) if text.stem < name]
        book.renew(book.notebook_of(before))  # leads on to the new one


def write(name: str) -> list[Path]:
    """Write what a new chapter consists of, without the notebooks; return its texts.

    Nothing is written if the name is taken, or does not look like ``11-hidden-layers``.
    """
    if not re.fullmatch(r"\d\d-[a-z0-9]+(?:-[a-z0-9]+)*", name):
        raise SystemExit(f"a chapter is called like 11-hidden-layers, not {name!r}")
    number = name[:2]
    if taken := [path.stem for path in (book.ROOT / "sources" / book.ENGLISH).glob(f"{number}-*.md")]:
        raise SystemExit(f"there is a chapter {number} already: {taken[0]}")
    words = {"NAME": name, "NN": number, "TITLE": name[3:].replace("-", " ").capitalize()}
    exercises = book.ROOT / "book_utils" / "exercises"
    sources = []
    for language in (book.ENGLISH, *book.TRANSLATIONS):
        for folder in ("", "solutions"):
            source = book.ROOT / "sources" / language / folder / f"{name}.md"
            fill(TEMPLATES / folder / f"{language}.md", source, words)
            if book.is_translation(source):
                book.stamp(source)
            sources.append(source)
        add_words(exercises / f"messages_{language}.py", number, *SAID[language])
        add_at_the_end(exercises / f"levels_{language}.py", entry(number, LEVELS[language], "()"))
    fill(TEMPLATES / "exercises.py.txt", exercises / f"chapter_{number}.py", words)
    fill(TEMPLATES / "verified.py.txt", book.ROOT / "sources" / "verified" / f"chapter_{number}.py", words)
    add_at_the_end(book.ROOT / "tests" / "signs.py", SIGNS.format(number=number))
    for kind, answers in ATTEMPTS.items():
        add_to(book.ROOT / "tests" / "attempts.py", kind, entry(number, answers, "[]"))
    book.write_readmes()
    return sources


def fill(template: Path, target: Path, words: dict[str, str]) -> None:
    """Write a file from its template."""
    text = template.read_text(encoding="utf-8")
    for word, meaning in words.items():
        text = re.sub(rf"\b{word}\b", meaning, text)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")


def add_words(messages: Path, number: str, quantity: str, hints: dict[str, str]) -> None:
    """Add to a language's messages what the new chapter's exercise returns, and the hints for its mistakes."""
    text = messages.read_text(encoding="utf-8")
    text = text.replace("\n}\n\nHINTS", f'\n    "{number}.2": "{quantity}",\n}}\n\nHINTS')
    messages.write_text(text, encoding="utf-8", newline="\n")
    lines = "".join(f'        "{mistake}": "{hint}",\n' for mistake, hint in hints.items())
    add_at_the_end(messages, f'    "{number}.2": {{\n{lines}    }},\n')


def entry(number: str, texts: tuple[str, ...], brackets: str) -> str:
    """Return an entry of a dictionary: texts for the new chapter's exercise, in these brackets."""
    lines = "".join(f'        "{text}",\n' for text in texts)
    return f'    "{number}.2": {brackets[0]}\n{lines}    {brackets[1]},\n'


def add_to(module: Path, name: str, entry: str) -> None:
    """Add an entry to the dictionary of this name in a module."""
    before, head, rest = module.read_text(encoding="utf-8").partition(f"\n{name} = {{\n")
    inside, end, after = rest.partition("\n}\n")
    module.write_text(f"{before}{head}{inside}\n{entry.rstrip()}{end}{after}", encoding="utf-8", newline="\n")


def add_at_the_end(module: Path, entry: str) -> None:
    """Add an entry to the dictionary that a module ends with."""
    text = module.read_text(encoding="utf-8")
    module.write_text(re.sub(r"\}\n\Z", lambda end: entry + end[0], text), encoding="utf-8", newline="\n")
