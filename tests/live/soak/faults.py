"""Builds that are broken on purpose, so that the soak can prove that it would notice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

from mizan_core.cache import announcing
from mizan_core.live import hub
from mizan_core.live.watches import Watches
from tests.breaking import replace

_WINDOW, _LONG = 0.2, 0.8
"""Seconds that a fault's window stays open, and those that a connection takes to be made anew."""


class Fault(NamedTuple):
    """*world* is where it shows; *install* breaks this process before it serves."""

    world: str
    install: Callable[[], None]


def nothing_is_announced() -> None:
    """A purge tells nobody; comparing is far away."""

    async def write(self: Any, access: Any, values: Any, ttl: int, witnesses: Any, _: Any) -> Any:
        return await access.write(values, ttl, witnesses)

    replace(announcing.Announcements, "write", write)
    _never_compare()


def reconnects_are_not_noticed() -> None:
    """What was announced while the connection to the broker was cut is not looked for."""
    from mizan_redis import subscriptions

    replace(subscriptions, "_FIRST_PAUSE", _LONG)
    replace(hub.Hub, "on_reconnect", lambda _: None)
    _never_compare()


def everybody_is_the_originator() -> None:
    """Nobody is told of what somebody has changed over a socket."""
    watching = Watches._watching

    def without(self: Any, changed: Any) -> Any:
        return watching(self, {tag: origins for tag, origins in changed.items() if None in origins})

    replace(Watches, "_watching", without)
    _never_compare()


def half_of_the_tags() -> None:
    """A watch is entered under its context's tag alone."""
    enter = Watches.enter

    def enter_broadly(self: Any, holder: Any, number: int, tags: Iterable[str]) -> Any:
        return enter(self, holder, number, [tag for tag in tags if tag.count(":") == 1])

    replace(Watches, "enter", enter_broadly)


def watched_after_reading() -> None:
    """A watch is entered when its functions have run."""
    watch = hub.Hub.watch

    async def late(self: Any, socket: Any, number: int, tags: list[str]) -> None:
        self.watches.leave(socket, number)
        self.spawn(_later(watch(self, socket, number, tags)))

    replace(hub.Hub, "watch", late)
    _never_compare()


async def _later(work: Awaitable[None]) -> None:
    await asyncio.sleep(_WINDOW)
    await work


def _never_compare() -> None:
    replace(hub, "COMPARE", 3_600.0)


FAULTS = {
    "nothing-is-announced": Fault("redis", nothing_is_announced),
    "reconnects-are-not-noticed": Fault("redis", reconnects_are_not_noticed),
    "everybody-is-the-originator": Fault("memory", everybody_is_the_originator),
    "half-of-the-tags": Fault("memory", half_of_the_tags),
    "watched-after-reading": Fault("memory", watched_after_reading),
}
