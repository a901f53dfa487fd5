"""What is known of the servers: which holds a key, and the history of each one's data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis.crc import key_slot

from mizan_core.cache.backend import BackendUnavailable
from mizan_redis.address import Node

SLOTS = 16_384
_MASTER = re.compile(rb"^role:master\r?$", re.MULTILINE)
_HISTORY = re.compile(rb"^master_replid:([0-9a-zA-Z]*)", re.MULTILINE)
_HISTORY_LETTERS = 16
"""Of the 40 hexadecimal digits of a history's name: 64 random bits tell them apart well enough."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The servers as they were when they were last asked.

    :param histories: what each server called its data's history.
    :param owners: the server of each of a cluster's slots; empty where there is one server.
    """

    histories: Mapping[Node, str]
    owners: tuple[Node, ...] = ()

    def node(self, place: str) -> Node:
        """The server that holds the keys of *place*."""
        if self.owners:
            return self.owners[key_slot(place.encode())]
        return next(iter(self.histories))


def read_history(reply: Any) -> str:
    """The name of a server's history, from its answer to ``INFO replication``.

    :raises BackendUnavailable: when the server is a replica, or the answer is another.
    """
    facts = reply if isinstance(reply, bytes) else b""
    if not _MASTER.search(facts):
        raise BackendUnavailable("the server does not say that it is a master")
    named = _HISTORY.search(facts)
    history = named[1].decode("ascii") if named else ""
    if len(history) < _HISTORY_LETTERS:
        raise BackendUnavailable("the server does not name the history of its data")
    return history[:_HISTORY_LETTERS]


def read_owners(reply: Any, asked: Node) -> tuple[Node, ...]:
    """The server of each slot, from the answer to ``CLUSTER SLOTS``.

    :param asked: who gave the answer; it need not know its own host.
    :raises BackendUnavailable: when a slot has no server, or the answer is another.
    """
    owners: list[Node | None] = [None] * SLOTS
    try:
        for first, last, (host, port, *_), *_ in reply:
            node = Node((host or b"").decode() or asked.host, port)
            owners[first : last + 1] = [node] * (last + 1 - first)
    except (TypeError, ValueError, AttributeError):
        raise BackendUnavailable("the cluster's answer about its slots cannot be read") from None
    complete = tuple(owner for owner in owners if owner is not None)
    if len(complete) != SLOTS:
        raise BackendUnavailable("the cluster has slots that no server holds")
    return complete
