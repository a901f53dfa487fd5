"""Running one call on both engines: equal results, types included, or equal exceptions.

Their messages are equal, too, but for ``TypeError``: how a wrong Python type is called is each engine's own affair.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mizan_core.engine import Engine
from mizan_core.errors import GraphError


@dataclass(frozen=True)
class Outcome:
    """What a call came to: a value, or the exception that it raised."""

    value: object = None
    error: Exception | None = None

    @property
    def kind(self) -> type | None:
        """The class of the exception; None when there was none."""
        return None if self.error is None else type(self.error)

    def exact(self) -> object:
        """Two outcomes are the same when these are equal."""
        if self.error is None:
            return exact(self.value)
        if type(self.error) is TypeError:
            return TypeError
        problems = self.error.problems if isinstance(self.error, GraphError) else None
        return (type(self.error), str(self.error), self.error.args, problems)


class Same:
    """``same(call)`` makes the call on every engine and returns the outcome that they share.

    :raises AssertionError: when the engines differ; it shows both outcomes.
    """

    def __init__(self, engines: Mapping[str, Engine]) -> None:
        self._engines = engines

    def __call__(self, call: Callable[[Engine], object]) -> Outcome:
        outcomes = {name: attempt(call, engine) for name, engine in self._engines.items()}
        first = next(iter(outcomes.values()))
        if any(outcome.exact() != first.exact() for outcome in outcomes.values()):
            shown = "\n".join(f"{name}: {_shown(outcome)}" for name, outcome in outcomes.items())
            raise AssertionError(f"the engines differ\n{shown}")
        return first


def attempt(call: Callable[[Engine], object], engine: Engine) -> Outcome:
    try:
        return Outcome(value=call(engine))
    except Exception as error:  # noqa: BLE001 - which exception it is, is the matter under test
        return Outcome(error=error)


def exact(value: object) -> object:
    """A form whose ``==`` tells 1, 1.0 and True apart, 0.0 and -0.0, a list and a tuple, and the order of members."""
    kind = type(value)
    content: Any = value
    if kind is float:
        return (kind, content.hex())
    if issubclass(kind, dict):  # of the type itself: a value may claim another class
        return (kind, [(exact(key), exact(item)) for key, item in content.items()])
    if issubclass(kind, list | tuple):
        return (kind, [exact(item) for item in content])
    return (kind, content)


def _shown(outcome: Outcome) -> str:
    if outcome.error is None:
        return f"returned {_printed(outcome.value)}"
    return f"raised {type(outcome.error).__module__}.{type(outcome.error).__qualname__}: {outcome.error}"


def _printed(value: object) -> str:
    try:
        return repr(value)
    except ValueError:  # CPython prints no integer of more than 4,300 digits
        return f"a {type(value).__name__} that cannot be printed"
