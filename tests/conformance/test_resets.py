"""``resets=True``: a login, a logout. The entry ``"*"`` is everything that a client keeps (protocol.md section 6)."""

from __future__ import annotations

from tests.conformance.caller import Caller
from tests.conformance.conftest import World


def test_everything_is_stale(stranger: Caller, world: World) -> None:
    answer = stranger.call(world("become"), {"name": "Ada"})
    assert (answer.result, answer.invalidate, answer.header) == ("Ada", ["*"], "*")
    assert answer.body == b'{"result":"Ada","invalidate":["*"]}'
    assert stranger.call(world("become_nobody")).invalidate == ["*"]


def test_who_has_failed_is_who_they_were(stranger: Caller, world: World) -> None:
    answer = stranger.call(world("become"), {"name": "nobody"}).refused("CONFLICT")
    assert answer.invalidate == [world("user")]


def test_nothing_is_brought_along_for_somebody_else(stranger: Caller, world: World) -> None:
    shown = [{"context": world("user"), "params": {"user_id": 5}}]
    assert stranger.call_showing(world("become"), {"name": "Ada"}, shown).refresh == []
