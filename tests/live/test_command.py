"""The client for people: what it asks for, and what it says of the frames that come."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from mizan_core.commands import CommandRefused
from mizan_core.live.command import Talk, socket_url

ASKED: dict[str, Any] = {"watch": [("user", {"user_id": 5})]}
SUBSCRIBED: dict[str, Any] = {"subscribe": [("chat", {"room": "blue"})], "say": [("chat", {"text": "hi"})]}


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://localhost:8000/api/mizan/", "ws://localhost:8000/api/mizan/ws/"),
        ("https://shop.example/api/mizan", "wss://shop.example/api/mizan/ws/"),
        ("ws://localhost/ws", "ws://localhost/ws/"),
        ("http://localhost:8000", "ws://localhost:8000/api/mizan/ws/"),
        ("https://shop.example/", "wss://shop.example/api/mizan/ws/"),
        (
            "wss://localhost/api/mizan/ws/?socket=0123456789abcdef",
            "wss://localhost/api/mizan/ws/?socket=0123456789abcdef",
        ),
    ],
)
def test_the_sockets_url(given: str, url: str) -> None:
    assert socket_url(given) == url


@pytest.mark.parametrize("given", ["localhost:8000", "/api/mizan/", "ftp://localhost/"])
def test_no_url(given: str) -> None:
    with pytest.raises(CommandRefused, match="http://localhost:8000/api/mizan/"):
        socket_url(given)


def test_one_thing_after_the_other() -> None:
    """What comes later may need what came before: a token, a subscription."""
    talk = Talk(**SUBSCRIBED, call=[("rename", {"name": "Ada"})], token="t")
    sent = [*talk.begin()]
    for number in (1, 2, 3, 4):
        sent += talk.receive({"id": number, "ok": True, "data": None})
    assert [frame["action"] for frame in sent] == ["auth", "subscribe", "message", "rpc"]
    assert sent[2] == {
        "action": "message",
        "id": 3,
        "channel": "chat",
        "params": {"room": "blue"},
        "data": {"text": "hi"},
    }


def test_what_is_stale_is_watched_again_with_what_is_known() -> None:
    talk = Talk(**ASKED)
    [_] = talk.begin()
    assert not [*talk.receive({"id": 1, "ok": True, "data": {}, "version": "v1"})]
    [again] = talk.receive({"action": "stale", "ids": [1, 99]})
    assert again == {"action": "watch", "id": 1, "context": "user", "params": {"user_id": 5}, "version": "v1"}


def test_pings_are_answered() -> None:
    assert [*Talk().receive({"action": "ping", "n": 7})] == [{"action": "pong", "n": 7}]


def test_a_message_to_what_is_not_subscribed() -> None:
    with pytest.raises(CommandRefused, match="--subscribe"):
        Talk(say=[("chat", {})])


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ({"id": 1, "ok": True, "data": {"name": "Ada"}}, 'answer    user user_id=5: {"name": "Ada"}'),
        ({"id": 1, "ok": True, "unchanged": True}, "unchanged user user_id=5"),
        (
            {"id": 1, "ok": True, "data": 1, "invalidate": ["user"], "merge": []},
            'answer    user user_id=5: 1; invalidate ["user"]',
        ),
        (
            {"id": 1, "ok": False, "error": {"code": "FORBIDDEN", "message": "No."}},
            "refused   user user_id=5: FORBIDDEN, No.",
        ),
        (
            {"id": None, "ok": False, "error": {"code": "BAD_REQUEST", "message": "Bad."}},
            "refused   a frame: BAD_REQUEST, Bad.",
        ),
        ({"action": "stale", "ids": [1]}, "stale     user user_id=5"),
        (
            {"action": "message", "channel": "chat", "params": {"room": "b"}, "data": {"t": 1}, "offset": 4},
            'message   chat room=b 4: {"t": 1}',
        ),
        (
            {
                "action": "message",
                "channel": "chat",
                "params": {"room": "b"},
                "presence": {"joined": [{"id": "m1", "data": {"name": "Ada"}}]},
                "offset": 5,
            },
            'presence  chat room=b 5: {"joined": [{"id": "m1", "data": {"name": "Ada"}}]}',
        ),
        ({"action": "message", "channel": "chat"}, 'unknown   {"action": "message", "channel": "chat"}'),
        (
            {"action": "gap", "channel": "chat", "params": {}, "position": {"epoch": "e", "offset": 1}},
            "gap       chat: some messages are lost, read again",
        ),
        (
            {"action": "dropped", "channel": "chat", "params": {}, "error": {"code": "FORBIDDEN", "message": "No."}},
            "dropped   chat: FORBIDDEN, No.",
        ),
        ({"action": "ping", "n": 3}, "ping      3"),
    ],
)
def test_words(frame: dict[str, Any], words: str) -> None:
    talk = Talk(**ASKED)
    assert [*talk.begin()]
    assert talk.words(frame) == words


def test_long_data_is_cut_short() -> None:
    words = Talk().words({"id": 1, "ok": True, "data": "x" * 5_000})
    assert len(words) < 1_000
    assert words.endswith("… (5002 characters)")


@contextmanager
def server(answer: Any) -> Iterator[str]:
    """A server that does what *answer* does with each connection."""
    with serve(answer, "127.0.0.1", 0, subprotocols=["mizan.v1"]) as running:  # type: ignore[list-item]
        thread = Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.socket.getsockname()[1]}/api/mizan/"
        running.shutdown()
        thread.join()


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mizan_fastapi.live", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
        env={"MIZAN_ENGINE": "pure", "PYTHONIOENCODING": "utf-8", **environment},
    )


def test_it_talks_to_a_server() -> None:
    heard: list[Any] = []

    def answer(connection: ServerConnection) -> None:
        assert connection.request is not None
        heard.append({"origin": connection.request.headers["Origin"], "cookie": connection.request.headers["Cookie"]})
        try:
            heard.append(json.loads(connection.recv()))
            connection.send('{"id":1,"ok":true,"data":{"expires_in":60}}')
            heard.append(json.loads(connection.recv()))
            connection.send('{"id":2,"ok":true,"data":{"name":"Ada"},"version":"v1"}')
            connection.send('{"action":"stale","ids":[2]}')
            heard.append(json.loads(connection.recv()))
            connection.close(4401, "the session has ended")
        except ConnectionClosed:
            heard.append("gone")

    with server(answer) as url:
        done = command(url, "--watch", "user", "user_id=5", MIZAN_TOKEN="secret-token", MIZAN_COOKIE="a=b")
    host = url.removesuffix("/api/mizan/")
    assert heard == [
        {"origin": host, "cookie": "a=b"},
        {"action": "auth", "id": 1, "token": "secret-token"},
        {"action": "watch", "id": 2, "context": "user", "params": {"user_id": 5}},
        {"action": "watch", "id": 2, "context": "user", "params": {"user_id": 5}, "version": "v1"},
    ]
    assert done.returncode == 1
    assert done.stderr == "the server has closed the socket: 4401 the session has ended\n"
    assert 'answer    user user_id=5: {"name": "Ada"}' in done.stdout
    assert "secret-token" not in done.stdout


@pytest.mark.parametrize(
    ("body", "said"),
    [('{"error":{"code":"FORBIDDEN"}}', '{"error":{"code":"FORBIDDEN"}}'), ("", "without a reason: is that where")],
)
def test_it_says_why_there_is_no_socket(body: str, said: str) -> None:
    def refuse(connection: ServerConnection, _: Any) -> Any:
        return connection.respond(403, body)

    with serve(lambda _: None, "127.0.0.1", 0, process_request=refuse) as running:
        thread = Thread(target=running.serve_forever)
        thread.start()
        host = f"127.0.0.1:{running.socket.getsockname()[1]}"
        done = command(f"http://{host}")
        running.shutdown()
        thread.join()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"the server has not opened ws://{host}/api/mizan/ws/: 403, {said}")


def test_help() -> None:
    done = command("--help")
    assert done.returncode == 0
    assert "--watch user user_id=5" in done.stdout
    assert all(len(line) <= 120 for line in done.stdout.splitlines())
