"""Machines that are broken on purpose: what a careless change could bring. Each must be found out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mizan_core.cache.versions import EPOCH
from mizan_core.live.broker import History, Message, Position
from mizan_core.live.following import Deliver, Follower, Lost, Step
from mizan_core.live.hub import Hub
from mizan_core.live.session import Session
from mizan_core.live.watches import Watches

Patch = pytest.MonkeyPatch


def no_gap_check(patch: Patch) -> None:
    """What comes after a hole is passed on as if there were none."""

    def take(self: Follower, epoch: str, message: Message) -> list[Step]:
        if epoch == self.position.epoch and message.offset <= self.position.offset:
            return []
        self.position = Position(epoch, message.offset)
        return [Deliver((message,))]

    patch.setattr(Follower, "take", take)


def no_dedupe(patch: Patch) -> None:
    """What has been passed on is passed on again."""
    take = Follower.take

    def repeating(self: Follower, epoch: str, message: Message) -> list[Step]:
        if epoch == self.position.epoch and message.offset <= self.position.offset:
            return [Deliver((message,))]
        return take(self, epoch, message)

    patch.setattr(Follower, "take", repeating)


def no_head_check(patch: Patch) -> None:
    """After a reconnect nobody asks how far topics have come."""

    async def nothing(self: Hub) -> None: ...

    patch.setattr(Hub, "_compare_heads", nothing)


def head_check_by_offset_alone(patch: Patch) -> None:
    """Another epoch is taken for the same one."""

    def check(self: Follower, head: Position) -> list[Step]:
        return self.read() if head.offset > self.position.offset else []

    patch.setattr(Follower, "check", check)


def no_epoch(patch: Patch) -> None:
    """Offsets of different epochs are compared."""
    take = Follower.take
    patch.setattr(Follower, "take", lambda self, _, message: take(self, self.position.epoch, message))


def no_order(patch: Patch) -> None:
    """What has waited is passed on as it came."""

    def drain(self: Follower) -> list[Step]:
        pending, self._pending = list(reversed(self._pending.values())), {}
        if not pending:
            return []
        self.position = Position(self.position.epoch, max(message.offset for message in pending))
        return [Deliver(tuple(pending))]

    patch.setattr(Follower, "_drain", drain)


def pending_forgotten(patch: Patch) -> None:
    """What is told while a topic is read is thrown away."""
    take = Follower.take

    def forgetful(self: Follower, epoch: str, message: Message) -> list[Step]:
        if self.is_reading:
            return []
        steps = take(self, epoch, message)
        self._pending = {}
        return steps

    patch.setattr(Follower, "take", forgetful)


def silent_loss(patch: Patch) -> None:
    """Where a topic no longer remembers, the follower goes on and says nothing."""
    skip_to = Follower.skip_to

    def silent(self: Follower, position: Position) -> list[Step]:
        return [step for step in skip_to(self, position) if type(step) is not Lost]

    patch.setattr(Follower, "skip_to", silent)


def loss_without_need(patch: Patch) -> None:
    """A hole is a loss at once, though the topic remembers."""

    def take_history(self: Follower, history: History) -> list[Step]:
        self.is_reading = False
        return self.skip_to(history.position)

    patch.setattr(Follower, "take_history", take_history)


def failed_read_forgotten(patch: Patch) -> None:
    """A topic that could not be read counts as being read for ever."""
    patch.setattr(Follower, "failed", lambda self: None)
    patch.setattr(Hub, "_read", _read_once)


async def _read_once(self: Hub, topic: str, found: Any, since: Position) -> None:
    history = await self.broker.read(topic, since)
    self._follow(topic, found, found.follower.take_history(history))


def behind_forgotten(patch: Patch) -> None:
    """That a newer word came while a topic was read is forgotten."""
    drain = Follower._drain

    def forgetful(self: Follower) -> list[Step]:
        self._is_behind = False
        return drain(self)

    patch.setattr(Follower, "_drain", forgetful)


def recovered_is_not_dropped_from_the_window(patch: Patch) -> None:
    """What finds no room in the window is forgotten."""

    def make_up(self: Session, now: float) -> list[Any]:
        for subscription in self._subscriptions.values():
            subscription.has_lost = False
        return []

    patch.setattr(Session, "_make_up", make_up)


def nothing_is_left_out(patch: Patch) -> None:
    """What has been missed before a subscription came back is not looked for."""
    subscribed = Session.subscribed

    def forgetful(self: Session, request: Any, key: str, position: Position, now: float, **more: Any) -> Any:
        since = None if request.since is None else position
        return subscribed(self, request._replace(since=since), key, position, now, **more)

    patch.setattr(Session, "subscribed", forgetful)


def position_read_before_joining(patch: Patch) -> None:
    """A subscriber is told a position that lies behind what it will be told."""
    subscribed = Session.subscribed

    def late(self: Session, request: Any, key: str, position: Position, now: float, **more: Any) -> Any:
        later = Position(position.epoch, position.offset + 1)
        return subscribed(self, request, key, later, now, **more)

    patch.setattr(Session, "subscribed", late)


MUTANTS: Mapping[str, Callable[[Patch], None]] = {
    each.__name__: each
    for each in (
        no_gap_check,
        no_dedupe,
        no_head_check,
        head_check_by_offset_alone,
        no_epoch,
        no_order,
        pending_forgotten,
        silent_loss,
        loss_without_need,
        failed_read_forgotten,
        behind_forgotten,
        recovered_is_not_dropped_from_the_window,
        nothing_is_left_out,
        position_read_before_joining,
    )
}


def watched_after_reading(patch: Patch) -> None:
    """The versions are read first, and then the watch is entered."""

    async def watch(self: Hub, socket: Any, number: int, tags: Any) -> None:
        versions = await self._versions(list(tags))
        self.watches.enter(socket, number, tags)
        self.watches.learn([EPOCH, *tags], versions)

    patch.setattr(Hub, "watch", watch)


def told_before_reading(patch: Patch) -> None:
    """Who is told is found out before the versions are read."""

    async def signal(self: Hub) -> None:
        purged = self.watches.take_purged()
        stale = self.watches._watching(purged)
        self.watches.signal(purged, await self._versions(list(purged)))
        self._tell_stale(stale)

    patch.setattr(Hub, "_signal", signal)


def newer_versions_learnt(patch: Patch) -> None:
    """Whoever comes last says what is known."""
    patch.setattr(Watches, "enter", _enter_and_forget)


def _enter_and_forget(self: Watches[Any], holder: Any, number: int, tags: Any) -> list[str]:
    _enter(self, holder, number, tags)
    for tag in tags:
        self._known.pop(tag, None)
    return list(tags)


_enter = Watches.enter


def no_doubt(patch: Patch) -> None:
    """What could not be read is not known, instead of in doubt."""

    def learn(self: Watches[Any], tags: Any, versions: Any) -> None:
        for tag in tags:
            if versions is not None:
                self._known.setdefault(tag, versions[tag])

    patch.setattr(Watches, "learn", learn)


def announced_versions_not_read(patch: Patch) -> None:
    """What was announced is known by its version from before."""
    patch.setattr(Watches, "_settle", lambda self, tags, versions: None)


def epoch_not_watched(patch: Patch) -> None:
    """Another epoch is nothing to anybody."""
    patch.setattr("mizan_core.live.watches.EPOCH", "another")


def origin_believed(patch: Patch) -> None:
    """Whoever has changed a tag is not told, whoever else has."""

    def watching(self: Watches[Any], changed: Any) -> dict[Any, list[int]]:
        found: dict[Any, list[int]] = {}
        for tag, origins in changed.items():
            for holder, number in self._by_tag.get(tag, ()):
                if holder.socket is None or holder.socket not in origins:
                    found.setdefault(holder, []).append(number)
        return found

    patch.setattr(Watches, "_watching", watching)


def originator_not_in_doubt(patch: Patch) -> None:
    """Whoever has changed a tag has been told of everything until then."""
    watching = Watches._watching

    def without(self: Watches[Any], changed: Any) -> Any:
        found = watching(self, changed)
        self._untold.clear()
        return found

    patch.setattr(Watches, "_watching", without)


def originator_in_doubt_for_good(patch: Patch) -> None:
    """Reading anew leaves a watch in doubt."""
    leave = Watches.leave

    def without(self: Watches[Any], holder: Any, number: int) -> None:
        untold = dict(self._untold)
        leave(self, holder, number)
        self._untold = untold

    patch.setattr(Watches, "leave", without)


def no_comparison(patch: Patch) -> None:
    """Announcements are trusted."""
    patch.setattr(Watches, "compare", lambda self, versions: {})


def everybody_told_in_an_outage(patch: Patch) -> None:
    """What cannot be read counts as changed."""
    compare = Watches.compare

    def compare_anyway(self: Watches[Any], versions: Any) -> Any:
        return compare(self, dict.fromkeys(self.compared(), b"") if versions is None else versions)

    patch.setattr(Watches, "compare", compare_anyway)


def every_announcement_told(patch: Patch) -> None:
    """Nothing is collected."""

    def on_stale(self: Hub, tags: Any, origin: Any) -> None:
        if self.watches.announce(tags, origin):
            self._flush()

    patch.setattr(Hub, "on_stale", on_stale)


WATCH_MUTANTS: Mapping[str, Callable[[Patch], None]] = {
    each.__name__: each
    for each in (
        watched_after_reading,
        told_before_reading,
        newer_versions_learnt,
        no_doubt,
        announced_versions_not_read,
        epoch_not_watched,
        origin_believed,
        originator_not_in_doubt,
        originator_in_doubt_for_good,
        no_comparison,
        everybody_told_in_an_outage,
        every_announcement_told,
    )
}
