"""What a process does for its store in the background (protocol.md section 10).

A shared store has a *beat*: every third of a lease each process renews the epoch, shows that it lives and looks after
the others. Any store that has failed is tried until it works again, and what is owed to it is paid.
"""

from __future__ import annotations

import logging
import time
import weakref
from contextlib import suppress
from threading import Event, Lock, Thread, current_thread

from mizan_core.after_fork import restart_after_fork
from mizan_core.cache.backend import (
    TAG_TTL,
    Announcer,
    BackendReplaced,
    BackendUnavailable,
    Beat,
    CacheBackend,
    SharedBackend,
)
from mizan_core.cache.roster import Dead, Roster
from mizan_core.cache.trust import Trust
from mizan_core.cache.versions import EPOCH, MIXED, NO_GRAPH, broad, graph_of, new_epoch

ROSTER = "roster"
ROSTER_TTL = 3_600
"""Seconds that the roster outlives its last member, so that who comes next may see what that one left undone."""
THREAD = "mizan-cache-keeper"
_log = logging.getLogger("mizan.cache")
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0
_LONGEST_END = 5.0
"""Seconds that the end of the thread is waited for; a backend that keeps to its timeout needs less."""


class Keeper:
    """The background work of one process for one store, begun by ``ensure`` and again after ``stop`` or a fork.

    :param lease: seconds that the epoch of a shared store lives without a beat.
    """

    def __init__(self, backend: CacheBackend, trust: Trust, lease: int) -> None:
        self.graph = NO_GRAPH
        self.shared = backend if isinstance(backend, SharedBackend) else None
        self.roster = Roster(lease)
        self.announcer: Announcer | None = None
        """Told what has been paid, where somebody watches."""
        self.is_running = False
        self._backend = backend
        self._trust = trust
        self._lease = lease
        self._lock = Lock()
        self._thread: _Thread | None = None
        self._pause = _FIRST_PAUSE
        self._last_failure = -1.0
        self._strangers_until = 0.0
        restart_after_fork(self)

    def ensure(self) -> None:
        """See to it that the work is being done, where there is any; soon, when something has failed."""
        if self.is_running:
            return
        with self._lock:
            if self._thread is None and self._has_work():
                # Where there are too many threads already, the next request tries again.
                with suppress(RuntimeError):
                    self._thread = _Thread(self)
                    self.is_running = True

    def wake(self) -> None:
        """Something has failed: do not wait for the next beat."""
        self.ensure()
        with self._lock:
            self._last_failure = time.monotonic()
            if self._thread is not None:
                self._thread.wake()

    def stop(self) -> None:
        """End the work; strike this process out of the roster, when it leaves nothing undone."""
        with self._lock:
            thread = self._thread
        if thread is None:
            return
        thread.stop()
        if self.shared is not None and self.roster.is_idle and self._trust.is_given:
            with suppress(BackendUnavailable):
                self.shared.strike(ROSTER, self.roster.own_fields())
            self.roster.restart()

    def restart(self) -> None:
        """In a forked child there is no thread, whatever the parent had, and the process is another."""
        self._lock = Lock()
        self._thread = None
        self.is_running = False
        self._trust.restart()
        self.roster.restart()
        if not self._trust.is_given:
            self.ensure()

    def _has_work(self) -> bool:
        return self.shared is not None or not self._trust.is_given

    def turn(self, thread: _Thread) -> float | None:
        """Do what is to be done now; gives the seconds until the next turn, None when there is none."""
        with self._lock:
            if thread.is_stopped or not self._has_work():
                self._thread = None
                self.is_running = False
                return None
        if self._is_well():
            self._pause = _FIRST_PAUSE
            return self._lease / 3
        pause, self._pause = self._pause, min(self._pause * 2, self._lease / 3, _LONGEST_PAUSE)
        return pause

    def _is_well(self) -> bool:
        """Work; gives whether all is well, so that there is time until the next beat."""
        failures = self._trust.failures
        try:
            if self.shared is not None and not self._beat(self.shared):
                # What has been announced is announced again at once.
                self._beat(self.shared)
            if self.shared is None and not self._trust.is_given:
                self._backend.claim({EPOCH: new_epoch(self.graph)}, TAG_TTL)
            self._pay()
        except BackendReplaced as error:
            self._trust.fail(error)
            self._trust.owe([EPOCH])
            return False
        except BackendUnavailable as error:
            self._last_failure = time.monotonic()
            self._trust.fail(error)
            return False
        self._trust.restore(failures)
        return self._trust.is_given

    def _pay(self) -> None:
        debts = self._trust.debts
        if debts:
            removed = [EPOCH] if EPOCH in debts else list(debts)
            self._backend.delete(removed)
            self._trust.settle(debts)
            if self.announcer is not None:
                with suppress(BackendUnavailable):
                    self.announcer.announce(removed)

    def _beat(self, shared: SharedBackend) -> bool:
        """Gives whether the roster was as this process has left it."""
        fields, dropped = self.roster.next_beat(self.graph)
        began = time.monotonic()
        pulse = shared.beat(Beat(EPOCH, self._lease, ROSTER, ROSTER_TTL, fields, dropped))
        now = time.monotonic()
        self.roster.confirm(fields)
        findings = self.roster.observe(pulse.fields, self.graph, began, now)
        if findings.lost:
            # With it may have gone what somebody has announced who is dead now.
            self._trust.owe([EPOCH])
        for dead in findings.dead:
            self._make_up_for(dead)
        if findings.forgotten:
            shared.strike(ROSTER, findings.forgotten)
        self._end_mixture(pulse.lease, findings.strangers, now)
        return not findings.lost

    def _make_up_for(self, dead: Dead) -> None:
        if dead.since < self._last_failure:
            # It may have died in an outage, with purges that it could not announce either.
            self._trust.owe([EPOCH])
        elif dead.announced:
            _log.warning("A process has not been heard of for %s s: what it was about to purge is purged", self._lease)
            self._trust.owe(map(broad, dead.announced))

    def _end_mixture(self, epoch: bytes | None, strangers: bool, now: float) -> None:
        """Purges are narrow again when nobody with another graph has been seen for two leases."""
        if strangers or self._strangers_until == 0:
            self._strangers_until = now + 2 * self._lease
        if epoch is not None and graph_of(epoch) == MIXED and now > self._strangers_until:
            self._backend.delete([EPOCH])


class _Thread:
    """Gives a keeper its turns until there are none, or nobody else knows the keeper any more.

    :raises RuntimeError: when no thread can be started.
    """

    def __init__(self, keeper: Keeper) -> None:
        self.is_stopped = False
        self._woken = Event()
        self._keeper = weakref.ref(keeper, lambda _: self.wake())
        self._thread = Thread(target=self._run, name=THREAD, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        """Return when the last turn has ended."""
        self.is_stopped = True
        self.wake()
        if self._thread is not current_thread():
            self._thread.join(_LONGEST_END)

    def _run(self) -> None:
        while True:
            keeper = self._keeper()
            pause = None if keeper is None else keeper.turn(self)
            if pause is None:
                return
            del keeper
            self._woken.wait(pause)
            self._woken.clear()
