"""Purges on Redis tell those who watch, in their own round trip; and versions tell what has not been told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

import pytest

from mizan_core.cache import stats
from mizan_core.cache.opening import BackendOptions
from mizan_core.cache.store import Store
from mizan_core.coroutines import complete_now
from mizan_core.engine import ENGINE
from mizan_core.live.conformance import Recorder
from mizan_core.live.hub import Hub
from mizan_core.live.opening import go_live
from mizan_core.settings import Settings
from mizan_redis import RedisCache, open_redis
from tests.cache.redis import conftest as cache
from tests.cache.redis.servers import Cluster, Server, wait_until
from tests.cache.redis.wire import Wire
from tests.call.fakes import App, Way
from tests.conformance.target import ROOT
from tests.live.redis.conftest import ConnectBroker
from tests.live.test_announcing import FUNCTIONS

connect = cache.connect
KEYER = ENGINE.CacheKeyer("a-secret-of-the-announcing-tests-0123456789")
TAGS = ["tag:user", "tag:user:0123"]
SOCKET = "socket-0123456789abcdef"
PATIENT = int(cache.TIMEOUT * 1_000)
README = ROOT / "stores/mizan-redis/README.md"


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    with Wire(server.port) as wire:
        yield wire


def announcing(backend: RedisCache) -> Store:
    """A store whose process announces what it purges, and whose next beat is far away."""
    store = Store(backend, KEYER, lease=3_600)
    store.announce_by(backend)
    return store


def purge(store: Store, tags: list[str], origin: str | None = None) -> None:
    complete_now(store.purge(store.in_thread, tags, origin))


def versions(store: Store, tags: Sequence[str] = TAGS) -> list[bytes]:
    found: list[list[bytes]] = []

    def are_known() -> bool:
        told = complete_now(store.versions(store.in_thread, list(tags)))
        found[:] = [] if told is None else [told]
        return told is not None

    wait_until(are_known)
    return found[0]


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


def test_a_purge_and_its_announcement_are_one_round_trip(wire: Wire, connect: cache.Connect) -> None:
    store = announcing(connect(wire.url))
    versions(store)
    wait_until(lambda: "HGETALL" in wire.commands)
    wire.clear()
    purge(store, TAGS, SOCKET)
    assert (wire.round_trips, wire.commands) == (1, ["SET", "SET", "GET", "PUBLISH", "INFO"])
    store.close()


def test_versions_are_one_round_trip(wire: Wire, connect: cache.Connect) -> None:
    store = announcing(connect(wire.url))
    versions(store)
    wait_until(lambda: "HGETALL" in wire.commands)
    wire.clear()
    versions(store)
    assert (wire.round_trips, wire.commands) == (1, ["GET"] * 3 + ["INFO"])
    store.close()


def test_publishing_is_one_script_and_one_round_trip(wire: Wire, connect_broker: ConnectBroker) -> None:
    broker = connect_broker(wire.url)
    broker.publish("room", b"first")
    wire.clear()
    broker.publish("room", b"second")
    assert (wire.round_trips, wire.commands) == (1, ["EVAL", "INFO"])


def test_another_process_hears_of_purges(server: Server, connect: cache.Connect) -> None:
    async def work() -> None:
        recorder, own, other = Recorder(), connect(server.url), announcing(connect(server.url))
        subscriptions = own.broker().open(recorder)
        await subscriptions.join("anything")
        await asyncio.to_thread(purge, other, TAGS, SOCKET)
        await other.purge(other.on_loop, TAGS[:1])
        await recorder.until(lambda: recorder.stale == [(TAGS, SOCKET), (TAGS[:1], None)])
        await subscriptions.aclose()
        await own.aclose()
        await other.aclose()

    run(work)


def test_on_a_cluster_each_server_announces_what_it_has_written(
    shared_cluster: Cluster, connect: cache.Connect
) -> None:
    """Who reads because of an announcement must find the new version: servers do not wait for one another."""
    tags = [f"tag:user:{number}" for number in range(24)]

    async def work() -> None:
        own, recorder = connect(shared_cluster.url), Recorder()
        other = announcing(connect(shared_cluster.url))
        subscriptions = own.broker().open(recorder)
        await subscriptions.join("anything")
        await asyncio.to_thread(purge, other, tags, SOCKET)
        await recorder.until(lambda: sorted(tag for told, _ in recorder.stale for tag in told) == sorted(tags))
        assert {origin for _, origin in recorder.stale} == {SOCKET}
        assert len(recorder.stale) == len(shared_cluster.servers)
        for told, _ in recorder.stale:
            assert len({shared_cluster.owner(f"{{{tag}}}").port for tag in told}) == 1
        await subscriptions.aclose()
        await own.aclose()
        await other.aclose()

    run(work)


def test_an_announcement_that_is_lost_is_found_by_comparing(server: Server, wire: Wire, connect: cache.Connect) -> None:
    async def work() -> None:
        own, other = announcing(connect(wire.url)), announcing(connect(server.url))
        recorder = Recorder()
        assert isinstance(own.backend, RedisCache)
        subscriptions = own.backend.broker().open(recorder)
        await subscriptions.join("anything")
        before = await asyncio.to_thread(versions, own)
        known = recorder.reconnects
        await asyncio.to_thread(wire.lead_to, None)
        await asyncio.to_thread(purge, other, TAGS[1:])
        await asyncio.to_thread(wire.lead_to, server.port)
        await recorder.until(lambda: recorder.reconnects > known)
        after = await asyncio.to_thread(versions, own)
        assert recorder.stale == []
        assert after[1] == before[1]
        assert after[2] != before[2]
        await subscriptions.aclose()
        await own.aclose()
        await other.aclose()

    run(work)


@pytest.mark.parametrize("fault", ["FLUSHALL", "restart"])
def test_a_store_that_has_lost_everything_changes_every_version(
    server: Server, connect: cache.Connect, fault: str
) -> None:
    store = announcing(connect(server.url))
    before = versions(store)
    if fault == "restart":
        server.restart()
    else:
        server.ask("FLUSHALL")
    assert set(versions(store)).isdisjoint(before)
    store.close()


def test_a_server_that_refuses_writes_tells_what_it_removes(server: Server, connect: cache.Connect) -> None:
    """Full: it removes, and announces."""

    async def work() -> None:
        own, store, recorder = connect(server.url), announcing(connect(server.url)), Recorder()
        subscriptions = own.broker().open(recorder)
        await subscriptions.join("anything")
        await asyncio.to_thread(versions, store)
        server.ask("CONFIG", "SET", "maxmemory", 1)
        await asyncio.to_thread(purge, store, TAGS[1:])
        await recorder.until(lambda: ([TAGS[0]], None) in recorder.stale)
        server.ask("CONFIG", "SET", "maxmemory", 0)
        await subscriptions.aclose()
        await own.aclose()
        await store.aclose()

    run(work)


@pytest.mark.parametrize("secret", [None, "c" * 32], ids=["without a cache", "with a cache"])
def test_calls_of_one_process_reach_those_who_watch_in_another(
    server: Server, prefix: str, way: Way, secret: str | None
) -> None:
    settings = Settings(cache_secret=secret, cache_url=server.url, cache_prefix=prefix, cache_timeout_ms=PATIENT)
    watching, calling = App(FUNCTIONS, settings), App(FUNCTIONS, settings)
    go_live(calling.dispatcher)

    async def work() -> None:
        live, recorder = go_live(watching.dispatcher), Recorder()
        interface = watching.dispatcher.interface()
        bundle = interface.bundle("user")
        tags = {user: interface.watch_tags(bundle, bundle.validate({"user_id": user}, 1)) for user in (1, 2)}
        subscriptions = live.broker.open(recorder)
        await subscriptions.join("anything")
        await asyncio.to_thread(way.run, _call(calling, way))
        await recorder.until(lambda: bool(recorder.stale))
        told = {tag for told, _ in recorder.stale for tag in told}
        assert not told.isdisjoint(tags[1])
        assert told.isdisjoint(tags[2])
        await subscriptions.aclose()
        await live.store.aclose()

    run(work)
    calling.dispatcher.close()


def test_another_broker_announces_after_the_purge(server: Server, prefix: str) -> None:
    """The cache is elsewhere: here in memory."""
    settings = Settings(cache_secret="c" * 32, broker_url=server.url, cache_prefix=prefix, cache_timeout_ms=PATIENT)
    app = App(FUNCTIONS, settings)

    async def work() -> None:
        live, recorder = go_live(app.dispatcher), Recorder()
        subscriptions = live.broker.open(recorder)
        await subscriptions.join("anything")
        await _call(app, Way(waits=True))
        await recorder.until(lambda: bool(recorder.stale))
        await subscriptions.aclose()
        await live.broker.aclose()

    run(work)


def test_an_account_with_the_least_rights(server: Server, prefix: str) -> None:
    """Those that the package's README names."""
    [line] = [line for line in README.read_text().splitlines() if line.startswith("ACL SETUSER") and "+eval" in line]
    server.ask(*line.replace("mizan:*", f"{prefix}*").replace(">password", ">secret").split())
    url = server.url.replace("//", "//mizan:secret@")

    async def work() -> None:
        broker, recorder = open_redis(BackendOptions(url, prefix, cache.TIMEOUT, 5, 0)).broker(), Recorder()
        subscriptions = broker.open(recorder)
        await subscriptions.join("room")
        start = (await broker.read("room")).position
        await broker.apublish("room", b"1")
        await broker.aannounce(["tag"])
        await recorder.until(lambda: bool(recorder.messages and recorder.stale))
        assert (await broker.read("room", start)).recovered
        await broker.enter("room", {"ada": b""}, 60)
        assert await broker.members("room") == {"ada": b""}
        assert await broker.exit("room", ["ada"]) == {"ada": b""}
        await subscriptions.leave("room")
        await subscriptions.aclose()
        await broker.aclose()

    run(work)


