"""A client for people: connect, watch, subscribe, call, and say in words what each frame means (docs/live.md).

For whoever looks for the reason why a page does not refresh: both adapters have it as a command.
"""

from __future__ import annotations

import json
import os
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from mizan_core.commands import Command, CommandRefused, Write
from mizan_core.live.asgi import SUBPROTOCOL

TOKEN, COOKIE = "MIZAN_TOKEN", "MIZAN_COOKIE"
"""Environment variables: what stands on a command line is seen by everybody on the machine."""
_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_PATH = "/api/mizan/"
"""Where the documents mount it."""
_SHOWN = 600
"""Characters of a frame's data that are shown."""
_WORDLESS = "without a reason: is that where Mizan is mounted? The server's log may know more"
_OPEN_SECONDS = 10.0
_PAIRS: dict[str, Any] = {"nargs": "+", "action": "append", "default": []}
_EXAMPLES = """examples:
  %(prog)s http://localhost:8000/api/mizan/ --watch user user_id=5
  %(prog)s http://localhost:8000/api/mizan/ --subscribe chat room=blue --say chat text=hello
  MIZAN_TOKEN=eyJ... %(prog)s https://shop.example/api/mizan/ --watch account --call rename name=Ada

A value is JSON where it can be (5, true, null, [1,2], '"5"'), else a text. "->" stands before what was sent, "<-"
before what came. What is stale is watched again, as a page would. MIZAN_TOKEN holds a token, MIZAN_COOKIE a Cookie
header. Ctrl-C ends; the exit status is 1 where the server has ended it, or has refused something.
"""

Frame = dict[str, Any]


def _add_arguments(parser: ArgumentParser) -> None:
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.epilog = _EXAMPLES
    add = parser.add_argument
    add("url", help=f"where the interface is, http://localhost:8000{_PATH}, which is meant without a path, too")
    add("--watch", metavar=("CONTEXT", "name=value"), help="read a context, and again when it is stale", **_PAIRS)
    add("--subscribe", metavar=("CHANNEL", "name=value"), help="get the messages of a channel", **_PAIRS)
    add("--say", metavar=("CHANNEL", "name=value"), help="send a message to a channel that is subscribed", **_PAIRS)
    add("--call", metavar=("FUNCTION", "name=value"), help="call a function", **_PAIRS)
    add("--origin", metavar="URL", help="the page that asks; that of the URL by default, 'none' for none at all")
    add("--seconds", type=float, metavar="N", help="end after so long; when it is interrupted by default")
    add("--pings", action="store_true", help="show heartbeats, too")
    add("--raw", action="store_true", help="show the frames as they are")


def _run(options: Mapping[str, Any], write: Write) -> None:
    """Until it is interrupted; a refusal says why it has ended otherwise."""
    talk = Talk(
        watch=[_asked(words) for words in options["watch"]],
        subscribe=[_asked(words) for words in options["subscribe"]],
        say=[_asked(words) for words in options["say"]],
        call=[_asked(words) for words in options["call"]],
        token=os.environ.get(TOKEN),
    )
    url = socket_url(options["url"])
    shown = _Shown(write, is_raw=options["raw"], has_pings=options["pings"])
    end = None if options["seconds"] is None else time.monotonic() + options["seconds"]
    with _connected(url, options["origin"]) as connection, suppress(KeyboardInterrupt):
        shown.line("  ", f"open {url}")
        _converse(connection, talk, shown, end)
    if talk.refusals:
        raise CommandRefused(f"refused: {', '.join(talk.refusals)}")


LIVE = Command(
    "Open a socket to a running server, watch contexts, subscribe to channels, and say what each frame means.",
    _add_arguments,
    _run,
)


