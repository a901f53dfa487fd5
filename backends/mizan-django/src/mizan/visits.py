"""Work that is done behind the project's middleware, as a GET of the socket's own URL.

A socket has one request, which opened it, and goes on for hours. What Django does for each request it must then do for
each call: find the session and its user, choose the tenant and the language, refuse who is blocked, give the thread
its connections and close them. So a call visits the application as a request with the headers of the one that opened
the socket; its view is where the work is done, and no other view is ever asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, MutableMapping
from io import BytesIO
from typing import Any, Generic, TypeVar, cast

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core import signals
from django.core.handlers.asgi import ASGIHandler, ASGIRequest, get_script_prefix
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, set_script_prefix
from django.views.decorators.csrf import csrf_exempt

from mizan.replies import ReplyResponse
from mizan.transactions import without_request_transaction
from mizan_core.errors import HTTPError, InternalError
from mizan_core.http.response import Response, error_response

T = TypeVar("T")
URL_NAME = "socket"
"""What the socket's pattern is called in ``mizan.urls``."""
_VISIT = "mizan.visit"
_DONE = 204
_NO_UPGRADE = "A socket is opened here, by a WebSocket upgrade: serve the project with ASGI and mizan.wrap_asgi."


class Visit(Generic[T]):
    """One piece of work, and what has come of it.

    :param work: is given the request as middleware has left it.
    :ivar response: what the application has answered.
    """

    def __init__(self, work: Callable[[HttpRequest], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._outcome: list[T] = []
        self._error: Exception | None = None
        self._has_begun = False
        self.response: HttpResponseBase | None = None

    async def perform(self, request: HttpRequest) -> None:
        """Do the work."""
        self._has_begun = True
        try:
            self._outcome = [await self._work(request)]
        except Exception as error:  # noqa: BLE001 - it goes to whoever wants the work done, and no middleware's way
            self._error = error

    @property
    def is_admitted(self) -> bool:
        """Whether middleware has let the request through, and its answer too."""
        return self._has_begun and self.response is not None and self.response.status_code == _DONE

    def outcome(self) -> T:
        """What the work has given.

        :raises APIError: where middleware has answered instead.
        """
        if self._error is not None:
            raise self._error
        if not self._outcome:
            raise self._refusal()
        return self._outcome[0]

    def _refusal(self) -> Exception:
        status = None if self.response is None else self.response.status_code
        return HTTPError(status) if status is not None and HTTPError.has(status) else InternalError()


@csrf_exempt  # a GET; and only whoever has shown to be no foreign page comes here with cookies
@without_request_transaction
async def socket(request: HttpRequest) -> HttpResponse:
    """The view of ``ws/``: the work of a visit is done here. Whoever comes with a plain request is told so."""
    visit: Visit[Any] | None = getattr(request, "scope", {}).get(_VISIT)
    if visit is None:
        # A WSGI application must not send what is between two servers (PEP 3333); Django's own server answers 500 then.
        headers = {"Upgrade": "websocket"} if isinstance(request, ASGIRequest) else {}
        refusal: Response = error_response(HTTPError(426, _NO_UPGRADE, headers=headers))
        return ReplyResponse(refusal)
    await visit.perform(request)
    return HttpResponse(status=_DONE)


class VisitHandler(ASGIHandler):
    """The project's middleware around that one view."""

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """:raises Http404: for a path that is another view's."""
        match: ResolverMatch = super().resolve_request(request)
        if not is_socket(match):
            raise Http404
        return match

    async def run(self, scope: MutableMapping[str, Any], visit: Visit[Any]) -> None:
        """Have the visit take place; in a task of its own, so that it leaves nothing behind in the caller's context."""
        await asyncio.ensure_future(self._run(scope, visit))

    async def _run(self, scope: MutableMapping[str, Any], visit: Visit[Any]) -> None:
        async with ThreadSensitiveContext():  # a thread of its own for what it has to do with databases
            set_script_prefix(get_script_prefix(scope))
            await signals.request_started.asend(sender=type(self), scope=scope)
            request, refusal = self.create_request({**scope, _VISIT: visit}, BytesIO())
            try:
                response = await self.run_get_response(cast(ASGIRequest, request)) if refusal is None else refusal
            except asyncio.CancelledError:
                await signals.request_finished.asend(sender=type(self))
                raise
            visit.response = response
            await sync_to_async(response.close)()  # which tells the signal


def is_socket(match: ResolverMatch) -> bool:
    """Whether a path is that of ``ws/`` in ``mizan.urls``."""
    return match.url_name == URL_NAME and match.app_names[-1:] == ["mizan"]


def request_scope(scope: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The scope of a GET that says what the one of a socket says."""
    return {
        **scope,
        "type": "http",
        "method": "GET",
        "scheme": "https" if scope.get("scheme") == "wss" else "http",
        "http_version": scope.get("http_version", "1.1"),
    }
