"""A fetch and the cache: what is kept, who gets it, and why it is left out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator

from mizan_core.cache.backend import BackendUnavailable
from mizan_core.cache.bypass import Bypass, BypassReason
from mizan_core.cache.memory import MemoryCache
from mizan_core.call.outcome import Fetched, FetchOutcome, Refused, Result
from mizan_core.client import CachePolicy
from mizan_core.errors import Conflict
from mizan_core.settings import Settings
from mizan_core.viewer import ANONYMOUS, Viewer
from tests.call.fakes import ADA, TOKEN, App, FakePort, Way

EVA = Viewer(authenticated=True, id="eva")
NAMELESS = Viewer(authenticated=True)


class Counter:
    """Counts its runs, in whatever thread; *readies* what a test needs meanwhile."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, request: Any, user_id: int) -> int:
        self.runs += 1
        return self.runs


def counting(options: dict[str, Any] | None = None, settings: Settings | None = None) -> tuple[App, Counter]:
    counter = Counter()

    def note(request: Any, user_id: int) -> int:
        return counter(request, user_id)

    def change(request: Any, user_id: int) -> None: ...

    functions: dict[Any, dict[str, Any]] = {note: {"context": "user", **(options or {})}, change: {"affects": "user"}}
    return (App(functions) if settings is None else App(functions, settings)), counter


def fetched(outcome: FetchOutcome) -> Fetched:
    assert isinstance(outcome, Fetched)
    return outcome


def test_what_was_read_once_is_kept_until_it_is_stale(way: Way) -> None:
    app, counter = counting()
    found = [fetched(way.run(app.fetch(way.port(), "user", user_id=1))) for _ in range(2)]
    assert isinstance(way.run(app.call(way.port(), "change", user_id=1)), Result)
    found += [fetched(way.run(app.fetch(way.port(), "user", user_id=1))) for _ in range(2)]
    assert [(each.body, each.is_hit) for each in found] == [
        (b'{"note":1}', False),
        (b'{"note":1}', True),
        (b'{"note":2}', False),
        (b'{"note":2}', True),
    ]
    assert counter.runs == 2


def test_a_bundle_says_what_makes_it_stale(way: Way) -> None:
    """Whoever watches it compares the versions of its tags; a hit and the miss before it say the same."""
    app, _ = counting()
    miss, hit = (fetched(way.run(app.fetch(way.port(), "user", user_id=1))) for _ in range(2))
    assert (hit.tags, hit.versions) == (miss.tags, miss.versions)
    assert len(miss.versions) == 1 + len(miss.tags)
    way.run(app.call(way.port(), "change", user_id=1))
    assert fetched(way.run(app.fetch(way.port(), "user", user_id=1))).versions != hit.versions


def test_each_viewer_has_bundles_of_their_own(way: Way) -> None:
    app, counter = counting()
    viewers = [ANONYMOUS, ADA, EVA, ADA._replace(staff=True), ADA._replace(superuser=True)]
    for viewer in viewers * 2:
        way.run(app.fetch(way.port(viewer), "user", user_id=1))
    assert counter.runs == len(viewers)


def test_a_shared_bundle_is_everybodys_and_nobody_is_asked_who_they_are(way: Way) -> None:
    app, counter = counting({"cache": CachePolicy(shared=True)})
    for viewer in (ANONYMOUS, ADA, NAMELESS):
        port = way.port(viewer)
        way.run(app.fetch(port, "user", user_id=1))
        assert not any(step.startswith("identify") for step in port.steps)
    assert counter.runs == 1


def test_a_bundle_varies_by_the_headers_that_its_functions_name(way: Way) -> None:
    app, counter = counting({"cache": CachePolicy(vary=("accept-language",))})
    for language in ("de", "en", "de"):
        way.run(app.fetch(way.port(), "user", headers={"accept-language": language}, user_id=1))
    assert counter.runs == 2


@pytest.mark.parametrize(
    ("options", "viewer", "credentials", "in_transaction", "reason"),
    [
        ({"cache": False}, ANONYMOUS, False, False, Bypass(BypassReason.NEVER, "note")),
        ({}, NAMELESS, False, False, Bypass(BypassReason.VIEWER_WITHOUT_ID)),
        ({}, ANONYMOUS, True, False, Bypass(BypassReason.CREDENTIALS)),
        ({}, ANONYMOUS, False, True, Bypass(BypassReason.TRANSACTION)),
    ],
)
def test_what_keeps_a_bundle_out_of_the_cache(
    way: Way, options: dict[str, Any], viewer: Viewer, credentials: bool, in_transaction: bool, reason: Bypass
) -> None:
    app, counter = counting(options)
    for _ in range(2):
        port = way.port(viewer, in_transaction=in_transaction)
        bypassed = fetched(way.run(app.fetch(port, "user", credentials=credentials, user_id=1)))
        assert bypassed == Fetched(bypassed.body, bypass=reason)
        assert "invoke_all 1" in port.steps
    assert counter.runs == 2


def test_whoever_is_known_may_have_credentials(way: Way) -> None:
    app, _ = counting()
    assert fetched(way.run(app.fetch(way.port(ADA), "user", credentials=True, user_id=1))).bypass is None


def test_without_a_secret_there_is_no_cache_and_nobody_is_asked_who_they_are(way: Way) -> None:
    app, _ = counting(settings=Settings())
    port = way.port()
    assert fetched(way.run(app.fetch(port, "user", user_id=1))).bypass == Bypass(BypassReason.NO_SECRET)
    assert port.steps == ["invoke_all 1"]
    port = way.port()
    assert isinstance(way.run(app.call(port, "change", user_id=1)), Result)
    assert port.steps == ["identify guarded", "invoke"]


