"""The service in Mizan on FastAPI."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware

from benchmarks.services import profiles
from benchmarks.services.profiles import Order, Profile, ProfileChange
from benchmarks.services.tokens import SECRET
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router, mount
from mizan_fastapi.client import client
from mizan_fastapi.mounting import Lane

registry = Registry()


@registry.register
@client(context="user", auth=True)
async def user_profile(request: Any, user_id: int) -> Profile:
    return profiles.find_profile(user_id)


@registry.register
@client(context="user", auth=True)
async def user_orders(request: Any, user_id: int) -> list[Order]:
    return profiles.find_orders(user_id)


@registry.register
@client(affects="user", merge="user", auth=True)
async def update_profile(request: Any, user_id: int, profile: ProfileChange) -> Profile:
    return profiles.change_profile(user_id, vars(profile))


def application(settings: Settings, lane: Lane = "middleware", *middleware: Middleware) -> FastAPI:
    app = FastAPI(middleware=middleware)
    mount(app, "/api/mizan", create_router(registry, settings), lane=lane)
    return app


app = application(Settings(mwt_secret=SECRET))
