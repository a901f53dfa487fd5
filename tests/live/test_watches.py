"""Who is told that something is stale: whatever is lost, nobody who watches is left with what has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core.cache.versions import EPOCH
from mizan_core.live import hub as hub_module
from mizan_core.live.hub import Hub
from tests.live.lossy import LossyBroker
from tests.live.mutants import WATCH_MUTANTS

TAGS = ("tag:a", "tag:b", "tag:c")


class Tags:
    """Versions, which may be unreadable, and answers that may be held back."""

    def __init__(self) -> None:
        self.present: dict[str, bytes] = {EPOCH: b"epoch---........"}
        self.is_down = False
        self.on_loop = None
        self.gate: asyncio.Event | None = None
        self.reads = 0
        self._count = 0

    def change(self, *tags: str) -> None:
        for tag in tags:
            self._count += 1
            self.present[tag] = b"%8d" % self._count

    async def versions(self, _: object, tags: Sequence[str]) -> list[bytes] | None:
        self.reads += 1
        for tag in tags:
            if tag not in self.present:
                self.change(tag)
        found = None if self.is_down else [self.present[tag] for tag in (EPOCH, *tags)]
        gate = self.gate
        if gate is not None:
            await gate.wait()
        return found

    async def prolong(self, _: object, tags: Sequence[str]) -> None: ...


class Socket:
    """What it holds is right as long as nothing that it watches has changed since it was read, or it has been told.

    :ivar held: the versions of what it watches, by id, as they were when it read; None once it has been told.
    """

    def __init__(self, world: World, name: str | None = None) -> None:
        self._world = world
        self.socket = name
        self.held: dict[int, dict[str, bytes] | None] = {}
        self.told: list[list[int]] = []

    async def watch(self, number: int, *tags: str) -> None:
        await self._world.hub.watch(self, number, tags)
        await asyncio.sleep(0)
        self.held[number] = {tag: self._world.tags.present[tag] for tag in (EPOCH, *tags)}

    def change(self, tag: str) -> None:
        """Its own call changes a tag. The answer tells it of that alone: what it shows is as old as it was before."""
        before = self._world.tags.present.get(tag)
        self._world.purge(tag, origin=self.socket)
        for held in self.held.values():
            if held is not None and tag in held and held[tag] == before:
                held[tag] = self._world.tags.present[tag]

    def on_tick(self) -> None: ...

    def on_stale(self, ids: Sequence[int]) -> None:
        self.told.append(list(ids))
        for number in ids:
            if number in self.held:
                self.held[number] = None

    def on_message(self, *_: object) -> None: ...

    def on_lost(self, *_: object) -> None: ...

    def is_right(self) -> bool:
        """Whether what it has not been told of is as it was."""
        present = self._world.tags.present
        return all(
            all(present[tag] == version for tag, version in held.items())
            for held in self.held.values()
            if held is not None
        )


class World:
    """A hub over tags."""

    def __init__(self) -> None:
        self.tags = Tags()
        self.broker = LossyBroker()
        self.hub = Hub(self.broker, self.tags)  # type: ignore[arg-type]

    def purge(self, *tags: str, origin: str | None = None, is_lost: bool = False) -> None:
        self.tags.change(*tags)
        if not is_lost:
            self.broker.announce(list(tags), origin)

    async def flushed(self) -> None:
        """What has been announced has been told."""
        await asyncio.sleep(hub_module.COALESCE * 1.5)

    async def compare(self) -> None:
        self.broker.reconnect()
        for _ in range(10):
            await asyncio.sleep(0)


def in_world(check: Callable[[World], Any]) -> None:
    async def run() -> None:
        world = World()
        try:
            await check(world)
        finally:
            await world.hub.aclose()

    asyncio.run(run())


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Announcements are collected for no longer than a turn of the event loop takes."""
    monkeypatch.setattr(hub_module, "COALESCE", 0.001)


def test_what_is_announced_is_told_once_for_a_burst() -> None:
    async def check(world: World) -> None:
        socket = Socket(world)
        await socket.watch(1, "tag:a")
        await socket.watch(2, "tag:b")
        reads = world.tags.reads
        for _ in range(20):
            world.purge("tag:a", "tag:c")
        await world.flushed()
        assert (socket.told, world.tags.reads) == ([[1]], reads + 1)

    in_world(check)


