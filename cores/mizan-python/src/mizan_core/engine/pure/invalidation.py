"""What a mutation makes stale (protocol.md section 6)."""

from __future__ import annotations

from collections.abc import Iterator

from mizan_core.engine.pure.canonical import Json, exact
from mizan_core.engine.pure.checks import dict_argument
from mizan_core.engine.pure.graph import Effect, Function, Graph, Merge, graph_argument
from mizan_core.engine.pure.path import root


def compute_invalidation(graph: Graph, function: str, args: dict[str, object]) -> list[Json] | None:
    """The entries to refresh after a call, in declaration order; None when the function affects nothing.

    :param args: the validated arguments that the caller passed, and those left at a default of None, as JSON values.
    :raises LookupError: for a function that is not in the graph.
    """
    found = graph_argument(graph).function(function)
    return entries_of(found, dict_argument(args, "args")) or None


def entries_of(function: Function, arguments: dict[object, object]) -> list[Json]:
    """The entries to refresh after a call."""
    effects = [*function.affects, *_undetermined(function, arguments)]
    return [entry_of(effect, scope_values(effect.scope, arguments)) for effect in effects]


def determines(merge: Merge, arguments: dict[object, object]) -> bool:
    """Whether a call tells for all of the slot's parameters which they are: passed, None included (section 7)."""
    return all(name in merge.scope and name in arguments for name in merge.needed)


def _undetermined(function: Function, arguments: dict[object, object]) -> Iterator[Effect]:
    """The slots that a result cannot be put into: they are stale instead."""
    affected = {(effect.context, effect.function) for effect in function.affects}
    for merge in function.merge:
        if (merge.context, merge.slot) not in affected and not determines(merge, arguments):
            yield Effect(merge.context, merge.slot, merge.scope)


def scope_values(scope: tuple[str, ...], arguments: dict[object, object]) -> dict[str, Json]:
    """The arguments that narrow a target: those of its scope that were passed and are not None."""
    return {name: exact(value, root("args") / name) for name in scope if (value := arguments.get(name)) is not None}


def entry_of(effect: Effect, params: dict[str, Json]) -> Json:
    """The entry for *effect*, narrowed by *params*."""
    if effect.function is None and not params:
        return effect.context
    entry: dict[str, Json] = {"context": effect.context}
    if effect.function is not None:
        entry["function"] = effect.function
    if params:
        entry["params"] = params
    return entry
