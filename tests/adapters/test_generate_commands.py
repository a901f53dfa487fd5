"""``mizan_generate``, ``python -m mizan_fastapi.generate`` and ``python -m mizan_native generate``: one generator."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE, STDOUT, CompletedProcess, Popen
from textwrap import dedent
from typing import TypeAlias

import pytest

from mizan_core.engine.generator import run_generator
from mizan_core.errors import EngineUnavailable
from tests.adapters.projects import FUNCTIONS, run, write_django_project, write_module

Generate: TypeAlias = Callable[..., "CompletedProcess[str]"]

USE = """
import asyncio

import httpx
from shop_client import AsyncClient, Client, MizanError

from {module} import application

with Client("http://server/api/mizan", http=httpx.Client(transport={sync})) as client:
    assert client.fetch_user(user_id=5) == {{"user_profile": {{"id": 5, "name": "Ada"}}}}
    try:
        client.rename(user_id=5)
    except MizanError as error:
        assert (error.code, error.status) == ("UNAUTHORIZED", 401), error
    try:
        client.fetch_user(user_id="x")
    except MizanError as error:
        assert (error.code, list(error.details)) == ("VALIDATION_ERROR", ["user_id"]), error


async def main():
    async with AsyncClient("http://server/api/mizan", http=httpx.AsyncClient(transport={asynchronous})) as client:
        assert (await client.fetch_user(user_id=7))["user_profile"]["id"] == 7


