"""What the reader reads is what runs: every ``#@save`` cell equals the library's definition."""

import ast
import builtins
import difflib
import io
import symtable
import tokenize
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
import stored

import book_utils
from book_utils import _guards
from book_utils._words import TEXTS
from tools import book

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = book.files_under("notebooks", ".ipynb")
GUARDS = {name for name in vars(_guards) if name.startswith("check_")}
LONGEST = 25


def code_cells(notebook: Path, but: str = "") -> list[str]:
    """Return the code of a notebook, without IPython's own lines, cell by cell, ``but`` those with a tag."""
    sources = [cell.source for cell in stored.cells(notebook, "code") if but not in cell.metadata.get("tags", [])]
    return ["\n".join(line for line in source.splitlines() if not line.startswith("%")) for source in sources]


def is_marked(source: str) -> bool:
    """Tell whether a comment says ``#@save``. The same letters in a string say nothing."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return any(token.type == tokenize.COMMENT and token.string.startswith("#@save") for token in tokens)


def saved_definitions(sources: list[str]) -> dict[str, ast.AST]:
    """Return the marked definitions by name; a marked cell holds exactly one, and a name is saved once."""
    found = {}
    for source in filter(is_marked, sources):
        body = ast.parse(source).body
        if len(body) != 1 or not isinstance(body[0], (ast.FunctionDef, ast.ClassDef)):
            raise ValueError(f"a saved cell holds one function or class and nothing else:\n{source}")
        if body[0].name in found:
            raise ValueError(f"{body[0].name} is saved twice")
        found[body[0].name] = body[0]
    return found


def is_guard(statement: ast.stmt) -> bool:
    """Tell whether a statement can only raise: an ``if ...: raise`` without else, or a call of a check."""
    if isinstance(statement, ast.If):
        return not statement.orelse and all(isinstance(inner, ast.Raise) for inner in statement.body)
    return calls_a_check(statement)


def calls_a_check(statement: ast.stmt) -> bool:
    """Tell whether a statement is the call of a function from ``book_utils._guards``."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in GUARDS


def is_property(part: ast.stmt) -> bool:
    """Tell whether a part of a class is a property, such as ``dataset`` of ``Batches``."""
    return isinstance(part, ast.FunctionDef) and "property" in map(ast.unparse, part.decorator_list)


class Bare(ast.NodeTransformer):
    """Strip what the reader does not see: docstrings, annotations, guards.

    An ``if ...: raise`` is a guard only at the top of a body. The call of a check is one anywhere, since checks only
    raise (see the last test): whether an iterator was empty is known at its end.
    """

    def visit_body(self, node):
        self.generic_visit(node)
        if node.body and ast.get_docstring(node) is not None:
            del node.body[0]
        while node.body and is_guard(node.body[0]):
            del node.body[0]
        node.body = [statement for statement in node.body if not calls_a_check(statement)]
        return node

    def visit_For(self, node):
        self.generic_visit(node)
        node.body = [statement for statement in node.body if not calls_a_check(statement)]
        return node

    def visit_FunctionDef(self, node):
        node.returns = None
        return self.visit_body(node)

    def visit_ClassDef(self, node):
        """What a class of the library is asked for beyond the chapter, as properties, is left out of the comparison."""
        node.body = [part for part in node.body if not is_property(part)]
        return self.visit_body(node)

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_AnnAssign(self, node):
        if node.value is None:
            return None
        return ast.copy_location(ast.Assign([node.target], node.value), node)


class Said(ast.NodeTransformer):
    """Put what is printed in one form: a single text, in English where the library takes it from its table of words."""

    def visit_Call(self, node):
        if ast.unparse(node.func) == "print" and all(map(is_text, node.args)):
            node.args = [ast.parse("f" + repr(" ".join(map(template, node.args))), mode="eval").body]
        return node


def is_text(node: ast.expr) -> bool:
    """Tell whether this is a text, with values or without, or ``say``."""
    return isinstance(node, ast.JoinedStr) or isinstance(getattr(node, "value", None), str) or is_say(node)


