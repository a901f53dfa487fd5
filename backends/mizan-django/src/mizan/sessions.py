"""Whether building a bundle touched the session (``request.session``)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


class SessionWatch:
    """Watches the session of one request, if the middleware is installed."""

    __slots__ = ("_accessed_before", "_session")

    def __init__(self, request: HttpRequest) -> None:
        self._session: Any = getattr(request, "session", None)
        if self._session is not None:
            self._accessed_before: bool = self._session.accessed
            self._session.accessed = False

    def was_touched(self) -> bool:
        """Whether it was touched since."""
        if self._session is None:
            return False
        touched: bool = self._session.accessed
        self._session.accessed = touched or self._accessed_before
        return touched
