"""Exercises of one's own, from outside the package: ``register`` adds one, in one language.

    @register(
        "lab.1",
        text="Return the middle one of an odd number of values.",
        inputs=[(torch.tensor([3.0, 1.0, 2.0]),), (torch.tensor([5.0]),)],
        draw=lambda draw: (draw.normal(draw.one_of(3, 5, 9)),),
        mistakes={"This is the mean. Sort first.": lambda x: x.mean()},
        hints=["Sort first. Where is the middle of the sorted values?", "x.sort().values, at len(x) // 2."],
    )
    def my_middle(x):
        '''Return the middle one of the values.'''
        return x.sort().values[len(x) // 2]

In a file that the notebook imports, this is enough for ``check("lab.1", my_middle)``, ``hint``, ``solution`` and
``progress("lab")``. In the other language they say what every exercise shares in that language, and that the rest is in
this one only.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from torch import Tensor

from book_utils import _words
from book_utils._words import say
from book_utils.exercises.asking import LEVELS
from book_utils.exercises.calling import as_numbers, copied
from book_utils.exercises.collection import EXERCISES
from book_utils.exercises.diagnosis import close
from book_utils.exercises.exercise import Answer, Arguments, Draw, Exercise
from book_utils.exercises.judging import LANGUAGES, RECORDS, Judge, Record, Trials, described
from book_utils.exercises.rules import RULES

BOOKS = frozenset(EXERCISES)
"""The exercises that the package comes with."""

Defined = TypeVar("Defined", bound=Answer)


@dataclass(frozen=True)
class Words:
    """What is said of an exercise, beside its mistakes.

    Attributes:
        language: In which language.
        text: The task.
        quantity: What the function returns.
        hints: What ``hint`` says, level by level.
    """

    language: str
    text: str
    quantity: str
    hints: tuple[str, ...]


OWN: dict[str, Words] = {}
"""What was registered, by number."""


def register(
    number: str,
    *,
    text: str,
    inputs: Sequence[Arguments],
    draw: Callable[[Draw], Arguments] | None = None,
    draws: int = 10,
    edges: Sequence[Arguments] = (),
    mistakes: Mapping[str, Answer] | None = None,
    hints: Sequence[str] = (),
    returns: str = "",
    entrywise: bool = False,
    examples: Iterable[str] = (),
    without: Iterable[str] = (),
    differentiable: bool = False,
    seconds: float = 10.0,
    language: str = "en",
) -> Callable[[Defined], Defined]:
    """Return a decorator for the right answer to an exercise of one's own, which can then be checked.

    The right answer has the name and the parameters that the reader's function is to have, and a docstring that says
    what it returns. It is tried at once. An exercise takes the place of one that was registered under the same number.

    Args:
        number: What it is called: letters or digits, a point, letters or digits, such as ``"lab.1"``.
        text: The task, as Markdown.
        inputs: The arguments of the calls to try first, a tuple for each call, the simplest at the front.
        draw: Returns the arguments of one more call, from the dice that it is given: of any size, other ones for other
            seeds. Without it, an assignment has no inputs that are not in this file.
        draws: How many of them.
        edges: The arguments of more calls, at which answers that make one mistake may differ, such as ties.
        mistakes: Wrong answers that one expects, by what is said of them.
        hints: What ``hint`` says, from a question to nearly the line to write.
        returns: What the function returns, such as ``"gradient"``: "your gradient is 3".
        entrywise: Each entry of the result comes from the same entries of the arguments: messages name only those.
        examples: The parameters that hold something for each example: a diagnosis leaves out some.
        without: What the text rules out: keys of ``RULES`` in ``book_utils.exercises.rules``.
        differentiable: The text goes on to differentiate the result by autograd.
        seconds: How long all calls together may take.
        language: That of the words: a key of ``LANGUAGES``.

    Raises:
        ValueError: The number is one of the book's or none at all; there is no such language, rule or parameter; the
            right answer is not right on every input, or a mistake is. What was registered before stays.
        TypeError: Something of another kind is expected.
    """
    _check_number(number)
    if language not in LANGUAGES:
        raise ValueError(say("no such language", known=", ".join(LANGUAGES), language=language))
    if unknown := [rule for rule in without if rule not in RULES]:
        raise ValueError(say("own rules", number=number, known=", ".join(RULES), unknown=", ".join(map(repr, unknown))))
    calls, last = (_calls(number, name, given) for name, given in (("inputs", inputs), ("edges", edges)))
    if not calls:
        raise ValueError(say("own no inputs", number=number))
    wrong = dict(mistakes or {})
    if not all(map(callable, wrong.values())):
        raise TypeError(say("own mistakes", number=number))
    _check_words(number, text, hints)
    words = Words(language, text, returns, tuple(hints))
    shares = tuple(examples)

    def add(solve: Defined) -> Defined:
        parameters = _parameters(number, solve)
        if strange := [name for name in shares if name not in parameters]:
            called, unknown = f"{solve.__name__}{inspect.signature(solve)}", ", ".join(map(repr, strange))
            raise ValueError(say("own examples", number=number, called=called, unknown=unknown))
        exercise = Exercise(
            name=solve.__name__,
            parameters=parameters,
            solve=solve,
            inputs=lambda: [copied(call) for call in calls],
            edges=lambda: [copied(call) for call in last],
            mistakes=wrong,
            entrywise=entrywise,
            draw=draw,
            draws=draws,
            examples=shares,
            without=tuple(without),
            differentiable=differentiable,
            seconds=seconds,
        )
        _try(number, exercise)
        _put(number, exercise, words)
        return solve

    return add


def unregister(number: str) -> None:
    """Take back what ``register`` added.

    Raises:
        ValueError: It added no such exercise.
    """
    if number not in OWN:
        raise ValueError(say("own unknown", number=number, known=", ".join(OWN) or "-"))
    for words in LANGUAGES.values():
        del words.QUANTITIES[number], words.HINTS[number]
    for levels in LEVELS.values():
        del levels[number]
    RECORDS.pop(number, None)
    del EXERCISES[number], OWN[number]


def _check_number(number: str) -> None:
    if not isinstance(number, str) or not re.fullmatch(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", number):
        raise ValueError(say("own number", number=number))
    if number in BOOKS:
        raise ValueError(say("own number taken", number=number))


def _check_words(number: str, text: str, hints: Sequence[str]) -> None:
    if not isinstance(text, str):
        raise TypeError(say("own text", number=number, kind=type(text).__name__))
    if isinstance(hints, str) or not all(isinstance(each, str) for each in hints):
        kinds = [type(hints)] if isinstance(hints, str) else [type(each) for each in hints if not isinstance(each, str)]
        raise TypeError(say("own hints", number=number, kind=kinds[0].__name__))


def _calls(number: str, name: str, calls: Sequence[Arguments]) -> list[Arguments]:
    """Return calls, each a tuple."""
    if not isinstance(calls, Sequence) or isinstance(calls, str):
        raise TypeError(say("own calls", number=number, name=name, kind=type(calls).__name__))
    for call in calls:
        if not isinstance(call, tuple):
            raise TypeError(say("own call", number=number, name=name, kind=type(call).__name__))
    return list(calls)


def _parameters(number: str, solve: Answer) -> tuple[str, ...]:
    """Return the names of a right answer's parameters."""
    if not inspect.isfunction(solve) or not solve.__name__.isidentifier():
        raise TypeError(say("own function", number=number, kind=type(solve).__name__))
    try:
        inspect.getsource(solve)
    except OSError:
        raise ValueError(say("own source", number=number, name=solve.__name__)) from None
    parameters = inspect.signature(solve).parameters.values()
    if any(each.kind is not each.POSITIONAL_OR_KEYWORD for each in parameters):
        raise ValueError(say("own parameters", number=number, name=solve.__name__))
    return tuple(each.name for each in parameters)


