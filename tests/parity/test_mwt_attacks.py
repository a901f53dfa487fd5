"""Tokens that attackers and careless issuers have sent to others, and what each must come to (protocol.md section 4).

The verdicts are the protocol's; several of these inputs are accepted by widely used libraries.
"""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pytest

from mizan_core.errors import (
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
from tests.parity.differential import Outcome, Same
from tests.parity.tokens import (
    CLAIMS,
    HEADER,
    NOW,
    OTHER_SECRET,
    SECRET,
    b64,
    changed,
    seal,
    signature,
    signed,
    with_claim_text,
    with_claims,
)

GOOD = signed()
HEAD, BODY, SEAL = GOOD.split(".")
ALG = '"alg":"HS256"'
CLAIMS_TEXT = json.dumps(CLAIMS)


def headed(text: str | bytes) -> str:
    """A signed token with that header text."""
    return signed(header=text)


def sealed(alg: object, digest: str = "sha256") -> str:
    """A token whose header names *alg*, with a right MAC under *digest*."""
    message = f"{b64(json.dumps({'alg': alg, 'typ': 'JWT'}).encode())}.{BODY}"
    return f"{message}.{signature(message, digest=digest)}"


SEGMENTS = {
    "empty": "",
    "two dots": "..",
    "one segment": HEAD,
    "two segments": f"{HEAD}.{BODY}",
    "four segments": f"{GOOD}.{SEAL}",
    "five segments": f"{GOOD}.{SEAL}.{SEAL}",
    "empty header": f".{BODY}.{SEAL}",
    "empty claims": seal(f"{HEAD}."),
    "empty signature": f"{HEAD}.{BODY}.",
    "leading space": f" {GOOD}",
    "trailing newline": f"{GOOD}\n",
    "trailing NUL": f"{GOOD}\x00",
    "junk behind": f"{GOOD}!!!!",
    "the + alphabet": seal(f"{HEAD}+/+/.{BODY}"),
    "padded signature": f"{GOOD}=",
    "padded header": seal(f"{b64(b'{%s}  ' % ALG.encode())}==.{BODY}"),
    "unused bits in the signature": GOOD[:-1] + chr(ord(GOOD[-1]) + 1),
    "a letter that looks like another": GOOD.replace("e", "е", 1),
    "fullwidth dots": GOOD.replace(".", "．"),
    "not a string": GOOD.encode(),
    "None": None,
    "JSON serialisation": json.dumps({"protected": HEAD, "payload": BODY, "signature": SEAL}),
    "header of 5 MB": "A" * 5_000_000 + f".{BODY}.{SEAL}",
    "sub of 1 MB": with_claims(sub="x" * 1_000_000),
    "claims nested 100,000 deep": signed(claims="[" * 100_000),
    "exp of 4,000 digits": with_claim_text("exp", "9" * 4_000),
}
ALGORITHMS = ("none", "None", "NONE", "nOnE", "", "hs256", "HS256 ", "HS256\x00", "RS256", "ES256", "EdDSA", "dir")
HEADERS = {
    "no alg": '{"typ":"JWT"}',
    "alg null": '{"alg":null}',
    "alg a number": '{"alg":256}',
    "alg a list": '{"alg":["HS256"]}',
    "alg true": '{"alg":true}',
    "alg twice, none first": '{"alg":"none","alg":"HS256"}',
    "alg twice, none last": '{"alg":"HS256","alg":"none"}',
    "alg twice, escaped": '{"alg":"HS256","\\u0061lg":"HS256"}',
    "Alg": '{"Alg":"HS256"}',
    "crit unknown": '{%s,"crit":["exp"],"exp":1}' % ALG,
    "crit naming an absent member": '{%s,"crit":["x"]}' % ALG,
    "crit a string": '{%s,"crit":"x"}' % ALG,
    "crit empty": '{%s,"crit":[]}' % ALG,
    "crit null": '{%s,"crit":null}' % ALG,
    "b64 false": '{%s,"b64":false}' % ALG,
    "b64 false with crit": '{%s,"b64":false,"crit":["b64"]}' % ALG,
    "typ at+jwt": '{%s,"typ":"at+jwt"}' % ALG,
    "typ in lower case": '{%s,"typ":"jwt"}' % ALG,
    "typ a number": '{%s,"typ":5}' % ALG,
    "typ null": '{%s,"typ":null}' % ALG,
    "kid a number": '{%s,"kid":7}' % ALG,
    "kid null": '{%s,"kid":null}' % ALG,
    "kid nested 200 deep": '{%s,"kid":%s}' % (ALG, "[" * 200 + "]" * 200),
    "kid a lone surrogate": '{%s,"kid":"\\ud800"}' % ALG,
    "jku": '{%s,"jku":"https://attacker.example/keys"}' % ALG,
    "jwk": '{%s,"jwk":{"kty":"oct","k":"%s"}}' % (ALG, b64(SECRET.encode())),
    "x5u": '{%s,"x5u":"https://attacker.example"}' % ALG,
    "cty": '{%s,"cty":"JWT"}' % ALG,
    "byte order mark": "\ufeff{%s}" % ALG,
    "UTF-16": ("{%s}" % ALG).encode("utf-16"),
    "UTF-16 without a mark": ("{%s}" % ALG).encode("utf-16-le"),
    "UTF-32": ("{%s}" % ALG).encode("utf-32"),
    "not UTF-8": b'{"alg":"HS256","kid":"\xff"}',
    "overlong UTF-8": b'{"alg":"HS256","kid":"\xc0\x80"}',
    "a list": '["HS256"]',
    "a string": '"HS256"',
    "null": "null",
    "not JSON": "alg=HS256",
    "text behind": "{%s}{}" % ALG,
    "trailing comma": "{%s,}" % ALG,
    "NUL behind": "{%s}\x00" % ALG,
}
CLAIM_TEXTS = {
    "a list": f"[{CLAIMS_TEXT}]",
    "a string": json.dumps(CLAIMS_TEXT),
    "null": "null",
    "a number": "5",
    "an empty object": "{}",
    "not JSON": "sub=42",
    "text behind": CLAIMS_TEXT + "x",
    "a second value behind": CLAIMS_TEXT + CLAIMS_TEXT,
    "trailing comma": CLAIMS_TEXT[:-1] + ",}",
    "comment": CLAIMS_TEXT[:-1] + "/* */}",
    "cut": CLAIMS_TEXT[:-1],
    "byte order mark": "\ufeff" + CLAIMS_TEXT,
    "UTF-16": CLAIMS_TEXT.encode("utf-16"),
    "UTF-16 without a mark": CLAIMS_TEXT.encode("utf-16-be"),
    "UTF-32": CLAIMS_TEXT.encode("utf-32"),
    "not UTF-8": CLAIMS_TEXT.encode().replace(b"42", b"4\xff"),
    "Latin-1": CLAIMS_TEXT.replace("42", "é").encode("latin-1"),
    "encoded surrogate": CLAIMS_TEXT.encode().replace(b"42", b"\xed\xa0\x80"),
    "sub twice": CLAIMS_TEXT[:-1] + ',"sub":"1"}',
    "exp twice": '{"exp":1,' + CLAIMS_TEXT[1:],
    "a name twice deep inside": CLAIMS_TEXT[:-1] + ',"x":[{"a":{"b":1,"b":1}}]}',
    "a name twice, escaped": CLAIMS_TEXT[:-1] + ',"\\u0073ub":"1"}',
    "an unknown name twice": CLAIMS_TEXT[:-1] + ',"x":1,"x":1}',
    "lone surrogate in an unknown claim": CLAIMS_TEXT[:-1] + ',"x":"\\udc00"}',
    "lone surrogate in a name": CLAIMS_TEXT[:-1] + ',"\\udc00":1}',
    "NaN in an unknown claim": CLAIMS_TEXT[:-1] + ',"x":NaN}',
    "-Infinity in an unknown claim": CLAIMS_TEXT[:-1] + ',"x":[-Infinity]}',
    "leading zero in an unknown claim": CLAIMS_TEXT[:-1] + ',"x":01}',
    "single quotes": CLAIMS_TEXT.replace('"', "'"),
    "raw newline in a string": CLAIMS_TEXT.replace("42", "4\n2"),
}
NO_TIMES = (
    "-1",
    "-0",
    "5.0",
    "1760000300.0",
    "1760000300.5",
    "1e10",
    "1E10",
    "1.7600003e9",
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    "-Infinity",
    "+1760000300",
    "01760000300",
    "0x68e77bac",
    "1_760_000_300",
    "9007199254740992",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1" + "0" * 30,
    "9" * 2_000,
    '"1760000300"',
    '"never"',
    '"9999999999"',
    "true",
    "false",
    "null",
    "[1760000300]",
    "{}",
    '""',
    "",
)
NO_TEXTS = ("1", "0", "1.5", "true", "null", "[]", '["42"]', "{}", '"\\ud800"', '"\\udc00\\ud800"', "'42'", "")
NO_FLAGS = ("0", "1", "1.0", "null", '"true"', '"false"', '""', "[]", "[true]", "{}", "True", "")


def refuse(same: Same, token: Any, expected: type[MWTError], **arguments: Any) -> None:
    assert decode(same, token, **arguments).kind is expected


def accept(same: Same, token: str, **arguments: Any) -> None:
    assert decode(same, token, **arguments).error is None


def decode(same: Same, token: Any, **arguments: Any) -> Outcome:
    complete = {"secret": SECRET, "now": NOW, **arguments}
    return same(lambda engine: engine.decode_mwt(token, **complete))


def test_the_token_that_the_others_are_made_from(same: Same) -> None:
    accept(same, GOOD)
    accept(same, headed("{%s}" % ALG))
    accept(same, headed('\n{ "kid" : "" ,\t%s }\r ' % ALG))
    accept(same, headed('{"\\u0061lg":"\\u0048S256"}'))
    accept(same, signed(claims=CLAIMS_TEXT[:-1] + ',"x":[1e400,-0,{"\\ud83d\\ude00":null}]}'))


@pytest.mark.parametrize("token", SEGMENTS.values(), ids=SEGMENTS)
def test_segments(same: Same, token: Any) -> None:
    refuse(same, token, MalformedToken)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_other_algorithms(same: Same, alg: str) -> None:
    refuse(same, sealed(alg), UnsupportedAlgorithm)
    without_mac = f"{sealed(alg).rpartition('.')[0]}."
    refuse(same, without_mac, MalformedToken)
    refuse(same, without_mac + "AA", UnsupportedAlgorithm)


@pytest.mark.parametrize(("alg", "digest"), [("HS384", "sha384"), ("HS512", "sha512")])
def test_other_digests(same: Same, alg: str, digest: str) -> None:
    refuse(same, sealed(alg, digest), UnsupportedAlgorithm)
    refuse(same, sealed("HS256", digest), InvalidSignature)


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_headers(same: Same, header: str | bytes) -> None:
    refuse(same, headed(header), MalformedToken)
    refuse(same, headed(header), MalformedToken, secret={"v1": SECRET})


KEY_IDS = ("../../dev/null", "' OR 1=1 --", "a\x00b", "\r\nSet-Cookie: a=b", "é", "x" * 1_000)


@pytest.mark.parametrize("kid", KEY_IDS)
def test_hostile_key_ids(same: Same, kid: str) -> None:
    """One secret does not consult ``kid``; a ring looks it up and nothing more."""
    token = signed({**HEADER, "kid": kid})
    accept(same, token)
    refuse(same, token, UnknownKey, secret={"v1": SECRET, "": SECRET})
    accept(same, token, secret={"v1": OTHER_SECRET, kid: SECRET})


def test_key_ring(same: Same) -> None:
    ring = {"v1": SECRET, "v2": OTHER_SECRET}
    accept(same, signed({**HEADER, "kid": "v2"}, secret=OTHER_SECRET), secret=ring)
    refuse(same, signed({**HEADER, "kid": "v2"}), InvalidSignature, secret=ring)
    refuse(same, signed({**HEADER, "kid": "V1"}), UnknownKey, secret=ring)
    refuse(same, GOOD, UnknownKey, secret=ring)
    refuse(same, GOOD, UnknownKey, secret={"": SECRET})
    accept(same, signed({**HEADER, "kid": ""}), secret={"": SECRET})


@pytest.mark.parametrize("secret", ["", "\x00", OTHER_SECRET, SECRET[:-1], SECRET + " ", SECRET + "\n", SECRET.upper()])
def test_other_secrets(same: Same, secret: str) -> None:
    refuse(same, signed(secret=secret), InvalidSignature)


def test_signatures(same: Same) -> None:
    message = f"{HEAD}.{BODY}"
    for text in (SEAL[:40], b64(bytes(32)), b64(bytes(1)), b64(bytes(33)), b64(SEAL.encode()), SEAL[::-1][1:] + "A"):
        refuse(same, f"{message}.{text}", InvalidSignature)
    flipped = chr(ord(SEAL[0]) ^ 1) if (chr(ord(SEAL[0]) ^ 1)).isalnum() else "A"
    refuse(same, f"{message}.{flipped}{SEAL[1:]}", InvalidSignature)
    refuse(same, f"{signed(claims={**CLAIMS, 'sub': '1'}).rpartition('.')[0]}.{SEAL}", InvalidSignature)


@pytest.mark.parametrize("claims", CLAIM_TEXTS.values(), ids=CLAIM_TEXTS)
def test_claims(same: Same, claims: str | bytes) -> None:
    refuse(same, signed(claims=claims), InvalidClaims)


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_is_needed(same: Same, name: str) -> None:
    refuse(same, with_claims(**{name: ...}), InvalidClaims)


@pytest.mark.parametrize("text", NO_TIMES)
@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
def test_times_that_are_none(same: Same, name: str, text: str) -> None:
    refuse(same, with_claim_text(name, text), InvalidClaims)


@pytest.mark.parametrize("text", NO_TEXTS)
@pytest.mark.parametrize("name", ["sub", "pkey", "aud"])
def test_texts_that_are_none(same: Same, name: str, text: str) -> None:
    refuse(same, with_claim_text(name, text), InvalidClaims)


@pytest.mark.parametrize("text", NO_FLAGS)
@pytest.mark.parametrize("name", ["staff", "super"])
def test_flags_that_are_none(same: Same, name: str, text: str) -> None:
    refuse(same, with_claim_text(name, text), InvalidClaims)


def test_subject(same: Same) -> None:
    refuse(same, with_claims(sub=""), InvalidClaims)
    accept(same, with_claims(sub="a\x00b"))
    accept(same, with_claims(pkey=""))


@pytest.mark.parametrize("exp", [0, 1, NOW - 1, NOW])
def test_expired(same: Same, exp: int) -> None:
    refuse(same, with_claims(exp=exp), ExpiredToken)
    accept(same, with_claims(exp=exp), leeway=NOW - exp + 1)
    if exp < NOW:
        refuse(same, with_claims(exp=exp), ExpiredToken, leeway=NOW - exp)


@pytest.mark.parametrize("name", ["nbf", "iat"])
def test_immature(same: Same, name: str) -> None:
    later = NOW + 10
    refuse(same, with_claims(**{name: later}), ImmatureToken)
    refuse(same, with_claims(**{name: later}), ImmatureToken, leeway=9)
    accept(same, with_claims(**{name: later}), leeway=10)
    refuse(same, with_claims(**{name: 2**53 - 1}), ImmatureToken)


def test_the_largest_times(same: Same) -> None:
    accept(same, with_claims(exp=2**53 - 1))
    accept(same, with_claims(exp=2**53 - 1), now=2**53 - 2)
    refuse(same, with_claims(exp=2**53 - 1), ExpiredToken, now=2**53 - 1)
    accept(same, with_claims(iat=0, nbf=0), leeway=2**53 - 1)


@pytest.mark.parametrize(
    ("carried", "expected"), [("a", None), (..., "a"), ("a", "b"), ("a", "A"), ("a", "a "), ("", None), (..., "")]
)
def test_other_audiences(same: Same, carried: Any, expected: str | None) -> None:
    refuse(same, with_claims(aud=carried), InvalidAudience, audience=expected)


FAULTS: dict[type[MWTError], dict[str, Any]] = {
    MalformedToken: {"header": {"crit": []}},
    UnsupportedAlgorithm: {"header": {"alg": "none"}},
    UnknownKey: {"header": {"kid": "v2"}},
    InvalidSignature: {"secret": OTHER_SECRET},
    InvalidClaims: {"claims": {"sub": ""}},
    ExpiredToken: {"claims": {"exp": NOW}},
    ImmatureToken: {"claims": {"nbf": NOW + 1}},
    InvalidAudience: {"claims": {"aud": "b"}},
}
"""One fault for each step, in the order of the steps."""


@pytest.mark.parametrize(("first", "second"), list(combinations(FAULTS, 2)))
def test_the_first_step_that_fails_decides(same: Same, first: type[MWTError], second: type[MWTError]) -> None:
    header: dict[str, Any] = {**HEADER, "kid": "v1"}
    claims: dict[str, Any] = {**CLAIMS, "aud": "a"}
    secret = SECRET
    for fault in (FAULTS[second], FAULTS[first]):
        header |= fault.get("header", {})
        claims |= fault.get("claims", {})
        secret = fault.get("secret", secret)
    token = signed(changed(header), claims, secret)
    refuse(same, token, first, secret={"v1": SECRET}, audience="a")


def test_refusals_tell_nothing_of_the_token(same: Same) -> None:
    tell_tale = "tell-tale-value"
    for token in (
        f"{tell_tale}.{BODY}.{SEAL}",
        signed({**HEADER, "kid": tell_tale}),
        signed({**HEADER, tell_tale: 1}),
        headed('{"alg":"%s"}' % tell_tale),
        with_claims(aud=tell_tale),
        with_claim_text("exp", f'"{tell_tale}"'),
    ):
        outcome = decode(same, token, secret={"v1": SECRET})
        assert isinstance(outcome.error, MWTError)
        assert tell_tale not in str(outcome.error)
        assert SECRET not in str(outcome.error)
