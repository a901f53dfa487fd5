"""Whether building a bundle touched the session (``request.session``)."""

from __future__ import annotations

from typing import Any

from starlette.types import Scope


class SessionWatch:
    """Watches the session of one request, if a middleware has put one into the scope."""

    __slots__ = ("_accessed_before", "_session")

    def __init__(self, scope: Scope) -> None:
        self._session: Any = scope.get("session")
        self._accessed_before: bool | None = getattr(self._session, "accessed", None)
        if self._session is not None and self._accessed_before is not None:
            self._session.accessed = False

    def was_touched(self) -> bool:
        """Whether it was touched since. A session that does not count its accesses may always have been."""
        if self._session is None:
            return False
        if self._accessed_before is None:
            return True
        touched: bool = self._session.accessed
        self._session.accessed = touched or self._accessed_before
        return touched
