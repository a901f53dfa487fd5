"""Who is asking, whatever the framework calls it.

What a framework, a middleware or a ``load_user`` hook calls a user is read by these rules alone; whatever they do not
let in is anonymous. A member is an attribute, or a mapping's key; a method without arguments counts by its result.

==================== ================================================================================================
the user             None, anything falsy, a class: anonymous
``is_authenticated`` anonymous unless it is True; a user who lacks it is authenticated by an id
``is_active``        anonymous unless it is True; a user who lacks it is active
the id               the first of ``pk``, ``id``, ``identity`` that the user has, as text. Anonymous when it is None,
                     empty, a bool, a float, bytes, a collection, or an object with no text of its own
no id                authenticated by ``is_authenticated`` alone: bundles are cached for such a viewer only where they
                     are shared, and there are no tokens
``is_staff``,        set when they are True
``is_superuser``
==================== ================================================================================================

True is the bool: neither 1 nor ``"true"`` nor an object that is truthy. Where a user was probably meant and none was
found, or a flag is no bool, the logger ``mizan.auth`` says so, once for each type.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

_log = logging.getLogger("mizan.auth")
_MISSING = object()
_ID_MEMBERS = ("pk", "id", "identity")
_NO_IDS = (bool, float, complex, bytes, bytearray, list, tuple, dict, set, frozenset)


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
    """The viewer that a user object or mapping stands for, by the table of this module."""
    if user is None or not user or isinstance(user, type):
        return ANONYMOUS
    member = _members(user)
    said = _flag(user, member, "is_authenticated")
    identity = _identity(member)
    if said is None and identity is _MISSING:
        _warn(type(user).__qualname__, "it has neither is_authenticated nor a pk, id or identity")
        return ANONYMOUS
    if said is False or identity is None or _flag(user, member, "is_active") is False:
        return ANONYMOUS
    return Viewer(
        authenticated=True,
        staff=_flag(user, member, "is_staff") is True,
        superuser=_flag(user, member, "is_superuser") is True,
        id=None if identity is _MISSING else identity,
    )


def permissions_of(user: Any) -> list[str]:
    """What ``user.get_all_permissions()`` gives, where there is one."""
    get = _members(user)("get_all_permissions", None)
    return [] if get is None else [str(permission) for permission in get()]


def _members(user: Any) -> Callable[[str, Any], Any]:
    """What gives a member of *user* by its name, or else a default."""
    return user.get if isinstance(user, Mapping) else partial(getattr, user)


def _flag(user: Any, member: Callable[[str, Any], Any], name: str) -> bool | None:
    """Whether the member is True; None when there is none."""
    try:
        value = member(name, _MISSING)
        if value is _MISSING:
            return None
        if callable(value):
            value = value()
    except NotImplementedError:
        return False
    if not isinstance(value, bool):
        _warn(type(user).__qualname__, f"{name} is a {type(value).__name__}, not True or False, and counts as False")
    return value is True


def _identity(member: Callable[[str, Any], Any]) -> Any:
    """The id as text; None when it is none, ``_MISSING`` when there is nothing that could be one."""
    for name in _ID_MEMBERS:
        try:
            value = member(name, _MISSING)
        except NotImplementedError:
            # So Starlette's ``BaseUser`` says that a user has no ``identity``.
            continue
        if value is not _MISSING:
            return _id_text(value)
    return _MISSING


def _id_text(value: Any) -> str | None:
    if type(value) is int or type(value) is str:
        return str(value) or None
    if value is None or isinstance(value, _NO_IDS) or callable(value) or _is_without_text(type(value)):
        return None
    return str(value) or None


def _is_without_text(kind: type[Any]) -> bool:
    """Whether the text of an instance is its address, which another may have later."""
    return all(getattr(kind, name) is getattr(object, name) for name in ("__str__", "__repr__"))


@lru_cache(maxsize=256)
def _warn(kind: str, what: str) -> None:
    """Say it once."""
    _log.warning("A user of type %s: %s", kind, what)
