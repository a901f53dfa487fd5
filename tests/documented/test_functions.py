"""docs/functions.md: the examples, as printed."""

from __future__ import annotations

from pathlib import Path

from tests.documented.applications import in_django, in_fastapi
from tests.documented.pages import block

AROUND = block("functions", "python", "@around")
RETURNS = block("functions", "python", "returns=list[GroupOut]")
ASKED = """
answers = [call("greet", name="Ada") for _ in range(3)]
print(json.dumps([*answers, sorted(example.seconds)]))
"""
EXPECTED = [
    [200, {"result": "Hello Ada"}],
    [200, {"result": "Hello Ada"}],
    [429, {"error": {"code": "RATE_LIMITED", "message": "Too many requests."}}],
    ["greet"],
]
IN_DJANGO = AROUND.replace(
    "from mizan_fastapi import around, client, register",
    "from mizan.client import client\nfrom mizan.setup import around, register",
)
ON_A_LOOP = """
import asyncio
from django.test import AsyncClient


async def ask():
    http, body = AsyncClient(), {"fn": "greet", "args": {"name": "Ada"}}
    answers = [await http.post("/api/mizan/call/", body, content_type="application/json") for _ in range(3)]
    return [[answer.status_code, answer.json()] for answer in answers]


import shop.clients as example
print(json.dumps([*asyncio.run(ask()), sorted(example.seconds)]))
"""
DATABASE = """{
    "INSTALLED_APPS": ["django.contrib.auth", "django.contrib.contenttypes", "mizan", "shop"],
    "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    "MIGRATION_MODULES": {"auth": None, "contenttypes": None},
}"""
GROUPS = """
from django.core.management import call_command
call_command("migrate", run_syncdb=True, verbosity=0)
from django.contrib.auth.models import Group
Group.objects.create(name="b")
Group.objects.create(name="a")
print(json.dumps(http.get("/api/mizan/ctx/groups/").json()))
"""


def test_hooks(tmp_path: Path) -> None:
    assert in_fastapi(tmp_path, AROUND, ASKED) == EXPECTED


def test_hooks_in_django(tmp_path: Path) -> None:
    assert in_django(tmp_path, IN_DJANGO, f"import shop.clients as example\n{ASKED}") == EXPECTED


def test_hooks_in_django_on_an_event_loop(tmp_path: Path) -> None:
    assert in_django(tmp_path, IN_DJANGO, ON_A_LOOP) == EXPECTED


def test_what_clients_get(tmp_path: Path) -> None:
    assert in_django(tmp_path, RETURNS, GROUPS, DATABASE) == {
        "groups": [{"id": 2, "name": "a"}, {"id": 1, "name": "b"}]
    }
