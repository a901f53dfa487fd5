"""Naming what a request asks for where its traces are looked at: OpenTelemetry's current span, Sentry's transaction.

The URL of all calls is one; so the span and the transaction of a request get the name ``call/<function>`` or
``ctx/<context>``, and the span the attributes ``mizan.function`` and ``mizan.context``. Only for an application that
has imported these libraries by the time its interface is compiled; it costs the others nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Tracer: TypeAlias = "Callable[[str, Mapping[str, str]], None]"
"""Gets the name of the request, and the fields."""


def tracers() -> tuple[Tracer, ...]:
    """Those of the libraries that are in use."""
    return tuple(make(sys.modules[module]) for module, make in _LIBRARIES.items() if module in sys.modules)


def announce(tracers: tuple[Tracer, ...], name: str, fields: Mapping[str, str]) -> None:
    """Tell all of them, now that it is known what is asked for. No failure of theirs is the request's."""
    for trace in tracers:
        try:  # noqa: SIM105 - a block costs more than the tracing itself
            trace(name, fields)
        except Exception:  # noqa: BLE001, S110 - whatever a library raises
            pass


def _opentelemetry(library: Any) -> Tracer:
    current_span = library.get_current_span

    def trace(name: str, fields: Mapping[str, str]) -> None:
        span = current_span()
        if span.is_recording():
            span.update_name(name)
            span.set_attributes({field.replace("_", ".", 1): value for field, value in fields.items()})

    return trace


def _sentry(library: Any) -> Tracer:
    def trace(name: str, fields: Mapping[str, str]) -> None:
        scope = library.get_current_scope()
        scope.set_transaction_name(name, source="custom")
        for field, value in fields.items():
            scope.set_tag(field.replace("_", ".", 1), value)

    return trace


_LIBRARIES: dict[str, Callable[[Any], Tracer]] = {"opentelemetry.trace": _opentelemetry, "sentry_sdk": _sentry}
