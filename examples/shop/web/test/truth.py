"""What the shop's database holds, as JSON: ``python truth.py FILE``. It knows FastAPI's tables, and Django's."""
# ruff: noqa: S608 - the names in the queries are those of the schema

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing


def truth(path: str) -> dict[str, object]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        customer, product, purchase = (_table(name, tables) for name in ("customer", "product", "purchase"))
        orders = connection.execute(
            f"SELECT customer_id, id, status FROM {purchase} ORDER BY placed_at DESC"
        ).fetchall()
        return {
            "stock": dict(connection.execute(f"SELECT name, stock FROM {product}")),
            "customers": {
                username: {
                    "name": name,
                    "orders": [[_plain(order), status] for owner, order, status in orders if owner == key],
                }
                for key, username, name in connection.execute(f"SELECT id, username, name FROM {customer}")
            },
        }


def _table(name: str, tables: set[str]) -> str:
    """Django puts its application's label before the name."""
    return next(table for table in sorted(tables) if table == name or table.endswith(f"_{name}"))


def _plain(identifier: str) -> str:
    """Django keeps UUIDs without hyphens in SQLite."""
    return identifier.replace("-", "")


if __name__ == "__main__":
    print(json.dumps(truth(sys.argv[1])))
