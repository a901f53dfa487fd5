"""A socket as ASGI servers hand it over; what the drivers of all frameworks share.

https://asgi.readthedocs.io/en/latest/specs/www.html#websocket
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from mizan_core.cache.announcing import socket_id

Scope: TypeAlias = "MutableMapping[str, Any]"
Receive: TypeAlias = "Callable[[], Awaitable[MutableMapping[str, Any]]]"
Send: TypeAlias = "Callable[[MutableMapping[str, Any]], Awaitable[None]]"
Application: TypeAlias = "Callable[[Scope, Receive, Send], Awaitable[None]]"
Fields: TypeAlias = "Iterable[tuple[bytes, bytes]]"

SUBPROTOCOL = "mizan.v1"
_MAX_FIELDS = 100


class AsgiWire:
    """An accepted socket.

    It knows when the connection has ended: servers raise one thing or another at whoever sends then, or nothing. And
    nobody waits for a frame while it is closed: granian 2 would keep the close until one has come.
    """

    __slots__ = ("_has_ended", "_is_closing", "_reader", "_receive", "_send")

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._has_ended = False
        self._is_closing = False
        self._reader: asyncio.Task[Any] | None = None

    async def receive(self) -> str | bytes | None:
        """The next frame; None when there are no more."""
        if self._is_over():
            return None
        self._reader = asyncio.current_task()
        try:
            message = await self._receive()
        except asyncio.CancelledError:
            if not self._is_closing:
                raise
            _take_back(self._reader)
            return None
        finally:
            self._reader = None
        if message["type"] != "websocket.receive":
            self._has_ended = True
            return None
        text: str | None = message.get("text")
        return message["bytes"] if text is None else text

    def _is_over(self) -> bool:
        return self._has_ended or self._is_closing

    async def send(self, text: str) -> None:
        """Send a frame; nothing happens where nobody is there any more."""
        await self._say({"type": "websocket.send", "text": text})

    async def close(self, code: int, reason: str) -> None:
        """End the connection."""
        self._is_closing = True
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.sleep(0)  # the server hears of it first
        await self._say({"type": "websocket.close", "code": code, "reason": reason})
        self._has_ended = True

    async def _say(self, message: MutableMapping[str, Any]) -> None:
        if self._has_ended:
            return
        try:
            await self._send(message)
        except OSError:  # the client has left; whoever receives is told
            self._has_ended = True


def _take_back(task: asyncio.Task[Any] | None) -> None:
    """A cancellation of ours has done what it should; Python counts them since 3.11."""
    uncancel = getattr(task, "uncancel", None)
    if uncancel is not None:
        uncancel()


def offers_protocol(scope: Scope) -> bool:
    """Whether the client speaks this protocol."""
    return SUBPROTOCOL in scope.get("subprotocols", ())


def field(scope: Scope, name: bytes) -> str | None:
    """The value of a header field by its lower-case name; repeated ones joined by commas (RFC 9110 section 5.3)."""
    values = [value for other, value in scope["headers"] if other == name]
    return b",".join(values).decode("latin-1") if values else None


def origin_of(scope: Scope) -> str | None:
    """Which page opens the socket."""
    return field(scope, b"origin")


def own_origin(scope: Scope) -> str:
    """The origin of whoever is asked, by the scheme that the server tells and the field ``Host``."""
    scheme = "https" if scope.get("scheme") in ("wss", "https") else "http"
    return f"{scheme}://{field(scope, b'host') or ''}"


def without_cookies(scope: Scope) -> Scope:
    """As *scope*, for somebody whose cookies prove nothing."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"cookie"]}


def socket_of(scope: Scope) -> str | None:
    """The id that the client has chosen for the socket: ``ws/?socket=<id>``; None without one that can be one."""
    try:
        query = parse_qs(scope.get("query_string", b"").decode("ascii"), max_num_fields=_MAX_FIELDS)
    except ValueError:
        return None
    ids = query.get("socket", [])
    return socket_id(ids[0]) if len(ids) == 1 else None


async def is_opened(receive: Receive) -> bool:
    """Wait for the client's wish to open the socket; False where it has left instead."""
    message = await receive()
    return bool(message["type"] == "websocket.connect")


async def accept(send: Send, fields: Fields = ()) -> bool:
    """Open the socket.

    :param fields: header fields of the answer.
    :returns: whether the client is still there.
    """
    try:
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL, "headers": list(fields)})
    except OSError:
        return False
    return True


async def refuse(scope: Scope, send: Send, status: int, fields: Fields = (), body: bytes = b"") -> None:
    """Answer as over HTTP instead of opening the socket; servers that cannot (daphne) answer 403."""
    try:
        if "websocket.http.response" not in (scope.get("extensions") or {}):
            await send({"type": "websocket.close"})
            return
        headers = [*fields, (b"content-length", b"%d" % len(body))]
        await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": body})
    except OSError:  # the client has left
        return
