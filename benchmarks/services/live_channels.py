"""The same with Django Channels, as its documentation has it: a consumer, groups, and channels_redis."""

from __future__ import annotations

import json
import os
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import re_path

from benchmarks.clients.sockets import Socket

settings.configure(
    SECRET_KEY="of-this-benchmark-alone-0123456789abcdefghijklmnopqrstuvwxyz",
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": os.environ.get("BENCH_LAYER", "channels_redis.pubsub.RedisPubSubChannelLayer"),
            "CONFIG": {"hosts": [os.environ.get("BENCH_REDIS", "redis://localhost:6379")]},
        }
    },
)


class RoomConsumer(AsyncWebsocketConsumer):
    """What a page listens to: its room, or what concerns one user."""

    async def connect(self) -> None:
        self.group = self.scope["url_route"]["kwargs"]["group"]
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, _: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def room_message(self, event: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps({"sent": event["sent"], "text": event["text"]}))


app = ProtocolTypeRouter({"websocket": URLRouter([re_path(r"ws/(?P<group>\w+)/$", RoomConsumer.as_asgi())])})


async def listen(app: Any, _: int) -> Socket:
    """A client that is in the group."""
    return await _open(app, "room")


async def watch(app: Any, user: int) -> Socket:
    """A client in a group of its user's own."""
    return await _open(app, f"user_{user}")


async def publish(sent: float, text: str) -> None:
    """Tell everybody who is in the group."""
    layer = get_channel_layer()
    await layer.group_send("room", {"type": "room.message", "sent": sent, "text": text})


async def _open(app: Any, group: str) -> Socket:
    socket = Socket(app, f"/ws/{group}/", {}, [])
    await socket.until(lambda text: text == "accepted")
    return socket