asyncio.run(main())
"""


@pytest.fixture(params=["django", "fastapi"])
def generate(request: pytest.FixtureRequest, tmp_path: Path) -> Generate:
    if request.param == "django":
        write_django_project(tmp_path)
        return lambda *options: run(tmp_path, "project.py", "mizan_generate", *options)
    write_module(tmp_path)
    return lambda *options: run(tmp_path, "-m", "mizan_fastapi.generate", "functions", *options)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_both_adapters_and_the_engine_write_the_same_files(tmp_path: Path) -> None:
    write_django_project(tmp_path)
    write_module(tmp_path)
    options = ("--target", "react", "--bigint", "--output")
    commands = {
        "django": ("project.py", "mizan_generate"),
        "fastapi": ("-m", "mizan_fastapi.generate", "functions"),
        "engine": ("-m", "mizan_native", "generate", "django/mizan.kdl"),
    }
    for folder, command in commands.items():
        done = run(tmp_path, *command, *options, folder)
        assert (done.returncode, done.stdout) == (0, f"{folder}: 6 written\n"), done.stderr
    files = contents(tmp_path / "django")
    assert files == contents(tmp_path / "fastapi") == contents(tmp_path / "engine")
    assert "export function useUserProfile(params?: UserParams): Profile {" in files["react.tsx"]
    assert "json={exactJson}" in files["react.tsx"]
    assert "readonly user_id: number | bigint;" in files["types.ts"]


def test_check_fails_when_the_functions_have_changed(generate: Generate, tmp_path: Path) -> None:
    assert generate("--output", "api").returncode == 0
    assert generate("--output", "api", "--check").returncode == 0
    for module in ("functions.py", "shop/functions.py", "shop/clients.py"):
        if (path := tmp_path / module).exists() and "auth=True" in path.read_text():
            path.write_text(path.read_text().replace("auth=True", 'auth="staff"'))
    done = generate("--output", "api", "--check")
    assert done.returncode == 1
    assert "~ rename: is for staff now  (breaks clients of before)\n" in done.stdout
    assert "functions.ts is out of date\n" in done.stderr


def test_an_older_interface_is_compared(generate: Generate, tmp_path: Path) -> None:
    """The adapters' commands say it in the words of the engine's, which reads the same two files."""
    assert generate("--output", "api").returncode == 0
    text = (tmp_path / "api/mizan.kdl").read_text()
    (tmp_path / "older.kdl").write_text(text.replace('auth "required"', 'auth "staff"'))
    done = generate("--diff", "older.kdl")
    assert (done.returncode, done.stdout) == (0, "~ rename: needs a login now\n1 change, not breaking\n")
    (tmp_path / "older.kdl").write_text(
        text.replace('    auth "required"\n', "").replace('camel "rename"', 'camel "name"')
    )
    done = generate("--diff", "older.kdl")
    assert done.stdout == (
        "~ rename: was called name before  (sources need the new name)\n"
        "~ rename: needs a login now  (breaks clients of before)\n"
        "2 changes, 1 of them breaking\n"
    )
    assert done.returncode == 1
    engine = run(tmp_path, "-m", "mizan_native", "generate", "api/mizan.kdl", "--diff", "older.kdl")
    assert (engine.returncode, engine.stdout) == (1, done.stdout)
    assert generate("--diff", "api/mizan.kdl").stdout == "no changes\n"
    (tmp_path / "older.kdl").write_text("{}")
    for broken in (generate("--diff", "older.kdl"), generate("--diff", "nowhere.kdl")):
        assert broken.returncode == 1
        assert ".kdl: " in broken.stderr
        assert "Traceback" not in broken.stderr


def test_a_folder_is_asked_for(generate: Generate) -> None:
    done = generate()
    assert done.returncode == 1
    assert "there is no folder to write to: give --output FOLDER" in done.stderr


@pytest.mark.parametrize("adapter", ["django", "fastapi"])
def test_the_python_client_speaks_with_the_server(adapter: str, tmp_path: Path) -> None:
    write_django_project(tmp_path)
    write_module(tmp_path)
    done = run(tmp_path, "-m", "mizan_fastapi.generate", "functions", "--target", "python", "--output", "shop_client")
    assert done.returncode == 0, done.stderr
    if adapter == "django":
        application = (
            "from django.core.asgi import get_asgi_application\nfrom django.core.wsgi import get_wsgi_application\n"
            "import project\napplication, asynchronous = get_wsgi_application(), get_asgi_application()\n"
        )
        transports = ("httpx.WSGITransport(app=application)", "httpx.ASGITransport(app=asynchronous)")
    else:
        application = (
            "from fastapi import FastAPI\nfrom fastapi.testclient import TestClient\nimport functions\n"
            "from mizan_fastapi import create_router\n"
            "application = FastAPI()\napplication.include_router(create_router(), prefix='/api/mizan')\n"
            "synchronous = TestClient(application)._transport\n"
        )
        transports = ("synchronous", "httpx.ASGITransport(app=application)")
    (tmp_path / "served.py").write_text(application)
    use = USE.format(module="served", sync=transports[0], asynchronous=transports[1])
    imports = "from served import *\n"
    (tmp_path / "use.py").write_text(imports + use)
    done = run(tmp_path, "use.py")
    assert done.returncode == 0, done.stderr


def test_without_the_extension_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mizan_native", None)
    with pytest.raises(EngineUnavailable, match="pip install mizan-native; or run npx mizan-generate"):
        run_generator(["--output", "api"], "ir version=2\n")


def test_a_broken_interface_is_told_in_full(tmp_path: Path) -> None:
    write_module(tmp_path, FUNCTIONS.replace('affects="user"', 'affects=["usr"]'))
    done = run(tmp_path, "-m", "mizan_fastapi.generate", "functions", "--output", "api")
    assert done.returncode == 1
    assert '"usr"' in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "api").exists()


PARTS = """

from mizan_core.introspection.parts import ChannelPart, FormField, FormPart
from mizan_core.registry import default_registry

