"""The applications whose requests are counted: FastAPI, and Django under WSGI and ASGI, each with little around it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from mizan_core.registry import register
from mizan_core.settings import Settings
from tests.cache.soak.in_process import ask_asgi, ask_wsgi
from tests.cache.soak.players import Answer, Request
from tests.guard import functions

SECRET = "of-the-guard-alone-0123456789abcdef"
BASE = "/api/mizan/"

NAMES = ("fastapi", "fastapi-threads", "django-wsgi", "django-asgi")


class Site(NamedTuple):
    """An application in this process.

    :param mutation: the name of the function that changes something.
    """

    ask: Callable[[Request], Answer]
    mutation: str


@contextmanager
def open_site(name: str) -> Iterator[Site]:
    """One of ``NAMES``, with coroutine functions where there is an event loop, save in ``fastapi-threads``."""
    served = functions.PLAIN if name in ("fastapi-threads", "django-wsgi") else functions.COROUTINES
    for function in served:
        register(function)
    with closing(asyncio.new_event_loop()) as loop:
        yield Site(_asking(name, loop), served[-1].name)


def _asking(name: str, loop: asyncio.AbstractEventLoop) -> Callable[[Request], Answer]:
    if name == "django-wsgi":
        return _ask_django_wsgi()
    application = _django_asgi() if name == "django-asgi" else _fastapi()

    def ask(request: Request) -> Answer:
        answer = loop.run_until_complete(ask_asgi(application, request))
        if answer is None:
            raise RuntimeError(f"{name} has not answered")
        return answer

    return ask


def _fastapi() -> Any:
    from fastapi import FastAPI

    from mizan_fastapi import create_router, mount

    app = FastAPI()
    mount(app, "/api/mizan", create_router(settings=Settings(mwt_secret=SECRET, cache_secret=SECRET)))
    return app


def _ask_django_wsgi() -> Callable[[Request], Answer]:
    _configure_django()
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    return lambda request: ask_wsgi(application, request)


def _django_asgi() -> Any:
    _configure_django()
    from django.core.asgi import get_asgi_application

    return get_asgi_application()


def _configure_django() -> None:
    from django.conf import settings

    settings.configure(
        SECRET_KEY=SECRET,
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF="tests.guard.django_urls",
        INSTALLED_APPS=["mizan"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        MIZAN_MWT_SECRET=SECRET,
        MIZAN_CACHE_SECRET=SECRET,
    )
