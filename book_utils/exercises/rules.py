"""The rules of exercises: what a right answer is to do without, and whether an answer did."""

from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any

from torch.overrides import TorchFunctionMode

from book_utils.exercises.exercise import Answer

RULES = {
    "autograd": {"backward", "grad"},
    "nn.MSELoss": {"mse_loss"},
    "torch.softmax": {"softmax", "log_softmax", "softmin", "cross_entropy"},
    "nn.HuberLoss": {"huber_loss", "smooth_l1_loss"},
    "torch.log_softmax": {"log_softmax", "logsumexp", "softmax", "cross_entropy", "logaddexp"},
}
"""What is ruled out, by the name that the reader is told: names of functions of PyTorch."""


class Watch(TorchFunctionMode):
    """While it is entered, notes which functions of PyTorch are called, from wherever."""

    def __init__(self) -> None:
        super().__init__()
        self.called: set[str] = set()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.called.add(getattr(func, "__name__", "").removeprefix("special_"))
        return func(*args, **(kwargs or {}))


def broken(rules: Iterable[str], called: set[str], answer: Answer) -> str:
    """Return the first rule that an answer broke, or an empty string."""
    code = getattr(answer, "__code__", None)
    names = set(_names(code)) if code else set()
    functional = "func" in names and names & {"grad", "vjp", "jacrev", "jacfwd"}  # torch.func is not seen at work
    for rule in rules:
        if RULES[rule] & called or (rule == "autograd" and functional):
            return rule
    return ""


def _names(code: CodeType) -> Iterator[str]:
    """Yield the names of globals and attributes in a function, and in those inside of it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
