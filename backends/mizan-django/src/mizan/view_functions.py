"""The URLs that functions have of their own: patterns for them, and the views behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.views.decorators.csrf import csrf_exempt

from mizan.csrf import check_page_csrf
from mizan.forms.pages import MAX_BYTES
from mizan.pages import apage_of, page_of
from mizan.port import LoopPort, ThreadPort
from mizan.routing import EndpointPattern
from mizan.serving import dispatcher
from mizan.transactions import without_request_transaction
from mizan.uploads import limit_files
from mizan.users import aload_user, load_user
from mizan.views import TOKEN, arespond, respond
from mizan.waiting_bodies import keep, spool, waiting_body
from mizan_core.client import ClientFunction
from mizan_core.client.routes import RoutePart
from mizan_core.errors import APIError
from mizan_core.http.view_functions import ViewRequest, answer_view
from mizan_core.introspection.urls import Url, urls_of
from mizan_core.viewer import Viewer, viewer_of

_Functions: TypeAlias = "Mapping[str, ClientFunction[..., Any]]"
_URL = "mizan_url"


def patterns(functions: _Functions) -> list[URLPattern]:
    """One for each function, by its name; the first one of a URL is asked for all of its functions.

    :raises GraphError: when two functions are for the same requests.
    """
    return [pattern for url in urls_of(functions) for pattern in _patterns(url, functions)]


def _patterns(url: Url, functions: _Functions) -> list[URLPattern]:
    limits = {
        method: limit
        for member in url.members
        for method in member.methods
        if (limit := _limit_of(functions[member.name]))
    }
    exempt = {method for member in url.members if _is_exempt(functions[member.name]) for method in member.methods}

    @csrf_exempt
    @without_request_transaction
    def view(request: HttpRequest, **values: Any) -> HttpResponseBase:
        _limit_files(request, limits)
        port = ThreadViewPort(request, is_exempt=request.method in exempt)
        reply = answer_view(dispatcher, port, url, _asked(request, url, values), partial(_show, request))
        return respond(request, reply)

    @csrf_exempt
    async def aview(request: HttpRequest, **values: Any) -> HttpResponseBase:
        _limit_files(request, limits)
        port = LoopViewPort(request, is_exempt=request.method in exempt)
        reply = answer_view(dispatcher, port, url, _asked(request, url, values), partial(apage_of, request))
        response = await arespond(request, reply)
        response._resource_closers += port.opened  # type: ignore[attr-defined]  # noqa: SLF001
        return response

    setattr(aview, _URL, url)

    return [EndpointPattern(_route(member.parts), view, aview, member.name) for member in url.members]


def _limit_of(function: ClientFunction[..., Any]) -> int | None:
    """How large the files may be that it lets Django read, where it says so."""
    limit: int | None = getattr(function.function, MAX_BYTES, None)
    return limit


def _limit_files(request: HttpRequest, limits: Mapping[str, int]) -> None:
    limit = limits.get(request.method or "")
    if limit is not None:
        limit_files(request, limit)


def url_of(view: Any) -> Url | None:
    """The URL that *view* answers on an event loop; None for other people's views."""
    url: Url | None = getattr(view, _URL, None)
    return url


def _route(parts: tuple[RoutePart, ...]) -> str:
    """The route as Django writes it; it is included below a slash."""
    written = (part if isinstance(part, str) else f"<{part.converter}:{part.parameter}>" for part in parts)
    return "".join(written).removeprefix("/")


def _asked(request: HttpRequest, url: Url, values: Mapping[str, Any]) -> ViewRequest:
    meta = request.META
    return ViewRequest(
        request.method or "",
        # Prefixes that the project includes us below may have caught values of their own.
        [str(values[name]) for name in url.members[0].places],
        meta.get("QUERY_STRING", ""),
        meta.get("CONTENT_TYPE"),
        meta.get(TOKEN),
        meta.get("HTTP_ACCEPT"),
    )


async def _show(request: HttpRequest, error: APIError, cause: Exception) -> HttpResponseBase:
    return page_of(request, error, cause)


def _is_exempt(function: ClientFunction[..., Any]) -> bool:
    """Whether Django's ``csrf_exempt`` stands below ``@client``."""
    return getattr(function.function, "csrf_exempt", False) is True


class ThreadViewPort(ThreadPort):
    """A request to such a URL, in a thread.

    :param is_exempt: whether the project has exempted the function from CSRF protection.
    """

    __slots__ = ("_is_exempt",)

    def __init__(self, request: HttpRequest, *, is_exempt: bool = False) -> None:
        super().__init__(request)
        self._is_exempt = is_exempt

    async def identify(self, *, guarded: bool) -> Viewer:  # noqa: ARG002 - ``confirm`` is asked when more is known
        return viewer_of(load_user(self.request))

    async def confirm(self, fields: Mapping[str, Sequence[str]] | None) -> None:
        if not self._is_exempt:
            check_page_csrf(self.request, fields)


class LoopViewPort(LoopPort):
    """A request to such a URL, on an event loop.

    :ivar opened: what closes the files that have been opened for it.
    """

    __slots__ = ("_is_exempt", "opened")

    def __init__(self, request: HttpRequest, *, is_exempt: bool = False) -> None:
        super().__init__(request)
        self._is_exempt = is_exempt
        self.opened: list[Callable[[], None]] = []

    async def keep_body(self, limit: int | None) -> None:
        body = waiting_body(self.request)
        if body is None:
            return
        if limit is None:
            self.opened.append(await spool(self.request, body))
        else:
            await keep(self.request, body, limit)

    async def identify(self, *, guarded: bool) -> Viewer:  # noqa: ARG002 - as above
        return viewer_of(await aload_user(self.request))

    async def confirm(self, fields: Mapping[str, Sequence[str]] | None) -> None:
        if not self._is_exempt:
            await sync_to_async(check_page_csrf)(self.request, fields)
