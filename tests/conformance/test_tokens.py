"""``X-Mizan-Token``: it decides alone, and whom it does not let in is not let in (protocol.md sections 4 and 9)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.conformance.apps.accounts import ACCOUNTS
from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.target import Target
from tests.conformance.tokens import as_of_now, mint, permission_key, read
from tests.conformance.vectors import TOKEN_VECTORS, name_of, settings_of

HEADER = "X-Mizan-Token"
OTHER_SECRET = "another-secret-of-32-bytes-or-more"


@pytest.mark.parametrize("vector", TOKEN_VECTORS, ids=name_of)
def test_the_tokens_of_the_vectors_have_all_expired(target: Target, world: World, vector: dict[str, Any]) -> None:
    token = vector["token"]
    answer = target.member("plain").call(world("for_anyone"), {"number": 1}, {HEADER: token}).refused("UNAUTHORIZED")
    assert not token or token.encode() not in answer.body


@pytest.mark.parametrize("vector", [vector for vector in TOKEN_VECTORS if not settings_of(vector)], ids=name_of)
def test_the_tokens_of_the_vectors_moved_to_now(target: Target, world: World, vector: dict[str, Any]) -> None:
    answer = _call_with(target, as_of_now(vector), world("whoami"))
    assert answer.code == (None if vector["error"] is None else "UNAUTHORIZED")
    assert vector["error"] is not None or answer.result == "42"


@pytest.mark.fastapi
@pytest.mark.parametrize("vector", [vector for vector in TOKEN_VECTORS if settings_of(vector)], ids=name_of)
def test_the_tokens_of_the_vectors_under_other_settings(target: Target, world: World, vector: dict[str, Any]) -> None:
    place = {"mwt_secret": "ring", "mwt_audience": "audience", "mwt_leeway": "leeway"}[min(settings_of(vector))]
    answer = _call_with(target, as_of_now(vector), world("whoami"), f"/{place}/mizan/")
    assert answer.code == (None if vector["error"] is None else "UNAUTHORIZED")


def test_a_function_sees_the_user_of_the_token(target: Target, world: World) -> None:
    caller = target.bearer(mint("4711", staff=True))
    assert caller.call(world("whoami")).result == "4711 staff"
    assert caller.call(world("whoami_member")).result == "4711 staff"
    assert caller.fetch(world("me")).json == {world("whoami_context"): "4711 staff"}
    assert caller.call(world("gate_for_4711"), {"number": 1}).result == 1
    target.bearer(mint("4712", staff=True)).call(world("gate_for_4711"), {"number": 1}).refused("FORBIDDEN")


@pytest.mark.parametrize("subject", ["é😀", "a b", "0", "x" * 1_000, "\u0000", "../admin"])
def test_any_text_may_be_an_id(target: Target, world: World, subject: str) -> None:
    assert target.bearer(mint(subject)).call(world("whoami")).result == subject


def test_the_token_decides_where_there_is_a_session_too(target: Target, world: World) -> None:
    token = mint("4711")
    target.secrets.add(token)
    member = target.member("staff")
    assert member.call(world("whoami"), headers={HEADER: token}).result == "4711"
    assert member.call(world("whoami_member"), headers={HEADER: token}).result == "4711"
    assert member.fetch(world("me"), headers={HEADER: token}).json == {world("whoami_context"): "4711"}
    member.call(world("for_staff_only"), {"number": 1}, {HEADER: token}).refused("FORBIDDEN")
    assert member.call(world("for_staff_only"), {"number": 1}).result == 1


REFUSED = {
    "expired": lambda: mint(exp=int(time.time()) - 1),
    "of another secret": lambda: mint(secret=OTHER_SECRET),
    "of no algorithm": lambda: mint(header={"alg": "none", "typ": "JWT"}),
    "for an audience": lambda: mint(aud="somewhere"),
    "not yet valid": lambda: mint(nbf=int(time.time()) + 60),
    "from the future": lambda: mint(iat=int(time.time()) + 60),
    "of nobody": lambda: mint(""),
    "without staff": lambda: mint(staff=None),
    "with another type of staff": lambda: mint(staff=1),
    "with another type of token": lambda: mint(header={"alg": "HS256", "typ": "at+jwt"}),
    "with a key of its own": lambda: mint(header={"alg": "HS256", "typ": "JWT", "jwk": {"kty": "oct", "k": "AAAA"}}),
    "of the end of time": lambda: mint(exp=2**63),
    "too long": lambda: mint("x" * 4_096),
    "much too long": lambda: "x" * 30_000,
    "empty": lambda: "",
    "dots": lambda: "..",
    "a word": lambda: "null",
    "with a scheme": lambda: f"Bearer {mint()}",
    "with a tail": lambda: f"{mint()}, {mint()}",
    "in quotes": lambda: f'"{mint()}"',
    "cut": lambda: mint()[:-1],
    "lower-case": lambda: mint().lower(),
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_an_invalid_token_is_401_whatever_the_session(target: Target, world: World, make: Any) -> None:
    token = make()
    if len(token) > 10:
        target.secrets.add(token)
    for caller in (target.stranger(), target.member("superuser")):
        for function in ("for_anyone", "for_users", "gate_always", "whoami"):
            answer = caller.call(world(function), {"number": 1}, {HEADER: token}).refused("UNAUTHORIZED")
            assert len(token) < 10 or token.encode() not in answer.body
        caller.fetch(world("user"), headers={HEADER: token}, user_id=5).refused("UNAUTHORIZED")
        caller.fetch(world("me"), headers={HEADER: token}).refused("UNAUTHORIZED")


@pytest.mark.parametrize("value", [b"\xff\xfe", b"\xc3\xa9.a.b", b"\x80" * 100, "é".encode("latin-1")])
def test_a_token_that_is_not_ascii(target: Target, world: World, value: bytes) -> None:
    for caller in (target.stranger(), target.member("plain")):
        caller.call(world("for_anyone"), {"number": 1}, [(b"X-Mizan-Token", value)]).refused("UNAUTHORIZED")


def test_two_tokens_are_none(target: Target, world: World) -> None:
    valid, other, invalid = mint("1"), mint("2"), mint("3", secret=OTHER_SECRET)
    target.secrets |= {valid, other, invalid}
    for pair in ((valid, other), (valid, invalid), (invalid, valid), (valid, ""), ("", valid)):
        headers = [(HEADER, token) for token in pair]
        target.stranger().call(world("whoami"), headers=headers).refused("UNAUTHORIZED")


def test_an_unknown_kid_says_nothing_to_a_single_secret(target: Target, world: World) -> None:
    token = mint(header={"alg": "HS256", "kid": "../../etc/passwd", "typ": "JWT"})
    assert target.bearer(token).call(world("whoami")).result == "4711"
    assert target.bearer(mint(header={"alg": "HS256"})).call(world("whoami")).result == "4711"


class TestObtaining:
    """``mwt_obtain``, which every application has."""

    @pytest.mark.parametrize("viewer", ACCOUNTS)
    def test_a_member_gets_a_token(self, target: Target, viewer: str) -> None:
        before = int(time.time())
        answer = target.member(viewer).call("mwt_obtain")
        assert list(answer.json) == ["result"]
        assert answer.result.keys() == {"token", "expires_in"}
        assert answer.result["expires_in"] == 300
        target.secrets.add(answer.result["token"])
        header, claims = read(answer.result["token"])
        account = ACCOUNTS[viewer]
        assert header == b'{"alg":"HS256","typ":"JWT"}'
        assert claims.pop("pkey") == permission_key(account.staff, account.superuser, account.permissions) or (
            viewer in ("superuser", "unstaffed") and target.facade.is_django  # who have every permission there is
        )
        assert before <= claims["iat"] <= time.time()
        assert claims == {
            "sub": target.member_id(viewer),
            "iat": claims["iat"],
            "nbf": claims["iat"],
            "exp": claims["iat"] + 300,
            "staff": account.staff,
            "super": account.superuser,
        }

    def test_the_token_stands_for_the_member(self, target: Target, world: World) -> None:
        member = target.member("staff")
        bearer = target.bearer(member.call("mwt_obtain").result["token"])
        assert bearer.call(world("whoami")).result == member.call(world("whoami")).result
        assert bearer.call(world("for_staff_only"), {"number": 1}).result == 1
        bearer.call(world("for_superusers"), {"number": 1}).refused("FORBIDDEN")

    def test_it_cannot_be_renewed_by_itself(self, target: Target) -> None:
        token = mint(target.member_id("plain"))
        target.bearer(token).call("mwt_obtain").refused("FORBIDDEN")
        target.member("plain").call("mwt_obtain", headers={HEADER: token}).refused("FORBIDDEN")

    def test_a_stranger_gets_none(self, target: Target) -> None:
        target.stranger().call("mwt_obtain").refused("UNAUTHORIZED")
        target.bearer("not a token").call("mwt_obtain").refused("UNAUTHORIZED")

    def test_it_takes_no_arguments(self, target: Target) -> None:
        answer = target.member("plain").call("mwt_obtain", {"ttl": 86_400})
        assert answer.refused("VALIDATION_ERROR").details.keys() == {"ttl"}


def _call_with(target: Target, token: str, function: str, base: str = "/api/mizan/") -> Any:
    target.secrets |= {token} if token else set()
    return Caller(target.stranger().http, {HEADER: token}, base).call(function)
