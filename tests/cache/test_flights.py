"""Single flight, over forks."""

from __future__ import annotations

import os
import warnings

import pytest

from mizan_core.cache.flights import Flights


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_child_does_not_wait_for_what_its_parent_leads() -> None:
    flights = Flights()
    identity = ("key", (b"version",))
    assert flights.join(identity)[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _, leads = flights.join(identity)
        os._exit(0 if leads else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert not flights.join(identity)[1]
