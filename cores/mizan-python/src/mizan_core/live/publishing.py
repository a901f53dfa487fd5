"""Publishing from server code: what serves a channel says how its messages leave."""

from __future__ import annotations

import weakref
from collections.abc import Hashable
from typing import Protocol

from mizan_core.registry import Registry


class Publisher(Protocol):
    """How messages of one registry's channels leave."""

    @property
    def place(self) -> Hashable:
        """Where to: of those that publish to one place, one does it."""

    def publish(self, topic: str, data: bytes) -> None:
        """Publish from a thread; where a transaction is open, when it commits."""

    async def apublish(self, topic: str, data: bytes) -> None:
        """As ``publish``, on an event loop."""


_publishers: list[tuple[Registry, weakref.ref[Publisher]]] = []


def serve(registry: Registry, publisher: Publisher) -> None:
    """Have *publisher* publish what the channels of *registry* say, for as long as somebody else holds it."""
    entry = (registry, weakref.ref(publisher))
    _publishers.append(entry)
    weakref.finalize(publisher, _publishers.remove, entry)


def publish(channel: type, topic: str, data: bytes) -> None:
    """Publish a message of *channel*, wherever it is served."""
    for publisher in _publishers_of(channel):
        publisher.publish(topic, data)


async def apublish(channel: type, topic: str, data: bytes) -> None:
    """As ``publish``, on an event loop."""
    for publisher in _publishers_of(channel):
        await publisher.apublish(topic, data)


def _publishers_of(channel: type) -> list[Publisher]:
    """:raises RuntimeError: where there is none."""
    alive = ((registry, publisher()) for registry, publisher in tuple(_publishers))
    serving = [each for registry, each in alive if each is not None and channel in registry.channels().values()]
    found = list({publisher.place: publisher for publisher in serving}.values())
    if not found:
        raise RuntimeError(
            f"{channel.__module__}.{channel.__qualname__}: nothing serves this channel; mizan_clients(...) registers "
            f"those of an application, and MIZAN_LIVE must not be off"
        )
    return found
