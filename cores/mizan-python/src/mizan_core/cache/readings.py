"""What functions read of a request, while a bundle is built that others may get (protocol.md section 10).

An entry is found by the viewer, the parameters and the headers that its functions vary by. What a function reads beside
these makes its result another one for another request, so such a bundle is not stored. An adapter shows functions a
request that tells; it does so for such bundles alone, so nothing else pays for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

_log = logging.getLogger("mizan.cache")
_function: ContextVar[str | None] = ContextVar("mizan_reading_function", default=None)
_MAX_NAME = 64
COOKIE = "cookie"


@dataclass
class Reading:
    """What one function has read.

    :param things: in words, in the order of reading.
    :param headers: the headers that its bundle would have to vary by.
    :param is_bound: something was read that no header stands for.
    """

    things: dict[str, None] = field(default_factory=dict)
    headers: dict[str, None] = field(default_factory=dict)
    is_bound: bool = False

    @property
    def remedy(self) -> str:
        """What to write on the function."""
        return "cache=False" if self.is_bound else f"cache=CachePolicy(vary={tuple(self.headers)!r})"


class Readings:
    """What the functions of one bundle have read beside what its entry is found by.

    :param vary: the names of the headers that the entry is found by, in lower case.
    """

    def __init__(self, vary: Collection[str]) -> None:
        self._vary = vary
        self.found: dict[str | None, Reading] = {}
        """By function; None stands for a thread of its own, which does not know for whom it works."""

    def header(self, name: str) -> None:
        """A header was looked for, there or not."""
        name = name.lower().replace("_", "-")[:_MAX_NAME]
        if name not in self._vary:
            self._reading(f"the header {name!r}").headers[name] = None

    def cookie(self, name: str) -> None:
        """A cookie was looked for."""
        if COOKIE not in self._vary:
            self._reading(f"the cookie {name[:_MAX_NAME]!r}").headers[COOKIE] = None

    def other(self, what: str) -> None:
        """Something was read that no header stands for: the session, an address, all headers at once."""
        self._reading(what).is_bound = True

    def told_by(self, function: str, target: Callable[..., Any], is_async: bool) -> Callable[..., Any]:
        """A target that does what *target* does, and whose readings are those of *function*."""

        def run(request: Any, arguments: Mapping[str, Any]) -> Any:
            token = _function.set(function)
            try:
                return target(request, arguments)
            finally:
                _function.reset(token)

        async def run_async(request: Any, arguments: Mapping[str, Any]) -> Any:
            token = _function.set(function)
            try:
                return await target(request, arguments)
            finally:
                _function.reset(token)

        return run_async if is_async else run

    def _reading(self, thing: str) -> Reading:
        reading = self.found.setdefault(_function.get(), Reading())
        reading.things[thing] = None
        return reading


class ReadingReports:
    """Says once of each function what keeps its bundle out of the cache."""

    def __init__(self) -> None:
        self._told: set[tuple[str, str | None]] = set()
        self._lock = Lock()

    def tell(self, context: str, readings: Readings) -> None:
        for function, reading in tuple(readings.found.items()):
            if self._is_new(context, function):
                _log.warning(
                    "The bundle of context %s is not cached: %s reads %s. Write %s, or do not read it",
                    context,
                    "a thread of its functions" if function is None else f"function {function}",
                    ", ".join(tuple(reading.things)),
                    reading.remedy,
                    extra={"mizan_context": context, "mizan_function": function},
                )

    def _is_new(self, context: str, function: str | None) -> bool:
        with self._lock:
            known = len(self._told)
            self._told.add((context, function))
            return len(self._told) > known


class WatchedDict(dict[str, Any]):
    """A copy of a mapping that tells of each key that is looked for.

    :param note: is told the key; None when all are looked at.
    """

    def __init__(self, values: Mapping[str, Any], note: Callable[[str | None], None]) -> None:
        super().__init__(values)
        self._note = note

    def __getitem__(self, key: str) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._note(key if isinstance(key, str) else None)
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._note(key)
        return super().get(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        self._note(key)
        return super().setdefault(key, default)

    def pop(self, key: str, *default: Any) -> Any:
        self._note(key)
        return super().pop(key, *default)

    def __iter__(self) -> Any:
        self._note(None)
        return super().__iter__()

    def keys(self) -> Any:
        self._note(None)
        return super().keys()

    def values(self) -> Any:
        self._note(None)
        return super().values()

    def items(self) -> Any:
        self._note(None)
        return super().items()

    def copy(self) -> dict[str, Any]:
        self._note(None)
        return super().copy()

    def __or__(self, other: Any) -> Any:
        self._note(None)
        return super().__or__(other)

    def __ror__(self, other: Any) -> Any:
        self._note(None)
        return super().__ror__(other)

    def __repr__(self) -> str:
        self._note(None)
        return super().__repr__()

    def __eq__(self, other: object) -> bool:
        self._note(None)
        return super().__eq__(other)

    __hash__ = None

    def unwatched(self) -> dict[str, Any]:
        """What it holds, looked at by nobody."""
        return dict(dict.items(self))
