"""Which cached slots take a mutation's result as it is (protocol.md section 7)."""

from __future__ import annotations

from mizan_core.engine.pure.canonical import Json
from mizan_core.engine.pure.checks import dict_argument
from mizan_core.engine.pure.graph import Function, Graph, Merge, graph_argument
from mizan_core.engine.pure.invalidation import determines, scope_values


def compute_merges(graph: Graph, function: str, args: dict[str, object], value: Json) -> list[Json] | None:
    """The merge entries of a call; None when there are none, as for a result of None.

    :param value: the result as a JSON value; it is handed on as it is.
    :raises LookupError: for a function that is not in the graph.
    """
    found = graph_argument(graph).function(function)
    arguments = dict_argument(args, "args")
    if value is None:
        return None
    entries: list[Json] = []
    for target, params in merges_of(found, arguments):
        narrowed: dict[str, Json] = {"params": params} if params else {}
        entries.append({"context": target.context, **narrowed, "slot": target.slot, "value": value})
    return entries or None


def merges_of(function: Function, arguments: dict[object, object]) -> list[tuple[Merge, dict[str, Json]]]:
    """The slots that take a call's result, with what narrows each: those that the call determines."""
    return [(merge, _params(merge, arguments)) for merge in function.merge if determines(merge, arguments)]


def _params(target: Merge, arguments: dict[object, object]) -> dict[str, Json]:
    """The arguments that narrow a merge: as in section 6, and null for those that the slot's function takes."""
    values = scope_values(target.scope, arguments)
    return {name: values.get(name) for name in target.scope if name in values or name in target.needed}
