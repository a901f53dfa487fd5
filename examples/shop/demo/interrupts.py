"""Ctrl-C, and being told to end, as one ``KeyboardInterrupt`` that cannot fall into a critical moment."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Interrupts:
    """While entered, the signals that end a program raise ``KeyboardInterrupt``. For the main thread."""

    def __init__(self) -> None:
        self._holds = 0
        self._pending = False
        self._former: dict[int, Any] = {}

    def __enter__(self) -> None:
        self._former = {number: signal.signal(number, self._handle) for number in _SIGNALS}

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """What comes inside the block is raised behind it: nothing is half started, or left half stopped."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
        if self._pending and not self._holds:
            self._pending = False
            raise KeyboardInterrupt

    def _handle(self, _: int, __: FrameType | None) -> None:
        if self._holds:
            self._pending = True
        else:
            raise KeyboardInterrupt
