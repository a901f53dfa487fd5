"""``python -m tests.cache.redis.dying ADAPTER URL PREFIX``: an application that is killed inside a mutation."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from typing import Any

from mizan_core.client import client
from mizan_core.registry import default_registry

SETTINGS = {
    "MIZAN_CACHE_SECRET": "s" * 32,
    "MIZAN_CACHE_URL": sys.argv[2],
    "MIZAN_CACHE_PREFIX": sys.argv[3],
    "MIZAN_CACHE_TIMEOUT_MS": "10000",
}
CALL = json.dumps({"fn": "deposit", "args": {"user_id": 1}})


@client(context="account")
def account(request: Any, user_id: int) -> int:
    return 0


@client(affects="account")
def deposit(request: Any, user_id: int) -> int:
    """It has written, and nothing more happens."""
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def main() -> None:
    for function in (account, deposit):
        default_registry.register(function)
    {"fastapi": _fastapi, "django": _django}[sys.argv[1]]()


def _fastapi() -> None:
    import httpx
    from fastapi import FastAPI

    os.environ.update(SETTINGS)
    import mizan_fastapi

    app = FastAPI()
    app.include_router(mizan_fastapi.router)

    async def use() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as http:
            (await http.get("/ctx/account/", params={"user_id": 1})).raise_for_status()
            await http.post("/call/", content=CALL, headers={"Content-Type": "application/json"})

    asyncio.run(use())


def _django() -> None:
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="k" * 50, INSTALLED_APPS=["mizan"], ROOT_URLCONF="mizan.urls", ALLOWED_HOSTS=["*"], **SETTINGS
    )
    django.setup()
    from django.test import Client

    http = Client()
    assert http.get("/ctx/account/", {"user_id": 1}).status_code == 200
    http.post("/call/", CALL, content_type="application/json")


if __name__ == "__main__":
    main()
