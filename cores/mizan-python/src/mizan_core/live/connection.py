"""Driving a session: bytes in and out, what it starts done, on asyncio.

What is called runs in tasks of its own. When the socket ends, reads are given up; whatever may write goes on to its
end, and nobody is told of its result.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any

from mizan_core.call.dispatcher import Dispatcher
from mizan_core.errors import APIError, Unauthorized
from mizan_core.live.answering import Answering
from mizan_core.live.broker import Message, Position
from mizan_core.live.driver import Peer, Wire
from mizan_core.live.effects import (
    Authenticate,
    Bearer,
    Close,
    Effect,
    Leave,
    Reauthorize,
    Recover,
    RequestFrame,
    Send,
    Start,
    Stop,
)
from mizan_core.live.frames import ClientMessage, Rpc, Subscribe, Watch, plain_refusal
from mizan_core.live.hub import Hub
from mizan_core.live.rooms import Rooms
from mizan_core.live.session import Session
from mizan_core.live_counters import LIVE_COUNTERS
from mizan_core.live_settings import LiveSettings

_LAST_WORDS = 2.0
"""Seconds that sending what is left, and closing, may take each."""


class Connection:
    """One socket."""

    __slots__ = (
        "_answering",
        "_closing",
        "_dispatcher",
        "_hub",
        "_is_given_up",
        "_is_over",
        "_last_check",
        "_limits",
        "_outbox",
        "_peer",
        "_reading",
        "_reads",
        "_rooms",
        "_session",
        "_wire",
        "_writing",
        "socket",
    )

    def __init__(
        self, wire: Wire, hub: Hub, peer: Peer, dispatcher: Dispatcher, limits: LiveSettings, socket: str | None
    ) -> None:
        self.socket = socket
        self._wire = wire
        self._hub = hub
        self._peer = peer
        self._dispatcher = dispatcher
        self._limits = limits
        self._session = Session(limits, _now())
        self._outbox: list[str] = []
        self._writing: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[Any] | None = None
        self._is_given_up = False
        self._is_over = False
        self._reads: dict[int, asyncio.Task[None]] = {}
        self._answering = Answering(dispatcher, peer)
        self._rooms: Rooms | None = None
        """Those of a socket that has subscribed; most do not."""
        self._last_check = _now()

    async def run(self, token: str | None) -> None:
        """Until it ends; one frame alone, since it lives as long as the socket does.

        :param token: one that came with the handshake, and was found good then.
        """
        self._hub.attach(self)
        self._reading = asyncio.current_task()
        try:
            try:
                if token is not None:
                    self._begin_as(token)
                while not self._session.is_closed:
                    frame = await self._wire.receive()
                    if frame is None:
                        break
                    self._perform(self._received(frame))
            except asyncio.CancelledError:
                if not self._is_given_up:
                    raise
                if sys.version_info >= (3, 11) and self._reading is not None:
                    self._reading.uncancel()
            self._reading = None
            if self._closing is not None:
                await self._closing
        finally:
            self._reading = None
            self._end()

    def _begin_as(self, token: str) -> None:
        """It may have expired since, or its key may have gone."""
        try:
            identity = self._identity(token)
        except Unauthorized:
            self._perform(self._session.ended())
        else:
            self._session.begin_as(identity, _now())

    def _received(self, frame: str | bytes) -> list[Effect]:
        return self._session.receive_text(frame, _now()) if isinstance(frame, str) else self._session.receive_bytes()

    def _end(self) -> None:
        """Reads are given up; what may write goes on."""
        self._is_over = True
        LIVE_COUNTERS.add({**self._session.take_counts(), "closed": 1})
        self._outbox.clear()
        for task in tuple(self._reads.values()):
            task.cancel()
        if self._rooms is not None:
            self._rooms.end()
        self._hub.detach(self)

    # --- what the hub tells

    def on_tick(self) -> None:
        """See ``Attached``."""
        now = _now()
        counts = self._session.take_counts()
        if counts:
            LIVE_COUNTERS.add(counts)
        if now - self._last_check >= self._limits.check_seconds:
            self._last_check = now
            self._hub.spawn(self._check())
        self._perform(self._session.tick(now))

    async def _check(self) -> None:
        if self._session.token is None and await self._peer.look() != self._peer.viewer:
            self._perform(self._session.ended())

    def on_stale(self, ids: Sequence[int]) -> None:
        """See ``Attached``."""
        self._perform(self._session.signal(ids, _now()))

    def on_message(self, topic: str, epoch: str, message: Message) -> None:
        """See ``Attached``."""
        self._subscribed().deliver(topic, epoch, message)

    def on_lost(self, topic: str, position: Position) -> None:
        """See ``Attached``."""
        self._subscribed().lose(topic, position)

    def _subscribed(self) -> Rooms:
        if self._rooms is None:
            self._rooms = Rooms(
                self, self._hub, self._session, self._answering, self._perform, self._limits.frame_bytes
            )
        return self._rooms

    # --- what the session wants

    def _perform(self, effects: Iterable[Effect]) -> None:
        if self._is_over:
            return
        for effect in effects:
            if type(effect) is Send:
                self._send(effect.text)
            else:
                self._perform(self._carry_out(effect))

    def _carry_out(self, effect: Effect) -> Sequence[Effect]:
        """Do what is no sending; gives what follows from it at once."""
        if type(effect) is Start:
            self._start(effect.request)
        elif type(effect) is Stop:
            self._stop(effect.id)
        elif type(effect) is Leave:
            self._subscribed().leave(effect.key)
        elif type(effect) is Authenticate:
            return self._authenticate(effect)
        elif type(effect) is Recover:
            self._hub.spawn(self._subscribed().recover(effect))
        elif type(effect) is Reauthorize:
            self._hub.spawn(self._subscribed().reauthorize(effect))
        elif type(effect) is Close:
            self._closing = self._hub.spawn(self._close(effect))
        return ()

    def _send(self, text: str) -> None:
        self._outbox.append(text)
        if self._writing is None:
            self._writing = self._hub.spawn(self._write())

    async def _write(self) -> None:
        try:
            while self._outbox:
                texts, self._outbox = self._outbox, []
                for text in texts:
                    if not self._is_over:
                        await self._wire.send(text)
        finally:
            self._writing = None

    async def _close(self, close: Close) -> None:
        """Send what is to be sent before; not for long, since a reader who has stopped may be why it is closed."""
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=_LAST_WORDS)
        try:
            await asyncio.wait_for(self._wire.close(close.code, close.reason), _LAST_WORDS)
        except asyncio.TimeoutError:
            self._outbox.clear()
        if self._reading is not None:
            # Whoever says nothing any more may not even answer this: the server ends it when its driver has returned.
            self._is_given_up = True
            self._reading.cancel()

    def _start(self, request: RequestFrame) -> None:
        if type(request) is Rpc:
            self._hub.spawn(self._call(request))
        elif type(request) is ClientMessage:
            self._hub.spawn(self._say(request))
        elif type(request) is Watch:
            self._begin_read(request.id, self._watch(request))
        elif type(request) is Subscribe:
            self._begin_read(request.id, self._subscribed().subscribe(request))

    def _begin_read(self, number: int, work: Coroutine[Any, Any, None]) -> None:
        task = self._reads[number] = self._hub.spawn(work)

        def forget(_: object) -> None:
            if self._reads.get(number) is task:
                del self._reads[number]
            if not self._reads:
                self._reads = {}  # one that has held something keeps the room for it

        task.add_done_callback(forget)

    def _stop(self, number: int) -> None:
        task = self._reads.get(number)
        if task is not None and task is not asyncio.current_task():
            del self._reads[number]
            task.cancel()
        self._hub.watches.leave(self, number)

    # --- who asks

    def _identity(self, token: str) -> Bearer:
        """:raises Unauthorized: for a token that is refused."""
        claims = self._dispatcher.interface().token_user(token).claims
        return Bearer(token, claims.sub, (claims.pkey, claims.staff, claims.superuser), claims.exp - time.time())

    def _authenticate(self, effect: Authenticate) -> list[Effect]:
        try:
            identity = self._identity(effect.token)
        except APIError as error:
            return self._session.refused(effect.id, plain_refusal(effect.id, error), _now())
        return self._session.authenticated(effect.id, identity, _now())

    # --- doing it

    async def _call(self, request: Rpc) -> None:
        def finish(text: str) -> None:
            self._perform(self._session.finished(request.id, text, _now()))

        async def answer(text: str) -> None:
            finish(text)
            await asyncio.sleep(0)  # it begins to be sent

        text = await self._answering.call(request, self._session.token, answer)
        if text is not None:
            finish(text)

    async def _say(self, request: ClientMessage) -> None:
        text = await self._subscribed().say(request)
        self._perform(self._session.finished(request.id, text, _now()))

    async def _watch(self, request: Watch) -> None:
        async def enter(tags: list[str]) -> None:
            if not self._is_over:
                await self._hub.watch(self, request.id, tags)

        text, is_granted = await self._answering.watch(request, self._session.token, enter)
        tell = self._session.watched if is_granted else self._session.refused
        self._perform(tell(request.id, text, _now()))


_now = time.monotonic
