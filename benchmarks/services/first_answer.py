"""An application of one function, made and asked once: in Mizan, and in FastAPI alone. Each imports what it needs."""

from __future__ import annotations

import asyncio
from typing import Any


def mizan() -> None:
    from fastapi import FastAPI

    from mizan_fastapi import client, mount, register

    @register
    @client
    async def double(request: Any, number: int) -> int:
        return 2 * number

    app = FastAPI()
    mount(app, "/api/mizan")
    _ask(app, "/api/mizan/call/", b'{"fn":"double","args":{"number":21}}', b'{"result":42}')


def fastapi() -> None:
    from fastapi import FastAPI

    app = FastAPI()

    @app.post("/double/")
    async def double(number: int) -> int:
        return 2 * number

    _ask(app, "/double/", b"", b"42", b"number=21")


def _ask(app: Any, path: str, body: bytes, expected: bytes, query: bytes = b"") -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": query, "headers": headers}
    asyncio.run(app(scope, receive, send))
    assert b"".join(message.get("body", b"") for message in sent) == expected
