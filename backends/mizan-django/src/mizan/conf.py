"""The ``MIZAN_*`` settings of a Django project, read when they are used."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from mizan_core.settings import Settings


def load_settings() -> Settings:
    """:raises ConfigurationError: naming every setting that cannot be used."""
    return Settings.read(_get)


def gather_settings() -> Settings:
    """The settings as they are, for the system checks."""
    return Settings.gather(_get, dir(settings))


def _get(name: str) -> Any:
    return getattr(settings, name, None)
