"""The permission key (protocol.md section 4): a digest of what a user may do."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from mizan_core.engine.pure.canonical import Json, checked_text, dump
from mizan_core.engine.pure.checks import flag_argument
from mizan_core.engine.pure.path import root

PERMISSION_KEY_LENGTH = 32


def compute_permission_key(staff: bool, superuser: bool, permissions: Iterable[str]) -> str:
    """A digest of what a user may do; it changes whenever that does.

    :param permissions: names, in any order; repeated ones count once.
    """
    payload: dict[str, Json] = {
        "staff": flag_argument(staff, "staff"),
        "super": flag_argument(superuser, "superuser"),
        "perms": [*sorted(set(_permission_names(permissions)))],
    }
    return sha256(dump(payload).encode("ascii")).hexdigest()[:PERMISSION_KEY_LENGTH]


def _permission_names(permissions: Iterable[object]) -> list[str]:
    if isinstance(permissions, str):  # an iterable of str, but not of permissions
        raise TypeError(f"permissions: expected an iterable of str, not {type(permissions).__name__}")
    names = []
    for name in permissions:
        if not isinstance(name, str):
            raise TypeError(f"permissions: expected str items, not {type(name).__name__}")
        names.append(checked_text(name, root("permissions")))
    return names
