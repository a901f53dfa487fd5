"""The three endpoints as ASGI applications: read the request's parts, drive the dispatcher, write the reply."""

from __future__ import annotations

from abc import ABC, abstractmethod

from starlette.responses import Response as FrameworkResponse
from starlette.types import Receive, Scope, Send

from mizan_core.dispatch import Dispatcher, PassThrough, Response, Steps, drive_async
from mizan_core.mwt import HEADER
from mizan_fastapi.performer import Performer

_TOKEN = HEADER.lower().encode("ascii")


class Endpoint(ABC):
    """An ASGI application for one URL."""

    __slots__ = ("_dispatcher",)

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        performer = Performer(scope, receive, send)
        reply = await drive_async(self.steps(self._dispatcher, scope), lambda effect: effect.perform(performer))
        if isinstance(reply, PassThrough):
            await _pass_through(reply)(scope, receive, send)
        else:
            await _write(reply, send)

    @abstractmethod
    def steps(self, dispatcher: Dispatcher, scope: Scope) -> Steps:
        """What the dispatcher does for this URL."""


class SessionEndpoint(Endpoint):
    """``GET session/``."""

    def steps(self, dispatcher: Dispatcher, scope: Scope) -> Steps:
        return dispatcher.session(scope["method"])


class CallEndpoint(Endpoint):
    """``POST call/``."""

    def steps(self, dispatcher: Dispatcher, scope: Scope) -> Steps:
        return dispatcher.call(scope["method"], _header(scope, b"content-type"), _header(scope, _TOKEN))


class FetchEndpoint(Endpoint):
    """``GET ctx/<name>/``."""

    def steps(self, dispatcher: Dispatcher, scope: Scope) -> Steps:
        name: str = scope["path_params"]["name"]
        query = scope["query_string"].decode("latin-1")
        return dispatcher.fetch(
            scope["method"], name, query, _header(scope, _TOKEN), lambda header: _header(scope, header.encode("ascii"))
        )


def _header(scope: Scope, name: bytes) -> str | None:
    """The value of a header; repeated ones joined by commas, as HTTP reads them (RFC 9110 section 5.3)."""
    values = [value for key, value in scope["headers"] if key == name]
    return b",".join(values).decode("latin-1") if values else None


async def _write(response: Response, send: Send) -> None:
    headers = [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in response.headers]
    headers.append((b"content-length", str(len(response.body)).encode("ascii")))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def _pass_through(reply: PassThrough) -> FrameworkResponse:
    response: FrameworkResponse = reply.response
    for name, value in reply.headers:
        response.headers[name] = value
    return response
