"""The functions under test, each as it stands and as a coroutine function (``tests.conformance.functions.serving``)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Annotated, Any

from django.http import HttpResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from pydantic import AfterValidator, BaseModel, StringConstraints
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from mizan_core.client.cache_policy import CachePolicy
from mizan_core.errors import Conflict
from mizan_core.registry import default_registry
from mizan_core.viewer import viewer_of
from tests.cache.http.world import WORLD
from tests.conformance.functions.serving import as_coroutine, both, only, pair

# The package that ``serving`` is part of registers functions of its own.
default_registry.clear()


class Account(BaseModel):
    id: int
    balance: int


# A context with a parameter, and the mutations that change it.


@both(context="account")
def account(request: Any, account_id: int) -> Account:
    return Account(id=account_id, balance=WORLD.read("account", account_id))


@both(context="account")
def account_note(request: Any, account_id: int) -> str:
    return "note"


@both(affects="account")
def deposit(request: Any, account_id: int) -> int:
    return WORLD.change(account_id)


@both(affects="account")
def close_day(request: Any, day: int) -> int:
    """It shares no parameter with the context."""
    for key in list(WORLD.numbers):
        WORLD.change(key)
    return day


@both(affects=account)
def correct_account(request: Any, account_id: int) -> int:
    """It names a function, not a context."""
    return WORLD.change(account_id)


@both(merge="account")
def replace_account(request: Any, account_id: int) -> Account:
    """It affects nothing: what it returns takes the slot's place."""
    return Account(id=account_id, balance=WORLD.change(account_id))


@both(affects="account", auth="staff")
def deposit_by_staff(request: Any, account_id: int) -> int:
    return WORLD.change(account_id)


@both(affects="account", private=True)
def deposit_privately(request: Any, account_id: int) -> int:
    return WORLD.change(account_id)


@both(affects="account")
def deposit_and_collapse(request: Any, account_id: int) -> int:
    WORLD.change(account_id)
    raise RuntimeError("after writing")


@both(affects="account")
def deposit_and_refuse(request: Any, account_id: int) -> int:
    WORLD.change(account_id)
    raise Conflict("After writing.")


@both(affects="account")
def deposit_and_mistake(request: Any, account_id: int) -> int:
    """Its result is none."""
    WORLD.change(account_id)
    return "x"  # type: ignore[return-value]


@both(merge="account")
def replace_and_refuse(request: Any, account_id: int) -> Account:
    WORLD.change(account_id)
    raise Conflict("After writing.")


class Timeout(BaseException):
    """As a server's worker raises it in whatever it happens to run."""


ENDINGS = {
    kind.__name__: kind for kind in (SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError, Timeout)
}


@both(affects="account")
def deposit_and_end(request: Any, account_id: int, ending: str) -> int:
    WORLD.change(account_id)
    raise ENDINGS[ending]


def ending_statement(request: Any, account_id: int, ending: str) -> int:
    """It is read, books a fee for it, and ends."""
    deposit.plain.call_sync(request, account_id=account_id)
    raise ENDINGS[ending]


async def _ending_statement(request: Any, account_id: int, ending: str) -> int:
    await deposit.coroutine.call(request, account_id=account_id)
    raise ENDINGS[ending]


pair(ending_statement, _ending_statement, context="ending_statement")


def deposit_through(request: Any, account_id: int) -> int:
    return int(deposit.plain.call_sync(request, account_id=account_id))


async def _deposit_through(request: Any, account_id: int) -> int:
    return int(await deposit.coroutine.call(request, account_id=account_id))


pair(deposit_through, _deposit_through)


def deposit_directly(request: Any, account_id: int) -> int:
    return int(deposit.plain(request, account_id))


async def _deposit_directly(request: Any, account_id: int) -> int:
    return int(await deposit.coroutine(request, account_id))


pair(deposit_directly, _deposit_directly)


def deposit_through_privately(request: Any, account_id: int) -> int:
    return int(deposit_privately.plain.call_sync(request, account_id=account_id))


async def _deposit_through_privately(request: Any, account_id: int) -> int:
    return int(await deposit_privately.coroutine.call(request, account_id=account_id))


pair(deposit_through_privately, _deposit_through_privately)


def deposit_through_and_refuse(request: Any, account_id: int) -> int:
    deposit.plain.call_sync(request, account_id=account_id)
    raise Conflict("After what was called has written.")


async def _deposit_through_and_refuse(request: Any, account_id: int) -> int:
    await deposit.coroutine.call(request, account_id=account_id)
    raise Conflict("After what was called has written.")


