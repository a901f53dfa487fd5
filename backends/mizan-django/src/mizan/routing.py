"""URL patterns with a sync and an async view: WSGI gets the one, ASGI the other, neither pays for a bridge."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.urls import ResolverMatch, URLPattern
from django.urls.resolvers import RoutePattern


class EndpointPattern(URLPattern):
    """A route that resolves to *view*, or to *async_view* where Django is running on an event loop.

    With ``ATOMIC_REQUESTS`` it is always *view*: Django has no transactions around async views.
    """

    def __init__(self, route: str, view: Callable[..., Any], async_view: Callable[..., Any], name: str) -> None:
        super().__init__(RoutePattern(route, name=name, is_endpoint=True), view, None, name)
        self._on_event_loop = URLPattern(RoutePattern(route, name=name, is_endpoint=True), async_view, None, name)
        self._beginning, bracket, _ = route.partition("<")
        self._is_fixed = not bracket
        # One for all requests: each gets a match that Django's resolvers make of it.
        self._match = super().resolve(route) if self._is_fixed else None
        self._match_on_event_loop = self._on_event_loop.resolve(route) if self._is_fixed else None

    def resolve(self, path: str) -> ResolverMatch | None:
        if path != self._beginning if self._is_fixed else not path.startswith(self._beginning):
            return None
        if _is_event_loop_running() and not has_atomic_requests():
            return self._match_on_event_loop or self._on_event_loop.resolve(path)
        match = self._match
        # Somebody may have put a view of their own around ours since.
        return match if match is not None and match.func is self.callback else super().resolve(path)


def _is_event_loop_running() -> bool:
    # As ``get_running_loop``, whose exception would cost more than all the rest here.
    return asyncio._get_running_loop() is not None  # noqa: SLF001


def has_atomic_requests() -> bool:
    """Whether some database has a transaction around each view."""
    return any(settings["ATOMIC_REQUESTS"] for settings in connections.settings.values())
