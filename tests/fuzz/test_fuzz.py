"""A short run of ``make fuzz``, and what makes its verdicts trustworthy."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.fuzz.campaign import Campaign, Finding, Verdict, campaign
from tests.fuzz.exchange import Answer, Request
from tests.fuzz.generator import Generator

REQUESTS = 1_000
CALL = Request("POST", "/api/mizan/call/", "", (("Content-Type", "application/json"),), '{"fn":"x","args":{"a":[1,2]}}')


def test_nothing_is_found(native: object) -> None:
    found: list[Finding] = []
    with campaign(found.append) as opened:
        opened.ask(Generator(8), REQUESTS)
    assert not found
    assert opened.requests > 4 * REQUESTS
    assert opened.found.total() == 0


def test_a_seed_is_a_row_of_requests() -> None:
    first, second = Generator(5), Generator(5)
    texts = [first.request()._replace(headers=()) for _ in range(200)]
    assert texts == [second.request()._replace(headers=()) for _ in range(200)]
    assert len(set(texts)) > 150
    assert texts != [Generator(6).request()._replace(headers=()) for _ in range(200)]


class _Said(NamedTuple):
    """A player that gives the same whatever it is asked."""

    engine: str
    answers: list[Answer] | None

    def ask(self, request: Request, *, everywhere: bool = False) -> list[Answer] | None:
        return self.answers if "2" in request.body else [_answer()]


def _answer(status: int = 200, body: str = "{}", seconds: float = 0.0) -> Answer:
    return Answer("front", status, (), body, seconds)


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ([_answer(body='{"a":1}')], Verdict.DIFFERENCE),
        ([_answer(status=400)], Verdict.DIFFERENCE),
        ([_answer(), _answer(body="")], Verdict.DIFFERENCE),
        ([_answer(status=500)], Verdict.SERVER_ERROR),
        ([_answer(status=599)], Verdict.SERVER_ERROR),
        ([_answer(seconds=60.0)], Verdict.HANG),
        (None, Verdict.HANG),
    ],
)
def test_what_is_wrong_is_seen(answers: list[Answer] | None, verdict: Verdict) -> None:
    found: list[Finding] = []
    opened = Campaign(found.append, [_Said("one", [_answer()]), _Said("other", answers)])
    opened.examine(CALL)
    opened.examine(CALL)
    opened.close()
    assert opened.found == {verdict: 2}
    [finding] = found
    assert finding.verdict is verdict
    if verdict is not Verdict.HANG:
        assert finding.request.body == "2"


def test_what_is_right_is_no_finding() -> None:
    found: list[Finding] = []
    opened = Campaign(found.append, [_Said("one", [_answer()]), _Said("other", [_answer(), _answer()])])
    opened.examine(CALL)
    opened.close()
    assert not found
    assert opened.requests == 3


def test_asks_as_clients_do() -> None:
    """Several bundles in one request, and mutations that say what is shown."""
    generator = Generator(1)
    requests = [generator.request() for _ in range(300)]
    assert sum(request.method == "GET" and request.path == "/api/mizan/ctx/" for request in requests) > 10
    assert sum('"shown": [{"context"' in request.body for request in requests) > 10
