"""The pictures with sliders, drawn as their chapters draw them, at any values: without running the chapter."""

from __future__ import annotations

import ast
import io
import symtable
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeGuard

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from book_utils import use_svg_display


def call_of(cell: str) -> ast.Call:
    """Return the call of ``explore`` in a cell."""
    (call,) = (node for node in ast.walk(ast.parse(cell)) if _is_explore(node))
    return call


def _is_explore(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "explore"


def starts(cell: str) -> dict[str, float]:
    """Return the values that the sliders of a cell start from, if it has any."""
    if "explore(" not in cell:
        return {}
    return {name: start for name, (_, _, start) in bounds(cell).items()}


def bounds(cell: str) -> dict[str, tuple[float, float, float]]:
    """Return the smallest value, the largest and the one to start from, of each slider of a cell."""
    settings = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call_of(cell).keywords}
    return {name: three for name, three in settings.items() if name not in ("ncols", "figsize")}


def needed(cells: Sequence[str], cell: str, given: Collection[str] = ()) -> ast.Module:
    """Return what of a chapter's cells the picture of a cell with ``explore`` needs.

    Args:
        cells: The code of the chapter's cells before this one.
        cell: The cell's own code.
        given: Names that need not be defined by the cells.
    """
    return _needed(cells, ast.unparse(call_of(cell).args[0]), set(given))


def needed_cells(cells: Sequence[str], cell: str) -> list[str]:
    """Return which of a chapter's cells a later one needs, each in one piece, in order.

    Args:
        cells: The code of the chapter's cells before this one.
        cell: The code that needs them.
    """
    wanted, taken = _asked_for_by(parsed(cell), set()), []
    for each in reversed(cells):
        if _defined_by(table_of(code := parsed(each))) & wanted:
            wanted = _asked_for_by(code, wanted)
            taken.append(each)
    return taken[::-1]


def parsed(cell: str) -> ast.Module:
    """Return the code of a cell without IPython's own commands."""
    return ast.parse("\n".join(line for line in cell.splitlines() if not line.startswith(("%", "!"))))


def table_of(code: ast.AST) -> symtable.SymbolTable:
    """Return the names of some code of a chapter."""
    return symtable.symtable(ast.unparse(code), "chapter", "exec")


def draw(cells: Sequence[str], cell: str, values: Mapping[str, float], given: Mapping[str, Any]) -> str:
    """Return, as SVG, the picture of a cell with ``explore`` after its sliders have been moved to ``values``.

    Args:
        cells: The code of the chapter's cells before this one.
        cell: The cell's own code.
        values: A number for each slider.
        given: Names that need not be defined by the cells.
    """
    use_svg_display()
    call = call_of(cell)
    settings = {keyword.arg: keyword.value for keyword in call.keywords}
    function, names = ast.unparse(call.args[0]), dict(given)
    exec(compile(needed(cells, cell, given), "chapter", "exec"), names)
    size = ast.literal_eval(settings["figsize"])
    fig, axes = plt.subplots(1, ast.literal_eval(settings.get("ncols", ast.Constant(1))), figsize=size, squeeze=False)
    names[function](*axes[0], **values)
    return svg_of(fig)


def svg_of(fig: Figure, close: bool = True) -> str:
    """Return a figure as SVG, and close it unless told not to.

    The page is not fitted to its words, for that takes most of the time.
    """
    file = io.StringIO()
    with plt.rc_context({"savefig.bbox": None}):
        fig.savefig(file, format="svg", metadata={"Date": None})
    if close:
        plt.close(fig)
    return file.getvalue()


def _needed(cells: Sequence[str], name: str, given: set[str]) -> ast.Module:
    """The statements that define a name, and all that these need, in order; seeds of cells that are used, too."""
    wanted, taken = {name}, []
    for cell in reversed(cells):
        used = False
        for statement in reversed(parsed(cell).body):
            table = table_of(statement)
            defined = _defined_by(table)
            if defined & wanted or (used and "manual_seed" in ast.unparse(statement)):
                used = True
                wanted = wanted - defined | _asked_for(table) - given
                taken.append(statement)
    return ast.Module(taken[::-1], [])


def _defined_by(table: symtable.SymbolTable) -> set[str]:
    """The names that some code gives values to."""
    return {name.get_name() for name in table.get_symbols() if name.is_assigned() or name.is_imported()}


def _asked_for_by(code: ast.Module, wanted: set[str]) -> set[str]:
    """What is asked for before some code runs, if these names are asked for after it."""
    for statement in reversed(code.body):
        table = table_of(statement)
        counted = ast.walk(statement.target) if isinstance(statement, ast.For) else ()
        given = {node.id for node in counted if isinstance(node, ast.Name)}
        wanted = wanted - _defined_by(table) | (_asked_for(table) - given)
    return wanted


def _asked_for(table: symtable.SymbolTable) -> set[str]:
    """The names of the chapter that some code reads, also within its functions."""
    symbols = table.get_symbols()
    here = {s.get_name() for s in symbols if s.is_referenced() and (s.is_global() or table.get_type() == "module")}
    return here.union(*map(_asked_for, table.get_children()))
