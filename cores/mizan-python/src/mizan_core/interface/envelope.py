"""The answer of a call that made further calls (protocol.md section 8)."""

from __future__ import annotations

from typing import Any

from mizan_core.engine import ENGINE


def encode_with_nested(
    graph: Any, function: str, scope: dict[str, Any], result: bytes, nested: list[Any]
) -> tuple[bytes, str]:
    """As ``encode_response``, with the entries of nested calls behind the function's own, equal ones once."""
    body, _, own = ENGINE.encode_response(graph, function, scope, result)
    entries = distinct([*(own or []), *nested])
    head = b'{"result":' + result
    own_part = b"" if own is None else b',"invalidate":' + ENGINE.canonical_json(own)
    merges_and_end = body[len(head) + len(own_part) :]
    return head + b',"invalidate":' + ENGINE.canonical_json(entries) + merges_and_end, header_of(entries)


def header_of(entries: list[Any]) -> str:
    """The ``X-Mizan-Invalidate`` value of entries."""
    return ENGINE.format_invalidate_header(entries)


def distinct(entries: list[Any]) -> list[Any]:
    """The entries in their order, equal ones once."""
    return list({ENGINE.canonical_json(entry): entry for entry in entries}.values())
