"""Logging in without a framework's help: customers who know their password get a session cookie."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from uuid import UUID

from examples.shop.passwords import hash_password, is_password
from examples.shop.sqlite_database import Database

LIFETIME = timedelta(hours=8)
# Checked when nobody has the name, so that the time an answer takes does not tell who is a customer.
_NOBODYS_PASSWORD = hash_password(secrets.token_urlsafe())


@dataclass(frozen=True, slots=True)
class Account:
    """What Mizan asks of a user: who it is, and whether it may do what staff may."""

    pk: UUID
    is_staff: bool
    is_authenticated: bool = True


class Accounts:
    """Who is logged in. Only a digest of a session's key is kept: who reads the database cannot log in with it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def log_in(self, username: str, password: str) -> str | None:
        """A new session's key; None when the two do not belong together."""
        with self._database.transaction() as connection:
            row = connection.execute("SELECT id, password FROM customer WHERE username = ?", [username]).fetchone()
        if not is_password(password, row["password"] if row else _NOBODYS_PASSWORD) or row is None:
            return None
        key = secrets.token_urlsafe(32)
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM session WHERE expires_at <= ?", [_now().isoformat()])
            connection.execute(
                "INSERT INTO session VALUES (?, ?, ?)", [_digest(key), row["id"], (_now() + LIFETIME).isoformat()]
            )
        return key

    def log_out(self, key: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM session WHERE digest = ?", [_digest(key)])

    def find(self, key: str) -> Account | None:
        """Whose session *key* opens."""
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT id, is_staff FROM session JOIN customer ON id = customer_id"
                " WHERE digest = ? AND expires_at > ?",
                [_digest(key), _now().isoformat()],
            ).fetchone()
        return Account(UUID(row["id"]), bool(row["is_staff"])) if row else None

    def again(self, account: Account) -> Account | None:
        """The account as it is now; None when there is none any more."""
        with self._database.transaction() as connection:
            row = connection.execute("SELECT id, is_staff FROM customer WHERE id = ?", [str(account.pk)]).fetchone()
        return Account(UUID(row["id"]), bool(row["is_staff"])) if row else None


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _now() -> datetime:
    return datetime.now(timezone.utc)
