"""Which cached slots take a mutation's result as it is (protocol.md section 7)."""

from __future__ import annotations

from mizan_core.engine.pure.canonical import Json
from mizan_core.engine.pure.checks import dict_argument
from mizan_core.engine.pure.graph import Graph, Merge, graph_argument
from mizan_core.engine.pure.invalidation import determines, scope_values


def compute_merges(graph: Graph, function: str, args: dict[str, object], value: Json) -> list[Json] | None:
    """The merge entries of a call; None when there are none, as for a result of None.

    :param value: the result as a JSON value; it is handed on as it is.
    :raises LookupError: for a function that is not in the graph.
    """
    targets = graph_argument(graph).plan(function).merge
    arguments = dict_argument(args, "args")
    if value is None:
        return None
    entries: list[Json] = []
    for target in targets:
        if not determines(target, arguments):
            continue
        entry: dict[str, Json] = {"context": target.context, "slot": target.slot, "value": value}
        params = merge_params(target, arguments)
        if params:
            entry["params"] = params
        entries.append(entry)
    return entries or None


def merge_params(target: Merge, arguments: dict[object, object]) -> dict[str, Json]:
    """The arguments that narrow a merge: as in section 6, and null for those that the slot's function takes."""
    values = scope_values(target.scope, arguments)
    return {name: values.get(name) for name in target.scope if name in values or name in target.needed}
