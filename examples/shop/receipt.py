"""The receipt of an order, as a page that can be printed."""

from __future__ import annotations

from html import escape
from typing import Any
from uuid import UUID

from examples.shop.domain import Order
from examples.shop.ports import shop
from mizan_core.errors import NotFound
from mizan_core.viewer import viewer_of

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Receipt</title></head>
<body><h1>Tea shop</h1><p>{placed}</p><table>{lines}</table><p>Total: {total}</p></body>
</html>
"""
_LINE = "<tr><td>{quantity}</td><td>{name}</td><td>{price}</td></tr>"


def receipt_of(request: Any, order_id: UUID) -> str:
    """Whoever has ordered sees it, nobody else.

    :raises NotFound: for an order that is not theirs.
    """
    customer = viewer_of(shop.user_of(request)).id
    orders = [] if customer is None else shop.store.orders(UUID(customer))
    order = next((order for order in orders if order.id == order_id), None)
    if order is None:
        raise NotFound("There is no such order.")
    return _written(order)


def _written(order: Order) -> str:
    lines = (
        _LINE.format(quantity=line.quantity, name=escape(line.name), price=line.unit_price) for line in order.lines
    )
    return _PAGE.format(placed=order.placed_at.date(), lines="".join(lines), total=order.total)
