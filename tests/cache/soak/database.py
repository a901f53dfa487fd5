"""The real store, apart from the cache: PostgreSQL where it is installed (``postgres.py``), else an SQLite file in WAL
mode. In both readers and writers run side by side; only PostgreSQL has several writers at a time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any, NamedTuple

from tests.cache.soak.world import CELLS

PATIENCE = 60
"""Seconds that a writer waits for another."""


class Database(NamedTuple):
    """Where the cells are.

    :param place: a path, or a ``postgresql://`` URL.
    """

    place: str

    @property
    def is_postgres(self) -> bool:
        return self.place.startswith("postgresql:")

    @property
    def fast(self) -> str:
        """Nothing here must survive a power cut."""
        return "SET synchronous_commit = OFF" if self.is_postgres else "PRAGMA synchronous = OFF"

    @property
    def begin(self) -> str:
        return "BEGIN" if self.is_postgres else "BEGIN IMMEDIATE"

    @property
    def lock_all(self) -> str:
        """For a transaction of several writes, before the first: its later ones could not keep the order of locks."""
        return "SELECT id FROM cell ORDER BY id FOR UPDATE" if self.is_postgres else "SELECT 1"

    def connect(self) -> Any:
        """A connection without transactions of its own making."""
        if self.is_postgres:
            import psycopg

            connection: Any = psycopg.connect(self.place, autocommit=True)
        else:
            connection = sqlite3.connect(self.place, timeout=PATIENCE, isolation_level=None)
        connection.execute(self.fast)
        return connection

    def create(self) -> None:
        """Its table, with every cell at version 0."""
        with closing(self.connect()) as connection:
            if not self.is_postgres:
                connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE cell (id INTEGER PRIMARY KEY, version INTEGER NOT NULL)")
            rows = ", ".join(f"({cell}, 0)" for cell in range(CELLS))
            connection.execute(f"INSERT INTO cell VALUES {rows}")  # noqa: S608 - they are integers

    def selecting(self, cells: Sequence[int]) -> str:
        return f"SELECT id, version FROM cell WHERE id IN ({_listed(cells)})"  # noqa: S608

    def raising(self, cells: Sequence[int]) -> str:
        return f"UPDATE cell SET version = version + 1 WHERE id IN ({self._locked(cells)}) RETURNING id, version"  # noqa: S608

    def negating(self, cells: Sequence[int]) -> str:
        return f"UPDATE cell SET version = -1 - version WHERE id IN ({self._locked(cells)})"  # noqa: S608

    def _locked(self, cells: Sequence[int]) -> str:
        """*cells*, each locked in its turn: writers that all keep one order never wait for one another in a ring."""
        if not self.is_postgres:
            return _listed(cells)
        return f"SELECT id FROM cell WHERE id IN ({_listed(cells)}) ORDER BY id FOR UPDATE"  # noqa: S608


def ordered(rows: Sequence[tuple[int, int]], cells: Sequence[int]) -> list[int]:
    """The versions in the order of *cells*."""
    versions = dict(rows)
    return [versions[cell] for cell in cells]


def _listed(cells: Sequence[int]) -> str:
    return ",".join(map(str, cells))
