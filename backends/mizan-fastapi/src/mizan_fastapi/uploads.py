"""Files that clients send, as FastAPI hands them to its endpoints: in memory while they are small, else on disk."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile

from fastapi import UploadFile
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import Receive

from mizan_core.errors import BadRequest
from mizan_core.http.multipart import FileHead, MultipartReader

IN_MEMORY = 1_048_576
"""Bytes of a file, as Starlette has it, and of a body that is read without a thread."""


class UploadSink:
    """Where a file is written to. It is deleted when it is closed."""

    def __init__(self, head: FileHead) -> None:
        self._head = head
        self._size = 0
        self._file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by the reader

    def write(self, data: bytes) -> None:
        """Add *data*."""
        self._file.write(data)
        self._size += len(data)

    def file(self) -> UploadFile:
        """As FastAPI makes it."""
        self._file.seek(0)
        head = self._head
        headers = Headers({"content-type": head.content_type} if head.content_type else {})
        return UploadFile(self._file, size=self._size, filename=head.filename, headers=headers)  # type: ignore[arg-type]

    def close(self) -> None:
        """Delete it."""
        self._file.close()


async def read_parts(receive: Receive, reader: MultipartReader) -> None:
    """Feed the body to *reader*; what may write to disk does so in a thread.

    :raises BadRequest: when the client leaves.
    """
    received = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("The request was cut off.")
        piece: bytes = message.get("body", b"")
        received += len(piece)
        if received <= IN_MEMORY:
            reader.feed(piece)
        else:
            await run_in_threadpool(reader.feed, piece)
        if not message.get("more_body", False):
            return
