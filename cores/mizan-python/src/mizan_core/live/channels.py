"""Channels: typed messages between a server and those who have subscribed, both ways.

    class ChatChannel(ReactChannel):
        class Params(BaseModel):
            room: str

        class ReactMessage(BaseModel):
            text: str

        class DjangoMessage(BaseModel):
            text: str
            user: str

        def authorize(self, params):
            return self.user.is_authenticated

        def receive(self, params, msg):
            return self.DjangoMessage(text=msg.text, user=self.user.email)

A class is checked when it is registered; what can be wrong with it does not wait for a client. ``Channel`` is the same
prepared for requests.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, TypeAdapter

from mizan_core.engine import ENGINE
from mizan_core.errors import ValidationFailed
from mizan_core.interface.arguments import ArgumentsValidator
from mizan_core.interface.endpoint import result_serializer
from mizan_core.introspection.docs import docstring
from mizan_core.introspection.parts import ChannelPart
from mizan_core.live import publishing
from mizan_core.names import check_context_name
from mizan_core.registry import Registry

_SUFFIX = "Channel"
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MODELS = ("Params", "ReactMessage", "DjangoMessage", "ServerMessage")


class ReactChannel:
    """A channel; an instance is one request of somebody who has to do with it.

    :ivar request: the framework's request; None where server code publishes.
    :ivar user: its user; None there, too.
    """

    name: ClassVar[str] = ""
    """What clients call it; by default the class's name without ``Channel``, in snake case."""
    presence: ClassVar[bool] = False
    """Whether those who are there are told of one another."""
    Params: ClassVar[Any] = None
    """A pydantic model of what tells one room from another; None where there is one alone."""
    ReactMessage: ClassVar[Any] = None
    """A pydantic model of what clients say; None where they say nothing."""
    DjangoMessage: ClassVar[Any] = None
    """A pydantic model of what the server says; None where it says nothing."""
    ServerMessage: ClassVar[Any] = None
    """The same as ``DjangoMessage``."""

    def __init__(self, request: Any = None, user: Any = None) -> None:
        self.request = request
        self.user = user

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = vars(cls)
        if "name" not in own:
            cls.name = _WORDS.sub("_", cls.__name__.removesuffix(_SUFFIX) or cls.__name__).lower()
        if "ServerMessage" in own and "DjangoMessage" not in own:
            cls.DjangoMessage = cls.ServerMessage
        elif "DjangoMessage" in own and "ServerMessage" not in own:
            cls.ServerMessage = cls.DjangoMessage

    def authorize(self, params: Any) -> Any:
        """Whether ``self.user`` may have the messages, and say something: True, or anything else for no. May be async.

        Every channel says it; it is asked when somebody subscribes, and now and then while they are subscribed.
        """
        raise NotImplementedError

    def group(self, params: Any) -> str:
        """Who is in one room: those whose params give the same text. It depends on *params* alone."""
        return "" if params is None else ENGINE.canonical_json(params.model_dump(mode="json")).decode("ascii")

    def receive(self, params: Any, msg: Any) -> Any:
        """Somebody says something: gives the message that everybody gets, or None. May be async."""
        raise NotImplementedError

    def who(self, params: Any) -> Mapping[str, Any]:  # noqa: ARG002 - for those who need them
        """What others are told of ``self.user``, where there is presence: a JSON object."""
        return {}

    @classmethod
    async def publish(cls, params: Any = None, message: Any = None) -> None:
        """Say *message* to everybody who has subscribed with *params*: models of the channel, or what becomes them.

        :raises pydantic.ValidationError: for what does not.
        :raises RuntimeError: where nothing serves the channel.
        :raises BackendUnavailable: where the broker does not answer; whether it has been said is unknown.
        """
        topic, said = channel_of(cls).server_message(params, message)
        await publishing.apublish(cls, topic, said)

    @classmethod
    def publish_sync(cls, params: Any = None, message: Any = None) -> None:
        """As ``publish``, from a thread."""
        topic, said = channel_of(cls).server_message(params, message)
        publishing.publish(cls, topic, said)

    @classmethod
    def __mizan_register__(cls, registry: Registry) -> None:
        """``mizan_clients`` has found the class. One whose name begins with an underscore is a base of others."""
        if not cls.__name__.startswith("_"):
            register_channel(cls, registry)


