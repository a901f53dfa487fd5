"""Who is asking, whatever the framework calls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Viewer:
    """The identity of a request.

    :param id: the user's id as text; None for an anonymous viewer, or a user object that has none.
    """

    authenticated: bool
    staff: bool = False
    superuser: bool = False
    id: str | None = None


ANONYMOUS = Viewer(authenticated=False)


def viewer_of(user: Any) -> Viewer:
    """The viewer that a user object or mapping stands for.

    None is anonymous; so is a user whose ``is_authenticated`` is false. ``pk`` or else ``id`` is the id.
    """
    if user is None or not _member(user, "is_authenticated", True):
        return ANONYMOUS
    return Viewer(
        authenticated=True,
        staff=bool(_member(user, "is_staff", False)),
        superuser=bool(_member(user, "is_superuser", False)),
        id=user_id(user),
    )


def user_id(user: Any) -> str | None:
    """The user's ``pk`` or else ``id`` as text; None when it has neither."""
    for name in ("pk", "id"):
        value = _member(user, name, None)
        if value is not None and value != "":
            return str(value)
    return None


def permissions_of(user: Any) -> list[str]:
    """What ``user.get_all_permissions()`` gives, where there is one."""
    get = _member(user, "get_all_permissions", None)
    return [] if get is None else [str(permission) for permission in get()]


def _member(user: Any, name: str, default: Any) -> Any:
    return user.get(name, default) if isinstance(user, Mapping) else getattr(user, name, default)
