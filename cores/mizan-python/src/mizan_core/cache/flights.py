"""Single flight: of several requests that miss the same entry in the same state, one runs the functions.

The state is part of the flight: a request that has seen other tag versions, because a purge came between, does not
join.
"""

from __future__ import annotations

from concurrent.futures import Future
from threading import Lock
from typing import TypeAlias

from mizan_core.after_fork import restart_after_fork

State: TypeAlias = "tuple[str, tuple[bytes, ...]]"
Flight: TypeAlias = "Future[bytes | None]"


class Flights:
    """The flights of one process, for threads and event loops alike."""

    def __init__(self) -> None:
        self.restart()
        restart_after_fork(self)

    def restart(self) -> None:
        """A forked child has none: who leads those of its parent is not there, and never lands."""
        self._lock = Lock()
        self._flights: dict[State, Flight] = {}

    def join(self, state: State) -> tuple[Flight, bool]:
        """The flight, and whether the caller leads it: a leader must ``land`` it, whatever happens."""
        with self._lock:
            flight = self._flights.get(state)
            if flight is not None:
                return flight, False
            flight = self._flights[state] = Future()
            # From here on nobody who waits can cancel it for the others.
            flight.set_running_or_notify_cancel()
            return flight, True

    def land(self, state: State, body: bytes | None) -> None:
        """Give the body to those who wait; None when there is none for them, and each runs for itself."""
        with self._lock:
            flight = self._flights.pop(state, None)
        # Nobody waits in a child that was forked while its one thread led the flight.
        if flight is not None:
            flight.set_result(body)
