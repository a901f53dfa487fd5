"""The server functions: each is one request of the specification, with its own types."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest

from mizan.allauth.asking import Said, ask, error_of, redirect
from mizan.allauth.types import (
    TOTP,
    AuthConfig,
    Authenticated,
    Authenticator,
    AuthPending,
    AuthSession,
    EmailAddress,
    ProviderAccount,
    Redirection,
    TOTPSetup,
    VerifiedEmail,
)
from mizan_core.client import Options, client

PENDING: Options = {"errors": [AuthPending]}
"""What may need another step."""
RESETS: Options = {"errors": [AuthPending], "resets": True}
"""What makes somebody else of whoever calls."""
_NOBODY, _NOT_FOUND = (401, 410), (404,)


def _changing(context: str) -> Options:
    return {"errors": [AuthPending], "affects": context}


def _reading(context: str) -> Options:
    return {"errors": [AuthPending], "context": context, "cache": False}


# Who is asking.


@client(**_reading("auth-config"))
def config(request: HttpRequest) -> AuthConfig:
    """How the project has set up its accounts."""
    said = ask(request, "GET", "config").data
    return {
        "account": said.get("account") or {},
        "socialaccount": said.get("socialaccount"),
        "mfa": said.get("mfa"),
        "usersessions": said.get("usersessions"),
    }


@client(**_reading("auth"))
def session(request: HttpRequest) -> AuthSession:
    """Whoever is asking; or the ways to log in, and which of them waits for its next step."""
    said = ask(request, "GET", "auth/session", accepts=_NOBODY)
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
    return _authenticated(ask(request, "POST", "auth/login", given))


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
    return _authenticated(ask(request, "POST", "auth/signup", given))


@client(resets=True)
def logout(request: HttpRequest) -> None:
    """Log out; doing it twice is no error."""
    ask(request, "DELETE", "auth/session", accepts=_NOBODY)


@client(**RESETS)
def reauthenticate(request: HttpRequest, password: str) -> Authenticated:
    """Give the password again, where something asks for it."""
    return _authenticated(ask(request, "POST", "auth/reauthenticate", {"password": password}))


@client()
def code_request(request: HttpRequest, email: str | None = None, phone: str | None = None) -> None:
    """Have a code for logging in sent; ``code_confirm`` takes it."""
    ask(request, "POST", "auth/code/request", {"email": email, "phone": phone}, _NOBODY)


@client(**RESETS)
def code_confirm(request: HttpRequest, code: str) -> Authenticated:
    """Log in with the code that was sent."""
    return _authenticated(ask(request, "POST", "auth/code/confirm", {"code": code}))


# Passwords.


@client(**PENDING)
def password_request(request: HttpRequest, email: str) -> None:
    """Have a key for a new password sent; nobody learns whether there is such an account."""
    ask(request, "POST", "auth/password/request", {"email": email})


@client(**RESETS)
def password_reset(request: HttpRequest, key: str, password: str) -> Authenticated | None:
    """Choose a new password with the key that was sent; gives who is logged in then, where the project logs in."""
    given = {"key": key, "password": password}
    return _perhaps_authenticated(ask(request, "POST", "auth/password/reset", given, _NOBODY))


@client(**RESETS)
def password_change(request: HttpRequest, new_password: str, current_password: str | None = None) -> None:
    """Choose another password."""
    given = {"current_password": current_password, "new_password": new_password}
    ask(request, "POST", "account/password/change", given)


# Addresses.


@client(**PENDING)
def email_key(request: HttpRequest, key: str) -> VerifiedEmail:
    """Whose address a key that was sent stands for."""
    said = ask(request, "GET", "auth/email/verify", HTTP_X_EMAIL_VERIFICATION_KEY=key)
    return {
        "email": said.data["email"],
        "user": said.data.get("user"),
        "is_authenticating": bool(said.meta.get("is_authenticating")),
    }


@client(**RESETS)
def email_verify(request: HttpRequest, key: str) -> Authenticated | None:
    """Confirm an address with the key that was sent; gives who is logged in then, if anybody is."""
    return _perhaps_authenticated(ask(request, "POST", "auth/email/verify", {"key": key}, _NOBODY))


@client(**PENDING)
def email_resend(request: HttpRequest) -> None:
    """Have the key of a pending verification sent once more."""
    ask(request, "POST", "auth/email/verify/resend")


@client(**_reading("auth-emails"))
def emails(request: HttpRequest) -> list[EmailAddress]:
    """The user's addresses."""
    return _list(ask(request, "GET", "account/email"))


@client(**_changing("auth-emails"))
def email_add(request: HttpRequest, email: str) -> list[EmailAddress]:
    """Add an address, which then has to be verified."""
    return _list(ask(request, "POST", "account/email", {"email": email}))


