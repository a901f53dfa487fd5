"""That the memory which the embedded cache takes is what it was allowed to take."""

from __future__ import annotations

import tracemalloc

import pytest

from mizan_core.cache.memory import MemoryCache

ROOM = 4 * 1_048_576


@pytest.mark.parametrize(("size", "count"), [(8, 40_000), (300, 20_000), (20_000, 1_000), (1_048_576, 20)])
@pytest.mark.parametrize("key", ["tag:user:{:032x}", "ctx:a-context:{:064x}"])
def test_it_keeps_within_its_bound(size: int, count: int, key: str) -> None:
    tracemalloc.start()
    try:
        cache = MemoryCache(ROOM)
        before, _ = tracemalloc.get_traced_memory()
        for number in range(count):
            cache.write({key.format(number): bytes(size)}, 60)
            if number % 3 == 0:
                cache.read([key.format(number // 2)])
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < ROOM * 1.1
    # What it may take it uses.
    assert after - before > ROOM * 0.5


def test_replacing_and_removing_give_the_room_back() -> None:
    cache = MemoryCache(ROOM)
    for _ in range(100):
        cache.write({"key": bytes(ROOM // 2)}, 60)
    cache.delete(["key"])
    names = [str(number) for number in range(9)]
    cache.write({name: bytes(ROOM // 10) for name in names}, 60)
    assert None not in cache.read(names)
