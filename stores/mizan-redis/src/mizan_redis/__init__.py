"""Mizan's cache and broker on Redis: install it and set ``MIZAN_CACHE_URL=redis://host/0``."""

from mizan_redis.broker import RedisBroker, open_redis_broker
from mizan_redis.cache import RedisCache, open_redis

__version__ = "0.1.0"

__all__ = ("RedisBroker", "RedisCache", "open_redis", "open_redis_broker")
