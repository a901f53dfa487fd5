"""Functions of the view path, whose result is a framework's response."""

from __future__ import annotations

from typing import Any

import pytest

from mizan_core.call.outcome import Refused, ViewResponse
from mizan_core.client.frameworks import Framework, register_framework
from tests.call.fakes import App, Way
from tests.call.test_purging import is_kept, keep, note


class Response:
    """What a framework would send."""


register_framework(Framework("Fake", requests=(), responses=(Response,)))
RESPONSE = Response()


def export(request: Any, user_id: int) -> Response:
    return RESPONSE


def wrong(request: Any, user_id: int) -> Response:
    return "no response"  # type: ignore[return-value]


@pytest.fixture
def app() -> App:
    return App({note: {"context": "user"}, export: {"affects": "user"}, wrong: {"affects": "user"}})


def test_the_response_is_given_as_it_is(way: Way, app: App) -> None:
    keep(way, app)
    outcome = way.run(app.call(way.port(), "export", user_id=1))
    assert isinstance(outcome, ViewResponse)
    assert outcome.response is RESPONSE
    assert outcome.stale == [{"context": "user", "params": {"user_id": 1}}]
    assert not is_kept(way, app, 1)


def test_it_may_go_on_writing_so_whoever_sends_it_can_purge_again(way: Way, app: App) -> None:
    outcome = way.run(app.call(way.port(), "export", user_id=1))
    assert isinstance(outcome, ViewResponse)
    keep(way, app)
    for purge in outcome.purges:
        way.run(purge.store.purge(way.port().access(purge.store), purge.tags))
    assert not is_kept(way, app, 1)


def test_anything_else_is_a_failure(way: Way, app: App) -> None:
    outcome = way.run(app.call(way.port(), "wrong", user_id=1))
    assert isinstance(outcome, Refused)
    assert outcome.failure is not None
