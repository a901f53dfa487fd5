"""Compiling a specification: everything is validated, and all problems are reported at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mizan_core.engine.pure import graph
from mizan_core.engine.pure.graph import Context, Effect, Graph, Merge, Mode, Purge
from mizan_core.engine.pure.graph.comparison import Comparison
from mizan_core.engine.pure.graph.narrowing import Scopes, fingerprint, narrows, purge_of, scopes_of
from mizan_core.engine.pure.graph.specification import Function, MergeTarget, Specification, Target, read_specification
from mizan_core.engine.pure.graph.suggestions import did_you_mean
from mizan_core.engine.pure.path import quoted
from mizan_core.engine.pure.shape import Shape
from mizan_core.errors import GraphError
from mizan_core.names import is_context_name, is_function_name

_ANY: Shape = {"kind": "any"}
_KEY = "id"
"""The field that tells items apart where nothing else is said."""


def compile_graph(spec: Mapping[str, object]) -> Graph:
    """Compile a specification.

    :raises GraphError: with every contradiction at once.
    :raises TypeError, ValueError: when *spec* is not a specification, with the place.
    """
    return _Compiler(read_specification(spec)).compile()


class _Compiler:
    def __init__(self, spec: Specification) -> None:
        self._spec = spec
        self._functions = spec.functions
        self._by_name = {function.name: function for function in spec.functions}
        self._comparison = Comparison(spec.types)
        self._contexts = _group(spec.functions)
        self._problems: list[str] = []

    def compile(self) -> Graph:
        self._check_names()
        self._check_parameters()
        functions = {function.name: self._function(function) for function in self._functions}
        if self._problems:
            raise GraphError(self._problems)
        scopes = scopes_of(purge for function in functions.values() for purge in function.purges)
        functions = {name: _narrowed(function, scopes) for name, function in sorted(functions.items())}
        contexts = {name: _context(name, members, scopes) for name, members in sorted(self._contexts.items())}
        return Graph(functions, contexts, fingerprint(self._spec, scopes))

    def _check_names(self) -> None:
        seen: set[str] = set()
        for function in self._functions:
            name = quoted(function.name)
            if not is_function_name(function.name):
                self._problems.append(f"{name} is not a function name")
            if function.name in seen:
                self._problems.append(f"function {name} is registered twice")
            seen.add(function.name)
            if function.context is None:
                continue
            if not is_context_name(function.context):
                self._problems.append(f"function {name}: {quoted(function.context)} is not a context name")
            if function.affects or function.merge:
                self._problems.append(f"function {name}: a function of a context cannot declare affects or merge")

    def _check_parameters(self) -> None:
        for context, functions in sorted(self._contexts.items()):
            for param in _parameter_names(functions):
                declaring = [function for function in functions if param in function.params]
                first = declaring[0].params[param].shape
                if all(self._comparison.equal(first, other.params[param].shape) for other in declaring[1:]):
                    continue
                names = _listed(function.name for function in declaring)
                self._problems.append(
                    f"context {quoted(context)}: parameter {quoted(param)} has different types in {names}"
                )

    def _function(self, function: Function) -> graph.Function:
        affects = _distinct(self._effects(function))
        merge = _distinct_slots(self._merges(function))
        scopes = {target.context: target.scope for target in (*affects, *merge)}
        purges = tuple(purge_of(self._comparison, function, context, scope) for context, scope in scopes.items())
        return graph.Function(function.context, function.private, function.auth, affects, merge, purges)

    def _effects(self, function: Function) -> Iterator[Effect]:
        for target in function.affects:
            resolved = self._resolve(function, "affects", target)
            if resolved is not None:
                context, name = resolved
                yield Effect(context, name, self._scope(function, context))

    def _merges(self, function: Function) -> Iterator[Merge]:
        for target in function.merge:
            resolved = self._resolve(function, "merge", target.target)
            if resolved is None:
                continue
            context, name = resolved
            slot = self._slot(function, target, context, name)
            mode = slot and self._mode(function, target, slot)
            if slot and mode:
                needed = frozenset(slot.params)
                yield Merge(context, slot.name, mode, self._scope(function, context), needed)

    def _resolve(self, function: Function, word: str, target: Target) -> tuple[str, str | None] | None:
        """The context that *target* means, and the function in it if it means one."""
        if target.kind == "context":
            return self._resolve_context(function, word, target.value)
        if target.kind == "name" and target.value in self._contexts:
            return target.value, None
        named = self._by_name.get(target.value)
        if named is not None and named.context is not None:
            return named.context, named.name
        start = f"function {quoted(function.name)}: {word}"
        if target.kind == "function":
            self._problems.append(f"{start} names function {quoted(target.value)}, which is not inside a context")
            return None
        hint = did_you_mean(target.value, self._target_names())
        self._problems.append(f"{start} {quoted(target.value)} names no context and no function inside one{hint}")
        return None

    def _resolve_context(self, function: Function, word: str, context: str) -> tuple[str, None] | None:
        if is_context_name(context):
            return context, None
        self._problems.append(f"function {quoted(function.name)}: {word} {quoted(context)} is not a context name")
        return None

    def _target_names(self) -> list[str]:
        return [*self._contexts, *(function.name for function in self._functions if function.context is not None)]

    def _slot(self, function: Function, target: MergeTarget, context: str, name: str | None) -> Function | None:
        start = _start_of(function, target)
        if function.output is None:
            self._problems.append(f"{start} needs a result, and a framework response is none")
            return None
        candidates = [
            candidate
            for candidate in self._contexts.get(context, [])
            if candidate.output is not None and name in (None, candidate.name)
        ]
        matching = [candidate for candidate in candidates if self._matches(function.output, candidate)]
        if len(matching) == 1:
            return matching[0]
        if matching:
            names = _listed(candidate.name for candidate in matching)
            self._problems.append(f"{start} is ambiguous: the result has the type of {names}")
            return None
        names = _listed(candidate.name for candidate in candidates) or "none"
        self._problems.append(f"{start} matches no function by its result's type; candidates: {names}")
        return None

    def _matches(self, output: Shape, candidate: Function) -> bool:
        return self._takes_whole(output, candidate) or self._item(output, candidate) is not None

    def _takes_whole(self, output: Shape, slot: Function) -> bool:
        without = self._comparison.without_optional
        return slot.output is not None and self._comparison.equal(without(output), without(slot.output))

    def _item(self, output: Shape, slot: Function) -> Shape | None:
        """The shape of the slot's items, if it is a list of such results."""
        without = self._comparison.without_optional
        whole = _ANY if slot.output is None else without(slot.output)
        if whole["kind"] != "list" or not self._comparison.equal(without(output), without(whole["item"])):
            return None
        item: Shape = whole["item"]
        return item

    def _mode(self, function: Function, target: MergeTarget, slot: Function) -> Mode | None:
        """How the slot takes the result."""
        start, output = _start_of(function, target), function.output or _ANY
        item = None if self._takes_whole(output, slot) else self._item(output, slot)
        if item is None and target.is_for_items:
            self._problems.append(f"{start} is taken by {quoted(slot.name)} whole; key and place are for a list of it")
            return None
        if item is None:
            return Mode("replace")
        key = _KEY if target.key is None else target.key
        if self._comparison.has_key(item, key):
            return Mode("upsert", key, target.place or "refetch")
        if target.is_for_items:
            self._problems.append(
                f"{start} needs a field that tells the items of {quoted(slot.name)} apart, "
                f"and {quoted(key)} is none that all of them have"
            )
            return None
        return Mode("refetch")

    def _scope(self, function: Function, context: str) -> tuple[str, ...]:
        if not function.auto_scope:
            return ()
        members = self._contexts.get(context, [])
        names = _parameter_names(members)
        return tuple(name for name in names if narrows(self._comparison, function, members, name))


