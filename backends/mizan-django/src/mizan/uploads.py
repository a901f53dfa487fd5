"""Files that clients send, as Django hands them to views: in memory while they are small, else on disk."""

from __future__ import annotations

from io import BytesIO
from shutil import copyfileobj
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from mizan_core.errors import BadRequest, PayloadTooLarge
from mizan_core.http.multipart import FileHead, MultipartReader

_PIECE = 65_536


class UploadSink:
    """Where a file is written to. It is deleted when it is closed."""

    def __init__(self, head: FileHead) -> None:
        self._head = head
        self._size = 0
        self._file: IO[bytes] = BytesIO()
        self._temporary: TemporaryUploadedFile | None = None

    def write(self, data: bytes) -> None:
        """Add *data*; what has become large goes to ``FILE_UPLOAD_TEMP_DIR``."""
        self._size += len(data)
        if self._temporary is None and self._size > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            self._move()
        self._file.write(data)

    def _move(self) -> None:
        self._temporary = TemporaryUploadedFile(self._name, self._head.content_type, 0, None)
        written, on_disk = self._file, self._temporary.file
        assert on_disk is not None  # noqa: S101 - for type checkers: it has just been made
        self._file = on_disk
        written.seek(0)
        copyfileobj(written, on_disk)

    @property
    def _name(self) -> str:
        return self._head.filename or "file"

    def file(self) -> UploadedFile[bytes]:
        """As a view finds it in ``request.FILES``."""
        self._file.seek(0)
        if self._temporary is None:
            head = self._head
            return InMemoryUploadedFile(self._file, head.path, self._name, head.content_type, self._size, None)
        self._temporary.size = self._size
        return self._temporary

    def close(self) -> None:
        """Delete it."""
        (self._file if self._temporary is None else self._temporary).close()


def read_parts(request: HttpRequest, reader: MultipartReader) -> None:
    """Feed the body to *reader*.

    :raises BadRequest: when its length cannot be known.
    """
    meta = request.META
    read = request.read
    if "wsgi.input" in meta and meta.get("HTTP_TRANSFER_ENCODING"):
        if not meta.get("wsgi.input_terminated"):
            # Nobody would tell where the body ends: reading on would wait for the client.
            raise BadRequest("This server does not take chunked bodies: send a Content-Length.")
        read = meta["wsgi.input"].read
    while piece := read(_PIECE):
        reader.feed(piece)


class LimitingHandler(FileUploadHandler):
    """Stands before the handlers that keep files, and lets *max_bytes* of each through."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self._limit = max_bytes
        self._left = max_bytes

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._left = self._limit

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's
        """:raises PayloadTooLarge: as soon as it is too long."""
        self._left -= len(raw_data)
        if self._left < 0:
            raise PayloadTooLarge(f"The file {self.field_name} is larger than {self._limit:,} bytes.")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Another handler has the file."""


def limit_files(request: HttpRequest, max_bytes: int) -> None:
    """Let no file of *request* be larger, whoever reads it."""
    request.upload_handlers.insert(0, LimitingHandler(max_bytes))
