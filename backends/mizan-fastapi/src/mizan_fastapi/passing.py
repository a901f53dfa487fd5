"""A response that a function has made itself, and that purges again when nothing of it can write any more."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from mizan_core.cache.store import Purge
from mizan_core.call.streams import apurging
from mizan_core.http.response import PassThrough
from mizan_fastapi.purging import aperform


def passed_through(reply: PassThrough) -> Response:
    """The response, with the headers that are to be set on it."""
    response: Response = reply.response
    for name, value in reply.headers:
        response.headers[name] = value
    return _PurgingResponse(response, reply.afterwards) if reply.afterwards and not _is_done(response) else response


def _is_done(response: Response) -> bool:
    """Whether nothing of the application's runs any more while the response is being sent."""
    return type(response).__call__ is Response.__call__ and response.background is None


class _PurgingResponse(Response):
    """Sends another response, and purges when its stream and its background task have ended, however they end."""

    def __init__(self, response: Response, stale: Sequence[Purge]) -> None:
        self.status_code = response.status_code
        self.background = response.background
        self.raw_headers = response.raw_headers
        self._response = response
        self._stale = stale

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = self._response
        response.status_code, response.background = self.status_code, self.background
        response.raw_headers = self.raw_headers
        purge = partial(aperform, *self._stale)
        async with AsyncExitStack() as ending:
            if response.background is not None or not isinstance(response, StreamingResponse):
                ending.push_async_callback(purge)
            if isinstance(response, StreamingResponse):
                # The client is told of the end after the purge. Where nobody asks for the rest this closes it.
                response.body_iterator = parts = apurging(response.body_iterator, purge)
                ending.push_async_callback(parts.aclose)
            await response(scope, receive, send)
