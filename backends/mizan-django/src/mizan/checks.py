"""System checks: every misconfiguration has an id, so that it can be found and silenced.

========== ================================================================
mizan.E001 ``MIZAN_MWT_SECRET`` is weak or no HMAC secret
mizan.E002 another ``MIZAN_*`` setting cannot be used
mizan.E003 the registered functions contradict one another
mizan.E004 ``MIZAN_CACHE_SECRET`` is weak or no HMAC secret
mizan.E005 no installed package can use ``MIZAN_CACHE_URL``
mizan.W001 ``MIZAN_MWT_SECRET`` is missing: tokens are neither given nor accepted
mizan.W002 ``CsrfViewMiddleware`` is not installed
mizan.W003 a cache URL is set, but ``MIZAN_CACHE_SECRET`` is missing: there is no cache
mizan.W004 the cache is ``memory://``, and ``WEB_CONCURRENCY`` asks for several worker processes
========== ================================================================
"""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage

from mizan.conf import gather_settings
from mizan_core.cache.opening import MEMORY, scheme_of
from mizan_core.errors import ConfigurationError
from mizan_core.registry import validate_registry

_SECRET = "MIZAN_MWT_SECRET"
_SECRET_HINT = 'Make one with: python -c "import secrets; print(secrets.token_urlsafe(32))"'
_CACHE_SECRET = "MIZAN_CACHE_SECRET"
_WORKERS = "WEB_CONCURRENCY"
_CSRF_MIDDLEWARE = "django.middleware.csrf.CsrfViewMiddleware"


@checks.register("mizan")
def check_settings(**_: Any) -> list[CheckMessage]:
    """The values of the ``MIZAN_*`` settings."""
    configured = gather_settings()
    messages: list[CheckMessage] = [_settings_error(*problem) for problem in configured.problems()]
    if configured.mwt_secret is None:
        messages.append(
            checks.Warning(
                f"{_SECRET} is missing: tokens are neither given nor accepted.", hint=_SECRET_HINT, id="mizan.W001"
            )
        )
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
    """Whether the settings make a cache, and one that all processes share."""
    configured = gather_settings()
    if configured.problems():
        return []
    if configured.cache_secret is None:
        return _without_secret()
    try:
        configured.open_store()
    except ConfigurationError as error:
        return [checks.Error(f"{_url_setting()}: {error}.", id="mizan.E005")]
    return _not_shared() if scheme_of(configured.store_url) == MEMORY else []


@checks.register("mizan")
def check_interface(**_: Any) -> list[CheckMessage]:
    """The graph of the registered functions."""
    return [checks.Error(problem, id="mizan.E003") for problem in validate_registry()]


def _without_secret() -> list[CheckMessage]:
    if _url_setting() is None:
        return []
    message = f"{_url_setting()} is set, but {_CACHE_SECRET} is missing: there is no cache."
    return [checks.Warning(message, hint=_SECRET_HINT, id="mizan.W003")]


def _not_shared() -> list[CheckMessage]:
    workers = os.environ.get(_WORKERS, "")
    if not workers.isdecimal() or int(workers) < 2:
        return []
    return [
        checks.Warning(
            f"The cache is memory://, but {_WORKERS} asks for {int(workers)} worker processes: "
            "a mutation in one does not purge the memory of another.",
            hint="Use Redis (pip install mizan-redis, MIZAN_CACHE_URL=redis://...). "
            f"Only {_WORKERS} is looked at: workers that a server's own options ask for are not seen here.",
            id="mizan.W004",
        )
    ]


def _url_setting() -> str | None:
    """The setting that says where the cache is; None when it is left to the default."""
    names = ("MIZAN_CACHE_REDIS_URL", "MIZAN_CACHE_URL")
    return next((name for name in names if getattr(settings, name, None)), None)


def _settings_error(setting: str, message: str) -> CheckMessage:
    identifier = {_SECRET: "mizan.E001", _CACHE_SECRET: "mizan.E004"}.get(setting, "mizan.E002")
    return checks.Error(
        f"{setting}: {message}.", hint=None if identifier == "mizan.E002" else _SECRET_HINT, id=identifier
    )
