"""The user of a request: ``request.state.user``, or else ``request.user``; a token's user replaces both."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isawaitable, iscoroutinefunction
from typing import Any, NamedTuple, TypeAlias

from starlette.authentication import AuthCredentials
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Scope

from mizan_core.errors import ConfigurationError
from mizan_core.mwt import MWTUser
from mizan_core.settings import ALWAYS
from mizan_fastapi.in_flight import InFlight

LoadUser: TypeAlias = "Callable[[MWTUser], Any]"
"""Gives the user that a token stands for, or None when there is none any more; a coroutine function or not."""
ReloadUser: TypeAlias = "Callable[[Any], Any]"
"""Gives a user that a middleware has found as it is now, or None when there is none any more."""
TOKEN = "mizan.token"
"""The place of the token's own user in a scope."""


class Hooks(NamedTuple):
    """What all requests and sockets of a router have in common.

    :param in_flight: where functions are noted that may write.
    """

    load_user: LoadUser | None
    reload_user: ReloadUser | None
    in_flight: InFlight


def current_user(request: Request) -> Any:
    """The token's own user; or what a middleware has put on ``request.state.user`` or ``request.user``."""
    token = request.scope.get(TOKEN)
    return scope_user(request.scope) if token is None else token


def scope_user(scope: Scope) -> Any:
    """The user of an ASGI scope; None where no middleware has put one there."""
    user = scope.get("state", {}).get("user")
    return scope.get("user") if user is None else user


def check_hook(check: str, load_user: LoadUser | None) -> None:
    """:param check: one of ``MWT_CHECKS``.
    :raises ConfigurationError: when it needs a hook and there is none.
    """
    if check == ALWAYS and load_user is None:
        raise ConfigurationError("MIZAN_MWT_CHECK: always needs a hook that loads users: create_router(load_user=...)")


async def ask(hook: Callable[[Any], Any], user_or_token: Any) -> Any:
    """What the hook gives; one that is no coroutine function runs in a thread."""
    if iscoroutinefunction(hook) or iscoroutinefunction(type(hook).__call__):
        return await hook(user_or_token)
    user = await run_in_threadpool(hook, user_or_token)
    return await user if isawaitable(user) else user


def assume_user(scope: Scope, user: Any) -> None:
    """Make *user* the request's, wherever functions look for it; what another user was permitted is forgotten."""
    scope.setdefault("state", {})["user"] = user
    scope["user"] = user
    scope["auth"] = AuthCredentials()


def twin_of(scope: Scope) -> Scope:
    """A scope with the members of *scope*; what is set on the one, or on its state, is not seen on the other."""
    return {**scope, "state": dict(scope["state"])} if "state" in scope else {**scope}


def replace_user(scope: Scope, user: Any) -> bool:
    """Make *user* the request's where a middleware has put another; what that was permitted stays.

    Gives whether that is all there is of the other one.
    """
    old = scope_user(scope)
    places = [place for place in (scope.get("state", {}), scope) if place.get("user") is not None]
    if any(place["user"] is not old for place in places):
        return False
    for place in places:
        place["user"] = user
    return True
