"""Performing a dispatcher's effects on an ASGI request."""

from __future__ import annotations

from asyncio import wrap_future
from collections.abc import Coroutine
from typing import Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from mizan_core.cache.operations import acomplete
from mizan_core.dispatch import (
    Assume,
    Await,
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
from mizan_core.errors import BadRequest, PayloadTooLarge
from mizan_core.viewer import Viewer, viewer_of
from mizan_fastapi.errors import translated
from mizan_fastapi.sessions import SessionWatch
from mizan_fastapi.users import assume_user, scope_user


class Performer:
    """One request."""

    __slots__ = ("_body", "_receive", "_request", "_scope", "_send", "_session")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._body: bytes | None = None
        self._request: Request | None = None
        self._session: SessionWatch | None = None

    async def read_body(self, effect: ReadBody) -> bytes:
        self._body = await read_body(self._scope, self._receive, effect.limit)
        return self._body

    async def identify(self, _: Identify) -> Viewer:
        return viewer_of(scope_user(self._scope))

    async def assume(self, effect: Assume) -> None:
        assume_user(self._scope, effect.user)

    async def issue_csrf_token(self, _: IssueCsrfToken) -> None:
        """FastAPI has none."""

    async def watch_session(self, _: WatchSession) -> None:
        self._session = SessionWatch(self._scope)

    async def was_session_touched(self, _: WasSessionTouched) -> bool:
        return self._session is None or self._session.was_touched()

    async def use_cache(self, effect: UseCache) -> Any:
        return await acomplete(effect.backend, effect.operations)

    async def wait_for(self, effect: Await) -> Any:
        return await wrap_future(effect.flight)

    async def purge(self, effect: Purge) -> None:
        await _shielded(acomplete(effect.store.backend, effect.store.purge(effect.tags)))

    async def in_transaction(self, _: InTransaction) -> bool:
        """FastAPI knows of no transaction; what a function writes it commits before it returns."""
        return False

    async def invoke(self, invocation: Invoke) -> Any:
        return await _shielded(self._invoke(invocation))

    async def _invoke(self, invocation: Invoke) -> Any:
        request = self._function_request()
        try:
            if invocation.is_async:
                return await invocation.target(request, invocation.arguments)
            return await run_in_threadpool(invocation.target, request, invocation.arguments)
        except HTTPException as error:
            raise translated(error) from error

    async def invoke_all(self, effect: InvokeAll) -> list[Any]:
        invocations = effect.invocations
        if len(invocations) == 1:
            return [await self._invoke(invocations[0])]
        outcomes: list[Any] = [None] * len(invocations)
        failures: list[Exception] = []

        async def run(index: int, invocation: Invoke) -> None:
            try:
                outcomes[index] = await self._invoke(invocation)
            except Exception as error:  # noqa: BLE001 - raised again below, when the others have stopped
                failures.append(error)
                group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            for index, invocation in enumerate(invocations):
                group.start_soon(run, index, invocation)
        if failures:
            raise failures[0]
        return outcomes

    def _function_request(self) -> Request:
        """The request that functions get; its body can still be read."""
        if self._request is None:
            self._request = Request(self._scope, self._replay, self._send)
        return self._request

    async def _replay(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


async def _shielded(work: Coroutine[Any, Any, Any]) -> Any:
    """``to_the_end``, whether asyncio cancels the request or anyio."""
    with anyio.CancelScope(shield=True):
        return await to_the_end(work)


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body; ``PayloadTooLarge`` as soon as it is known to be longer than *limit*."""
    if _declared_length(scope) > limit:
        raise PayloadTooLarge
    chunks: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("The request was cut off.")
        chunk = message.get("body", b"")
        length += len(chunk)
        if length > limit:
            raise PayloadTooLarge
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
