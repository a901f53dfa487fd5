"""The user of a request: the session's, which a token's user replaces."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def current_user(request: HttpRequest) -> Any:
    """``request.user``; None where no authentication middleware is installed."""
    return getattr(request, "user", None)


def load_user(request: HttpRequest) -> Any:
    """The current user, which functions then find without asking session and database again."""
    user = current_user(request)
    if user is not None:
        assume_user(request, user)
    return user


async def aload_user(request: HttpRequest) -> Any:
    """As ``load_user``, on an event loop."""
    load = getattr(request, "auser", None)
    if load is None:
        return load_user(request)
    user = await load()
    assume_user(request, user)
    return user


def assume_user(request: HttpRequest, user: Any) -> None:
    """Make *user* what ``request.user`` and ``request.auser()`` give."""

    async def auser() -> Any:
        return user

    request.user = user
    request.auser = auser
