"""A Django project with users, sessions and a cache."""

from __future__ import annotations

import os

from tests.conformance.apps.django_site.settings import (
    ALLOWED_HOSTS,
    DATABASES,
    DEFAULT_AUTO_FIELD,
    MIDDLEWARE,
    MIGRATION_MODULES,
    MIZAN_MWT_SECRET,
    SECRET_KEY,
    USE_TZ,
)

__all__ = (
    "ALLOWED_HOSTS",
    "DATABASES",
    "DEFAULT_AUTO_FIELD",
    "MIDDLEWARE",
    "MIGRATION_MODULES",
    "MIZAN_MWT_SECRET",
    "SECRET_KEY",
    "USE_TZ",
)

ROOT_URLCONF = "tests.cache.http.django_urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "mizan"]
DATABASES["default"]["NAME"] = os.environ["MIZAN_TEST_DATABASE"]

MIZAN_CACHE_SECRET = os.environ["MIZAN_CACHE_SECRET"]
