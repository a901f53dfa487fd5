"""What every cache backend must do, as tests that any runner can run (``CacheBackend`` in ``backend.py``).

The tests of a backend subclass ``BackendConformance`` and say how to make one::

    class TestMyCache(BackendConformance):
        def make_backend(self) -> MyCache:
            return MyCache(...)
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

from mizan_core.cache.access import Access, LoopAccess, ThreadAccess
from mizan_core.cache.backend import BackendUnavailable, Beat, CacheBackend, ClosableBackend, SharedBackend
from mizan_core.coroutines import complete_now

_TTL = 60
_CLAIMANTS = 16
_BIG = 3 * 1_048_576


def _in_both_ways(
    check: Callable[[BackendConformance, Access], Coroutine[Any, Any, None]],
) -> Callable[[BackendConformance], None]:
    """A test of a new backend in each way of calling one: from a thread, and on an event loop."""

    def test(self: BackendConformance) -> None:
        threaded = self.make_backend()
        complete_now(check(self, ThreadAccess(threaded)))
        self.dispose(threaded)

        async def run() -> None:
            backend = self.make_backend()
            await check(self, LoopAccess(backend))
            await self.adispose(backend)

        asyncio.run(run())

    test.__name__ = check.__name__
    return test


class BackendConformance:
    """The suite. Keys are new in each test, so that a store need not be emptied in between."""

    def make_backend(self) -> CacheBackend:
        """A backend that can be reached and has room for some megabytes. Two of them may share what they store."""
        raise NotImplementedError

    def make_unreachable_backend(self) -> CacheBackend | None:
        """A backend whose store does not answer; None where there is no such thing."""
        return None

    def pass_time(self, seconds: float) -> None:
        """Let the time go by that entries live in."""
        time.sleep(seconds)

    def dispose(self, backend: CacheBackend) -> None:
        """Close what *backend* has opened for threads."""
        if isinstance(backend, ClosableBackend):
            backend.close()

    async def adispose(self, backend: CacheBackend) -> None:
        """Close what *backend* has opened on the running event loop."""
        if isinstance(backend, ClosableBackend):
            await backend.aclose()

    @_in_both_ways
    async def test_what_is_missing_reads_as_none(self, backend: Access) -> None:
        _expect(await backend.read([_key(), _key()]), [None, None])

    @_in_both_ways
    async def test_written_values_are_read_in_the_order_of_the_keys(self, backend: Access) -> None:
        keys = [_key() for _ in range(20)]
        await backend.write({key: key.encode() for key in keys[::2]}, _TTL)
        wanted = [key.encode() if index % 2 == 0 else None for index, key in enumerate(keys)]
        _expect(await backend.read(keys), wanted)
        _expect(await backend.read(keys[::-1]), wanted[::-1])

    @_in_both_ways
    async def test_a_write_replaces(self, backend: Access) -> None:
        key = _key()
        for value in (b"old", b"", b"new"):
            await backend.write({key: value}, _TTL)
            _expect(await backend.read([key]), [value])

    @_in_both_ways
    async def test_values_are_any_bytes(self, backend: Access) -> None:
        values = {_key(): value for value in (b"", b"\x00", b"\r\n$3\r\n", bytes(range(256)), b"\xff\xfe", b"None")}
        await backend.write(values, _TTL)
        _expect(await backend.read(list(values)), list(values.values()))

    @_in_both_ways
    async def test_keys_are_any_text(self, backend: Access) -> None:
        start = _key()
        values = {start + end: end.encode() for end in ("a", "A", ":a", " a", "{a}", "a}{", "\n", "ä", "\U0001f511")}
        await backend.write(values, _TTL)
        _expect(await backend.read(list(values)), list(values.values()))

    @_in_both_ways
    async def test_a_big_value_comes_back_whole_or_not_at_all(self, backend: Access) -> None:
        key, value = _key(), secrets.token_bytes(_BIG)
        await backend.write({key: b"small"}, _TTL)
        await backend.write({key: value}, _TTL)
        _expect((await backend.read([key]))[0] in (value, None), True)

    @_in_both_ways
    async def test_a_key_may_be_read_twice_at_once(self, backend: Access) -> None:
        key = _key()
        await backend.write({key: b"value"}, _TTL)
        _expect(await backend.read([key, key]), [b"value", b"value"])

    @_in_both_ways
    async def test_nothing_is_asked_for(self, backend: Access) -> None:
        _expect(await backend.read([]), [])
        _expect(await backend.claim({}, _TTL), [])
        await backend.write({}, _TTL)

    @_in_both_ways
    async def test_a_claim_sets_what_is_missing_and_keeps_what_is_there(self, backend: Access) -> None:
        there, missing = _key(), _key()
        await backend.write({there: b"first"}, _TTL)
        _expect(await backend.claim({there: b"second", missing: b"own"}, _TTL), [b"first", b"own"])
        _expect(await backend.claim({missing: b"third", there: b"fourth"}, _TTL), [b"own", b"first"])
        _expect(await backend.read([there, missing]), [b"first", b"own"])

    @_in_both_ways
    async def test_a_write_tells_what_other_keys_hold(self, backend: Access) -> None:
        there, missing, key = _key(), _key(), _key()
        await backend.write({there: b"there"}, _TTL)
        _expect(await backend.write({key: b"value"}, _TTL, [there, missing]), [b"there", None])
        _expect(await backend.read([key]), [b"value"])

    @_in_both_ways
    async def test_what_is_deleted_is_missing(self, backend: Access) -> None:
        gone, kept, never = _key(), _key(), _key()
        await backend.write({gone: b"value", kept: b"value"}, _TTL)
        await backend.delete([gone, never])
        _expect(await backend.read([gone, kept, never]), [None, b"value", None])
        await backend.delete([])

    @_in_both_ways
    async def test_tags_live_with_what_is_saved_and_are_not_made_by_it(self, backend: Access) -> None:
        key, tag, other, missing = _key(), _key(), _key(), _key()
        await backend.write({tag: b"version", other: b"version"}, 1)
        await backend.save(key, b"value", _TTL, [tag, missing], _TTL)
        _expect(await backend.read([key, tag, missing]), [b"value", b"version", None])
        self.pass_time(1.2)
        _expect(await backend.read([key, tag, other, missing]), [b"value", b"version", None, None])

    @_in_both_ways
    async def test_entries_end_with_their_time(self, backend: Access) -> None:
        written, claimed, lasting = _key(), _key(), _key()
        await backend.write({written: b"short"}, 1)
        await backend.claim({claimed: b"short"}, 1)
        await backend.write({lasting: b"long"}, _TTL)
        self.pass_time(1.2)
        _expect(await backend.read([written, claimed, lasting]), [None, None, b"long"])
        _expect(await backend.claim({written: b"again"}, _TTL), [b"again"])

    @_in_both_ways
    async def test_a_write_starts_the_time_anew_and_a_claim_does_not(self, backend: Access) -> None:
        rewritten, claimed = _key(), _key()
        await backend.write({rewritten: b"short", claimed: b"short"}, 1)
        await backend.write({rewritten: b"long"}, _TTL)
        await backend.claim({claimed: b"long"}, _TTL)
        self.pass_time(1.2)
        _expect(await backend.read([rewritten, claimed]), [b"long", None])

    def test_threads_that_claim_at_once_get_the_same_value(self) -> None:
        """One claim wins; whoever loses must be told the value that won."""
        backend, key = self.make_backend(), _key()
        values = [secrets.token_bytes(8) for _ in range(_CLAIMANTS)]
        barrier, told = threading.Barrier(_CLAIMANTS), list[bytes]()

        def claim(value: bytes) -> None:
            barrier.wait(_TTL)
            told.extend(backend.claim({key: value}, _TTL))

        threads = [threading.Thread(target=claim, args=(value,)) for value in values]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(_TTL)
        _expect(len(told), _CLAIMANTS)
        _expect(len(set(told)), 1)
        _expect(told[0] in values, True)
        _expect(backend.read([key]), told[:1])
        self.dispose(backend)

    def test_tasks_that_claim_at_once_get_the_same_value(self) -> None:
        async def claim_at_once() -> None:
            backend, key = self.make_backend(), _key()
            values = [secrets.token_bytes(8) for _ in range(_CLAIMANTS)]
            told = await asyncio.gather(*(backend.aclaim({key: value}, _TTL) for value in values))
            winners = {value for [value] in told}
            _expect(len(winners), 1)
            _expect(winners < set(values), True)
            _expect(await backend.aread([key]), list(winners))
            await self.adispose(backend)

        asyncio.run(claim_at_once())

    def test_threads_and_event_loops_see_the_same(self) -> None:
        backend, key = self.make_backend(), _key()
        backend.write({key: b"by a thread"}, _TTL)

        async def read_and_write() -> None:
            _expect(await backend.aread([key]), [b"by a thread"])
            await backend.awrite({key: b"by a task"}, _TTL)
            await self.adispose(backend)

        for _ in range(2):
            asyncio.run(read_and_write())
            _expect(backend.read([key]), [b"by a task"])
            backend.write({key: b"by a thread"}, _TTL)
        self.dispose(backend)

    def test_closing_is_offered_for_both_ways_of_calling_or_for_none(self) -> None:
        backend = self.make_backend()
        _expect(hasattr(backend, "close"), hasattr(backend, "aclose"))
        self.dispose(backend)

    def test_a_closed_backend_opens_by_itself_what_it_needs(self) -> None:
        backend, key = self.make_backend(), _key()

        async def write_twice() -> None:
            for value in (b"first", b"second"):
                await backend.awrite({key: value}, _TTL)
                await self.adispose(backend)
                await self.adispose(backend)

        asyncio.run(write_twice())
        for _ in range(2):
            _expect(backend.read([key]), [b"second"])
            self.dispose(backend)
            self.dispose(backend)

    def test_an_unreachable_store_is_reported_as_such(self) -> None:
        """With ``BackendUnavailable``, and soon."""
        backend = self.make_unreachable_backend()
        if backend is None:
            return
        for operation in _operations(ThreadAccess(backend)):
            _expect_unavailable(complete_now(_outcome(operation)))
        self.dispose(backend)

        async def attempt_all() -> None:
            for operation in _operations(LoopAccess(backend)):
                _expect_unavailable(await _outcome(operation))
            await self.adispose(backend)

        asyncio.run(attempt_all())


class SharedBackendConformance(BackendConformance):
    """As ``BackendConformance``, for a ``SharedBackend``."""

    def test_it_is_one(self) -> None:
        backend = self.make_backend()
        _expect(isinstance(backend, SharedBackend), True)
        self.dispose(backend)

    def test_a_beat_renews_the_lease_and_makes_none(self) -> None:
        backend = self._shared()
        lease, roster, missing = _key(), _key(), _key()
        backend.write({lease: b"value"}, 1)
        _expect(backend.beat(Beat(lease, _TTL, roster, _TTL, {"a": b"1"}, [])).lease, b"value")
        _expect(backend.beat(Beat(missing, _TTL, roster, _TTL, {"a": b"1"}, [])).lease, None)
        self.pass_time(1.2)
        _expect(backend.read([lease, missing]), [b"value", None])
        self.dispose(backend)

    def test_a_beat_gives_the_roster_as_it_was_before(self) -> None:
        backend = self._shared()
        lease, roster = _key(), _key()
        beats = [({"a": b"1", "b": b"2"}, ["never"]), ({"a": b"3"}, ["b"]), ({"c": b"\x00\xff"}, []), ({"a": b"4"}, [])]
        wanted: list[dict[str, bytes]] = [{}, {"a": b"1", "b": b"2"}, {"a": b"3"}, {"a": b"3", "c": b"\x00\xff"}]
        found = [dict(backend.beat(Beat(lease, _TTL, roster, _TTL, *changes)).fields) for changes in beats]
        _expect(found, wanted)
        self.dispose(backend)

    def test_members_are_enrolled_and_struck(self) -> None:
        backend = self._shared()
        lease, roster = _key(), _key()
        backend.enroll(roster, _TTL, {"a": b"1", "b": b"1"})
        backend.strike(roster, ["b", "never"])
        backend.strike(roster, [])

        async def enroll() -> None:
            await backend.aenroll(roster, _TTL, {"c": b"1"})
            await self.adispose(backend)

        asyncio.run(enroll())
        _expect(dict(backend.beat(Beat(lease, _TTL, roster, _TTL, {"d": b"1"}, [])).fields), {"a": b"1", "c": b"1"})
        self.dispose(backend)

    def test_a_roster_ends_with_its_time(self) -> None:
        backend = self._shared()
        lease, roster = _key(), _key()
        backend.enroll(roster, 1, {"a": b"1"})
        self.pass_time(1.2)
        _expect(dict(backend.beat(Beat(lease, _TTL, roster, _TTL, {"b": b"1"}, [])).fields), {})
        self.dispose(backend)

    def _shared(self) -> SharedBackend:
        backend = self.make_backend()
        if not isinstance(backend, SharedBackend):
            raise TypeError("make_backend gives no SharedBackend")
        return backend


def _operations(backend: Access) -> list[Callable[[], Coroutine[Any, Any, Any]]]:
    return [
        lambda: backend.read([_key()]),
        lambda: backend.claim({_key(): b"value"}, _TTL),
        lambda: backend.write({_key(): b"value"}, _TTL),
        lambda: backend.save(_key(), b"value", _TTL, [_key()], _TTL),
        lambda: backend.delete([_key()]),
    ]


async def _outcome(operation: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """What *operation* gives or raises."""
    try:
        return await operation()
    except Exception as error:  # noqa: BLE001 - the caller says which one it must be
        return error


def _key() -> str:
    return f"conformance:{secrets.token_hex(8)}"


def _expect(actual: object, wanted: object) -> None:
    if actual != wanted:
        raise AssertionError(f"expected {wanted!r:.200}, got {actual!r:.200}")


def _expect_unavailable(outcome: object) -> None:
    if not isinstance(outcome, BackendUnavailable):
        raise AssertionError(f"expected BackendUnavailable, got {outcome!r:.200}")
