"""What answering a call or a fetch needs of an adapter, whatever carries the request.

The flow decides and waits for nothing but its port. A port for an event loop may wait; a port for a thread does what it
is asked at once, so that ``complete_now`` finishes the flow's coroutines without a loop.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from typing_extensions import Self

from mizan_core.cache.access import Access
from mizan_core.cache.readings import Readings
from mizan_core.cache.store import Purge, Store
from mizan_core.call.progress import Failure
from mizan_core.interface.endpoint import Invocation
from mizan_core.mwt import MWTUser
from mizan_core.viewer import Viewer

T = TypeVar("T")
Work: TypeAlias = "Callable[[], Coroutine[Any, Any, T]]"


class Handled(NamedTuple):
    """The framework response of an application's own exception handler.

    :param is_expected: whether the handler is for errors of that kind, and not the last resort for all of them.
    """

    response: Any
    is_expected: bool


class Handling(Protocol):
    """Who is told of exceptions beside the client."""

    async def handled(self, error: Exception) -> Handled | None:
        """What the application's own handler of exceptions like *error* answers; None where it has none."""

    async def report(self, failure: Failure) -> None:
        """Tell whoever runs the server of what nobody has foreseen, as the framework does; it raises nothing."""


class Port(Protocol):
    """One request: who asks, who runs its functions, and when what they have changed is purged.

    It promises that functions run where the framework runs such functions, with the framework's request; that a
    function which may write, and the purge after it, run to their end; and that a purge takes place when others see
    what has been written.
    """

    async def identify(self, *, guarded: bool) -> Viewer:
        """Who the framework says is asking.

        :param guarded: the request may change something, so a browser's ambient credentials must be backed by a CSRF
            token.
        :raises Forbidden: without the CSRF token.
        """

    def assume(self, user: MWTUser, check: str) -> None:
        """Make the user of a token the request's user.

        :param check: when it is held against the token, one of ``MWT_CHECKS``.
        """

    def load_user(self, *, at_once: bool) -> Coroutine[Any, Any, None] | None:
        """Make ready whom the token stands for, before functions run; None where there is nothing to wait for.

        :param at_once: also where functions could load the user when they first use it.
        :raises Unauthorized: when the token no longer stands for the user.
        """

    def invoke(self, invocation: Invocation) -> Coroutine[Any, Any, Any]:
        """Call a function that may write."""

    def is_undone(self) -> bool:
        """Whether the framework has rolled back everything that the function which ``invoke`` called has written."""

    async def invoke_all(self, invocations: Sequence[Invocation], readings: Readings | None) -> list[Any]:
        """Call functions that read; on an event loop side by side, and the first failure cancels the rest.

        :param readings: is told what the functions read of the request, where somebody wants to know.
        """

    def to_the_end(self, work: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        """What *work* gives. It goes on to its end, whatever becomes of the request: it may write, and purges then."""

    def apart(self) -> Self:
        """A port for one fetch of the same request, which may run beside others.

        Its functions see the request as it is now, whatever others do to it later.
        """

    async def renew_user(self) -> bool:
        """Have functions see the framework's user as it is now, not as it was before a call of the request changed it.

        Gives whether that can be.
        """

    async def side_by_side(self, works: Sequence[Work[T]], seconds: float | None = None) -> list[T | None]:
        """What *works* give, in their order; on an event loop some of them run side by side.

        :param seconds: after these nobody waits any more for those that have not ended: they give None.
        """

    def access(self, store: Store) -> Access:
        """The port's way to a store: ``in_thread`` or ``on_loop``."""

    def purge(self, purge: Purge, *, is_answered: bool = True) -> Coroutine[Any, Any, None]:
        """Purge when what the request has written is visible to others: at once, or when a transaction commits.

        It returns after the purge unless that waits for a commit.

        :param is_answered: whether the request's answer tells whoever asks; else its socket is told like all others.
        """

    async def in_transaction(self) -> bool:
        """Whether the request is inside a transaction.

        It may see what it has written itself, which may be rolled back, and it may still see what was there when it
        began, although versions that are read now tell of what has been committed since.
        """

    def translated(self, error: BaseException) -> BaseException:
        """The protocol's error for what a framework raises to say the same; anything else as it is."""
