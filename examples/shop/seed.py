"""What the shop begins with: the same shelves and customers under both frameworks."""

from __future__ import annotations

import os
import secrets
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID, uuid5

from examples.shop.domain import Category, Product

_NAMESPACE = UUID("6f1d3a52-6a0c-4f5e-9b1e-5f0f6f3f2d11")


class Customer(NamedTuple):
    id: UUID
    username: str
    name: str
    staff: bool


def _product(name: str, category: Category, price: str, stock: int) -> Product:
    return Product(id=uuid5(_NAMESPACE, name), name=name, category=category, price=Decimal(price), stock=stock)


def _customer(username: str, name: str, *, staff: bool = False) -> Customer:
    return Customer(uuid5(_NAMESPACE, username), username, name, staff)


PRODUCTS = (
    _product("Assam tea", Category.TEA, "6.20", 40),
    _product("Darjeeling tea", Category.TEA, "8.90", 12),
    _product("Gyokuro tea", Category.TEA, "24.00", 3),
    _product("Ethiopian coffee", Category.COFFEE, "11.50", 25),
    _product("Glass teapot", Category.WARE, "32.00", 5),
)
CUSTOMERS = (_customer("ada", "Ada"), _customer("bea", "Bea"), _customer("grace", "Grace", staff=True))


def password() -> str:
    """The password of all customers: ``SHOP_PASSWORD`` of the environment, else one that is made, and printed, now."""
    chosen = os.environ.get("SHOP_PASSWORD")
    if chosen:
        return chosen
    made = secrets.token_urlsafe(12)
    print(f"SHOP_PASSWORD is not set; the password of ada, bea and grace is {made}")
    return made
