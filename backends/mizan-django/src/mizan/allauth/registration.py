"""Registering the functions: those whose URLs the project has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from django.apps import apps
from django.conf import settings

from mizan.allauth.functions import accounts, addresses, factors, passkeys, providers, sessions
from mizan_core.client import ClientFunction
from mizan_core.registry import default_registry

PREFIX = "auth."
_USUAL = ("recovery_codes", "totp")
"""Second factors, where the project says nothing."""
_MODULES = (accounts, addresses, factors, passkeys, providers, sessions)


def _has(app: str) -> Callable[[], bool]:
    return lambda: apps.is_installed(app)


def _is_on(setting: str) -> Callable[[], bool]:
    return lambda: bool(getattr(settings, setting, False))


def _has_factor(kind: str) -> Callable[[], bool]:
    return lambda: apps.is_installed("allauth.mfa") and kind in getattr(settings, "MFA_SUPPORTED_TYPES", _USUAL)


def _has_phones() -> bool:
    names = (*getattr(settings, "ACCOUNT_LOGIN_METHODS", ()), *getattr(settings, "ACCOUNT_SIGNUP_FIELDS", ()))
    return any(str(name).rstrip("*") == "phone" for name in names)


_NEEDED: Mapping[str, Callable[[], bool]] = {
    "code_": _is_on("ACCOUNT_LOGIN_BY_CODE_ENABLED"),
    "phone": _has_phones,
    "mfa_": _has("allauth.mfa"),
    "mfa_trust": _is_on("MFA_TRUST_ENABLED"),
    "authenticators": _has("allauth.mfa"),
    "totp": _has_factor("totp"),
    "recovery_codes": _has_factor("recovery_codes"),
    "webauthn_": _has_factor("webauthn"),
    "webauthn_login": _is_on("MFA_PASSKEY_LOGIN_ENABLED"),
    "webauthn_signup": _is_on("MFA_PASSKEY_SIGNUP_ENABLED"),
    "provider": _has("allauth.socialaccount"),
    "sessions": _has("allauth.usersessions"),
}
"""What functions need whose names begin so."""


def register_functions() -> None:
    """As ``auth.login`` and so on."""
    for name, function in _served():
        default_registry.register(function, PREFIX + name)


def _served() -> Iterator[tuple[str, ClientFunction[..., object]]]:
    for module in _MODULES:
        for name, value in vars(module).items():
            needed = (is_there for start, is_there in _NEEDED.items() if name.startswith(start))
            if isinstance(value, ClientFunction) and all(is_there() for is_there in needed):
                yield name, value