def test_what_was_not_announced_is_found_by_comparing() -> None:
    async def check(world: World) -> None:
        socket = Socket(world)
        await socket.watch(1, "tag:a")
        await socket.watch(2, "tag:b")
        world.purge("tag:a", is_lost=True)
        await world.compare()
        assert socket.told == [[1]]
        await world.compare()
        assert socket.told == [[1]]

    in_world(check)


def test_what_was_announced_is_not_told_again_by_comparing() -> None:
    async def check(world: World) -> None:
        socket = Socket(world)
        await socket.watch(1, "tag:a")
        world.purge("tag:a")
        await world.flushed()
        await world.compare()
        assert socket.told == [[1]]

    in_world(check)


def test_a_purge_behind_one_that_was_announced_is_found() -> None:
    async def check(world: World) -> None:
        socket = Socket(world)
        await socket.watch(1, "tag:a")
        world.purge("tag:a")
        await world.flushed()
        world.purge("tag:a", is_lost=True)
        await world.compare()
        assert socket.told == [[1], [1]]

    in_world(check)


def test_another_epoch_is_told_to_everybody() -> None:
    async def check(world: World) -> None:
        socket = Socket(world)
        await socket.watch(1, "tag:a")
        await socket.watch(2)
        world.tags.present[EPOCH] = b"another-........"
        await world.compare()
        assert socket.told == [[1, 2]]

    in_world(check)


def test_whoever_comes_while_the_versions_are_read_is_told_too() -> None:
    """A purge of which nobody hears, between what is read for an announcement and the answer to that."""

    async def check(world: World) -> None:
        first, second = Socket(world), Socket(world)
        await first.watch(1, "tag:a")
        world.tags.gate = asyncio.Event()
        world.purge("tag:a")
        await world.flushed()
        gate, world.tags.gate = world.tags.gate, None
        await second.watch(1, "tag:a")
        gate.set()
        await world.flushed()
        assert second.told == [[1]]

    in_world(check)


def test_whoever_comes_second_leaves_what_is_known() -> None:
    async def check(world: World) -> None:
        first, second = Socket(world), Socket(world)
        await first.watch(1, "tag:a")
        world.purge("tag:a", is_lost=True)
        await second.watch(1, "tag:a")
        await world.compare()
        assert first.told == [[1]]

    in_world(check)


def test_what_could_not_be_read_is_in_doubt() -> None:
    async def check(world: World) -> None:
        first, second = Socket(world), Socket(world)
        world.tags.is_down = True
        await first.watch(1, "tag:a")
        world.tags.is_down = False
        world.purge("tag:a", is_lost=True)
        await second.watch(1, "tag:a")
        await world.compare()
        assert first.told == [[1]]

    in_world(check)


def test_while_nothing_can_be_read_nobody_is_told_of_a_comparison() -> None:
    async def check(world: World) -> None:
        socket = Socket(world)
        await socket.watch(1, "tag:a")
        world.tags.is_down = True
        await world.compare()
        assert socket.told == []

    in_world(check)


def test_an_announcement_is_told_though_nothing_can_be_read_and_once_more_when_it_can() -> None:
    async def check(world: World) -> None:
        socket = Socket(world)
        await socket.watch(1, "tag:a")
        world.tags.is_down = True
        world.purge("tag:a")
        await world.flushed()
        assert socket.told == [[1]]
        world.tags.is_down = False
        await world.compare()
        assert socket.told == [[1], [1]]

    in_world(check)


def test_the_originator_is_not_told_unless_somebody_else_has_changed_it_too() -> None:
    async def check(world: World) -> None:
        mine, other, nameless = Socket(world, "mine"), Socket(world, "other"), Socket(world)
        for socket in (mine, other, nameless):
            await socket.watch(1, "tag:a")
        world.purge("tag:a", origin="mine")
        await world.flushed()
        assert (mine.told, other.told, nameless.told) == ([], [[1]], [[1]])
        world.purge("tag:a", origin="mine")
        world.purge("tag:a", origin="other")
        await world.flushed()
        assert mine.told == [[1]]
        world.purge("tag:a", origin="mine")
        world.purge("tag:a")
        await world.flushed()
        assert mine.told == [[1], [1]]
        world.purge("tag:a", origin="mine", is_lost=True)
        await world.compare()
        assert mine.told == [[1], [1], [1]]

    in_world(check)


