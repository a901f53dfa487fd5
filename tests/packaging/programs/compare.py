"""Call every function of the engine contract on both engines and print as JSON what was compared and what differs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, cast

import mizan_native
from mizan_core.engine import pure
from mizan_core.engine.contract import CallPlan, Engine

KEY = "only-for-these-tests-0123456789ab"
NOW = 1_790_000_000
INTEGER = {"kind": "primitive", "name": "integer"}
ORDER = {"kind": "ref", "name": "Order"}
ORDER_BODY = {"kind": "struct", "fields": [{"name": "id", "required": True, "shape": INTEGER}]}
OWNER = {"name": "owner", "shape": INTEGER, "required": True, "identity": "int"}


def function(name: str, context: str | None, output: Any, **targets: Any) -> dict[str, Any]:
    return {
        "name": name,
        "context": context,
        "params": [OWNER],
        "output": output,
        "affects": [],
        "merge": [],
        "auto_scope": True,
        "private": False,
        "auth": None,
        **targets,
    }


SPECIFICATION = {
    "types": {"Order": ORDER_BODY},
    "functions": [
        function("orders", "shop", {"kind": "list", "item": ORDER}),
        function("place", None, ORDER, affects=[{"name": "shop"}], merge=[{"name": "shop"}]),
    ],
}
DOCUMENT = {
    "types": [{"name": "Order", "body": ORDER_BODY}],
    "functions": [
        {
            "name": "orders",
            "description": None,
            "idempotent": False,
            "camel": "orders",
            "transport": "http",
            "auth": None,
            "context": None,
            "cache": None,
            "affects": [],
            "merge": [],
            "input": None,
            "output": "Order",
            "nullable": False,
        }
    ],
    "contexts": [],
}
ARGUMENTS = {"owner": 7}
ENTRIES = ["cart", {"context": "shop", "params": {"name": "Zo\u00eb; 1, 2"}}]


def token(engine: Engine, **options: Any) -> str:
    return engine.create_mwt("7", "0" * 32, secret=KEY, now=NOW, **options)


def opened(engine: Engine, version: bytes) -> bytes | None:
    keyer = engine.CacheKeyer(KEY)
    return keyer.unseal("key", keyer.seal("key", [b"version1"], b"{}"), [version])


def plan(engine: Engine, name: str) -> CallPlan:
    return engine.plan_call(engine.compile_graph(SPECIFICATION), name, ARGUMENTS, ARGUMENTS)


Call = Callable[[Engine], object]

# Under each name calls that succeed and one that is refused: results must be equal, and so must refusals.
CALLS: dict[str, list[Call]] = {
    "CONTRACT_VERSION": [lambda engine: engine.CONTRACT_VERSION],
    "canonical_json": [
        lambda engine: engine.canonical_json(
            {"b": [1, -0.0, 1e16, 5e-324, 2**200, None, True], "a\u00e9": "\U0001f600"}
        ),
        lambda engine: engine.canonical_json({"a": [float("nan")]}),
        lambda engine: engine.canonical_json({"a": ["\ud800"]}),
        lambda engine: engine.canonical_json({1: 2}),
    ],
    "derive_cache_key": [
        lambda engine: engine.derive_cache_key(KEY, "shop", ARGUMENTS, "7", 2, {"language": "de"}),
        lambda engine: engine.derive_cache_key("", "shop"),
    ],
    "CacheKeyer": [
        lambda engine: engine.CacheKeyer(KEY).derive("shop", {"price": 1.5}, rev=1),
        lambda engine: engine.CacheKeyer(KEY).derive("shop", rev=-1),
        lambda engine: engine.CacheKeyer(KEY).key_and_tags("shop", {"owner": 7}, scopes=[["owner"], ["page"]]),
        lambda engine: engine.CacheKeyer(KEY).purge_tags("shop", {"owner": 7}),
        lambda engine: engine.CacheKeyer(KEY).call_tags([plan(engine, "place")]),
        lambda engine: engine.CacheKeyer(KEY).seal("key", [b"version1"], b"{}"),
        lambda engine: engine.CacheKeyer(KEY).seal("key", [], b"{}"),
        lambda engine: opened(engine, b"version1"),
        lambda engine: opened(engine, b"version2"),
        lambda engine: engine.CacheKeyer(KEY).unseal("key", b"", [b"version1"]),
    ],
    "create_mwt": [
        lambda engine: token(engine, staff=True, audience="shop", kid="a", ttl=60),
        lambda engine: token(engine, ttl=0),
    ],
    "decode_mwt": [
        lambda engine: engine.decode_mwt(token(engine), secret=KEY, now=NOW),
        lambda engine: engine.decode_mwt(token(engine), secret=KEY, now=NOW + 300),
        lambda engine: engine.decode_mwt(token(engine) + "=", secret=KEY, now=NOW),
    ],
    "MWTVerifier": [
        lambda engine: engine.MWTVerifier({"a": KEY}, audience="shop").decode(
            token(engine, kid="a", audience="shop"), NOW
        ),
        lambda engine: engine.MWTVerifier({"b": KEY}).decode(token(engine, kid="a"), NOW),
    ],
    "compute_permission_key": [
        lambda engine: engine.compute_permission_key(True, False, ["b", "a", "b"]),
        lambda engine: engine.compute_permission_key(True, False, cast(Any, [1])),
    ],
    "compile_graph": [
        lambda engine: engine.compile_graph(SPECIFICATION).describe(),
        lambda engine: engine.compile_graph(
            {"types": {}, "functions": [function("place", None, None, affects=[{"name": "shp"}])]}
        ),
    ],
    "compute_invalidation": [
        lambda engine: engine.compute_invalidation(engine.compile_graph(SPECIFICATION), "place", ARGUMENTS),
        lambda engine: engine.compute_invalidation(engine.compile_graph(SPECIFICATION), "plac", ARGUMENTS),
    ],
    "format_invalidate_header": [
        lambda engine: engine.format_invalidate_header(ENTRIES),
        lambda engine: engine.format_invalidate_header([1]),
    ],
    "compute_merges": [
        lambda engine: engine.compute_merges(engine.compile_graph(SPECIFICATION), "place", ARGUMENTS, {"id": 1}),
        lambda engine: engine.compute_merges(engine.compile_graph(SPECIFICATION), "plac", ARGUMENTS, {"id": 1}),
    ],
    "begin_call": [
        lambda engine: engine.begin_call(b'{"fn":"place","args":{"owner":7},"shown":[]}'),
        lambda engine: engine.begin_call(b'{"args":{}}', "place"),
        lambda engine: engine.begin_call(b'{"fn":"place","args":[]}'),
    ],
    "plan_call": [
        lambda engine: plan(engine, "place").finish(b'{"id":1}', [plan(engine, "place")]),
        lambda engine: plan(engine, "plac"),
    ],
    "stale_entries": [
        lambda engine: engine.stale_entries([plan(engine, "place")]),
        lambda engine: engine.stale_entries(cast(Any, [1])),
    ],
    "encode_response": [
        lambda engine: engine.encode_response(engine.compile_graph(SPECIFICATION), "place", ARGUMENTS, b'{"id":1}'),
        lambda engine: engine.encode_response(engine.compile_graph(SPECIFICATION), "plac", ARGUMENTS, b'{"id":1}'),
    ],
    "encode_bundle": [
        lambda engine: engine.encode_bundle([("b", b"[1]"), ("a", b"null")]),
        lambda engine: engine.encode_bundle([("a", b"1"), ("a", b"2")]),
    ],
    "emit_ir": [
        lambda engine: engine.emit_ir(DOCUMENT),
        lambda engine: engine.emit_ir({**DOCUMENT, "types": []}),
    ],
}


def outcome(call: Call, engine: object) -> tuple[type, object]:
    try:
        value = call(cast(Engine, engine))
    except TypeError:
        # Each engine words these for itself.
        return TypeError, None
    except Exception as error:  # noqa: BLE001 - a refusal is an outcome like any other
        return type(error), str(error)
    return type(value), value


def differences(calls: list[Call]) -> list[str]:
    pairs = [(outcome(call, mizan_native), outcome(call, pure)) for call in calls]
    return [f"native {native}, pure {reference}" for native, reference in pairs if native != reference]


def is_refusal(call: Call) -> bool:
    return issubclass(outcome(call, pure)[0], Exception)


different = {name: found for name, calls in CALLS.items() if (found := differences(calls))}
never_refused = [name for name, calls in CALLS.items() if not any(map(is_refusal, calls))]
json.dump({"compared": sorted(CALLS), "different": different, "never refused": never_refused}, sys.stdout)
