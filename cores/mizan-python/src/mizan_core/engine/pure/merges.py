"""Which cached slots take a mutation's result as it is (protocol.md section 7)."""

from __future__ import annotations

from mizan_core.engine.pure.canonical import Json, exact
from mizan_core.engine.pure.checks import dict_argument
from mizan_core.engine.pure.graph import Graph, graph_argument
from mizan_core.engine.pure.invalidation import scope_values
from mizan_core.engine.pure.paths import root


def compute_merges(graph: Graph, function: str, args: dict[str, object], value: object) -> list[Json] | None:
    """The merge entries of a call; None when there are none, as for a result of None.

    :param value: the result as a JSON value.
    :raises LookupError: for a function that is not in the graph.
    """
    targets = graph_argument(graph).plan(function).merge
    arguments = dict_argument(args, "args")
    result = exact(value, root("value"))
    if result is None:
        return None
    entries: list[Json] = []
    for target in targets:
        entry: dict[str, Json] = {"context": target.context, "slot": target.slot, "value": result}
        params = scope_values(target.scope, arguments)
        if params:
            entry["params"] = params
        entries.append(entry)
    return entries or None