@pytest.mark.parametrize("is_first", [True, False], ids=["lost-before-its-own", "lost-behind-its-own"])
def test_the_originator_is_told_by_a_comparison_of_what_was_lost_beside_its_own(is_first: bool) -> None:
    """The version that is known from then on is newer than the other's change, of which nobody heard."""

    async def check(world: World) -> None:
        mine = Socket(world, "mine")
        await mine.watch(1, "tag:a")
        for is_lost in (is_first, not is_first):
            world.purge("tag:a", origin=None if is_lost else "mine", is_lost=is_lost)
        await world.flushed()
        assert mine.told == []
        await world.compare()
        assert mine.told == [[1]]
        await world.compare()
        assert mine.told == [[1]]

    in_world(check)


def test_the_originator_that_has_read_anew_is_not_told_by_a_comparison() -> None:
    async def check(world: World) -> None:
        mine = Socket(world, "mine")
        await mine.watch(1, "tag:a")
        world.purge("tag:a", origin="mine")
        await world.flushed()
        await mine.watch(1, "tag:a")
        await world.compare()
        assert mine.told == []

    in_world(check)


def test_while_nothing_can_be_read_the_originator_stays_in_doubt() -> None:
    async def check(world: World) -> None:
        mine = Socket(world, "mine")
        await mine.watch(1, "tag:a")
        world.purge("tag:a", is_lost=True)
        world.purge("tag:a", origin="mine")
        await world.flushed()
        for world.tags.is_down in (True, False):
            await world.compare()
        assert mine.told == [[1]]

    in_world(check)


def test_heads_of_many_topics_are_compared_in_parts_and_whatever_fails_stops_no_comparison_of_versions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub_module, "BATCH", 2)
    asked: list[int] = []

    async def check(world: World) -> None:
        async def heads(topics: Sequence[str]) -> list[Any]:
            asked.append(len(topics))
            if len(topics) == 1:
                raise RuntimeError
            return [world.broker.head(topic) for topic in topics]

        socket = Socket(world)
        await socket.watch(1, "tag:a")
        for number in range(5):
            await world.hub.join(f"room-{number}", socket)
        monkeypatch.setattr(world.broker, "heads", heads)
        world.purge("tag:a", is_lost=True)
        await world.compare()
        assert (asked, socket.told) == ([2, 2, 1], [[1]])

    in_world(check)


@pytest.mark.parametrize("is_broad", [True, False], ids=["spread", "at-once"])
def test_a_socket_at_fault_keeps_nobody_from_being_told(is_broad: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "_MANY", 0 if is_broad else 200)
    monkeypatch.setattr(hub_module, "_SPREAD", 0.0001)

    class AtFault(Socket):
        def on_stale(self, ids: Sequence[int]) -> None:
            raise ValueError

        on_message = on_lost = on_stale  # type: ignore[assignment]

    async def check(world: World) -> None:
        sockets = [Socket(world), AtFault(world), Socket(world)]
        heard: list[int] = []
        for number, socket in enumerate(sockets):
            await socket.watch(1, "tag:a")
            await world.hub.join("room", socket)
            if number != 1:
                monkeypatch.setattr(socket, "on_message", lambda *_, number=number: heard.append(number))
                monkeypatch.setattr(socket, "on_lost", lambda *_, number=number: heard.append(-number))
        world.purge("tag:a")
        await world.flushed()
        await asyncio.sleep(0.01)
        assert [socket.told for socket in sockets] == [[[1]], [], [[1]]]
        world.broker.publish("room", b"1")
        world.broker.tell(0)
        assert heard == [0, 2]
        world.broker.forget("room")
        await world.compare()
        assert heard[2:] == [0, -2]

    in_world(check)


def test_a_broad_signal_is_spread_and_reaches_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "_MANY", 5)
    waits: list[float] = []

    def uniform(low: float, high: float) -> float:
        waits.append(high)
        return low

    monkeypatch.setattr("random.uniform", uniform)

    async def check(world: World) -> None:
        sockets = [Socket(world) for _ in range(10)]
        for socket in sockets:
            await socket.watch(1, "tag:a")
        world.purge("tag:a")
        await world.flushed()
        await asyncio.sleep(0.01)
        assert all(socket.told == [[1]] for socket in sockets)
        assert waits == [5 * hub_module._SPREAD] * 10

    in_world(check)


