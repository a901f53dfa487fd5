"""Reads beside reads, and reads beside mutations, brought to meet where it hurts."""

from __future__ import annotations

import time

from tests.cache.http.asking import Asker
from tests.cache.http.sites import Site
from tests.cache.http.world import PATIENCE, WORLD, Background, in_threads

CROWD = 50


def _deposit_meets_reader(asker: Asker, mutate: str) -> None:
    with WORLD.gate("slow") as gate:
        reader = Background(lambda: asker.fetch("slow", account_id=1))
        gate.wait_for_arrival()
        assert asker.become(asker.site.stranger()).call(mutate, account_id=1).result == 1
        gate.open()
        assert reader.result() == ("MISS", {"slow": 0})


def test_what_a_reader_stores_after_the_purge_is_never_served(asker: Asker) -> None:
    """R1: it has read the old state, the mutation comes and goes, then it stores."""
    _deposit_meets_reader(asker, "hasten")
    assert asker.fetch("slow", account_id=1) == ("MISS", {"slow": 1})
    assert asker.fetch("slow", account_id=1) == ("HIT", {"slow": 1})


def test_nor_where_the_tags_had_never_been_given_a_version(asker: Asker) -> None:
    """R2: the versions that are missing are made before the functions run, not when the entry is stored."""
    asker.site.empty()
    _deposit_meets_reader(asker, "hasten")
    assert asker.word("slow", account_id=1) == "MISS"


def test_a_crowd_that_misses_runs_the_functions_once(asker: Asker) -> None:
    """R14."""
    crowd = [asker.become(asker.site.stranger()) for _ in range(CROWD)]
    waiting = list(crowd)
    with WORLD.gate("slow") as gate:
        leader = Background(lambda: waiting.pop().fetch("slow", account_id=1))
        gate.wait_for_arrival()
        others = Background(lambda: in_threads(CROWD - 1, lambda: waiting.pop().fetch("slow", account_id=1)))
        _wait_until_joined(asker.site, CROWD)
        gate.open()
        assert [leader.result(), *others.result()] == [("MISS", {"slow": 0})] * CROWD
    assert WORLD.runs["slow"] == 1


def test_a_crowd_of_several_viewers_runs_them_once_for_each(asker: Asker) -> None:
    viewers = [asker.become(asker.site.bearer(sub)) for sub in ("1", "2", "3")]
    with WORLD.gate("slow") as gate:
        fetches = [Background(lambda viewer=viewer: viewer.word("slow", account_id=1)) for viewer in viewers]  # type: ignore[misc]
        for _ in viewers:
            gate.wait_for_arrival()
        gate.open()
        assert [fetch.result() for fetch in fetches] == ["MISS"] * 3
    assert WORLD.runs["slow"] == 3


def test_who_comes_after_a_mutation_does_not_wait_for_the_older_body(asker: Asker) -> None:
    late = asker.become(asker.site.stranger())
    with WORLD.gate("slow") as gate:
        early = Background(lambda: asker.fetch("slow", account_id=1))
        gate.wait_for_arrival()
        asker.become(asker.site.stranger()).call("hasten", account_id=1)
        later = Background(lambda: late.fetch("slow", account_id=1))
        gate.wait_for_arrival()
        gate.open()
        assert early.result() == ("MISS", {"slow": 0})
        assert later.result() == ("MISS", {"slow": 1})
    # Whichever of them has stored last.
    assert asker.value("slow", account_id=1) == 1


def test_when_the_leader_fails_the_others_run_for_themselves(asker: Asker) -> None:
    other = asker.become(asker.site.stranger())
    with WORLD.gate("slow") as gate:
        WORLD.failures["slow"] = RuntimeError("said by the test")
        leader = Background(lambda: asker.caller.fetch("slow" + asker.suffix, account_id=1))
        gate.wait_for_arrival()
        follower = Background(lambda: other.fetch("slow", account_id=1))
        _wait_until_joined(asker.site, 2)
        gate.open()
        leader.result().refused("INTERNAL_ERROR")
        assert follower.result() == ("MISS", {"slow": 0})


def test_a_mutation_beside_a_mutation(asker: Asker) -> None:
    for round_ in range(1, 4):
        asker.keep("slow", account_id=1)
        callers = [asker.become(asker.site.stranger()) for _ in range(8)]
        in_threads(8, lambda: callers.pop().call("hasten", account_id=1))  # noqa: B023 - the threads end within
        assert asker.fetch("slow", account_id=1) == ("MISS", {"slow": 8 * round_})


def _wait_until_joined(site: Site, count: int) -> None:
    """Return once *count* requests have joined flights."""
    end = time.monotonic() + PATIENCE
    while site.flights.joined < count:
        assert time.monotonic() < end, f"{site.flights.joined} of {count} have joined"
        time.sleep(0.01)
