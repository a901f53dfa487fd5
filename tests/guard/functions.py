"""The functions whose requests are counted, as they stand and as coroutine functions."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from mizan_core.client import client
from mizan_core.errors import NotFound


class Profile(BaseModel):
    id: int
    name: str


def _found(user_id: int) -> Profile:
    if user_id < 0:
        raise NotFound("Nobody has this id.")
    return Profile(id=user_id, name="Ada")


def _news(user_id: int) -> list[str]:
    _found(user_id)
    return ["one", "two"]


def _renamed(user_id: int, name: str) -> Profile:
    if name == "broken":
        raise RuntimeError("this is not foreseen")
    return Profile(id=_found(-1 if name == "nobody" else user_id).id, name=name)


@client(context="profile")
def profile(request: Any, user_id: int) -> Profile:
    return _found(user_id)


@client(context="news", cache=False)
def news(request: Any, user_id: int) -> list[str]:
    return _news(user_id)


@client(affects="profile", merge="profile", auth=True)
def rename(request: Any, user_id: int, name: str) -> Profile:
    return _renamed(user_id, name)


@client(context="profile")
async def async_profile(request: Any, user_id: int) -> Profile:
    return _found(user_id)


@client(context="news", cache=False)
async def async_news(request: Any, user_id: int) -> list[str]:
    return _news(user_id)


@client(affects="profile", merge="profile", auth=True)
async def async_rename(request: Any, user_id: int, name: str) -> Profile:
    return _renamed(user_id, name)


PLAIN = (profile, news, rename)
COROUTINES = (async_profile, async_news, async_rename)
