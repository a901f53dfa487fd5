"""Every function of the contract on known input: each engine must give what the specification says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any, cast

import mizan_native
from mizan_core.engine import pure
from mizan_core.engine.contract import CallPlan, Engine, Keyer
from mizan_native import _vectors as vectors


@dataclass(frozen=True, slots=True)
class Check:
    """A call that any engine can be asked for, and its only right answer.

    :param pure_needs: a package that the pure engine does it with; without the package it is not asked.
    """

    name: str
    run: Callable[[Engine], object]
    expected: object
    pure_needs: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check's name and what went wrong, None when nothing did."""

    name: str
    problem: str | None


def run() -> list[Outcome]:
    """Run every check."""
    return [*map(_outcome, CHECKS), Outcome("parse_ir", _problem(_parsed_ir, vectors.IR))]


def _outcome(check: Check) -> Outcome:
    engines = {"native": cast(Engine, mizan_native)}
    if check.pure_needs is None or find_spec(check.pure_needs) is not None:
        engines["pure"] = cast(Engine, pure)
    problems = [
        f"{name} engine: {problem}"
        for name, engine in engines.items()
        if (problem := _problem(partial(check.run, engine), check.expected))
    ]
    return Outcome(check.name, "; ".join(problems) or None)


def _problem(call: Callable[[], object], expected: object) -> str | None:
    try:
        found = call()
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is what a self-test is there to tell
        return f"raised {type(error).__name__}: {error}"
    return None if found == expected and type(found) is type(expected) else f"gave {found!r}, not {expected!r}"


def _parsed_ir() -> object:
    return mizan_native.emit_ir(mizan_native.parse_ir(vectors.IR))


def _refusal(call: Callable[[], object]) -> str:
    """The exception of *call* as text; an empty text when there is none."""
    try:
        call()
    except ValueError as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _keyer(call: Callable[[Keyer], object]) -> Callable[[Engine], object]:
    return lambda engine: call(engine.CacheKeyer(vectors.KEY))


def _graph(call: Callable[[Engine, Any], object]) -> Callable[[Engine], object]:
    return lambda engine: call(engine, engine.compile_graph(vectors.SPECIFICATION))


def _plan(call: Callable[[Engine, CallPlan], object]) -> Callable[[Engine], object]:
    said = vectors.FUNCTION, vectors.ARGUMENTS, vectors.ARGUMENTS
    return _graph(lambda engine, graph: call(engine, engine.plan_call(graph, *said)))


def _sign(engine: Engine) -> str:
    claims = vectors.CLAIMS
    return engine.create_mwt(
        claims.sub,
        claims.pkey,
        secret=vectors.KEY,
        staff=claims.staff,
        superuser=claims.superuser,
        audience=claims.aud,
        kid="v1",
        now=vectors.NOW,
    )


