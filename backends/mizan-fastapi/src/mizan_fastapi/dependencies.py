"""Dependencies that stand above the endpoints: of the application, of routers, of ``include_router``.

FastAPI merges them into routes of the class ``APIRoute``, and solves them by itself. A route without any goes straight
to its endpoint: nothing is solved, and no request built, for those who have none.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute, APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mizan_fastapi.endpoints import Endpoint, EndpointFailed

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class EndpointRoute(APIRoute):
    """A route whose endpoint is the method ``respond`` of an ``Endpoint``."""

    _handlers = 0

    def get_route_handler(self) -> _Handler:
        """FastAPI asks for one with the route itself, and in some versions for another with each inclusion of it."""
        self._handlers += 1
        self.asgi_endpoint: Endpoint = self.endpoint.__self__  # type: ignore[attr-defined]  # a bound method, see the class
        handler, endpoint = super().get_route_handler(), self.asgi_endpoint

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except EndpointFailed:
                raise
            except Exception as error:
                raise EndpointFailed(await endpoint.refuse(request, error)) from error

        return answer

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._is_bare(scope):
            await self.asgi_endpoint(scope, receive, send)
            return
        try:
            await super().handle(scope, receive, send)
        except EndpointFailed as failed:
            await failed.response(scope, receive, send)

    def _is_bare(self, scope: Scope) -> bool:
        """Whether nothing stands above the endpoint; False where that is not certain.

        Older versions of FastAPI make a route of each inclusion. Newer ones keep the one route, and tell in the scope
        by which inclusion it was reached.
        """
        inclusion = scope.get("fastapi", {}).get("effective_route_context")
        if inclusion is not None and getattr(inclusion, "original_route", None) is self:
            return is_free(inclusion)
        return self._handlers == 1 and is_free(self)


def add_endpoint(router: APIRouter, path: str, endpoint: Endpoint, name: str) -> None:
    """Have *router* answer *path* by *endpoint*; *name* is the route's."""
    router.add_api_route(
        path,
        endpoint.respond,
        name=name,
        operation_id=name,
        methods=[],  # any: the endpoint answers itself for those that it does not take
        response_model=None,
        include_in_schema=False,
        route_class_override=EndpointRoute,
    )


def is_free(router: Any) -> bool:
    """Whether a router, a route or an inclusion asks nothing of FastAPI; older versions have no limit on bodies."""
    return not router.dependencies and getattr(router, "max_body_size", None) is None
