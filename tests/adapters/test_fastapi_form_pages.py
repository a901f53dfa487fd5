"""The pages of pydantic models' forms: what a field's text means, files, templates."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, Any, Literal

import httpx
import pytest
from fastapi import Depends, FastAPI, Request, Response, UploadFile
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, PlainTextResponse

from mizan_core.client import UploadLimits, client
from mizan_core.ir import build_ir
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_fastapi import create_router, mount
from mizan_fastapi.forms import FormPage, form
from tests.adapters.in_process import asking

HTML = {"Accept": "text/html"}


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Place(BaseModel):
    street: str


class Order(BaseModel):
    name: Annotated[str, Field(title="Your <name>", max_length=10, description="As on the door.")]
    note: str = ""
    nickname: str | None = None
    size: Literal["s", "l"] = "s"
    level: Level | None = None
    count: Annotated[int, Field(ge=1)] = 3
    price: Decimal | None = None
    agreed: bool = False
    sure: bool | None = None
    tags: list[str] = []
    numbers: list[int] = []
    place: Place | None = None


def add(response: Response) -> None:
    response.set_cookie("flavour", "sweet")


@pytest.fixture
def registry() -> Registry:
    registry = Registry()

    @registry.register
    @client(context="orders")
    def orders(request: Request, shop: int) -> int:
        return shop

    return registry


@pytest.fixture
def http(registry: Registry) -> Iterator[httpx.Client]:
    app = FastAPI()
    router = create_router(registry, Settings())
    mount(app, "/api/mizan", router)
    app.include_router(router.views, prefix="/site")
    with asking(app) as http:
        yield http


@pytest.fixture
def taken(registry: Registry) -> list[Order]:
    taken: list[Order] = []

    @form("order", route="/orders/", registry=registry)
    def order(request: Request, data: Order) -> None:
        taken.append(data)

    return taken


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, {}),
        ({"nickname": "", "price": "", "level": "", "size": "", "count": "", "place": "", "sure": ""}, {}),
        ({"note": " a "}, {"note": " a "}),
        ({"nickname": "5"}, {"nickname": "5"}),
        ({"size": "l", "level": "2", "count": "7"}, {"size": "l", "level": Level.HIGH, "count": 7}),
        ({"price": "1.50"}, {"price": Decimal("1.50")}),
        ({"agreed": "on", "sure": "on"}, {"agreed": True, "sure": True}),
        ({"agreed": "true", "sure": "false"}, {"agreed": True, "sure": False}),
        ({"tags": ["a", "", "b"], "numbers": ["1", "2"]}, {"tags": ["a", "b"], "numbers": [1, 2]}),
        ({"place": '{"street": "Mill"}'}, {"place": Place(street="Mill")}),
    ],
)
def test_what_a_text_means(http: httpx.Client, taken: list[Order], sent: Any, expected: Any) -> None:
    answer = http.post("/site/orders/", data={"name": "Ada", "button": "Send", **sent}, headers=HTML)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/site/orders/"), answer.text
    assert taken == [Order(name="Ada", **expected)]


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({"name": ""}, {"name"}),
        ({"name": ["a", "b"]}, {"name"}),
        ({"count": "x", "level": "3", "size": "m"}, {"count", "level", "size"}),
        ({"count": "0"}, {"count"}),
        ({"numbers": ["1", "x"]}, {"numbers.1"}),
        ({"place": "{"}, {"place"}),
        ({"place": "{}"}, {"place.street"}),
        ({"agreed": "perhaps"}, {"agreed"}),
    ],
)
def test_what_means_nothing(http: httpx.Client, taken: list[Order], sent: Any, fields: set[str]) -> None:
    told = http.post("/site/orders/", data={"name": "Ada", **sent})
    assert (told.status_code, told.json()["error"]["details"].keys(), taken) == (422, fields, [])
    page = http.post("/site/orders/", data={"name": "Ada", **sent}, headers=HTML)
    assert page.status_code == 422
    assert page.text.count("<li>") == len(fields)
    assert all(text in page.text for text in sent.values() if isinstance(text, str) and text != "perhaps")


def test_a_page_shows_what_a_field_begins_with(http: httpx.Client, taken: list[Order]) -> None:
    page = http.get("/site/orders/").text
    assert '<label for="id_name">Your &lt;name&gt;</label>' in page
    assert "<small>As on the door.</small>" in page
    assert '<input type="number" name="count" id="id_count" value="3" step="any">' in page
    assert '<option value="s" selected>S</option>' in page
    assert '<input type="checkbox" name="agreed" id="id_agreed">' in page
    assert "multipart" not in page


def test_files_and_what_stands_in_the_route(registry: Registry, http: httpx.Client) -> None:
    @form("photo", route="/shops/<int:shop>/photo/", affects="orders", registry=registry)
    async def photo(
        request: Request,
        data: Order,
        shop: int,
        image: Annotated[UploadFile, UploadLimits(max_bytes=10)],
        added: Annotated[None, Depends(add)],
        papers: list[UploadFile] | None = None,
        times: int = 1,
    ) -> Response:
        return PlainTextResponse(f"{shop} {image.filename} {len(papers or ())} {times} {data.name}")

    page = http.get("/site/shops/5/photo/").text
    assert 'enctype="multipart/form-data"' in page
    assert '<input type="file" name="image" id="id_image" required>' in page
    assert '<input type="file" name="papers" id="id_papers" multiple>' in page
    missing = http.post("/site/shops/5/photo/", data={"name": "Ada"}, headers=HTML)
    assert (missing.status_code, missing.text.count("Field required")) == (422, 1)
    files = [("image", ("a.png", b"abc")), ("papers", ("1", b"a")), ("papers", ("2", b"b"))]
    sent = http.post("/site/shops/5/photo/", data={"name": "Ada", "times": "2"}, files=files, headers=HTML)
    assert (sent.status_code, sent.text, sent.cookies["flavour"]) == (200, "5 a.png 2 2 Ada", "sweet")
    assert sent.headers["X-Mizan-Invalidate"] == "orders;shop=5"
    large = http.post("/site/shops/5/photo/", data={"name": "Ada"}, files={"image": ("a", b"a" * 11)}, headers=HTML)
    assert large.status_code == 413
    assert "photo.post" not in build_ir(registry)


def test_templates(registry: Registry, http: httpx.Client) -> None:
    def text(page: FormPage) -> str:
        return f"{page.title} {page.errors} {[(field.name, field.values) for field in page.fields][:2]}"

    async def response(page: FormPage) -> Response:
        return HTMLResponse(page.__html__(), headers={"X-Own": "kept"})

    def failing(page: FormPage) -> str:
        raise RuntimeError("the template")

    for name, page in (("text", text), ("response", response), ("failing", failing)):

        @form(name, title="T", route=f"/{name}/", page=page, initial=lambda _: {"name": "Eve"}, registry=registry)
        def handler(request: Request, data: Order) -> None:
            raise AssertionError("it is not valid")

    assert http.get("/site/text/").text == "T () [('name', ('Eve',)), ('note', ('',))]"
    wrong = http.post("/site/text/", data={"name": ""}, headers=HTML)
    assert (wrong.status_code, wrong.text) == (422, "T () [('name', ('',)), ('note', ())]")
    own = http.post("/site/response/", data={"name": ""}, headers=HTML)
    assert (own.status_code, own.headers["X-Own"]) == (422, "kept")
    assert http.get("/site/failing/", headers=HTML).status_code == 500


def test_a_page_needs_a_route(registry: Registry) -> None:
    with pytest.raises(
        TypeError, match=r'form\("order"\): page= and success_url= are of the page that route= gives it'
    ):
        form("order", success_url="/thanks/", registry=registry)
    with pytest.raises(ValueError, match="the function has no parameter 'shop'"):

        @form("order", route="/shops/<int:shop>/", registry=registry)
        def order(request: Request, data: Order) -> None: ...


@pytest.mark.parametrize("login", ["/login/", "/login/?from=site"])
def test_whoever_has_to_log_in_comes_back(registry: Registry, login: str) -> None:
    @registry.register
    @client(route="/mine/", auth=True)
    def mine(request: Request) -> Response:
        return HTMLResponse("mine")

    app, router = FastAPI(), create_router(registry, Settings(), login_url=login)
    app.include_router(router.views)
    with asking(app) as http:
        asked = http.get("/mine/?page=2", headers=HTML)
    assert asked.status_code == 302
    assert httpx.URL(asked.headers["Location"]).params["next"] == "/mine/?page=2"
