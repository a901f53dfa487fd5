"""The ``MIZAN_*`` settings of a Django project, read when they are used."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from mizan.tokens import has_user_model
from mizan_core.errors import ConfigurationError
from mizan_core.settings import ALWAYS, Problem, Settings


def load_settings() -> Settings:
    """:raises ConfigurationError: naming every setting that cannot be used."""
    loaded = Settings.read(_get)
    problem = check_problem(loaded)
    if problem is not None:
        raise ConfigurationError(f"{problem.setting}: {problem.message}")
    return loaded


def check_problem(configured: Settings) -> Problem | None:
    """What is wrong with ``MIZAN_MWT_CHECK`` in this project."""
    if configured.mwt_check != ALWAYS or has_user_model():
        return None
    return Problem("MIZAN_MWT_CHECK", "always needs users: AUTH_USER_MODEL names no installed model")


def gather_settings() -> Settings:
    """The settings as they are, for the system checks."""
    return Settings.gather(_get, dir(settings))


def _get(name: str) -> Any:
    return getattr(settings, name, None)
