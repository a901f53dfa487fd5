"""Warnings about settings that can be used, and are probably not what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import NamedTuple

from mizan_core.engine import VARIABLE as ENGINE_VARIABLE
from mizan_core.engine.contract import KeyRing, Secret
from mizan_core.settings import CACHE_URLS, PREFIX, Settings, setting_fields, setting_name

SECRET_HINT = 'Make one with: python -c "import secrets; print(secrets.token_urlsafe(32))"'
WORKERS = "WEB_CONCURRENCY"
"""The environment variable by which servers are told the number of their processes."""


class WarningId(Enum):
    """What a warning is about; the value names it in logs and silences it in Django."""

    NO_TOKEN_SECRET = "mizan.W001"
    NO_CACHE_SECRET = "mizan.W003"
    CACHE_NOT_SHARED = "mizan.W004"
    ONE_SECRET_FOR_ALL = "mizan.W005"
    FRAMEWORKS_SECRET = "mizan.W006"
    GUESSABLE_SECRET = "mizan.W007"
    UNKNOWN_SETTING = "mizan.W008"
    TWO_CACHE_URLS = "mizan.W009"
    MESSAGES_NOT_SHARED = "mizan.W010"


class SettingWarning(NamedTuple):
    """A warning: what is the case, and what to do. Neither holds the value of a setting."""

    id: WarningId
    message: str
    hint: str


def warnings_about(
    settings: Settings, workers: str | None, frameworks_secret: Secret | None = None
) -> list[SettingWarning]:
    """The warnings about *settings*, whose ``problems`` are none.

    :param workers: the value of ``WORKERS``.
    :param frameworks_secret: the secret that the framework signs with itself, such as Django's ``SECRET_KEY``.
    """
    return [
        *_about_tokens(settings),
        *_about_the_cache(settings, workers),
        *_about_live(settings, workers),
        *_about_secrets(settings, frameworks_secret),
        *map(_about_unknown, settings.unknown),
    ]


def _about_tokens(settings: Settings) -> Iterator[SettingWarning]:
    """For those alone who have configured something about tokens."""
    others = [name for name in setting_fields() if name.startswith("mwt_") and name != "mwt_secret"]
    given = [name for name in others if getattr(settings, name) != Settings.__dataclass_fields__[name].default]
    if settings.mwt_secret is None and given:
        message = f"{setting_name(given[0])} is set, but {setting_name('mwt_secret')} is missing: there are no tokens."
        yield SettingWarning(WarningId.NO_TOKEN_SECRET, message, SECRET_HINT)


def _about_the_cache(settings: Settings, workers: str | None) -> Iterator[SettingWarning]:
    urls = [name for name in CACHE_URLS if getattr(settings, name)]
    if settings.cache_secret is None and urls:
        message = f"{setting_name(urls[0])} is set, but {setting_name('cache_secret')} is missing: there is no cache."
        yield SettingWarning(WarningId.NO_CACHE_SECRET, message, SECRET_HINT)
    if settings.cache_secret is not None and settings.is_in_memory and _is_several(workers):
        yield SettingWarning(
            WarningId.CACHE_NOT_SHARED,
            f"The cache is memory://, but {WORKERS} asks for {workers} worker processes: "
            "a mutation in one does not purge the memory of another.",
            "Use Redis (pip install mizan-redis, MIZAN_CACHE_URL=redis://...). "
            f"Only {WORKERS} is looked at: workers that a server's own options ask for are not seen here.",
        )
    if len({getattr(settings, name) for name in urls}) > 1:
        message = f"{' and '.join(map(setting_name, reversed(urls)))} are both set."
        yield SettingWarning(WarningId.TWO_CACHE_URLS, message, f"{setting_name(urls[0])} is used: unset one.")


def _about_live(settings: Settings, workers: str | None) -> Iterator[SettingWarning]:
    """For those alone who have said something about it."""
    warning = about_messages(settings, workers)
    if settings.live is not None and warning is not None:
        yield warning


def about_messages(settings: Settings, workers: str | None) -> SettingWarning | None:
    """The warning that live pages of one process hear nothing of another."""
    if not settings.live_settings.enabled or settings.shared_messages is not None or not _is_several(workers):
        return None
    return SettingWarning(
        WarningId.MESSAGES_NOT_SHARED,
        f"Live pages have their messages in memory, but {WORKERS} asks for {workers} worker processes: "
        "a page hears nothing of what happens in another than its own.",
        "Use Redis (pip install mizan-redis, MIZAN_BROKER_URL=redis://... or MIZAN_CACHE_URL). "
        f"Only {WORKERS} is looked at: workers that a server's own options ask for are not seen here.",
    )


def _about_secrets(settings: Settings, frameworks_secret: Secret | None) -> Iterator[SettingWarning]:
    given = {"mwt_secret": _secrets(settings.mwt_secret), "cache_secret": _secrets(settings.cache_secret)}
    if given["mwt_secret"] & given["cache_secret"]:
        message = f"{setting_name('mwt_secret')} and {setting_name('cache_secret')} are one secret."
        hint = "Whoever learns one should not have the other: make two. "
        yield SettingWarning(WarningId.ONE_SECRET_FOR_ALL, message, hint + SECRET_HINT)
    for name, secrets in given.items():
        if frameworks_secret and _secrets(frameworks_secret) & secrets:
            message = f"{setting_name(name)} is the framework's own secret."
            hint = "It signs sessions and more, and cannot be changed alone: make another. "
            yield SettingWarning(WarningId.FRAMEWORKS_SECRET, message, hint + SECRET_HINT)
        if any(len(set(secret)) == 1 for secret in secrets):
            message = f"{setting_name(name)} is one character, again and again: anybody can guess it."
            yield SettingWarning(WarningId.GUESSABLE_SECRET, message, SECRET_HINT)


def _about_unknown(name: str) -> SettingWarning:
    # Without the prefix, which is no likeness.
    near = get_close_matches(name.removeprefix(PREFIX).lower(), setting_fields(), n=1)
    hint = f"Did you mean {setting_name(near[0])}?" if near else "It has no effect."
    if name == ENGINE_VARIABLE:
        hint = "It is an environment variable alone."
    return SettingWarning(WarningId.UNKNOWN_SETTING, f"{name} is no setting of Mizan.", hint)


def _is_several(workers: str | None) -> bool:
    return workers is not None and workers.isdecimal() and int(workers) > 1


def _secrets(secret: Secret | KeyRing | None) -> set[bytes]:
    """The secrets of a setting as bytes; what is none is left to ``Settings.problems``."""
    values = secret.values() if isinstance(secret, Mapping) else (secret,)
    return {
        value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        for value in values
        if isinstance(value, str | bytes) and value
    }
