"""What a call makes stale in the caches of other dispatchers of the process: several routers may have one function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from mizan_core.cache.store import Announcement, Purge
from mizan_core.call.port import Port
from mizan_core.client import ServerFunction
from mizan_core.interface.endpoint import Endpoint, NestedCall, ScopeArguments
from mizan_core.interface.interface import Interface


async def announce_purge(port: Port, interface: Interface, endpoint: Endpoint) -> Announcement | None:
    """Make known what a call may purge, before it begins; that stands for as long as the result is held."""
    tags = interface.purgeable(endpoint)
    if not tags or interface.caching is None:
        return None
    store = interface.caching.store
    return await store.announce(port.access(store), tags)


class _Place(NamedTuple):
    """An interface, and the call as it sees it.

    :param endpoint: the function there; None where it is not known, though what it calls may be.
    :param scope: the arguments before the function ran.
    """

    interface: Interface
    endpoint: Endpoint | None
    scope: ScopeArguments

    def purge(self, calls: Sequence[NestedCall]) -> Purge | None:
        if self.endpoint is None:
            return self.interface.nested_purge(calls)
        return self.interface.purge(self.endpoint, self.scope, calls)


class Elsewhere:
    """A call as the other dispatchers see it; to be made before the function runs, which may change its arguments.

    :param others: gives the interfaces whose cache is another store.
    """

    __slots__ = ("_arguments", "_function", "_known", "_others", "_places")

    def __init__(
        self,
        others: Callable[[], Sequence[Interface]],
        function: ServerFunction,
        arguments: Mapping[str, Any],
    ) -> None:
        self._others = others
        self._function = function
        self._arguments = arguments
        self._known = others()
        self._places = [self._place(interface) for interface in self._known]

    async def announce(self, port: Port) -> list[Announcement | None]:
        """As ``announce_purge``, to each store."""
        return [
            await announce_purge(port, place.interface, place.endpoint)
            for place in self._places
            if place.endpoint is not None
        ]

    def purges(self, calls: Sequence[NestedCall]) -> list[Purge | None]:
        """What the call, and those that it made, make stale in each."""
        known, present = self._known, self._others()
        if present is not known:
            # One that has been opened meanwhile may hold what was read before the function wrote.
            self._places += [self._place(interface) for interface in present if interface not in known]
        return [place.purge(calls) for place in self._places]

    def _place(self, interface: Interface) -> _Place:
        endpoint = interface.endpoint_of(self._function)
        scope = ScopeArguments({}, {}) if endpoint is None else endpoint.scope_arguments(self._arguments)
        return _Place(interface, endpoint, scope)
