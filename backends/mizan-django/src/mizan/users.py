"""The user of a request: the session's, which a token's user replaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, empty

from mizan.tokens import TokenUser, has_user_model
from mizan_core.mwt import MWTUser

_TOKEN = "_mizan_token"


def current_user(request: HttpRequest) -> Any:
    """The token's own user, or else ``request.user``; None where no authentication middleware is installed."""
    return getattr(request, _TOKEN, None) or getattr(request, "user", None)


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


def assume_token(request: HttpRequest, token: MWTUser, check: str) -> TokenUser | None:
    """Make a token's user the request's: the project's own, or where it has no users the token itself.

    Gives what loads the user.
    """
    setattr(request, _TOKEN, token)
    if not has_user_model():
        assume_user(request, token)
        return None
    source = TokenUser(token, check)
    request.user = _LazyUser(source.load)  # type: ignore[assignment]
    request.auser = source.aload
    return source


class _LazyUser(SimpleLazyObject):  # type: ignore[type-arg]
    def __init__(self, load: Callable[[], Any]) -> None:
        """As the parent's, without the methods that it has for its members, which are written in Python."""
        object.__setattr__(self, "_setupfunc", load)
        object.__setattr__(self, "_wrapped", empty)


def assume_user(request: HttpRequest, user: Any) -> None:
    """Make *user* what ``request.user`` and ``request.auser()`` give."""

    async def auser() -> Any:
        return user

    request.user = user
    request.auser = auser


def twin_of(request: HttpRequest) -> HttpRequest:
    """A request with the members of *request*; what is set on the one is not seen on the other."""
    twin = object.__new__(type(request))
    vars(twin).update(vars(request))
    return twin


def renew_user(request: HttpRequest, user: Any) -> bool:
    """Make *user* the request's as the database has it now; False for one that is not from there."""
    if user is None or not user.is_authenticated:
        return True
    if not isinstance(user, Model):
        return False
    # Not ``type``: the user may still be Django's lazy object around one.
    current = user.__class__._default_manager.filter(pk=user.pk).first()  # noqa: SLF001 - documented
    if current is None:
        return False
    assume_user(request, current)
    return True
