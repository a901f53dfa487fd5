"""A response that a function has made itself, which purges again when its stream has ended."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from mizan.threads import run_on_loop
from mizan.transactions import purge
from mizan_core.cache.store import Purge
from mizan_core.call.streams import apurging, purging
from mizan_core.coroutines import to_the_end
from mizan_core.http.response import PassThrough


def passed_through(reply: PassThrough) -> HttpResponseBase:
    """The response, with the headers that are to be set on it."""
    response: HttpResponseBase = reply.response
    for name, value in reply.headers:
        response.headers[name] = value
    if reply.afterwards and isinstance(response, StreamingHttpResponse) and not _is_file(response):
        _purge_after(response, reply.afterwards)
    return response


def _is_file(response: StreamingHttpResponse) -> bool:
    """Whether the server may send the file by itself. Nothing writes while it does."""
    return isinstance(response, FileResponse)


def _purge_after(response: StreamingHttpResponse, stale: Iterable[Purge]) -> None:
    # Not ``streaming_content``: it hides the generator, which has to be closed before the purge.
    parts = response._iterator  # type: ignore[attr-defined]  # noqa: SLF001
    if response.is_async:
        response.streaming_content = _ClosingParts(apurging(parts, partial(_apurge, stale)))
    else:
        response.streaming_content = purging(parts, partial(_purge, stale))


class _ClosingParts:
    """An asynchronous stream that Django closes with the response, as it does with others, when the client is gone."""

    def __init__(self, parts: AsyncGenerator[Any, None]) -> None:
        self._parts = parts

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._parts

    def close(self) -> None:
        run_on_loop(self._parts.aclose())


def _purge(stale: Iterable[Purge]) -> None:
    for each in stale:
        purge(*each)


async def _apurge(stale: Iterable[Purge]) -> None:
    await to_the_end(sync_to_async(_purge)(stale))
