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

from mizan_core.live.asgi import Application, Receive, Scope, Send


class MizanConsumer(AsyncConsumer):  # type: ignore[misc]  # Channels has no types
    """One socket. Frames are read as they come: a consumer's own way is one at a time, and calls would wait."""

    def __init__(self, application: Application) -> None:
        self._application = application

    @classmethod
    def as_asgi(cls, **initkwargs: Any) -> Any:
        """The application to route to."""
        # It makes the project's middleware ready, which needs its settings; importing this module does not.
        from mizan.sockets import RoutedSockets

        return super().as_asgi(**{"application": RoutedSockets(), **initkwargs})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._application(scope, receive, send)
