"""Mizan for FastAPI: ``app.include_router(router, prefix="/api/mizan")``."""

from mizan_fastapi.purging import apurge, purge
from mizan_fastapi.routing import MizanRouter, create_router, router

__version__ = "0.1.0"

__all__ = ("MizanRouter", "apurge", "create_router", "purge", "router")
