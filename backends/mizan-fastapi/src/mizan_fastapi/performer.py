"""Performing a dispatcher's effects on an ASGI request."""

from __future__ import annotations

from typing import Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from mizan_core.dispatch import Assume, Effect, Identify, Invoke, InvokeAll, IssueCsrfToken, ReadBody
from mizan_core.errors import BadRequest, PayloadTooLarge
from mizan_core.viewer import viewer_of
from mizan_fastapi.errors import translated
from mizan_fastapi.users import assume_user, scope_user


class Performer:
    """One request."""

    __slots__ = ("_body", "_receive", "_request", "_scope", "_send")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._body: bytes | None = None
        self._request: Request | None = None

    async def __call__(self, effect: Effect) -> Any:
        if isinstance(effect, Invoke):
            return await self._invoke(effect)
        if isinstance(effect, InvokeAll):
            return await self._invoke_all(effect.invocations)
        if isinstance(effect, ReadBody):
            self._body = await read_body(self._scope, self._receive, effect.limit)
            return self._body
        if isinstance(effect, Identify):
            return viewer_of(scope_user(self._scope))
        if isinstance(effect, Assume):
            return assume_user(self._scope, effect.user)
        return _csrf_token(effect)

    async def _invoke(self, invocation: Invoke) -> Any:
        request = self._function_request()
        try:
            if invocation.is_async:
                return await invocation.target(request, invocation.arguments)
            return await run_in_threadpool(invocation.target, request, invocation.arguments)
        except HTTPException as error:
            raise translated(error) from error

    async def _invoke_all(self, invocations: tuple[Invoke, ...]) -> list[Any]:
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


def _csrf_token(_: IssueCsrfToken) -> None:
    """FastAPI has none."""


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
