"""Signing tokens (protocol.md section 4)."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core.engine import Engine
from mizan_core.errors import ConfigurationError
from tests.parity import values
from tests.parity.differential import Same
from tests.parity.tokens import NOW, PKEY, SECRET, claims_of, signature, unb64
from tests.parity.values import MAX_INTEGER

MAX_TTL = 86_400
LATEST_ISSUE = MAX_INTEGER - MAX_TTL
"""So that no ``exp`` can pass the largest time that a token may hold."""

GOOD_ARGUMENTS: dict[str, values.Values] = {
    "sub": values.texts().filter(bool),
    "pkey": values.texts(),
    "secret": st.one_of(st.just(SECRET), st.text(min_size=32, max_size=40), st.binary(min_size=32, max_size=100)),
    "ttl": st.integers(1, MAX_TTL),
    "staff": st.booleans(),
    "superuser": st.booleans(),
    "audience": st.none() | values.texts(),
    "kid": st.none() | values.texts(),
    "now": st.integers(0, LATEST_ISSUE),
}
ANY_ARGUMENTS: dict[str, values.Values] = {
    **{name: values.mostly(good) for name, good in GOOD_ARGUMENTS.items()},
    "ttl": values.mostly(values.integers() | st.integers(-1, MAX_TTL + 1)),
    "now": values.mostly(values.integers() | st.integers(LATEST_ISSUE - 1, LATEST_ISSUE + 1)).filter(
        lambda now: now is not None  # the clock may tick between the engines
    ),
}

WEAK_SECRETS = {
    "empty": "",
    "one character": "x",
    "31 bytes": b"x" * 31,
    "31 characters": "x" * 31,
    "PEM": "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----",
    "PEM after other text": "Proc-Type: 4\n-----BEGIN RSA PRIVATE KEY-----\n" + "A" * 40,
    "PEM bytes": b"\r\n\t -----BEGIN CERTIFICATE-----" + b"A" * 40,
    "JWK": json.dumps({"kty": "oct", "k": "A" * 43}),
    "JWK with white space": '\n {  "k": "' + "A" * 43 + '", "kty" : "oct" }',
    "JWK set": json.dumps({"keys": [{"kty": "RSA", "n": "A" * 43}]}),
    "ssh-rsa": "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ someone@example",
    "ssh-ed25519": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI someone",
    "ecdsa": "  ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY= someone",
    "security key": "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5",
    "ecdsa security key": "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNh",
}
GOOD_SECRETS = {
    "32 bytes": b"x" * 32,
    "32 bytes in 16 characters": "é" * 16,
    "NUL bytes": bytes(32),
    "not UTF-8": b"\xff" * 32,
    "a brace": "{" + "x" * 40,
    "text about kty": 'x"kty"' + "x" * 40,
    "ssh inside": "my ssh-rsa " + "x" * 40,
    "dashes": "-----END PUBLIC KEY-----" + "x" * 40,
}
KEY_MARKS = ("-----BEGIN", "-----begin", "ssh-", "SSH-", "ecdsa-sha2-", "sk-ssh", "sk-ecdsa-", "{", '{"kty"', '{"keys"')


ANY_VALUES: dict[str, values.Values] = {
    **GOOD_ARGUMENTS,
    "sub": values.any_texts(),
    "pkey": values.any_texts(),
    "secret": st.just(SECRET) | st.text(max_size=40) | st.binary(max_size=40),
    "ttl": values.integers() | st.integers(-1, MAX_TTL + 1),
    "audience": st.none() | values.any_texts(),
    "kid": st.none() | values.any_texts(),
    "now": values.integers() | st.integers(LATEST_ISSUE - 1, LATEST_ISSUE + 1),
}


@given(arguments=st.fixed_dictionaries(ANY_VALUES))
def test_several_wrong_values(same: Same, arguments: dict[str, Any]) -> None:
    same(lambda engine: engine.create_mwt(arguments["sub"], arguments["pkey"], **_keywords(arguments)))


@pytest.mark.parametrize("name", GOOD_ARGUMENTS)
@given(data=st.data())
def test_one_wrong_argument(same: Same, name: str, data: st.DataObject) -> None:
    arguments = {"sub": "42", "pkey": PKEY, "secret": SECRET, "now": NOW, name: data.draw(ANY_ARGUMENTS[name])}
    same(lambda engine: engine.create_mwt(arguments["sub"], arguments["pkey"], **_keywords(arguments)))


@given(arguments=st.fixed_dictionaries(GOOD_ARGUMENTS))
def test_is_the_layout_of_the_protocol(same: Same, arguments: dict[str, Any]) -> None:
    outcome = same(lambda engine: engine.create_mwt(arguments["sub"], arguments["pkey"], **_keywords(arguments)))
    header, claims, seal = str(outcome.value).split(".")
    assert unb64(header) == _canonical({"alg": "HS256", "typ": "JWT", "kid": arguments["kid"]})
    issued = arguments["now"]
    assert unb64(claims) == _canonical(
        {
            "sub": arguments["sub"],
            "pkey": arguments["pkey"],
            "iat": issued,
            "nbf": issued,
            "exp": issued + arguments["ttl"],
            "staff": arguments["staff"],
            "super": arguments["superuser"],
            "aud": arguments["audience"],
        }
    )
    assert seal == signature(f"{header}.{claims}", arguments["secret"])


@given(arguments=st.fixed_dictionaries(GOOD_ARGUMENTS))
def test_what_is_made_is_accepted(same: Same, arguments: dict[str, Any]) -> None:
    token = same(lambda engine: engine.create_mwt(arguments["sub"], arguments["pkey"], **_keywords(arguments))).value
    assert isinstance(token, str)
    expected = {"audience": arguments["audience"], "now": arguments["now"]}
    ring = {arguments["kid"]: arguments["secret"]}
    alone = same(lambda engine: engine.decode_mwt(token, secret=arguments["secret"], **expected))
    assert alone.value == claims_of(token)
    if arguments["kid"] is not None:
        assert same(lambda engine: engine.decode_mwt(token, secret=ring, **expected)).value == claims_of(token)


def test_the_clock_is_the_default(engine: Engine) -> None:
    before = int(time.time())
    token = engine.create_mwt("42", PKEY, secret=SECRET)
    claims = engine.decode_mwt(token, secret=SECRET, leeway=1)
    assert before <= claims.iat <= int(time.time())
    assert claims.exp == claims.iat + 300


@pytest.mark.parametrize("secret", WEAK_SECRETS.values(), ids=WEAK_SECRETS)
def test_weak_secrets_are_refused_everywhere(same: Same, secret: str | bytes) -> None:
    token = "a.b.c"
    outcomes = (
        same(lambda engine: engine.create_mwt("42", PKEY, secret=secret, now=NOW)),
        same(lambda engine: engine.decode_mwt(token, secret=secret, now=NOW)),
        same(lambda engine: engine.MWTVerifier(secret)),
        same(lambda engine: engine.MWTVerifier({"good": SECRET, "weak": secret})),
    )
    for outcome in outcomes:
        assert outcome.kind is ConfigurationError
        assert not secret or str(secret) not in str(outcome.error)


@pytest.mark.parametrize("secret", GOOD_SECRETS.values(), ids=GOOD_SECRETS)
def test_good_secrets_are_taken(same: Same, secret: str | bytes) -> None:
    token = same(lambda engine: engine.create_mwt("42", PKEY, secret=secret, now=NOW)).value
    assert isinstance(token, str)
    assert same(lambda engine: engine.decode_mwt(token, secret=secret, now=NOW)).error is None


@given(secret=st.binary(max_size=70))
def test_engines_agree_on_secrets(same: Same, secret: bytes) -> None:
    same(lambda engine: engine.create_mwt("42", PKEY, secret=secret, now=NOW))


@given(
    start=st.sampled_from(("", " ", "\x0b", "\xa0", "\ufeff", "\n\t\r ")),
    middle=st.sampled_from(KEY_MARKS),
    end=st.text(st.sampled_from('{}": ktyeys-BEGIN'), min_size=0, max_size=40),
)
def test_engines_agree_on_what_looks_like_a_key(same: Same, start: str, middle: str, end: str) -> None:
    secret = f"{start}{middle}{end}".ljust(32, "x")
    same(lambda engine: engine.create_mwt("42", PKEY, secret=secret, now=NOW))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({"sub": ""}, ValueError, id="empty sub"),
        pytest.param({"sub": 42}, TypeError, id="integer sub"),
        pytest.param({"sub": "\ud800"}, ValueError, id="surrogate in sub"),
        pytest.param({"pkey": None}, TypeError, id="no pkey"),
        pytest.param({"ttl": 0}, ValueError, id="ttl 0"),
        pytest.param({"ttl": MAX_TTL + 1}, ValueError, id="ttl of more than a day"),
        pytest.param({"ttl": 2**64}, ValueError, id="ttl beyond 64 bits"),
        pytest.param({"ttl": True}, TypeError, id="bool as ttl"),
        pytest.param({"ttl": 300.0}, TypeError, id="float as ttl"),
        pytest.param({"staff": 1}, TypeError, id="integer as staff"),
        pytest.param({"superuser": None}, TypeError, id="no superuser"),
        pytest.param({"audience": b"x"}, TypeError, id="bytes as audience"),
        pytest.param({"kid": 1}, TypeError, id="integer as kid"),
        pytest.param({"now": -1}, ValueError, id="negative now"),
        pytest.param({"now": LATEST_ISSUE + 1}, ValueError, id="now too late"),
        pytest.param({"now": 1e9}, TypeError, id="float as now"),
        pytest.param({"secret": None}, TypeError, id="no secret"),
        pytest.param({"secret": {"k": SECRET}}, TypeError, id="a ring cannot sign"),
    ],
)
def test_refusals_name_the_argument(same: Same, arguments: dict[str, Any], error: type[Exception]) -> None:
    complete = {"sub": "42", "pkey": PKEY, "secret": SECRET, "now": NOW, **arguments}
    outcome = same(lambda engine: engine.create_mwt(complete["sub"], complete["pkey"], **_keywords(complete)))
    assert outcome.kind is error
    assert next(iter(arguments)) in str(outcome.error)


def test_limits(same: Same) -> None:
    assert same(lambda engine: engine.create_mwt("42", PKEY, secret=SECRET, ttl=1, now=0)).error is None
    latest = same(lambda engine: engine.create_mwt("42", PKEY, secret=SECRET, ttl=MAX_TTL, now=LATEST_ISSUE)).value
    assert claims_of(str(latest)).exp == MAX_INTEGER


def _keywords(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name not in ("sub", "pkey")}


def _canonical(claims: dict[str, Any]) -> bytes:
    present = {name: value for name, value in claims.items() if value is not None}
    return json.dumps(present, sort_keys=True, separators=(",", ":")).encode()
