"""The session machine: what a client may ask, in which order it is done, and what ends the conversation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mizan_core.errors import Forbidden
from mizan_core.live.broker import Position
from mizan_core.live.effects import Close, Leave, Reauthorize, Recover, Start, Stop
from tests.live.machine import EPOCH, OK, Machine, history, message

BAD: dict[str, Any] = {
    "no JSON": "{",
    "no object": "[]",
    "no action": "{}",
    "an unknown action": '{"action":"shout"}',
    "an action that is no text": '{"action":5}',
    "an unknown member": '{"action":"rpc","id":1,"fn":"f","extra":1}',
    "no id": '{"action":"rpc","fn":"f"}',
    "an id that is a text": '{"action":"rpc","id":"1","fn":"f"}',
    "an id that is true": '{"action":"rpc","id":true,"fn":"f"}',
    "an id below zero": '{"action":"rpc","id":-1,"fn":"f"}',
    "an id that JavaScript rounds": '{"action":"rpc","id":9007199254740993,"fn":"f"}',
    "no function": '{"action":"rpc","id":1}',
    "arguments that are a list": '{"action":"rpc","id":1,"fn":"f","args":[]}',
    "no context": '{"action":"watch","id":1}',
    "params that are null": '{"action":"watch","id":1,"context":"c","params":null}',
    "a version that is a number": '{"action":"watch","id":1,"context":"c","version":1}',
    "a position without an offset": '{"action":"subscribe","id":1,"channel":"c","since":{"epoch":"e"}}',
    "a position below zero": '{"action":"subscribe","id":1,"channel":"c","since":{"epoch":"e","offset":-1}}',
    "a message without data": '{"action":"message","id":1,"channel":"c"}',
    "a message that is a text": '{"action":"message","id":1,"channel":"c","data":"hi"}',
    "a token that is a number": '{"action":"auth","id":1,"token":1}',
    "a pong of no ping": '{"action":"pong","n":1}',
    "params that are not Unicode": '{"action":"subscribe","id":1,"channel":"c","params":{"a":"\\ud800"}}',
    "a nest": '{"action":"rpc","id":1,"fn":"f","args":{"a":' + "[" * 70 + "]" * 70 + "}}",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_what_is_no_frame_is_refused_and_six_in_a_minute_end_it(text: str) -> None:
    machine = Machine(ping_seconds=1_000)
    for _ in range(5):
        machine.send_text(text)
        [answer] = machine.take()
        assert (answer["ok"], answer["error"]["code"], machine.closed) == (False, "BAD_REQUEST", None)
    machine.wait(59.9)
    machine.take()
    machine.send_text(text)
    assert (machine.closed, machine.said()) == (4400, [])


def test_bad_frames_are_forgotten_after_a_minute() -> None:
    machine = Machine(ping_seconds=1_000)
    for _ in range(20):
        machine.send_text("{")
        machine.wait(12.0)
    assert machine.closed is None


def test_a_refusal_has_the_frames_id_where_it_has_one() -> None:
    machine = Machine()
    machine.send(action="rpc", id=3)
    machine.send_text("{")
    assert [answer["id"] for answer in machine.take()] == [3, None]


@pytest.mark.parametrize(("size", "code"), [(65_536, None), (65_537, 4413)])
def test_a_frame_over_the_limit_ends_it(size: int, code: int | None) -> None:
    machine = Machine()
    frame = '{"action":"rpc","id":1,"fn":""}'
    machine.send_text(frame[:-2] + "x" * (size - len(frame)) + frame[-2:])
    assert machine.closed == code


def test_bytes_count_and_not_characters() -> None:
    machine = Machine()
    machine.send_text(json.dumps({"action": "rpc", "id": 1, "fn": "ä" * 40_000}, ensure_ascii=False))
    assert machine.closed == 4413


def test_a_binary_frame_ends_it_and_nothing_comes_after() -> None:
    machine = Machine()
    assert machine.happened(machine.session.receive_bytes()) == [Close(4415, "frames are text")]
    assert machine.send(action="rpc", id=1, fn="f") == []
    assert machine.wait(100.0) == []
    assert machine.session.signal([1], machine.now) == []
    assert machine.session.receive_bytes() == []


class TestIds:
    def test_one_in_use_ends_it(self) -> None:
        machine = Machine()
        machine.send(action="rpc", id=1, fn="f")
        machine.send(action="rpc", id=1, fn="f")
        assert machine.closed == 4400

    def test_one_that_has_been_answered_is_free(self) -> None:
        machine = Machine()
        machine.send(action="rpc", id=1, fn="f")
        machine.finish(1)
        machine.send(action="rpc", id=1, fn="f")
        assert (machine.closed, machine.started()) == (None, [1])

    def test_that_of_a_watch_is_in_use_for_everything_but_the_same_watch(self) -> None:
        machine = Machine()
        machine.watch(7)
        machine.send(action="watch", id=7, context="user")
        assert machine.started() == [7]
        machine.happened(machine.session.watched(7, OK.format(7), machine.now))
        machine.send(action="rpc", id=7, fn="f")
        assert machine.closed == 4400

    def test_that_of_a_watch_that_is_not_answered_is_in_use(self) -> None:
        machine = Machine()
        machine.send(action="watch", id=7, context="user")
        machine.send(action="watch", id=7, context="user")
        assert machine.closed == 4400

    def test_one_that_is_waiting_is_in_use(self) -> None:
        machine = Machine(running=1)
        machine.send(action="rpc", id=1, fn="f")
        machine.send(action="rpc", id=2, fn="f")
        machine.send(action="auth", id=2, token="t")
        assert machine.closed == 4400


class TestOrder:
    def test_four_run_sixteen_wait_and_the_next_is_refused_at_once(self) -> None:
        machine = Machine()
        begun = []
        for number in range(20):
            machine.send(action="rpc", id=number, fn="f")
            begun += machine.started()
        assert (begun, machine.take()) == ([0, 1, 2, 3], [])
        machine.send(action="rpc", id=99, fn="f")
        [refusal] = machine.take()
        assert (refusal["id"], refusal["error"]["code"]) == (99, "RATE_LIMITED")
        machine.finish(2)
        assert machine.started() == [4]
        machine.send(action="rpc", id=99, fn="f")
        assert (machine.closed, machine.take()[-1]["id"]) == (None, 2)

    def test_answers_come_as_calls_finish(self) -> None:
        machine = Machine()
        for number in (1, 2, 3):
            machine.send(action="rpc", id=number, fn="f")
        for number in (3, 1, 2):
            machine.finish(number)
        assert [answer["id"] for answer in machine.take()] == [3, 1, 2]

    def test_reads_have_a_line_of_their_own_without_an_end(self) -> None:
        machine = Machine()
        for number in range(4):
            machine.send(action="rpc", id=number, fn="f")
        begun = []
        for number in range(100, 140):
            machine.send(action="watch", id=number, context="user")
            begun += machine.started()
        assert (begun, machine.take()) == ([100, 101, 102, 103], [])
        machine.happened(machine.session.watched(101, OK.format(101), machine.now))
        assert machine.started() == [104]

    def test_messages_of_one_subscription_run_one_after_the_other_and_those_of_others_beside_them(self) -> None:
        machine = Machine()
        machine.subscribe(1, "chat")
        machine.subscribe(2, "news")
        begun = []
        for number, channel in ((10, "chat"), (11, "chat"), (12, "news"), (13, "chat")):
            machine.send(action="message", id=number, channel=channel, data={})
            begun += machine.started()
        assert begun == [10, 12]
        machine.finish(12)
        assert machine.started() == []
        machine.finish(10)
        assert machine.started() == [11]
        machine.finish(11)
        assert machine.started() == [13]

    def test_one_that_waits_for_its_turn_keeps_nobody_else_waiting(self) -> None:
        machine = Machine(running=2)
        machine.subscribe(1, "chat")
        for number in (10, 11):
            machine.send(action="message", id=number, channel="chat", data={})
        machine.send(action="rpc", id=12, fn="f")
        assert machine.started() == [12]

    def test_the_other_order_of_members_is_the_same_subscription(self) -> None:
        machine = Machine()
        machine.send(action="subscribe", id=1, channel="chat", params={"a": 1, "b": 2})
        machine.send(action="subscribe", id=2, channel="chat", params={"b": 2, "a": 1})
        assert machine.take()[0]["error"]["message"] == "That is subscribed already."


class TestWatches:
    def test_a_signal_names_the_ids_that_are_watched(self) -> None:
        machine = Machine()
        machine.watch(7)
        machine.watch(8)
        machine.happened(machine.session.signal([7, 8, 9], machine.now))
        assert machine.take() == [{"action": "stale", "ids": [7, 8]}]
        machine.happened(machine.session.signal([9], machine.now))
        assert machine.take() == []

    def test_a_signal_about_a_read_that_is_under_way_comes_after_its_answer(self) -> None:
        machine = Machine()
        machine.watch(8)
        machine.send(action="watch", id=7, context="user")
        machine.happened(machine.session.signal([7, 8], machine.now))
        assert machine.take() == [{"action": "stale", "ids": [8]}]
        machine.happened(machine.session.watched(7, OK.format(7), machine.now))
        assert machine.take() == [{"id": 7, "ok": True, "data": None}, {"action": "stale", "ids": [7]}]

    def test_it_is_told_once(self) -> None:
        machine = Machine()
        machine.send(action="watch", id=7, context="user")
        machine.session.signal([7], machine.now)
        machine.happened(machine.session.watched(7, OK.format(7), machine.now))
        machine.take()
        machine.watch(7)
        assert machine.take() == []

    def test_one_that_is_refused_is_watched_no_more(self) -> None:
        machine = Machine()
        machine.watch(7)
        machine.send(action="watch", id=7, context="user")
        machine.happened(machine.session.refused(7, '{"id":7,"ok":false}', machine.now))
        assert Stop(7) in machine.effects
        assert machine.session.signal([7], machine.now) == []
        assert machine.session.subscriptions == 0

    def test_unwatching_stops_a_read_and_frees_its_place_and_id(self) -> None:
        machine = Machine(running=1)
        machine.send(action="watch", id=7, context="user")
        machine.send(action="watch", id=8, context="user")
        machine.send(action="unwatch", id=7)
        assert machine.effects[0] == Stop(7)
        assert machine.started() == [8]
        machine.send(action="unwatch", id=8)
        machine.send(action="watch", id=8, context="user")
        assert (machine.started(), machine.take(), machine.closed) == ([8], [], None)

    def test_unwatching_what_waits_takes_it_out_of_the_line(self) -> None:
        machine = Machine(running=1)
        for number in (7, 8, 9):
            machine.send(action="watch", id=number, context="user")
        machine.send(action="unwatch", id=8)
        machine.happened(machine.session.watched(7, OK.format(7), machine.now))
        assert machine.started() == [9]

    def test_unwatching_what_is_not_watched_is_nothing(self) -> None:
        assert Machine().send(action="unwatch", id=7) == []

    def test_ten_thousand_on_one_socket_are_too_many(self) -> None:
        machine = Machine()
        refused = []
        for number in range(10_000):
            machine.send(action="watch", id=number, context="user")
            if machine.sent and "action" in machine.sent[-1]:
                machine.pong()
            refused += machine.said()
        assert {answer["error"]["code"] for answer in refused} == {"RATE_LIMITED"}
        assert (len(refused), machine.session.subscriptions, machine.closed) == (9_000, 1_000, None)

    def test_subscriptions_count_as_watches_do(self) -> None:
        machine = Machine(subscriptions=2)
        machine.watch(1)
        machine.subscribe(2, "chat")
        machine.take()
        machine.send(action="subscribe", id=3, channel="news")
        assert machine.take()[0]["error"]["code"] == "RATE_LIMITED"
        machine.send(action="watch", id=1, context="user")
        assert machine.started() == [1]


class TestChannels:
    def test_the_answer_says_where_messages_begin(self) -> None:
        machine = Machine()
        machine.subscribe(offset=5)
        assert machine.take() == [
            {
                "id": 1,
                "ok": True,
                "data": {
                    "channel": "chat",
                    "params": {},
                    "position": {"epoch": EPOCH, "offset": 5},
                    "recovered": False,
                },
            }
        ]

    def test_each_message_is_passed_on_once_and_in_order(self) -> None:
        machine = Machine()
        key = machine.subscribe()
        machine.take()
        for offset in (1, 1, 2, 1, 3):
            machine.deliver(key, offset)
        assert machine.take() == [
            {"action": "message", "channel": "chat", "params": {}, "data": offset, "offset": offset}
            for offset in (1, 2, 3)
        ]

    def test_a_hole_is_filled_and_what_comes_meanwhile_waits(self) -> None:
        machine = Machine()
        key = machine.subscribe()
        machine.take()
        machine.deliver(key, 3)
        assert machine.recovers() == [(key, Position(EPOCH, 0))]
        machine.deliver(key, 4)
        assert (machine.recovers(), machine.take()) == ([], [])
        machine.happened(machine.session.recovered(key, history(3, 1, 2, 3), machine.now))
        assert [frame["offset"] for frame in machine.take()] == [1, 2, 3, 4]

    def test_what_cannot_be_filled_is_a_gap(self) -> None:
        machine = Machine()
        key = machine.subscribe()
        machine.take()
        machine.deliver(key, 3)
        machine.happened(machine.session.recovered(key, history(3, recovered=False), machine.now))
        machine.deliver(key, 4)
        assert machine.take() == [
            {"action": "gap", "channel": "chat", "params": {}, "position": {"epoch": EPOCH, "offset": 3}},
            {"action": "message", "channel": "chat", "params": {}, "data": 4, "offset": 4},
        ]

    def test_another_epoch_is_a_gap(self) -> None:
        machine = Machine()
        key = machine.subscribe(offset=9)
        machine.take()
        machine.deliver(key, 1, epoch="f")
        machine.happened(machine.session.recovered(key, history(1, epoch="f", recovered=False), machine.now))
        assert machine.take()[0]["position"] == {"epoch": "f", "offset": 1}

    def test_what_was_missed_follows_the_answer(self) -> None:
        machine = Machine()
        key = machine.subscribe(offset=5, since={"epoch": EPOCH, "offset": 3})
        assert machine.effects == [Recover(key, Position(EPOCH, 3))]
        machine.deliver(key, 6)
        assert machine.take() == []
        machine.happened(machine.session.recovered(key, history(5, 4, 5), machine.now))
        answer, *messages = machine.take()
        assert answer["data"]["recovered"] is True
        assert answer["data"]["position"] == {"epoch": EPOCH, "offset": 3}
        assert [frame["offset"] for frame in messages] == [4, 5, 6]

    def test_whoever_has_missed_nothing_has_recovered(self) -> None:
        machine = Machine()
        key = machine.subscribe(offset=5, since={"epoch": EPOCH, "offset": 5})
        machine.happened(machine.session.recovered(key, history(5), machine.now))
        [answer] = machine.take()
        assert answer["data"]["recovered"] is True
        assert answer["data"]["position"] == {"epoch": EPOCH, "offset": 5}

    def test_what_cannot_be_recovered_is_said_in_the_answer_and_is_no_gap(self) -> None:
        machine = Machine()
        key = machine.subscribe(offset=500, since={"epoch": EPOCH, "offset": 3})
        machine.happened(machine.session.recovered(key, history(500, recovered=False), machine.now))
        [answer] = machine.take()
        assert answer["data"]["recovered"] is False
        assert answer["data"]["position"] == {"epoch": EPOCH, "offset": 500}

    def test_a_loss_that_the_hub_knows_of_is_a_gap(self) -> None:
        machine = Machine()
        key = machine.subscribe()
        machine.take()
        machine.happened(machine.session.lost(key, Position(EPOCH, 8), machine.now))
        machine.deliver(key, 9)
        assert [frame["action"] for frame in machine.take()] == ["gap", "message"]

    def test_nothing_can_be_said_where_nothing_is_subscribed(self) -> None:
        machine = Machine()
        machine.send(action="message", id=1, channel="chat", data={})
        assert (machine.take()[0]["error"]["code"], machine.started()) == ("NOT_FOUND", [])

    def test_nobody_hears_what_they_have_unsubscribed(self) -> None:
        machine = Machine()
        key = machine.subscribe()
        machine.take()
        machine.send(action="unsubscribe", id=2, channel="chat")
        assert machine.effects[0] == Leave(key)
        machine.deliver(key, 1)
        assert machine.take() == [{"id": 2, "ok": True, "data": None}]
        machine.send(action="unsubscribe", id=3, channel="chat")
        assert machine.take()[0]["error"]["code"] == "NOT_FOUND"

    def test_who_comes_too_late_leaves(self) -> None:
        machine = Machine()
        machine.send(action="subscribe", id=1, channel="chat")
        [start] = machine.effects
        assert type(start) is Start
        machine.session.receive_bytes()
        effects = machine.session.subscribed(start.request, "key", Position(EPOCH, 0), machine.now)  # type: ignore[arg-type]
        assert effects == [Leave("key")]


class TestIdentity:
    def test_the_same_user_goes_on(self) -> None:
        machine = Machine()
        machine.subscribe()
        machine.watch(7)
        machine.authenticate(2, "ada", seconds=60)
        assert machine.take()[0] == {"id": 2, "ok": True, "data": {"expires_in": 60}}
        machine.authenticate(3, "ada", seconds=120)
        assert [type(effect) for effect in machine.effects] == [type(machine.effects[0])]
        machine.wait(100)
        assert [frame["action"] for frame in machine.said() if "action" in frame] == []
        assert machine.session.token == "ada"

    def test_another_user_is_asked_about_everything_and_told_so(self) -> None:
        machine = Machine()
        key = machine.subscribe()
        machine.watch(7)
        machine.authenticate(2, "ada")
        machine.take()
        machine.authenticate(3, "bob")
        assert machine.take() == [
            {"id": 3, "ok": True, "data": {"expires_in": 60}, "invalidate": ["*"]},
            {"action": "stale", "ids": [7]},
        ]
        assert Reauthorize([key], is_another=True) in machine.effects

    def test_other_rights_of_the_same_user_are_asked_about(self) -> None:
        machine = Machine()
        key = machine.subscribe()
        machine.authenticate(2, "ada", rights=("a",))
        machine.take()
        machine.authenticate(3, "ada", rights=("b",))
        assert Reauthorize([key], is_another=True) in machine.effects
        assert machine.take() == [{"id": 3, "ok": True, "data": {"expires_in": 60}}]

    def test_what_was_asked_for_somebody_else_is_asked_once_more(self) -> None:
        machine = Machine()
        machine.authenticate(1, "ada")
        machine.send(action="watch", id=7, context="user")
        machine.send(action="subscribe", id=8, channel="chat")
        [start] = [effect for effect in machine.effects if type(effect) is Start]
        machine.authenticate(2, "bob")
        machine.take()
        machine.happened(machine.session.watched(7, OK.format(7), machine.now))
        assert machine.take() == [{"id": 7, "ok": True, "data": None}, {"action": "stale", "ids": [7]}]
        machine.happened(machine.session.subscribed(start.request, "key", Position(EPOCH, 0), machine.now))  # type: ignore[arg-type]
        assert Reauthorize(["key"], is_another=True) in machine.effects

    def test_a_token_that_is_refused_changes_nothing(self) -> None:
        machine = Machine()
        machine.authenticate(1, "ada")
        machine.send(action="auth", id=2, token="bad")
        machine.happened(machine.session.refused(2, '{"id":2,"ok":false}', machine.now))
        assert (machine.session.token, machine.take()[-1]["ok"]) == ("ada", False)
        machine.send(action="auth", id=2, token="bad")
        assert machine.closed is None

    def test_when_a_token_expires_what_was_guarded_ends(self) -> None:
        machine = Machine()
        machine.authenticate(1, "ada", seconds=10)
        key = machine.subscribe(2)
        machine.watch(7)
        machine.take()
        machine.wait(9.9)
        assert machine.take() == []
        machine.wait(0.2)
        stale, dropped = machine.take()
        assert stale == {"action": "stale", "ids": [7]}
        assert (dropped["action"], dropped["error"]["code"]) == ("dropped", "UNAUTHORIZED")
        assert {Stop(7), Leave(key)} <= set(machine.effects)
        machine.deliver(key, 1)
        machine.happened(machine.session.signal([7], machine.now))
        assert (machine.take(), machine.closed) == ([], None)

    def test_what_is_granted_after_the_token_has_expired_ends_at_once(self) -> None:
        machine = Machine()
        machine.authenticate(1, "ada", seconds=10)
        machine.send(action="watch", id=7, context="user")
        machine.send(action="subscribe", id=8, channel="chat")
        [start] = [effect for effect in machine.effects if type(effect) is Start]
        machine.wait(11)
        machine.take()
        machine.happened(machine.session.watched(7, OK.format(7), machine.now))
        assert (machine.take()[-1], machine.effects[-1]) == ({"action": "stale", "ids": [7]}, Stop(7))
        machine.happened(machine.session.subscribed(start.request, "key", Position(EPOCH, 0), machine.now))  # type: ignore[arg-type]
        assert machine.effects[0] == Leave("key")
        assert machine.take()[0]["error"]["code"] == "UNAUTHORIZED"

    def test_a_new_token_after_that_begins_anew(self) -> None:
        machine = Machine()
        machine.authenticate(1, "ada", seconds=10)
        machine.wait(11)
        machine.authenticate(2, "ada", seconds=10)
        machine.watch(7)
        machine.happened(machine.session.signal([7], machine.now))
        assert machine.take() == [{"action": "stale", "ids": [7]}]

    def test_rights_are_asked_about_now_and_then_and_the_lost_ones_end(self) -> None:
        machine = Machine(check_seconds=30)
        key = machine.subscribe()
        machine.wait(29)
        assert Reauthorize([key]) not in machine.effects
        machine.wait(2)
        assert Reauthorize([key]) in machine.effects
        machine.take()
        machine.happened(machine.session.drop(key, Forbidden(), machine.now))
        [dropped] = machine.take()
        assert dropped["error"] == {"code": "FORBIDDEN", "message": "This is not allowed."}
        machine.deliver(key, 1)
        assert machine.take() == []

    def test_a_session_that_has_ended_ends_it(self) -> None:
        machine = Machine()
        machine.happened(machine.session.ended())
        assert machine.closed == 4401


class TestFlow:
    def test_a_quiet_connection_is_pinged_and_a_dead_one_closed(self) -> None:
        machine = Machine(ping_seconds=20, pong_seconds=20)
        machine.wait(19)
        assert machine.take() == []
        machine.wait(1)
        [ping] = machine.take()
        assert ping["action"] == "ping"
        machine.wait(19)
        assert (machine.take(), machine.closed) == ([], None)
        machine.wait(1)
        assert machine.closed == 4408

    def test_a_pong_keeps_it_alive_and_a_frame_does_not(self) -> None:
        machine = Machine()
        machine.wait(20)
        machine.pong()
        machine.wait(20)
        machine.send(action="unwatch", id=1)
        machine.wait(20)
        assert machine.closed == 4408

    def test_old_pongs_are_nothing(self) -> None:
        machine = Machine()
        machine.wait(20)
        machine.pong()
        machine.pong()
        assert (machine.take()[1:], machine.closed) == ([], None)

    def test_a_pong_of_a_ping_that_has_not_been_read_is_none(self) -> None:
        machine = Machine(window_bytes=1_000)
        machine.send(action="rpc", id=1, fn="f")
        machine.finish(1, json.dumps({"id": 1, "data": "x" * 5_000}))
        for n in range(1, 5):
            machine.send(action="pong", n=n)
        machine.send(action="rpc", id=2, fn="f")
        assert (machine.started(), machine.closed) == ([], None)
        machine.pong()
        assert machine.started() == [2]

    def test_past_the_window_messages_and_signals_are_left_out_and_made_up_for(self) -> None:
        machine = Machine(window_bytes=1_000)
        key = machine.subscribe()
        machine.watch(7)
        offsets = range(1, 101)
        for offset in offsets:
            machine.deliver(key, offset)
        sent = machine.take()
        arrived = [frame["offset"] for frame in sent if frame.get("action") == "message"]
        assert arrived == list(range(1, len(arrived) + 1))
        assert 5 < len(arrived) < 50
        for _ in range(3):
            machine.happened(machine.session.signal([7], machine.now))
        machine.send(action="rpc", id=3, fn="f")
        assert (machine.take(), machine.started()) == ([], [])
        machine.sent = sent
        machine.pong()
        assert machine.started() == [3]
        stale, gap = machine.said()[-2:]
        assert stale == {"action": "stale", "ids": [7]}
        assert gap["position"] == {"epoch": EPOCH, "offset": 100}
        machine.deliver(key, 101)
        assert [frame["offset"] for frame in machine.said()] == [101]

    def test_a_pong_acknowledges_what_came_before_its_ping_alone(self) -> None:
        machine = Machine(window_bytes=1_000)
        key = machine.subscribe()
        for offset in range(1, 101):
            machine.deliver(key, offset)
        machine.pong(next(frame["n"] for frame in machine.take() if frame.get("action") == "ping"))
        machine.take()
        machine.deliver(key, 101)
        machine.deliver(key, 102)
        # There is room for a quarter of the window, which the gap has begun to fill.
        assert [frame["offset"] for frame in machine.said() if "offset" in frame] == [101, 102]

    def test_answers_are_always_sent(self) -> None:
        machine = Machine(window_bytes=1_000)
        machine.send(action="rpc", id=1, fn="f")
        machine.send(action="rpc", id=2, fn="f")
        for number in (1, 2):
            machine.finish(number, json.dumps({"id": number, "data": "x" * 5_000}))
        assert [answer["id"] for answer in machine.said()] == [1, 2]

    @pytest.mark.parametrize(
        "frame",
        [
            {"action": "rpc", "fn": "f"},
            {"action": "message", "channel": "nothing", "data": {}},
            {"action": "unsubscribe", "channel": "nothing"},
            {"action": "auth", "token": "ada"},
        ],
        ids=lambda frame: frame["action"],
    )
    def test_whoever_reads_nothing_and_goes_on_asking_is_closed(self, frame: dict[str, Any]) -> None:
        machine = Machine(window_bytes=1_000, running=1, waiting=1)
        machine.send(action="rpc", id=1, fn="f")
        machine.finish(1, json.dumps({"id": 1, "data": "x" * 5_000}))
        for number in range(2, 200):
            machine.send(id=number, **frame)
            if frame["action"] == "auth":  # the driver has looked at it
                machine.happened(machine.session.refused(number, OK.format(number), machine.now))
        assert machine.closed == 4408

    def test_a_gap_that_finds_no_room_is_told_later(self) -> None:
        machine = Machine(window_bytes=1_000)
        key = machine.subscribe()
        machine.send(action="rpc", id=2, fn="f")
        machine.finish(2, json.dumps({"id": 2, "data": "x" * 5_000}))
        sent = machine.take()
        machine.happened(machine.session.lost(key, Position(EPOCH, 8), machine.now))
        assert machine.take() == []
        machine.sent = sent
        machine.pong()
        assert machine.said()[-1]["position"] == {"epoch": EPOCH, "offset": 8}


def test_the_message_of_a_topic_is_what_the_broker_carries() -> None:
    machine = Machine()
    key = machine.subscribe()
    machine.take()
    said = message(1)._replace(data=b'"presence":{"left":[]}')
    machine.happened(machine.session.deliver(key, EPOCH, said, machine.now))
    assert machine.take()[0]["presence"] == {"left": []}


def test_it_counts_what_it_does() -> None:
    machine = Machine()
    key = machine.subscribe()
    machine.watch(7)
    machine.deliver(key, 1)
    machine.happened(machine.session.signal([7], machine.now))
    machine.happened(machine.session.lost(key, Position(EPOCH, 5), machine.now))
    machine.send_text("{")
    machine.happened(machine.session.drop(key, Forbidden(), machine.now))
    assert machine.session.take_counts() == {
        "frames": 3,
        "subscriptions": 2,
        "messages": 1,
        "signals": 1,
        "gaps": 1,
        "refused": 1,
        "dropped": 1,
    }
    assert not machine.session.take_counts()
