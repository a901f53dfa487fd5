"""What a function reads of a request beside what its entry is found by keeps its bundle out of the cache."""

from __future__ import annotations

import logging

import pytest

from tests.cache.http.asking import Asker
from tests.cache.http.functions import READERS
from tests.cache.http.world import WORLD
from tests.conformance.caller import Caller

HEADERS = {"X-Language": "de"}
BOUND = {"all-headers", "all-meta", "session", "accepts", "address", "raw", "csrf-token"}
"""What no header stands for."""


def _callers(asker: Asker) -> list[Asker]:
    return [asker, asker.become(asker.site.bearer("4711"))]


@pytest.mark.parametrize("what", READERS)
def test_what_is_read_beside(asker: Asker, what: str) -> None:
    for viewer in _callers(asker):
        for context in ("reading", "reading_shared"):
            words = [viewer.word(context, HEADERS, what=what) for _ in range(2)]
            assert words == ["MISS", "MISS"], (context, words)


def test_what_is_read_beside_reaches_nobody_else(asker: Asker) -> None:
    """Not by another way than the cache, either: middleware has read the same, and the request is as it was."""
    asker.keep("reading", HEADERS, what="nothing")
    asker.become(asker.site.bearer("4711")).keep("reading", HEADERS, what="nothing")
    asker.keep("reading_shared", HEADERS, what="nothing")
    asker.become(asker.site.member("plain")).keep("reading", HEADERS, what="nothing")


@pytest.mark.parametrize("what", READERS)
def test_what_the_entry_is_found_by_may_be_read(asker: Asker, what: str) -> None:
    words = [asker.word("reading_varied", HEADERS, what=what) for _ in range(2)]
    bound = what in BOUND - ({"accepts"} if asker.site.is_django else set())
    # Django's is the header Accept, which the context does not vary by.
    assert words[-1] == ("MISS" if bound or what == "accepts" else "HIT")


def test_a_thread_of_its_own(asker: Asker) -> None:
    assert [asker.word("reading_apart", HEADERS) for _ in range(2)] == ["MISS", "MISS"]


def test_one_function_of_a_bundle_is_enough(asker: Asker, caplog: pytest.LogCaptureFixture) -> None:
    _forget_what_was_told(asker)
    with caplog.at_level(logging.WARNING, logger="mizan.cache"):
        assert [asker.word("reading_beside", HEADERS) for _ in range(3)] == ["MISS"] * 3
    assert WORLD.runs["reads_nothing"] == 3
    suffix = asker.suffix
    message = (
        f"The bundle of context reading_beside{suffix} is not cached: function reads_language{suffix} reads the header "
        "'x-language', the cookie 'theme'. Write cache=CachePolicy(vary=('x-language', 'cookie')), or do not read it"
    )
    assert caplog.messages == [message]
    assert caplog.records[0].mizan_function == f"reads_language{suffix}"  # type: ignore[attr-defined]


def test_what_no_header_stands_for(asker: Asker, caplog: pytest.LogCaptureFixture) -> None:
    _forget_what_was_told(asker)
    with caplog.at_level(logging.WARNING, logger="mizan.cache"):
        asker.word("reading_peer")
    assert "reads the client's address" in caplog.text
    assert "Write cache=False" in caplog.text


def test_a_gate_may_look_at_the_request(asker: Asker) -> None:
    """It is asked for each request, whatever is cached."""
    knocking = {"X-Knock": "three times"}
    asker.keep("gated", knocking)
    Caller(asker.caller.http, {}).fetch("gated" + asker.suffix).refused("UNAUTHORIZED")


def _forget_what_was_told(asker: Asker) -> None:
    caching = asker.site.dispatcher.interface().caching
    assert caching is not None
    caching.reports._told.clear()
