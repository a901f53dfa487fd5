"""docs/views.md: the examples, as printed, and its table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.documented.applications import in_django, in_fastapi
from tests.documented.pages import block

ASKED = """
HTML = {"headers": {"Accept": "text/html"}}


def told(answer):
    kind = answer.headers["Content-Type"].partition(";")[0] if "Content-Type" in answer.headers else ""
    location = answer.headers.get("Location")
    return [answer.status_code, kind, answer.content.decode(), location, answer.headers.get("X-Mizan-Invalidate")]


print(json.dumps([told(answer) for answer in (
    http.get("/orders/1/?bold=true&utm_source=mail"),
    http.get("/orders/tea/", **HTML),
    http.get("/orders/9/"),
    http.post("/orders/1/", data={"name": "coffee"}),
    http.get("/orders/1/"),
    http.get("/orders/1/name", **HTML),
    http.get("/orders/1/name"),
)]))
"""


def _check(answers: list[Any], login: str) -> None:
    bold, no_number, unknown, renamed, after, asked_to_log_in, refused = answers
    assert bold[:3] == [200, "text/html", "<b>tea</b>"]
    assert no_number[0] == 404
    assert (unknown[:2], '"NOT_FOUND"' in unknown[2]) == ([404, "application/json"], True)
    assert (renamed[0], renamed[3], renamed[4]) == (302, "/orders/1/", "orders")
    assert after[2] == "<p>coffee</p>"
    assert (asked_to_log_in[0], asked_to_log_in[3]) == (302, f"{login}?next=/orders/1/name")
    assert refused[:2] == [401, "application/json"]


def test_in_fastapi(tmp_path: Path) -> None:
    _check(in_fastapi(tmp_path, block("views", "python", "app.include_router"), ASKED), "/login")


def test_in_django(tmp_path: Path) -> None:
    urls = block("views", "python", "# project/urls.py")
    (tmp_path / "printed_urls.py").write_text(urls)
    options = """{
        "ROOT_URLCONF": "printed_urls",
        "INSTALLED_APPS": ["django.contrib.auth", "django.contrib.contenttypes", "mizan", "shop"],
        "LOGIN_URL": "/login",
    }"""
    example = block("views", "python", "# shop/clients.py")
    _check(in_django(tmp_path, example, ASKED, options), "/login")
