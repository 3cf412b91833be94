"""What the formulas of a chapter, and its words about code and mathematics, are held to.

A module ``sources/verified/chapter_NN.py`` has one entry for each formula of the chapter and its solutions::

    here = Verified("04")
    here.equation(r"l = -\\log \\hat y_y", lambda: (cross_entropy(o, y), -log(y_hat[y])))
    here.value(r"(0.1, -0.6, 0.5)", lambda: three_gradients(...)[1])
    here.claim("the sum runs along a row", "沿着行求和", lambda: agree(O.sum(dim=1)[0], O[0].sum()))

Entries are keyed by exact TeX, so that a formula that is new or edited has none, and the test says which.
"""

import ast
import importlib
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import CodeType, SimpleNamespace
from typing import Any

import torch
from nbformat import NotebookNode

from tools import book
from tools.meaning import tex as reading

FOLDER = book.ROOT / "sources" / "verified"
Check = Callable[..., Any]


@dataclass
class Texts:
    """The cells of a chapter and its solutions, those of both editions side by side."""

    english: list[NotebookNode]
    chinese: list[NotebookNode]


@dataclass
class Formula:
    """One entry: formulas, what they say written in code, and a check of that."""

    tex: tuple[str, ...]
    said: Check | None
    check: Check

    def faults(self) -> Iterator[str]:
        """Yield what is wrong: the check fails, or would not notice another formula."""
        if self.said is None:
            if not true(self.check()):
                yield "is not true"
            return
        if not true(self.check(self.said)):
            yield "is not true: its check fails"
        for word, change in CHANGES.items():
            component, components = 0, 1
            while component < components:
                other = Perturbed(self.said, component, change)
                if true(self.check(other)) and other.changed:
                    yield f"has a check that cannot fail: it passes with what the formula says {word}"
                component, components = component + 1, other.components


@dataclass
class Claim:
    """A phrase of both editions, and what shows it true."""

    english: str
    chinese: str
    check: Check


@dataclass
class Verified:
    """The entries of one chapter."""

    number: str
    formulas: dict[str, Formula] = field(default_factory=dict)
    stated: dict[str, str] = field(default_factory=dict)  # key of what needs no check: its TeX
    claims: list[Claim] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # entries that contradict themselves

    def equation(self, tex: str | tuple[str, ...], sides: Check) -> None:
        """Register formulas whose sides, written in code, agree: ``sides()`` returns them as a tuple.

        Where the formula has one side only, or defines it, put beside it what else says how large it is: PyTorch,
        autograd, the code of the chapter.
        """
        self.formula(tex, sides, lambda said: agree(*said()))

    def formula(self, tex: str | tuple[str, ...], said: Check, check: Check) -> None:
        """Register formulas that are no equations: ``said`` is what they say in code, ``check(said)`` must be true.

        ``check`` must be false of what is negated, doubled or one too large, in every component on its own.
        """
        several = (tex,) if isinstance(tex, str) else tex
        self._enter(Formula(several, said, check))

    def value(self, tex: str, exact: Check, **symbols: Any) -> None:
        """Register an expression or a list of numbers, which is worked out from the TeX: it must equal ``exact()``.

        Of ``x = 2`` the right side is meant. ``symbols`` are the values of letters.
        """
        side = tex.rsplit("=", 1)[-1].rstrip(" .,")
        self._enter(Formula((tex,), None, lambda: same(reading.evaluate(side, **symbols), exact(), 1e-6)))

    def distribution(self, *several: str) -> None:
        """Register lists of numbers that are called probabilities: none is negative, and their sum is 1."""
        for tex in several:
            values = reading.evaluate(tex.rsplit("=", 1)[-1].rstrip(" .,"))
            self._enter(Formula((tex,), None, lambda values=values: is_distribution(values)))

    def defines(self, tex: str, what: str) -> None:
        """Register a definition or a notation, and say what it defines."""
        if len(what.split()) < 2:
            self.wrong.append(f"{tex}: say what it defines")
        self._state(tex)

    def terms(self, *several: str) -> None:
        """Register expressions that state nothing by themselves."""
        for tex in several:
            if reading.states_something(tex):
                self.wrong.append(f"{tex}: states something, so it is no term; give it a check")
            self._state(tex)

    def claim(self, english: str, chinese: str, check: Check) -> None:
        """Register a phrase of each edition that ``check()`` shows true; each stands in the text once."""
        if not _names(check.__code__):
            self.wrong.append(f"{english}: a check that looks at nothing")
        self.claims.append(Claim(english, chinese, check))

    def code(self, *beginnings: str) -> SimpleNamespace:
        """Run the statements of the chapter's code that begin like these, in the order given; return what they define.

        So formulas and words are compared with the code that readers see.
        """
        names: dict[str, Any] = {"__name__": "a notebook", "math": math, "torch": torch}
        for beginning in beginnings:
            found = {each for each in self._statements if each.startswith(beginning)}
            if len(found) != 1:
                raise LookupError(f"{len(found)} statements of chapter {self.number} begin with {beginning!r}, not one")
            exec(found.pop(), names)
        return SimpleNamespace(**names)

    @cached_property
    def _statements(self) -> list[str]:
        """The statements of the chapter and its solutions, none inside another, without what readers are to write."""
        found = []
        for cell in self.texts.english:
            if cell.cell_type == "code" and "# your code" not in cell.source:
                source = re.sub(r"^%.*$", "", cell.source, flags=re.MULTILINE)
                found += [ast.get_source_segment(source, node) or "" for node in ast.parse(source).body]
        return found

    def has(self, piece: str) -> bool:
        """Tell whether the chapter's code, or its solutions', holds a piece: what cannot be run is at least there."""
        return any(piece in cell.source for cell in self.texts.english if cell.cell_type == "code")

    def numbers(self, pattern: str) -> tuple[float, ...]:
        """Return the numbers that the groups of a pattern find in the chapter's code, which has it once."""
        cells = "\n".join(cell.source for cell in self.texts.english if cell.cell_type == "code")
        found = {match.groups() for match in re.finditer(pattern, cells, flags=re.MULTILINE)}
        if len(found) != 1:
            raise LookupError(f"{len(found)} places of chapter {self.number}'s code look like {pattern!r}, not one")
        return tuple(map(float, found.pop()))

    @cached_property
    def texts(self) -> Texts:
        """The texts of today."""
        return texts_of(self.number)

    def _enter(self, entry: Formula) -> None:
        for tex in entry.tex:
            self._once(tex)
            self.formulas[reading.key(tex)] = entry

    def _state(self, tex: str) -> None:
        self._once(tex)
        self.stated[reading.key(tex)] = tex

    def _once(self, tex: str) -> None:
        if reading.key(tex) in self.formulas or reading.key(tex) in self.stated:
            self.wrong.append(f"{tex}: registered twice")

    def known(self) -> dict[str, str]:
        """Return the TeX of all entries by key."""
        return {reading.key(tex): tex for entry in self.formulas.values() for tex in entry.tex} | self.stated


