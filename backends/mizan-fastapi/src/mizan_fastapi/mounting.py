"""One route in front of all others, for an application whose requests are mostly Mizan's.

FastAPI looks for an included router's route behind those of its documentation and of everything included before, and
looks twice. The prefix route compares texts. What it does not know by its text (a redirect to the trailing slash, what
is not found) it leaves to the router that is included behind it, so answers are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from mizan_fastapi.dependencies import EndpointRoute, is_free
from mizan_fastapi.routing import CALL, CONTEXT, NAMED_CALL, SESSION, MizanRouter
from mizan_fastapi.routing import router as default_router


def mount(app: FastAPI, prefix: str = "/api/mizan", router: MizanRouter | None = None) -> None:
    """Serve *router* below *prefix*, before every other route of *app*.

    It does what ``app.include_router(router, prefix=prefix)`` does, and answers the same, for less: middleware,
    exception handlers, lifespan and the dependencies of application and router are kept. Where there are dependencies
    FastAPI solves them, and the prefix route leaves the requests to it.

    :param prefix: begins with a slash and does not end with one.
    :param router: one of ``create_router``; that of the default registry when None.
    :raises ValueError: for another prefix.
    """
    if prefix and (not prefix.startswith("/") or prefix.endswith("/")):
        raise ValueError(f"prefix={prefix!r}: it begins with a slash and does not end with one, as '/api/mizan'")
    chosen = default_router if router is None else router
    routes = app.router.routes
    known = len(routes)
    app.include_router(chosen, prefix=prefix)
    included = routes[known:]
    del routes[known:]
    # Older versions of FastAPI copy the routes; a request is to be told that of the application, as there.
    copies = [route for route in included if isinstance(route, EndpointRoute)]
    served = copies or [route for route in chosen.routes if isinstance(route, EndpointRoute)]
    routes[:0] = [PrefixRoute(prefix, served, is_bare=_is_bare(app, served)), *included]


def _is_bare(app: FastAPI, served: Iterable[EndpointRoute]) -> bool:
    """Whether FastAPI has nothing to do before the endpoints."""
    return all(map(is_free, [app.router, *served]))


class PrefixRoute(BaseRoute):
    """The route that knows the endpoints of one router by the texts of their paths.

    :param served: the router's routes, which requests are told as theirs.
    :param is_bare: whether nothing stands above the endpoints; it matches nothing otherwise.
    """

    def __init__(self, prefix: str, served: Iterable[EndpointRoute], *, is_bare: bool) -> None:
        self.path = self.path_format = f"{prefix}/{{path:path}}"
        self._is_bare = is_bare
        by_name = {route.name: route for route in served}
        self._fixed = {prefix + path: by_name[name] for path, name in (("/call/", CALL), ("/session/", SESSION))}
        self._named = (
            (f"{prefix}/ctx/", "name", by_name[CONTEXT]),
            (f"{prefix}/call/", "function", by_name[NAMED_CALL]),
        )

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if not self._is_bare or scope["type"] != "http":
            return Match.NONE, {}
        path: str = scope["path"]
        root: str = scope.get("root_path", "")
        if root and path.startswith(root + "/"):
            path = path[len(root) :]  # below the point where the application is mounted
        route = self._fixed.get(path)
        if route is not None:
            return Match.FULL, _child_scope(scope, route, {})
        for start, parameter, named in self._named:
            if path.startswith(start) and path.endswith("/"):
                value = path[len(start) : -1]
                if value and "/" not in value:
                    return Match.FULL, _child_scope(scope, named, {parameter: value})
        return Match.NONE, {}

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        """The included router knows."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        route: EndpointRoute = scope["route"]
        await route.asgi_endpoint(scope, receive, send)


def _child_scope(scope: Scope, route: EndpointRoute, own: dict[str, str]) -> Scope:
    return {"route": route, "endpoint": route.endpoint, "path_params": {**scope.get("path_params", {}), **own}}
