"""Registration; the same objects as in ``mizan_core``."""

from mizan_core.discovery import mizan_clients
from mizan_core.registry import Registry, register

__all__ = ("Registry", "mizan_clients", "register")
