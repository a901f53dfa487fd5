"""docs/live.md: the example, as printed, and the commands that ask it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mizan_core.live.command import socket_url
from tests.adapters.projects import run, write_django_project
from tests.documented.applications import in_fastapi
from tests.documented.pages import ROOT, block

PAGE = block("live", "python", "votes")
_DJANGO = """
import json
import warnings
import project
warnings.simplefilter("ignore")  # of the test client's own dependencies
from starlette.testclient import TestClient
"""
_IN_DJANGO = """
http = TestClient(application)


def call(name, /, **arguments):
    return http.post("/api/mizan/call/", json={"fn": name, "args": arguments})


"""
_FASTAPI_ALONE = ("@register", "app = ", "mount(")
ASKED = """
def ask(socket, **frame):
    socket.send_json(frame)
    return socket.receive_json()


with http:
    opened = [
        http.websocket_connect("/api/mizan/ws/", subprotocols=["mizan.v1"], headers={"origin": "http://testserver"})
        for _ in range(2)
    ]
    with opened[0] as page, opened[1] as other:
        watched = ask(page, action="watch", id=1, context="votes")
        call("vote", drink="tea")
        stale = page.receive_json()
        again = ask(page, action="watch", id=1, context="votes")
        room = {"channel": "chat", "params": {"room": "bar"}}
        joined = [ask(each, action="subscribe", id=2, **room)["ok"] for each in (page, other)]
        other.send_json({"action": "message", "id": 3, "data": {"text": " hi "}, **room})
        heard = page.receive_json()
        refused = ask(page, action="subscribe", id=4, channel="chat", params={"room": "backstage"})
print(json.dumps([watched["data"], stale, again["data"], joined, heard["data"], refused["error"]["code"]]))
"""


HEARD = [
    {"count": {"tea": 0, "coffee": 0}},
    {"action": "stale", "ids": [1]},
    {"count": {"tea": 1, "coffee": 0}},
    [True, True],
    {"text": "hi"},
    "UNAUTHORIZED",
]


def test_a_live_page(tmp_path: Path) -> None:
    assert in_fastapi(tmp_path, PAGE, ASKED) == HEARD


def test_a_live_page_in_django(tmp_path: Path) -> None:
    """What follows the imports is the same; the application's configuration and ``asgi.py`` are as printed."""
    functions = PAGE.partition("votes = ")[2].splitlines(keepends=True)
    kept = "".join(line for line in functions if not line.startswith(_FASTAPI_ALONE))
    clients = block("live", "python", "# shop/clients.py") + "\n\nvotes = " + kept
    write_django_project(tmp_path, clients, options=repr({"ALLOWED_HOSTS": ["testserver"]}))
    (tmp_path / "shop" / "apps.py").write_text(block("live", "python", "# shop/apps.py"))
    (tmp_path / "asking.py").write_text(_DJANGO + block("live", "python", "# project/asgi.py") + _IN_DJANGO + ASKED)
    done = run(tmp_path, "asking.py")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == HEARD


@pytest.mark.parametrize("page", ["live", "../README"])
def test_commands_ask_where_the_example_is_mounted(page: str) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    asked = re.findall(r"(?:mizan_fastapi\.live|mizan_live) (http\S+)", text)
    assert asked or page != "live"
    assert {urlsplit(socket_url(url)).path for url in asked} <= {"/api/mizan/ws/"}
