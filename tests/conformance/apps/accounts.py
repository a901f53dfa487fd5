"""The users that both applications know, by name."""

from __future__ import annotations

from typing import NamedTuple


class Account(NamedTuple):
    name: str
    staff: bool
    superuser: bool
    permissions: tuple[str, ...] = ()


ACCOUNTS = {
    account.name: account
    for account in (
        Account("plain", staff=False, superuser=False),
        Account("staff", staff=True, superuser=False, permissions=("auth.add_user", "auth.view_user")),
        Account("superuser", staff=True, superuser=True),
        Account("unstaffed", staff=False, superuser=True),
    )
}

SECRET = "mizan-vector-secret-0123456789ab"
"""Signs and verifies tokens in both applications; that of the vectors, so that they can be sent to them."""

RING = {"a": "another-vector-secret-0123456789", "b": SECRET}
