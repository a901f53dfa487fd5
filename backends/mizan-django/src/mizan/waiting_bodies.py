"""Bodies that wait at the door until it is known that whoever sends them may.

Django receives the whole body of an ASGI request before it asks anybody. Where ``limit_body`` stands in front of it,
it is told of no body for a request to one of our functions that takes files or is guarded; the view fetches the body
itself when whoever asks has been admitted. Middleware that reads such a body finds none.
"""

from __future__ import annotations

import asyncio
from asyncio import to_thread  # asgiref's own would keep each piece until the garbage collector comes
from collections.abc import Callable, MutableMapping
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from mizan_core.errors import BadRequest, PayloadTooLarge
from mizan_core.http.multipart import MultipartReader
from mizan_core.http.reading import check_body_headers
from mizan_core.live.asgi import Receive

_PLACE = "mizan.body"
_IN_LOOP = 1_048_576
"""Bytes that are taken without a thread: no more has been written to disk by then."""
_MADE_OF_IT = ("_body", "_post", "_files")
"""What a request remembers of its body."""


class WaitingBody:
    """The body of one request.

    :param receive: the server's.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_told = False
        self._is_gone = False
        self._settled = asyncio.Event()

    def scope(self, scope: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """A scope by which views find it."""
        return {**scope, _PLACE: self}

    async def receive(self) -> MutableMapping[str, Any]:
        """What Django receives: that there is no body, and later that the client has left."""
        if not self._is_told:
            self._is_told = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._settled.wait()
        return {"type": "http.disconnect"} if self._is_gone else await self._receive()

    async def piece(self) -> bytes | None:
        """The next of it, as it comes in; None at its end.

        :raises BadRequest: when the client leaves.
        """
        if self._settled.is_set():
            return None
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._is_gone = True
            self._settled.set()
            raise BadRequest("The request was cut off.")
        if not message.get("more_body", False):
            self._settled.set()
        piece: bytes = message.get("body", b"")
        return piece


def waiting_body(request: HttpRequest) -> WaitingBody | None:
    """The body that a request waits for; None for a request that has its own."""
    found: WaitingBody | None = getattr(request, "scope", {}).get(_PLACE)
    return found


async def feed(body: WaitingBody, reader: MultipartReader) -> None:
    """Feed *body* to *reader*; what may write to disk does so in a thread."""
    received = 0
    while (piece := await body.piece()) is not None:
        received += len(piece)
        if received <= _IN_LOOP:
            reader.feed(piece)
        else:
            await to_thread(reader.feed, piece)


async def keep(request: HttpRequest, body: WaitingBody, limit: int) -> None:
    """Have *request* hold *body*.

    :raises PayloadTooLarge: past *limit* bytes.
    """
    meta = request.META
    check_body_headers(meta.get("CONTENT_LENGTH"), meta.get("HTTP_CONTENT_ENCODING"), limit)
    content = bytearray()
    while (piece := await body.piece()) is not None:
        content += piece
        if len(content) > limit:
            raise PayloadTooLarge
    _forget(request)
    request._body = bytes(content)  # noqa: SLF001 - where Django keeps it


async def spool(request: HttpRequest, body: WaitingBody) -> Callable[[], None]:
    """Have *request* read *body* as Django would: from a file, on disk when it is large. Gives what closes it."""
    file = SpooledTemporaryFile[bytes](settings.FILE_UPLOAD_MAX_MEMORY_SIZE)
    while (piece := await body.piece()) is not None:
        await to_thread(file.write, piece)
    file.seek(0)
    _forget(request)
    vars(request).update(_stream=file, _read_started=False)  # where Django keeps it
    return file.close


def _forget(request: HttpRequest) -> None:
    for name in _MADE_OF_IT:
        vars(request).pop(name, None)
