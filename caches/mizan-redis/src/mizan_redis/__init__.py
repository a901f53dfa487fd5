"""Mizan's cache on Redis: install it and set ``MIZAN_CACHE_URL=redis://host/0``."""

from mizan_redis.cache import RedisCache, open_redis

__version__ = "0.1.0"

__all__ = ("RedisCache", "open_redis")
