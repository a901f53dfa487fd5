"""The graph of contexts and mutations (protocol.md section 5): compiled once, then only looked up in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mizan_core.engine.pure.checks import text_argument
from mizan_core.engine.pure.path import quoted


@dataclass(frozen=True, slots=True)
class Effect:
    """A resolved ``affects`` target: a context, or one function of it. ``scope`` is sorted."""

    context: str
    function: str | None
    scope: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """A resolved ``merge`` target: the slot that takes the mutation's result.

    :param needed: the slot function's parameters, which tell its results apart.
    """

    context: str
    slot: str
    scope: tuple[str, ...]
    needed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call of one function entails."""

    context: str | None
    affects: tuple[Effect, ...]
    merge: tuple[Merge, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """A context: its functions and the union of their parameters, both sorted."""

    functions: tuple[str, ...]
    params: tuple[str, ...]


class Graph:
    """An immutable compiled graph; made by ``compile_graph``."""

    __slots__ = ("_contexts", "_plans")

    def __init__(self, plans: Mapping[str, Plan], contexts: Mapping[str, Members]) -> None:
        self._plans = dict(plans)
        self._contexts = dict(contexts)

    def plan(self, function: str) -> Plan:
        """:raises LookupError: for a function that is not in the graph."""
        name = text_argument(function, "function")
        plan = self._plans.get(name)
        if plan is None:
            raise LookupError(f"no function is named {quoted(name)} in the graph")
        return plan

    def describe(self) -> dict[str, Any]:
        """The resolved graph as plain data (docs/engine-data.md)."""
        return {
            "functions": {name: _describe_plan(plan) for name, plan in self._plans.items()},
            "contexts": {
                name: {"functions": list(members.functions), "params": list(members.params)}
                for name, members in self._contexts.items()
            },
        }


def graph_argument(graph: object) -> Graph:
    """*graph*, which must be a compiled one of this engine."""
    if not isinstance(graph, Graph):
        raise TypeError(f"graph: expected Graph, not {type(graph).__name__}")
    return graph


def _describe_plan(plan: Plan) -> dict[str, Any]:
    return {
        "context": plan.context,
        "affects": [
            {"context": effect.context, "function": effect.function, "scope": list(effect.scope)}
            for effect in plan.affects
        ],
        "merge": [{"context": merge.context, "slot": merge.slot, "scope": list(merge.scope)} for merge in plan.merge],
    }
