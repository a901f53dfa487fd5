"""Reading the query string of a context fetch (protocol.md section 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import parse_qsl

from mizan_core.errors import BadRequest

MAX_FIELDS = 1_000
_REMEMBERED, _REMEMBERED_LENGTH = 1_024, 256
"""Queries that are not parsed again, and how long they may be: clients ask for the same few things."""


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
