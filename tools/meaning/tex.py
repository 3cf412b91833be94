"""Formulas as they are written: how to find them, to compare them, and to work out those that hold numbers only."""

import math
import re
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

FENCES_AND_CODE = re.compile(r"```.*?```|`[^`\n]*`", flags=re.DOTALL)
MARKS = re.compile(r"<!--.*?-->|^> ?", flags=re.DOTALL | re.MULTILINE)
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$]+)\$", flags=re.DOTALL)
TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\d+(?:\.\d+)?|\S")
SPACE = {r"\,", r"\;", r"\!", r"\:", r"\ ", r"\quad", r"\qquad", r"\left", r"\right", "~"}

# A symbol alone states nothing: a letter or a command, in a font, with an accent, with indices that are no powers.
FONT = r"(?:\\(?:mathbf|mathrm|mathcal|mathbb|boldsymbol|operatorname\*?|hat|bar|tilde)\s*)"
LETTER = r"(?:[A-Za-z]|\\[A-Za-z]+)"
NUCLEUS = rf"(?:{FONT}*\{{\s*{FONT}*\s*(?:{LETTER}|[A-Za-z]+)\s*\}}|{FONT}*{LETTER})"
BELOW = rf"(?:_(?:\d|{LETTER}|\{{[A-Za-z\d\s\\{{}},()]+\}}))"
ABOVE = r"(?:\^(?:\*|\\top|\{\(\w+\)\})|')"
SYMBOL = re.compile(rf"{NUCLEUS}(?:{BELOW}|{ABOVE})*")
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")

RELATIONS = {"=": "=", r"\approx": "=", "<": "<", ">": ">", r"\le": "<=", r"\ge": ">=", r"\ne": "!="}
STATES = {*RELATIONS, r"\in", r"\sim", r"\leftarrow", r"\to"}
CONSTANTS = {"e": math.e, r"\pi": math.pi, r"\infty": math.inf}


class Unreadable(Exception):
    """A formula is not made of numbers and the given symbols alone."""


def formulas_of(text: str) -> list[str]:
    """Return the formulas of a text, in order, without the dollars."""
    text = re.sub(r"^> ?", "", FENCES_AND_CODE.sub("`", text), flags=re.MULTILINE)
    return [" ".join((display or inline).split()) for display, inline in FORMULA.findall(text)]


def headed(cells: list[NotebookNode]) -> Iterator[tuple[str, NotebookNode]]:
    """Yield each cell of markdown with the last heading up to it."""
    heading = ""
    for cell in cells:
        if cell.cell_type == "markdown":
            heading = ([heading] + re.findall(r"^#+ (.*)$", cell.source, flags=re.MULTILINE))[-1]
            yield heading, cell


def key(tex: str) -> str:
    """Return a formula without what does not matter: spaces, and the comma or full stop behind it."""
    return re.sub(r"(?: (?:[.,;]|\\qquad|\\,))+$", "", " ".join(TOKEN.findall(tex)))


def is_exempt(tex: str) -> bool:
    """Tell whether a formula states nothing: a symbol alone, or a number, which ``numbers.py`` looks after."""
    return bool(SYMBOL.fullmatch(tex.strip()) or NUMBER.fullmatch(tex.strip()))


def states_something(tex: str) -> bool:
    """Tell whether a formula has a relation in it."""
    return any(token in STATES for token in TOKEN.findall(tex))


def translated(tex: str, words: dict[str, str]) -> str:
    r"""Return a formula with the words in its ``\text{...}`` replaced."""

    def other(found: re.Match[str]) -> str:
        return rf"\text{{{words.get(found[1].strip(), found[1]).strip()}}}"

    return re.sub(r"\\text\{([^}]*)\}", other, tex)


def arithmetic(tex: str) -> bool | None:
    """Work out a formula that relates numbers; return whether it holds, or None if it is not of that kind.

    Both = and ≈ allow for the rounding of a side that is written as decimals.
    """
    pieces = re.split(r"(=|<|>|\\approx(?![a-z])|\\le(?![a-z])|\\ge(?![a-z])|\\ne(?![a-z]))", tex.rstrip(" .,"))
    if len(pieces) == 1:
        return None
    try:
        sides = [(evaluate(side), rounding(side)) for side in pieces[::2]]
    except Unreadable:
        return None
    if any(isinstance(value, tuple) for value, _ in sides):
        return None
    for (left, a), relation, (right, b) in zip(sides, pieces[1::2], sides[1:]):
        close = left == right or abs(left - right) <= (a + b) * (1 + 1e-6) + 1e-9 * min(abs(left), abs(right))
        holds = {"=": close, "!=": not close, "<": left < right, ">": left > right}
        holds |= {"<=": left <= right, ">=": left >= right}
        if not holds[RELATIONS[relation]]:
            return False
    return True


