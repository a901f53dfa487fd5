"""Typed clients: what a page costs its developers and its visitors.

One interface of 1,000 functions, and 100 components that show two reads and call a mutation each, with each client as
its own documentation recommends: tRPC and oRPC with TanStack Query infer their types from the server; hey-api, orval,
and openapi-fetch with React Query generate from the OpenAPI document of the same functions in FastAPI
(`benchmarks/web`). Type-checking is tsc 7 under `strict`, and generating the program that users run; both in processor
seconds of all their threads. A page's size is what it loads beyond React, minified, gzip, in one file; the runtime's
what a page with React has of it at first, whatever it shows, without what is imported later (`import()`). Requests are
those that the libraries themselves send: a page with four reads, then a mutation that changes two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

from benchmarks.clients import loopback
from benchmarks.harness import Effort, Question, Samples, main
from benchmarks.services import typed_projects
from benchmarks.services.typed_projects import MIZAN, PEERS, Peer

LIMIT_CPU_SECONDS = 1.2
LIMIT_BYTES = 6_000
INFERRED = 5
"""How many times faster than those whose types are inferred."""


def type_check(peer: Peer, effort: Effort) -> Samples:
    return _turns(partial(_type_check, MIZAN), partial(_type_check, peer), effort)


def type_check_bound(effort: Effort) -> Samples:
    return _turns(partial(_type_check, MIZAN), lambda: LIMIT_CPU_SECONDS, effort)


def generation(peer: Peer, effort: Effort) -> Samples:
    return _turns(partial(_generation, MIZAN), partial(_generation, peer), effort)


def size(peer: Peer, _: Effort) -> Samples:
    return Samples([_size(MIZAN)["all"]], [_size(peer)["all"]], "bytes")


def size_bound(_: Effort) -> Samples:
    runtime = typed_projects.script("size.mjs", str(typed_projects.project(MIZAN)), "runtime.ts")
    return Samples([runtime["first"]], [LIMIT_BYTES], "bytes")


def requests(peer: Peer, phase: str, _: Effort) -> Samples:
    return Samples([_requests(MIZAN)[phase]], [_requests(peer)[phase]], "requests")


def requests_bound(phase: str, _: Effort) -> Samples:
    return Samples([_requests(MIZAN)[phase]], [1], "requests")


def _turns(ours: Callable[[], float], theirs: Callable[[], float], effort: Effort) -> Samples:
    """Processor seconds, in turn."""
    pairs = [(ours(), theirs()) for _ in range(1 if effort.name == "quick" else 2)]
    return Samples([one for one, _ in pairs], [other for _, other in pairs], "CPU s")


def _type_check(peer: Peer) -> float:
    return typed_projects.cpu_seconds([typed_projects.TSC, "--project", "."], typed_projects.project(peer))


def _generation(peer: Peer) -> float:
    typed_projects.project(peer)
    return typed_projects.generate(peer)


@cache
def _size(peer: Peer) -> dict[str, float]:
    sizes: dict[str, float] = typed_projects.script("size.mjs", str(typed_projects.project(peer)))
    return sizes


@cache
def _requests(peer: Peer) -> dict[str, float]:
    with loopback.serving("uvicorn", "benchmarks.services.typed_service:app") as origin:
        counted: dict[str, float] = typed_projects.script("requests.mjs", str(typed_projects.project(peer)), origin)
    return counted


def _questions() -> Iterator[Question]:
    question = partial(Question, missing=typed_projects.missing)
    name = "type-check of 1,000 functions, 100 components"
    yield question(name, "1.2 CPU s", 1, type_check_bound, at_most=True)
    for peer in PEERS:
        target = INFERRED if peer.infers else None
        yield question(f"{name}, to {peer.name}", peer.label, target, partial(type_check, peer))
    for peer in PEERS:
        if peer.generate:
            name = f"generating clients of 1,000 functions, to {peer.name}"
            yield question(name, peer.label, None, partial(generation, peer))
    yield question("the runtime's bytes with React", "6,000 bytes", 1, size_bound, at_most=True)
    for peer in PEERS:
        yield question(f"a page's bytes, to {peer.name}", peer.label, None, partial(size, peer))
    for phase, name in (("load", "first load of four reads"), ("mutation", "mutation that changes two of them")):
        yield question(f"requests, {name}", "one request", 1, partial(requests_bound, phase), at_most=True)
        for peer in PEERS:
            yield question(f"requests, {name}, to {peer.name}", peer.label, None, partial(requests, peer, phase))


QUESTIONS = tuple(_questions())

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
