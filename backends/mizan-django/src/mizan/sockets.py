"""``wrap_asgi``: sockets at ``ws/`` of ``mizan.urls``; every other one, and every request, goes its way."""

from __future__ import annotations

from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from mizan.doors import Door, Refused
from mizan.serving import serving
from mizan.visits import URL_NAME, is_socket
from mizan_core.live.asgi import Application, AsgiWire, Receive, Scope, Send, accept, is_opened, refuse, socket_of


class SocketApplication:
    """An ASGI application with sockets beside what it has."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._is_djangos = isinstance(application, ASGIHandler)
        self._door = Door()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "websocket" and (self._is_djangos or _is_ours(scope)):
            await _open_socket(self._door, scope, receive, send)
        elif kind == "lifespan" and self._is_djangos:
            await _last(receive, send)
        else:
            await self._application(scope, receive, send)


class RoutedSockets:
    """An ASGI application of sockets alone, wherever others have routed them from."""

    def __init__(self) -> None:
        self._door = Door()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _open_socket(self._door, {**scope, "path": _own_path(scope)}, receive, send)


async def _open_socket(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    """Open a socket, or refuse to, and converse until it ends."""
    if not await is_opened(receive):
        return
    answer = await door.admit(scope)
    if isinstance(answer, Refused):
        await refuse(scope, send, *answer)
    elif await accept(send, answer.fields):
        wire = AsgiWire(receive, send)
        await serving.serve(wire, answer.peer, socket=socket_of(scope), token=answer.token)


def _is_ours(scope: Scope) -> bool:
    """Whether the project's own URLs have our view there. An application that routes sockets has others, too."""
    path: str = scope["path"]
    try:
        return is_socket(resolve(path.removeprefix(get_script_prefix(scope))))
    except Resolver404:
        return False


def _own_path(scope: Scope) -> str:
    """The path of ``ws/`` in ``mizan.urls``."""
    path: str = scope["path"]
    if _is_ours(scope):
        return path
    try:
        return get_script_prefix(scope).rstrip("/") + reverse(f"mizan:{URL_NAME}")
    except NoReverseMatch:
        return path


async def _last(receive: Receive, send: Send) -> None:
    """A server's lifespan, which Django knows nothing of: what sockets have opened is closed in the end."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await serving.aclose()
            await send({"type": "lifespan.shutdown.complete"})
            return
