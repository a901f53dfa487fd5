"""One socket's conversation, without I/O: frames and ticks of a clock in, frames and what is to be done out.

The session decides what a client may ask and in which order it is done; whoever drives it moves bytes, runs what the
session starts and tells it what has come of that. Nothing here waits, and time is an argument: seconds of any clock
that never goes back. Every method gives *effects*, to be carried out in their order.

Flow. A client says by pong *n* that all that was sent before ping *n* has arrived. What has not is bounded: past the
window messages and signals are left out, and told of as a gap or as one signal when there is room again; nothing new is
begun; answers are always sent.

Order. Calls run side by side, as many as the limits say, and the next ones wait; so do reads, in a line of their own.
The messages of one subscription, and what changes it, run one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mizan_core.engine import ENGINE
from mizan_core.errors import APIError, BadRequest, NotFound, RateLimited, Unauthorized
from mizan_core.live.broker import History, Message, Position
from mizan_core.live.effects import (
    Authenticate,
    Bearer,
    Close,
    Effect,
    Leave,
    Reauthorize,
    Recover,
    RequestFrame,
    Send,
    Start,
    Stop,
)
from mizan_core.live.following import Deliver, Follower, Lost, Read, Step
from mizan_core.live.frames import (
    Auth,
    BadFrame,
    ChannelFrames,
    ClientMessage,
    Pong,
    Subscribe,
    Unsubscribe,
    Unwatch,
    Watch,
    answer_frame,
    ping_frame,
    plain_refusal,
    read_frame,
    refusal_frame,
    stale_frame,
)
from mizan_core.live.under_way import NOTHING, UnderWay
from mizan_core.live.window import Window
from mizan_core.live_settings import LiveSettings

BAD_FRAMES, SESSION_ENDED, NO_PONG, TOO_LARGE, BINARY = 4400, 4401, 4408, 4413, 4415
"""Why a session closes."""
_MINUTE = 60.0
_EXPIRED = "The token has expired."
_MOST_UNREAD = 100
"""Refusals, and answers to tokens, that a client gets while it reads nothing."""


class _Subscription:
    """What is subscribed.

    :param request: what waits for the topic to be recovered.
    """

    __slots__ = ("follower", "frames", "has_lost", "request")

    def __init__(self, frames: ChannelFrames, follower: Follower, request: Subscribe | None = None) -> None:
        self.frames = frames
        self.follower = follower
        self.request = request
        self.has_lost = False


def key_of(channel: str, params: dict[str, Any]) -> str:
    """What tells the subscriptions of a session apart.

    :raises ValueError: for what is not valid Unicode.
    """
    return ENGINE.canonical_json([channel, params]).decode("ascii")


class Session:
    """One socket's.

    :param now: the time at which it begins.
    """

    __slots__ = (
        "_bad",
        "_counts",
        "_expires",
        "_has_expired",
        "_is_closed",
        "_last_check",
        "_limits",
        "_messages",
        "_subscriptions",
        "_token",
        "_under_way",
        "_unread",
        "_unsignalled",
        "_watches",
        "_window",
    )

    def __init__(self, limits: LiveSettings, now: float) -> None:
        self._limits = limits
        self._token: Bearer | None = None
        self._expires: float | None = None
        self._is_closed = False
        self._under_way = NOTHING
        self._watches: dict[int, None] = {}
        """The ids that are watched, or will be."""
        self._subscriptions: dict[str, _Subscription] = {}
        self._bad: list[float] = []
        self._window = Window(limits, now)
        self._last_check = now
        self._unread = 0
        self._unsignalled: dict[int, None] = {}
        self._has_expired = False
        self._counts: dict[str, int] = {}
        self._messages = 0

    def take_counts(self) -> dict[str, int]:
        """What it has done since the last time, by the names of ``LiveStats``."""
        counts, self._counts = self._counts, {}
        if self._messages:
            counts["messages"], self._messages = self._messages, 0
        return counts

    def _count(self, name: str) -> None:
        self._counts[name] = self._counts.get(name, 0) + 1

    @property
    def token(self) -> str | None:
        """The token that says who asks; None for the framework's own user."""
        return None if self._token is None else self._token.token

    @property
    def is_closed(self) -> bool:
        """Whether it has closed the connection."""
        return self._is_closed

    @property
    def subscriptions(self) -> int:
        """How many watches and subscriptions it has, or will have."""
        return len(self._watches) + len(self._subscriptions) + len(self._under_way.joining)

    # --- what the client sends

    def receive_text(self, text: str, now: float) -> list[Effect]:
        """A frame has come."""
        if self._is_closed:
            return []
        self._count("frames")
        if _size(text) > self._limits.frame_bytes:
            return self._close(TOO_LARGE, f"a frame has {self._limits.frame_bytes} bytes at most")
        try:
            frame = read_frame(text)
        except BadFrame as bad:
            return self._bad_frame(bad, now)
        if type(frame) is Pong:
            return self._pong(frame, now)
        if type(frame) is Unwatch:
            return self._unwatch(frame.id)
        if frame.id in self._under_way.used or (frame.id in self._watches and type(frame) is not Watch):
            return self._close(BAD_FRAMES, "the id is in use")
        if type(frame) is Auth:
            if self._is_unread():
                return self._close_unread()
            self._asked().used[frame.id] = None
            return [Authenticate(frame.id, frame.token)]
        if type(frame) is Unsubscribe:
            return self._unsubscribe(frame, now)
        return self._ask(frame, now)

    def receive_bytes(self) -> list[Effect]:
        """A binary frame has come."""
        return self._close(BINARY, "frames are text")

    # --- what the driver tells

    def tick(self, now: float) -> list[Effect]:
        """Time has gone by; to be told every second or so."""
        if self._is_closed:
            return []
        if self._window.is_dead(now):
            return self._close(NO_PONG, "no pong in time")
        effects: list[Effect] = []
        if self._expires is not None and now >= self._expires:
            self._expires = None
            effects += self._expire(now)
        elif now - self._last_check >= self._limits.check_seconds:
            self._last_check = now
            effects += self._reauthorize()
        if self._window.is_quiet(now):
            effects += self._ping(now)
        return effects

    def finished(self, number: int, text: str, now: float) -> list[Effect]:
        """A call or a message has been answered."""
        if self._is_closed or self._under_way.used.pop(number, _NOT_USED) is _NOT_USED:
            return []
        self._under_way.calls.end(number)
        return [*self._send(text, now), *self._go_on()]

    def watched(self, number: int, text: str, now: float) -> list[Effect]:
        """A bundle has been read, and is watched."""
        return self._read(number, text, now, is_watched=True)

    def refused(self, number: int, text: str, now: float) -> list[Effect]:
        """A read, a subscription or a token has been refused."""
        return self._read(number, text, now, is_watched=False)

    def subscribed(
        self,
        request: Subscribe,
        key: str,
        position: Position,
        now: float,
        *,
        is_complete: bool = True,
    ) -> list[Effect]:
        """A topic has been joined for a subscription.

        :param position: of what is delivered from now on.
        :param is_complete: whether the answer has nothing to say beside, and so need not wait for ``recovered``.
        """
        if self._is_closed or request.id not in self._under_way.used:
            return [Leave(key)]
        self._under_way.joining.pop(key, None)
        if self._has_expired:
            error = Unauthorized(_EXPIRED)
            return [Leave(key), *self._answer_subscribe(request.id, plain_refusal(request.id, error), now)]
        asked = [Reauthorize([key], is_another=True)] if request.id in self._under_way.outdated else []
        frames = ChannelFrames(request.channel, request.params)
        if is_complete and request.since is None:
            self._subscriptions[key] = _Subscription(frames, Follower(position))
            self._count("subscriptions")
            text = frames.subscribed(request.id, position, recovered=False)
            return [*self._answer_subscribe(request.id, text, now), *asked]
        since = position if request.since is None else request.since
        self._subscriptions[key] = _Subscription(frames, Follower(since, is_reading=True), request)
        return [Recover(key, since), *asked]

    def recovered(self, key: str, history: History, now: float, members: str = "") -> list[Effect]:
        """The topic of a subscription has been read.

        :param members: what the answer, where it waits for this, has to say beside.
        """
        subscription = self._subscriptions.get(key)
        if subscription is None or self._is_closed:
            return []
        since = subscription.follower.position
        steps = subscription.follower.take_history(history)
        request, subscription.request = subscription.request, None
        if request is None:
            return self._follow(key, subscription, steps, now)
        self._count("subscriptions")
        lost = [step.position for step in steps if type(step) is Lost]
        text = subscription.frames.subscribed(
            request.id,
            lost[-1] if lost else since,
            members,
            recovered=request.since is not None and not lost,
        )
        rest = [step for step in steps if type(step) is not Lost]
        return [*self._answer_subscribe(request.id, text, now), *self._follow(key, subscription, rest, now)]

    def authenticated(self, number: int, identity: Bearer, now: float) -> list[Effect]:
        """A token stands for somebody."""
        self._under_way.used.pop(number, None)
        before = self._token
        is_same = before is not None and before.sub == identity.sub
        self.begin_as(identity, now)
        members = [("data", b'{"expires_in":%d}' % max(0, int(identity.seconds)))]
        if before is not None and not is_same:
            members.append(("invalidate", b'["*"]'))
        effects = self._send(answer_frame(number, members), now)
        if not is_same:
            self._under_way.outdated.update(dict.fromkeys(self._under_way.used))
            effects += self.signal(list(self._watches), now)
        if not is_same or before is None or before.rights != identity.rights:
            effects += self._reauthorize(is_another=True)
        return [*effects, *self._go_on()]

    def begin_as(self, identity: Bearer, now: float) -> None:
        """Whom the session stands for from now on."""
        self._token = identity
        self._expires = now + identity.seconds
        self._has_expired = False

    def ended(self) -> list[Effect]:
        """The framework's user has logged out."""
        return self._close(SESSION_ENDED, "the session has ended")

    def signal(self, ids: Iterable[int], now: float) -> list[Effect]:
        """What is watched under *ids* is stale."""
        if self._is_closed:
            return []
        known = [number for number in ids if number in self._watches]
        self._under_way.late.update({number: None for number in known if number in self._under_way.used})
        return self._signal([number for number in known if number not in self._under_way.used], now)

    def deliver(self, key: str, epoch: str, message: Message, now: float) -> list[Effect]:
        """A message of a topic."""
        subscription = self._subscriptions.get(key)
        if subscription is None or self._is_closed:
            return []
        # Most of all that happens is this.
        if subscription.follower.is_next(epoch, message):
            return self._pass_on(subscription, message, now)
        return self._follow(key, subscription, subscription.follower.take(epoch, message), now)

    def lost(self, key: str, position: Position, now: float) -> list[Effect]:
        """Messages of a topic are lost, for everybody."""
        subscription = self._subscriptions.get(key)
        if subscription is None or self._is_closed:
            return []
        return self._follow(key, subscription, subscription.follower.skip_to(position), now)

    def drop(self, key: str, error: APIError, now: float) -> list[Effect]:
        """The right to a subscription has ended."""
        subscription = self._subscriptions.pop(key, None)
        if subscription is None or self._is_closed:
            return []
        self._count("dropped")
        effects: list[Effect] = [Leave(key)]
        waiting = subscription.request
        if waiting is None:
            return [*effects, *self._send(subscription.frames.dropped(error), now)]
        return [*effects, *self._answer_subscribe(waiting.id, plain_refusal(waiting.id, error), now)]

    # --- requests

    def _ask(self, request: RequestFrame, now: float) -> list[Effect]:
        number, order = request.id, None
        if type(request) is Subscribe or type(request) is ClientMessage:
            try:
                order = key_of(request.channel, request.params)
            except ValueError:
                return self._bad_frame(BadFrame("The params are not valid Unicode.", number), now)
        if type(request) is ClientMessage and order not in self._subscriptions:
            return self._refuse(number, NotFound("Nothing is subscribed there."), now)
        if type(request) is Subscribe and (order in self._subscriptions or order in self._under_way.joining):
            return self._refuse(number, BadRequest("That is subscribed already."), now)
        is_read = type(request) is Watch or type(request) is Subscribe
        if is_read:
            is_over = self.subscriptions >= self._limits.subscriptions and number not in self._watches
        else:
            is_over = self._under_way.calls.is_full(self._limits.waiting)
        if is_over:
            return self._refuse(number, RateLimited(), now)
        asked = self._asked()
        asked.used[number] = order
        if type(request) is Watch:
            self._watches[number] = None
        elif type(request) is Subscribe and order is not None:
            asked.joining[order] = None
        (asked.reads if is_read else asked.calls).add(request, order)
        return self._go_on()

    def _asked(self) -> UnderWay:
        """What is under way, to be added to."""
        if self._under_way is NOTHING:
            self._under_way = UnderWay(self._limits.running)
        return self._under_way

    def _refuse(self, number: int, error: APIError, now: float) -> list[Effect]:
        if self._is_unread():
            return self._close_unread()
        self._count("refused")
        return self._send(plain_refusal(number, error), now)

    def _is_unread(self) -> bool:
        """Whether a client has been answered at once too often while it reads nothing."""
        if self._window.is_full:
            self._unread += 1
        return self._unread > _MOST_UNREAD

    def _close_unread(self) -> list[Effect]:
        return self._close(NO_PONG, "nothing that is sent is read")

    def _go_on(self) -> list[Effect]:
        """Begin what may begin now."""
        if not self._under_way.used:
            self._under_way = NOTHING
        elif not self._window.is_full:
            return [Start(request) for request in self._under_way.begin()]
        return []

    def _read(self, number: int, text: str, now: float, *, is_watched: bool) -> list[Effect]:
        order = self._under_way.used.pop(number, _NOT_USED)
        if self._is_closed or order is _NOT_USED:
            return []
        self._under_way.reads.end(number)
        self._count("subscriptions" if is_watched else "refused")
        effects = self._send(text, now)
        if isinstance(order, str):
            self._under_way.joining.pop(order, None)
        if is_watched:
            effects += self._keep_watching(number, now)
        elif number in self._watches:
            del self._watches[number]
            effects.append(Stop(number))
        self._under_way.late.pop(number, None)
        self._under_way.outdated.pop(number, None)
        return [*effects, *self._go_on()]

    def _keep_watching(self, number: int, now: float) -> list[Effect]:
        if self._has_expired:
            del self._watches[number]
            return [*self._signal([number], now), Stop(number)]
        return self._signal([number], now) if self._under_way.is_doubtful(number) else []

    def _answer_subscribe(self, number: int, text: str, now: float) -> list[Effect]:
        self._under_way.used.pop(number, None)
        self._under_way.outdated.pop(number, None)
        self._under_way.reads.end(number)
        return [*self._send(text, now), *self._go_on()]

    def _unwatch(self, number: int) -> list[Effect]:
        if number not in self._watches:
            return []
        del self._watches[number]
        self._unsignalled.pop(number, None)
        self._under_way.late.pop(number, None)
        self._under_way.outdated.pop(number, None)
        self._under_way.used.pop(number, None)
        self._under_way.reads.drop(number)
        return [Stop(number), *self._go_on()]

    def _unsubscribe(self, frame: Unsubscribe, now: float) -> list[Effect]:
        try:
            key = key_of(frame.channel, frame.params)
        except ValueError:
            return self._bad_frame(BadFrame("The params are not valid Unicode.", frame.id), now)
        subscription = self._subscriptions.get(key)
        if subscription is None or subscription.request is not None:
            return self._refuse(frame.id, NotFound("Nothing is subscribed there."), now)
        del self._subscriptions[key]
        return [Leave(key), *self._send(answer_frame(frame.id, [("data", b"null")]), now)]

    # --- channels and signals

    def _follow(self, key: str, subscription: _Subscription, steps: Iterable[Step], now: float) -> list[Effect]:
        effects: list[Effect] = []
        for step in steps:
            if type(step) is Deliver:
                for message in step.messages:
                    effects += self._pass_on(subscription, message, now)
            elif type(step) is Lost:
                effects += self._tell_gap(subscription, now)
            elif type(step) is Read:
                effects.append(Recover(key, step.since))
        return effects

    def _pass_on(self, subscription: _Subscription, message: Message, now: float) -> list[Effect]:
        if subscription.has_lost or self._window.is_full:
            subscription.has_lost = True
            return []
        self._messages += 1
        return self._send(subscription.frames.message(message.data.decode(), message.offset), now)

    def _tell_gap(self, subscription: _Subscription, now: float) -> list[Effect]:
        if subscription.has_lost or self._window.is_full:
            subscription.has_lost = True
            return []
        self._count("gaps")
        return self._send(subscription.frames.gap(subscription.follower.position), now)

    def _signal(self, ids: Sequence[int], now: float) -> list[Effect]:
        if not ids:
            return []
        if self._window.is_full:
            self._unsignalled.update(dict.fromkeys(ids))
            return []
        self._count("signals")
        return self._send(stale_frame(ids), now)

    def _reauthorize(self, *, is_another: bool = False) -> list[Effect]:
        keys = [key for key, subscription in self._subscriptions.items() if subscription.request is None]
        return [Reauthorize(keys, is_another)] if keys else []

    def _expire(self, now: float) -> list[Effect]:
        """The token has: nobody knows any more who has what it was needed for."""
        self._has_expired = True
        error = Unauthorized(_EXPIRED)
        watched = [number for number in self._watches if number not in self._under_way.used]
        effects = self._signal(watched, now)
        for number in watched:
            del self._watches[number]
            effects.append(Stop(number))
        for key in list(self._subscriptions):
            effects += self.drop(key, error, now)
        return effects

    # --- flow

    def _send(self, text: str, now: float) -> list[Effect]:
        is_ping_due = self._window.send(_size(text))
        return [Send(text), *self._ping(now)] if is_ping_due else [Send(text)]

    def _ping(self, now: float) -> list[Effect]:
        return [Send(ping_frame(self._window.ping(now)))]

    def _pong(self, frame: Pong, now: float) -> list[Effect]:
        if not self._window.pong(frame.n):
            return self._bad_frame(BadFrame("There was no such ping."), now)
        if self._window.is_full:
            return []
        self._unread = 0
        return [*self._make_up(now), *self._go_on()]

    def _make_up(self, now: float) -> list[Effect]:
        """Say what has been left out."""
        unsignalled, self._unsignalled = [number for number in self._unsignalled if number in self._watches], {}
        effects = self._signal(unsignalled, now)
        for subscription in self._subscriptions.values():
            if subscription.has_lost:
                subscription.has_lost = False
                effects += self._tell_gap(subscription, now)
        return effects

    # --- the end

    def _bad_frame(self, bad: BadFrame, now: float) -> list[Effect]:
        while self._bad and now - self._bad[0] >= _MINUTE:
            self._bad.pop(0)
        self._bad.append(now)
        if len(self._bad) > self._limits.bad_frames:
            return self._close(BAD_FRAMES, "too many frames that are none")
        self._count("refused")
        error = BadRequest(bad.message)
        return self._send(refusal_frame(bad.number, {"code": error.code, "message": error.message}), now)

    def _close(self, code: int, reason: str) -> list[Effect]:
        if self._is_closed:
            return []
        self._is_closed = True
        return [Close(code, reason)]


_NOT_USED: Any = object()


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
