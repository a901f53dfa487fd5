"""The router: plain ASGI endpoints, behind FastAPI's dependencies where there are some."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter
from fastapi.params import Depends
from starlette.types import ASGIApp

from mizan_core.call.dispatcher import Dispatcher
from mizan_core.engine import VARIABLE as ENGINE_VARIABLE
from mizan_core.live.serving import Serving
from mizan_core.registry import Registry, default_registry
from mizan_core.setting_warnings import WORKERS, warnings_about
from mizan_core.settings import Settings
from mizan_fastapi.dependencies import add_endpoint
from mizan_fastapi.endpoints import (
    CallEndpoint,
    FetchEndpoint,
    FetchSeveralEndpoint,
    NamedCallEndpoint,
    SessionEndpoint,
)
from mizan_fastapi.events import LiveEndpoint
from mizan_fastapi.in_flight import InFlight
from mizan_fastapi.purging import aperform, perform, serve
from mizan_fastapi.sockets import SocketEndpoint
from mizan_fastapi.users import Hooks, LoadUser, ReloadUser, check_hook, current_user
from mizan_fastapi.view_functions import ViewsRouter

CALL, NAMED_CALL, CONTEXT = "mizan-call", "mizan-call-function", "mizan-context"
CONTEXTS, SESSION, SOCKET, LIVE = "mizan-contexts", "mizan-session", "mizan-socket", "mizan-live"
"""The names of the routes."""

_log = logging.getLogger("mizan.settings")


class MizanRouter(APIRouter):
    """An ``APIRouter`` that can also purge what its endpoints have cached."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        dependencies: Sequence[Depends] | None = None,
        load_user: LoadUser | None = None,
        reload_user: ReloadUser | None = None,
        *,
        registry: Registry | None = None,
        login_url: str | None = None,
    ) -> None:
        hooks = Hooks(load_user, reload_user, InFlight())
        serving = Serving(dispatcher)

        @asynccontextmanager
        async def lifespan(_: ASGIApp) -> AsyncIterator[None]:
            interface = dispatcher.interface()
            interface.prepare()
            settings = interface.settings
            check_hook(settings.mwt_check, load_user)
            _warn(settings)
            try:
                yield
            finally:
                await hooks.in_flight.land()
                await serving.aclose()
                await dispatcher.aclose()

        super().__init__(dependencies=dependencies, lifespan=lifespan)
        self._dispatcher = dispatcher
        # FastAPI tries them in this order, and each that it tries costs.
        add_endpoint(self, "/call/", CallEndpoint(dispatcher, hooks), CALL)
        add_endpoint(self, "/ctx/{name}/", FetchEndpoint(dispatcher, hooks), CONTEXT)
        add_endpoint(self, "/ctx/", FetchSeveralEndpoint(dispatcher, hooks), CONTEXTS)
        add_endpoint(self, "/session/", SessionEndpoint(dispatcher, hooks), SESSION)
        add_endpoint(self, "/call/{function}/", NamedCallEndpoint(dispatcher, hooks), NAMED_CALL)
        add_endpoint(self, "/live/", LiveEndpoint(dispatcher, hooks, serving), LIVE)
        self.sockets = SocketEndpoint(dispatcher, hooks, serving)
        """The endpoint of ``ws/``, as an ASGI application."""
        self.add_api_websocket_route("/ws/", self.sockets.respond, name=SOCKET)
        chosen = default_registry if registry is None else registry
        self.views = ViewsRouter(chosen, dispatcher, hooks, login_url)
        """For ``app.include_router(router.views)``: the functions that have URLs of their own."""
        serve(dispatcher)

    @property
    def registry(self) -> Registry:
        """Whose functions are served."""
        return self._dispatcher.registry

    def purge(self, context: str, /, **params: Any) -> None:
        """Make the cached bundles of *context* stale, for changes that no mutation of the interface made.

        :param params: only those bundles; without, all of the context.
        :raises ValueError: for a context or a parameter that is not registered, or a value of another type.
        """
        perform(self._dispatcher.interface().named_purge(context, params))

    def purge_all(self) -> None:
        """Make everything stale that is cached."""
        perform(self._dispatcher.interface().whole_purge())

    async def apurge_all(self) -> None:
        """As ``purge_all``, on an event loop."""
        await aperform(self._dispatcher.interface().whole_purge())

    async def apurge(self, context: str, /, **params: Any) -> None:
        """As ``purge``, on an event loop."""
        await aperform(self._dispatcher.interface().named_purge(context, params))


def create_router(
    registry: Registry | None = None,
    settings: Settings | None = None,
    *,
    dependencies: Sequence[Depends] | None = None,
    load_user: LoadUser | None = None,
    reload_user: ReloadUser | None = None,
    login_url: str | None = None,
) -> MizanRouter:
    """A router for ``mount(app, "/api/mizan", ...)``, or for ``app.include_router(..., prefix="/api/mizan")``.

    The interface is compiled when the application starts, so that a contradiction in it stops the start.

    :param registry: whose functions to serve; the default registry's when None.
    :param settings: read from the ``MIZAN_*`` environment variables when None, at start-up or the first request.
    :param dependencies: ``[Depends(...)]``, which run before each request to the endpoints, as those of the
        application, of ``include_router`` and of routers in between do.
    :param load_user: gives the user that a token stands for (it is passed the ``MWTUser``), or None when there is none
        any more; a coroutine function or not. It is asked before functions run, never for a cached bundle; without it
        functions see the ``MWTUser`` itself (docs/security.md).
    :param reload_user: gives the user that a middleware has found as it is now (it is passed that user), or None when
        there is none any more; a coroutine function or not. Mutations that such a user calls bring along what they
        have changed only where there is this hook: the user may be what has changed.
    :param login_url: where the functions with URLs of their own send whoever looks at pages and has to log in.
    """
    chosen = default_registry if registry is None else registry

    def load_settings() -> Settings:
        return settings or settings_from_environment()

    dispatcher = Dispatcher(chosen, load_settings, current_user)
    return MizanRouter(dispatcher, dependencies, load_user, reload_user, registry=chosen, login_url=login_url)


def settings_from_environment() -> Settings:
    """:raises ConfigurationError: for a ``MIZAN_*`` variable that cannot be used."""
    return Settings.read(os.environ.get, os.environ.keys() - {ENGINE_VARIABLE})


def _warn(settings: Settings) -> None:
    for warning in warnings_about(settings, os.environ.get(WORKERS)):
        _log.warning("%s: %s %s", warning.id.value, warning.message, warning.hint)


router = create_router()
views = router.views
