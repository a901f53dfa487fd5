"""What purges may be narrowed to (protocol.md section 10).

A purge may always be broader than what a call makes stale, never narrower. So a parameter narrows only where the
mutation and every function of the context that declares it give it one shape, null aside, and tell its values apart in
one way: otherwise ``"05"`` might be purged where ``5`` has been cached.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations
from typing import TypeAlias

from mizan_core.engine.pure.canonical import dump
from mizan_core.engine.pure.graph import Purge
from mizan_core.engine.pure.graph.comparison import Comparison
from mizan_core.engine.pure.graph.specification import Function, Param, Specification

MAX_OPTIONAL = 4
"""Parameters that a call may lack and that may narrow one purge; with more of them none does."""
MAX_SHAPES = 32
"""Scope shapes of one context; with more of them every purge of it is broad."""

Shapes: TypeAlias = "Mapping[str, tuple[tuple[str, ...], ...]]"
"""The parameters of each scope that a purge can have, by context."""


def purge_of(
    comparison: Comparison, function: Function, context: str, scope: Iterable[str], members: Collection[Function]
) -> Purge:
    """The purge of a context by a call.

    :param scope: the parameters that the function shares with the context, sorted.
    :param members: the functions of the context.
    """
    narrowing = []
    for name in scope:
        own, others = function.params[name], [member.params[name] for member in members if name in member.params]
        if _agree(comparison, own, others):
            narrowing.append((name, own.required and not comparison.takes_null(own.shape)))
    if sum(not is_always_there for _, is_always_there in narrowing) > MAX_OPTIONAL:
        narrowing = [(name, is_always_there) for name, is_always_there in narrowing if is_always_there]
    return Purge(context, tuple(narrowing))


def shapes_of(purges: Iterable[Purge]) -> Shapes:
    """The scopes that these purges can have, where they are not too many."""
    shapes: dict[str, set[tuple[str, ...]]] = {}
    for purge in purges:
        shapes.setdefault(purge.context, set()).update(_scopes(purge))
    return {context: tuple(sorted(found)) for context, found in shapes.items() if 0 < len(found) <= MAX_SHAPES}


def fingerprint(spec: Specification, shapes: Shapes) -> str:
    """What decides the tags of entries and purges, as canonical JSON."""
    narrowing = {(context, name) for context, found in shapes.items() for names in found for name in names}
    params = {
        (function.context, function.name, name): param
        for function in spec.functions
        if function.context is not None
        for name, param in function.params.items()
        if (function.context, name) in narrowing
    }
    is_plain = all(param.shape["kind"] == "primitive" for param in params.values())
    return dump(
        {
            "params": [[*names, params[names].shape, params[names].identity] for names in sorted(params)],
            "scopes": {context: [list(names) for names in found] for context, found in shapes.items()},
            "types": {} if is_plain else {**spec.types},
        }
    )


def _agree(comparison: Comparison, own: Param, others: Iterable[Param]) -> bool:
    return own.identity is not None and all(
        own.identity == other.identity and comparison.equal_but_for_null(own.shape, other.shape) for other in others
    )


def _scopes(purge: Purge) -> Iterator[tuple[str, ...]]:
    """The names of each scope: what is always there, with every choice of the rest."""
    always = [name for name, is_always_there in purge.narrowing if is_always_there]
    optional = [name for name, is_always_there in purge.narrowing if not is_always_there]
    for size in range(len(optional) + 1):
        for chosen in combinations(optional, size):
            if always or chosen:
                yield tuple(sorted([*always, *chosen]))
