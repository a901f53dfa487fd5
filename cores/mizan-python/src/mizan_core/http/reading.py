"""Reading what a request asks for: the body of a call, the query string of a fetch (protocol.md section 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import Any
from urllib.parse import parse_qsl

from pydantic_core import from_json

from mizan_core.call.asked import Call, Shown
from mizan_core.engine import ENGINE
from mizan_core.errors import BadRequest, MethodNotAllowed, PayloadTooLarge, UnsupportedMediaType
from mizan_core.http.parts import AskedPart
from mizan_core.interface.arguments import JsonArguments
from mizan_core.interface.endpoint import HTTP
from mizan_core.interface.interface import Bundle, Selection
from mizan_core.tuples import tuple_of

_JSON = "application/json"
_SHOWN_MEMBERS = {"context", "params"}
MAX_SHOWN = MAX_PARTS = 16
_MAX_DIGITS = 18
MAX_FIELDS = 1_000
_REMEMBERED, _REMEMBERED_LENGTH = 1_024, 256
"""Queries that are not parsed again, and how long they may be: clients ask for the same few things."""


def check_head(method: str, content_type: str | None) -> None:
    """A call is a POST of JSON: a plain form, which any foreign page can send, is none.

    :raises MethodNotAllowed: for another method.
    :raises UnsupportedMediaType: for another type.
    """
    if method != "POST":
        raise MethodNotAllowed(("POST",))
    if content_type != _JSON and not check_media_type(content_type, _JSON):
        raise UnsupportedMediaType


def check_media_type(content_type: str | None, media_type: str) -> bool:
    """Whether a body is said to be of *media_type*, which is in lower case."""
    return (content_type or "").partition(";")[0].strip().lower() == media_type


def prefers_html(accept: str | None) -> bool:
    """Whether who asks wants to look at the answer: HTML is named, and JSON is not wanted more."""
    ranges = dict(map(_media_range, (accept or "").split(",")))
    html = max(ranges.get("text/html", 0.0), ranges.get("application/xhtml+xml", 0.0))
    return html > 0 and html >= ranges.get(_JSON, 0.0)


def _media_range(text: str) -> tuple[str, float]:
    """A media range and its weight (RFC 9110 section 12.5.1)."""
    media_type, *parameters = (part.strip().lower() for part in text.split(";"))
    weights = [parameter[2:] for parameter in parameters if parameter.startswith("q=")]
    try:
        return media_type, float(weights[0]) if weights else 1.0
    except ValueError:
        return media_type, 0.0


def check_body_headers(content_length: str | None, content_encoding: str | None, limit: int) -> None:
    """What can be said of a body before it is read. It is never unpacked: the limit would not hold for what comes out.

    :raises PayloadTooLarge: when it is declared to be longer than *limit* bytes.
    :raises BadRequest: when its length is not a number, or several.
    :raises UnsupportedMediaType: when it is compressed.
    """
    if content_encoding and content_encoding.strip().lower() != "identity":
        raise UnsupportedMediaType("The request body must not be compressed: no Content-Encoding is known here.")
    if not content_length:
        return
    digits = content_length.strip(" \t")
    if not (digits.isascii() and digits.isdecimal()):
        raise BadRequest("Content-Length must be one decimal number.")
    # The digits are counted first: Python refuses to read thousands of them.
    if len(digits) > _MAX_DIGITS:
        digits = digits.lstrip("0") or "0"
    if len(digits) > _MAX_DIGITS or int(digits) > limit:
        raise PayloadTooLarge


def read_call(body: bytes, named: str | None = None, token: str | None = None) -> Call:
    """What a client asks for.

    :param named: the function that the URL names; the body may then leave it out.
    :raises BadRequest: saying what is wrong, without repeating the body.
    """
    function, arguments, is_plain, values, shown = ENGINE.begin_call(body, named)
    asked = tuple_of(JsonArguments, (arguments, is_plain, values))
    return tuple_of(Call, (function, asked, token, () if shown is None else _read_shown(from_json(shown)), HTTP))


def _read_shown(value: Any) -> list[Shown]:
    if type(value) is not list or len(value) > MAX_SHOWN:
        raise BadRequest(f'"shown" must be a list of {MAX_SHOWN} entries at most.')
    entries: list[Shown] = []
    for index, entry in enumerate(value):
        if type(entry) is not dict or entry.keys() != _SHOWN_MEMBERS:
            raise BadRequest(f'"shown", entry {index}: it must be {{"context": name, "params": {{...}}}}.')
        if type(entry["context"]) is not str or type(entry["params"]) is not dict:
            raise BadRequest(f'"shown", entry {index}: "context" must be a string, "params" an object.')
        entries.append(Shown(entry["context"], entry["params"]))
    return entries


def read_pairs(query: str) -> list[AskedPart]:
    """The fetches that a query asks for: each pair is a context and the query of its own fetch.

    :raises BadRequest: for none, more than 16, or one that is no query.
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARTS)
    except ValueError:
        pairs = []
    if not pairs:
        raise BadRequest(f"The query must have 1 to {MAX_PARTS} pairs: a context, and the query of its fetch.")
    return [AskedPart(context, partial(_selected, read_query(part), len(part))) for context, part in pairs]


def _selected(query: Mapping[str, Sequence[str]], size: int, bundle: Bundle) -> Selection:
    return bundle.select(bundle.read_texts(query), size)


def read_query(query: str) -> Mapping[str, Sequence[str]]:
    """The texts of each key, in order.

    :raises BadRequest: for a query that is not UTF-8 or has more than 1,000 fields.
    """
    return _read_short(query) if len(query) <= _REMEMBERED_LENGTH else _read(query)


def _read(query: str) -> Mapping[str, Sequence[str]]:
    if not query:
        return {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise BadRequest(f"The query must be percent-encoded UTF-8 with at most {MAX_FIELDS} fields.") from None
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


_read_short = lru_cache(_REMEMBERED)(_read)
