"""Forks, event loops and threads."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import suppress

import pytest

from mizan_core.cache.backend import BackendUnavailable
from mizan_core.cache.opening import BackendOptions
from mizan_core.cache.store import Store
from mizan_redis import RedisCache, open_redis
from tests.cache.redis import clock
from tests.cache.redis.conftest import LONGEST, SHORT, Connect
from tests.cache.redis.servers import PATIENCE, Server, wait_until
from tests.cache.redis.site import KEYER, Database, entry, tags
from tests.cache.redis.wire import Wire


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    with Wire(server.port) as wire:
        yield wire


class TestFork:
    @pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
    def test_a_child_has_connections_of_its_own(self, shared_server: Server, connect: Connect) -> None:
        """Parent and children at once: on a shared socket they would get one another's replies."""
        cache = connect(shared_server.url)
        cache.write({"before": b"fork"}, 60)
        children = [_fork(lambda name=name: _write_and_read(cache, f"child {name}", 200)) for name in range(3)]
        _write_and_read(cache, "parent", 200)
        assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
        assert cache.read(["before"]) == [b"fork"]

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
    def test_a_child_is_not_held_up_by_what_the_parents_threads_held(self, server: Server, connect: Connect) -> None:
        """Every connection is taken, and the locks are, when the fork happens."""
        cache = connect(server.url, SHORT)
        cache.write({"key": b"value"}, 60)
        server.pause()
        threads = [threading.Thread(target=_attempt, args=(cache,)) for _ in range(20)]
        for thread in threads:
            thread.start()
        time.sleep(SHORT / 4)
        child = _fork(lambda: _read_patiently(cache))
        server.resume()
        for thread in threads:
            thread.join()
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


