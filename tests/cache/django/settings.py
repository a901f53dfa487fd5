"""A Django project with two databases and a cache."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

_FOLDER = Path(os.environ["MIZAN_TEST_FOLDER"])


def _database(name: str) -> dict[str, Any]:
    """On disk in tests too, so that threads meet as the requests of a server do."""
    file = str(_FOLDER / f"{name}.sqlite3")
    journal = f"PRAGMA journal_mode={os.environ['MIZAN_TEST_JOURNAL']}"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {"timeout": 10, "init_command": journal},
        "TEST": {"NAME": file},
    }


SECRET_KEY = "of-these-tests-alone"
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "tests.cache.django.urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "mizan", "tests.cache.django.apps.ShopConfig"]
MIDDLEWARE: list[str] = []
DATABASES = {name: _database(name) for name in ("default", "archive")}
MIGRATION_MODULES = dict.fromkeys(("auth", "contenttypes"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

MIZAN_CACHE_SECRET = "a-cache-secret-of-these-tests-0123456789"