default_registry.declare(lambda: ChannelPart("stock", server_message=Profile))
default_registry.declare(lambda: FormPart("contact", (FormField("name", True, {"kind": "any"}),)))
"""
"""What clients know beside functions, too, is part of the interface."""


@pytest.mark.parametrize("adapter", ["django", "fastapi"])
def test_clients_and_the_server_have_one_mark(adapter: str, tmp_path: Path) -> None:
    """A client knows by it that it is out of date: what was generated says what the server's answers say."""
    command: tuple[str, ...]
    if adapter == "django":
        write_django_project(tmp_path, FUNCTIONS + PARTS)
        command = ("project.py", "mizan_generate")
        ask = (
            "import project\nfrom django.core.wsgi import get_wsgi_application\nget_wsgi_application()\n"
            "from django.test import Client\n"
            "print(Client().get('/api/mizan/ctx/user/?user_id=5').headers['X-Mizan-Interface'])"
        )
    else:
        write_module(tmp_path, FUNCTIONS + PARTS)
        command = ("-m", "mizan_fastapi.generate", "functions")
        ask = (
            "import functions\nfrom fastapi import FastAPI\nfrom fastapi.testclient import TestClient\n"
            "from mizan_fastapi import create_router\napplication = FastAPI()\n"
            "application.include_router(create_router(), prefix='/api/mizan')\n"
            "print(TestClient(application).get('/api/mizan/ctx/user/?user_id=5').headers['X-Mizan-Interface'])"
        )
    assert run(tmp_path, *command, "--output", "api").returncode == 0
    (tmp_path / "ask.py").write_text(ask)
    asked = run(tmp_path, "ask.py")
    mark = asked.stdout.strip()
    assert mark, asked.stderr
    assert f'export const INTERFACE = "{mark}";' in (tmp_path / "api/functions.ts").read_text()
    assert 'channel "stock"' in (tmp_path / "api/mizan.kdl").read_text()


def test_python_clients_pass_a_strict_type_checker(tmp_path: Path) -> None:
    """The client of the shop's functions, and that of the protocol's own example."""
    page = Path(__file__).parents[2].joinpath("docs/protocol.md").read_text("utf-8")
    example = "    ir version=2\n" + page.partition("    ir version=2\n")[2].partition("\nThe grammar:")[0]
    (tmp_path / "example.kdl").write_text(dedent(example).strip() + "\n")
    write_module(tmp_path)
    commands = {
        "shop_client": ("-m", "mizan_fastapi.generate", "functions"),
        "example_client": ("-m", "mizan_native", "generate", "example.kdl"),
    }
    for folder, command in commands.items():
        done = run(tmp_path, *command, "--target", "python", "--output", folder)
        assert done.returncode == 0, done.stderr
    checked = run(tmp_path, "-m", "mypy", "--strict", *commands)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("adapter", ["django", "fastapi"])
def test_watching_generates_again_when_the_functions_change(adapter: str, tmp_path: Path) -> None:
    """A change that cannot be imported is told, and the next one tried."""
    command: tuple[str, ...]
    if adapter == "django":
        write_django_project(tmp_path)
        source, command = tmp_path / "shop/clients.py", ("project.py", "mizan_generate")
    else:
        write_module(tmp_path)
        source, command = tmp_path / "functions.py", ("-m", "mizan_fastapi.generate", "functions")
    good = source.read_text()
    words = [sys.executable, "-u", *command, "--output", "api", "--watch"]
    with Popen(words, cwd=tmp_path, stdout=PIPE, stderr=STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "api: 6 written\n"
            _put(source, good.replace("auth=True", 'auth="staff"'))
            assert process.stdout.readline() == "~ rename: is for staff now  (breaks clients of before)\n"
            assert process.stdout.readline().startswith("api: ")
            _put(source, good + "\nimport nowhere_at_all\n")
            told = iter(process.stdout.readline, "")
            assert any("nowhere_at_all" in line for line in told)
            _put(source, good)
            assert any(line == "~ rename: needs a login now\n" for line in told)
        finally:
            process.terminate()
            process.wait(60)


def _put(path: Path, text: str) -> None:
    """Change a file at once: nobody sees it empty."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)
