"""``HEADLESS_TOKEN_STRATEGY = "mizan.allauth.strategy.MWTTokenStrategy"``: access tokens that Mizan takes."""

from __future__ import annotations

from typing import Any

from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.http import HttpRequest

from mizan.serving import dispatcher
from mizan_core.errors import NotSupported


class MWTTokenStrategy(SessionTokenStrategy):  # type: ignore[misc]  # allauth's classes have no types
    """allauth's sessions, and a MWT for ``X-Mizan-Token`` as the access token.

    :raises NotSupported: where ``MIZAN_MWT_SECRET`` is not set.
    """

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any]:
        """The token, and the seconds it lives."""
        settings = dispatcher.interface().settings
        token = settings.token_for(request.user)
        if token is None:
            raise NotSupported("Tokens are not configured on this server: MIZAN_MWT_SECRET is not set.")
        return {"access_token": token, "expires_in": settings.mwt_ttl}

    def create_access_token(self, request: HttpRequest) -> str:
        """The token alone."""
        token: str = self.create_access_token_payload(request)["access_token"]
        return token
