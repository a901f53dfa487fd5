"""Whether the store can be trusted (protocol.md section 10, last but one paragraph).

After any failure this process trusts nothing in the store until it has changed the epoch, which every entry carries:
a purge may have been lost. It tries to in the background, and with each purge that is asked for meanwhile: once the
store can be reached, a mutation is answered only after what it made stale is so for all processes.
"""

from __future__ import annotations

import logging
import os
import secrets
import weakref
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread

from mizan_core.cache.access import Access
from mizan_core.cache.backend import TAG_TTL, BackendUnavailable
from mizan_core.cache.counters import COUNTERS
from mizan_core.immediate import complete_now

EPOCH = "epoch"
VERSION_BYTES = 8
_log = logging.getLogger("mizan.cache")
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0
_LONGEST_END = 5.0
"""Seconds that the end of a recovery is waited for; a backend that keeps to its timeout needs less."""


def new_version() -> bytes:
    """A version that nobody else has made: 64 random bits, never a counter that could start again."""
    return secrets.token_bytes(VERSION_BYTES)


class Health:
    """The trust of one process in one store.

    :param access: for the thread that recovers.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._lock = Lock()
        self._is_down = False
        self._recovery: _Recovery | None = None
        self._failures = 0
        _after_fork(self)

    @property
    def is_down(self) -> bool:
        """Whether reads must bypass the store."""
        return self._is_down

    def fail(self) -> None:
        """An operation failed: trust nothing until the epoch has been changed, which is tried in the background."""
        with self._lock:
            self._failures += 1
            begins, self._is_down = not self._is_down, True
        if begins:
            COUNTERS.count("outages")
            _log.error("The cache does not answer: requests are served without it until it does")
        self.recover()

    def recover(self) -> None:
        """See to it that the epoch of a store that is down is being changed in the background."""
        with self._lock:
            if self._is_down and self._recovery is None:
                # Where there are too many threads already, the next request tries again.
                with suppress(RuntimeError):
                    self._recovery = _Recovery(self._recover)

    async def change_epoch(self, access: Access) -> bool:
        """Make every entry invalid, and trust the store again unless something else fails meanwhile.

        Gives whether the epoch has been changed.
        """
        with self._lock:
            seen = self._failures
        try:
            await access.write({EPOCH: new_version()}, TAG_TTL)
        except BackendUnavailable:
            self.fail()
            return False
        with self._lock:
            # A purge that failed after the write had begun is not covered by it.
            ends = self._is_down and self._failures == seen
            self._is_down = self._is_down and not ends
        if ends:
            _log.error("The cache answers again: what it held before is not used")
        return True

    def rest(self) -> None:
        """End what runs in the background. A store that is down stays so, and ``recover`` begins anew."""
        with self._lock:
            recovery = self._recovery
        if recovery is not None:
            recovery.stop()

    def restart_recovery(self) -> None:
        """In a forked child there is no recovery thread, whatever the parent had."""
        self._lock = Lock()
        self._recovery = None
        self.recover()

    def _recover(self, stopped: Event) -> None:
        pause = _FIRST_PAUSE
        while not self._is_over(stopped):
            if not complete_now(self.change_epoch(self._access)):
                stopped.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _is_over(self, stopped: Event) -> bool:
        with self._lock:
            over = stopped.is_set() or not self._is_down
            if over:
                self._recovery = None
            return over


class _Recovery:
    """A thread that does *work*, which ends soon after the event that it is given has been set.

    :raises RuntimeError: when no thread can be started.
    """

    def __init__(self, work: Callable[[Event], None]) -> None:
        self._stopped = Event()
        self._thread = Thread(target=work, args=(self._stopped,), name="mizan-cache-recovery", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Return when the thread has ended."""
        self._stopped.set()
        self._thread.join(_LONGEST_END)


def _after_fork(health: Health) -> None:
    reference = weakref.ref(health)

    def restart() -> None:
        alive = reference()
        if alive is not None:
            alive.restart_recovery()

    register: Callable[..., None] | None = getattr(os, "register_at_fork", None)
    if register is not None:
        register(after_in_child=restart)
