"""Second factors of a login: codes, and browsers that are trusted."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from mizan.allauth.answers import NOT_FOUND, PENDING, RESETS, authenticated, authenticator, changing, listed, reading
from mizan.allauth.asking import ask
from mizan.allauth.types import TOTP, Authenticated, Authenticator, TOTPSetup
from mizan.client import client


@client(**RESETS)
def mfa_authenticate(request: HttpRequest, code: str) -> Authenticated:
    """The second factor of a login that is pending: a code of an authenticator, or a recovery code."""
    return authenticated(ask(request, "POST", "auth/2fa/authenticate", {"code": code}))


@client(**RESETS)
def mfa_reauthenticate(request: HttpRequest, code: str) -> Authenticated:
    """Give a second factor again, where something asks for it."""
    return authenticated(ask(request, "POST", "auth/2fa/reauthenticate", {"code": code}))


@client(**RESETS)
def mfa_trust(request: HttpRequest, response: HttpResponse, trust: bool) -> Authenticated:
    """Whether this browser is to be asked for a second factor again; the end of a login that asks."""
    said = ask(request, "POST", "auth/2fa/trust", {"trust": trust})
    response.cookies.update(said.cookies)
    return authenticated(said)


@client(**reading("auth-mfa"))
def authenticators(request: HttpRequest) -> list[Authenticator]:
    """The user's second factors."""
    return listed(ask(request, "GET", "account/authenticators"))


@client(**PENDING)
def totp(request: HttpRequest) -> TOTP:
    """The authenticator for codes; where there is none, a new secret to set one up with."""
    said = ask(request, "GET", "account/authenticators/totp", accepts=NOT_FOUND)
    if said.status in NOT_FOUND:
        setup: TOTPSetup = {"secret": said.meta["secret"], "totp_url": said.meta["totp_url"]}
        return {"authenticator": None, "setup": setup}
    return {"authenticator": said.data, "setup": None}


@client(**changing("auth-mfa"))
def totp_activate(request: HttpRequest, code: str) -> Authenticator:
    """Set up the authenticator for codes with a first one."""
    return authenticator(ask(request, "POST", "account/authenticators/totp", {"code": code}))


@client(**changing("auth-mfa"))
def totp_deactivate(request: HttpRequest) -> None:
    """Do without it."""
    ask(request, "DELETE", "account/authenticators/totp")


@client(**PENDING)
def recovery_codes(request: HttpRequest) -> Authenticator:
    """The codes that have not been used."""
    return authenticator(ask(request, "GET", "account/authenticators/recovery-codes"))


@client(**changing("auth-mfa"))
def recovery_codes_generate(request: HttpRequest) -> Authenticator:
    """New codes; earlier ones are void."""
    return authenticator(ask(request, "POST", "account/authenticators/recovery-codes"))
