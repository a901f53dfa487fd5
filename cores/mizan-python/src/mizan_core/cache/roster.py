"""Who shares a store, who of them is alive, and what each has promised to purge; without I/O.

The roster is one key with fields. A process has a field named like itself, whose value is new with each beat: the
number of the beat and its graph. Before a function runs that may write, each context that is going to be purged has a
field ``<process>/<number>``: an announcement. It stays while any function is running that announced the context, and
then until a whole beat has gone by without one, so that a burst of mutations writes once.

A process whose field has not changed for longer than a lease, by the reader's own clock, is dead or stalled. What it
has announced is purged on its behalf, and some time later its fields are struck out. A stalled one that goes on purges
by itself in any case, and writes its field anew.

An announcement's field is never used twice: what removes an old one, however late it arrives, cannot remove a new one.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from threading import RLock
from typing import NamedTuple

from mizan_core.cache.versions import GRAPH_BYTES

_SEPARATOR = "/"
_NUMBER_BYTES = 8
_REMEMBERED = 4
"""Leases that a dead process stays in the roster: everybody sees it, and knows whether there was an outage then."""


class Dead(NamedTuple):
    """A process that has not been heard of for longer than a lease.

    :param announced: the tags of the contexts that it has promised to purge.
    :param since: when it certainly lived, by the reader's clock.
    """

    announced: list[str]
    since: float


class Findings(NamedTuple):
    """What a beat has shown.

    :param dead: those that this process has not heard about before.
    :param forgotten: the fields of those that have been dead for long.
    :param lost: this process's own field, and so perhaps the whole roster, has gone since its last beat.
    :param strangers: processes are there whose graph is another.
    """

    dead: list[Dead]
    forgotten: list[str]
    lost: bool
    strangers: bool


class _Member(NamedTuple):
    """What is known of another process.

    :param alive: when the beat began before the one that found this value: it was written later.
    :param since: when the value was found.
    """

    value: bytes | None
    alive: float
    since: float


class Roster:
    """One process's place in the roster.

    :param lease: seconds without a beat after which a process counts as dead.
    :ivar name: of the process.
    """

    def __init__(self, lease: float) -> None:
        self._lease = lease
        self.restart()

    def restart(self) -> None:
        """Another process, which has announced nothing."""
        # What the garbage collector drops ends its announcement, whatever this thread is doing.
        self._lock = RLock()
        self.name = secrets.token_hex(8)
        self._beats = 0
        self._numbers = 0
        self._running: dict[str, int] = {}
        self._recent: set[str] = set()
        self._fields: dict[str, list[str]] = {}
        self._published: set[str] = set()
        self._members: dict[str, _Member] = {}
        self._made_up_for: dict[str, tuple[bytes | None, list[str]]] = {}
        self._last_beat: float | None = None

    def begin(self, tags: Collection[str]) -> dict[str, bytes]:
        """A function begins that may purge the contexts of *tags*; gives the fields that announce those that are not
        announced yet, to be ``confirm``-ed when they have been written.
        """
        with self._lock:
            self._count(tags)
            if self._published.issuperset(tags):
                return {}
            return self._announcements([tag for tag in tags if tag not in self._published])

    def prolong(self, tags: Collection[str]) -> None:
        """As ``begin``, for what has been announced already, or will be with the next beat."""
        with self._lock:
            self._count(tags)

    def confirm(self, fields: Mapping[str, bytes]) -> None:
        """*fields* have been written."""
        with self._lock:
            self._published.update(tag.decode() for name, tag in fields.items() if _SEPARATOR in name)

    def end(self, name: str, tags: Iterable[str]) -> None:
        """What ``begin`` was told of has been purged, or need not be.

        :param name: that of the process that began: what a fork has inherited is not its own.
        """
        with self._lock:
            if name == self.name:
                for tag in tags:
                    self._running[tag] -= 1

    @property
    def is_idle(self) -> bool:
        """Whether nothing is running that has announced a purge."""
        with self._lock:
            return not any(self._running.values())

    def next_beat(self, graph: bytes) -> tuple[dict[str, bytes], list[str]]:
        """The fields to write and those to drop."""
        with self._lock:
            self._beats += 1
            running = {tag for tag, number in self._running.items() if number}
            idle = [tag for tag in self._fields if tag not in running and tag not in self._recent]
            self._recent.clear()
            dropped = [field for tag in idle for field in self._fields.pop(tag)]
            self._published.difference_update(idle)
            fields = self._announcements(sorted(running - self._published))
            fields[self.name] = self._beats.to_bytes(_NUMBER_BYTES, "big") + graph
            return fields, dropped

    def own_fields(self) -> list[str]:
        with self._lock:
            return [self.name, *(field for fields in self._fields.values() for field in fields)]

    def observe(self, found: Mapping[str, bytes], graph: bytes, began: float, now: float) -> Findings:
        """What the roster's fields, as they were when a beat arrived that *began* then, tell at *now* of a clock."""
        with self._lock:
            # One that was late itself may have been struck out by others.
            is_punctual = self._last_beat is not None and now - self._last_beat < self._lease
            lost = is_punctual and self.name not in found
            before, self._last_beat = began if self._last_beat is None else self._last_beat, began
            if self.name not in found:
                self._published.clear()
        fields: dict[str, list[str]] = {}
        for field in found:
            fields.setdefault(field.partition(_SEPARATOR)[0], []).append(field)
        fields.pop(self.name, None)
        self._members = {name: self._member(name, found.get(name), before, now) for name in fields}
        silent = {name: member for name, member in self._members.items() if now - member.since > self._lease}
        dead = [
            Dead([found[field].decode(errors="replace") for field in fields[name] if field != name], member.alive)
            for name, member in silent.items()
            if self._made_up_for.get(name) != (member.value, fields[name])
        ]
        self._made_up_for = {name: (member.value, fields[name]) for name, member in silent.items()}
        old = [name for name, member in silent.items() if now - member.since > _REMEMBERED * self._lease]
        forgotten = [field for name in old for field in fields[name]]
        values = (member.value for member in self._members.values())
        strangers = any(value is not None and value[-GRAPH_BYTES:] != graph for value in values)
        return Findings(dead, forgotten, lost, strangers)

    def _member(self, name: str, value: bytes | None, before: float, now: float) -> _Member:
        known = self._members.get(name)
        return known if known is not None and known.value == value else _Member(value, before, now)

    def _count(self, tags: Collection[str]) -> None:
        running = self._running
        for tag in tags:
            running[tag] = running.get(tag, 0) + 1
        self._recent.update(tags)

    def _announcements(self, tags: Iterable[str]) -> dict[str, bytes]:
        fields = {}
        for tag in tags:
            self._numbers += 1
            field = f"{self.name}{_SEPARATOR}{self._numbers}"
            self._fields.setdefault(tag, []).append(field)
            fields[field] = tag.encode()
        return fields
