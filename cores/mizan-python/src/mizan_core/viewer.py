"""Who is asking, whatever the framework calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

_MISSING = object()


class Viewer(NamedTuple):
    """The identity of a request.

    :param id: the user's id as text; None for an anonymous viewer, or a user object that has none.
    """

    authenticated: bool
    staff: bool = False
    superuser: bool = False
    id: str | None = None

    def satisfies(self, auth: object) -> bool:
        """Whether the viewer is what ``auth=True``, ``"staff"`` or ``"superuser"`` asks for."""
        if auth == "staff":
            return self.staff
        if auth == "superuser":
            return self.superuser
        return self.authenticated


ANONYMOUS = Viewer(authenticated=False)


def viewer_of(user: Any) -> Viewer:
    """The viewer that a user object or mapping stands for.

    None is anonymous; so is a user whose ``is_authenticated`` is false. ``pk`` or else ``id`` is the id.
    """
    if user is None:
        return ANONYMOUS
    member = _members(user)
    if not member("is_authenticated", True):
        return ANONYMOUS
    return Viewer(
        authenticated=True,
        staff=bool(member("is_staff", False)),
        superuser=bool(member("is_superuser", False)),
        id=user_id(user),
    )


def user_id(user: Any) -> str | None:
    """The user's ``pk`` or else ``id`` as text; None when it has neither."""
    member = _members(user)
    for name in ("pk", "id"):
        value = member(name, None)
        if value is not None and value != "":
            return str(value)
    return None


def permissions_of(user: Any) -> list[str]:
    """What ``user.get_all_permissions()`` gives, where there is one."""
    get = _members(user)("get_all_permissions", None)
    return [] if get is None else [str(permission) for permission in get()]


def _members(user: Any) -> Callable[[str, Any], Any]:
    """What gives a member of *user* by its name, or else a default."""
    return user.get if isinstance(user, Mapping) else partial(getattr, user)
