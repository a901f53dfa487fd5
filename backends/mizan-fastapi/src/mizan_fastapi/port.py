"""A dispatcher's port to an ASGI request."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from mizan_core.cache.access import Access
from mizan_core.cache.announcing import SOCKET_HEADER, socket_id
from mizan_core.cache.readings import Readings
from mizan_core.cache.store import Purge, Store
from mizan_core.call.port import Handled, Work
from mizan_core.call.progress import Failure
from mizan_core.coroutines import begin, end_of, given, outcome, side_by_side
from mizan_core.errors import BadRequest, PayloadTooLarge
from mizan_core.http.multipart import FileHead, MultipartReader
from mizan_core.http.reading import check_body_headers
from mizan_core.interface.endpoint import Invocation
from mizan_core.mwt import MWTUser, verified_user
from mizan_core.settings import ALWAYS, LOADED, NEVER
from mizan_core.viewer import Viewer, viewer_of
from mizan_fastapi.errors import handled, translated
from mizan_fastapi.uploads import UploadSink, read_parts
from mizan_fastapi.users import (
    TOKEN,
    Hooks,
    LoadUser,
    ask,
    assume_user,
    check_hook,
    replace_user,
    scope_user,
    twin_of,
)
from mizan_fastapi.watching import WatchedRequest

T = TypeVar("T")


class AsgiPort:
    """One request.

    :param fields: the request's header fields by their lower-case names.
    """

    __slots__ = (
        "_body",
        "_check",
        "_hooks",
        "_readings",
        "_receive",
        "_request",
        "_send",
        "_token",
        "_watched",
        "fields",
        "scope",
    )

    def __init__(self, scope: Scope, fields: Mapping[bytes, bytes], receive: Receive, send: Send, hooks: Hooks) -> None:
        self.scope = scope
        self.fields = fields
        self._receive = receive
        self._send = send
        self._body: bytes | None = None
        self._request: Request | None = None
        self._readings: Readings | None = None
        self._watched: WatchedRequest | None = None
        self._hooks = hooks
        self._token: MWTUser | None = None
        self._check = LOADED

    async def read_body(self, limit: int) -> bytes:
        """The whole body; ``PayloadTooLarge`` as soon as it is known to be longer than *limit*."""
        fields = self.fields
        length, encoding = fields.get(b"content-length"), fields.get(b"content-encoding")
        check_body_headers(
            None if length is None else length.decode("latin-1"),
            None if encoding is None else encoding.decode("latin-1"),
            limit,
        )
        chunks: list[bytes] = []
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise BadRequest("The request was cut off.")
            chunk: bytes = message.get("body", b"")
            if len(chunk) > limit:
                raise PayloadTooLarge
            if not message.get("more_body", False):
                self._body = body = b"".join([*chunks, chunk]) if chunks else chunk
                return body
            limit -= len(chunk)
            chunks.append(chunk)

    def apart(self) -> AsgiPort:
        twin = AsgiPort(twin_of(self.scope), self.fields, self._receive, self._send, self._hooks)
        twin._body = self._body
        return twin

    async def renew_user(self) -> bool:
        user, reload = scope_user(self.scope), self._hooks.reload_user
        if not viewer_of(user).authenticated:
            return True
        current = None if reload is None else await ask(reload, user)
        return current is not None and replace_user(self.scope, current)

    async def side_by_side(self, works: Sequence[Work[T]], seconds: float | None = None) -> list[T | None]:
        return await side_by_side(works, seconds)

    async def identify(self, *, guarded: bool) -> Viewer:  # noqa: ARG002 - there is no CSRF check here
        return viewer_of(scope_user(self.scope))

    def assume(self, user: MWTUser, check: str) -> None:
        self.scope[TOKEN] = self._token = user
        self._check = check
        assume_user(self.scope, user)

    def load_user(self, *, at_once: bool) -> Coroutine[Any, Any, None] | None:  # noqa: ARG002 - an attribute cannot wait
        token, load = self._token, self._hooks.load_user
        if token is None:
            return None
        if load is None:
            if self._check == ALWAYS:
                check_hook(self._check, load)
            return None
        return self._load(token, load)

    async def _load(self, token: MWTUser, load: LoadUser) -> None:
        user = verified_user(token, await ask(load, token), is_checked=self._check != NEVER)
        self._token = None
        assume_user(self.scope, user)

    async def read_parts(self, reader: MultipartReader) -> None:
        self._body = b""  # nobody else gets it
        await read_parts(self._receive, reader)

    def open_sink(self, head: FileHead) -> UploadSink:
        return UploadSink(head)

    async def confirm(self, fields: Mapping[str, Sequence[str]] | None) -> None:
        """FastAPI has no CSRF protection of its own."""

    async def keep_body(self, limit: int | None) -> None:
        """A request of Starlette's reads what comes in."""

    def header(self, name: str) -> str | None:
        """The value of a header field, by its lower-case name."""
        value = self.fields.get(name.encode("ascii"))
        return None if value is None else value.decode("latin-1")

    def issue_csrf_token(self) -> None:
        """FastAPI has none."""

    def has_credentials(self, vary: Collection[str]) -> bool:
        fields = self.fields
        return (b"cookie" in fields and "cookie" not in vary) or (
            b"authorization" in fields and "authorization" not in vary
        )

    def access(self, store: Store) -> Access:
        return store.on_loop

    def purge(self, purge: Purge, *, is_answered: bool = True) -> Coroutine[Any, Any, None]:
        store = purge.store
        origin = socket_id(self.header(SOCKET_HEADER)) if is_answered and store.is_announcing else None
        return store.purge(store.on_loop, purge.tags, origin)

    async def in_transaction(self) -> bool:
        """FastAPI knows of no transaction; what a function writes it commits before it returns."""
        return False

    def is_debugging(self) -> bool:
        return bool(getattr(self.scope.get("app"), "debug", False))

    async def handled(self, error: Exception) -> Handled | None:
        return await handled(self.scope.get("app"), self.request(), error)

    async def report(self, failure: Failure) -> None:
        failure.log()

    def translated(self, error: BaseException) -> BaseException:
        return translated(error)

    async def to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        task = begin(work)
        try:
            if task.done():
                return task.result()
            self._hooks.in_flight.add(task)
            return await shielded(task)
        finally:
            del task  # its exception holds this frame

    def is_undone(self) -> bool:
        """FastAPI knows of no transaction that it could have rolled back."""
        return False

    def invoke(self, invocation: Invocation) -> Coroutine[Any, Any, Any]:
        target, arguments, is_async = invocation
        request = self.request()
        return target(request, arguments) if is_async else _in_thread(target, request, arguments)

    async def invoke_all(self, invocations: Sequence[Invocation], readings: Readings | None) -> list[Any]:
        self._readings = readings
        try:
            return await self._invoke_all(invocations)
        finally:
            self._readings = self._watched = None

    async def _invoke_all(self, invocations: Sequence[Invocation]) -> list[Any]:
        if len(invocations) == 1:
            return [await self.invoke(invocations[0])]
        outcomes: list[Any] = [None] * len(invocations)
        failures: list[Exception] = []

        async def run(index: int, invocation: Invocation) -> None:
            try:
                outcomes[index] = await self.invoke(invocation)
            except Exception as error:  # noqa: BLE001 - raised again below, when the others have stopped
                failures.append(error)
                group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            for index, invocation in enumerate(invocations):
                group.start_soon(run, index, invocation)
        if failures:
            try:
                raise failures[0]
            finally:
                failures.clear()  # they hold this frame
        return outcomes

    def _watched_request(self, readings: Readings) -> Request:
        if self._watched is None:
            self._watched = WatchedRequest(self.scope, self._replay(), self._send, readings)
        return self._watched

    def request(self) -> Request:
        """The request that functions get; its body can still be read."""
        if self._readings is not None:
            return self._watched_request(self._readings)
        if self._request is None:
            self._request = Request(self.scope, self._replay(), self._send)
        return self._request

    def _replay(self) -> Receive:
        """What hands out the body once more. It does not know the port: a cycle would be left to the collector."""
        return self._receive if self._body is None else partial(_replayed, [self._body], self._receive)


async def _replayed(bodies: list[bytes], receive: Receive) -> Message:
    if not bodies:
        return await receive()
    return {"type": "http.request", "body": bodies.pop(), "more_body": False}


async def shielded(work: Future[T]) -> T:
    """``end_of``, whether asyncio cancels the request or anyio."""
    try:
        with anyio.CancelScope(shield=True):
            await end_of(work)
        return work.result()
    finally:
        del work  # its exception holds this frame


async def _in_thread(target: Callable[..., Any], request: Request, arguments: Mapping[str, Any]) -> Any:
    return given(await run_in_threadpool(outcome, target, request, arguments))
