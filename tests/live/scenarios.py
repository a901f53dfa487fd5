"""What a live connection does, whatever serves it: each scenario is written once, over a ``World``.

A world has the functions and channels of ``tests.live.functions``, and the accounts ``ada`` and ``bob``, in one process
or in several that have one state, one store and one broker.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NamedTuple, Protocol
from uuid import uuid4

import pytest

LONGEST = 60.0
"""Seconds that something may take to happen before a scenario fails."""
SOCKET = "scenario-socket-0"
SMALL = {"ping_seconds": 1, "pong_seconds": 4, "check_seconds": 1}
"""Limits for what has to do with time: it is over soon, and a busy machine is not taken for a dead one."""
Frame = dict[str, Any]


class Closed(Exception):
    """The server has closed the socket."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class NotOpened(Exception):
    """The server has not opened the socket."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Client(Protocol):
    """One socket. It answers pings by itself, where it has not been told to stop."""

    answers_pings: bool

    async def send_text(self, text: str) -> None: ...

    async def send_bytes(self, data: bytes) -> None: ...

    async def receive(self) -> Frame:
        """The next frame that is no ping.

        :raises Closed: where there is none.
        """


class World(Protocol):
    """An application that runs."""

    processes: int
    """How many there are of it."""

    def open(
        self,
        *,
        process: int = 0,
        user: str | None = None,
        token: str | None = None,
        origin: str | None = "own",
        socket: str | None = None,
        subprotocols: tuple[str, ...] = ("mizan.v1",),
    ) -> AbstractAsyncContextManager[Client]:
        """Open a socket.

        :param user: an account whose session cookie is sent along.
        :param token: for the header of the handshake.
        :param origin: ``"own"`` for the server's own, None for none.
        :raises NotOpened: where the server does not.
        """

    async def call(
        self, function: str, args: dict[str, Any] | None = None, *, process: int = 0, socket: str | None = None
    ) -> Frame:
        """The body of a call over HTTP."""

    def token(self, user: str, seconds: int = 60) -> str:
        """A token of an account."""

    async def log_out(self, user: str) -> None:
        """End the sessions of an account."""


class Talk:
    """A client, with words for what a scenario says often."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._id = 100

    async def send(self, **frame: Any) -> None:
        await self.client.send_text(json.dumps(frame))

    async def receive(self) -> Frame:
        return await asyncio.wait_for(self.client.receive(), LONGEST)

    async def ask(self, **frame: Any) -> Frame:
        """The answer to *frame*, which is the next one that comes."""
        await self.send(**frame)
        return await self.receive()

    async def call(self, function: str, **args: Any) -> Frame:
        self._id += 1
        answer = await self.ask(action="rpc", id=self._id, fn=function, args=args)
        assert answer.pop("id") == self._id
        return answer

    async def watch(self, number: int, context: str, version: str | None = None, **params: Any) -> Frame:
        known = {} if version is None else {"version": version}
        answer = await self.ask(action="watch", id=number, context=context, params=params, **known)
        assert answer["id"] == number
        return answer

    async def subscribe(self, room: str, **more: Any) -> Frame:
        self._id += 1
        return await self.ask(action="subscribe", id=self._id, channel="chat", params={"room": room}, **more)

    async def say(self, room: str, text: str) -> int:
        """Send a message without waiting for its receipt; gives its id."""
        self._id += 1
        await self.send(action="message", id=self._id, channel="chat", params={"room": room}, data={"text": text})
        return self._id

    async def silent(self) -> None:
        """Nothing else has come: what is asked now is answered next."""
        self._id += 1
        answer = await self.ask(action="unsubscribe", id=self._id, channel="none", params={})
        assert answer["id"] == self._id, answer

    async def ends(self, before: list[Frame] | None = None) -> int:
        """The code that the server closes with.

        :param before: gets what comes before.
        """
        seen: list[Frame] = [] if before is None else before
        while True:
            try:
                seen.append(await self.receive())
            except Closed as closed:
                return closed.code


@asynccontextmanager
async def opened(world: World, **options: Any) -> AsyncIterator[Talk]:
    """A socket of the world; ``World.open`` says what *options* there are."""
    async with world.open(**options) as client:
        yield Talk(client)


Scenario = Callable[[World], Awaitable[None]]


class Entry(NamedTuple):
    """A scenario.

    :param limits: what ``MIZAN_LIVE`` says in its world.
    """

    scenario: Scenario
    limits: dict[str, Any]

    def __str__(self) -> str:
        return self.scenario.__name__


