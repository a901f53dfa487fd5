"""The real store, apart from the cache: an SQLite file in WAL mode, so that readers and a writer run side by side."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.cache.soak.world import CELLS

PATIENCE = 60
"""Seconds that a writer waits for another."""
FAST = "PRAGMA synchronous = OFF"
"""Nothing here must survive a power cut."""


def create(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE cell (id INTEGER PRIMARY KEY, version INTEGER NOT NULL)")
        connection.executemany("INSERT INTO cell VALUES (?, 0)", [(cell,) for cell in range(CELLS)])


def connect(path: Path) -> sqlite3.Connection:
    """A connection without transactions of its own making."""
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    connection.execute(FAST)
    return connection


def selecting(cells: Sequence[int]) -> str:
    return f"SELECT id, version FROM cell WHERE id IN ({_listed(cells)})"  # noqa: S608 - they are integers


def raising(cells: Sequence[int]) -> str:
    return f"UPDATE cell SET version = version + 1 WHERE id IN ({_listed(cells)}) RETURNING id, version"  # noqa: S608


def negating(cells: Sequence[int]) -> str:
    return f"UPDATE cell SET version = -1 - version WHERE id IN ({_listed(cells)})"  # noqa: S608


def ordered(rows: Sequence[tuple[int, int]], cells: Sequence[int]) -> list[int]:
    """The versions in the order of *cells*."""
    versions = dict(rows)
    return [versions[cell] for cell in cells]


def _listed(cells: Sequence[int]) -> str:
    return ",".join(map(str, cells))
