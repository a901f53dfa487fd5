"""Tokens made here are read by PyJWT and joserfc, and theirs, with our header and claims, are read here."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import OctKey
from joserfc.jwt import JWTClaimsRegistry

from mizan_core.engine import Engine
from mizan_core.errors import InvalidSignature, MWTError
from mizan_core.types import MWTClaims
from tests.parity.tokens import NOW, OTHER_SECRET, PKEY, SECRET

AUDIENCE = "https://shop.example"
CASES: dict[str, dict[str, Any]] = {
    "plain": {"sub": "42"},
    "staff": {"sub": "42", "staff": True, "superuser": True},
    "audience": {"sub": "42", "audience": AUDIENCE},
    "key id": {"sub": "42", "kid": "v1"},
    "every character": {"sub": 'é😀"\\\x00\x7f\u2028', "kid": "ké\x00y", "audience": "é"},
}


def claims_of(case: dict[str, Any], issued: int) -> dict[str, Any]:
    """The claims that a token of that case carries."""
    claims = {
        "sub": case["sub"],
        "pkey": PKEY,
        "iat": issued,
        "nbf": issued,
        "exp": issued + 300,
        "staff": case.get("staff", False),
        "super": case.get("superuser", False),
    }
    return {**claims, "aud": case["audience"]} if "audience" in case else claims


def header_of(case: dict[str, Any]) -> dict[str, Any]:
    header = {"alg": "HS256", "typ": "JWT"}
    return {**header, "kid": case["kid"]} if "kid" in case else header


def expected(case: dict[str, Any], issued: int) -> MWTClaims:
    claims = claims_of(case, issued)
    return MWTClaims(
        **{name: claims[name] for name in ("sub", "pkey", "iat", "nbf", "exp", "staff")},
        superuser=claims["super"],
        aud=claims.get("aud"),
    )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_pyjwt_reads_ours(engine: Engine, case: dict[str, Any]) -> None:
    token = engine.create_mwt(**{"pkey": PKEY, "secret": SECRET, **case})
    read = jwt.decode_complete(token, SECRET, algorithms=["HS256"], audience=case.get("audience"))
    assert read["header"] == header_of(case)
    assert read["payload"] == claims_of(case, read["payload"]["iat"])
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, OTHER_SECRET, algorithms=["HS256"], audience=case.get("audience"))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_joserfc_reads_ours(engine: Engine, case: dict[str, Any]) -> None:
    token = engine.create_mwt(**{"pkey": PKEY, "secret": SECRET, **case})
    read = joserfc_jwt.decode(token, OctKey.import_key(SECRET), algorithms=["HS256"])
    assert read.header == header_of(case)
    assert read.claims == claims_of(case, read.claims["iat"])
    JWTClaimsRegistry(exp={"essential": True}).validate(read.claims)


def by_pyjwt(case: dict[str, Any], secret: str) -> str:
    kid = {"kid": case["kid"]} if "kid" in case else None
    return jwt.encode(claims_of(case, NOW), secret, algorithm="HS256", headers=kid)


def by_joserfc(case: dict[str, Any], secret: str) -> str:
    return joserfc_jwt.encode(header_of(case), claims_of(case, NOW), OctKey.import_key(secret))


@pytest.mark.parametrize("make", [by_pyjwt, by_joserfc])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_theirs_are_read_here(engine: Engine, make: Any, case: dict[str, Any]) -> None:
    audience = case.get("audience")
    for secret in (SECRET, {case["kid"]: SECRET} if "kid" in case else SECRET.encode()):
        claims = engine.decode_mwt(make(case, SECRET), secret=secret, audience=audience, now=NOW)
        assert claims == expected(case, NOW)
    with pytest.raises(InvalidSignature):
        engine.decode_mwt(make(case, OTHER_SECRET), secret=SECRET, audience=audience, now=NOW)


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_their_other_algorithms_are_refused(engine: Engine, algorithm: str) -> None:
    secret = SECRET * 2
    token = jwt.encode(claims_of(CASES["plain"], NOW), secret, algorithm=algorithm)
    with pytest.raises(MWTError):
        engine.decode_mwt(token, secret=secret, now=NOW)
