"""Versions of an application that narrow their purges differently and share a store, as in a rolling deployment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mizan_core.cache import store as store_module
from mizan_core.cache.store import Store
from mizan_core.cache.versions import EPOCH, MIXED, graph_of
from mizan_core.client import client
from mizan_core.coroutines import complete_now
from mizan_core.engine import ENGINE
from mizan_core.interface.interface import Interface
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from tests.cache.redis.conftest import Connect
from tests.cache.redis.servers import Server, wait_until
from tests.cache.redis.site import LONG_LEASE

SECRET = "s" * 32
USER = {"user_id": 5, "page": 1}


def account(request: Any, user_id: int, page: int = 1) -> int:
    return 0


def rename(request: Any, user_id: int) -> int:
    return 0


def turn(request: Any, user_id: int, page: int) -> int:
    return 0


class Version:
    """A version of the application, in a process of its own.

    :param mutations: what it has beside the context ``account``.
    :param lease: see ``Store``.
    """

    def __init__(self, backend: Any, *mutations: Callable[..., Any], lease: int = LONG_LEASE) -> None:
        registry = Registry()
        registry.register(client(context="account")(account))
        for mutation in mutations:
            registry.register(client(affects="account")(mutation))
        self._keyer = ENGINE.CacheKeyer(SECRET)
        self.store = Store(backend, self._keyer, lease)
        self._interface = Interface(registry, Settings(cache_secret=SECRET), lambda _: None, self.store)
        self._access = self.store.in_thread

    def fetch(self) -> str:
        """What user 5 sees of page 1."""
        assert self._interface.caching is not None
        scopes = self._interface.caching._scopes["account"]
        key, tags = self._keyer.key_and_tags("account", USER, None, 0, None, scopes)
        lookup = complete_now(self.store.look_up(self._access, key, tags))
        if lookup.body is not None:
            return "HIT"
        if lookup.versions is None:
            return "BYPASS"
        complete_now(self.store.save(self._access, key, tags, lookup.versions, b"{}", 60))
        return "MISS"

    def purge(self, **params: int) -> None:
        purge = self._interface.named_purge("account", params)
        assert purge is not None
        complete_now(self.store.purge(self._access, purge.tags))

    def is_mixed(self) -> bool:
        [epoch] = self.store.backend.read([EPOCH])
        return epoch is not None and graph_of(epoch) == MIXED


@pytest.fixture
def lease() -> int:
    return LONG_LEASE


@pytest.fixture
def old(server: Server, connect: Connect, lease: int) -> Iterator[Version]:
    old = Version(connect(server.url), rename, lease=lease)
    assert [old.fetch() for _ in range(2)] == ["MISS", "HIT"]
    yield old
    old.store.close()


@pytest.fixture
def new(server: Server, connect: Connect, old: Version, lease: int) -> Iterator[Version]:
    """It can purge one page of a user, which the old one's entries have no tag for."""
    new = Version(connect(server.url), rename, turn, lease=lease)
    yield new
    new.store.close()


def test_a_purge_of_a_scope_that_the_others_do_not_know_reaches_their_entries(old: Version, new: Version) -> None:
    new.purge(**USER)
    assert [old.fetch() for _ in range(2)] == ["MISS", "HIT"]
    new.purge(**USER)
    assert old.fetch() == "MISS"


def test_a_purge_of_who_has_not_heard_of_the_others_reaches_theirs(old: Version, new: Version) -> None:
    assert [new.fetch() for _ in range(2)] == ["MISS", "HIT"]
    old.purge(user_id=5)
    assert new.fetch() == "MISS"


def test_who_ignores_the_others_graph_serves_what_has_changed(
    old: Version, new: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the tests above can fail."""
    monkeypatch.setattr(Store, "_is_accepted", lambda *_: True)
    monkeypatch.setattr(store_module, "graph_of", lambda _: old.store._keeper.graph)
    new.store.use_graph(old.store._keeper.graph)
    new.purge(**USER)
    assert old.fetch() == "HIT"


def test_both_are_served_from_the_cache_meanwhile(old: Version, new: Version) -> None:
    for version in (new, old, new, old):
        version.fetch()
    assert new.is_mixed()
    assert "HIT" in [old.fetch(), old.fetch()]


@pytest.mark.parametrize("lease", [1])
def test_purges_are_narrow_again_when_one_version_is_left(old: Version, new: Version) -> None:
    new.fetch()
    assert new.is_mixed()
    old.store.close()
    wait_until(lambda: new.fetch() == "HIT" and not new.is_mixed())


def test_versions_that_purge_alike_are_one(old: Version, server: Server, connect: Connect) -> None:
    """Whatever else is different in them."""
    same = Version(connect(server.url), rename)
    assert same.fetch() == "HIT"
    assert not same.is_mixed()
    same.store.close()
