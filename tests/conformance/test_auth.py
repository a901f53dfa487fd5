"""``auth=``: words and predicates, for every kind of viewer, by session and by token."""

from __future__ import annotations

import pytest

from tests.conformance.apps.accounts import ACCOUNTS
from tests.conformance.apps.odd_users import HEADER as ODD_USER
from tests.conformance.apps.odd_users import NO_STAFF, ODD_USERS
from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.target import Target
from tests.conformance.tokens import mint

OK = None
ALL_OK: dict[str, str | None] = dict.fromkeys(["anonymous", *ACCOUNTS], OK)
LOCKED: dict[str, str | None] = {"anonymous": "UNAUTHORIZED", **dict.fromkeys(ACCOUNTS, "FORBIDDEN")}

VERDICTS: dict[str, dict[str, str | None]] = {
    "for_anyone": ALL_OK,
    "for_users": ALL_OK | {"anonymous": "UNAUTHORIZED"},
    "for_staff_only": LOCKED | {"staff": OK, "superuser": OK},
    "for_superusers": LOCKED | {"superuser": OK, "unstaffed": OK},
    "gate_always": ALL_OK,
    "gate_never": LOCKED,
    "gate_truthy": LOCKED,
    "gate_nothing": LOCKED,
    "gate_knocks": LOCKED,
    "gate_busy": dict.fromkeys(ALL_OK, "CONFLICT"),
}
"""Per function and viewer: the code that refuses, None where the call goes through."""

VIEWERS = [*ALL_OK]


def _by_session(target: Target, viewer: str) -> Caller:
    return target.stranger() if viewer == "anonymous" else target.member(viewer)


def _by_token(target: Target, viewer: str) -> Caller:
    account = ACCOUNTS[viewer]
    return target.bearer(mint("7", staff=account.staff, super=account.superuser))


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("function", VERDICTS)
def test_by_session(target: Target, world: World, function: str, viewer: str) -> None:
    assert _by_session(target, viewer).call(world(function), {"number": 1}).code == VERDICTS[function][viewer]


@pytest.mark.parametrize("viewer", VIEWERS[1:])
@pytest.mark.parametrize("function", VERDICTS)
def test_by_token(target: Target, world: World, function: str, viewer: str) -> None:
    assert _by_token(target, viewer).call(world(function), {"number": 1}).code == VERDICTS[function][viewer]


@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_predicate_looks_at_the_request(target: Target, world: World, viewer: str) -> None:
    caller = _by_session(target, viewer)
    assert caller.call(world("gate_knocks"), {"number": 3}, {"X-Knock": "three times"}).result == 3
    assert caller.call(world("gate_knocks"), {"number": 3}, {"X-Knock": "once"}).code == LOCKED[viewer]


def test_a_predicate_guards_a_bundle(target: Target, world: World) -> None:
    for caller, code in ((target.stranger(), "UNAUTHORIZED"), (target.member("staff"), "FORBIDDEN")):
        caller.fetch(world("gated")).refused(code)
        assert caller.fetch(world("gated"), {"X-Knock": "three times"}).json == {world("for_knockers"): "come in"}


@pytest.mark.logs_tracebacks
@pytest.mark.parametrize("viewer", ["anonymous", "plain"])
def test_a_predicate_that_collapses_lets_nobody_in(target: Target, world: World, viewer: str) -> None:
    answer = _by_session(target, viewer).call(world("gate_collapses"), {"number": 3}).refused("INTERNAL_ERROR")
    assert b"collapsed" not in answer.body


@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_function_sees_the_user_of_the_session(target: Target, world: World, viewer: str) -> None:
    seen = _by_session(target, viewer).call(world("whoami")).result
    if viewer == "anonymous":
        assert seen == "anonymous"
    else:
        assert seen == _described(target.member_id(viewer), viewer)


@pytest.mark.fastapi
def test_an_unauthenticated_user_object_is_nobody(target: Target, world: World) -> None:
    http = target.http()
    http.cookies.set("session", "nobody")
    caller = Caller(http)
    caller.call(world("for_users"), {"number": 1}).refused("UNAUTHORIZED")
    assert caller.call(world("for_anyone"), {"number": 1}).result == 1


def test_what_is_no_user_passes_nowhere(target: Target, world: World) -> None:
    for user in ODD_USERS:
        caller = target.stranger({ODD_USER: user})
        for function in ("for_users", "for_staff_only"):
            assert caller.call(world(function), {"number": 1}).code == "UNAUTHORIZED", user
        caller.fetch(world("me")).refused("UNAUTHORIZED")
        assert caller.call(world("for_anyone"), {"number": 1}).result == 1


def test_a_flag_that_is_not_true_is_not_set(target: Target, world: World) -> None:
    http = target.stranger().http
    csrf_token = Caller(http).session().json["csrfToken"]
    for user in NO_STAFF:
        caller = Caller(http, {ODD_USER: user} | ({} if csrf_token is None else {"X-CSRFToken": csrf_token}))
        assert caller.call(world("for_users"), {"number": 1}).result == 1
        for function in ("for_staff_only", "for_superusers"):
            assert caller.call(world(function), {"number": 1}).code == "FORBIDDEN", user


def _described(identity: str, viewer: str) -> str:
    account = ACCOUNTS[viewer]
    return " ".join([identity, *["staff"] * account.staff, *["superuser"] * account.superuser])