def is_say(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "say"


def template(node: ast.expr) -> str:
    """Return a text with its values in braces, as they are written."""
    if is_say(node):
        text = TEXTS[ast.literal_eval(node.args[0])]["en"]
        return text.format(**{value.arg: f"{{{ast.unparse(value.value)}}}" for value in node.keywords})
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(part.value if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}" for part in parts)


def bare(definition: ast.AST) -> str:
    """Return a definition in a form that is equal for equal syntax trees, and readable in a diff."""
    return ast.unparse(ast.fix_missing_locations(Said().visit(Bare().visit(deepcopy(definition)))))


@cache
def library_definitions() -> dict[str, ast.AST]:
    """Return the definitions at the top level of the library's modules, by name."""
    found = {}
    for module in sorted((ROOT / "book_utils").rglob("*.py")):
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                found[node.name] = node
    return found


def difference(name: str, cell: ast.AST, library: dict[str, ast.AST]) -> str:
    """Return a readable diff between a saved cell and the library, empty if they are the same."""
    if name not in library or name not in book_utils.__all__:
        return f"{name} is saved, but book_utils does not offer it"
    lines = [bare(definition).splitlines() for definition in (cell, library[name])]
    return "\n".join(difflib.unified_diff(*lines, f"notebook: {name}", f"book_utils: {name}", lineterm=""))


def free_names(source: str) -> set[str]:
    """Return the global names that a definition uses and does not bind, builtins left out."""

    def walk(table: symtable.SymbolTable) -> set[str]:
        names = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced()}
        return names.union(*(walk(child) for child in table.get_children()))

    top = symtable.symtable(source, "cell", "exec")
    return set().union(*(walk(child) for child in top.get_children())) - set(dir(builtins))


def bound_names(sources: list[str]) -> set[str]:
    """Return all names that the cells bind at their top level."""
    tables = [symtable.symtable(source, "cell", "exec") for source in sources]
    return {s.get_name() for table in tables for s in table.get_symbols() if s.is_assigned() or s.is_imported()}


def imported_and_defined(sources: list[str]) -> set[str]:
    """Return the names that a notebook both imports from book_utils and defines itself."""
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    imported = {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("book_utils")
        for alias in node.names
    }
    return imported & {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: "-".join(path.relative_to(book.ROOT).parts[1:]))
def test_saved_cells_equal_the_library(notebook):
    library = library_definitions()
    saved = saved_definitions(code_cells(notebook))
    problems = filter(None, (difference(name, cell, library) for name, cell in saved.items()))
    assert not (text := "\n\n".join(problems)), text


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: "-".join(path.relative_to(book.ROOT).parts[1:]))
def test_saved_cells_are_short_and_bind_what_they_use(notebook):
    sources = code_cells(notebook)
    for position, source in enumerate(sources):
        if is_marked(source):
            lines = [line for line in source.splitlines() if line.strip()]
            assert len(lines) <= LONGEST + 2, f"{lines[0]} has {len(lines)} lines: two ideas may hide in it"
            unbound = free_names(source) - bound_names(sources[: position + 1])
            assert not unbound, f"{lines[0]} uses {unbound}, which no cell before it defines"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: "-".join(path.relative_to(book.ROOT).parts[1:]))
def test_nothing_is_both_imported_and_defined(notebook):
    """But by a program in one piece, which has to run alone."""
    assert not imported_and_defined(code_cells(notebook, but="one-piece"))


def test_each_name_is_saved_in_one_notebook_of_an_edition():
    for edition in {notebook.parent for notebook in NOTEBOOKS}:
        names = [name for n in sorted(edition.glob("*.ipynb")) for name in saved_definitions(code_cells(n))]
        assert len(names) == len(set(names)), f"saved twice in {edition.name}: {names}"


# The comparison itself, on small examples.

CELL = "def double(x):  #@save\n    '''Twice.'''\n    return 2 * x"


@pytest.mark.parametrize(
    "library",
    [
        "def double(x):\n    return 2 * x",
        'def double(x: float) -> float:\n    """Return twice x.\n\n    With more words.\n    """\n    return 2 * x',
        "def double(x):\n    check_count('x', x)\n    if x > 9:\n        raise ValueError(x)\n    return 2 * x",
    ],
)
def test_docstrings_annotations_and_guards_are_set_aside(library):
    assert bare(ast.parse(library).body[0]) == bare(ast.parse(CELL).body[0])


