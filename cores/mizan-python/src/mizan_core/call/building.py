"""Building a bundle: for the cache, which others may get it from, or for one request alone (protocol.md section 10)."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from mizan_core.cache.bypass import Bypass
from mizan_core.cache.counters import COUNTERS
from mizan_core.cache.readings import Readings
from mizan_core.call.outcome import Fetched
from mizan_core.call.port import Port
from mizan_core.interface.caching import BundleKey

_log = logging.getLogger("mizan.cache")

Build: TypeAlias = "Callable[[Readings | None], Awaitable[bytes]]"
"""Runs the functions of a bundle and gives its body; what they read is told to the readings, where there are some."""


async def build_for_one(context: str, why: Bypass, build: Build) -> Fetched:
    """The bundle, which the cache has no part in: counted and logged."""
    COUNTERS.count_bypass(why.reason)
    if _log.isEnabledFor(logging.DEBUG):
        _log.debug("A fetch of context %s bypasses the cache: %s", context, why, extra={"mizan_context": context})
    return Fetched(await build(None), bypass=why)


async def build_for_all(port: Port, key: BundleKey, versions: list[bytes], build: Build) -> bytes:
    """The bundle, which is kept: of several requests that miss it in the same state one builds it."""
    flights, state = key.caching.flights, (key.key, tuple(versions))
    flight, leads = flights.join(state)
    if not leads:
        shared = await port.access(key.caching.store).join(flight)
        return shared if shared is not None else await build(None)
    body = None
    try:
        body, built = await _build_and_save(port, key, versions, build)
    finally:
        flights.land(state, body)
    return built


async def _build_and_save(
    port: Port, key: BundleKey, versions: list[bytes], build: Build
) -> tuple[bytes | None, bytes]:
    """What others may have of the new body, and the body: nothing where it was made of this request's own."""
    caching = key.caching
    readings = Readings(key.vary)
    built = await build(readings)
    if readings.found:
        caching.reports.tell(key.context, readings)
        return None, built
    await caching.store.save(port.access(caching.store), key.key, key.tags, versions, built, key.ttl)
    return built, built
