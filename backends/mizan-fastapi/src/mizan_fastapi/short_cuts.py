"""Ways to an endpoint that leave out what would do nothing on it.

An endpoint of Mizan's raises nothing: an error is an answer. What FastAPI puts around an application waits for what is
raised, puts things into the scope that only its own routes take out, and looks for the route. So a request goes past
that where it is certain that nothing else stands there. If something is raised after all, or may be (a response that a
function has made, a ``send`` that fails), then the rest goes the whole way, and all see what they would have seen.

What instruments FastAPI and Starlette replaces methods of their classes, or has a say in how an application is put
together. Before each request it is looked for in the two classes of applications, elsewhere before the first one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from fastapi.applications import FastAPI  # instrumentation may put a class of its own under the public name
from fastapi.routing import APIRouter
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

    def __init__(self, app: ASGIApp, served: Shortened) -> None:
        self.app = app
        self._served = served
        self._router = served.router
        self._way: _Way | None = None
        self._is_open = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = None if scope["type"] != "http" or TRACED in scope or REST in scope else self.endpoint(scope)
        if endpoint is None:
            await self.app(scope, receive, send)
        else:
            await endpoint(scope, receive, send, self.app)

    def endpoint(self, scope: Scope) -> Endpoint | None:
        """The endpoint that the router would come to; the scope then holds what it is told there."""
        way = self._served._mizan_way  # noqa: SLF001
        if way is not self._way:
            self._way, self._is_open = way, not way.is_instrumented and self._leads_to_routes()
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

    def _leads_to_routes(self) -> bool:
        router = self._router
        return (
            _past(self.app, _INSIDE) is router
            and type(router) is APIRouter
            and _is_as_written(APIRouter)
            and _is_as_written(APIRouter, "app")
            and router.middleware_stack == router.app
            and not getattr(router, "form_limits", None)
        )


class _Innermost(Middleware):
    """The short cut's place: what instruments middleware, and names it, does so in the ``__init__`` of these."""

    def __init__(self, served: Shortened) -> None:
        self.cls: Any = ShortCut
        self.args: Any = (served,)
        self.kwargs: Any = {}


@dataclass(frozen=True, slots=True)
class _Way:
    """What stood on an application's way when it was last looked at."""

    stack: ASGIApp | None
    framework: object = None
    toolkit: object = None
    """What FastAPI's and Starlette's classes did when they were called."""
    is_instrumented: bool = False
    """Whether they, or a class of its own, do more than FastAPI and Starlette have written there."""
    is_traced: Callable[[], bool] = bool
    """Whether FastAPI traces, measures or logs the next request."""
    short_cut: ShortCut | None = None
    """None where something stands before it that is to be passed."""


class Shortened(FastAPI):
    """Goes past what stands around an application's middleware where it has none, and nobody looks on; where it has
    some, only past FastAPI's look at the environment.
    """

    _mizan_way = _Way(None)

    def build_middleware_stack(self) -> ASGIApp:
        innermost = _Innermost(self)
        self.user_middleware.append(innermost)
        try:
            return super().build_middleware_stack()
        finally:
            self.user_middleware.remove(innermost)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        stack, way = self.middleware_stack, self._mizan_way
        # Classes are changed by whatever is set up after the first request, too.
        if way.stack is not stack or way.framework is not FastAPI.__call__ or way.toolkit is not Starlette.__call__:
            way = self._mizan_way = _way_of(self, stack)
        if stack is None or scope["type"] != "http" or TRACED in scope or way.is_instrumented or way.is_traced():
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        if self.root_path:
            scope["root_path"] = self.root_path
        endpoint = None if way.short_cut is None else way.short_cut.endpoint(scope)
        if endpoint is None:
            await stack(scope, receive, send)
        else:
            await endpoint(scope, receive, send, stack)


def shorten(app: FastAPI) -> None:
    """Give *app* a class of its own: nothing that FastAPI is given can stand before its telemetry."""
    kind = type(app)
    if not issubclass(kind, Shortened):
        app.__class__ = type(kind.__name__, (Shortened, kind), {"__module__": kind.__module__})


def _way_of(app: Shortened, stack: ASGIApp | None) -> _Way:
    call: Any = super(Shortened, app).__call__
    is_written = call.__func__ is FastAPI.__call__ and _is_as_written(FastAPI) and _is_as_written(Starlette)
    last = _past(stack, _AROUND)
    return _Way(
        stack,
        FastAPI.__call__,
        Starlette.__call__,
        is_instrumented=not is_written,
        is_traced=_tracing(app),
        short_cut=last if type(last) is ShortCut else None,
    )


def _tracing(app: FastAPI) -> Callable[[], bool]:
    telemetry = getattr(app, "_native_telemetry", None)
    if telemetry is None:
        return bool
    enabled: Callable[[], bool] = telemetry.enabled
    # It looks for three variables of the environment; what they name has been made by now, and stands with what the
    # application has set itself.
    return enabled if enabled() or _has_provider is None else _has_provider


def _past(layer: Any, names: tuple[str, ...]) -> Any:
    """What stands inside the layers of FastAPI's own that have these names."""
    while type(layer).__name__ in names and _is_as_written(type(layer)):
        layer = layer.app
    return layer


def _is_as_written(cls: type, method: str = "__call__") -> bool:
    """Whether a method of a class of FastAPI's or Starlette's is as they have written it: what instruments code puts
    functions of its own there, or objects that pass for the function.
    """
    owner = next(base for base in cls.__mro__ if method in vars(base))
    written: Any = vars(owner)[method]
    module = written.__globals__["__name__"] if type(written) is FunctionType else ""
    return module == owner.__module__ and module.partition(".")[0] in ("fastapi", "starlette")
