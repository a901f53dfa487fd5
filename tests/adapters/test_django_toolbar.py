"""The panel for django-debug-toolbar: what it says of requests, with the real toolbar."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.adapters.projects import run

PROJECT = """
import json
from django.conf import settings

settings.configure(
    DEBUG=True,
    SECRET_KEY="of-this-test-alone",
    ROOT_URLCONF=__name__,
    INTERNAL_IPS=["127.0.0.1"],
    INSTALLED_APPS=["django.contrib.staticfiles", "debug_toolbar", "mizan"],
    MIDDLEWARE=["debug_toolbar.middleware.DebugToolbarMiddleware"],
    DEBUG_TOOLBAR_PANELS=["debug_toolbar.panels.history.HistoryPanel", "mizan.toolbar.MizanPanel"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    STATIC_URL="/static/",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    MIZAN_CACHE_SECRET="a-cache-secret-of-this-test-alone",
)
import django
django.setup()
from debug_toolbar.toolbar import debug_toolbar_urls
from django.db import connection
from django.test import Client
from django.urls import include, path
from mizan_core.client import client
from mizan_core.registry import register

@client(context="user")
def answer(request, user_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 42")
        return cursor.fetchone()[0]

@client(affects="user")
def rename(request, user_id: int) -> None:
    pass

for function in (answer, rename):
    register(function)
urlpatterns = [path("api/mizan/", include("mizan.urls")), *debug_toolbar_urls()]
http = Client()

def panel(response):
    query = {"request_id": response.headers["djdt-request-id"], "panel_id": "MizanPanel"}
    shown = http.get("/__debug__/render_panel/", query)
    return shown.json()["content"]

def call(**body):
    return http.post("/api/mizan/call/", body, content_type="application/json")

fetch = lambda: http.get("/api/mizan/ctx/user/", {"user_id": 5})
said = {
    "MISS": panel(fetch()),
    "HIT": panel(fetch()),
    "call": panel(call(fn="rename", args={"user_id": 5})),
    "named": panel(http.post("/api/mizan/call/rename/", {"args": {"user_id": 5}}, content_type="application/json")),
}
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("toolbar")
    (folder / "project.py").write_text(PROJECT)
    ended = run(folder, "project.py")
    assert ended.returncode == 0, ended.stderr
    found: dict[str, str] = json.loads(ended.stdout)
    return found


def facts(panel: str) -> dict[str, Any]:
    """The panel's first table."""
    rows = panel.split("<tr>")[1:]
    pairs = [row.split("</th>") for row in rows if "<th scope" in row]
    return {name.rsplit(">", 1)[1]: value.split("<td>")[1].split("</td>")[0] for name, value in pairs}


def test_a_miss_and_a_hit(said: dict[str, str]) -> None:
    # The first miss of a store claims its epoch, too.
    missed, hit = facts(said["MISS"]), facts(said["HIT"])
    assert missed == {"context": "user", "status": "200", "cache": "MISS", "round trips": "4", "queries": "1"}
    assert hit == {"context": "user", "status": "200", "cache": "HIT", "round trips": "1", "queries": "0"}
    assert "<code>read</code>" in said["HIT"]


@pytest.mark.parametrize("word", ["call", "named"])
def test_a_mutation(said: dict[str, str], word: str) -> None:
    found = facts(said[word])
    assert found.pop("call" if word == "call" else "call-function") == "rename"
    assert found == {"status": "200", "makes stale": "user;user_id=5", "round trips": "1", "queries": "0"}
