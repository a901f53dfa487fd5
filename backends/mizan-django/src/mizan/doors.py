"""Who may open a socket, and who has: by the project's middleware, and by what page it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from io import BytesIO
from typing import Any, NamedTuple, TypeAlias, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from mizan.errors import translated
from mizan.port import LoopPort, ThreadPort
from mizan.routing import has_atomic_requests
from mizan.serving import dispatcher, serving
from mizan.threads import run_in_thread
from mizan.visits import Visit, VisitHandler, request_scope
from mizan_core.cache.announcing import SOCKET_HEADER
from mizan_core.cache.readings import Readings
from mizan_core.call.flow import admit
from mizan_core.call.progress import Progress
from mizan_core.client.calls import threads_of
from mizan_core.coroutines import complete_now, given, outcome
from mizan_core.errors import APIError, BadRequest, Forbidden, HTTPError, InternalError
from mizan_core.http.response import error_response
from mizan_core.interface.endpoint import Invocation
from mizan_core.live.answering import PLACE
from mizan_core.live.asgi import Scope, field, socket_of, without_cookies
from mizan_core.live.driver import SocketPort
from mizan_core.mwt import HEADER
from mizan_core.origins import Verdict, judge
from mizan_core.viewer import ANONYMOUS, Viewer

T = TypeVar("T")
Fields: TypeAlias = "list[tuple[bytes, bytes]]"
Work: TypeAlias = "Callable[[SocketPort], Coroutine[Any, Any, T]]"
_LENGTH = b"content-length"
_TOKEN = HEADER.lower().encode("ascii")
_SOCKET = SOCKET_HEADER.encode("ascii")
_FAILURE = 500
_log = logging.getLogger("mizan.live")
_hosts_log = logging.getLogger("django.security.DisallowedHost")


class Refused(NamedTuple):
    """What is answered instead of opening the socket."""

    status: int
    fields: Fields
    body: bytes


class Admitted(NamedTuple):
    """The socket may be opened.

    :param fields: header fields of the answer: cookies that middleware sets.
    :param token: the one that says who it is; None for the session's user.
    """

    peer: Peer
    fields: Fields
    token: str | None


class Door:
    """Admits sockets; one for a project, whose middleware it has made ready."""

    def __init__(self) -> None:
        self._handler = VisitHandler()

    async def admit(self, scope: Scope) -> Admitted | Refused:
        """Whether whoever asks may open a socket.

        :param scope: of the socket, or of a request like it.
        """
        try:
            return await self._admit(request_scope(scope))
        except Exception as error:  # noqa: BLE001 - whatever user models and settings raise
            if isinstance(error, DisallowedHost):
                _hosts_log.error("%s", error)  # where Django tells of it
            meaning = translated(error)
            if isinstance(meaning, APIError):
                return _refused(meaning)
            _log.exception("A socket could not be opened")
            return _refused(InternalError())

    async def _admit(self, scope: Scope) -> Admitted | Refused:
        serving.check(scope)
        if self._verdict(scope) is Verdict.ABSENT:
            scope = without_cookies(scope)
        scope = _named(scope)
        token = field(scope, _TOKEN)
        visit = Visit(partial(_who, token))
        await self._handler.run(scope, visit)
        if not visit.is_admitted:
            return _answered(visit.response)
        return Admitted(Peer(self._handler, scope, visit.outcome()), _cookies(visit.response), token)

    def _verdict(self, scope: Scope) -> Verdict:
        """:raises Forbidden: for a page that is not ours.
        :raises DisallowedHost: by ``ALLOWED_HOSTS``.
        """
        request, _ = self._handler.create_request(scope, BytesIO())
        if request is None:
            raise BadRequest
        origin = request.headers.get("Origin")
        own = f"{request.scheme}://{request.get_host()}"
        verdict = judge(origin, own, settings.CSRF_TRUSTED_ORIGINS)
        if verdict is Verdict.FOREIGN:
            _log.warning(
                "A socket was refused: its page is %r, not %r; others are trusted by CSRF_TRUSTED_ORIGINS", origin, own
            )
            raise Forbidden("The page's origin is not trusted.")
        return verdict


class Peer:
    """Whoever has opened a socket, as the project's middleware knows them.

    :ivar viewer: who it was then.
    """

    def __init__(self, handler: VisitHandler, scope: Scope, viewer: Viewer) -> None:
        self._handler = handler
        self._scope = scope
        self.viewer = viewer

    async def run(self, work: Work[T]) -> T:
        """What *work* gives, as a request of the socket's user.

        :raises APIError: where the project's middleware does not let the request through.
        """
        return await self._visit(partial(_perform, work))

    async def look(self) -> Viewer:
        """Whom the cookies of the socket stand for now; nobody where middleware does not let them through."""
        try:
            return await self._visit(partial(_who, None))
        except HTTPError as refusal:
            if refusal.status >= _FAILURE:
                raise
            return ANONYMOUS

    @staticmethod
    def user_of(request: HttpRequest) -> Any:
        """The user whom channels see: the project's own, as functions do."""
        return getattr(request, "user", None)

    async def _visit(self, work: Callable[[HttpRequest], Coroutine[Any, Any, T]]) -> T:
        visit = Visit(work)
        await self._handler.run(self._scope, visit)
        return visit.outcome()


