"""Keys of cache entries (protocol.md section 3), from the engine in use."""

from __future__ import annotations

from mizan_core.engine import ENGINE

derive_cache_key = ENGINE.derive_cache_key
CacheKeyer = ENGINE.CacheKeyer

__all__ = ("CacheKeyer", "derive_cache_key")
