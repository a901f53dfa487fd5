"""A channel and a context, served by Mizan's ``wrap_asgi`` on Django."""

from __future__ import annotations

import os
from typing import Any

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import include, path
from pydantic import BaseModel

from benchmarks.clients.sockets import Socket

settings.configure(
    SECRET_KEY="of-this-benchmark-alone-0123456789abcdefghijklmnopqrstuvwxyz",
    ALLOWED_HOSTS=["localhost"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["mizan"],
    MIZAN_CACHE_URL=os.environ.get("BENCH_REDIS", "memory://"),
    MIZAN_CACHE_SECRET="a-secret-of-this-benchmark-alone",
    MIZAN_CACHE_TIMEOUT_MS=20_000,
)
django.setup()

from mizan import wrap_asgi  # noqa: E402 - Django must be configured before
from mizan.channels import ReactChannel  # noqa: E402
from mizan_core.client import client  # noqa: E402
from mizan_core.registry import default_registry  # noqa: E402


class RoomChannel(ReactChannel):
    class DjangoMessage(BaseModel):
        sent: float
        text: str

    def authorize(self, _: Any) -> bool:
        return True


@client(context="user")
def user_profile(request: Any, user_id: int) -> dict[str, Any]:
    return {"id": user_id, "name": "Ada", "email": "ada@example.org", "city": "London", "orders": 17}


default_registry.register(user_profile)
RoomChannel.__mizan_register__(default_registry)
urlpatterns = [path("api/mizan/", include("mizan.urls"))]
app = wrap_asgi(get_asgi_application())


async def listen(app: Any, _: int) -> Socket:
    """A client that has subscribed."""
    socket = await _open(app)
    socket.say({"action": "subscribe", "id": 1, "channel": "room", "params": {}})
    await socket.until(lambda text: '"id":1' in text and '"ok":true' in text)
    return socket


async def watch(app: Any, user: int) -> Socket:
    """A client that watches its own bundle."""
    socket = await _open(app)
    socket.say({"action": "watch", "id": 1, "context": "user", "params": {"user_id": user}})
    await socket.until(lambda text: '"id":1' in text and '"ok":true' in text)
    return socket


async def publish(sent: float, text: str) -> None:
    """Tell everybody who has subscribed."""
    await RoomChannel.publish(None, RoomChannel.DjangoMessage(sent=sent, text=text))


async def _open(app: Any) -> Socket:
    socket = Socket(app, "/api/mizan/ws/", {}, ["mizan.v1"])
    await socket.until(lambda text: text == "accepted")
    return socket
