"""The applications whose requests are counted: FastAPI, and Django under WSGI and ASGI, each with little around it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import NamedTuple

from mizan_core.registry import register
from tests.applications import configure_django, django_asgi, django_wsgi, fastapi
from tests.cache.soak.in_process import ask_asgi, ask_wsgi
from tests.cache.soak.players import Answer, Request
from tests.guard import functions

SECRET = "of-the-guard-alone-0123456789abcdef"

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
    if name.startswith("django"):
        configure_django(SECRET)
    if name == "django-wsgi":
        return partial(ask_wsgi, django_wsgi())
    application = django_asgi() if name == "django-asgi" else fastapi(SECRET, is_mounted=True)

    def ask(request: Request) -> Answer:
        answer = loop.run_until_complete(ask_asgi(application, request))
        if answer is None:
            raise RuntimeError(f"{name} has not answered")
        return answer

    return ask