pair(deposit_through_and_refuse, _deposit_through_and_refuse)


def _deposit_slowly(request: Any, account_id: int) -> int:
    WORLD.pause("deposit_slowly")
    return WORLD.change(account_id)


deposit_slowly = only(_deposit_slowly, "deposit_slowly", affects="account")


LATER: list[Future[Any]] = []
"""What goes on after the request that has begun it."""


def deposit_later(request: Any, account_id: int) -> None:
    """In a thread that has the request's context."""

    def work() -> None:
        WORLD.pause("later")
        deposit.plain.call_sync(request, account_id=account_id)

    pool = ThreadPoolExecutor(1)
    LATER.append(pool.submit(copy_context().run, work))
    pool.shutdown(wait=False)


async def _deposit_later(request: Any, account_id: int) -> None:
    """In a task that has the request's context."""
    end: Future[Any] = Future()

    async def work() -> None:
        await WORLD.apause("later")
        await deposit.coroutine.call(request, account_id=account_id)
        end.set_result(None)

    end.task = asyncio.get_running_loop().create_task(work())  # type: ignore[attr-defined]
    LATER.append(end)


pair(deposit_later, _deposit_later)


def statement(request: Any, account_id: int) -> int:
    """It is read, and books a fee for it."""
    return int(deposit.plain.call_sync(request, account_id=account_id))


async def _statement(request: Any, account_id: int) -> int:
    return int(await deposit.coroutine.call(request, account_id=account_id))


pair(statement, _statement, context="statement")


def _view_django(request: Any, account_id: int) -> HttpResponse:
    WORLD.change(account_id)
    return HttpResponse("done")


def _view_fastapi(request: Any, account_id: int) -> Response:
    WORLD.change(account_id)
    return Response("done", media_type="text/plain")


for _view in (_view_django, _view_fastapi):
    _view.__name__ = _view.__name__[1:]
    pair(_view, as_coroutine(_view), affects="account")


# Responses that write after their headers have gone out.


def _parts(account_id: int, ending: str) -> Iterator[bytes]:
    try:
        yield b"one "
        WORLD.pause("stream")
        if ending == "error":
            raise RuntimeError("in the stream")
        yield b"two"
    finally:
        WORLD.change(account_id)


async def _aparts(account_id: int, ending: str) -> AsyncIterator[bytes]:
    try:
        yield b"one "
        await WORLD.apause("stream")
        if ending == "error":
            raise RuntimeError("in the stream")
        yield b"two"
    finally:
        WORLD.change(account_id)


