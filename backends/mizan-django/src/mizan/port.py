"""A dispatcher's port to a Django request, under WSGI and under ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from typing_extensions import Self

from mizan.bodies import read_body
from mizan.csrf import check_csrf
from mizan.errors import translated
from mizan.failures import report
from mizan.threads import run_on_loop
from mizan.tokens import TokenUser
from mizan.transactions import RequestTransactions, in_transaction, purge, requested_transactions
from mizan.uploads import UploadSink, read_parts
from mizan.users import aload_user, assume_token, load_user, renew_user, twin_of
from mizan.waiting_bodies import feed, waiting_body
from mizan.watching import watching
from mizan_core.cache.access import Access
from mizan_core.cache.announcing import SOCKET_HEADER, socket_id
from mizan_core.cache.readings import Readings
from mizan_core.cache.store import Announcement, Purge, Store
from mizan_core.call.port import Work
from mizan_core.call.progress import Failure
from mizan_core.coroutines import given, one_by_one, outcome, side_by_side, to_the_end
from mizan_core.http.multipart import FileHead, MultipartReader
from mizan_core.interface.endpoint import Invocation
from mizan_core.mwt import MWTUser
from mizan_core.viewer import Viewer, viewer_of

T = TypeVar("T")
_FAILURE = 500


class RequestPort:
    """What is the same with and without an event loop."""

    __slots__ = ("_token_user", "request")

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self._token_user: TokenUser | None = None

    async def read_body(self, limit: int) -> bytes:
        return read_body(self.request, limit)

    def apart(self) -> Self:
        return type(self)(twin_of(self.request))

    def header(self, name: str) -> str | None:
        return self.request.headers.get(name)

    def assume(self, user: MWTUser, check: str) -> None:
        self._token_user = assume_token(self.request, user, check)

    def issue_csrf_token(self) -> str:
        return get_token(self.request)

    def has_credentials(self, vary: Collection[str]) -> bool:
        request = self.request
        return ("HTTP_AUTHORIZATION" in request.META and "authorization" not in vary) or (
            "HTTP_COOKIE" in request.META and "cookie" not in vary and not _has_csrf_cookie_alone(request)
        )

    def purging(self, stale: Purge, *, is_answered: bool) -> tuple[Store, list[str], Announcement | None, str | None]:
        """What ``transactions.purge`` is told: at last the socket of whoever asks, where the answer tells them, and
        those who watch are told of what the store purges.
        """
        store, tags, promise = stale
        told = is_answered and store.is_announcing
        return store, tags, promise, socket_id(self.header(SOCKET_HEADER)) if told else None

    def is_debugging(self) -> bool:
        return bool(settings.DEBUG)

    def open_sink(self, head: FileHead) -> UploadSink:
        return UploadSink(head)

    async def confirm(self, fields: Mapping[str, Sequence[str]] | None) -> None:
        """Calls have proved it when it was asked who makes them."""

    async def keep_body(self, limit: int | None) -> None:
        """Django has it by now, or reads it itself."""

    async def handled(self, error: Exception) -> None:
        """Django has no handlers of an application's own for classes of exceptions."""

    async def report(self, failure: Failure) -> None:
        """Of what has no response of its own: a call over a socket, an entry of ``live/``."""
        tell = sync_to_async(report, thread_sensitive=False)
        await tell(failure, self.request, HttpResponse(status=_FAILURE), is_answered=True)

    def translated(self, error: BaseException) -> BaseException:
        return translated(error)


