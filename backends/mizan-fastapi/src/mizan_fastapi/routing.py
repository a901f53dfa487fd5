"""The router: plain ASGI endpoints, so that no dependency is solved and no response model built per request."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from mizan_core.dispatch import Dispatcher
from mizan_core.registry import Registry, default_registry
from mizan_core.settings import Settings
from mizan_fastapi.endpoints import CallEndpoint, FetchEndpoint, SessionEndpoint
from mizan_fastapi.users import current_user


def create_router(registry: Registry | None = None, settings: Settings | None = None) -> APIRouter:
    """A router for ``app.include_router(..., prefix="/api/mizan")``.

    The interface is compiled when the application starts, so that a contradiction in it stops the start.

    :param registry: whose functions to serve; the default registry's when None.
    :param settings: read from the ``MIZAN_*`` environment variables when None, at start-up or the first request.
    """
    dispatcher = Dispatcher(registry or default_registry, lambda: settings or settings_from_environment(), current_user)

    @asynccontextmanager
    async def lifespan(_: ASGIApp) -> AsyncIterator[None]:
        dispatcher.interface()
        yield

    routes: list[BaseRoute] = [
        Route("/session/", SessionEndpoint(dispatcher), name="mizan-session", include_in_schema=False),
        Route("/call/", CallEndpoint(dispatcher), name="mizan-call", include_in_schema=False),
        Route("/ctx/{name}/", FetchEndpoint(dispatcher), name="mizan-context", include_in_schema=False),
    ]
    return APIRouter(routes=routes, lifespan=lifespan)


def settings_from_environment() -> Settings:
    """:raises ConfigurationError: for a ``MIZAN_*`` variable that cannot be used."""
    return Settings.read(os.environ.get)


router = create_router()
