"""Ask an application of the README in process; print the engine and each answer as JSON.

Arguments: the framework, and the folder with the application as module "readme".
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mizan_core.engine import ENGINE, current

SECRET = "only-for-these-tests-0123456789ab"
BASE = "/api/mizan/"


class Request(NamedTuple):
    path: str
    body: str | None = None
    token: str | None = None


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str


def requests() -> Iterator[Request]:
    yield Request("ctx/user/?user_id=1")
    yield Request("call/", '{"fn": "rename", "args": {"user_id": 1, "name": "Ada L."}}')
    yield Request("ctx/user/?user_id=1")
    yield Request("call/", '{"fn": "rename", "args": {"user_id": 2, "name": "Zo\u00eb \u2028, \\u0000"}}')
    yield Request("call/", '{"fn": "rename", "args": {"user_id": "x"}}')
    yield Request("call/", '{"fn": "renam"}')
    token = ENGINE.create_mwt("42", "0" * 32, secret=SECRET)
    yield Request("ctx/user/?user_id=2", token=token)
    yield Request("ctx/user/?user_id=2", token=token[:-4] + "AAAA")


def ask_fastapi(app: Any) -> list[Answer]:
    return asyncio.run(_ask_fastapi(app))


async def _ask_fastapi(app: Any) -> list[Answer]:
    import httpx

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost" + BASE) as client:
        return [await _send(client, request) for request in requests()]


async def _send(client: Any, request: Request) -> Answer:
    response = await client.request(
        "GET" if request.body is None else "POST", request.path, content=request.body, headers=headers(request)
    )
    return Answer(response.status_code, dict(response.headers), response.text)


def ask_django(settings: Any) -> list[Answer]:
    import django
    from django.test import Client

    settings.MIZAN_MWT_SECRET = SECRET
    django.setup()
    # Refusals are expected here; Django logs them as warnings, and everything on stderr is taken for a failure.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    client = Client(SERVER_NAME="localhost")
    return [_request(client, request) for request in requests()]


def _request(client: Any, request: Request) -> Answer:
    response = client.generic(
        "GET" if request.body is None else "POST",
        BASE + request.path,
        data=(request.body or "").encode(),
        content_type="application/json",
        headers=headers(request),
    )
    return Answer(response.status_code, dict(response.items()), response.content.decode())


def headers(request: Request) -> dict[str, str]:
    token = {"X-Mizan-Token": request.token} if request.token else {}
    return token if request.body is None else {**token, "Content-Type": "application/json"}


def main(framework: str, folder: str) -> None:
    sys.path.insert(0, folder)
    readme = importlib.import_module("readme")
    ask: Callable[[], list[Answer]] = {
        "FastAPI": lambda: ask_fastapi(readme.app),
        "Django": lambda: ask_django(readme.settings),
    }[framework]
    answers = ask()
    json.dump({"engine": current().name, "answers": [answer._asdict() for answer in answers]}, sys.stdout)


main(*sys.argv[1:])
