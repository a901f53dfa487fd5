"""Counting calls: those that this project's code takes and makes, and those of everybody else."""

from __future__ import annotations

import gc
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_ITERABLE_COROUTINE
from types import FrameType
from typing import Any

OURS = frozenset(("mizan", "mizan_core", "mizan_fastapi", "mizan_native", "mizan_redis"))
"""The packages whose code is counted."""

PYTHON, C, OTHERS = "Python calls", "C calls", "calls of others"

_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>")
"""They are calls up to Python 3.11, and none from 3.12 on."""

_AWAITED = CO_COROUTINE | CO_ITERABLE_COROUTINE | CO_ASYNC_GENERATOR


class CallCounter:
    """A profile function that sorts calls by whose they are, while it is told to count.

    A call is ours when our code is called or calls. A generator is called each time it goes on, a coroutine once: how
    often it is suspended is for event loop and framework to say.
    """

    def __init__(self, ours: frozenset[str] = OURS) -> None:
        self._ours = ours
        self._is_counting = False
        self._calls: Counter[str] = Counter()
        self._awaited: set[FrameType] = set()

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        if not self._is_counting:
            return
        if event == "call" and not self._goes_on(frame) and frame.f_code.co_name not in _COMPREHENSIONS:
            self._calls[PYTHON if self._is_ours(frame) or self._is_ours(frame.f_back) else OTHERS] += 1
        elif event == "c_call":
            self._calls[C if self._is_ours(frame) else OTHERS] += 1

    def _goes_on(self, frame: FrameType) -> bool:
        """Whether it is a coroutine's that has begun before."""
        if not frame.f_code.co_flags & _AWAITED or frame in self._awaited:
            return frame in self._awaited
        self._awaited.add(frame)
        return False

    def _is_ours(self, frame: FrameType | None) -> bool:
        return frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in self._ours

    def count(self, work: Callable[[], object]) -> dict[str, int]:
        """The calls of one run of *work*, in all threads that have been started since ``installed``."""
        self._calls.clear()
        self._is_counting = True
        try:
            work()
        finally:
            self._is_counting = False
            self._awaited.clear()
        return {kind: self._calls[kind] for kind in (PYTHON, C, OTHERS)}

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Watch this thread and those that it starts."""
        # The garbage collector calls when it likes.
        gc.disable()
        threading.setprofile(self)
        sys.setprofile(self)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
            gc.enable()
