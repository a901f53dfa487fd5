"""Registration; the same objects as in ``mizan_core``."""

from mizan_core.registry import Registry, around, mizan_clients, register

__all__ = ("Registry", "around", "mizan_clients", "register")
