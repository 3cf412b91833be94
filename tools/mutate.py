"""Are the inputs of the exercises strong? Small edits of the right answers, made by machine, should be refused.

    uv run python -m tools.mutate [NUMBER ...] [--show]     a line for each exercise, such as 05.2, or for some

Each right answer is changed in one place: an operator, a number, a name, a call, an axis, a branch, what is
returned. Where that makes fewer than 40 different ones, some are changed in two places. An edit that is accepted is
tried on many more arguments: either it differs there, and the inputs are too weak, or it is another way to say the
same.
"""

import argparse
import ast
import copy
import inspect
import itertools
import random
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

from book_utils.exercises import EXERCISES
from book_utils.exercises.calling import Beginning, Clock, OutOfTime, as_numbers, quiet, undisturbed, within
from book_utils.exercises.exercise import Answer, Exercise
from book_utils.exercises.judging import outcome, right, trials_of

LEAST = 40
"""Edits of each answer."""

MORE = range(1000, 1150, 10)
"""Seeds of more arguments, which tell an edit which says the same from one that was not caught."""

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
SIBLINGS = [
    ("sum", "mean", "max", "min", "prod", "std"),
    ("argmax", "argmin"),
    ("log", "log2", "log10", "exp", "sqrt"),
    ("exp", "exp2", "abs"),
    ("abs", "square", "neg"),
    ("ceil", "floor"),
    ("zeros_like", "ones_like"),
]
"""Functions that are taken for each other."""

RETURNED = (
    "-({})",
    "2 * ({})",
    "({}) / 2",
    "({}) + 1",
    "({}) * 1.01",
    "abs({})",
    "({}) ** 2",
    "0 * ({})",
    "torch.as_tensor({}).sum()",
    "torch.as_tensor({}).double().mean()",
    "torch.as_tensor({}).flatten()[:1]",
    "torch.as_tensor({}).flatten()",
    "torch.as_tensor({}).flatten().flip(0).reshape(torch.as_tensor({}).shape)",
    "torch.as_tensor({}).double().round(decimals=2)",
    "torch.as_tensor({}).clamp(-1, 1)",
    "torch.as_tensor({}).unsqueeze(0)",
)
"""What may be done to a result."""


@dataclass
class Report:
    """What became of the edits of one answer.

    Attributes:
        tried: How many there were.
        same: Those that are accepted, and right wherever they were tried.
        missed: Those that are accepted though they are wrong.
    """

    tried: int = 0
    same: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def report(exercise: Exercise, most: int | None = None) -> Report:
    """Try the edits of an exercise's right answer: all of them, or as many as ``most``, drawn at random."""
    found = Report()
    more = None
    with undisturbed(), quiet(Beginning()):
        texts = mutants(exercise)
        for text in texts if most is None else random.Random(0).sample(texts, min(most, len(texts))):
            found.tried += 1
            answer = function(text, exercise)
            if refused(answer, exercise, trials_of(exercise).tries, trials_of(exercise).expected):
                continue
            more = more or further(exercise)
            (found.missed if refused(answer, exercise, *more) else found.same).append(text)
    return found


def further(exercise: Exercise) -> tuple[list, list]:
    """Return arguments that the check does not try, and what is right there."""
    tries = [arguments for seed in MORE for arguments in exercise.tries(seed)]
    return tries, [as_numbers(right(exercise, arguments)) for arguments in tries]


def refused(answer: Answer, exercise: Exercise, tries: list, expected: list) -> bool:
    """Tell whether an answer is wrong on any of these inputs."""
    for arguments, asked in zip(tries, expected):
        try:
            result = within(Clock(1.0), lambda arguments=arguments: outcome(answer, arguments, exercise))
        except OutOfTime:
            return True
        if result is None or isinstance(result, str) or not trials_of(exercise).right(result, asked):
            return True
    return False


def function(text: str, exercise: Exercise) -> Answer:
    """Return the function of a text, beside what the right answer has beside it."""
    names = dict(exercise.solve.__globals__)
    exec(text, names)
    return exercise.of_arguments(names[exercise.name])


