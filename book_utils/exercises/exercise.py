"""What an exercise is: a right answer, inputs to try, and the mistakes that readers make.

Nothing here is said to the reader: words stand in ``messages_en.py`` and its like, under the same names.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Answer = Callable[..., Any]
Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class Exercise:
    """One code exercise.

    Attributes:
        name: The name that the function has in the notebook.
        parameters: The names of its parameters in the text, for messages.
        solve: A right answer.
        inputs: Returns the arguments of each call to try, the simplest first.
        mistakes: Wrong answers that readers give, by the name of their hint.
        entrywise: Each entry of the result comes from the same entries of the arguments: messages name only those.
    """

    name: str
    parameters: tuple[str, ...]
    solve: Answer
    inputs: Callable[[], list[Arguments]]
    mistakes: dict[str, Answer] = field(default_factory=dict)
    entrywise: bool = False
