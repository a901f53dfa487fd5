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
from threading import Event, Lock, Thread

from mizan_core.cache.backend import TAG_TTL, BackendUnavailable, CacheBackend
from mizan_core.cache.counters import COUNTERS
from mizan_core.cache.operations import Operations, WriteKeys, complete

EPOCH = "epoch"
VERSION_BYTES = 8
_log = logging.getLogger("mizan.cache")
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0


def new_version() -> bytes:
    """A version that nobody else has made: 64 random bits, never a counter that could start again."""
    return secrets.token_bytes(VERSION_BYTES)


class Health:
    """The trust of one process in one store."""

    def __init__(self, backend: CacheBackend) -> None:
        self._backend = backend
        self._lock = Lock()
        self._is_down = False
        self._is_recovering = False
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
            starts, self._is_recovering = not self._is_recovering, True
        if begins:
            COUNTERS.count("outages")
            _log.error("The cache does not answer: requests are served without it until it does")
        if starts:
            self._start_recovery()

    def change_epoch(self) -> Operations[bool]:
        """Make every entry invalid, and trust the store again unless something else fails meanwhile.

        Gives whether the epoch has been changed.
        """
        with self._lock:
            seen = self._failures
        try:
            yield WriteKeys({EPOCH: new_version()}, TAG_TTL)
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

    def restart_recovery(self) -> None:
        """In a forked child there is no recovery thread, whatever the parent had."""
        self._lock = Lock()
        self._is_recovering = self._is_down
        if self._is_down:
            self._start_recovery()

    def _start_recovery(self) -> None:
        Thread(target=self._recover, name="mizan-cache-recovery", daemon=True).start()

    def _recover(self) -> None:
        pause, clock = _FIRST_PAUSE, Event()
        while not self._is_over():
            if not complete(self._backend, self.change_epoch()):
                clock.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _is_over(self) -> bool:
        with self._lock:
            self._is_recovering = self._is_down
            return not self._is_down


def _after_fork(health: Health) -> None:
    reference = weakref.ref(health)

    def restart() -> None:
        alive = reference()
        if alive is not None:
            alive.restart_recovery()

    register: Callable[..., None] | None = getattr(os, "register_at_fork", None)
    if register is not None:
        register(after_in_child=restart)
