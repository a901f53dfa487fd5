"""What one call makes stale: in its own cache, and in those of other dispatchers of the process, which may have the
same functions; and what it entails when whoever has called is somebody else afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mizan_core.cache.store import Announcement, Purge
from mizan_core.call.port import Port
from mizan_core.engine.contract import CallPlan
from mizan_core.interface.endpoint import Endpoint, NestedCall
from mizan_core.interface.interface import Interface

EVERYTHING = "*"
"""The invalidation entry that stands for all there is (protocol.md section 6)."""


class _Elsewhere(NamedTuple):
    """Another interface, and the call as it sees it.

    :param endpoint: the function there; None where it is not known, though what it calls may be.
    :param plans: the call's there, as far as it is known.
    """

    interface: Interface
    endpoint: Endpoint | None
    plans: list[CallPlan]

    def purge_of(self, calls: Sequence[NestedCall]) -> Purge | None:
        return self.interface.purge_of([*self.plans, *self.interface.nested_plans(calls)])


class Effects:
    """Those of one call; to be made before the function runs, which may change its arguments."""

    __slots__ = ("_arguments", "_elsewhere", "_others", "are_announced", "endpoint", "interface", "plan")

    def __init__(self, interface: Interface, endpoint: Endpoint, arguments: Mapping[str, Any]) -> None:
        self.interface = interface
        self.endpoint = endpoint
        self.plan = interface.plan(endpoint, arguments)
        self._arguments = arguments
        self._others = others = interface.others()
        self._elsewhere = self._as_seen_by(others) if others else []
        self.are_announced = bool(endpoint.announced or self._elsewhere)
        """Whether somebody is to know of the purges before the function runs."""

    async def announce(self, port: Port) -> list[Announcement | None]:
        """Make known what the call may purge; that stands for as long as the result is held."""
        endpoints = [self.endpoint, *(seen.endpoint for seen in self._elsewhere)]
        return [
            await store.announce(port.access(store), tags)
            for endpoint in endpoints
            if endpoint is not None
            for store, tags in endpoint.announced
        ]

    def purges(self, nested: Sequence[CallPlan], calls: Sequence[NestedCall]) -> list[Purge]:
        """What the call, and those that it made, make stale in each cache.

        :param nested: the plans of *calls* in its own interface.
        """
        own = self.interface.purge_of([self.plan, *nested])
        others = self.interface.others()
        if others is self._others and not self._elsewhere:
            return [] if own is None else [own]
        found = [own]
        if others is not self._others:
            # One that has been opened meanwhile may hold what was read before the function wrote.
            self._elsewhere += self._as_seen_by([other for other in others if other not in self._others])
        found += [seen.purge_of(calls) for seen in self._elsewhere]
        return [purge for purge in found if purge is not None]

    def _as_seen_by(self, others: Sequence[Interface]) -> list[_Elsewhere]:
        endpoints = [other.endpoint_of(self.endpoint.function) for other in others]
        return [
            _Elsewhere(other, endpoint, [] if endpoint is None else [other.plan(endpoint, self._arguments)])
            for other, endpoint in zip(others, endpoints, strict=True)
        ]


class ResettingPlan:
    """A plan that says that clients are to forget all that they keep, and nothing else: what else has become stale is
    forgotten with the rest.
    """

    def finish(
        self,
        result_json: bytes,
        nested: Sequence[Any] = (),  # noqa: ARG002 - see the class
        refresh_json: bytes | None = None,  # noqa: ARG002 - it would be of who has called before
    ) -> tuple[bytes, str | None]:
        """As ``CallPlan.finish``."""
        return b'{"result":' + result_json + b',"invalidate":["*"]}', EVERYTHING
