"""What the live scenarios call, watch and subscribe to. The framework's request is anything."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import BaseModel

from mizan_core.client import client
from mizan_core.errors import Conflict
from mizan_core.live.channels import ReactChannel
from mizan_core.registry import Registry


def make_registry() -> Registry:
    """A registry of its own, whose functions work on data of their own."""
    names: dict[int, str] = {1: "Ada", 2: "Bob"}

    @client(context="user")
    def user(request: Any, user_id: int) -> str:
        return names[user_id]

    @client(context="everybody")
    async def everybody(request: Any) -> list[str]:
        return list(names.values())

    @client(affects=("user", "everybody"))
    def rename(request: Any, user_id: int, name: str) -> str:
        names[user_id] = name
        return name

    @client(affects="user")
    def fail_to_rename(request: Any, user_id: int) -> None:
        names[user_id] = "half"
        raise Conflict("Somebody else was first.")

    @client(context="members", auth=True)
    def members(request: Any) -> int:
        return len(names)

    @client
    async def sleep(request: Any, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "slept"

    @client(private=True)
    def hidden(request: Any) -> None: ...

    registry = Registry()
    for function in (user, everybody, rename, fail_to_rename, members, sleep, hidden):
        registry.register(function)
    ChatChannel.__mizan_register__(registry)
    return registry


class ChatChannel(ReactChannel):
    """A room."""

    class Params(BaseModel):
        room: str

    class ReactMessage(BaseModel):
        text: str

    class DjangoMessage(BaseModel):
        text: str

    def authorize(self, params: Params) -> bool:
        return params.room != "closed"

    async def receive(self, params: Params, msg: ReactMessage) -> DjangoMessage:
        return self.DjangoMessage(text=msg.text)