def stream_django(request: Any, account_id: int, ending: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(_parts(account_id, ending))


async def _stream_django(request: Any, account_id: int, ending: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(_aparts(account_id, ending))


pair(stream_django, _stream_django, affects="account", route="/stream_django/<account_id>/<ending>/", methods=["GET"])


def stream_fastapi(request: Any, account_id: int, ending: str) -> StreamingResponse:
    return StreamingResponse(_parts(account_id, ending))


async def _stream_fastapi(request: Any, account_id: int, ending: str) -> StreamingResponse:
    return StreamingResponse(_aparts(account_id, ending))


pair(
    stream_fastapi, _stream_fastapi, affects="account", route="/stream_fastapi/<account_id>/<ending>/", methods=["GET"]
)


def _finish(account_id: int, ending: str) -> None:
    WORLD.pause("stream")
    _finish_now(account_id, ending)


async def _afinish(account_id: int, ending: str) -> None:
    await WORLD.apause("stream")
    _finish_now(account_id, ending)


def _finish_now(account_id: int, ending: str) -> None:
    WORLD.change(account_id)
    if ending == "error":
        raise RuntimeError("in the background")


def background(request: Any, account_id: int, ending: str) -> Response:
    return Response("begun", background=BackgroundTask(_finish, account_id, ending))


async def _background(request: Any, account_id: int, ending: str) -> Response:
    return Response("begun", background=BackgroundTask(_afinish, account_id, ending))


pair(background, _background, affects="account", route="/background/<account_id>/<ending>/", methods=["GET"])


# Who is asking.


def viewer_word(user: Any) -> str:
    viewer = viewer_of(user)
    flags = ("staff" if viewer.staff else "") + ("super" if viewer.superuser else "")
    return f"{viewer.id} {flags}"


def _user(request: Any) -> Any:
    if isinstance(request, Request):
        return getattr(request.state, "user", None)
    return _token_of(request) or request.user


async def _auser(request: Any) -> Any:
    return _user(request) if isinstance(request, Request) else _token_of(request) or await request.auser()


def _token_of(request: Any) -> Any:
    """Tokens are made for users whom no table knows."""
    return getattr(request, "_mizan_token", None)


def mine(request: Any) -> str:
    WORLD.read("mine")
    return viewer_word(_user(request))


async def _mine(request: Any) -> str:
    WORLD.read("mine")
    return viewer_word(await _auser(request))


pair(mine, _mine, context="mine")


@both(context="members", auth=True)
def members(request: Any) -> int:
    return WORLD.read("members")


@both(context="notice", cache=CachePolicy(shared=True))
def notice(request: Any) -> int:
    return WORLD.read("notice")


@both(context="half_shared", cache=CachePolicy(shared=True))
def half_shared(request: Any) -> int:
    return WORLD.read("half_shared")


@both(context="half_shared", cache=60)
def not_shared(request: Any) -> int:
    return 0


@both(context="greeting", cache=CachePolicy(shared=True, vary=("X-Language",)))
def greeting(request: Any) -> str:
    WORLD.read("greeting")
    return f"in {request.headers.get('X-Language')}"


@both(context="greeting", cache=CachePolicy(shared=True, vary=("X-Currency",)))
def price(request: Any) -> str:
    return f"in {request.headers.get('X-Currency')}"


def cart(request: Any) -> int:
    WORLD.read("cart")
    return int(request.session.get("items", 0))


async def _cart(request: Any) -> int:
    WORLD.read("cart")
    return await _session_items(request)


async def _session_items(request: Any) -> int:
    if isinstance(request, Request):
        return int(request.session.get("items", 0))
    return int(await request.session.aget("items", 0))


pair(cart, _cart, context="cart")


def visits(request: Any) -> int:
    """It changes the session of whoever reads."""
    request.session["visits"] = WORLD.read("visits")
    return 0


async def _visits(request: Any) -> int:
    if isinstance(request, Request):
        return visits(request)
    await request.session.aset("visits", WORLD.read("visits"))
    return 0


pair(visits, _visits, context="visits")


# What functions read of a request, in either framework.


def _from_django(request: Any, what: str) -> Any:
    readers: dict[str, Callable[[], Any]] = {
        "header": lambda: request.headers["X-Language"],
        "header-or-none": lambda: request.headers.get("X-Other"),
        "header-in": lambda: "X-Other" in request.headers,
        "meta": lambda: request.META["HTTP_X_LANGUAGE"],
        "meta-or-none": lambda: request.META.get("HTTP_X_OTHER"),
        "all-headers": lambda: dict(request.headers),
        "all-meta": lambda: dict(request.META),
        "cookie": lambda: request.COOKIES.get("theme"),
        "signed-cookie": lambda: request.get_signed_cookie("theme", default=None),
        "all-cookies": lambda: {**request.COOKIES},
        "session": lambda: request.session.session_key,
        "host": request.get_host,
        "absolute-url": request.build_absolute_uri,
        "accepts": lambda: request.accepts("text/html"),
        "address": lambda: request.META["REMOTE_ADDR"],
        "raw": lambda: request.environ["REMOTE_ADDR"] if hasattr(request, "environ") else request.scope["headers"],
        "csrf-token": lambda: get_token(request),
        "nothing": lambda: (request.method, request.path, request.GET.get("what"), request.content_type),
    }
    return readers[what]()


def _from_starlette(request: Request, what: str) -> Any:
    readers: dict[str, Callable[[], Any]] = {
        "header": lambda: request.headers["X-Language"],
        "header-or-none": lambda: request.headers.get("X-Other"),
        "header-in": lambda: "X-Other" in request.headers,
        "meta": lambda: request.headers.getlist("X-Language"),
        "meta-or-none": lambda: request.headers.getlist("X-Other"),
        "all-headers": lambda: dict(request.headers),
        "all-meta": lambda: request.headers.raw,
        "cookie": lambda: request.cookies.get("theme"),
        "signed-cookie": lambda: "theme" in request.cookies,
        "all-cookies": lambda: {**request.cookies},
        "session": lambda: request.session.get("items"),
        "host": lambda: request.url.hostname,
        "absolute-url": lambda: request.url_for("mizan-call"),
        "accepts": request.headers.mutablecopy,
        "address": lambda: request.client,
        "raw": lambda: request.scope["headers"],
        "csrf-token": lambda: Request(request.scope).headers,
        "nothing": lambda: (request.method, request.path_params, request.query_params.get("what"), request.state),
    }
    return readers[what]()


READERS = [
    "header", "header-or-none", "header-in", "meta", "meta-or-none", "all-headers", "all-meta", "cookie",
    "signed-cookie", "all-cookies", "session", "host", "absolute-url", "accepts", "address", "raw", "csrf-token",
]  # fmt: skip


def _read(request: Any, what: str) -> None:
    (_from_starlette if isinstance(request, Request) else _from_django)(request, what)


@both(context="reading")
def reading(request: Any, what: str) -> int:
    _read(request, what)
    return WORLD.read("reading")


@both(context="reading_shared", cache=CachePolicy(shared=True))
def reading_shared(request: Any, what: str) -> int:
    _read(request, what)
    return WORLD.read("reading_shared")


@both(context="reading_varied", cache=CachePolicy(vary=("X-Language", "X-Other", "Cookie", "Host")))
def reading_varied(request: Any, what: str) -> int:
    _read(request, what)
    return WORLD.read("reading_varied")


@both(context="reading_apart")
def reading_in_thread(request: Any) -> int:
    thread = threading.Thread(target=_read, args=(request, "header"))
    thread.start()
    thread.join()
    return WORLD.read("reading_in_thread")


@both(context="reading_beside")
def reads_nothing(request: Any) -> int:
    return WORLD.read("reads_nothing")


@both(context="reading_beside")
def reads_language(request: Any) -> int:
    _read(request, "header")
    _read(request, "cookie")
    return 0


def _knocks(request: Any) -> bool:
    return bool(request.headers.get("X-Knock") == "three times")


@both(context="gated", auth=_knocks)
def gated(request: Any) -> int:
    return WORLD.read("gated")


@both(context="reading_peer")
def reads_address(request: Any) -> int:
    _read(request, "address")
    return 0


# What functions say about caching.


@both(context="uncached", cache=False)
def uncached(request: Any) -> int:
    return WORLD.read("uncached")


@both(context="uncached", cache=60)
def cached_beside(request: Any) -> int:
    return 0


@both(context="brief", cache=10)
def brief(request: Any) -> int:
    return WORLD.read("brief")


@both(context="brief", cache=100)
def less_brief(request: Any) -> int:
    return 0


@both(context="unbounded")
def unbounded(request: Any) -> int:
    return WORLD.read("unbounded")


# Parameters.


@both(context="page")
def page(request: Any, number: int, size: int = 10) -> int:
    return WORLD.read("page", size)


@both(affects="page")
def touch_pages(request: Any, size: int) -> int:
    return WORLD.change(size)


@both(context="search")
def search(request: Any, shop: int, category: int | None = None) -> int:
    return WORLD.read("search", shop)


@both(affects="search")
def stock_shop(request: Any, shop: int, category: int | None = None) -> int:
    return WORLD.change(shop)


@both(context="person")
def person(request: Any, name: str) -> int:
    return WORLD.read("person", name)


@both(affects="person")
def greet_person(request: Any, name: Annotated[str, StringConstraints(to_lower=True)]) -> int:
    """Its parameter is another one than the context's, whatever its name says."""
    return WORLD.change("Ada")


@both(affects="person")
def rename_person(request: Any, name: str) -> int:
    return WORLD.change(name)


@both(context="person_broadly")
def person_broadly(request: Any, name: str) -> int:
    return WORLD.read("person_broadly", name)


@both(affects="person_broadly", auto_scope=False)
def rename_broadly(request: Any, name: str) -> int:
    return WORLD.change(name)


def _broken_where_marked(text: str) -> str:
    return text.replace("?", "\ud800")


@both(context="measured")
def measured(request: Any, value: Annotated[str, AfterValidator(_broken_where_marked)]) -> int:
    """Half a character has no JSON form."""
    return WORLD.read("measured")


# Functions that a test stops.


def slow(request: Any, account_id: int) -> int:
    balance = WORLD.read("slow", ("slow", account_id))
    WORLD.pause("slow")
    return balance


async def _slow(request: Any, account_id: int) -> int:
    balance = WORLD.read("slow", ("slow", account_id))
    await WORLD.apause("slow")
    return balance


pair(slow, _slow, context="slow")


@both(affects="slow")
def hasten(request: Any, account_id: int) -> int:
    return WORLD.change(("slow", account_id))


def slow_cart(request: Any) -> int:
    WORLD.read("slow_cart")
    WORLD.pause("slow_cart")
    return int(request.session.get("items", 0))


async def _slow_cart(request: Any) -> int:
    WORLD.read("slow_cart")
    await WORLD.apause("slow_cart")
    return await _session_items(request)


pair(slow_cart, _slow_cart, context="slow_cart")