def _names(code: CodeType) -> set[str]:
    """Return what a piece of code looks at outside itself."""
    inside = [_names(each) for each in code.co_consts if isinstance(each, CodeType)]
    return {*code.co_names, *code.co_freevars}.union(*inside)


class Perturbed:
    """What a formula says, changed in one component: ``changed`` tells whether that made any difference."""

    def __init__(self, said: Check, component: int, change: Check) -> None:
        self.said, self.component, self.change = said, component, change
        self.components, self.changed = 1, False

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        value = self.said(*arguments, **options)
        if not isinstance(value, tuple):
            return self._changed(value)
        self.components = len(value)
        return tuple(self._changed(each) if i == self.component else each for i, each in enumerate(value))

    def _changed(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(self._changed, value))
        is_truth = isinstance(value, bool) or (isinstance(value, torch.Tensor) and value.dtype == torch.bool)
        other = value ^ True if is_truth else self.change(value)
        self.changed = self.changed or not same(value, other)
        return other


CHANGES = {"negated": lambda value: -value, "doubled": lambda value: 2 * value, "plus one": lambda value: value + 1}


def true(value: Any) -> bool:
    """Tell whether a check says yes: anything but a truth value is a mistake in the check."""
    if isinstance(value, torch.Tensor) and value.dtype == torch.bool:
        return bool(value.all())
    if not isinstance(value, bool):
        raise TypeError(f"a check returns True or False, not {value!r}")
    return value


def same(one: Any, other: Any, tolerance: float = 1e-9) -> bool:
    """Tell whether numbers, tensors or tuples of them agree, in shape and value."""
    if isinstance(one, tuple) or isinstance(other, tuple):
        return len(one) == len(other) and all(same(a, b, tolerance) for a, b in zip(one, other))
    one, other = (torch.as_tensor(value, dtype=torch.float64) for value in (one, other))
    return one.shape == other.shape and torch.allclose(one, other, rtol=tolerance, atol=tolerance, equal_nan=True)


def agree(first: Any, *others: Any) -> bool:
    """Tell whether all values are the same, and there are at least two."""
    return bool(others) and all(same(first, other) for other in others)


