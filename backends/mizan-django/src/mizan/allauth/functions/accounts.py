"""Who is asking, logging in and out, signing up, passwords."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from mizan.allauth.answers import NOBODY, PENDING, RESETS, authenticated, perhaps_authenticated, reading
from mizan.allauth.asking import ask
from mizan.allauth.types import AuthConfig, Authenticated, AuthSession, User
from mizan.client import client


@client(**reading("auth-config"))
def config(request: HttpRequest) -> AuthConfig:
    """How the project has set up its accounts."""
    said = ask(request, "GET", "config").data
    return {
        "account": said.get("account") or {},
        "socialaccount": said.get("socialaccount"),
        "mfa": said.get("mfa"),
        "usersessions": said.get("usersessions"),
    }


@client(**reading("auth"))
def session(request: HttpRequest) -> AuthSession:
    """Whoever is asking; or the ways to log in, and which of them waits for its next step."""
    said = ask(request, "GET", "auth/session", accepts=NOBODY)
    data = said.data or {}
    return {
        "is_authenticated": said.status == 200,
        "user": data.get("user"),
        "methods": data.get("methods", []),
        "flows": data.get("flows", []),
    }


@client(**RESETS)
def login(
    request: HttpRequest,
    password: str,
    username: str | None = None,
    email: str | None = None,
    phone: str | None = None,
) -> Authenticated:
    """Log in with a password and one of the names."""
    given = {"username": username, "email": email, "phone": phone, "password": password}
    return authenticated(ask(request, "POST", "auth/login", given))


@client(**RESETS)
def signup(
    request: HttpRequest,
    password: str | None = None,
    username: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    more: dict[str, Any] | None = None,
) -> Authenticated:
    """Make an account and log in; *more* are fields of the project's own."""
    given = {**(more or {}), "username": username, "email": email, "phone": phone, "password": password}
    return authenticated(ask(request, "POST", "auth/signup", given))


@client(resets=True)
def logout(request: HttpRequest) -> None:
    """Log out; doing it twice is no error."""
    ask(request, "DELETE", "auth/session", accepts=NOBODY)


@client(**RESETS)
def reauthenticate(request: HttpRequest, password: str) -> Authenticated:
    """Give the password again, where something asks for it."""
    return authenticated(ask(request, "POST", "auth/reauthenticate", {"password": password}))


@client()
def code_request(request: HttpRequest, email: str | None = None, phone: str | None = None) -> None:
    """Have a code for logging in sent; ``code_confirm`` takes it."""
    ask(request, "POST", "auth/code/request", {"email": email, "phone": phone}, NOBODY)


@client(**PENDING)
def code_resend(request: HttpRequest) -> None:
    """Have another code for a login that is pending sent."""
    ask(request, "POST", "auth/code/resend")


@client(**RESETS)
def code_confirm(request: HttpRequest, code: str) -> Authenticated:
    """Log in with the code that was sent."""
    return authenticated(ask(request, "POST", "auth/code/confirm", {"code": code}))


@client(**PENDING)
def password_request(request: HttpRequest, email: str) -> None:
    """Have a key for a new password sent; nobody learns whether there is such an account."""
    ask(request, "POST", "auth/password/request", {"email": email})


@client(**PENDING)
def password_key(request: HttpRequest, key: str) -> User | None:
    """Whose password a key that was sent is for."""
    said = ask(request, "GET", "auth/password/reset", HTTP_X_PASSWORD_RESET_KEY=key)
    found: User | None = said.data.get("user")
    return found


@client(**RESETS)
def password_reset(request: HttpRequest, key: str, password: str) -> Authenticated | None:
    """Choose a new password with the key that was sent; gives who is logged in then, where the project logs in."""
    given = {"key": key, "password": password}
    return perhaps_authenticated(ask(request, "POST", "auth/password/reset", given, NOBODY))


@client(**RESETS)
def password_change(request: HttpRequest, new_password: str, current_password: str | None = None) -> None:
    """Choose another password."""
    given = {"current_password": current_password, "new_password": new_password}
    ask(request, "POST", "account/password/change", given)
