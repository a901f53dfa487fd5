"""The user of a request: ``request.state.user``, or else ``request.user``; a token's user replaces both."""

from __future__ import annotations

from typing import Any

from starlette.authentication import AuthCredentials
from starlette.requests import Request
from starlette.types import Scope


def current_user(request: Request) -> Any:
    """What a middleware has put on ``request.state.user`` or, as Starlette's own does, on ``request.user``."""
    return scope_user(request.scope)


def scope_user(scope: Scope) -> Any:
    """The user of an ASGI scope; None where no middleware has put one there."""
    user = scope.get("state", {}).get("user")
    return scope.get("user") if user is None else user


def assume_user(scope: Scope, user: Any) -> None:
    """Make *user* the request's, wherever functions look for it; what another user was permitted is forgotten."""
    scope.setdefault("state", {})["user"] = user
    scope["user"] = user
    scope["auth"] = AuthCredentials()
