"""A FastAPI application's socket, in this process."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import Depends, HTTPException

from tests.live.asgi_client import AsgiSocket, Closed, Refusal, scope_of
from tests.live.fastapi_app import make_app

NAME = "abcdefghijklmnop"


@pytest.mark.parametrize("is_mounted", [True, False])
def test_what_one_changes_the_other_is_told_and_reads_anew(is_mounted: bool) -> None:
    app = make_app(is_mounted=is_mounted)

    async def check() -> None:
        async with AsgiSocket(app, scope_of(query=f"socket={NAME}")) as ada, AsgiSocket(app, scope_of()) as bob:
            watched = await bob.ask(action="watch", id=7, context="user", params={"user_id": 1})
            assert (watched["data"], watched["scope"]) == ({"user": "Ada"}, "user;user_id=1")
            assert (await ada.ask(action="watch", id=1, context="user", params={"user_id": 1}))["ok"]
            answer = await ada.ask(action="rpc", id=2, fn="rename", args={"user_id": 1, "name": "Eve"})
            assert answer == {
                "id": 2,
                "ok": True,
                "data": "Eve",
                "invalidate": [{"context": "user", "params": {"user_id": 1}}, "everybody"],
            }
            assert await bob.receive() == {"action": "stale", "ids": [7]}
            again = {"action": "watch", "id": 7, "context": "user", "params": {"user_id": 1}}
            renewed = await bob.ask(**again, version=watched["version"])
            assert renewed["data"] == {"user": "Eve"}
            unchanged = await bob.ask(**again, version=renewed["version"])
            assert unchanged == {
                "id": 7,
                "ok": True,
                "unchanged": True,
                "version": renewed["version"],
                "scope": "user;user_id=1",
            }
            # Whoever has changed it has the answer, and nothing else.
            assert (await ada.ask(action="rpc", id=3, fn="everything", args={}))["id"] == 3

    asyncio.run(check())


def test_a_dependency_of_the_router_stands_before_the_socket() -> None:
    def refuse() -> None:
        raise HTTPException(403)

    app = make_app(dependencies=[Depends(refuse)])

    async def check() -> None:
        with pytest.raises((Refusal, Closed)):
            async with AsgiSocket(app, scope_of()):
                pass

    asyncio.run(check())


@pytest.mark.parametrize("change", [{"origin": "https://evil.example"}, {"subprotocols": ()}])
def test_what_is_not_ours_is_refused_before_it_opens(change: dict[str, Any]) -> None:
    async def check() -> int:
        with pytest.raises(Refusal) as refusal:
            async with AsgiSocket(make_app(), scope_of(**change)):
                pass
        return refusal.value.status

    assert asyncio.run(check()) == (403 if "origin" in change else 400)
