"""What lecturers hand out and grade with: assignments for nbgrader, made of the book's exercises and of their own.

    book-assignment 05 --to ../course

makes one; ``configure`` is what the course's ``nbgrader_config.py`` calls.
"""

from typing import Any

__all__ = ["configure", "grade"]  # noqa: F822

STUBS = {"en": ("...  # your code", "*Your answer:*"), "zh": ("...  # 你的代码", "*你的回答：*")}
"""What stands in the place of an answer: in code, in text."""


def configure(c: Any, language: str = "en") -> None:
    """Set what the assignments need of nbgrader, in its configuration ``c``.

    Args:
        c: What ``get_config()`` returns in ``nbgrader_config.py``.
        language: Of the assignments: ``"en"`` or ``"zh"``.
    """
    from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
    from nbgrader import preprocessors as usual

    from book_utils_lecturers.exchange import Collect
    from book_utils_lecturers.parts import Harmless, Marks, Restore, WrapLines

    code, text = STUBS[language]
    c.ClearSolutions.code_stub, c.ClearSolutions.text_stub = {"python": code}, text
    c.Autograde.sanitize_preprocessors = [
        *(Restore, usual.ClearOutput, usual.OverwriteKernelspec, usual.OverwriteCells, usual.CheckCellMetadata)
    ]
    # The hidden tests are taken out again: feedback shows the cells.
    c.Autograde.autograde_preprocessors = [
        *(Marks, Harmless, usual.IgnorePattern, usual.LimitOutput, usual.SaveAutoGrades, usual.AssignLatePenalties),
        *(usual.ClearHiddenTests, usual.CheckCellMetadata),
    ]
    c.ExchangeFactory.collect = Collect
    c.GenerateFeedback.preprocessors = [usual.GetGrades, CSSHTMLHeaderPreprocessor, WrapLines]


def __getattr__(name: str) -> Any:
    """Bring ``grade``, and PyTorch with it, at its first use: most of nbgrader's commands do without."""
    if name != "grade":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from book_utils_lecturers.grading import grade

    return grade
