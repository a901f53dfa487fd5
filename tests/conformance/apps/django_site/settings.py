"""A Django project with sessions, users and CSRF protection as ``startproject`` gives it."""

from __future__ import annotations

import os
from pathlib import Path

from tests.conformance.apps.accounts import SECRET

SECRET_KEY = "conformance-django-key-0123456789-abcdefghijklmnopqrstuvwxyz"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
ROOT_URLCONF = "tests.conformance.apps.django_site.urls"
LOGIN_URL = "/login/"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "mizan",
    "tests.conformance.apps.django_site.apps.SiteConfig",
]
TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [Path(__file__).parent / "templates"]}
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tests.conformance.apps.django_site.middleware.odd_user_middleware",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("CONFORMANCE_DATABASE", ":memory:"),
        "OPTIONS": {"timeout": 10},
    }
}
# Tables come straight from the models: the migrations of contrib apps take a second that no test needs.
MIGRATION_MODULES = dict.fromkeys(("auth", "contenttypes", "sessions"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # The development server's own lines, one a request.
    "loggers": {"django.server": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
}

MIZAN_MWT_SECRET = SECRET
