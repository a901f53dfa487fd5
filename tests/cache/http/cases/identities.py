"""Equal arguments share an entry, different ones never do, and what cannot be told bypasses the cache."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cache.http.asking import Asker

RIGHT, WRONG = "right", "wrong"


@pytest.mark.parametrize(
    ("context", "first", "second"),
    [
        pytest.param("safe", {"password": RIGHT}, {"password": WRONG}, id="a secret"),
        pytest.param(
            "vault",
            {"login": json.dumps({"name": "ada", "password": RIGHT})},
            {"login": json.dumps({"name": "ada", "password": WRONG})},
            id="an excluded field",
        ),
        pytest.param("nearby", {"distance": "1.2"}, {"distance": "0.9"}, id="a serialiser that rounds"),
        pytest.param("anything", {"value": '{"name":null}'}, {"value": '{"name":"null"}'}, id="null and its text"),
        pytest.param("anything", {"value": '{"a":5}'}, {"value": '{"a":"5"}'}, id="a number and its text"),
        pytest.param("anything", {"value": '{"a":true}'}, {"value": '{"a":1}'}, id="true and one"),
        pytest.param("anything", {"value": '{"a":[]}'}, {"value": '{"a":"[]"}'}, id="a list and its text"),
        pytest.param("spelled", {"word": "A"}, {"word": "a"}, id="what one function takes for the same"),
    ],
)
def test_different_values_have_entries_of_their_own(
    asker: Asker, context: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    values = [asker.fetch(context, **parameters)[1] for parameters in (first, second)]
    asker.site.empty()
    fetched = [asker.fetch(context, **parameters) for parameters in (first, second, first, second)]
    assert [word for word, _ in fetched] == ["MISS", "MISS", "HIT", "HIT"]
    assert [bundle for _, bundle in fetched] == values * 2


@pytest.mark.parametrize("context", ["safe", "vault", "cellar"])
def test_a_wrong_password_gets_nothing_of_the_right_one(asker: Asker, context: str) -> None:
    def parameters(password: str) -> dict[str, Any]:
        content = json.dumps({"name": "ada", "password": password})
        return {"safe": {"password": password}, "vault": {"login": content}, "cellar": {"unlocking": content}}[context]

    for _ in range(2):
        assert asker.value(context, **parameters(RIGHT)) in ("gold", "wine")
        assert asker.value(context, **parameters(WRONG)) == "nothing"


def test_a_header_that_is_absent_is_not_the_word_null(asker: Asker) -> None:
    asker.keep("translated", {"Accept-Language": "null"})
    word, bundle = asker.fetch("translated")
    assert (word, bundle) == ("MISS", {"translated": bundle["translated"]})
    assert bundle["translated"] != "null"


@pytest.mark.parametrize(
    ("context", "first", "second"),
    [
        pytest.param("priced", {"price": "1.0"}, {"price": "1.00"}, id="Decimal"),
        pytest.param("priced", {"price": "-0"}, {"price": "0.0"}, id="Decimal zero"),
        pytest.param("weighed", {"weight": "-0.0"}, {"weight": "0"}, id="float zero"),
        pytest.param("weighed", {"weight": "1"}, {"weight": "1.0"}, id="float"),
        pytest.param(
            "scheduled",
            {"at": "2026-01-01T12:00:00Z"},
            {"at": "2026-01-01T14:00:00+02:00"},
            id="an instant in two zones",
        ),
        pytest.param("tagged", {"tags": '["a","b","c"]'}, {"tags": '["c","a","b","a"]'}, id="set"),
        pytest.param("anything", {"value": '{"a":1,"b":2}'}, {"value": '{"b":2,"a":1}'}, id="the order of members"),
    ],
)
def test_equal_values_share_an_entry(asker: Asker, context: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    asker.keep(context, **_query(context, first))
    assert asker.word(context, **_query(context, second)) == "HIT"


@pytest.mark.parametrize(
    ("mutation", "context", "given", "kept", "others"),
    [
        pytest.param("reprice", "priced", {"price": "1.00"}, {"price": "1"}, {"price": "2"}, id="Decimal"),
        pytest.param("reweigh", "weighed", {"weight": 1}, {"weight": "1.0"}, {"weight": "1.5"}, id="float"),
        pytest.param(
            "reschedule",
            "scheduled",
            {"at": "2026-01-01T14:00:00+02:00"},
            {"at": "2026-01-01T12:00:00Z"},
            {"at": "2026-01-01T12:00:00"},
            id="an instant in two zones",
        ),
        pytest.param("retag", "tagged", {"tags": ["b", "a"]}, {"tags": '["a","b"]'}, {"tags": '["a"]'}, id="set"),
        pytest.param("repaint", "painted", {"colour": "red"}, {"colour": "red"}, {"colour": "blue"}, id="enum"),
        pytest.param("refill", "safe", {"password": RIGHT}, {"password": RIGHT}, {"password": WRONG}, id="secret"),
        pytest.param("move", "nearby", {"distance": 1.2}, {"distance": "1.2"}, {"distance": "0.9"}, id="rounded"),
    ],
)
def test_a_purge_reaches_what_equals_it(
    asker: Asker, mutation: str, context: str, given: dict[str, Any], kept: dict[str, Any], others: dict[str, Any]
) -> None:
    kept, others = _query(context, kept), _query(context, others)
    asker.keep(context, **kept)
    asker.keep(context, **others)
    assert asker.call(mutation, **given).status == 200
    assert asker.word(context, **kept) == "MISS"
    assert asker.word(context, **others) == "HIT"


@pytest.mark.parametrize(
    ("mutation", "context", "given", "kept"),
    [
        pytest.param("switch", "switched", {"state": True}, {"state": "1"}, id="true equals one"),
        pytest.param("respell", "spelled", {"word": "x"}, {"word": "A"}, id="functions that differ"),
    ],
)
def test_a_purge_is_broad_where_equality_is_not_told(
    asker: Asker, mutation: str, context: str, given: dict[str, Any], kept: dict[str, Any]
) -> None:
    asker.keep(context, **kept)
    assert asker.call(mutation, **given).status == 200
    assert asker.word(context, **kept) == "MISS"


@pytest.mark.parametrize("day", ["2026-01-01", "tomorrow"])
def test_what_cannot_be_told_apart_bypasses(asker: Asker, day: str) -> None:
    assert [asker.word("ambiguous", day=day) for _ in range(2)] == ["BYPASS", "BYPASS"]
    assert asker.call("clarify", day=day).status == 200


@pytest.mark.parametrize("given", [{"password": RIGHT}, {"password": WRONG}])
def test_no_answer_holds_a_secret(asker: Asker, given: dict[str, Any]) -> None:
    answer = asker.call("refill", **given)
    assert answer.json["invalidate"] == ["safe" + asker.suffix]
    assert answer.headers["X-Mizan-Invalidate"] == "safe" + asker.suffix


def test_what_a_serialiser_rounds_is_not_answered(asker: Asker) -> None:
    assert asker.call("move", distance=1.2).json["invalidate"] == ["nearby" + asker.suffix]
    exact = {"context": "nearby" + asker.suffix, "params": {"distance": 2}}
    assert asker.call("move", distance=2).json["invalidate"] == [exact]


@pytest.mark.parametrize(
    ("context", "given", "kept", "others"),
    [
        ("priced", {"price": "1.000"}, {"price": "1"}, {"price": "2"}),
        ("painted", {"colour": "red"}, {"colour": "red"}, {"colour": "blue"}),
        ("safe", {"password": RIGHT}, {"password": RIGHT}, {"password": WRONG}),
    ],
)
def test_purges_by_name_go_by_what_values_equal(
    asker: Asker, context: str, given: dict[str, Any], kept: dict[str, Any], others: dict[str, Any]
) -> None:
    asker.keep(context, **kept)
    asker.keep(context, **others)
    asker.site.package.purge(context + asker.suffix, **given)
    assert asker.word(context, **kept) == "MISS"
    assert asker.word(context, **others) == "HIT"


def _query(context: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """A set is written as a repeated key."""
    return {"tags": json.loads(parameters["tags"])} if context == "tagged" else parameters
