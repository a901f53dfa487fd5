"""A service that talks to the shop with its generated client: ``python_client FOLDER django|fastapi``."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from typing_extensions import assert_type

from examples.shop.client.api import AsyncClient, Client, MizanError
from examples.shop.client.api.views import picture_url, receipt_url
from examples.shop.seed import PRODUCTS

API = "http://localhost/api/mizan"
PASSWORD = "a password for the service"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
TEA = str(PRODUCTS[0].id)
STAFF = {"username": "grace", "password": PASSWORD}


def open_shop(
    folder: Path, server: str, portal: BlockingPortal
) -> tuple[httpx.BaseTransport, httpx.AsyncBaseTransport]:
    """The shop of a framework, in this process."""
    os.environ |= {"SHOP_DATABASE": str(folder / "shop.sqlite3"), "SHOP_PASSWORD": PASSWORD}
    if server == "fastapi":
        from examples.shop.fastapi_app import app, database
        from tests.cache.http.sites import Bridge

        database.prepare()
        return Bridge(portal, app), httpx.ASGITransport(app)
    os.environ["DJANGO_SETTINGS_MODULE"] = "examples.shop.django_project.settings"
    from django.core.asgi import get_asgi_application
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    from mizan.asgi import limit_body, wrap_asgi

    wsgi, asgi = get_wsgi_application(), wrap_asgi(limit_body(get_asgi_application()))
    call_command("open_shop", verbosity=0)
    return httpx.WSGITransport(wsgi), httpx.ASGITransport(asgi)


def use(http: httpx.Client) -> None:
    with Client(API, http=http) as nobody:
        with pytest.raises(MizanError, match="UNAUTHORIZED"):
            nobody.set_picture(product_id=TEA, image=PNG)
        # A session, and with it the CSRF token, may begin after the client.
        headers = {"X-CSRFToken": http.cookies.get("csrftoken") or ""}
        http.post("/login/", json=STAFF, headers=headers).raise_for_status()
        kind = nobody.set_picture(product_id=TEA, image=("tea.png", PNG))
        assert_type(kind, str)
        assert kind == "image/png"
        for image in (io.BytesIO(PNG), ("tea.png", io.BytesIO(PNG), "image/png")):
            assert nobody.set_picture(product_id=TEA, image=image) == "image/png"
        with pytest.raises(MizanError, match="VALIDATION_ERROR"):
            nobody.set_picture(product_id=TEA, image=b"no picture")
        shown = http.get(picture_url(product_id=TEA, version="a b&c"))
        assert (shown.status_code, shown.content, shown.url.query) == (200, PNG, b"version=a+b%26c")
        assert http.get(receipt_url(order_id=TEA), headers={"Accept": "application/json"}).status_code == 404
        with pytest.raises(ValueError, match="needs product_id"):
            picture_url(product_id=None)  # type: ignore[arg-type]  # that is the case


async def use_async(http: httpx.AsyncClient) -> None:
    async with AsyncClient(API, http=http) as client:
        await client.fetch_global()
        await http.get("/api/mizan/session/")
        headers = {"X-CSRFToken": http.cookies.get("csrftoken") or ""}
        (await http.post("/login/", json=STAFF, headers=headers)).raise_for_status()
        assert await client.set_picture(product_id=TEA, image=("tea.png", io.BytesIO(PNG))) == "image/png"


def main(folder: str, server: str) -> None:
    with start_blocking_portal() as portal:
        transport, async_transport = open_shop(Path(folder), server, portal)
        use(httpx.Client(transport=transport, base_url="http://localhost"))
    options: dict[str, Any] = {"transport": async_transport, "base_url": "http://localhost"}
    asyncio.run(use_async(httpx.AsyncClient(**options)))
    sys.stdout.write("used\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
