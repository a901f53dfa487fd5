"""Each message once and in order, or the word that some were lost, whatever becomes of the announcements."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core.live.broker import History, Message, Position
from mizan_core.live.following import Follower
from tests.live.histories import SCHEDULES, TOPIC, Failed, Stage, play
from tests.live.mutants import MUTANTS


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.__name__)
def test_whatever_the_adversary_does(schedule: Callable[[Stage], Awaitable[None]]) -> None:
    play(schedule)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_machine_is_found_out(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[mutant](monkeypatch)
    assert [schedule for schedule in SCHEDULES if _fails(schedule)]


def _fails(schedule: Callable[[Stage], Awaitable[None]]) -> bool:
    """Whether somebody has been told what is not so, or has not been told what is."""
    try:
        play(schedule)
    except Failed:
        return True
    return False


_step = st.sampled_from(
    ["publish", "tell", "lose", "forget", "down", "up", "leave", "come", "reconnect", "hold", "release", "settle"]
)


@given(steps=st.lists(st.tuples(_step, st.integers(0, 30)), max_size=40), memory=st.integers(1, 6))
def test_any_history(steps: list[tuple[str, int]], memory: int) -> None:
    async def schedule(stage: Stage) -> None:
        stage.must_recover = False
        for step, number in steps:
            await _take(stage, step, number)
        stage.broker.is_down = False
        for who, subscriber in enumerate(stage.subscribers):
            if subscriber.is_away:
                await _take(stage, "come", who)
        await stage.settle()

    play(schedule, memory=memory)


async def _take(stage: Stage, step: str, number: int) -> None:
    broker, waiting = stage.broker, len(stage.broker.on_its_way)
    subscriber = stage.subscribers[number % len(stage.subscribers)]
    if step == "publish":
        stage.publish(number % 3 + 1)
    elif step in ("tell", "lose"):
        if waiting:
            getattr(broker, step)(number % waiting)
    elif step == "forget":
        broker.forget(TOPIC)
    elif step in ("down", "up"):
        broker.is_down = step == "down"
    elif step == "leave":
        await subscriber.disconnect()
    elif step == "come" and not broker.is_down:
        subscriber.connect(stage.hub, stage.limits)
        # Its request must not find the broker down: it would be refused, which is no loss.
        await stage.settle()
    elif step in ("reconnect", "hold", "release"):
        {"reconnect": broker.reconnect, "hold": broker.hold_replies, "release": broker.release_replies}[step]()
    else:
        await stage.settle()


class TestFollower:
    """What the machine of one topic says, step by step."""

    def test_what_waits_is_bounded_and_what_does_not_fit_is_read_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("mizan_core.live.following.MOST_PENDING", 2)
        follower = Follower(Position("e", 0), is_reading=True)
        for offset in (2, 3, 4):
            assert follower.take("e", Message(offset, b"")) == []
        first, second = follower.take_history(History(Position("e", 1), [Message(1, b"")], recovered=True))
        assert [message.offset for message in first.messages] == [1, 2, 3]  # type: ignore[union-attr]
        assert second.since == Position("e", 3)  # type: ignore[union-attr]

    def test_what_was_told_of_a_lost_epoch_is_not_passed_on_in_the_next(self) -> None:
        follower = Follower(Position("e", 0), is_reading=True)
        follower.take("e", Message(7, b"old"))
        [lost] = follower.take_history(History(Position("f", 6), [], recovered=False))
        assert lost.position == Position("f", 6)  # type: ignore[union-attr]

    def test_a_topic_that_has_gone_back_is_a_loss(self) -> None:
        follower = Follower(Position("e", 9))
        assert follower.check(Position("e", 3)) == []
        follower.read()
        [lost] = follower.take_history(History(Position("e", 3), [], recovered=False))
        assert (lost.position, follower.position) == (Position("e", 3), Position("e", 3))  # type: ignore[union-attr]
