"""What only an adapter can do: the dispatcher yields these and is sent the outcome."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from mizan_core.dispatch.response import Reply


@dataclass(frozen=True, slots=True)
class ReadBody:
    """Read the request's body. Outcome: bytes; raise ``PayloadTooLarge`` past *limit* bytes."""

    limit: int


@dataclass(frozen=True, slots=True)
class Identify:
    """Tell who the framework says is asking. Outcome: a ``Viewer``.

    *guarded*: the request may change something, so a browser's ambient credentials must be backed by a CSRF token
    (raise ``Forbidden``). *needed*: the viewer will be looked at; otherwise any viewer will do.
    """

    guarded: bool
    needed: bool


@dataclass(frozen=True, slots=True)
class Assume:
    """Make *user* the request's user. Outcome: None."""

    user: Any


@dataclass(frozen=True, slots=True)
class Invoke:
    """Call ``target(request, arguments)``, and await it when *is_async*. Outcome: what it returns."""

    target: Callable[[Any, Mapping[str, Any]], Any]
    arguments: Mapping[str, Any]
    is_async: bool


@dataclass(frozen=True, slots=True)
class InvokeAll:
    """Run all; on an event loop side by side, and the first failure cancels the rest. Outcome: a list, in order."""

    invocations: tuple[Invoke, ...]


@dataclass(frozen=True, slots=True)
class IssueCsrfToken:
    """Outcome: the framework's CSRF token for this client, or None where there is no such thing."""


Effect: TypeAlias = "ReadBody | Identify | Assume | Invoke | InvokeAll | IssueCsrfToken"
Steps: TypeAlias = "Generator[Effect, Any, Reply]"
