"""URL patterns with a sync and an async view: WSGI gets the one, ASGI the other, neither pays for a bridge."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections
from django.urls import ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

_REMEMBERED, _REMEMBERED_LENGTH = 1_024, 256
"""Paths that are not resolved again, and how long they may be: clients ask for the same few."""


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
        if is_on_event_loop():
            return self._match_on_event_loop or self._on_event_loop.resolve(path)
        match = self._match
        # Somebody may have put a view of their own around ours since.
        return match if match is not None and match.func is self.callback else super().resolve(path)


class Mount(URLResolver):
    """What Django resolves below a route, remembered by path: that is the same for each request."""

    def __init__(self, route: str, patterns: Sequence[URLPattern], app_name: str) -> None:
        super().__init__(RoutePattern(route), patterns, app_name=app_name, namespace=app_name)
        self._matches: dict[str, ResolverMatch] = {}
        self._matches_on_event_loop: dict[str, ResolverMatch] = {}

    def resolve(self, path: str) -> ResolverMatch:
        matches = self._matches_on_event_loop if is_on_event_loop() else self._matches
        match = matches.get(path)
        if match is not None:
            return match
        found: ResolverMatch = super().resolve(path)
        if len(path) <= _REMEMBERED_LENGTH and len(matches) < _REMEMBERED:
            matches[str(path)] = found
        return found


def is_on_event_loop() -> bool:
    """Whether async views are called as they are."""
    # As ``get_running_loop``, whose exception would cost more than all the rest here.
    return asyncio._get_running_loop() is not None and not has_atomic_requests()  # noqa: SLF001


def has_atomic_requests() -> bool:
    """Whether some database has a transaction around each view."""
    return any(settings["ATOMIC_REQUESTS"] for settings in connections.settings.values())
