"""Tokens for user objects (protocol.md section 4). The signing itself is the engine's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mizan_core.engine import ENGINE
from mizan_core.engine.contract import KeyRing, Secret
from mizan_core.errors import Unauthorized
from mizan_core.tuples import tuple_of
from mizan_core.types import MWTClaims
from mizan_core.viewer import Viewer, permissions_of, viewer_of

HEADER = "X-Mizan-Token"

__all__ = ("HEADER", "MWTClaims", "MWTUser", "compute_permission_key", "create_mwt", "decode_mwt", "verified_user")


class MWTUser:
    """The user that a valid token stands for; no database was asked.

    It answers what framework code asks of a user: ``pk``, ``id``, ``identity`` and ``display_name`` (all the id, as
    text), ``is_authenticated``, ``is_staff``, ``is_superuser``, ``is_active``, ``is_anonymous``. Permissions are not
    in the token: load the user where they matter.
    """

    is_authenticated = True
    is_active = True
    is_anonymous = False

    __slots__ = ("claims",)

    def __init__(self, claims: MWTClaims) -> None:
        self.claims = claims

    @property
    def pk(self) -> str:
        return self.claims.sub

    id = identity = display_name = pk

    @property
    def is_staff(self) -> bool:
        return self.claims.staff

    @property
    def is_superuser(self) -> bool:
        return self.claims.superuser

    @property
    def permission_key(self) -> str:
        """The token's ``pkey``; equal to ``compute_permission_key(user)`` while the user's rights are unchanged."""
        return self.claims.pkey

    @property
    def viewer(self) -> Viewer:
        """What ``viewer_of`` gives for this user."""
        claims = self.claims
        return tuple_of(Viewer, (True, claims.staff, claims.superuser, claims.sub))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MWTUser) and other.claims.sub == self.claims.sub

    def __hash__(self) -> int:
        return hash(self.claims.sub)

    def __repr__(self) -> str:
        return "<MWTUser>"


def compute_permission_key(user: Any) -> str:
    """The permission key of a user object: a digest of its flags and ``get_all_permissions()``."""
    viewer = viewer_of(user)
    return ENGINE.compute_permission_key(viewer.staff, viewer.superuser, permissions_of(user))


def verified_user(token: MWTUser, user: Any, *, is_checked: bool = True) -> Any:
    """The user that was loaded for a token, if the token still stands for it.

    :param user: None when there is no such user any more.
    :param is_checked: also that it is authenticated and active (``mizan_core.viewer``), has the token's id, and the
        flags and permissions that it had when the token was made.
    :raises Unauthorized: when it does not.
    """
    if user is None:
        raise Unauthorized("The token is refused: its user is gone.")
    if is_checked and (viewer_of(user).id != token.claims.sub or compute_permission_key(user) != token.permission_key):
        raise Unauthorized("The token is refused: its user or that user's rights have changed.")
    return user


def create_mwt(user: Any, secret: Secret, ttl: int = 300, audience: str | None = None, kid: str | None = None) -> str:
    """A token for *user*.

    :param secret: at least 32 bytes.
    :param ttl: seconds until it expires, 1..86400.
    :raises ValueError: for a user that is not authenticated or has no id (``mizan_core.viewer``).
    :raises ConfigurationError: for a weak secret.
    """
    viewer = viewer_of(user)
    if viewer.id is None:
        raise ValueError("a token needs an authenticated user with a pk, an id or an identity")
    return ENGINE.create_mwt(
        viewer.id,
        compute_permission_key(user),
        secret=secret,
        ttl=ttl,
        staff=viewer.staff,
        superuser=viewer.superuser,
        audience=audience,
        kid=kid,
    )


def decode_mwt(
    token: str, secret: Secret | KeyRing | Mapping[str, Secret], audience: str | None = None, leeway: int = 0
) -> MWTUser:
    """The user that a valid token stands for.

    :raises MWTError: the subclass that protocol.md section 4 names.
    """
    keys = dict(secret) if isinstance(secret, Mapping) else secret
    return MWTUser(ENGINE.decode_mwt(token, secret=keys, audience=audience, leeway=leeway))
