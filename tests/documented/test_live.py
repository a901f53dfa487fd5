"""docs/live.md: the example, as printed."""

from __future__ import annotations

from pathlib import Path

from tests.documented.applications import in_fastapi
from tests.documented.pages import block

PAGE = block("live", "python", "votes")
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


def test_a_live_page(tmp_path: Path) -> None:
    assert in_fastapi(tmp_path, PAGE, ASKED) == [
        {"count": {"tea": 0, "coffee": 0}},
        {"action": "stale", "ids": [1]},
        {"count": {"tea": 1, "coffee": 0}},
        [True, True],
        {"text": "hi"},
        "UNAUTHORIZED",
    ]