def _checks() -> Iterator[Check]:
    function, arguments, result = vectors.FUNCTION, vectors.ARGUMENTS, vectors.RESULT_JSON
    yield Check("CONTRACT_VERSION", lambda engine: engine.CONTRACT_VERSION, pure.CONTRACT_VERSION)
    yield Check(
        "canonical_json", lambda engine: engine.canonical_json(vectors.CANONICAL_VALUE), vectors.CANONICAL_BYTES
    )
    yield Check(
        "derive_cache_key",
        lambda engine: engine.derive_cache_key(vectors.KEY, **vectors.CACHE_ENTRY),
        vectors.CACHE_KEY,
    )
    yield from _cache_checks()
    yield from _token_checks()
    yield Check("compile_graph", _graph(lambda _, graph: graph.describe()), vectors.DESCRIPTION)
    stale = _graph(lambda engine, graph: engine.compute_invalidation(graph, function, arguments))
    yield Check("compute_invalidation", stale, vectors.ENTRIES)
    merges = _graph(lambda engine, graph: engine.compute_merges(graph, function, arguments, vectors.RESULT))
    yield Check("compute_merges", merges, vectors.MERGES)
    response = _graph(lambda engine, graph: engine.encode_response(graph, function, arguments, result))
    yield Check("encode_response", response, (vectors.BODY, vectors.HEADER, vectors.ENTRIES))
    begun = ("rename", b'{"user_id":5}', True, 3, None)
    body = b'{"fn":"rename","args":{"user_id":5}}'
    yield Check("begin_call", lambda engine: engine.begin_call(body), begun, pure_needs="pydantic_core")
    yield Check("plan_call", _plan(lambda _, plan: plan.finish(result)), (vectors.BODY, vectors.HEADER))
    yield Check("stale_entries", _plan(lambda engine, plan: engine.stale_entries([plan])), vectors.STALE)
    tags = _plan(lambda engine, plan: engine.CacheKeyer(vectors.KEY).call_tags([plan]))
    yield Check("CacheKeyer.call_tags", tags, [*vectors.PURGED_TAGS, "tag:audit"])
    entries, header = vectors.ESCAPED_ENTRIES, vectors.ESCAPED_HEADER
    yield Check("format_invalidate_header", lambda engine: engine.format_invalidate_header(entries), header)
    yield Check("encode_bundle", lambda engine: engine.encode_bundle(vectors.BUNDLE_PARTS), vectors.BUNDLE)
    yield Check("emit_ir", lambda engine: engine.emit_ir(vectors.DOCUMENT), vectors.IR)


def _cache_checks() -> Iterator[Check]:
    key, sealed, versions, body = vectors.CACHE_KEY, vectors.SEALED, vectors.VERSIONS, vectors.SEALED_BODY
    looked_up = _keyer(lambda keyer: keyer.key_and_tags(**vectors.CACHE_ENTRY, scopes=vectors.SCOPES))
    yield Check("CacheKeyer", _keyer(lambda keyer: keyer.derive("search", vectors.PARAMS)), vectors.PARAMS_KEY)
    yield Check("CacheKeyer.key_and_tags", looked_up, (key, vectors.TAGS))
    yield Check(
        "CacheKeyer.purge_tags", _keyer(lambda keyer: keyer.purge_tags("user", {"user_id": 5})), vectors.PURGED_TAGS
    )
    yield Check("CacheKeyer.seal", _keyer(lambda keyer: keyer.seal(key, versions, body)), sealed)
    yield Check("CacheKeyer.unseal", _keyer(lambda keyer: keyer.unseal(key, sealed, [*versions])), body)
    yield Check("a changed tag", _keyer(lambda keyer: keyer.unseal(key, sealed, [versions[0], None])), None)
    refusal = "ForgedEntry: the entry is not one that this secret has sealed under its key"
    forged = _keyer(lambda keyer: _refusal(lambda: keyer.unseal(key, sealed[:-1], [*versions])))
    yield Check("a changed entry", forged, refusal)


def _token_checks() -> Iterator[Check]:
    key, token, claims = vectors.KEY, vectors.TOKEN, vectors.CLAIMS
    said: dict[str, Any] = {"secret": key, "audience": claims.aud, "now": vectors.NOW}
    yield Check("create_mwt", _sign, token)
    yield Check("decode_mwt", lambda engine: engine.decode_mwt(token, **said), claims)
    yield Check(
        "MWTVerifier",
        lambda engine: engine.MWTVerifier({"v1": key}, audience=claims.aud).decode(token, vectors.NOW),
        claims,
    )
    yield Check(
        "a changed token",
        lambda engine: _refusal(lambda: engine.decode_mwt(token[:-2] + "A0", **said)),
        "InvalidSignature: the signature is not valid",
    )
    yield Check(
        "a short secret",
        lambda engine: _refusal(lambda: engine.MWTVerifier(key[:-1])),
        "ConfigurationError: secret: at least 32 bytes are needed (RFC 7518 section 3.2)",
    )
    held = vectors.PERMISSIONS
    yield Check(
        "compute_permission_key",
        lambda engine: engine.compute_permission_key(True, False, held),
        vectors.PERMISSION_KEY,
    )


CHECKS = tuple(_checks())