@pytest.mark.parametrize(
    "library",
    [
        "def double(x):\n    return x * 2",
        "def double(x, y=0):\n    return 2 * x",
        "def double(x):\n    x = abs(x)\n    return 2 * x",
        "def double(x):\n    if x > 9:\n        x = 9\n    return 2 * x",
        "def double(x):\n    if x > 9:\n        raise ValueError\n    else:\n        x += 1\n    return 2 * x",
        "def double(x):\n    normalise(x)\n    return 2 * x",
        "@cache\ndef double(x):\n    return 2 * x",
    ],
)
def test_anything_else_is_a_difference(library):
    assert bare(ast.parse(library).body[0]) != bare(ast.parse(CELL).body[0])


def test_a_check_may_stand_where_its_number_is_known():
    cell = "def mean(xs):\n    n = len(xs)\n    return sum(xs) / n"
    library = "def mean(xs):\n    n = len(xs)\n    check_measured(n)\n    return sum(xs) / n"
    assert bare(ast.parse(library).body[0]) == bare(ast.parse(cell).body[0])
    changed = library.replace("check_measured(n)", "n = max(n, 1)")
    assert bare(ast.parse(changed).body[0]) != bare(ast.parse(cell).body[0])


def test_variables_annotations_in_methods_and_nested_functions_are_set_aside():
    cell = (
        "class A:  #@save\n    def f(self):\n        self.x = []\n"
        "        def g(y):\n            return y\n        return g"
    )
    library = (
        "class A:\n    '''Doc.'''\n    x: list[int]\n    def f(self) -> None:\n        self.x: list[int] = []\n"
        "        def g(y: int) -> int:\n            return y\n        return g"
    )
    assert bare(ast.parse(library).body[0]) == bare(ast.parse(cell).body[0])


def test_what_is_printed_is_what_the_table_says_in_english():
    cell = (
        "def f(i, x):\n    print(f'Training stopped in epoch {i + 1}: the loss is {x}.', 'Start again from fresh {}')"
    )
    rest = TEXTS["stopped"]["en"].partition("fresh ")[2]
    library = "def f(i, x):\n    print(say('stopped', epoch=i + 1, loss=x))"
    same = ast.parse(cell.replace("{}", rest)).body[0]
    assert bare(same) == bare(ast.parse(library).body[0]) != bare(ast.parse(library.replace("i +", "i -")).body[0])
    assert bare(ast.parse(cell.replace("{}", rest + " Or not.")).body[0]) != bare(same)


def test_a_mark_in_a_string_is_not_a_mark():
    assert not is_marked("text = 'write #@save behind it'\ndef f():\n    pass")
    assert is_marked(CELL)


@pytest.mark.parametrize("cells", [[CELL, CELL], [CELL + "\n\ndef other():  #@save\n    pass"], [CELL + "\ndouble(2)"]])
def test_two_definitions_or_the_same_name_twice_is_an_error(cells):
    with pytest.raises(ValueError, match="twice|nothing else"):
        saved_definitions(cells)


def test_a_saved_name_that_the_library_lacks_is_reported():
    assert "does not offer it" in difference("double", ast.parse(CELL).body[0], library_definitions())


def test_a_changed_cell_gives_a_readable_diff():
    cell = ast.parse("def softmax(X):\n    return X / X.sum(1, keepdim=True)").body[0]
    assert "-    return X / X.sum(1, keepdim=True)" in difference("softmax", cell, library_definitions())


def test_unbound_names_are_found():
    assert free_names("def f(x):\n    return [helper(y) + len(x) for y in x]") == {"helper"}


def test_guards_have_no_effect_but_raising():
    for node in ast.parse((ROOT / "book_utils" / "_guards.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            inner = list(ast.walk(node))
            assert not any(isinstance(n, ast.Return) and n.value is not None for n in inner), node.name
            changed = [
                t for n in inner if isinstance(n, (ast.Assign, ast.AugAssign)) for t in getattr(n, "targets", [n])
            ]
            assert not any(isinstance(t, (ast.Attribute, ast.Subscript)) for t in changed), node.name
