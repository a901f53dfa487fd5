"""A session beside a clock: what a test says happens, and what the session wants then."""

from __future__ import annotations

import json
from typing import Any

from mizan_core.live.broker import History, Message, Position
from mizan_core.live.effects import Bearer, Close, Effect, Recover, Send, Start
from mizan_core.live.session import Session
from mizan_core.live_settings import LiveSettings

EPOCH = "e"
OK = '{{"id":{},"ok":true,"data":null}}'


class Machine:
    """Drives a session, and keeps what it has sent.

    :ivar effects: of the last thing that happened.
    """

    def __init__(self, **limits: Any) -> None:
        self.now = 100.0
        self.session = Session(LiveSettings(**limits), self.now)
        self.effects: list[Effect] = []
        self.sent: list[dict[str, Any]] = []
        self.closed: int | None = None

    def send(self, **frame: Any) -> list[Effect]:
        return self.send_text(json.dumps(frame))

    def send_text(self, text: str) -> list[Effect]:
        return self.happened(self.session.receive_text(text, self.now))

    def happened(self, effects: list[Effect]) -> list[Effect]:
        self.effects = effects
        for effect in effects:
            if type(effect) is Send:
                self.sent.append(json.loads(effect.text))
            elif type(effect) is Close:
                self.closed = effect.code
        return effects

    def wait(self, seconds: float) -> list[Effect]:
        self.now += seconds
        return self.happened(self.session.tick(self.now))

    def take(self) -> list[dict[str, Any]]:
        """What has been sent since the last time."""
        sent, self.sent = self.sent, []
        return sent

    def said(self) -> list[dict[str, Any]]:
        """As ``take``, without pings."""
        return [frame for frame in self.take() if frame.get("action") != "ping"]

    def started(self) -> list[int]:
        """The ids of what is to be begun now."""
        return [effect.request.id for effect in self.effects if type(effect) is Start]

    def finish(self, number: int, text: str | None = None) -> list[Effect]:
        return self.happened(self.session.finished(number, OK.format(number) if text is None else text, self.now))

    def watch(self, number: int, context: str = "user") -> None:
        """Watch, and be granted it."""
        self.send(action="watch", id=number, context=context)
        self.happened(self.session.watched(number, OK.format(number), self.now))
        self.take()

    def subscribe(self, number: int = 1, channel: str = "chat", offset: int = 0, **frame: Any) -> str:
        """Subscribe, and be granted it; gives the key."""
        self.send(action="subscribe", id=number, channel=channel, **frame)
        [start] = [effect for effect in self.effects if type(effect) is Start]
        key = f'["{channel}",{{}}]'
        assert start.request.id == number
        self.happened(self.session.subscribed(start.request, key, Position(EPOCH, offset), self.now))  # type: ignore[arg-type]
        return key

    def deliver(self, key: str, offset: int, epoch: str = EPOCH) -> list[Effect]:
        return self.happened(self.session.deliver(key, epoch, message(offset), self.now))

    def recovers(self) -> list[tuple[str, Position]]:
        return [(effect.key, effect.since) for effect in self.effects if type(effect) is Recover]

    def pong(self, n: int | None = None) -> list[Effect]:
        """Say that ping *n*, or all, have arrived."""
        pings = [frame["n"] for frame in self.sent if frame.get("action") == "ping"]
        return self.send(action="pong", n=max(pings) if n is None else n)

    def authenticate(self, number: int, sub: str, seconds: float = 60.0, rights: object = None) -> None:
        self.send(action="auth", id=number, token=sub)
        self.happened(self.session.authenticated(number, Bearer(sub, sub, rights, seconds), self.now))


def message(offset: int) -> Message:
    return Message(offset, b'"data":%d' % offset)


def history(head: int, *offsets: int, epoch: str = EPOCH, recovered: bool = True) -> History:
    return History(Position(epoch, head), [message(offset) for offset in offsets], recovered)
