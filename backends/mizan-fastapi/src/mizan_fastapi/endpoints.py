"""The three endpoints as ASGI applications: read the request's parts, ask the dispatcher, write the reply."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Coroutine
from functools import lru_cache
from typing import Any

from starlette.requests import ClientDisconnect, Request, empty_send
from starlette.responses import Response as FrameworkResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mizan_core.call.dispatcher import Dispatcher
from mizan_core.http.exchange import get_bundle, get_bundles, get_session, post_call, refuse
from mizan_core.http.response import PassThrough, Reply, Response
from mizan_core.mwt import HEADER
from mizan_fastapi.passing import passed_through
from mizan_fastapi.port import AsgiPort
from mizan_fastapi.users import Hooks

_ERROR = 400
_REMEMBERED = 4_096
"""Header lines that are not encoded again: most are those of many answers."""
REST = "mizan.rest"
"""The place in a scope of what a request on a short cut has left for the whole way: an ASGI application."""
TOKEN_FIELD = HEADER.lower().encode("ascii")


class EndpointFailed(Exception):
    """What dependencies with ``yield`` see of an answer that is an error; to them it is an exception as any other."""

    def __init__(self, response: FrameworkResponse) -> None:
        super().__init__(f"the endpoint has answered {response.status_code}")
        self.response = response


class Endpoint(ABC):
    """An ASGI application for one URL."""

    __slots__ = ("_dispatcher", "_hooks")

    def __init__(self, dispatcher: Dispatcher, hooks: Hooks) -> None:
        self._dispatcher = dispatcher
        self._hooks = hooks

    async def __call__(self, scope: Scope, receive: Receive, send: Send, whole: ASGIApp | None = None) -> None:
        """Answer.

        :param whole: where the answer is sent by what may raise; its way ends at an endpoint's route. None on that way.
        """
        start: Message | None = None
        try:
            reply = await self.reply(self._dispatcher, AsgiPort(scope, fields_of(scope), receive, send, self._hooks))
            if reply.failure is not None:
                reply.failure.log()
            if type(reply) is not PassThrough:
                start = {"type": "http.response.start", "status": reply.status, "headers": _headers(reply)}
                await send(start)
                await send({"type": "http.response.body", "body": reply.body})
                return
            rest: ASGIApp = passed_through(reply)
        except Exception as error:
            if whole is None:
                raise
            rest = _Broken(start, error)
        try:
            if whole is None:
                await rest(scope, receive, send)
            else:
                scope[REST] = rest
                await whole(scope, receive, send if start is None else _nowhere)
        finally:
            del rest  # what is raised holds this frame

    async def respond(self, request: Request) -> FrameworkResponse:
        """The answer, when dependencies have been solved; they may have read the body.

        :raises EndpointFailed: for an answer that is an error.
        """
        response = _logged(await self.reply(self._dispatcher, self._port(request)))
        if response.status_code >= _ERROR:
            raise EndpointFailed(response)
        return response

    async def refuse(self, request: Request, error: Exception) -> FrameworkResponse:
        """The answer to what a dependency has raised."""
        return _logged(await refuse(self._port(request), error))

    def _port(self, request: Request) -> AsgiPort:
        return AsgiPort(request.scope, fields_of(request.scope), body_of(request), empty_send, self._hooks)

    @abstractmethod
    def reply(self, dispatcher: Dispatcher, port: AsgiPort) -> Coroutine[Any, Any, Reply]:
        """What the dispatcher answers for this URL."""


class SessionEndpoint(Endpoint):
    """``GET session/``."""

    def reply(self, dispatcher: Dispatcher, port: AsgiPort) -> Coroutine[Any, Any, Reply]:
        return get_session(dispatcher, port, port.scope["method"])


class CallEndpoint(Endpoint):
    """``POST call/``."""

    def reply(self, dispatcher: Dispatcher, port: AsgiPort, named: str | None = None) -> Coroutine[Any, Any, Reply]:
        fields = port.fields
        kind, token = fields.get(b"content-type"), fields.get(TOKEN_FIELD)
        return post_call(
            dispatcher,
            port,
            port.scope["method"],
            None if kind is None else kind.decode("latin-1"),
            None if token is None else token.decode("latin-1"),
            named,
        )


class NamedCallEndpoint(CallEndpoint):
    """``POST call/<function>/``."""

    def reply(self, dispatcher: Dispatcher, port: AsgiPort, named: str | None = None) -> Coroutine[Any, Any, Reply]:
        return super().reply(dispatcher, port, named or port.scope["path_params"]["function"])


class FetchEndpoint(Endpoint):
    """``GET ctx/<name>/``."""

    def reply(self, dispatcher: Dispatcher, port: AsgiPort) -> Coroutine[Any, Any, Reply]:
        scope, token = port.scope, port.fields.get(TOKEN_FIELD)
        return get_bundle(
            dispatcher,
            port,
            scope["method"],
            scope["path_params"]["name"],
            scope["query_string"].decode("latin-1"),
            None if token is None else token.decode("latin-1"),
        )


class FetchSeveralEndpoint(Endpoint):
    """``GET ctx/``."""

    def reply(self, dispatcher: Dispatcher, port: AsgiPort) -> Coroutine[Any, Any, Reply]:
        scope, token = port.scope, port.fields.get(TOKEN_FIELD)
        query = scope["query_string"].decode("latin-1")
        return get_bundles(dispatcher, port, scope["method"], query, None if token is None else token.decode("latin-1"))


class _Broken:
    """An answer that has come to nothing, or could not be sent to its end: whoever handles exceptions is told so.

    :param start: what has been sent, and so cannot be any more.
    """

    def __init__(self, start: Message | None, error: Exception) -> None:
        self._start, self._errors = start, [error]

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        if self._start is not None:
            await send(self._start)
        raise self._errors.pop()


async def _nowhere(_: Message) -> None:
    """Nobody is there any more."""


def body_of(request: Request) -> Receive:
    """Messages with the body of *request*, whether or not a dependency has read it."""
    stream = request.stream()
    is_over = False

    async def receive() -> Message:
        nonlocal is_over
        if is_over:
            return await request.receive()
        try:
            chunk = await anext(stream, b"")
        except ClientDisconnect:
            return {"type": "http.disconnect"}
        is_over = not chunk
        return {"type": "http.request", "body": chunk, "more_body": not is_over}

    return receive


def fields_of(scope: Scope) -> dict[bytes, bytes]:
    """The request's header fields; repeated ones joined by commas, as HTTP reads them (RFC 9110 section 5.3)."""
    lines = scope["headers"]
    fields = dict(lines)
    if len(fields) < len(lines):
        fields = {name: b",".join(value for other, value in lines if other == name) for name in fields}
    return fields


def _headers(response: Response) -> list[tuple[bytes, bytes]]:
    return [*map(_encoded, response.headers), (b"content-length", b"%d" % len(response.body))]


def _logged(reply: Reply) -> FrameworkResponse:
    if reply.failure is not None:
        reply.failure.log()
    if isinstance(reply, PassThrough):
        return passed_through(reply)
    response = FrameworkResponse(reply.body, reply.status)
    response.raw_headers = _headers(reply)
    return response


@lru_cache(_REMEMBERED)
def _encoded(header: tuple[str, str]) -> tuple[bytes, bytes]:
    name, value = header
    return name.lower().encode("ascii"), value.encode("latin-1")