def _try(number: str, exercise: Exercise) -> None:
    """Raise an error unless the right answer is right, and each mistake is not."""
    signature = inspect.signature(exercise.solve)
    for call in exercise.tries():
        try:
            signature.bind(*call)
        except TypeError as error:
            called = f"{exercise.name}{signature}"
            raise ValueError(say("own arguments", number=number, called=called, count=len(call), error=error)) from None
        try:
            value = exercise.solve(*copied(call, double=True))
        except Exception as error:
            raise ValueError(say("own raises", number=number, error=described(error))) from error
        if as_numbers(value) is None:
            raise ValueError(say("own result", number=number, kind=type(value).__name__))
    trials = Trials(exercise)
    inside = len(trials.tries) - len(exercise.edges())
    for said, outcomes in trials.mistakes.items():
        pairs = zip(outcomes[:inside], trials.expected)
        if all(isinstance(got, Tensor) and close(got, right, trials.exact) for got, right in pairs):
            raise ValueError(say("own mistake is right", number=number, said=said))


def _put(number: str, exercise: Exercise, words: Words) -> None:
    """Enter an exercise, with something to say in every language; if its own check refuses it, all is as before."""
    former = (EXERCISES[number], OWN[number]) if number in OWN else None
    EXERCISES[number], OWN[number] = exercise, words
    for language, module in LANGUAGES.items():
        messages = module.MESSAGES
        mine = language == words.language
        form = "{text}" if mine else messages["only in"].format(language=messages[words.language], text="{text}")
        module.QUANTITIES[number] = words.quantity if mine and words.quantity else messages["result"]
        module.HINTS[number] = {said: form.format(text=said) for said in exercise.mistakes}
        LEVELS[language][number] = tuple(form.format(text=said) for said in words.hints)
    RECORDS.pop(number, None)
    verdict = Judge(number, _words.language()).judge(exercise.solve, Record())
    if not verdict.passed:
        unregister(number)
        if former:
            _put(number, *former)
        raise ValueError(say("own refused", number=number, verdict=verdict.message))
