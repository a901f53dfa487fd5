"""Django's settings.

=================== ==================================================================================
DJANGO_SECRET_KEY   signs sessions; made at start-up when left out: one process only
MIZAN_MWT_SECRET    signs tokens, 32 bytes or more; as above
MIZAN_CACHE_SECRET  derives the cache's keys; as above
MIZAN_CACHE_URL     where the cache is; the memory of this process when left out
SHOP_DATABASE       the SQLite file; in this folder when left out
=================== ==================================================================================
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY") or secrets.token_urlsafe(48)
MIZAN_MWT_SECRET = os.environ.get("MIZAN_MWT_SECRET") or secrets.token_urlsafe(32)
MIZAN_CACHE_SECRET = os.environ.get("MIZAN_CACHE_SECRET") or secrets.token_urlsafe(32)
MIZAN_CACHE_URL = os.environ.get("MIZAN_CACHE_URL") or "memory://"

ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
# The servers of ../../next and ../../react-router say which host the browser named: its origin is compared with that.
USE_X_FORWARDED_HOST = True
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "mizan",
    "examples.shop.django_project",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "examples.shop.django_project.urls"
WSGI_APPLICATION = "examples.shop.django_project.wsgi.application"
ASGI_APPLICATION = "examples.shop.django_project.asgi.application"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("SHOP_DATABASE") or Path(__file__).with_name("django.sqlite3"),
        "OPTIONS": {"timeout": 10, "transaction_mode": "IMMEDIATE"},
    }
}
AUTH_USER_MODEL = "shop.Customer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
