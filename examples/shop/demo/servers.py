"""The two shops as real servers on free ports, each with a new database and secrets that are made now."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from examples.shop.demo.browser import Browser
from examples.shop.demo.display import Display
from examples.shop.demo.expectations import expect
from examples.shop.demo.interrupts import Interrupts
from examples.shop.demo.processes import ROOT, Process, run

START_SECONDS = 60
_PYTHON = (sys.executable, "-m")
_UVICORN = (*_PYTHON, "uvicorn", "--host", "127.0.0.1", "--port", "0", "--no-use-colors")
_MANAGE = (*_PYTHON, "examples.shop.django_project.manage")


@dataclass(frozen=True)
class Server:
    """How one of the shops is served."""

    name: str
    served_by: str
    command: tuple[str, ...]
    preparation: tuple[str, ...] | None
    has_csrf_tokens: bool
    has_sockets: bool


@dataclass(frozen=True)
class RunningShop:
    """A shop that answers, and what it says of itself."""

    name: str
    title: str
    url: str
    engine: str
    password: str
    database: Path
    has_csrf_tokens: bool
    has_sockets: bool
    process: Process


FASTAPI = Server(
    name="FastAPI",
    served_by="uvicorn (ASGI)",
    command=(*_UVICORN, "examples.shop.fastapi_app:app"),
    preparation=None,
    has_csrf_tokens=False,
    has_sockets=True,
)
DJANGO_WSGI = Server(
    name="Django",
    served_by="runserver (WSGI)",
    command=(*_MANAGE, "runserver", "--noreload", "--no-color", "127.0.0.1:0"),
    preparation=(*_MANAGE, "open_shop", "--verbosity", "0"),
    has_csrf_tokens=True,
    has_sockets=False,
)
DJANGO_ASGI = Server(
    name="Django",
    served_by="uvicorn (ASGI)",
    command=(*_UVICORN, "--lifespan", "off", "examples.shop.django_project.asgi:application"),
    preparation=DJANGO_WSGI.preparation,
    has_csrf_tokens=True,
    has_sockets=True,
)


def open_shops(
    servers: Sequence[Server], stack: ExitStack, interrupts: Interrupts, display: Display
) -> list[RunningShop]:
    """Start *servers*. Whatever happens, leaving *stack* stops them and removes their databases.

    :raises ProcessFailed: when one does not start.
    """
    with interrupts.held_back():
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="mizan-shop-")))
    password = secrets.token_urlsafe(12)
    started = [_start(server, folder, password, stack, interrupts, display) for server in servers]
    return [
        _introduced(server, process, password, _database(server, folder))
        for server, process in zip(servers, started, strict=True)
    ]


def environment(database: Path | None = None, password: str = "") -> dict[str, str]:
    """Of a shop's process: this one's, with a database and secrets of its own."""
    own = {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "examples.shop.django_project.settings",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(48),
        "MIZAN_MWT_SECRET": secrets.token_urlsafe(32),
        "MIZAN_CACHE_SECRET": secrets.token_urlsafe(32),
        "MIZAN_CACHE_URL": "memory://",
        # The memory of one process; uvicorn would start more.
        "WEB_CONCURRENCY": "1",
        "SHOP_DATABASE": os.devnull if database is None else str(database),
        "SHOP_PASSWORD": password,
    }
    return {**os.environ, **own}


def interface_commands() -> dict[str, tuple[str, ...]]:
    """What prints the interface document, by framework."""
    return {
        "FastAPI": (*_PYTHON, "mizan_fastapi.ir", "examples.shop.fastapi_app"),
        "Django": (*_MANAGE, "export_mizan_ir"),
    }


def _start(
    server: Server, folder: Path, password: str, stack: ExitStack, interrupts: Interrupts, display: Display
) -> Process:
    variables = environment(_database(server, folder), password)
    if server.preparation is not None:
        run(f"{server.name}'s open_shop", server.preparation, variables, START_SECONDS)
    with interrupts.held_back():
        process = Process(server.name, server.command, variables, partial(display.server_line, server.name))
        stack.callback(_stop, process, interrupts)
    return process


def _stop(process: Process, interrupts: Interrupts) -> None:
    with interrupts.held_back():
        process.stop()


def _database(server: Server, folder: Path) -> Path:
    return folder / f"{server.name}.sqlite3"


def _introduced(server: Server, process: Process, password: str, database: Path) -> RunningShop:
    url = process.wait_for_url(START_SECONDS)
    with Browser(url) as browser:
        greeting = browser.call("about")
    expect(f"{server.name}: the status of its first answer", greeting.status, 200)
    about = {key: str(greeting.at("result", key)) for key in ("server", "engine", "reason")}
    return RunningShop(
        name=server.name,
        title=f"{about['server']} · {server.served_by} · {url} · engine {about['engine']} ({about['reason']})",
        url=url,
        engine=about["engine"],
        password=password,
        database=database,
        has_csrf_tokens=server.has_csrf_tokens,
        has_sockets=server.has_sockets,
        process=process,
    )
