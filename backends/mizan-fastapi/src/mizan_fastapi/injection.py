"""FastAPI's dependencies in the parameters of functions.

A function that has some gets a route which nobody can ask for, and which FastAPI solves them for as it does for any
other: with overrides, caches, ``yield``. Its endpoint runs the function. What the dependencies have opened is closed
again, and so committed, when the route has answered: before anything is purged, and before the client is answered.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

from fastapi import BackgroundTasks, params
from fastapi.exceptions import FastAPIError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from starlette.background import BackgroundTasks as StarlettesTasks
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response as FrameworkResponse
from starlette.types import Message

from mizan_core.client.frameworks import InjectedWork, Injection
from mizan_core.client.targets import ServerFunction
from mizan_core.http.response import Response
from mizan_fastapi.watching import WatchedRequest

INJECTING = (params.Depends, params.Header, params.Cookie)
"""The markers of parameters that are filled."""
INJECTED = (StarlettesTasks, FrameworkResponse)
"""The classes of parameters that are filled."""

_RUN, _REQUEST = "mizan.run", "mizan.request"
_OWN = ("mizan_request_", "mizan_response_", "mizan_tasks_")
_HANDLERS = "starlette.exception_handlers"
_KIND = inspect.Parameter.KEYWORD_ONLY

_app: ContextVar[Any] = ContextVar("mizan_fastapi_app", default=None)


class _Overrides:
    """Those of the application that the request has come to."""

    @property
    def dependency_overrides(self) -> dict[Callable[..., Any], Callable[..., Any]]:
        found: dict[Callable[..., Any], Callable[..., Any]] = getattr(_app.get(), "dependency_overrides", {})
        return found


class _Run:
    """One run of a function, and what has come of it."""

    __slots__ = ("_is_async", "_work", "response", "result", "tasks")

    def __init__(self, work: InjectedWork, *, is_async: bool) -> None:
        self._work = work
        self._is_async = is_async
        self.result: list[Any] = []
        self.response = FrameworkResponse()
        self.tasks = BackgroundTasks()

    async def run(self, values: Mapping[str, Any]) -> None:
        work = self._work
        self.result.append(await work(values) if self._is_async else await run_in_threadpool(work, values))


class _Route(APIRoute):
    """A route that hands its endpoint the request that it is told in the scope."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, FrameworkResponse]]:
        handler = super().get_route_handler()

        async def answer(request: Request) -> FrameworkResponse:
            return await handler(request.scope.pop(_REQUEST))

        return answer


class Dress:
    """The headers and tasks that a function, or a dependency of it, has added to the answer."""

    def __init__(self, headers: list[tuple[bytes, bytes]], tasks: BackgroundTasks) -> None:
        self._headers = headers
        self._tasks = tasks

    def __call__(self, reply: Response) -> FrameworkResponse:
        response = FrameworkResponse(reply.body, reply.status, dict(reply.headers))
        response.background = self._tasks if self._tasks.tasks else None
        known = {name for name, _ in response.raw_headers}
        response.raw_headers += [header for header in self._headers if header[0] not in known]
        return response

    async def afterwards(self) -> None:
        await self._tasks()


def injector(function: ServerFunction, parameters: Sequence[inspect.Parameter]) -> Injection:
    """What fills these parameters of *function*.

    :raises TypeError: for one that FastAPI cannot fill, or whose dependencies ask for what a call does not have.
    """
    route = _route(parameters)
    answer = AsyncExitStackMiddleware(route.app)
    is_async = function.is_async

    async def inject(request: Request, work: InjectedWork) -> tuple[Any, Dress | None]:
        run = _Run(work, is_async=is_async)
        twin = _twin(request)
        scope = twin.scope
        scope[_RUN], scope[_REQUEST] = run, twin
        scope.pop(_HANDLERS, None)  # what is raised is for us
        token = _app.set(scope.get("app"))
        try:
            await answer(scope, twin.receive, _discard)
        finally:
            _app.reset(token)
        if not run.result:
            raise RuntimeError(f"{function.name}: a dependency has swallowed what was raised, and there is no result")
        return _dressed(run)

    answering = _asking(parameters, FrameworkResponse, route.dependant, "response_param_name")
    afterwards = _asking(parameters, StarlettesTasks, route.dependant, "background_tasks_param_name")
    return Injection(inject, answering, afterwards)


