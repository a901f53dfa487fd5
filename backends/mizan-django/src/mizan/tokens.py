"""The user that a token stands for, loaded when it is first used."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from asgiref.sync import sync_to_async
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, SynchronousOnlyOperation, ValidationError

from mizan_core.errors import Unauthorized
from mizan_core.mwt import MWTUser, verified_user
from mizan_core.settings import NEVER

_HINT = "request.user of a token is loaded when it is first used; async code asks for it with: await request.auser()"


class TokenRefused(Unauthorized, PermissionDenied):
    """A token that no longer stands for its user: 401, and 403 where Django itself has to answer, in a middleware."""


class TokenUser:
    """Loads the user of a token once, and holds it against the token."""

    def __init__(self, token: MWTUser, check: str) -> None:
        self._token = token
        self._is_checked = check != NEVER
        self._user: Any = None

    def load(self) -> Any:
        """:raises TokenRefused: when the token no longer stands for the user."""
        if self._user is None:
            try:
                found = _find(self._token.pk)
                self._user = verified_user(self._token, found, is_checked=self._is_checked)
            except SynchronousOnlyOperation:
                raise SynchronousOnlyOperation(_HINT) from None
            except Unauthorized as error:
                raise TokenRefused(error.message) from None
        return self._user

    async def aload(self) -> Any:
        """As ``load``, on an event loop."""
        return self._user if self._user is not None else await sync_to_async(self.load)()


@lru_cache(1)
def has_user_model() -> bool:
    """Whether the project has users: ``AUTH_USER_MODEL`` names an installed model. Asked anew after ``cache_clear()``.

    :raises AppRegistryNotReady: before all models are there.
    """
    apps.check_models_ready()
    try:
        get_user_model()
    except ImproperlyConfigured:
        return False
    return True


def _find(identity: str) -> Any:
    """The user of that primary key; None where there is none, or the text is no key."""
    model = get_user_model()
    try:
        return model._default_manager.get(pk=identity)  # noqa: SLF001 - documented
    except (model.DoesNotExist, ValidationError, ValueError, TypeError, OverflowError):
        return None
