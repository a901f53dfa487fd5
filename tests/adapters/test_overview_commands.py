"""``mizan_functions``, ``export_mizan_openapi`` and their twins for FastAPI."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, TypeAlias

import pytest
from fastapi import FastAPI, UploadFile
from openapi_spec_validator import validate
from pydantic import BaseModel
from starlette.responses import Response

from mizan_core.client import ErrorCase, client
from mizan_core.exports.diagram import diagram
from mizan_core.exports.listing import listing
from mizan_core.exports.openapi import openapi
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import cache, call, create_router, functions, generate, mount
from mizan_fastapi import openapi as openapi_command
from tests.adapters.projects import run, write_django_project, write_module

Ask: TypeAlias = Callable[..., "CompletedProcess[str]"]
MODULES = {
    "mizan_functions": "mizan_fastapi.functions",
    "export_mizan_openapi": "mizan_fastapi.openapi",
}


@pytest.fixture(params=["django", "fastapi"])
def ask(request: pytest.FixtureRequest, tmp_path: Path) -> Ask:
    if request.param == "django":
        write_django_project(tmp_path)
        return lambda command, *options: run(tmp_path, "project.py", command, *options)
    write_module(tmp_path)
    return lambda command, *options: run(tmp_path, "-m", MODULES[command], "functions", *options)


def test_functions_are_listed_with_what_they_make_stale(ask: Ask) -> None:
    assert ask("mizan_functions").stdout.splitlines() == [
        "FUNCTION      ARGUMENTS       KIND          WHO       MAKES STALE",
        "user_profile  user_id         context user  -",
        "rename        user_id, name?  mutation      required  user(user_id)",
        " " * 54 + "user.user_profile(user_id) (replace)",
    ]


def test_functions_are_drawn(ask: Ask) -> None:
    assert ask("mizan_functions", "--format", "mermaid").stdout.splitlines() == [
        "flowchart LR",
        '  subgraph c0["user"]',
        '    f1["user_profile"]',
        "  end",
        '  f0(["rename"])',
        '  f0 -->|"user_id"| c0',
        '  f0 -.->|"user_id"| f1',
    ]


def test_openapi_is_printed_written_and_checked(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    assert ask("export_mizan_openapi", "--output", file).returncode == 0
    validate(json.loads(file.read_text()))
    assert ask("export_mizan_openapi", "--check", file).returncode == 0
    file.write_text(file.read_text().replace("rename", "renamed"))
    refused = ask("export_mizan_openapi", "--check", file)
    assert refused.returncode == 1
    assert "is out of date" in refused.stderr


class Item(BaseModel):
    id: int
    tags: list[str] = []
    price: float | None = None


class OrderInput(BaseModel):
    """The application's own: the function's arguments have the same name."""

    another: str


class OutOfStock(ErrorCase, status=409):
    left: int


@client(context="shop")
def items(request: Any, category: str, limit: int = 10) -> list[Item]:
    """What there is."""
    return []


@client(affects="shop", errors=[OutOfStock], auth=True)
def order(request: Any, item: Item, count: int) -> Item:
    return item


@client(private=True)
def secret(request: Any) -> int:
    return 1


def shop() -> Registry:
    registry = Registry()
    for function in (items, order, secret):
        registry.register(function)
    return registry


@pytest.mark.parametrize(
    ("main", "more"),
    [
        (call.main, ["rename"]),
        (cache.main, ["stats"]),
        (functions.main, []),
        (generate.main, []),
        (openapi_command.main, []),
    ],
)
def test_a_module_that_is_not_there_is_named(
    main: Callable[[list[str]], int],
    more: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert main(["no_such_module.app", *more]) == 1
    assert capsys.readouterr().err.startswith("there is no module 'no_such_module', seen from ")


def test_openapi_says_what_is_declared() -> None:
    described = openapi(shop())
    validate(described)
    assert sorted(described["paths"]) == ["/api/mizan/call/items/", "/api/mizan/call/order/", "/api/mizan/ctx/shop/"]
    post = described["paths"]["/api/mizan/call/order/"]["post"]
    conflict = post["responses"]["409"]["content"]["application/json"]["schema"]["properties"]["error"]
    assert conflict["properties"]["code"] == {"const": "OUT_OF_STOCK"}
    assert conflict["properties"]["data"] == {"$ref": "#/components/schemas/OutOfStock"}
    assert post["security"]
    assert "401" in post["responses"]
    get = described["paths"]["/api/mizan/ctx/shop/"]["get"]
    assert [(param["name"], param["required"]) for param in get["parameters"]] == [("category", True), ("limit", False)]
    assert "security" not in get


def test_openapi_has_a_part_for_each_file() -> None:
    registry = Registry()

    @registry.register
    @client
    def put_up(
        request: Any, item: Item, image: UploadFile, papers: list[UploadFile] | None = None, note: str = ""
    ) -> None: ...

    @registry.register
    @client
    def drop(request: Any, image: UploadFile) -> None: ...

    described = openapi(registry)
    validate(described)
    assert described["paths"]["/api/mizan/call/put_up/"]["post"]["parameters"][0]["name"] == "X-Mizan-Call"

    def body_of(name: str) -> Any:
        content = described["paths"][f"/api/mizan/call/{name}/"]["post"]["requestBody"]["content"]
        return content["multipart/form-data"]["schema"]

    body = body_of("put_up")
    assert list(body["properties"]) == ["args", "image", "papers.0"]
    assert body["required"] == ["args", "image"]
    assert list(body["properties"]["args"]["properties"]) == ["item", "note"]
    assert body["properties"]["args"]["required"] == ["item"]
    assert body_of("drop")["required"] == ["image"]


def test_a_mounted_application_describes_its_functions_beside_its_own_routes() -> None:
    app = FastAPI()

    @app.post("/own")
    def own(value: OrderInput) -> None: ...

    mount(app, "/rpc", create_router(shop(), Settings()))
    schema = app.openapi()
    validate(schema)
    assert {"/own", "/rpc/call/order/", "/rpc/ctx/shop/"} <= schema["paths"].keys()
    schemas = schema["components"]["schemas"]
    assert list(schemas["OrderInput"]["properties"]) == ["another"]
    body = schema["paths"]["/rpc/call/order/"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["args"] == {"$ref": "#/components/schemas/MizanOrderInput"}
    assert list(schemas["MizanOrderInput"]["properties"]) == ["item", "count"]


def pages() -> Registry:
    registry = Registry()

    @registry.register
    @client(route="/items/<id>/")
    def page(request: Any, id: int, bold: bool = False) -> Response:  # noqa: A002
        """A page."""
        return Response()

    @registry.register
    @client(route="/items/<id>/", methods=["POST", "DELETE"], affects="shop", auth="staff")
    def change(request: Any, id: int, name: str) -> Response:  # noqa: A002
        return Response()

    @registry.register
    @client(route="/pictures/", methods=["PUT"])
    def keep(request: Any, image: UploadFile) -> Response:
        return Response()

    @registry.register
    @client(route="/secret/", private=True)
    def hidden(request: Any) -> Response:
        return Response()

    registry.register(items)
    return registry


def test_openapi_has_the_urls_of_functions() -> None:
    described = openapi(pages())
    validate(described)
    assert "/secret/" not in described["paths"]
    item = described["paths"]["/items/{id}/"]
    assert sorted(item) == ["delete", "get", "post"]
    assert [(each["name"], each["in"], each["required"]) for each in item["get"]["parameters"]] == [
        ("id", "path", True),
        ("bold", "query", False),
    ]
    assert [each["in"] for each in item["delete"]["parameters"]] == ["path", "query"]
    assert item["get"]["summary"] == "A page."
    assert "security" not in item["get"]
    assert item["post"]["security"]
    assert [each["in"] for each in item["post"]["parameters"]] == ["path"]
    body = item["post"]["requestBody"]["content"]
    assert sorted(body) == ["application/json", "application/x-www-form-urlencoded"]
    assert body["application/json"]["schema"]["properties"]["args"]["required"] == ["name"]
    assert list(described["paths"]["/pictures/"]["put"]["requestBody"]["content"]) == ["multipart/form-data"]


def test_fastapi_describes_the_urls_that_it_includes_where_they_are() -> None:
    api = create_router(pages(), Settings())
    without, app = FastAPI(), FastAPI()
    mount(without, "/rpc", api)
    mount(app, "/rpc", api)
    app.include_router(api.views, prefix="/shop")
    assert sorted(without.openapi()["paths"]) == ["/rpc/call/items/", "/rpc/ctx/shop/"]
    validate(app.openapi())
    assert {"/shop/items/{id}/", "/shop/pictures/"} <= app.openapi()["paths"].keys()


def test_a_mounted_application_may_keep_its_functions_to_itself() -> None:
    app = FastAPI()
    mount(app, "/rpc", create_router(shop(), Settings()), include_in_schema=False)
    assert app.openapi()["paths"] == {}


def test_the_table_says_where_functions_have_urls() -> None:
    registry = Registry()

    @registry.register
    @client(route="/items/<id>/", methods=["GET", "POST"], private=True)
    def item(request: Any, id: int) -> int:  # noqa: A002
        return id

    assert "function GET,POST /items/<id>/, private" in listing(registry)


def test_names_are_quoted_for_the_picture() -> None:
    registry = Registry()
    registry.register(client(affects="shop")(order.function), name="order.now-or-later")
    registry.register(items)
    assert '(["order.now-or-later"])' in diagram(registry)
    assert listing(Registry()) == "No function is registered.\n"
