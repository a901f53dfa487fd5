"""Functions that every application has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from typing_extensions import TypedDict

from mizan_core.client import ClientFunction, client
from mizan_core.errors import Forbidden, NotSupported
from mizan_core.mwt import MWTUser
from mizan_core.settings import Settings
from mizan_core.viewer import viewer_of


class TokenGrant(TypedDict):
    """A token and the seconds it lives."""

    token: str
    expires_in: int


def token_functions(settings: Settings, current_user: Callable[[Any], Any]) -> dict[str, ClientFunction[..., Any]]:
    """``mwt_obtain``: gives a user whom the framework has logged in a token.

    :param current_user: the framework's user of a request.
    """

    @client(auth=True)
    def mwt_obtain(request: Any) -> TokenGrant:
        user = current_user(request)
        if isinstance(user, MWTUser):
            raise Forbidden("A token cannot obtain another: log in to get one.")
        if viewer_of(user).id is None:
            raise Forbidden("This user has no id, which a token is made for.")
        token = settings.token_for(user)
        if token is None:
            raise NotSupported("Tokens are not configured on this server: MIZAN_MWT_SECRET is not set.")
        return {"token": token, "expires_in": settings.mwt_ttl}

    return {"mwt_obtain": mwt_obtain}
