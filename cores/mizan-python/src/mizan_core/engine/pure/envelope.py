"""Response bodies (protocol.md section 8). Serialised results are spliced in, never parsed again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mizan_core.engine.pure.canonical import Json, dump
from mizan_core.engine.pure.checks import bytes_argument, dict_argument, list_argument, text_argument
from mizan_core.engine.pure.graph import Graph, Merge, graph_argument
from mizan_core.engine.pure.header import write_header
from mizan_core.engine.pure.invalidation import entries_of
from mizan_core.engine.pure.merges import merges_of
from mizan_core.engine.pure.path import quoted

_NULL = b"null"


def encode_response(
    graph: Graph, function: str, args: dict[str, object], result_json: bytes
) -> tuple[bytes, str | None, list[Json] | None]:
    """The body of a call's answer, the ``X-Mizan-Invalidate`` value and the invalidation entries.

    :param args: the validated arguments that the caller passed, and those left at a default of None, as JSON values.
    :param result_json: the serialised result.
    :raises LookupError: for a function that is not in the graph.
    """
    found = graph_argument(graph).function(function)
    arguments = dict_argument(args, "args")
    result = bytes_argument(result_json, "result_json")
    entries = entries_of(found, arguments)
    return (*respond(result, entries, merges_of(found, arguments)), entries or None)


def respond(
    result: bytes, entries: list[Json], merges: list[tuple[Merge, dict[str, Json]]], refresh: bytes | None = None
) -> tuple[bytes, str | None]:
    """The body and the header's value around a serialised result. A null result merges into nothing.

    :param refresh: a serialised list.
    """
    brought = () if refresh is None else (b',"refresh":', refresh)
    body = b"".join([b'{"result":', result, *_members(result, entries, merges), *brought, b"}"])
    return body, _header(entries) if entries else None


def encode_bundle(parts: list[tuple[str, bytes]]) -> bytes:
    """The body of a context: each function's serialised result under its name, sorted.

    :param parts: (function, result_json) pairs, each function once.
    """
    results: dict[str, bytes] = {}
    list_argument(parts, "parts")
    for name, result in parts:
        key = text_argument(name, "parts")
        if key in results:
            raise ValueError(f"parts: the function {quoted(key)} comes twice")
        results[key] = bytes_argument(result, "parts")
    return b"{" + b",".join(_text(name) + b":" + results[name] for name in sorted(results)) + b"}"


def _members(result: bytes, entries: list[Json], merges: list[tuple[Merge, dict[str, Json]]]) -> Iterator[bytes]:
    """What an answer says beside its result, in whatever envelope."""
    if entries:
        yield b',"invalidate":' + dump(entries).encode("ascii")
    if merges and result != _NULL:
        yield b',"merge":[' + b",".join(_merge(target, params, result) for target, params in merges) + b"]"


def _merge(target: Merge, params: dict[str, Json], result: bytes) -> bytes:
    entry = [b'{"context":', _text(target.context)]
    if params:
        entry += [b',"params":', dump(params).encode("ascii")]
    return b"".join([*entry, b',"slot":', _text(target.slot), b',"value":', result, b"}"])


def _header(entries: list[Any]) -> str:
    return write_header(
        [(entry, {}) if isinstance(entry, str) else (entry["context"], entry.get("params", {})) for entry in entries]
    )


def _text(text: str) -> bytes:
    return dump(text).encode("ascii")
