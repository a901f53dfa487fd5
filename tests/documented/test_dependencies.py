"""docs/dependencies.md: the examples, as printed, and what the page says of them."""

from __future__ import annotations

from pathlib import Path

from tests.documented.applications import in_django, in_fastapi
from tests.documented.pages import block

ASKED = """
def told(answer):
    return [answer.status_code, answer.json()]

key = {"X-Key": "open sesame"}
body = {"fn": "order", "args": {"product": "tea"}}
ordered = http.post("/api/mizan/call/", json=body, headers={**key, "Cookie": "basket=full"})
cookies = dict(ordered.cookies)
http.cookies.clear()
print(json.dumps([
    told(ordered),
    cookies,
    told(http.get("/api/mizan/ctx/orders/")),
    told(http.post("/api/mizan/call/", json=body, headers={"X-Key": "a guess"})),
    told(http.post("/api/mizan/call/", json=body)),
]))
"""

DATABASE = """
import asyncio

async def create():
    async with example.engine.begin() as connection:
        await connection.run_sync(example.Base.metadata.create_all)
    await example.engine.dispose()

asyncio.run(create())
with http:
    told = [call("add_product", name=name) for name in ("tea", "cups")]
    told += [http.get("/api/mizan/ctx/shop/").json() for _ in range(5)]
    http.portal.call(example.engine.dispose)
print(json.dumps(told))
"""

SHARED = """
from fastapi import Depends


async def share(request: Request) -> AsyncIterator[None]:
    async with make_session() as request.state.session:
        yield


@client(context="shared")
async def one(request: Request) -> int:
    return await request.state.session.scalar(select(func.count()).select_from(Product)) or 0


@client(context="shared")
async def two(request: Request) -> int:
    return await request.state.session.scalar(select(func.count()).select_from(Product)) or 0


from fastapi import FastAPI
from mizan_fastapi import create_router, mount

register(one)
register(two)
app = FastAPI()
mount(app, "/api/mizan", create_router(dependencies=[Depends(share)]))
"""


def test_the_first_example(tmp_path: Path) -> None:
    ordered, cookies, orders, guessed, without = in_fastapi(tmp_path, block("dependencies", "python", "SENT"), ASKED)
    assert ordered == [200, {"result": 4, "invalidate": ["orders"]}]
    assert cookies == {"basket": "empty"}
    assert orders == [200, {"orders": ["tea is ordered", "the warehouse knows"]}]
    assert (guessed[0], guessed[1]["error"]["message"]) == (402, "Another key, please.")
    assert (without[0], list(without[1]["error"]["details"])) == (422, ["header.x-key"])


def test_sessions(tmp_path: Path) -> None:
    example = block("dependencies", "python", "make_session")
    tea, cups, *bundles = in_fastapi(tmp_path, example, DATABASE)
    rows = [{"id": 1, "name": "tea"}, {"id": 2, "name": "cups"}]
    assert [tea, cups] == [[200, {"result": row, "invalidate": ["shop"]}] for row in rows]
    assert bundles == [{"product_count": 2, "products": rows}] * 5


def test_one_session_for_all_fails_as_the_page_says(tmp_path: Path) -> None:
    example = block("dependencies", "python", "make_session") + SHARED
    asked = DATABASE.replace("ctx/shop/", "ctx/shared/").replace('("tea", "cups")', "()")
    asked = asked.replace("TestClient(app", "TestClient(app, raise_server_exceptions=False")
    bundles = in_fastapi(tmp_path, example, asked)
    assert [bundle["error"]["code"] for bundle in bundles] == ["INTERNAL_ERROR"] * 5


IN_DJANGO = """
import logging
from asgiref.sync import async_to_sync
from django.test import AsyncClient

logging.disable()


def told(answer):
    cookies = {name: morsel.value for name, morsel in answer.cookies.items()}
    return [answer.status_code, answer.content.decode(), cookies, answer.headers.get("X-Theme")]


def post(name, **arguments):
    http.cookies.clear()
    return told(http.post("/api/mizan/call/", {"fn": name, "args": arguments}, content_type="application/json"))


body = {"fn": "choose_theme", "args": {"theme": "dark"}}
over_asgi = async_to_sync(AsyncClient().post)("/api/mizan/call/", body, content_type="application/json")
print(json.dumps([
    post("choose_theme", theme="dark"), told(over_asgi), post("choose_none"), told(http.get("/themes/dark/")),
]))
"""


URLS = """
from django.urls import include, path

urlpatterns = [path("api/mizan/", include("mizan.urls")), path("", include("mizan.view_urls"))]
"""


def test_in_django(tmp_path: Path) -> None:
    """In a project without users."""
    (tmp_path / "example_urls.py").write_text(URLS)
    example = block("dependencies", "python", "# shop/clients.py")
    chosen, over_asgi, failed, shown = in_django(tmp_path, example, IN_DJANGO, '{"ROOT_URLCONF": "example_urls"}')
    assert chosen == [200, '{"result":"dark","invalidate":["page"]}', {"theme": "dark"}, "dark"]
    assert over_asgi == chosen
    assert (failed[0], failed[2]) == (500, {})
    assert shown == [200, "<h1>dark</h1>", {"theme": "dark"}, None]
