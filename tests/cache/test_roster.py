"""The roster's decisions, without a store."""

from __future__ import annotations

from mizan_core.cache.roster import Roster
from mizan_core.cache.versions import NO_GRAPH

LEASE = 3.0
TAGS = ["tag:a", "tag:b"]


def _beat(roster: Roster, fields: dict[str, bytes]) -> None:
    """What the store does with one beat."""
    written, dropped = roster.next_beat(NO_GRAPH)
    fields.update(written)
    for field in dropped:
        fields.pop(field, None)
    roster.confirm(written)


def test_an_announcement_stands_for_a_whole_beat_after_its_last_function() -> None:
    roster, fields = Roster(LEASE), dict[str, bytes]()
    announced = roster.begin(TAGS)
    fields.update(announced)
    roster.confirm(announced)
    _beat(roster, fields)
    roster.end(roster.name, TAGS)
    assert roster.begin(TAGS) == {}
    roster.end(roster.name, TAGS)
    _beat(roster, fields)
    assert sorted(tag.decode() for name, tag in fields.items() if "/" in name) == TAGS
    _beat(roster, fields)
    assert list(fields) == [roster.name]
    again = roster.begin(TAGS)
    assert len(again) == 2
    assert not again.keys() & announced.keys()


def test_what_could_not_be_announced_is_with_the_next_beat() -> None:
    roster, fields = Roster(LEASE), dict[str, bytes]()
    assert len(roster.begin(TAGS)) == 2
    _beat(roster, fields)
    assert sorted(tag.decode() for name, tag in fields.items() if "/" in name) == TAGS


def test_a_fork_does_not_end_what_its_parent_has_begun() -> None:
    roster = Roster(LEASE)
    roster.begin(TAGS)
    parent = roster.name
    roster.restart()
    roster.end(parent, TAGS)
    roster.begin(TAGS)
    assert not roster.is_idle


def test_the_silent_are_dead_once() -> None:
    roster = Roster(LEASE)
    found = {"other": b"1" + NO_GRAPH, "other/1": b"tag:a"}
    _beat(roster, {})
    assert roster.observe(found, NO_GRAPH, 0.0, 0.1).dead == []
    [dead] = roster.observe({**found, roster.name: b""}, NO_GRAPH, 3.5, 3.6).dead
    assert dead.announced == ["tag:a"]
    assert roster.observe({**found, roster.name: b""}, NO_GRAPH, 3.7, 3.8).dead == []
    found["other/2"] = b"tag:b"
    [dead] = roster.observe({**found, roster.name: b""}, NO_GRAPH, 3.9, 4.0).dead
    assert dead.announced == ["tag:a", "tag:b"]


def test_who_beats_is_alive() -> None:
    roster = Roster(LEASE)
    for number in range(10):
        found = {"other": b"%d" % number + NO_GRAPH, "other/1": b"tag:a", roster.name: b""}
        assert roster.observe(found, NO_GRAPH, number, number + 0.1).dead == []


def test_a_process_that_was_late_may_have_been_struck_out() -> None:
    punctual, late = Roster(LEASE), Roster(LEASE)
    for roster in (punctual, late):
        roster.observe({roster.name: b""}, NO_GRAPH, 0.0, 0.1)
    assert punctual.observe({}, NO_GRAPH, 1.0, 1.1).lost
    assert not late.observe({}, NO_GRAPH, 5.0, 5.1).lost
