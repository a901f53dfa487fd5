"""Channels: typed messages both ways, in rooms. ``mizan_clients`` finds those that ``<app>.clients`` declares.

``publish`` and ``publish_sync`` work anywhere: in views, tasks and commands. Inside a transaction the message leaves
when it commits, and never where it is rolled back.
"""

from mizan_core.live.channels import ReactChannel

__all__ = ("ReactChannel",)
