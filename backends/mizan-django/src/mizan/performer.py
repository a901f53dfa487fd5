"""Performing a dispatcher's effects on a Django request, under WSGI and under ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.db import close_old_connections, connections
from django.http import HttpRequest
from django.middleware.csrf import get_token

from mizan.csrf import check_csrf
from mizan.errors import translated
from mizan.users import acurrent_user, assume_user, current_user
from mizan_core.dispatch import Assume, Effect, Identify, Invoke, InvokeAll, IssueCsrfToken, ReadBody
from mizan_core.errors import PayloadTooLarge
from mizan_core.viewer import Viewer, viewer_of


class Performer:
    """One request in a thread of its own."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __call__(self, effect: Effect) -> Any:
        with translated():
            if isinstance(effect, Invoke):
                return self._invoke(effect)
            if isinstance(effect, InvokeAll):
                return [self._invoke(invocation) for invocation in effect.invocations]
            if isinstance(effect, Identify):
                return self._identify(effect)
            return perform_plain(effect, self._request)

    def _invoke(self, invocation: Invoke) -> Any:
        if invocation.is_async:
            return async_to_sync(_awaited)(invocation, self._request)
        return invocation.target(self._request, invocation.arguments)

    def _identify(self, effect: Identify) -> Viewer:
        viewer = viewer_of(current_user(self._request))
        if effect.guarded:
            check_csrf(self._request, authenticated=viewer.authenticated)
        return viewer


class AsyncPerformer:
    """One request on an event loop."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    async def __call__(self, effect: Effect) -> Any:
        with translated():
            if isinstance(effect, Invoke):
                return await self._invoke(effect)
            if isinstance(effect, InvokeAll):
                return await self._invoke_all(effect.invocations)
            if isinstance(effect, Identify):
                return await self._identify(effect)
            return perform_plain(effect, self._request)

    async def _invoke(self, invocation: Invoke) -> Any:
        if invocation.is_async:
            return await invocation.target(self._request, invocation.arguments)
        return await sync_to_async(invocation.target)(self._request, invocation.arguments)

    async def _invoke_apart(self, invocation: Invoke) -> Any:
        if invocation.is_async:
            return await self._invoke(invocation)
        run = sync_to_async(_with_fresh_connections, thread_sensitive=False)
        return await run(invocation.target, self._request, invocation.arguments)

    async def _invoke_all(self, invocations: tuple[Invoke, ...]) -> list[Any]:
        sync_count = sum(not invocation.is_async for invocation in invocations)
        apart = sync_count > 1 and not await sync_to_async(_in_transaction)()
        invoke = self._invoke_apart if apart else self._invoke
        tasks = [asyncio.ensure_future(invoke(invocation)) for invocation in invocations]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _identify(self, effect: Identify) -> Viewer:
        viewer = viewer_of(await acurrent_user(self._request))
        if effect.guarded:
            check_csrf(self._request, authenticated=viewer.authenticated)
        return viewer


def perform_plain(effect: ReadBody | Assume | IssueCsrfToken, request: HttpRequest) -> Any:
    """The effects that are the same with and without an event loop."""
    if isinstance(effect, ReadBody):
        return read_body(request, effect.limit)
    if isinstance(effect, Assume):
        return assume_user(request, effect.user)
    return get_token(request)


def read_body(request: HttpRequest, limit: int) -> bytes:
    """The whole body; ``PayloadTooLarge`` when it is longer than *limit*."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdecimal() and int(declared) > limit:
        raise PayloadTooLarge
    body: bytes = request.body
    if len(body) > limit:
        raise PayloadTooLarge
    return body


async def _awaited(invocation: Invoke, request: HttpRequest) -> Any:
    return await invocation.target(request, invocation.arguments)


def _in_transaction() -> bool:
    """Whether the request's own thread has a transaction open, which functions in other threads would not see."""
    return any(connection.in_atomic_block for connection in connections.all(initialized_only=True))


def _with_fresh_connections(
    target: Callable[[Any, Mapping[str, Any]], Any], request: HttpRequest, arguments: Mapping[str, Any]
) -> Any:
    """Django tends the database connections of a request's own thread alone."""
    close_old_connections()
    try:
        return target(request, arguments)
    finally:
        close_old_connections()
