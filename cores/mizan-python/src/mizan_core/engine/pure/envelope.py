"""Response bodies (protocol.md section 8). Serialised results are spliced in, never parsed again."""

from __future__ import annotations

from typing import Any

from mizan_core.engine.pure.canonical import Json, dump
from mizan_core.engine.pure.checks import bytes_argument, dict_argument, list_argument, text_argument
from mizan_core.engine.pure.graph import Graph, Merge, graph_argument
from mizan_core.engine.pure.header import write_header
from mizan_core.engine.pure.invalidation import compute_invalidation, determines
from mizan_core.engine.pure.merges import merge_params
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
    merges = graph_argument(graph).plan(function).merge
    arguments = dict_argument(args, "args")
    result = bytes_argument(result_json, "result_json")
    entries = compute_invalidation(graph, function, args)
    body = [b'{"result":', result]
    if entries is not None:
        body += [b',"invalidate":', dump(entries).encode("ascii")]
    determined = [] if result == _NULL else [merge for merge in merges if determines(merge, arguments)]
    if determined:
        body += [b',"merge":[', b",".join(_merge(target, arguments, result) for target in determined), b"]"]
    body.append(b"}")
    return b"".join(body), _header(entries), entries


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


def _merge(target: Merge, arguments: dict[object, object], result: bytes) -> bytes:
    entry = [b'{"context":', _text(target.context)]
    params = merge_params(target, arguments)
    if params:
        entry += [b',"params":', dump(params).encode("ascii")]
    return b"".join([*entry, b',"slot":', _text(target.slot), b',"value":', result, b"}"])


def _header(entries: list[Any] | None) -> str | None:
    if entries is None:
        return None
    return write_header(
        [(entry, {}) if isinstance(entry, str) else (entry["context"], entry.get("params", {})) for entry in entries]
    )


def _text(text: str) -> bytes:
    return dump(text).encode("ascii")
