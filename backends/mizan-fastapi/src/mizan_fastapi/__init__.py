"""Mizan for FastAPI: ``app.include_router(router, prefix="/api/mizan")``."""

from mizan_fastapi.routing import MizanRouter, create_router, router

__version__ = "0.1.0"

purge = router.purge
apurge = router.apurge

__all__ = ("MizanRouter", "apurge", "create_router", "purge", "router")
