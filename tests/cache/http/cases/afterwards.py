"""What is written after the answer has begun, by what it has left behind: streams, background tasks, threads, tasks."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.cache.http.asking import Asker
from tests.cache.http.functions import LATER
from tests.cache.http.leaving import leave
from tests.cache.http.world import PATIENCE, WORLD, Background

pytestmark = [
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume"),
    pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning"),
]


@pytest.mark.parametrize("ending", ["whole", "error"])
@pytest.mark.parametrize("way", ["call", "route"])
def test_a_stream(asker: Asker, way: str, ending: str) -> None:
    function = "stream_django" if asker.site.is_django else "stream_fastapi"
    _check(asker, lambda: _ask(asker, way, function, ending))


def test_a_stream_whose_client_leaves(asker: Asker) -> None:
    """Nothing has been read of what comes next, and the generator writes when it is closed."""
    if asker.site.name == "django-wsgi" and asker.suffix:
        pytest.skip("Django reads an asynchronous stream to its end before it sends it from a thread")
    if asker.site.name == "django-asgi" and not asker.suffix:
        pytest.skip("Django reads a stream of a thread to its end before it sends it from an event loop")
    function = ("stream_django" if asker.site.is_django else "stream_fastapi") + asker.suffix
    for account_id in (1, 2):
        asker.keep("account", account_id=account_id)
    leave(asker.site, function, {"account_id": 1, "ending": "whole"}, lambda: asker.keep("account", account_id=1))
    assert asker.balance(1) == ("MISS", 1)
    assert asker.balance(2) == ("HIT", 0)


@pytest.mark.parametrize("site", ["fastapi"], indirect=True)
@pytest.mark.parametrize("ending", ["whole", "error"])
@pytest.mark.parametrize("way", ["call", "route"])
def test_a_background_task(asker: Asker, way: str, ending: str) -> None:
    _check(asker, lambda: _ask(asker, way, "background", ending))


def _ask(asker: Asker, way: str, function: str, ending: str) -> None:
    if way == "call":
        asker.caller.view(function + asker.suffix, {"account_id": 1, "ending": ending})
        return
    response = asker.caller.http.get(f"{'/async' if asker.suffix else ''}/{function}/1/{ending}/")
    assert response.headers["X-Mizan-Invalidate"] == f"account{asker.suffix};account_id=1"


def _check(asker: Asker, ask: Callable[[], Any]) -> None:
    """The entry is purged before the headers go out, kept again by somebody else, and purged at the end."""
    for account_id in (1, 2):
        asker.keep("account", account_id=account_id)

    def ask_for_all() -> str:
        with suppress(RuntimeError):
            ask()
        return "over"

    with WORLD.gate("stream") as gate:
        asking = Background(ask_for_all)
        gate.wait_for_arrival()
        assert asker.balance(1) == ("MISS", 0)
        asker.keep("account", account_id=1)
        gate.open()
        assert asking.result() == "over"
    assert asker.balance(1) == ("MISS", 1)
    assert asker.balance(2) == ("HIT", 0)
    gc.collect()  # Django leaves the file of a body to the collector where a stream has failed: it complains here


def test_what_outlives_its_request(asker: Asker) -> None:
    """A thread, or a task, that has the request's context."""
    if asker.site.name == "django-wsgi" and asker.suffix:
        pytest.skip("the event loop of such a function ends with it")
    LATER.clear()
    with WORLD.gate("later") as gate:
        assert asker.call("deposit_later", account_id=1).invalidate is None
        for account_id in (1, 2):
            asker.keep("account", account_id=account_id)
        gate.wait_for_arrival()
        gate.open()
        for end in LATER:
            end.result(PATIENCE)
    assert asker.balance(1) == ("MISS", 1)
    assert asker.balance(2) == ("HIT", 0)
