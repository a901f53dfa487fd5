"""Connections that are cut, servers that forget: whoever follows a topic has every message once, or knows better."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from mizan_core.cache.backend import BackendUnavailable
from mizan_core.live.broker import Broker, Position
from mizan_core.live.conformance import Recorder
from tests.cache.redis.conftest import SHORT
from tests.cache.redis.servers import HOST, Cluster, SentinelServer, Server, wait_until
from tests.cache.redis.wire import Wire
from tests.conformance.target import ROOT
from tests.live.redis.conftest import ConnectBroker
from tests.live.redis.following import Follower

TOPIC = "room"


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    with Wire(server.port) as wire:
        yield wire


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


async def publish(broker: Broker, *data: bytes) -> None:
    """Publish each, however often it takes. What fails may have been published all the same: so no fault meanwhile."""
    for each in data:
        await broker.apublish(TOPIC, each)


async def eventually(operation: Callable[[], Awaitable[Any]]) -> Any:
    """What *operation* gives when it succeeds at last."""
    for _ in range(1_200):
        with suppress(BackendUnavailable):
            return await operation()
        await asyncio.sleep(0.05)
    raise AssertionError("it has not succeeded")


def numbers(count: int, start: int = 0) -> list[bytes]:
    return [b"%d" % number for number in range(start, start + count)]


def test_connections_that_are_killed_between_messages_lose_none(server: Server, connect_broker: ConnectBroker) -> None:
    async def work() -> None:
        follower = Follower(connect_broker(server.url, history=500), TOPIC)
        other = connect_broker(server.url, history=500)
        await follower.start()
        for number in range(300):
            await publish(other, b"%d" % number)
            if number % 30 == 7:
                server.ask("CLIENT", "KILL", "TYPE", "pubsub")
        await follower.until(lambda: len(follower.seen) == 300)
        assert follower.seen == numbers(300)
        assert follower.reconnects > 1
        await follower.stop()
        await other.aclose()

    run(work)


def test_the_last_message_leaves_no_hole_and_is_found_all_the_same(
    server: Server, wire: Wire, connect_broker: ConnectBroker
) -> None:
    async def work() -> None:
        follower, other = Follower(connect_broker(wire.url), TOPIC), connect_broker(server.url)
        await follower.start()
        await publish(other, b"heard")
        await follower.until(lambda: follower.seen == [b"heard"])
        await asyncio.to_thread(wire.lead_to, None)
        await publish(other, b"the last")
        await asyncio.to_thread(wire.lead_to, server.port)
        await follower.until(lambda: follower.seen == [b"heard", b"the last"])
        await follower.stop()
        await other.aclose()

    run(work)


def test_what_is_no_longer_remembered_is_a_gap(server: Server, wire: Wire, connect_broker: ConnectBroker) -> None:
    async def work() -> None:
        follower = Follower(connect_broker(wire.url, history=20), TOPIC)
        other = connect_broker(server.url, history=20)
        await follower.start()
        for count in (20, 21):
            start = await _cut(follower, wire)
            await publish(other, *numbers(count))
            await asyncio.to_thread(wire.lead_to, server.port)
            wanted = numbers(20) if count == 20 else [None]
            await follower.until(lambda start=start, wanted=wanted: follower.seen[start:] == wanted)  # type: ignore[misc]
        await publish(other, b"next")
        await follower.until(lambda: follower.seen[-1] == b"next")
        await follower.stop()
        await other.aclose()

    run(work)


def test_a_server_that_is_emptied_is_a_gap(server: Server, connect_broker: ConnectBroker) -> None:
    """Nothing is cut: only the epoch tells."""

    async def work() -> None:
        follower, other = Follower(connect_broker(server.url), TOPIC), connect_broker(server.url)
        await follower.start()
        await publish(other, *numbers(5))
        await follower.until(lambda: follower.seen == numbers(5))
        server.ask("FLUSHALL")
        await publish(other, *numbers(7, 5))
        await follower.until(lambda: None in follower.seen and follower.position == Position(_epoch(follower), 7))
        await publish(other, b"next")
        await follower.until(lambda: follower.seen[-1] == b"next")
        assert follower.seen[:6] == [*numbers(5), None]
        await follower.stop()
        await other.aclose()

    run(work)


@pytest.mark.parametrize("has_snapshot", [False, True])
def test_a_server_that_starts_anew_is_a_gap(server: Server, connect_broker: ConnectBroker, has_snapshot: bool) -> None:
    """With an old snapshot it would count on from where others have been long ago."""

    async def work() -> None:
        follower, other = Follower(connect_broker(server.url), TOPIC), connect_broker(server.url)
        await follower.start()
        await publish(other, *numbers(3))
        if has_snapshot:
            server.ask("SAVE")
        await publish(other, *numbers(2, 3))
        await follower.until(lambda: follower.seen == numbers(5))
        before = follower.position
        await asyncio.to_thread(server.restart)
        await eventually(lambda: publish(other, b"after"))
        await follower.until(lambda: follower.position == Position(_epoch(follower), 1) and follower.position != before)
        await publish(other, b"next")
        await follower.until(lambda: follower.seen[-1] == b"next")
        assert follower.seen[:6] == [*numbers(5), None]
        await follower.stop()
        await other.aclose()

    run(work)


def test_a_server_that_stands_still_holds_nobody_up(server: Server, connect_broker: ConnectBroker) -> None:
    async def work() -> None:
        follower = Follower(connect_broker(server.url, timeout=SHORT), TOPIC)
        other = connect_broker(server.url, timeout=SHORT)
        await follower.start()
        await publish(other, b"before")
        await follower.until(lambda: follower.seen == [b"before"])
        known = follower.reconnects
        server.pause()
        with pytest.raises(BackendUnavailable):
            await other.apublish(TOPIC, b"lost")
        # The connection stays, and says nothing: that is found out by asking.
        await asyncio.sleep(1)
        server.resume()
        await follower.until(lambda: follower.reconnects > known)
        await eventually(lambda: publish(other, b"after"))
        await follower.until(lambda: follower.seen[-1] == b"after")
        assert None not in follower.seen
        await follower.stop()
        await other.aclose()

    run(work)


def test_two_processes_publish_in_one_order(server: Server, connect_broker: ConnectBroker, prefix: str) -> None:
    script = (
        "import asyncio, sys; from mizan_redis import open_redis_broker; "
        "from mizan_core.cache.opening import BackendOptions; "
        "broker = open_redis_broker(BackendOptions(sys.argv[1], sys.argv[2], 5.0, 5, 0)); "
        "[broker.publish('room', b'other:%d' % number) for number in range(100)]"
    )

    async def work() -> None:
        followers = [Follower(connect_broker(server.url, history=300), TOPIC) for _ in range(2)]
        own = connect_broker(server.url, history=300)
        for follower in followers:
            await follower.start()
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, server.url, prefix, cwd=ROOT)
        for number in range(100):
            await own.apublish(TOPIC, b"own:%d" % number)
            await asyncio.sleep(0.005)
        assert await process.wait() == 0
        for follower in followers:
            await follower.until(lambda follower=follower: len(follower.seen) == 200)  # type: ignore[misc]
            for name in (b"own", b"other"):
                told = [data for data in follower.seen if data is not None and data.startswith(name)]
                assert told == [b"%s:%d" % (name, number) for number in range(100)]
        assert followers[0].seen == followers[1].seen
        for follower in followers:
            await follower.stop()
        await own.aclose()

    run(work)


def test_databases_and_prefixes_keep_apart(server: Server, connect_broker: ConnectBroker) -> None:
    """Redis itself shares what is published between the databases of a server."""

    async def work() -> None:
        urls = [server.url, server.url.removesuffix("0") + "1"]
        followers = [Follower(connect_broker(url), TOPIC) for url in urls]
        for follower in followers:
            await follower.start()
        others = [connect_broker(url) for url in urls]
        for other, url in zip(others, urls, strict=True):
            await publish(other, url.encode(), url.encode())
            await other.aclose()
        for follower, url in zip(followers, urls, strict=True):
            await follower.until(lambda follower=follower: len(follower.seen) == 2)  # type: ignore[misc]
            assert follower.seen == [url.encode()] * 2
            await follower.stop()

    run(work)


def test_a_stranger_who_publishes_under_our_names_is_left_out(
    server: Server, connect_broker: ConnectBroker, prefix: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        # One that does not ask whether the server is there: who has connected anew would not hear for a moment.
        recorder, broker = Recorder(), connect_broker(server.url, beat=600.0)
        subscriptions = broker.open(recorder)
        await subscriptions.join(TOPIC)
        for channel, payload in ((f"{prefix}0:stale", "{"), (f"{prefix}0:stale", "[]"), (f"{prefix}0:topic:room", "?")):
            assert server.ask("PUBLISH", channel, payload) == 1
        await publish(broker, b"ours")
        await broker.aannounce(["tag"])
        await recorder.until(lambda: recorder.heard(TOPIC) == [b"ours"] and recorder.stale == [(["tag"], None)])
        await subscriptions.aclose()
        await broker.aclose()

    run(work)
    assert [record.getMessage()[:13] for record in caplog.records if record.name == "mizan.live"] == [
        "Somebody else"
    ] * 3


def test_joining_waits_for_a_server_that_comes_back(server: Server, connect_broker: ConnectBroker) -> None:
    async def work() -> None:
        server.kill()
        recorder, broker = Recorder(), connect_broker(server.url)
        subscriptions = broker.open(recorder)
        joining = asyncio.create_task(subscriptions.join(TOPIC))
        await asyncio.sleep(0.2)
        assert not joining.done()
        await asyncio.to_thread(server.start)
        await eventually(lambda: joining if not joining.done() else subscriptions.join(TOPIC))
        await eventually(lambda: publish(broker, b"1"))
        await recorder.until(lambda: recorder.heard(TOPIC) == [b"1"])
        await subscriptions.aclose()
        await broker.aclose()

    run(work)


def test_leaving_ends_a_join_that_waits(dead_url: str, connect_broker: ConnectBroker) -> None:
    async def work() -> None:
        subscriptions = connect_broker(dead_url).open(Recorder())
        joining = asyncio.create_task(subscriptions.join(TOPIC))
        await asyncio.sleep(0)
        await subscriptions.leave(TOPIC)
        with pytest.raises(BackendUnavailable):
            await asyncio.wait_for(joining, 60)
        await subscriptions.aclose()

    run(work)


def test_a_fail_over_is_a_gap_and_goes_on(tmp_path: Path, connect_broker: ConnectBroker) -> None:
    master = Server(tmp_path / "master")
    replica = Server(tmp_path / "replica", "--replicaof", HOST, str(master.port))
    sentinel = SentinelServer(tmp_path / "sentinel", master.port)
    started = [master, replica, sentinel]
    try:
        for server in started:
            server.start()
        wait_until(lambda: f"port={replica.port}" in str(sentinel.ask("INFO", "sentinel")) or _knows(sentinel, replica))
        url = f"redis+sentinel://{HOST}:{sentinel.port}/main"
        run(lambda: _follow_through(url, connect_broker, master.kill))
    finally:
        for server in started:
            server.kill()


def test_a_cluster_whose_server_is_replaced_goes_on(
    cluster: Cluster, tmp_path: Path, connect_broker: ConnectBroker, prefix: str
) -> None:
    lost = cluster.owner(f"{prefix}{{topic:{TOPIC}}}")
    replica = cluster.add_replica(tmp_path / "replica", lost)
    assert replica.port != lost.port
    run(lambda: _follow_through(cluster.url, connect_broker, lost.kill))


async def _follow_through(url: str, connect_broker: ConnectBroker, fail: Callable[[], None]) -> None:
    """Follow a topic over the loss of the server that has it."""
    follower, other = Follower(connect_broker(url), TOPIC), connect_broker(url)
    await follower.start()
    await publish(other, *numbers(5))
    await follower.until(lambda: follower.seen == numbers(5))
    await asyncio.to_thread(fail)
    await eventually(lambda: publish(other, b"after"))
    await follower.until(lambda: None in follower.seen)
    await eventually(lambda: publish(other, b"next"))
    await follower.until(lambda: follower.seen[-1] == b"next")
    assert follower.seen[:6] == [*numbers(5), None]
    await follower.stop()
    await other.aclose()


def test_topics_of_a_cluster_are_on_all_of_its_servers(shared_cluster: Cluster, connect_broker: ConnectBroker) -> None:
    async def work() -> None:
        recorder, broker = Recorder(), connect_broker(shared_cluster.url)
        subscriptions, other = broker.open(recorder), connect_broker(shared_cluster.url)
        topics = [f"room {number}" for number in range(24)]
        for topic in topics:
            await subscriptions.join(topic)
        for topic in topics:
            await other.apublish(topic, topic.encode())
        await recorder.until(lambda: len(recorder.messages) == len(topics))
        assert all(recorder.heard(topic) == [topic.encode()] for topic in topics)
        assert [head.offset for head in await broker.heads(topics)] == [1] * len(topics)
        await subscriptions.aclose()
        await broker.aclose()
        await other.aclose()

    run(work)


async def _cut(follower: Follower, wire: Wire) -> int:
    """Cut whoever follows off; gives how much it has seen."""
    await asyncio.to_thread(wire.lead_to, None)
    return len(follower.seen)


def _epoch(follower: Follower) -> str:
    return "" if follower.position is None else follower.position.epoch


def _knows(sentinel: Server, replica: Server) -> bool:
    return str(replica.port) in str(sentinel.ask("SENTINEL", "REPLICAS", "main"))
