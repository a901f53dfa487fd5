"""System checks: every misconfiguration has an id, so that it can be found and silenced.

========== ================================================================
mizan.E001 ``MIZAN_MWT_SECRET`` is weak or no HMAC secret
mizan.E002 another ``MIZAN_*`` setting cannot be used
mizan.E003 the registered functions contradict one another
mizan.W001 ``MIZAN_MWT_SECRET`` is missing: tokens are neither given nor accepted
mizan.W002 ``CsrfViewMiddleware`` is not installed
========== ================================================================
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage

from mizan.conf import gather_settings
from mizan_core.registry import validate_registry

_SECRET = "MIZAN_MWT_SECRET"
_SECRET_HINT = 'Make one with: python -c "import secrets; print(secrets.token_urlsafe(32))"'
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
def check_interface(**_: Any) -> list[CheckMessage]:
    """The graph of the registered functions."""
    return [checks.Error(problem, id="mizan.E003") for problem in validate_registry()]


def _settings_error(setting: str, message: str) -> CheckMessage:
    is_secret = setting == _SECRET
    return checks.Error(
        f"{setting}: {message}.",
        hint=_SECRET_HINT if is_secret else None,
        id="mizan.E001" if is_secret else "mizan.E002",
    )
