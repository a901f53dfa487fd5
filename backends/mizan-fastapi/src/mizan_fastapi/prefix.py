"""The route that knows the endpoints of one router by the texts of their paths."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from typing import Any, TypeAlias

from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send

from mizan_fastapi.dependencies import EndpointRoute
from mizan_fastapi.endpoints import REST, Endpoint
from mizan_fastapi.routing import CALL, CONTEXT, CONTEXTS, NAMED_CALL, SESSION
from mizan_fastapi.sockets import SocketEndpoint

_FIXED = (("/call/", CALL), ("/ctx/", CONTEXTS), ("/session/", SESSION))
_Found: TypeAlias = "tuple[EndpointRoute | None, dict[str, str]]"


class PrefixRoute(BaseRoute):
    """What it does not know by its text (a redirect to the trailing slash, what is not found) it leaves to the router
    that is included behind it, so answers are the same.

    :param served: the router's routes, which requests are told as theirs.
    :param sockets: the endpoint of ``ws/``; what FastAPI keeps around one is kept for as long as the socket is open.
    :param is_bare: whether nothing stands above the endpoints; it matches nothing otherwise.
    """

    def __init__(self, prefix: str, served: Iterable[EndpointRoute], sockets: SocketEndpoint, *, is_bare: bool) -> None:
        self._sockets = sockets
        self._socket_path = f"{prefix}/ws/"
        self._socket: Scope = {"endpoint": sockets.respond}
        self.path = self.path_format = f"{prefix}/{{path:path}}"
        self._is_bare = is_bare
        by_name = {route.name: route for route in served}
        self._fixed: dict[str, _Found] = {prefix + path: (by_name[name], {}) for path, name in _FIXED}
        self._named = (
            (f"{prefix}/ctx/", "name", by_name[CONTEXT]),
            (f"{prefix}/call/", "function", by_name[NAMED_CALL]),
        )

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "websocket":
            is_ours = self._is_bare and _path(scope) == self._socket_path
            return (Match.FULL, self._socket) if is_ours else (Match.NONE, {})
        own: Scope = {}
        return (Match.NONE, {}) if self.enter(scope, own) is None else (Match.FULL, own)

    def enter(self, scope: Scope, told: Scope) -> Endpoint | None:
        """The endpoint that an HTTP request is for; None for another request.

        :param told: gets what the endpoint's scope is to hold beside the rest.
        """
        if not self._is_bare:
            return None
        path = _path(scope) if scope.get("root_path") else scope["path"]
        route, own = self._fixed.get(path) or self._named_by(path)
        if route is None:
            return None
        told["route"], told["endpoint"] = route, route.endpoint
        told["path_params"] = {**scope.get("path_params", {}), **own}
        return route.asgi_endpoint

    def _named_by(self, path: str) -> _Found:
        for start, parameter, route in self._named:
            if path.startswith(start) and path.endswith("/"):
                value = path[len(start) : -1]
                if value and "/" not in value:
                    return route, {parameter: value}
        return None, {}

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        """The included router knows."""
        raise NoMatchFound(name, path_params)

    def handle(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        if scope["type"] == "websocket":
            return self._sockets(scope, receive, send)
        rest: ASGIApp | None = scope.pop(REST, None)
        if rest is not None:
            return rest(scope, receive, send)  # type: ignore[return-value]  # all of them are coroutine functions
        route: EndpointRoute = scope["route"]
        return route.asgi_endpoint(scope, receive, send)


def _path(scope: Scope) -> str:
    """The path below the point where the application is mounted."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root + "/") else path
