"""What has been put in a user's place by mistake, in both applications: none of it may pass ``auth=``."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class _Denying:
    id = 5

    def is_authenticated(self) -> bool:
        return False


ODD_USERS: dict[str, Any] = {
    "False": False,
    "True": True,
    "empty-text": "",
    "text": "alice",
    "zero": 0,
    "number": 5,
    "empty-list": [],
    "list": ["alice"],
    "empty-mapping": {},
    "id-of-None": {"id": None},
    "empty-id": {"id": ""},
    "object-without-id": SimpleNamespace(name="alice"),
    "denying-method": _Denying(),
    "denying-text": SimpleNamespace(id=5, is_authenticated="false"),
    "one": SimpleNamespace(id=5, is_authenticated=1),
    "inactive": SimpleNamespace(id=5, is_authenticated=True, is_active=False, is_staff=True),
    "no-longer-active-mapping": {"id": 5, "is_active": False},
}

NO_STAFF: dict[str, Any] = {
    "staff-of-text": SimpleNamespace(id=5, is_staff="false", is_superuser="false"),
    "staff-of-one": {"id": 5, "is_staff": 1, "is_superuser": 1},
    "staff-by-method": SimpleNamespace(id=5, is_staff=lambda: False, is_superuser=lambda: False),
}
"""Users, and no staff."""

HEADER = "X-Test-User"
"""Names one of them; a middleware of the application puts it in the user's place."""
