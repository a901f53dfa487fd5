"""What anybody may ask, of ours and of FastAPI by hand: to read a profile, and to compute something."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Response
from pydantic import BaseModel

from benchmarks.services import profiles
from benchmarks.services.invalidations import NO_STORE
from benchmarks.services.profiles import Profile
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router, mount
from mizan_fastapi.client import client

registry = Registry()


class Price(BaseModel):
    cents: int


@registry.register
@client(context="profile")
async def profile(request: Any, user_id: int) -> Profile:
    return profiles.find_profile(user_id)


@registry.register
@client
async def price(request: Any, items: list[str], express: bool = False) -> Price:
    return _price(items, express)


def _price(items: list[str], express: bool) -> Price:
    return Price(cents=100 * len(items) + 500 * express)


class PriceRequest(BaseModel):
    items: list[str]
    express: bool = False


class PriceAnswer(BaseModel):
    result: Price


ours = FastAPI()
mount(ours, "/api/mizan", create_router(registry, Settings()))
by_hand = FastAPI()


@by_hand.get("/profile/")
async def read_profile(user_id: int, response: Response) -> dict[str, Profile]:
    response.headers.update(NO_STORE)
    return {"profile": profiles.find_profile(user_id)}


@by_hand.post("/price/")
async def compute_price(body: PriceRequest, response: Response) -> PriceAnswer:
    response.headers.update(NO_STORE)
    return PriceAnswer(result=_price(body.items, body.express))
