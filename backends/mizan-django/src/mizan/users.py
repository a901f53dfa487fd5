"""The user of a request: the session's, which a token's user replaces."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def current_user(request: HttpRequest) -> Any:
    """``request.user``; None where no authentication middleware is installed."""
    return getattr(request, "user", None)


async def acurrent_user(request: HttpRequest) -> Any:
    """As ``current_user``, on an event loop."""
    load = getattr(request, "auser", None)
    return current_user(request) if load is None else await load()


def assume_user(request: HttpRequest, user: Any) -> None:
    """Make *user* what ``request.user`` and ``request.auser()`` give."""

    async def auser() -> Any:
        return user

    request.user = user
    request.auser = auser
