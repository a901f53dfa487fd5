"""Passkeys and security keys (WebAuthn): as the way to log in, to sign up, and as a second factor.

Options are for a browser's ``PublicKeyCredential.parseRequestOptionsFromJSON()`` or ``parseCreationOptionsFromJSON()``,
credentials what their ``toJSON()`` gives.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from mizan.allauth.answers import PENDING, RESETS, authenticated, authenticator, changing
from mizan.allauth.asking import Said, ask
from mizan.allauth.types import Authenticated, Authenticator
from mizan.client import client

_OWN = "account/authenticators/webauthn"


@client(**PENDING)
def webauthn_login_options(request: HttpRequest) -> dict[str, Any]:
    """What to log in with a passkey with."""
    return _options(ask(request, "GET", "auth/webauthn/login"))


@client(**RESETS)
def webauthn_login(request: HttpRequest, credential: dict[str, Any]) -> Authenticated:
    """Log in with a passkey."""
    return authenticated(ask(request, "POST", "auth/webauthn/login", {"credential": credential}))


@client(**RESETS)
def webauthn_signup(
    request: HttpRequest,
    email: str | None = None,
    username: str | None = None,
    phone: str | None = None,
    more: dict[str, Any] | None = None,
) -> Authenticated:
    """Make an account without a password; *more* are fields of the project's own. The passkey is its last step."""
    given = {**(more or {}), "email": email, "username": username, "phone": phone}
    return authenticated(ask(request, "POST", "auth/webauthn/signup", given))


@client(**PENDING)
def webauthn_signup_options(request: HttpRequest) -> dict[str, Any]:
    """What to make the passkey of a new account with."""
    return _options(ask(request, "GET", "auth/webauthn/signup"))


@client(**RESETS)
def webauthn_signup_complete(
    request: HttpRequest, credential: dict[str, Any], name: str | None = None
) -> Authenticated:
    """Give the new account its passkey, and log in."""
    return authenticated(ask(request, "PUT", "auth/webauthn/signup", {"name": name, "credential": credential}))


@client(**PENDING)
def webauthn_authenticate_options(request: HttpRequest) -> dict[str, Any]:
    """What to give a key as the second factor of a login that is pending with."""
    return _options(ask(request, "GET", "auth/webauthn/authenticate"))


@client(**RESETS)
def webauthn_authenticate(request: HttpRequest, credential: dict[str, Any]) -> Authenticated:
    """A key as the second factor of a login that is pending."""
    return authenticated(ask(request, "POST", "auth/webauthn/authenticate", {"credential": credential}))


@client(**PENDING)
def webauthn_reauthenticate_options(request: HttpRequest) -> dict[str, Any]:
    """What to give a key again with."""
    return _options(ask(request, "GET", "auth/webauthn/reauthenticate"))


@client(**RESETS)
def webauthn_reauthenticate(request: HttpRequest, credential: dict[str, Any]) -> Authenticated:
    """Give a key again, where something asks for it."""
    return authenticated(ask(request, "POST", "auth/webauthn/reauthenticate", {"credential": credential}))


@client(**PENDING)
def webauthn_add_options(request: HttpRequest, passwordless: bool = False) -> dict[str, Any]:
    """What to add a key with; one that is *passwordless* is a passkey, with which one logs in."""
    return _options(ask(request, "GET", _OWN, query="passwordless" if passwordless else ""))


@client(**changing("auth-mfa"))
def webauthn_add(request: HttpRequest, credential: dict[str, Any], name: str | None = None) -> Authenticator:
    """Add a key."""
    return authenticator(ask(request, "POST", _OWN, {"name": name, "credential": credential}))


@client(**changing("auth-mfa"))
def webauthn_rename(request: HttpRequest, key_id: int, name: str) -> Authenticator:
    """Call a key something else."""
    return authenticator(ask(request, "PUT", _OWN, {"id": key_id, "name": name}))


@client(**changing("auth-mfa"))
def webauthn_remove(request: HttpRequest, ids: list[int]) -> None:
    """Do without some keys."""
    ask(request, "DELETE", _OWN, {"authenticators": ids})


def _options(said: Said) -> dict[str, Any]:
    options: dict[str, Any] = said.data.get("request_options") or said.data["creation_options"]
    return options
