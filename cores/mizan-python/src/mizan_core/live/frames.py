"""Frames: what a client may send, read and checked, and what it is sent (protocol.md section 12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias, final

from pydantic_core import from_json, to_json

from mizan_core.engine import ENGINE
from mizan_core.errors import APIError
from mizan_core.interface.arguments import JsonArguments
from mizan_core.live.broker import Position
from mizan_core.nesting import MAX_DEPTH, is_deeper

MAX_ID = 2**53 - 1
_NO_ARGUMENTS = JsonArguments(b"{}", is_plain=True, values=0)
_MAX_OFFSET = 2**63 - 1
_RESULT = b'{"result":'
"""What the envelope of a result begins with (protocol.md section 8)."""


class BadFrame(Exception):
    """A frame that is none of this protocol.

    :param number: its id, where it has one.
    """

    def __init__(self, message: str, number: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.number = number


@final
class Rpc(NamedTuple):
    """Call a function."""

    id: int
    fn: str
    args: JsonArguments


@final
class Watch(NamedTuple):
    """Read a context, and be told when it is stale.

    :param version: that of the bundle which the client holds.
    """

    id: int
    context: str
    params: dict[str, Any]
    version: str | None


@final
class Unwatch(NamedTuple):
    """Be told no more."""

    id: int


@final
class Subscribe(NamedTuple):
    """Get the messages of a channel.

    :param since: what the client has seen of it.
    """

    id: int
    channel: str
    params: dict[str, Any]
    since: Position | None


@final
class Unsubscribe(NamedTuple):
    """Get no more of them."""

    id: int
    channel: str
    params: dict[str, Any]


@final
class ClientMessage(NamedTuple):
    """Say something in a channel."""

    id: int
    channel: str
    params: dict[str, Any]
    data: dict[str, Any]


@final
class Auth(NamedTuple):
    """Be from now on whom a token stands for."""

    id: int
    token: str


@final
class Pong(NamedTuple):
    """Everything up to ping *n* has arrived."""

    n: int


Frame: TypeAlias = "Rpc | Watch | Unwatch | Subscribe | Unsubscribe | ClientMessage | Auth | Pong"


def read_frame(text: str) -> Frame:
    """The frame that a client has sent.

    :raises BadFrame: saying what is wrong, without repeating the frame.
    """
    try:
        value = from_json(text, allow_inf_nan=False)
    except ValueError:
        raise BadFrame("The frame is not valid JSON.") from None
    if type(value) is not dict:
        raise BadFrame('The frame must be a JSON object: {"action": …}.')
    if text.count("[") + text.count("{") > MAX_DEPTH and is_deeper(value, MAX_DEPTH):
        raise BadFrame(f"The frame is nested deeper than {MAX_DEPTH} levels.", _id_of(value))
    action = value.get("action")
    form = _FORMS.get(action) if type(action) is str else None
    if form is None:
        raise BadFrame(f'"action" must be there and one of {", ".join(_FORMS)}.', _id_of(value))
    return form.read(value)


def _id_of(value: Mapping[str, Any]) -> int | None:
    found = value.get("id")
    return found if type(found) is int and 0 <= found <= MAX_ID else None


class _Member(NamedTuple):
    """What a member of a frame has to be, and what it is where it is left out."""

    read: Callable[[Any], Any]
    wanted: str
    is_required: bool = True
    default: Any = None


class _Form(NamedTuple):
    kind: Callable[..., Frame]
    members: Mapping[str, _Member]

    def read(self, value: Mapping[str, Any]) -> Frame:
        if len(value) - 1 > len(self.members) or not value.keys() - {"action"} <= self.members.keys():
            raise BadFrame(f"The frame has an unknown member; it has: {', '.join(self.members)}.", _id_of(value))
        return self.kind(*(_read_member(value, name, member) for name, member in self.members.items()))


def _read_member(value: Mapping[str, Any], name: str, member: _Member) -> Any:
    if name not in value and not member.is_required:
        return member.default
    read = member.read(value[name]) if name in value else None
    if read is None:
        raise BadFrame(f'"{name}" must be {"there and " * member.is_required}{member.wanted}.', _id_of(value))
    return read


def _integer(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= MAX_ID else None


def _text(value: Any) -> str | None:
    return value if type(value) is str else None


def _object(value: Any) -> dict[str, Any] | None:
    return value if type(value) is dict else None


def _arguments(value: Any) -> JsonArguments | None:
    """As the body of a call over HTTP would have them."""
    if type(value) is not dict:
        return None
    _, text, is_plain, values, _ = ENGINE.begin_call(b'{"args":%b}' % to_json(value), "named")
    return JsonArguments(text, is_plain, values)


def _position(value: Any) -> Position | None:
    if type(value) is not dict or value.keys() != {"epoch", "offset"}:
        return None
    epoch, offset = value["epoch"], value["offset"]
    if type(epoch) is not str or type(offset) is not int or not 0 <= offset <= _MAX_OFFSET:
        return None
    return Position(epoch, offset)


_ID = _Member(_integer, f"an integer from 0 to {MAX_ID}")
_NAME = _Member(_text, "a name")
_PARAMS = _Member(_object, "an object")
_CHANNEL = {"id": _ID, "channel": _NAME, "params": _PARAMS._replace(is_required=False, default={})}
_FORMS: Mapping[str, _Form] = {
    "rpc": _Form(
        Rpc,
        {"id": _ID, "fn": _NAME, "args": _Member(_arguments, "an object", is_required=False, default=_NO_ARGUMENTS)},
    ),
    "watch": _Form(
        Watch,
        {
            "id": _ID,
            "context": _NAME,
            "params": _PARAMS._replace(is_required=False, default={}),
            "version": _Member(_text, "a string", is_required=False),
        },
    ),
    "unwatch": _Form(Unwatch, {"id": _ID}),
    "subscribe": _Form(Subscribe, {**_CHANNEL, "since": _Member(_position, '{"epoch", "offset"}', is_required=False)}),
    "unsubscribe": _Form(Unsubscribe, _CHANNEL),
    "message": _Form(ClientMessage, {**_CHANNEL, "data": _Member(_object, "an object")}),
    "auth": _Form(Auth, {"id": _ID, "token": _Member(_text, "a string")}),
    "pong": _Form(Pong, {"n": _ID}),
}


def result_frame(number: int, envelope: bytes) -> str:
    """The answer to a call.

    :param envelope: the body of the same answer over HTTP; what it says of the result is said here of ``data``.
    """
    return f'{{"id":{number},"ok":true,"data":{envelope[len(_RESULT) :].decode()}'


def answer_frame(number: int, members: Iterable[tuple[str, bytes]]) -> str:
    """An answer that is no refusal.

    :param members: what it has beside ``id`` and ``ok``, each as JSON.
    """
    text = b"".join(b',"%s":%s' % (name.encode(), value) for name, value in members)
    return f'{{"id":{number},"ok":true{text.decode()}}}'


def refusal_frame(number: int | None, error: Mapping[str, Any], stale: Iterable[Any] = ()) -> str:
    """A refusal.

    :param error: the envelope of the error.
    :param stale: the entries of what the call has made stale although it failed.
    :raises ValueError: when the error cannot be written.
    """
    entries = list(stale)
    frame: dict[str, Any] = {"id": number, "ok": False, "error": dict(error)}
    if entries:
        frame["invalidate"] = entries
    return ENGINE.canonical_json(frame).decode("ascii")


def plain_refusal(number: int | None, error: APIError) -> str:
    """The refusal of the protocol itself."""
    return refusal_frame(number, {"code": error.code, "message": error.message})


def stale_frame(ids: Iterable[int]) -> str:
    """What a client watches and should read again."""
    return f'{{"action":"stale","ids":[{",".join(map(str, ids))}]}}'


def ping_frame(n: int) -> str:
    """The question whether everything up to here has arrived."""
    return f'{{"action":"ping","n":{n}}}'


def position_json(position: Position) -> bytes:
    """A position as a client sends it back."""
    return ENGINE.canonical_json({"epoch": position.epoch, "offset": position.offset})


class ChannelFrames:
    """The frames about one subscription; what they have in common is written once.

    :param params: as the client has given them.
    """

    __slots__ = ("_opening",)

    def __init__(self, channel: str, params: Mapping[str, Any]) -> None:
        name, given = ENGINE.canonical_json(channel).decode(), to_json(params).decode()
        self._opening = f'"channel":{name},"params":{given}'

    def subscribed(self, number: int, position: Position, members: str = "", *, recovered: bool) -> str:
        """The answer to whoever has subscribed.

        :param position: what precedes the first message that follows.
        :param members: what there is to say beside.
        """
        where, whole = position_json(position).decode(), "true" if recovered else "false"
        return f'{{"id":{number},"ok":true,"data":{{{self._opening},"position":{where},"recovered":{whole}{members}}}}}'

    def message(self, said: str, offset: int) -> str:
        """A message.

        :param said: its member as a broker carries it, ``"data":…`` or ``"presence":…``.
        """
        return f'{{"action":"message",{self._opening},{said},"offset":{offset}}}'

    def gap(self, position: Position) -> str:
        """Some were lost: those that follow come after *position*."""
        return f'{{"action":"gap",{self._opening},"position":{position_json(position).decode()}}}'

    def dropped(self, error: APIError) -> str:
        """The right to it has ended."""
        said = ENGINE.canonical_json({"code": error.code, "message": error.message}).decode()
        return f'{{"action":"dropped",{self._opening},"error":{said}}}'
