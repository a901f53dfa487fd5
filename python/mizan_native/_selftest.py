"""Every function of the contract on known input: each engine must give what the specification says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any, cast

import mizan_native
from mizan_core.engine import pure
from mizan_core.engine.contract import CallPlan, Engine
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


def _with_graph(call: Callable[[Engine, object], object]) -> Callable[[Engine], object]:
    return lambda engine: call(engine, engine.compile_graph(vectors.SPECIFICATION))


def _plan(engine: Engine, graph: Any) -> CallPlan:
    return engine.plan_call(graph, vectors.FUNCTION, vectors.ARGUMENTS, vectors.ARGUMENTS)


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
    function, arguments = vectors.FUNCTION, vectors.ARGUMENTS
    yield Check("CONTRACT_VERSION", lambda engine: engine.CONTRACT_VERSION, pure.CONTRACT_VERSION)
    yield Check(
        "canonical_json", lambda engine: engine.canonical_json(vectors.CANONICAL_VALUE), vectors.CANONICAL_BYTES
    )
    yield Check(
        "derive_cache_key",
        lambda engine: engine.derive_cache_key(vectors.KEY, **vectors.CACHE_ENTRY),
        vectors.CACHE_KEY,
    )
    yield Check(
        "CacheKeyer", lambda engine: engine.CacheKeyer(vectors.KEY).derive("search", vectors.PARAMS), vectors.PARAMS_KEY
    )
    yield from _cache_checks()
    yield from _token_checks()
    yield Check(
        "compile_graph", lambda engine: engine.compile_graph(vectors.SPECIFICATION).describe(), vectors.DESCRIPTION
    )
    yield Check(
        "compute_invalidation",
        _with_graph(lambda engine, graph: engine.compute_invalidation(graph, function, arguments)),
        vectors.ENTRIES,
    )
    yield Check(
        "compute_merges",
        _with_graph(lambda engine, graph: engine.compute_merges(graph, function, arguments, vectors.RESULT)),
        vectors.MERGES,
    )
    yield Check(
        "encode_response",
        _with_graph(lambda engine, graph: engine.encode_response(graph, function, arguments, vectors.RESULT_JSON)),
        (vectors.BODY, vectors.HEADER, vectors.ENTRIES),
    )
    yield Check(
        "begin_call",
        lambda engine: engine.begin_call(b'{"fn":"rename","args":{"user_id":5}}'),
        ("rename", b'{"user_id":5}', True, 3, None),
        pure_needs="pydantic_core",
    )
    yield Check(
        "plan_call",
        _with_graph(lambda engine, graph: _plan(engine, graph).finish(vectors.RESULT_JSON)),
        (vectors.BODY, vectors.HEADER),
    )
    yield Check(
        "stale_entries",
        _with_graph(lambda engine, graph: engine.stale_entries([_plan(engine, graph)])),
        vectors.STALE,
    )
    yield Check(
        "CacheKeyer.call_tags",
        _with_graph(lambda engine, graph: engine.CacheKeyer(vectors.KEY).call_tags([_plan(engine, graph)])),
        [*vectors.PURGED_TAGS, "tag:audit"],
    )
    yield Check(
        "format_invalidate_header",
        lambda engine: engine.format_invalidate_header(vectors.ESCAPED_ENTRIES),
        vectors.ESCAPED_HEADER,
    )
    yield Check("encode_bundle", lambda engine: engine.encode_bundle(vectors.BUNDLE_PARTS), vectors.BUNDLE)
    yield Check("emit_ir", lambda engine: engine.emit_ir(vectors.DOCUMENT), vectors.IR)


def _cache_checks() -> Iterator[Check]:
    entry, versions = vectors.CACHE_ENTRY, vectors.VERSIONS
    yield Check(
        "CacheKeyer.plan",
        lambda engine: engine.CacheKeyer(vectors.KEY).key_and_tags(**entry, scopes=vectors.SCOPES),
        (vectors.CACHE_KEY, vectors.TAGS),
    )
    yield Check(
        "CacheKeyer.purge_tags",
        lambda engine: engine.CacheKeyer(vectors.KEY).purge_tags("user", {"user_id": 5}),
        vectors.PURGED_TAGS,
    )
    key, sealed = vectors.CACHE_KEY, vectors.SEALED
    yield Check(
        "CacheKeyer.seal",
        lambda engine: engine.CacheKeyer(vectors.KEY).seal(key, versions, vectors.SEALED_BODY),
        sealed,
    )
    yield Check(
        "CacheKeyer.unseal",
        lambda engine: engine.CacheKeyer(vectors.KEY).unseal(key, sealed, [*versions]),
        vectors.SEALED_BODY,
    )
    yield Check(
        "a changed tag",
        lambda engine: engine.CacheKeyer(vectors.KEY).unseal(key, sealed, [versions[0], None]),
        None,
    )
    yield Check(
        "a changed entry",
        lambda engine: _refusal(lambda: engine.CacheKeyer(vectors.KEY).unseal(key, sealed[:-1], [*versions])),
        "ForgedEntry: the entry is not one that this secret has sealed under its key",
    )


def _token_checks() -> Iterator[Check]:
    key, token, audience, now = vectors.KEY, vectors.TOKEN, vectors.CLAIMS.aud, vectors.NOW
    yield Check("create_mwt", _sign, token)
    yield Check(
        "decode_mwt", lambda engine: engine.decode_mwt(token, secret=key, audience=audience, now=now), vectors.CLAIMS
    )
    yield Check(
        "MWTVerifier",
        lambda engine: engine.MWTVerifier({"v1": key}, audience=audience).decode(token, now),
        vectors.CLAIMS,
    )
    yield Check(
        "a changed token",
        lambda engine: _refusal(lambda: engine.decode_mwt(token[:-2] + "A0", secret=key, audience=audience, now=now)),
        "InvalidSignature: the signature is not valid",
    )
    yield Check(
        "a short secret",
        lambda engine: _refusal(lambda: engine.MWTVerifier(key[:-1])),
        "ConfigurationError: secret: at least 32 bytes are needed (RFC 7518 section 3.2)",
    )
    yield Check(
        "compute_permission_key",
        lambda engine: engine.compute_permission_key(True, False, vectors.PERMISSIONS),
        vectors.PERMISSION_KEY,
    )


CHECKS = tuple(_checks())