class Channel:
    """A channel prepared for requests.

    :raises TypeError, ValueError: naming the class, what is wrong with it and what would be right.
    """

    def __init__(self, channel: type[ReactChannel]) -> None:
        check_channel(channel)
        self.kind = channel
        self.name = channel.name
        self.has_presence = channel.presence
        self._params = None if channel.Params is None else ArgumentsValidator(TypeAdapter(channel.Params))
        self._said = None if channel.ReactMessage is None else ArgumentsValidator(TypeAdapter(channel.ReactMessage))
        message = channel.DjangoMessage
        self._write = None if message is None else result_serializer(f"channel {self.name}", TypeAdapter(message))
        self.authorize_is_async = inspect.iscoroutinefunction(channel.authorize)
        self.receive_is_async = inspect.iscoroutinefunction(channel.receive)

    def params(self, given: dict[str, Any], size: int) -> Any:
        """What a client has sent as params.

        :param size: how many values there are inside, at most.
        :raises ValidationFailed: where the channel has others.
        """
        if self._params is not None:
            return self._params.validate(given, size)
        if given:
            raise ValidationFailed(details={name: ["Extra inputs are not permitted"] for name in sorted(given)[:100]})
        return None

    def said(self, given: dict[str, Any], size: int) -> Any:
        """What a client says.

        :raises ValidationFailed: where the channel takes something else, or nothing.
        """
        if self._said is None:
            raise ValidationFailed(details={"*": [f"Clients say nothing in the channel {self.name}"]})
        return self._said.validate(given, size)

    def topic(self, params: Any) -> str:
        """What the broker calls a room."""
        return f"{self.name}:{self.kind().group(params)}"

    def written(self, message: Any) -> bytes:
        """What the broker carries of a message: the member of its frame."""
        if self._write is None:
            raise TypeError(f"{self.kind.__qualname__}: it has no DjangoMessage, so nothing can be published")
        return b'"data":' + self._write(message)

    def describe(self) -> ChannelPart:
        """What clients know of it."""
        kind = self.kind
        return ChannelPart(
            self.name,
            params=kind.Params,
            react_message=kind.ReactMessage,
            server_message=kind.DjangoMessage,
            auth=kind.authorize,
            presence=self.has_presence,
            description=docstring(kind),
        )

    def server_message(self, params: Any, message: Any) -> tuple[str, bytes]:
        """The topic and the bytes of what server code says."""
        if self.kind.Params is not None and not isinstance(params, self.kind.Params):
            params = TypeAdapter(self.kind.Params).validate_python(params)
        if not isinstance(message, BaseModel) and self.kind.DjangoMessage is not None:
            message = TypeAdapter(self.kind.DjangoMessage).validate_python(message)
        return self.topic(params), self.written(message)


_prepared: dict[type[ReactChannel], Channel] = {}


def channel_of(channel: type[ReactChannel]) -> Channel:
    """A class prepared for requests, once."""
    known = _prepared.get(channel)
    if known is None:
        known = _prepared[channel] = Channel(channel)
    return known


def register_channel(channel: type[ReactChannel], registry: Registry) -> None:
    """Have *channel* served where the functions of *registry* are.

    :raises TypeError, ValueError: naming the class, what is wrong with it and what would be right.
    """
    channel_of(channel)
    registry.add_channel(channel.name, channel)
    registry.declare(channel_of(channel).describe)


def check_channel(channel: type[ReactChannel]) -> None:
    """:raises TypeError, ValueError: naming the class, what is wrong with it and what would be right."""
    where = f"{channel.__module__}.{channel.__qualname__}"
    try:
        check_context_name(channel.name, "channel")
    except (TypeError, ValueError) as error:
        raise type(error)(f"{where}: name = {channel.name!r}: {error}") from None
    for name in _MODELS:
        model = getattr(channel, name)
        if model is not None and not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise TypeError(f"{where}: {name} must be a pydantic model (class {name}(BaseModel)), not {model!r}")
    if channel.DjangoMessage is not channel.ServerMessage:
        raise ValueError(f"{where}: DjangoMessage and ServerMessage are two names of one thing; say one of them")
    if channel.authorize is ReactChannel.authorize:
        raise TypeError(f"{where}: it does not say who may subscribe: def authorize(self, params): return …")
    says, hears = channel.ReactMessage is not None, channel.receive is not ReactChannel.receive
    if says and not hears:
        raise TypeError(f"{where}: it has a ReactMessage, and no receive(self, params, msg) that would take one")
    if hears and not says:
        raise TypeError(f"{where}: it has a receive, and no ReactMessage that clients could send")
    if inspect.iscoroutinefunction(channel.group):
        raise TypeError(f"{where}: group must be a plain def: it depends on the params alone")
    for method, values in (("authorize", 1), ("group", 1), ("receive", 2), ("who", 1)):
        _check_takes(where, channel, method, values)


def _check_takes(where: str, channel: type[ReactChannel], method: str, values: int) -> None:
    try:
        inspect.signature(getattr(channel, method)).bind(None, *[None] * values)
    except TypeError:
        said = "(self, params, msg)" if values == 2 else "(self, params)"
        raise TypeError(f"{where}: {method} must take {said}") from None
