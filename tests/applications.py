"""The smallest applications that serve what is registered: FastAPI, and Django under WSGI and ASGI in one process."""

from __future__ import annotations

from typing import Any

from mizan_core.settings import Settings

BASE = "/api/mizan/"


def fastapi(secret: str, *, is_mounted: bool) -> Any:
    """:param is_mounted: with one route before all others, not included as a router."""
    from fastapi import FastAPI

    from mizan_fastapi import create_router, mount

    app = FastAPI()
    router = create_router(settings=Settings(mwt_secret=secret, cache_secret=secret))
    if is_mounted:
        mount(app, BASE[:-1], router)
    else:
        app.include_router(router, prefix=BASE[:-1])
    return app


def configure_django(secret: str) -> None:
    from django.conf import settings

    settings.configure(
        SECRET_KEY=secret,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="tests.django_urls",
        INSTALLED_APPS=["mizan"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        MIZAN_MWT_SECRET=secret,
        MIZAN_CACHE_SECRET=secret,
    )


def django_wsgi() -> Any:
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


def django_asgi() -> Any:
    from django.core.asgi import get_asgi_application

    return get_asgi_application()
