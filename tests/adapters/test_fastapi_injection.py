"""FastAPI's dependencies in the parameters of functions."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import SimpleNamespace
from typing import Annotated, Any

import httpx
import pytest
from fastapi import BackgroundTasks, Cookie, Depends, FastAPI, Header, HTTPException, Query, Request, Response
from pydantic import BaseModel
from starlette.responses import PlainTextResponse

from mizan_core.client import client
from mizan_core.errors import Conflict
from mizan_core.interface.endpoint import Endpoint
from mizan_core.ir import build_ir
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router, mount
from mizan_fastapi.forms import form
from tests.adapters.in_process import asking
from tests.live.asgi_client import AsgiSocket, scope_of

BASE = "/api/mizan"
SETTINGS = Settings(cache_secret="a-cache-secret-of-these-tests-0123456789")
Log = list[Any]


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def app(registry: Registry) -> FastAPI:
    app = FastAPI()
    mount(app, BASE, create_router(registry, SETTINGS))
    return app


@pytest.fixture
def http(app: FastAPI) -> Iterator[httpx.Client]:
    with asking(app) as http:
        yield http


@pytest.fixture
def log() -> Log:
    return []


def call(http: httpx.Client, function: str, headers: dict[str, str] | None = None, **arguments: Any) -> httpx.Response:
    return http.post(f"{BASE}/call/", json={"fn": function, "args": arguments}, headers=headers or {})


def fetch(http: httpx.Client, context: str, **options: Any) -> httpx.Response:
    return http.get(f"{BASE}/ctx/{context}/", **options)


def number() -> int:
    return 3


async def doubled(number: Annotated[int, Depends(number)]) -> int:
    return 2 * number


class Session:
    """Counts itself; one at a time may use it, as of a database."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.is_used = False

    async def execute(self) -> None:
        assert not self.is_used, "another function is using it"
        self.is_used = True
        await asyncio.sleep(0)
        self.is_used = False


async def _nothing() -> None:
    pass


def sessions(log: Log, commit: Callable[[], Awaitable[None]] = _nothing) -> Callable[[], AsyncIterator[Session]]:
    async def session() -> AsyncIterator[Session]:
        log.append("begin")
        try:
            yield Session(log)
        except BaseException as error:
            log.append(f"rollback {type(error).__name__}")
            raise
        await commit()
        log.append("commit")

    return session


class TestValues:
    def test_dependencies_in_either_spelling(self, registry: Registry, http: httpx.Client) -> None:
        @registry.register
        @client
        async def annotated(request: Request, name: str, amount: Annotated[int, Depends(doubled)]) -> str:
            return f"{name} {amount}"

        @registry.register
        @client
        def by_default(request: Request, name: str, amount=Depends(doubled), *, last: int = 1) -> str:  # type: ignore[no-untyped-def]  # noqa: B008
            return f"{name} {amount} {last}"

        assert call(http, "annotated", name="Ada").json() == {"result": "Ada 6"}
        assert call(http, "by_default", name="Ada", last=2).json() == {"result": "Ada 6 2"}

    def test_clients_do_not_know_of_them(self, registry: Registry, http: httpx.Client) -> None:
        @registry.register
        @client
        def secretive(request: Request, name: str, amount: Annotated[int, Depends(doubled)]) -> str:
            return f"{name} {amount}"

        assert "amount" not in build_ir(registry)
        answer = call(http, "secretive", name="Ada", amount=100)
        assert answer.json()["error"]["details"] == {"amount": ["Extra inputs are not permitted"]}

    def test_headers_and_cookies(self, registry: Registry, http: httpx.Client) -> None:
        @registry.register
        @client
        async def telling(
            request: Request,
            x_shop: Annotated[str, Header()],
            flavour: Annotated[str | None, Cookie()] = None,
            user_agent: str = Header(),
        ) -> list[str | None]:
            return [x_shop, flavour, user_agent]

        told = call(http, "telling", {"X-Shop": "7", "Cookie": "flavour=sweet", "User-Agent": "me"})
        assert told.json() == {"result": ["7", "sweet", "me"]}
        refused = call(http, "telling")
        assert refused.status_code == 422
        assert list(refused.json()["error"]["details"]) == ["header.x-shop"]

    def test_a_dependency_may_refuse(self, registry: Registry, http: httpx.Client) -> None:
        def refuse() -> None:
            raise HTTPException(402, "Pay first.", headers={"X-Price": "3"})

        @registry.register
        @client
        async def guarded(request: Request, paid: Annotated[None, Depends(refuse)]) -> str:
            raise AssertionError

        answer = call(http, "guarded")
        assert (answer.status_code, answer.headers["X-Price"]) == (402, "3")
        assert answer.json()["error"]["message"] == "Pay first."

    def test_overrides_are_those_of_the_application(self, registry: Registry, app: FastAPI, http: httpx.Client) -> None:
        @registry.register
        @client
        async def amount(request: Request, amount: Annotated[int, Depends(doubled)]) -> int:
            return amount

        app.dependency_overrides[number] = lambda: 50
        assert call(http, "amount").json() == {"result": 100}
        app.dependency_overrides.clear()
        assert call(http, "amount").json() == {"result": 6}

    def test_a_dependency_reads_the_request_and_so_does_the_function(
        self, registry: Registry, http: httpx.Client
    ) -> None:
        async def length(request: Request) -> int:
            request.state.seen = True
            return len(await request.body())

        @registry.register
        @client
        async def reading(request: Request, length: Annotated[int, Depends(length)]) -> list[Any]:
            return [length == len(await request.body()), (await request.json())["fn"], request.state.seen]

        assert call(http, "reading", {"X-State": "1"}).json() == {"result": [True, "reading", True]}

    def test_hooks_stand_around(self, registry: Registry, http: httpx.Client, log: Log) -> None:
        @registry.around
        async def note(running: Any) -> AsyncIterator[None]:
            log.append(sorted(running.arguments))
            yield
            log.append("end")

        @registry.register
        @client
        def noted(request: Request, name: str, session: Annotated[Session, Depends(sessions(log))]) -> str:
            log.append("run")
            return name

        assert call(http, "noted", name="Ada").json() == {"result": "Ada"}
        assert log == [["name"], "begin", "run", "commit", "end"]


