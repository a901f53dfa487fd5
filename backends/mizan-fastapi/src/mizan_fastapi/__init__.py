"""Mizan for FastAPI: ``mount(app, "/api/mizan")``."""

import mizan_fastapi.signatures  # noqa: F401 - registers FastAPI's classes
from mizan_core.registry import around, mizan_clients, register
from mizan_core.settings import Settings
from mizan_fastapi.client import CachePolicy, Context, ErrorCase, Merge, UploadLimits, client, compose
from mizan_fastapi.mounting import mount
from mizan_fastapi.purging import apurge, apurge_all, purge, purge_all
from mizan_fastapi.routing import MizanRouter, create_router, router, views

__version__ = "0.1.0"

__all__ = (
    "CachePolicy",
    "Context",
    "ErrorCase",
    "Merge",
    "MizanRouter",
    "Settings",
    "UploadLimits",
    "apurge",
    "apurge_all",
    "around",
    "client",
    "compose",
    "create_router",
    "mizan_clients",
    "mount",
    "purge",
    "purge_all",
    "register",
    "router",
    "views",
)
