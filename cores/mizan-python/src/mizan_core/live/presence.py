"""Who is there: members of topics, whom this process vouches for again and again, and the word of it as messages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from mizan_core.cache.backend import BackendUnavailable
from mizan_core.engine import ENGINE
from mizan_core.live.broker import Attendance, Broker

HEARTBEAT = 10.0
"""Seconds between two times that members are vouched for."""
TTL = 30
"""Seconds that a member is there without that."""
_log = logging.getLogger("mizan.live")


class Presence:
    """The members of one event loop.

    :param spawn: does what nobody waits for.
    """

    def __init__(self, broker: Broker, spawn: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._broker = broker
        self._spawn = spawn
        self._members: dict[str, dict[str, bytes]] = {}

    async def enter(self, topic: str, member: str, who: bytes) -> None:
        """*member* is there from now on, and others are told *who* that is.

        :raises BackendUnavailable: where nobody could be told; the next heartbeat tells them.
        """
        self._members.setdefault(topic, {})[member] = who
        await self._tell(topic, await self._broker.enter(topic, {member: who}, TTL))

    def leave(self, topic: str, member: str) -> None:
        """It is there no longer."""
        here = self._members.get(topic, {})
        if here.pop(member, None) is not None:
            self._spawn(self._leave(topic, member))
        if not here:
            self._members.pop(topic, None)

    async def beat(self) -> None:
        """Vouch for everybody once more."""
        for topic, here in tuple(self._members.items()):
            try:
                await self._tell(topic, await self._broker.enter(topic, dict(here), TTL))
            except BackendUnavailable as error:
                _log.warning("Who is there cannot be told: %s", error)
                return

    async def _leave(self, topic: str, member: str) -> None:
        try:
            gone = await self._broker.exit(topic, [member])
            await self._publish(topic, "left", gone)
        except BackendUnavailable as error:  # its time runs out
            _log.warning("Who is there cannot be told: %s", error)

    async def _tell(self, topic: str, attendance: Attendance) -> None:
        here = self._members.get(topic, {})
        await self._publish(topic, "joined", {name: here[name] for name in attendance.joined if name in here})
        await self._publish(topic, "left", attendance.gone)

    async def _publish(self, topic: str, what: str, members: Mapping[str, bytes]) -> None:
        if members:
            await self._broker.apublish(topic, f'"presence":{{"{what}":[{members_json(members)}]}}'.encode())


def members_json(members: Mapping[str, bytes]) -> str:
    """Members as clients get them, without the brackets of the list."""
    return ",".join(
        f'{{"id":{ENGINE.canonical_json(member).decode()},"data":{who.decode()}}}' for member, who in members.items()
    )
