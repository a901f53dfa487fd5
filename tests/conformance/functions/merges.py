"""Mutations whose results replace what a client holds, or go into a list that it holds."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from tests.conformance.functions.serving import both


class Cart(BaseModel):
    cart_id: int
    title: str


class CartTwin(BaseModel):
    """Another name for the same shape."""

    cart_id: int
    title: str


class Item(BaseModel):
    id: int
    label: str


class Note(BaseModel):
    text: str


@both(context="shop")
def cart(request: Any, cart_id: int) -> Cart:
    return Cart(cart_id=cart_id, title="cart")


@both(context="shop")
def items(request: Any, cart_id: int) -> list[Item]:
    return [Item(id=cart_id, label="item")]


@both(context="shop")
def note(request: Any, cart_id: int) -> Note | None:
    return None


@both(merge="shop")
def retitle(request: Any, cart_id: int, title: str) -> Cart:
    return Cart(cart_id=cart_id, title=title)


@both(merge="shop")
def retitle_twin(request: Any, cart_id: int, title: str) -> CartTwin:
    return CartTwin(cart_id=cart_id, title=title)


@both(merge="cart")
def retitle_by_slot(request: Any, cart_id: int, title: str) -> Cart:
    return Cart(cart_id=cart_id, title=title)


@both(merge="shop")
def retitle_any(request: Any, title: str) -> Cart:
    return Cart(cart_id=1, title=title)


@both(merge="shop", auto_scope=False)
def retitle_broadly(request: Any, cart_id: int, title: str) -> Cart:
    return Cart(cart_id=cart_id, title=title)


@both(merge="shop")
def put_item(request: Any, cart_id: int, item_id: int) -> Item:
    return Item(id=item_id, label="put")


@both(merge="shop")
def put_items(request: Any, cart_id: int, item_ids: list[int]) -> list[Item]:
    return [Item(id=item_id, label="put") for item_id in item_ids]


@both(merge="shop")
def put_note(request: Any, cart_id: int, text: str | None = None) -> Note | None:
    return None if text is None else Note(text=text)


@both(merge="shop", affects="user")
def check_out(request: Any, cart_id: int, user_id: int) -> Cart:
    return Cart(cart_id=cart_id, title="paid")


@both(merge="shop")
def retitle_default(request: Any, title: str, cart_id: int = 1) -> Cart:
    return Cart(cart_id=cart_id, title=title)


class Remark(BaseModel):
    remark: str


@both(context="margin")
def remark(request: Any, cart_id: int, tag: str | None = None) -> Remark:
    return Remark(remark="")


@both(merge="margin")
def annotate(request: Any, cart_id: int, text: str, tag: str | None = None) -> Remark:
    return Remark(remark=text)
