"""One route in front of all others, for an application whose requests are mostly Mizan's.

FastAPI looks for an included router's route behind those of its documentation and of everything included before, and
looks twice. The prefix route compares texts.

Lanes ask the prefix route earlier: in front of the application's router, or of its middleware.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from mizan_fastapi.dependencies import EndpointRoute, is_free
from mizan_fastapi.describing import describe_in
from mizan_fastapi.prefix import PrefixRoute
from mizan_fastapi.routing import MizanRouter
from mizan_fastapi.routing import router as default_router
from mizan_fastapi.short_cuts import shorten

Lane: TypeAlias = Literal["middleware", "router", "outermost"]


def mount(
    app: FastAPI,
    prefix: str = "/api/mizan",
    router: MizanRouter | None = None,
    *,
    lane: Lane = "middleware",
    middleware: Sequence[Middleware] = (),
    include_in_schema: bool = True,
) -> None:
    """Serve *router* below *prefix*, before every other route of *app*.

    It does what ``app.include_router(router, prefix=prefix)`` does, and answers the same, for less: middleware,
    exception handlers, lifespan and the dependencies of application and router are kept. Where there are dependencies
    FastAPI solves them, and the prefix route leaves the requests to it.

    :param prefix: begins with a slash and does not end with one.
    :param router: one of ``create_router``; that of the default registry when None.
    :param lane: where requests leave the application's way to its routes. ``"middleware"``: behind all middleware that
        the application has. That skips its router, and Starlette's own middleware and FastAPI's look at its telemetry,
        where they have nothing to do: nothing is raised, nobody traces, nothing instruments the application. What a
        response of a function raises while it is being sent, they see. ``"router"``: nowhere. ``"outermost"``: before
        all middleware. That skips CORS, sessions, trusted hosts, authentication, telemetry's spans and whatever else
        the application has added, and Starlette's own page for server errors: all but *middleware*.
    :param middleware: what runs in the outermost lane, the first one outermost.
    :param include_in_schema: whether ``/docs`` and ``app.openapi()`` describe the functions.
    :raises ValueError: for another prefix or lane; for *middleware* in another lane than the outermost; for that one
        where it would skip dependencies, or the application's limit on bodies or forms.
    :raises RuntimeError: for the outermost lane in an application that has started.
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
    is_bare = all(map(is_free, [app.router, *served]))  # FastAPI has nothing to do before the endpoints
    first = PrefixRoute(prefix, served, chosen.sockets, is_bare=is_bare)
    # Prefix routes stand together, so that all of them are asked on the short way.
    others = next((index for index, route in enumerate(routes) if type(route) is not PrefixRoute), len(routes))
    place = others if is_bare else 0
    routes[place:place] = included
    routes.insert(0, first)
    if include_in_schema:
        describe_in(app, prefix, chosen.registry)
    if lane == "middleware":
        shorten(app)
    elif lane == "outermost":
        _put_outermost(app, first, middleware)


def _check_lane(app: FastAPI, router: MizanRouter, lane: str, middleware: Sequence[Middleware]) -> None:
    """As ``mount`` says."""
    if lane not in ("middleware", "router", "outermost"):
        raise ValueError(f"lane={lane!r}: it is 'middleware', 'router' or 'outermost'")
    if middleware and lane != "outermost":
        raise ValueError("middleware=...: it runs in the outermost lane alone; add it to the application")
    if lane != "outermost":
        return
    if app.middleware_stack is not None:
        raise RuntimeError(f"lane={lane!r}: the application has started, and its middleware stands")
    limits = (getattr(app, "max_body_size", None), getattr(app.router, "form_limits", None) or None)
    if not all(map(is_free, [app.router, router])) or limits != (None, None):
        raise ValueError(f"lane={lane!r}: it would skip the dependencies, or the limits, of application or router")


def _put_outermost(app: FastAPI, route: PrefixRoute, middleware: Sequence[Middleware]) -> None:
    kind = type(app)
    answer: ASGIApp = route.handle
    for cls, args, kwargs in reversed(middleware):
        answer = cls(answer, *args, **kwargs)

    async def call(self: FastAPI, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        if self.root_path:
            scope["root_path"] = self.root_path
        match, own = (Match.NONE, {}) if scope["type"] == "lifespan" else route.matches(scope)
        if match is Match.NONE:
            await kind.__call__(self, scope, receive, send)
            return
        scope.setdefault("router", self.router)
        scope.update(own)
        await answer(scope, receive, send)

    # Nothing that FastAPI is given can stand before its telemetry, and before what subclasses do.
    app.__class__ = type(kind.__name__, (kind,), {"__call__": call, "__module__": kind.__module__})
