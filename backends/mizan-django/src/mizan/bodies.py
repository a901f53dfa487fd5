"""Reading the body of a request, declared or in chunks, within a limit."""

from __future__ import annotations

from io import BytesIO

from django.conf import settings
from django.http import HttpRequest

from mizan_core.errors import BadRequest, PayloadTooLarge
from mizan_core.http.reading import check_body_headers


def read_body(request: HttpRequest, limit: int) -> bytes:
    """The whole body.

    :raises PayloadTooLarge: past *limit* bytes, or what Django is to hold in memory.
    :raises BadRequest: when its length cannot be known.
    """
    meta = request.META
    length = meta.get("CONTENT_LENGTH")
    check_body_headers(length, meta.get("HTTP_CONTENT_ENCODING"), limit)
    if "wsgi.input" in meta:
        if meta.get("HTTP_TRANSFER_ENCODING"):
            # Functions may read the body too, and Django would find none: it believes in declared lengths alone.
            request._body = _read_chunked(request, limit)  # noqa: SLF001
        elif getattr(request, "_body", None) is None and not getattr(request, "_read_started", True):
            return _read_declared(request, int(length or 0))
    body: bytes = request.body
    if len(body) > limit:
        raise PayloadTooLarge
    return body


def _read_declared(request: HttpRequest, length: int) -> bytes:
    """What ``request.body`` does when it is first asked; but no more than *length* bytes can come here."""
    longest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if longest is not None and length > longest:
        raise PayloadTooLarge
    request._body = body = request.read()  # noqa: SLF001
    request._stream = BytesIO(body)  # noqa: SLF001
    return body


def _read_chunked(request: HttpRequest, limit: int) -> bytes:
    if not request.META.get("wsgi.input_terminated"):
        # Nobody would tell where the body ends: reading on would wait for the client.
        raise BadRequest("This server does not take chunked bodies: send a Content-Length.")
    read = request.META["wsgi.input"].read
    chunks: list[bytes] = []
    remaining = limit + 1
    while remaining > 0 and (chunk := read(remaining)):
        chunks.append(chunk)
        remaining -= len(chunk)
    return b"".join(chunks)
