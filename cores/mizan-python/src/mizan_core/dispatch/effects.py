"""What only an adapter can do: the dispatcher yields these and is sent the outcome."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from mizan_core.cache.backend import CacheBackend
from mizan_core.cache.flights import Flight
from mizan_core.cache.operations import Operations
from mizan_core.cache.store import Store
from mizan_core.dispatch.response import Reply


class Performer(Protocol):
    """What an adapter implements: a method for each effect, all of them coroutine functions on an event loop."""

    def read_body(self, effect: ReadBody, /) -> Any: ...

    def identify(self, effect: Identify, /) -> Any: ...

    def assume(self, effect: Assume, /) -> Any: ...

    def invoke(self, effect: Invoke, /) -> Any: ...

    def invoke_all(self, effect: InvokeAll, /) -> Any: ...

    def issue_csrf_token(self, effect: IssueCsrfToken, /) -> Any: ...

    def watch_session(self, effect: WatchSession, /) -> Any: ...

    def was_session_touched(self, effect: WasSessionTouched, /) -> Any: ...

    def use_cache(self, effect: UseCache, /) -> Any: ...

    def wait_for(self, effect: Await, /) -> Any: ...

    def purge(self, effect: Purge, /) -> Any: ...

    def in_transaction(self, effect: InTransaction, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class ReadBody:
    """Read the request's body. Outcome: bytes; raise ``PayloadTooLarge`` past *limit* bytes."""

    limit: int

    def perform(self, performer: Performer) -> Any:
        return performer.read_body(self)


@dataclass(frozen=True, slots=True)
class Identify:
    """Tell who the framework says is asking. Outcome: a ``Viewer``.

    *guarded*: the request may change something, so a browser's ambient credentials must be backed by a CSRF token
    (raise ``Forbidden``). *needed*: the viewer will be looked at; otherwise any viewer will do.
    """

    guarded: bool
    needed: bool

    def perform(self, performer: Performer) -> Any:
        return performer.identify(self)


@dataclass(frozen=True, slots=True)
class Assume:
    """Make *user* the request's user. Outcome: None."""

    user: Any

    def perform(self, performer: Performer) -> Any:
        return performer.assume(self)


@dataclass(frozen=True, slots=True)
class Invoke:
    """Call ``target(request, arguments)``, and await it when *is_async*. Outcome: what it returns.

    It is called to its end whatever becomes of the request: it may write.
    """

    target: Callable[[Any, Mapping[str, Any]], Any]
    arguments: Mapping[str, Any]
    is_async: bool

    def perform(self, performer: Performer) -> Any:
        return performer.invoke(self)


@dataclass(frozen=True, slots=True)
class InvokeAll:
    """Run all; on an event loop side by side, and the first failure cancels the rest. Outcome: a list, in order."""

    invocations: tuple[Invoke, ...]

    def perform(self, performer: Performer) -> Any:
        return performer.invoke_all(self)


@dataclass(frozen=True, slots=True)
class IssueCsrfToken:
    """Outcome: the framework's CSRF token for this client, or None where there is no such thing."""

    def perform(self, performer: Performer) -> Any:
        return performer.issue_csrf_token(self)


@dataclass(frozen=True, slots=True)
class WatchSession:
    """Begin to watch whether the framework's session is touched. Outcome: None."""

    def perform(self, performer: Performer) -> Any:
        return performer.watch_session(self)


@dataclass(frozen=True, slots=True)
class WasSessionTouched:
    """Outcome: whether the session was touched since ``WatchSession``; True where that cannot be told."""

    def perform(self, performer: Performer) -> Any:
        return performer.was_session_touched(self)


@dataclass(frozen=True, slots=True)
class UseCache:
    """Perform operations on a cache backend (``complete`` or ``acomplete``). Outcome: what they give."""

    backend: CacheBackend
    operations: Operations[Any]

    def perform(self, performer: Performer) -> Any:
        return performer.use_cache(self)


@dataclass(frozen=True, slots=True)
class Await:
    """Wait for another request. Outcome: the flight's result."""

    flight: Flight

    def perform(self, performer: Performer) -> Any:
        return performer.wait_for(self)


@dataclass(frozen=True, slots=True)
class Purge:
    """Purge *tags* when what the request has written is visible to others: at once, or when a transaction commits.

    Outcome: None, after the purge unless it waits for a commit. It is done whatever becomes of the request.
    """

    store: Store
    tags: list[str]

    def perform(self, performer: Performer) -> Any:
        return performer.purge(self)


@dataclass(frozen=True, slots=True)
class InTransaction:
    """Outcome: whether the request is inside a transaction.

    It may see what it has written itself, which may be rolled back, and it may still see what was there when it began,
    although versions that are read now tell of what has been committed since.
    """

    def perform(self, performer: Performer) -> Any:
        return performer.in_transaction(self)


Effect: TypeAlias = (
    "ReadBody | Identify | Assume | Invoke | InvokeAll | IssueCsrfToken"
    " | WatchSession | WasSessionTouched | UseCache | Await | Purge | InTransaction"
)
Steps: TypeAlias = "Generator[Effect, Any, Reply]"