def is_distribution(values: Any) -> bool:
    """Tell whether numbers are probabilities of things that exclude one another, one of which happens."""
    values = torch.as_tensor(values, dtype=torch.float64)
    return bool((values >= 0).all()) and abs(values.sum().item() - 1) < 1e-9


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    """Return normal random numbers in double precision, the same at each call with the same seed."""
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def derivative(function: Check, at: torch.Tensor) -> torch.Tensor:
    """Return the derivatives of a function of a tensor as PyTorch's automatic differentiation has them."""
    at = at.clone().requires_grad_()
    return torch.autograd.grad(function(at), at)[0]


def gradient(function: Check, at: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    """Return the derivatives of a function of a tensor by finite differences, which know nothing of any formula."""
    found = torch.zeros_like(at)
    for i in range(at.numel()):
        move = torch.zeros_like(at).reshape(-1)
        move[i] = eps
        move = move.reshape(at.shape)
        found.reshape(-1)[i] = (function(at + move) - function(at - move)) / (2 * eps)
    return found


@cache
def texts_of(number: str) -> Texts:
    """Return the cells of a chapter and its solutions, in both editions."""
    editions = []
    for language in (book.ENGLISH, *book.TRANSLATIONS):
        files = sorted((book.ROOT / "sources" / language).rglob(f"{number}-*.md"), key=lambda path: len(path.parts))
        cells = [cell for file in files for cell in book.read_text(file).cells]
        editions.append(cells)
    return Texts(*editions)


@cache
def load(number: str) -> Verified:
    """Return the entries of a chapter."""
    return importlib.import_module(f"sources.verified.chapter_{number}").here


def unregistered(verified: Verified, texts: Texts) -> list[str]:
    """Return, in words, each formula that is untrue or has no entry."""
    known, found = verified.known(), []
    for heading, cell in reading.headed(texts.english):
        for tex in reading.formulas_of(cell.source):
            if reading.is_exempt(tex) or reading.key(tex) in known:
                continue
            if reading.arithmetic(tex) is None:
                found.append(f"under {heading!r}: ${tex}$ has no entry")
            elif not reading.arithmetic(tex):
                found.append(f"under {heading!r}: ${tex}$ is false")
    return found


def unused(verified: Verified, texts: Texts) -> list[str]:
    """Return the entries that no formula of the text uses."""
    formulas = (tex for _, cell in reading.headed(texts.english) for tex in reading.formulas_of(cell.source))
    used = {reading.key(tex) for tex in formulas}
    return [tex for key, tex in verified.known().items() if key not in used]


def untrue(verified: Verified) -> list[str]:
    """Return the formulas and claims that do not hold, and the checks that check nothing."""
    found = list(verified.wrong)
    entries = {id(entry): entry for entry in verified.formulas.values()}.values()
    for entry in entries:
        found += [f"{entry.tex[0]}: {fault}" for fault in _faults(entry)]
    for claim in verified.claims:
        try:
            holds = true(claim.check())
        except Exception as error:
            found.append(f"{claim.english!r}: {error!r}")
        else:
            found += [] if holds else [f"{claim.english!r}: is not true"]
    return found


def _faults(entry: Formula) -> list[str]:
    try:
        return sorted(set(entry.faults()))
    except Exception as error:
        return [repr(error)]


def misplaced(verified: Verified, texts: Texts) -> list[str]:
    """Return, in words, each claim whose phrases do not stand once in each edition, in one and the same cell."""
    english, chinese = ([plain(cell.source) for cell in cells] for cells in (texts.english, texts.chinese))
    found = []
    for claim in verified.claims:
        places = [
            [i for i, cell in enumerate(cells) for _ in range(cell.count(plain(phrase)))]
            for cells, phrase in ((english, claim.english), (chinese, claim.chinese))
        ]
        for phrase, where in zip((claim.english, claim.chinese), places):
            if len(where) != 1:
                found.append(f"{phrase!r} stands in the text {len(where)} times, not once")
        if [len(where) for where in places] == [1, 1] and places[0] != places[1]:
            found.append(f"{claim.english!r} and {claim.chinese!r} stand in different cells")
    return found


def plain(text: str) -> str:
    """Return a text without marks and quotation signs, each space as one."""
    return " ".join(reading.MARKS.sub("", text).split())


def other_words(texts: Texts, words: dict[str, str]) -> list[str]:
    r"""Return the formulas of the translation whose ``\text{...}`` says something else than the English one."""
    found = []
    for theirs, ours in zip(texts.english, texts.chinese):
        if theirs.cell_type == "markdown":
            english = [reading.key(reading.translated(tex, {})) for tex in reading.formulas_of(theirs.source)]
            for tex in reading.formulas_of(ours.source):
                if r"\text" in tex and reading.key(reading.translated(tex, words)) not in english:
                    found.append(tex)
    return found
