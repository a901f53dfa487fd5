"""``ws/``: who may open a socket, and the requests of whoever has."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from starlette.requests import empty_send
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from mizan_core.cache.announcing import SOCKET_HEADER
from mizan_core.call.dispatcher import Dispatcher
from mizan_core.errors import APIError, Forbidden, InternalError
from mizan_core.http.response import error_response
from mizan_core.live.asgi import (
    AsgiWire,
    accept,
    is_opened,
    origin_of,
    own_origin,
    refuse,
    socket_of,
    without_cookies,
)
from mizan_core.live.serving import Serving
from mizan_core.live_counters import LIVE_COUNTERS
from mizan_core.origins import Verdict, judge
from mizan_core.viewer import Viewer, viewer_of
from mizan_fastapi.endpoints import TOKEN_FIELD, fields_of
from mizan_fastapi.port import AsgiPort
from mizan_fastapi.users import Hooks, ask, replace_user, scope_user, twin_of

T = TypeVar("T")
_WHO = ("user", "auth", "session")
_SOCKET = SOCKET_HEADER.encode()
_log = logging.getLogger("mizan.live")


class SocketEndpoint:
    """The endpoint of ``ws/``."""

    def __init__(self, dispatcher: Dispatcher, hooks: Hooks, serving: Serving) -> None:
        self._dispatcher = dispatcher
        self._hooks = hooks
        self._serving = serving

    async def respond(self, websocket: WebSocket) -> None:
        """Converse, when dependencies have been solved."""

        async def send(message: Message) -> None:
            try:
                await websocket.send(message)
            except WebSocketDisconnect:
                raise OSError("the client has left") from None

        await self(websocket.scope, websocket.receive, send)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        conversation = await self._opened(scope, receive, send)
        if conversation is not None:
            await conversation  # nothing else is kept for as long as it lasts

    async def _opened(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None] | None:
        """What is said on the socket; None where there is none."""
        if not await is_opened(receive):
            return None
        try:
            own, token = self._admitted(scope)
        except Exception as error:  # noqa: BLE001 - whatever settings and user models raise
            await _refuse(scope, send, error)
            return None
        socket = socket_of(scope)
        peer = SocketPeer(own, socket, self._hooks)
        if not await accept(send):
            return None
        return self._serving.serve(AsgiWire(receive, send), peer, socket, token)

    def _admitted(self, scope: Scope) -> tuple[Scope, str | None]:
        """The scope that requests of the socket have, and the token that has come with the handshake.

        :raises APIError: where it may not be opened.
        """
        self._serving.check(scope)
        origin, own = origin_of(scope), own_origin(scope)
        verdict = judge(origin, own, self._serving.limits.origins)
        if verdict is Verdict.FOREIGN:
            _log.warning("A socket was refused: its page is %r, not %r; MIZAN_LIVE's origins names others", origin, own)
            raise Forbidden("The page's origin is not trusted.")
        token = fields_of(scope).get(TOKEN_FIELD)
        text = None if token is None else token.decode("latin-1")
        if text is not None:
            self._dispatcher.interface().token_user(text)
        return (_as_nobody(scope) if verdict is Verdict.ABSENT else scope), text


def _as_nobody(scope: Scope) -> Scope:
    """As *scope*, but for what cookies may have made of it."""
    bare = without_cookies(scope)
    if len(bare["headers"]) == len(scope["headers"]):
        return scope
    state = {name: value for name, value in scope.get("state", {}).items() if name != "user"}
    return {**{name: value for name, value in bare.items() if name not in _WHO}, "state": state}


async def _refuse(scope: Scope, send: Send, error: Exception) -> None:
    LIVE_COUNTERS.count("refused")
    if not isinstance(error, APIError):
        _log.error("A socket could not be opened", exc_info=error)
    response = error_response(error if isinstance(error, APIError) else InternalError())
    fields = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in response.headers]
    await refuse(scope, send, response.status, fields, response.body)


class SocketPeer:
    """Whoever has opened a socket. There may be many who do nothing: what a request needs is made for it.

    :param scope: what middleware has left of the handshake.
    :param socket: the socket's id, by which what it changes is known.
    """

    __slots__ = ("_hooks", "_scope", "_socket", "viewer")

    def __init__(self, scope: Scope, socket: str | None, hooks: Hooks) -> None:
        self._scope = scope
        self._socket = socket
        self._hooks = hooks
        self.viewer = viewer_of(scope_user(scope))

    async def run(self, work: Callable[[AsgiPort], Coroutine[Any, Any, T]]) -> T:
        """See ``Peer``."""
        scope = twin_of(self._scope)
        scope["type"], scope["method"] = "http", "GET"
        scope["scheme"] = "https" if scope.get("scheme") == "wss" else "http"
        fields = {**fields_of(scope), _SOCKET: (self._socket or "").encode()}
        return await work(AsgiPort(scope, fields, _no_body, empty_send, self._hooks))

    async def look(self) -> Viewer:
        """See ``Peer``."""
        user, reload = scope_user(self._scope), self._hooks.reload_user
        if reload is None or not self.viewer.authenticated:
            return self.viewer
        current = await ask(reload, user)
        if current is not None:
            self._scope = twin_of(self._scope)
            replace_user(self._scope, current)
        return viewer_of(current)

    def user_of(self, request: Any) -> Any:
        """See ``Peer``."""
        return scope_user(request.scope)


async def _no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