SCENARIOS: list[Entry] = []


def scenario(function: Scenario) -> Scenario:
    SCENARIOS.append(Entry(function, {}))
    return function


def soon(function: Scenario) -> Scenario:
    """A scenario in which time goes by."""
    SCENARIOS.append(Entry(function, SMALL))
    return function


# --- calls


@scenario
async def a_call_answers_as_over_http(world: World) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("rename", {"user_id": 1, "name": "Eve"}),
        ("rename_and_fail", {"user_id": 1, "name": "Eve"}),
        ("rename_to_taken", {"user_id": 1, "name": "Eve"}),
        ("rename_undeclared", {"user_id": 1, "name": "Eve"}),
        ("rename", {"user_id": "x", "name": "Eve"}),
        ("who", {}),
        ("crash", {}),
        ("hidden", {}),
        ("nothing", {}),
    ]
    async with opened(world) as talk:
        for function, args in calls:
            over_http = await world.call(function, args)
            over_socket = await talk.call(function, **args)
            assert over_socket.pop("ok") == ("result" in over_http)
            if "result" in over_http:
                over_http["data"] = over_http.pop("result")
            assert over_socket == over_http, function


@scenario
async def a_function_may_be_for_the_socket_alone(world: World) -> None:
    async with opened(world) as talk:
        assert await talk.call("over_the_socket") == {"ok": True, "data": "here"}
    assert (await world.call("over_the_socket"))["error"]["code"] == "NOT_IMPLEMENTED"


@scenario
async def calls_run_side_by_side(world: World) -> None:
    key = {"key": uuid4().hex}
    async with opened(world) as talk:
        await talk.send(action="rpc", id=1, fn="wait_for_release", args=key)
        assert (await talk.ask(action="rpc", id=2, fn="sleep", args={"seconds": 0}))["id"] == 2
        answers = [await talk.ask(action="rpc", id=3, fn="release", args=key), await talk.receive()]
        assert sorted(answer["id"] for answer in answers) == [1, 3]


@scenario
async def too_many_calls_are_refused_at_once(world: World) -> None:
    key = {"key": uuid4().hex}
    async with opened(world) as talk:
        for number in range(21):
            await talk.send(action="rpc", id=number, fn="wait_for_release", args=key)
        first = await talk.receive()
        assert (first["id"], first["error"]["code"]) == (20, "RATE_LIMITED")
        await world.call("release", key)
        answers = [await talk.receive() for _ in range(20)]
        assert sorted(answer["id"] for answer in answers) == list(range(20))
        assert all(answer["ok"] for answer in answers)


@scenario
async def the_sockets_end_cancels_nothing_that_writes(world: World) -> None:
    async with opened(world) as watching:
        await watching.watch(7, "user", user_id=1)
        async with opened(world) as leaving:
            await leaving.send(action="rpc", id=1, fn="rename_slowly", args={"user_id": 1, "name": "Eve"})
            # It has begun when a later call is answered.
            await leaving.ask(action="rpc", id=2, fn="sleep", args={"seconds": 0.05})
        assert await watching.receive() == {"action": "stale", "ids": [7]}
        assert (await watching.watch(7, "user", user_id=1))["data"] == {"user": "Eve"}


# --- watches


@scenario
async def what_one_changes_the_others_are_told(world: World) -> None:
    last = world.processes - 1
    async with opened(world, socket=SOCKET) as ada, opened(world, process=last) as bob:
        for talk in (ada, bob):
            answer = await talk.watch(7, "user", user_id=1)
            assert (answer["data"], answer["scope"]) == ({"user": "Ada"}, "user;user_id=1")
        await bob.watch(8, "user", user_id=2)
        answer = await ada.call("rename", user_id=1, name="Eve")
        assert answer["invalidate"] == [{"context": "user", "params": {"user_id": 1}}, "everybody"]
        assert await bob.receive() == {"action": "stale", "ids": [7]}
        assert (await bob.watch(7, "user", user_id=1))["data"] == {"user": "Eve"}
        await ada.silent()
        await bob.silent()


@scenario
async def whoever_calls_over_http_names_their_socket_and_is_not_told(world: World) -> None:
    async with opened(world, socket=SOCKET) as ada, opened(world) as bob:
        await ada.watch(7, "everybody")
        await bob.watch(7, "everybody")
        await world.call("rename", {"user_id": 1, "name": "Eve"}, socket=SOCKET)
        assert await bob.receive() == {"action": "stale", "ids": [7]}
        await ada.silent()
        await world.call("rename", {"user_id": 1, "name": "Ada"})
        assert await ada.receive() == {"action": "stale", "ids": [7]}


