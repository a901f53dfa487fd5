"""Cache keys (protocol.md section 3)."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core.engine import Engine
from tests.parity import subclasses, values
from tests.parity.differential import Same
from tests.parity.plain_form import hashed, plain
from tests.parity.values import MAX_DEPTH, MAX_INTEGER

SECRET = "a-secret-for-cache-keys"

GOOD_ARGUMENTS: dict[str, values.Values] = {
    "secret": st.one_of(st.just(SECRET), st.text(min_size=1), st.binary(min_size=1, max_size=100)),
    "context": values.texts(),
    "params": st.none() | values.plain_dicts(values.texts(), values.json_values()),
    "user_id": st.none() | values.texts().filter(bool),
    "rev": st.integers(0, MAX_INTEGER),
    "vary": st.none() | values.plain_dicts(values.texts(), values.json_values()),
}
ANY_VALUES: dict[str, values.Values] = {
    "secret": st.text() | st.binary() | st.builds(subclasses.Payload, st.binary()),
    "context": values.any_texts() | st.builds(subclasses.SafeText, values.texts()),
    "params": st.none() | values.plain_dicts(values.any_texts(), values.anything()),
    "user_id": st.none() | values.any_texts(),
    "rev": values.integers(),
    "vary": st.none() | values.plain_dicts(values.any_texts(), values.anything()),
}
"""Of the right types; of several arguments of wrong ones each engine may refuse another first."""


@given(arguments=st.fixed_dictionaries(ANY_VALUES))
def test_several_wrong_values(same: Same, arguments: dict[str, Any]) -> None:
    one_off = same(lambda engine: engine.derive_cache_key(**arguments))
    secret = arguments.pop("secret")
    prepared = same(lambda engine: engine.CacheKeyer(secret).derive(**arguments))
    assert one_off.exact() == prepared.exact()


@pytest.mark.parametrize("name", GOOD_ARGUMENTS)
@given(value=values.anything())
def test_one_wrong_argument(same: Same, name: str, value: object) -> None:
    arguments: dict[str, Any] = {"secret": SECRET, "context": "user", "params": {"id": 5}, "user_id": "42", name: value}
    same(lambda engine: engine.derive_cache_key(**arguments))


@given(params=values.deep_values())
def test_deep_params(same: Same, params: object) -> None:
    same(lambda engine: engine.derive_cache_key(SECRET, "c", {"deep": params}))
    same(lambda engine: engine.derive_cache_key(SECRET, "c", vary={"deep": params}))


@given(arguments=st.fixed_dictionaries({**GOOD_ARGUMENTS, "params": st.none(), "vary": st.none()}))
def test_is_the_formula_of_the_protocol(same: Same, arguments: dict[str, Any]) -> None:
    payload = {"c": arguments["context"], "p": {}, "r": arguments["rev"]}
    if arguments["user_id"] is not None:
        payload["u"] = arguments["user_id"]
    key = same(lambda engine: engine.derive_cache_key(**arguments)).value
    assert key == _key(arguments["secret"], arguments["context"], payload)


@given(params=values.plain_dicts(values.texts(), values.json_values()))
def test_values_count_in_their_plain_form(same: Same, params: dict[str, Any]) -> None:
    key = same(lambda engine: engine.derive_cache_key(SECRET, "c", params, vary=params))
    assert key == same(lambda engine: engine.derive_cache_key(SECRET, "c", plain(params), vary=plain(params)))
    payload = {"c": "c", "p": plain(params), "r": 0, **({"v": plain(params)} if params else {})}
    assert key.value == _key(SECRET, "c", payload)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(5, "5", id="int"),
        pytest.param("5", '"5"', id="text"),
        pytest.param(True, "true", id="true"),
        pytest.param(False, "false", id="false"),
        pytest.param(None, "null", id="null"),
        pytest.param(1.0, "1", id="an integer as float"),
        pytest.param(-0.0, "0", id="negative zero"),
        pytest.param(1.5, "1.5", id="float"),
        pytest.param(2.0**53, "9007199254740992", id="the last integer"),
        pytest.param(-(2.0**53) - 2, "-9007199254740994.0", id="beyond the last integer"),
        pytest.param(1e16, "1e+16", id="large float"),
        pytest.param((1, [None, 2.0]), "[1,[null,2]]", id="tuple"),
        pytest.param({"a": {"b": 2.0}}, '{"a":{"b":2}}', id="mapping"),
        pytest.param(subclasses.Level.HIGH, str(2**60), id="IntEnum"),
    ],
)
def test_the_form_of_a_value(same: Same, value: object, text: str) -> None:
    found = same(lambda engine: engine.derive_cache_key(SECRET, "c", {"x": value}))
    assert found.value == _key_of(SECRET, "c", b'{"c":"c","p":{"x":' + text.encode() + b'},"r":0}')
    found = same(lambda engine: engine.derive_cache_key(SECRET, "c", vary={"x": value}))
    assert found.value == _key_of(SECRET, "c", b'{"c":"c","p":{},"r":0,"v":{"x":' + text.encode() + b"}}")


def test_what_tells_two_entries_apart(engine: Engine) -> None:
    derive = engine.CacheKeyer(SECRET).derive
    keys = [
        derive("c"),
        derive("d"),
        derive("c", {"x": 1}),
        derive("c", {"x": "1"}),
        derive("c", {"x": True}),
        derive("c", {"x": "true"}),
        derive("c", {"x": "null"}),
        derive("c", {"x": [1]}),
        derive("c", {"x": None}),
        derive("c", user_id="1"),
        derive("c", rev=1),
        derive("c", vary={"x": 1}),
        derive("c", vary={"x": None}),
        derive("c", vary={"x": "null"}),
        engine.CacheKeyer(SECRET + "x").derive("c"),
    ]
    assert len(set(keys)) == len(keys)
    assert derive("c") == derive("c", {}) == derive("c", None, None, 0, {}) == derive("c", vary=None)


@pytest.mark.parametrize(
    ("arguments", "error", "place"),
    [
        pytest.param({"secret": ""}, ValueError, "secret", id="empty secret"),
        pytest.param({"secret": b""}, ValueError, "secret", id="empty bytes as secret"),
        pytest.param({"secret": bytearray(b"x")}, TypeError, "secret", id="bytearray as secret"),
        pytest.param({"secret": "\ud800"}, ValueError, "secret", id="surrogate in the secret"),
        pytest.param({"secret": None}, TypeError, "secret", id="no secret"),
        pytest.param({"context": b"user"}, TypeError, "context", id="bytes as context"),
        pytest.param({"context": "\udc00"}, ValueError, "context", id="surrogate in the context"),
        pytest.param({"params": []}, TypeError, "params", id="list as params"),
        pytest.param({"params": {"a": {"b": [{1}]}}}, TypeError, "params.a.b[0]", id="set in params"),
        pytest.param({"params": {"a": float("nan")}}, ValueError, "params.a", id="NaN in params"),
        pytest.param({"params": {5: 1}}, TypeError, "params", id="integer key"),
        pytest.param({"user_id": ""}, ValueError, "user_id", id="empty user"),
        pytest.param({"user_id": 5}, TypeError, "user_id", id="integer user"),
        pytest.param({"rev": -1}, ValueError, "rev", id="negative rev"),
        pytest.param({"rev": MAX_INTEGER + 1}, ValueError, "rev", id="rev too large"),
        pytest.param({"rev": 2**64}, ValueError, "rev", id="rev beyond 64 bits"),
        pytest.param({"rev": True}, TypeError, "rev", id="bool as rev"),
        pytest.param({"rev": 1.0}, TypeError, "rev", id="float as rev"),
        pytest.param({"rev": None}, TypeError, "rev", id="no rev"),
        pytest.param({"vary": "de"}, TypeError, "vary", id="text as vary"),
        pytest.param({"vary": {"a": b""}}, TypeError, "vary.a", id="bytes in vary"),
    ],
)
def test_refusals_name_the_argument(same: Same, arguments: dict[str, Any], error: type[Exception], place: str) -> None:
    outcome = same(lambda engine: engine.derive_cache_key(**{"secret": SECRET, "context": "c", **arguments}))
    assert outcome.kind is error
    assert str(outcome.error).startswith(f"{place}: ")


def test_limits(same: Same) -> None:
    assert same(lambda engine: engine.derive_cache_key(SECRET, "c", rev=MAX_INTEGER)).error is None
    deepest = values.nested(MAX_DEPTH - 2)  # the payload and params are the two levels around it
    assert same(lambda engine: engine.derive_cache_key(SECRET, "c", {"x": deepest})).error is None
    assert same(lambda engine: engine.derive_cache_key(SECRET, "c", {"x": [deepest]})).kind is ValueError


@pytest.mark.parametrize("name", [name for name in GOOD_ARGUMENTS if name != "secret"])
def test_the_secret_is_never_told(same: Same, name: str) -> None:
    secret = "correct-horse-battery-staple"
    arguments: dict[str, Any] = {"secret": secret, "context": "c", name: object()}
    assert secret not in str(same(lambda engine: engine.derive_cache_key(**arguments)).error)
    with_surrogate = same(lambda engine: engine.CacheKeyer(f"{secret}\ud800"))
    assert secret not in str(with_surrogate.error)


def test_a_keyer_shows_no_secret(engine: Engine) -> None:
    assert SECRET not in repr(engine.CacheKeyer(SECRET))
    assert SECRET not in repr(engine.MWTVerifier(SECRET * 2))


def _key(secret: str | bytes, context: str, payload: dict[str, Any]) -> str:
    return _key_of(secret, context, hashed(payload))


def _key_of(secret: str | bytes, context: str, payload: bytes) -> str:
    key = secret.encode() if isinstance(secret, str) else secret
    return f"ctx:{context}:{hmac.new(key, payload, 'sha256').hexdigest()}"
