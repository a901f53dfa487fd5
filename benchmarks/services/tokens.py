"""Tokens for the user of the benchmarks, and how the peers check them: PyJWT, with the checks that ours gets.

The services get one and the same token, but for simplejwt, which wants claims of its own.
"""

from __future__ import annotations

import secrets
import time

import jwt
from pydantic import BaseModel, ConfigDict, Field

from benchmarks.services.profiles import USER
from mizan_core.engine import ENGINE

SECRET = "the benchmarks sign with 32 bytes or more"
ALGORITHM = "HS256"
_CLAIMS = ["sub", "pkey", "iat", "nbf", "exp", "staff", "super"]
_LIFE = 86_400


class Viewer(BaseModel):
    """Who asks, by the claims of a token."""

    model_config = ConfigDict(strict=True)

    id: str = Field(alias="sub", min_length=1)
    permission_key: str = Field(alias="pkey")
    is_staff: bool = Field(alias="staff")
    is_superuser: bool = Field(alias="super")


def verified(token: str) -> Viewer:
    """Whom *token* stands for. PyJWT refuses an audience by itself where none is expected.

    :raises jwt.InvalidTokenError: for a token that is not to be trusted.
    :raises pydantic.ValidationError: for claims of another type; a ``ValueError``.
    """
    claims = jwt.decode(token, SECRET, algorithms=[ALGORITHM], options={"require": _CLAIMS})
    return Viewer.model_validate(claims)


def minted_for_simplejwt() -> str:
    """A token as simplejwt gives it to a user of the same rights."""
    now = int(time.time())
    times = {"iat": now, "exp": now + _LIFE}
    claims = {"token_type": "access", "jti": secrets.token_hex(16), "user_id": str(USER), "is_staff": False}
    return jwt.encode({**claims, **times, "is_superuser": False}, SECRET, ALGORITHM)


def minted() -> str:
    """A token that lives for a day."""
    permissions = ENGINE.compute_permission_key(staff=False, superuser=False, permissions=[])
    return ENGINE.create_mwt(str(USER), permissions, secret=SECRET, ttl=_LIFE)
