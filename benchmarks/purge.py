"""Purges on Redis: with a million entries against ten.

Two servers, one of them full. Each entry is of a user of its own, written with its tags as a fetch writes it. A purge
is measured as server code asks for it, over the wire and back: of one user's bundles and of everybody's, in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from time import perf_counter
from typing import Any

from benchmarks.harness import Effort, Question, Samples, interleaved, main, repeat
from benchmarks.services import redis_server
from mizan_core.cache.backend import TAG_TTL
from mizan_core.cache.versions import new_version
from mizan_core.call.dispatcher import Dispatcher
from mizan_core.client import client
from mizan_core.coroutines import complete_now
from mizan_core.engine import ENGINE
from mizan_core.interface.caching import DEFAULT_TTL, BundleKey, BundlePolicy, Caching
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_core.viewer import ANONYMOUS

SECRET = "a-secret-of-this-benchmark-alone"
FEW, MANY, MANY_IN_A_HURRY = 10, 1_000_000, 100_000
USER = 5
BODY = b'{"user_profile":{"id":5,"name":"Ada","email":"ada@example.org","city":"London","orders":17}}'
_BATCH = 2_000
"""Entries that one pipeline writes."""


def purge(effort: Effort) -> Samples:
    many = MANY if effort.name == "full" else MANY_IN_A_HURRY
    with ExitStack() as running:
        full, sparse = (running.enter_context(_serving(entries)) for entries in (many, FEW))
        return interleaved(repeat(_purges(full), perf_counter), repeat(_purges(sparse), perf_counter), effort)


def _purges(dispatcher: Dispatcher) -> Callable[[], None]:
    """Purges one user's bundles and everybody's in turn; both are seen to work before they are measured."""
    scopes = cycle(({"user_id": USER}, {}))

    def purge_next() -> None:
        effect = dispatcher.interface().named_purge("user", next(scopes))
        assert effect is not None
        complete_now(effect.store.purge(effect.store.in_thread, effect.tags))

    for user in (USER, USER + 1):
        assert _found(dispatcher, user) == BODY
        purge_next()
        assert _found(dispatcher, user) is None
    return purge_next


def _found(dispatcher: Dispatcher, user: int) -> bytes | None:
    """What a fetch would be answered with."""
    store, key = _caching(dispatcher).store, _key(dispatcher, user)
    return complete_now(store.look_up(store.in_thread, key.key, key.tags)).body


@contextmanager
def _serving(entries: int) -> Iterator[Dispatcher]:
    """An interface whose cache, on a server of its own, holds so many entries."""
    with redis_server.running() as url:
        dispatcher = _interface(url)
        _fill(dispatcher, entries)
        yield dispatcher
        dispatcher.close()


def _interface(url: str) -> Dispatcher:
    @client(context="user")
    def user_profile(request: Any, user_id: int) -> dict[str, Any]:
        raise NotImplementedError("nobody fetches")

    @client(affects="user")
    def rename(request: Any, user_id: int, name: str) -> None:
        raise NotImplementedError("nobody calls")

    registry = Registry()
    registry.register(user_profile)
    registry.register(rename)
    settings = Settings(cache_secret=SECRET, cache_url=url, cache_timeout_ms=60_000)
    return Dispatcher(registry, lambda: settings, lambda _: None)


def _fill(dispatcher: Dispatcher, entries: int) -> None:
    """Store entries and tags as fetches do, many in one pipeline; a first fetch gives the epoch and the context."""
    store, first = _caching(dispatcher).store, _key(dispatcher, 0)
    found = complete_now(store.look_up(store.in_thread, first.key, first.tags))
    assert found.versions is not None
    backend, keyer, shared = store.backend, ENGINE.CacheKeyer(SECRET), found.versions[:2]
    for start in range(0, entries, _BATCH):
        bodies: dict[str, bytes] = {}
        tags: dict[str, bytes] = {}
        for user in range(start, min(start + _BATCH, entries)):
            key = _key(dispatcher, user)
            versions = [*shared, new_version()]
            tags.update(zip(key.tags, versions[1:], strict=True))
            bodies[key.key] = keyer.seal(key.key, versions, BODY)
        backend.write(tags, TAG_TTL)
        backend.write(bodies, DEFAULT_TTL)


def _key(dispatcher: Dispatcher, user: int) -> BundleKey:
    bundle = dispatcher.interface().bundle("user")
    assert isinstance(bundle.policy, BundlePolicy)
    key = _caching(dispatcher).bundle_key("user", bundle.policy, {"user_id": user}, ANONYMOUS, lambda _: None)
    assert isinstance(key, BundleKey)
    return key


def _caching(dispatcher: Dispatcher) -> Caching:
    caching = dispatcher.interface().caching
    assert caching is not None
    return caching


QUESTIONS = (
    Question(
        "purge on Redis, 1,000,000 entries",
        "10 entries",
        1.1,
        purge,
        at_most=True,
        note="A purge gives a tag a new version, however many entries have it; `--quick` stores 100,000.",
        missing=redis_server.missing,
    ),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
