"""What is said over Redis's own publishing, and under which names.

Redis shares these names between the databases of a server, so a name begins with the prefix and the database's number.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from mizan_core.live.broker import Message
from mizan_redis.address import Address
from mizan_redis.resp import Command


class Channels(NamedTuple):
    """The names of one application.

    :param stale: where purges are announced.
    :param topics: what the names of topics begin with.
    """

    stale: bytes
    topics: bytes

    @classmethod
    def of(cls, prefix: str, address: Address) -> Channels:
        start = f"{prefix}{address.options.get('db', 0)}:"
        return cls(f"{start}stale".encode(), f"{start}topic:".encode())

    def of_topic(self, topic: str) -> bytes:
        return self.topics + topic.encode()

    def topic_of(self, channel: bytes) -> str:
        return channel[len(self.topics) :].decode()

    def announcement(self, tags: Sequence[str], origin: str | None) -> Command:
        """The command that announces them."""
        return ("PUBLISH", self.stale, json.dumps([origin, *tags], separators=(",", ":")))


def read_announcement(payload: bytes) -> tuple[list[str], str | None]:
    """The tags and the origin of an announcement.

    :raises ValueError: for what is none.
    """
    found = json.loads(payload)
    if not isinstance(found, list) or not found:
        raise ValueError("not an announcement")
    origin, *tags = found
    return [str(tag) for tag in tags], None if origin is None else str(origin)


def read_message(payload: bytes) -> tuple[str, Message]:
    """The epoch and the message that a topic's script has published.

    :raises ValueError: for what is none.
    """
    epoch, offset, data = payload.split(b" ", 2)
    return epoch.decode("ascii"), Message(int(offset), data)
