"""Exercises that answer back: ``check("05.2", my_huber)`` says whether an answer is right, and if not, why not.

``hint("05.2")`` gives a hint, and more at each call; ``solution("05.2")`` shows a right answer; ``progress("05")`` how
far the chapter's exercises are. A lecturer may lock hints and solutions (``locks``) and add exercises (``own``).

An exercise is a right answer, inputs to try, and the mistakes that readers make, each as a function that makes it: if
an answer agrees with one of them on every input, its hint is given; else what its results have in common is said
(``diagnosis``). They stand in one module for each chapter, ``chapter_01`` and so on; ``calling`` calls the answers,
``judging`` judges what comes of it; what is said to the reader stands in ``messages_en`` and its like, one module for
each language.
"""

from book_utils.exercises.asking import hint, progress, solution
from book_utils.exercises.collection import EXERCISES
from book_utils.exercises.judging import LANGUAGES, Result, check
from book_utils.exercises.own import register, unregister

__all__ = ["EXERCISES", "LANGUAGES", "Result", "check", "hint", "progress", "register", "solution", "unregister"]
