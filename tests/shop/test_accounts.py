"""The session cookies of the FastAPI shop: they name who logged in, and nobody else, until they expire."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from examples.shop.seed import CUSTOMERS
from examples.shop.sqlite_accounts import Accounts
from examples.shop.sqlite_database import Database

PASSWORD = "a password for tests"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    path = tmp_path / "shop.sqlite3"
    Database(path).prepare()
    return path


@pytest.fixture
def accounts(path: Path) -> Accounts:
    return Accounts(Database(path))


@pytest.mark.parametrize("customer", CUSTOMERS, ids=lambda customer: customer.username)
def test_session_names_who_logged_in(accounts: Accounts, customer: tuple[object, str, str, bool]) -> None:
    identifier, username, _, staff = customer
    account = accounts.find(log_in(accounts, username))
    assert account is not None
    assert (account.pk, account.is_staff) == (identifier, staff)


@pytest.mark.parametrize(
    ("username", "password"),
    [("ada", "wrong"), ("ada", ""), ("nobody", PASSWORD), ("", ""), ("' OR 1=1 --", PASSWORD), ("ADA", PASSWORD)],
)
def test_wrong_credentials_open_no_session(accounts: Accounts, username: str, password: str) -> None:
    assert accounts.log_in(username, password) is None


def test_unknown_key_names_nobody(accounts: Accounts) -> None:
    assert accounts.find("") is None
    assert accounts.find(log_in(accounts, "ada") + "x") is None


def test_session_ends_with_log_out(accounts: Accounts) -> None:
    ada, bea = log_in(accounts, "ada"), log_in(accounts, "bea")
    accounts.log_out(ada)
    assert accounts.find(ada) is None
    assert accounts.find(bea) is not None


def test_session_expires(accounts: Accounts, path: Path) -> None:
    key = log_in(accounts, "ada")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE session SET expires_at = '2020-01-01T00:00:00+00:00'")
    assert accounts.find(key) is None


def test_database_holds_no_password_and_no_key(accounts: Accounts, path: Path) -> None:
    key = log_in(accounts, "ada")
    content = path.read_bytes()
    assert PASSWORD.encode() not in content
    assert key.encode() not in content


def log_in(accounts: Accounts, username: str) -> str:
    key = accounts.log_in(username, PASSWORD)
    assert key is not None
    return key