@scenario
async def what_a_read_changes_its_own_socket_is_told(world: World) -> None:
    async with opened(world, socket=SOCKET) as ada:
        await ada.watch(7, "user", user_id=1)
        await ada.send(action="watch", id=8, context="visits", params={})
        frames = [await ada.receive(), await ada.receive()]  # whichever comes first
        assert {"action": "stale", "ids": [7]} in frames
        assert [frame["data"] for frame in frames if "id" in frame] == [{"visits": "a visitor"}]


@scenario
async def a_call_that_fails_after_writing_tells_too(world: World) -> None:
    async with opened(world) as ada, opened(world) as bob:
        await bob.watch(7, "user", user_id=1)
        answer = await ada.call("rename_and_fail", user_id=1, name="half")
        assert answer["error"]["code"] == "CONFLICT"
        assert answer["invalidate"] == [{"context": "user", "params": {"user_id": 1}}]
        assert await bob.receive() == {"action": "stale", "ids": [7]}


@scenario
async def a_declared_error_has_its_data(world: World) -> None:
    async with opened(world) as ada:
        answer = await ada.call("rename_to_taken", user_id=1, name="Eve")
        assert answer["error"] == {"code": "TAKEN", "message": "Taken.", "data": {"name": "Eve"}}
        assert answer["invalidate"] == [{"context": "user", "params": {"user_id": 1}}]
        assert (await ada.call("rename_undeclared", user_id=1, name="Eve"))["error"]["code"] == "INTERNAL_ERROR"


@scenario
async def what_has_not_changed_is_not_sent_again(world: World) -> None:
    async with opened(world) as talk:
        first = await talk.watch(7, "user", user_id=1)
        again = await talk.watch(7, "user", first["version"], user_id=1)
        assert (again["unchanged"], again["version"], "data" in again) == (True, first["version"], False)
        assert "data" in await talk.watch(7, "user", "another", user_id=1)


@scenario
async def whoever_watches_no_more_is_not_told(world: World) -> None:
    async with opened(world) as ada, opened(world) as bob:
        await bob.watch(7, "everybody")
        await bob.watch(8, "user", user_id=1)
        await bob.send(action="unwatch", id=7)
        await bob.silent()
        await ada.call("rename", user_id=1, name="Eve")
        assert await bob.receive() == {"action": "stale", "ids": [8]}


@scenario
async def you_may_watch_what_you_may_fetch(world: World) -> None:
    async with opened(world) as talk:
        assert (await talk.watch(7, "members"))["error"]["code"] == "UNAUTHORIZED"
        assert (await talk.watch(7, "nothing"))["error"]["code"] == "NOT_FOUND"
        assert (await talk.watch(7, "user", user_id="x"))["error"]["code"] == "VALIDATION_ERROR"
        assert (await talk.watch(7, "user", other=1))["error"]["code"] == "VALIDATION_ERROR"
    async with opened(world, user="ada") as talk:
        assert (await talk.watch(7, "members"))["data"] == {"members": 2}


# --- channels


def _texts(frames: list[Frame]) -> list[str]:
    return [frame["data"]["text"] for frame in frames if frame.get("action") == "message"]


@scenario
async def everybody_in_a_room_gets_each_message_once_and_in_order(world: World) -> None:
    last = world.processes - 1
    async with opened(world) as ada, opened(world, process=last) as bob:
        for talk in (ada, bob):
            assert (await talk.subscribe("Blue"))["data"]["recovered"] is False
        receipts = [await ada.say("Blue", str(number)) for number in range(10)]
        seen = [await ada.receive() for _ in range(20)]
        heard = [await bob.receive() for _ in range(10)]
        assert _texts(seen) == _texts(heard) == [str(number) for number in range(10)]
        assert [frame["id"] for frame in seen if "id" in frame] == receipts
        offsets = [frame["offset"] for frame in heard]
        assert offsets == list(range(offsets[0], offsets[0] + 10))


@scenario
async def rooms_of_one_group_are_one_room_and_each_hears_its_own_params(world: World) -> None:
    async with opened(world) as ada, opened(world) as bob:
        await ada.subscribe("BLUE")
        await bob.subscribe("blue")
        await ada.say("BLUE", "hi")
        assert (await bob.receive())["params"] == {"room": "blue"}


