"""One SQLite file through the standard library: connections, transactions, tables and what they begin with."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone
from pathlib import Path

from examples.shop.passwords import hash_password
from examples.shop.seed import CUSTOMERS, PRODUCTS, password

_TABLES = """
CREATE TABLE customer (
    id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, password TEXT NOT NULL,
    name TEXT NOT NULL, is_staff INTEGER NOT NULL, joined_at TEXT NOT NULL);
CREATE TABLE session (
    digest TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customer, expires_at TEXT NOT NULL);
CREATE TABLE product (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL,
    cents INTEGER NOT NULL, stock INTEGER NOT NULL CHECK (stock >= 0), picture TEXT);
CREATE TABLE purchase (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customer,
    status TEXT NOT NULL, placed_at TEXT NOT NULL, note TEXT);
CREATE TABLE purchase_line (
    purchase_id TEXT NOT NULL REFERENCES purchase, product_id TEXT NOT NULL,
    name TEXT NOT NULL, quantity INTEGER NOT NULL, cents INTEGER NOT NULL);
"""


class Database:
    """Safe to use from several threads: each transaction has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._current: ContextVar[sqlite3.Connection | None] = ContextVar("connection", default=None)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block or nothing; inside another transaction, a part of that one."""
        outer = self._current.get()
        if outer is not None:
            yield outer
            return
        with closing(self._connect()) as connection, connection:
            token = self._current.set(connection)
            try:
                yield connection
            finally:
                self._current.reset(token)

    def prepare(self) -> None:
        """Make the tables and fill them, unless that has been done."""
        with self.transaction() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
                _fill(connection)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10, isolation_level="IMMEDIATE")
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        return connection


def _fill(connection: sqlite3.Connection) -> None:
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    digest, joined_at = hash_password(password()), datetime.now(timezone.utc).isoformat()
    connection.executemany(
        "INSERT INTO customer VALUES (?, ?, ?, ?, ?, ?)",
        [(str(one.id), one.username, digest, one.name, one.staff, joined_at) for one in CUSTOMERS],
    )
    connection.executemany(
        "INSERT INTO product VALUES (?, ?, ?, ?, ?, NULL)",
        [(str(one.id), one.name, one.category.value, int(one.price * 100), one.stock) for one in PRODUCTS],
    )