def test_a_value_that_cannot_be_told_from_another(way: Way) -> None:
    def halve(_: str) -> str:
        return "\ud83d"

    def page(request: Any, what: Annotated[str, AfterValidator(halve)]) -> int:
        return 1

    app = App({page: {"context": "page"}})
    bypassed = fetched(way.run(app.fetch(way.port(), "page", what="🙂")))
    assert bypassed.bypass == Bypass(BypassReason.NO_IDENTITY, "what")


def test_a_store_that_does_not_answer(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    app, counter = counting()

    def away(*_: Any) -> Any:
        raise BackendUnavailable("it is away")

    monkeypatch.setattr(MemoryCache, "read", away)
    for _ in range(2):
        bypassed = fetched(way.run(app.fetch(way.port(), "user", user_id=1)))
        assert bypassed.bypass == Bypass(BypassReason.UNAVAILABLE)
    assert counter.runs == 2
    app.dispatcher.close()


def test_a_bundle_made_of_what_one_request_alone_has_is_not_kept(way: Way) -> None:
    class Reading(FakePort):
        async def invoke_all(self, invocations: Any, readings: Any) -> Any:
            readings.header("x-mood")
            return await super().invoke_all(invocations, readings)

    app, counter = counting()
    for _ in range(2):
        outcome = fetched(way.run(app.fetch(Reading(waits=way.waits), "user", user_id=1)))
        assert not outcome.is_hit
        assert outcome.bypass is None
    assert counter.runs == 2


def test_a_token_loads_its_user_for_the_functions_alone(way: Way) -> None:
    app, _ = counting()
    ports = [way.port(), way.port()]
    for port in ports:
        way.run(app.fetch(port, "user", TOKEN, user_id=1))
    assert [port.steps for port in ports] == [
        ["assume 7 loaded", "load_user", "invoke_all 1 watched"],
        ["assume 7 loaded"],
    ]


# One flight


class _Held:
    """A context whose function waits until the gate is opened, and fails when it is told to."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.runs = 0
        self.failure: Exception | None = None

        async def note(request: Any, user_id: int) -> int:
            self.runs += 1
            run = self.runs
            await self.gate.wait()
            if self.failure is not None and run == 1:
                raise self.failure
            return run

        async def change(request: Any, user_id: int) -> None: ...

        self.app = App({note: {"context": "user"}, change: {"affects": "user"}})

    def begin(self, readers: int) -> list[asyncio.Task[FetchOutcome]]:
        return [asyncio.ensure_future(self.app.fetch(FakePort(waits=True), "user", user_id=1)) for _ in range(readers)]

    async def runs_are(self, number: int) -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        assert self.runs == number


def test_who_misses_the_same_at_once_shares_one_run() -> None:
    async def scenario() -> None:
        held = _Held()
        readers = held.begin(5)
        await held.runs_are(1)
        held.gate.set()
        assert {fetched(outcome).body for outcome in await asyncio.gather(*readers)} == {b'{"note":1}'}
        assert held.runs == 1

    asyncio.run(scenario())


def test_who_comes_after_a_purge_does_not_join_those_before_it() -> None:
    async def scenario() -> None:
        held = _Held()
        [early] = held.begin(1)
        await held.runs_are(1)
        assert isinstance(await held.app.call(FakePort(waits=True), "change", user_id=1), Result)
        [late] = held.begin(1)
        await held.runs_are(2)
        held.gate.set()
        assert fetched(await late).body == b'{"note":2}'
        assert fetched(await early).body == b'{"note":1}'
        [after] = held.begin(1)
        assert fetched(await after).body == b'{"note":2}'

    asyncio.run(scenario())


def test_when_the_one_who_runs_fails_the_others_run_for_themselves() -> None:
    async def scenario() -> None:
        held = _Held()
        held.failure = Conflict()
        readers = held.begin(3)
        await held.runs_are(1)
        held.gate.set()
        outcomes = await asyncio.gather(*readers)
        assert [isinstance(outcome, Refused) for outcome in outcomes] == [True, False, False]
        assert held.runs == 3

    asyncio.run(scenario())


def test_when_the_one_who_runs_gives_up_the_others_run_for_themselves() -> None:
    async def scenario() -> None:
        held = _Held()
        first, second = held.begin(2)
        await held.runs_are(1)
        first.cancel()
        held.gate.set()
        assert fetched(await second).body == b'{"note":2}'
        with pytest.raises(asyncio.CancelledError):
            await first

    asyncio.run(scenario())


def test_threads_share_one_run_too() -> None:
    way, gate, runs = Way(waits=False), threading.Event(), list[int]()

    def note(request: Any, user_id: int) -> int:
        runs.append(user_id)
        gate.wait(60)
        return 1

    app = App({note: {"context": "user"}})
    outcomes: list[FetchOutcome] = []
    flights = app.dispatcher.interface().caching.flights  # type: ignore[union-attr]
    with _counted_joins(flights) as joins:
        threads = [
            threading.Thread(target=lambda: outcomes.append(way.run(app.fetch(way.port(), "user", user_id=1))))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for _ in threads:
            assert joins.acquire(timeout=60)
        gate.set()
        for thread in threads:
            thread.join(60)
    assert [fetched(outcome).body for outcome in outcomes] == [b'{"note":1}'] * 3
    assert runs == [1]


@contextmanager
def _counted_joins(flights: Any) -> Iterator[threading.Semaphore]:
    """Gives what is released once for each request that has joined a flight."""
    joined, join = threading.Semaphore(0), flights.join

    def counted(identity: Any) -> Any:
        found = join(identity)
        joined.release()
        return found

    flights.join = counted
    try:
        yield joined
    finally:
        del flights.join
