"""One route in front of all others, for an application whose requests are mostly Mizan's.

FastAPI looks for an included router's route behind those of its documentation and of everything included before, and
looks twice. The prefix route compares texts. What it does not know by its text (a redirect to the trailing slash, what
is not found) it leaves to the router that is included behind it, so answers are the same.

Lanes ask the prefix route earlier: in front of the application's router, or of its middleware.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Sequence
from functools import partial
from typing import Any, Literal, TypeAlias

from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send

from mizan_fastapi.dependencies import EndpointRoute, is_free
from mizan_fastapi.describing import describe_in
from mizan_fastapi.routing import CALL, CONTEXT, CONTEXTS, NAMED_CALL, SESSION, MizanRouter
from mizan_fastapi.routing import router as default_router
from mizan_fastapi.sockets import SocketEndpoint

Lane: TypeAlias = Literal["router", "middleware", "outermost"]
_TRACED = "fastapi.telemetry"
"""What the scope of a request holds that FastAPI traces."""
_FIXED = (("/call/", CALL), ("/ctx/", CONTEXTS), ("/session/", SESSION))


def mount(
    app: FastAPI,
    prefix: str = "/api/mizan",
    router: MizanRouter | None = None,
    *,
    lane: Lane = "router",
    middleware: Sequence[Middleware] = (),
    include_in_schema: bool = True,
) -> None:
    """Serve *router* below *prefix*, before every other route of *app*.

    It does what ``app.include_router(router, prefix=prefix)`` does, and answers the same, for less: middleware,
    exception handlers, lifespan and the dependencies of application and router are kept. Where there are dependencies
    FastAPI solves them, and the prefix route leaves the requests to it.

    :param prefix: begins with a slash and does not end with one.
    :param router: one of ``create_router``; that of the default registry when None.
    :param lane: where requests leave the application's way to its routes. ``"router"``: nowhere. ``"middleware"``:
        behind all middleware. That skips the application's router, and its exception handlers for what a response of a
        function raises while it is being sent; what functions raise they are asked for as ever. ``"outermost"``: before
        all middleware. That skips CORS, sessions, trusted hosts, authentication, telemetry's spans and whatever else
        the application has added, and Starlette's own page for server errors: all but *middleware*.
    :param middleware: what runs in the outermost lane, the first one outermost.
    :param include_in_schema: whether ``/docs`` and ``app.openapi()`` describe the functions.
    :raises ValueError: for another prefix or lane; for *middleware* in another lane than the outermost; for a lane that
        would skip dependencies, or the application's limit on bodies or forms.
    :raises RuntimeError: for a lane in an application that has started.
    """
    if prefix and (not prefix.startswith("/") or prefix.endswith("/")):
        raise ValueError(f"prefix={prefix!r}: it begins with a slash and does not end with one, as '/api/mizan'")
    chosen = default_router if router is None else router
    _check_lane(app, chosen, lane, middleware)
    routes = app.router.routes
    known = len(routes)
    app.include_router(chosen, prefix=prefix)
    included = routes[known:]
    del routes[known:]
    # Older versions of FastAPI copy the routes; a request is to be told that of the application, as there.
    copies = [route for route in included if isinstance(route, EndpointRoute)]
    served = copies or [route for route in chosen.routes if isinstance(route, EndpointRoute)]
    first = PrefixRoute(prefix, served, chosen.sockets, is_bare=_is_bare(app, served))
    routes[:0] = [first, *included]
    if include_in_schema:
        describe_in(app, prefix, chosen.registry)
    if lane == "middleware":
        app.user_middleware.append(Middleware(ShortCut, route=first, router=app.router, leaves_traced=True))
    elif lane == "outermost":
        _put_outermost(app, first, middleware)


def _check_lane(app: FastAPI, router: MizanRouter, lane: str, middleware: Sequence[Middleware]) -> None:
    """As ``mount`` says."""
    if lane not in ("router", "middleware", "outermost"):
        raise ValueError(f"lane={lane!r}: it is 'router', 'middleware' or 'outermost'")
    if middleware and lane != "outermost":
        raise ValueError("middleware=...: it runs in the outermost lane alone; add it to the application")
    if lane == "router":
        return
    if app.middleware_stack is not None:
        raise RuntimeError(f"lane={lane!r}: the application has started, and its middleware stands")
    limits = (getattr(app, "max_body_size", None), getattr(app.router, "form_limits", None) or None)
    if not all(map(is_free, [app.router, router])) or limits != (None, None):
        raise ValueError(f"lane={lane!r}: it would skip the dependencies, or the limits, of application or router")


def _put_outermost(app: FastAPI, route: PrefixRoute, middleware: Sequence[Middleware]) -> None:
    kind = type(app)
    short_cut = ShortCut(partial(kind.__call__, app), route, app.router, middleware, leaves_traced=False)

    async def call(self: FastAPI, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        if self.root_path:
            scope["root_path"] = self.root_path
        await short_cut.way(scope)(scope, receive, send)

    # Nothing that FastAPI is given can stand before its telemetry, and before what subclasses do.
    app.__class__ = type(kind.__name__, (kind,), {"__call__": call, "__module__": kind.__module__})


def _is_bare(app: FastAPI, served: Iterable[EndpointRoute]) -> bool:
    """Whether FastAPI has nothing to do before the endpoints."""
    return all(map(is_free, [app.router, *served]))


class PrefixRoute(BaseRoute):
    """The route that knows the endpoints of one router by the texts of their paths.

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
        route: EndpointRoute = scope["route"]
        return route.asgi_endpoint(scope, receive, send)


class ShortCut:
    """Answers the requests that a prefix route knows, and passes all others on.

    :param app: whose way the others go.
    :param router: what requests are told as the application's router.
    :param middleware: what runs around the endpoints, the first one outermost.
    :param leaves_traced: requests that FastAPI traces go to *app*, whose router names their spans.
    """

    def __init__(
        self,
        app: ASGIApp,
        route: PrefixRoute,
        router: APIRouter,
        middleware: Sequence[Middleware] = (),
        *,
        leaves_traced: bool,
    ) -> None:
        self.app = app
        self._route = route
        self._router = router
        self._leaves_traced = leaves_traced
        self._answer: ASGIApp = route.handle
        for cls, args, kwargs in reversed(middleware):
            self._answer = cls(self._answer, *args, **kwargs)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.way(scope)(scope, receive, send)

    def way(self, scope: Scope) -> ASGIApp:
        """Who is asked; the scope then says what is told of requests on the short way."""
        own = None if scope["type"] == "lifespan" else self._route.find(scope)
        if own is None or (self._leaves_traced and _TRACED in scope):
            return self.app
        scope.setdefault("router", self._router)
        scope.update(own)
        return self._answer


def _child_scope(scope: Scope, route: EndpointRoute, own: dict[str, str]) -> Scope:
    return {"route": route, "endpoint": route.endpoint, "path_params": {**scope.get("path_params", {}), **own}}
