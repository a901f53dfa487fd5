"""Naming what a request asks for where its traces are looked at: OpenTelemetry's current span, Sentry's transaction.

The URL of all calls is one; so the span and the transaction of a request get the name ``call/<function>`` or
``ctx/<context>``, and the span the attributes ``mizan.function`` and ``mizan.context``. Only for an application that
has imported these libraries by the time its interface is compiled; it costs the others nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias


class Traced(Protocol):
    """A request."""

    @property
    def name(self) -> str:
        """``call/<function>`` or ``ctx/<context>``."""

    def fields(self) -> Mapping[str, str]:
        """``mizan_function`` and ``mizan_context``, as far as they are known."""


Tracer: TypeAlias = "Callable[[Traced], None]"
"""Is told of a request when it is known what is asked for. No failure of its own is the request's."""


def tracers() -> tuple[Tracer, ...]:
    """Those of the libraries that are in use."""
    return tuple(make(sys.modules[module]) for module, make in _LIBRARIES.items() if module in sys.modules)


def _opentelemetry(library: Any) -> Tracer:
    current_span, current_context = library.get_current_span, sys.modules["opentelemetry.context"].get_current

    def trace(traced: Traced) -> None:
        try:
            context = current_context()
            if context and (span := current_span(context)).is_recording():
                span.update_name(traced.name)
                span.set_attributes({field.replace("_", ".", 1): value for field, value in traced.fields().items()})
        except Exception:  # noqa: BLE001, S110 - whatever a library raises
            pass

    return trace


def _sentry(library: Any) -> Tracer:
    def trace(traced: Traced) -> None:
        try:
            scope = library.get_current_scope()
            scope.set_transaction_name(traced.name, source="custom")
            for field, value in traced.fields().items():
                scope.set_tag(field.replace("_", ".", 1), value)
        except Exception:  # noqa: BLE001, S110 - whatever a library raises
            pass

    return trace


_LIBRARIES: dict[str, Callable[[Any], Tracer]] = {"opentelemetry.trace": _opentelemetry, "sentry_sdk": _sentry}
