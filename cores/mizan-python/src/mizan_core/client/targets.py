"""What ``affects=`` and ``merge=`` may name: contexts and server functions."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from pydantic import TypeAdapter

from mizan_core.client.context import Context
from mizan_core.names import is_context_name, is_function_name


class ServerFunction(ABC):
    """A function that ``@client`` has made: what those have to know who only name it, call it or are told of calls.

    Every one is a ``ClientFunction``, which adds its declaration and its signature.
    """

    function: Callable[..., Any]
    """The plain function."""
    name: str
    """The function's own name; registration may choose another."""
    where: str
    """For messages: ``qualified.name (module:line)``."""
    is_async: bool
    is_mutation: bool
    """Whether it says that it affects or merges anything."""

    @property
    @abstractmethod
    def injected(self) -> Sequence[inspect.Parameter]:
        """The parameters that the framework fills for clients; server code passes them by name."""

    @property
    @abstractmethod
    def arguments(self) -> TypeAdapter[dict[str, Any]]:
        """Validates arguments into a dict that holds exactly those passed; Python's own defaults fill the rest.

        :raises TypeError: naming the parameter whose annotation pydantic cannot validate.
        """


Target: TypeAlias = "str | Context | ServerFunction"
"""What a mutation touches: a context or function by name, a context, or a function."""

Targets: TypeAlias = "Target | Sequence[Target] | None"
"""``affects=`` and ``merge=``."""


def read_targets(word: str, targets: object) -> tuple[Target, ...]:
    """Check the targets that the keyword *word* was given.

    :raises TypeError, ValueError: naming the keyword, the target and what would be right.
    """
    if targets is None:
        return ()
    items = targets if isinstance(targets, (list, tuple)) else (targets,)
    return tuple(read_target(word, target) for target in items)


def read_target(word: str, target: object) -> Target:
    """Check a target that the keyword *word* was given; errors as ``read_targets``."""
    if isinstance(target, (Context, ServerFunction)):
        return target
    if isinstance(target, str):
        if is_context_name(target) or is_function_name(target):
            return target
        raise ValueError(f"{word}={target!r} names neither a context nor a function")
    if callable(target):
        name = getattr(target, "__qualname__", repr(target))
        raise TypeError(f"{word}= names {name}, which is not a server function; decorate it with @client first")
    raise TypeError(f"{word}= takes a name, a Context, a @client function, or a list or tuple of these, not {target!r}")
