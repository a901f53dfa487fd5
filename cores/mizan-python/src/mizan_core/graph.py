"""From the registry to the graph (protocol.md section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mizan_core.introspection.description import describe
from mizan_core.introspection.specification import specification_of

if TYPE_CHECKING:
    from mizan_core.registry import Registry


def graph_specification(registry: Registry) -> dict[str, Any]:
    """What ``ENGINE.compile_graph`` takes, for the functions registered now (docs/architecture.md).

    :raises GraphError: with everything that could not be read.
    """
    return specification_of(describe(registry.get_all_functions()))
