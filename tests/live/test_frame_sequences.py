"""Sequences of frames that a client makes up: the session survives them all, and what it says of itself stays true."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from mizan_core.errors import Forbidden
from mizan_core.live.broker import History, Position
from mizan_core.live.effects import Close, Effect, Recover, Start
from mizan_core.live.under_way import NOTHING
from mizan_core.live_settings import LiveSettings
from tests.live.machine import EPOCH, OK, Machine, message

SEQUENCES = 3_000
_LIMITS: dict[str, Any] = {"running": 2, "waiting": 3, "subscriptions": 6, "window_bytes": 2_000}
_ACTIONS = ("rpc", "watch", "unwatch", "subscribe", "unsubscribe", "message", "auth", "pong", "shout")
_ODD: tuple[Any, ...] = (None, True, -1, 1.5, 2**60, "x", [], {}, [[]], "\ud800")


class Play:
    """One sequence, and what is known of it from outside.

    :ivar open: what has been asked and not answered, by id.
    """

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - a game
        self.machine = Machine(**_LIMITS)
        self.limits = LiveSettings(**_LIMITS)
        self.running: dict[int, Start] = {}
        self.answered: list[int] = []
        self.asked: set[int] = set()
        self.keys: list[str] = []
        self.offset = 0

    def run(self) -> None:
        for _ in range(self.dice.randrange(5, 40)):
            self.dice.choice((self.ask, self.ask, self.ask, self.finish, self.finish, self.world, self.wait))()
            self.check()

    def happened(self, effects: list[Effect]) -> None:
        for effect in effects:
            if type(effect) is Start:
                assert effect.request.id not in self.running, "it has begun already"
                self.running[effect.request.id] = effect
            elif type(effect) is Recover:
                head = Position(EPOCH, max(self.offset, effect.since.offset))
                self.happened(
                    self.machine.happened(
                        self.machine.session.recovered(effect.key, History(head, [], recovered=False), self.machine.now)
                    )
                )

    def ask(self) -> None:
        frame: dict[str, Any] = {"action": self.dice.choice(_ACTIONS), "id": self.dice.randrange(12)}
        members: dict[str, dict[str, Any]] = {
            "rpc": {"fn": "f", "args": {}},
            "watch": {"context": "c"},
            "subscribe": {"channel": self.dice.choice("ab")},
            "unsubscribe": {"channel": self.dice.choice("ab")},
            "message": {"channel": self.dice.choice("ab"), "data": {}},
            "auth": {"token": "t"},
        }
        frame |= members.get(frame["action"], {})
        if frame["action"] == "pong":
            pings = [frame["n"] for frame in self.machine.sent if frame.get("action") == "ping"]
            frame = {"action": "pong", "n": self.dice.choice([*pings, 1])}
        if self.dice.random() < 0.1:
            frame[self.dice.choice([*frame, "extra"])] = self.dice.choice(_ODD)
        text = json.dumps(frame)
        if self.dice.random() < 0.03:
            text = text[: self.dice.randrange(len(text))]
        self.happened(self.machine.happened(self.machine.session.receive_text(text, self.machine.now)))

    def finish(self) -> None:
        """Something that runs comes to an end, well or badly."""
        session, now = self.machine.session, self.machine.now
        if not self.running:
            return
        number = self.dice.choice([*self.running])
        request = self.running.pop(number).request
        kind = type(request).__name__
        if kind in ("Rpc", "ClientMessage"):
            effects = session.finished(number, OK.format(number), now)
        elif self.dice.random() < 0.3:
            effects = session.refused(number, OK.format(number), now)
        elif kind == "Watch":
            effects = session.watched(number, OK.format(number), now)
        else:
            key = f'["{request.channel}",{{}}]'  # type: ignore[union-attr]
            self.keys.append(key)
            effects = session.subscribed(request, key, Position(EPOCH, self.offset), now)  # type: ignore[arg-type]
        self.happened(self.machine.happened(effects))

    def world(self) -> None:
        """Others do something."""
        session, now = self.machine.session, self.machine.now
        what = self.dice.randrange(4)
        if what == 0:
            self.happened(self.machine.happened(session.signal(range(12), now)))
        elif what == 1:
            self.offset += 1
            for key in self.keys:
                self.happened(self.machine.happened(session.deliver(key, EPOCH, message(self.offset), now)))
        elif what == 2 and self.keys:
            self.happened(self.machine.happened(session.drop(self.dice.choice(self.keys), Forbidden(), now)))
        elif self.keys:
            position = Position(EPOCH, self.offset)
            self.happened(self.machine.happened(session.lost(self.dice.choice(self.keys), position, now)))

    def wait(self) -> None:
        self.machine.now += self.dice.choice((0.1, 5.0, 25.0))
        self.happened(self.machine.happened(self.machine.session.tick(self.machine.now)))

    def check(self) -> None:
        machine, session = self.machine, self.machine.session
        closes = [place for place, effect in enumerate(machine.effects) if type(effect) is Close]
        assert closes in ([], [len(machine.effects) - 1]), "nothing comes after a close"
        assert session.is_closed == (machine.closed is not None)
        assert session.subscriptions <= self.limits.subscriptions
        if not session.is_closed:
            lines: list[Any] = [session._under_way.calls, session._under_way.reads]
            assert all(len(line._running) <= self.limits.running for line in lines)
            assert len(session._under_way.calls._waiting) <= self.limits.running + self.limits.waiting
        assert NOTHING.used == {}
        assert (session._under_way is NOTHING) == (not session._under_way.used) or session.is_closed
        # A watch that is given up is told to nobody; what runs for it is of no use.
        stopped = set(self.running) - set(session._under_way.used)
        for number in stopped:
            del self.running[number]


@pytest.mark.parametrize("part", range(6))
def test_no_sequence_of_frames_breaks_it(part: int) -> None:
    closed: set[int | None] = set()
    share = SEQUENCES // 6
    for seed in range(part * share, (part + 1) * share):
        play = Play(seed)
        try:
            play.run()
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
        closed.add(play.machine.closed)
    assert closed >= {None, 4400, 4408}


def test_every_request_is_answered_once() -> None:
    """With limits that are never reached, and nobody who gives up."""
    for seed in range(300):
        dice = random.Random(seed)  # noqa: S311 - a game
        machine = Machine(running=3, waiting=1_000, subscriptions=1_000, window_bytes=10**9)
        waiting: list[Start] = []
        for number in range(dice.randrange(1, 30)):
            action = dice.choice(("rpc", "watch"))
            machine.send(action=action, id=number, **({"fn": "f"} if action == "rpc" else {"context": "c"}))
            waiting += [effect for effect in machine.effects if type(effect) is Start]
        asked = number + 1
        while waiting:
            request = waiting.pop(dice.randrange(len(waiting))).request
            session = machine.session
            tell = session.finished if type(request).__name__ == "Rpc" else session.watched
            machine.happened(tell(request.id, OK.format(request.id), machine.now))
            waiting += [effect for effect in machine.effects if type(effect) is Start]
        assert sorted(frame["id"] for frame in machine.said()) == list(range(asked)), seed
