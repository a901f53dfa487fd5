"""A panel for django-debug-toolbar: ``DEBUG_TOOLBAR_PANELS = [..., "mizan.toolbar.MizanPanel"]``.

It says of each request to Mizan's endpoints which function or context it was for, what the cache said and why, what the
answer makes stale, how often the cache's store was asked, and how many queries there were.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from time import perf_counter
from typing import Any, TypeVar

from debug_toolbar.panels import Panel
from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from mizan.serving import dispatcher
from mizan_core.cache.access import Access
from mizan_core.cache.backend import CacheBackend
from mizan_core.cache.flights import Flight
from mizan_core.cache.store import Store
from mizan_core.http.response import CACHE_HEADER, CACHE_REASON_HEADER, INVALIDATE_HEADER

RoundTrip = dict[str, Any]
_recorded: ContextVar[list[RoundTrip] | None] = ContextVar("mizan_round_trips", default=None)
T = TypeVar("T")


class MizanPanel(Panel):
    """What Mizan has done for a request."""

    title = "Mizan"
    nav_title = "Mizan"
    template = "mizan/toolbar_panel.html"
    is_async = True

    @property
    def nav_subtitle(self) -> str:
        """The function or context, and the cache's verdict."""
        stats: dict[str, Any] = self.get_stats()  # type: ignore[no-untyped-call]
        return str(stats.get("summary", "no request to Mizan"))

    def enable_instrumentation(self) -> None:
        """Count what is asked of the cache's store from now on."""
        caching = dispatcher.interface().caching
        if caching is not None:
            _observe(caching.store)
        self._round_trips: list[RoundTrip] = []
        self._queries = _query_count()
        _recorded.set(self._round_trips)

    def generate_stats(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """What is known when the answer is there."""
        match = request.resolver_match
        if match is None or match.app_name != "mizan":
            return
        subject = _subject(request)
        facts = [
            (match.url_name or "endpoint", subject),
            ("status", response.status_code),
            ("cache", response.get(CACHE_HEADER)),
            ("why", response.get(CACHE_REASON_HEADER)),
            ("makes stale", response.get(INVALIDATE_HEADER)),
            ("round trips", len(self._round_trips)),
            ("queries", _query_count() - self._queries),
        ]
        self.record_stats(  # type: ignore[no-untyped-call]
            {
                "summary": " ".join(str(part) for part in (subject, response.get(CACHE_HEADER)) if part),
                "facts": [(name, value) for name, value in facts if value is not None],
                "round_trips": self._round_trips,
            }
        )


class _ObservedAccess(Access):
    """An access whose operations are recorded, for whichever request they are."""

    def __init__(self, backend: CacheBackend, access: Access) -> None:
        self._access = access
        super().__init__(backend)

    def one_of(self, blocking: Callable[..., T], waiting: Callable[..., Coroutine[Any, Any, T]]) -> Any:
        return _timed(blocking.__name__, self._access.one_of(blocking, waiting))

    async def join(self, flight: Flight) -> bytes | None:
        return await self._access.join(flight)

    async def pause(self, seconds: float) -> None:
        await self._access.pause(seconds)


def _observe(store: Store) -> None:
    if not isinstance(store.in_thread, _ObservedAccess):
        store.in_thread = _ObservedAccess(store.backend, store.in_thread)
        store.on_loop = _ObservedAccess(store.backend, store.on_loop)


def _timed(name: str, operation: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def timed(*arguments: Any) -> Any:
        started = perf_counter()
        try:
            return await operation(*arguments)
        finally:
            recorded = _recorded.get()
            if recorded is not None:
                recorded.append({"operation": name, "milliseconds": 1_000 * (perf_counter() - started)})

    return timed


def _subject(request: HttpRequest) -> str | None:
    """The function or the context that a request is for, as far as it says so."""
    match = request.resolver_match
    named = match.kwargs.get("function") or match.kwargs.get("name") if match is not None else None
    if named is not None or not hasattr(request, "_body"):
        return named
    try:
        said = json.loads(request.body)
    except ValueError:
        return None
    return said.get("fn") if isinstance(said, dict) else None


def _query_count() -> int:
    """Those of all databases that this thread has used; counted where ``DEBUG`` is on."""
    return sum(len(connection.queries_log) for connection in connections.all(initialized_only=True))