def rounding(side: str) -> float:
    """Return how far the exact value may be from a side that is written out in decimals, or in powers of ten."""
    side = re.sub(r"\\,|\s", "", side)
    decimal = r"[-+]?\d+(?:\.\d+)?"
    if found := re.fullmatch(rf"({decimal})\\cdot10\^\{{?(-?\d+)\}}?", side):
        return _half_a_digit(found[1]) * 10.0 ** int(found[2])
    if re.fullmatch(rf"(?:{decimal})+", side) and "." in side:
        return sum(map(_half_a_digit, re.findall(decimal, side)))
    return 0.0


def _half_a_digit(number: str) -> float:
    return 0.5 * 10.0 ** -len(number.partition(".")[2])


def evaluate(tex: str, **symbols: Any) -> Any:
    """Return the value of a formula of numbers and named symbols; of a list in brackets, a tuple."""
    tex = re.sub(r"(?<=\d)\\,(?=\d{3})", "", tex)  # 47\,040\,000
    reader = Reader([token for token in TOKEN.findall(tex) if token not in SPACE], {**CONSTANTS, **symbols})
    value = reader.sum()
    if reader.tokens:
        raise Unreadable(tex)
    return value


class Reader:
    r"""Reads a formula from left to right: sums of products of powers. ``\frac12`` takes single digits, as TeX does."""

    def __init__(self, tokens: list[str], symbols: dict[str, Any]) -> None:
        self.tokens = tokens
        self.symbols = symbols

    def accept(self, *wanted: str) -> str:
        """Take the next token if it is one of these."""
        return self.tokens.pop(0) if self.tokens and self.tokens[0] in wanted else ""

    def expect(self, wanted: str) -> None:
        if not self.accept(wanted):
            raise Unreadable(wanted)

    def sum(self) -> Any:
        value = self.product()
        while sign := self.accept("+", "-"):
            term = self.product()
            value = value + term if sign == "+" else value - term
        return value

    def product(self) -> Any:
        if sign := self.accept("-", "+"):
            return -self.product() if sign == "-" else self.product()
        value = self.power()
        while self.tokens and self.tokens[0] not in {"+", "-", ")", "]", "}", ",", "|"}:
            if self.accept("/"):
                value = value / self.power()
            else:
                self.accept(r"\cdot", r"\times")
                value = value * (-self.power() if self.accept("-") else self.power())
        return value

    def power(self) -> Any:
        value = self.atom()
        return value ** self.argument() if self.accept("^") else value

    def argument(self) -> Any:
        """Read what an index or ``\\frac`` applies to: a group, or a single digit, letter or command."""
        if self.tokens and self.tokens[0].isdigit() and len(self.tokens[0]) > 1:
            first, self.tokens[0] = self.tokens[0][0], self.tokens[0][1:]
            return int(first)
        return self.atom()

    def atom(self) -> Any:
        token = self.tokens.pop(0) if self.tokens else ""
        if re.fullmatch(r"\d+(?:\.\d+)?", token):
            return float(token)
        if token in (r"\frac", r"\tfrac"):
            above = self.argument()
            return above / self.argument()
        if token == r"\sqrt":
            return self.argument() ** 0.5
        if token in (r"\ln", r"\log", r"\exp"):
            value = self.power()
            return math.exp(value) if token == r"\exp" else math.log(value) if value else -math.inf
        if token == "{":
            value = self.sum()
            self.expect("}")
            return value
        if token == "|":
            value = abs(self.sum())
            self.expect("|")
            return value
        if token == "(":
            values = [self.sum()]
            while self.accept(","):
                values.append(self.sum())
            self.expect(")")
            return tuple(values) if len(values) > 1 else values[0]
        if token in self.symbols:
            return self.symbols[token]
        raise Unreadable(token)