def test_a_watch_is_entered_before_its_versions_are_read() -> None:
    """A barrier between the two: what is purged at it is told."""

    async def check(world: World) -> None:
        socket = Socket(world)
        world.tags.gate = asyncio.Event()
        watching = asyncio.ensure_future(world.hub.watch(socket, 1, ["tag:a"]))
        await asyncio.sleep(0)
        world.purge("tag:a")
        world.tags.gate.set()
        await watching
        await world.flushed()
        assert socket.told == [[1]]

    in_world(check)


def test_nothing_is_left_of_whoever_has_left() -> None:
    async def check(world: World) -> None:
        socket = Socket(world)
        for number in range(3):
            await socket.watch(number, "tag:a")
        await socket.watch(0, "tag:b")
        world.hub.watches.leave(socket, 1)
        world.hub.detach(socket, ())
        assert not any(vars(world.hub.watches).values())

    in_world(check)


DIRECTED = (
    test_what_is_announced_is_told_once_for_a_burst,
    test_what_was_not_announced_is_found_by_comparing,
    test_what_was_announced_is_not_told_again_by_comparing,
    test_a_purge_behind_one_that_was_announced_is_found,
    test_another_epoch_is_told_to_everybody,
    test_whoever_comes_while_the_versions_are_read_is_told_too,
    test_whoever_comes_second_leaves_what_is_known,
    test_what_could_not_be_read_is_in_doubt,
    test_while_nothing_can_be_read_nobody_is_told_of_a_comparison,
    test_an_announcement_is_told_though_nothing_can_be_read_and_once_more_when_it_can,
    test_the_originator_is_not_told_unless_somebody_else_has_changed_it_too,
    partial(test_the_originator_is_told_by_a_comparison_of_what_was_lost_beside_its_own, is_first=False),
    test_the_originator_that_has_read_anew_is_not_told_by_a_comparison,
    test_a_watch_is_entered_before_its_versions_are_read,
)


@pytest.mark.parametrize("mutant", WATCH_MUTANTS)
def test_broken_watches_are_found_out(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    WATCH_MUTANTS[mutant](monkeypatch)
    assert [check for check in DIRECTED if _fails(check)]


def _fails(check: Callable[[], None]) -> bool:
    try:
        check()
    except AssertionError:
        return True
    return False


_steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["watch", "purge", "own", "lose", "down", "up", "hold", "release", "turn", "flush", "leave", "compare"]
        ),
        st.integers(0, 11),
    ),
    max_size=40,
)


@given(steps=_steps)
def test_after_a_comparison_nobody_holds_what_has_changed(steps: list[tuple[str, int]]) -> None:
    async def check(world: World) -> None:
        sockets = [Socket(world, "first"), Socket(world)]
        tasks: list[asyncio.Task[None]] = []
        for step, number in steps:
            tag, socket = TAGS[number % 3], sockets[number % 2]
            if step == "watch":
                tasks.append(asyncio.ensure_future(socket.watch(number % 4, tag)))
            elif step in ("purge", "lose"):
                world.purge(tag, is_lost=step == "lose")
            elif step == "own":
                sockets[0].change(tag)
            elif step == "leave":
                world.hub.watches.leave(socket, number % 4)
                socket.held.pop(number % 4, None)
            else:
                await _turn(world, step)
        await _turn(world, "release")
        world.tags.is_down = False
        await asyncio.gather(*tasks)
        await world.flushed()
        await world.compare()
        assert all(socket.is_right() for socket in sockets)

    in_world(check)


async def _turn(world: World, step: str) -> None:
    if step in ("down", "up"):
        world.tags.is_down = step == "down"
    elif step == "hold" and world.tags.gate is None:
        world.tags.gate = asyncio.Event()
    elif step == "release" and world.tags.gate is not None:
        world.tags.gate.set()
        world.tags.gate = None
    elif step == "compare":
        await world.compare()
    elif step == "flush":
        await world.flushed()
    else:
        await asyncio.sleep(0)
