"""Performing a dispatcher's effects on a Django request, under WSGI and under ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest
from django.middleware.csrf import get_token

from mizan.csrf import check_csrf
from mizan.errors import translated
from mizan.sessions import SessionWatch
from mizan.transactions import in_transaction, purge, requested_transactions
from mizan.users import aload_user, assume_user, load_user
from mizan_core.cache.operations import acomplete, complete
from mizan_core.dispatch import (
    Assume,
    Await,
    Effect,
    Identify,
    InTransaction,
    Invoke,
    InvokeAll,
    IssueCsrfToken,
    Purge,
    ReadBody,
    UseCache,
    WasSessionTouched,
    WatchSession,
    to_the_end,
)
from mizan_core.errors import PayloadTooLarge
from mizan_core.viewer import Viewer, viewer_of


class RequestEffects:
    """The effects that are the same with and without an event loop."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self._session: SessionWatch | None = None

    def read_body(self, effect: ReadBody) -> bytes:
        return read_body(self.request, effect.limit)

    def assume(self, effect: Assume) -> None:
        assume_user(self.request, effect.user)

    def issue_csrf_token(self, _: IssueCsrfToken) -> str:
        return get_token(self.request)

    def watch_session(self, _: WatchSession) -> None:
        self._session = SessionWatch(self.request)

    def was_session_touched(self, _: WasSessionTouched) -> bool:
        return self._session is None or self._session.was_touched()


class Performer(RequestEffects):
    """One request in a thread of its own."""

    def __call__(self, effect: Effect) -> Any:
        with translated():
            return effect.perform(self)

    def invoke(self, invocation: Invoke) -> Any:
        return self.invoke_all(InvokeAll((invocation,)))[0]

    def invoke_all(self, effect: InvokeAll) -> list[Any]:
        with requested_transactions():
            return [self._invoke_one(invocation) for invocation in effect.invocations]

    def _invoke_one(self, invocation: Invoke) -> Any:
        if invocation.is_async:
            return async_to_sync(_awaited)(invocation, self.request)
        return invocation.target(self.request, invocation.arguments)

    def identify(self, effect: Identify) -> Viewer:
        viewer = viewer_of(load_user(self.request))
        if effect.guarded:
            check_csrf(self.request, authenticated=viewer.authenticated)
        return viewer

    def use_cache(self, effect: UseCache) -> Any:
        return complete(effect.backend, effect.operations)

    def wait_for(self, effect: Await) -> Any:
        return effect.flight.result()

    def purge(self, effect: Purge) -> None:
        purge(effect.store, effect.tags)

    def in_transaction(self, _: InTransaction) -> bool:
        return in_transaction()


class AsyncPerformer(RequestEffects):
    """One request on an event loop."""

    async def __call__(self, effect: Effect) -> Any:
        with translated():
            outcome = effect.perform(self)
            return await outcome if isawaitable(outcome) else outcome

    async def invoke(self, invocation: Invoke) -> Any:
        return await to_the_end(self._invoke(invocation))

    async def _invoke(self, invocation: Invoke) -> Any:
        if invocation.is_async:
            return await invocation.target(self.request, invocation.arguments)
        return await sync_to_async(invocation.target)(self.request, invocation.arguments)

    async def _invoke_apart(self, invocation: Invoke) -> Any:
        if invocation.is_async:
            return await self._invoke(invocation)
        run = sync_to_async(_with_fresh_connections, thread_sensitive=False)
        return await run(invocation.target, self.request, invocation.arguments)

    async def invoke_all(self, effect: InvokeAll) -> list[Any]:
        sync_count = sum(not invocation.is_async for invocation in effect.invocations)
        apart = sync_count > 1 and not await sync_to_async(in_transaction)()
        invoke = self._invoke_apart if apart else self._invoke
        tasks = [asyncio.ensure_future(invoke(invocation)) for invocation in effect.invocations]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def identify(self, effect: Identify) -> Viewer:
        viewer = viewer_of(await aload_user(self.request))
        if effect.guarded:
            check_csrf(self.request, authenticated=viewer.authenticated)
        return viewer

    async def use_cache(self, effect: UseCache) -> Any:
        return await acomplete(effect.backend, effect.operations)

    async def wait_for(self, effect: Await) -> Any:
        return await asyncio.wrap_future(effect.flight)

    async def purge(self, effect: Purge) -> None:
        # Only the thread that holds the connections knows of their transactions.
        await to_the_end(sync_to_async(purge)(effect.store, effect.tags))

    async def in_transaction(self, _: InTransaction) -> bool:
        # An async view has no transaction of its own, and one around it (a test's) belongs to the thread that waits.
        return await sync_to_async(in_transaction)()


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


def _with_fresh_connections(
    target: Callable[[Any, Mapping[str, Any]], Any], request: HttpRequest, arguments: Mapping[str, Any]
) -> Any:
    """Django tends the database connections of a request's own thread alone."""
    close_old_connections()
    try:
        return target(request, arguments)
    finally:
        close_old_connections()
