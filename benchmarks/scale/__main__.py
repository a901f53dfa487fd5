"""``python -m benchmarks.scale``: the tables of docs/scale.md, from the costs that were measured last."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.scale.costs import Cost, Costs
from benchmarks.scale.model import (
    Site,
    broad_purge,
    first_to_break,
    process,
    processes_for,
    redis,
    redis_bytes,
    shards_for,
)

SITES = {
    "a shop: 10,000 pages, 20 changes a second": Site(10_000, mutations=20),
    "a busy one: 100,000 pages, 500 changes a second": Site(100_000, mutations=500),
    "1,000,000 pages, 1,000 changes a second": Site(mutations=1_000),
    "1,000,000 pages, 10,000 changes a second": Site(),
}
_NAMES = {
    "hit": "a watch, the bundle kept",
    "miss": "a watch, the bundle built (its functions aside)",
    "call": "a call that changes something, with purge and announcement",
    "heard": "to hear of a purge that nobody here watches; Redis: to hand it to one process",
    "signal": "to tell one page that something is stale",
    "publish": "to publish a message",
    "delivery": "to hand a message to one page",
    "compare": "to compare one tag, every 30 s",
    "idle": "one open connection, a second",
    "rest": "a process, a second in which nothing happens",
}


def cost_table(costs: Costs) -> str:
    """What things cost."""
    lines = [
        "| microseconds of processor time, of many at once (of one alone) | process | Redis |",
        "| --- | ---: | ---: |",
    ]
    for name, words in _NAMES.items():
        cost: Cost = getattr(costs, name)
        alone: Cost | None = getattr(costs, f"{name}_alone", None)
        own = f"{cost.process:,.0f}" + ("" if alone is None else f" ({alone.process:,.0f})")
        server = f"{cost.redis:,.1f}" + ("" if alone is None else f" ({alone.redis:,.1f})")
        lines.append(f"| {words} | {own} | {server} |")
    lines += ["", "| bytes | |", "| --- | ---: |"]
    lines += [
        f"| of a process, one connection that watches | {costs.connection_bytes:,.0f} |",
        f"| of Redis, one tag | {costs.tag_bytes:,.0f} |",
        f"| of Redis, one bundle of 90 bytes | {costs.entry_bytes:,.0f} |",
    ]
    return "\n".join(lines)


def site_table(costs: Costs) -> str:
    """What sites need."""
    lines = [
        "| site | processes | what they do most | Redis servers | what these do most | Redis keeps |",
        "| --- | ---: | --- | ---: | --- | ---: |",
    ]
    for name, site in SITES.items():
        count = processes_for(costs, site)
        if count is None:
            lines.append(f"| {name} | not to be had | hearing of purges | | | |")
            continue
        shards = shards_for(costs, site, count)
        own, server = process(costs, site, count), redis(costs, site, count, shards or 1)
        lines.append(
            f"| {name} | {count:,} | {own.largest} ({own.parts[own.largest]:.0%} of a processor) | "
            f"{shards or 'not to be had'} | {server.largest} ({server.parts[server.largest]:.0%}) | "
            f"{redis_bytes(costs, site) / 1e9:.1f} GB |"
        )
    return "\n".join(lines)


def breaking_table(costs: Costs) -> str:
    """What breaks first on one Redis server, as connections and changes grow together towards the largest site."""
    lines = ["| processes | breaks first | at pages | and changes a second |", "| ---: | --- | ---: | ---: |"]
    for count in (2, 20, 200, 1_000):
        what, part = first_to_break(costs, Site(), count)
        lines.append(f"| {count:,} | {what} | {1_000_000 * part:,.0f} | {10_000 * part:,.0f} |")
    return "\n".join(lines)


def broad_table(costs: Costs) -> str:
    """How long a broad purge takes until pages are fresh again."""
    lines = ["| pages of one process | half are fresh after | 99 of 100 after |", "| ---: | ---: | ---: |"]
    quiet = replace(Site(), mutations=0.0)
    for connections in (500, 1_000, 5_000, 20_000):
        wait = broad_purge(costs, replace(quiet, connections=connections), 1)
        lines.append(f"| {connections:,} | {wait.median:.1f} s | {wait.most:.1f} s |")
    return "\n".join(lines)


def tables(costs: Costs) -> list[str]:
    """All of them, in the order of the page."""
    return [cost_table(costs), site_table(costs), breaking_table(costs), broad_table(costs)]


if __name__ == "__main__":
    print("\n\n".join(tables(Costs.read())))
