"""``from mizan.setup.registry import register``, as earlier releases had it."""

from mizan_core.registry import register

__all__ = ("register",)