@scenario
async def what_was_missed_is_made_up_for(world: World) -> None:
    async with opened(world) as ada:
        position = (await ada.subscribe("red"))["data"]["position"]
        for number in range(5):
            await ada.say("red", str(number))
        frames = [await ada.receive() for _ in range(10)]
        position["offset"] = [frame["offset"] for frame in frames if "offset" in frame][1]
        async with opened(world, process=world.processes - 1) as bob:
            answer = await bob.subscribe("red", since=position)
            assert (answer["data"]["recovered"], answer["data"]["position"]) == (True, position)
            assert _texts([await bob.receive() for _ in range(3)]) == ["2", "3", "4"]
            await ada.say("red", "5")
            assert _texts([await bob.receive()]) == ["5"]
            foreign = await bob.subscribe("Red", since={**position, "epoch": "another"})
            assert foreign["data"]["recovered"] is False


@scenario
async def server_code_publishes(world: World) -> None:
    async with opened(world, process=world.processes - 1) as bob:
        await bob.subscribe("green")
        for function in ("announce", "announce_in_thread"):
            await world.call(function, {"room": "green", "text": function})
            assert _texts([await bob.receive()]) == [function]


@scenario
async def what_a_channel_refuses(world: World) -> None:
    async with opened(world) as talk:
        await world.call("close_room", {"room": "closed"})
        assert (await talk.subscribe("closed"))["error"]["code"] == "UNAUTHORIZED"
        bad = await talk.ask(action="subscribe", id=1, channel="chat", params={"room": 5})
        assert bad["error"]["details"] == {"room": ["Input should be a valid string"]}
        assert (await talk.ask(action="subscribe", id=1, channel="none", params={}))["error"]["code"] == "NOT_FOUND"
        await talk.subscribe("open")
        said = {"action": "message", "id": 2, "channel": "chat", "params": {"room": "open"}}
        assert (await talk.ask(**said, data={"text": 5}))["error"]["code"] == "VALIDATION_ERROR"
        assert (await talk.ask(**said, data={"text": "crash"}))["error"]["code"] == "INTERNAL_ERROR"
        assert await talk.ask(**said, data={"text": "nothing"}) == {"id": 2, "ok": True, "data": None}
        assert (await talk.subscribe("open"))["error"]["code"] == "BAD_REQUEST"
    async with opened(world, user="ada") as talk:
        assert (await talk.subscribe("closed"))["error"]["code"] == "FORBIDDEN"


@scenario
async def who_is_there_is_told(world: World) -> None:
    lobby = {"action": "subscribe", "id": 1, "channel": "lobby", "params": {}}
    async with opened(world) as nobody:
        assert (await nobody.ask(**lobby))["error"]["code"] == "UNAUTHORIZED"
    async with opened(world, user="ada") as ada:
        [first] = (await ada.ask(**lobby))["data"]["presence"]
        assert (await ada.receive())["presence"] == {"joined": [first]}
        async with opened(world, user="bob", process=world.processes - 1) as bob:
            there = (await bob.ask(**lobby))["data"]["presence"]
            [second] = [member for member in there if member["id"] != first["id"]]
            assert first in there
            assert (await ada.receive())["presence"] == {"joined": [second]}
            assert second["data"] != first["data"]
        assert (await ada.receive())["presence"] == {"left": [second]}


# --- identity


@scenario
async def a_token_says_who_asks(world: World) -> None:
    async with opened(world, token=world.token("ada")) as talk:
        assert (await talk.call("who"))["data"] is True
    async with opened(world) as talk:
        assert (await talk.call("who"))["error"]["code"] == "UNAUTHORIZED"
        refused = await talk.ask(action="auth", id=1, token="no token")
        assert (refused["ok"], refused["error"]["code"]) == (False, "UNAUTHORIZED")
        answer = await talk.ask(action="auth", id=1, token=world.token("ada"))
        assert answer == {"id": 1, "ok": True, "data": {"expires_in": answer["data"]["expires_in"]}}
        assert 50 <= answer["data"]["expires_in"] <= 60
        assert (await talk.call("who"))["data"] is True
        another = await talk.ask(action="auth", id=2, token=world.token("bob"))
        assert another["invalidate"] == ["*"]


