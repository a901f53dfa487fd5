"""What a store makes of a backend's answers."""

from __future__ import annotations

import pytest

from mizan_core.cache.backend import TAG_TTL
from mizan_core.cache.bypass import BypassReason
from mizan_core.cache.memory import MemoryCache
from mizan_core.cache.store import Store
from mizan_core.cache.versions import EPOCH
from mizan_core.coroutines import complete_now
from mizan_core.engine import ENGINE

SECRET = "a-secret-of-the-store-tests-0123456789"
KEY, TAG = "ctx:user:1", "tag:user"


@pytest.fixture
def backend() -> MemoryCache:
    return MemoryCache()


@pytest.fixture
def store(backend: MemoryCache) -> Store:
    return Store(backend, ENGINE.CacheKeyer(SECRET))


def test_what_is_kept_is_found_until_a_purge(backend: MemoryCache, store: Store) -> None:
    versions = complete_now(store.look_up(store.in_thread, KEY, [TAG])).versions
    assert versions is not None
    complete_now(store.save(store.in_thread, KEY, [TAG], versions, b"{}", 60))
    assert complete_now(store.look_up(store.in_thread, KEY, [TAG])).body == b"{}"
    complete_now(store.purge(store.in_thread, [TAG]))
    assert complete_now(store.look_up(store.in_thread, KEY, [TAG])).body is None


@pytest.mark.parametrize("name", [EPOCH, TAG])
def test_a_missing_version_counts_as_changed(backend: MemoryCache, store: Store, name: str) -> None:
    versions = complete_now(store.look_up(store.in_thread, KEY, [TAG])).versions
    assert versions is not None
    complete_now(store.save(store.in_thread, KEY, [TAG], versions, b"{}", 60))
    backend.write({name: b""}, 0)
    assert complete_now(store.look_up(store.in_thread, KEY, [TAG])).body is None


@pytest.mark.parametrize("name", [EPOCH, TAG])
@pytest.mark.parametrize("value", [b"", b"seven b", b"nine byte"])
def test_a_value_that_is_no_version_bypasses(backend: MemoryCache, store: Store, name: str, value: bytes) -> None:
    backend.write({name: value}, TAG_TTL)
    lookup = complete_now(store.look_up(store.in_thread, KEY, [TAG]))
    assert lookup == (None, None, BypassReason.FOREIGN_VALUE)


def test_an_entry_that_was_not_sealed_here_is_a_miss(backend: MemoryCache, store: Store) -> None:
    versions = complete_now(store.look_up(store.in_thread, KEY, [TAG])).versions
    assert versions is not None
    complete_now(store.save(store.in_thread, KEY, [TAG], versions, b"{}", 60))
    [entry] = backend.read([KEY])
    assert entry is not None
    foreign = ENGINE.CacheKeyer(SECRET[::-1]).seal(KEY, versions, b"{}")
    for forged in (b"", b"{}", entry[:-1], entry + b" ", entry[:1] + bytes(32) + entry[33:], foreign):
        backend.write({KEY: forged, "ctx:user:2": entry}, 60)
        for key in (KEY, "ctx:user:2"):
            assert complete_now(store.look_up(store.in_thread, key, [TAG])) == (None, versions, None)
    backend.write({KEY: entry}, 60)
    assert complete_now(store.look_up(store.in_thread, KEY, [TAG])).body == b"{}"
