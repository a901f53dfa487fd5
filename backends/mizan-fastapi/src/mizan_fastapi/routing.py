"""The router: plain ASGI endpoints, so that no dependency is solved and no response model built per request."""

from __future__ import annotations

import logging
import os
import weakref
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from mizan_core.client.calls import observe_outside_requests
from mizan_core.client.client_function import ClientFunction
from mizan_core.dispatch import Dispatcher, Purge, complete_now
from mizan_core.engine import VARIABLE as ENGINE_VARIABLE
from mizan_core.registry import Registry, default_registry
from mizan_core.settings import WORKERS, Settings
from mizan_fastapi.endpoints import CallEndpoint, FetchEndpoint, NamedCallEndpoint, SessionEndpoint
from mizan_fastapi.users import current_user

_log = logging.getLogger("mizan.settings")


class MizanRouter(APIRouter):
    """An ``APIRouter`` that can also purge what its endpoints have cached."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        @asynccontextmanager
        async def lifespan(_: ASGIApp) -> AsyncIterator[None]:
            _warn(dispatcher.interface().settings)
            try:
                yield
            finally:
                await dispatcher.aclose()

        # They are tried in this order.
        routes: list[BaseRoute] = [
            Route("/call/", CallEndpoint(dispatcher), name="mizan-call", include_in_schema=False),
            Route(
                "/call/{function}/", NamedCallEndpoint(dispatcher), name="mizan-call-function", include_in_schema=False
            ),
            Route("/ctx/{name}/", FetchEndpoint(dispatcher), name="mizan-context", include_in_schema=False),
            Route("/session/", SessionEndpoint(dispatcher), name="mizan-session", include_in_schema=False),
        ]
        super().__init__(routes=routes, lifespan=lifespan)
        self._dispatcher = dispatcher
        _observe(dispatcher)

    def purge(self, context: str, /, **params: Any) -> None:
        """Make the cached bundles of *context* stale, for changes that no mutation of the interface made.

        :param params: only those bundles; without, all of the context.
        :raises ValueError: for a context or a parameter that is not registered, or a value of another type.
        """
        _perform(self._dispatcher.purge_named(context, params))

    async def apurge(self, context: str, /, **params: Any) -> None:
        """As ``purge``, on an event loop."""
        await _aperform(self._dispatcher.purge_named(context, params))


def create_router(registry: Registry | None = None, settings: Settings | None = None) -> MizanRouter:
    """A router for ``app.include_router(..., prefix="/api/mizan")``.

    The interface is compiled when the application starts, so that a contradiction in it stops the start.

    :param registry: whose functions to serve; the default registry's when None.
    :param settings: read from the ``MIZAN_*`` environment variables when None, at start-up or the first request.
    """
    chosen = default_registry if registry is None else registry
    return MizanRouter(Dispatcher(chosen, lambda: settings or settings_from_environment(), current_user))


def settings_from_environment() -> Settings:
    """:raises ConfigurationError: for a ``MIZAN_*`` variable that cannot be used."""
    return Settings.read(os.environ.get, os.environ.keys() - {ENGINE_VARIABLE})


def _warn(settings: Settings) -> None:
    for doubt in settings.doubts(os.environ.get(WORKERS)):
        _log.warning("%s: %s %s", doubt.kind.value, doubt.message, doubt.hint)


def _perform(purge: Purge | None) -> None:
    if purge is not None:
        complete_now(purge.store.purge(purge.store.in_thread, purge.tags))


async def _aperform(purge: Purge | None) -> None:
    if purge is not None:
        await purge.store.purge(purge.store.on_loop, purge.tags)


def _observe(dispatcher: Dispatcher) -> None:
    """Purge what calls outside requests have changed, for as long as there is something that serves the dispatcher."""
    reference = weakref.ref(dispatcher)

    def purge_of(function: ClientFunction[..., Any], arguments: Mapping[str, Any]) -> Purge | None:
        alive = reference()
        return None if alive is None else alive.purge_called(function, arguments)

    end = observe_outside_requests(
        lambda function, arguments: _perform(purge_of(function, arguments)),
        lambda function, arguments: _aperform(purge_of(function, arguments)),
    )
    weakref.finalize(dispatcher, end)


router = MizanRouter(Dispatcher(default_registry, settings_from_environment, current_user))
