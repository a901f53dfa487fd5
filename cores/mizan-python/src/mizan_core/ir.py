"""The interface document (protocol.md section 11), from which clients are generated: writing it, and what keeps it from
being written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mizan_core.client import ClientFunction
from mizan_core.engine import ENGINE
from mizan_core.errors import GraphError
from mizan_core.introspection.description import describe
from mizan_core.introspection.document import client_name_problems, document_of
from mizan_core.introspection.parts import Describe
from mizan_core.introspection.urls import urls_of
from mizan_core.registry import Registry, default_registry

__all__ = ("build_ir", "validate_registry", "write_ir")


def build_ir(registry: Registry | None = None) -> str:
    """The document of the functions registered in *registry*, by default the default one.

    The same functions give the same text, in whatever order they were registered.

    :raises GraphError: with everything that contradicts itself.
    """
    registry = default_registry if registry is None else registry
    return write_ir(registry.get_all_functions(), registry.parts)


def write_ir(functions: Mapping[str, ClientFunction[..., Any]], parts: Iterable[Describe] = ()) -> str:
    """As ``build_ir``, of functions by their names, and of what gives channels and forms."""
    return ENGINE.emit_ir(document_of(describe(functions, parts)))


def validate_registry(registry: Registry | None = None) -> list[str]:
    """Everything that keeps the functions of *registry* from being served or described, as sentences.

    Empty when all is well.
    """
    registry = default_registry if registry is None else registry
    functions = registry.get_all_functions()
    problems = list(_unusable_annotations(functions.values()))
    description = describe(functions, registry.parts)
    problems += client_name_problems(description)
    for check in (lambda: document_of(description), lambda: urls_of(functions)):
        try:
            check()
        except GraphError as error:
            problems += error.problems
    return list(dict.fromkeys(problems))


def _unusable_annotations(functions: Iterable[ClientFunction[Any, Any]]) -> Iterator[str]:
    for function in functions:
        try:
            function.prepare()
        except (TypeError, ValueError) as error:
            yield str(error)
