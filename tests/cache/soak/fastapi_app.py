"""The functions in a FastAPI application."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, UploadFile
from fastapi.responses import PlainTextResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

import mizan_fastapi
from mizan_core.client import client
from mizan_core.registry import Registry, mizan_clients, register
from tests.cache.soak import clients
from tests.cache.soak.database import Database, ordered
from tests.cache.soak.strangers import from_elsewhere
from tests.cache.soak.world import BASE, ELSEWHERE, PAGES, TWIN


class FastAPISite:
    """A connection for each thread; every statement is a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._local = threading.local()

    def read(self, cells: list[int]) -> list[int]:
        return ordered(self._connection().execute(self._database.selecting(cells)).fetchall(), cells)

    def bump(self, cells: list[int]) -> list[int]:
        return ordered(self._connection().execute(self._database.raising(cells)).fetchall(), cells)

    def attempt(self, cells: list[int]) -> None:
        connection = self._connection()
        connection.execute(self._database.begin)
        connection.execute(self._database.negating(cells))
        clients.pause()
        connection.execute("ROLLBACK")

    async def in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await run_in_threadpool(function, *arguments)

    def is_on_lasting_loop(self, request: Any) -> bool:
        return True

    def user(self, request: Any) -> Any:
        return getattr(request.state, "user", None)

    def purge(self, context: str, **params: Any) -> None:
        mizan_fastapi.purge(context, **params)

    def _connection(self) -> Any:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._database.connect()
        return connection


@client(affects=clients.GRID)
def stream(request: Request, a: int) -> StreamingResponse:
    return StreamingResponse(clients.parts(request, a))


@client(affects=clients.GRID)
async def stream_async(request: Request, a: int) -> StreamingResponse:
    return StreamingResponse(clients.aparts(request, a))


@client(route="/rows/<a>/", methods=["POST"], affects=clients.GRID)
def page(request: Request, a: int) -> PlainTextResponse:
    clients.write_row(request, a)
    return PlainTextResponse("done")


@client(route="/rows/<a>/later/", methods=["POST"], affects=clients.GRID)
async def page_stream(request: Request, a: int) -> StreamingResponse:
    await clients.awrite_row(request, a)
    return StreamingResponse(clients.aparts(request, a))


@client(affects=clients.GRID)
def take_file(request: Request, a: int, file: UploadFile) -> int:
    clients.write_row(request, a)
    return len(file.file.read())


@client(affects=clients.GRID)
async def take_file_async(request: Request, a: int, file: UploadFile) -> int:
    await clients.awrite_row(request, a)
    return len(await file.read())


clients.site = FastAPISite(Database(os.environ["SOAK_DATABASE"]))
mizan_clients("tests.cache.soak")
for function in (stream, stream_async, page, page_stream, take_file, take_file_async):
    register(function)
elsewhere = Registry()
elsewhere.register(from_elsewhere)
routers = {
    BASE: mizan_fastapi.router,
    # The same functions, with a memory of their own where the cache is in memory.
    TWIN: mizan_fastapi.create_router(),
    ELSEWHERE: mizan_fastapi.create_router(elsewhere),
}
app = FastAPI()
for base, router in routers.items():
    app.include_router(router, prefix=base.removesuffix("/"))
for base, prefix in PAGES.items():
    app.include_router(routers[base].views, prefix=prefix.removesuffix("/"))
