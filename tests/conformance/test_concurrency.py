"""Functions of a bundle run side by side on an event loop; each pair here waits for one another, or gives up."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.functions.meetings import LIMIT
from tests.conformance.target import Target


@pytest.mark.event_loop
@pytest.mark.parametrize(
    "context",
    ["coroutine_with_coroutine", "thread_with_thread", "thread_with_coroutine", "coroutine_with_thread"],
)
def test_the_functions_of_a_bundle_meet(stranger: Caller, context: str) -> None:
    answer = stranger.fetch(context, key=uuid4().hex)
    assert answer.json == {f"{context}.first": "second", f"{context}.second": "first"}


@pytest.mark.event_loop
def test_bundles_for_users_meet_too(target: Target) -> None:
    answer = target.member("plain").fetch("thread_with_thread", key=uuid4().hex)
    assert answer.status == 200, answer


@pytest.mark.event_loop
@pytest.mark.parametrize("context", ["cancelling", "cancelling_from_thread"])
def test_the_first_failure_cancels_the_rest(stranger: Caller, context: str) -> None:
    key = uuid4().hex
    started = time.monotonic()
    answer = stranger.fetch(context, key=key).refused("CONFLICT")
    assert time.monotonic() - started < LIMIT
    assert answer.json["error"]["message"] == "One of two failed."
    assert _is_soon(stranger, key)


def test_requests_do_not_block_one_another(target: Target, world: World) -> None:
    """In particular a function in a thread holds nobody up on the event loop."""
    key = uuid4().hex
    callers = [Caller(target.http()) for _ in range(2)]
    meetings = [{"key": key, "me": "a", "other": "b"}, {"key": key, "me": "b", "other": "a"}]
    with ThreadPoolExecutor(2) as pool:
        calls = [
            pool.submit(caller.call, world("rendezvous"), who) for caller, who in zip(callers, meetings, strict=True)
        ]
        assert [call.result().result for call in calls] == ["b", "a"]


def test_answers_do_not_get_mixed_up(target: Target, world: World) -> None:
    """Many callers at a time, each with an identity of its own."""
    callers = {name: target.member(name) for name in ("plain", "staff", "superuser")}

    def ask(turn: int) -> None:
        for name, caller in callers.items():
            assert caller.call(world("whoami_member")).result.split()[0] == target.member_id(name), turn
            assert caller.fetch(world("me")).json[world("whoami_context")].split()[0] == target.member_id(name), turn
            assert caller.call(world("echo"), {"text": f"{name} {turn}"}).result == f"{name} {turn}"

    with ThreadPoolExecutor(6) as pool:
        for turn in [pool.submit(ask, number) for number in range(12)]:
            turn.result()


def _is_soon(caller: Caller, key: str) -> bool:
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if caller.call("was_cancelled", {"key": key}).result:
            return True
        time.sleep(0.02)
    return False
