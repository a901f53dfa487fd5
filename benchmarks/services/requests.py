"""The requests of the benchmarks, for each service; and that each refuses what it has to."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from benchmarks.clients.exchange import Answer, Disagreement, Request, check_refused
from benchmarks.services.profiles import CHANGE, USER, change_profile
from benchmarks.services.tokens import minted, minted_for_simplejwt

Ask = Callable[[Request], Answer]

_TOKEN_HEADERS = ("x-mizan-token", "authorization")


def mizan_mutation() -> Request:
    """To ours, and to the bare callable."""
    return _post("/api/mizan/call/", {"fn": "update_profile", "args": _ARGUMENTS}, {"x-mizan-token": minted()})


def fastapi_mutation() -> Request:
    return _peer_mutation("/profile/", minted())


def ninja_mutation() -> Request:
    return _peer_mutation("/ninja/profile/", minted())


def rest_framework_mutation() -> Request:
    return _peer_mutation("/drf/profile/", minted_for_simplejwt())


def empty_post() -> Request:
    """As long as the others, to where nobody reads it."""
    return _post("/empty/", _ARGUMENTS, {"authorization": f"Bearer {minted()}"})


def mizan_fetch() -> Request:
    return Request("GET", "/api/mizan/ctx/user/", {"x-mizan-token": minted()}, query=f"user_id={USER}")


def cashews_fetch() -> Request:
    return Request("GET", "/user/", {"authorization": f"Bearer {minted()}"}, query=f"user_id={USER}")


def check_guarded(ask: Ask, request: Request) -> None:
    """The service looks at the token and at the body: it refuses forged and missing ones.

    :raises Disagreement: when it does not.
    """
    forged = {name: _forged(name, value) for name, value in request.headers.items()}
    check_refused(ask(replace(request, headers=forged)), 401)
    anonymous = {name: value for name, value in request.headers.items() if name not in _TOKEN_HEADERS}
    check_refused(ask(replace(request, headers=anonymous)), 401)
    if request.body:
        check_refused(ask(replace(request, body=request.body.replace(b"example.org", b" "))), 400, 422)


def check_cached(ask: Ask, request: Request) -> None:
    """The service answers from its cache: a change behind its back does not show.

    :raises Disagreement: when it does.
    """
    first = ask(request)
    change_profile(USER, vars(CHANGE) | {"name": "Somebody Else"})
    second = ask(request)
    change_profile(USER, vars(CHANGE))
    if second.body != first.body:
        raise Disagreement("a fetch that should come from the cache does not")


def _forged(name: str, value: str) -> str:
    """A token with a character of its signature changed; other headers as they are."""
    if name not in _TOKEN_HEADERS:
        return value
    return value[:-10] + ("A" if value[-10] != "A" else "B") + value[-9:]


def _peer_mutation(path: str, token: str) -> Request:
    return _post(path, _ARGUMENTS, {"authorization": f"Bearer {token}"})


def _post(path: str, document: object, headers: dict[str, str]) -> Request:
    body = json.dumps(document, separators=(",", ":")).encode()
    return Request("POST", path, {"content-type": "application/json", **headers}, body=body)


_ARGUMENTS = {"user_id": USER, "profile": CHANGE.model_dump(mode="json")}
