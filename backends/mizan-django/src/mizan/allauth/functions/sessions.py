"""Where a user is logged in."""

from __future__ import annotations

from django.http import HttpRequest

from mizan.allauth.answers import NOBODY, RESETS, listed, reading
from mizan.allauth.asking import ask
from mizan.allauth.types import UserSession
from mizan.client import client


@client(**reading("auth-sessions"))
def sessions(request: HttpRequest) -> list[UserSession]:
    """The user's sessions."""
    return listed(ask(request, "GET", "auth/sessions"))


@client(**RESETS)
def sessions_end(request: HttpRequest, ids: list[int]) -> list[UserSession]:
    """End some of them; gives the others, none where one's own is among them."""
    return listed(ask(request, "DELETE", "auth/sessions", {"sessions": ids}, NOBODY))
