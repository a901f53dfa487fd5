"""The functions in a Django project, under WSGI and ASGI in one process."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import django
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import include, path
from django.utils.decorators import sync_and_async_middleware
from psycopg.conninfo import conninfo_to_dict

from tests.cache.soak import clients
from tests.cache.soak.database import PATIENCE, Database, ordered
from tests.cache.soak.world import BASE, ELSEWHERE, PAGES, TWIN

database = Database(os.environ["SOAK_DATABASE"])


def _connection_settings() -> dict[str, Any]:
    if not database.is_postgres:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": database.place, "OPTIONS": {"timeout": PATIENCE}}
    parts = conninfo_to_dict(database.place)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts["dbname"],
        "USER": parts["user"],
        "HOST": parts["host"],
    }


settings.configure(
    SECRET_KEY="soak-django-key-0123456789-abcdefghijklmnopqrstuvwxyz",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=["mizan"],
    MIDDLEWARE=[f"{__name__}.in_transaction"],
    DATABASES={"default": _connection_settings()},
    **{name: value for name, value in os.environ.items() if name.startswith("MIZAN_")},
)
django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402 - Django must be configured before
from django.core.handlers.asgi import ASGIRequest  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.backends.signals import connection_created  # noqa: E402

import mizan  # noqa: E402
from mizan_core.client import client  # noqa: E402
from mizan_core.registry import mizan_clients, register  # noqa: E402
from tests.cache.soak.strangers import from_elsewhere  # noqa: E402


class DjangoSite:
    """Django's own connections, with the transactions that its requests are in."""

    def read(self, cells: list[int]) -> list[int]:
        return ordered(_execute(database.selecting(cells)), cells)

    def bump(self, cells: list[int]) -> list[int]:
        """With a savepoint rolled back before, where there is a transaction around."""
        if connection.in_atomic_block:
            _execute(database.lock_all)
            self.attempt(cells)
        with transaction.atomic():
            return ordered(_execute(database.raising(cells)), cells)

    def attempt(self, cells: list[int]) -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(database.negating(cells))
            clients.pause()
            transaction.set_rollback(True)

    async def in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await sync_to_async(function)(*arguments)

    def is_on_lasting_loop(self, request: Any) -> bool:
        return isinstance(request, ASGIRequest)

    def user(self, request: Any) -> Any:
        return getattr(request, "user", None)

    def purge(self, context: str, **params: Any) -> None:
        mizan.purge(context, **params)


@client(affects=clients.GRID)
def stream(request: HttpRequest, a: int) -> StreamingHttpResponse:
    return _streamed(request, a)


@client(affects=clients.GRID)
async def stream_async(request: HttpRequest, a: int) -> StreamingHttpResponse:
    return _streamed(request, a)


def _streamed(request: HttpRequest, a: int) -> StreamingHttpResponse:
    parts = clients.aparts if isinstance(request, ASGIRequest) else clients.parts
    return StreamingHttpResponse(parts(request, a))


@client(route="/rows/<a>/", methods=["POST"], affects=clients.GRID)
def page(request: HttpRequest, a: int) -> HttpResponse:
    clients.write_row(request, a)
    return HttpResponse("done")


@client(route="/rows/<a>/later/", methods=["POST"], affects=clients.GRID)
async def page_stream(request: HttpRequest, a: int) -> StreamingHttpResponse:
    await clients.awrite_row(request, a)
    return _streamed(request, a)


@client(affects=clients.GRID)
def take_file(request: HttpRequest, a: int, file: UploadedFile) -> int:  # type: ignore[type-arg]  # of stubs alone
    clients.write_row(request, a)
    return len(file.read())


@client(affects=clients.GRID)
async def take_file_async(request: HttpRequest, a: int, file: UploadedFile) -> int:  # type: ignore[type-arg]  # of stubs alone
    await clients.awrite_row(request, a)
    return len(await sync_to_async(file.read)())


@sync_and_async_middleware
def in_transaction(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Under WSGI, a transaction around the requests that ask for one, as careful projects have it."""
    if iscoroutinefunction(get_response):
        return get_response

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "X-Transaction" not in request.headers:
            return get_response(request)  # type: ignore[no-any-return]
        with transaction.atomic():
            if request.method == "GET":
                # As authentication does: from here on the transaction sees the state of this moment.
                _execute(database.selecting([0]))
                clients.pause()
            response: HttpResponseBase = get_response(request)
            clients.pause()
            return response

    return middleware


def _execute(statement: str) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _make_fast(connection: Any, **_: Any) -> None:
    connection.cursor().execute(database.fast)


connection_created.connect(_make_fast)
clients.site = DjangoSite()
mizan_clients("tests.cache.soak")
for function in (stream, stream_async, page, page_stream, take_file, take_file_async, from_elsewhere):
    register(function)
urlpatterns = [
    *(path(base.removeprefix("/"), include("mizan.urls")) for base in (BASE, TWIN, ELSEWHERE)),
    *(path(prefix.removeprefix("/"), include("mizan.view_urls")) for prefix in PAGES.values()),
]
wsgi, asgi = get_wsgi_application(), get_asgi_application()
