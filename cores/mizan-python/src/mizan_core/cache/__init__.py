"""The origin cache (protocol.md section 10, docs/caching.md): decisions here, bytes in a backend."""

from mizan_core.cache.backend import (
    BackendRefused,
    BackendReplaced,
    BackendUnavailable,
    Beat,
    CacheBackend,
    ClosableBackend,
    Pulse,
    SharedBackend,
)
from mizan_core.cache.bypass import BypassReason
from mizan_core.cache.counters import Stats, stats
from mizan_core.cache.memory import MemoryCache

__all__ = (
    "BackendRefused",
    "BackendReplaced",
    "BackendUnavailable",
    "Beat",
    "BypassReason",
    "CacheBackend",
    "ClosableBackend",
    "MemoryCache",
    "Pulse",
    "SharedBackend",
    "Stats",
    "stats",
)