class TestEventLoops:
    def test_each_has_connections_of_its_own(self, shared_server: Server, connect: Connect) -> None:
        """Side by side in threads, and one after the other."""
        cache = connect(shared_server.url)

        async def use(name: str) -> None:
            for turn in range(20):
                await cache.awrite({name: b"%d" % turn}, 60)
                assert await cache.aread([name]) == [b"%d" % turn]
            await cache.aclose()

        for _ in range(2):
            threads = [threading.Thread(target=asyncio.run, args=(use(f"loop {number}"),)) for number in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE)
            assert cache.read(["loop 0", "loop 3"]) == [b"19", b"19"]

    def test_what_closed_loops_leave_behind_is_dropped_with_the_next(
        self, shared_server: Server, connect: Connect
    ) -> None:
        cache = connect(shared_server.url)

        async def use() -> None:
            await cache.awrite({"key": b"value"}, 60)

        async def use_and_close() -> None:
            await use()
            await cache.aclose()

        before = shared_server.ask("INFO", "clients")["connected_clients"]
        with warnings.catch_warnings():
            # It is the loop's owner who could have closed them first.
            warnings.simplefilter("ignore", ResourceWarning)
            for _ in range(5):
                asyncio.run(use())
            asyncio.run(use_and_close())
            gc.collect()
            wait_until(lambda: bool(shared_server.ask("INFO", "clients")["connected_clients"] <= before))

    def test_more_tasks_than_connections(self, shared_server: Server, prefix: str) -> None:
        """They wait for one another."""
        cache = open_redis(BackendOptions(shared_server.url, prefix, timeout=PATIENCE, pool_size=3, max_bytes=0))

        async def use() -> int:
            await asyncio.gather(*(cache.awrite({f"{number}": b"%d" % number}, 60) for number in range(200)))
            found = await asyncio.gather(*(cache.aread([f"{number}"]) for number in range(200)))
            assert found == [[b"%d" % number] for number in range(200)]
            clients = int(shared_server.ask("INFO", "clients")["connected_clients"])
            await cache.aclose()
            return clients

        before = int(shared_server.ask("INFO", "clients")["connected_clients"])
        assert asyncio.run(use()) <= before + 3

    def test_a_task_that_is_cancelled_leaves_no_reply_to_the_next(self, wire: Wire, connect: Connect) -> None:
        """A connection whose reply nobody took would give it to whoever asks next."""
        cache = connect(wire.url)

        async def use() -> None:
            await cache.awrite({f"{number}": b"%d" % number for number in range(50)}, 60)
            for number in range(50):
                task = asyncio.create_task(cache.aread([f"{number}"]))
                for _ in range(number % 7):
                    await asyncio.sleep(0)
                task.cancel()
                assert await cache.aread([f"{number + 1}", "0"]) == [
                    None if number == 49 else b"%d" % (number + 1),
                    b"0",
                ]
            await cache.aclose()

        asyncio.run(use())

    def test_a_connection_cut_between_two_requests_costs_nothing(self, wire: Wire, connect: Connect) -> None:
        """As in threads."""
        cache = connect(wire.url)

        async def use() -> None:
            await asyncio.gather(*(cache.awrite({"key": b"value"}, 60) for _ in range(3)))
            wire.cut()
            # Until the loop has heard of it.
            await asyncio.sleep(0.1)
            assert await asyncio.gather(*(cache.aread(["key"]) for _ in range(3))) == [[b"value"]] * 3
            await cache.aclose()

        asyncio.run(use())

    def test_an_outage(self, server: Server, connect: Connect) -> None:
        """As in threads: no waiting beyond the timeout, nothing stale."""
        cache = connect(server.url, SHORT)
        store, database = Store(cache, KEYER), Database()

        async def fetch() -> str:
            began = clock.now()
            lookup = await store.look_up(store.on_loop, entry(0), tags(0))
            value = lookup.body or database.read(0)
            if lookup.versions is not None:
                await store.save(store.on_loop, entry(0), tags(0), lookup.versions, value, 60)
            assert value == database.read(0)
            assert clock.now() - began < LONGEST
            return "HIT" if lookup.body is not None else "MISS" if lookup.versions is not None else "BYPASS"

        async def use() -> None:
            assert [await fetch() for _ in range(2)] == ["MISS", "HIT"]
            for fail, mend in ((server.pause, server.resume), (server.kill, server.start)):
                fail()
                began = clock.now()
                database.change(0)
                await store.purge(store.on_loop, tags(0))
                assert clock.now() - began < LONGEST
                assert await fetch() == "BYPASS"
                mend()
                while await fetch() != "HIT":
                    assert clock.now() - began < PATIENCE
                    await asyncio.sleep(0.02)
            await cache.aclose()

        asyncio.run(use())


def test_more_threads_than_connections(shared_server: Server, prefix: str) -> None:
    """They wait for one another, but not for ever."""
    cache = open_redis(BackendOptions(shared_server.url, prefix, timeout=PATIENCE, pool_size=2, max_bytes=0))
    threads = [threading.Thread(target=_write_and_read, args=(cache, f"thread {number}", 50)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert cache.read([f"thread {number}" for number in range(12)]) == [b"49"] * 12
    cache.close()


def test_waiting_for_a_connection_ends_too(server: Server, prefix: str) -> None:
    cache = open_redis(BackendOptions(server.url, prefix, timeout=SHORT, pool_size=1, max_bytes=0))
    cache.write({"key": b"value"}, 60)
    server.pause()
    began = clock.now()
    threads = [threading.Thread(target=_attempt, args=(cache,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert clock.now() - began < LONGEST + SHORT
    cache.close()


def _write_and_read(cache: RedisCache, name: str, turns: int) -> None:
    for turn in range(turns):
        cache.write({name: b"%d" % turn}, 60)
        assert cache.read([name]) == [b"%d" % turn]


def _attempt(cache: RedisCache) -> None:
    with suppress(BackendUnavailable):
        cache.read(["key"])


def _read_patiently(cache: RedisCache) -> None:
    """The server may need a moment after its pause."""

    def read() -> bool:
        try:
            return cache.read(["key"]) == [b"value"]
        except BackendUnavailable:
            return False

    wait_until(read)


def _fork(work: object) -> int:
    """Do *work* in a forked child, which ends with 0 when nothing was raised."""
    assert callable(work)
    with warnings.catch_warnings():
        # Forking beside threads is what is tested.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)
