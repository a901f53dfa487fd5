"""What the functions have in common: what they may change, and how an answer of the specification becomes theirs."""

from __future__ import annotations

from typing import Any

from mizan.allauth.asking import Said, error_of
from mizan.allauth.types import Authenticated, Authenticator, AuthPending
from mizan_core.client import Options

PENDING: Options = {"errors": [AuthPending]}
"""What may need another step."""
RESETS: Options = {"errors": [AuthPending], "resets": True}
"""What makes somebody else of whoever calls."""
NOBODY, NOT_FOUND = (401, 410), (404,)


def changing(context: str) -> Options:
    """What makes *context* stale."""
    return {"errors": [AuthPending], "affects": context}


def reading(context: str) -> Options:
    """What is read in *context*, always anew: others change it at the specification's URLs."""
    return {"errors": [AuthPending], "context": context, "cache": False}


def authenticated(said: Said) -> Authenticated:
    """A login that is complete."""
    data, meta = said.data or {}, said.meta
    return {
        "user": data.get("user", {}),
        "methods": data.get("methods", []),
        "session_token": meta.get("session_token"),
        "access_token": meta.get("access_token"),
        "expires_in": meta.get("expires_in"),
    }


def perhaps_authenticated(said: Said) -> Authenticated | None:
    """Whoever is logged in now; None where nobody is, and nothing waits for that."""
    if said.status not in NOBODY:
        return authenticated(said)
    error = error_of(said)
    if isinstance(error, AuthPending):
        raise error
    return None


def authenticator(said: Said) -> Authenticator:
    """A second factor; one that is new says whether there are recovery codes since, too."""
    found: Authenticator = said.data
    if "recovery_codes_generated" in said.meta:
        return {**found, "recovery_codes_generated": said.meta["recovery_codes_generated"]}
    return found


def listed(said: Said) -> list[Any]:
    """What a list holds."""
    return said.data if isinstance(said.data, list) else []
