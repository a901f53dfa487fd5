"""A Django project with the functions and channels of the scenarios, as ``startproject`` would have it."""

from __future__ import annotations

import json
import os

from tests.live.functions import DATABASE

SECRET_KEY = "of-these-tests-alone"
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
ROOT_URLCONF = "tests.live.django_scenarios.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "mizan",
    "tests.live.django_scenarios.apps.ScenariosConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ[DATABASE] + ".django",
        "OPTIONS": {"timeout": 10},
    }
}
MIGRATION_MODULES = dict.fromkeys(("auth", "contenttypes", "sessions"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

MIZAN_MWT_SECRET = os.environ["MIZAN_MWT_SECRET"]
MIZAN_BROKER_URL = os.environ["MIZAN_BROKER_URL"]
MIZAN_CACHE_TIMEOUT_MS = 10_000  # a busy machine is no outage
MIZAN_LIVE = json.loads(os.environ["MIZAN_LIVE"])
