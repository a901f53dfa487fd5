"""What the shop deals in. These models are the interface: clients get them as typed JSON."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Note = Annotated[str, StringConstraints(max_length=200)]
Query = Annotated[str, StringConstraints(max_length=80)]
Quantity = Annotated[int, Field(ge=1, le=99)]
Price = Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=2)]


class Category(str, Enum):
    TEA = "tea"
    COFFEE = "coffee"
    WARE = "ware"


class OrderStatus(str, Enum):
    PLACED = "placed"
    SHIPPED = "shipped"


class Product(BaseModel):
    id: UUID
    name: str
    category: Category
    price: Price
    stock: int
    picture: str | None = None
    """Which picture it has, another word for each; None without one."""


class Visitor(BaseModel):
    """Who is looking at the page."""

    id: UUID
    name: str
    staff: bool


class Profile(BaseModel):
    id: UUID
    name: str
    joined_at: datetime
    order_count: int
    last_order_at: datetime | None = None


class Wanted(BaseModel):
    """A line of an order as the customer writes it."""

    product_id: UUID
    quantity: Quantity = 1


class OrderLine(BaseModel):
    """A line of an order as it was sold: later prices and names do not change it."""

    product_id: UUID
    name: str
    quantity: int
    unit_price: Price


class Order(BaseModel):
    id: UUID
    status: OrderStatus
    placed_at: datetime
    lines: list[OrderLine]
    total: Decimal
    note: str | None = None


class About(BaseModel):
    """What answers here."""

    server: str
    engine: str
    reason: str


def total_of(lines: list[OrderLine]) -> Decimal:
    """What *lines* cost together."""
    return sum((line.unit_price * line.quantity for line in lines), Decimal("0.00"))
