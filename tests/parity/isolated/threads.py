"""One keyer, one verifier and one graph, shared by threads that take turns as often as they can."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

import mizan_native
from mizan_core.errors import ExpiredToken, InvalidSignature

THREADS = 8
ROUNDS = 2_000
SECRET = "a-secret-for-thread-tests-0123456789a"
NOW = 1_760_000_000

SPEC: dict[str, Any] = {
    "types": {},
    "functions": [
        {
            "name": name,
            "context": context,
            "params": [{"name": "id", "shape": {"kind": "any"}, "required": True, "identity": "int"}],
            "output": {"kind": "any"},
            "affects": [] if context else [{"name": "user"}],
            "merge": [] if context else [{"name": "user"}],
            "auto_scope": True,
            "private": False,
            "auth": None,
        }
        for name, context in (("profile", "user"), ("rename", None))
    ],
}
KEYER = mizan_native.CacheKeyer(SECRET)
VERIFIER = mizan_native.MWTVerifier({"v1": SECRET, "v2": SECRET[::-1]})
GRAPH = mizan_native.compile_graph(SPEC)


def key(number: int) -> object:
    return KEYER.derive("user", {"id": number}, str(number + 1))


def plan(number: int) -> object:
    return KEYER.key_and_tags("user", {"id": number}, str(number + 1), scopes=[["id"], ["page"]])


def entry(number: int) -> object:
    version = number.to_bytes(8, "big")
    return KEYER.unseal(str(number), KEYER.seal(str(number), [version], str(number).encode()), [version])


def token(number: int) -> object:
    text = mizan_native.create_mwt(str(number + 1), "x", secret=SECRET, kid="v1", now=NOW)
    return VERIFIER.decode(text, NOW)


def expired(number: int) -> object:
    text = mizan_native.create_mwt(str(number + 1), "x", secret=SECRET, kid="v1", now=NOW)
    try:
        return VERIFIER.decode(text, NOW + 300)
    except ExpiredToken as error:
        return str(error)


def forged(number: int) -> object:
    text = mizan_native.create_mwt(str(number + 1), "x", secret=SECRET, kid="v2", now=NOW)
    try:
        return VERIFIER.decode(text, NOW)
    except InvalidSignature as error:
        return str(error)


def response(number: int) -> object:
    return mizan_native.encode_response(GRAPH, "rename", {"id": number}, str(number).encode())


def merges(number: int) -> object:
    return mizan_native.compute_merges(GRAPH, "rename", {"id": number}, [number])


def described(_: int) -> object:
    return GRAPH.describe()


CALLS: tuple[Callable[[int], object], ...] = (key, plan, entry, token, expired, forged, response, merges, described)
EXPECTED = {(call, number): call(number) for call in CALLS for number in range(THREADS)}
failures: list[str] = []


def hammer(number: int, start: threading.Barrier) -> None:
    start.wait()
    for count in range(ROUNDS):
        call = CALLS[count % len(CALLS)]
        if call(number) != EXPECTED[call, number]:
            failures.append(f"thread {number}: {call.__name__} told of another call")
            return


sys.setswitchinterval(1e-6)
barrier = threading.Barrier(THREADS)
threads = [threading.Thread(target=hammer, args=(number, barrier), daemon=True) for number in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(timeout=60)
if failures or any(thread.is_alive() for thread in threads):
    raise SystemExit("\n".join(failures) or "a thread hangs")
