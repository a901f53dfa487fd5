"""What is left in a store, and for how long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mizan_core.cache.store import Store
from mizan_core.coroutines import complete_now
from tests.cache.redis.conftest import Connect
from tests.cache.redis.servers import Server, wait_until
from tests.cache.redis.site import KEYER

BUILD_TTL = 1
TTL = 600


@pytest.fixture
def store(server: Server, connect: Connect) -> Iterator[Store]:
    store = Store(connect(server.url), KEYER, build_ttl=BUILD_TTL)
    yield store
    store.close()


def _left(server: Server) -> dict[str, int]:
    """The keys that belong to bundles, and the seconds that they have."""
    keys = [key for key in server.ask("KEYS", "*") if "{epoch}" not in key and "{roster}" not in key]
    return {key: server.ask("TTL", key) for key in keys}


def test_bundles_that_were_not_stored_leave_nothing(server: Server, store: Store) -> None:
    """4,000 strangers ask for what is not there."""
    for item in range(4_000):
        lookup = complete_now(store.look_up(store.in_thread, f"entry:{item}", ["tag:a", f"tag:a:{item}"]))
        assert lookup.versions is not None
    wait_until(lambda: _left(server) == {})


def test_purges_of_what_was_never_cached_leave_nothing(server: Server, store: Store) -> None:
    for item in range(100):
        complete_now(store.purge(store.in_thread, [f"tag:a:{item}"]))
    wait_until(lambda: _left(server) == {})


def test_tags_live_as_long_as_their_entries(server: Server, store: Store) -> None:
    for item in range(2):
        tags = ["tag:a", f"tag:a:{item}"]
        lookup = complete_now(store.look_up(store.in_thread, f"entry:{item}", tags))
        assert lookup.versions is not None
        complete_now(store.save(store.in_thread, f"entry:{item}", tags, lookup.versions, b"{}", TTL))
    left = _left(server)
    assert len(left) == 5
    assert all(TTL - 60 < seconds <= TTL for seconds in left.values())


def test_an_epoch_that_nobody_renews_runs_out(server: Server, connect: Connect) -> None:
    store = Store(connect(server.url), KEYER, lease=1)
    complete_now(store.look_up(store.in_thread, "entry", ["tag:a"]))
    assert any("{epoch}" in key for key in server.ask("KEYS", "*"))
    store.close()
    wait_until(lambda: not any("{epoch}" in key for key in server.ask("KEYS", "*")))
