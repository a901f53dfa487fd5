"""Clients that take more than their share, on servers that run: others go on, and the server's memory stays."""

from __future__ import annotations

import json

from tests.live.scenarios import Frame, Talk, opened
from tests.live.worlds import ServerWorld

MESSAGES, LENGTH = 200, 60_000
"""Twelve megabytes."""
MOST_KEPT = 6_000_000
"""Bytes that a server may grow by meanwhile."""
ASKED, AT_ONCE = 10_000, 500
"""A client that neither reads nor answers pings for longer is closed for that."""
SUBSCRIPTIONS = 100
"""What ``MIZAN_LIVE`` allows a socket in these worlds."""


async def a_reader_that_stops(world: ServerWorld) -> None:
    """It gets what fits into the window, a close code, and nothing that is kept for it."""
    async with opened(world) as alive, opened(world) as stopped:
        await alive.subscribe("loud")
        await stopped.subscribe("loud")
        stopped.client.answers_pings = False
        before = await _resident(world)
        for _ in range(MESSAGES):
            await alive.say("loud", "x" * LENGTH)
            frames = [await alive.receive(), await alive.receive()]
            assert {frame.get("action") for frame in frames} == {"message", None}, frames
        assert await _resident(world) - before < MOST_KEPT
        got: list[Frame] = []
        assert await stopped.ends(got) == 4408
        assert 0 < sum(len(json.dumps(frame)) for frame in got) < 400_000  # the window is 256 KiB


async def ten_thousand_subscriptions(world: ServerWorld) -> None:
    """So many are granted as one socket may have; the others are refused, each by itself, and nobody else waits."""
    async with opened(world) as alive, opened(world) as greedy:
        codes: list[str | None] = []
        for first in range(0, ASKED, AT_ONCE):
            for number in range(first, first + AT_ONCE):
                await greedy.send(action="watch", id=number, context="user", params={"user_id": number % 2 + 1})
            assert (await alive.call("sleep", seconds=0))["ok"]
            codes += [await _code(greedy) for _ in range(AT_ONCE)]
        assert (codes.count(None), codes.count("RATE_LIMITED")) == (SUBSCRIPTIONS, ASKED - SUBSCRIPTIONS)
        assert (await greedy.call("sleep", seconds=0))["ok"]


async def _code(talk: Talk) -> str | None:
    """Of the next refusal; None for what is granted."""
    frame = await talk.receive()
    return None if frame["ok"] else frame["error"]["code"]


async def _resident(world: ServerWorld) -> int:
    found: int = (await world.call("resident"))["result"]
    return found
