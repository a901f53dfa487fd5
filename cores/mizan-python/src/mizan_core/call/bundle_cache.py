"""Serving a bundle from the cache, and keeping it (protocol.md section 10)."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from mizan_core.cache.bypass import Bypass, BypassReason
from mizan_core.cache.counters import COUNTERS
from mizan_core.cache.readings import Readings
from mizan_core.call.port import Port
from mizan_core.http.response import BYPASSED, CACHE_REASON_HEADER, HIT, MISS, Response, json_response
from mizan_core.interface.caching import Caching, Entry

_log = logging.getLogger("mizan.cache")

Build: TypeAlias = "Callable[[Readings | None], Awaitable[bytes]]"
"""Runs the functions of a bundle and gives its body; what they read is told to the readings, where there are some."""


async def fetch_cached(port: Port, caching: Caching, entry: Entry, build: Build) -> Response:
    """The bundle, from the cache or built."""
    if await port.in_transaction():
        return await bypass(port, entry.context, Bypass(BypassReason.TRANSACTION), build)
    lookup = await caching.store.look_up(port.access(caching.store), entry.key, entry.tags)
    if lookup.body is not None:
        COUNTERS.count("hits")
        return json_response(lookup.body, HIT)
    if lookup.versions is None:
        return await bypass(port, entry.context, Bypass(lookup.bypass or BypassReason.UNAVAILABLE), build)
    COUNTERS.count("misses")
    return json_response(await _share(port, caching, entry, lookup.versions, build), MISS)


async def _share(port: Port, caching: Caching, entry: Entry, versions: list[bytes], build: Build) -> bytes:
    identity = (entry.key, tuple(versions))
    flight, leads = caching.flights.join(identity)
    if not leads:
        shared = await port.wait_for(flight)
        return shared if shared is not None else await build(None)
    body = None
    try:
        body, built = await _build_watched(port, caching, entry, versions, build)
    finally:
        caching.flights.land(identity, body)
    return built


async def _build_watched(
    port: Port, caching: Caching, entry: Entry, versions: list[bytes], build: Build
) -> tuple[bytes | None, bytes]:
    """What others may have of the new body, and the body: nothing where it was made of this request's own."""
    readings = Readings(entry.vary)
    port.watch(readings)
    try:
        built = await build(readings)
    finally:
        port.unwatch()
    if readings.found:
        caching.reports.tell(entry.context, readings)
        return None, built
    await caching.store.save(port.access(caching.store), entry.key, entry.tags, versions, built, entry.ttl)
    return built, built


async def bypass(port: Port, context: str, why: Bypass, build: Build) -> Response:
    """The bundle, which the cache has no part in: counted, logged and, in debug mode, told to the client."""
    COUNTERS.count_bypass(why.reason)
    if _log.isEnabledFor(logging.DEBUG):
        _log.debug("A fetch of context %s bypasses the cache: %s", context, why, extra={"mizan_context": context})
    body = await build(None)
    if port.is_debugging():
        return json_response(body, BYPASSED, (CACHE_REASON_HEADER, str(why)))
    return json_response(body, BYPASSED)
