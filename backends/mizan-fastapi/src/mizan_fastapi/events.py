"""``POST live/``: signals without a socket."""

from __future__ import annotations

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from mizan_core.call.dispatcher import Dispatcher
from mizan_core.http.events import HEADERS, EventStream, post_live
from mizan_core.http.response import PassThrough, Reply
from mizan_core.live.serving import Serving
from mizan_fastapi.endpoints import TOKEN_FIELD, Endpoint
from mizan_fastapi.port import AsgiPort
from mizan_fastapi.users import Hooks


class LiveEndpoint(Endpoint):
    """``POST live/``."""

    __slots__ = ("_serving",)

    def __init__(self, dispatcher: Dispatcher, hooks: Hooks, serving: Serving) -> None:
        super().__init__(dispatcher, hooks)
        self._serving = serving

    async def reply(self, dispatcher: Dispatcher, port: AsgiPort) -> Reply:
        kind, token = port.fields.get(b"content-type"), port.fields.get(TOKEN_FIELD)
        reply = await post_live(
            dispatcher,
            self._serving,
            port,
            port.scope["method"],
            None if kind is None else kind.decode("latin-1"),
            None if token is None else token.decode("latin-1"),
        )
        return PassThrough(EventResponse(reply), ()) if isinstance(reply, EventStream) else reply


class EventResponse(StreamingResponse):
    """Closes its stream, however it ends."""

    def __init__(self, events: EventStream) -> None:
        super().__init__(events, headers=dict(HEADERS))
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._events.close()
