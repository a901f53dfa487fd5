"""System checks: every misconfiguration has an id, so that it can be found and silenced.

========== ================================================================
mizan.E001 ``MIZAN_MWT_SECRET`` is weak or no HMAC secret
mizan.E002 another ``MIZAN_*`` setting cannot be used
mizan.E003 the registered functions contradict one another
mizan.E004 ``MIZAN_CACHE_SECRET`` is weak or no HMAC secret
mizan.E005 no installed package can use ``MIZAN_CACHE_URL``
mizan.W001 another ``MIZAN_MWT_*`` setting is set, but ``MIZAN_MWT_SECRET`` is missing: there are no tokens
mizan.W002 ``CsrfViewMiddleware`` is not installed
mizan.W003 a cache URL is set, but ``MIZAN_CACHE_SECRET`` is missing: there is no cache
mizan.W004 the cache is ``memory://``, and ``WEB_CONCURRENCY`` asks for several worker processes
mizan.W005 ``MIZAN_MWT_SECRET`` and ``MIZAN_CACHE_SECRET`` are one secret
mizan.W006 one of them is Django's ``SECRET_KEY``
mizan.W007 one of them is one character, again and again
mizan.W008 a ``MIZAN_*`` setting is none
mizan.W009 ``MIZAN_CACHE_URL`` and ``MIZAN_CACHE_REDIS_URL`` are both set
mizan.W010 ``MIZAN_LIVE`` is set, and live pages of several worker processes have their messages in memory
========== ================================================================
"""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured

from mizan.conf import check_problem, gather_settings
from mizan_core.errors import ConfigurationError
from mizan_core.ir import validate_registry
from mizan_core.setting_warnings import SECRET_HINT, WORKERS, warnings_about
from mizan_core.settings import setting_name

_SECRET = "MIZAN_MWT_SECRET"
_CACHE_SECRET = "MIZAN_CACHE_SECRET"
_CSRF_MIDDLEWARE = "django.middleware.csrf.CsrfViewMiddleware"


@checks.register("mizan")
def check_settings(**_: Any) -> list[CheckMessage]:
    """The values of the ``MIZAN_*`` settings."""
    configured = gather_settings()
    problem = check_problem(configured)
    problems = [*configured.problems(), *([] if problem is None else [problem])]
    messages: list[CheckMessage] = [_settings_error(*each) for each in problems]
    warnings = [] if messages else warnings_about(configured, os.environ.get(WORKERS), _djangos_secret())
    messages += [checks.Warning(warning.message, hint=warning.hint, id=warning.id.value) for warning in warnings]
    if _CSRF_MIDDLEWARE not in settings.MIDDLEWARE:
        messages.append(
            checks.Warning(
                f"{_CSRF_MIDDLEWARE} is not in MIDDLEWARE.",
                hint="Mizan checks its own calls, but nothing protects the other views.",
                id="mizan.W002",
            )
        )
    return messages


@checks.register("mizan")
def check_cache(**_: Any) -> list[CheckMessage]:
    """Whether the settings make a cache."""
    configured = gather_settings()
    if configured.problems():
        return []
    try:
        configured.open_store()
    except ConfigurationError as error:
        return [checks.Error(f"{setting_name(configured.store_url_field)}: {error}.", id="mizan.E005")]
    return []


@checks.register("mizan")
def check_interface(**_: Any) -> list[CheckMessage]:
    """The graph of the registered functions."""
    return [checks.Error(problem, id="mizan.E003") for problem in validate_registry()]


def _djangos_secret() -> str | None:
    try:
        return str(settings.SECRET_KEY)
    except ImproperlyConfigured:  # Django's own checks say so
        return None


def _settings_error(setting: str, message: str) -> CheckMessage:
    identifier = {_SECRET: "mizan.E001", _CACHE_SECRET: "mizan.E004"}.get(setting, "mizan.E002")
    return checks.Error(
        f"{setting}: {message}.", hint=None if identifier == "mizan.E002" else SECRET_HINT, id=identifier
    )
