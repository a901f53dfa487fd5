"""``app.include_router(views)``: the functions that have URLs of their own, ``mizan-view:NAME`` each."""

from __future__ import annotations

import re
from collections.abc import Coroutine, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from mizan_core.call.dispatcher import Dispatcher
from mizan_core.client.routes import CONVERTERS, RoutePart
from mizan_core.errors import APIError, Unauthorized
from mizan_core.forms.invalid_page import InvalidPage
from mizan_core.http.pages import error_page
from mizan_core.http.response import Reply
from mizan_core.http.view_functions import ViewRequest, answer_view
from mizan_core.introspection.urls import Url, urls_of
from mizan_core.mwt import HEADER
from mizan_core.registry import Registry
from mizan_fastapi.dependencies import add_endpoint
from mizan_fastapi.endpoints import Endpoint
from mizan_fastapi.errors import handled
from mizan_fastapi.port import AsgiPort
from mizan_fastapi.users import Hooks

VIEW = "mizan-view:"
"""What the names of their routes begin with."""
_FOUND = 302


class _Place(Convertor[str]):
    """What stands in a place, as it is: the function's own parameter says what it means."""

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: Any) -> str:
        text = str(value)
        if not re.fullmatch(self.regex, text):
            raise ValueError(f"{text!r} cannot stand in that place of a URL")
        return text


def _register() -> None:
    for name, regex in CONVERTERS.items():
        register_url_convertor(f"mizan_{name}", type(f"{name.title()}Place", (_Place,), {"regex": regex})())


_register()


class ViewsRouter(APIRouter):
    """The routes of a registry's functions, which are looked up when an application includes it.

    Include it when they have been registered.

    :param login_url: where whoever has to log in is sent who looks at pages; with ``?next=`` where they came from.
    """

    def __init__(self, registry: Registry, dispatcher: Dispatcher, hooks: Hooks, login_url: str | None = None) -> None:
        self._routes: list[BaseRoute] = []
        self._version: int | None = None
        self._registry = registry
        self._make = partial(ViewEndpoint, dispatcher, hooks, login_url)
        super().__init__()
        self._own = len(self._routes)

    @property
    def routes(self) -> list[BaseRoute]:
        """As they are now."""
        if self._version != self._registry.version and hasattr(self, "_own"):
            self._version = self._registry.version
            del self._routes[self._own :]
            for url in urls_of(self._registry.get_all_functions()):
                self._add(url)
        return self._routes

    @routes.setter
    def routes(self, routes: list[BaseRoute]) -> None:
        self._routes = routes

    def _add(self, url: Url) -> None:
        endpoint = self._make(url)
        for member in url.members:
            add_endpoint(self, _path(member.parts), endpoint, f"{VIEW}{member.name}")


def _path(parts: tuple[RoutePart, ...]) -> str:
    """The route as Starlette writes it."""
    written = (part if isinstance(part, str) else f"{{{part.parameter}:mizan_{part.converter}}}" for part in parts)
    return "".join(written)


class ViewEndpoint(Endpoint):
    """The functions of one URL."""

    __slots__ = ("_login_url", "_url")

    def __init__(self, dispatcher: Dispatcher, hooks: Hooks, login_url: str | None, url: Url) -> None:
        super().__init__(dispatcher, hooks)
        self._url = url
        self._login_url = login_url

    def reply(self, dispatcher: Dispatcher, port: AsgiPort) -> Coroutine[Any, Any, Reply]:
        scope = port.scope
        values: Mapping[str, Any] = scope["path_params"]
        asked = ViewRequest(
            scope["method"],
            [str(values[name]) for name in self._url.members[0].places],
            scope["query_string"].decode("latin-1"),
            port.header("content-type"),
            port.header(HEADER.lower()),
            port.header("accept"),
        )
        return answer_view(dispatcher, port, self._url, asked, partial(_show, port, self._login_url))


async def _show(port: AsgiPort, login_url: str | None, error: APIError, _: Exception) -> Response:
    """The login for whoever has to log in; for others what the application's handler of that status shows, else a plain
    page.
    """
    if isinstance(error, InvalidPage):
        page: Response = error.page
        return page
    request = port.request()
    if isinstance(error, Unauthorized) and login_url is not None:
        further = "&" if "?" in login_url else "?"
        return RedirectResponse(f"{login_url}{further}next={quote(address(request), safe='/')}", _FOUND)
    own = await handled(port.scope.get("app"), request, HTTPException(error.status, error.message))
    return HTMLResponse(error_page(error), error.status) if own is None else own.response


def address(request: Request) -> str:
    """Path and query, as the client has them."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
