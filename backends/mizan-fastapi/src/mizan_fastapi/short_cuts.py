"""Ways to an endpoint that leave out what would do nothing on it.

An endpoint of Mizan's raises nothing: an error is an answer. What FastAPI puts around an application waits for what is
raised, puts things into the scope that only its own routes take out, and looks for the route. So a request goes past
that where it is certain that nothing else stands there. If something is raised after all, or may be (a response that a
function has made, a ``send`` that fails), then the rest goes the whole way, and all see what they would have seen.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from mizan_fastapi.endpoints import REST, Endpoint
from mizan_fastapi.prefix import PrefixRoute

_has_provider: Callable[[], bool] | None
try:
    from opentelemetry import trace
    from opentelemetry._logs import _internal as logs
    from opentelemetry.metrics import _internal as metrics

    def _has_provider() -> bool:
        # The public ways to them look at the environment each time, which takes as long as all the rest of this lane.
        if trace._TRACER_PROVIDER is None and metrics._METER_PROVIDER is None:  # noqa: SLF001
            return logs._LOGGER_PROVIDER is not None  # noqa: SLF001
        return True

    _has_provider()
except (ImportError, AttributeError):  # an older FastAPI needs none, another version keeps them elsewhere
    _has_provider = None

TRACED = "fastapi.telemetry"
"""What the scope of a request holds that FastAPI traces."""
_AROUND = ("ServerErrorMiddleware", "ExceptionTelemetryMiddleware", "AppBodyLimitMiddleware")
_INSIDE = ("ExceptionMiddleware", "AsyncExitStackMiddleware")
"""What FastAPI puts around the middleware of an application, and between that and its router."""


class ShortCut:
    """The innermost middleware: goes past the router, and what stands around that."""

    def __init__(self, app: ASGIApp, served: FastAPI) -> None:
        self.app = app
        self._router = router = served.router
        inside = _past(app, _INSIDE)
        self._is_open = (
            inside is router
            and type(router) is APIRouter
            and _is_as_written(APIRouter)
            and router.middleware_stack == router.app
            and not getattr(router, "form_limits", None)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = None if scope["type"] != "http" or TRACED in scope or REST in scope else self.endpoint(scope)
        if endpoint is None:
            await self.app(scope, receive, send)
        else:
            await endpoint(scope, receive, send, self.app)

    def endpoint(self, scope: Scope) -> Endpoint | None:
        """The endpoint that the router would come to; the scope then holds what it is told there."""
        if not self._is_open:
            return None
        for route in self._router.routes:
            if type(route) is not PrefixRoute:
                return None
            endpoint = route.enter(scope, scope)
            if endpoint is not None:
                scope.setdefault("router", self._router)
                return endpoint
        return None


class Shortened(FastAPI):
    """Goes past what stands around an application's middleware where it has none, and nobody looks on; where it has
    some, only past FastAPI's look at the environment.
    """

    _inspected: ASGIApp | None = None
    _short_cut: ShortCut | None = None
    _is_observed: Callable[[], bool]

    def build_middleware_stack(self) -> ASGIApp:
        last = Middleware(ShortCut, served=self)
        self.user_middleware.append(last)
        try:
            return super().build_middleware_stack()
        finally:
            self.user_middleware.remove(last)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        stack = self.middleware_stack
        if stack is not self._inspected:
            last = _past(stack, _AROUND)
            self._short_cut = last if type(last) is ShortCut else None
            self._is_observed, self._inspected = _observation(self), stack
        if stack is None or scope["type"] != "http" or TRACED in scope or self._is_observed():
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        if self.root_path:
            scope["root_path"] = self.root_path
        endpoint = None if self._short_cut is None else self._short_cut.endpoint(scope)
        if endpoint is None:
            await stack(scope, receive, send)
        else:
            await endpoint(scope, receive, send, stack)


def shorten(app: FastAPI) -> None:
    """Give *app* a class of its own: nothing that FastAPI is given can stand before its telemetry."""
    kind = type(app)
    if not issubclass(kind, Shortened):
        app.__class__ = type(kind.__name__, (Shortened, kind), {"__module__": kind.__module__})


def _observation(app: Shortened) -> Callable[[], bool]:
    """What tells whether a request is to be seen by more than the application's middleware: by a class of its own, by
    what instruments FastAPI, or because FastAPI traces, measures or logs.
    """
    call: Any = super(Shortened, app).__call__
    if call.__func__ is not FastAPI.__call__ or not (_is_as_written(FastAPI) and _is_as_written(Starlette)):
        return lambda: True
    telemetry = getattr(app, "_native_telemetry", None)
    if telemetry is None:
        return lambda: False
    observes: Callable[[], bool] = telemetry.enabled
    # It looks for three variables of the environment; what they name has been made by now, and stands with what the
    # application has set itself.
    return observes if observes() or _has_provider is None else _has_provider


def _past(layer: Any, names: tuple[str, ...]) -> Any:
    """What stands inside the layers of FastAPI's own that have these names."""
    while type(layer).__name__ in names and _is_as_written(type(layer)):
        layer = layer.app
    return layer


def _is_as_written(cls: type) -> bool:
    """Whether a class of FastAPI's or Starlette's is called as they have written it: what instruments code puts
    functions of its own there.
    """
    owner = next(base for base in cls.__mro__ if "__call__" in vars(base))
    call = vars(owner)["__call__"]
    module = call.__globals__["__name__"] if isinstance(call, FunctionType) else ""
    return module == owner.__module__ and module.partition(".")[0] in ("fastapi", "starlette")
