"""The application whose costs are measured: a bundle for each user, mutations of one and of all, a room."""

from __future__ import annotations

import os
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from mizan_core.client import client
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router
from mizan_fastapi.channels import ReactChannel


class RoomChannel(ReactChannel):
    class DjangoMessage(BaseModel):
        text: str

    def authorize(self, _: Any) -> bool:
        return True


@client(context="user")
async def user_profile(request: Any, user_id: int) -> dict[str, Any]:
    return {"id": user_id, "name": "Ada", "email": "ada@example.org", "city": "London", "orders": 17}


@client(affects="user")
async def rename(request: Any, user_id: int) -> None:
    """It changes nothing; its costs are those of Mizan alone."""


@client(affects="user")
async def rename_all(request: Any) -> None:
    """As ``rename``, of everybody."""


registry = Registry()
for function in (user_profile, rename, rename_all):
    registry.register(function)
RoomChannel.__mizan_register__(registry)
app = FastAPI()
router = create_router(
    registry,
    Settings(
        cache_url=os.environ.get("BENCH_REDIS", "memory://"),
        cache_secret="a-secret-of-this-benchmark-alone",
        cache_timeout_ms=20_000,
    ),
)
app.include_router(router)
dispatcher = router._dispatcher  # noqa: SLF001 - what other processes purge by
