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
class Mode:
    """How a slot takes a result: ``replace``, ``upsert`` or ``refetch``.

    :param key: for an upsert, the field that tells items apart.
    :param place: for an upsert, where a new item goes.
    """

    word: str
    key: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """A resolved ``merge`` target: the slot that takes the mutation's result.

    :param needed: the slot function's parameters, which tell its results apart.
    """

    context: str
    slot: str
    mode: Mode
    scope: tuple[str, ...]
    needed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Purge:
    """What a call makes stale in the cache: a context that it affects or merges into (section 10).

    :param narrowing: the parameters that may narrow the purge, sorted, and whether every call has a value for them;
        without one that every call should have the purge is broad.
    """

    context: str
    narrowing: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function, and what a call of it entails.

    :param auth: whom it is for; None for everybody.
    :param purges: what a call makes stale in the cache, each context once.
    """

    context: str | None
    private: bool
    auth: str | None
    affects: tuple[Effect, ...]
    merge: tuple[Merge, ...]
    purges: tuple[Purge, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """A context: its functions, the union of their parameters, and the parameters of each scope that a purge of it can
    have; all sorted. Without scopes every purge of it is broad.
    """

    functions: tuple[str, ...]
    params: tuple[str, ...]
    scopes: tuple[tuple[str, ...], ...]


class Graph:
    """An immutable compiled graph; made by ``compile_graph``."""

    __slots__ = ("_contexts", "_fingerprint", "_functions")

    def __init__(self, functions: Mapping[str, Function], contexts: Mapping[str, Context], fingerprint: str) -> None:
        self._functions = dict(functions)
        self._contexts = dict(contexts)
        self._fingerprint = fingerprint

    def function(self, function: str) -> Function:
        """:raises LookupError: for a function that is not in the graph."""
        name = text_argument(function, "function")
        found = self._functions.get(name)
        if found is None:
            raise LookupError(f"no function is named {quoted(name)} in the graph")
        return found

    def fingerprint(self) -> str:
        """What decides the tags of entries and purges: equal where the same values have the same tags."""
        return self._fingerprint

    def describe(self) -> dict[str, Any]:
        """The resolved graph as plain data (docs/engine-data.md)."""
        return {
            "functions": {name: _describe_function(function) for name, function in self._functions.items()},
            "contexts": {
                name: {
                    "functions": list(context.functions),
                    "params": list(context.params),
                    "scopes": list(map(list, context.scopes)),
                }
                for name, context in self._contexts.items()
            },
        }


def graph_argument(graph: object) -> Graph:
    """*graph*, which must be a compiled one of this engine."""
    if not isinstance(graph, Graph):
        raise TypeError(f"graph: expected Graph, not {type(graph).__name__}")
    return graph


def _describe_function(function: Function) -> dict[str, Any]:
    return {
        "context": function.context,
        "private": function.private,
        "auth": function.auth,
        "affects": [
            {"context": effect.context, "function": effect.function, "scope": list(effect.scope)}
            for effect in function.affects
        ],
        "merge": [
            {"context": merge.context, "slot": merge.slot, "scope": list(merge.scope), **_describe_mode(merge.mode)}
            for merge in function.merge
        ],
        "purges": [
            {"context": purge.context, "narrowing": [name for name, _ in purge.narrowing]} for purge in function.purges
        ],
    }


def _describe_mode(mode: Mode) -> dict[str, str]:
    said = {"mode": mode.word, "key": mode.key, "place": mode.place}
    return {name: word for name, word in said.items() if word is not None}
