"""The context's bundle as a FastAPI endpoint written by hand and cached by cashews, as its documentation does it.

The key holds what ours does: who asks, and for what.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cashews import Cache
from fastapi import FastAPI, Response
from pydantic import BaseModel

from benchmarks.services import profiles
from benchmarks.services.invalidations import NO_STORE
from benchmarks.services.plain_fastapi import CurrentViewer
from benchmarks.services.profiles import Order, Profile


class UserBundle(BaseModel):
    user_orders: list[Order]
    user_profile: Profile


def application(cache_url: str) -> FastAPI:
    """:param cache_url: cashews' own: ``mem://`` or ``redis://host:port``."""
    cache = Cache()
    cache.setup(cache_url)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await cache.close()

    app = FastAPI(lifespan=lifespan)

    @cache(ttl="1h", key="user:{viewer_id}:{user_id}")
    async def user_bundle(viewer_id: str, user_id: int) -> UserBundle:
        return UserBundle(user_orders=profiles.find_orders(user_id), user_profile=profiles.find_profile(user_id))

    @app.get("/user/")
    async def user(user_id: int, viewer: CurrentViewer, response: Response) -> UserBundle:
        response.headers.update(NO_STORE)
        bundle: UserBundle = await user_bundle(viewer.id, user_id)
        return bundle

    return app
