"""``@app.exception_handler``: the application's own answers to what its functions raise."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from mizan_core.client import client
from mizan_core.errors import APIError, Conflict, NotFound
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router

SECRET = "a-secret-of-these-tests-0123456789"
# Made anew for each raise: an exception keeps the frames that it came through, and with them a whole application.
RAISED: dict[str, Callable[[], Exception]] = {
    "unforeseen": lambda: RuntimeError("said by the test"),
    "conflict": lambda: Conflict("Said by the test."),
    "not found": NotFound,
    "http": lambda: HTTPException(503, "Said by the test."),
}


def make_error(kind: str) -> Exception:
    return RAISED[kind]()


@client(affects="number")
def fail(request: Any, kind: str) -> None:
    raise make_error(kind)


@client(context="number")
def number(request: Any) -> int:
    return 1


@client(context="failing")
async def failing(request: Any) -> int:
    raise make_error("unforeseen")


def is_blue(request: Any) -> bool:
    raise make_error("unforeseen")


@client(auth=is_blue)
def for_blue(request: Any) -> None: ...


@pytest.fixture
def app() -> FastAPI:
    registry = Registry()
    for function in (fail, number, failing, for_blue):
        registry.register(function)
    app = FastAPI()
    app.include_router(create_router(registry, Settings(cache_secret=SECRET)))
    return app


def with_client(app: FastAPI, scenario: Callable[[httpx.AsyncClient], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            return await scenario(http)

    return asyncio.run(run())


def call(app: FastAPI, function: str, **arguments: Any) -> httpx.Response:
    response: httpx.Response = with_client(
        app, lambda http: http.post("/call/", json={"fn": function, "args": arguments})
    )
    return response


def answer(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"own": type(error).__name__}, 418)


@pytest.mark.parametrize("last_resort", [Exception, 500])
def test_a_last_resort_is_for_what_nobody_has_foreseen(
    app: FastAPI, last_resort: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app.add_exception_handler(last_resort, answer)
    for response in (
        call(app, "fail", kind="unforeseen"),
        call(app, "for_blue"),
        with_client(app, lambda http: http.get("/ctx/failing/")),
    ):
        assert (response.status_code, response.json()) == (418, {"own": "RuntimeError"})
        assert response.headers["Cache-Control"] == "no-store"
    failures = [record for record in caplog.records if record.name == "mizan.request"]
    assert [record.getMessage() for record in failures] == [
        "The function fail failed",
        "The function for_blue failed",
        "The function failing of the context failing failed",
    ]
    assert all(record.exc_info for record in failures)
    assert call(app, "fail", kind="conflict").json()["error"]["code"] == "CONFLICT"
    assert call(app, "fail", kind="http").json()["error"]["code"] == "SERVICE_UNAVAILABLE"


@pytest.mark.parametrize(
    ("handled", "kind"),
    [
        (RuntimeError, "unforeseen"),
        (APIError, "conflict"),
        (NotFound, "not found"),
        (HTTPException, "http"),
        (503, "http"),
    ],
)
def test_what_a_handler_is_for_is_foreseen(
    app: FastAPI, handled: Any, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    app.add_exception_handler(handled, answer)
    assert call(app, "fail", kind=kind).status_code == 418
    # Others may be about garbage of earlier tests.
    assert not [record for record in caplog.records if record.name == "mizan.request"]


def test_a_handler_of_the_projects_errors_is_for_what_functions_raise(app: FastAPI) -> None:
    app.add_exception_handler(APIError, answer)
    assert call(app, "no_such_function").json()["error"]["code"] == "NOT_FOUND"
    assert call(app, "fail").json()["error"]["code"] == "VALIDATION_ERROR"


def test_the_purge_comes_before_the_handler(app: FastAPI) -> None:
    """It may ask for what the function has changed."""
    words: list[str] = []

    async def ask(request: Request, error: Exception) -> JSONResponse:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            words.append((await http.get("/ctx/number/")).headers["X-Mizan-Cache"])
        return JSONResponse({}, 418)

    async def scenario(http: httpx.AsyncClient) -> None:
        words.extend([(await http.get("/ctx/number/")).headers["X-Mizan-Cache"] for _ in range(2)])
        await http.post("/call/", json={"fn": "fail", "args": {"kind": "unforeseen"}})

    app.add_exception_handler(RuntimeError, ask)
    with_client(app, scenario)
    assert words == ["MISS", "HIT", "MISS"]


def test_a_handler_that_answers_nothing_leaves_the_answer_to_us(app: FastAPI) -> None:
    app.add_exception_handler(Conflict, lambda request, error: None)  # type: ignore[arg-type]
    assert call(app, "fail", kind="conflict").json()["error"]["code"] == "CONFLICT"


def test_an_object_as_handler(app: FastAPI) -> None:
    class Handler:
        __hash__ = None  # type: ignore[assignment]

        async def __call__(self, request: Request, error: Exception) -> JSONResponse:
            return answer(request, error)

    app.add_exception_handler(Conflict, Handler())
    assert call(app, "fail", kind="conflict").status_code == 418
