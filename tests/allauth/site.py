"""A Django project with allauth, for tests in a process of their own."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import django
from django.conf import settings

SECRET = "a-token-secret-of-this-test-alone"

settings.configure(
    SECRET_KEY="of-this-test-alone-0123456789-abcdefghijklmnop",
    ROOT_URLCONF="tests.allauth.urls",
    ALLOWED_HOSTS=["testserver"],
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.sites",
        "django.contrib.messages",
        "allauth",
        "allauth.account",
        "allauth.mfa",
        "allauth.socialaccount",
        "allauth.socialaccount.providers.dummy",
        "allauth.usersessions",
        "allauth.headless",
        "mizan",
        "mizan.allauth",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
        }
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": "file:allauth?mode=memory&cache=shared",
            "ATOMIC_REQUESTS": True,
        }
    },
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    SITE_ID=1,
    USE_TZ=True,
    ACCOUNT_ADAPTER="tests.allauth.adapter.Adapter",
    ACCOUNT_LOGIN_METHODS={"email", "phone"},
    ACCOUNT_SIGNUP_FIELDS=["email*", "phone", "password1*"],
    ACCOUNT_EMAIL_VERIFICATION="mandatory",
    ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED=True,
    ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND=True,
    ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND=True,
    ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND=True,
    ACCOUNT_RATE_LIMITS=False,
    ACCOUNT_LOGIN_BY_CODE_ENABLED=True,
    ACCOUNT_REAUTHENTICATION_TIMEOUT=300,
    MFA_SUPPORTED_TYPES=["totp", "recovery_codes", "webauthn"],
    MFA_PASSKEY_LOGIN_ENABLED=True,
    MFA_PASSKEY_SIGNUP_ENABLED=True,
    MFA_TRUST_ENABLED=True,
    MFA_TOTP_TOLERANCE=1,  # a code may be sent at the end of its half minute
    HEADLESS_TOKEN_STRATEGY="mizan.allauth.strategy.MWTTokenStrategy",
    HEADLESS_FRONTEND_URLS={
        "account_confirm_email": "https://shop.test/verify/{key}",
        "account_reset_password": "https://shop.test/reset",
        "account_reset_password_from_key": "https://shop.test/reset/{key}",
        "account_signup": "https://shop.test/signup",
    },
    MIZAN_MWT_SECRET=SECRET,
    MIGRATION_MODULES=dict.fromkeys(
        ("auth", "contenttypes", "sessions", "sites", "account", "mfa", "socialaccount", "usersessions")
    ),
    STATIC_URL="/static/",
)
django.setup()

from django.core import mail  # noqa: E402 - needs the settings
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

call_command("migrate", run_syncdb=True, verbosity=0)


class Caller:
    """A browser, or an application with its session token."""

    def __init__(self) -> None:
        self.http = Client(raise_request_exception=False)
        self.headers: dict[str, str] = {}

    def call(self, function: str, /, **arguments: Any) -> list[Any]:
        """Status and body."""
        body = json.dumps({"fn": f"auth.{function}", "args": arguments})
        answer = self.http.post("/api/mizan/call/", body, content_type="application/json", headers=self.headers)
        return [answer.status_code, answer.json()]

    def result(self, function: str, /, **arguments: Any) -> Any:
        """Of a call that does what it is asked for."""
        status, body = self.call(function, **arguments)
        assert status == 200, (function, body)
        return body["result"]

    def fetch(self, context: str) -> Any:
        return self.http.get(f"/api/mizan/ctx/{context}/", headers=self.headers).json()

    def obtain(self) -> list[Any]:
        """``mwt_obtain``."""
        answer = self.http.post("/api/mizan/call/", {"fn": "mwt_obtain"}, "application/json", headers=self.headers)
        return [answer.status_code, answer.json()]

    def spec(self, method: str, path: str, **body: Any) -> list[Any]:
        """The specification itself, over HTTP."""
        kind = "app" if self.headers else "browser"
        url = f"/_allauth/{kind}/v1/{path}"
        answer = self.http.generic(method, url, json.dumps(body), "application/json", headers=self.headers)
        return [answer.status_code, json.loads(answer.content)]


def key_of_last_mail() -> str:
    """The last word of the URL in it."""
    url = next(word for word in str(mail.outbox[-1].body).split() if word.startswith("https://shop.test/"))
    return unquote(url.rpartition("/")[2])


def code_of_last_mail() -> str:
    """The code in it."""
    lines = [line.strip() for line in str(mail.outbox[-1].body).splitlines()]
    return next(line for line in lines if 4 < len(line) < 12 and line.replace("-", "").isalnum() and line.isupper())