class LoopSocketPort(LoopPort):
    """One call of a socket."""

    __slots__ = ()

    async def identify(self, *, guarded: bool) -> Viewer:  # noqa: ARG002 - the page has shown that it is ours
        return await super().identify(guarded=False)


class AtomicSocketPort(LoopSocketPort):
    """With ``ATOMIC_REQUESTS``: Django has transactions in threads alone, so functions run there."""

    __slots__ = ("_thread",)

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self._thread = ThreadPort(request)

    def is_undone(self) -> bool:
        return self._thread.is_undone()

    async def invoke(self, invocation: Invocation) -> Any:
        return given(await sync_to_async(outcome)(_complete, self._thread.invoke, invocation))

    async def invoke_all(self, invocations: Sequence[Invocation], readings: Readings | None) -> list[Any]:
        found: list[Any] = given(
            await sync_to_async(outcome)(_complete, self._thread.invoke_all, invocations, readings)
        )
        return found


async def _who(token: str | None, request: HttpRequest) -> Viewer:
    return await admit(
        LoopSocketPort(request), dispatcher.interface(), (), token, Progress(PLACE), guarded=False, needed=True
    )


def port_of(request: HttpRequest) -> LoopSocketPort:
    """A port for what comes over a connection that stays open."""
    return AtomicSocketPort(request) if has_atomic_requests() else LoopSocketPort(request)


async def _perform(work: Work[T], request: HttpRequest) -> T:
    with threads_of(run_in_thread):
        return await work(port_of(request))


def _complete(invoke: Callable[..., Coroutine[Any, Any, T]], *arguments: Any) -> T:
    return complete_now(invoke(*arguments))


def _named(scope: Scope) -> Scope:
    """As *scope*, with the socket's id where requests have it."""
    socket = socket_of(scope)
    others = [each for each in scope["headers"] if each[0] != _SOCKET]
    return {**scope, "headers": others if socket is None else [*others, (_SOCKET, socket.encode("ascii"))]}


def _refused(error: APIError) -> Refused:
    response = error_response(error)
    fields = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in response.headers]
    return Refused(response.status, fields, response.body)


def _answered(response: HttpResponseBase | None) -> Refused:
    """What middleware has answered."""
    if response is None:
        return _refused(InternalError())
    body = b"" if response.streaming else response.content  # type: ignore[attr-defined]
    named = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    fields = [(name, value) for name, value in named if name != _LENGTH]
    return Refused(response.status_code, [*fields, *_cookies(response)], body)


def _cookies(response: HttpResponseBase | None) -> Fields:
    cookies = [] if response is None else response.cookies.values()
    return [(b"set-cookie", cookie.output(header="").strip().encode("ascii")) for cookie in cookies]
