"""The interface document (protocol.md section 11), from which clients are generated."""

from __future__ import annotations

from mizan_core.engine import ENGINE
from mizan_core.introspection.description import describe
from mizan_core.introspection.document import document_of
from mizan_core.ir.difference import difference
from mizan_core.registry import Registry, default_registry

__all__ = ("build_ir", "difference")


def build_ir(registry: Registry | None = None) -> str:
    """The document of the functions registered in *registry*, by default the default one.

    The same functions give the same text, in whatever order they were registered.

    :raises GraphError: with everything that contradicts itself.
    """
    functions = (default_registry if registry is None else registry).get_all_functions()
    return ENGINE.emit_ir(document_of(describe(functions)))
