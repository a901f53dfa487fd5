"""The user of a request: ``request.state.user``, which a token's user replaces."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.types import Scope


def current_user(request: Request) -> Any:
    """What a middleware has put on ``request.state.user``; None where none has."""
    return scope_user(request.scope)


def scope_user(scope: Scope) -> Any:
    return scope.get("state", {}).get("user")


def assume_user(scope: Scope, user: Any) -> None:
    scope.setdefault("state", {})["user"] = user
