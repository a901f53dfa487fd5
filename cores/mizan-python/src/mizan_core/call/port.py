"""What a dispatcher needs of an adapter to answer one request.

The dispatcher decides and never waits for anything else than its port. A port for an event loop may wait; a port for a
thread does what it is asked at once, so that ``complete_now`` finishes the dispatcher's coroutines without a loop.
"""

from __future__ import annotations

from collections.abc import Collection, Coroutine, Iterable
from typing import Any, NamedTuple, Protocol, TypeVar

from mizan_core.cache.access import Access
from mizan_core.cache.flights import Flight
from mizan_core.cache.readings import Readings
from mizan_core.cache.store import Purge, Store
from mizan_core.interface.endpoint import Invocation
from mizan_core.mwt import MWTUser
from mizan_core.viewer import Viewer

T = TypeVar("T")


class Handled(NamedTuple):
    """The framework response of an application's own exception handler.

    :param is_expected: whether the handler is for errors of that kind, and not the last resort for all of them.
    """

    response: Any
    is_expected: bool


class Port(Protocol):
    """One request, as an adapter sees it. What a method raises is looked at through ``translated``."""

    async def read_body(self, limit: int) -> bytes:
        """The request's body.

        :raises PayloadTooLarge: past *limit* bytes.
        """

    async def identify(self, *, guarded: bool, needed: bool) -> Viewer:
        """Who the framework says is asking.

        :param guarded: the request may change something, so a browser's ambient credentials must be backed by a CSRF
            token.
        :param needed: the viewer will be looked at; otherwise any viewer will do.
        :raises Forbidden: without the CSRF token.
        """

    def assume(self, user: MWTUser, check: str) -> None:
        """Make the user of a token the request's user.

        :param check: when it is held against the token, one of ``MWT_CHECKS``.
        """

    async def load_user(self, *, at_once: bool) -> None:
        """Make ready whom the token stands for, before functions run.

        :param at_once: also where functions could load the user when they first use it.
        :raises Unauthorized: when the token no longer stands for the user.
        """

    async def to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        """What *work* gives. It goes on to its end, whatever becomes of the request: it may write, and purges then."""

    def invoke(self, invocation: Invocation) -> Coroutine[Any, Any, Any]:
        """Call a function."""

    def is_undone(self) -> bool:
        """Whether the framework has rolled back everything that the function which ``invoke`` called has written."""

    async def invoke_all(self, invocations: Iterable[Invocation]) -> list[Any]:
        """Call functions that read; on an event loop side by side, and the first failure cancels the rest."""

    def issue_csrf_token(self) -> str | None:
        """The framework's CSRF token for this client, or None where there is no such thing."""

    def has_credentials(self, vary: Collection[str]) -> bool:
        """Whether the request has an ``Authorization`` or ``Cookie`` header that is not among the headers of *vary*.

        Whoever it makes anonymous to us may be somebody to a middleware or a function.
        """

    def watch(self, readings: Readings) -> None:
        """From now on tell *readings* what functions read of the request."""

    def unwatch(self) -> None:
        """End what ``watch`` began."""

    def access(self, store: Store) -> Access:
        """The port's way to a store: ``in_thread`` or ``on_loop``."""

    async def wait_for(self, flight: Flight) -> bytes | None:
        """Wait for another request; gives the flight's result."""

    def purge(self, purge: Purge) -> Coroutine[Any, Any, None]:
        """Purge when what the request has written is visible to others: at once, or when a transaction commits.

        It returns after the purge unless that waits for a commit.
        """

    async def in_transaction(self) -> bool:
        """Whether the request is inside a transaction.

        It may see what it has written itself, which may be rolled back, and it may still see what was there when it
        began, although versions that are read now tell of what has been committed since.
        """

    def is_debugging(self) -> bool:
        """Whether the application is in its framework's debug mode: then answers say more of how they were made."""

    async def handled(self, error: Exception) -> Handled | None:
        """What the application's own handler of exceptions like *error* answers; None where it has none."""

    def translated(self, error: BaseException) -> BaseException:
        """The protocol's error for what a framework raises to say the same; anything else as it is."""