def _asking(parameters: Sequence[inspect.Parameter], cls: type, dependant: Any, asked_for: str) -> str | None:
    """Who asks for what is of class *cls*: a parameter of the function, or a dependency."""
    for parameter in parameters:
        if _is_of(parameter, cls):
            return f"parameter {parameter.name!r}"
    for dependency in _all(dependant):
        if dependency is not dependant and getattr(dependency, asked_for) is not None:
            return f"{_name_of(dependency)} asks for {cls.__name__}"
    return None


def _route(parameters: Sequence[inspect.Parameter]) -> APIRoute:
    try:
        route = _Route(
            "/",
            _endpoint(parameters),
            methods=["POST"],
            response_model=None,
            dependency_overrides_provider=_Overrides(),
        )
    except (FastAPIError, AssertionError) as error:
        raise TypeError(f"FastAPI cannot fill its parameters: {str(error).splitlines()[0]}") from error
    _check(route.dependant)
    return route


def _endpoint(parameters: Sequence[inspect.Parameter]) -> Callable[..., Any]:
    # FastAPI fills one parameter of these classes in each function: ours, which the function's own get, too.
    responses = [parameter.name for parameter in parameters if _is_of(parameter, FrameworkResponse)]
    tasklists = [parameter.name for parameter in parameters if _is_of(parameter, StarlettesTasks)]
    others = [parameter for parameter in parameters if parameter.name not in (*responses, *tasklists)]

    async def endpoint(**values: Any) -> FrameworkResponse:
        request, response, tasks = (values.pop(name) for name in _OWN)
        run: _Run = request.scope[_RUN]
        run.response, run.tasks = response, tasks
        await run.run({**values, **dict.fromkeys(responses, response), **dict.fromkeys(tasklists, tasks)})
        # With tasks of its own, FastAPI adds none: they are for after the real answer.
        return FrameworkResponse(background=BackgroundTasks())

    own = zip(_OWN, (Request, FrameworkResponse, BackgroundTasks), strict=True)
    endpoint.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            *(inspect.Parameter(name, _KIND, annotation=annotation) for name, annotation in own),
            *(parameter.replace(kind=_KIND) for parameter in others),
        ]
    )
    return endpoint


def _is_of(parameter: inspect.Parameter, cls: type) -> bool:
    annotation = parameter.annotation
    return isinstance(annotation, type) and issubclass(annotation, cls)


def _check(dependant: Any) -> None:
    """:raises TypeError: for a parameter that a URL or a body would have to give."""
    for dependency in _all(dependant):
        for kind in ("path", "query", "body"):
            for field in getattr(dependency, f"{kind}_params", ()):
                raise TypeError(
                    f"{_name_of(dependency)} asks for the {kind} parameter {field.name!r}, which no call has: "
                    f"clients pass arguments by name, to the function itself"
                )


def _name_of(dependant: Any) -> str:
    return str(getattr(dependant.call, "__qualname__", repr(dependant.call)))


def _all(dependant: Any) -> Iterator[Any]:
    yield dependant
    for dependency in dependant.dependencies:
        yield from _all(dependency)


def _twin(request: Request) -> Request:
    """A request with a scope of its own: FastAPI puts into it what belongs to one run."""
    request.scope.setdefault("state", {})  # which all share who see the request

    async def receive() -> Message:
        return {"type": "http.request", "body": await request.body(), "more_body": False}

    if isinstance(request, WatchedRequest):
        return request.twin(receive)
    return Request({**request.scope}, receive)


async def _discard(_: Message) -> None:
    """The route's own answer says nothing."""


def _dressed(run: _Run) -> tuple[Any, Dress | None]:
    [result] = run.result
    headers, tasks = run.response.raw_headers, run.tasks
    if isinstance(result, FrameworkResponse):
        if result.background is None and tasks.tasks:
            result.background = tasks
        result.raw_headers += headers
        return result, None
    return result, Dress(headers, tasks) if headers or tasks.tasks else None