class TestAnswers:
    def test_headers_and_cookies_are_added_to_what_is_typed(self, registry: Registry, http: httpx.Client) -> None:
        def add(response: Response) -> None:
            response.headers["X-From"] = "a dependency"

        @registry.register
        @client(affects="page")
        def adding(request: Request, response: Response, added: Annotated[None, Depends(add)]) -> int:
            response.set_cookie("flavour", "sweet")
            response.set_cookie("colour", "red")
            response.headers["Content-Type"] = "text/html"
            response.headers["Cache-Control"] = "public"
            return 5

        _read(registry)
        answer = call(http, "adding")
        assert answer.json() == {"result": 5, "invalidate": ["page"]}
        assert answer.headers["X-From"] == "a dependency"
        assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == ("application/json", "no-store")
        assert dict(answer.cookies) == {"flavour": "sweet", "colour": "red"}
        assert answer.headers["X-Mizan-Invalidate"] == "page"
        assert answer.headers.get_list("Content-Length") == [str(len(answer.content))]

    def test_nothing_is_added_to_an_error(self, registry: Registry, http: httpx.Client) -> None:
        @registry.register
        @client
        async def failing(request: Request, response: Response, tasks: BackgroundTasks) -> int:
            response.headers["X-From"] = "me"
            tasks.add_task(pytest.fail, "it has failed")
            raise Conflict

        answer = call(http, "failing")
        assert (answer.status_code, "X-From" in answer.headers) == (409, False)

    @pytest.mark.parametrize("is_view", [False, True])
    def test_tasks_run_after_the_answer_and_what_they_write_is_purged(
        self, registry: Registry, app: FastAPI, http: httpx.Client, is_view: bool
    ) -> None:
        state = _read(registry)

        async def write() -> None:
            # Somebody reads between the answer and the task.
            state.values.append(await _page(app))
            state.value = "by the task"

        @client(affects="page")
        async def data(request: Request, tasks: BackgroundTasks) -> int:
            state.value = "by the function"
            tasks.add_task(write)
            return 5

        @client(affects="page")
        async def view(request: Request, tasks: BackgroundTasks) -> PlainTextResponse:
            state.value = "by the function"
            tasks.add_task(write)
            return PlainTextResponse("5")

        registry.register(view if is_view else data, "writing")
        assert fetch(http, "page").json() == {"page": "at first"}
        assert call(http, "writing").status_code == 200
        assert state.values == ["by the function"]
        assert fetch(http, "page").json() == {"page": "by the task"}


