"""The sites: one interface behind FastAPI, and behind Django as a WSGI and as an ASGI application."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal

from mizan_core.cache.backend import BackendUnavailable
from mizan_core.cache.flights import Flight, Flights, State
from mizan_core.cache.memory import MemoryCache
from mizan_core.cache.store import Store
from mizan_core.call.dispatcher import Dispatcher
from mizan_core.engine import ENGINE
from tests.conformance.caller import Caller
from tests.conformance.tokens import mint

NAMES = ("fastapi", "django-wsgi", "django-asgi")


class WatchedCache(MemoryCache):
    """Memory whose clock the test moves, and that it can take away."""

    def __init__(self) -> None:
        self.now = 0.0
        self.is_away = False
        super().__init__(timer=lambda: self.now)

    def read(self, keys: Sequence[str]) -> list[bytes | None]:
        self._be_there()
        return super().read(keys)

    def claim(self, values: Mapping[str, bytes], ttl: int) -> list[bytes]:
        self._be_there()
        return super().claim(values, ttl)

    def write(self, values: Mapping[str, bytes], ttl: int, witnesses: Sequence[str] = ()) -> list[bytes | None]:
        self._be_there()
        return super().write(values, ttl, witnesses)

    def save(self, key: str, value: bytes, ttl: int, tags: Sequence[str], tag_ttl: int) -> None:
        self._be_there()
        super().save(key, value, ttl, tags, tag_ttl)

    def delete(self, keys: Sequence[str]) -> None:
        self._be_there()
        super().delete(keys)

    def _be_there(self) -> None:
        if self.is_away:
            raise BackendUnavailable("it is away")


class WatchedFlights(Flights):
    """Flights whose passengers are counted."""

    def __init__(self) -> None:
        self.joined = 0
        super().__init__()

    def join(self, state: State) -> tuple[Flight, bool]:
        found = super().join(state)
        with self._lock:
            self.joined += 1
        return found


class Bridge(httpx.BaseTransport):
    """Requests of threads to an ASGI application, each a task of one event loop."""

    def __init__(self, portal: BlockingPortal, app: Any) -> None:
        self._portal = portal
        self.asynchronous = httpx.ASGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._portal.call(self._handle, request)

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        response = await self.asynchronous.handle_async_request(request)
        body = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, content=body)


@dataclass
class Site:
    """One application.

    :param package: what the adapter offers to server code: ``purge`` and ``apurge``.
    :param portal: the event loop that it runs on, if it does.
    """

    name: str
    dispatcher: Dispatcher
    transport: httpx.BaseTransport
    package: Any
    portal: BlockingPortal
    cache: WatchedCache = field(default_factory=WatchedCache)
    flights: WatchedFlights = field(default_factory=WatchedFlights)

    @property
    def is_django(self) -> bool:
        return self.name.startswith("django")

    def empty(self) -> None:
        """Start with a new cache, which nobody waits for."""
        self.cache, self.flights = WatchedCache(), WatchedFlights()
        caching = self.dispatcher.interface().caching
        assert caching is not None, "MIZAN_CACHE_SECRET is not set"
        caching.store = Store(self.cache, ENGINE.CacheKeyer("a-secret-of-the-watched-cache-012345"))
        caching.flights = self.flights

    def call_alone(self, function: str, arguments: Mapping[str, Any]) -> None:
        """Call a function in a process that may end with it: on an event loop of its own, where the site has one.

        It raises what the server would see.
        """
        if isinstance(self.transport, Bridge):
            asyncio.run(self.acall(function, arguments))
        else:
            self.stranger().call(function, arguments)

    def fetch_alone(self, context: str, parameters: Mapping[str, Any]) -> None:
        """As ``call_alone``."""
        if isinstance(self.transport, Bridge):
            asyncio.run(self._ask("GET", f"/api/mizan/ctx/{context}/", params=dict(parameters)))
        else:
            self.stranger().fetch(context, **parameters)

    async def acall(self, function: str, arguments: Mapping[str, Any]) -> None:
        """Call a function from the running event loop."""
        await self._ask("POST", "/api/mizan/call/", json={"fn": function, "args": dict(arguments)})

    async def _ask(self, method: str, url: str, **options: Any) -> None:
        assert isinstance(self.transport, Bridge), "the site has no event loop"
        async with httpx.AsyncClient(transport=self.transport.asynchronous, base_url="http://testserver") as http:
            await http.request(method, url, **options)

    def stranger(self) -> Caller:
        """Nobody in particular, with cookies of their own."""
        return Caller(httpx.Client(transport=self.transport, base_url="http://testserver"))

    def bearer(self, sub: str, **claims: Any) -> Caller:
        """A caller with a token."""
        return Caller(self.stranger().http, {"X-Mizan-Token": mint(sub, **claims)})

    def member(self, name: str) -> Caller:
        """A caller with the session of an account."""
        http = self.stranger().http
        http.get(f"/test/login/{name}/").raise_for_status()
        token = Caller(http).session().json["csrfToken"]
        return Caller(http, {} if token is None else {"X-CSRFToken": token})

    def member_id(self, name: str) -> str:
        http = self.stranger().http
        return str(http.get(f"/test/login/{name}/").raise_for_status().json()["id"])


def open_site(name: str, portal: BlockingPortal) -> Site:
    """The application, with its functions registered."""
    from tests.cache.http import functions, identities  # noqa: F401 - they register them

    if name == "fastapi":
        import mizan_fastapi
        from tests.cache.http.fastapi_app import app

        return Site(name, mizan_fastapi.router._dispatcher, Bridge(portal, app), mizan_fastapi, portal)
    import mizan
    from mizan.serving import dispatcher

    if name == "django-asgi":
        from django.core.handlers.asgi import ASGIHandler

        return Site(name, dispatcher, Bridge(portal, ASGIHandler()), mizan, portal)
    from django.core.handlers.wsgi import WSGIHandler

    return Site(name, dispatcher, httpx.WSGITransport(WSGIHandler()), mizan, portal)


def set_up_django() -> None:
    """Django with its tables and users."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.cache.http.django_settings"
    import django

    django.setup()

    from django.core.management import call_command

    from tests.conformance.apps.django_site.accounts import create_users

    call_command("migrate", run_syncdb=True, verbosity=0)
    create_users()
