"""The route that knows the endpoints of one router by the texts of their paths."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from typing import Any

from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send

from mizan_fastapi.dependencies import EndpointRoute
from mizan_fastapi.endpoints import REST
from mizan_fastapi.routing import CALL, CONTEXT, CONTEXTS, NAMED_CALL, SESSION
from mizan_fastapi.sockets import SocketEndpoint

_FIXED = (("/call/", CALL), ("/ctx/", CONTEXTS), ("/session/", SESSION))


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
        self._fixed = {prefix + path: by_name[name] for path, name in _FIXED}
        self._named = (
            (f"{prefix}/ctx/", "name", by_name[CONTEXT]),
            (f"{prefix}/call/", "function", by_name[NAMED_CALL]),
        )

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        own = self.find(scope)
        return (Match.NONE, {}) if own is None else (Match.FULL, own)

    def find(self, scope: Scope) -> Scope | None:
        """What the scope of a request to one of the endpoints is to hold beside the rest; None for another request."""
        if not self._is_bare:
            return None
        path: str = scope["path"]
        root: str = scope.get("root_path", "")
        if root and path.startswith(root + "/"):
            path = path[len(root) :]  # below the point where the application is mounted
        if scope["type"] != "http":
            return self._socket if path == self._socket_path else None
        route = self._fixed.get(path)
        if route is not None:
            return _child_scope(scope, route, {})
        for start, parameter, named in self._named:
            if path.startswith(start) and path.endswith("/"):
                value = path[len(start) : -1]
                if value and "/" not in value:
                    return _child_scope(scope, named, {parameter: value})
        return None

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


def _child_scope(scope: Scope, route: EndpointRoute, own: dict[str, str]) -> Scope:
    told = scope.get("path_params")
    return {"route": route, "endpoint": route.endpoint, "path_params": {**told, **own} if told else own}