class TestSockets:
    def test_tasks_run_after_the_answer_and_what_they_write_is_purged(
        self, registry: Registry, app: FastAPI, log: Log, caplog: pytest.LogCaptureFixture
    ) -> None:
        state = _read(registry)

        async def check() -> None:
            release = asyncio.Event()

            async def write() -> None:
                await release.wait()
                state.value = "by the task"
                raise RuntimeError("after it")

            @registry.register
            @client(affects="page")
            async def writing(request: Request, tasks: BackgroundTasks) -> int:
                state.value = "by the function"
                tasks.add_task(write)
                return 5

            async with AsgiSocket(app, scope_of()) as socket:
                watched = await socket.ask(action="watch", id=1, context="page")
                assert watched["data"] == {"page": "at first"}
                answer = await socket.ask(action="rpc", id=2, fn="writing")
                assert answer == {"id": 2, "ok": True, "data": 5, "invalidate": ["page"]}
                assert await _page(app) == "by the function"
                while await _page(app) != "by the task":
                    release.set()
                    await asyncio.sleep(0)
                assert (await socket.ask(action="rpc", id=3, fn="nothing"))["error"]["code"] == "NOT_FOUND"

        asyncio.run(check())
        assert "function writing failed: a background task failed" in caplog.text

    @pytest.mark.parametrize("is_deep", [False, True])
    def test_what_sets_headers_is_not_called_over_one(self, registry: Registry, app: FastAPI, is_deep: bool) -> None:
        def add(response: Response) -> None:
            response.set_cookie("flavour", "sweet")

        async def direct(request: Request, response: Response) -> int:
            raise AssertionError("it would be for nothing")

        async def deep(request: Request, added: Annotated[None, Depends(add)]) -> int:
            raise AssertionError("it would be for nothing")

        function = deep if is_deep else direct
        registry.register(client(function), "adding")

        async def check() -> None:
            async with AsgiSocket(app, scope_of()) as socket:
                answer = await socket.ask(action="rpc", id=1, fn="adding")
                assert answer["error"]["code"] == "NOT_IMPLEMENTED"

        asyncio.run(check())
        with pytest.raises(TypeError, match="an answer over a socket has no headers and no cookies"):
            client(websocket=True)(function).prepare()
        with pytest.raises(TypeError, match="nothing is added to its answer"):
            client(context="page")(function).prepare()


class TestYield:
    def test_what_is_opened_is_committed_before_the_purge(
        self, registry: Registry, app: FastAPI, http: httpx.Client, log: Log
    ) -> None:
        state = _read(registry)

        async def commit() -> None:
            # Whoever reads now gets what was there before, and may have it kept.
            log.append(await _page(app))
            state.value = "committed"

        @registry.register
        @client(affects="page")
        async def writing(request: Request, session: Annotated[Session, Depends(sessions(log, commit))]) -> str:
            log.append("run")
            return "written"

        assert call(http, "writing").json()["result"] == "written"
        assert log == ["begin", "run", "at first", "commit"]
        assert fetch(http, "page").json() == {"page": "committed"}

    @pytest.mark.parametrize("is_async", [True, False])
    def test_it_hears_of_a_failure(self, registry: Registry, http: httpx.Client, log: Log, is_async: bool) -> None:
        async def failing_async(request: Request, session: Annotated[Session, Depends(sessions(log))]) -> str:
            raise Conflict("No.")

        def failing(request: Request, session: Annotated[Session, Depends(sessions(log))]) -> str:
            raise Conflict("No.")

        registry.register(client(failing_async if is_async else failing), "failing")
        assert call(http, "failing").json() == {"error": {"code": "CONFLICT", "message": "No."}}
        assert log == ["begin", "rollback Conflict"]

    def test_a_result_that_cannot_be_sent_is_a_failure(self, registry: Registry, http: httpx.Client, log: Log) -> None:
        @registry.register
        @client
        async def lying(request: Request, session: Annotated[Session, Depends(sessions(log))]) -> int:
            return "none"  # type: ignore[return-value]  # that is the case

        assert call(http, "lying").status_code == 500
        assert log == ["begin", "rollback ResultMismatch"]

    def test_a_commit_that_fails_is_a_failed_call(self, registry: Registry, http: httpx.Client, log: Log) -> None:
        _read(registry)

        async def fail() -> None:
            raise RuntimeError("the disk is full")

        @registry.register
        @client(affects="page")
        async def writing(request: Request, session: Annotated[Session, Depends(sessions(log, fail))]) -> str:
            return "written"

        answer = call(http, "writing")
        assert (answer.status_code, answer.json()["invalidate"]) == (500, ["page"])
        assert "disk" not in answer.text

    def test_one_that_swallows_is_found_out(self, registry: Registry, http: httpx.Client) -> None:
        def swallow() -> Iterator[int]:
            try:
                yield 1
            except Conflict:
                return

        @registry.register
        @client
        async def failing(request: Request, one: Annotated[int, Depends(swallow)]) -> str:
            raise Conflict

        assert call(http, "failing").status_code == 500