@pytest.mark.parametrize("waits", [False, True], ids=["thread", "loop"])
def test_an_account_that_may_not_publish_purges_all_the_same(
    server: Server, prefix: str, caplog: pytest.LogCaptureFixture, *, waits: bool
) -> None:
    store = announcing(open_redis(BackendOptions(_without("publish", server, prefix), prefix, cache.TIMEOUT, 5, 0)))
    before, outages = versions(store), stats().outages

    async def purge_twice() -> None:
        access = store.on_loop if waits else store.in_thread
        for _ in range(2):
            await store.purge(access, TAGS, SOCKET)
        store.announce_by(store.backend.broker())  # type: ignore[attr-defined]
        await store.purge(access, TAGS)
        await store.aclose()

    run(purge_twice)
    assert stats().outages == outages
    assert all(old != new for old, new in zip(before[1:], versions(store)[1:], strict=True))
    [said] = [record.getMessage() for record in caplog.records]
    assert "Redis refuses PUBLISH" in said
    store.close()


def test_pages_that_nobody_tells_find_out_for_themselves(
    server: Server, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mizan_core.live.hub.COMPARE", 0.05)
    monkeypatch.setattr("mizan_core.live.hub.TICK", 0.05)
    url = _without("publish", server, prefix)
    settings = Settings(cache_url=url, cache_secret="c" * 32, cache_prefix=prefix, cache_timeout_ms=PATIENT)
    watching, calling = App(FUNCTIONS, settings), App(FUNCTIONS, settings)

    async def work() -> None:
        live, way = go_live(watching.dispatcher), Way(waits=False)
        hub, told = Hub(live.broker, live.store), Told()
        await asyncio.to_thread(versions, live.store, [])
        interface = watching.dispatcher.interface()
        bundle = interface.bundle("user")
        hub.attach(told)
        await hub.watch(told, 7, interface.watch_tags(bundle, bundle.validate({"user_id": 1}, 1)))
        await asyncio.to_thread(way.run, _call(calling, way))
        assert await asyncio.wait_for(told.ids, 60) == [7]
        await hub.aclose()
        await live.store.aclose()

    run(work)
    calling.dispatcher.close()


class Told:
    """A socket that waits to be told."""

    socket = None

    def __init__(self) -> None:
        self.ids: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()

    def on_tick(self) -> None: ...

    def on_stale(self, ids: Sequence[int]) -> None:
        if not self.ids.done():
            self.ids.set_result(list(ids))

    def on_message(self, *_: object) -> None: ...

    def on_lost(self, *_: object) -> None: ...


def test_an_account_that_may_not_subscribe_is_told_of_once_and_listens_when_it_may(
    server: Server, prefix: str, caplog: pytest.LogCaptureFixture
) -> None:
    url = _without("subscribe", server, prefix)

    async def work() -> None:
        broker, recorder = open_redis(BackendOptions(url, prefix, cache.TIMEOUT, 5, 0)).broker(), Recorder()
        subscriptions, before = broker.open(recorder), _refusals(server)
        await asyncio.to_thread(wait_until, lambda: _refusals(server) >= before + 2)
        server.ask("ACL", "SETUSER", "limited", "+subscribe")
        await subscriptions.join("room")
        await subscriptions.aclose()
        await broker.aclose()

    run(work)
    [said] = [record.getMessage() for record in caplog.records]
    assert "Redis refuses SUBSCRIBE" in said


def _without(command: str, server: Server, prefix: str) -> str:
    """The URL of an account that may do all but one thing."""
    server.ask("ACL", "SETUSER", "limited", "reset", "on", ">secret", f"~{prefix}*", "&*", "+@all", f"-{command}")
    return server.url.replace("//", "//limited:secret@")


def _refusals(server: Server) -> int:
    """How often subscribing has been refused."""
    return int(server.ask("INFO", "commandstats").get("cmdstat_subscribe", {}).get("rejected_calls", 0))


async def _call(app: App, way: Way) -> None:
    await app.call(way.port(), "rename", user_id=1)
    if way.waits:
        await app.dispatcher.aclose()
