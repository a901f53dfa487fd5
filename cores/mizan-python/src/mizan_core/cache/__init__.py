"""The origin cache (protocol.md section 10, docs/caching.md): decisions here, bytes in a backend."""

from mizan_core.cache.backend import BackendUnavailable, CacheBackend, ClosableBackend
from mizan_core.cache.bypass import BypassReason
from mizan_core.cache.counters import Stats, stats
from mizan_core.cache.memory import MemoryCache

__all__ = ("BackendUnavailable", "BypassReason", "CacheBackend", "ClosableBackend", "MemoryCache", "Stats", "stats")
