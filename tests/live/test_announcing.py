"""What a store tells those who watch, and what it tells whoever compares."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator

from mizan_core.cache.announcing import socket_id
from mizan_core.cache.backend import BackendRefused, BackendUnavailable
from mizan_core.cache.bypass import Bypass, BypassReason
from mizan_core.cache.memory import MemoryCache
from mizan_core.cache.store import BATCH, WATCH_TTL, Store
from mizan_core.cache.versions import EPOCH, GRAPH_BYTES
from mizan_core.call.dispatcher import Dispatcher
from mizan_core.call.outcome import Fetched
from mizan_core.coroutines import complete_now
from mizan_core.engine import ENGINE
from mizan_core.errors import ConfigurationError
from mizan_core.live.conformance import Recorder
from mizan_core.live.memory import MemoryBroker
from mizan_core.live.opening import go_live, open_broker
from mizan_core.settings import Settings
from tests.call.fakes import App, FakePort, Way
from tests.live.recording import Announced

KEYER = ENGINE.CacheKeyer("a-secret-of-the-announcing-tests-0123456789")
BROAD, NARROW = "tag:user", "tag:user:0123"
SOCKET = "socket-0123456789abcdef"


class Failing(MemoryCache):
    """Memory that refuses or does not answer some operations, as long as a test says so."""

    def __init__(self, timer: Any = None) -> None:
        super().__init__(**({} if timer is None else {"timer": timer}))
        self.failing: dict[str, BackendUnavailable] = {}

    def read(self, keys: Sequence[str]) -> list[bytes | None]:
        self._fail("read")
        return super().read(keys)

    def write(self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str] = ()) -> list[bytes | None]:
        self._fail("write")
        return super().write(values, ttl, witnesses)

    def delete(self, keys: Sequence[str]) -> None:
        self._fail("delete")
        super().delete(keys)

    def _fail(self, operation: str) -> None:
        if operation in self.failing:
            raise self.failing[operation]


def announcing(backend: MemoryCache, graph: int = 1) -> tuple[Store, Announced]:
    store, announced = Store(backend, KEYER), Announced()
    store.use_graph(bytes([graph] * GRAPH_BYTES))
    store.announce_by(announced)
    return store, announced


def purge(store: Store, tags: list[str], origin: str | None = None) -> None:
    complete_now(store.purge(store.in_thread, tags, origin))


def versions(store: Store, tags: Sequence[str] = (BROAD, NARROW)) -> list[bytes]:
    found = complete_now(store.versions(store.in_thread, list(tags)))
    assert found is not None
    return found


def test_a_purge_announces_what_it_has_changed_and_whose_it_was() -> None:
    store, announced = announcing(MemoryCache())
    purge(store, [NARROW, "tag:team"], SOCKET)
    purge(store, [BROAD])
    purge(store, [])
    assert announced.told == [(["tag:team", NARROW], SOCKET), ([BROAD], None)]


def test_it_is_announced_when_it_can_be_seen() -> None:
    backend = MemoryCache()
    store, seen = Store(backend, KEYER), list[bytes | None]()

    class Reader(Announced):
        def announce(self, tags: Sequence[str], origin: str | None = None) -> None:
            seen.extend(backend.read([NARROW]))

    before = versions(store)
    store.announce_by(Reader())
    purge(store, [NARROW])
    assert len(seen) == 1
    assert seen[0] not in (None, before[2])


def test_a_purge_of_another_graph_reaches_those_who_watch_something_narrower() -> None:
    backend = MemoryCache()
    old, _ = announcing(backend, graph=1)
    new, announced = announcing(backend, graph=2)
    before = versions(old)
    purge(new, ["tag:user:ffff"], SOCKET)
    assert (BROAD, SOCKET) in [(tag, origin) for tags, origin in announced.told for tag in tags]
    assert versions(old)[1] != before[1]


def test_what_cannot_be_written_is_removed_and_announced() -> None:
    backend = Failing()
    store, announced = announcing(backend)
    before = versions(store)
    backend.failing["write"] = BackendRefused("it is full")
    purge(store, [NARROW], SOCKET)
    assert announced.tags == [BROAD]
    backend.failing.clear()
    store._trust.restore(store._trust.failures)
    assert versions(store)[1] != before[1]


def test_what_is_paid_later_is_announced_then() -> None:
    backend = Failing()
    store, announced = announcing(backend)
    backend.failing = {name: BackendUnavailable("it is away") for name in ("read", "write", "delete")}
    purge(store, [NARROW])
    assert announced.told == []
    backend.failing.clear()
    store.close()
    store._keeper._pay()
    assert announced.tags == [BROAD]
    purge(store, ["tag:team"])
    assert announced.tags == [BROAD, "tag:team"]


def test_what_is_owed_is_nobodys_who_pays_it_by_the_way() -> None:
    store, announced = announcing(MemoryCache())
    store._trust.owe([BROAD])
    purge(store, ["tag:team"], SOCKET)
    assert announced.told == [(["tag:team", BROAD], None)]
    purge(store, ["tag:team"], SOCKET)
    assert announced.told[1:] == [(["tag:team"], SOCKET)]


def test_a_new_epoch_is_announced() -> None:
    store, announced = announcing(MemoryCache())
    store._trust.owe([EPOCH])
    purge(store, [NARROW])
    assert announced.tags == [EPOCH]
    store._trust.owe([EPOCH])
    store._keeper._pay()
    assert announced.tags == [EPOCH, EPOCH]


def test_an_announcement_that_fails_fails_no_purge() -> None:
    class Away(Announced):
        def announce(self, tags: Sequence[str], origin: str | None = None) -> None:
            raise BackendUnavailable("it is away")

    store = Store(MemoryCache(), KEYER)
    store.announce_by(Away())
    before = versions(store)
    assert complete_now(store.try_purge(store.in_thread, [NARROW]))
    after = versions(store)
    assert after[:2] == before[:2]
    assert after[2] != before[2]


def test_versions_are_the_same_until_one_changes() -> None:
    store, _ = announcing(MemoryCache())
    before = versions(store)
    assert [len(version) for version in before] == [16, 8, 8]
    assert versions(store) == before
    purge(store, [NARROW])
    assert [new == old for new, old in zip(versions(store), before, strict=True)] == [True, True, False]


def test_many_versions_are_read_and_claimed_in_parts() -> None:
    """All at once they would come too late, and be asked for again for ever."""
    claimed: list[int] = []
    asked, tags = list[int](), [f"tag:user:{number}" for number in range(2 * BATCH + 1)]

    class Counting(MemoryCache):
        def read(self, keys: Sequence[str]) -> list[bytes | None]:
            asked.append(len(keys))
            return super().read(keys)

        def claim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
            claimed.append(len(values))
            return super().claim(values, ttl)

    store, _ = announcing(Counting())
    before = versions(store, tags)
    assert asked == [BATCH + 1, BATCH + 1, 2]
    assert claimed == [1, BATCH, BATCH, 1]
    assert len(before) == 1 + len(tags)
    complete_now(store.prolong(store.in_thread, tags))
    purge(store, [tags[0], tags[BATCH], tags[2 * BATCH]])
    after = versions(store, tags)
    changed = [index for index, (new, old) in enumerate(zip(after, before, strict=True)) if new != old]
    assert changed == [1, BATCH + 1, 2 * BATCH + 1]


def test_a_strangers_value_is_a_version_like_any_other() -> None:
    """It must not keep all other tags of the process from being compared."""
    backend = MemoryCache()
    store, _ = announcing(backend)
    backend.write({NARROW: b"whatever this is"}, 60)
    before = versions(store)
    purge(store, [NARROW])
    assert [new == old for new, old in zip(versions(store), before, strict=True)] == [True, True, False]


def test_versions_of_a_store_that_does_not_answer_are_unknown() -> None:
    backend = Failing()
    store, _ = announcing(backend)
    backend.failing["read"] = BackendUnavailable("it is away")
    assert complete_now(store.versions(store.in_thread, [NARROW])) is None
    store.close()


def test_tags_live_as_long_as_they_are_watched() -> None:
    now = 0.0
    backend = MemoryCache(timer=lambda: now)
    store, _ = announcing(backend)
    before = versions(store)
    complete_now(store.prolong(store.in_thread, [BROAD, NARROW, "tag:missing"]))
    now = 59.0
    purge(store, [NARROW])
    after = versions(store)
    assert after[2] != before[2]
    for _ in range(3):
        complete_now(store.prolong(store.in_thread, [BROAD, NARROW]))
        now += WATCH_TTL - 1
        assert versions(store)[1:] == after[1:]
    assert backend.read(["tag:missing"]) == [None], "to be watched makes no tag"
    now += 2
    assert versions(store)[1] != after[1]


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        (SOCKET, SOCKET),
        ("A-_9" * 4, "A-_9" * 4),
        ("a" * 64, "a" * 64),
        (None, None),
        ("", None),
        ("a" * 15, None),
        ("a" * 65, None),
        ("a" * 16 + "\n", None),
        ("ä" * 16, None),
    ],
)
def test_a_socket_names_itself_at_random(text: str | None, origin: str | None) -> None:
    assert socket_id(text) == origin


def profile(request: Any, user_id: int) -> int:
    return user_id


def teams(request: Any, user_id: int = 1, depth: Annotated[str, AfterValidator(lambda _: "\ud83d")] = "") -> int:
    return user_id


def rename(request: Any, user_id: int) -> int:
    return user_id


def rename_all(request: Any) -> int:
    return 0


FUNCTIONS: dict[Callable[..., Any], Mapping[str, Any]] = {
    profile: {"context": "user"},
    teams: {"context": "team", "cache": False},
    rename: {"affects": ["user", "team"]},
    rename_all: {"affects": ["user"]},
}
WITHOUT_CACHE = Settings(mwt_secret="of-the-announcing-tests-0123456789ab")


@pytest.mark.parametrize(
    "settings", [WITHOUT_CACHE, Settings(), Settings(cache_secret="c" * 32)], ids=["tokens", "nothing", "cache"]
)
def test_what_a_call_changes_is_what_is_watched(way: Way, settings: Settings) -> None:
    """With a cache, without one, and for a context that is never cached."""
    app = App(FUNCTIONS, settings)
    store = go_live(app.dispatcher).store
    announced = Announced()
    store.announce_by(announced)
    watched = {
        (context, user): _tags(app.dispatcher, context, {"user_id": user})
        for context in ("user", "team")
        for user in (1, 2)
    }

    def reached(function: str, **arguments: Any) -> set[tuple[str, int]]:
        announced.told.clear()
        way.run(app.call(FakePort(waits=way.waits), function, **arguments))
        return {watch for watch, tags in watched.items() if not set(tags).isdisjoint(announced.tags)}

    assert reached("rename", user_id=1) == {("user", 1), ("team", 1)}
    assert reached("rename_all") == {("user", 1), ("user", 2)}
    purged = app.dispatcher.interface().named_purge("user", {"user_id": 2})
    assert purged is not None
    named = {watch for watch, tags in watched.items() if not set(tags).isdisjoint(purged.tags)}
    assert named == {("user", 2)}


def test_without_a_cache_nothing_is_kept(way: Way) -> None:
    app = App(FUNCTIONS, WITHOUT_CACHE)
    assert app.dispatcher.interface().tagging is None, "who does not go live keeps no versions either"
    store = go_live(app.dispatcher).store
    for _ in range(2):
        fetched = way.run(app.fetch(way.port(), "user", user_id=1))
        assert isinstance(fetched, Fetched)
        assert fetched.bypass == Bypass(BypassReason.NO_SECRET)
    assert app.dispatcher.interface().caching is None
    assert app.dispatcher.interface().tagging is not None
    assert isinstance(store.backend, MemoryCache)
    assert not store.backend._entries


def test_a_call_that_is_under_way_when_the_first_page_goes_live_is_announced(way: Way) -> None:
    """The page may have read what was there before the call wrote."""
    announced = Announced()

    def rename(request: Any, user_id: int) -> str:
        go_live(app.dispatcher).store.announce_by(announced)
        _tags(app.dispatcher, "user", {"user_id": user_id})
        return "Eve"

    app = App({profile: {"context": "user"}, rename: {"affects": "user"}}, WITHOUT_CACHE)
    way.run(app.call(way.port(), "rename", user_id=1))
    assert not set(_tags(app.dispatcher, "user", {"user_id": 1})).isdisjoint(announced.tags)


def test_a_parameter_that_cannot_be_told_is_reached_by_every_purge_of_its_context(way: Way) -> None:
    app = App(FUNCTIONS, WITHOUT_CACHE)
    store = go_live(app.dispatcher).store
    announced = Announced()
    store.announce_by(announced)
    told = _tags(app.dispatcher, "team", {"user_id": 1})
    untold = _tags(app.dispatcher, "team", {"user_id": 1, "depth": "?"})
    way.run(app.call(way.port(), "rename", user_id=2))
    assert set(told).isdisjoint(announced.tags)
    assert not set(untold).isdisjoint(announced.tags)


def test_going_live_twice_is_going_live_once() -> None:
    app = App(FUNCTIONS, Settings(cache_secret="c" * 32))
    interface = app.dispatcher.interface()
    live = go_live(app.dispatcher)
    assert go_live(app.dispatcher) is live
    assert interface.caching is not None
    assert live.store is interface.caching.store
    assert app.dispatcher.interface() is interface
    app.dispatcher.reset()
    assert go_live(app.dispatcher) is not live


def test_in_one_process_listeners_hear_of_calls(way: Way) -> None:
    app = App(FUNCTIONS, WITHOUT_CACHE)
    live = go_live(app.dispatcher)
    assert isinstance(live.broker, MemoryBroker)

    async def check() -> None:
        recorder = Recorder()
        subscriptions = live.broker.open(recorder)
        await asyncio.to_thread(way.run, app.call(way.port(), "rename_all"))
        await recorder.until(lambda: recorder.stale == [(["tag:user"], None)])
        await subscriptions.aclose()

    asyncio.run(check())


@pytest.mark.parametrize("url", ["redis", "nothing://here", ""])
def test_a_url_that_nobody_serves_is_told(url: str) -> None:
    options = Settings().backend_options(url)
    with pytest.raises(ConfigurationError):
        open_broker(options)


def _tags(dispatcher: Dispatcher, context: str, params: dict[str, Any]) -> list[str]:
    interface = dispatcher.interface()
    bundle = interface.bundle(context)
    return interface.watch_tags(bundle, bundle.validate(params, len(params)))
