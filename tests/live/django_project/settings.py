"""A Django project with everything that a socket has to come through: sessions, hosts, tenants, refusals."""

from __future__ import annotations

import os
from pathlib import Path

_FOLDER = Path(os.environ["MIZAN_TEST_FOLDER"])

SECRET_KEY = "of-these-tests-alone"
ALLOWED_HOSTS = ["testserver", ".shop.test"]
CSRF_TRUSTED_ORIGINS = ["https://*.partner.test"]
ROOT_URLCONF = "tests.live.django_project.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "mizan",
    "tests.live.django_project.apps.ProjectConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tests.live.django_project.middleware.tenant_middleware",
    "tests.live.django_project.middleware.blocking_middleware",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(_FOLDER / "live.sqlite3"),
        "OPTIONS": {"timeout": 10},
        # A file in tests too: every visit has a thread and a connection of its own.
        "TEST": {"NAME": str(_FOLDER / "live.sqlite3")},
    }
}
MIGRATION_MODULES = dict.fromkeys(("auth", "contenttypes", "sessions"))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

MIZAN_CACHE_SECRET = "a-cache-secret-of-these-tests-0123456789"
MIZAN_MWT_SECRET = "a-token-secret-of-these-tests-0123456789"
