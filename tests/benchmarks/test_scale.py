"""The model of docs/scale.md: it says what the page says, and what a model has to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.scale.__main__ import tables
from benchmarks.scale.costs import Cost, Costs, least
from benchmarks.scale.model import (
    Limits,
    Site,
    broad_purge,
    first_to_break,
    observed_process,
    observed_redis,
    process,
    processes_for,
    redis,
    shards_for,
)

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
COSTS = Costs.read()
SMALL = Site(10_000, mutations=20)


def test_the_page_shows_the_tables_of_the_costs_that_were_measured() -> None:
    text = PAGE.read_text()
    assert [table for table in tables(COSTS) if table not in text] == []


def test_more_processes_have_less_to_do_but_hear_as_much() -> None:
    few, many = process(COSTS, SMALL, 2), process(COSTS, SMALL, 8)
    heard = "hearing of purges"
    assert many.total < few.total
    assert many.parts[heard] == few.parts[heard]
    assert redis(COSTS, SMALL, 8).parts["announcements"] > redis(COSTS, SMALL, 2).parts["announcements"]


def test_whoever_has_little_to_do_is_woken_for_it() -> None:
    for demand, observed in ((process, observed_process), (redis, observed_redis)):
        dear, quiet = observed(COSTS, SMALL, 1).total, replace(SMALL, mutations=0)
        assert demand(COSTS, SMALL, 1).total < dear < demand(COSTS.alone(), SMALL, 1).total
        assert observed(COSTS, quiet, 1).total == pytest.approx(demand(COSTS, quiet, 1).total)
        flood = replace(SMALL, mutations=1e6)
        assert observed(COSTS, flood, 1).total == demand(COSTS, flood, 1).total


def test_the_least_number_of_processes_is_the_least() -> None:
    site = Site(200_000, mutations=500)
    count = processes_for(COSTS, site)
    assert count is not None
    assert count > 1
    assert process(COSTS, site, count).total <= Limits().busy
    is_too_busy = process(COSTS, site, count - 1).total > Limits().busy
    is_too_big = site.connections * COSTS.connection_bytes / (count - 1) > Limits().process_bytes
    assert is_too_busy or is_too_big


def test_memory_asks_for_processes_too() -> None:
    quiet = Site(1_000_000, mutations=0)
    narrow = Limits(busy=1.0, process_bytes=10_000 * COSTS.connection_bytes)
    assert processes_for(COSTS, quiet, narrow) == 100


def test_what_no_number_of_processes_helps_is_told() -> None:
    flooded = Site(mutations=1e7)
    assert processes_for(COSTS, flooded) is None
    assert shards_for(COSTS, flooded, 100) is None


def test_what_breaks_first_follows_the_load() -> None:
    told, part = first_to_break(COSTS, Site(mutations=1, watchers=0), 1)
    assert told.startswith("a process")
    assert 0 < part < 1
    crowded, _ = first_to_break(COSTS, Site(connections=1_000, watchers=0), 5_000)
    assert crowded == "Redis: announcements"


@pytest.mark.parametrize("connections", [10, 1_000, 10_000])
def test_a_broad_purge_takes_as_long_as_its_answers(connections: int) -> None:
    site = replace(SMALL, connections=connections, mutations=0)
    wait = broad_purge(COSTS, site, 1)
    work = connections * (COSTS.signal.process + COSTS.miss.process + 500) / 1e6
    assert 0 < wait.median <= wait.most
    assert wait.most >= 0.9 * work
    assert broad_purge(COSTS, replace(site, connections=2 * connections), 1).most > wait.most


def test_of_several_measurements_the_least_counts() -> None:
    other = replace(COSTS, hit=Cost(COSTS.hit.process / 2, COSTS.hit.redis * 2), tag_bytes=COSTS.tag_bytes + 1)
    found = least([COSTS, other])
    assert found.hit == Cost(COSTS.hit.process / 2, COSTS.hit.redis)
    assert found.tag_bytes == COSTS.tag_bytes
