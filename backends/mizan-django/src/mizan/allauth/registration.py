"""Registering the functions: those whose URLs the project has."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps

from mizan.allauth import functions
from mizan_core.client import ClientFunction
from mizan_core.registry import default_registry

PREFIX = "auth."
_NEEDED = {
    "allauth.mfa": ("mfa_", "authenticators", "totp", "recovery_codes"),
    "allauth.socialaccount": ("provider",),
}
"""The apps, and how the functions begin that are there with them."""


def register_functions() -> None:
    """As ``auth.login`` and so on."""
    for name in _served():
        default_registry.register(vars(functions)[name], PREFIX + name)


def _served() -> Iterator[str]:
    for name, value in vars(functions).items():
        missing = (app for app, starts in _NEEDED.items() if name.startswith(starts) and not apps.is_installed(app))
        if isinstance(value, ClientFunction) and next(missing, None) is None:
            yield name
