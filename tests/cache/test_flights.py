"""Single flight, over forks."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable

import pytest

from mizan_core.cache.flights import Flights

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
IDENTITY = ("key", (b"version",))


def _holds_in_a_child(check: Callable[[], bool]) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            os._exit(0 if check() else 1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_child_does_not_wait_for_what_its_parent_leads() -> None:
    flights = Flights()
    assert flights.join(IDENTITY)[1]
    assert _holds_in_a_child(lambda: flights.join(IDENTITY)[1])
    assert not flights.join(IDENTITY)[1]


def test_a_child_that_was_forked_by_the_leader_lands_without_a_flight() -> None:
    flights = Flights()
    flight, _ = flights.join(IDENTITY)

    def land() -> bool:
        flights.land(IDENTITY, b"body")
        return not flight.done()

    assert _holds_in_a_child(land)
    flights.land(IDENTITY, b"body")
    assert flight.result() == b"body"
