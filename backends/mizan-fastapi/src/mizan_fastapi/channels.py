"""Channels; the same class as in ``mizan_core``."""

from mizan_core.live.channels import ReactChannel

__all__ = ("ReactChannel",)
