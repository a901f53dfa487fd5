"""Driving a session: bytes in and out, what it starts done, on asyncio.

What is called runs in tasks of its own. When the socket ends, reads are given up; whatever may write goes on to its
end, and nobody is told of its result.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from functools import partial
from typing import Any, Protocol, TypeAlias, TypeVar

from pydantic_core import to_json

from mizan_core.cache.backend import BackendUnavailable
from mizan_core.call.asked import Call, Fetch
from mizan_core.call.dispatcher import Dispatcher
from mizan_core.call.envelope import error_envelope
from mizan_core.call.flow import admit, answer_call, answer_fetch, refused
from mizan_core.call.outcome import Dressed, Refused, Result
from mizan_core.call.port import Port
from mizan_core.call.progress import Progress
from mizan_core.engine import ENGINE
from mizan_core.errors import APIError, Forbidden, HTTPError, InternalError, NotFound, NotSupported, Unauthorized
from mizan_core.interface.endpoint import SOCKET, Invocation
from mizan_core.interface.interface import Bundle, Interface
from mizan_core.interface.texts import texts_of
from mizan_core.live.broker import History, Message, Position
from mizan_core.live.channels import Channel, ReactChannel, channel_of
from mizan_core.live.effects import (
    Authenticate,
    Close,
    Effect,
    Identity,
    Leave,
    Reauthorize,
    Recover,
    Send,
    Start,
    Stop,
)
from mizan_core.live.frames import (
    ClientMessage,
    Rpc,
    Subscribe,
    Watch,
    answer_frame,
    plain_refusal,
    refusal_frame,
    result_frame,
)
from mizan_core.live.hub import Hub
from mizan_core.live.presence import members_json
from mizan_core.live.session import Session, key_of
from mizan_core.live.versions import version_of
from mizan_core.live_counters import LIVE_COUNTERS
from mizan_core.live_settings import LiveSettings
from mizan_core.viewer import Viewer

T = TypeVar("T")
PLACE = "ws/"
_LAST_WORDS = 2.0
"""Seconds that sending what is left, and closing, may take each."""
Answer: TypeAlias = "Callable[[SocketPort, Interface, Progress], Coroutine[Any, Any, str]]"


class SocketPort(Port, Protocol):
    """A request that a socket has carried."""

    def header(self, name: str) -> str | None:
        """The value of a header of the handshake, by its lower-case name."""

    def has_credentials(self, vary: Collection[str]) -> bool:
        """As that of an HTTP request."""


class Wire(Protocol):
    """An accepted socket."""

    async def receive(self) -> str | bytes | None:
        """The next frame; None when there are no more."""

    async def send(self, text: str) -> None:
        """Send a frame; nothing happens where nobody is there any more."""

    async def close(self, code: int, reason: str) -> None:
        """End the connection."""


class Peer(Protocol):
    """Who is at the other end, as the framework knows them."""

    @property
    def viewer(self) -> Viewer:
        """Who it was when the socket was opened."""

    async def run(self, work: Callable[[SocketPort], Coroutine[Any, Any, T]]) -> T:
        """What *work* gives, as a request of theirs.

        :raises APIError: where the framework does not let the request through.
        """

    async def look(self) -> Viewer:
        """Who it is now, as far as the framework knows; asked now and then."""

    def user_of(self, request: Any) -> Any:
        """The user of one of their requests, for channels."""


class _Subscribed:
    """What a subscription is, as long as somebody may have it.

    :param who: what others are told of whoever has it; None where there is no presence.
    :ivar member: what they are told it under.
    """

    __slots__ = ("channel", "member", "params", "topic", "who")

    def __init__(self, channel: Channel, params: Any, who: bytes | None) -> None:
        self.channel = channel
        self.params = params
        self.topic = channel.topic(params)
        self.who = who
        self.member: str | None = None


class Connection:
    """One socket."""

    __slots__ = (
        "_by_topic",
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
        "_session",
        "_subscribed",
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
        self._subscribed: dict[str, _Subscribed] = {}
        self._by_topic: dict[str, list[str]] = {}
        self._last_check = _now()

    async def run(self, token: str | None) -> None:
        """Until it ends."""
        self._hub.attach(self)
        try:
            if token is not None:
                self._session.begin_as(self._identity(token), _now())
            await self._converse()
        finally:
            self._end()

    async def _converse(self) -> None:
        self._reading = asyncio.current_task()
        try:
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
        finally:
            self._reading = None
        if self._closing is not None:
            await self._closing

    def _received(self, frame: str | bytes) -> list[Effect]:
        return self._session.receive_text(frame, _now()) if isinstance(frame, str) else self._session.receive_bytes()

    def _end(self) -> None:
        """Reads are given up; what may write goes on."""
        self._is_over = True
        LIVE_COUNTERS.add({**self._session.take_counts(), "closed": 1})
        self._outbox.clear()
        for left in self._subscribed.values():
            if left.member is not None:
                self._hub.presence.leave(left.topic, left.member)
        for task in tuple(self._reads.values()):
            task.cancel()
        self._hub.detach(self, tuple(self._by_topic))

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
        for key in self._by_topic.get(topic, ()):
            self._perform(self._session.deliver(key, epoch, message, _now()))

    def on_lost(self, topic: str, position: Position) -> None:
        """See ``Attached``."""
        for key in self._by_topic.get(topic, ()):
            self._perform(self._session.lost(key, position, _now()))

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
            self._leave(effect.key)
        elif type(effect) is Authenticate:
            return self._authenticate(effect)
        elif type(effect) is Recover:
            self._hub.spawn(self._recover(effect))
        elif type(effect) is Reauthorize:
            self._hub.spawn(self._reauthorize(effect.keys))
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

    def _start(self, request: Rpc | Watch | Subscribe | ClientMessage) -> None:
        if type(request) is Rpc:
            self._hub.spawn(self._call(request))
        elif type(request) is ClientMessage:
            self._hub.spawn(self._say(request))
        elif type(request) is Watch:
            self._begin_read(request.id, self._watch(request))
        elif type(request) is Subscribe:
            self._begin_read(request.id, self._subscribe(request))

    def _begin_read(self, number: int, work: Coroutine[Any, Any, None]) -> None:
        task = self._reads[number] = self._hub.spawn(work)

        def forget(_: object) -> None:
            if self._reads.get(number) is task:
                del self._reads[number]

        task.add_done_callback(forget)

    def _stop(self, number: int) -> None:
        task = self._reads.get(number)
        if task is not None and task is not asyncio.current_task():
            del self._reads[number]
            task.cancel()
        self._hub.watches.leave(self, number)

    def _leave(self, key: str) -> None:
        left = self._subscribed.pop(key, None)
        if left is None:
            return
        if left.member is not None:
            self._hub.presence.leave(left.topic, left.member)
        keys = self._by_topic.get(left.topic, [])
        if key in keys:
            keys.remove(key)
        if not keys:
            self._by_topic.pop(left.topic, None)
            self._hub.leave(left.topic, self)

    # --- who asks

    def _identity(self, token: str) -> Identity:
        """:raises Unauthorized: for a token that is refused."""
        claims = self._dispatcher.interface().token_user(token).claims
        return Identity(token, claims.sub, (claims.pkey, claims.staff, claims.superuser), claims.exp - time.time())

    def _authenticate(self, effect: Authenticate) -> list[Effect]:
        try:
            identity = self._identity(effect.token)
        except APIError as error:
            return self._session.refused(effect.id, plain_refusal(effect.id, error), _now())
        return self._session.authenticated(effect.id, identity, _now())

    # --- calls

    async def _call(self, request: Rpc) -> None:
        text = await self._answer(request.id, partial(self._answer_call, request))
        self._perform(self._session.finished(request.id, text, _now()))

    async def _answer_call(self, request: Rpc, port: SocketPort, interface: Interface, progress: Progress) -> str:
        call = Call(request.fn, request.args, self._session.token, carrier=SOCKET)
        outcome = await answer_call(port, interface, call, progress)
        if type(outcome) is Dressed:
            # There is no response to add anything to.
            await outcome.dress.afterwards()
            for purge in outcome.purges:
                await port.purge(purge)
            outcome = outcome.result
        if type(outcome) is Result:
            body, _ = outcome.plan.finish(outcome.json, outcome.nested)
            return result_frame(request.id, body)
        if type(outcome) is Refused:
            return _refusal(request.id, outcome)
        return plain_refusal(request.id, NotSupported("This function answers over HTTP alone."))

    async def _answer(self, number: int, answer: Answer) -> str:
        """What *answer* gives; whatever goes wrong outside of it is a refusal, too."""
        progress = Progress(PLACE)
        try:
            interface = self._dispatcher.interface()
            return await self._peer.run(lambda port: answer(port, interface, progress))
        except APIError as error:
            return plain_refusal(number, error)
        except Exception as error:  # noqa: BLE001 - whatever the framework raises around a request
            progress.failure(error).log()
            return plain_refusal(number, InternalError())

    # --- watches

    async def _watch(self, request: Watch) -> None:
        granted = False

        async def answer(port: SocketPort, interface: Interface, progress: Progress) -> str:
            nonlocal granted
            outcome = await answer_fetch(port, interface, self._fetch(request, port), progress)
            if type(outcome) is Refused:
                return _refusal(request.id, outcome)
            granted = True
            return _bundle(request, outcome.body, progress.scope)

        text = await self._answer(request.id, answer)
        tell = self._session.watched if granted else self._session.refused
        self._perform(tell(request.id, text, _now()))

    def _fetch(self, request: Watch, port: SocketPort) -> Fetch:
        texts = texts_of(request.params)
        size = sum(len(text) for each in texts.values() for text in each)

        def read(bundle: Bundle) -> tuple[dict[str, Any], int]:
            return bundle.read_texts(texts), size

        async def watch(tags: list[str]) -> None:
            if not self._is_over:
                await self._hub.watch(self, request.id, tags)

        return Fetch(request.context, read, self._session.token, port.header, port.has_credentials, watch)

    # --- channels

    async def _subscribe(self, request: Subscribe) -> None:
        key = key_of(request.channel, request.params)
        topic: str | None = None

        async def answer(port: SocketPort, interface: Interface, progress: Progress) -> str:
            nonlocal topic
            try:
                channel = self._channel(interface, request.channel)
                params = channel.params(request.params, self._limits.frame_bytes)
                who = await self._authorize(port, interface, progress, channel, params)
                found = self._subscribed[key] = _Subscribed(channel, params, who)
                topic = found.topic
            except Exception as error:  # noqa: BLE001 - whatever user code raises
                return _refusal(request.id, refused(port, progress, error, interface))
            return ""

        text = await self._answer(request.id, answer)
        if topic is not None:
            try:
                position = await self._hub.join(topic, self)
            except BackendUnavailable:
                self._subscribed.pop(key, None)
                text = plain_refusal(request.id, HTTPError(503, "Messages cannot be read at this moment."))
            else:
                if self._is_over:
                    self._hub.leave(topic, self)
                    return
                self._by_topic.setdefault(topic, []).append(key)
                is_complete = self._subscribed[key].who is None
                self._perform(self._session.subscribed(request, key, position, _now(), is_complete=is_complete))
                return
        self._perform(self._session.refused(request.id, text, _now()))

    @staticmethod
    def _channel(interface: Interface, name: str) -> Channel:
        """:raises NotFound: for a channel that is not registered."""
        kind = interface.channels.get(name)
        if kind is None:
            raise NotFound("No such channel.")
        return channel_of(kind)

    async def _authorize(
        self, port: SocketPort, interface: Interface, progress: Progress, channel: Channel, params: Any
    ) -> bytes | None:
        """What others are told of whoever it is; None where there is no presence.

        :raises Unauthorized, Forbidden: where whoever it is may not.
        """
        viewer = await self._admit(port, interface, progress)
        instances: list[ReactChannel] = []

        def ask(request: Any, _: Any) -> Any:
            instances.append(channel.kind(request, self._peer.user_of(request)))
            return instances[0].authorize(params)

        def who(*_: Any) -> Any:
            return to_json(instances[0].who(params))

        progress.has_begun = True
        if await port.invoke(Invocation(ask, {}, channel.authorize_is_async)) is not True:
            raise Forbidden if viewer.authenticated else Unauthorized
        said: bytes | None = await port.invoke(Invocation(who, {}, is_async=False)) if channel.has_presence else None
        return said

    async def _admit(self, port: SocketPort, interface: Interface, progress: Progress) -> Viewer:
        return await admit(port, interface, (), self._session.token, progress, guarded=True)

    async def _recover(self, effect: Recover) -> None:
        subscribed = self._subscribed.get(effect.key)
        if subscribed is None:
            return
        topic, members = subscribed.topic, ""
        try:
            if subscribed.who is not None and subscribed.member is None:
                members = await self._be_there(effect.key, subscribed, subscribed.who)
            history = await self._hub.broker.read(topic, effect.since)
        except BackendUnavailable:
            history = History(self._hub.position(topic) or effect.since, [], recovered=False)
        self._perform(self._session.recovered(effect.key, history, _now(), members))

    async def _be_there(self, key: str, subscribed: _Subscribed, who: bytes) -> str:
        """Enter the room, and say who is in it."""
        subscribed.member = member = secrets.token_urlsafe(12)
        await self._hub.presence.enter(subscribed.topic, member, who)
        if self._is_over or self._subscribed.get(key) is not subscribed:
            self._hub.presence.leave(subscribed.topic, member)
        found = await self._hub.broker.members(subscribed.topic)
        return f',"presence":[{members_json(found)}]'

    async def _reauthorize(self, keys: Sequence[str]) -> None:
        for key in keys:
            subscribed = self._subscribed.get(key)
            if subscribed is not None:
                error = await self._right_ended(subscribed)
                if error is not None and self._subscribed.get(key) is subscribed:
                    self._perform(self._session.drop(key, error, _now()))

    async def _right_ended(self, subscribed: _Subscribed) -> APIError | None:
        """Why nobody has a right to a subscription any more; None where somebody has."""
        progress = Progress(PLACE)

        async def ask(port: SocketPort) -> APIError | None:
            try:
                await self._authorize(port, interface, progress, subscribed.channel, subscribed.params)
            except Exception as error:  # noqa: BLE001 - whatever user code raises
                outcome = refused(port, progress, error, interface)
                if outcome.failure is not None:
                    outcome.failure.log()
                return outcome.error
            return None

        try:
            interface = self._dispatcher.interface()
            return await self._peer.run(ask)
        except APIError as error:
            return error
        except Exception as error:  # noqa: BLE001 - whatever the framework raises around a request
            progress.failure(error).log()
            return InternalError()

    async def _say(self, request: ClientMessage) -> None:
        text = await self._answer(request.id, partial(self._answer_message, request))
        self._perform(self._session.finished(request.id, text, _now()))

    async def _answer_message(
        self, request: ClientMessage, port: SocketPort, interface: Interface, progress: Progress
    ) -> str:
        subscribed = self._subscribed.get(key_of(request.channel, request.params))
        try:
            if subscribed is None:
                raise NotFound("Nothing is subscribed there.")  # noqa: TRY301 - answered as all refusals are
            said = subscribed.channel.said(request.data, self._limits.frame_bytes)
            await self._admit(port, interface, progress)
            progress.has_begun = True
            await port.to_the_end(self._receive(port, subscribed, said))
        except Exception as error:  # noqa: BLE001 - whatever user code raises
            return _refusal(request.id, refused(port, progress, error, interface))
        return answer_frame(request.id, [("data", b"null")])

    async def _receive(self, port: SocketPort, subscribed: _Subscribed, said: Any) -> None:
        channel, params = subscribed.channel, subscribed.params

        def hear(request: Any, _: Any) -> Any:
            return channel.kind(request, self._peer.user_of(request)).receive(params, said)

        message = await port.invoke(Invocation(hear, {}, channel.receive_is_async))
        if message is not None:
            await self._hub.broker.apublish(subscribed.topic, channel.written(message))


def _bundle(request: Watch, body: bytes, scope: str | None) -> str:
    version = version_of(body)
    members = [("version", b'"%s"' % version.encode())]
    if scope is not None:
        members.append(("scope", ENGINE.canonical_json(scope)))
    first = ("unchanged", b"true") if version == request.version else ("data", body)
    return answer_frame(request.id, [first, *members])


def _refusal(number: int, outcome: Refused) -> str:
    if outcome.failure is not None:
        outcome.failure.log()
    stale = outcome.progress.stale
    try:
        return refusal_frame(number, error_envelope(outcome.error), stale)
    except (TypeError, ValueError) as another:
        outcome.progress.failure(another, f"the error {outcome.error.code} cannot be written").log()
        return refusal_frame(number, error_envelope(InternalError()), stale)


_now = time.monotonic
