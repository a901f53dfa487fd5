"""A site as a model: so many connections, so many changes, and what each costs (``costs.py``).

Every process has its share of connections and of calls, and hears of every purge of the site. Redis carries out all
calls' purges, all reads, and hands each announcement to each process. What takes part of a second of processor time is
added up (``Demand``), as it costs where there is much to do: that tells what is enough. Whoever looks at a process that
has little to do sees more (``observed_process``). How long things wait for one another is played (``broad_purge``).
"""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, replace
from math import ceil

from benchmarks.scale.costs import Costs

_MICRO = 1e-6
_TOLD = ("signals", "reading again")
"""What is done for all at a time who are told of what has been announced meanwhile."""
COALESCE = 0.05
"""Seconds that announcements are collected for; as in ``mizan_core.live.hub``."""
COMPARE = 30.0
"""Seconds between two comparisons of versions."""
LONGEST_SPREAD = 5.0
"""Seconds over which a broad signal is spread, at most; as in ``mizan_core.live.hub``."""


@dataclass(frozen=True, slots=True)
class Site:
    """What happens in a second.

    :param connections: that are open.
    :param watches: bundles that each of them shows.
    :param mutations: calls that change something.
    :param watchers: connections that show what one such call has changed, on average.
    :param kept: how many of the bundles that are asked for are in the cache already.
    :param function_ms: milliseconds of processor time that a function of the application takes.
    :param messages: published to channels.
    :param listeners: of each of these.
    """

    connections: int = 1_000_000
    watches: int = 2
    mutations: float = 10_000.0
    watchers: float = 3.0
    kept: float = 0.6
    function_ms: float = 0.5
    messages: float = 0.0
    listeners: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a processor and a machine may be asked for.

    :param busy: of a processor's time, that which leaves room for bursts.
    :param process_bytes: for the connections of a process.
    """

    busy: float = 0.6
    process_bytes: float = 2e9


@dataclass(frozen=True, slots=True)
class Demand:
    """Parts of a processor that things take, by what they are for."""

    parts: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.parts.values())

    @property
    def largest(self) -> str:
        """What takes most."""
        return max(self.parts, key=lambda name: self.parts[name])


def _blended(together: Demand, alone: Demand, at_once: float) -> Demand:
    """What comes while something is being done costs as *together*; the first of what comes otherwise wakes whoever
    does it. How busy that is depends on what this costs, and the cost on how busy it is: both hold where the two are
    equal.

    :param at_once: pages that are told, and ask again, at a time.
    """
    first = {name: 1 / at_once if name in _TOLD else 1.0 for name in together.parts}
    waking = {name: (alone.parts[name] - part) * first[name] for name, part in together.parts.items()}
    idle = max(0.0, (1 - together.total) / (1 + sum(waking.values())))
    return Demand({name: part + idle * waking[name] for name, part in together.parts.items()})


def _at_once(site: Site, processes: int) -> float:
    return max(1.0, site.mutations * site.watchers / processes * COALESCE)


def process(costs: Costs, site: Site, processes: int) -> Demand:
    """Of one process of *processes*, each with one event loop, that has much to do."""
    signals = site.mutations * site.watchers / processes
    build = costs.miss.process + site.function_ms * 1_000
    calls = site.mutations / processes
    connections = site.connections / processes
    return Demand(
        {
            "calls": calls * (costs.call.process + site.function_ms * 1_000) * _MICRO,
            "hearing of purges": site.mutations * costs.heard.process * _MICRO,
            "signals": signals * costs.signal.process * _MICRO,
            "reading again": signals * (site.kept * costs.hit.process + (1 - site.kept) * build) * _MICRO,
            "being there": (costs.rest.process + connections * costs.idle.process) * _MICRO,
            "comparing": _tags(site) / processes * costs.compare.process / COMPARE * _MICRO,
            "messages": site.messages
            / processes
            * (costs.publish.process + site.listeners * costs.delivery.process)
            * _MICRO,
        }
    )


def redis(costs: Costs, site: Site, processes: int, shards: int = 1) -> Demand:
    """Of one server of *shards*: keys and processes are divided among them, announcements go through all."""
    signals = site.mutations * site.watchers
    reading = site.kept * costs.hit.redis + (1 - site.kept) * costs.miss.redis
    return Demand(
        {
            "purges": site.mutations * costs.call.redis / shards * _MICRO,
            "announcements": site.mutations * (1 + processes / shards) * costs.heard.redis * _MICRO,
            "signals": signals * costs.signal.redis / shards * _MICRO,
            "reading again": signals * reading / shards * _MICRO,
            "comparing": _tags(site) * costs.compare.redis / COMPARE / shards * _MICRO,
            "messages": site.messages * costs.publish.redis * _MICRO,
        }
    )


def observed_process(costs: Costs, site: Site, processes: int) -> Demand:
    """As ``process``, where it has little to do and is woken for what comes."""
    together, alone = process(costs, site, processes), process(costs.alone(), site, processes)
    return _blended(together, alone, _at_once(site, processes))


def observed_redis(costs: Costs, site: Site, processes: int) -> Demand:
    """As ``redis``, of one server that has little to do."""
    together, alone = redis(costs, site, processes), redis(costs.alone(), site, processes)
    return _blended(together, alone, _at_once(site, processes))


def redis_bytes(costs: Costs, site: Site) -> float:
    """What Redis keeps: the versions of the tags that are watched, and the bundles."""
    bundles = site.connections * site.watches
    return _tags(site) * costs.tag_bytes + bundles * costs.entry_bytes


def processes_for(costs: Costs, site: Site, limits: Limits = Limits()) -> int | None:
    """The least that are not too busy; None where hearing of purges alone is too much for any."""
    least = max(1, ceil(site.connections * costs.connection_bytes / limits.process_bytes))
    if process(costs, site, 10**9).total > limits.busy:
        return None
    low, high = least, least
    while process(costs, site, high).total > limits.busy:
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if process(costs, site, middle).total <= limits.busy else (middle + 1, high)
    return high


def shards_for(costs: Costs, site: Site, processes: int, limits: Limits = Limits()) -> int | None:
    """The least that are not too busy; None where passing announcements on alone is too much for any."""
    return next((n for n in range(1, 1_025) if redis(costs, site, processes, n).total <= limits.busy), None)


def first_to_break(costs: Costs, site: Site, processes: int, limits: Limits = Limits()) -> tuple[str, float]:
    """What is too busy first while connections and mutations grow together, and at which part of *site* it is."""
    low, high, first = 0.0, 1.0, ""
    for _ in range(40):
        middle = (low + high) / 2
        part = replace(
            site,
            connections=round(site.connections * middle),
            mutations=site.mutations * middle,
            messages=site.messages * middle,
        )
        own, server = process(costs, part, processes), redis(costs, part, processes)
        if max(own.total, server.total) > limits.busy:
            first = f"Redis: {server.largest}" if server.total > own.total else f"a process: {own.largest}"
            high = middle
        else:
            low = middle
    return first, high


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds from a broad purge until half of the pages, and until all but one in a hundred, are fresh again."""

    median: float
    most: float


def broad_purge(costs: Costs, site: Site, processes: int, seed: int = 1) -> Wait:
    """One process after a purge of a context that all of its connections show: each is told at some moment of the
    spread and asks again; the answers are built one after the other, beside what the process does anyway.
    """
    dice = random.Random(seed)  # noqa: S311 - a game
    connections = max(1, site.connections // processes)
    spread = min(LONGEST_SPREAD, 0.005 * max(0, connections - 200))
    left = max(0.02, 1 - process(costs, site, processes).total)
    service = (costs.signal.process + costs.miss.process + site.function_ms * 1_000) * _MICRO / left
    told = [dice.uniform(0.0, spread) for _ in range(connections)]
    heapq.heapify(told)
    free, fresh = 0.0, []
    while told:
        free = max(free, heapq.heappop(told)) + service
        fresh.append(free)
    return Wait(fresh[len(fresh) // 2], fresh[min(len(fresh) - 1, len(fresh) * 99 // 100)])


def _tags(site: Site) -> float:
    """One for each bundle, beside those of whole contexts, which all share."""
    return site.connections * site.watches