def _start_of(function: Function, target: MergeTarget) -> str:
    return f"function {quoted(function.name)}: merge {quoted(target.target.value)}"


def _distinct_slots(merges: Iterable[Merge]) -> tuple[Merge, ...]:
    """The first merge of each slot."""
    first: dict[tuple[str, str], Merge] = {}
    for merge in merges:
        first.setdefault((merge.context, merge.slot), merge)
    return tuple(first.values())


def _group(functions: Iterable[Function]) -> dict[str, list[Function]]:
    """The functions of each context, sorted by name."""
    contexts: dict[str, list[Function]] = {}
    for function in sorted(functions, key=lambda function: function.name):
        if function.context is not None:
            contexts.setdefault(function.context, []).append(function)
    return contexts


def _context(name: str, functions: list[Function], scopes: Scopes) -> Context:
    names = tuple(function.name for function in functions)
    return Context(names, _parameter_names(functions), scopes.get(name, ()))


def _narrowed(function: graph.Function, scopes: Scopes) -> graph.Function:
    """Nothing narrows a purge of a context whose scopes are too many."""
    purges = (purge if purge.context in scopes else Purge(purge.context, ()) for purge in function.purges)
    return replace(function, purges=tuple(purges))


def _parameter_names(functions: Iterable[Function]) -> tuple[str, ...]:
    return tuple(sorted({name for function in functions for name in function.params}))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


def _distinct(targets: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(targets))