class ThreadPort(RequestPort):
    """One request in a thread of its own: nothing waits for an event loop."""

    __slots__ = ("_transactions",)

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self._transactions: RequestTransactions | None = None

    async def read_parts(self, reader: MultipartReader) -> None:
        read_parts(self.request, reader)

    def to_the_end(self, work: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        """A thread is not cancelled."""
        return work

    async def invoke(self, invocation: Invocation) -> Any:
        self._transactions = transactions = requested_transactions()
        if transactions is None:
            target, arguments, is_async = invocation
            return self._invoke(invocation) if is_async else target(self.request, arguments)
        with transactions:
            return self._invoke(invocation)

    def is_undone(self) -> bool:
        return self._transactions is not None and self._transactions.are_undone

    async def invoke_all(self, invocations: Sequence[Invocation], readings: Readings | None) -> list[Any]:
        with watching(self.request, readings), requested_transactions() or nullcontext():
            return [self._invoke(invocation) for invocation in invocations]

    def _invoke(self, invocation: Invocation) -> Any:
        if invocation.is_async:
            return run_on_loop(invocation.target(self.request, invocation.arguments))
        return invocation.target(self.request, invocation.arguments)

    def load_user(self, *, at_once: bool) -> None:
        if at_once and self._token_user is not None:
            self._token_user.load()

    async def identify(self, *, guarded: bool) -> Viewer:
        viewer = viewer_of(load_user(self.request))
        if guarded:
            check_csrf(self.request, authenticated=viewer.authenticated)
        return viewer

    async def renew_user(self) -> bool:
        return renew_user(self.request, load_user(self.request))

    async def side_by_side(self, works: Sequence[Work[T]], seconds: float | None = None) -> list[T | None]:
        return one_by_one(works, seconds)

    def access(self, store: Store) -> Access:
        return store.in_thread

    async def purge(self, stale: Purge, *, is_answered: bool = True) -> None:
        purge(*self.purging(stale, is_answered=is_answered))

    async def in_transaction(self) -> bool:
        return in_transaction()


class LoopPort(RequestPort):
    """One request on an event loop."""

    __slots__ = ()

    async def read_parts(self, reader: MultipartReader) -> None:
        body = waiting_body(self.request)
        if body is not None:
            await feed(body, reader)
            return
        # Django has the body in a file by now.
        await sync_to_async(read_parts, thread_sensitive=False)(self.request, reader)

    def to_the_end(self, work: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        return to_the_end(work)

    def is_undone(self) -> bool:
        """There are no transactions around async views."""
        return False

    async def invoke(self, invocation: Invocation) -> Any:
        if invocation.is_async:
            return await invocation.target(self.request, invocation.arguments)
        return given(await sync_to_async(outcome)(invocation.target, self.request, invocation.arguments))

    async def _invoke_apart(self, invocation: Invocation) -> Any:
        if invocation.is_async:
            return await self.invoke(invocation)
        run = sync_to_async(outcome, thread_sensitive=False)
        return given(await run(_with_fresh_connections, invocation.target, self.request, invocation.arguments))

    async def invoke_all(self, invocations: Sequence[Invocation], readings: Readings | None) -> list[Any]:
        with watching(self.request, readings):
            return await self._invoke_all(invocations)

    async def _invoke_all(self, invocations: Sequence[Invocation]) -> list[Any]:
        sync_count = sum(not invocation.is_async for invocation in invocations)
        apart = sync_count > 1 and not await self.in_transaction()
        invoke = self._invoke_apart if apart else self.invoke
        tasks = [asyncio.ensure_future(invoke(invocation)) for invocation in invocations]
        try:
            return await asyncio.gather(*tasks)
        finally:
            while tasks:  # what one of them raises holds this frame
                tasks.pop().cancel()

    def load_user(self, *, at_once: bool) -> Coroutine[Any, Any, None] | None:
        return self._token_user.aload() if at_once and self._token_user is not None else None

    async def identify(self, *, guarded: bool) -> Viewer:
        viewer = viewer_of(await aload_user(self.request))
        if guarded:
            check_csrf(self.request, authenticated=viewer.authenticated)
        return viewer

    async def renew_user(self) -> bool:
        return await sync_to_async(renew_user)(self.request, await aload_user(self.request))

    async def side_by_side(self, works: Sequence[Work[T]], seconds: float | None = None) -> list[T | None]:
        return await side_by_side(works, seconds)

    def access(self, store: Store) -> Access:
        return store.on_loop

    async def purge(self, stale: Purge, *, is_answered: bool = True) -> None:
        # Only the thread that holds the connections knows of their transactions.
        await sync_to_async(purge)(*self.purging(stale, is_answered=is_answered))

    async def in_transaction(self) -> bool:
        # An async view has no transaction of its own, and one around it (a test's) belongs to the thread that waits.
        return await sync_to_async(in_transaction)()


def _has_csrf_cookie_alone(request: HttpRequest) -> bool:
    """Everybody who has asked for ``session/`` has it, and it says nothing of them.

    As it is sent: what Django reads as no cookie, or so under WSGI alone, may be one to a middleware.
    """
    sent = request.META["HTTP_COOKIE"]
    # Django's test client sends an empty one.
    return not sent or (sent.startswith(f"{settings.CSRF_COOKIE_NAME}=") and ";" not in sent)


def _with_fresh_connections(
    target: Callable[[Any, Mapping[str, Any]], Any], request: HttpRequest, arguments: Mapping[str, Any]
) -> Any:
    """Django tends the database connections of a request's own thread alone."""
    close_old_connections()
    try:
        return target(request, arguments)
    finally:
        close_old_connections()
