"""Replies as values, for an adapter to write (protocol.md section 9)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias, final

from mizan_core.cache.store import Purge
from mizan_core.call.envelope import error_envelope
from mizan_core.call.outcome import Dressed, Fetched, Result
from mizan_core.call.progress import Failure
from mizan_core.engine import ENGINE
from mizan_core.errors import APIError
from mizan_core.interface.interface import Interface
from mizan_core.tuples import tuple_of
from mizan_core.viewer import Viewer

INVALIDATE_HEADER = "X-Mizan-Invalidate"
CACHE_HEADER = "X-Mizan-Cache"
CACHE_REASON_HEADER = "X-Mizan-Cache-Reason"
SCOPE_HEADER = "X-Mizan-Scope"
TAGS_HEADER = "X-Mizan-Tags"
MAX_TAGS_BYTES = 2_048
"""What says more is not for an edge to keep."""
INTERFACE_HEADER = "X-Mizan-Interface"
VIEWER_HEADER = "X-Mizan-Viewer"
NO_STORE = ("Cache-Control", "no-store")
_JSON = ("Content-Type", "application/json")
_PLAIN = (_JSON, NO_STORE)
HIT_HEADERS = (*_PLAIN, (CACHE_HEADER, "HIT"))
MISS_HEADERS = (*_PLAIN, (CACHE_HEADER, "MISS"))
BYPASS_HEADERS = (*_PLAIN, (CACHE_HEADER, "BYPASS"))

Headers: TypeAlias = "tuple[tuple[str, str], ...]"


_REMEMBERED = 4_096
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token, RFC 9110 section 5.6.2
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_OURS = frozenset(
    {
        "content-type",
        "content-length",
        "cache-control",
        "transfer-encoding",
        "connection",
        *map(str.lower, (INVALIDATE_HEADER, SCOPE_HEADER, INTERFACE_HEADER, VIEWER_HEADER)),
    }
)
"""What an error cannot say otherwise: every answer is JSON, not stored, and framed by the server."""


@final
class Response(NamedTuple):
    """A JSON response.

    :param failure: what has gone wrong in an unforeseen way, for the adapter to report.
    """

    status: int
    headers: Headers
    body: bytes
    failure: Failure | None = None


@final
class PassThrough(NamedTuple):
    """A framework response that the application made, and the headers to set on it.

    :param afterwards: what to purge once more where the response goes on writing: when its stream or its background
        task has ended, however it ends.
    :param failure: as in ``Response``.
    """

    response: Any
    headers: Headers
    afterwards: Sequence[Purge] = ()
    failure: Failure | None = None


Reply: TypeAlias = "Response | PassThrough"


def tags_header(tags: Sequence[str]) -> Headers:
    """What an answer says of what makes it stale, to a cache in front of the server; nothing where that is too long."""
    text = ",".join(tags)
    return ((TAGS_HEADER, text),) if len(text) <= MAX_TAGS_BYTES else ()


def marks(interface: Interface | None, viewer: Viewer | None) -> Headers:
    """The headers that every answer has, as far as it is known who answers and who asks."""
    if interface is None:
        return ()
    return _marks(interface.mark, None if viewer is None else interface.viewer_mark(viewer))


@lru_cache(_REMEMBERED)
def _marks(interface: str | None, viewer: str | None) -> Headers:
    found = ((INTERFACE_HEADER, interface), (VIEWER_HEADER, viewer))
    return tuple((name, value) for name, value in found if value is not None)


def json_response(body: bytes, headers: Headers = (), status: int = 200) -> Response:
    """A response of serialised JSON with the headers that every response has."""
    return tuple_of(Response, (status, _PLAIN + headers, body, None))


def result_response(result: Result, marks: Headers, refresh: bytes | None = None) -> Response:
    """The answer of a call that has given a result (protocol.md section 8).

    :param refresh: the list of what it brings along.
    """
    body, header = result.plan.finish(result.json, result.nested, refresh)
    headers = (*_PLAIN, *marks) if header is None else (*_PLAIN, *marks, (INVALIDATE_HEADER, header))
    return tuple_of(Response, (200, headers, body, None))


def dressed_reply(dressed: Dressed, marks: Headers, refresh: bytes | None = None) -> PassThrough:
    """As ``result_response``, with what the framework adds to it."""
    return PassThrough(dressed.dress(result_response(dressed.result, marks, refresh)), (), dressed.purges)


def view_headers(stale: Sequence[Any], marks: Headers) -> Headers:
    """The headers to set on a framework response."""
    if not stale:
        return (NO_STORE, *marks)
    return (NO_STORE, *marks, (INVALIDATE_HEADER, ENGINE.format_invalidate_header(stale)))


def bundles_response(parts: Sequence[bytes], marks: Headers) -> Response:
    """The answer of several fetches."""
    return json_response(b'{"bundles":[' + b",".join(parts) + b"]}", marks)


def fetched_part(fetched: Fetched, scope: str | None) -> bytes:
    """A bundle as one of several."""
    cache = "BYPASS" if fetched.bypass is not None else "HIT" if fetched.is_hit else "MISS"
    members = [("status", b"200"), ("cache", b'"%s"' % cache.encode()), ("bundle", fetched.body)]
    if scope is not None:
        members.append(("scope", ENGINE.canonical_json(scope)))
    return ENGINE.encode_bundle(members)


def error_part(error: APIError) -> bytes:
    """A refusal as one of several."""
    return ENGINE.canonical_json({"status": error.status, "error": error_envelope(error)})


def error_response(error: APIError, stale: Sequence[Any] = (), marks: Headers = ()) -> Response:
    """The envelope of an error: ``{"error": {"code", "message", "details"}, "invalidate": [...]}``, with its headers.

    :param stale: the entries of what has become stale although the call failed.
    :raises ValueError: when a message or a detail is not valid Unicode, or a header is none.
    """
    headers = [*marks, *error_headers(error.headers)]
    body: dict[str, Any] = {"error": error_envelope(error)}
    if stale:
        body["invalidate"] = list(stale)
        headers.append((INVALIDATE_HEADER, ENGINE.format_invalidate_header(stale)))
    return json_response(ENGINE.canonical_json(body), tuple(headers), error.status)


def error_headers(headers: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Those of an error that an answer can have.

    :raises ValueError: when one is none.
    """
    for name, value in headers.items():
        text = str(value)
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(text):
            raise ValueError(f"the header {name!r} has characters that no header can have")
        if name.lower() not in _OURS:
            yield name, text
