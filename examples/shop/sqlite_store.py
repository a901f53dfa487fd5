"""The shop's storage port on plain SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import AbstractContextManager
from datetime import datetime, timezone
from decimal import Decimal
from uuid import UUID, uuid4

from examples.shop.domain import (
    Category,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    Profile,
    Visitor,
    total_of,
)
from examples.shop.sqlite_database import Database

_SEARCH = """
SELECT * FROM product
WHERE instr(lower(name), lower(:query)) AND (:category IS NULL OR category = :category)
    AND (:cents IS NULL OR cents <= :cents)
ORDER BY name
"""
_PROFILE = """
SELECT customer.id, name, joined_at, count(purchase.id) AS order_count, max(placed_at) AS last_order_at
FROM customer LEFT JOIN purchase ON customer_id = customer.id
WHERE customer.id = ? GROUP BY customer.id
"""


class SqliteStore:
    """``Store``. The asynchronous methods leave the event loop free while SQLite works."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def atomic(self) -> AbstractContextManager[object]:
        return self._database.transaction()

    def visitor(self, customer: UUID) -> Visitor | None:
        with self._database.transaction() as connection:
            row = connection.execute("SELECT * FROM customer WHERE id = ?", [str(customer)]).fetchone()
        return None if row is None else Visitor(id=row["id"], name=row["name"], staff=row["is_staff"])

    def profile(self, customer: UUID) -> Profile | None:
        with self._database.transaction() as connection:
            row = connection.execute(_PROFILE, [str(customer)]).fetchone()
        return None if row is None else Profile(**row)

    def rename(self, customer: UUID, name: str) -> Profile | None:
        with self._database.transaction() as connection:
            connection.execute("UPDATE customer SET name = ? WHERE id = ?", [name, str(customer)])
            return self.profile(customer)

    def orders(self, customer: UUID) -> list[Order]:
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT * FROM purchase WHERE customer_id = ? ORDER BY placed_at DESC", [str(customer)]
            ).fetchall()
            return [_order(connection, row) for row in rows]

    def add_order(self, customer: UUID, lines: list[OrderLine], note: str | None) -> Order:
        order = Order(
            id=uuid4(),
            status=OrderStatus.PLACED,
            placed_at=datetime.now(timezone.utc),
            lines=lines,
            total=total_of(lines),
            note=note,
        )
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO purchase VALUES (?, ?, ?, ?, ?)",
                [str(order.id), str(customer), order.status.value, order.placed_at.isoformat(), note],
            )
            connection.executemany(
                "INSERT INTO purchase_line VALUES (?, ?, ?, ?, ?)",
                [
                    (str(order.id), str(line.product_id), line.name, line.quantity, _cents(line.unit_price))
                    for line in lines
                ],
            )
        return order

    def ship(self, customer: UUID, order: UUID) -> Order | None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE purchase SET status = ? WHERE id = ? AND customer_id = ?",
                [OrderStatus.SHIPPED.value, str(order), str(customer)],
            )
            row = connection.execute(
                "SELECT * FROM purchase WHERE id = ? AND customer_id = ?", [str(order), str(customer)]
            ).fetchone()
            return None if row is None else _order(connection, row)

    def take(self, product: UUID, quantity: int) -> Product | None:
        return self._change_stock(product, -quantity)

    async def put(self, product: UUID, quantity: int) -> Product | None:
        return await asyncio.to_thread(self._change_stock, product, quantity)

    def show_picture(self, product: UUID, version: str) -> Product | None:
        with self._database.transaction() as connection:
            connection.execute("UPDATE product SET picture = ? WHERE id = ?", [version, str(product)])
            row = connection.execute("SELECT * FROM product WHERE id = ?", [str(product)]).fetchone()
        return None if row is None else _product(row)

    async def search(self, query: str, category: Category | None, max_price: Decimal | None) -> list[Product]:
        return await asyncio.to_thread(self._search, query, category, max_price)

    def _change_stock(self, product: UUID, difference: int) -> Product | None:
        with self._database.transaction() as connection:
            changed = connection.execute(
                "UPDATE product SET stock = stock + :difference WHERE id = :id AND stock + :difference >= 0",
                {"id": str(product), "difference": difference},
            )
            row = connection.execute("SELECT * FROM product WHERE id = ?", [str(product)]).fetchone()
        return _product(row) if changed.rowcount else None

    def _search(self, query: str, category: Category | None, max_price: Decimal | None) -> list[Product]:
        wanted = {
            "query": query,
            "category": None if category is None else category.value,
            "cents": None if max_price is None else _cents(max_price),
        }
        with self._database.transaction() as connection:
            return [_product(row) for row in connection.execute(_SEARCH, wanted)]


def _product(row: sqlite3.Row) -> Product:
    return Product(
        id=row["id"],
        name=row["name"],
        category=row["category"],
        price=_price(row["cents"]),
        stock=row["stock"],
        picture=row["picture"],
    )


def _order(connection: sqlite3.Connection, row: sqlite3.Row) -> Order:
    lines = [
        OrderLine(
            product_id=line["product_id"],
            name=line["name"],
            quantity=line["quantity"],
            unit_price=_price(line["cents"]),
        )
        for line in connection.execute("SELECT * FROM purchase_line WHERE purchase_id = ?", [row["id"]])
    ]
    return Order(
        id=row["id"],
        status=row["status"],
        placed_at=row["placed_at"],
        lines=lines,
        total=total_of(lines),
        note=row["note"],
    )


def _cents(price: Decimal) -> int:
    return int(price * 100)


def _price(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