def mutants(exercise: Exercise) -> list[str]:
    """Return the edits of an exercise's right answer, each of them once."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(exercise.solve)))
    tree.body[0].name = exercise.name
    for node in ast.walk(tree):
        if isinstance(node, (ast.arg, ast.FunctionDef)):
            setattr(node, "returns" if isinstance(node, ast.FunctionDef) else "annotation", None)
    original = ast.unparse(tree)
    found = dict.fromkeys(text for text in edits(original) if text != original)
    dice = random.Random(0)
    once = list(found)
    for _ in range(20 * LEAST):
        if len(found) >= LEAST:
            break
        twice = list(edits(dice.choice(once)))
        if (text := dice.choice(twice)) != original:
            found.setdefault(text)
    return [text for text in found if _compiles(text)]


def _compiles(text: str) -> bool:
    try:
        compile(text, "<edit>", "exec")
    except SyntaxError:
        return False
    return True


def edits(text: str) -> Iterator[str]:
    """Yield a function's text, changed in one place."""
    tree = ast.parse(text)
    for i, node in enumerate(ast.walk(tree)):
        for new in changes(node, tree):
            changed = copy.deepcopy(tree)
            place = next(itertools.islice(ast.walk(changed), i, None))
            yield ast.unparse(ast.fix_missing_locations(_Exchange(place, new).visit(changed)))


class _Exchange(ast.NodeTransformer):
    """Puts a node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return copy.deepcopy(self.new) if node is self.old else super().visit(node)


def changes(node: ast.AST, tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what may stand in the place of a node."""
    parameters = [argument.arg for argument in tree.body[0].args.args]
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        for operator in OPERATORS:
            if not isinstance(node.op, operator):
                yield _with(node, op=operator())
    if isinstance(node, ast.BinOp):
        yield from (node.left, node.right)
        if not isinstance(node.op, (ast.Add, ast.Mult)):
            yield _with(node, left=node.right, right=node.left)
    if isinstance(node, ast.AugAssign):
        yield ast.Assign(targets=[node.target], value=node.value)
        yield ast.Pass()
    if isinstance(node, ast.UnaryOp):
        yield node.operand
    if isinstance(node, ast.Compare):
        yield from (_with(node, ops=[each()]) for each in COMPARISONS if not isinstance(node.ops[0], each))
    if isinstance(node, ast.BoolOp):
        yield from node.values
        yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    if isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse, _with(node, body=node.orelse, orelse=node.body))
    if isinstance(node, ast.Constant):
        yield from map(ast.Constant, _other(node.value))
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in parameters:
        yield from (ast.Name(other, ast.Load()) for other in parameters if other != node.id)
        yield ast.parse(f"(2 * {node.id})", mode="eval").body
        yield ast.parse(f"{node.id}[:1]", mode="eval").body
        yield ast.parse(f"{node.id}[1:]", mode="eval").body
    if isinstance(node, ast.Attribute):
        yield node.value
        yield from (_with(node, attr=other) for family in SIBLINGS if node.attr in family for other in family)
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield node.value
    if isinstance(node, ast.Call):
        yield from _calls(node)
    if isinstance(node, (ast.comprehension, ast.For)):
        yield from (_with(node, iter=_part(node.iter, part)) for part in ("[:1]", "[1:]", "[:-1]", "[::-1]"))
    if isinstance(node, ast.comprehension) and node.ifs:
        yield _with(node, ifs=[])
    if isinstance(node, ast.Assign):
        yield ast.Pass()
    if isinstance(node, ast.Return) and node.value is not None:
        value = ast.unparse(node.value)
        yield from (ast.parse(f"return {form.format(value, value)}").body[0] for form in RETURNED)


def _with(node: ast.AST, **fields: object) -> ast.AST:
    """Return a copy of a node with other fields."""
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _other(value: object) -> list[object]:
    """Return what may stand in the place of a constant."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        more = (value * 10, value / 10) if isinstance(value, float) else ()
        return [other for other in (value + 1, value - 1, value * 2, 0, *more) if other != value]
    return [other for other in ("none", "mean", "sum") if value in ("none", "mean", "sum") and other != value]


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    """Yield a call without itself, without one keyword, and with its arguments in another order."""
    if isinstance(node.func, ast.Attribute):
        yield node.func.value
    yield from node.args
    for keyword in node.keywords:
        yield _with(node, keywords=[other for other in node.keywords if other is not keyword])
    if len(node.args) > 1:
        yield _with(node, args=node.args[::-1])
        yield _with(node, args=[node.args[0], *node.args[:0:-1]])


def _part(iterable: ast.expr, part: str) -> ast.expr:
    return ast.parse(f"list({ast.unparse(iterable)}){part}", mode="eval").body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", help="exercises, such as 05.2; all if none is named")
    parser.add_argument("--show", action="store_true", help="show the edits that are accepted")
    arguments = parser.parse_args()
    print("exercise  edits  missed  the same")
    for number in arguments.numbers or EXERCISES:
        found = report(EXERCISES[number])
        print(f"{number:8} {found.tried:6} {len(found.missed):7} {len(found.same):9}")
        for kind in ("missed", "same") if arguments.show else ("missed",):
            for text in getattr(found, kind):
                print(textwrap.indent(f"{kind}:\n{text}", "    "))


if __name__ == "__main__":
    main()