@soon
async def when_a_token_expires_what_was_guarded_ends(world: World) -> None:
    async with opened(world, token=world.token("ada", seconds=4)) as talk:
        await talk.watch(7, "members")
        await talk.subscribe("blue")
        frames = [await talk.receive(), await talk.receive()]
        assert {"action": "stale", "ids": [7]} in frames
        [dropped] = [frame for frame in frames if frame["action"] == "dropped"]
        assert (dropped["channel"], dropped["error"]["code"]) == ("chat", "UNAUTHORIZED")
        assert (await talk.call("who"))["error"]["code"] == "UNAUTHORIZED"
        assert (await talk.ask(action="auth", id=1, token=world.token("ada")))["ok"]
        assert (await talk.watch(7, "members"))["ok"]


@soon
async def a_session_that_has_ended_ends_its_sockets(world: World) -> None:
    async with opened(world, user="ada") as talk:
        assert (await talk.call("who"))["data"] is True
        await world.log_out("ada")
        assert await talk.ends() == 4401


@soon
async def a_right_that_is_lost_ends_the_subscription(world: World) -> None:
    async with opened(world) as talk:
        await talk.subscribe("blue")
        await world.call("close_room", {"room": "blue"})
        dropped = await talk.receive()
        assert (dropped["action"], dropped["params"]) == ("dropped", {"room": "blue"})
        await world.call("announce", {"room": "blue", "text": "secret"})
        await talk.silent()


@scenario
async def a_foreign_page_opens_nothing(world: World) -> None:
    for origin in ("https://evil.example", "null"):
        with pytest.raises(NotOpened) as refusal:
            async with opened(world, user="ada", origin=origin):
                pass
        assert refusal.value.status == 403


@scenario
async def without_an_origin_cookies_prove_nothing(world: World) -> None:
    async with opened(world, user="ada", origin=None) as talk:
        assert (await talk.call("who"))["error"]["code"] == "UNAUTHORIZED"
    async with opened(world, token=world.token("ada"), origin=None) as talk:
        assert (await talk.call("who"))["data"] is True


@scenario
async def a_token_that_is_refused_opens_nothing(world: World) -> None:
    with pytest.raises(NotOpened):
        async with opened(world, token="no token"):
            pass


# --- the conversation itself


@scenario
async def frames_that_end_it(world: World) -> None:
    async with opened(world) as talk:
        await talk.client.send_bytes(b"{}")
        assert await talk.ends() == 4415
    async with opened(world) as talk:
        await talk.client.send_text("x" * 65_537)
        assert await talk.ends() == 4413
    async with opened(world) as talk:
        for _ in range(5):
            await talk.client.send_text("{")
            assert (await talk.receive())["error"]["code"] == "BAD_REQUEST"
        await talk.client.send_text("{")
        assert await talk.ends() == 4400
    async with opened(world) as talk:
        for _ in range(2):
            await talk.send(action="rpc", id=1, fn="sleep", args={"seconds": 5})
        assert await talk.ends() == 4400


@soon
async def whoever_answers_no_ping_is_gone(world: World) -> None:
    async with opened(world) as alive, opened(world) as dead:
        dead.client.answers_pings = False
        answering = asyncio.ensure_future(alive.receive())
        assert await dead.ends() == 4408
        await alive.send(action="rpc", id=1, fn="sleep", args={"seconds": 0})
        assert (await answering)["ok"]


@soon
async def a_reader_that_stops_keeps_nobody_waiting(world: World) -> None:
    for _ in range(5):
        number, seconds = await _got_by_a_reader_that_stops(world)
        # The window is 256 KiB.
        if 50 < number < 80:
            return
        # On a machine so slow the reader was taken for dead before all was said.
        assert seconds > SMALL["pong_seconds"], number
    raise AssertionError("the machine is too slow for this")


async def _got_by_a_reader_that_stops(world: World) -> tuple[int, float]:
    """How many of 100 messages of 4 kB, and the seconds after which they had been said."""
    began = time.monotonic()  # before it may be asked whether it is there
    async with opened(world) as alive, opened(world) as stopped:
        await alive.subscribe("loud")
        await stopped.subscribe("loud")
        for _ in range(100):
            await alive.say("loud", "x" * 4_000)
            frames = [await alive.receive(), await alive.receive()]
            assert {frame.get("action") for frame in frames} == {"message", None}, frames
        seconds = time.monotonic() - began
        stopped.client.answers_pings = False
        got: list[Frame] = []
        assert await stopped.ends(got) == 4408
        return len([frame for frame in got if frame.get("action") == "message"]), seconds


@scenario
async def a_foreign_protocol_is_not_spoken(world: World) -> None:
    with pytest.raises(NotOpened):
        async with opened(world, subprotocols=("graphql-ws",)):
            pass
