"""What is asked of the servers and what of their answers is believed, without I/O.

A server may come back with old data: from its snapshot, from a lagging log, or because a replica took over that had
not heard of the last writes. Purges are lost then, and every entry that they made invalid looks valid again. So:

- A master names the history of its data (``master_replid`` of ``INFO replication``): a random name, new each time that
  a server starts and each time that a replica becomes a master.
- Every key ends in the name of the history that it was written in. What a server kept from an earlier history has
  names that nobody asks for, and goes when its time is over: for the cache, a server that starts anew starts empty.
- ``INFO replication`` is the last command of every pipeline, so each answer carries the name of the history that it is
  from. It costs the server about as much as a ``GET``, and no round trip. With another name than the keys have, or from
  a replica, the answer is not believed: the operation fails, and as after every failure the store changes the epoch
  and the servers are asked anew.

Because the answer itself tells, it does not matter when, how often or behind whose back a connection was made again,
nor whether a connection outlived its server's change of role. And as the last reply must be of that one form, a
connection whose replies have got out of step is found out too.

In a cluster every master has a history of its own, and a key has that of the master that holds it. The part of a key
that decides about its slot (in braces) leaves the history out. A redirection is a failure like any other; a layout is
taken over only when all slots have masters and all of these answer, so that while one is missing the cache is out of
service as a whole, once, and does not come and go with the keys that are asked for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from mizan_core.cache.backend import BackendReplaced, BackendUnavailable, Beat, Pulse
from mizan_redis.address import Address, Kind, Node
from mizan_redis.layout import Layout, read_history, read_owners
from mizan_redis.resp import Command
from mizan_redis.silence import Silence

_INFO: Command = ("INFO", "replication")
_SLOTS: Command = ("CLUSTER", "SLOTS")


class Request(NamedTuple):
    """Commands for one server, sent at once.

    :param spare: the place of one that the account may lack the right to; its reply is None then.
    """

    node: Node
    commands: Sequence[Command]
    spare: int | None = None


Replies: TypeAlias = "list[list[Any]]"
Send: TypeAlias = "Callable[[Sequence[Request]], Awaitable[Replies]]"
"""Sends requests and gives their replies, or raises ``BackendUnavailable``."""


class Exchanges:
    """The operations of a cache on one server or cluster, for all threads and event loops of a process.

    :param prefix: what every key starts with.
    :param seeds: the servers to ask first; the only one where there is no cluster.
    :param silence: is told of announcements that are refused.
    """

    def __init__(self, prefix: str, seeds: Sequence[Node], *, is_cluster: bool, silence: Silence | None = None) -> None:
        self._prefix = prefix
        self._silence = silence or Silence()
        self._seeds = tuple(seeds)
        self._candidates = self._seeds
        self._is_cluster = is_cluster
        self._layout: Layout | None = None
        self._last: frozenset[str] | None = None

    @classmethod
    def of(cls, prefix: str, address: Address, silence: Silence | None = None) -> Exchanges:
        # Sentinels name the server, a socket's path has no host: what stands for the one server is only a name.
        is_cluster = address.kind is Kind.CLUSTER
        seeds = address.nodes if is_cluster else address.nodes[:1] or (Node("", 0),)
        return cls(prefix, seeds, is_cluster=is_cluster, silence=silence)

    async def read(self, send: Send, keys: Sequence[str]) -> list[bytes | None]:
        """See ``CacheBackend.read``."""
        found = await self.perform(send, keys, lambda _, name: [("GET", name)])
        return [found[key][0] for key in keys]

    async def claim(self, send: Send, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        """See ``CacheBackend.claim``."""
        found = await self.perform(
            send, values, lambda key, name: [("SET", name, values[key], "EX", ttl, "NX"), ("GET", name)]
        )
        # A server that is short of memory may have evicted the key already.
        return [own if found[key][1] is None else found[key][1] for key, own in values.items()]

    async def write(
        self,
        send: Send,
        values: Mapping[str, bytes],
        ttl: int,
        witnesses: Sequence[str] = (),
        announcement: Callable[[list[str]], Command] | None = None,
    ) -> list[bytes | None]:
        """See ``CacheBackend.write``.

        :param announcement: see ``AnnouncingBackend.write_announced``. Each server announces what it holds itself,
            behind its writes: who reads because of that finds them there.
        """

        def last(keys: list[str]) -> Command | None:
            written = [key for key in keys if key in values]
            return announcement(written) if announcement is not None and written else None

        found = await self.perform(
            send,
            [*values, *witnesses],
            lambda key, name: [("SET", name, values[key], "EX", ttl) if key in values else ("GET", name)],
            last,
        )
        return [found[key][0] for key in witnesses]

    async def save(self, send: Send, key: str, value: bytes, ttl: int, tags: Sequence[str], tag_ttl: int) -> None:
        """See ``CacheBackend.save``."""
        await self.perform(
            send,
            [key, *tags],
            lambda each, name: [("SET", name, value, "EX", ttl) if each == key else ("EXPIRE", name, tag_ttl)],
        )

    async def delete(self, send: Send, keys: Sequence[str]) -> None:
        """See ``CacheBackend.delete``."""
        await self.perform(send, keys, lambda _, name: [("DEL", name)])

    async def beat(self, send: Send, beat: Beat) -> Pulse:
        """See ``SharedBackend.beat``."""

        def commands(key: str, name: str) -> list[Command]:
            if key == beat.lease:
                return [("EXPIRE", name, beat.lease_ttl), ("GET", name)]
            drop: list[Command] = [("HDEL", name, *beat.dropped)] if beat.dropped else []
            return [("HGETALL", name), *_enrolment(name, beat.roster_ttl, beat.fields), *drop]

        found = await self.perform(send, [beat.lease, beat.roster], commands)
        flat = iter(found[beat.roster][0])
        return Pulse(found[beat.lease][1], {name.decode(errors="replace"): next(flat) for name in flat})

    async def enroll(self, send: Send, roster: str, roster_ttl: int, fields: Mapping[str, bytes]) -> None:
        """See ``SharedBackend.enroll``."""
        await self.perform(send, [roster], lambda _, name: _enrolment(name, roster_ttl, fields))

    async def strike(self, send: Send, roster: str, fields: Sequence[str]) -> None:
        """See ``SharedBackend.strike``."""
        await self.perform(send, [roster], lambda _, name: [("HDEL", name, *fields)] if fields else [])

    async def locate(self, send: Send) -> Layout:
        """Where the servers are, as far as is known."""
        return self._layout or await self._learn(send)

    async def confirm(self, send: Send, node: Node, history: str) -> None:
        """:raises BackendUnavailable: when what answers at *node* is not the server that had this history."""
        [[reply]] = await send([Request(node, [_INFO])])
        if read_history(reply) != history:
            self._layout = self._last = None
            raise BackendReplaced("the server has started anew, or another has taken its place")

    async def perform(
        self,
        send: Send,
        keys: Iterable[str],
        commands: Callable[[str, str], list[Command]],
        last: Callable[[list[str]], Command | None] | None = None,
    ) -> dict[str, list[Any]]:
        """The replies to the *commands* for each key and its full name.

        :param last: what each server is asked in the end, for the keys that it has: to announce. It may refuse.
        """
        layout = self._layout or await self._learn(send)
        try:
            return await self._ask(send, layout, keys, commands, last)
        except BackendUnavailable:
            self._forget(layout)
            raise

    async def _ask(
        self,
        send: Send,
        layout: Layout,
        keys: Iterable[str],
        commands: Callable[[str, str], list[Command]],
        last: Callable[[list[str]], Command | None] | None,
    ) -> dict[str, list[Any]]:
        shares: dict[Node, dict[str, list[Command]]] = {}
        for key in keys:
            place = f"{self._prefix}{{{key}}}"
            node = layout.node(place)
            shares.setdefault(node, {})[key] = commands(key, place + layout.histories[node])
        # All callers take connections in the same order, so that none waits in a circle.
        requests = [_request(node, shares[node], last) for node in sorted(shares)]
        answers: dict[str, list[Any]] = {}
        for request, replies in zip(requests, await send(requests), strict=True):
            if read_history(replies[-1]) != layout.histories[request.node]:
                self._last = None
                raise BackendReplaced("the server has started anew, or another has taken its place")
            if request.spare is not None and replies[request.spare] is None:
                self._silence.note_mute()
            rest = iter(replies)
            for key, own in shares[request.node].items():
                answers[key] = [next(rest) for _ in own]
        return answers

    async def _learn(self, send: Send) -> Layout:
        owners = await self._find_owners(send) if self._is_cluster else ()
        nodes = sorted(set(owners)) or list(self._seeds)
        replies = await send([Request(node, [_INFO]) for node in nodes])
        histories = {node: read_history(reply) for node, (reply,) in zip(nodes, replies, strict=True)}
        self._layout = layout = Layout(histories, owners)
        if self._is_cluster:
            self._candidates = tuple(dict.fromkeys([*nodes, *self._seeds]))
        last, self._last = self._last, frozenset(histories.values())
        if last not in (None, self._last):
            raise BackendReplaced("other servers answer, or other data")
        return layout

    async def _find_owners(self, send: Send) -> tuple[Node, ...]:
        """Ask one server after the other until one knows; who does not is asked last the next time."""
        failure = BackendUnavailable("no server of the cluster answers")
        for candidate in self._candidates:
            try:
                [[reply]] = await send([Request(candidate, [_SLOTS])])
                return read_owners(reply, candidate)
            except BackendUnavailable as error:
                failure = error
                self._candidates = (*(other for other in self._candidates if other != candidate), candidate)
        raise failure

    def _forget(self, layout: Layout) -> None:
        """Ask anew before the next operation, and another server first: this one's view may be the outdated one."""
        if self._layout is layout:
            self._layout = None
            self._candidates = (*self._candidates[1:], *self._candidates[:1])


def _request(
    node: Node, share: Mapping[str, list[Command]], last: Callable[[list[str]], Command | None] | None
) -> Request:
    commands = [*chain(*share.values())]
    announcement = None if last is None else last(list(share))
    if announcement is None:
        return Request(node, [*commands, _INFO])
    return Request(node, [*commands, announcement, _INFO], spare=len(commands))


def _enrolment(name: str, ttl: int, fields: Mapping[str, bytes]) -> list[Command]:
    pairs: Iterable[str | bytes] = chain.from_iterable(fields.items())
    return [("HSET", name, *pairs), ("EXPIRE", name, ttl)]