@client(**_changing("auth-emails"))
def email_make_primary(request: HttpRequest, email: str) -> list[EmailAddress]:
    """Make a verified address the primary one."""
    return _list(ask(request, "PATCH", "account/email", {"email": email, "primary": True}))


@client(**_changing("auth-emails"))
def email_remove(request: HttpRequest, email: str) -> list[EmailAddress]:
    """Remove an address."""
    return _list(ask(request, "DELETE", "account/email", {"email": email}))


# Second factors.


@client(**RESETS)
def mfa_authenticate(request: HttpRequest, code: str) -> Authenticated:
    """The second factor of a login that is pending: a code of an authenticator, or a recovery code."""
    return _authenticated(ask(request, "POST", "auth/2fa/authenticate", {"code": code}))


@client(**RESETS)
def mfa_reauthenticate(request: HttpRequest, code: str) -> Authenticated:
    """Give a second factor again, where something asks for it."""
    return _authenticated(ask(request, "POST", "auth/2fa/reauthenticate", {"code": code}))


@client(**_reading("auth-mfa"))
def authenticators(request: HttpRequest) -> list[Authenticator]:
    """The user's second factors."""
    return _list(ask(request, "GET", "account/authenticators"))


@client(**PENDING)
def totp(request: HttpRequest) -> TOTP:
    """The authenticator for codes; where there is none, a new secret to set one up with."""
    said = ask(request, "GET", "account/authenticators/totp", accepts=_NOT_FOUND)
    if said.status in _NOT_FOUND:
        setup: TOTPSetup = {"secret": said.meta["secret"], "totp_url": said.meta["totp_url"]}
        return {"authenticator": None, "setup": setup}
    return {"authenticator": said.data, "setup": None}


@client(**_changing("auth-mfa"))
def totp_activate(request: HttpRequest, code: str) -> Authenticator:
    """Set up the authenticator for codes with a first one."""
    activated: Authenticator = ask(request, "POST", "account/authenticators/totp", {"code": code}).data
    return activated


@client(**_changing("auth-mfa"))
def totp_deactivate(request: HttpRequest) -> None:
    """Do without it."""
    ask(request, "DELETE", "account/authenticators/totp")


@client(**PENDING)
def recovery_codes(request: HttpRequest) -> Authenticator:
    """The codes that have not been used."""
    codes: Authenticator = ask(request, "GET", "account/authenticators/recovery-codes").data
    return codes


@client(**_changing("auth-mfa"))
def recovery_codes_generate(request: HttpRequest) -> Authenticator:
    """New codes; earlier ones are void."""
    codes: Authenticator = ask(request, "POST", "account/authenticators/recovery-codes").data
    return codes


# Providers.


@client(**_reading("auth-providers"))
def providers(request: HttpRequest) -> list[ProviderAccount]:
    """The user's accounts elsewhere."""
    return _list(ask(request, "GET", "account/providers"))


@client(**_changing("auth-providers"))
def provider_disconnect(request: HttpRequest, provider: str, account: str) -> list[ProviderAccount]:
    """Do without one of them."""
    return _list(ask(request, "DELETE", "account/providers", {"provider": provider, "account": account}))


@client(**PENDING)
def provider_redirect(
    request: HttpRequest, provider: str, callback_url: str, process: Literal["login", "connect"] = "login"
) -> Redirection:
    """Where the browser goes to log in with a provider."""
    form = {"provider": provider, "callback_url": callback_url, "process": process}
    return {"location": redirect(request, "auth/provider/redirect", form)}


@client(**RESETS)
def provider_token(
    request: HttpRequest, provider: str, token: dict[str, str], process: Literal["login", "connect"] = "login"
) -> Authenticated:
    """Log in with what a provider has given: ``client_id`` and ``id_token`` or ``access_token``."""
    given = {"provider": provider, "process": process, "token": token}
    return _authenticated(ask(request, "POST", "auth/provider/token", given))


@client(**RESETS)
def provider_signup(request: HttpRequest, email: str, more: dict[str, Any] | None = None) -> Authenticated:
    """Complete an account that a provider did not know all of."""
    return _authenticated(ask(request, "POST", "auth/provider/signup", {**(more or {}), "email": email}))


def _authenticated(said: Said) -> Authenticated:
    data, meta = said.data or {}, said.meta
    return {
        "user": data.get("user", {}),
        "methods": data.get("methods", []),
        "session_token": meta.get("session_token"),
        "access_token": meta.get("access_token"),
        "expires_in": meta.get("expires_in"),
    }


def _perhaps_authenticated(said: Said) -> Authenticated | None:
    """Whoever is logged in now; None where nobody is, and nothing waits for that."""
    if said.status not in _NOBODY:
        return _authenticated(said)
    error = error_of(said)
    if isinstance(error, AuthPending):
        raise error
    return None


def _list(said: Said) -> list[Any]:
    return said.data if isinstance(said.data, list) else []
