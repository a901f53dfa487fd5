"""Calls that fail, and calls that do not, leave no memory behind."""

from __future__ import annotations

import resource
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import mizan_native

SECRET = "a-secret-for-leak-tests-0123456789abc"
ROUNDS = 4_000
ALLOWED_GROWTH = 1_500
"""In units of ``ru_maxrss``, kilobytes on Linux. One string lost in each call would show as more than that."""

SPEC: dict[str, Any] = {
    "types": {},
    "functions": [
        {
            "name": "f",
            "context": "c",
            "params": [{"name": "p", "shape": {"kind": "any"}, "required": True, "identity": "int"}],
            "output": {"kind": "any"},
            "affects": [],
            "merge": [],
            "auto_scope": True,
            "private": False,
            "auth": None,
        }
    ],
}
GRAPH = mizan_native.compile_graph(SPEC)
KEYER = mizan_native.CacheKeyer(SECRET)
TOKEN = mizan_native.create_mwt("42", "x", secret=SECRET, now=0)
FILLING = "x" * 1_000
DOCUMENT: dict[str, Any] = {
    "types": [{"name": FILLING, "body": {"kind": "alias", "shape": {"kind": "any"}}}],
    "functions": [],
    "contexts": [
        {
            "name": "c",
            "functions": [],
            "params": [{"name": "p", "required": True, "shape": {"kind": "ref", "name": FILLING}, "shared_by": []}],
        }
    ],
}
TEXT = mizan_native.emit_ir(DOCUMENT)


def failing_iterator() -> Any:
    yield FILLING + "1"
    raise RuntimeError(FILLING)


CALLS: list[Callable[[], object]] = [
    lambda: mizan_native.canonical_json({"a": [FILLING + "1", {FILLING + "2": object()}]}),
    lambda: mizan_native.canonical_json({"a": [FILLING + "1", 10**600, 1.5]}),
    lambda: mizan_native.canonical_json([FILLING + "\ud800"]),
    lambda: mizan_native.CacheKeyer(SECRET).derive(FILLING, {"a": FILLING, "b": {1}}),
    lambda: mizan_native.CacheKeyer(SECRET).derive(FILLING, {"a": FILLING}, "42", 1, {"b": FILLING}),
    lambda: mizan_native.CacheKeyer(SECRET).key_and_tags(FILLING, {}, "42", 1, None, [[FILLING], ["a", {1}]]),  # type: ignore[list-item]
    lambda: mizan_native.CacheKeyer(SECRET).key_and_tags(FILLING, {"a": FILLING}, scopes=[[FILLING + "1"], ["a"]]),
    lambda: mizan_native.CacheKeyer(SECRET).purge_tags(FILLING, {"a": FILLING, "b": {1}}),
    lambda: mizan_native.CacheKeyer(SECRET).purge_tags(FILLING, {"a": FILLING}),
    lambda: mizan_native.CacheKeyer(""),
    lambda: KEYER.unseal("key", KEYER.seal("key", [b"version1"], FILLING.encode()), [b"version1"]),
    lambda: KEYER.unseal("key", KEYER.seal("key", [b"version1"], FILLING.encode()), [b"version2"]),
    lambda: KEYER.unseal("other", KEYER.seal("key", [b"version1"], FILLING.encode()), [b"version1"]),
    lambda: KEYER.seal("key", [b"version1", b""], FILLING.encode()),
    lambda: mizan_native.compute_permission_key(True, False, failing_iterator()),
    lambda: mizan_native.compute_permission_key(True, False, [FILLING + "1", FILLING + "\ud800"]),
    lambda: mizan_native.create_mwt("42", FILLING, secret=SECRET, ttl=0),
    lambda: mizan_native.create_mwt("42", FILLING, secret=SECRET, audience=FILLING),
    lambda: mizan_native.decode_mwt(TOKEN, secret={"v1": SECRET, FILLING: "weak"}),
    lambda: mizan_native.decode_mwt(TOKEN + FILLING, secret={FILLING: SECRET}, audience=FILLING),
    lambda: mizan_native.decode_mwt(TOKEN, secret=SECRET, audience=FILLING),
    lambda: mizan_native.decode_mwt(TOKEN, secret=SECRET, now=10),
    lambda: mizan_native.compile_graph({"types": {FILLING: {"kind": FILLING}}, "functions": []}),
    lambda: mizan_native.compile_graph({**SPEC, "functions": SPEC["functions"] * 2}),
    lambda: mizan_native.compile_graph(SPEC).describe(),
    lambda: mizan_native.compute_invalidation(GRAPH, FILLING, {}),
    lambda: mizan_native.compute_merges(GRAPH, "f", {"p": {1}}, {FILLING + "1": {2}}),
    lambda: mizan_native.encode_response(GRAPH, "f", {"p": FILLING}, FILLING.encode()),
    lambda: mizan_native.plan_call(GRAPH, "f", {"p": FILLING}, {"p": FILLING}).finish(FILLING.encode()),
    lambda: mizan_native.stale_entries([mizan_native.plan_call(GRAPH, "f", {}, {}), FILLING]),  # type: ignore[list-item]
    lambda: KEYER.call_tags([mizan_native.plan_call(GRAPH, "f", {}, {"p": FILLING})]),
    lambda: mizan_native.format_invalidate_header([{"context": "c", "params": {"p": FILLING}}, {"context": FILLING}]),
    lambda: mizan_native.encode_bundle([(FILLING + "1", b"1"), (FILLING + "1", b"2")]),
    lambda: mizan_native.emit_ir({**DOCUMENT, "channels": FILLING}),
    lambda: mizan_native.emit_ir(DOCUMENT),
    lambda: mizan_native.parse_ir(TEXT),
    lambda: mizan_native.parse_ir(TEXT + "}"),
]


def attempt(call: Callable[[], object]) -> None:
    with suppress(Exception):  # that it fails is what it is here for
        call()


def repeat(call: Callable[[], object], rounds: int) -> int:
    """The peak of resident memory after that many calls."""
    for _ in range(rounds):
        attempt(call)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


for number, call in enumerate(CALLS):
    before = repeat(call, ROUNDS // 10)
    grown = repeat(call, ROUNDS) - before
    if grown > ALLOWED_GROWTH:
        raise SystemExit(f"call {number} leaves {grown} KB behind")
