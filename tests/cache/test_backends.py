"""The importable suite for backends, over those that the project has."""

from __future__ import annotations

from mizan_core.cache.conformance import BackendConformance
from mizan_core.cache.memory import MemoryCache


class TestMemoryCache(BackendConformance):
    """Its clock is the test's."""

    def make_backend(self) -> MemoryCache:
        self._now = 0.0
        return MemoryCache(timer=lambda: self._now)

    def pass_time(self, seconds: float) -> None:
        self._now += seconds
