"""The functions whose requests are counted, as they stand and as coroutine functions."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from mizan_core.client import client


class Profile(BaseModel):
    id: int
    name: str


@client(context="profile")
def profile(request: Any, user_id: int) -> Profile:
    return Profile(id=user_id, name="Ada")


@client(context="news", cache=False)
def news(request: Any, user_id: int) -> list[str]:
    return ["one", "two"]


@client(affects="profile", merge="profile", auth=True)
def rename(request: Any, user_id: int, name: str) -> Profile:
    return Profile(id=user_id, name=name)


@client(context="profile")
async def async_profile(request: Any, user_id: int) -> Profile:
    return Profile(id=user_id, name="Ada")


@client(context="news", cache=False)
async def async_news(request: Any, user_id: int) -> list[str]:
    return ["one", "two"]


@client(affects="profile", merge="profile", auth=True)
async def async_rename(request: Any, user_id: int, name: str) -> Profile:
    return Profile(id=user_id, name=name)


PLAIN = (profile, news, rename)
COROUTINES = (async_profile, async_news, async_rename)
