"""Which scopes the mutations of an interface purge, worked out once (protocol.md section 10).

A purge may always be broader than its mutation's entry, never narrower. So a parameter narrows a purge only when the
mutation annotates it just as the context does (otherwise ``"05"`` might be purged where ``5`` has been cached), and
when equal values of it have one identity.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import combinations
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from mizan_core.cache.versions import GRAPH_BYTES
from mizan_core.client.signature import Parameter
from mizan_core.engine import ENGINE
from mizan_core.engine.contract import Keyer

MAX_OPTIONAL = 4
"""Optional parameters that may narrow one mutation's purge; with more of them none does."""
MAX_SHAPES = 32
"""Scope shapes of one context; with more of them every purge of it is broad."""


class Scopes:
    """The purge scopes of an interface.

    :param parameters: those of each function, by the functions' registered names.
    :param graph: ``graph.describe()``.
    :param has_identity: whether equal values of a function's parameter have one identity.
    """

    def __init__(
        self,
        parameters: Mapping[str, Sequence[Parameter]],
        graph: Mapping[str, Any],
        has_identity: Callable[[str, str], bool],
    ) -> None:
        self._has_identity = has_identity
        self._parameters = {
            name: {parameter.name: parameter for parameter in declared} for name, declared in parameters.items()
        }
        self._members: Mapping[str, Any] = graph["contexts"]
        self._narrowing: dict[tuple[str, str], tuple[str, ...]] = {}
        self._shapes: dict[str, set[tuple[str, ...]]] = {name: set() for name in self._members}
        for name, plan in graph["functions"].items():
            for target in (*plan["affects"], *plan["merge"]):
                self._add(name, target["context"], target["scope"])
        self._listed = {name: sorted(map(list, found)) for name, found in self._shapes.items() if _fits(found)}

    def shapes(self, context: str) -> list[list[str]]:
        """The parameter names of each scope that a purge of *context* can have; none when all its purges are broad."""
        return self._listed.get(context, [])

    def narrowed(
        self, function: str, context: str, identities: Mapping[str, Any], unidentified: Collection[str]
    ) -> dict[str, Any]:
        """What the purge of *context* by a call of *function* is narrowed to; nothing when it is broad.

        :param identities: those of the call's arguments.
        :param unidentified: the names of the arguments that have none.
        """
        names = self._narrowing.get((function, context), ())
        if unidentified and any(name in unidentified for name in names):
            return {}
        return self.known(context, {name: identities[name] for name in names if identities.get(name) is not None})

    def known(self, context: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """*params* when entries of *context* have a tag for just these names, else none: then the purge is broad."""
        return dict(params) if sorted(params) in self.shapes(context) else {}

    def fingerprint(self, keyer: Keyer, specification: Mapping[str, Any]) -> bytes:
        """What decides the tags of entries and purges, in ``GRAPH_BYTES``: equal where the same values have the same.

        :param specification: what the graph was compiled from.
        """
        scopes = {context: shapes for context, shapes in self._listed.items() if shapes}
        scoping = {(context, name) for context, shapes in scopes.items() for names in shapes for name in names}
        params = [
            [function["context"], function["name"], param["name"], param["shape"]]
            for function in specification["functions"]
            for param in function["params"]
            if (function["context"], param["name"]) in scoping
        ]
        types = specification["types"] if any(shape["kind"] != "primitive" for *_, shape in params) else {}
        text = ENGINE.canonical_json({"scopes": scopes, "params": sorted(params, key=str), "types": types})
        return bytes.fromhex(keyer.derive("graph", {"graph": text.decode()})[-2 * GRAPH_BYTES :])

    def _add(self, function: str, context: str, scope: Iterable[str]) -> None:
        if context not in self._shapes:
            return
        params = self._parameters[function]
        usable = [
            name
            for name in scope
            if self._has_identity(function, name) and self._agrees(params[name].annotation, context, name)
        ]
        always = [name for name in usable if params[name].required and not _may_be_none(params[name].annotation)]
        optional = [name for name in usable if name not in always]
        if len(optional) > MAX_OPTIONAL:
            optional = []
        self._narrowing[function, context] = tuple(sorted([*always, *optional]))
        for size in range(len(optional) + 1):
            for chosen in combinations(optional, size):
                shape = tuple(sorted([*always, *chosen]))
                self._shapes[context] |= {shape} if shape else set()

    def _agrees(self, annotation: Any, context: str, name: str) -> bool:
        """Whether every function of the context that declares the parameter annotates it so."""
        declared = [self._parameters[member].get(name) for member in self._members[context]["functions"]]
        return all(_is_same(other.annotation, annotation) for other in declared if other)


def _fits(shapes: Collection[tuple[str, ...]]) -> bool:
    return len(shapes) <= MAX_SHAPES


def _may_be_none(annotation: Any) -> bool:
    return annotation in (None, Any, object) or NoneType in _alternatives(annotation) or not _is_plain(annotation)


def _is_plain(annotation: Any) -> bool:
    """Whether the annotation itself shows that None is no value of it; an alias or a wrapper does not."""
    return isinstance(annotation, type) and annotation is not NoneType


def _is_same(left: Any, right: Any) -> bool:
    """Whether two annotations are equal, None aside."""
    lefts, rights = (
        [member for member in _alternatives(annotation) if member is not NoneType] for annotation in (left, right)
    )
    return len(lefts) == len(rights) and all(member in rights for member in lefts)


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    """The members of a union; anything else is its own only member."""
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
