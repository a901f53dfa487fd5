"""What functions read of a request, while a bundle is built that others may get (protocol.md section 10).

An entry is found by the viewer, the parameters and the headers that its functions vary by. What a function reads beside
these makes its result another one for another request, so such a bundle is not stored. An adapter shows functions a
request that tells; it does so for such bundles alone, so nothing else pays for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
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

    __hash__ = None

    def __init__(self, values: Mapping[str, Any], note: Callable[[str | None], None]) -> None:
        super().__init__(values)
        self.tell = note

    def unwatched(self) -> dict[str, Any]:
        """What it holds, looked at by nobody."""
        return dict(dict.items(self))


def watch(cls: type, base: type, of_one: Iterable[str], of_all: Iterable[str]) -> None:
    """Have the methods that *cls* has from *base* call its ``tell``: those *of_one* key with it, others with None."""
    for name in of_one:
        setattr(cls, name, _telling(getattr(base, name), takes_key=True))
    for name in of_all:
        setattr(cls, name, _telling(getattr(base, name), takes_key=False))


def _telling(plain: Callable[..., Any], *, takes_key: bool) -> Callable[..., Any]:
    @wraps(plain)
    def method(self: Any, *arguments: Any) -> Any:
        self.tell(arguments[0] if takes_key and isinstance(arguments[0], str) else None)
        return plain(self, *arguments)

    return method


watch(
    WatchedDict,
    dict,
    of_one=("__getitem__", "__contains__", "get", "setdefault", "pop"),
    of_all=("__iter__", "keys", "values", "items", "copy", "__or__", "__ror__", "__repr__", "__eq__"),
)