class TestContexts:
    def test_each_function_of_a_bundle_has_a_session_of_its_own(
        self, registry: Registry, http: httpx.Client, log: Log
    ) -> None:
        session = sessions(log)

        def function(name: str) -> None:
            async def read(request: Request, session: Annotated[Session, Depends(session)]) -> str:
                await session.execute()
                await session.execute()
                return name

            registry.register(client(context="shop")(read), name)

        for name in ("one", "two", "three"):
            function(name)
        assert fetch(http, "shop").json() == {name: name for name in ("one", "three", "two")}
        assert log.count("begin") == log.count("commit") == 3

    def test_bundles_with_dependencies_are_cached(self, registry: Registry, http: httpx.Client, log: Log) -> None:
        @registry.register
        @client(context="shop")
        async def read(request: Request, session: Annotated[Session, Depends(sessions(log))]) -> str:
            return "read"

        verdicts = [fetch(http, "shop").headers["X-Mizan-Cache"] for _ in range(2)]
        assert (verdicts, log) == (["MISS", "HIT"], ["begin", "commit"])

    def test_what_reads_a_header_is_not_anybody_elses(self, registry: Registry, http: httpx.Client) -> None:
        @registry.register
        @client(context="shop")
        async def read(request: Request, x_shop: Annotated[str, Header()]) -> str:
            return x_shop

        for shop in ("one", "two", "one"):
            answer = fetch(http, "shop", headers={"X-Shop": shop})
            assert answer.json() == {"read": shop}

    def test_nothing_is_added_to_what_is_cached(self, registry: Registry) -> None:
        @client(context="shop")
        async def adding(request: Request, response: Response) -> str:
            return "read"

        with pytest.raises(TypeError, match=r"parameter 'response': what is read in a context may come from the cache"):
            adding.prepare()


class TestRegistration:
    @pytest.mark.parametrize("marker", [Query(), Query(default=1)])
    def test_what_a_url_would_give_is_refused(self, marker: Any) -> None:
        def asking(request: Request, page: int = marker) -> str:
            return ""

        with pytest.raises(TypeError, match=r"parameter 'page': FastAPI's Query\(...\) is not resolved here"):
            client(asking)

    def test_so_it_is_deeper_down(self) -> None:
        def paging(page: int) -> int:
            return page

        def asking(request: Request, page: Annotated[int, Depends(paging)]) -> str:
            return ""

        with pytest.raises(TypeError, match=r"paging asks for the query parameter 'page', which no call has"):
            client(asking).prepare()

    def test_what_fastapi_cannot_fill_is_refused(self) -> None:
        def asking(request: Request, session: Annotated[Session, Header()]) -> str:
            return ""

        with pytest.raises(TypeError, match="FastAPI cannot fill its parameters"):
            client(asking).prepare()

    def test_a_function_without_any_is_what_it_was(
        self, registry: Registry, app: FastAPI, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        @client
        async def plain(request: Request, name: str) -> str:
            return name

        def fail(*_: Any) -> None:
            raise AssertionError("there is nothing to inject")

        monkeypatch.setattr("mizan_fastapi.injection._Run.run", fail)
        assert plain.inject is None
        endpoint = Endpoint("plain", plain, frozenset())
        run: Any = endpoint._run
        assert inspect.getclosurevars(run).nonlocals["target"] is plain.function
        assert endpoint.is_plain


class TestServerCode:
    def test_it_passes_them_by_name(self, log: Log) -> None:
        @client
        async def add(request: Any, name: str, session: Annotated[Session, Depends(sessions(log))]) -> str:
            return f"{name} {session.is_used}"

        session = Session(log)
        assert asyncio.run(add.call(None, name="Ada", session=session)) == "Ada False"
        assert add.call_sync(None, name="Ada", session=session) == "Ada False"
        with pytest.raises(TypeError, match=r"add\(\) needs session=...: the framework fills it for clients alone"):
            add.call_sync(None, name="Ada")  # type: ignore[call-overload]  # that is the case


class Contact(BaseModel):
    name: str


def test_forms_have_dependencies(registry: Registry, http: httpx.Client, log: Log) -> None:
    @form("contact", registry=registry)
    async def contact(request: Request, data: Contact, session: Annotated[Session, Depends(sessions(log))]) -> str:
        log.append(data.name)
        return "sent"

    assert call(http, "contact.submit", data={"name": "Ada"}).json() == {"result": "sent"}
    assert log == ["begin", "Ada", "commit"]


def test_lanes_skip_nothing_that_dependencies_need(registry: Registry, log: Log) -> None:
    @registry.register
    @client
    async def counted(request: Request, session: Annotated[Session, Depends(sessions(log))]) -> str:
        return "counted"

    app = FastAPI()
    mount(app, BASE, create_router(registry, SETTINGS), lane="outermost")
    with asking(app) as http:
        assert call(http, "counted").json() == {"result": "counted"}
    assert log == ["begin", "commit"]


async def _page(app: FastAPI) -> Any:
    """What somebody else reads, on the same event loop."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as another:
        return (await another.get(f"{BASE}/ctx/page/")).json()["page"]


def _read(registry: Registry) -> SimpleNamespace:
    """Something that is read in the context ``page``, and may change."""
    state = SimpleNamespace(value="at first", values=[])

    @registry.register
    @client(context="page")
    async def page(request: Request) -> str:
        return str(state.value)

    return state
