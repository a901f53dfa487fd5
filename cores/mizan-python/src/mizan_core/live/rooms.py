"""What a socket has subscribed: who may, what they say, and that they are there."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any

from pydantic_core import to_json

from mizan_core.cache.backend import BackendUnavailable
from mizan_core.call.flow import admit
from mizan_core.errors import APIError, Forbidden, HTTPError, NotFound, Unauthorized
from mizan_core.interface.endpoint import Invocation
from mizan_core.interface.interface import Interface
from mizan_core.live.answering import Answering, Request, is_unforeseen
from mizan_core.live.broker import History, Message, Position
from mizan_core.live.channels import Channel, ReactChannel, channel_of
from mizan_core.live.effects import Effect, Reauthorize, Recover
from mizan_core.live.frames import ClientMessage, Subscribe, answer_frame, plain_refusal
from mizan_core.live.hub import Attached, Hub
from mizan_core.live.presence import members_json
from mizan_core.live.session import Session, key_of
from mizan_core.viewer import Viewer

_UNAVAILABLE = 503


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


class Rooms:
    """Those of one socket.

    :param socket: what the hub tells.
    :param perform: carries out what the session wants.
    :param size: how many values there are inside a frame, at most.
    """

    __slots__ = (
        "_answering",
        "_by_topic",
        "_hub",
        "_is_over",
        "_perform",
        "_session",
        "_size",
        "_socket",
        "_subscribed",
    )

    def __init__(
        self,
        socket: Attached,
        hub: Hub,
        session: Session,
        answering: Answering,
        perform: Callable[[Iterable[Effect]], None],
        size: int,
    ) -> None:
        self._socket = socket
        self._hub = hub
        self._session = session
        self._answering = answering
        self._perform = perform
        self._size = size
        self._subscribed: dict[str, _Subscribed] = {}
        self._by_topic: dict[str, list[str]] = {}
        self._is_over = False

    def end(self) -> None:
        """The socket has been closed."""
        self._is_over = True
        for key in tuple(self._subscribed):
            self.leave(key)

    def leave(self, key: str) -> None:
        """Get nothing more for a subscription."""
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
            self._hub.leave(left.topic, self._socket)

    def deliver(self, topic: str, epoch: str, message: Message) -> None:
        """The next message of a topic."""
        for key in self._by_topic.get(topic, ()):
            self._perform(self._session.deliver(key, epoch, message, time.monotonic()))

    def lose(self, topic: str, position: Position) -> None:
        """Messages of a topic are lost."""
        for key in self._by_topic.get(topic, ()):
            self._perform(self._session.lost(key, position, time.monotonic()))

    async def subscribe(self, asked: Subscribe) -> None:
        """Let somebody in, or refuse."""
        key = key_of(asked.channel, asked.params)

        async def work(request: Request) -> str:
            try:
                channel = _channel(request.interface, asked.channel)
                params = channel.params(asked.params, self._size)
                who = await self._authorize(request, channel, params)
                self._subscribed[key] = _Subscribed(channel, params, who)
            except Exception as error:  # noqa: BLE001 - whatever user code raises
                return await request.refusal(asked.id, error)
            return ""

        text = await self._answering.run(asked.id, work)
        granted = self._subscribed.get(key)
        if granted is not None:
            try:
                position = await self._hub.join(granted.topic, self._socket)
            except BackendUnavailable:
                del self._subscribed[key]
                text = plain_refusal(asked.id, HTTPError(_UNAVAILABLE, "Messages cannot be read at this moment."))
            else:
                self._enter(asked, key, granted, position)
                return
        self._perform(self._session.refused(asked.id, text, time.monotonic()))

    def _enter(self, asked: Subscribe, key: str, granted: _Subscribed, position: Position) -> None:
        """To be called as soon as the topic is joined: what is told from then on comes after *position*."""
        if self._is_over:
            self._hub.leave(granted.topic, self._socket)
            return
        self._by_topic.setdefault(granted.topic, []).append(key)
        is_complete = granted.who is None
        self._perform(self._session.subscribed(asked, key, position, time.monotonic(), is_complete=is_complete))

    async def _authorize(self, request: Request, channel: Channel, params: Any) -> bytes | None:
        """What others are told of whoever it is; None where there is no presence.

        :raises Unauthorized, Forbidden: where whoever it is may not.
        """
        viewer = await self._admit(request)
        instances: list[ReactChannel] = []

        def ask(framework_request: Any, _: Any) -> Any:
            instances.append(self._instance(channel, framework_request))
            return instances[0].authorize(params)

        def who(*_: Any) -> Any:
            return to_json(instances[0].who(params))

        request.progress.has_begun = True
        if await request.port.invoke(Invocation(ask, {}, channel.authorize_is_async)) is not True:
            raise Forbidden if viewer.authenticated else Unauthorized
        if not channel.has_presence:
            return None
        said: bytes = await request.port.invoke(Invocation(who, {}, is_async=False))
        return said

    def _instance(self, channel: Channel, framework_request: Any) -> ReactChannel:
        return channel.kind(framework_request, self._answering.peer.user_of(framework_request))

    async def _admit(self, request: Request) -> Viewer:
        port, interface, progress = request
        return await admit(port, interface, (), self._session.token, progress, guarded=True)

    async def recover(self, effect: Recover) -> None:
        """Read what a subscription has missed."""
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
        self._perform(self._session.recovered(effect.key, history, time.monotonic(), members))

    async def _be_there(self, key: str, subscribed: _Subscribed, who: bytes) -> str:
        """Enter the room, and say who is in it."""
        subscribed.member = member = secrets.token_urlsafe(12)
        await self._hub.presence.enter(subscribed.topic, member, who)
        if self._subscribed.get(key) is not subscribed:
            self._hub.presence.leave(subscribed.topic, member)
        found = await self._hub.broker.members(subscribed.topic)
        return f',"presence":[{members_json(found)}]'

    async def reauthorize(self, effect: Reauthorize) -> None:
        """Ask once more; whoever may not any more is told."""
        for key in effect.keys:
            subscribed = self._subscribed.get(key)
            if subscribed is None:
                continue
            error = await self._refusal(subscribed)
            # What cannot be found out at this moment takes nothing from whoever has it, and gives another nothing.
            has_ended = error is not None and (effect.is_another or not is_unforeseen(error))
            if error is not None and has_ended and self._subscribed.get(key) is subscribed:
                self._perform(self._session.drop(key, error, time.monotonic()))

    async def _refusal(self, subscribed: _Subscribed) -> APIError | None:
        """Why a subscription would not be granted now; None where it would."""

        async def work(request: Request) -> APIError | None:
            try:
                await self._authorize(request, subscribed.channel, subscribed.params)
            except Exception as error:  # noqa: BLE001 - whatever user code raises
                return await request.meaning(error)
            return None

        try:
            return await self._answering.perform(work)
        except APIError as error:
            return error

    async def say(self, asked: ClientMessage) -> str:
        """The receipt of a message, or why it is refused."""
        subscribed = self._subscribed.get(key_of(asked.channel, asked.params))

        async def work(request: Request) -> str:
            try:
                if subscribed is None:
                    raise NotFound("Nothing is subscribed there.")  # noqa: TRY301 - answered as all refusals are
                said = subscribed.channel.said(asked.data, self._size)
                await self._admit(request)
                request.progress.has_begun = True
                await request.port.to_the_end(self._receive(request, subscribed, said))
            except Exception as error:  # noqa: BLE001 - whatever user code raises
                return await request.refusal(asked.id, error)
            return answer_frame(asked.id, [("data", b"null")])

        return await self._answering.run(asked.id, work)

    async def _receive(self, request: Request, subscribed: _Subscribed, said: Any) -> None:
        channel, params = subscribed.channel, subscribed.params

        def hear(framework_request: Any, _: Any) -> Any:
            return self._instance(channel, framework_request).receive(params, said)

        message = await request.port.invoke(Invocation(hear, {}, channel.receive_is_async))
        if message is not None:
            await self._hub.broker.apublish(subscribed.topic, channel.written(message))


def _channel(interface: Interface, name: str) -> Channel:
    """:raises NotFound: for a channel that is not registered."""
    kind = interface.channels.get(name)
    if kind is None:
        raise NotFound("No such channel.")
    return channel_of(kind)
