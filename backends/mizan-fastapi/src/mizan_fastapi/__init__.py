"""Mizan for FastAPI: ``app.include_router(router, prefix="/api/mizan")``."""

from mizan_fastapi.routing import create_router, router

__version__ = "0.1.0"

__all__ = ("create_router", "router")
