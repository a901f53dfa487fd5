"""Limits for files that Django itself takes from a request: those of pages that read ``request.FILES``."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from mizan_core.errors import PayloadTooLarge


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
