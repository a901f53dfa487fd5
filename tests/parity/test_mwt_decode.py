"""Checking tokens (protocol.md section 4): the engines on generated tokens, keys and clocks."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core.engine import Engine
from mizan_core.errors import (
    ConfigurationError,
    ExpiredToken,
    ImmatureToken,
    InvalidAudience,
    InvalidClaims,
    InvalidSignature,
    MalformedToken,
    MWTError,
    UnknownKey,
    UnsupportedAlgorithm,
)
from tests.parity import json_texts, values
from tests.parity.differential import Outcome, Same
from tests.parity.tokens import (
    CLAIMS,
    HEADER,
    NOW,
    OTHER_SECRET,
    SECRET,
    b64,
    changed,
    claims_of,
    members,
    seal,
    signed,
    unb64,
    with_claims,
)
from tests.parity.values import MAX_INTEGER

MAX_LENGTH = 4_096
CLAIM_TEXTS = {name: json.dumps(value) for name, value in CLAIMS.items()}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
RING = {"v1": SECRET, "v2": OTHER_SECRET, "": SECRET, "ké\x00y": SECRET}

TOKENS = {
    "plain": (signed(), SECRET, None),
    "audience": (signed(claims={**CLAIMS, "aud": "https://shop.example"}), SECRET, "https://shop.example"),
    "ring": (signed({**HEADER, "kid": "v1"}), RING, None),
}
REPLACEMENTS = ("A", "B", "_", "-", "+", "/", "=", ".", " ", "\n", "\x00", "\x7f", "é", "\ud800", "😀")


def decode(same: Same, token: Any, **arguments: Any) -> Outcome:
    """The outcome of both forms, which must be one."""
    complete = {"secret": SECRET, "audience": None, "leeway": 0, "now": NOW, **arguments}
    one_off = decode_once(same, token, **complete)
    now, secret = complete.pop("now"), complete.pop("secret")
    prepared = same(lambda engine: engine.MWTVerifier(secret, **complete).decode(token, now))
    assert one_off.exact() == prepared.exact()
    return one_off


def decode_once(same: Same, token: Any, *, secret: Any, audience: Any, leeway: Any = 0, now: Any = NOW) -> Outcome:
    return same(lambda engine: engine.decode_mwt(token, secret=secret, audience=audience, leeway=leeway, now=now))


def assert_refused(outcome: Outcome) -> None:
    assert isinstance(outcome.error, MWTError), outcome


# One byte off.


def mutations(token: str) -> Iterator[str]:
    """Every text that differs from *token* at one place."""
    for index, character in enumerate(token):
        before, after = token[:index], token[index + 1 :]
        neighbours = (chr(ord(character) ^ 1), character.swapcase())
        for other in {*REPLACEMENTS, *neighbours} - {character}:
            yield before + other + after
        yield before + after
        for other in (character, "A", ".", "="):
            yield before + other + token[index:]
    for other in REPLACEMENTS:
        yield token + other
        yield other + token


@pytest.mark.parametrize(("token", "secret", "audience"), TOKENS.values(), ids=TOKENS)
def test_a_token_mutated_anywhere_is_refused(same: Same, token: str, secret: Any, audience: str | None) -> None:
    assert decode(same, token, secret=secret, audience=audience).value == claims_of(token)
    for mutated in mutations(token):
        assert_refused(decode_once(same, mutated, secret=secret, audience=audience))


@pytest.mark.parametrize(("token", "secret", "audience"), TOKENS.values(), ids=TOKENS)
def test_a_token_cut_anywhere_is_refused(same: Same, token: str, secret: Any, audience: str | None) -> None:
    for length in range(len(token)):
        for text in (token[:length], token[length + 1 :]):
            assert_refused(decode_once(same, text, secret=secret, audience=audience))


@given(data=st.data())
def test_engines_agree_on_shuffled_parts(same: Same, data: st.DataObject) -> None:
    parts = [part for token, _, _ in TOKENS.values() for part in token.split(".")]
    chosen = data.draw(st.lists(st.sampled_from([*parts, "", "AA", "e30"]), max_size=5))
    decode(same, ".".join(chosen))


# Headers and claims as arbitrary texts, signed correctly.


def header_texts() -> json_texts.Texts:
    names = st.sampled_from(("alg", "alg", "typ", "kid", "crit", "jku", "ALG", "", "b64"))
    usual = {"alg": '"HS256"', "typ": '"JWT"', "kid": '"v1"'}
    objects = json_texts.object_texts(names, json_texts.scalar_texts())
    return altered_objects(usual) | objects | json_texts.value_texts()


def claims_texts() -> json_texts.Texts:
    names = st.sampled_from((*CLAIMS, "aud", "x", ""))
    objects = json_texts.object_texts(names, json_texts.scalar_texts())
    return altered_objects(CLAIM_TEXTS) | objects | json_texts.value_texts()


def altered_objects(usual: dict[str, str]) -> json_texts.Texts:
    """Objects that are right but for a few members: changed, left out, repeated, or more than asked for."""
    texts = json_texts.value_texts()
    changes = st.dictionaries(st.sampled_from(sorted(usual)), texts, max_size=2)
    surplus = st.lists(st.tuples(st.sampled_from((*usual, "aud", "x")), texts), max_size=1)
    missing = st.sets(st.sampled_from(sorted(usual)), max_size=1) | st.just(frozenset[str]())

    def build(change: dict[str, str], left_out: set[str], more: list[tuple[str, str]]) -> str:
        kept = {name: text for name, text in {**usual, **change}.items() if name not in left_out}
        added = "".join(f",{json.dumps(name)}:{text}" for name, text in more)
        return members(kept)[:-1] + added + "}"

    return st.builds(build, changes, missing, surplus)


@given(header=json_texts.encoded(header_texts()), secret=st.sampled_from((SECRET, RING)))
def test_engines_agree_on_any_header(same: Same, header: bytes, secret: Any) -> None:
    outcome = decode(same, signed(header=header), secret=secret)
    assert outcome.kind in (None, MalformedToken, UnsupportedAlgorithm, UnknownKey)


@given(claims=json_texts.encoded(claims_texts()), now=st.sampled_from((NOW, 0, MAX_INTEGER)))
def test_engines_agree_on_any_claims(same: Same, claims: bytes, now: int) -> None:
    token = signed(claims=claims)
    outcome = decode(same, token, now=now)
    if len(token) <= MAX_LENGTH and claims:
        assert outcome.kind in (None, InvalidClaims, ExpiredToken, ImmatureToken, InvalidAudience)
    else:
        assert outcome.kind is MalformedToken


@given(header=json_texts.encoded(header_texts()), claims=json_texts.encoded(claims_texts()))
def test_a_wrong_signature_hides_the_claims(same: Same, header: bytes, claims: bytes) -> None:
    """Nothing after the signature is looked at before it holds."""
    outcome = decode(same, signed(header, claims, OTHER_SECRET))
    assert outcome.kind in (MalformedToken, UnsupportedAlgorithm, InvalidSignature)


@pytest.mark.parametrize("text", json_texts.STRICT_SCALARS)
def test_an_unknown_claim_is_not_interpreted(same: Same, text: str) -> None:
    assert decode(same, signed(claims=members({**CLAIM_TEXTS, "x": text}))).value == claims_of(signed())


@pytest.mark.parametrize("text", json_texts.LAX_SCALARS)
def test_an_unknown_claim_must_be_strict_json(same: Same, text: str) -> None:
    assert decode(same, signed(claims=members({**CLAIM_TEXTS, "x": text}))).kind is InvalidClaims


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_depth_limit(same: Same, opening: str, closing: str) -> None:
    def nested(levels: int) -> str:
        return members({**CLAIM_TEXTS, "x": opening * levels + "1" + closing * levels})

    assert decode(same, signed(claims=nested(values.MAX_DEPTH - 1))).error is None
    for levels in (values.MAX_DEPTH, values.MAX_DEPTH + 1, 127, 128, 129, 400):
        assert decode(same, signed(claims=nested(levels))).kind is InvalidClaims
    in_strings = json.dumps("[" * 200 + '"' + "{" * 200)
    assert decode(same, signed(claims=members({**CLAIM_TEXTS, "x": in_strings}))).error is None


@pytest.mark.parametrize("name", CLAIMS)
@given(text=json_texts.value_texts())
def test_one_claim_of_any_text(same: Same, name: str, text: str) -> None:
    decode(same, signed(claims=members({**CLAIM_TEXTS, name: text})))


# The text of a token.


@given(token=st.one_of(values.anything(), st.text(st.sampled_from("AQeyJ09-_.=+/ "), max_size=40), st.text()))
def test_engines_agree_on_any_text(same: Same, token: Any) -> None:
    assert_refused(decode(same, token))


@given(parts=st.lists(st.binary(max_size=20), min_size=3, max_size=3), end=st.sampled_from(("", "=", "==", "A", "\n")))
def test_engines_agree_on_any_parts(same: Same, parts: list[bytes], end: str) -> None:
    assert_refused(decode(same, ".".join(b64(part) + end for part in parts)))


@pytest.mark.parametrize("part", [0, 1, 2])
def test_base64url_has_one_form(same: Same, part: int) -> None:
    """Only the canonical text of each byte string is taken, even where the signature covers another."""
    for filling in ("", "x", "xx"):
        parts = signed({**HEADER, "kid": filling}, {**CLAIMS, "x": filling}).split(".")
        for ending in (*ALPHABET, "=", "+", "/", "A=", "A==", " ", "\n"):
            altered = [*parts]
            altered[part] = parts[part][:-1] + ending
            token = ".".join(altered) if part == 2 else seal(".".join(altered[:2]))
            outcome = decode(same, token)
            assert (outcome.error is None) is (altered == parts)
            if altered != parts and ending in ALPHABET and unb64(altered[part]) == unb64(parts[part]):
                assert outcome.kind is MalformedToken


@pytest.mark.parametrize("length", range(MAX_LENGTH - 3, MAX_LENGTH + 4))
def test_length_limit(same: Same, length: int) -> None:
    token = token_of_length(length)
    assert decode(same, token).kind is (None if length <= MAX_LENGTH else MalformedToken)
    for text in (token[:-1] + "é", token + "\ud800", token * 100, "." * length, "A" * length, "é" * length):
        assert decode(same, text).kind is MalformedToken


def token_of_length(length: int) -> str:
    """A valid token of exactly that many characters."""
    for kid in ("", "x", "xx", "xxx"):
        for filling in range(length * 3 // 4 - 300, length * 3 // 4):
            token = signed({**HEADER, "kid": kid}, {**CLAIMS, "x": "y" * filling})
            if len(token) == length:
                return token
    raise AssertionError(f"no token has {length} characters")


# Keys, audiences and clocks.


@given(
    secret=st.one_of(
        values.anything(),
        st.sampled_from((SECRET, OTHER_SECRET, SECRET.encode(), RING, {}, {"v1": b"short"}, {"v1": OTHER_SECRET})),
        st.dictionaries(values.any_texts(), st.sampled_from((SECRET, OTHER_SECRET, b"x" * 32, "short", 5)), max_size=3),
    ),
    kid=st.sampled_from((..., "v1", "v2", "v3", "", "ké\x00y")),
)
def test_engines_agree_on_keys(same: Same, secret: Any, kid: Any) -> None:
    decode(same, signed(changed(HEADER, kid=kid)), secret=secret)


@given(
    expected=st.sampled_from((None, "", "a", "A", "a ", "é", "e\u0301", "\x00")),
    carried=st.sampled_from((..., "", "a", "A", "a ", "é", "e\u0301", "\x00")),
)
def test_audience(same: Same, expected: str | None, carried: Any) -> None:
    outcome = decode(same, with_claims(aud=carried), audience=expected)
    assert outcome.kind is (None if carried == (... if expected is None else expected) else InvalidAudience)


INSTANTS = st.one_of(
    st.integers(0, MAX_INTEGER), st.integers(NOW - 5, NOW + 5), st.sampled_from((0, 1, MAX_INTEGER - 1, MAX_INTEGER))
)


@given(iat=INSTANTS, nbf=INSTANTS, exp=INSTANTS, leeway=INSTANTS | st.just(0), now=INSTANTS)
def test_clock(same: Same, iat: int, nbf: int, exp: int, leeway: int, now: int) -> None:
    outcome = decode(same, with_claims(iat=iat, nbf=nbf, exp=exp), leeway=leeway, now=now)
    if exp <= now - leeway:
        assert outcome.kind is ExpiredToken
    elif max(nbf, iat) > now + leeway:
        assert outcome.kind is ImmatureToken
    else:
        assert outcome.error is None


ANY_ARGUMENTS = {
    "audience": values.mostly(st.none()),
    "leeway": values.mostly(st.just(0) | values.integers()),
    "now": values.mostly(st.just(NOW) | values.integers()).filter(lambda now: now is not None),
}


@pytest.mark.parametrize("name", ANY_ARGUMENTS)
@given(data=st.data())
def test_one_wrong_argument(same: Same, name: str, data: st.DataObject) -> None:
    arguments = {name: data.draw(ANY_ARGUMENTS[name])}
    decode(same, signed(), **arguments)
    decode(same, "not a token", **arguments)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({"leeway": -1}, ValueError, id="negative leeway"),
        pytest.param({"leeway": MAX_INTEGER + 1}, ValueError, id="leeway too large"),
        pytest.param({"leeway": None}, TypeError, id="no leeway"),
        pytest.param({"leeway": True}, TypeError, id="bool as leeway"),
        pytest.param({"now": -1}, ValueError, id="negative now"),
        pytest.param({"now": MAX_INTEGER + 1}, ValueError, id="now too late"),
        pytest.param({"now": 2**64}, ValueError, id="now beyond 64 bits"),
        pytest.param({"now": float(NOW)}, TypeError, id="float as now"),
        pytest.param({"audience": 5}, TypeError, id="integer audience"),
        pytest.param({"audience": ["a"]}, TypeError, id="list of audiences"),
        pytest.param({"secret": None}, TypeError, id="no secret"),
        pytest.param({"secret": [SECRET]}, TypeError, id="list of secrets"),
        pytest.param({"secret": {}}, ConfigurationError, id="empty ring"),
        pytest.param({"secret": {1: SECRET}}, TypeError, id="integer as key id"),
        pytest.param({"secret": {"a": "short"}}, ConfigurationError, id="weak secret in the ring"),
        pytest.param({"secret": {"a": None}}, TypeError, id="nothing in the ring"),
    ],
)
def test_wrong_arguments_are_no_token_errors(same: Same, arguments: dict[str, Any], error: type[Exception]) -> None:
    outcome = decode(same, "not a token", **arguments)
    assert outcome.kind is error
    assert next(iter(arguments)) in str(outcome.error)


def test_the_clock_is_the_default(engine: Engine) -> None:
    now = int(time.time())
    assert engine.decode_mwt(with_claims(iat=now, nbf=now, exp=now + 60), secret=SECRET).iat == now
    with pytest.raises(ExpiredToken):
        engine.decode_mwt(with_claims(iat=0, nbf=0, exp=now), secret=SECRET)
    with pytest.raises(ImmatureToken):
        engine.MWTVerifier(SECRET).decode(with_claims(iat=now + 60, nbf=now, exp=now + 120))
