"""A channel and a context, served by Mizan's router on FastAPI."""

from __future__ import annotations

import os
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks.clients.sockets import Socket
from mizan_core.client import client
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router, mount
from mizan_fastapi.channels import ReactChannel


class RoomChannel(ReactChannel):
    class DjangoMessage(BaseModel):
        sent: float
        text: str

    def authorize(self, _: Any) -> bool:
        return True


@client(context="user")
def user_profile(request: Any, user_id: int) -> dict[str, Any]:
    return {"id": user_id, "name": "Ada", "email": "ada@example.org", "city": "London", "orders": 17}


def make(url: str) -> FastAPI:
    registry = Registry()
    registry.register(user_profile)
    RoomChannel.__mizan_register__(registry)
    app = FastAPI()
    settings = Settings(cache_url=url, cache_secret="a-secret-of-this-benchmark-alone", cache_timeout_ms=20_000)
    mount(app, "", create_router(registry, settings))
    return app


async def listen(app: Any, _: int) -> Socket:
    """A client that has subscribed."""
    socket = _open(app)
    await socket.until(lambda text: text == "accepted")
    socket.say({"action": "subscribe", "id": 1, "channel": "room", "params": {}})
    await socket.until(lambda text: '"id":1' in text and '"ok":true' in text)
    return socket


async def watch(app: Any, user: int) -> Socket:
    """A client that watches its own bundle."""
    socket = _open(app)
    await socket.until(lambda text: text == "accepted")
    socket.say({"action": "watch", "id": 1, "context": "user", "params": {"user_id": user}})
    await socket.until(lambda text: '"id":1' in text and '"ok":true' in text)
    return socket


async def publish(sent: float, text: str) -> None:
    """Tell everybody who has subscribed."""
    await RoomChannel.publish(None, RoomChannel.DjangoMessage(sent=sent, text=text))


def _open(app: Any) -> Socket:
    return Socket(app, "/ws/", {}, ["mizan.v1"])


app = make(os.environ.get("BENCH_REDIS", "memory://"))
