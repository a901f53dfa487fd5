"""The walk notices what is wrong: each test puts one fault between the client and a real server."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from examples.shop.demo.display import Display
from examples.shop.demo.expectations import Unexpected
from examples.shop.demo.interrupts import Interrupts
from examples.shop.demo.servers import FASTAPI, RunningShop, open_shops
from examples.shop.demo.walk import walk_through
from examples.shop.seed import CUSTOMERS
from tests.shop.tampering import Answer, Forward, Request, Tampering, tampered


@pytest.fixture
def shop() -> Iterator[RunningShop]:
    with ExitStack() as stack:
        yield open_shops([FASTAPI], stack, Interrupts(), silent_display())[0]


def test_nothing_is_wrong(shop: RunningShop) -> None:
    walk(shop, lambda request, forward: forward(request))


def edit_body(edit: Callable[[Any], None]) -> Tampering:
    def tampering(request: Request, forward: Forward) -> Answer:
        answer = forward(request)
        if answer.body and request.target.startswith("/api/mizan/"):
            body = json.loads(answer.body)
            edit(body)
            answer.body = json.dumps(body).encode()
        return answer

    return tampering


def without_header(name: str) -> Tampering:
    def tampering(request: Request, forward: Forward) -> Answer:
        answer = forward(request)
        answer.headers = [header for header in answer.headers if header[0].lower() != name]
        return answer

    return tampering


def broad(body: Any) -> None:
    """Every scoped entry is made to concern all customers."""
    if "invalidate" in body:
        body["invalidate"] = [entry if isinstance(entry, str) else entry["context"] for entry in body["invalidate"]]


def session_instead_of_token(request: Request, forward: Forward) -> Answer:
    """Whoever has a session needs no valid token."""
    if "cookie" in request.headers:
        request.headers.pop("x-mizan-token", None)
    return forward(request)


def everybodys_page(request: Request, forward: Forward) -> Answer:
    """Asked for Bea's page, Ada gets one."""
    request.target = request.target.replace(str(CUSTOMERS[1].id), str(CUSTOMERS[0].id))
    return forward(request)


def stale() -> Tampering:
    """Whoever shows a token gets the body of the first answer to a fetch for ever."""
    known: dict[str, bytes] = {}

    def tampering(request: Request, forward: Forward) -> Answer:
        answer = forward(request)
        if request.method == "GET" and "x-mizan-token" in request.headers and answer.status == 200:
            answer.body = known.setdefault(request.target, answer.body)
        return answer

    return tampering


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        pytest.param(without_header("cache-control"), "Cache-Control\n    expected 'no-store'", id="cacheable"),
        pytest.param(without_header("x-mizan-invalidate"), "expected 'global'\n    got      None", id="no-header"),
        pytest.param(without_header("x-mizan-cache"), "expected 'MISS'\n    got      None", id="no-word-of-the-cache"),
        pytest.param(edit_body(lambda body: body.pop("merge", None)), "'slot': 'user_profile'", id="no-merge"),
        pytest.param(edit_body(broad), "'function': 'user_profile'", id="too-broad"),
        pytest.param(session_instead_of_token, "expected 401\n    got      200", id="fall-back-to-session"),
        pytest.param(everybodys_page, "expected 403\n    got      200", id="another-customers-page"),
        pytest.param(stale(), "expected 'Ada Lovelace'\n    got      'Ada'", id="stale"),
    ],
)
def test_notices_a_fault(shop: RunningShop, tampering: Tampering, told: str) -> None:
    with pytest.raises(Unexpected) as failure:
        walk(shop, tampering)
    assert told in str(failure.value)
    assert "FastAPI" in str(failure.value)


def test_notices_a_server_that_is_gone(shop: RunningShop) -> None:
    shop.process.stop()
    with pytest.raises(Unexpected, match="expected an answer"):
        walk_through(shop, silent_display())


def walk(shop: RunningShop, tampering: Tampering) -> None:
    with tampered(shop.url, tampering) as url:
        walk_through(dataclasses.replace(shop, url=url), silent_display())


def silent_display() -> Display:
    return Display(io.StringIO(), verbose=True, echo_servers=False)
