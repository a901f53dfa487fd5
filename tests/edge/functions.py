"""A shop behind an edge: what all see, what each sees, and what changes it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from mizan_core.client import CachePolicy
from mizan_fastapi import client, mount, register

STOCK: dict[str, int] = {}


@client(context="shop", cache=CachePolicy(shared=True))
def stock(request: Any, product: str) -> int:
    return STOCK.get(product, 10)


@client(context="me")
def name(request: Any) -> str:
    return "nobody"


@client(context="staff", auth="staff", cache=CachePolicy(shared=True))
def turnover(request: Any) -> int:
    return 1


@client(context="weather", cache=False)
def weather(request: Any) -> str:
    return "rain"


@client(affects="shop")
def take(request: Any, product: str) -> int:
    STOCK[product] = STOCK.get(product, 10) - 1
    return STOCK[product]


for function in (stock, name, turnover, weather, take):
    register(function)
app = FastAPI()
mount(app)
