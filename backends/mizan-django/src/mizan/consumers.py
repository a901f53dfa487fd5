"""A Channels consumer, for projects that route their sockets with Channels: ``mizan-django[channels]``.

    application = ProtocolTypeRouter({
        "http": get_asgi_application(),
        "websocket": URLRouter([path("api/mizan/ws/", MizanConsumer.as_asgi())]),
    })

It does what ``wrap_asgi`` does, by the same code: middleware of Django decides who it is, not that of Channels, and
messages go over Mizan's own broker, not over a channel layer, which may drop them.
"""

from __future__ import annotations

from typing import Any

from channels.consumer import AsyncConsumer
from django.core.handlers.asgi import get_script_prefix
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from mizan.doors import Door
from mizan.sockets import open_socket
from mizan.visits import URL_NAME, is_socket
from mizan_core.live.asgi import Receive, Scope, Send


class MizanConsumer(AsyncConsumer):  # type: ignore[misc]  # Channels has no types
    """One socket. Frames are read as they come: a consumer's own way is one at a time, and calls would wait."""

    def __init__(self, door: Door) -> None:
        self._door = door

    @classmethod
    def as_asgi(cls, **initkwargs: Any) -> Any:
        """The application to route to."""
        return super().as_asgi(**{"door": Door(), **initkwargs})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await open_socket(self._door, {**scope, "path": _path(scope)}, receive, send)


def _path(scope: Scope) -> str:
    """The path of ``ws/`` in ``mizan.urls``, wherever Channels has routed from."""
    path: str = scope["path"]
    prefix = get_script_prefix(scope)
    try:
        if is_socket(resolve(path.removeprefix(prefix))):
            return path
    except Resolver404:
        pass
    try:
        return prefix.rstrip("/") + reverse(f"mizan:{URL_NAME}")
    except NoReverseMatch:
        return path
