"""Accounts of providers."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest

from mizan.allauth.answers import PENDING, RESETS, authenticated, changing, listed, reading
from mizan.allauth.asking import ask, redirect
from mizan.allauth.types import Authenticated, ProviderAccount, ProviderSignup, Redirection
from mizan.client import client


@client(**reading("auth-providers"))
def providers(request: HttpRequest) -> list[ProviderAccount]:
    """The user's accounts elsewhere."""
    return listed(ask(request, "GET", "account/providers"))


@client(**changing("auth-providers"))
def provider_disconnect(request: HttpRequest, provider: str, account: str) -> list[ProviderAccount]:
    """Do without one of them."""
    return listed(ask(request, "DELETE", "account/providers", {"provider": provider, "account": account}))


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
    return authenticated(ask(request, "POST", "auth/provider/token", given))


@client(**PENDING)
def provider_signup_info(request: HttpRequest) -> ProviderSignup:
    """What a provider has said of an account that is not complete."""
    info: ProviderSignup = ask(request, "GET", "auth/provider/signup").data
    return info


@client(**RESETS)
def provider_signup(
    request: HttpRequest,
    email: str | None = None,
    username: str | None = None,
    phone: str | None = None,
    more: dict[str, Any] | None = None,
) -> Authenticated:
    """Complete an account that a provider did not know all of; *more* are fields of the project's own."""
    given = {**(more or {}), "email": email, "username": username, "phone": phone}
    return authenticated(ask(request, "POST", "auth/provider/signup", given))