def socket_url(url: str) -> str:
    """The socket's URL, for the interface's or the socket's own; without a path it is at ``_PATH``.

    :raises CommandRefused: for what is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.netloc:
        raise CommandRefused(f"{url!r} is no URL of an interface: write it like http://localhost:8000/api/mizan/")
    path = (parts.path if parts.path.strip("/") else _PATH).rstrip("/")
    path = path if path.endswith("/ws") else f"{path}/ws"
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, f"{path}/", parts.query, ""))


class Talk:
    """What is said to a server, and what its frames mean. No I/O: frames in, frames and words out.

    :ivar refusals: what has been refused.
    """

    def __init__(
        self,
        *,
        watch: Sequence[tuple[str, Frame]] = (),
        subscribe: Sequence[tuple[str, Frame]] = (),
        say: Sequence[tuple[str, Frame]] = (),
        call: Sequence[tuple[str, Frame]] = (),
        token: str | None = None,
    ) -> None:
        """:raises CommandRefused: for a message to a channel that is not subscribed."""
        self._ids = count(1)
        self._asked: dict[int, Frame] = {}
        self._subscribed = dict(subscribe)
        self.refusals: list[str] = []
        self._first: list[Frame] = []
        if token is not None:
            self._add({"action": "auth", "token": token})
        for name, params in watch:
            self._add({"action": "watch", "context": name, "params": params})
        for name, params in subscribe:
            self._add({"action": "subscribe", "channel": name, "params": params})
        for name, data in say:
            if name not in self._subscribed:
                raise CommandRefused(f"--say {name}: a message can be sent to what is subscribed, with --subscribe")
            self._add({"action": "message", "channel": name, "params": self._subscribed[name], "data": data})
        for name, arguments in call:
            self._add({"action": "rpc", "fn": name, "args": arguments})

    def begin(self) -> Iterator[Frame]:
        """What is sent first; the next when the one before is answered."""
        if self._first:
            yield self._first.pop(0)

    def _add(self, frame: Frame) -> None:
        number = next(self._ids)
        self._asked[number] = {"action": frame.pop("action"), "id": number, **frame}
        self._first.append(self._asked[number])

    def receive(self, frame: Frame) -> Iterator[Frame]:
        """What is sent on a frame."""
        action = frame.get("action")
        if action == "ping":
            yield {"action": "pong", "n": frame["n"]}
        elif action == "stale":
            yield from (self._asked[number] for number in frame["ids"] if number in self._asked)
        elif action is None:
            self._take_answer(frame)
            yield from self.begin()

    def _take_answer(self, frame: Frame) -> None:
        asked = self._asked.get(frame["id"], {}) if isinstance(frame.get("id"), int) else {}
        if frame.get("ok") is False:
            self.refusals.append(f"{self.named(asked)} {frame['error']['code']}")
        elif asked.get("action") == "watch":
            asked["version"] = frame.get("version")

    def words(self, frame: Frame) -> str:
        """What a frame of the server says; one that is as none should be is shown as it is."""
        try:
            return self._words(frame)
        except (KeyError, TypeError, AttributeError):
            return f"unknown   {_data(frame)}"

    def _words(self, frame: Frame) -> str:
        action = frame.get("action")
        if action == "stale":
            return "stale     " + ", ".join(self.named(self._asked.get(number, {})) for number in frame["ids"])
        if action == "message" and "presence" in frame:
            return (
                f"presence  {_named(frame['channel'], frame['params'])} {frame['offset']}: {_data(frame['presence'])}"
            )
        if action == "message":
            return f"message   {_named(frame['channel'], frame['params'])} {frame['offset']}: {_data(frame['data'])}"
        if action == "gap":
            return f"gap       {_named(frame['channel'], frame['params'])}: some messages are lost, read again"
        if action == "dropped":
            return f"dropped   {_named(frame['channel'], frame['params'])}: {_error(frame['error'])}"
        if action is not None:
            return f"{action:<9} {frame.get('n', '')}".rstrip()
        return self._answer_words(frame)

    def _answer_words(self, frame: Frame) -> str:
        named = self.named(self._asked.get(frame["id"], {}) if isinstance(frame.get("id"), int) else {})
        if frame.get("ok") is False:
            return f"refused   {named}: {_error(frame['error'])}{_effects(frame)}"
        if frame.get("unchanged"):
            return f"unchanged {named}"
        return f"answer    {named}: {_data(frame.get('data'))}{_effects(frame)}"

    def said(self, frame: Frame) -> str:
        """What a frame that is sent says."""
        action = frame["action"]
        if action in ("pong", "auth"):
            return f"{action:<9} {frame.get('n', '')}".rstrip()
        return f"{action:<9} {self.named(frame)}" + (f": {_data(frame['data'])}" if action == "message" else "")

    def named(self, asked: Frame) -> str:
        """What was asked for, in a few words."""
        name = asked.get("context") or asked.get("channel") or asked.get("fn") or asked.get("action") or "a frame"
        return _named(name, asked.get("params") or asked.get("args") or {})


class _Shown:
    """Writes lines with the time before them."""

    def __init__(self, write: Write, *, is_raw: bool, has_pings: bool) -> None:
        self._write = write
        self._is_raw = is_raw
        self._has_pings = has_pings

    def line(self, arrow: str, words: str) -> None:
        now = datetime.now().astimezone()
        self._write(f"{now:%H:%M:%S}.{now.microsecond // 1000:03} {arrow} {words}\n")

    def frame(self, arrow: str, frame: Frame, text: str, words: str) -> None:
        if frame.get("action") in ("ping", "pong") and not self._has_pings:
            return
        self.line(arrow, text if self._is_raw and frame.get("action") != "auth" else words)


def _converse(connection: Any, talk: Talk, shown: _Shown, end: float | None) -> None:
    from websockets.exceptions import ConnectionClosed

    def send(frames: Iterator[Frame]) -> None:
        for frame in frames:
            text = json.dumps(frame)
            connection.send(text)
            shown.frame("->", frame, text, talk.said(frame))

    try:
        send(talk.begin())
        while end is None or time.monotonic() < end:
            with suppress(TimeoutError):
                text = connection.recv(None if end is None else max(0.0, end - time.monotonic()))
                frame = json.loads(text)
                shown.frame("<-", frame, text, talk.words(frame))
                send(talk.receive(frame))
    except ConnectionClosed as closed:
        received = closed.rcvd
        why = "without a word" if received is None else f"{received.code} {received.reason}".rstrip()
        raise CommandRefused(f"the server has closed the socket: {why}") from None


def _connected(url: str, origin: str | None) -> Any:
    try:
        from websockets.exceptions import InvalidHandshake, InvalidStatus
        from websockets.sync.client import connect
    except ModuleNotFoundError as error:
        if error.name != "websockets":
            raise
        raise CommandRefused("the package websockets is needed: pip install 'mizan-core[live]'") from None
    parts = urlsplit(url)
    own = f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}"
    cookie = os.environ.get(COOKIE)
    try:
        return connect(
            url,
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
            origin=None if origin == "none" else origin or own,  # type: ignore[arg-type]
            additional_headers={} if cookie is None else {"Cookie": cookie},
            open_timeout=_OPEN_SECONDS,
            proxy=None,
        )
    except InvalidStatus as error:
        response = error.response
        said = bytes(response.body or b"")[:_SHOWN].decode("utf-8", "replace").strip()
        raise CommandRefused(f"the server has not opened {url}: {response.status_code}, {said or _WORDLESS}") from None
    except (InvalidHandshake, OSError) as error:
        raise CommandRefused(f"no socket at {url}: {error}") from None


def _asked(words: Sequence[str]) -> tuple[str, Frame]:
    name, *pairs = words
    return name, dict(_pair(pair) for pair in pairs)


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise CommandRefused(f"{text!r} is no parameter: write name=value")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _named(name: str, params: Frame) -> str:
    return " ".join([name, *(f"{key}={_short(value)}" for key, value in params.items())])


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _data(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"


def _error(error: Frame) -> str:
    return f"{error['code']}, {error['message']}" + (f" {_data(error['details'])}" if error.get("details") else "")


def _effects(frame: Frame) -> str:
    return "".join(f"; {name} {_data(frame[name])}" for name in ("invalidate", "merge") if frame.get(name))
