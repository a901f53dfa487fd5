"""What targets and purges may be narrowed to (protocol.md sections 6 and 10).

What is made stale may always be broader than what a call changes, never narrower. So a parameter narrows a target only
where the mutation and every function of the context that declares it give it one shape, null aside, and tell its values
apart in one way, by which equal ones are one: otherwise ``"05"`` might be invalidated where ``5`` is shown, or 1 where
True is. Purges and answers are narrowed by the same parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import TypeAlias

from mizan_core.engine.pure.canonical import dump
from mizan_core.engine.pure.graph import Purge
from mizan_core.engine.pure.graph.comparison import Comparison
from mizan_core.engine.pure.graph.specification import Function, Specification

MAX_OPTIONAL = 4
"""Parameters that a call may lack and that may narrow one purge; with more of them none does."""
MAX_SCOPES = 32
"""Scopes of one context; with more of them every purge of it is broad."""

Scopes: TypeAlias = "Mapping[str, tuple[tuple[str, ...], ...]]"
"""The parameters of each scope that a purge can have, by context."""


def narrows(comparison: Comparison, function: Function, members: Iterable[Function], name: str) -> bool:
    """Whether a mutation's parameter *name* may narrow what it makes stale of a context.

    :param members: the functions of the context.
    """
    own = function.params.get(name)
    if own is None or own.identity is None:
        return False
    others = [member.params[name] for member in members if name in member.params]
    return all(
        own.identity == other.identity and comparison.equal_but_for_null(own.shape, other.shape) for other in others
    )


def purge_of(comparison: Comparison, function: Function, context: str, scope: Iterable[str]) -> Purge:
    """The purge of a context by a call.

    :param scope: the parameters that narrow what the function makes stale of the context, sorted.
    """
    params = [(name, function.params[name]) for name in scope]
    narrowing = [(name, own.required and not comparison.takes_null(own.shape)) for name, own in params]
    if sum(not is_always_there for _, is_always_there in narrowing) > MAX_OPTIONAL:
        narrowing = [(name, is_always_there) for name, is_always_there in narrowing if is_always_there]
    return Purge(context, tuple(narrowing))


def scopes_of(purges: Iterable[Purge]) -> Scopes:
    """The scopes that these purges can have, where they are not too many."""
    scopes: dict[str, set[tuple[str, ...]]] = {}
    for purge in purges:
        scopes.setdefault(purge.context, set()).update(_scopes(purge))
    return {context: tuple(sorted(found)) for context, found in scopes.items() if 0 < len(found) <= MAX_SCOPES}


def fingerprint(spec: Specification, scopes: Scopes) -> str:
    """What decides the tags of entries and purges, as canonical JSON."""
    narrowing = {(context, name) for context, found in scopes.items() for names in found for name in names}
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
            "scopes": {context: [list(names) for names in found] for context, found in scopes.items()},
            "types": {} if is_plain else {**spec.types},
        }
    )


def _scopes(purge: Purge) -> Iterator[tuple[str, ...]]:
    """The names of each scope: what is always there, with every choice of the rest."""
    always = [name for name, is_always_there in purge.narrowing if is_always_there]
    optional = [name for name, is_always_there in purge.narrowing if not is_always_there]
    for size in range(len(optional) + 1):
        for chosen in combinations(optional, size):
            if always or chosen:
                yield tuple(sorted([*always, *chosen]))
