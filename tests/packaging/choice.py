"""What came of importing the engine, as programs/choose.py tells it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.packaging.environment import Environment


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine that was picked, or the exception that was raised instead, and the warnings on the way.

    :param engine: "native" or "pure"; None when there is an error.
    :param error: the exception's class; ``families`` are its base classes, ``module`` is its ``name``.
    :param warnings: (category, message) pairs.
    """

    warnings: list[list[str]]
    engine: str | None = None
    reason: str = ""
    works: str = ""
    error: str | None = None
    families: tuple[str, ...] = ()
    message: str = ""
    module: str | None = None


def read(lines: str) -> list[Choice]:
    """The choices that a program printed, one a line."""
    return [Choice(**json.loads(line)) for line in lines.splitlines()]


def choose(environment: Environment, engine: str | None = None) -> Choice:
    """Import the engine in a fresh process of *environment*, with *engine* as ``MIZAN_ENGINE``."""
    (choice,) = read(environment.program("choose", variables=demand(engine)))
    return choice


def demand(engine: str | None) -> dict[str, str]:
    """``MIZAN_ENGINE`` as an environment variable; none for None."""
    return {} if engine is None else {"MIZAN_ENGINE": engine}
